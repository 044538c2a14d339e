-- People who claimed more than the source system recorded, by more than the share `$tolerance`, over the periods of a cycle
-- that both know.
WITH asked AS (
    -- Whose total is too much claimed too much in some period.
    SELECT DISTINCT cycle, person_id, indicator_id FROM observations WHERE claimed > (1.0 + $tolerance) * recorded
)
SELECT observations.cycle, observations.person_id AS subject_id, observations.indicator_id, count(*) AS n,
       sum(claimed) / sum(recorded) - 1.0 AS effect, sum(claimed) AS claimed, sum(recorded) AS recorded
FROM observations
JOIN asked ON asked.cycle = observations.cycle AND asked.person_id = observations.person_id
    AND asked.indicator_id = observations.indicator_id
WHERE recorded IS NOT NULL
GROUP BY observations.cycle, observations.person_id, observations.indicator_id
HAVING sum(recorded) > 0.0 AND sum(claimed) > (1.0 + $tolerance) * sum(recorded)
