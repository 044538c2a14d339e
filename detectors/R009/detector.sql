-- Targets lowered by more than the share `$share` from the day `$from` of the cycle's year on.
WITH changes AS (
    SELECT *, lag(value) OVER (PARTITION BY cycle, person_id, indicator_id ORDER BY version) AS before
    FROM targets
)
SELECT cycle, person_id AS subject_id, indicator_id, version AS n, 1.0 - value / before AS effect,
       before, value, changed_by, CAST(CAST(changed_at AS DATE) AS VARCHAR) AS day
FROM changes
WHERE before > 0.0 AND value < (1.0 - $share) * before
    AND changed_at >= TRY_CAST(concat(substr(cycle, 1, 4), $from) AS TIMESTAMP)
