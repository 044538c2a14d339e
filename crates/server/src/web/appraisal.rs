//! One appraisal: goals, progress, scores with their basis, the composite's arithmetic, appeals, the
//! result, and the trail of it all. Whoever's turn a step is finds its form here.

mod appeals;
mod goals;
mod progress;
mod recusals;
mod scores;
#[cfg(test)]
mod tests;
mod trail;

use super::{
    App,
    error::{PageError, percent_encoded},
    kit,
    locale::Locale,
    session::SignedIn,
    words,
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use domain::{
    act::Act,
    actor::Stamp,
    appraisal::Appraisal,
    composite::compose,
    cycle::{Cycle, Ungraded},
    decide::Case,
    id::{AppraisalId, PersonId},
    indicator::Indicator,
    outcome,
    points::Points,
    score::Value,
    survey::SCALE,
    ties::TiesOn,
};
use std::{fmt::Display, sync::Arc};
use store::{query::Names, tables::person};
use uuid::Uuid;

/// `/appraisals/{id}` and its trail.
pub fn routes() -> Router<App> {
    Router::new().route("/appraisals/{id}", get(show)).route("/appraisals/{id}/trail", get(trail::trail))
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/appraisal.html")]
struct Page {
    page: kit::Page,
    trail: String,
    facts: Vec<kit::Term>,
    /// The page of assessors is no page of somebody from outside.
    assessors: Option<String>,
    participation: Option<Participation>,
    goals: goals::Part,
    progress: progress::Part,
    values: kit::Table,
    scores: scores::Part,
    composite: kit::Arithmetic,
    appeals: appeals::Part,
    recusals: recusals::Part,
    sign: Option<(kit::Form, Vec<kit::Choice>)>,
    survey: Option<Survey>,
    recommend: Option<(kit::Form, Vec<kit::Choice>)>,
}

/// HR leaves somebody ungraded, or takes that back.
struct Participation {
    form: kit::Form,
    /// Why somebody gets no grade; none where the person is to take part again.
    reasons: Vec<kit::Choice>,
}

/// The two questions at the end of a cycle.
struct Survey {
    form: kit::Form,
    until: kit::Deadline,
    answers: Vec<kit::Choice>,
}

/// What the parts of the page are made from.
struct View<'a> {
    app: &'a App,
    person: &'a SignedIn,
    t: Locale,
    names: &'a Names,
    roster: &'a [person::Model],
    ties: TiesOn,
    cycle: &'a Arc<Cycle>,
    sheet: &'a Appraisal,
}

async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Page, PageError> {
    let found = app.store.reader(&person.actor).appraisal(AppraisalId(id)).await?;
    let (cycle, sheet) = found.ok_or(PageError::NotFound)?;
    let (names, roster, t) = (app.store.names().await?, app.store.roster().await?, person.reader.t);
    let ties = app.store.ties(words::today()).await?;
    let view =
        View { app: &app, person: &person, t, names: &names, roster: &roster, ties, cycle: &cycle, sheet: &sheet };
    Ok(Page {
        trail: format!("{}/trail", view.at()),
        facts: view.facts(),
        assessors: (!person.actor.is_from_outside()).then(|| format!("{}/assessors", view.at())),
        participation: view.participation(),
        goals: view.goals(),
        progress: view.progress(),
        values: view.values(),
        scores: view.scores(),
        composite: view.composite(),
        appeals: view.appeals(),
        recusals: view.recusals(),
        sign: view.sign(),
        survey: view.survey(),
        recommend: view.recommend(),
        page: person.page(&view.at(), names.person(sheet.opened.person)),
    })
}

impl View<'_> {
    /// The path of the page.
    fn at(&self) -> String {
        format!("/appraisals/{}", self.sheet.opened.id)
    }

    /// A form that asks for an act about this appraisal.
    fn form(&self, act: &str, about: impl Display) -> kit::Form {
        self.person.act_form(&self.app.store, act, about, &self.at()).fix("appraisal", self.sheet.opened.id)
    }

    /// Whether policy would let the reader do this now.
    fn may(&self, act: &Act) -> bool {
        let (cycle, appraisal) = (Some(self.cycle.clone()), Some(self.sheet.clone()));
        let case = Case { cycle, appraisal, ties: Some(self.ties.clone()), ..Case::default() };
        self.app.store.policies().permit(&self.person.actor, act, &case).is_ok()
    }

    fn is_subject(&self) -> bool {
        self.person.actor.person() == Some(self.sheet.opened.person)
    }

    fn me(&self) -> Option<PersonId> {
        self.person.actor.person()
    }

    /// Who did something and when, in a few words.
    fn by(&self, stamp: &Stamp) -> String {
        format!("{} · {}", words::who(self.t, self.names, stamp.by), self.t.moment(&stamp.at))
    }

    fn event(&self, tone: kit::Tone, what: String, stamp: Stamp, note: String) -> kit::Event {
        let who = words::who(self.t, self.names, stamp.by);
        kit::Event { tone, what, who, when: stamp.at, note, changes: Vec::new(), more: None }
    }

    /// People of the unit to choose from for a duty: neither the one appraised nor anybody tied to them.
    fn colleagues(&self, which: impl Fn(&person::Model) -> bool) -> Vec<kit::Choice> {
        let opened = &self.sheet.opened;
        let tied = self.ties.of(opened.person);
        let here = |row: &&person::Model| {
            row.unit_id == opened.unit.0
                && row.person_id != opened.person.0
                && !tied.is_apart_from(PersonId(row.person_id))
        };
        let found = self.roster.iter().filter(here).filter(|row| which(row));
        found.map(|row| kit::Choice::new(row.person_id.to_string(), format!("{} {}", row.name, row.number))).collect()
    }

    fn facts(&self) -> Vec<kit::Term> {
        let t = self.t;
        let opened = &self.sheet.opened;
        let named = self.sheet.assessors.iter();
        let named: Vec<String> = named
            .map(|assessor| format!("{} {}%", self.names.person(assessor.person), t.points(&assessor.weight.0)))
            .collect();
        let assessors = if named.is_empty() { t.get("assessors-none") } else { named.join(&t.get("list-comma")) };
        let mut facts = vec![
            kit::Term::new(t.get("appraisal-cycle"), self.cycle.opened.title.clone()),
            kit::Term::new(t.get("appraisal-unit"), self.names.unit(opened.unit)),
            kit::Term::new(t.get("appraisal-post-type"), opened.post_type.clone()),
            kit::Term::new(t.get("appraisal-stage"), t.get(&format!("stage-{}", self.sheet.stage().as_str()))),
            kit::Term::new(t.get("appraisal-assessors"), assessors),
        ];
        if let Some((reason, note)) = &self.sheet.ungraded {
            facts.push(kit::Term::new(t.get("appraisal-ungraded"), words::ungraded(t, *reason, note)));
        }
        if let Some((grade, ..)) = &self.sheet.grade {
            let grade = words::grade(t, self.app.store.rules(), &self.cycle.opened.regime, grade);
            facts.push(kit::Term::new(t.get("appraisal-grade"), grade));
        }
        facts
    }

    fn participation(&self) -> Option<Participation> {
        let out = self.sheet.ungraded.is_some();
        let reason = (!out).then_some(Ungraded::Investigation);
        let act = Act::ChangeParticipation { appraisal: self.sheet.opened.id, ungraded: reason, note: String::new() };
        if self.cycle.frozen.is_some() || !self.may(&act) {
            return None;
        }
        let form = self.form("change_participation", self.sheet.opened.id);
        let choice =
            |reason: Ungraded| kit::Choice::new(reason.as_str(), self.t.get(&format!("ungraded-{}", reason.as_str())));
        Some(match out {
            true => Participation { form: form.fix("ungraded~", ""), reasons: Vec::new() },
            false => Participation { form, reasons: Ungraded::ALL.map(choice).to_vec() },
        })
    }

    fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.cycle.indicators(&self.sheet.opened.post_type).iter().find(|indicator| indicator.code == code)
    }

    fn indicator_name<'s>(&'s self, code: &'s str) -> &'s str {
        self.indicator(code).map_or(code, |indicator| indicator.name.as_str())
    }

    /// Computed values: what went in and from how many rows of which batches.
    fn values(&self) -> kit::Table {
        let t = self.t;
        let rows = self.sheet.computed.values().map(|(computed, _)| {
            let name = self.indicator_name(&computed.indicator);
            let rows = format!("{}/values/{}", self.at(), percent_encoded(&computed.indicator));
            let from: usize = computed.rows.values().map(Vec::len).sum();
            let (points, working) = match &computed.value {
                Value::Scored { points, arithmetic, .. } => (points.to_string(), arithmetic.clone()),
                Value::NotApplicable(reason) => (t.get("score-not-applicable"), reason.clone()),
            };
            let source = t.with("score-rows", &[("n", from.to_string())]);
            vec![
                kit::Cell::new(name),
                kit::Cell::new(working),
                kit::Cell::new(source).link(rows),
                kit::Cell::new(points),
            ]
        });
        kit::Table {
            caption: t.get("score-computed"),
            note: t.get("score-computed-note"),
            columns: vec![
                kit::Column::words(t.get("score-indicator")),
                kit::Column::words(t.get("score-working")),
                kit::Column::words(t.get("score-source")),
                kit::Column::numbers(t.get("score-points")),
            ],
            rows: rows.collect(),
            total: Vec::new(),
        }
    }

    fn composite(&self) -> kit::Arithmetic {
        let t = self.t;
        let fixed = self.sheet.composite.as_ref().map(|(composite, _)| composite.clone());
        let composite = fixed.unwrap_or_else(|| compose(self.cycle, self.sheet));
        let lines = composite.lines.iter().map(|line| kit::Addend {
            label: self.indicator_name(&line.indicator).to_owned(),
            working: match line.points {
                Some(points) => format!("{points} × {} ÷ {}", line.weight, composite.applied),
                None => t.get("score-not-applicable"),
            },
            points: line.contribution.map(|points| points.0),
            source: None,
        });
        let rule = if composite.applied == Points::FULL {
            t.get("composite-rule")
        } else {
            t.with("composite-renormalised", &[("applied", composite.applied.to_string())])
        };
        kit::Arithmetic {
            caption: t.get("composite-title"),
            lines: lines.collect(),
            rule,
            total: composite.total.map(|total| total.0),
        }
    }

    /// The person's own signature under the result.
    fn sign(&self) -> Option<(kit::Form, Vec<kit::Choice>)> {
        let (t, id) = (self.t, self.sheet.opened.id);
        let due = self.is_subject() && self.sheet.grade.is_some() && self.sheet.signature.is_none();
        let answers =
            [("yes", "sign-agree"), ("no", "sign-disagree")].map(|(value, key)| kit::Choice::new(value, t.get(key)));
        due.then(|| (self.form("sign_result", id), answers.to_vec()))
    }

    /// The survey at the end of the cycle, for whoever has not answered yet.
    fn survey(&self) -> Option<Survey> {
        let (t, id) = (self.t, self.sheet.opened.id);
        let survey = self.cycle.survey.as_ref().filter(|survey| survey.counted.is_none())?;
        let due = self.is_subject() && self.sheet.survey.is_none() && words::today() <= survey.until;
        let choice = |answer: u8| kit::Choice::new(answer.to_string(), t.get(&format!("survey-answer-{answer}")));
        due.then(|| Survey {
            form: self.form("answer_survey", id),
            until: words::deadline(self.app, survey.until),
            answers: SCALE.rev().map(choice).collect(),
        })
    }

    /// 部门推荐: the first of three signatures under what follows from the result.
    fn recommend(&self) -> Option<(kit::Form, Vec<kit::Choice>)> {
        let (t, id) = (self.t, self.sheet.opened.id);
        let (kind, detail, reasons) = (outcome::Kind::Reward, String::new(), String::new());
        let act = Act::RecommendOutcome { appraisal: id, kind, detail, reasons };
        let choice =
            |kind: outcome::Kind| kit::Choice::new(kind.as_str(), t.get(&format!("outcome-kind-{}", kind.as_str())));
        let due = self.sheet.grade.is_some() && self.may(&act);
        due.then(|| (self.form("recommend_outcome", id), outcome::Kind::ALL.map(choice).to_vec()))
    }
}
