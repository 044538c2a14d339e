-- People who decided `$burst` cases or more within one minute, at least half of them within `$seconds` seconds of their
-- opening. Either alone is common: a pile read before and signed at once, or one plain case.
WITH minutes AS (
    SELECT actor_id, kind, date_trunc('minute', decided_at) AS minute, count(*) AS decided,
           count(*) FILTER (
               WHERE date_part('epoch', decided_at) - date_part('epoch', opened_at) <= $seconds
           ) AS quick
    FROM approvals
    GROUP BY actor_id, kind, date_trunc('minute', decided_at)
)
SELECT CAST(date_part('year', minute) AS VARCHAR) AS cycle, actor_id AS subject_id, kind, decided AS n,
       CAST(quick AS DOUBLE) / decided AS effect, quick, $seconds AS seconds, CAST(minute AS VARCHAR) AS minute
FROM minutes
WHERE decided >= $burst AND 2 * quick >= decided
