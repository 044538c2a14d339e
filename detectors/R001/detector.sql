-- Units where more than the share `$share` of those graded got the top grade.
WITH units AS (
    SELECT cycle, unit_id, sum("count") AS graded, sum(CASE WHEN grade_rank = 1 THEN "count" ELSE 0 END) AS top_grades
    FROM grade_counts
    GROUP BY cycle, unit_id
)
SELECT cycle, unit_id AS subject_id, graded AS n, CAST(top_grades AS DOUBLE) / graded AS effect, top_grades
FROM units
WHERE graded >= $least AND top_grades > $share * graded
