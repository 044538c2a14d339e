-- People who decided `$burst` cases or more within one minute, at least half of them within `$seconds` seconds of their
-- opening. Either alone is common: a pile read before and signed at once, or one plain case.
WITH quick AS (
    SELECT actor_id, kind, date_trunc('minute', decided_at) AS minute, count(*) AS quick
    FROM approvals
    WHERE date_part('epoch', decided_at) - date_part('epoch', opened_at) <= $seconds
    GROUP BY actor_id, kind, date_trunc('minute', decided_at)
    HAVING 2 * count(*) >= $burst
),
-- All that was decided is counted only in the minutes with quick ones.
minutes AS (
    SELECT approvals.actor_id, approvals.kind, minute, count(*) AS decided, max(quick) AS quick
    FROM approvals
    JOIN quick ON quick.actor_id = approvals.actor_id AND quick.kind = approvals.kind
        AND minute = date_trunc('minute', decided_at)
    GROUP BY approvals.actor_id, approvals.kind, minute
)
SELECT CAST(date_part('year', minute) AS VARCHAR) AS cycle, actor_id AS subject_id, kind, decided AS n,
       CAST(quick AS DOUBLE) / decided AS effect, quick, $seconds AS seconds, CAST(minute AS VARCHAR) AS minute
FROM minutes
WHERE decided >= $burst AND 2 * quick >= decided
