-- People with the top grade who were on leave for `$days` working days or more of that cycle: half a year of about 250.
SELECT results.cycle, results.person_id AS subject_id, count(*) AS n, sum(leave_days) AS effect
FROM attendance
JOIN results ON results.person_id = attendance.person_id AND starts_with(attendance.period, results.cycle)
WHERE results.grade_rank = 1
GROUP BY results.cycle, results.person_id
HAVING sum(leave_days) >= $days
