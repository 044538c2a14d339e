-- Targets in force below the share `$share` of the median that colleagues of the same unit have for the same indicator.
WITH newest AS (
    SELECT cycle, person_id, indicator_id, max(version) AS version FROM targets GROUP BY cycle, person_id, indicator_id
),
latest AS (
    SELECT targets.*
    FROM targets
    JOIN newest ON newest.cycle = targets.cycle AND newest.person_id = targets.person_id
        AND newest.indicator_id = targets.indicator_id AND newest.version = targets.version
),
pools AS (
    SELECT cycle, unit_id, indicator_id, count(*) AS peers, median(value) AS median
    FROM latest
    GROUP BY cycle, unit_id, indicator_id
)
SELECT latest.cycle, person_id AS subject_id, latest.indicator_id, peers AS n, value / median AS effect, value, median, peers
FROM latest
JOIN pools ON pools.cycle = latest.cycle AND pools.unit_id = latest.unit_id AND pools.indicator_id = latest.indicator_id
WHERE peers >= $peers AND median > 0.0 AND value < $share * median
