-- How many of each unit got the top grade, for the funnel.
SELECT cycle, coalesce(peer_group, '') AS peer_group, unit_id,
       sum(CASE WHEN grade_rank = 1 THEN "count" ELSE 0 END) AS hits, sum("count") AS total
FROM grade_counts
GROUP BY cycle, coalesce(peer_group, ''), unit_id
