# Declarations of family, and findings.

nav-declarations = Family
area-declarations = Declare your family: each year and whenever it changes
nav-findings = Findings
area-findings = What looks wrong, for inspectors to look into

declaration-title = My family
declaration-lead = Whoever decides on a relative is not impartial. What you declare here keeps you out of their cases, and them out of yours.
declaration-own = My declaration
declaration-all = Who has declared
declaration-all-lead = Who was asked and has declared. What they declared is not shown: inspectors look at ties, each look on record.
declaration-asked = Please declare your family for {$year}
declaration-asked-text = Go through the list below. If nothing has changed, send it as it is.
declaration-newest = You declared last on {$when}.
declaration-family = Spouse, parents, children, siblings and other near relatives
declaration-hint = The list stands as a whole: correct lines, empty those that were wrong, add what is missing. Declare changes within {$days} days.
declaration-sealed = Names and ID numbers are sealed in the record. Colleagues and HR do not see them; an inspector's look is on record, and you can see it.
declaration-line = Relative {$n}
declaration-relation = What they are to you
declaration-relation-hint = As in 配偶, 父亲, 女儿, 岳母, or in English: spouse, father, daughter, mother-in-law
declaration-name = Name
declaration-id-number = ID number
declaration-id-number-hint = People are matched by it, never by name. If you do not know it, leave it empty: somebody will look.
declaration-employer = Where they work
declaration-since = Since
declaration-since-hint = Where the relation began: a marriage, a birth, an adoption
declaration-until = Until
declaration-until-hint = Where it has ended: a divorce
declaration-more-hint = There are more empty lines after you have sent these.
declaration-declare = Declare
declaration-history = What I declared
declaration-none = You have not declared anything yet.
declaration-made = { $n ->
    [0] No relatives declared
    [one] One relative declared
   *[other] {$n} relatives declared
}
declaration-by-you = you
declaration-nobody = This account is nobody's on the roster
declaration-nobody-text = Declarations are made by people with their own accounts.
declaration-state = State
declaration-waits = asked, not declared
declaration-declared = declared
declaration-not-asked = not declared
declaration-year = Asked for
declaration-due = Due
declaration-when = Declared on
declaration-list-all = Everybody
declaration-list-waiting = Asked, not declared
declaration-ask = Ask everybody for this year
declaration-ask-hint = Whoever was asked this year is not asked again; who has joined since is.
declaration-all-done = Nobody is missing
declaration-all-done-text = Everybody who was asked has declared.

findings-title = Findings
findings-lead = A finding is a question, not a verdict. It changes no score and no grade, and is closed with reasons after the person concerned was heard.
findings-open = Open
findings-silenced = Resting
findings-closed = Closed
findings-check = Look through all ties now
findings-filter = Filter
findings-from = Raised from
findings-to = Raised until
findings-empty = No findings here
findings-empty-text = Registers and declarations are looked through whenever they change.

finding-lead = A question for a person to look into, not a verdict.
finding-what = Finding
finding-about = About
finding-number = Employee number
finding-level = Level
finding-level-rule = rule broken
finding-level-alert = hardly by chance
finding-level-watch = worth a look
finding-stage = State
finding-stage-raised = new
finding-stage-assigned = being looked into
finding-stage-asked = person asked
finding-stage-answered = person answered
finding-stage-silenced = resting
finding-stage-closed = closed
finding-raised = Found on
finding-due = Look by
finding-disposition = Outcome
finding-found = What was found
finding-gone = As registers and declarations stand today, it would not be found any more.
finding-erased = What was found was erased with the person's data.
finding-basis = Basis:
finding-innocent = Innocent explanations
finding-places = What it rests on
finding-row = {$table}, row {$n}
finding-untaken = Rows of registers open for the inspector who has taken the finding.
finding-line = Line {$n} of your declaration
finding-look = Look at the ties
finding-history = What was done
finding-others = Others concerned
finding-holder = Inspector
finding-silenced-until = Rests until
finding-reply-by = Answer by {$day}
finding-rests = Rests until {$day}
finding-reply = Your answer
finding-reply-hint = You were asked what this is about. What you say stays with the finding and is read by whoever closes it.
finding-reply-text = What you say to it
finding-reply-send = Send the answer
finding-ask = Ask the person concerned
finding-ask-hint = They see this page from then on, and have time to answer; rows of registers stay closed to them.
finding-ask-send = Ask them
finding-assign = Hand it to an inspector
finding-assign-send = Hand over
finding-close = Close
finding-close-send = Close it
finding-reasons = Reasons
finding-reasons-hint = The person concerned reads them if they were asked.
finding-confirming-match = If you close it as confirmed, the row counts for the person named: ties follow from it.
finding-silence = Let it rest
finding-silence-hint = It leaves the list until the day you name, a year at most, and comes back then. Nothing is deleted.
finding-until = Until
finding-silence-send = Let it rest
finding-reopen = Open it again
finding-reopen-send = Open it again

disposition-confirmed = Confirmed
disposition-confirmed-hint = It is so. The person concerned must have been asked.
disposition-corrected = Put right
disposition-corrected-hint = It was so and has been put right, as by declaring later.
disposition-explained = Explained
disposition-explained-hint = There is a good reason.
disposition-unfounded = Unfounded
disposition-unfounded-hint = It is not so.

finding-undeclared_tie = Undeclared relative
finding-undeclared_tie-sentence = { $other ->
    [none] The household register names { $relation ->
        [spouse] a spouse
        [parent] a parent
        [child] a child
       *[sibling] a sibling
    } of {$name} whom {$name} has not declared.
   *[other] The household register names {$other} as { $relation ->
        [spouse] the spouse
        [parent] a parent
        [child] a child
       *[sibling] a sibling
    } of {$name}, who has not declared it.
}
finding-undeclared_tie-innocent = The relative may have died or live elsewhere, the declaration may be older than the change, or the register may be wrong or late.
finding-undeclared_tie-basis = 公务员法 74, 77; declarations are to name near relatives.
finding-declared_otherwise = Declared otherwise than registered
finding-declared_otherwise-sentence = { $kind ->
    [parent] {$name} declared another father or mother than the register names.
    [spouse] {$name} declared another spouse than the register names.
   *[sibling] {$name} declared somebody as a sibling with whom the register has no parent in common.
}
finding-declared_otherwise-innocent = A step-parent or adoptive parent called father or mother, a cousin called brother as is the custom, a marriage that the register does not have yet, or a mistyped ID number.
finding-declared_otherwise-basis = 公务员法 74, 77
finding-register_unsound = Contradiction in the registers
finding-register_unsound-sentence = { $kind ->
    [two_parents] The registers name two fathers or two mothers of {$name}.
    [two_spouses] The registers name more than one spouse of {$name} at one time.
    [wrong_sex] The registers call a woman father or a man mother, in a row about {$name}.
    [too_young] The registers name a parent who is not older than the child, in a row about {$name}.
    [two_kinds] The registers make {$name} two kinds of relative of one person at once.
   *[own_ancestor] The registers make {$name} their own ancestor.
}
finding-register_unsound-innocent = Nearly always a mistake in the register: a mistyped ID number, a divorce not entered, columns changed round.
finding-register_unsound-basis = local
finding-declared_late = Change declared late
finding-declared_late-sentence = {$name} declared on {$declared} a change in the family of {$changed}.
finding-declared_late-innocent = Illness, a posting abroad, or a date that was mistyped.
finding-declared_late-basis = 领导干部报告个人有关事项规定, by analogy; regimes/recusal.toml
finding-likely_match = Row without ID number
finding-likely_match-sentence = { $other ->
    [none] A row names a person without an ID number who is, at {$percent} %, somebody the registers know, and a relative of {$name} or {$name} themselves.
   *[other] A row names a person without an ID number who is, at {$percent} %, {$other}.
}
finding-likely_match-innocent = Two people of one name. The figure says how well name, sex, age and employer fit, and nothing more.
finding-likely_match-basis = Names are never a match by themselves: 公务员法 74 needs the person.
finding-posts_apart = Relatives' posts
finding-posts_apart-sentence = {$name} and {$other} are { $class ->
    [spouse] married
    [lineal] lineal relatives
    [collateral] collateral relatives within three generations
   *[near_affinity] near affines
}, and { $kind ->
    [direct_leader] {$other} is the direct leader of {$name}.
    [same_leader] both have the same direct leader.
   *[sensitive_post] {$name} works in “{$word}” where {$other} leads.
}
finding-posts_apart-innocent = The place may be exempt for want of people (公务员法 74), a transfer may be under way, or the roster may be behind.
finding-posts_apart-basis = 公务员法 74

findings-scan = Scan all facts now
findings-scan-itself = the product itself
findings-scan-began = Scanned by { $who }, { $when }.
findings-scan-running = Scanning
findings-scan-came = { $found ->
    [0] Nothing was found.
    [one] One finding stands in the facts, { $raised } of it new.
   *[other] { $found } findings stand in the facts, { $raised } of them new.
}{ $nobody ->
    [0] {""}
   *[other] {" "}{ $nobody } are about nobody on the roster.
}
findings-scan-failed = The scan failed
findings-scan-failed-text = The log of the server tells why. Nothing was changed; scan again once that is mended.
finding-picture = Among its peers
finding-behind = Rows behind it
finding-behind-hint = As they were when it was found, by number and code as in the source systems.
finding-more-rows = { $n } more rows are not shown.
finding-versions = Detector { $detector }, version { $hash }; facts { $facts }

findings-about = Only findings about { $name }.
findings-everybody = Show all
warning-title = Early warning
warning-lead = Where to look first: how probable it is that in the coming twelve months a finding is raised and turns out to be so.
warning-question = This is a question of where to look first
warning-question-text = It raises no finding and changes no finding, score or grade. By itself it is no reason to ask anybody for a reply, and nothing to hold against anybody.
warning-how = How it comes about, and what its limits are
warning-how-text = It is learned from what came of closed findings alone. What counts are earlier findings that were confirmed or corrected, and undecided ones by their level; each year that passes halves what a finding counts. Explained and unfounded findings count for nothing. More of a signal never lowers the probability.
warning-limits = Units and people about whom nothing was ever found are not in it; and findings about you, or about anybody you are tied to, do not count in what you see. Where people look more, more is found, and the warning leans that way ever more: look elsewhere too. A finding about a unit stands under its head's unit, and findings stay with people who have moved.
warning-units = Units
warning-assessors = Assessors
warning-silent = Too little was decided yet, so nothing is told
warning-silent-text = There are { $confirmed } cases with a confirmed finding and { $others } without one, over { $periods } years. At least { $wanted_confirmed }, { $wanted_others } and { $wanted_periods } are wanted. A case is one unit or assessor in one year, after an earlier finding; a year with a finding that is undecided and none confirmed does not count.
warning-standings = { $what }, the most probable first
warning-more = { $n } more are in the exported file.
warning-kind = Kind
warning-probability = Probability within a year
warning-reasons = What raises it
warning-findings = Earlier findings
warning-findings-n = { $n }
warning-of-a-hundred = { $word }: about { $n } of a hundred alike
warning-chance-seldom = seldom
warning-chance-sometimes = now and then
warning-chance-often = often
warning-chance-mostly = mostly
warning-no-reason = nothing in particular: the usual rate
warning-share = { $signal } ({ $share } of it)
warning-signal-confirmed = { $n } confirmed
warning-signal-rule = { $n } undecided “rule broken”
warning-signal-alert = { $n } undecided “hardly by chance”
warning-signal-watch = { $n } undecided “worth a look”
warning-verdict-better = Better than counting
warning-verdict-better-text = In past years this foretold better than the number of earlier findings did, hardly by chance.
warning-verdict-alike = Not seen to be better than counting
warning-verdict-alike-text = In past years this foretold no better than the number of earlier findings did: the difference may be chance, or is too small to matter. Going by the number does as well.
warning-verdict-worse = Worse than counting
warning-verdict-worse-text = In past years the number of earlier findings foretold better than this. Go by the number.
warning-measures = How good it was
warning-measures-note = { $n } cases, { $confirmed } of them confirmed. Each year was foretold without anything that was decided of it.
warning-by = Foretold by
warning-by-model = early warning
warning-by-count = counting earlier findings, calibrated alike
warning-by-rate = the usual rate for everybody
warning-brier = Brier score (0 is best)
warning-log-loss = Log loss (0 is best)
warning-auc = AUC (1 is best, 0.5 is none)
warning-precision = Confirmed of the first { $n } of each year
warning-groups = Foretold and happened
warning-groups-note = Five groups from the least to the most probable; in each, the mean foretold should lie near the share that was confirmed. The first of a year are never more than a fifth of it.
warning-group = Group
warning-group-n = Group { $n }
warning-cases = Cases
warning-predicted = Mean foretold
warning-happened = Confirmed
