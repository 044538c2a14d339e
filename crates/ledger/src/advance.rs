//! Going from one head to a later one: what is asked of a witness, and of the keeper of a log's key.

use std::fmt;
use std::str::FromStr;

use crate::hash::Hash;
use crate::text::{Malformed, number, proof, proof_lines};

/// A later checkpoint, with the proof that it only added to an earlier one. Its text form is the body of
/// `add-checkpoint` (C2SP `tlog-witness`): `old <size>`, the hashes of the proof line by line, an empty line, and the
/// checkpoint.
///
/// `C` is a [`Note`](crate::Note) where the log has signed already, and a [`Checkpoint`](crate::Checkpoint) where it is
/// to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advance<C> {
    /// The size of the tree that the receiver is thought to know.
    pub old: u64,
    /// The proof of consistency from there ([`prove_consistency`](crate::prove_consistency)).
    pub proof: Vec<Hash>,
    /// Where to.
    pub checkpoint: C,
}

impl<C: FromStr<Err = Malformed>> FromStr for Advance<C> {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = |why| Malformed { what: "a request to add a checkpoint", why };
        let (lines, checkpoint) = text.split_once("\n\n").ok_or(malformed("no empty line precedes the checkpoint"))?;
        let mut lines = lines.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(number);
        let old = old.ok_or(malformed("its first line is not «old» and a number of entries"))?;
        Ok(Self { old, proof: proof(lines).map_err(malformed)?, checkpoint: checkpoint.parse()? })
    }
}

impl<C: fmt::Display> fmt::Display for Advance<C> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "old {}\n{}\n{}", self.old, proof_lines(&self.proof), self.checkpoint)
    }
}
