-- Duties towards somebody the actor is tied to, in either direction of the relation, while it held in the cycle's year.
WITH ties AS (
    SELECT a_id, b_id, kind, source, from_date, to_date FROM relations
    UNION ALL
    SELECT b_id, a_id, kind, source, from_date, to_date FROM relations
),
tied AS (
    SELECT cycle, actor_id, subject_id, duty, ties.kind, source
    FROM duties
    JOIN ties ON a_id = actor_id AND b_id = subject_id
    WHERE actor_id <> subject_id
        AND (from_date IS NULL OR from_date <= TRY_CAST(concat(substr(cycle, 1, 4), '-12-31') AS DATE))
        AND (to_date IS NULL OR to_date >= TRY_CAST(concat(substr(cycle, 1, 4), '-01-01') AS DATE))
),
-- Lists in two orders take two statements.
duty_lists AS (
    SELECT cycle, actor_id, subject_id, count(DISTINCT duty) AS duties, string_agg(DISTINCT duty, ', ' ORDER BY duty) AS duty
    FROM tied
    GROUP BY cycle, actor_id, subject_id
),
tie_lists AS (
    SELECT cycle, actor_id, subject_id, coalesce(min(source), '') AS source,
           string_agg(DISTINCT kind, ', ' ORDER BY kind) AS relation
    FROM tied
    GROUP BY cycle, actor_id, subject_id
)
SELECT duty_lists.cycle, duty_lists.actor_id AS subject_id, duty_lists.subject_id AS others,
       duties AS n, duties AS effect, duty, relation, source
FROM duty_lists
JOIN tie_lists ON tie_lists.cycle = duty_lists.cycle AND tie_lists.actor_id = duty_lists.actor_id
    AND tie_lists.subject_id = duty_lists.subject_id
