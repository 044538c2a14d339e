//! Signing in and out.

use super::{
    App,
    error::PageError,
    kit,
    locale::{Reader, Sentence, local_path},
    password, second_factor,
    session::{self, Arriving, Beginning, Begun, Press},
};
use crate::{clock, demo};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Form, Router,
    extract::{Query, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::id::AccountId;
use serde::Deserialize;

/// Failures in a row after which a login rests.
const FAILURES: i64 = 5;
/// How long it rests, in microseconds: 15 minutes.
const REST: i64 = 15 * 60 * 1_000_000;

/// `/sign-in`, `/sign-in/demo`, `/sign-out`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/sign-in", get(page).post(sign_in))
        .route("/sign-in/demo", post(enter))
        .route("/sign-out", post(sign_out))
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/sign_in.html")]
struct Page {
    page: kit::Page,
    form: kit::Form,
    return_to: String,
    /// Whether the reader was on another page, and has to know why this one came.
    led_here: bool,
    people: Vec<(String, String)>,
}

/// The sign-in page; in the demo it lists one person of each role.
fn shown(app: &App, reader: Reader, form: kit::Form, return_to: String) -> Page {
    let t = reader.t;
    let people = demo::PEOPLE.iter().map(|(role, login)| ((*login).to_owned(), t.get(&format!("demo-{role}"))));
    let people = if app.demo { people.collect() } else { Vec::new() };
    let title = t.get("sign-in-title");
    let page = kit::Page {
        path: "/sign-in".to_owned(),
        demo: app.demo,
        refused: form.is_refused(),
        keeps_drafts: true,
        ..kit::Page::new(reader, title)
    };
    let led_here = return_to != "/" && !form.is_refused();
    Page { page, form, return_to, led_here, people }
}

#[derive(Deserialize)]
struct ComingFrom {
    return_to: Option<String>,
}

async fn page(State(app): State<App>, Query(from): Query<ComingFrom>, reader: Reader) -> Page {
    shown(&app, reader, kit::Form::default(), local_path(from.return_to.as_deref()))
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct Try {
    pub login: String,
    pub password: String,
    #[serde(default)]
    pub code: String,
    pub return_to: Option<String>,
}

async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    reader: Reader,
    Form(sent): Form<Try>,
) -> Result<Response, PageError> {
    let return_to = local_path(sent.return_to.as_deref());
    match check(&app, &sent).await? {
        Ok(account) => {
            let begun = let_in(&app, &headers, account, Beginning::default()).await?;
            Ok(([(header::SET_COOKIE, begun.cookie)], Redirect::to(&return_to)).into_response())
        }
        Err(key) => {
            let wrong = reader.t.get(key);
            let mut form = kit::Form::default().fill("login", sent.login.clone());
            form.refuse("login", wrong);
            Ok(shown(&app, reader, form, return_to).into_response())
        }
    }
}

/// Whether the secrets fit. What is wrong is not told apart, and a login that nobody has is counted and takes as long
/// as any other: neither the answer nor the time may tell which logins exist.
pub(super) async fn check(app: &App, sent: &Try) -> Result<Result<AccountId, &'static str>, PageError> {
    let (store, now, login) = (&app.store, clock::now().as_microsecond(), sent.login.trim());
    let free = store.brake(login, FAILURES, now, now + REST).await?;
    let account = store.account_of_login(login).await?;
    let credential = match account {
        Some(account) => store.credential(account).await?,
        None => store::secret::Credential::default(),
    };
    let known = password::verify(&sent.password, credential.password).await?;
    if !free {
        return Ok(Err("sign-in-resting"));
    }
    let Some(account) = account else { return Ok(Err("sign-in-wrong")) };
    let second = match credential.totp {
        // Only who knows the password uses a code up.
        Some(key) => known && second_factor::take(store, account, &key, &sent.code, clock::unix_seconds()).await?,
        None => true,
    };
    if !(known && second) {
        tracing::warn!(%account, "a try to sign in failed");
        return Ok(Err("sign-in-wrong"));
    }
    store.release(login).await?;
    Ok(Ok(account))
}

/// Whether a password is the own one, asked again before secrets change. Wrong ones are counted as at sign-in.
///
/// # Errors
///
/// The key of the sentence that says why not.
pub async fn ask_again(
    app: &App,
    account: AccountId,
    login: &str,
    typed: &str,
) -> Result<Result<(), &'static str>, PageError> {
    let now = clock::now().as_microsecond();
    let free = app.store.brake(login, FAILURES, now, now + REST).await?;
    let credential = app.store.credential(account).await?;
    let known = password::verify(typed, credential.password).await?;
    Ok(match (free, known) {
        (false, _) => Err("sign-in-resting"),
        (true, false) => Err("account-password-wrong"),
        (true, true) => {
            app.store.release(login).await?;
            Ok(())
        }
    })
}

/// Begin a session in place of the one that may be there.
pub(super) async fn let_in(
    app: &App,
    headers: &HeaderMap,
    account: AccountId,
    beginning: Beginning,
) -> Result<Begun, PageError> {
    if app.store.actor(account).await?.is_none() {
        return Err(PageError::Refused(Sentence::new("sign-in-locked")));
    }
    session::end(app, headers).await?;
    let begun = session::begin(app, account, beginning).await?;
    tracing::info!(%account, "signed in");
    Ok(begun)
}

#[derive(Deserialize)]
struct Enter {
    login: String,
    return_to: Option<String>,
}

/// One click, in the demo only, and only as one of the people listed.
async fn enter(State(app): State<App>, headers: HeaderMap, Form(sent): Form<Enter>) -> Result<Response, PageError> {
    if !app.demo || !demo::PEOPLE.iter().any(|(_, login)| *login == sent.login) {
        return Err(PageError::NotFound);
    }
    let account = app.store.account_of_login(&sent.login).await?.ok_or(PageError::NotFound)?;
    let beginning = Beginning { by_demo: true, ..Beginning::default() };
    let begun = let_in(&app, &headers, account, beginning).await?;
    let return_to = local_path(sent.return_to.as_deref());
    Ok(([(header::SET_COOKIE, begun.cookie)], Redirect::to(&return_to)).into_response())
}

async fn sign_out(
    State(app): State<App>,
    Arriving(person): Arriving,
    headers: HeaderMap,
    Form(sent): Form<Press>,
) -> Result<Response, PageError> {
    person.check(&sent.csrf_token)?;
    let cookie = session::end(&app, &headers).await?;
    tracing::info!(account = %person.account, "signed out");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response())
}
