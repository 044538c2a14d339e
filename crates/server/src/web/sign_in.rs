//! Signing in and out.

use super::{
    App,
    error::PageError,
    kit,
    locale::{Reader, Sentence},
    password,
    session::{self, Begun, SignedIn},
};
use crate::{clock, demo};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Form, Router,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{actor::Actor, id::AccountId};
use serde::Deserialize;

/// Failures in a row after which an account rests.
const FAILURES: i64 = 5;
/// How long it rests, in microseconds: 15 minutes.
const REST: i64 = 15 * 60 * 1_000_000;
/// Seconds a code of the second factor is good for (RFC 6238).
const STEP: i64 = 30;

/// `/sign-in`, `/sign-out`.
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
    people: Vec<(String, String)>,
}

/// The sign-in page; in the demo it lists one person of each role.
fn shown(app: &App, reader: Reader, form: kit::Form) -> Page {
    let t = reader.t;
    let people = demo::PEOPLE.iter().map(|(role, login)| ((*login).to_owned(), t.get(&format!("demo-{role}"))));
    let people = if app.demo { people.collect() } else { Vec::new() };
    let title = t.get("sign-in-title");
    let page = kit::Page {
        path: "/sign-in".to_owned(),
        demo: app.demo,
        refused: form.is_refused(),
        ..kit::Page::new(reader, title)
    };
    Page { page, form, people }
}

async fn page(State(app): State<App>, reader: Reader) -> Page {
    shown(&app, reader, kit::Form::default())
}

/// What was typed.
#[derive(Deserialize)]
pub(super) struct Try {
    pub login: String,
    pub password: String,
    #[serde(default)]
    pub code: String,
}

async fn sign_in(State(app): State<App>, reader: Reader, Form(sent): Form<Try>) -> Result<Response, PageError> {
    let t = reader.t;
    match check(&app, &sent).await? {
        Ok(account) => {
            let begun = let_in(&app, account).await?;
            Ok(([(header::SET_COOKIE, begun.cookie)], Redirect::to("/")).into_response())
        }
        Err(key) => {
            let mut form = kit::Form::default().fill("login", sent.login.clone());
            form.refuse("login", t.get(key));
            Ok(shown(&app, reader, form).into_response())
        }
    }
}

/// Whether the secrets fit. What is wrong is not told apart: the answer must not tell which logins exist.
pub(super) async fn check(app: &App, sent: &Try) -> Result<Result<AccountId, &'static str>, PageError> {
    let now = clock::now().as_microsecond();
    let Some(account) = app.store.account_of_login(sent.login.trim()).await? else {
        // As much work as for a known login.
        tokio::task::spawn_blocking(|| password::hash("a password nobody has")).await??;
        return Ok(Err("sign-in-wrong"));
    };
    let credential = app.store.credential(account).await?;
    if credential.locked_until.is_some_and(|until| until > now) {
        return Ok(Err("sign-in-resting"));
    }
    let Some(hash) = credential.password else { return Ok(Err("sign-in-wrong")) };
    let typed = sent.password.clone();
    let fits = tokio::task::spawn_blocking(move || password::verify(&typed, &hash)).await?;
    let step = credential.totp.as_deref().map(|key| code_step(key, sent.code.trim(), now));
    let second = match step {
        None => true,
        // A code is good once.
        Some(step) => step.is_some_and(|step| credential.totp_step.is_none_or(|used| step > used)),
    };
    let failures = if fits && second { 0 } else { credential.failures + 1 };
    let locked_until = (failures >= FAILURES).then_some(now + REST);
    app.store.note_sign_in(account, failures, locked_until, step.flatten().filter(|_| fits && second)).await?;
    Ok(if fits && second { Ok(account) } else { Err("sign-in-wrong") })
}

/// The step of RFC 6238 that a code belongs to, now or one step away.
fn code_step(key: &str, code: &str, now: i64) -> Option<i64> {
    let secret = totp_rs::Secret::try_from_base32(key).ok()?;
    let totp = totp_rs::Builder::new().with_secret(secret).build().ok()?;
    let step = now / 1_000_000 / STEP;
    [step, step - 1, step + 1].into_iter().find(|step| totp.generate((step * STEP) as u64).to_string() == code)
}

/// Begin a session.
pub(super) async fn let_in(app: &App, account: AccountId) -> Result<Begun, PageError> {
    if app.store.actor(account).await?.is_none() {
        return Err(PageError::Refused(Sentence::new("sign-in-locked")));
    }
    Ok(session::begin(&app.store, account).await?)
}

#[derive(Deserialize)]
struct Enter {
    login: String,
}

/// One click, in the demo only, and only as one of the people listed.
async fn enter(State(app): State<App>, Form(sent): Form<Enter>) -> Result<Response, PageError> {
    if !app.demo || !demo::PEOPLE.iter().any(|(_, login)| *login == sent.login) {
        return Err(PageError::NotFound);
    }
    let account = app.store.account_of_login(&sent.login).await?.ok_or(PageError::NotFound)?;
    let begun = let_in(&app, account).await?;
    Ok(([(header::SET_COOKIE, begun.cookie)], Redirect::to("/")).into_response())
}

#[derive(Deserialize)]
struct Leave {
    csrf_token: String,
}

async fn sign_out(
    State(app): State<App>,
    person: SignedIn,
    headers: HeaderMap,
    Form(sent): Form<Leave>,
) -> Result<Response, PageError> {
    person.check(&sent.csrf_token)?;
    debug_assert!(person.actor != Actor::System);
    let cookie = session::end(&app.store, &headers).await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response())
}
