-- Targets that were moved from above the recorded total to at or below it, after the month of the last record had ended.
WITH changed AS (
    SELECT cycle, person_id, indicator_id FROM targets GROUP BY cycle, person_id, indicator_id HAVING count(*) > 1
),
changes AS (
    SELECT targets.*,
           lag(value) OVER (PARTITION BY targets.cycle, targets.person_id, targets.indicator_id ORDER BY version) AS before
    FROM targets
    JOIN changed ON changed.cycle = targets.cycle AND changed.person_id = targets.person_id
        AND changed.indicator_id = targets.indicator_id
),
lowered AS (
    SELECT * FROM changes WHERE value < before
),
actuals AS (
    SELECT observations.cycle, observations.person_id, observations.indicator_id, sum(recorded) AS recorded,
           count(*) AS periods, max(period) AS last_period
    FROM observations
    JOIN (SELECT DISTINCT cycle, person_id, indicator_id FROM lowered) AS asked
        ON asked.cycle = observations.cycle AND asked.person_id = observations.person_id
        AND asked.indicator_id = observations.indicator_id
    WHERE recorded IS NOT NULL
    GROUP BY observations.cycle, observations.person_id, observations.indicator_id
)
SELECT lowered.cycle, lowered.person_id AS subject_id, lowered.indicator_id, periods AS n,
       before - value AS effect, recorded, before, value, changed_by, CAST(CAST(changed_at AS DATE) AS VARCHAR) AS day
FROM lowered
JOIN actuals ON actuals.cycle = lowered.cycle AND actuals.person_id = lowered.person_id
    AND actuals.indicator_id = lowered.indicator_id
WHERE value <= recorded AND recorded < before
    AND changed_at >= TRY_CAST(concat(last_period, '-01') AS DATE) + INTERVAL '1 month'
