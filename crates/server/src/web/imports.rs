//! Importing on a page: files are handed in, looked at, and put on record. An upload belongs to who sent it; to everybody
//! else it is not there.

mod preview;
mod receive;
#[cfg(test)]
mod tests;

use super::{
    App,
    error::PageError,
    kit,
    locale::{Locale, Sentence},
    session::SignedIn,
    source, words,
};
use crate::importing::{self, Outcome};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, FromRequestParts, Multipart, Path, Query, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{act::Act, batch::Kind, decide::Case, id::BatchId, import::Batch};
use preview::Preview;
use receive::Received;
use serde::Deserialize;
use store::upload::{Stage, Upload};
use uuid::Uuid;

/// `/imports` and what is below it.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/imports", get(index).post(upload).layer(DefaultBodyLimit::max(receive::MOST_BYTES as usize)))
        .route("/imports/{id}", get(show))
        .route("/imports/{id}/commit", post(commit))
        .route("/imports/{id}/discard", post(discard))
        .route("/imports/{id}/retry", post(retry))
        .route("/imports/{id}/bad-rows.csv", get(bad_rows))
}

/// Whether policy lets somebody import.
pub fn may_import(app: &App, person: &SignedIn) -> Result<(), PageError> {
    let batch = Batch {
        id: BatchId(Uuid::nil()),
        kind: Kind::Attendance,
        file: String::new(),
        sheet: None,
        digest: String::new(),
        rows_digest: String::new(),
        rows: 0,
        from: None,
        to: None,
        columns: Vec::new(),
        skipped: Vec::new(),
    };
    let permit = app.store.policies().permit(&person.actor, &Act::ImportBatch { batch }, &Case::default());
    permit.map(drop).map_err(|denied| words::of_store(store::Error::Denied(Box::new(denied))))
}

/// Somebody who may import.
struct Importer(SignedIn);

impl FromRequestParts<App> for Importer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let person = SignedIn::from_request_parts(parts, app).await?;
        may_import(app, &person)?;
        Ok(Importer(person))
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "imports/index.html")]
struct Index {
    page: kit::Page,
    form: kit::Form,
    hint: String,
    uploads: Vec<kit::CellLink>,
}

async fn index(State(app): State<App>, Importer(person): Importer) -> Result<Index, PageError> {
    index_with(&app, &person, person.form(&app.store)).await
}

async fn index_with(app: &App, person: &SignedIn, form: kit::Form) -> Result<Index, PageError> {
    let t = person.reader.t;
    let uploads = app.store.uploads(person.account).await?;
    let link = |upload: &Upload| kit::CellLink {
        href: format!("/imports/{}", upload.id),
        icon: "file-spreadsheet",
        label: names(t, upload),
        note: t.moment(&upload.at),
        value: t.get(&format!("upload-{}", upload.stage.as_str())),
    };
    Ok(Index {
        uploads: uploads.iter().map(link).collect(),
        hint: receive::limits(t),
        page: kit::Page { refused: form.is_refused(), ..person.page("/imports", t.get("imports-title")) },
        form,
    })
}

/// The files of an upload in a few words.
fn names(t: Locale, upload: &Upload) -> String {
    match upload.files.as_slice() {
        [] => t.get("imports-no-file"),
        [file] => file.name.clone(),
        [file, ..] => t.with("imports-files", &[("name", t.arg(&file.name)), ("n", t.arg(upload.files.len()))]),
    }
}

async fn upload(
    State(app): State<App>,
    Importer(person): Importer,
    multipart: Multipart,
) -> Result<Response, PageError> {
    match receive::receive(&app.store, &person, multipart).await? {
        Received::Upload(id) => {
            if let Some(upload) = app.store.upload(id, person.account).await? {
                importing::upload::start(app.store.clone(), upload);
            }
            Ok(Redirect::to(&format!("/imports/{id}")).into_response())
        }
        Received::Refused(sentences) => {
            let mut form = person.form(&app.store);
            sentences.iter().for_each(|sentence| form.refuse("files", person.reader.t.say(sentence)));
            let page = index_with(&app, &person, form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Everything a page tells of one upload; asked for by a script while it waits, it comes without the frame.
struct Body {
    id: Uuid,
    form: kit::Form,
    files: String,
    at: String,
    stage: &'static str,
    progress: Option<kit::Progress>,
    preview: Option<Preview>,
}

#[derive(Template, WebTemplate)]
#[template(path = "imports/show.html")]
struct Show {
    page: kit::Page,
    body: Body,
}

#[derive(Template, WebTemplate)]
#[template(path = "imports/body.html")]
struct Fragment {
    t: Locale,
    body: Body,
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    page: usize,
    /// The upload had been committed before.
    again: Option<String>,
}

async fn mine(app: &App, person: &SignedIn, id: Uuid) -> Result<Upload, PageError> {
    app.store.upload(id, person.account).await?.ok_or(PageError::NotFound)
}

/// What was found in an upload, once it has been read.
async fn found(app: &App, id: Uuid) -> Result<Option<Outcome>, PageError> {
    Ok(app.store.report(id).await?.map(|report| serde_json::from_str(&report)).transpose()?)
}

async fn show(
    State(app): State<App>,
    Importer(person): Importer,
    Path(id): Path<Uuid>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let t = person.reader.t;
    let upload = mine(&app, &person, id).await?;
    let done = matches!(upload.stage, Stage::Read | Stage::Imported);
    let outcome = if done { found(&app, id).await? } else { None };
    let body = Body {
        id,
        form: person.form(&app.store),
        files: names(t, &upload),
        at: t.moment(&upload.at),
        stage: upload.stage.as_str(),
        progress: upload.stage.is_busy().then(|| kit::Progress {
            label: t.get(&format!("upload-{}", upload.stage.as_str())),
            done: upload.done as usize,
            total: upload.total as usize,
        }),
        preview: outcome.map(|outcome| Preview::new(t, &upload, outcome, wanted.page)),
    };
    if headers.contains_key("hx-request") {
        return Ok(Fragment { t, body }.into_response());
    }
    let mut page = person.page("/imports", t.get("imports-title"));
    if wanted.again.is_some() {
        page.flashes.push(kit::Flash { tone: kit::Tone::Info, text: t.get("imports-again"), more: None });
    }
    Ok(Show { page, body }.into_response())
}

#[derive(Deserialize)]
struct Committed {
    csrf_token: String,
    skip_bad: Option<String>,
}

async fn commit(
    State(app): State<App>,
    Importer(person): Importer,
    Path(id): Path<Uuid>,
    Form(sent): Form<Committed>,
) -> Result<Redirect, PageError> {
    person.check(&sent.csrf_token)?;
    mine(&app, &person, id).await?;
    app.store.choose_skip_bad(id, sent.skip_bad.is_some()).await?;
    // Only one of two commits finds it read and moves it on.
    let moved = app.store.move_upload(id, Stage::Read, Stage::Importing).await?;
    if moved {
        importing::upload::start(app.store.clone(), mine(&app, &person, id).await?);
    }
    Ok(Redirect::to(&format!("/imports/{id}{}", if moved { "" } else { "?again=1" })))
}

#[derive(Deserialize)]
struct Pressed {
    csrf_token: String,
}

async fn discard(
    State(app): State<App>,
    Importer(person): Importer,
    Path(id): Path<Uuid>,
    Form(sent): Form<Pressed>,
) -> Result<Redirect, PageError> {
    person.check(&sent.csrf_token)?;
    let upload = mine(&app, &person, id).await?;
    if upload.stage.is_busy() {
        return Err(PageError::Refused(Sentence::new("refusal-upload-busy")));
    }
    app.store.forget_upload(id).await?;
    Ok(Redirect::to("/imports"))
}

/// Read an upload again that could not be worked on.
async fn retry(
    State(app): State<App>,
    Importer(person): Importer,
    Path(id): Path<Uuid>,
    Form(sent): Form<Pressed>,
) -> Result<Redirect, PageError> {
    person.check(&sent.csrf_token)?;
    mine(&app, &person, id).await?;
    if app.store.move_upload(id, Stage::Failed, Stage::Reading).await? {
        importing::upload::start(app.store.clone(), mine(&app, &person, id).await?);
    }
    Ok(Redirect::to(&format!("/imports/{id}")))
}

/// The list of bad rows, for a spreadsheet program.
async fn bad_rows(
    State(app): State<App>,
    Importer(person): Importer,
    Path(id): Path<Uuid>,
) -> Result<Response, PageError> {
    mine(&app, &person, id).await?;
    let outcome = found(&app, id).await?.ok_or(PageError::NotFound)?;
    let list = connect::error_list(&outcome.errors, source::language(person.reader.t));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"bad-rows.csv\""),
    ];
    Ok((headers, list).into_response())
}
