//! The check of a proof by the reader's own browser: a page for everyone who was handed one. `web/js/proof.js` does the
//! arithmetic; the server gives it words and nothing else.

use super::{App, error::PageError, kit, locale::Locale, locale::Reader, session::SignedIn};
use askama::Template;
use askama_web::WebTemplate;
use axum::{Router, routing::get};
use domain::{act::Act, event::Event};

/// `/verify`.
pub fn routes() -> Router<App> {
    Router::new().route("/verify", get(show))
}

#[derive(Template, WebTemplate)]
#[template(path = "verify/show.html")]
struct Show {
    page: kit::Page,
    names: Vec<(String, String)>,
}

/// Whoever is signed in keeps the frame they know.
async fn show(reader: Reader, person: Result<SignedIn, PageError>) -> Show {
    let (t, title) = (reader.t, reader.t.get("verify-title"));
    let page = match person {
        Ok(person) => person.page("/verify", title),
        Err(_) => kit::Page::new(reader, title),
    };
    Show { page, names: names(t) }
}

/// How acts and events are called where an entry names them: `act-give_score` and the like, each with its words.
pub(super) fn names(t: Locale) -> Vec<(String, String)> {
    let acts = Act::NAMES.iter().map(|act| format!("act-{act}"));
    let events = Event::NAMES.iter().map(|event| format!("event-{event}"));
    acts.chain(events).map(|key| (key.clone(), t.get(&key))).collect()
}
