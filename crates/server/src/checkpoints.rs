//! What stands around the record so that nobody has to trust this server: the keeper of a log's key (`mingjing sign`) and
//! the witnesses (`mingjing witness`), each a process of its own with a memory of its own; the server's part, which asks
//! the witnesses and keeps what they answer; and the check of a proof without any of them (`mingjing verify`).

pub mod cosign;
pub mod demo;
mod http;
pub mod key;
mod memory;
pub mod sign;
pub mod verify;
pub mod witness;

use anyhow::Context;
use ledger::{Algorithm, TrustPolicy, VerifierKey};
use std::{path::Path, sync::Arc};

/// Whom this server believes: the keys of its own logs and the witnesses it asks. None of them is secret.
pub type Trust = Arc<TrustPolicy>;

/// Read a trust policy (C2SP `tlog-policy`); a file with verifier keys alone, one a line, asks for no witness.
pub fn trust(file: &Path) -> anyhow::Result<Trust> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} can't be read; name the file with the log's public key", file.display()))?;
    let is_policy = text.lines().any(|line| line.split_whitespace().next() == Some("quorum"));
    let text = if is_policy { text } else { of_keys(&text) };
    Ok(Arc::new(text.parse().with_context(|| format!("{} is no trust policy", file.display()))?))
}

fn of_keys(text: &str) -> String {
    let keys = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    keys.map(|key| format!("log {key}\n")).chain(["quorum none\n".to_owned()]).collect()
}

/// The key of the log over one of the trees.
pub fn log_of(trust: &TrustPolicy, algorithm: Algorithm) -> Option<&VerifierKey> {
    trust.logs().iter().map(|log| &log.key).find(|key| key.signature_type().algorithm() == algorithm)
}

/// How a tree is called in addresses.
pub fn tree(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Sha256 => "sha256",
        Algorithm::Sm3 => "sm3",
    }
}
