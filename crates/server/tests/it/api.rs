//! The API is as it is described: every answer fits the schema of its route, and `docs/API.md` says the same.

mod schema;

use crate::routes::{Answer, Browser};
use axum::Router;
use serde_json::{Value, json};
use server::web::{api, password};
use std::{collections::BTreeSet, fmt::Write};
use store::{Store, secret::Secret};

/// The description, to hold answers to.
pub struct Described {
    document: Value,
}

impl Described {
    pub fn new() -> Described {
        Described { document: serde_json::to_value(api::description()).expect("a description is JSON") }
    }

    /// An answer under `/api/` is described, and fits.
    pub fn fits(&self, method: &str, path: &str, answer: &Answer) {
        if !path.starts_with("/api/") {
            return;
        }
        let (status, asked) = (answer.status.to_string(), format!("{method} {path}"));
        let described = &self.document["paths"][path][method.to_lowercase()]["responses"][&status];
        assert!(described.is_object(), "{asked}: the answer {status} is not described");
        let Some((kind, content)) = described["content"].as_object().and_then(|content| content.iter().next()) else {
            return assert!(answer.body.is_empty(), "{asked}: the answer {status} has a body that is not described");
        };
        let kind_sent = answer.header("content-type");
        assert!(kind_sent.starts_with(kind.as_str()), "{asked} {status}: {kind_sent} is no {kind}");
        let faults = schema::faults(&self.document, &content["schema"], &answer.json());
        assert!(faults.is_empty(), "{asked} {status}: {faults:#?}");
    }
}

/// Every reference leads somewhere, every operation says what it is and how it refuses.
#[test]
fn the_description_is_whole() {
    let described = Described::new();
    let text = described.document.to_string();
    for name in text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split_once('"')) {
        assert!(described.document["components"]["schemas"][name.0].is_object(), "there is no schema {}", name.0);
    }
    let mut names = BTreeSet::new();
    for (path, methods) in described.document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let asked = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{asked} does not say what it is");
            assert!(operation["tags"][0].is_string(), "{asked} is in no group");
            assert!(names.insert(operation["operationId"].to_string()), "{asked} has another's operationId");
            let refuses = operation["responses"]
                .as_object()
                .expect("responses")
                .iter()
                .filter(|(status, _)| *status >= &"400".to_owned());
            for (status, response) in refuses {
                let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/Problem", "{asked} {status}");
            }
        }
    }
    for (name, schema) in described.document["components"]["schemas"].as_object().expect("schemas") {
        let Some(fields) = schema["properties"].as_object() else { continue };
        for (field, of) in fields {
            let told = of.to_string().contains("\"description\"");
            assert!(told || name.starts_with("Part"), "{name}.{field} does not say what it is");
        }
    }
}

/// A program signs in with what a person types, and gets no further with what is wrong.
pub async fn a_program_signs_in_and_acts(store: &Store, router: &Router) {
    let account = store.account_of_login("YT0035").await.expect("a read").expect("an account");
    let secret = Secret::Password(password::hash("kestrel over the delta").await.expect("a hash"));
    let set = domain::act::Act::SetPassword { account };
    // Their own choice: a first password, which somebody else sets, would lead to choosing another and nowhere else.
    let owner = store.actor(account).await.expect("a read").expect("not locked");
    store.act_with(&owner, store.new_key(), set, secret).await.expect("a password");

    let nobody = Browser::nobody(router);
    let credentials = |password: &str| json!({ "login": "YT0035", "password": password }).to_string();
    let wrong = nobody.sends("POST", "/api/session", &credentials("kestrel under the delta"), &[]).await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (403, ""), "{}", wrong.body);
    assert!(wrong.json()["detail"].as_str().is_some_and(|detail| detail.contains("密码")), "{}", wrong.body);

    let right = nobody.sends("POST", "/api/session", &credentials("kestrel over the delta"), &[]).await;
    assert_eq!(right.status, 200, "{}", right.body);
    let flags = right.header("set-cookie");
    assert!(flags.contains("HttpOnly") && flags.contains("SameSite=Lax"), "{flags}");
    let program = nobody.clone().with_session(&right).await;
    assert_eq!(right.json()["csrf_token"], program.csrf.as_str());

    let session = program.gets("/api/session").await.json();
    assert_eq!(session["person"]["number"], "YT0035");
    assert_eq!(program.calls("DELETE", "/api/session", "").await.status, 204);
    assert_eq!(program.gets("/api/session").await.status, 401, "the session ends at once");
}

/// Part after part tells the whole list, each item once.
pub async fn lists_go_on_where_they_stopped(store: &Store, router: &Router) {
    let hr = Browser::enter(router, "YT0319").await;
    let cycles = store.cycles().await.expect("cycles");
    let participants = format!("/api/cycles/{}/participants", cycles[0].cycle_id);
    for (path, id) in
        [("/api/todos", "key"), ("/api/people", "id"), (participants.as_str(), "appraisal"), ("/api/batches", "id")]
    {
        let all = items(&hr, path, 200, id).await;
        assert!(all.len() > 7, "{path} has only {} items", all.len());
        let mut once = all.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), all.len(), "{path} tells something twice");
        assert_eq!(items(&hr, path, all.len() as u64 / 3 + 1, id).await, all, "{path} in parts");
    }
}

/// The ids of a list, asked for in parts.
async fn items(browser: &Browser, path: &str, limit: u64, id: &str) -> Vec<String> {
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let part = browser.gets(&format!("{path}?limit={limit}{next}")).await;
        assert_eq!(part.status, 200, "{}", part.body);
        let part = part.json();
        // The same step may wait on many things.
        all.extend(part["items"].as_array().expect("items").iter().map(|item| format!("{} {}", item[id], item["id"])));
        match part["next"].as_str() {
            Some(after) => next = format!("&after={after}"),
            None => return all,
        }
    }
}

/// `docs/API.md` is written from the description.
#[test]
fn the_page_says_what_the_description_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/API.md");
    let written = page();
    if std::env::var_os("MINGJING_WRITE_DOCS").is_some() {
        std::fs::write(&path, &written).expect("the page can be written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == written,
        "docs/API.md is not what the code says: MINGJING_WRITE_DOCS=1 cargo nextest run -p server the_page_says"
    );
}

fn page() -> String {
    let document = serde_json::to_value(api::description()).expect("a description is JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut page = format!(
        "# The JSON API\n\n<!-- Written by a test from the code; see crates/server/tests/it/api.rs. -->\n\n{}\n\n\
         The whole description, with every field, is at `/api/openapi.json` (OpenAPI 3.1). With curl:\n\n{EXAMPLE}\n",
        text(&document["info"]["description"]).trim()
    );
    for tag in document["tags"].as_array().expect("tags") {
        writeln!(page, "\n## {}\n", text(&tag["description"])).expect("room");
        page.push_str("| request | answer | what |\n|---|---|---|\n");
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                if operation["tags"][0] == tag["name"] {
                    let (summary, more) = (text(&operation["summary"]), text(&operation["description"]));
                    let what = format!("{summary} {more}").replace('\n', " ");
                    let answer = answer(operation);
                    let method = method.to_uppercase();
                    writeln!(page, "| `{method} {path}` | {answer} | {} |", what.trim()).expect("room");
                }
            }
        }
    }
    page
}

/// What an operation answers with, by name.
fn answer(operation: &Value) -> String {
    let fine =
        operation["responses"].as_object().expect("responses").iter().find(|(status, _)| status.starts_with('2'));
    let (status, response) = fine.expect("a way to succeed");
    let content = response["content"].as_object().and_then(|content| content.values().next());
    let schema = content.and_then(|content| content["schema"]["$ref"].as_str());
    match schema.and_then(|schema| schema.rsplit('/').next()) {
        Some(name) => match name.strip_prefix("Part_") {
            Some(item) => format!("part of a list of `{item}`"),
            None => format!("`{name}`"),
        },
        None => status.clone(),
    }
}

const EXAMPLE: &str = r#"```sh
city=http://127.0.0.1:8080
token=$(curl -s -c jar -H 'content-type: application/json' "$city/api/session" \
    -d '{"login":"YT0035","password":"…"}' | jq -r .csrf_token)
curl -s -b jar "$city/api/todos?limit=10" | jq '.items[] | [.task, .due]'
curl -s -b jar -H "x-csrf-token: $token" -H 'content-type: application/json' "$city/api/acts" \
    -d '{"key":"0199f3a2-6c1e-7d64-9a53-3f2f6f1f4d10","act":"endorse_goals","appraisal":"…","version":2}'
```"#;
