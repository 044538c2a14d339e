//! Goals: every version with who, when, and what changed from what to what; and the forms of whoever's turn it is.

use super::{View, kit};
use domain::{
    act::Act,
    goal::{self, Goal, MOST_GOALS, Step},
};

/// Lines offered for goals that are not there yet.
const BLANK: usize = 2;

/// The goals on the page.
pub struct Part {
    /// Every version, newest first: its number, what was proposed and what became of it.
    pub versions: Vec<(u32, Vec<kit::Event>)>,
    /// The employee proposes.
    pub propose: Option<Proposing>,
    /// Whoever's turn a step is passes it on or sends it back.
    pub step: Option<Answering>,
}

/// The form of a proposal.
pub struct Proposing {
    pub form: kit::Form,
    /// How many lines it has.
    pub lines: usize,
    /// A confirmed sheet changes only with a reason.
    pub reasoned: bool,
}

/// The forms of a step.
pub struct Answering {
    pub label: String,
    pub pass: kit::Form,
    pub send_back: kit::Form,
}

impl View<'_> {
    pub(super) fn goals(&self) -> Part {
        Part { versions: self.versions(), propose: self.proposing(), step: self.answering() }
    }

    fn versions(&self) -> Vec<(u32, Vec<kit::Event>)> {
        let mut before: &[Goal] = &[];
        let mut versions = Vec::new();
        for version in &self.sheet.goals {
            versions.push((version.proposed.version, self.version(before, version)));
            before = &version.proposed.goals;
        }
        versions.reverse();
        versions
    }

    /// What was proposed, by whom, what it changes; and each step after it.
    fn version(&self, before: &[Goal], version: &goal::Version) -> Vec<kit::Event> {
        let (t, proposed) = (self.t, &version.proposed);
        let changes = goal::changes(before, &proposed.goals);
        let what = t.with("goals-version", &[("n", proposed.version)]);
        let why = proposed.reason.as_ref().map(|reason| t.with("goals-why", &[("reason", reason.as_str())]));
        let mut events = vec![kit::Event {
            changes: changes.iter().flat_map(|change| self.fields(change)).collect(),
            ..self.event(kit::Tone::Info, what, version.stamp, why.unwrap_or_default())
        }];
        if let Some((stamp, _)) = &version.endorsed {
            events.push(self.event(kit::Tone::Info, t.get("goals-endorsed"), *stamp, String::new()));
        }
        if let Some(stamp) = &version.confirmed {
            events.push(self.event(kit::Tone::Success, t.get("goals-confirmed"), *stamp, String::new()));
        }
        if let Some(returned) = &version.returned {
            let what = t.get("goals-returned");
            events.push(self.event(kit::Tone::Warn, what, returned.stamp, returned.reason.clone()));
        }
        if let (Some((step, due)), Some(last)) = (version.waiting(), events.last_mut()) {
            let key = match step {
                Step::Endorse => "goals-waits-endorse",
                Step::Confirm => "goals-waits-confirm",
            };
            let waits = t.with(key, &[("day", t.day(&due))]);
            last.note = if last.note.is_empty() { waits } else { format!("{}\n{waits}", last.note) };
        }
        events
    }

    /// What changed in one goal, field by field.
    fn fields(&self, change: &goal::Change<'_>) -> Vec<kit::Change> {
        let t = self.t;
        let text = |goal: Option<&Goal>, field: fn(&Goal) -> String| goal.map(field).unwrap_or_default();
        let due = |goal: Option<&Goal>| goal.and_then(|goal| goal.due).map(|day| t.day(&day)).unwrap_or_default();
        let title = change.before.or(change.after).map_or("", |goal| goal.title.as_str());
        let fields = [
            (
                "goals-field-title",
                text(change.before, |goal| goal.title.clone()),
                text(change.after, |goal| goal.title.clone()),
            ),
            (
                "goals-field-measure",
                text(change.before, |goal| goal.measure.clone()),
                text(change.after, |goal| goal.measure.clone()),
            ),
            ("goals-field-due", due(change.before), due(change.after)),
        ];
        let differ = fields.into_iter().filter(|(_, before, after)| before != after);
        differ
            .map(|(key, before, after)| kit::Change {
                label: t.with("goals-change", &[("goal", title.to_owned()), ("field", t.get(key))]),
                before,
                after,
            })
            .collect()
    }

    fn proposing(&self) -> Option<Proposing> {
        let newest = self.sheet.goals.last();
        let waits = newest.is_some_and(|version| version.waiting().is_some());
        if !self.is_subject() || waits || self.cycle.closed.is_some() {
            return None;
        }
        let known = newest.map_or(&[][..], |version| &version.proposed.goals);
        let mut form = self.form("propose_goals", self.sheet.opened.id);
        let mut lines = known.len();
        if form.is_refused() {
            lines = (0..MOST_GOALS)
                .rev()
                .find(|place| !form.value(&format!("goals.{place}.title")).is_empty())
                .map_or(0, |last| last + 1)
                .max(lines);
        }
        for (place, goal) in known.iter().enumerate() {
            form = form.fix(format!("goals.{place}.id"), goal.id);
            if !form.is_refused() {
                form = form
                    .fill(format!("goals.{place}.title"), &goal.title)
                    .fill(format!("goals.{place}.measure"), &goal.measure)
                    .fill(format!("goals.{place}.due~"), goal.due.map(|day| day.to_string()).unwrap_or_default());
            }
        }
        let reasoned = self.sheet.confirmed_goals().is_some();
        Some(Proposing { form, lines: (lines + BLANK).min(MOST_GOALS), reasoned })
    }

    fn answering(&self) -> Option<Answering> {
        let newest = self.sheet.goals.last()?;
        let (appraisal, version) = (self.sheet.opened.id, newest.proposed.version);
        let (step, name, act, label) = match newest.waiting()?.0 {
            Step::Endorse => ("endorse", "endorse_goals", Act::EndorseGoals { appraisal, version }, "goals-endorse"),
            Step::Confirm => ("confirm", "confirm_goals", Act::ConfirmGoals { appraisal, version }, "goals-confirm"),
        };
        self.may(&act).then(|| Answering {
            label: self.t.get(label),
            pass: self.form(name, appraisal).fix("version#", version),
            send_back: self.form("return_goals", appraisal).fix("version#", version).fix("step", step),
        })
    }
}
