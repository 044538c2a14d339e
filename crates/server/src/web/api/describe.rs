//! The description of the API, OpenAPI 3.1.

use crate::web::error::Problem;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use std::sync::LazyLock;
use utoipa::{
    OpenApi,
    openapi::{
        self, ContentBuilder, Ref, ResponseBuilder,
        path::Operation,
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};

const ABOUT: &str = include_str!("about.md");

#[derive(OpenApi)]
#[openapi(
    info(title = "Mingjing 明镜", description = ABOUT),
    components(schemas(Problem)),
    security(("session" = [])),
    tags(
        (name = "session", description = "Signing in and out"),
        (name = "acts", description = "Everything that changes something"),
        (name = "work", description = "What there is to do"),
        (name = "cycles", description = "Cycles and who takes part"),
        (name = "appraisals", description = "Appraisals and their trail"),
        (name = "grades", description = "Slates of grades and their publicity"),
        (name = "outcomes", description = "What follows from a result"),
        (name = "findings", description = "What looks wrong, and declarations of family"),
        (name = "supervision", description = "How the whole authority stands"),
        (name = "data", description = "Source data"),
        (name = "office", description = "Units, people, accounts, indicators, regimes"),
        (name = "ties", description = "What ties people, for inspectors"),
    ),
)]
struct Frame;

/// What is said besides the routes.
pub fn frame() -> openapi::OpenApi {
    let mut frame = Frame::openapi();
    let components = frame.components.get_or_insert_default();
    let key = |name: &str, about: &str| ApiKeyValue::with_description(name, about);
    let session = ApiKey::Cookie(key("mingjing", "Set by `POST /api/session`."));
    let csrf = ApiKey::Header(key("x-csrf-token", "The `csrf_token` of the session, with whatever changes something."));
    components.add_security_scheme("session", SecurityScheme::ApiKey(session));
    components.add_security_scheme("csrf", SecurityScheme::ApiKey(csrf));
    frame
}

/// What any request may be answered with instead, and why.
const INSTEAD: [(&str, &str); 7] = [
    ("400", "The request does not fit its description; the sentence says where."),
    ("401", "Nobody is signed in, or the session has ended."),
    ("403", "The policies do not permit it, or the token is missing; the sentence says who may."),
    ("404", "There is no such thing, or it is not for this reader to know that there is."),
    ("409", "The case does not allow it now; the sentence says what to do next."),
    ("413", "The body is larger than two megabytes."),
    ("415", "The body is not sent as `application/json`."),
];

/// Say of every route how it refuses.
pub fn complete(description: &mut openapi::OpenApi) {
    for (path, item) in &mut description.paths.paths {
        let reads = [&mut item.get].into_iter().flatten().map(|operation| (operation, false));
        let writes = [&mut item.post, &mut item.delete].into_iter().flatten().map(|operation| (operation, true));
        for (operation, writes) in reads.chain(writes) {
            let told = |status: &str| match status {
                "400" => writes || operation.parameters.is_some(),
                "401" => operation.security.as_ref().is_none_or(|schemes| !schemes.is_empty()),
                "403" => true,
                "404" => path.contains('{'),
                "409" => path == "/api/acts",
                _ => takes_json(operation),
            };
            let told: Vec<_> = INSTEAD.into_iter().filter(|(status, _)| told(status)).collect();
            for (status, why) in told {
                refuses(operation, status, why);
            }
        }
    }
}

fn takes_json(operation: &Operation) -> bool {
    let body = operation.request_body.as_ref();
    body.is_some_and(|body| matches!(body, openapi::RefOr::T(body) if body.content.contains_key("application/json")))
}

fn refuses(operation: &mut Operation, status: &str, why: &str) {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let known = operation.responses.responses.get(status);
    let why = match known {
        Some(openapi::RefOr::T(response)) => response.description.clone(),
        _ => why.to_owned(),
    };
    let response = ResponseBuilder::new().description(why).content("application/problem+json", problem).build();
    operation.responses.responses.insert(status.to_owned(), response.into());
}

static DESCRIPTION: LazyLock<openapi::OpenApi> = LazyLock::new(super::description);

/// This description, OpenAPI 3.1. For everyone.
#[utoipa::path(get, path = "/api/openapi.json", operation_id = "describe", tag = "session", security(()),
    responses((status = 200, description = "an OpenAPI 3.1 document", body = Object, content_type = "application/json")))]
pub async fn show() -> Response {
    Json(&*DESCRIPTION).into_response()
}
