# The report of a scan.
scan-title = What looks wrong: report of a scan
scan-question = Each finding is a question to a human, not a verdict: check what it rests on and the innocent explanations first.
scan-summary = { $rules ->
    [one] 1 rule broken
   *[other] { $rules } rules broken
}, { $alerts ->
    [one] 1 alert
   *[other] { $alerts } alerts
}, { $watches } to watch.
scan-skipped = { $detector } did not run: the facts have no table { $tables }.
scan-level-rule = rule
scan-level-alert = alert
scan-level-watch = watch
scan-detector-hash = Hash of the detector
scan-data-hash = Hash of the facts
