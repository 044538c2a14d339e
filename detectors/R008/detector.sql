-- People who decided two steps of one case or more. Handing in, the step `$handing_in`, is none.
WITH repeated AS (
    SELECT case_id, actor_id FROM approvals WHERE step <> $handing_in GROUP BY case_id, actor_id HAVING count(*) > 1
)
SELECT CAST(max(date_part('year', decided_at)) AS VARCHAR) AS cycle, approvals.case_id AS subject_id,
       approvals.actor_id AS others, count(*) AS n, count(DISTINCT step) AS effect, kind,
       min(step) AS first_step, max(step) AS last_step
FROM approvals
JOIN repeated ON repeated.case_id = approvals.case_id AND repeated.actor_id = approvals.actor_id
WHERE step <> $handing_in
GROUP BY approvals.case_id, approvals.actor_id, kind
HAVING count(DISTINCT step) > 1
