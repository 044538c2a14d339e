//! Everyone asks for everything.

use super::{
    Answer, Browser,
    sample::{City, NOTHING, people},
    table::{Guard, ROUTES, Route, Sample},
};
use crate::{api::Described, city::ALL};
use axum::Router;
use domain::{
    act::Act,
    actor::Actor,
    id::{AppraisalId, CycleId},
    points::Points,
    score::Assessor,
    third_party::ThirdPartyDraft as Draft,
};
use policy::Reading;
use server::web::{
    App,
    session::{self, Beginning},
};
use std::{
    collections::BTreeSet,
    fmt::{self, Write},
};

/// What is asked for: a route and what is put in its placeholder.
struct Request {
    route: &'static Route,
    label: &'static str,
    id: String,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.route.method, self.route.path)?;
        if self.label.is_empty() { Ok(()) } else { write!(f, ": {}", self.label) }
    }
}

impl Request {
    fn path(&self) -> String {
        Route::filled(self.route.path, &self.id)
    }

    /// As somebody sends it; what changes something does so from a session of its own, which it may end.
    async fn sent(&self, who: &Who, city: &City, router: &Router) -> Answer {
        let mut browser = who.browser.clone();
        if self.route.method != "GET" && !who.login.is_empty() {
            browser = Browser::enter(router, who.login).await;
        }
        let body = body(self.route, city, &browser.csrf);
        browser.calls(self.route.method, &self.path(), &body).await
    }
}

/// What a route is sent.
pub fn body(route: &Route, city: &City, csrf: &str) -> String {
    let key = city.store.new_key().to_string();
    route.sends.replace("{csrf}", csrf).replace("{key}", &key).replace("{own}", &city.own)
}

/// Somebody of the demo, or nobody.
struct Who {
    role: &'static str,
    login: &'static str,
    browser: Browser,
}

/// Ask for every route as everyone; what each was answered, as a table. Meanwhile every answer is held to what holds of
/// all of them.
pub async fn everyone(city: &City, router: &Router, described: &Described) -> String {
    let mut all = vec![Who { role: "nobody", login: "", browser: Browser::nobody(router) }];
    for (role, login) in people() {
        all.push(Who { role, login, browser: Browser::enter(router, login).await });
    }
    let newest = city.store.newest().await.expect("a read");
    let mut table = format!("{:WIDTH$}", "");
    for who in &all {
        write!(table, "  {}", who.role).expect("room");
    }
    table.push('\n');
    for route in ROUTES {
        for (label, id) in city.samples(route.sample) {
            let request = Request { route, label, id };
            write!(table, "{:WIDTH$}", request.to_string()).expect("room");
            for who in &all {
                let answer = request.sent(who, city, router).await;
                holds(&request, who, city, &answer).await;
                described.fits(route.method, route.path, &answer);
                write!(table, "  {:<width$}", answer.status, width = who.role.len()).expect("room");
            }
            table.truncate(table.trim_end().len());
            table.push('\n');
        }
    }
    assert_eq!(city.store.newest().await.expect("a read"), newest, "asking changed something");
    table
}

/// A place that the record will not reach.
const NO_ENTRY: &str = "9007199254740991";

/// How wide the first column is.
const WIDTH: usize = 66;

/// What holds of every answer.
async fn holds(request: &Request, who: &Who, city: &City, answer: &Answer) {
    let (route, asked) = (request.route, format!("{request} as {}", who.role));
    for (name, value) in [("x-content-type-options", "nosniff"), ("referrer-policy", "same-origin")] {
        assert_eq!(answer.header(name), value, "{asked}: {name}");
    }
    let policy = answer.header("content-security-policy");
    for wanted in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(wanted), "{asked}: the content security policy lacks {wanted}");
    }
    let kept = request.route.sample == Sample::Asset && answer.status == 200;
    assert_eq!(answer.header("cache-control") == "no-store", !kept, "{asked}: {}", answer.header("cache-control"));
    assert!(answer.status < 500, "{asked}: {}", answer.body);
    if !matches!(route.guard, Guard::Open(_)) && who.login.is_empty() {
        refuses_nobody(&asked, route, answer);
    } else if let Guard::Reads(reading) = route.guard {
        let allowed = city.readable(&city.actor(who.login).await, reading, &request.id).await;
        reads(&asked, request, who, answer, allowed).await;
    } else if let Guard::MayEver(act) = route.guard {
        let actor = city.actor(who.login).await;
        let allowed = city.store.policies().may_ever(&actor, act).is_ok();
        let refused = [403, 404].contains(&answer.status);
        assert!(allowed || refused, "{asked}: {} to somebody who may never {act}", answer.status);
        assert!(!allowed || answer.status != 403, "{asked}: refused to somebody who may {act}");
    } else if let Guard::Named = route.guard {
        assert_eq!(answer.status, 404, "{asked}: {}", answer.body);
    } else if let Guard::Acts = route.guard {
        assert!([403, 409].contains(&answer.status), "{asked}: a policy or the case says no, not {}", answer.body);
    }
}

/// Who is not signed in is told so, or led to where one signs in.
fn refuses_nobody(asked: &str, route: &Route, answer: &Answer) {
    let led = answer.status == 303 && answer.header("location").starts_with("/sign-in");
    let refused = if route.path.starts_with("/api/") { answer.status == 401 } else { led };
    assert!(refused, "{asked}: {} {}", answer.status, answer.body);
}

/// The policy decides; and what one may not see is answered word by word as what is not there.
async fn reads(asked: &str, request: &Request, who: &Who, answer: &Answer, allowed: bool) {
    let refused = [403, 404].contains(&answer.status);
    if allowed && request.route.method == "GET" {
        return assert_eq!(answer.status, 200, "{asked}: {}", answer.body);
    }
    if allowed {
        return assert!(!refused, "{asked}: refused to somebody who may: {}", answer.body);
    }
    if request.id.is_empty() {
        return assert!(refused, "{asked}: {}", answer.status);
    }
    assert_eq!(answer.status, 404, "{asked}: {}", answer.body);
    // A place in the record is a number that may stand elsewhere on the page too: its whole path is what differs.
    let (is, other) = match request.route.sample {
        Sample::Entry => (request.path(), Route::filled(request.route.path, NO_ENTRY)),
        Sample::Tree => (request.path(), Route::filled(request.route.path, NOTHING)),
        _ => (request.id.clone(), NOTHING.to_owned()),
    };
    let nothing = if request.route.sample == Sample::Entry { NO_ENTRY } else { NOTHING };
    let missing = who.browser.gets(&Route::filled(request.route.path, nothing)).await;
    assert_eq!(answer.body.replace(&is, &other), missing.body, "{asked}: the answer tells that it is there");
}

/// A list names exactly what its reader can open.
pub async fn lists_name_what_opens(city: &City) {
    let inspector = city.actor("YT0481").await;
    let everything = city.store.reader(&inspector);
    let cycles = city.store.cycles().await.expect("cycles");
    let (mut slates, mut sheets) = (Vec::new(), Vec::new());
    for cycle in &cycles {
        let id = CycleId(cycle.cycle_id);
        slates.extend(everything.slates(id).await.expect("slates").into_iter().map(|row| row.slate_id));
        sheets
            .extend(everything.participants_in(id, ALL).await.expect("sheets").into_iter().map(|row| row.appraisal_id));
    }
    let notices: Vec<_> =
        everything.notices_in(ALL).await.expect("notices").into_iter().map(|row| row.notice_id).collect();
    let outcomes = everything.outcomes_in(ALL).await.expect("outcomes");
    let outcomes: Vec<_> = outcomes.into_iter().map(|row| row.outcome_id).collect();
    let findings = everything.findings_in(ALL).await.expect("findings");
    let findings: Vec<_> = findings.into_iter().map(|row| row.finding_id).collect();
    assert!([&slates, &sheets, &notices, &outcomes, &findings].iter().all(|ids| !ids.is_empty()));
    let heads = ["YT0001", "YT0256", "YT0319"];
    for login in people().map(|(_, login)| login).chain(heads) {
        let actor = city.actor(login).await;
        let desk = city.store.reader(&actor);
        let (mut seen_slates, mut seen_sheets) = (BTreeSet::new(), BTreeSet::new());
        for cycle in &cycles {
            let id = CycleId(cycle.cycle_id);
            seen_slates.extend(desk.slates(id).await.expect("slates").into_iter().map(|row| row.slate_id));
            seen_sheets
                .extend(desk.participants_in(id, ALL).await.expect("sheets").into_iter().map(|row| row.appraisal_id));
        }
        let seen_notices = desk.notices_in(ALL).await.expect("notices").into_iter().map(|row| row.notice_id).collect();
        let seen_outcomes =
            desk.outcomes_in(ALL).await.expect("outcomes").into_iter().map(|row| row.outcome_id).collect();
        let seen_findings =
            desk.findings_in(ALL).await.expect("findings").into_iter().map(|row| row.finding_id).collect();
        let lists = [
            (Reading::Slate, &slates, seen_slates),
            (Reading::Notice, &notices, seen_notices),
            (Reading::Outcome, &outcomes, seen_outcomes),
            (Reading::Finding, &findings, seen_findings),
        ];
        for (reading, all, seen) in lists {
            for id in all {
                let opens = city.readable(&actor, reading, &id.to_string()).await;
                assert_eq!(seen.contains(id), opens, "{login} {reading:?} {id}");
            }
        }
        for id in &sheets {
            let opens = city.readable(&actor, Reading::Appraisal, &id.to_string()).await;
            assert_eq!(seen_sheets.contains(id), opens, "{login} {id}");
        }
    }
}

/// Pages of somebody from outside besides the one appraisal.
const OUTSIDE: [&str; 18] = [
    "/",
    "/todos",
    "/sign-out",
    "/acts/{name}",
    "/account",
    "/account/password",
    "/account/second-factor",
    "/account/signing-key",
    "/account/sessions/end",
    "/api/session",
    "/api/acts",
    "/api/acts/text",
    "/api/todos",
    "/appraisals/{id}",
    "/appraisals/{id}/trail",
    "/appraisals/{id}/values/{indicator}",
    "/api/appraisals/{id}",
    "/api/appraisals/{id}/trail",
];

/// Somebody from outside asks for every route: of the office there is nothing but the one appraisal they were asked into.
pub async fn from_outside(city: &City, router: &Router) {
    let (login, cookie) = outsider(city).await;
    let browser = Browser::with_cookie(router, &cookie).await;
    let home = browser.gets("/").await;
    assert!(home.body.contains(&format!("/appraisals/{}", city.own)), "{login} has something to do: {}", home.body);
    for area in ["/cycles", "/notices", "/outcomes", "/regimes"] {
        assert!(!home.body.contains(&format!("href=\"{area}\"")), "no way to {area}");
    }
    let sheet = browser.gets(&format!("/appraisals/{}", city.own)).await;
    assert!(sheet.body.contains("give_score"), "the form to score with");
    assert!(!sheet.body.contains("/assessors\""), "no way to a page that is not theirs");
    for route in ROUTES.iter().filter(|route| !matches!(route.guard, Guard::Open(_))) {
        for (label, id) in city.samples(route.sample) {
            let body = body(route, city, &browser.csrf);
            let asked = format!("{} {} {label}", route.method, route.path);
            let own = OUTSIDE.contains(&route.path)
                && (route.sample != Sample::Appraisal && route.sample != Sample::Value || id == city.own);
            // Sending goes from a session of its own, which it may end.
            let sender = match route.method {
                "GET" => browser.clone(),
                _ => Browser::with_cookie(router, &enter(city, &login).await).await,
            };
            let answer = sender.calls(route.method, &Route::filled(route.path, &id), &body).await;
            match own {
                true => assert_ne!(answer.status, 404, "{asked}"),
                false => assert_eq!(answer.status, 404, "{asked}"),
            }
        }
    }
}

/// Begins a session.
async fn enter(city: &City, login: &str) -> String {
    let account = city.store.account_of_login(login).await.expect("a read").expect("an account");
    let beginning = Beginning { by_demo: true, ..Beginning::default() };
    let begun = session::begin(&App::new(city.store.clone()), account, beginning).await.expect("a session");
    begun.cookie.to_str().expect("a header").split(';').next().expect("a cookie").to_owned()
}

/// HR enters somebody from outside for the employee's appraisal and names them.
async fn outsider(city: &City) -> (String, String) {
    let (hr, login) = (city.actor(hr()).await, "outsider".to_owned());
    let appraisal: AppraisalId = city.own.parse().expect("an id");
    let third_party = Draft {
        replaces: None,
        name: "魏外".to_owned(),
        employer: "云汀大学".to_owned(),
        id_number: None,
        assurance: "经单位核实".to_owned(),
        document: "邀请函".to_owned(),
    };
    let act = |act| city.store.act(&hr, city.store.new_key(), act);
    act(Act::EnterThirdParty { appraisal, third_party }).await.expect("an entry");
    let read = || async { city.store.reader(&hr).appraisal(appraisal).await.expect("a read").expect("an appraisal").1 };
    let sheet = read().await;
    let person = sheet.third_parties[0].id;
    let half = Points(Points::FULL.0 / 2);
    let mut assessors = sheet.assessors.clone();
    assessors.truncate(1);
    assessors[0].weight = half;
    assessors.push(Assessor { person, weight: half });
    act(Act::NameAssessors { appraisal, assessors }).await.expect("they are named");
    let open = Act::OpenAccount { login: login.clone(), person: Some(person), name: None };
    city.store.act(&Actor::System, city.store.new_key(), open).await.expect("an account");
    let cookie = enter(city, &login).await;
    (login, cookie)
}

fn hr() -> &'static str {
    people().find(|(role, _)| *role == "hr_officer").expect("HR").1
}
