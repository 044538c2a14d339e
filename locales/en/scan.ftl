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

# The fact tables and their columns.
fact-units = Units
fact-people = People
fact-results = Results
fact-grade_counts = Counts of grades
fact-scores = Scores
fact-observations = Observations
fact-attendance = Attendance
fact-training = Training
fact-targets = Targets
fact-approvals = Approvals
fact-evidence = Bases of scores
fact-relations = Relations
fact-duties = Duties
fact-column-unit_id = Unit
fact-column-parent_id = Above
fact-column-name = Name
fact-column-kind = Kind
fact-column-person_id = Number
fact-column-post = Post
fact-column-rank = Rank
fact-column-leader_id = Leader
fact-column-joined_on = Joined
fact-column-cycle = Cycle
fact-column-peer_group = Peer group
fact-column-grade = Grade
fact-column-grade_rank = Rank of the grade
fact-column-score = Score
fact-column-count = People
fact-column-indicator_id = Indicator
fact-column-rater_id = Rater
fact-column-ratee_id = Rated
fact-column-max_score = Of
fact-column-rater_group = Unit of the rater
fact-column-ratee_group = Unit of the rated
fact-column-given_at = Given
fact-column-period = Period
fact-column-target = Target
fact-column-claimed = Claimed
fact-column-recorded = Recorded
fact-column-late = Late
fact-column-early = Early
fact-column-absent_days = Days absent
fact-column-leave_days = Days of leave
fact-column-hours_required = Hours required
fact-column-hours_done = Hours done
fact-column-version = Version
fact-column-value = Value
fact-column-changed_by = By
fact-column-changed_at = Changed
fact-column-case_id = Case
fact-column-step = Step
fact-column-actor_id = By
fact-column-subject_id = About
fact-column-opened_at = Opened
fact-column-decided_at = Decided
fact-column-decision = Decision
fact-column-evidence_id = Basis
fact-column-text = Text
fact-column-a_id = One
fact-column-b_id = Other
fact-column-source = Source
fact-column-from_date = From
fact-column-to_date = Until
fact-column-duty = Duty
