//! Checking the whole record from the page: what `mingjing audit` does, in the background, one run at a time. What the
//! last run found stays until the next one, or until the server stops.

use super::moment;
use crate::clock;
use crate::web::{
    App,
    error::PageError,
    kit,
    locale::Locale,
    session::{Press, SignedIn},
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{Form, extract::State, response::Redirect};
use jiff::Timestamp;
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};
use store::{
    Store,
    audit::{Kind, Report},
};

/// The run that goes on, or went last.
#[derive(Clone, Default)]
pub struct Check(Arc<Mutex<Option<Run>>>);

#[derive(Clone)]
struct Run {
    /// By whom; none: by the product itself, at night.
    by: Option<String>,
    began: Timestamp,
    /// How many entries there were when it began.
    entries: u64,
    /// How many were read.
    read: Arc<AtomicU64>,
    ended: Option<(Timestamp, Outcome)>,
}

#[derive(Clone)]
enum Outcome {
    Found(Arc<Report>),
    /// The check itself failed.
    Failed,
}

impl Check {
    /// Nothing that holds this lock can panic half-way.
    fn run(&self) -> MutexGuard<'_, Option<Run>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begin a run, unless one goes on already.
    pub fn begin(&self, store: Store, by: Option<String>, entries: u64) {
        let mut run = self.run();
        if run.as_ref().is_some_and(|run| run.ended.is_none()) {
            return;
        }
        let read = Arc::new(AtomicU64::new(0));
        *run = Some(Run { by, began: clock::now(), entries, read: read.clone(), ended: None });
        let check = self.clone();
        tokio::spawn(async move {
            // A task of its own, so that a run that panics has ended too.
            let tell = move |(done, all): (u64, u64)| read.store(done * entries / all.max(1), Ordering::Relaxed);
            let audit = tokio::spawn(async move { store.audit(0, tell).await });
            let outcome = match audit.await {
                Ok(Ok(report)) => Outcome::Found(Arc::new(report)),
                Ok(Err(error)) => failed(&error),
                Err(error) => failed(&error),
            };
            if let Some(run) = check.run().as_mut() {
                if let Outcome::Found(report) = &outcome
                    && !report.differences.is_empty()
                {
                    let found = report.differences.len();
                    tracing::error!(found, "the check of the record found differences; see /ledger/check");
                }
                run.ended = Some((clock::now(), outcome));
            }
        });
    }
}

fn failed(error: &dyn std::error::Error) -> Outcome {
    tracing::error!(%error, "the check of the record failed");
    Outcome::Failed
}

/// How many differences the page names.
const NAMED: usize = 200;

/// The part of the page that is asked for again until the run has ended.
#[derive(Template, WebTemplate)]
#[template(path = "ledger/check_part.html")]
pub(super) struct Part {
    now: Now,
}

/// Where the check stands.
struct Now {
    t: Locale,
    running: Option<kit::Progress>,
    /// Who began it, and when; empty: nothing was checked yet.
    began: String,
    ended: String,
    failed: bool,
    /// What was found; empty: nothing was, or not yet.
    stats: Vec<kit::Stat>,
    differences: kit::Table,
    /// How many more there are than the table names.
    more: usize,
}

/// Reading is counted; how long replaying and comparing take nobody knows beforehand.
fn progress_of(t: Locale, read: u64, entries: u64) -> kit::Progress {
    if read < entries {
        return kit::Progress { label: t.get("ledger-check-reading"), done: read as usize, total: entries as usize };
    }
    kit::Progress { label: t.get("ledger-check-comparing"), done: 0, total: 0 }
}

impl Now {
    fn of(t: Locale, run: Option<Run>) -> Now {
        let mut now = Now {
            t,
            running: None,
            began: String::new(),
            ended: String::new(),
            failed: false,
            stats: Vec::new(),
            differences: kit::Table::default(),
            more: 0,
        };
        let Some(run) = run else { return now };
        now.began = t.with(
            "ledger-check-began",
            &[("who", run.by.unwrap_or_else(|| t.get("ledger-check-nightly"))), ("when", moment(t, run.began))],
        );
        match run.ended {
            None => now.running = Some(progress_of(t, run.read.load(Ordering::Relaxed), run.entries)),
            Some((ended, outcome)) => {
                now.ended = t.with("ledger-check-ended", &[("when", moment(t, ended))]);
                match outcome {
                    Outcome::Failed => now.failed = true,
                    Outcome::Found(report) => now.tell(&report),
                }
            }
        }
        now
    }

    fn tell(&mut self, report: &Report) {
        let t = self.t;
        let stat =
            |key: &str, value: String| kit::Stat { label: t.get(key), value, unit: String::new(), note: String::new() };
        let differences = report.differences.iter().take(NAMED).map(|difference| {
            let kind = match difference.kind {
                Kind::Changed => "ledger-difference-changed",
                Kind::Missing => "ledger-difference-missing",
                Kind::Extra => "ledger-difference-extra",
            };
            let key = kit::Cell::new(difference.key.clone());
            vec![
                kit::Cell::new(difference.table.clone()),
                match difference.seq {
                    Some(seq) => key.link(format!("/ledger/{seq}")),
                    None => key,
                },
                kit::Cell::tag(kit::Tone::Danger, t.get(kind)),
            ]
        });
        self.stats = vec![
            stat("ledger-check-entries", t.number(report.entries)),
            stat("ledger-check-rows", t.number(report.rows)),
            stat("ledger-check-differences", t.number(report.differences.len())),
        ];
        self.differences = kit::Table {
            caption: t.get("ledger-check-differences"),
            note: String::new(),
            columns: ["ledger-difference-table", "ledger-difference-key", "ledger-difference-kind"]
                .map(|key| kit::Column::words(t.get(key)))
                .to_vec(),
            rows: differences.collect(),
            total: Vec::new(),
        };
        self.more = report.differences.len().saturating_sub(NAMED);
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "ledger/check.html")]
pub(super) struct Page {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    form: kit::Form,
    now: Now,
}

/// How far the record goes; a stranger learns nothing of it.
async fn size(app: &App, person: &SignedIn) -> Result<u64, PageError> {
    let head = app.store.reader(&person.actor).head().await?;
    head.map(|head| head.size).ok_or(PageError::NotFound)
}

pub(super) async fn page(State(app): State<App>, person: SignedIn) -> Result<Page, PageError> {
    size(&app, &person).await?;
    let t = person.reader.t;
    Ok(Page {
        crumbs: vec![kit::Crumb { label: t.get("ledger-title"), href: "/ledger".to_owned() }],
        form: person.form(&app.store),
        now: Now::of(t, app.check.run().clone()),
        page: person.page("/ledger/check", t.get("ledger-check-title")),
    })
}

pub(super) async fn progress(State(app): State<App>, person: SignedIn) -> Result<Part, PageError> {
    size(&app, &person).await?;
    Ok(Part { now: Now::of(person.reader.t, app.check.run().clone()) })
}

pub(super) async fn begin(
    State(app): State<App>,
    person: SignedIn,
    Form(sent): Form<Press>,
) -> Result<Redirect, PageError> {
    let entries = size(&app, &person).await?;
    person.check(&sent.csrf_token)?;
    // Where one goes on already, the page shows that one.
    app.check.begin(app.store.clone(), Some(person.name.clone()), entries);
    Ok(Redirect::to("/ledger/check"))
}
