//! What a person reads when something does not work: one type, complete pages, and sentences that say what to do next.
//!
//! A handler returns [`PageError`]. The middleware [`complete`] knows the reader and turns it into a page, or under
//! `/api/` into `application/problem+json` (RFC 9457); it does the same for the bare refusals of extractors and layers.

use std::sync::Arc;

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::kit::Page;
use super::locale::{Reader, Sentence};
use super::session::FirstStep;

/// Why a request was not answered as wished.
#[derive(Debug)]
pub enum PageError {
    /// There is no such thing, or it is not for this reader to know that there is.
    NotFound,
    /// A policy says no.
    Forbidden {
        /// The policy's message.
        message: Sentence,
        /// The article the policy stands on; may be empty.
        basis: String,
    },
    /// The state of things says no: too late, quota full, already done.
    Refused(Sentence),
    /// The request makes no sense; a form that can be corrected is shown again instead.
    BadInput(Sentence),
    /// Nobody is signed in.
    SignIn,
    /// Somebody is, but has to do something else first.
    First(FirstStep),
    /// Our fault. Logged once, under the incident number that the page shows.
    Internal(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for PageError {
    fn from(error: E) -> Self {
        match error.into().downcast::<store::Error>() {
            Ok(error) => super::words::of_store(error),
            Err(error) => PageError::Internal(error),
        }
    }
}

/// What is left of a [`PageError`] for [`complete`]: everything the reader may know.
#[derive(Clone, Debug)]
struct Failure {
    kind: &'static str,
    status: StatusCode,
    /// Key of the headline.
    title: &'static str,
    what: Sentence,
    /// Key of what to do next.
    next: &'static str,
    basis: String,
    incident: String,
    /// The page to go to instead.
    instead: Option<&'static str>,
}

impl Failure {
    fn new(kind: &'static str, status: StatusCode, title: &'static str, what: Sentence, next: &'static str) -> Self {
        Failure { kind, status, title, what, next, basis: String::new(), incident: String::new(), instead: None }
    }

    fn not_found() -> Self {
        let what = Sentence::new("error-not-found-what");
        Failure::new("not-found", StatusCode::NOT_FOUND, "error-not-found", what, "error-not-found-next")
    }

    fn bad_input(status: StatusCode, what: Sentence) -> Self {
        Failure::new("bad-input", status, "error-bad-input", what, "error-bad-input-next")
    }

    /// A refusal by an extractor or a layer, of which only the status is known.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Failure { status, ..Failure::not_found() },
            StatusCode::PAYLOAD_TOO_LARGE => Failure::bad_input(status, Sentence::new("error-too-large-what")),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Failure::bad_input(status, Sentence::new("error-media-type-what")),
            StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => {
                let what = Sentence::new("error-busy-what");
                Failure::new("busy", status, "error-busy", what, "error-busy-next")
            }
            _ => Failure::bad_input(status, Sentence::new("error-bad-input-what")),
        }
    }
}

impl From<PageError> for Failure {
    fn from(error: PageError) -> Self {
        match error {
            PageError::NotFound => Failure::not_found(),
            PageError::Forbidden { message, basis } => Failure {
                basis,
                ..Failure::new("forbidden", StatusCode::FORBIDDEN, "error-forbidden", message, "error-forbidden-next")
            },
            PageError::Refused(what) => {
                Failure::new("refused", StatusCode::CONFLICT, "error-refused", what, "error-refused-next")
            }
            PageError::BadInput(what) => Failure::bad_input(StatusCode::BAD_REQUEST, what),
            PageError::SignIn => {
                let what = Sentence::new("error-sign-in-what");
                let status = StatusCode::UNAUTHORIZED;
                let failure = Failure::new("sign-in", status, "error-sign-in", what, "error-sign-in-next");
                Failure { instead: Some("/sign-in"), ..failure }
            }
            PageError::First(step) => {
                let (kind, what, next) = match step {
                    FirstStep::Password => ("choose-password", "error-first-password", "error-first-password-next"),
                    FirstStep::SecondFactor => {
                        ("enrol-second-factor", "error-first-second-factor", "error-first-second-factor-next")
                    }
                };
                let failure = Failure::new(kind, StatusCode::FORBIDDEN, "error-first", Sentence::new(what), next);
                Failure { instead: Some(step.path()), ..failure }
            }
            PageError::Internal(error) => {
                let incident = incident_number();
                tracing::error!(incident, error = format!("{error:#}"), "a request failed");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                let what = Sentence::new("error-internal-what");
                Failure { incident, ..Failure::new("internal", status, "error-internal", what, "error-internal-next") }
            }
        }
    }
}

/// Eight characters to be read out on the telephone: the tail of a UUIDv7 is random, the groups are easy to say.
#[expect(clippy::disallowed_methods, reason = "an incident number is no fact of the ledger and is never replayed")]
fn incident_number() -> String {
    let random = uuid::Uuid::now_v7().simple().to_string().to_uppercase();
    format!("{}-{}", &random[24..28], &random[28..])
}

impl IntoResponse for PageError {
    /// Status and facts only; [`complete`] writes the words.
    fn into_response(self) -> Response {
        let failure = Failure::from(self);
        let mut response = failure.status.into_response();
        response.extensions_mut().insert(Arc::new(failure));
        response
    }
}

/// The middleware that gives every failure its page: `router.layer(axum::middleware::from_fn(error::complete))`.
///
/// The page has no navigation and asks nothing of the database, which may be what failed.
pub async fn complete(reader: Reader, request: Request, next: Next) -> Response {
    let asked = (request.method() == Method::GET).then(|| reader.path.clone()).or_else(|| page_of_form(&request));
    let mut response = next.run(request).await;
    let status = response.status();
    let failure = match response.extensions_mut().remove::<Arc<Failure>>() {
        Some(failure) => Arc::unwrap_or_clone(failure),
        None if is_bare(&response) => Failure::of_status(status),
        None => return response,
    };
    let mut complete = if reader.path.starts_with("/api/") {
        problem(&reader, &failure)
    } else if let Some(page) = failure.instead {
        let back = asked.filter(|_| failure.status == StatusCode::UNAUTHORIZED);
        let back = back.map(|path| format!("{page}?return_to={}", percent_encoded(&path)));
        Redirect::to(back.as_deref().unwrap_or(page)).into_response()
    } else {
        page(reader, failure)
    };
    // What was said beside the status (Allow, Retry-After, a cookie) stays said.
    for (name, value) in response.headers() {
        if *name != header::CONTENT_LENGTH && *name != header::CONTENT_TYPE {
            complete.headers_mut().append(name, value.clone());
        }
    }
    complete
}

/// Where a form stood that was sent after its session had ended: its draft waits there. Browsers tell the page's address
/// to its own site only, and of it only the path is taken.
fn page_of_form(request: &Request) -> Option<String> {
    let address: Uri = request.headers().get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    address.path_and_query().map(ToString::to_string)
}

/// A failure without words of ours: extractors and layers answer in plain text or not at all.
fn is_bare(response: &Response) -> bool {
    let failed = response.status().is_client_error() || response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let content_type = response.headers().get(header::CONTENT_TYPE);
    failed && content_type.is_none_or(|value| value.as_bytes().starts_with(b"text/plain"))
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    title: String,
    what: String,
    next: String,
    basis: String,
    incident: String,
}

fn page(reader: Reader, failure: Failure) -> Response {
    let t = reader.t;
    let title = t.get(failure.title);
    let error_page = ErrorPage {
        page: Page { keeps_drafts: true, ..Page::new(reader, title.as_str()) },
        title,
        what: t.say(&failure.what),
        next: t.get(failure.next),
        basis: failure.basis,
        incident: failure.incident,
    };
    match error_page.render() {
        Ok(html) => (failure.status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page itself could not be written");
            failure.status.into_response()
        }
    }
}

/// A problem document (RFC 9457): what a program reads instead of a page.
#[derive(Serialize, ToSchema)]
pub struct Problem<'a> {
    /// Which kind of problem: `urn:mingjing:problem:` and one of `not-found`, `forbidden`, `refused`, `bad-input`,
    /// `sign-in`, `busy`, `internal`.
    #[schema(example = "urn:mingjing:problem:refused")]
    r#type: String,
    /// The kind of problem in words.
    title: String,
    /// The status of the answer.
    #[schema(example = 409)]
    status: u16,
    /// What is wrong, a sentence.
    detail: String,
    /// What to do next, a sentence.
    next: String,
    /// The article that a policy stands on, where there is one.
    #[serde(skip_serializing_if = "str::is_empty")]
    #[schema(required = false)]
    basis: &'a str,
    /// For our own failures: the number under which it was logged.
    #[serde(skip_serializing_if = "str::is_empty")]
    #[schema(required = false)]
    incident: &'a str,
}

fn problem(reader: &Reader, failure: &Failure) -> Response {
    let problem = Problem {
        r#type: format!("urn:mingjing:problem:{}", failure.kind),
        title: reader.t.get(failure.title),
        status: failure.status.as_u16(),
        detail: reader.t.say(&failure.what),
        next: reader.t.get(if failure.kind == "bad-input" { "api-bad-input-next" } else { failure.next }),
        basis: &failure.basis,
        incident: &failure.incident,
    };
    let mut response = (failure.status, axum::Json(problem)).into_response();
    let problem_json = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, problem_json);
    response
}

/// Text as the value of a query parameter (RFC 3986, section 2.3).
pub(super) fn percent_encoded(path: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests;
