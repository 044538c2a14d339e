-- Targets that were moved from above the recorded total to at or below it, after the month of the last record had ended.
WITH changes AS (
    SELECT *, lag(value) OVER (PARTITION BY cycle, person_id, indicator_id ORDER BY version) AS before
    FROM targets
),
actuals AS (
    SELECT cycle, person_id, indicator_id, sum(recorded) AS recorded, count(*) AS periods, max(period) AS last_period
    FROM observations
    WHERE recorded IS NOT NULL
    GROUP BY cycle, person_id, indicator_id
)
SELECT changes.cycle, changes.person_id AS subject_id, changes.indicator_id, periods AS n,
       before - value AS effect, recorded, before, value, changed_by, CAST(CAST(changed_at AS DATE) AS VARCHAR) AS day
FROM changes
JOIN actuals ON actuals.cycle = changes.cycle AND actuals.person_id = changes.person_id
    AND actuals.indicator_id = changes.indicator_id
WHERE value <= recorded AND recorded < before
    AND changed_at >= TRY_CAST(concat(last_period, '-01') AS DATE) + INTERVAL '1 month'
