use axum::Router;
use axum::extract::{Path, Query};
use axum::http::Method;
use axum::routing::{get as on_get, post};

use super::*;
use crate::web::locale::Locale;
use crate::web::testing::{Answer, get, send};

const ZH: (&str, &str) = ("accept-language", "zh-CN");
const EN: (&str, &str) = ("accept-language", "en");

fn error(kind: &str) -> PageError {
    match kind {
        "not-found" => PageError::NotFound,
        "forbidden" => PageError::Forbidden {
            message: Sentence::Said("<b>kin</b>".to_owned()),
            basis: "公务员法 74".to_owned(),
        },
        "refused" => PageError::Refused(Sentence::new("error-busy-what")),
        "bad-input" => PageError::BadInput(Sentence::new("error-too-large-what")),
        "sign-in" => PageError::SignIn,
        _ => PageError::from(anyhow::anyhow!("disk full at /secret/path")),
    }
}

fn app() -> Router {
    let fails = |Path(kind): Path<String>| async move { Err::<(), PageError>(error(&kind)) };
    let counts = |Query(numbers): Query<Vec<(String, u8)>>| async move { numbers.len().to_string() };
    Router::new()
        .route("/fails/{kind}", on_get(fails).post(fails))
        .route("/api/fails/{kind}", on_get(fails))
        .route("/counts", on_get(counts))
        .route("/takes", post(|| async { "taken" }))
        .layer(axum::middleware::from_fn(complete))
}

fn assert_page(answer: &Answer, locale: Locale, title: &str, next: &str) {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    for wanted in [format!("<html lang=\"{}\"", locale.tag()), locale.get(title), locale.get(next)] {
        assert!(answer.body.contains(&wanted), "{title} lacks {wanted}");
    }
    assert!(answer.body.contains(" data-keeps-drafts"), "what was typed before must outlive the error");
}

#[tokio::test]
async fn every_failure_is_a_page_in_the_readers_language_that_says_what_to_do_next() {
    for (kind, status) in
        [("not-found", 404), ("forbidden", 403), ("refused", 409), ("bad-input", 400), ("internal", 500)]
    {
        for (language, locale) in [(ZH, Locale::ZhCn), (EN, Locale::En)] {
            let answer = get(app(), &format!("/fails/{kind}"), &[language]).await;
            assert_eq!(answer.status, status, "{kind}");
            assert_page(&answer, locale, &format!("error-{kind}"), &format!("error-{kind}-next"));
        }
    }
}

#[tokio::test]
async fn a_policys_refusal_shows_its_words_escaped_and_its_basis() {
    let answer = get(app(), "/fails/forbidden", &[EN]).await;
    assert!(answer.body.contains("&#60;b&#62;kin&#60;/b&#62;"), "{}", answer.body);
    assert!(answer.body.contains("Basis: 公务员法 74"));
}

#[tokio::test]
async fn our_own_failure_tells_a_number_and_no_detail() {
    let (one, other) = (get(app(), "/fails/internal", &[EN]).await, get(app(), "/fails/internal", &[EN]).await);
    let number = |answer: &Answer| {
        let (_, rest) = answer.body.split_once("<strong class=\"mono\">").expect("an incident number");
        rest[..9].to_owned()
    };
    assert_ne!(number(&one), number(&other));
    assert_eq!(number(&one).as_bytes()[4], b'-');
    assert!(!one.body.contains("secret"));
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_the_sign_in_and_back() {
    let answer = get(app(), "/fails/sign-in?unit=3&name=%E4%B9%99", &[ZH]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/sign-in?return_to=/fails/sign-in%3Funit%3D3%26name%3D%25E4%25B9%2599");
}

#[tokio::test]
async fn a_form_sent_after_its_session_ended_leads_back_to_its_page() {
    let from = ("referer", "https://city.example/appraisals/7?part=goals");
    let answer = send(app(), Method::POST, "/fails/sign-in", &[ZH, from], "").await;
    assert_eq!(answer.header("location"), "/sign-in?return_to=/appraisals/7%3Fpart%3Dgoals");
    let untold = send(app(), Method::POST, "/fails/sign-in", &[ZH], "").await;
    assert_eq!(untold.header("location"), "/sign-in");
}

#[tokio::test]
async fn a_program_gets_a_problem_document() {
    for (kind, status) in [("sign-in", 401), ("forbidden", 403), ("internal", 500)] {
        let answer = get(app(), &format!("/api/fails/{kind}"), &[EN]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, "application/problem+json"));
        let problem: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(problem["type"], format!("urn:mingjing:problem:{kind}"));
        assert_eq!(problem["status"], status);
        assert_eq!(problem["next"], Locale::En.get(&format!("error-{kind}-next")));
        assert_eq!(problem.get("incident").is_some(), kind == "internal");
        assert_eq!(problem.get("basis").is_some(), kind == "forbidden");
    }
}

#[tokio::test]
async fn what_extractors_and_layers_refuse_becomes_a_page_too() {
    let unreadable = get(app(), "/counts?a=much", &[EN]).await;
    assert_eq!(unreadable.status, StatusCode::BAD_REQUEST);
    assert_page(&unreadable, Locale::En, "error-bad-input", "error-bad-input-next");

    let wrong_method = get(app(), "/takes", &[EN]).await;
    assert_eq!((wrong_method.status, wrong_method.header("allow")), (StatusCode::METHOD_NOT_ALLOWED, "POST"));
    assert_page(&wrong_method, Locale::En, "error-not-found", "error-not-found-next");

    let taken = send(app(), Method::POST, "/takes", &[], "").await;
    assert_eq!(taken.body, "taken", "what succeeds is left alone");
}
