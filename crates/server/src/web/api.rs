//! The JSON API: `POST /api/acts` takes the same [`Act`] as every other face.

use super::{App, error::PageError, session::SignedIn};
use axum::{
    Json, Router,
    extract::State,
    http::HeaderMap,
    routing::{get, post},
};
use domain::act::Act;
use serde::Deserialize;
use serde_json::{Value, json};
use store::Receipt;
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

/// `/api/…`.
pub fn routes() -> Router<App> {
    Router::new().route("/api/acts", post(act)).route("/api/todos", get(todos)).route("/api/openapi.json", get(openapi))
}

/// An act and the key that makes it happen once.
#[derive(Deserialize, ToSchema)]
struct Submission {
    /// Sent again with the same key, the first receipt comes back and nothing happens.
    key: Uuid,
    /// What is asked to be done.
    #[serde(flatten)]
    act: Act,
}

/// Do an act. The session's token goes in the header `x-csrf-token`.
#[utoipa::path(post, path = "/api/acts", request_body = Submission, responses(
    (status = 200, description = "the receipt"),
    (status = 403, description = "policy says no; the sentence says why, or who may"),
    (status = 409, description = "the case does not allow it; the sentence says what to do next"),
))]
async fn act(
    State(app): State<App>,
    person: SignedIn,
    headers: HeaderMap,
    Json(sent): Json<Submission>,
) -> Result<Json<Receipt>, PageError> {
    person.check(headers.get("x-csrf-token").and_then(|token| token.to_str().ok()).unwrap_or_default())?;
    Ok(Json(app.store.act(&person.actor, sent.key, sent.act).await?))
}

/// What there is to do for whoever is signed in.
#[utoipa::path(get, path = "/api/todos", responses((status = 200, description = "to-dos, the most urgent first")))]
async fn todos(State(app): State<App>, person: SignedIn) -> Result<Json<Value>, PageError> {
    let first = store::query::Page::first(MOST);
    let todos = app.store.reader(&person.actor).todos(super::words::today(), None, first).await?;
    Ok(Json(json!({ "todos": todos.rows, "total": todos.total, "csrf_token": person.csrf })))
}

/// How many to-dos one answer holds.
const MOST: u64 = 200;

#[derive(OpenApi)]
#[openapi(info(title = "Mingjing 明镜"), paths(act, todos), components(schemas(Submission)))]
struct Description;

async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
