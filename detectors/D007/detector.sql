-- Every score with its scale. The detectors of raters share this statement, so that scores are read once.
SELECT * EXCLUDE (rater_group, given_at) FROM scores WHERE max_score > 0.0
