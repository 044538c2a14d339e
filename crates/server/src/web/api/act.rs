//! Doing something: the same [`Act`] that forms, the command line and timers send.

use super::body::{Sent, unfit};
use crate::web::{App, act::is_in_sight, error::PageError, locale::Sentence, session::SignedIn};
use axum::{Json, extract::State, http::HeaderMap};
use domain::act::Act;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Receipt;
use utoipa::ToSchema;
use uuid::Uuid;

/// An act and the key that makes it happen once.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "key": "0199f3a2-6c1e-7d64-9a53-3f2f6f1f4d10",
    "act": "endorse_goals",
    "appraisal": "0199e8c4-51d2-7b11-8e0f-6a4d3f2b1c00",
    "version": 2,
}))]
struct Submission {
    /// Made by the sender, for instance a UUIDv7. Sent again with the same act, the first receipt comes back and nothing
    /// happens.
    key: Uuid,
    /// The sender's signature of the act, base64: for those who have enrolled a signing key, and acts that are signed.
    #[serde(default)]
    signature: Option<String>,
    /// What is asked to be done.
    #[serde(flatten)]
    act: Act,
}

/// Do an act. What the policies do not permit is answered with 403 and the reason, what the case does not allow with 409
/// and what to do next; either way nothing has happened.
#[utoipa::path(post, path = "/api/acts", operation_id = "submit_act", tag = "acts", security(("session" = [], "csrf" = [])),
    request_body = Submission, responses((status = 200, body = Receipt)))]
pub async fn submit(
    State(app): State<App>,
    person: SignedIn,
    headers: HeaderMap,
    Sent(sent): Sent<Value>,
) -> Result<Json<Receipt>, PageError> {
    person.check_header(&headers)?;
    let Submission { key, signature, act } = read(sent)?;
    is_in_sight(&app, &person, &act).await?;
    Ok(Json(match signature {
        Some(signature) => app.store.act_signed(&person.actor, key, act, signature).await?,
        None => app.store.act(&person.actor, key, act).await?,
    }))
}

fn read(sent: Value) -> Result<Submission, PageError> {
    let name = sent["act"].as_str().unwrap_or_default();
    if !Act::NAMES.contains(&name) {
        return Err(PageError::BadInput(Sentence::new("api-act-unknown").arg("act", name)));
    }
    serde_json::from_value(sent).map_err(unfit)
}

/// What is signed of an act.
#[derive(Serialize, ToSchema)]
pub struct ToSign {
    /// The text, to its last line break: to be signed in UTF-8.
    text: String,
}

/// The text that is signed of an act, for those who have enrolled a signing key. Nothing happens.
#[utoipa::path(post, path = "/api/acts/text", operation_id = "text_to_sign", tag = "acts", security(("session" = [], "csrf" = [])),
    request_body = Submission, responses((status = 200, body = ToSign)))]
pub async fn text(
    State(app): State<App>,
    person: SignedIn,
    headers: HeaderMap,
    Sent(sent): Sent<Value>,
) -> Result<Json<ToSign>, PageError> {
    person.check_header(&headers)?;
    let Submission { key, act, .. } = read(sent)?;
    Ok(Json(ToSign { text: app.store.text_to_sign(key, &act)? }))
}
