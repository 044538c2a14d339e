//! Requests gone wrong: forged, sent twice, too large, of the wrong shape. Each is refused with a sentence, and nothing is
//! done.

use super::{
    Answer, Browser,
    sample::{City, NOTHING},
    table::{Guard, ROUTES},
    walk::body,
};
use axum::Router;
use serde_json::{Value, json};

/// More than the two megabytes that a body may hold.
const TOO_LARGE: usize = 2 * 1024 * 1024 + 1;

/// Send everything that goes wrong.
pub async fn nothing_is_done(city: &City, router: &Router) {
    let newest = city.store.newest().await.expect("a read");
    forged(city, router).await;
    misshapen(city, router).await;
    assert_eq!(city.store.newest().await.expect("a read"), newest, "a request gone wrong changed something");
    sent_twice(city, router).await;
}

/// What another site's page sends, and what carries no token or somebody else's.
async fn forged(city: &City, router: &Router) {
    let other = Browser::enter(router, "YT0319").await;
    for route in ROUTES.iter().filter(|route| route.method != "GET" && route.path != "/csp-report") {
        let own = Browser::enter(router, "YT0035").await;
        let samples = city.samples(route.sample);
        let path = super::Route::filled(route.path, samples.first().map_or(NOTHING, |(_, id)| id));
        let send = async |csrf: &str, header: (&str, &str)| {
            own.sends(route.method, &path, &body(route, city, csrf), &[("x-csrf-token", csrf), header]).await
        };
        let asked = format!("{} {}", route.method, route.path);
        for header in [("origin", "https://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
            let answer = send(&own.csrf, header).await;
            refused(&format!("{asked} with {header:?}"), &answer, 403, "其他网站");
        }
        if !matches!(route.guard, Guard::Open(_)) {
            for (whose, csrf) in [("no", ""), ("a foreign", other.csrf.as_str())] {
                let why = if path.starts_with("/api/") { "x-csrf-token" } else { "页面已过期" };
                let answer = send(csrf, ("accept", "*/*")).await;
                // Who may never do it may be told so before the token is looked at.
                let never = matches!(route.guard, Guard::MayEver(_) | Guard::Reads(_));
                if !(never && [403, 404].contains(&answer.status)) {
                    refused(&format!("{asked} with {whose} token"), &answer, 400, why);
                }
            }
        }
        assert_eq!(own.gets("/api/session").await.status, 200, "{asked}: the session did not outlive a forged request");
    }
}

/// Refused, and told why in a sentence of the reader's language.
fn refused(asked: &str, answer: &Answer, status: u16, why: &str) {
    assert_eq!(answer.status, status, "{asked}: {}", answer.body);
    let sentence = match answer.header("content-type") {
        "application/problem+json" => answer.json()["detail"].as_str().unwrap_or_default().to_owned(),
        _ => answer.body.clone(),
    };
    assert!(sentence.contains('。') && sentence.contains(why), "{asked}: {sentence}");
}

/// What does not fit the description of the API.
async fn misshapen(city: &City, router: &Router) {
    let program = Browser::enter(router, "YT0035").await;
    let act = |act: Value| {
        let mut act = act;
        act["key"] = json!(city.store.new_key());
        act.to_string()
    };
    let token = ("x-csrf-token", program.csrf.as_str());
    let json = ("content-type", "application/json");
    let wrong = [
        (act(json!({ "act": "rule_the_world" })), json, 400, "rule_the_world"),
        (act(json!({})), json, 400, "事项"),
        (act(json!({ "act": "propose_goals", "appraisal": city.own, "goals": "many" })), json, 400, "many"),
        (act(json!({ "act": "endorse_goals", "appraisal": city.own, "version": -1 })), json, 400, "-1"),
        (act(json!({ "act": "endorse_goals", "version": 1 })), json, 400, "appraisal"),
        (act(json!({ "act": "endorse_goals", "appraisal": "5", "version": 1 })), json, 400, "UUID"),
        (json!({ "act": "endorse_goals", "key": 7 }).to_string(), json, 400, "UUID"),
        ("{".to_owned(), json, 400, "JSON"),
        (
            "act=endorse_goals".to_owned(),
            ("content-type", "application/x-www-form-urlencoded"),
            415,
            "application/json",
        ),
        (" ".repeat(TOO_LARGE), json, 413, ""),
    ];
    for (body, kind, status, names) in wrong {
        let answer = program.sends("POST", "/api/acts", &body, &[token, kind]).await;
        let start: String = body.chars().take(80).collect();
        refused(&start, &answer, status, names);
        let problem = answer.json();
        assert!(problem["next"].as_str().is_some_and(|next| !next.is_empty()), "{start}: {problem}");
    }
    let form = format!("csrf_token={}&pad={}", program.csrf, "x".repeat(TOO_LARGE));
    refused("a form too large", &program.sends("POST", "/acts/endorse_goals", &form, &[]).await, 413, "压缩");
    for path in ["/api/todos?limit=0", "/api/todos?limit=201", "/api/todos?after=x", "/api/cycles?after=x&limit=5"] {
        refused(path, &program.gets(path).await, 400, "limit");
    }
}

/// The same key: the same act happens once, another act does not happen.
async fn sent_twice(city: &City, router: &Router) {
    let employee = Browser::enter(router, "YT0035").await;
    let sheet = employee.gets(&format!("/api/appraisals/{}", city.own)).await.json();
    let goal = sheet["goals"][0]["goals"][0]["id"].clone();
    let act = |key: &str, percent: u8| {
        json!({
            "key": key, "act": "report_progress", "appraisal": city.own, "goal": goal, "percent": percent,
            "text": "三季度办件全部按时办结。", "attachments": [],
        })
        .to_string()
    };
    let key = city.store.new_key().to_string();
    let first = employee.calls("POST", "/api/acts", &act(&key, 70)).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let newest = city.store.newest().await.expect("a read");
    let again = employee.calls("POST", "/api/acts", &act(&key, 70)).await.json();
    let first = first.json();
    assert_eq!((&again["seq"], &again["repeated"], &first["repeated"]), (&first["seq"], &json!(true), &json!(false)));
    refused("another act under the same key", &employee.calls("POST", "/api/acts", &act(&key, 80)).await, 409, "");
    assert_eq!(city.store.newest().await.expect("a read"), newest, "a replayed key changed something");
}
