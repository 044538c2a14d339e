use axum::http::{Method, StatusCode};
use axum::routing::get as on_get;

use super::*;
use crate::web::testing::{get, send};

fn app(tls: bool) -> Router {
    let kept = || async { ([(header::CACHE_CONTROL, "public, max-age=60")], "kept") };
    secure(Router::new().route("/page", on_get(|| async { "personal" })).route("/kept", on_get(kept)), tls)
}

#[tokio::test]
async fn every_answer_carries_the_policy_and_is_not_kept() {
    for path in ["/page", "/no-such-page"] {
        let answer = get(app(false), path, &[]).await;
        assert_eq!(answer.header("content-security-policy"), CONTENT_SECURITY_POLICY, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert!(answer.header("permissions-policy").contains("camera=()"));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("strict-transport-security"), "");
    }
    assert_eq!(get(app(false), "/kept", &[]).await.header("cache-control"), "public, max-age=60");
}

#[test]
fn the_policy_allows_nothing_inline_and_no_other_host() {
    for forbidden in ["unsafe", "http", "*", "blob:"] {
        assert!(!CONTENT_SECURITY_POLICY.contains(forbidden), "{forbidden}");
    }
    assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "));
    assert!(!CONTENT_SECURITY_POLICY.contains("  "));
}

#[tokio::test]
async fn only_over_tls_the_browser_is_told_never_to_try_without() {
    let answer = get(app(true), "/page", &[]).await;
    assert_eq!(answer.header("strict-transport-security"), STRICT_TRANSPORT_SECURITY);
}

#[tokio::test]
async fn a_report_is_taken_and_a_flood_is_not() {
    let report = send(app(false), Method::POST, "/csp-report", &[], "{\"csp-report\":{}}").await;
    assert_eq!(report.status, StatusCode::NO_CONTENT);
    let flood = send(app(false), Method::POST, "/csp-report", &[], "x".repeat(REPORT_LIMIT + 1)).await;
    assert_eq!(flood.status, StatusCode::PAYLOAD_TOO_LARGE);
}
