//! The bytes that are hashed: one spelling for every JSON value, and commitments to what is not shown.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::hash::Hash;

/// A value that has no canonical form which keeps its meaning.
#[derive(Debug, thiserror::Error)]
pub enum NotCanonical {
    /// RFC 8785 knows only the numbers of IEEE 754 doubles; a larger integer would be hashed as another one.
    #[error(
        "{0} cannot be recorded as a number without losing digits: record it as text, or scaled to stay below \
         9007199254740992."
    )]
    TooPrecise(serde_json::Number),
    /// The value could not be written as JSON.
    #[error("The entry cannot be written in canonical JSON: {0}. Correct the entry and record it again.")]
    Json(#[from] serde_json::Error),
}

/// The canonical bytes of a JSON value (RFC 8785, JCS): members sorted, no white space, one way to write each number.
///
/// # Errors
///
/// [`NotCanonical::TooPrecise`] for an integer that a double does not hold exactly: anyone else's JCS would change it.
pub fn canonical(value: &Value) -> Result<Vec<u8>, NotCanonical> {
    refuse_imprecise(value)?;
    Ok(serde_json_canonicalizer::to_vec(value)?)
}

fn refuse_imprecise(value: &Value) -> Result<(), NotCanonical> {
    /// The first integer that a double may have rounded (I-JSON, RFC 7493, section 2.2).
    const LIMIT: u64 = 1 << 53;
    match value {
        Value::Array(items) => items.iter().try_for_each(refuse_imprecise),
        Value::Object(members) => members.values().try_for_each(refuse_imprecise),
        Value::Number(number) => {
            let magnitude = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            match magnitude {
                Some(magnitude) if magnitude >= LIMIT => Err(NotCanonical::TooPrecise(number.clone())),
                _ => Ok(()),
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// What an entry carries in place of personal text: a commitment that fixes the text without telling it.
///
/// `SHA-256("mingjing/commitment/v1" || 0x00 || salt || sealed)`. The prefix keeps it apart from every leaf and node
/// hash (which begin with 0x00 and 0x01). The salt has a fixed length, so no text can be shifted into it; it must be
/// random and kept with the text, so that once both are destroyed, nobody can find a short text by trying.
pub fn commitment(salt: &[u8; 32], sealed: &[u8]) -> Hash {
    Sha256::new().chain_update(b"mingjing/commitment/v1\0").chain_update(salt).chain_update(sealed).finalize().into()
}
