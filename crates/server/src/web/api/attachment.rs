//! Files that acts name.

use crate::web::{App, attachment, error::PageError, files, locale::Sentence, session::SignedIn};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use domain::{id::AppraisalId, progress::Attachment};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// How a file is called.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Called {
    /// The name of the file; a file may go without.
    #[serde(default)]
    #[param(example = "满意度.xlsx")]
    name: String,
}

/// Hand in a file, at most ten megabytes, so that an act may name it. What it is is told from its content: PDF, PNG, JPEG,
/// text, CSV, .docx or .xlsx. The answer is what `report_progress` takes among its `attachments`. Only the account that
/// handed a file in may name it, and one that no act names within a day is forgotten.
#[utoipa::path(post, path = "/api/attachments", operation_id = "hand_in_attachment", tag = "appraisals",
    security(("session" = [], "csrf" = [])), params(Called),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "the file's content"),
    responses((status = 200, body = Attachment)))]
pub async fn hand_in(
    State(app): State<App>,
    person: SignedIn,
    Query(called): Query<Called>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Attachment>, PageError> {
    person.check_header(&headers)?;
    let broken_off = |_| PageError::BadInput(Sentence::new("refusal-upload-broken-off"));
    let name = files::bare_name(&called.name);
    let taken = attachment::take(&app, &person, name, body.into_data_stream(), broken_off).await?;
    taken.map(Json).map_err(PageError::BadInput)
}

/// The content of a file that an appraisal names. For whoever may read the appraisal.
#[utoipa::path(get, path = "/api/appraisals/{id}/attachments/{digest}", operation_id = "read_attachment",
    tag = "appraisals",
    params(
        ("id" = AppraisalId, Path, description = "the appraisal"),
        ("digest" = String, Path, description = "SHA-256 of the content, in hexadecimal"),
    ),
    responses((status = 200, description = "the file, as its media type", body = Vec<u8>,
        content_type = "application/octet-stream")))]
pub async fn read(
    State(app): State<App>,
    Path((id, digest)): Path<(Uuid, String)>,
    person: SignedIn,
) -> Result<Response, PageError> {
    attachment::content(&app, &person, AppraisalId(id), &digest).await
}
