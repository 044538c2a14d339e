-- Every score as a share of its scale, with the group of the rated.
SELECT cycle, indicator_id, rater_id, ratee_id, coalesce(ratee_group, '') AS favoured, score / max_score AS score
FROM scores
WHERE max_score > 0.0
