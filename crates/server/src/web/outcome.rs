//! Outcomes: what follows from a result, under three signatures of three people.

#[cfg(test)]
mod tests;

use super::{App, error::PageError, kit, locale::Locale, paging, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};
use domain::{
    act::Act,
    actor::Stamp,
    decide::Case,
    id::{OutcomeId, PersonId, UnitId},
    outcome::{Outcome, Signoff},
    ties::TiesOn,
};
use serde::Deserialize;
use std::sync::Arc;
use store::{query::Names, tables::cycle};
use uuid::Uuid;

/// `/outcomes`, `/outcomes/{id}`.
pub fn routes() -> Router<App> {
    Router::new().route("/outcomes", get(list)).route("/outcomes/{id}", get(show))
}

/// Outcomes on a page.
const ON_A_PAGE: u64 = 30;
/// The lists: which stages each holds.
const LISTS: [(&str, &[&str]); 3] =
    [("pending", &["recommended", "reviewed"]), ("approved", &["approved"]), ("declined", &["declined"])];

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    list: String,
    #[serde(default)]
    page: paging::Number,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/outcomes.html")]
struct Outcomes {
    page: kit::Page,
    tabs: Vec<kit::Tab>,
    outcomes: Vec<kit::CellLink>,
    pages: kit::Pagination,
}

async fn list(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<Outcomes, PageError> {
    let t = person.reader.t;
    let (chosen, stages) = LISTS.into_iter().find(|(name, _)| *name == asked.list).unwrap_or(LISTS[0]);
    let page = asked.page.of(ON_A_PAGE);
    let found = app.store.reader(&person.actor).outcomes(stages, page).await?;
    let names = app.store.names().await?;
    let outcomes = found.rows.iter().map(|outcome| {
        let kind = t.get(&format!("outcome-kind-{}", outcome.kind));
        kit::CellLink {
            href: format!("/outcomes/{}", outcome.outcome_id),
            icon: "award",
            label: format!("{} · {kind}", names.person(PersonId(outcome.person_id))),
            note: names.unit(UnitId(outcome.unit_id)).to_owned(),
            value: t.get(&format!("outcome-{}", outcome.stage)),
        }
    });
    let tab = |(name, _): (&str, &[&str])| kit::Tab {
        label: t.get(&format!("outcomes-{name}")),
        href: format!("/outcomes?list={name}"),
        current: name == chosen,
        count: None,
    };
    Ok(Outcomes {
        tabs: LISTS.into_iter().map(tab).collect(),
        outcomes: outcomes.collect(),
        pages: paging::pages(page, found.total, format!("/outcomes?list={chosen}")),
        page: person.page("/outcomes", t.get("outcomes-title")),
    })
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/outcome.html")]
struct Show {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    kicker: String,
    state: kit::Tag,
    due: Option<kit::Deadline>,
    steps: Vec<kit::Step>,
    facts: Vec<kit::Term>,
    appraisal: String,
    signed: Vec<kit::Event>,
    sign: Option<kit::Form>,
    sign_title: String,
    sign_hint: String,
    answers: Vec<kit::Choice>,
    not_you: String,
}

async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let reader = app.store.reader(&person.actor);
    let outcome = reader.outcome(OutcomeId(id)).await?.ok_or(PageError::NotFound)?;
    let of = &outcome.recommended;
    let sees_appraisal = reader.appraisal(of.appraisal).await?.is_some();
    let cycle = app.store.cycles().await?.into_iter().find(|cycle| cycle.cycle_id == of.cycle.0);
    let (names, ties) = (app.store.names().await?, app.store.ties(words::today()).await?);
    let view = View { t, app: &app, outcome: &outcome, names, ties };
    let here = format!("/outcomes/{id}");
    let (sign, not_you) = view.sign(&person, &here);
    let reviewing = outcome.reviewed.is_none();
    let stage = outcome.stage();
    Ok(Show {
        crumbs: vec![kit::Crumb { label: t.get("outcomes-title"), href: "/outcomes".to_owned() }],
        kicker: t.get(&format!("outcome-kind-{}", of.kind.as_str())),
        state: kit::Tag::new(
            match stage {
                "approved" => kit::Tone::Success,
                "declined" => kit::Tone::Danger,
                _ => kit::Tone::Info,
            },
            t.get(&format!("outcome-{stage}")),
        ),
        due: view.due(),
        steps: view.steps(),
        facts: view.facts(cycle.as_ref()),
        appraisal: if sees_appraisal { format!("/appraisals/{}", of.appraisal) } else { String::new() },
        signed: view.signed(),
        sign_title: t.get(if reviewing { "outcome-review" } else { "outcome-decide" }),
        sign_hint: t.get(if reviewing { "outcome-review-hint" } else { "outcome-decide-hint" }),
        sign,
        answers: vec![
            kit::Choice::new("yes", t.get("outcome-agree")),
            kit::Choice::new("no", t.get("outcome-disagree")).hint(t.get("outcome-disagree-hint")),
        ],
        not_you,
        page: person.page(&here, view.names.person(of.person)),
    })
}

/// What the parts of the page are made from.
struct View<'a> {
    t: Locale,
    app: &'a App,
    outcome: &'a Outcome,
    names: Arc<Names>,
    ties: TiesOn,
}

impl View<'_> {
    fn facts(&self, cycle: Option<&cycle::Model>) -> Vec<kit::Term> {
        let (t, of) = (self.t, &self.outcome.recommended);
        let mut facts = vec![
            kit::Term::new(t.get("cycle-person"), self.names.person(of.person)),
            kit::Term::new(t.get("appraisal-unit"), self.names.unit(of.unit)),
        ];
        if let Some(cycle) = cycle {
            facts.push(kit::Term::new(t.get("appraisal-cycle"), cycle.title.clone()));
            let grade = words::grade(t, self.app.store.rules(), &cycle.regime, &of.grade);
            facts.push(kit::Term::new(t.get("appraisal-grade"), grade));
        }
        facts.push(kit::Term::new(t.get("outcome-detail"), of.detail.clone()));
        facts.push(kit::Term::new(t.get("outcome-reasons"), of.reasons.clone()));
        facts
    }

    /// Until when the next signature is due; none where nothing waits.
    fn due(&self) -> Option<kit::Deadline> {
        let day = match (&self.outcome.reviewed, &self.outcome.decided) {
            (None, _) => self.outcome.recommended.due,
            (Some((signoff, due)), None) if signoff.approved => *due,
            _ => return None,
        };
        Some(words::deadline(self.app, day))
    }

    fn steps(&self) -> Vec<kit::Step> {
        let t = self.t;
        let by = |stamp: &Stamp| words::who(t, &self.names, stamp.by);
        let reviewed = self.outcome.reviewed.as_ref().map(|(signoff, _)| signoff);
        let ended = reviewed.is_some_and(|signoff| !signoff.approved);
        let signed = |signoff: Option<&Signoff>| signoff.map(|signoff| by(&signoff.stamp));
        let all = [
            ("chain-recommend", Some(by(&self.outcome.stamp))),
            ("chain-hr", signed(reviewed)),
            ("chain-approve", signed(self.outcome.decided.as_ref())),
        ];
        let current = all.iter().position(|(_, done)| done.is_none()).filter(|_| !ended);
        let step = |(place, (key, done)): (usize, (&str, Option<String>))| kit::Step {
            label: t.get(key),
            state: match &done {
                Some(_) => kit::StepState::Done,
                None if Some(place) == current => kit::StepState::Current,
                None => kit::StepState::Ahead,
            },
            note: done.unwrap_or_default(),
        };
        all.into_iter().enumerate().map(step).collect()
    }

    /// The signatures that are there: who, when, and what they said.
    fn signed(&self) -> Vec<kit::Event> {
        let t = self.t;
        let event = |tone, what: String, stamp: &Stamp, note: String| kit::Event {
            tone,
            what,
            who: words::who(t, &self.names, stamp.by),
            when: stamp.at,
            note,
            changes: Vec::new(),
            more: None,
        };
        let first = event(
            kit::Tone::Info,
            t.get("chain-recommend"),
            &self.outcome.stamp,
            self.outcome.recommended.reasons.clone(),
        );
        let signature = |step: &str, signoff: &Signoff| {
            let (tone, answer) = match signoff.approved {
                true => (kit::Tone::Success, "outcome-agree"),
                false => (kit::Tone::Danger, "outcome-disagree"),
            };
            let what = t.with("outcome-signed", &[("step", t.get(step)), ("answer", t.get(answer))]);
            event(tone, what, &signoff.stamp, signoff.opinion.clone().unwrap_or_default())
        };
        let reviewed = self.outcome.reviewed.iter().map(|(signoff, _)| signature("chain-hr", signoff));
        let decided = self.outcome.decided.iter().map(|signoff| signature("chain-approve", signoff));
        std::iter::once(first).chain(reviewed).chain(decided).collect()
    }

    /// The form of the signature that is due, for whose turn it is; for whoever must not take it, why not.
    fn sign(&self, person: &SignedIn, here: &str) -> (Option<kit::Form>, String) {
        let (id, approved, opinion) = (self.outcome.recommended.id, true, String::new());
        let act = match (&self.outcome.reviewed, &self.outcome.decided) {
            (None, _) => Act::ReviewOutcome { outcome: id, approved, opinion },
            (Some((signoff, _)), None) if signoff.approved => Act::DecideOutcome { outcome: id, approved, opinion },
            _ => return (None, String::new()),
        };
        let (outcome, ties) = (Some(self.outcome.clone()), Some(self.ties.clone()));
        let case = Case { outcome, ties, ..Case::default() };
        let may_at_all = self.app.store.policies().may_ever(&person.actor, act.name()).is_ok();
        match self.app.store.policies().permit(&person.actor, &act, &case) {
            Ok(_) => {
                let form = person.act_form(&self.app.store, act.name(), id, here).fix("outcome", id);
                (Some(form), String::new())
            }
            Err(denied) if may_at_all => (None, words::forbidden(self.t, &denied).unwrap_or_default()),
            Err(_) => (None, String::new()),
        }
    }
}
