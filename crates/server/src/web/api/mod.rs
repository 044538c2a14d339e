//! The JSON API, for programs: the same acts and the same reading as the pages.
//!
//! A route and its description come from one place ([`OpenApiRouter`]), so that neither is there without the other.
//! `docs/API.md` is written from the description; a test holds the two together.

mod account;
mod act;
mod appraisal;
mod attachment;
mod batch;
mod body;
mod cycle;
mod describe;
mod finding;
mod look;
mod notice;
mod office;
mod outcome;
mod paging;
mod posts;
mod regime;
mod session;
mod slate;
mod supervision;
mod todo;
mod told;
mod warning;

use super::App;
use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/…`.
pub fn routes() -> Router<App> {
    collected().0
}

/// What `/api/openapi.json` says.
pub fn description() -> OpenApi {
    collected().1
}

fn collected() -> (Router<App>, OpenApi) {
    let (router, mut description) = OpenApiRouter::with_openapi(describe::frame())
        .routes(routes!(session::begin, session::show, session::end))
        .routes(routes!(act::submit))
        .routes(routes!(act::text))
        .routes(routes!(todo::list))
        .routes(routes!(cycle::list))
        .routes(routes!(cycle::show))
        .routes(routes!(cycle::participants))
        .routes(routes!(slate::list))
        .routes(routes!(slate::show))
        .routes(routes!(appraisal::show))
        .routes(routes!(appraisal::trail))
        .routes(routes!(attachment::hand_in))
        .routes(routes!(attachment::read))
        .routes(routes!(notice::list))
        .routes(routes!(notice::show))
        .routes(routes!(outcome::list))
        .routes(routes!(outcome::show))
        .routes(routes!(finding::list))
        .routes(routes!(warning::show))
        .routes(routes!(finding::show))
        .routes(routes!(finding::declaration))
        .routes(routes!(supervision::show))
        .routes(routes!(office::indicators))
        .routes(routes!(office::units))
        .routes(routes!(office::people))
        .routes(routes!(regime::list))
        .routes(routes!(batch::list))
        .routes(routes!(batch::show))
        .routes(routes!(account::list))
        .routes(routes!(posts::list))
        .routes(routes!(look::show))
        .routes(routes!(describe::show))
        .split_for_parts();
    describe::complete(&mut description);
    (router, description)
}
