-- Of the people of each unit within `$width` of the cut `$cut`, how many are above it, for the funnel.
SELECT cycle, coalesce(peer_group, '') AS peer_group, unit_id,
       sum(CASE WHEN score >= $cut THEN 1 ELSE 0 END) AS hits, count(*) AS total
FROM results
WHERE score >= $cut - $width AND score < $cut + $width
GROUP BY cycle, coalesce(peer_group, ''), unit_id
