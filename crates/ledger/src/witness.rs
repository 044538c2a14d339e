//! The witness of logs: cosigns each head only if it adds to the last one it saw, so that a log cannot show one history
//! to some and another to others (C2SP `tlog-witness`, section "add-checkpoint").
//!
//! Whoever runs one brings the network, the clock and a table of what was seen last. Per request: [`Witness::admit`];
//! then, in one transaction that holds the row of that origin, [`Admitted::cosign`] with the head in it, and the new
//! head and note stored in its place; then the answer.

use sha2::{Digest, Sha256};

use crate::advance::Advance;
use crate::hash::Algorithm;
use crate::key::VerifierKey;
use crate::note::Note;
use crate::proof::{NotProven, verify_consistency};
use crate::secret::CosigningKey;
use crate::text::Malformed;
use crate::tree::Head;
use crate::trust::{NotTrusted, TrustPolicy};

/// A witness: its key, and the logs that it knows. The quorum of its trust policy is not asked for.
#[derive(Clone, Debug)]
pub struct Witness {
    key: CosigningKey,
    logs: TrustPolicy,
}

/// A request by a known log. Whether it agrees with what was seen before is still open.
#[derive(Clone, Debug)]
pub struct Admitted<'w> {
    witness: &'w Witness,
    algorithm: Algorithm,
    origin: String,
    head: Head,
    advance: Advance<Note>,
}

/// A checkpoint that was seen, and agrees with all that were seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Cosigned {
    /// What was seen: from now on the last head of this log.
    pub head: Head,
    /// The checkpoint with the log's signature and this witness's: for [`monitoring_path`].
    pub note: Note,
    /// The body of the answer, to be sent with status 200 and only once the two above are stored.
    pub answer: String,
}

/// Why a checkpoint is not cosigned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCosigned {
    /// The request cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It goes backwards by its own account.
    #[error("A checkpoint of {size} entries cannot follow one of {old}: send a later one.")]
    Backwards {
        /// The size that it begins from.
        old: u64,
        /// The size that it leads to.
        size: u64,
    },
    /// The log is unknown here, or did not sign.
    #[error(transparent)]
    NotTrusted(NotTrusted),
    /// It does not begin where this witness is.
    #[error(
        "The last checkpoint seen here has {size} entries, but the proof begins at {old}: send a proof from {size}."
    )]
    Conflict {
        /// The size that was seen last.
        size: u64,
        /// The size that it begins from.
        old: u64,
    },
    /// It contradicts what was seen, or does not prove that it agrees.
    #[error("It is not proven that this checkpoint only adds to the {size} entries seen here before. {why}")]
    Inconsistent {
        /// The size that was seen last.
        size: u64,
        /// What did not hold.
        why: NotProven,
    },
}

impl NotCosigned {
    /// Status, content type and body of the answer.
    pub fn answer(&self) -> (u16, &'static str, String) {
        const SENTENCE: &str = "text/plain; charset=utf-8";
        let status = match self {
            Self::Malformed(_) | Self::Backwards { .. } => 400,
            Self::NotTrusted(NotTrusted::UnknownLog { .. }) => 404,
            Self::NotTrusted(_) => 403,
            Self::Conflict { size, .. } => return (409, "text/x.tlog.size", format!("{size}\n")),
            Self::Inconsistent { .. } => 422,
        };
        (status, SENTENCE, format!("{self}\n"))
    }
}

impl Witness {
    /// A witness of these logs.
    pub fn new(key: CosigningKey, logs: TrustPolicy) -> Self {
        Self { key, logs }
    }

    /// The key that checks its cosignatures.
    pub fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// Reads the body of `add-checkpoint` and checks all that needs no memory: its form, and that a known log signed
    /// it.
    ///
    /// # Errors
    ///
    /// [`NotCosigned`], all but [`NotCosigned::Conflict`] and [`NotCosigned::Inconsistent`].
    pub fn admit(&self, body: &str) -> Result<Admitted<'_>, NotCosigned> {
        let advance: Advance<Note> = body.parse()?;
        let trusted = self.logs.check_log(&advance.checkpoint).map_err(|error| match error {
            NotTrusted::Malformed(malformed) => NotCosigned::Malformed(malformed),
            other => NotCosigned::NotTrusted(other),
        })?;
        let (algorithm, checkpoint) = (trusted.algorithm(), trusted.checkpoint);
        let head = checkpoint.head;
        if advance.old > head.size {
            return Err(NotCosigned::Backwards { old: advance.old, size: head.size });
        }
        Ok(Admitted { witness: self, algorithm, origin: checkpoint.origin, head, advance })
    }
}

impl Admitted<'_> {
    /// Which log it is of: under this key its last head is kept.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Cosigns the checkpoint as seen `now`, in seconds since the Unix epoch, if it advances from the head of this log
    /// that was seen `last`; none if none ever was.
    ///
    /// # Errors
    ///
    /// [`NotCosigned::Conflict`] and [`NotCosigned::Inconsistent`]; `last` stays what it is. The latter is worth
    /// keeping: it carries the log's signature under a contradiction.
    pub fn cosign(self, last: Option<Head>, now: u64) -> Result<Cosigned, NotCosigned> {
        let Self { witness, algorithm, origin, head, advance } = self;
        let last = last.unwrap_or(Head::empty(algorithm));
        if advance.old != last.size {
            return Err(NotCosigned::Conflict { size: last.size, old: advance.old });
        }
        verify_consistency(algorithm, &last, &head, &advance.proof)
            .map_err(|why| NotCosigned::Inconsistent { size: last.size, why })?;
        let mut note = advance.checkpoint;
        note.keep(&witness.logs.keys_of(&origin));
        let line = note.cosign(&witness.key, now);
        Ok(Cosigned { head, note, answer: format!("{line}\n") })
    }
}

/// Where a witness serves what it last saw of a log, after its monitoring prefix and a slash (`tlog-witness`, section
/// "Monitor Retrieval Mechanism").
pub fn monitoring_path(origin: &str) -> String {
    let hash: String = Sha256::digest(origin).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hash}/checkpoint")
}
