-- Every basis.
SELECT cycle, rater_id, ratee_id, text FROM evidence
