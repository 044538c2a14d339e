-- Every score as a share of its scale.
SELECT cycle, indicator_id, rater_id, ratee_id, score / max_score AS score
FROM scores
WHERE max_score > 0.0 AND rater_id <> ratee_id
