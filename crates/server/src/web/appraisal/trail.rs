//! The trail: everything that happened to one appraisal, with what it changed from what to what, under which rule, and the
//! way to its proof. It tells what the appraisal's own page tells its readers, step by step, and nothing beyond.

mod changes;

use crate::web::{App, error::PageError, kit, locale::Locale, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, State};
use changes::{Change, Due, Field, Value, What, told};
use domain::{
    appeal::Verdict,
    appraisal::Appraisal,
    cycle::{Cycle, Ungraded},
    event::{Event, StreamKind},
    goal::Goal,
    id::{AppraisalId, GoalId},
    regime::{Regime, Source},
};
use policy::Reading;
use store::{Recorded, query::Names};
use uuid::Uuid;

#[derive(Template, WebTemplate)]
#[template(path = "pages/trail.html")]
pub(super) struct Trail {
    page: kit::Page,
    back: String,
    events: Vec<kit::Event>,
}

/// Everything that happened to one appraisal, the latest first.
pub(super) async fn trail(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Trail, PageError> {
    let reader = app.store.reader(&person.actor);
    let (cycle, sheet) = reader.appraisal(AppraisalId(id)).await?.ok_or(PageError::NotFound)?;
    let mut record = reader.trail(AppraisalId(id)).await?.ok_or(PageError::NotFound)?;
    record.extend(reader.proposals(&sheet).await?);
    record.sort_by_key(|recorded| recorded.seq);
    let names = app.store.names().await?;
    let telling =
        Telling { app: &app, person: &person, t: person.reader.t, names: &names, cycle: &cycle, sheet: &sheet };
    let events = told(&record).into_iter().rev().map(|(recorded, changes)| telling.event(recorded, &changes)).collect();
    let page = person.page(&format!("/appraisals/{id}/trail"), telling.t.get("trail-title"));
    Ok(Trail { page, back: format!("/appraisals/{id}"), events })
}

/// What an entry is told with.
struct Telling<'a> {
    app: &'a App,
    person: &'a SignedIn,
    t: Locale,
    names: &'a Names,
    cycle: &'a Cycle,
    sheet: &'a Appraisal,
}

impl Telling<'_> {
    fn event(&self, recorded: &Recorded, changes: &[Change]) -> kit::Event {
        let t = self.t;
        let entry = t.with("trail-entry", &[("seq", recorded.seq.to_string())]);
        let note: Vec<String> = self.rules(recorded).into_iter().chain([entry]).collect();
        kit::Event {
            tone: kit::Tone::Neutral,
            what: t.get(&format!("event-{}", recorded.event.name())),
            who: match recorded.event.conceals_actor() {
                true => t.get("recusal-unnamed"),
                false => words::who(t, self.names, recorded.stamp.by),
            },
            when: recorded.stamp.at,
            note: note.join("\n"),
            changes: changes.iter().map(|change| self.change(change)).collect(),
            more: self.receipt(recorded),
        }
    }

    /// The receipt is for whoever reads the appraisal; of a slate's entry, for who made it or reads the ledger.
    fn receipt(&self, recorded: &Recorded) -> Option<kit::Crumb> {
        let opens = recorded.stream.kind == StreamKind::Appraisal
            || recorded.stamp.by.account == Some(self.person.account)
            || self.app.store.reader(&self.person.actor).may_read(Reading::Ledger);
        let href = format!("/receipts/{}", recorded.seq);
        opens.then(|| kit::Crumb { label: self.t.get("receipt-open"), href })
    }

    /// The policies that let it happen, each with the article it rests on, and the article of the regime. The record
    /// keeps what the policies were by their digest; their names are today's.
    fn rules(&self, recorded: &Recorded) -> Vec<String> {
        let t = self.t;
        let policies = self.app.store.policies();
        let rule = |id: &String| match policies.basis(id) {
            None => id.clone(),
            Some(basis) => {
                let basis = if basis == "local" { t.get("trail-local") } else { basis.to_owned() };
                t.with("trail-rule", &[("rule", t.get(&format!("rule-{id}"))), ("basis", basis)])
            }
        };
        let mut rules: Vec<String> = recorded.permit.ids.iter().map(rule).collect();
        let regime = self.app.store.rules().regimes.get(&self.cycle.opened.regime);
        if let Some(source) = regime.and_then(|regime| article(regime, &recorded.event)) {
            let verified = t.get(if source.verified { "regime-is-verified" } else { "regime-is-not-verified" });
            rules.push(t.with("trail-article", &[("article", source.basis.clone()), ("verified", verified)]));
        }
        if recorded.permit.policies != policies.hash() {
            rules.push(t.get("trail-rules-since"));
        }
        rules
    }

    fn change(&self, change: &Change) -> kit::Change {
        let value = |value: &Option<Value>| value.as_ref().map(|value| self.value(value)).unwrap_or_default();
        kit::Change { label: self.label(&change.what), before: value(&change.before), after: value(&change.after) }
    }

    fn label(&self, what: &What) -> String {
        let t = self.t;
        let given = |key: &str, indicator: &str, rater| {
            let args = [("indicator", self.indicator(indicator)), ("name", self.names.person(rater).to_owned())];
            t.with(key, &args)
        };
        match what {
            What::Stage => t.get("appraisal-stage"),
            What::Participation => t.get("trail-participation"),
            What::Weight(person) => t.with("trail-weight", &[("name", self.names.person(*person))]),
            What::Goal(id, field) => {
                let field = match field {
                    Field::Title => "goals-field-title",
                    Field::Measure => "goals-field-measure",
                    Field::Due => "goals-field-due",
                };
                t.with("goals-change", &[("goal", self.goal(*id)), ("field", t.get(field))])
            }
            What::GoalReason => t.get("form-reason"),
            What::VerdictReason(_) => t.get("appeal-reasons"),
            What::Points(indicator, rater) => given("trail-points", indicator, *rater),
            What::Standing(indicator, rater) => given("trail-standing", indicator, *rater),
            What::ScoreReason(indicator, rater) => given("trail-score-reason", indicator, *rater),
            What::Computed(indicator) => t.with("trail-computed", &[("indicator", self.indicator(indicator))]),
            What::Composite => t.get("composite-title"),
            What::Grounds(_, indicator) => t.with("appeal-against-what", &[("indicator", self.indicator(indicator))]),
            What::Decider(_) => t.get("appeal-decider"),
            What::Verdict(_) => t.get("trail-verdict"),
            What::Proposed => t.get("trail-proposed"),
            What::Grade => t.get("appraisal-grade"),
            What::Signed => t.get("sign-title"),
            What::Opinion => t.get("sign-opinion"),
            What::Due(Due::Goals) => t.get("trail-due-goals"),
            What::Due(Due::Scoring) => t.get("trail-due-scoring"),
            What::Due(Due::Witness(indicator, rater)) => given("trail-due-witness", indicator, *rater),
            What::Due(Due::Appeal(_)) => t.get("trail-due-appeal"),
            What::Due(Due::Signature) => t.get("trail-due-signature"),
        }
    }

    fn value(&self, value: &Value) -> String {
        let t = self.t;
        match value {
            Value::Stage(stage) => t.get(&format!("stage-{}", stage.as_str())),
            Value::Graded(None) => t.get("trail-graded"),
            Value::Graded(Some((reason, note))) => words::ungraded(t, *reason, note),
            Value::Points(points) => t.points(&points.0),
            Value::NotApplicable => t.get("score-not-applicable"),
            Value::Weight(weight) => format!("{}%", t.points(&weight.0)),
            Value::Words(words) => words.clone(),
            Value::Day(day) => t.day(day),
            Value::Standing(standing) => t.get(&format!("standing-{}", standing.as_str())),
            Value::Person(person) => self.names.person(*person).to_owned(),
            Value::Verdict(Verdict::Dismissed) => t.get("appeal-dismissed"),
            Value::Verdict(Verdict::Adjusted(points)) => t.with("appeal-adjusted", &[("points", t.points(&points.0))]),
            Value::Verdict(Verdict::SourceWrong) => t.get("appeal-source-wrong"),
            Value::Grade(grade) => words::grade(t, self.app.store.rules(), &self.cycle.opened.regime, grade),
            Value::Agrees(true) => t.get("sign-agree"),
            Value::Agrees(false) => t.get("sign-disagree"),
        }
    }

    fn indicator(&self, code: &str) -> String {
        let known = self.cycle.indicators(&self.sheet.opened.post_type).iter().find(|indicator| indicator.code == code);
        known.map_or(code, |indicator| indicator.name.as_str()).to_owned()
    }

    /// A goal as it was called last.
    fn goal(&self, id: GoalId) -> String {
        let mut goals = self.sheet.goals.iter().rev().flat_map(|version| &version.proposed.goals);
        goals.find(|goal: &&Goal| goal.id == id).map(|goal| goal.title.clone()).unwrap_or_default()
    }
}

/// The part of a regime that an event follows, where one speaks of it.
fn article<'r>(regime: &'r Regime, event: &Event) -> Option<&'r Source> {
    match event {
        Event::AppraisalOpened(opened) => match &opened.ungraded {
            Some((reason, _)) => not_graded(regime, *reason),
            None => Some(&regime.source),
        },
        Event::ParticipationChanged { ungraded } => not_graded(regime, ungraded.as_ref()?.0),
        Event::GoalsProposed(_)
        | Event::GoalsEndorsed { .. }
        | Event::GoalsConfirmed { .. }
        | Event::GoalsReturned { .. } => Some(&regime.chains.source),
        Event::AppealFiled(_) | Event::AppealAssigned { .. } | Event::AppealDecided { .. } => {
            Some(&regime.appeal.source)
        }
        Event::ScoreGiven(_) | Event::ScoresReviewed | Event::ResultSigned { .. } | Event::Escalated { .. } => {
            Some(&regime.deadlines.source)
        }
        Event::GradeProposed { grade, .. } | Event::GradeFixed { grade, .. } => {
            regime.grade(grade).map(|grade| &grade.source)
        }
        _ => None,
    }
}

fn not_graded(regime: &Regime, reason: Ungraded) -> Option<&Source> {
    match reason {
        Ungraded::Probation => regime.not_graded.probation.as_ref().map(|rule| &rule.source),
        Ungraded::LongLeave => regime.not_graded.leave.as_ref().map(|rule| &rule.source),
        Ungraded::Investigation => regime.not_graded.investigation.as_ref(),
        Ungraded::AppraisedElsewhere => None,
    }
}
