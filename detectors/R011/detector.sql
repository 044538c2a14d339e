-- Raters with bases of fewer than `$signs` signs, spaces and punctuation not counted.
WITH texts AS (
    SELECT *, character_length(translate(coalesce(text, ''), ' 　，。、；：！？,.;:!?（）()“”"', '')) AS signs FROM evidence
)
SELECT cycle, rater_id AS subject_id, string_agg(DISTINCT ratee_id, '|' ORDER BY ratee_id) FILTER (WHERE signs < $signs) AS others,
       count(*) FILTER (WHERE signs < $signs) AS n, count(*) AS written,
       CAST(count(*) FILTER (WHERE signs < $signs) AS DOUBLE) / count(*) AS effect,
       coalesce(min(text) FILTER (WHERE signs < $signs), '') AS text
FROM texts
GROUP BY cycle, rater_id
HAVING count(*) FILTER (WHERE signs < $signs) > 0
