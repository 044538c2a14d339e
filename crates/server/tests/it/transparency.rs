//! The record as a transparency log, from an act to a proof that is checked with the public keys alone; and what each of
//! those around it says when somebody who has the server, the database, or even the log's key rewrites history.

mod readings;

use crate::{
    fresh::{Fresh, on_both},
    visitor::{Office, Visitor},
};
use axum::http::StatusCode;
use domain::{act::Act, actor::Role};
use ledger::{Advance, Algorithm, Bundle, Checkpoint, Head, Note, SigningKey, TrustPolicy, sign_checkpoint};
use server::{
    checkpoints::{
        Trust, cosign,
        key::{self, Purpose},
        sign::Signer,
        verify::verify,
        witness,
    },
    web,
};
use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};
use store::{Store, query::EntryFilter};
use tempfile::TempDir;
use tokio::net::TcpListener;

on_both! {
    a_receipt_becomes_a_proof_that_is_checked_with_the_keys_alone,
    proofs_and_growth_hold_by_what_go_trusts_for_its_own_modules,
    proofs_are_for_who_may_read_the_entry,
    standard_monitors_find_the_tree_at_the_standard_paths,
    a_record_that_was_set_back_or_rewritten_is_left_unsigned,
    one_history_for_every_witness,
}

const ORIGIN: &str = "test.example/mingjing";

fn log_key() -> SigningKey {
    SigningKey::ed25519(ORIGIN, &[7; 32]).expect("a key")
}

/// A log with a key that everyone in the tests knows, and no witness.
pub fn trust() -> Trust {
    Arc::new(format!("log {}\nquorum none\n", log_key().verifier()).parse().expect("a policy"))
}

/// Sign the record as it stands.
pub async fn sign(store: &Store) {
    let note = signed(store, &log_key(), None).await;
    assert!(store.keep_checkpoint(Algorithm::Sha256, &note, server::clock::now()).await.expect("a write"));
}

/// What the keeper of the key signs, if `last` is all it remembers.
async fn signed(store: &Store, key: &SigningKey, last: Option<Head>) -> Note {
    let old = last.map_or(0, |head| head.size);
    let head = store.log_head(Algorithm::Sha256).await.expect("a head");
    let proof = store.consistency(Algorithm::Sha256, old, head.size).await.expect("a proof");
    let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), head };
    sign_checkpoint(key, last, &Advance { old, proof, checkpoint }).expect("a signature")
}

/// An office that serves on a port, with the keys of both logs and two witnesses that run.
struct Town {
    office: Office,
    dir: TempDir,
    trust: Trust,
    at: SocketAddr,
    witnesses: Vec<SocketAddr>,
}

impl Town {
    async fn new(fresh: Fresh) -> Town {
        let dir = tempfile::tempdir().expect("a folder");
        let mut logs = String::new();
        for (purpose, name) in [(Purpose::Log, ORIGIN.to_owned()), (Purpose::LogSm3, format!("{ORIGIN}/sm3"))] {
            let file = dir.path().join(format!("{purpose:?}.key"));
            logs += &format!("log {}\n", key::make(purpose, &name, &file).expect("a key"));
        }
        let known: Trust = Arc::new(format!("{logs}quorum none\n").parse().expect("a policy"));
        let (mut policy, mut witnesses) = (logs, Vec::new());
        for name in ["inspection", "audit"] {
            let file = dir.path().join(format!("{name}.key"));
            let public = key::make(Purpose::Witness, &format!("{name}.example"), &file).expect("a key");
            let at = listen(witness::service(&file, known.clone(), &dir.path().join(name)).expect("a witness")).await;
            policy += &format!("witness {name} {public} http://{at}\n");
            witnesses.push(at);
        }
        policy += "group both all inspection audit\nquorum both\n";
        let trust: Trust = Arc::new(policy.parse::<TrustPolicy>().expect("a policy"));
        let office = Office::new(fresh).await.with(|app| app.trust = Some(trust.clone()));
        let app = web::App { trust: Some(trust.clone()), ..web::App::new(office.store.clone()) };
        let at = listen(web::app(app)).await;
        Town { office, dir, trust, at, witnesses }
    }

    fn signer(&self, purpose: Purpose, state: &str) -> Signer {
        let file = self.dir.path().join(format!("{purpose:?}.key"));
        Signer::open(&file, &format!("http://{}", self.at), &self.dir.path().join(state)).expect("a signer")
    }

    /// The key of the SHA-256 log, as whoever steals it has it.
    fn log_key(&self) -> SigningKey {
        let text = std::fs::read_to_string(self.dir.path().join("Log.key")).expect("a key");
        text.trim().parse().expect("a key")
    }

    /// Wait until enough witnesses saw the latest checkpoint of a log.
    async fn witnessed(&self, origin: &str) -> Note {
        for _ in 0..600 {
            let latest = self.office.store.checkpoints(origin, 0, 1).await.expect("a read");
            if let Some(kept) = latest.into_iter().find(|kept| self.trust.check(&kept.note).is_ok()) {
                return kept.note;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{origin} is not witnessed within a minute");
    }
}

async fn listen(service: axum::Router) -> SocketAddr {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
    let at = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, service).await });
    at
}

/// One round of a signer, off the runtime's threads, and the signer back.
async fn round(mut signer: Signer) -> (Signer, Result<Option<u64>, String>) {
    let done = tokio::task::spawn_blocking(move || {
        let result = signer.round().map_err(|error| format!("{error:#}"));
        (signer, result)
    });
    done.await.expect("a round")
}

async fn proof(visitor: &mut Visitor, seq: u64, tree: &str) -> String {
    let answer = visitor.get(&format!("/receipts/{seq}/proof?tree={tree}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body
}

async fn a_receipt_becomes_a_proof_that_is_checked_with_the_keys_alone(fresh: Fresh) {
    let town = Town::new(fresh).await;
    let mut auditor = town.office.signed_in("auditor", &[Role::AuditAdmin]).await;
    assert!(auditor.get("/receipts/0").await.says("receipt-waits"), "nothing is signed yet");
    assert_eq!(auditor.get("/receipts/0/proof").await.status, StatusCode::CONFLICT);
    let size = town.office.store.log_head(Algorithm::Sha256).await.expect("a head").size;
    let (sha256, first) = round(town.signer(Purpose::Log, "sha256")).await;
    assert_eq!(first, Ok(Some(size)));
    assert_eq!(round(sha256).await.1, Ok(None), "nothing is new");
    assert_eq!(round(town.signer(Purpose::LogSm3, "sm3")).await.1, Ok(Some(size)));
    assert!(auditor.get("/receipts/0").await.says("receipt-signed"), "no witness saw it yet");
    tokio::spawn(cosign::run(town.office.store.clone(), town.trust.clone()));
    town.witnessed(ORIGIN).await;
    town.witnessed(&format!("{ORIGIN}/sm3")).await;
    assert!(auditor.get("/receipts/0").await.says("receipt-covered"));
    for tree in ["sha256", "sm3"] {
        let file = proof(&mut auditor, 3, tree).await;
        let shown = verify(&file, &town.trust).expect("it holds");
        assert_eq!((shown.index, shown.size, shown.witnesses.len()), (3, size, 2));
        assert!(shown.entry["act"]["name"].is_string());
        assert_ne!(readings::python(town.dir.path(), &file, tree), Some(false), "{tree}: others come to another root");
        let moved = file.replacen("index 3\n", "index 4\n", 1);
        assert_ne!(readings::python(town.dir.path(), &moved, tree), Some(true), "{tree}: the place counts");
        // Whatever letter is changed: it is no proof any more, or not of this.
        let letters: Vec<char> = file.chars().collect();
        for place in (0..letters.len()).step_by(7) {
            let mut other = letters.clone();
            other[place] = if other[place] == 'A' { 'B' } else { 'A' };
            let other: String = other.into_iter().collect();
            let same = verify(&other, &town.trust).is_ok_and(|again| again != shown);
            assert!(!same, "{tree}: another letter at {place} shows something else");
        }
        let bundle: Bundle = file.parse().expect("a bundle");
        let foreign = Bundle { extra: Some(br#"{"entry":"{}"}"#.to_vec()), ..bundle };
        let why = verify(&foreign.to_string(), &town.trust).expect_err("another entry");
        assert!(why.to_string().contains("does not lead to the root hash"), "{why}");
    }
    assert!(auditor.get("/ledger/checkpoints").await.body.contains("inspection.example"));
}

async fn proofs_and_growth_hold_by_what_go_trusts_for_its_own_modules(fresh: Fresh) {
    let town = Town::new(fresh).await;
    let Some(go) = readings::Go::new(town.dir.path(), &town.log_key().verifier().to_string()) else { return };
    let mut auditor = town.office.signed_in("auditor", &[Role::AuditAdmin]).await;
    for number in 0..9 {
        town.office.console(open_account(number)).await;
    }
    let (_, signed) = round(town.signer(Purpose::Log, "state")).await;
    let size = signed.expect("signed").expect("something");
    let proof = proof(&mut auditor, 3, "sha256").await;
    let old = auditor.get("/log/sha256/checkpoint").await.body;
    for number in 9..14 {
        town.office.console(open_account(number)).await;
    }
    let advance = auditor.get(&format!("/log/sha256/advance?old={size}")).await.body;
    assert_eq!(go.includes(&proof), Ok(()));
    assert_eq!(go.grows(&proof, &old, &advance), Ok(()));

    let moved = proof.replacen("index 3\n", "index 4\n", 1);
    assert!(go.includes(&moved).expect_err("another place").contains("invalid transparency proof"));
    let bundle: Bundle = proof.parse().expect("a bundle");
    let foreign = Bundle { extra: Some(br#"{"entry":"{}"}"#.to_vec()), ..bundle.clone() };
    assert!(go.includes(&foreign.to_string()).expect_err("another entry").contains("invalid transparency proof"));
    let resized = proof.replacen(&format!("{ORIGIN}\n{size}\n"), &format!("{ORIGIN}\n{}\n", size + 1), 1);
    assert!(go.includes(&resized).expect_err("what nobody signed").contains("invalid signature"));
    let stranger = readings::Go::new(town.dir.path(), &log_key().verifier().to_string()).expect("as before");
    assert!(stranger.includes(&proof).expect_err("another's key").contains("no verifiable signatures"));
    let mut other: Advance<Checkpoint> = advance.parse().expect("a proof");
    other.proof[0][0] ^= 1;
    assert!(go.grows(&proof, &old, &other.to_string()).expect_err("rewritten").contains("invalid transparency proof"));
}

async fn proofs_are_for_who_may_read_the_entry(fresh: Fresh) {
    let town = Town::new(fresh).await;
    let mut anna = town.office.signed_in("anna", &[]).await;
    let mut boris = town.office.signed_in("boris", &[]).await;
    assert_eq!(round(town.signer(Purpose::Log, "state")).await.1.map(|signed| signed.is_some()), Ok(true));
    let auditor = town.office.account("auditor", &[Role::AuditAdmin]).await;
    let auditor = town.office.actor(auditor).await;
    let by_anna = EntryFilter { by: "anna".to_owned(), ..EntryFilter::default() };
    let mine = town.office.store.reader(&auditor).entries(&by_anna, 1).await.expect("a read")[0].seq;
    assert_eq!(anna.get(&format!("/receipts/{mine}")).await.status, StatusCode::OK, "she set her password herself");
    assert!(proof(&mut anna, mine, "").await.starts_with("c2sp.org/tlog-proof@v1\n"));
    for path in [format!("/receipts/{mine}"), format!("/receipts/{mine}/proof"), "/receipts/0".to_owned()] {
        assert_eq!(boris.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(anna.get("/receipts/0").await.status, StatusCode::NOT_FOUND, "the console did that");
}

async fn standard_monitors_find_the_tree_at_the_standard_paths(fresh: Fresh) {
    let town = Town::new(fresh).await;
    for number in 0..130 {
        town.office.console(open_account(number)).await;
    }
    let mut auditor = town.office.signed_in("auditor", &[Role::AuditAdmin]).await;
    assert_eq!(auditor.get("/log/sha256/checkpoint").await.status, StatusCode::NOT_FOUND);
    let (_, size) = round(town.signer(Purpose::Log, "state")).await;
    let size = size.expect("signed").expect("something");
    assert!(size > 130, "a tile is partial");
    let note: Note = auditor.get("/log/sha256/checkpoint").await.body.parse().expect("a note");
    let head = note.text().parse::<Checkpoint>().expect("a checkpoint").head;
    let (full, width) = (size / 256, size % 256);
    let path = |kind: &str| match full {
        0 => format!("/log/sha256/tile/{kind}/000.p/{width}"),
        _ => format!("/log/sha256/tile/{kind}/000"),
    };
    let entries = auditor.get(&path("entries")).await.bytes;
    let hashes = auditor.get(&path("0")).await.bytes;
    let mut rest = entries.as_slice();
    for leaf in hashes.chunks(32) {
        let (length, after) = rest.split_first_chunk::<2>().expect("a length");
        let (entry, after) = after.split_at(usize::from(u16::from_be_bytes(*length)));
        assert_eq!(Algorithm::Sha256.leaf_hash(entry), leaf, "entries and hashes belong together");
        rest = after;
    }
    assert!(rest.is_empty());
    let mut frontier = ledger::Frontier::default();
    for leaf in hashes.chunks(32) {
        frontier.push(leaf.try_into().expect("32 bytes"));
    }
    if full == 0 {
        assert_eq!(frontier.head(), head, "the tile makes the root that was signed");
    }
    let mut employee = town.office.signed_in("employee", &[]).await;
    assert_eq!(employee.get(&path("entries")).await.status, StatusCode::NOT_FOUND, "entries are for auditors");
    assert_eq!(employee.get(&path("0")).await.status, StatusCode::OK, "hashes are for everyone");
    for wrong in ["/log/sha256/tile/0/999", "/log/sha256/tile/0/1", "/log/md5/tile/0/000", "/log/md5/checkpoint"] {
        assert_eq!(employee.get(wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

fn open_account(number: u32) -> Act {
    Act::OpenAccount { login: format!("u{number:04}"), person: None, name: Some(format!("no. {number}")) }
}

/// Yesterday's record and another that went on from it differently, as whoever has the database would make them, stand
/// for the same log: two towns with one key.
async fn a_record_that_was_set_back_or_rewritten_is_left_unsigned(fresh: Fresh) {
    let town = Town::new(fresh).await;
    for number in 0..9 {
        town.office.console(open_account(number)).await;
    }
    let (signer, first) = round(town.signer(Purpose::Log, "state")).await;
    let size = first.expect("signed").expect("something");
    drop(signer);
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("b.db").display());
    let other = crate::city::open(&url, server::clock::now).await;
    let app = web::App { trust: Some(town.trust.clone()), ..web::App::new(other.clone()) };
    let at = listen(web::app(app)).await;
    let again = || {
        let file = town.dir.path().join("Log.key");
        Signer::open(&file, &format!("http://{at}"), &town.dir.path().join("state")).expect("a signer")
    };
    let act = async |number| {
        let act = other.act(&domain::actor::Actor::System, other.new_key(), open_account(number));
        act.await.expect("an act");
    };
    act(0).await;
    let now = other.log_head(Algorithm::Sha256).await.expect("a head").size;
    let (signer, refused) = round(again()).await;
    drop(signer);
    let why = refused.expect_err("set back");
    let missing = format!("A ledger of {size} entries was signed before, and now it has only {now}");
    assert!(why.contains(&missing) && why.contains(&format!("{} entries", size - now)), "{why}");
    for number in 1..=u32::try_from(size).expect("few") + 1 {
        act(number).await;
    }
    let (_, refused) = round(again()).await;
    let why = refused.expect_err("rewritten");
    assert!(why.contains(&format!("not proven that the first {size} entries")), "{why}");
}

/// The log's key is stolen: its thief can sign a second history, and finds no witness for it.
async fn one_history_for_every_witness(fresh: Fresh) {
    let town = Town::new(fresh).await;
    let key = town.log_key();
    let store = &town.office.store;
    town.office.console(open_account(0)).await;
    let note = signed(store, &key, None).await;
    assert!(store.keep_checkpoint(Algorithm::Sha256, &note, server::clock::now()).await.expect("a write"));
    let following = tokio::spawn(cosign::run(store.clone(), town.trust.clone()));
    let honest = town.witnessed(ORIGIN).await;
    following.abort();
    let head = honest.text().parse::<Checkpoint>().expect("a checkpoint").head;
    // Another record under the same origin, longer than the first, signed with the same key.
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("b.db").display());
    let other = crate::city::open(&url, server::clock::now).await;
    for number in 100..110 {
        let act = other.act(&domain::actor::Actor::System, other.new_key(), open_account(number));
        act.await.expect("an act");
    }
    let forged = signed(&other, &key, None).await;
    assert!(town.trust.check_log(&forged).is_ok(), "the signature itself is flawless");
    let size = forged.text().parse::<Checkpoint>().expect("a checkpoint").head.size;
    assert!(size > head.size);
    let proof = other.consistency(Algorithm::Sha256, head.size, size).await.expect("a proof");
    for at in &town.witnesses {
        for (old, proof, expected) in [(0, Vec::new(), 409), (head.size, proof.clone(), 422)] {
            let body = Advance { old, proof, checkpoint: forged.clone() }.to_string();
            assert_eq!(posted(*at, body).await, expected, "from {old}");
        }
    }
    // What the thief can hand out lacks the witnesses.
    let why = town.trust.check(&forged).expect_err("nobody saw it").to_string();
    assert!(why.contains("too few trusted witnesses"), "{why}");
    // And the server itself keeps nothing that its record does not bear out.
    assert!(!store.keep_checkpoint(Algorithm::Sha256, &forged, server::clock::now()).await.expect("an answer"));
}

async fn posted(at: SocketAddr, body: String) -> u16 {
    let send = move || {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let answer = config.new_agent().post(&format!("http://{at}/add-checkpoint")).send(body).expect("an answer");
        answer.status().as_u16()
    };
    tokio::task::spawn_blocking(send).await.expect("an answer")
}

#[test]
fn a_key_is_made_once_and_kept_from_others() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("log.key");
    key::make(Purpose::Log, ORIGIN, &file).expect("a key");
    let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = key::make(Purpose::Log, ORIGIN, &file).expect_err("it is there").to_string();
    assert!(again.contains("never written over"), "{again}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("a change");
    let why = opened(&file, dir.path()).expect_err("others can read it");
    assert!(why.contains("others can read"), "{why}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("a change");
    let first = Signer::open(&file, "http://127.0.0.1:1", &dir.path().join("state")).expect("a signer");
    let why = opened(&file, dir.path()).expect_err("one signer at a time");
    assert!(why.contains("another process works with"), "{why}");
    drop(first);
    opened(&file, dir.path()).expect("free again");
}

fn opened(file: &Path, dir: &Path) -> Result<(), String> {
    Signer::open(file, "http://127.0.0.1:1", &dir.join("state")).map(drop).map_err(|error| format!("{error:#}"))
}
