# How the whole authority stands.

nav-supervision = Supervision
area-supervision = Progress, distributions of grades and scores, the numbers of the years
supervision-title = Supervision
supervision-lead = Marks of units and findings lead to the people or findings behind them, and each chart has a table that says the same. Charts say where to look first; they are no conclusions.
supervision-show = Show
supervision-export = Export this table
supervision-nothing = There is nothing to show yet.
supervision-empty = No cycle yet
supervision-empty-text = Once a cycle is opened, its progress and distributions stand here.

supervision-done = Done
supervision-of = of { $n } people
supervision-top = Share of top grades, proposed or final
supervision-beyond = { $n ->
    [one] { $n } unit beyond the limits
   *[other] { $n } units beyond the limits
}
supervision-open = Open: rules broken and alerts
supervision-watched = and { $n } worth a look
supervision-in-year = in { $year }

supervision-progress = Progress by unit
supervision-progress-lead = At which step the appraisals of each unit are.
supervision-people = People
supervision-done-share = Done (%)

supervision-trend = Completion over time
supervision-trend-lead = How many people had come to each step by the end of each day.
supervision-day = Day
supervision-goals = Goals confirmed
supervision-scored = Composite fixed
supervision-fixed = Grade final
supervision-signed = Result signed

supervision-shares = Top grades against peers
supervision-shares-lead = A point is a unit, by grades proposed or final; the more people it has, the farther right it lies. In small units shares move more by chance, so the limits are wide on the left. What lies beyond them is worth a look, and may have good reasons.
supervision-graded = People to be graded
supervision-top-held = Top grade, proposed or final
supervision-share = Top grade (%)
supervision-place = Place
supervision-within = Within the limits
supervision-beyond-usual = Beyond the 95 % limits
supervision-beyond-rare = Beyond the 99.8 % limits
supervision-limit-usual = 95 % limits
supervision-limit-rare = 99.8 % limits
supervision-all-units = All units

supervision-scores = Composite scores by unit
supervision-scores-lead = The box holds the middle half of the people, its line is the median, the ends are the least and the most.
supervision-points = points
supervision-least = Least
supervision-lower = Lower quartile
supervision-median = Median
supervision-upper = Upper quartile
supervision-most = Most

supervision-contradictions = Sources that contradict each other
supervision-contradictions-lead = Of all cycles. One source says of a person or unit what another does not bear out: a top grade, say, beside attendance, training hours or projects.

supervision-queue = Open findings by level and age
supervision-queue-lead = Of all cycles. How long each has waited since it was raised.
supervision-days-open = Waiting for
supervision-age = { $from } to { $to } days
supervision-age-over = { $from } days or more

supervision-years = The numbers of the years
supervision-years-lead = Of all cycles. The authority’s own three: complaints received (objections, appeals, tips), days from opening a cycle to closing it, and satisfaction (how many of the answers to two questions are satisfied or very satisfied; nothing is told of fewer than five answers, or if all are the same).
supervision-year = Year
supervision-complaints = Complaints
supervision-objections = Objections
supervision-appeals = Appeals
supervision-tips = Tips
supervision-cycle-days = Opening to closing (days)
supervision-satisfaction = Satisfaction (%)
supervision-answers = { $answered } of { $asked } answered
supervision-none = none
