//! Files that show what was done: how one comes in, with a form or from a program, and how it is read. It is read
//! through the appraisal that names it and is never shown in the browser, only saved.

use super::{
    App,
    error::{PageError, percent_encoded},
    locale::{Locale, Sentence},
    session::SignedIn,
};
use crate::clock;
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    id::AppraisalId,
    progress::{Attachment, LARGEST_ATTACHMENT, MEDIA, MOST_ATTACHMENTS},
};
use futures_util::{Stream, StreamExt};
use store::attachment::Incoming;
use uuid::Uuid;

/// `/appraisals/{id}/attachments/{digest}`.
pub fn routes() -> Router<App> {
    Router::new().route("/appraisals/{id}/attachments/{digest}", get(download))
}

/// The most files that one account may hand in within a day.
const MOST_A_DAY: u64 = 100;
/// What a form lets one choose.
pub const ENDINGS: &str = ".pdf,.png,.jpg,.jpeg,.txt,.csv,.docx,.xlsx";

/// The limits as a form tells them.
pub fn limits(t: Locale) -> String {
    let args = [("n", t.arg(MOST_ATTACHMENTS)), ("size", t.arg(LARGEST_ATTACHMENT >> 20))];
    t.with("attachments-limits", &args)
}

/// Where a file that an appraisal names can be had.
pub fn href(appraisal: AppraisalId, file: &Attachment) -> String {
    format!("/appraisals/{appraisal}/attachments/{}", file.digest)
}

/// Take in one file, piece by piece; or what is wrong with it. The rest of one that is too large is read and dropped.
pub async fn take<E>(
    app: &App,
    person: &SignedIn,
    name: String,
    mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
    broken_off: impl Fn(E) -> PageError,
) -> Result<Result<Attachment, Sentence>, PageError> {
    let (mut content, mut size) = (Vec::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(&broken_off)?;
        size += piece.len() as u64;
        match size <= LARGEST_ATTACHMENT {
            true => content.extend_from_slice(&piece),
            false => content = Vec::new(),
        }
    }
    let about = |key: &'static str| Sentence::new(key).arg("name", &name);
    if size > LARGEST_ATTACHMENT {
        return Ok(Err(about("refusal-attachment-too-large").arg("limit", LARGEST_ATTACHMENT >> 20)));
    }
    if size == 0 {
        return Ok(Err(about("refusal-attachment-empty")));
    }
    if app.store.count_handed_in(person.account).await? >= MOST_A_DAY {
        return Ok(Err(about("refusal-attachments-a-day").arg("limit", MOST_A_DAY)));
    }
    let looked_at = tokio::task::spawn_blocking(move || (connect::media_type(&content), content));
    let (media, content) = looked_at.await?;
    let Some(media) = media.filter(|media| MEDIA.contains(media)) else {
        return Ok(Err(about("refusal-attachment-type")));
    };
    let file = Incoming { name: name.clone(), media: media.to_owned(), content };
    Ok(Ok(app.store.hand_in(person.account, file, clock::now()).await?))
}

async fn download(
    State(app): State<App>,
    Path((id, digest)): Path<(Uuid, String)>,
    person: SignedIn,
) -> Result<Response, PageError> {
    content(&app, &person, AppraisalId(id), &digest).await
}

/// A file that an appraisal names, to be saved. What the reader may not see is as if it were not there.
pub async fn content(app: &App, person: &SignedIn, id: AppraisalId, digest: &str) -> Result<Response, PageError> {
    let found = app.store.reader(&person.actor).attachment(id, digest).await?;
    let (file, content) = found.ok_or(PageError::NotFound)?;
    let name = percent_encoded(&file.name).replace('/', "%2F");
    let headers = [
        (header::CONTENT_TYPE, file.media),
        // RFC 6266, section 5: the name in UTF-8.
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((headers, content).into_response())
}
