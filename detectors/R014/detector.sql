-- Targets in force below the share `$share` of the median that colleagues of the same unit have for the same indicator.
WITH latest AS (
    SELECT *, row_number() OVER (PARTITION BY cycle, person_id, indicator_id ORDER BY version DESC) AS age FROM targets
),
pools AS (
    SELECT cycle, unit_id, indicator_id, count(*) AS peers, median(value) AS median
    FROM latest
    WHERE age = 1
    GROUP BY cycle, unit_id, indicator_id
)
SELECT latest.cycle, person_id AS subject_id, latest.indicator_id, peers AS n, value / median AS effect, value, median, peers
FROM latest
JOIN pools ON pools.cycle = latest.cycle AND pools.unit_id = latest.unit_id AND pools.indicator_id = latest.indicator_id
WHERE age = 1 AND peers >= $peers AND median > 0.0 AND value < $share * median
