## The frame of every page
kit-skip = Skip to the content
kit-demo = Demonstration: the city, its people, companies and numbers are invented.
kit-footer = Mingjing · every step on record, every result explained
kit-other-language = 中文
kit-switch-language = 切换到中文
kit-elder = Large text
kit-account = , account
kit-sign-out = Sign out
kit-nav = Main
kit-more = More
kit-waiting = { $n ->
    [one] , 1 thing waits
   *[other] , {$n} things wait
}
kit-breadcrumb = You are here
kit-error-prefix = Error:{" "}

## The word before a state, for screen readers
kit-tone-neutral = Note:{" "}
kit-tone-info = Information:{" "}
kit-tone-success = Success:{" "}
kit-tone-warn = Attention:{" "}
kit-tone-danger = Important:{" "}

## Forms
kit-optional = (optional)
kit-choose = Please choose
kit-any = Any
kit-error-summary = { $n ->
    [one] One thing has to be corrected
   *[other] {$n} things have to be corrected
}
kit-characters-at-most = At most {$n} characters
kit-characters-left = {$n} characters left
kit-characters-over = {$n} characters too many
kit-draft-restored = What you wrote here and did not send has been brought back.
kit-draft-undo = No, clear it
kit-cancel = Cancel
kit-change = Change
kit-copy = Copy
kit-copied = Copied

## Lists
kit-pages = Pages
kit-page = Page {$page}
kit-page-of = Page {$page} of {$pages}, {$total} in all
kit-previous = Previous
kit-next = Next
kit-step-done = (done)
kit-before = was{" "}
kit-after = is now{" "}
kit-digest = Digest

## Progress and arithmetic
kit-progress = {$done} of {$total}
kit-working = Working…
kit-not-applicable = not applicable
kit-sum-part = Part
kit-sum-working = Working
kit-sum-points = Points
kit-sum-source = See the source
kit-sum-total = Total

kit-histogram = { $all } were compared; the marked one is here, { $above } lie beyond it.
kit-chart-table = As a table
kit-chart-none = Drawing the chart takes scripts; the table below says the same.
