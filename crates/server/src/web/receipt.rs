//! Receipts: what an act left in the record, and the proof of it to take away.

use super::{
    App,
    error::PageError,
    kit,
    locale::{Locale, Sentence},
    second_factor::Qr,
    session::SignedIn,
    verify,
};
use crate::checkpoints::{
    log_of,
    verify::{Enclosed, Words},
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use ledger::{Algorithm, Bundle, TrustPolicy};
use serde::Deserialize;
use store::log::{Evidence, Kept};

/// `/receipts/{seq}` and below.
pub fn routes() -> Router<App> {
    Router::new().route("/receipts/{seq}", get(show)).route("/receipts/{seq}/proof", get(proof))
}

#[derive(Template, WebTemplate)]
#[template(path = "receipt/show.html")]
struct Show {
    page: kit::Page,
    facts: Vec<kit::Term>,
    /// How many entries the checkpoint over this one covers; none: the proof is yet to come.
    covered: Option<String>,
    /// As many witnesses saw it as the policy asks for.
    enough: bool,
    witnesses: Vec<kit::Term>,
    /// Nobody signs this record: no proof will ever be.
    unsigned: bool,
    seq: u64,
    leaf: String,
    qr: Option<Qr>,
    /// The other entries of the same act.
    others: Vec<kit::Crumb>,
    words: bool,
    /// What the check in the page calls acts and events.
    names: Vec<(String, String)>,
}

async fn show(State(app): State<App>, Path(seq): Path<u64>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let act = app.store.reader(&person.actor).evidence(seq).await?;
    let one = act.iter().find(|one| one.seq == seq).ok_or(PageError::NotFound)?;
    let leaf = hex::encode(Algorithm::Sha256.leaf_hash(one.body.as_bytes()));
    let kept = covering(&app, Algorithm::Sha256, seq).await?;
    let trust = app.trust.as_deref();
    let log = trust.and_then(|trust| log_of(trust, Algorithm::Sha256));
    let named = |other: &Evidence| {
        let event = t.get(&format!("event-{}", other.event));
        kit::Crumb { label: format!("{} · {event}", other.seq), href: format!("/receipts/{}", other.seq) }
    };
    Ok(Show {
        facts: vec![
            kit::Term::new(t.get("ledger-act"), t.get(&format!("act-{}", one.act))),
            kit::Term::new(t.get("ledger-what"), t.get(&format!("event-{}", one.event))),
            kit::Term::new(t.get("ledger-when"), t.moment(&one.at)),
            kit::Term::new(t.get("ledger-seq"), seq.to_string()),
        ],
        covered: kept.as_ref().map(|kept| t.number(kept.size)),
        enough: kept.as_ref().zip(trust).is_some_and(|(kept, trust)| trust.check(&kept.note).is_ok()),
        witnesses: kept.as_ref().zip(trust).map(|(kept, trust)| witnesses(t, kept, trust)).unwrap_or_default(),
        unsigned: log.is_none(),
        qr: log.and_then(|log| Qr::of(&format!("{} {seq} {leaf}", log.name()))),
        others: act.iter().filter(|other| other.seq != seq).map(named).collect(),
        words: one.sealed.is_some(),
        names: verify::names(t),
        page: person.page(&format!("/receipts/{seq}"), t.with("receipt-title", &[("seq", seq)])),
        seq,
        leaf,
    })
}

/// Which witnesses cosigned a checkpoint, and when they saw it.
pub(super) fn witnesses(t: Locale, kept: &Kept, trust: &TrustPolicy) -> Vec<kit::Term> {
    let seen = trust.check_log(&kept.note).map(|trusted| trusted.cosignatures).unwrap_or_default();
    let witness = |cosignature: &ledger::Cosignature| {
        let at = i64::try_from(cosignature.at).ok().and_then(|at| jiff::Timestamp::from_second(at).ok());
        kit::Term::new(cosignature.witness.name(), at.map(|at| t.moment(&at)).unwrap_or_default())
    };
    seen.iter().map(witness).collect()
}

/// How many checkpoints are looked through for one that enough witnesses saw.
const LOOKED_THROUGH: u64 = 20;

/// The latest checkpoint over an entry: rather one that enough witnesses saw than one that is newer.
async fn covering(app: &App, algorithm: Algorithm, seq: u64) -> Result<Option<Kept>, PageError> {
    let Some(trust) = app.trust.as_deref() else { return Ok(None) };
    let Some(log) = log_of(trust, algorithm) else { return Ok(None) };
    let kept = app.store.checkpoints(log.name(), seq.saturating_add(1), LOOKED_THROUGH).await?;
    let enough = kept.iter().find(|kept| trust.check(&kept.note).is_ok());
    Ok(enough.or(kept.first()).cloned())
}

#[derive(Deserialize)]
struct Of {
    #[serde(default)]
    tree: String,
}

/// The proof, as a file that anyone can check with the log's public key (C2SP `tlog-proof`).
async fn proof(
    State(app): State<App>,
    Path(seq): Path<u64>,
    Query(of): Query<Of>,
    person: SignedIn,
) -> Result<Response, PageError> {
    let algorithm = if of.tree == "sm3" { Algorithm::Sm3 } else { Algorithm::Sha256 };
    let act = app.store.reader(&person.actor).evidence(seq).await?;
    let one = act.into_iter().find(|one| one.seq == seq).ok_or(PageError::NotFound)?;
    let kept = covering(&app, algorithm, seq).await?;
    let kept = kept.ok_or_else(|| PageError::Refused(Sentence::new("refusal-no-checkpoint-yet")))?;
    let words = one.sealed.map(|(text, salt)| Words { text, salt: hex::encode(salt) });
    let bundle = Bundle {
        extra: Some(serde_json::to_vec(&Enclosed { entry: one.body, words })?),
        index: seq,
        proof: app.store.inclusion(algorithm, seq, kept.size).await?,
        checkpoint: kept.note,
    };
    let name = match algorithm {
        Algorithm::Sha256 => format!("mingjing-{seq}.tlog-proof"),
        Algorithm::Sm3 => format!("mingjing-{seq}-sm3.tlog-proof"),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, bundle.to_string()).into_response())
}
