-- People who claimed more than the source system recorded, by more than the share `$tolerance`, over the periods of a cycle
-- that both know.
SELECT cycle, person_id AS subject_id, indicator_id, count(*) AS n,
       sum(claimed) / sum(recorded) - 1.0 AS effect, sum(claimed) AS claimed, sum(recorded) AS recorded
FROM observations
WHERE recorded IS NOT NULL
GROUP BY cycle, person_id, indicator_id
HAVING sum(recorded) > 0.0 AND sum(claimed) > (1.0 + $tolerance) * sum(recorded)
