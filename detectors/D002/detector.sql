-- Completion rates that jumped, against the person's own earlier periods and against peers in the same period, and that
-- the sources do not carry: the system recorded less, or nothing, or the person was on leave for `$leave` days of it.
WITH rates AS (
    SELECT cycle, period, person_id, indicator_id, claimed, recorded, claimed / target AS ratio,
           avg(claimed / target) OVER earlier AS before, count(*) OVER earlier AS periods
    FROM observations
    WHERE target > 0.0
    WINDOW earlier AS (
        PARTITION BY person_id, indicator_id ORDER BY period ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
jumps AS (
    SELECT * FROM rates
    WHERE periods >= $history AND before > 0.0 AND ratio >= $reached AND ratio >= $times * before
),
-- Peers are asked only about periods in which somebody jumped.
peers AS (
    SELECT rates.period, rates.indicator_id, count(*) AS peers, median(rates.ratio) AS peer_ratio
    FROM rates
    JOIN (SELECT DISTINCT period, indicator_id FROM jumps) AS asked
        ON asked.period = rates.period AND asked.indicator_id = rates.indicator_id
    GROUP BY rates.period, rates.indicator_id
)
SELECT jumps.cycle, jumps.person_id AS subject_id, jumps.indicator_id, jumps.period, peers AS n, ratio / before AS effect,
       ratio, before, peer_ratio, claimed, recorded, leave_days
FROM jumps
JOIN peers ON peers.period = jumps.period AND peers.indicator_id = jumps.indicator_id
LEFT JOIN attendance ON attendance.person_id = jumps.person_id AND attendance.period = jumps.period
WHERE peers >= $peers AND ratio >= $beyond_peers * peer_ratio
    AND (recorded IS NULL OR claimed > (1.0 + $tolerance) * recorded OR leave_days >= $leave)
