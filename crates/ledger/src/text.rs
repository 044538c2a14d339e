//! What the C2SP text formats have in common: decimal numbers, standard base64 (RFC 4648, section 4), hashes on lines
//! of their own. Each has one spelling only, so that a text that was read is written again byte for byte.

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::hash::Hash;

/// A text that is not of the form it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "This is not {what}: {why}. Copy or fetch it again, whole and unchanged; if that does not help, ask its maker."
)]
pub struct Malformed {
    /// What it should have been, with its article.
    pub what: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}

/// The most hashes a proof can have: a tree of 2^63 entries needs no more. `tlog-witness`, section "add-checkpoint".
const MOST_HASHES: usize = 63;

/// An ASCII decimal number without leading zeroes.
pub(crate) fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text).ok()
}

pub(crate) fn hash(text: &str) -> Option<Hash> {
    from_base64(text)?.try_into().ok()
}

/// The hashes of a proof, one on each line.
pub(crate) fn proof<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<Hash>, &'static str> {
    let hashes: Option<Vec<Hash>> = lines.take(MOST_HASHES + 1).map(hash).collect();
    match hashes {
        None => Err("a line of the proof is not the base64 of a hash"),
        Some(hashes) if hashes.len() > MOST_HASHES => Err("the proof has more than 63 hashes"),
        Some(hashes) => Ok(hashes),
    }
}

/// The lines of [`proof`], written.
pub(crate) fn proof_lines(proof: &[Hash]) -> String {
    proof.iter().map(|hash| base64(hash) + "\n").collect()
}
