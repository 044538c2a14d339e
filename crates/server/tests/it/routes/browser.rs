//! Requests as a browser or a program sends them, without a network.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use serde_json::Value;
use tower::ServiceExt;

/// An answer, its body as text.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// The value of a header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.body))
    }
}

/// Somebody at a browser; or nobody, who has no cookie.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookie: String,
    pub csrf: String,
}

impl Browser {
    /// Nobody.
    pub fn nobody(router: &Router) -> Browser {
        Browser { router: router.clone(), cookie: String::new(), csrf: String::new() }
    }

    /// Somebody with the cookie of a session that began already.
    pub async fn with_cookie(router: &Router, cookie: &str) -> Browser {
        let mut browser = Browser { cookie: cookie.to_owned(), ..Browser::nobody(router) };
        browser.csrf = browser.gets("/api/session").await.json()["csrf_token"].as_str().expect("a token").to_owned();
        browser
    }

    /// One of the demo's people, signed in anew.
    pub async fn enter(router: &Router, login: &str) -> Browser {
        let nobody = Browser::nobody(router);
        let entered = nobody.sends("POST", "/sign-in/demo", &format!("login={login}"), &[]).await;
        assert_eq!(entered.status, 303, "{login} can't enter: {}", entered.body);
        nobody.with_session(&entered).await
    }

    /// The same browser with the session that an answer began.
    pub async fn with_session(self, answer: &Answer) -> Browser {
        let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
        let mut browser = Browser { cookie, ..self };
        let session = browser.gets("/api/session").await;
        assert_eq!(session.status, 200, "{}", session.body);
        browser.csrf = session.json()["csrf_token"].as_str().expect("a token").to_owned();
        browser
    }

    /// `GET`.
    pub async fn gets(&self, path: &str) -> Answer {
        self.sends("GET", path, "", &[]).await
    }

    /// Any request. A body that begins like JSON is sent as such, any other as a form.
    pub async fn sends(&self, method: &str, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "mingjing.example");
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        let named = |name: &str| headers.iter().any(|(known, _)| *known == name);
        if !body.is_empty() && !named("content-type") {
            let json = body.starts_with(['{', '[']);
            let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
            request = request.header("content-type", kind);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("an answer").into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a whole body");
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// What programs send, with the session's token.
    pub async fn calls(&self, method: &str, path: &str, body: &str) -> Answer {
        self.sends(method, path, body, &[("x-csrf-token", &self.csrf)]).await
    }
}
