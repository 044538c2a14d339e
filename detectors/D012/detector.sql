-- How many of the cases that each could have decided they did decide, for the funnel. Who can decide a case: whoever decided
-- `$share` or more of the cases of that kind and step for its unit in that cycle, and whoever has that step as a duty
-- towards somebody of the unit. Without preference each of them is as likely to decide it.
WITH cases AS (
    SELECT CAST(date_part('year', decided_at) AS VARCHAR) AS cycle, approvals.kind, step, unit_id, actor_id
    FROM approvals
    JOIN people ON person_id = subject_id
    WHERE actor_id <> subject_id AND step <> $handing_in
),
pools AS (
    SELECT cycle, kind, step, unit_id, count(*) AS cases FROM cases GROUP BY cycle, kind, step, unit_id
),
decided AS (
    SELECT cycle, kind, step, unit_id, actor_id, count(*) AS decided
    FROM cases
    GROUP BY cycle, kind, step, unit_id, actor_id
),
eligible AS (
    SELECT pools.cycle, pools.kind, pools.step, pools.unit_id, actor_id
    FROM pools
    JOIN decided ON decided.cycle = pools.cycle AND decided.kind = pools.kind AND decided.step = pools.step
        AND decided.unit_id = pools.unit_id
    WHERE decided >= $share * cases
    UNION
    SELECT pools.cycle, pools.kind, pools.step, pools.unit_id, actor_id
    FROM duties
    JOIN people ON person_id = subject_id
    JOIN pools ON pools.cycle = duties.cycle AND pools.unit_id = people.unit_id AND pools.step = duty
),
chances AS (
    SELECT *, count(*) OVER (PARTITION BY cycle, kind, step, unit_id) AS actors FROM eligible
)
SELECT chances.cycle, '' AS peer_group, chances.actor_id AS unit_id,
       sum(coalesce(decided, 0)) AS hits, sum(cases) AS total,
       sum(CAST(cases AS DOUBLE) / actors) / sum(cases) AS expected
FROM chances
JOIN pools ON pools.cycle = chances.cycle AND pools.kind = chances.kind AND pools.step = chances.step
    AND pools.unit_id = chances.unit_id
LEFT JOIN decided ON decided.cycle = chances.cycle AND decided.kind = chances.kind AND decided.step = chances.step
    AND decided.unit_id = chances.unit_id AND decided.actor_id = chances.actor_id
WHERE actors > 1
GROUP BY chances.cycle, chances.actor_id
