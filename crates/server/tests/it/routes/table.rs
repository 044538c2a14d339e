//! Every route, who may use it, and what is asked for when it is tried. A route that is missing here fails the tests.
//!
//! To add one: a line with method, path, [`Guard`], and the [`Sample`]s that are put in its placeholder. A `POST` says in
//! `.sends(…)` what is sent: in it `{csrf}` is the session's token, `{key}` a fresh key, `{own}` the employee's appraisal.
//! What is sent is made to be refused in the end, so that trying changes nothing.

use policy::Reading;

/// What stands between a route and whoever asks.
#[derive(Clone, Copy, Debug)]
pub enum Guard {
    /// Nothing, and why that is right.
    Open(#[expect(dead_code, reason = "read by whoever reviews the table")] &'static str),
    /// One has to be signed in; it tells what is one's own, or what everyone in the office may know.
    SignedIn,
    /// The policy of a reading: who may not gets the answer of what is not there, or for a list a refusal.
    Reads(Reading),
    /// The policy of the acts that it prepares: who may never do them is refused.
    MayEver(&'static str),
    /// The policy of the act that is sent.
    Acts,
    /// The policy of a reading, and a record that names the thing: the sample is named nowhere, so nobody gets it.
    Named,
}

/// What is put in a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sample {
    /// There is no placeholder.
    Plain,
    Account,
    /// The address of a file that is there.
    Asset,
    /// The name of an act.
    Act,
    Appraisal,
    Batch,
    Cycle,
    /// A place in the record.
    Entry,
    /// A kind of error page.
    Failure,
    Finding,
    Indicator,
    /// Looks at ties: there are none in the city as it is filled.
    Look,
    Notice,
    Outcome,
    Regime,
    /// A batch whose rows are open to whoever reads batches; registers of private ties are not.
    Rows,
    Slate,
    /// The SHA-256 tree.
    Tree,
    /// An appraisal that has the indicator of the second placeholder.
    Value,
    /// Files handed in: there are none.
    Upload,
}

/// What a second placeholder of a path always holds.
const SECOND: [(&str, &str); 5] = [
    ("{*path}", "0/000.p/1"),
    ("{*bundle}", "000.p/1"),
    ("{indicator}", "CK-N01"),
    ("{number}", "4"),
    ("{digest}", "0000000000000000000000000000000000000000000000000000000000000000"),
];

/// One route.
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub guard: Guard,
    pub sample: Sample,
    pub sends: &'static str,
}

impl Route {
    /// The path with a value in its placeholder.
    pub fn filled(path: &str, value: &str) -> String {
        let path = &SECOND.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
        match (path.find('{'), path.find('}')) {
            (Some(from), Some(to)) => format!("{}{value}{}", &path[..from], &path[to + 1..]),
            _ => path.clone(),
        }
    }

    const fn sends(self, sends: &'static str) -> Self {
        Route { sends, ..self }
    }
}

const fn get(path: &'static str, guard: Guard, sample: Sample) -> Route {
    Route { method: "GET", path, guard, sample, sends: "" }
}

const fn post(path: &'static str, guard: Guard, sample: Sample) -> Route {
    Route { method: "POST", path, guard, sample, sends: "" }
}

const fn delete(path: &'static str, guard: Guard, sample: Sample) -> Route {
    Route { method: "DELETE", path, guard, sample, sends: "" }
}

use Guard::{Acts, MayEver, Named, Open, Reads, SignedIn};
use Sample::{
    Account, Act, Appraisal, Asset, Batch, Cycle, Entry, Failure, Finding, Indicator, Look, Notice, Outcome, Plain,
    Regime, Rows, Slate, Tree, Upload, Value,
};

/// All of them.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    // Before signing in
    get("/health", Open("whoever runs the server asks whether it is there"), Plain),
    get("/assets/{file}", Open("styles, scripts and icons, the same for everyone"), Asset),
    get("/gallery", Open("the kit's parts with made-up samples"), Plain),
    get("/gallery/progress", Open("as above"), Plain),
    get("/gallery/refused", Open("as above"), Plain),
    get("/gallery/confirm", Open("as above"), Plain),
    get("/gallery/result", Open("as above"), Plain),
    post("/gallery/result", Open("as above"), Plain).sends("answer=yes"),
    get("/gallery/errors/{kind}", Open("as above"), Failure),
    get("/sign-in", Open("where one signs in"), Plain),
    post("/sign-in", Open("signs in"), Plain).sends("login=nobody-at-all&password=wrong&code="),
    post("/sign-in/demo", Open("signs in, in the demo only"), Plain).sends("login=nobody-at-all"),
    get("/verify", Open("a proof is for whoever it was handed to; the browser checks it"), Plain),
    post("/preferences", Open("language and display of this browser"), Plain).sends("lang=zh-CN&return_to=/"),
    post("/csp-report", Open("browsers report what the content security policy stopped"), Plain).sends("{}"),

    // The transparency log
    get("/log/{tree}/checkpoint", Open("what was signed is for everyone"), Tree),
    post("/log/{tree}/checkpoint", Open("the signature in it is the leave"), Tree).sends("no checkpoint"),
    get("/log/{tree}/advance", Open("what is to be signed: hashes"), Tree),
    get("/log/{tree}/tile/{*path}", Open("hashes"), Tree),
    get("/log/{tree}/tile/entries/{*bundle}", Reads(Reading::Ledger), Tree),

    // Pages
    get("/", SignedIn, Plain),
    post("/sign-out", SignedIn, Plain).sends("csrf_token={csrf}"),
    get("/appraisals/{id}", Reads(Reading::Appraisal), Appraisal),
    get("/appraisals/{id}/trail", Reads(Reading::Appraisal), Appraisal),
    get("/appraisals/{id}/assessors", Reads(Reading::Appraisal), Appraisal),
    post("/appraisals/{id}/assessors", SignedIn, Appraisal).sends("csrf_token=from-another-page"),
    get("/appraisals/{id}/attachments/{digest}", Named, Appraisal),
    get("/todos", SignedIn, Plain),
    get("/cycles", SignedIn, Plain),
    get("/cycles/new", MayEver("open_cycle"), Plain),
    post("/cycles/new", MayEver("open_cycle"), Plain).sends("csrf_token={csrf}&cycle.regime=civil_servant&step=preview"),
    get("/cycles/{id}", SignedIn, Cycle),
    get("/cycles/{id}/participants", SignedIn, Cycle),
    get("/cycles/{id}/participants.csv", SignedIn, Cycle),
    get("/cycles/{id}/bulk", MayEver("freeze_scoring"), Cycle),
    post("/cycles/{id}/bulk", MayEver("freeze_scoring"), Cycle).sends("csrf_token={csrf}&work=compute_scores"),
    // HR of a unit may, for their unit: the policy decides on each sheet.
    get("/cycles/{id}/assessors", SignedIn, Cycle),
    post("/cycles/{id}/assessors", SignedIn, Cycle).sends("csrf_token=from-another-page"),
    get("/slates/{id}", Reads(Reading::Slate), Slate),
    get("/notices", SignedIn, Plain),
    get("/notices/{id}", Reads(Reading::Notice), Notice),
    get("/outcomes", SignedIn, Plain),
    get("/outcomes/{id}", Reads(Reading::Outcome), Outcome),
    get("/findings", Reads(Reading::Finding), Plain),
    get("/findings.csv", Reads(Reading::Finding), Plain),
    get("/findings/{id}", Reads(Reading::Finding), Finding),
    get("/supervision", Reads(Reading::Supervision), Plain),
    get("/supervision.csv", Reads(Reading::Supervision), Plain),
    post("/findings/scan", Reads(Reading::Finding), Plain).sends("csrf_token=from-another-page"),
    get("/findings/scan/progress", Reads(Reading::Finding), Plain),
    get("/findings/warning", Reads(Reading::Finding), Plain),
    get("/findings/warning.csv", Reads(Reading::Finding), Plain),
    get("/declarations", SignedIn, Plain),
    get("/declarations/all", Reads(Reading::Declarations), Plain),
    get("/indicators", Reads(Reading::Cycle), Plain),
    get("/indicators/new", MayEver("define_indicator"), Plain),
    get("/indicators/{id}", Reads(Reading::Cycle), Indicator),
    post("/indicators/check", MayEver("define_indicator"), Plain).sends("csrf_token={csrf}"),
    get("/regimes", SignedIn, Plain),
    get("/regimes/{id}", SignedIn, Regime),
    get("/appraisals/{id}/values/{indicator}", Reads(Reading::Appraisal), Value),
    get("/imports", MayEver("import_batch"), Plain),
    post("/imports", MayEver("import_batch"), Plain).sends("csrf_token={csrf}"),
    get("/imports/{id}", MayEver("import_batch"), Upload),
    get("/imports/{id}/bad-rows.csv", MayEver("import_batch"), Upload),
    post("/imports/{id}/commit", MayEver("import_batch"), Upload).sends("csrf_token={csrf}"),
    post("/imports/{id}/discard", MayEver("import_batch"), Upload).sends("csrf_token={csrf}"),
    post("/imports/{id}/retry", MayEver("import_batch"), Upload).sends("csrf_token={csrf}"),
    get("/batches", Reads(Reading::Batches), Plain),
    get("/batches/{id}", Reads(Reading::Batches), Batch),
    get("/batches/{id}/left-out", Reads(Reading::Batches), Batch),
    get("/batches/{id}/rows/{number}", Reads(Reading::Batches), Rows),
    get("/account", SignedIn, Plain),
    get("/account/password", SignedIn, Plain),
    post("/account/password", SignedIn, Plain).sends("csrf_token={csrf}&idempotency_key={key}&old=wrong&new=&again="),
    get("/account/second-factor", SignedIn, Plain),
    post("/account/second-factor", SignedIn, Plain).sends("csrf_token={csrf}&idempotency_key={key}&password=wrong&code="),
    get("/account/signing-key", SignedIn, Plain),
    post("/account/sessions/end", SignedIn, Plain).sends("csrf_token=from-another-page"),
    get("/accounts", Reads(Reading::Accounts), Plain),
    get("/accounts/new", MayEver("open_account"), Plain),
    post("/accounts/new", MayEver("open_account"), Plain).sends("csrf_token={csrf}&idempotency_key={key}&number=&login=&name="),
    get("/accounts/roster", MayEver("open_account"), Plain),
    post("/accounts/roster", MayEver("open_account"), Plain).sends("csrf_token=from-another-page"),
    get("/accounts/{id}", Reads(Reading::Accounts), Account),
    post("/accounts/{id}/password", MayEver("set_password"), Account).sends("csrf_token={csrf}&idempotency_key=none"),
    get("/account/looks", SignedIn, Plain),
    get("/looks", MayEver("look_at_ties"), Plain),
    // Whoever took it: everybody else, another inspector too, is answered as if it were not there (looks.rs).
    get("/looks/{id}", Named, Look),
    get("/ledger", Reads(Reading::Ledger), Plain),
    get("/ledger/{seq}", Reads(Reading::Ledger), Entry),
    get("/ledger/check", Reads(Reading::Ledger), Plain),
    post("/ledger/check", Reads(Reading::Ledger), Plain).sends("csrf_token=from-another-page"),
    get("/ledger/check/progress", Reads(Reading::Ledger), Plain),
    get("/ledger/checkpoints", Reads(Reading::Ledger), Plain),
    // The first entry: of the console, about nobody's appraisal. Who did an act, and who reads the appraisal it is
    // about, may have its receipt too: transparency.rs.
    get("/receipts/{seq}", Reads(Reading::Ledger), Entry),
    get("/receipts/{seq}/proof", Reads(Reading::Ledger), Entry),
    post("/acts/{name}", Acts, Act).sends("csrf_token={csrf}&idempotency_key={key}&appraisal={own}&version%23=99"),

    get("/posts", Reads(Reading::Posts), Plain),
    get("/posts.csv", Reads(Reading::Posts), Plain),
    get("/tips", SignedIn, Plain),
    post("/tips", SignedIn, Plain).sends("csrf_token={csrf}&idempotency_key={key}&subject=&concerned=&text="),
    get("/tips/kept", Reads(Reading::Tips), Plain),

    // The API
    get("/api/openapi.json", Open("says how the interface works, and nothing of anybody"), Plain),
    post("/api/session", Open("signs in"), Plain).sends(r#"{"login":"nobody-at-all","password":"wrong"}"#),
    get("/api/session", SignedIn, Plain),
    delete("/api/session", SignedIn, Plain),
    post("/api/acts", Acts, Plain).sends(r#"{"key":"{key}","act":"endorse_goals","appraisal":"{own}","version":99}"#),
    post("/api/acts/text", SignedIn, Plain).sends(r#"{"key":"{key}","act":"endorse_goals","appraisal":"{own}","version":99}"#),
    get("/api/todos", SignedIn, Plain),
    get("/api/cycles", SignedIn, Plain),
    get("/api/cycles/{id}", SignedIn, Cycle),
    get("/api/cycles/{id}/participants", SignedIn, Cycle),
    get("/api/cycles/{id}/slates", SignedIn, Cycle),
    get("/api/slates/{id}", Reads(Reading::Slate), Slate),
    get("/api/appraisals/{id}", Reads(Reading::Appraisal), Appraisal),
    get("/api/appraisals/{id}/trail", Reads(Reading::Appraisal), Appraisal),
    post("/api/attachments", SignedIn, Plain).sends(""),
    get("/api/appraisals/{id}/attachments/{digest}", Named, Appraisal),
    get("/api/notices", SignedIn, Plain),
    get("/api/notices/{id}", Reads(Reading::Notice), Notice),
    get("/api/outcomes", SignedIn, Plain),
    get("/api/outcomes/{id}", Reads(Reading::Outcome), Outcome),
    get("/api/findings", SignedIn, Plain),
    get("/api/supervision", Reads(Reading::Supervision), Plain),
    get("/api/findings/warning", Reads(Reading::Finding), Plain),
    get("/api/findings/{id}", Reads(Reading::Finding), Finding),
    get("/api/declaration", SignedIn, Plain),
    get("/api/indicators", Reads(Reading::Roster), Plain),
    get("/api/units", SignedIn, Plain),
    get("/api/people", SignedIn, Plain),
    get("/api/regimes", SignedIn, Plain),
    get("/api/batches", Reads(Reading::Batches), Plain),
    get("/api/batches/{id}", Reads(Reading::Batches), Batch),
    get("/api/accounts", Reads(Reading::Accounts), Plain),
    get("/api/posts", Reads(Reading::Posts), Plain),
    get("/api/looks/{id}", Named, Look),
];
