//! Signing in and out, first steps, sessions, and what strangers reach.

use crate::fresh::{Fresh, on_both};
use crate::visitor::{Answer, Office, PASSWORD, Visitor, code, refused};
use axum::http::{Method, StatusCode, header};
use domain::actor::Role;
use jiff::ToSpan;
use server::clock;
use std::path::{Path, PathBuf};

on_both! {
    a_new_database_lets_nobody_in,
    a_stranger_reaches_nothing_that_is_not_public,
    an_inspector_without_a_second_factor_reaches_its_enrolment_alone,
    a_first_password_leads_to_ones_own_and_nowhere_else,
    changing_the_password_ends_every_other_session,
    other_sessions_can_be_ended,
    five_failures_rest_a_login_whether_there_is_one_or_not,
    tries_at_the_same_time_are_all_counted,
    a_code_lets_in_once_also_at_the_same_time,
    signing_in_takes_a_new_session_and_goes_where_one_came_from,
    over_tls_the_cookie_is_bound_to_the_host,
    without_the_sessions_token_nothing_happens,
    in_the_demo_one_click_lets_in_without_a_second_factor,
}

const NEW: &str = "a boat under four bridges";

async fn a_new_database_lets_nobody_in(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let mut visitor = office.visitor();
    let page = visitor.get("/sign-in").await;
    assert!(!page.body.contains("/sign-in/demo"), "nobody is offered to enter as");
    let enter = visitor.post("/sign-in/demo", &[("login", "sysadmin")]).await;
    assert_eq!((enter.status, visitor.cookie.is_none()), (StatusCode::NOT_FOUND, true));
    for login in ["admin", "sysadmin", "root", ""] {
        refused(&visitor.signs_in(login, "", "").await, "sign-in-wrong");
    }
}

/// Method and path of every route, as the sources of the pages declare them; `{…}` filled with an id.
fn routes() -> Vec<(Method, String)> {
    let mut files = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/web"))];
    let mut routes = Vec::new();
    while let Some(file) = files.pop() {
        if file.is_dir() {
            let entries = std::fs::read_dir(&file).expect("a folder of sources");
            files.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if !file.ends_with("tests.rs") {
            let source = std::fs::read_to_string(&file).expect("a source");
            let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            routes.extend(source.split(".route(").skip(1).flat_map(|rest| route(rest, &file)));
        }
    }
    assert!(routes.len() > 40, "only {} routes were found", routes.len());
    routes
}

fn route(rest: &str, file: &Path) -> Vec<(Method, String)> {
    let path = rest.split('"').nth(1).unwrap_or_else(|| panic!("a route without a path in {}", file.display()));
    let filled = |part| match part {
        "{seq}" => "0",
        part if str::starts_with(part, '{') => "01934b3e-0000-7000-8000-000000000001",
        part => part,
    };
    let path = path.split('/').map(filled).collect::<Vec<_>>().join("/");
    let mut open = 1;
    let end = rest.find(|sign| {
        open += i32::from(sign == '(') - i32::from(sign == ')');
        open == 0
    });
    let handlers = &rest[..end.unwrap_or(rest.len())];
    let methods = [("get(", Method::GET), ("post(", Method::POST)];
    methods.into_iter().filter(|(call, _)| handlers.contains(call)).map(|(_, method)| (method, path.clone())).collect()
}

/// Who is not signed in reaches these. Whoever adds one says why here.
fn is_public(path: &str) -> bool {
    let below = ["/assets/", "/gallery"];
    // What signers, witnesses and monitors ask a log for: hashes and signatures; entries are another matter.
    if path.starts_with("/log/") && !path.contains("/tile/entries/") {
        return true;
    }
    // Signing in itself, what monitoring asks, two cookies of the reader, reports of browsers, a description of the API,
    // and the page on which a browser checks a proof: whoever is handed one need not have an account.
    let exactly =
        ["/sign-in", "/sign-in/demo", "/health", "/preferences", "/csp-report", "/api/openapi.json", "/verify"];
    below.iter().any(|folder| path.starts_with(folder)) || exactly.contains(&path)
}

async fn ask(visitor: &mut Visitor, method: &Method, path: &str) -> Answer {
    let json = path.starts_with("/api/");
    let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
    visitor.send(method.clone(), path, &[("content-type", kind)], String::new()).await
}

async fn a_stranger_reaches_nothing_that_is_not_public(fresh: Fresh) {
    let office = Office::new(fresh).await;
    for (method, path) in routes().into_iter().filter(|(_, path)| !is_public(path)) {
        let answer = ask(&mut office.visitor(), &method, &path).await;
        let led = answer.location().starts_with("/sign-in");
        assert!(led || answer.status == StatusCode::UNAUTHORIZED, "{method} {path}: {}", answer.status);
    }
}

/// Whoever still has a first step to take reaches that step and the way out, and nothing else by any route.
async fn reaches_only(visitor: &mut Visitor, step: &str, kind: &str) {
    let own = ["/sign-out", "/account/password", "/account/second-factor"];
    for (method, path) in routes().into_iter().filter(|(_, path)| !is_public(path) && !own.contains(&path.as_str())) {
        let answer = ask(visitor, &method, &path).await;
        if path.starts_with("/api/") {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
            assert!(answer.body.contains(&format!("urn:mingjing:problem:{kind}")), "{path}: {}", answer.body);
        } else {
            assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, step), "{method} {path}");
        }
    }
}

async fn an_inspector_without_a_second_factor_reaches_its_enrolment_alone(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let account = office.account("inspector", &[Role::Inspector]).await;
    office.own_password(account).await;
    let mut visitor = office.visitor();
    visitor.signs_in("inspector", PASSWORD, "").await;
    reaches_only(&mut visitor, "/account/second-factor", "enrol-second-factor").await;

    let shown = visitor.get("/account/second-factor").await;
    let key = shown.element("second-factor-key").replace(' ', "");
    assert_eq!(visitor.get("/account/second-factor").await.element("second-factor-key").replace(' ', ""), key);
    let confirm = |password: &'static str, code: String| [("password", password.to_owned()), ("code", code)];
    let page = "/account/second-factor";
    for (fields, why) in [
        (confirm(PASSWORD, "000000x".to_owned()), "second-factor-code-wrong"),
        (confirm("not the password", code(&key, 0)), "account-password-wrong"),
    ] {
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        refused(&visitor.fill(page, page, &fields).await, why);
    }
    let before = visitor.cookie.clone();
    let now = code(&key, 0);
    let recovery = visitor.fill(page, page, &[("password", PASSWORD), ("code", &now)]).await;
    assert!(recovery.says("second-factor-recovery-lead"), "{}", recovery.body);
    assert_ne!(visitor.cookie, before, "a new session");
    assert_eq!(visitor.get("/").await.status, StatusCode::OK, "now everything is open");
    assert_eq!(visitor.get("/ledger").await.status, StatusCode::OK);

    refused(&office.visitor().signs_in("inspector", PASSWORD, &now).await, "sign-in-wrong");
    let words = recovery.body.split("<li class=\"secret\">").nth(1).expect("a recovery code");
    let spare = words.split('<').next().unwrap_or_default();
    let upper = spare.to_uppercase();
    let with_spare = office.visitor().signs_in("inspector", PASSWORD, &upper).await;
    assert_eq!(with_spare.location(), "/", "a recovery code takes the place of a code");
    refused(&office.visitor().signs_in("inspector", PASSWORD, spare).await, "sign-in-wrong");
}

async fn a_first_password_leads_to_ones_own_and_nowhere_else(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let account = office.account("newcomer", &[]).await;
    let mut admin = office.signed_in("sysadmin", &[Role::SystemAdmin]).await;
    let page = format!("/accounts/{account}");
    let once = admin.fill(&page, &format!("{page}/password"), &[]).await;
    let first = once.element("first-password");

    let mut visitor = office.visitor();
    visitor.signs_in("newcomer", &first, "").await;
    reaches_only(&mut visitor, "/account/password", "choose-password").await;
    let second_factor = "/account/second-factor";
    assert_eq!(visitor.get(second_factor).await.location(), "/account/password");
    let enrol = visitor.fill("/account/password", second_factor, &[("password", &first), ("code", "123456")]).await;
    assert_eq!(enrol.location(), "/account/password");
    let change = |old: &str, new: &str, again: &str| {
        [("old", old.to_owned()), ("new", new.to_owned()), ("again", again.to_owned())]
    };
    for (fields, why) in [
        (change(&first, NEW, "another"), "account-password-differs"),
        (change(&first, &first, &first), "account-password-same"),
        (change(&first, "newcomer1234", "newcomer1234"), "password-common"),
        (change("wrong", NEW, NEW), "account-password-wrong"),
    ] {
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = visitor.fill("/account/password", "/account/password", &fields).await;
        refused(&answer, why);
        assert!(!answer.body.contains(NEW) && !answer.body.contains(&first), "no password comes back");
    }
    let fields = [("old", first.as_str()), ("new", NEW), ("again", NEW)];
    let changed = visitor.fill("/account/password", "/account/password", &fields).await;
    assert_eq!(changed.location(), "/account");
    assert_eq!(visitor.get("/account").await.status, StatusCode::OK);
    refused(&office.visitor().signs_in("newcomer", &first, "").await, "sign-in-wrong");
}

async fn changing_the_password_ends_every_other_session(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let mut here = office.signed_in("anna", &[]).await;
    let (mut there, mut thief) = (office.visitor(), here.clone());
    there.signs_in("anna", PASSWORD, "").await;
    assert_eq!(there.get("/account").await.status, StatusCode::OK);
    let fields = [("old", PASSWORD), ("new", NEW), ("again", NEW)];
    here.fill("/account/password", "/account/password", &fields).await;
    assert_eq!(here.get("/account").await.status, StatusCode::OK, "whoever changed it goes on");
    assert!(there.get("/account").await.location().starts_with("/sign-in"));
    assert!(thief.get("/account").await.location().starts_with("/sign-in"), "the old cookie is worth nothing");
    refused(&office.visitor().signs_in("anna", PASSWORD, "").await, "sign-in-wrong");
    assert_eq!(office.visitor().signs_in("anna", NEW, "").await.location(), "/");
}

async fn other_sessions_can_be_ended(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let mut here = office.signed_in("anna", &[]).await;
    let mut there = office.visitor();
    there.signs_in("anna", PASSWORD, "").await;
    let account = here.get("/account").await;
    assert!(account.says("account-session-other") && account.says("account-session-current"));
    here.fill("/account", "/account/sessions/end", &[]).await;
    assert!(there.get("/").await.location().starts_with("/sign-in"));
    assert!(!here.get("/account").await.says("account-session-other"));
}

async fn five_failures_rest_a_login_whether_there_is_one_or_not(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let account = office.account("anna", &[]).await;
    office.own_password(account).await;
    for login in ["anna", "nobody"] {
        for _ in 0..5 {
            refused(&office.visitor().signs_in(login, "guess", "").await, "sign-in-wrong");
        }
        refused(&office.visitor().signs_in(login, PASSWORD, "").await, "sign-in-resting");
    }
    office.signed_in("berta", &[]).await;
    clock::set(clock::now() + 16.minutes());
    assert_eq!(office.visitor().signs_in("anna", PASSWORD, "").await.location(), "/");
    refused(&office.visitor().signs_in("anna", "guess", "").await, "sign-in-wrong");
}

async fn tries_at_the_same_time_are_all_counted(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let account = office.account("anna", &[]).await;
    office.own_password(account).await;
    let tries = (0..12).map(|_| {
        let mut visitor = office.visitor();
        tokio::spawn(async move { visitor.signs_in("anna", "guess", "").await.says("sign-in-wrong") })
    });
    let tries: Vec<_> = tries.collect();
    let mut looked_at = 0;
    for one in tries {
        looked_at += u32::from(one.await.expect("an answer"));
    }
    assert_eq!(looked_at, 5, "no more secrets were looked at than five");
}

async fn a_code_lets_in_once_also_at_the_same_time(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let account = office.account("auditor", &[Role::AuditAdmin]).await;
    office.own_password(account).await;
    let key = office.second_factor(account, &["abcd-efgh-jkmn-pqrs"]).await;
    let now = code(&key, 0);
    let racing = (0..4).map(|_| {
        let (mut visitor, now) = (office.visitor(), now.clone());
        tokio::spawn(async move { visitor.signs_in("auditor", PASSWORD, &now).await.status == StatusCode::SEE_OTHER })
    });
    let racing: Vec<_> = racing.collect();
    let mut let_in = 0;
    for one in racing {
        let_in += u32::from(one.await.expect("an answer"));
    }
    assert_eq!(let_in, 1);
    office.store.release("auditor").await.expect("a write");
    refused(&office.visitor().signs_in("auditor", PASSWORD, &code(&key, -1)).await, "sign-in-wrong");
    assert_eq!(office.visitor().signs_in("auditor", PASSWORD, &code(&key, 1)).await.location(), "/", "the next one");
    refused(&office.visitor().signs_in("auditor", PASSWORD, "").await, "sign-in-wrong");

    // The code of someone who does not know the password is not used up.
    refused(&office.visitor().signs_in("auditor", "guess", "abcd-efgh-jkmn-pqrs").await, "sign-in-wrong");
    assert_eq!(office.visitor().signs_in("auditor", PASSWORD, "abcd-efgh-jkmn-pqrs").await.location(), "/");
}

async fn signing_in_takes_a_new_session_and_goes_where_one_came_from(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let account = office.account("anna", &[]).await;
    office.own_password(account).await;
    let mut visitor = office.visitor();
    visitor.cookie = Some("mingjing=0000".to_owned());
    let led = visitor.get("/account?x=1").await;
    assert_eq!(led.location(), "/sign-in?return_to=/account%3Fx%3D1");
    let form = visitor.get(led.location()).await;
    let fields = |return_to| [("login", "anna"), ("password", PASSWORD), ("return_to", return_to)];
    assert!(form.body.contains("<input type=\"hidden\" name=\"return_to\" value=\"/account?x=1\">"), "{}", form.body);
    assert_eq!(visitor.post("/sign-in", &fields("/account?x=1")).await.location(), "/account?x=1");
    let first = visitor.cookie.clone().expect("a cookie");
    assert_ne!(first, "mingjing=0000", "the cookie that was sent is not taken up");
    assert_eq!(visitor.post("/sign-in", &fields("//evil.example")).await.location(), "/");
    assert_ne!(visitor.cookie.as_ref(), Some(&first));
    visitor.cookie = Some(first);
    assert!(visitor.get("/account").await.location().starts_with("/sign-in"), "the session before has ended");
    let elsewhere = [("sec-fetch-site", "cross-site"), ("content-type", "application/x-www-form-urlencoded")];
    let body = "login=anna&password=x".to_owned();
    let refused = visitor.send(Method::POST, "/sign-in", &elsewhere, body).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

async fn over_tls_the_cookie_is_bound_to_the_host(fresh: Fresh) {
    let office = Office::new(fresh).await.with(|app| app.tls = true);
    let account = office.account("anna", &[]).await;
    office.own_password(account).await;
    let mut visitor = office.visitor();
    let answer = visitor.signs_in("anna", PASSWORD, "").await;
    let cookie = answer.headers[header::SET_COOKIE].to_str().expect("a cookie").to_owned();
    assert!(cookie.starts_with("__Host-mingjing=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Lax; ") && !cookie.contains("Domain"), "{cookie}");
    assert!(answer.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert_eq!(visitor.get("/account").await.status, StatusCode::OK);
    visitor.cookie = visitor.cookie.map(|cookie| cookie.replace("__Host-", ""));
    assert!(visitor.get("/account").await.location().starts_with("/sign-in"), "the unbound name is not looked at");
}

async fn without_the_sessions_token_nothing_happens(fresh: Fresh) {
    let office = Office::new(fresh).await;
    let anna = office.account("anna", &[]).await;
    let mut admin = office.signed_in("sysadmin", &[Role::SystemAdmin]).await;
    let (one, key) = (format!("/accounts/{anna}/password"), office.store.new_key().to_string());
    let forged = [("csrf_token", "0000"), ("idempotency_key", key.as_str())];
    let mut fields = forged.to_vec();
    fields.extend([("login", "x1"), ("name", "x"), ("old", PASSWORD), ("new", NEW), ("again", NEW), ("code", "1")]);
    for action in [
        one.as_str(),
        "/accounts/new",
        "/accounts/roster",
        "/account/password",
        "/account/second-factor",
        "/account/sessions/end",
        "/acts/lock_account",
        "/sign-out",
    ] {
        assert_eq!(admin.post(action, &fields).await.status, StatusCode::BAD_REQUEST, "{action}");
    }
    assert_eq!(office.store.account_of_login("x1").await.expect("a read"), None);
    assert!(office.store.account(anna).await.expect("a read").expect("an account").password_set.is_none());
    assert_eq!(admin.get("/account").await.status, StatusCode::OK, "still signed in");
}

async fn in_the_demo_one_click_lets_in_without_a_second_factor(fresh: Fresh) {
    let office = Office::new(fresh).await.with(|app| app.demo = true);
    let account = office.account("sysadmin", &[Role::SystemAdmin]).await;
    let mut visitor = office.visitor();
    visitor.post("/sign-in/demo", &[("login", "sysadmin")]).await;
    assert_eq!(visitor.get("/accounts").await.status, StatusCode::OK);
    assert!(visitor.get("/account/password").await.says("account-password-none"));
    // Whoever comes with a password is asked for it there too.
    office.own_password(account).await;
    let mut other = office.visitor();
    other.signs_in("sysadmin", PASSWORD, "").await;
    assert_eq!(other.get("/accounts").await.location(), "/account/second-factor");
    assert_eq!(office.visitor().post("/sign-in/demo", &[("login", "inspector")]).await.status, StatusCode::NOT_FOUND);
}
