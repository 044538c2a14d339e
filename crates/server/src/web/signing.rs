//! Personal signatures. An act that is to be signed is shown word for word before it is done; the key that signs it is in
//! the browser or in a file of its owner, and never reaches the server.

use super::{App, error::PageError, kit, session::SignedIn};
use askama::Template;
use askama_web::WebTemplate;
use axum::{Router, extract::State, routing::get};
use domain::act::Act;
use store::signature::key_for;
use uuid::Uuid;

/// `/account/signing-key`.
pub fn routes() -> Router<App> {
    Router::new().route("/account/signing-key", get(key_page))
}

#[derive(Template, WebTemplate)]
#[template(path = "signing/key.html")]
struct KeyPage {
    page: kit::Page,
    login: String,
    /// The key in force; empty: none.
    present: Vec<kit::Term>,
    enrol: kit::Form,
    retire: kit::Form,
}

/// Where the key is enrolled.
const AT: &str = "/account/signing-key";

async fn key_page(State(app): State<App>, person: SignedIn) -> Result<KeyPage, PageError> {
    let t = person.reader.t;
    let account = &person.holder.account;
    let form = |act: &str| person.act_form(&app.store, act, account.opened.id, AT).fix("account", account.opened.id);
    let present = account.signing_key.iter().flat_map(|(key, stamp)| {
        [
            kit::Term::new(t.get("signing-key-public"), key.clone()),
            kit::Term::new(t.get("signing-key-since"), t.moment(&stamp.at)),
        ]
    });
    Ok(KeyPage {
        present: present.collect(),
        enrol: form("enrol_signing_key"),
        retire: form("retire_signing_key"),
        login: account.opened.login.clone(),
        page: person.page(AT, t.get("signing-key-title")),
    })
}

/// The page that asks for the signature of an act.
#[derive(Template, WebTemplate)]
#[template(path = "signing/ask.html")]
pub struct Ask {
    page: kit::Page,
    form: kit::Form,
    name: String,
    /// The form that was sent, to be sent again with the signature.
    pairs: Vec<(String, String)>,
    facts: Vec<kit::Term>,
    text: String,
    key: String,
}

/// The page on which an act is signed; none if nothing is to be signed, or it is signed already.
pub fn ask(
    app: &App,
    person: &SignedIn,
    act_id: Uuid,
    act: &Act,
    pairs: &[(String, String)],
) -> Result<Option<Ask>, PageError> {
    let Some(key) = key_for(Some(&person.holder.account), act) else { return Ok(None) };
    let t = person.reader.t;
    Ok(Some(Ask {
        facts: vec![
            kit::Term::new(t.get("ledger-act"), t.get(&format!("act-{}", act.name()))),
            kit::Term::new(t.get("signing-key-public"), key),
        ],
        text: app.store.text_to_sign(act_id, act)?,
        key: key.to_owned(),
        name: act.name().to_owned(),
        pairs: pairs.iter().filter(|(name, _)| name != kit::Form::SIGNATURE_FIELD).cloned().collect(),
        form: kit::Form::default(),
        page: person.page("", t.get("signing-title")),
    }))
}
