//! How this person reads: in which language, how large, and on which page they are.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;

use super::{Locale, cookie};

/// What a page knows of its reader before anybody has signed in.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The language.
    pub t: Locale,
    /// Elder mode: large text and large targets.
    pub elder: bool,
    /// Path and query of the page, to come back to.
    pub path: String,
}

impl<S: Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Reader {
            t: Locale::of(&parts.headers),
            elder: cookie(&parts.headers, "elder") == Some("1"),
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        })
    }
}

/// `POST /preferences`: the language switch and the elder mode of the masthead.
///
/// They change nothing but two cookies of the reader, so they need no session and no token.
pub fn preference_routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/preferences", post(prefer))
}

#[derive(Deserialize)]
struct Preferences {
    lang: Option<String>,
    elder: Option<String>,
    return_to: Option<String>,
}

async fn prefer(Form(wanted): Form<Preferences>) -> impl IntoResponse {
    const KEPT: &str = "Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly";
    let mut cookies = Vec::new();
    if let Some(locale) = wanted.lang.as_deref().and_then(Locale::from_tag) {
        cookies.push((SET_COOKIE, format!("lang={}; {KEPT}", locale.tag())));
    }
    if let Some(elder) = wanted.elder {
        cookies.push((SET_COOKIE, format!("elder={}; {KEPT}", u8::from(elder == "1"))));
    }
    (AppendHeaders(cookies), Redirect::to(&local_path(wanted.return_to.as_deref())))
}

/// A path on this site, or the home page: nobody is sent to another site by a crafted link.
pub fn local_path(path: Option<&str>) -> String {
    let local = |path: &&str| {
        let mut start = path.chars();
        start.next() == Some('/') && !matches!(start.next(), Some('/' | '\\')) && !path.chars().any(char::is_control)
    };
    path.filter(local).unwrap_or("/").to_owned()
}
