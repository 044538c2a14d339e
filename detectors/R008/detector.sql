-- People who decided two steps of one case or more. Handing in, the step `$handing_in`, is none.
SELECT CAST(max(date_part('year', decided_at)) AS VARCHAR) AS cycle, case_id AS subject_id, actor_id AS others,
       count(*) AS n, count(DISTINCT step) AS effect, kind, min(step) AS first_step, max(step) AS last_step
FROM approvals
WHERE step <> $handing_in
GROUP BY case_id, actor_id, kind
HAVING count(DISTINCT step) > 1
