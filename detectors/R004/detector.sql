-- People with the top grade who did fewer hours of training than required over the periods of that cycle.
SELECT results.cycle, results.person_id AS subject_id, count(*) AS n,
       sum(hours_required) - sum(hours_done) AS effect, sum(hours_required) AS required, sum(hours_done) AS done
FROM training
JOIN results ON results.person_id = training.person_id AND starts_with(training.period, results.cycle)
WHERE results.grade_rank = 1
GROUP BY results.cycle, results.person_id
HAVING sum(hours_done) < sum(hours_required)
