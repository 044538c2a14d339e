//! Opening one account.

use super::opens;
use crate::web::{
    App,
    account::key,
    error::PageError,
    kit,
    locale::Sentence,
    session::{Answer, How, SignedIn},
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use domain::{act::Act, decide::Case, id::PersonId};
use serde::Deserialize;

#[derive(Template, WebTemplate)]
#[template(path = "accounts/new.html")]
pub(super) struct New {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    of_person: kit::Form,
    of_nobody: kit::Form,
    of_third: kit::Form,
    /// People from outside who have no account.
    third_parties: Vec<kit::Choice>,
}

/// The ways to open an account: for somebody on the roster, for nobody, and for somebody from outside.
const FORMS: [&str; 3] = ["of-person", "of-nobody", "of-third"];

async fn shown(app: &App, person: &SignedIn, refused: Option<kit::Form>) -> Result<New, PageError> {
    let open = Act::OpenAccount { login: String::new(), person: None, name: None };
    let permit = app.store.policies().permit(&person.actor, &open, &Case::default());
    permit.map_err(|denied| store::Error::Denied(Box::new(denied)))?;
    let form = |name: &str| match &refused {
        Some(form) if form.name == name => form.clone(),
        _ => person.form(&app.store).named(name),
    };
    let t = person.reader.t;
    let third_parties = app.store.reader(&person.actor).third_parties_without_account().await?;
    let names = app.store.names().await?;
    let choice = |id: PersonId| kit::Choice::new(id.to_string(), format!("{} {}", names.person(id), names.number(id)));
    let page = person.page("/accounts/new", t.get("accounts-new"));
    Ok(New {
        crumbs: vec![kit::Crumb { label: t.get("accounts-title"), href: "/accounts".to_owned() }],
        of_person: form(FORMS[0]),
        of_nobody: form(FORMS[1]),
        of_third: form(FORMS[2]),
        third_parties: third_parties.into_iter().map(choice).collect(),
        page: kit::Page { refused: refused.is_some(), ..page },
    })
}

pub(super) async fn page(State(app): State<App>, person: SignedIn) -> Result<New, PageError> {
    shown(&app, &person, None).await
}

#[derive(Deserialize)]
pub(super) struct Opening {
    csrf_token: String,
    idempotency_key: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    third_party: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    name: String,
}

pub(super) async fn open(
    State(app): State<App>,
    person: SignedIn,
    Form(sent): Form<Opening>,
) -> Result<Response, PageError> {
    person.check(&sent.csrf_token)?;
    opens(&app, &person)?;
    let (number, login) = (sent.number.trim(), sent.login.trim());
    let third = sent.third_party.trim();
    let (name, field) = match (number, third) {
        ("", "") => (FORMS[1], "login"),
        ("", _) => (FORMS[2], "login"),
        _ => (FORMS[0], "number"),
    };
    let asked = match third.parse::<PersonId>() {
        Ok(third) => Some(Act::OpenAccount { login: login.to_owned(), person: Some(third), name: None }),
        Err(_) => act_of(&app, number, login, &sent.name).await?,
    };
    let done = match asked {
        Some(act) => app.store.act(&person.actor, key(&sent.idempotency_key)?, act).await.map_err(PageError::from),
        None => Err(PageError::BadInput(Sentence::new("refusal-person-unknown"))),
    };
    match done {
        Ok(receipt) => {
            let id = receipt.streams.first().copied().unwrap_or_default();
            let page = format!("/accounts/{id}");
            let how = How::Done { act: "open_account".to_owned(), seq: receipt.seq };
            person.keep(&app.store, Answer { page: page.clone(), form: String::new(), how }).await?;
            Ok(Redirect::to(&page).into_response())
        }
        Err(PageError::BadInput(sentence) | PageError::Refused(sentence)) => {
            let form = person.form(&app.store).named(name);
            let mut form = form
                .fill("number", number)
                .fill("login", login)
                .fill("name", sent.name.trim())
                .fill("third_party", third);
            form.refuse(field, person.reader.t.say(&sentence));
            Ok(shown(&app, &person, Some(form)).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

/// The act that opens it; none if there is no such person.
async fn act_of(app: &App, number: &str, login: &str, name: &str) -> Result<Option<Act>, PageError> {
    if number.is_empty() {
        return Ok(Some(Act::OpenAccount { login: login.to_owned(), person: None, name: Some(name.to_owned()) }));
    }
    let of: Option<PersonId> = app.store.person_of_number(number).await?;
    let login = if login.is_empty() { number } else { login };
    Ok(of.map(|of| Act::OpenAccount { login: login.to_owned(), person: Some(of), name: None }))
}
