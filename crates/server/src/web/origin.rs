//! Nothing is changed from another site. The session's token is the first wall; this is the second, and the only one
//! where there is no session yet (signing in) or none is asked for (language and display).

use super::{error::PageError, locale::Sentence};
use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The middleware that refuses what another site's page sent.
pub async fn own(request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if reads || is_own(request.headers()) {
        next.run(request).await
    } else {
        PageError::Forbidden { message: Sentence::new("error-elsewhere-what"), basis: String::new() }.into_response()
    }
}

/// Browsers say where a request comes from (W3C Fetch Metadata), older ones at least from which origin (RFC 6454); a
/// program that is no browser says neither.
fn is_own(headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (said("sec-fetch-site"), said(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, None) => true,
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == said(header::HOST.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_our_own_if_the_browser_says_so_or_no_browser_sent_it() {
        let own = |pairs: &[(&'static str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            is_own(&pairs.collect())
        };
        assert!(own(&[("host", "mj.example")]));
        assert!(own(&[("host", "mj.example"), ("origin", "https://mj.example")]));
        assert!(own(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")]));
        // A proxy may have changed the host; what the browser says of the site counts.
        assert!(own(&[("host", "inner"), ("origin", "https://mj.example"), ("sec-fetch-site", "same-origin")]));
        assert!(own(&[("sec-fetch-site", "none")]));
        for foreign in ["https://evil.example", "https://mj.example.evil.example", "null", "mj.example", ""] {
            assert!(!own(&[("host", "mj.example"), ("origin", foreign)]), "{foreign}");
        }
        for site in ["cross-site", "same-site", ""] {
            assert!(!own(&[("host", "mj.example"), ("origin", "https://mj.example"), ("sec-fetch-site", site)]));
        }
    }
}
