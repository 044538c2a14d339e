//! What every answer tells the browser to allow: nothing but our own files.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::routing::post;
use tower_http::set_header::SetResponseHeaderLayer;

/// The content security policy. No inline script or style, no `eval`, no other host, no frame around us.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    font-src 'self'; manifest-src 'self'; report-uri /csp-report";

/// Nothing on these pages needs a sensor or a payment.
const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
    magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// Two years, as preload lists want it.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

/// Sent on every answer.
const ALWAYS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Puts the security headers on every answer of `router`, and the route that the policy reports to.
///
/// `tls`: people reach us over TLS, here or at a proxy. Only then may the browser be told never to try without.
/// An answer that says nothing about caching is personal, and is not kept.
pub fn secure<S: Clone + Send + Sync + 'static>(router: Router<S>, tls: bool) -> Router<S> {
    let mut router = router.merge(report_routes());
    for (name, value) in ALWAYS {
        router = router.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)));
    }
    if tls {
        let value = HeaderValue::from_static(STRICT_TRANSPORT_SECURITY);
        router = router.layer(SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, value));
    }
    let no_store = HeaderValue::from_static("no-store");
    router.layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, no_store))
}

/// Longest report that is read; a browser sends a few hundred bytes.
const REPORT_LIMIT: usize = 8 * 1024;

fn report_routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/csp-report", post(report).layer(DefaultBodyLimit::max(REPORT_LIMIT)))
}

/// Anyone can send this, so it is written to the log as a quoted value and never interpreted.
async fn report(body: String) -> StatusCode {
    tracing::warn!(report = ?body, "a page tried what the content security policy forbids");
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests;
