-- Every score as a share of its scale, with the rated person.
SELECT cycle, indicator_id, rater_id, ratee_id, ratee_id AS favoured, score / max_score AS score
FROM scores
WHERE max_score > 0.0
