//! Every component of the kit in every state, to look at while building and to test as a whole.
//!
//! Whoever adds a macro to `templates/kit/` adds it here; the samples are invented.

mod samples;
#[cfg(test)]
mod tests;

use askama::Template;
use askama_web::WebTemplate;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use serde::Deserialize;

use super::error::PageError;
use super::kit::{
    Answer, Arithmetic, Attachment, CellLink, Chart, Choice, Crumb, Event, Form, Histogram, Page, Pagination, Person,
    Progress, Stat, Step, Tab, Table, Tag, Term, Todo,
};
use super::locale::{Reader, Sentence};

/// `/gallery` and the whole-page patterns below it.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/gallery", get(index))
        .route("/gallery/progress", get(progress))
        .route("/gallery/refused", get(refused))
        .route("/gallery/confirm", get(confirm))
        .route("/gallery/result", post(result).get(result))
        .route("/gallery/errors/{kind}", get(error))
}

#[derive(Template, WebTemplate)]
#[template(path = "gallery/index.html")]
struct Gallery {
    page: Page,
    crumbs: Vec<Crumb>,
    tabs: Vec<Tab>,
    steps: Vec<Step>,
    tags: Vec<Tag>,
    todos: Vec<Todo>,
    person: Person,
    known: Progress,
    unknown: Progress,
    polled: Progress,
    histogram: Histogram,
    drawings: Vec<Chart>,
    stats: Vec<Stat>,
    table: Table,
    pages: Pagination,
    sum: Arithmetic,
    terms: Vec<Term>,
    answers: Vec<Answer>,
    cells: Vec<CellLink>,
    events: Vec<Event>,
    files: Vec<Attachment>,
    choices: Vec<Choice>,
    fresh: Form,
    asking: Form,
    asking_once: Form,
    asking_surely: Form,
}

async fn index(reader: Reader) -> Gallery {
    let t = reader.t;
    let asking = |number: u8| Form::new("sample", "sample").of_act("sample", number, "/gallery");
    Gallery {
        page: samples::page(reader, "gallery-title"),
        crumbs: samples::crumbs(t),
        tabs: samples::tabs(t),
        steps: samples::steps(t),
        tags: samples::tags(t),
        todos: samples::todos(t),
        person: samples::person(),
        known: samples::progress(t, 1_284, 3_200),
        unknown: samples::progress(t, 0, 0),
        polled: samples::progress(t, 0, PolledPart::STEPS),
        drawings: samples::drawings(),
        histogram: Histogram::new(t, &[2, 5, 9, 12, 8, 3, 1, 0, 0, 1], 9, "-0.1", "0.55"),
        stats: samples::stats(t),
        table: samples::table(t),
        pages: samples::pages(),
        sum: samples::arithmetic(t),
        terms: samples::terms(t),
        answers: samples::answers(t),
        cells: samples::cells(t),
        events: samples::events(t),
        files: samples::files(),
        choices: samples::choices(t),
        fresh: Form::new("sample", "sample"),
        asking: asking(1),
        asking_once: asking(2),
        asking_surely: asking(3),
    }
}

/// The part that a polled area is replaced by; the last one polls no more.
#[derive(Template, WebTemplate)]
#[template(path = "gallery/progress.html")]
struct PolledPart {
    progress: Progress,
    page: Page,
}

impl PolledPart {
    const STEPS: usize = 5;
}

#[derive(Deserialize)]
struct Polled {
    #[serde(default)]
    done: usize,
}

async fn progress(reader: Reader, Query(polled): Query<Polled>) -> PolledPart {
    let done = polled.done.saturating_add(1).min(PolledPart::STEPS);
    PolledPart {
        progress: samples::progress(reader.t, done, PolledPart::STEPS),
        page: samples::page(reader, "gallery-title"),
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "gallery/refused.html")]
struct Refused {
    page: Page,
    crumbs: Vec<Crumb>,
    choices: Vec<Choice>,
    form: Form,
}

async fn refused(reader: Reader) -> Refused {
    let t = reader.t;
    Refused {
        page: Page { refused: true, ..samples::page(reader, "gallery-refused-title") },
        crumbs: samples::crumbs(t),
        choices: samples::choices(t),
        form: samples::refused_form(t),
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "gallery/confirm.html")]
struct Confirm {
    page: Page,
    crumbs: Vec<Crumb>,
    answers: Vec<Answer>,
    form: Form,
}

async fn confirm(reader: Reader) -> Confirm {
    let t = reader.t;
    Confirm {
        page: samples::page(reader, "gallery-confirm-title"),
        crumbs: samples::crumbs(t),
        answers: samples::answers(t),
        form: Form::new("sample", "sample"),
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "gallery/result.html")]
struct Done {
    page: Page,
    receipt: Vec<Term>,
}

async fn result(reader: Reader) -> Done {
    let t = reader.t;
    Done { page: samples::page(reader, "gallery-result-title"), receipt: samples::receipt(t) }
}

/// Each error page once. Nothing is wrong here, so the last one is a failure by request.
async fn error(Path(kind): Path<String>) -> Result<(), PageError> {
    Err(match kind.as_str() {
        "forbidden" => {
            PageError::Forbidden { message: Sentence::new("gallery-forbidden"), basis: samples::BASIS.to_owned() }
        }
        "refused" => PageError::Refused(Sentence::new("gallery-refused").arg("n", 2)),
        "bad-input" => PageError::BadInput(Sentence::new("error-bad-input-what")),
        "sign-in" => PageError::SignIn,
        "internal" => PageError::Internal(anyhow::anyhow!("asked for in the gallery")),
        _ => PageError::NotFound,
    })
}
