//! The keeper of a log's key: signs each head only if it adds to the last one it signed, so that a log whose database
//! was set back or rewritten falls silent instead of contradicting itself (C2SP `tlog-checkpoint`, section
//! "Signatures").

use crate::advance::Advance;
use crate::checkpoint::Checkpoint;
use crate::note::Note;
use crate::proof::verify_consistency;
use crate::secret::SigningKey;
use crate::text::Malformed;
use crate::tree::Head;

/// Why nothing is signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// The checkpoint is not of the log whose key this is.
    #[error("This key signs for the log {own}, not for {asked}. Set the ledger's origin to the name of its key.")]
    OtherLog {
        /// The name of the key.
        own: String,
        /// The origin in the checkpoint.
        asked: String,
    },
    /// The ledger is shorter than it was.
    #[error(
        "A ledger of {signed} entries was signed before, and now it has only {asked}. It was set back: restore the \
         missing {missing} entries, then signing goes on.",
        missing = signed - asked
    )]
    SetBack {
        /// The size that was signed last.
        signed: u64,
        /// The size that is to be signed.
        asked: u64,
    },
    /// The proof does not begin where signing ended. Whoever asks does so again with `old` = `signed`.
    #[error(
        "The head signed last has {signed} entries, but the proof begins at {old}: send one that begins at {signed}."
    )]
    NotFromLast {
        /// The size that was signed last.
        signed: u64,
        /// The size from which it is proven.
        old: u64,
    },
    /// The ledger no longer has the entries that it had.
    #[error(
        "It is not proven that the first {signed} entries of the ledger are those that were signed. If an entry was \
         changed, removed or slipped in since, an audit names it, and only a backup from before brings signing back."
    )]
    Rewritten {
        /// The size that was signed last.
        signed: u64,
    },
    /// The checkpoint cannot be written.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

/// Signs the checkpoint if it advances from the head that this key signed `last`; none if it never did.
///
/// Of the note that comes back, nobody may learn before its head is stored as the new `last`, durably, and no two calls
/// may begin from the same `last`. The same head is signed again when asked for, with the same signature.
///
/// # Errors
///
/// [`NotSigned`]; `last` stays what it is.
pub fn sign_checkpoint(key: &SigningKey, last: Option<Head>, asked: &Advance<Checkpoint>) -> Result<Note, NotSigned> {
    let Checkpoint { origin, head } = &asked.checkpoint;
    let own = key.verifier();
    if origin != own.name() {
        return Err(NotSigned::OtherLog { own: own.name().to_owned(), asked: origin.clone() });
    }
    let algorithm = own.signature_type().algorithm();
    let last = last.unwrap_or(Head::empty(algorithm));
    let signed = last.size;
    if head.size < signed {
        return Err(NotSigned::SetBack { signed, asked: head.size });
    }
    if asked.old != signed {
        return Err(NotSigned::NotFromLast { signed, old: asked.old });
    }
    verify_consistency(algorithm, &last, head, &asked.proof).map_err(|_| NotSigned::Rewritten { signed })?;
    Ok(asked.checkpoint.sign(key)?)
}
