-- Every score with its scale, for the model of raters.
SELECT * FROM scores WHERE max_score > 0.0
