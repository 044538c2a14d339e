//! Key files: made once, readable by their owner alone.

use crate::web::random;
use anyhow::{Context, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use ledger::{CosigningKey, Signer, SigningKey, VerifierKey};
use std::{
    io::Write,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Purpose {
    /// Signs checkpoints over the SHA-256 tree (Ed25519).
    Log,
    /// Signs checkpoints over the SM3 tree (SM2).
    LogSm3,
    /// Cosigns checkpoints that it has seen (Ed25519).
    Witness,
    /// Signs the scores, approvals and verdicts of a person (Ed25519).
    Person,
    /// The same with SM2.
    PersonSm2,
}

/// Make a key and write it to a new file that nobody else can read; the public part is for everyone.
pub fn make(purpose: Purpose, name: &str, file: &Path) -> anyhow::Result<VerifierKey> {
    let (text, public) = loop {
        let secret = random::bytes();
        match purpose {
            Purpose::Log | Purpose::Person => {
                let key = SigningKey::ed25519(name, &secret)?;
                break (key.to_secret_text(), key.verifier().clone());
            }
            Purpose::Witness => {
                let key = CosigningKey::new(name, &secret)?;
                break (key.to_secret_text(), key.verifier().clone());
            }
            // One number in 2^32 is out of range.
            Purpose::LogSm3 | Purpose::PersonSm2 => match SigningKey::sm2(name, &secret) {
                Ok(key) => break (key.to_secret_text(), key.verifier().clone()),
                Err(error) if SigningKey::ed25519(name, &secret).is_err() => return Err(error.into()),
                Err(_) => continue,
            },
        }
    };
    let taken = || format!("{} can't be made; a key is never written over, so name a new file", file.display());
    let mut open =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).with_context(taken)?;
    open.write_all(format!("{text}\n").as_bytes())?;
    open.sync_all()?;
    Ok(public)
}

/// The signature of a text, base64.
pub fn sign_text(signer: &impl Signer, text: &[u8]) -> anyhow::Result<String> {
    signer.sign(text).map(|signature| STANDARD.encode(signature)).map_err(anyhow::Error::msg)
}

/// The signing key in a file that nobody but its owner can read.
pub fn signing(file: &Path) -> anyhow::Result<SigningKey> {
    Ok(read(file)?.parse()?)
}

/// The text of a key file, if nobody but its owner can read it.
pub(super) fn read(file: &Path) -> anyhow::Result<String> {
    let about = std::fs::metadata(file)
        .with_context(|| format!("{} can't be read; make a key with `mingjing key`", file.display()))?;
    if about.mode() & 0o077 != 0 {
        bail!("others can read {}: take the key out of their reach with chmod 600, or make a new one", file.display());
    }
    Ok(std::fs::read_to_string(file)?.trim().to_owned())
}
