//! The look through all facts from the page: begun by an inspector, in the background, one at a time.

use crate::{
    watching::Run,
    web::{
        App,
        error::PageError,
        kit,
        locale::Locale,
        session::{Press, SignedIn},
    },
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{Form, extract::State, response::Redirect};
use policy::Reading;
use std::sync::atomic::Ordering;

/// The part of the page that is asked for again until the scan has ended.
#[derive(Template, WebTemplate)]
#[template(path = "pages/findings_scan.html")]
pub(super) struct Part {
    scanned: Now,
}

/// Where the scan stands.
pub(super) struct Now {
    pub t: Locale,
    pub running: Option<kit::Progress>,
    /// Who began it, when, and what it came to; empty: none was since the server started.
    pub words: String,
    pub failed: bool,
}

impl Now {
    pub(super) fn of(t: Locale, run: Option<Run>) -> Now {
        let mut now = Now { t, running: None, words: String::new(), failed: false };
        let Some(run) = run else { return now };
        let who = run.by.unwrap_or_else(|| t.get("findings-scan-itself"));
        let began = t.with("findings-scan-began", &[("who", who), ("when", t.moment(&run.began))]);
        let count = |steps: u64| usize::try_from(steps).unwrap_or_default();
        now.words = match run.ended {
            None => {
                let (done, total) = (run.steps.0.load(Ordering::Relaxed), run.steps.1.load(Ordering::Relaxed));
                let label = t.get("findings-scan-running");
                now.running = Some(kit::Progress { label, done: count(done), total: count(total) });
                began
            }
            Some((_, None)) => {
                now.failed = true;
                began
            }
            Some((_, Some(came))) => {
                let args = [("found", came.found), ("raised", came.raised), ("nobody", came.about_nobody)];
                format!("{began} {}", t.with("findings-scan-came", &args))
            }
        };
        now
    }
}

pub(super) async fn progress(State(app): State<App>, person: SignedIn) -> Result<Part, PageError> {
    app.store.reader(&person.actor).require(Reading::Finding)?;
    Ok(Part { scanned: Now::of(person.reader.t, app.scans.last()) })
}

pub(super) async fn begin(
    State(app): State<App>,
    person: SignedIn,
    Form(sent): Form<Press>,
) -> Result<Redirect, PageError> {
    app.store.reader(&person.actor).require(Reading::Finding)?;
    app.store.policies().may_ever(&person.actor, "check_ties").map_err(|_| PageError::NotFound)?;
    person.check(&sent.csrf_token)?;
    // Where one goes on already, the page shows that one.
    app.scans.begin(app.store.clone(), Some(person.name.clone()));
    Ok(Redirect::to("/findings"))
}
