-- Duties towards somebody the actor is tied to, in either direction of the relation, while it held in the cycle's year.
WITH ties AS (
    SELECT a_id, b_id, kind, source, from_date, to_date FROM relations
    UNION ALL
    SELECT b_id, a_id, kind, source, from_date, to_date FROM relations
)
SELECT duties.cycle, actor_id AS subject_id, duties.subject_id AS others, count(DISTINCT duty) AS n,
       count(DISTINCT duty) AS effect, string_agg(DISTINCT duty, ', ' ORDER BY duty) AS duty,
       string_agg(DISTINCT ties.kind, ', ' ORDER BY ties.kind) AS relation, coalesce(min(source), '') AS source
FROM duties
JOIN ties ON a_id = actor_id AND b_id = duties.subject_id
WHERE actor_id <> duties.subject_id
    AND (from_date IS NULL OR from_date <= TRY_CAST(concat(substr(duties.cycle, 1, 4), '-12-31') AS DATE))
    AND (to_date IS NULL OR to_date >= TRY_CAST(concat(substr(duties.cycle, 1, 4), '-01-01') AS DATE))
GROUP BY duties.cycle, actor_id, duties.subject_id
