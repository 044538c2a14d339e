-- Targets lowered by more than the share `$share` from the day `$from` of the cycle's year on.
WITH changed AS (
    SELECT cycle, person_id, indicator_id FROM targets GROUP BY cycle, person_id, indicator_id HAVING count(*) > 1
),
changes AS (
    SELECT targets.*,
           lag(value) OVER (PARTITION BY targets.cycle, targets.person_id, targets.indicator_id ORDER BY version) AS before
    FROM targets
    JOIN changed ON changed.cycle = targets.cycle AND changed.person_id = targets.person_id
        AND changed.indicator_id = targets.indicator_id
)
SELECT cycle, person_id AS subject_id, indicator_id, version AS n, 1.0 - value / before AS effect,
       before, value, changed_by, CAST(CAST(changed_at AS DATE) AS VARCHAR) AS day
FROM changes
WHERE before > 0.0 AND value < (1.0 - $share) * before
    AND changed_at >= TRY_CAST(concat(substr(cycle, 1, 4), $from) AS TIMESTAMP)
