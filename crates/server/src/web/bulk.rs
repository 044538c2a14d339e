//! Work of HR on everyone in a cycle, or in a part of it: computing all quantitative scores, taking over all sheets
//! collected on paper, naming assessors.
//! One act a person, in the background, a few at a time; the page tells how far it is.

use super::{App, error::PageError, kit, locale::Locale, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Extension, Form, Router,
    extract::{Path, State},
    response::Redirect,
    routing::get,
};
use domain::{
    act::Act,
    id::{AccountId, AppraisalId, CycleId},
    refusal::Reason,
    score::Assessor,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use store::Store;
use tokio::task::JoinSet;
use uuid::Uuid;

/// `/cycles/{id}/bulk`.
pub fn routes() -> Router<App> {
    Router::new().route("/cycles/{id}/bulk", get(progress).post(start))
}

/// Acts on their way at a time: enough for the writer to put several into one transaction.
const AT_A_TIME: usize = 16;

/// What can be done for everyone.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Work {
    Compute,
    Adopt,
    Assess(Arc<[Assessor]>),
}

impl Work {
    /// What is done for everyone at the press of a button.
    const PRESSED: [Work; 2] = [Work::Adopt, Work::Compute];

    fn as_str(&self) -> &'static str {
        match self {
            Work::Compute => "compute_scores",
            Work::Adopt => "adopt_scores",
            Work::Assess(_) => "name_assessors",
        }
    }

    fn act(&self, appraisal: AppraisalId) -> Act {
        match self {
            Work::Compute => Act::ComputeScores { appraisal },
            Work::Adopt => Act::AdoptScores { appraisal },
            Work::Assess(assessors) => Act::NameAssessors { appraisal, assessors: assessors.to_vec() },
        }
    }
}

/// The choices of the form that starts work.
pub fn choices(t: Locale) -> Vec<kit::Choice> {
    Work::PRESSED.map(|work| kit::Choice::new(work.as_str(), t.get(&format!("bulk-{}", work.as_str())))).to_vec()
}

/// How far the work on a cycle is.
#[derive(Clone, Debug)]
pub struct Progress {
    work: Work,
    /// How many sheets there are.
    total: usize,
    /// Of these, how many were taken up.
    done: usize,
    /// Of these, how many changed.
    changed: usize,
    /// Of these, how many were refused.
    refused: usize,
    /// The last refusal.
    last: Option<super::locale::Sentence>,
    /// Nothing more will happen.
    over: bool,
}

impl Progress {
    /// As the page shows it.
    pub fn shown(&self, t: &Locale) -> kit::Progress {
        kit::Progress { label: t.get(&format!("bulk-{}", self.work.as_str())), done: self.done, total: self.total }
    }

    /// Whether it names assessors.
    pub fn names_assessors(&self) -> bool {
        matches!(self.work, Work::Assess(_))
    }

    /// Whether it still goes on.
    pub fn runs(&self) -> bool {
        !self.over
    }

    /// What came of it so far.
    pub fn told(&self, t: &Locale) -> String {
        let unchanged = self.done - self.changed - self.refused;
        t.with("bulk-told", &[("changed", self.changed), ("unchanged", unchanged), ("refused", self.refused)])
    }

    /// Why something was refused; empty if nothing was.
    pub fn refusal(&self, t: &Locale) -> String {
        self.last.as_ref().map(|sentence| t.say(sentence)).unwrap_or_default()
    }
}

/// The work of this process, one piece a cycle. It is forgotten at a restart: what was done is in the record, and
/// doing it again changes nothing.
#[derive(Clone, Default)]
pub struct Desk(Arc<Mutex<HashMap<Uuid, Progress>>>);

impl Desk {
    fn pieces(&self) -> MutexGuard<'_, HashMap<Uuid, Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the newest work on a cycle is, if there was any.
    pub fn progress(&self, cycle: Uuid) -> Option<Progress> {
        self.pieces().get(&cycle).cloned()
    }

    /// Take a cycle's place; false where work on it goes on.
    fn begin(&self, cycle: Uuid, work: Work, total: usize) -> bool {
        let mut pieces = self.pieces();
        if pieces.get(&cycle).is_some_and(Progress::runs) {
            return false;
        }
        let fresh = Progress { work, total, done: 0, changed: 0, refused: 0, last: None, over: total == 0 };
        pieces.insert(cycle, fresh);
        true
    }

    fn note(&self, cycle: Uuid, change: impl FnOnce(&mut Progress)) {
        if let Some(piece) = self.pieces().get_mut(&cycle) {
            change(piece);
        }
    }

    /// Do the acts. Whoever began is asked for anew before each handful: who may not any more goes no further.
    async fn run(self, store: Store, account: AccountId, cycle: Uuid, work: Work, sheets: Vec<AppraisalId>) {
        for handful in sheets.chunks(AT_A_TIME) {
            let Ok(Some(actor)) = store.actor(account).await else { break };
            let mut acts = JoinSet::new();
            for sheet in handful {
                let (store, actor, act) = (store.clone(), actor.clone(), work.act(*sheet));
                acts.spawn(async move { store.act(&actor, store.new_key(), act).await });
            }
            while let Some(result) = acts.join_next().await {
                self.note(cycle, |piece| {
                    piece.done += 1;
                    match result {
                        Ok(Ok(_)) => piece.changed += 1,
                        Ok(Err(store::Error::Refused(refusal))) if unchanged(refusal.reason) => {}
                        Ok(Err(error)) => piece.refused(error),
                        Err(error) => piece.refused(store::Error::Unfit(error.to_string())),
                    }
                });
            }
        }
        self.note(cycle, |piece| piece.over = true);
    }
}

/// Nothing was to be done for this one.
fn unchanged(reason: Reason) -> bool {
    matches!(reason, Reason::NothingNew | Reason::NothingChanged)
}

impl Progress {
    fn refused(&mut self, error: store::Error) {
        self.refused += 1;
        self.last = Some(match words::of_store(error) {
            PageError::Refused(sentence)
            | PageError::BadInput(sentence)
            | PageError::Forbidden { message: sentence, .. } => sentence,
            PageError::Internal(error) => {
                tracing::error!(error = format!("{error:#}"), "work on everyone in a cycle failed for one");
                super::locale::Sentence::new("error-internal-what")
            }
            _ => super::locale::Sentence::new("refusal-not-found"),
        });
    }
}

/// Start, unless something runs already; then back to the cycle, which shows how far it is.
async fn start(
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
    Path(id): Path<Uuid>,
    person: SignedIn,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Redirect, PageError> {
    let sent = kit::Form::posted(pairs);
    person.check(&sent.csrf)?;
    let work = Work::PRESSED.into_iter().find(|work| work.as_str() == sent.value("work")).ok_or(PageError::NotFound)?;
    may(&app, &person, id).await?;
    let sheets = app.store.appraisals_of(CycleId(id)).await?;
    if desk.begin(id, work.clone(), sheets.len()) {
        tokio::spawn(desk.run(app.store, person.account, id, work, sheets));
    }
    Ok(Redirect::to(&format!("/cycles/{id}#bulk")))
}

/// Name these assessors for each of these sheets; false where other work on the cycle goes on.
pub fn name_assessors(
    app: &App,
    desk: &Desk,
    person: &SignedIn,
    cycle: Uuid,
    sheets: Vec<AppraisalId>,
    assessors: Vec<Assessor>,
) -> bool {
    let work = Work::Assess(assessors.into());
    let begun = desk.begin(cycle, work.clone(), sheets.len());
    if begun {
        tokio::spawn(desk.clone().run(app.store.clone(), person.account, cycle, work, sheets));
    }
    begun
}

/// Work on everyone is for who may freeze the scoring of the cycle, while it is open.
async fn may(app: &App, person: &SignedIn, id: Uuid) -> Result<(), PageError> {
    let cycle = app.store.cycles().await?.into_iter().find(|cycle| cycle.cycle_id == id).ok_or(PageError::NotFound)?;
    let may = app.store.policies().may_ever(&person.actor, "freeze_scoring");
    may.map_err(|denied| PageError::from(store::Error::Denied(Box::new(denied))))?;
    match cycle.frozen_at {
        None => Ok(()),
        Some(_) => Err(PageError::Refused(super::locale::Sentence::new("refusal-scoring-frozen"))),
    }
}

/// How far the work on a cycle is: the part of the page that renews itself.
#[derive(Template, WebTemplate)]
#[template(path = "pages/bulk.html")]
struct Part {
    t: Locale,
    running: Progress,
    running_at: String,
}

async fn progress(
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
    Path(id): Path<Uuid>,
    person: SignedIn,
) -> Result<Part, PageError> {
    let running = desk.progress(id);
    match &running {
        Some(running) if running.names_assessors() => super::assessors::may_name(&app, &person)?,
        _ => may(&app, &person, id).await?,
    }
    let running = running.ok_or(PageError::NotFound)?;
    Ok(Part { t: person.reader.t, running, running_at: format!("/cycles/{id}/bulk") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_piece_of_work_a_cycle() {
        let (desk, cycle, other) = (Desk::default(), Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(desk.begin(cycle, Work::Compute, 3));
        assert!(!desk.begin(cycle, Work::Adopt, 3), "work on this cycle goes on");
        assert!(desk.begin(other, Work::Adopt, 0));
        assert!(!desk.progress(other).unwrap().runs(), "nobody to work on");
        desk.note(cycle, |piece| piece.over = true);
        assert!(desk.begin(cycle, Work::Adopt, 3));
    }
}
