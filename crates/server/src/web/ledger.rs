//! The record of everyone: its entries, the proof that each is in it, and the check of all of it.

mod check;
mod checkpoints;

pub use check::Check;

use super::{
    App,
    error::{PageError, percent_encoded},
    kit,
    locale::Locale,
    session::SignedIn,
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};
use domain::{context::CHINA, event::StreamKind, id::AccountId};
use jiff::{Timestamp, ToSpan, civil::Date, civil::Time};
use ledger::{Algorithm, Hash, Head};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::query::{AccountNames, EntryFilter, EntryLine, Proven};
use uuid::Uuid;

/// `/ledger` and below.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/ledger", get(list))
        .route("/ledger/check", get(check::page).post(check::begin))
        .route("/ledger/check/progress", get(check::progress))
        .route("/ledger/checkpoints", get(checkpoints::page))
        .route("/ledger/{seq}", get(show))
}

/// How many entries a page shows.
const PAGE: u64 = 50;

/// What is looked for, as the address says it.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Search {
    by: String,
    act: String,
    from: String,
    to: String,
    kind: String,
    stream: String,
    before: String,
}

impl Search {
    /// What can't be read is not looked for.
    fn filter(&self) -> EntryFilter {
        let day = |text: &str| text.parse::<Date>().ok();
        let begin = |day: Date| CHINA.to_timestamp(day.to_datetime(Time::midnight())).ok();
        EntryFilter {
            by: self.by.clone(),
            act: Some(self.act.clone()).filter(|act| !act.is_empty()),
            from: day(&self.from).and_then(begin),
            to: day(&self.to).and_then(|last| last.checked_add(1.day()).ok()).and_then(begin),
            kind: kind(&self.kind),
            stream: self.stream.parse().ok(),
            before: self.before.parse().ok(),
        }
    }

    /// The address of the list, `before` aside.
    fn address(&self, before: Option<u64>) -> String {
        let pairs = [
            ("by", &self.by),
            ("act", &self.act),
            ("from", &self.from),
            ("to", &self.to),
            ("kind", &self.kind),
            ("stream", &self.stream),
        ];
        let set = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let set = set.map(|(name, value)| format!("{name}={}", percent_encoded(value)));
        let query: Vec<String> = set.chain(before.map(|before| format!("before={before}"))).collect();
        if query.is_empty() { "/ledger".to_owned() } else { format!("/ledger?{}", query.join("&")) }
    }
}

fn kind(name: &str) -> Option<StreamKind> {
    StreamKind::ALL.into_iter().find(|kind| kind.as_str() == name)
}

#[derive(Template, WebTemplate)]
#[template(path = "ledger/index.html")]
struct Index {
    page: kit::Page,
    head: Vec<kit::Term>,
    search: kit::Form,
    narrowed: bool,
    acts: Vec<kit::Choice>,
    kinds: Vec<kit::Choice>,
    entries: kit::Table,
    newest: Option<String>,
    older: Option<String>,
}

async fn list(State(app): State<App>, Query(search): Query<Search>, person: SignedIn) -> Result<Index, PageError> {
    let t = person.reader.t;
    let desk = app.store.reader(&person.actor);
    let head = desk.head().await?.ok_or(PageError::NotFound)?;
    // One more than is shown tells whether there are older ones.
    let mut lines = desk.entries(&search.filter(), PAGE + 1).await?;
    let more = lines.len() as u64 > PAGE;
    lines.truncate(PAGE as usize);
    let called = called(&app, &lines).await?;
    let oldest = lines.last().map(|line| line.seq);
    let pairs = [("by", &search.by), ("act", &search.act), ("from", &search.from), ("to", &search.to)];
    let pairs = pairs.into_iter().chain([("kind", &search.kind), ("stream", &search.stream)]);
    let form = pairs.fold(kit::Form::default(), |form, (name, value)| form.fill(name, value.clone()));
    let acts = domain::act::Act::NAMES.iter().map(|act| kit::Choice::new(*act, t.get(&format!("act-{act}"))));
    let kinds =
        StreamKind::ALL.map(|kind| kit::Choice::new(kind.as_str(), t.get(&format!("stream-{}", kind.as_str()))));
    Ok(Index {
        head: vec![
            kit::Term::new(t.get("ledger-size"), t.number(head.size)),
            kit::Term::new(t.get("ledger-root"), hex::encode(head.root)),
        ],
        narrowed: search.address(None) != "/ledger",
        newest: (!search.before.is_empty()).then(|| search.address(None)),
        older: oldest.filter(|_| more).map(|oldest| search.address(Some(oldest))),
        search: form,
        acts: acts.collect(),
        kinds: kinds.to_vec(),
        entries: table(t, &lines, &called),
        page: person.page("/ledger", t.get("ledger-title")),
    })
}

async fn called(app: &App, lines: &[EntryLine]) -> Result<AccountNames, store::Error> {
    app.store.account_names(lines.iter().filter_map(|line| line.account.map(AccountId))).await
}

fn who(t: Locale, called: &AccountNames, account: Option<Uuid>) -> String {
    account.map_or_else(|| t.get("ledger-by-system"), |id| called.get(&AccountId(id)).cloned().unwrap_or_default())
}

fn event(t: Locale, name: &str) -> String {
    t.get(&format!("event-{name}"))
}

fn stream(t: Locale, kind: Option<StreamKind>) -> String {
    kind.map(|kind| t.get(&format!("stream-{}", kind.as_str()))).unwrap_or_default()
}

fn table(t: Locale, lines: &[EntryLine], called: &AccountNames) -> kit::Table {
    let row = |line: &EntryLine| {
        vec![
            kit::Cell::new(line.seq.to_string()).link(format!("/ledger/{}", line.seq)),
            kit::Cell::new(t.moment(&line.at)),
            kit::Cell::new(who(t, called, line.account)),
            kit::Cell::new(event(t, &line.event)).note(t.get(&format!("act-{}", line.act))),
            kit::Cell::new(stream(t, line.kind)).link(format!("/ledger?stream={}", line.stream)),
        ]
    };
    let columns = ["ledger-seq", "ledger-when", "ledger-who", "ledger-what", "ledger-stream"];
    kit::Table {
        caption: t.get("ledger-entries"),
        note: String::new(),
        columns: columns.map(|key| kit::Column::words(t.get(key))).to_vec(),
        rows: lines.iter().map(row).collect(),
        total: Vec::new(),
    }
}

/// One step from the leaf to the root.
struct Rung {
    left: String,
    right: String,
    hash: String,
    /// The leaf's own side.
    from_left: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "ledger/entry.html")]
struct Show {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    facts: Vec<kit::Term>,
    stream_href: String,
    /// The body with its lines broken, for reading.
    readable: String,
    body: String,
    sealed: Option<String>,
    leaf: String,
    leaf_holds: bool,
    rungs: Vec<Rung>,
    size: u64,
    root: String,
    proven: bool,
    newer: Option<String>,
    older: Option<String>,
}

async fn show(State(app): State<App>, Path(seq): Path<u64>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let found = app.store.reader(&person.actor).entry(seq).await?;
    let Proven { line, body, leaf, sealed, head, path } = found.ok_or(PageError::NotFound)?;
    let called = called(&app, std::slice::from_ref(&line)).await?;
    let hashed = Algorithm::Sha256.leaf_hash(body.as_bytes());
    let proven = ledger::verify_inclusion(Algorithm::Sha256, &head, seq, &hashed, &path).is_ok();
    let Head { size, root } = head;
    let facts = [
        ("ledger-when", t.moment(&line.at)),
        ("ledger-who", who(t, &called, line.account)),
        ("ledger-act", t.get(&format!("act-{}", line.act))),
        ("ledger-what", event(t, &line.event)),
        ("ledger-stream", stream(t, line.kind)),
    ];
    let readable = serde_json::from_str::<serde_json::Value>(&body)?;
    Ok(Show {
        crumbs: vec![kit::Crumb { label: t.get("ledger-title"), href: "/ledger".to_owned() }],
        facts: facts.into_iter().map(|(key, value)| kit::Term::new(t.get(key), value)).collect(),
        stream_href: format!("/ledger?stream={}", line.stream),
        readable: serde_json::to_string_pretty(&readable)?,
        sealed: sealed.map(|bytes| t.bytes(&(bytes as u64))),
        leaf: hex::encode(hashed),
        leaf_holds: hashed == leaf,
        rungs: climb(hashed, seq, size, &path),
        size,
        root: hex::encode(root),
        proven,
        newer: Some(seq + 1).filter(|next| *next < size).map(|next| format!("/ledger/{next}")),
        older: seq.checked_sub(1).map(|before| format!("/ledger/{before}")),
        body,
        page: person.page(&format!("/ledger/{seq}"), t.with("ledger-entry", &[("seq", seq)])),
    })
}

/// The arithmetic of a proof, joined from the leaf upwards as RFC 9162, section 2.1.3.2 does: SHA-256(0x01 || left ||
/// right). `ledger::verify_inclusion` decides whether it holds; this shows the way, for anyone with a calculator.
fn climb(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Vec<Rung> {
    let (mut node, mut last, mut hash) = (index, size.saturating_sub(1), leaf);
    let mut rungs = Vec::with_capacity(path.len());
    for sibling in path {
        // A last node without a sibling of its own stands for its parents, up to the first right child.
        while node % 2 == 0 && node == last && node > 0 {
            (node, last) = (node >> 1, last >> 1);
        }
        let from_left = node % 2 == 0;
        let (left, right) = if from_left { (&hash, sibling) } else { (sibling, &hash) };
        let joined: Hash = Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into();
        let (left, right) = (hex::encode(left), hex::encode(right));
        rungs.push(Rung { left, right, hash: hex::encode(joined), from_left });
        (node, last, hash) = (node >> 1, last >> 1, joined);
    }
    rungs
}

fn moment(t: Locale, at: Timestamp) -> String {
    t.moment(&at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::{Coordinate, Frontier, prove_inclusion};
    use std::collections::BTreeMap;

    #[test]
    fn the_arithmetic_shown_leads_to_the_root() {
        for size in 1..=40_u64 {
            let (mut frontier, mut nodes) = (Frontier::default(), BTreeMap::new());
            for leaf in 0..size {
                for node in frontier.push(Algorithm::Sha256.leaf_hash(&leaf.to_be_bytes())) {
                    nodes.insert(node.coordinate(), node.hash);
                }
            }
            for seq in 0..size {
                let leaf = Algorithm::Sha256.leaf_hash(&seq.to_be_bytes());
                let path = prove_inclusion(Algorithm::Sha256, seq, size, |at: Coordinate| nodes.get(&at).copied())
                    .expect("a proof");
                let rungs = climb(leaf, seq, size, &path);
                let reached = rungs.last().map_or(hex::encode(leaf), |rung| rung.hash.clone());
                assert_eq!(reached, hex::encode(frontier.root()), "{seq} of {size}");
            }
        }
    }

    #[test]
    fn an_address_keeps_what_is_looked_for() {
        let search = Search { by: "王 &".to_owned(), from: "2026-10-14".to_owned(), ..Search::default() };
        assert_eq!(search.address(Some(7)), "/ledger?by=%E7%8E%8B%20%26&from=2026-10-14&before=7");
        assert_eq!(Search::default().address(None), "/ledger");
        let filter = search.filter();
        assert_eq!(filter.from.expect("a day").to_string(), "2026-10-13T16:00:00Z", "days begin in China");
        assert_eq!(Search { from: "nonsense".to_owned(), ..Search::default() }.filter().from, None);
    }
}
