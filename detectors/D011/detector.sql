-- The score of every person, for the shape of their unit's scores.
SELECT cycle, coalesce(peer_group, '') AS peer_group, unit_id, score
FROM results
WHERE score IS NOT NULL
