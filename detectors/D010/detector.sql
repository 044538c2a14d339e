-- Pairs of actor and subject: how many of the subject's cases took longer than half of all that the actor decides in that
-- kind and step. Without a difference each does so with chance one half.
WITH waits AS (
    SELECT CAST(date_part('year', decided_at) AS VARCHAR) AS cycle, kind, step, actor_id, subject_id,
           CAST(date_part('epoch', decided_at) AS DOUBLE) - CAST(date_part('epoch', opened_at) AS DOUBLE) AS wait
    FROM approvals
    WHERE subject_id IS NOT NULL AND subject_id <> actor_id
),
usual AS (
    SELECT waits.cycle, waits.kind, waits.step, waits.actor_id, median(wait) AS wait
    FROM waits
    JOIN (
        SELECT cycle, kind, step, actor_id
        FROM (SELECT DISTINCT cycle, kind, step, actor_id, subject_id FROM waits) AS subjects
        GROUP BY cycle, kind, step, actor_id
        HAVING count(*) >= 4
    ) AS several ON several.cycle = waits.cycle AND several.kind = waits.kind AND several.step = waits.step
        AND several.actor_id = waits.actor_id
    GROUP BY waits.cycle, waits.kind, waits.step, waits.actor_id
),
pairs AS (
    SELECT waits.cycle, waits.actor_id, waits.subject_id, count(*) AS cases,
           count(*) FILTER (WHERE waits.wait > usual.wait) AS slow
    FROM waits
    JOIN usual ON usual.cycle = waits.cycle AND usual.kind = waits.kind AND usual.step = waits.step
        AND usual.actor_id = waits.actor_id
    GROUP BY waits.cycle, waits.actor_id, waits.subject_id
    HAVING count(*) >= $n
)
SELECT cycle, actor_id AS subject_id, subject_id AS others, cases AS n, CAST(slow AS DOUBLE) / cases - 0.5 AS effect,
       slow, binomial_tail(CAST(slow AS DOUBLE), CAST(cases AS DOUBLE), 0.5) AS p
FROM pairs
