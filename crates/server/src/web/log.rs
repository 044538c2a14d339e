//! The record as a transparency log, for signers, witnesses and monitors (C2SP `tlog-tiles`): heads, proofs and hashes are
//! for everyone; what entries say is for whoever reads the ledger.

use super::{App, error::PageError, session::SignedIn};
use crate::{
    checkpoints::{log_of, tree},
    clock,
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use ledger::{Advance, Algorithm, Checkpoint, Note, Piece, VerifierKey, entry_bytes};
use serde::Deserialize;

/// The longest checkpoint that is taken, in bytes.
const LONGEST: usize = 1 << 15;

/// `/log/{tree}` and below.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/log/{tree}/checkpoint", get(checkpoint).post(take).layer(DefaultBodyLimit::max(LONGEST)))
        .route("/log/{tree}/advance", get(advance))
        .route("/log/{tree}/tile/{*path}", get(hashes))
        .route("/log/{tree}/tile/entries/{*bundle}", get(entries))
}

/// The log over the tree that an address names. Without a trust policy there is none.
fn log<'a>(app: &'a App, name: &str) -> Result<(Algorithm, &'a VerifierKey), PageError> {
    let algorithm = Algorithm::ALL.into_iter().find(|algorithm| tree(*algorithm) == name);
    let found =
        algorithm.zip(app.trust.as_deref()).and_then(|(algorithm, trust)| Some((algorithm, log_of(trust, algorithm)?)));
    found.ok_or(PageError::NotFound)
}

/// The latest checkpoint.
async fn checkpoint(State(app): State<App>, Path(tree): Path<String>) -> Result<String, PageError> {
    let (_, key) = log(&app, &tree)?;
    let latest = app.store.checkpoints(key.name(), 0, 1).await?;
    latest.first().map(|kept| kept.note.to_string()).ok_or(PageError::NotFound)
}

#[derive(Deserialize)]
struct From {
    old: u64,
}

/// The head as it stands, not signed, with the proof that it only adds to the first `old` entries: what the keeper of the
/// key asks for. 409 with the size where there are fewer.
async fn advance(
    State(app): State<App>,
    Path(tree): Path<String>,
    Query(from): Query<From>,
) -> Result<Response, PageError> {
    let (algorithm, key) = log(&app, &tree)?;
    let head = app.store.log_head(algorithm).await?;
    if from.old > head.size {
        let size = format!("{}\n", head.size);
        return Ok((StatusCode::CONFLICT, [(header::CONTENT_TYPE, "text/x.tlog.size")], size).into_response());
    }
    let proof = app.store.consistency(algorithm, from.old, head.size).await?;
    let checkpoint = Checkpoint { origin: key.name().to_owned(), head };
    Ok(Advance { old: from.old, proof, checkpoint }.to_string().into_response())
}

/// A checkpoint that the keeper of the key signed. Its signature is all the leave it needs, and it is kept only if the
/// record has the root it names.
async fn take(State(app): State<App>, Path(tree): Path<String>, body: String) -> Result<Response, PageError> {
    let (algorithm, key) = log(&app, &tree)?;
    let refused = |status: StatusCode, why: String| Ok((status, format!("{why}\n")).into_response());
    let note: Note = match body.parse() {
        Ok(note) => note,
        Err(error) => return refused(StatusCode::BAD_REQUEST, format!("{error}")),
    };
    let Some(trust) = app.trust.as_deref() else { return Err(PageError::NotFound) };
    match trust.check_log(&note) {
        Ok(trusted) if trusted.log == key => {}
        Ok(_) => return refused(StatusCode::BAD_REQUEST, "The checkpoint is of another log.".to_owned()),
        Err(error) => return refused(StatusCode::FORBIDDEN, error.to_string()),
    }
    if !app.store.keep_checkpoint(algorithm, &note, clock::now()).await? {
        let why =
            "The record does not have the root that the checkpoint names. Audit it before anything else is signed.";
        return refused(StatusCode::CONFLICT, why.to_owned());
    }
    Ok("kept\n".into_response())
}

async fn hashes(State(app): State<App>, Path((tree, path)): Path<(String, String)>) -> Result<Response, PageError> {
    let (algorithm, _) = log(&app, &tree)?;
    let Ok(Piece::Hashes(tile)) = format!("tile/{path}").parse() else { return Err(PageError::NotFound) };
    let bytes = app.store.tile(algorithm, tile).await?.ok_or(PageError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

async fn entries(
    State(app): State<App>,
    Path((tree, path)): Path<(String, String)>,
    person: SignedIn,
) -> Result<Response, PageError> {
    log(&app, &tree)?;
    let Ok(Piece::Entries(tile)) = format!("tile/entries/{path}").parse() else { return Err(PageError::NotFound) };
    let bodies = app.store.reader(&person.actor).bundle(tile).await?.ok_or(PageError::NotFound)?;
    let mut bytes = Vec::new();
    for body in bodies {
        bytes.extend(entry_bytes(body.as_bytes())?);
    }
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}
