-- Completion rates that jumped, against the person's own earlier periods and against peers in the same period, and that
-- the sources do not carry: the system recorded less, or nothing, or the person was on leave for `$leave` days of it.
WITH high AS (
    SELECT cycle, period, person_id, indicator_id, claimed, recorded, claimed / target AS ratio
    FROM observations
    WHERE target > 0.0 AND claimed / target >= $reached
),
-- Only of those who reached that much the earlier periods are gathered.
jumps AS (
    SELECT high.cycle, high.period, high.person_id, high.indicator_id, high.claimed, high.recorded, high.ratio,
           avg(earlier.claimed / earlier.target) AS before
    FROM high
    JOIN observations AS earlier ON earlier.person_id = high.person_id AND earlier.indicator_id = high.indicator_id
    WHERE earlier.target > 0.0 AND earlier.period < high.period
    GROUP BY high.cycle, high.period, high.person_id, high.indicator_id, high.claimed, high.recorded, high.ratio
    HAVING count(*) >= $history AND avg(earlier.claimed / earlier.target) > 0.0
        AND high.ratio >= $times * avg(earlier.claimed / earlier.target)
),
-- Peers are asked only about periods in which somebody jumped.
peers AS (
    SELECT observations.period, observations.indicator_id, count(*) AS peers, median(claimed / target) AS peer_ratio
    FROM observations
    JOIN (SELECT DISTINCT period, indicator_id FROM jumps) AS asked
        ON asked.period = observations.period AND asked.indicator_id = observations.indicator_id
    WHERE target > 0.0
    GROUP BY observations.period, observations.indicator_id
)
SELECT jumps.cycle, jumps.person_id AS subject_id, jumps.indicator_id, jumps.period, peers AS n, ratio / before AS effect,
       ratio, before, peer_ratio, claimed, recorded, leave_days
FROM jumps
JOIN peers ON peers.period = jumps.period AND peers.indicator_id = jumps.indicator_id
LEFT JOIN attendance ON attendance.person_id = jumps.person_id AND attendance.period = jumps.period
WHERE peers >= $peers AND ratio >= $beyond_peers * peer_ratio
    AND (recorded IS NULL OR claimed > (1.0 + $tolerance) * recorded OR leave_days >= $leave)
