-- Steps that somebody decided in their own case. Handing one's own case in, the step `$handing_in`, is no decision.
SELECT CAST(date_part('year', decided_at) AS VARCHAR) AS cycle, case_id AS subject_id, actor_id AS others,
       count(*) AS n, count(*) AS effect, kind, min(step) AS step
FROM approvals
WHERE actor_id = subject_id AND step <> $handing_in
GROUP BY 1, case_id, actor_id, kind
