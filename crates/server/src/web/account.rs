//! The own account: what it may do, its password, its second factor, where it is signed in.

use super::{
    App,
    accounts::{self, history},
    error::PageError,
    kit,
    locale::Sentence,
    password, second_factor,
    session::{self, Answer, Arriving, Beginning, How, Press, SignedIn},
    sign_in::ask_again,
};
use crate::clock;
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Form, Router,
    extract::State,
    http::header,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{account::Account, act::Act};
use serde::Deserialize;
use store::{Recorded, secret::Secret};

/// `/account` and below.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/account", get(show))
        .route("/account/password", get(password_page).post(change_password))
        .route("/account/second-factor", get(second_factor_page).post(enrol))
        .route("/account/sessions/end", post(end_others))
}

/// The own account and its record.
async fn own(app: &App, person: &SignedIn) -> Result<(Account, Vec<Recorded>), PageError> {
    app.store.reader(&person.actor).own_account().await?.ok_or(PageError::SignIn)
}

/// Where one is signed in, as a row.
struct Session {
    began: String,
    used: String,
    current: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "account/index.html")]
struct Show {
    page: kit::Page,
    form: kit::Form,
    facts: Vec<kit::Term>,
    roles: Vec<kit::Term>,
    password: kit::Tag,
    has_password: bool,
    second_factor: kit::Tag,
    enrolled: bool,
    signing_key: kit::Tag,
    recovery_codes_left: u64,
    sessions: Vec<Session>,
    events: Vec<kit::Event>,
}

async fn show(State(app): State<App>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let (account, record) = own(&app, &person).await?;
    let names = app.store.names().await?;
    let mut facts = vec![
        kit::Term::new(t.get("account-name"), person.name.clone()),
        kit::Term::new(t.get("field-login"), account.opened.login.clone()),
    ];
    if !person.place.is_empty() {
        facts.push(kit::Term::new(t.get("account-unit"), person.place.clone()));
    }
    let roles = account.grants.iter().map(|grant| {
        let (role, means) = (super::words::role(grant.role), format!("role-means-{}", grant.role.as_str()));
        kit::Term::new(format!("{} · {}", t.get(role), accounts::scope(t, &names, grant.unit)), t.get(&means))
    });
    let sessions = person.sessions(&app.store).await?.into_iter().map(|line| Session {
        began: t.moment(&line.began),
        used: t.moment(&line.used),
        current: line.current,
    });
    Ok(Show {
        form: person.form(&app.store),
        facts,
        roles: roles.collect(),
        password: match account.password_set {
            None => kit::Tag::new(kit::Tone::Neutral, t.get("account-password-none")),
            Some(_) => accounts::password_tag(t, &account),
        },
        has_password: account.password_set.is_some(),
        second_factor: accounts::second_factor_tag(t, &account),
        enrolled: account.second_factor.is_some(),
        signing_key: match &account.signing_key {
            None => kit::Tag::new(kit::Tone::Neutral, t.get("account-no-signing-key")),
            Some((_, stamp)) => {
                let since = t.with("account-set-at", &[("when", t.moment(&stamp.at))]);
                kit::Tag::new(kit::Tone::Success, since)
            }
        },
        recovery_codes_left: app.store.recovery_codes_left(person.account).await?,
        sessions: sessions.collect(),
        events: history(&app.store, t, &names, &record).await?,
        page: person.page("/account", t.get("account-title")),
    })
}

async fn end_others(State(app): State<App>, person: SignedIn, Form(sent): Form<Press>) -> Result<Redirect, PageError> {
    person.check(&sent.csrf_token)?;
    person.end_others(&app.store).await?;
    Ok(Redirect::to("/account"))
}

#[derive(Template, WebTemplate)]
#[template(path = "account/password.html")]
struct PasswordPage {
    page: kit::Page,
    form: kit::Form,
    login: String,
    has_password: bool,
    first: bool,
}

fn password_shown(person: &SignedIn, account: &Account, form: kit::Form) -> PasswordPage {
    let t = person.reader.t;
    let page = person.page("/account/password", t.get("account-password-title"));
    PasswordPage {
        page: kit::Page { refused: form.is_refused(), ..page },
        form,
        login: account.opened.login.clone(),
        has_password: account.password_set.is_some(),
        first: account.has_first_password(),
    }
}

async fn password_page(State(app): State<App>, Arriving(person): Arriving) -> Result<PasswordPage, PageError> {
    let (account, _) = own(&app, &person).await?;
    Ok(password_shown(&person, &account, person.form(&app.store)))
}

#[derive(Deserialize)]
struct NewPassword {
    csrf_token: String,
    idempotency_key: String,
    old: String,
    new: String,
    again: String,
}

async fn change_password(
    State(app): State<App>,
    Arriving(person): Arriving,
    Form(sent): Form<NewPassword>,
) -> Result<Response, PageError> {
    person.check(&sent.csrf_token)?;
    let (t, (account, _)) = (person.reader.t, own(&app, &person).await?);
    if let Err((field, sentence)) = unfit(&app, &person, &account, &sent).await? {
        let mut form = person.form(&app.store);
        form.refuse(field, t.say(&sentence));
        return Ok(password_shown(&person, &account, form).into_response());
    }
    let secret = Secret::Password(password::hash(&sent.new).await?);
    let (key, act) = (key(&sent.idempotency_key)?, Act::SetPassword { account: person.account });
    let receipt = app.store.act_with(&person.actor, key, act, secret).await?;
    // All sessions ended with the act; whoever did it goes on in a new one.
    let how = How::Done { act: "set_password".to_owned(), seq: receipt.seq };
    let answer = Answer { page: "/account".to_owned(), form: String::new(), how };
    let beginning = Beginning { by_demo: person.by_demo, answer: Some(answer), ..Beginning::default() };
    let begun = session::begin(&app, person.account, beginning).await?;
    Ok(([(header::SET_COOKIE, begun.cookie)], Redirect::to("/account")).into_response())
}

/// Why a password can't be changed like this, and at which field.
async fn unfit(
    app: &App,
    person: &SignedIn,
    account: &Account,
    sent: &NewPassword,
) -> Result<Result<(), (&'static str, Sentence)>, PageError> {
    if sent.new != sent.again {
        return Ok(Err(("again", Sentence::new("account-password-differs"))));
    }
    if sent.new == sent.old {
        return Ok(Err(("new", Sentence::new("account-password-same"))));
    }
    let mut own = vec![account.opened.login.as_str(), person.name.as_str()];
    own.extend(account.opened.name.as_deref());
    if let Err(sentence) = password::fit(&sent.new, &own) {
        return Ok(Err(("new", sentence)));
    }
    let known = ask_again(app, person.account, &account.opened.login, &sent.old).await?;
    Ok(known.map_err(|key| ("old", Sentence::new(key))))
}

pub(super) fn key(text: &str) -> Result<uuid::Uuid, PageError> {
    text.parse().map_err(|_| PageError::BadInput(Sentence::new("refusal-form-unfit")))
}

#[derive(Template, WebTemplate)]
#[template(path = "account/second_factor.html")]
struct SecondFactorPage {
    page: kit::Page,
    form: kit::Form,
    /// The key in groups of four, to be typed.
    key: String,
    qr: Option<second_factor::Qr>,
    enrolled: bool,
    asked_for: bool,
    has_password: bool,
}

fn second_factor_shown(person: &SignedIn, account: &Account, key: &str, form: kit::Form) -> SecondFactorPage {
    let t = person.reader.t;
    let page = person.page("/account/second-factor", t.get("second-factor-title"));
    let address = second_factor::address(key, &account.opened.login, &t.get("common-product"));
    let groups: Vec<&str> = key.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    SecondFactorPage {
        qr: address.as_deref().and_then(second_factor::Qr::of),
        key: groups.join(" "),
        enrolled: account.second_factor.is_some(),
        asked_for: person.first_step.is_some(),
        has_password: account.password_set.is_some(),
        page: kit::Page { refused: form.is_refused(), ..page },
        form,
    }
}

async fn second_factor_page(State(app): State<App>, Arriving(person): Arriving) -> Result<SecondFactorPage, PageError> {
    choose_password_first(&person)?;
    let (account, _) = own(&app, &person).await?;
    let key = match &person.new_key {
        Some(key) => key.clone(),
        None => {
            let key = second_factor::new_key();
            person.keep_new_key(&app.store, key.clone()).await?;
            key
        }
    };
    Ok(second_factor_shown(&person, &account, &key, person.form(&app.store)))
}

/// A first password is known to somebody else: it enrols nothing.
fn choose_password_first(person: &SignedIn) -> Result<(), PageError> {
    match person.first_step {
        Some(step @ session::FirstStep::Password) => Err(PageError::First(step)),
        _ => Ok(()),
    }
}

#[derive(Deserialize)]
struct Confirmation {
    csrf_token: String,
    idempotency_key: String,
    #[serde(default)]
    password: String,
    code: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "account/recovery.html")]
struct RecoveryPage {
    page: kit::Page,
    codes: Vec<String>,
}

async fn enrol(
    State(app): State<App>,
    Arriving(person): Arriving,
    Form(sent): Form<Confirmation>,
) -> Result<Response, PageError> {
    person.check(&sent.csrf_token)?;
    choose_password_first(&person)?;
    let (t, (account, _)) = (person.reader.t, own(&app, &person).await?);
    let Some(new_key) = person.new_key.clone() else {
        return Ok(Redirect::to("/account/second-factor").into_response());
    };
    let refused = |field: &str, key: &str| {
        let mut form = person.form(&app.store);
        form.refuse(field, t.get(key));
        Ok(second_factor_shown(&person, &account, &new_key, form).into_response())
    };
    let Some(step) = second_factor::step(&new_key, &sent.code, clock::unix_seconds()) else {
        return refused("code", "second-factor-code-wrong");
    };
    // Without a password (entered with the demo's one click) there is nothing to ask.
    if account.password_set.is_some()
        && let Err(why) = ask_again(&app, person.account, &account.opened.login, &sent.password).await?
    {
        return refused("password", why);
    }
    let codes = second_factor::new_recovery_codes();
    let secret = Secret::SecondFactor { key: new_key.clone(), recovery: codes.clone() };
    let act = Act::SetSecondFactor { account: person.account };
    let receipt = app.store.act_with(&person.actor, key(&sent.idempotency_key)?, act, secret).await?;
    if receipt.repeated {
        return Ok(Redirect::to("/account").into_response());
    }
    // The code that confirmed it is used up.
    app.store.take_step(person.account, step).await?;
    let beginning = Beginning { by_demo: person.by_demo, csrf: Some(person.csrf.clone()), answer: None };
    let begun = session::begin(&app, person.account, beginning).await?;
    let mut person = person;
    person.first_step = None;
    let page = person.page("/account/second-factor", t.get("second-factor-recovery-title"));
    Ok(([(header::SET_COOKIE, begun.cookie)], RecoveryPage { page, codes }).into_response())
}
