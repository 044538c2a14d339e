-- People with the top grade who were late `$late` times or more within one period of that cycle; their worst period.
WITH late AS (
    SELECT results.cycle, results.person_id, period, attendance.late,
           row_number() OVER (PARTITION BY results.cycle, results.person_id ORDER BY attendance.late DESC, period) AS place,
           count(*) OVER (PARTITION BY results.cycle, results.person_id) AS periods
    FROM (SELECT * FROM attendance WHERE late >= $late) AS attendance
    JOIN results ON results.person_id = attendance.person_id AND starts_with(attendance.period, results.cycle)
    WHERE results.grade_rank = 1
)
SELECT cycle, person_id AS subject_id, periods AS n, late AS effect, period
FROM late
WHERE place = 1
