//! Appeals: what was filed, who decides, what was decided; and the forms of employee, HR and decider.

use super::{View, kit};
use domain::{
    act::Act,
    appeal::{Appeal, Target, Verdict},
    score::Standing,
};

/// Appeals on the page.
pub struct Part {
    pub filed: Vec<Filed>,
    /// Against a score, and against a computed value: the field and what to choose from.
    pub file: Vec<Filing>,
}

/// One appeal.
pub struct Filed {
    pub events: Vec<kit::Event>,
    pub assign: Option<(kit::Form, Vec<kit::Choice>)>,
    /// The decider changes it: a score's points, or the source of a computed value.
    pub uphold: Option<Upholding>,
    pub dismiss: Option<kit::Form>,
    pub withdraw: Option<kit::Form>,
}

/// The form that upholds an appeal.
pub struct Upholding {
    pub form: kit::Form,
    /// It asks for points.
    pub points: bool,
}

/// The form of an appeal.
pub struct Filing {
    pub form: kit::Form,
    pub field: &'static str,
    pub label: String,
    pub choices: Vec<kit::Choice>,
}

impl View<'_> {
    pub(super) fn appeals(&self) -> Part {
        Part { filed: self.sheet.appeals.iter().map(|appeal| self.appeal(appeal)).collect(), file: self.filing() }
    }

    fn appeal(&self, appeal: &Appeal) -> Filed {
        let (appraisal, id) = (self.sheet.opened.id, appeal.filed.id);
        let form = |act: &str, about: String| self.form(act, about).fix("appeal", id);
        let decider = self.sheet.opened.person;
        let assign = Act::AssignAppeal { appraisal, appeal: id, decider };
        let decide = Act::DecideAppeal { appraisal, appeal: id, verdict: Verdict::Dismissed, reasons: String::new() };
        let withdraw = Act::WithdrawAppeal { appraisal, appeal: id };
        let assigns = appeal.is_open() && appeal.decider.is_none() && self.may(&assign);
        let decides = appeal.is_open() && self.may(&decide);
        let score = matches!(appeal.filed.target, Target::Score(_));
        Filed {
            events: self.appeal_events(appeal),
            assign: assigns.then(|| (form("assign_appeal", id.to_string()), self.colleagues(|_| true))),
            uphold: decides.then(|| {
                let form = form("decide_appeal", format!("{id}-uphold"));
                Upholding { form: if score { form } else { form.fix("verdict", "source_wrong") }, points: score }
            }),
            dismiss: decides.then(|| form("decide_appeal", format!("{id}-dismiss")).fix("verdict", "dismissed")),
            withdraw: (appeal.is_open() && self.may(&withdraw)).then(|| form("withdraw_appeal", id.to_string())),
        }
    }

    fn appeal_events(&self, appeal: &Appeal) -> Vec<kit::Event> {
        let t = self.t;
        let against = match &appeal.filed.target {
            Target::Score(id) => self.sheet.score(*id).map(|score| score.given.indicator.as_str()).unwrap_or_default(),
            Target::Computed(code) => code.as_str(),
        };
        let what = t.with("appeal-against-what", &[("indicator", self.indicator_name(against))]);
        let mut events = vec![self.event(kit::Tone::Warn, what, appeal.stamp, appeal.filed.grounds.clone())];
        if let Some((decider, stamp)) = &appeal.decider {
            let what = t.with("appeal-assigned", &[("name", self.names.person(*decider))]);
            events.push(self.event(kit::Tone::Info, what, *stamp, String::new()));
        }
        if let Some((verdict, reasons, stamp)) = &appeal.decision {
            let what = match verdict {
                Verdict::Dismissed => t.get("appeal-dismissed"),
                Verdict::Adjusted(points) => t.with("appeal-adjusted", &[("points", t.points(&points.0))]),
                Verdict::SourceWrong => t.get("appeal-source-wrong"),
            };
            events.push(self.event(kit::Tone::Success, what, *stamp, reasons.clone()));
        }
        if let Some(stamp) = &appeal.withdrawn {
            events.push(self.event(kit::Tone::Neutral, t.get("appeal-withdrawn"), *stamp, String::new()));
        }
        if let (true, Some(last)) = (appeal.is_open(), events.last_mut()) {
            let open = t.with("appeal-open", &[("day", t.day(&appeal.filed.due))]);
            last.note = if last.note.is_empty() { open } else { format!("{}\n{open}", last.note) };
        }
        events
    }

    fn filing(&self) -> Vec<Filing> {
        let (t, id) = (self.t, self.sheet.opened.id);
        if !self.is_subject() || self.sheet.grade.is_some() {
            return Vec::new();
        }
        let valid = self.sheet.scores.iter().filter(|score| score.standing() == Standing::Valid);
        let scores = valid.map(|score| {
            let (name, rater) = (self.indicator_name(&score.given.indicator), self.names.person(score.given.rater));
            kit::Choice::new(score.given.id.to_string(), format!("{name} · {rater} · {}", t.points(&score.points().0)))
        });
        let values = self.sheet.computed.keys().map(|code| kit::Choice::new(code.clone(), self.indicator_name(code)));
        let filing = |about: String, field, key, choices| Filing {
            form: self.form("file_appeal", about),
            field,
            label: t.get(key),
            choices,
        };
        let both = [
            filing(id.to_string(), "target.score", "appeal-against", scores.collect()),
            filing(format!("{id}-value"), "target.computed", "appeal-against-value", values.collect()),
        ];
        both.into_iter().filter(|filing: &Filing| !filing.choices.is_empty()).collect()
    }
}
