-- People with the top grade whose records reach less than the share `$share` of an indicator's targets over the cycle.
SELECT results.cycle, results.person_id AS subject_id, indicator_id, count(*) AS n,
       sum(recorded) / sum(target) AS effect, sum(recorded) AS recorded, sum(target) AS target
FROM observations
JOIN (SELECT DISTINCT cycle, person_id FROM results WHERE grade_rank = 1) AS results
    ON results.cycle = observations.cycle AND results.person_id = observations.person_id
WHERE recorded IS NOT NULL AND target > 0.0
GROUP BY results.cycle, results.person_id, indicator_id
HAVING count(*) >= $periods AND sum(recorded) < $share * sum(target)
