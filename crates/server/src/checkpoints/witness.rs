//! `mingjing witness`: sees a log's checkpoints and cosigns those that only add to what it saw before (C2SP
//! `tlog-witness`). The inspection office and the audit office each run one on a machine of their own, so that a log that
//! shows different histories to different people is found out.

use super::{Trust, key, memory::Memory};
use crate::clock;
use anyhow::Context;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path as At, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use ledger::{CosigningKey, NotCosigned, Note, Witness, monitoring_path};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// The longest request, in bytes: 64 hashes and a checkpoint with a hundred signatures have less.
const LONGEST: usize = 1 << 16;

struct Desk {
    witness: Witness,
    trust: Trust,
    /// One request at a time: each begins from what the last one left.
    memory: Mutex<Memory>,
}

/// The witness with the key in this file, which knows the logs of this policy and remembers what it saw in this folder.
pub fn service(key_file: &Path, trust: Trust, state: &Path) -> anyhow::Result<Router> {
    let key: CosigningKey =
        key::read(key_file)?.parse().with_context(|| format!("{} is no key of a witness", key_file.display()))?;
    let desk = Desk { witness: Witness::new(key, (*trust).clone()), trust, memory: Mutex::new(Memory::open(state)?) };
    Ok(Router::new()
        .route("/add-checkpoint", post(add))
        .route("/{log}/checkpoint", get(seen))
        .layer(DefaultBodyLimit::max(LONGEST))
        .with_state(Arc::new(desk)))
}

async fn add(State(desk): State<Arc<Desk>>, body: String) -> Response {
    match tokio::task::spawn_blocking(move || desk.cosign(&body)).await {
        Ok(Ok(Ok(answer))) => answer.into_response(),
        Ok(Ok(Err(refused))) => {
            tracing::warn!("not cosigned: {refused}");
            let (status, media, body) = refused.answer();
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            (status, [(header::CONTENT_TYPE, media)], body).into_response()
        }
        Ok(Err(error)) => failed(&format!("{error:#}")),
        Err(error) => failed(&error.to_string()),
    }
}

fn failed(error: &str) -> Response {
    tracing::error!("nothing could be cosigned: {error}");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

impl Desk {
    fn cosign(&self, body: &str) -> anyhow::Result<Result<String, NotCosigned>> {
        let admitted = match self.witness.admit(body) {
            Ok(admitted) => admitted,
            Err(refused) => return Ok(Err(refused)),
        };
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = admitted.origin().to_owned();
        let last = memory.last(&origin)?.map(|(head, _)| head);
        let cosigned = match admitted.cosign(last, clock::now().as_second().unsigned_abs()) {
            Ok(cosigned) => cosigned,
            Err(refused) => return Ok(Err(refused)),
        };
        memory.keep(&origin, &cosigned.note)?;
        tracing::info!("{origin}: cosigned {} entries", cosigned.head.size);
        Ok(Ok(cosigned.answer))
    }

    fn seen(&self, log: &str) -> anyhow::Result<Option<Note>> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let path = format!("{log}/checkpoint");
        let known = self.trust.logs().iter().map(|log| log.key.name()).find(|name| monitoring_path(name) == path);
        Ok(known.map(|origin| memory.last(origin)).transpose()?.flatten().map(|(_, note)| note))
    }
}

/// What was seen last of a log, for those who compare witnesses.
async fn seen(State(desk): State<Arc<Desk>>, At(log): At<String>) -> Response {
    match tokio::task::spawn_blocking(move || desk.seen(&log)).await {
        Ok(Ok(Some(note))) => note.to_string().into_response(),
        Ok(Ok(None)) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(error)) => failed(&format!("{error:#}")),
        Err(error) => failed(&error.to_string()),
    }
}
