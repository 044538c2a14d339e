//! Signing in and out, for programs.

use super::{
    body::Sent,
    told::{PersonName, Told},
};
use crate::web::{
    App,
    error::PageError,
    locale::Sentence,
    session::{self, Beginning, SignedIn},
    sign_in,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{actor::Grant, id::AccountId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is typed to sign in.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "login": "YT0035", "password": "…", "code": "492039" }))]
pub struct Credentials {
    /// The employee number, or the login of an account that is nobody's on the roster.
    login: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
    /// The six digits of the second factor, for accounts that have one; each is good once.
    #[serde(default)]
    code: String,
}

/// A session has begun.
#[derive(Serialize, ToSchema)]
struct Begun {
    /// To be sent in the header `x-csrf-token` with everything that changes something.
    csrf_token: String,
}

/// Whose session it is.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// The account.
    account: AccountId,
    /// The name shown.
    name: String,
    /// The person; null for an account that is nobody's on the roster.
    person: Option<PersonName>,
    /// Roles, with the unit each holds for; `unit` null: the whole authority.
    roles: Vec<Grant>,
    /// To be sent in the header `x-csrf-token` with everything that changes something.
    csrf_token: String,
}

/// Sign in. The answer sets the session's cookie. After five failures in a row a login rests for fifteen minutes.
#[utoipa::path(post, path = "/api/session", operation_id = "begin_session", tag = "session", security(()),
    request_body = Credentials,
    responses(
        (status = 200, body = Begun, headers(("set-cookie" = String, description = "the session"))),
        (status = 403, description = "login, password or code do not fit, or the login rests"),
    )
)]
pub async fn begin(
    State(app): State<App>,
    headers: HeaderMap,
    Sent(sent): Sent<Credentials>,
) -> Result<Response, PageError> {
    let Credentials { login, password, code } = sent;
    let account = match sign_in::check(&app, &sign_in::Try { login, password, code, return_to: None }).await? {
        Ok(account) => account,
        Err(key) => return Err(PageError::Forbidden { message: Sentence::new(key), basis: String::new() }),
    };
    let begun = sign_in::let_in(&app, &headers, account, Beginning::default()).await?;
    Ok(([(header::SET_COOKIE, begun.cookie)], Json(Begun { csrf_token: begun.csrf })).into_response())
}

/// Whose session it is.
#[utoipa::path(get, path = "/api/session", operation_id = "show_session", tag = "session",
    responses((status = 200, body = Session)))]
pub async fn show(State(app): State<App>, person: SignedIn) -> Result<Json<Session>, PageError> {
    let told = Told::of(&app.store).await?;
    Ok(Json(Session {
        account: person.account,
        name: person.name,
        person: person.actor.person().map(|person| told.person(person)),
        roles: person.actor.grants().to_vec(),
        csrf_token: person.csrf,
    }))
}

/// Sign out: the session ends at once.
#[utoipa::path(delete, path = "/api/session", operation_id = "end_session", tag = "session", security(("session" = [], "csrf" = [])),
    responses((status = 204, description = "signed out")))]
pub async fn end(State(app): State<App>, person: SignedIn, headers: HeaderMap) -> Result<Response, PageError> {
    person.check_header(&headers)?;
    let cookie = session::end(&app, &headers).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
