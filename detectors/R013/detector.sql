-- People with the top grade whose records reach less than the share `$share` of an indicator's targets over the cycle.
WITH work AS (
    SELECT cycle, person_id, indicator_id, count(*) AS periods, sum(recorded) AS recorded, sum(target) AS target
    FROM observations
    WHERE recorded IS NOT NULL AND target > 0.0
    GROUP BY cycle, person_id, indicator_id
)
SELECT work.cycle, work.person_id AS subject_id, indicator_id, periods AS n, recorded / target AS effect, recorded, target
FROM work
JOIN results ON results.cycle = work.cycle AND results.person_id = work.person_id
WHERE results.grade_rank = 1 AND periods >= $periods AND recorded < $share * target
