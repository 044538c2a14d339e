-- Units with more top grades than the share `$cap` of those graded, rounded down.
WITH units AS (
    SELECT cycle, unit_id, sum("count") AS graded, sum(CASE WHEN grade_rank = 1 THEN "count" ELSE 0 END) AS top_grades
    FROM grade_counts
    GROUP BY cycle, unit_id
),
capped AS (
    -- A millionth keeps a product such as 0.2 * 15 from being rounded down by its last binary digit.
    SELECT *, CAST(floor($cap * graded + 0.000001) AS BIGINT) AS places FROM units
)
SELECT cycle, unit_id AS subject_id, graded AS n, top_grades - places AS effect, top_grades, places
FROM capped
WHERE graded >= $least AND top_grades > places
