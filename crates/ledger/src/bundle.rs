//! Proofs to take away: one file that shows an entry to be in the ledger, to be checked without network and without
//! trust in whoever handed it out (C2SP `tlog-proof`).

use std::fmt;
use std::str::FromStr;

use crate::hash::Hash;
use crate::note::Note;
use crate::proof::verify_inclusion;
use crate::text::{Malformed, base64, from_base64, number, proof, proof_lines};
use crate::trust::{NotTrusted, TrustPolicy, Trusted};

/// The first line.
const FIRST: &str = "c2sp.org/tlog-proof@v1";

/// An entry's place in a log, the way from there to a checkpoint, and the checkpoint. Kept in files that end with
/// `.tlog-proof`. For a log under SM3 the form is the same and the hashes are SM3's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// What else the maker put in, such as the entry itself. Nothing vouches for it: what it says counts only once
    /// [`Bundle::verify`] was asked about it.
    pub extra: Option<Vec<u8>>,
    /// The entry's place in the log, from 0.
    pub index: u64,
    /// The proof of inclusion ([`prove_inclusion`](crate::prove_inclusion)) in the tree of the checkpoint.
    pub proof: Vec<Hash>,
    /// The checkpoint, with the signatures of the log and of witnesses.
    pub checkpoint: Note,
}

impl Bundle {
    /// Checks that `entry`, byte for byte, is at this place in the log, as the log and enough witnesses signed it
    /// (`tlog-proof`, section "Verifying a tlog proof").
    ///
    /// # Errors
    ///
    /// [`NotTrusted`].
    pub fn verify<'p>(&self, entry: &[u8], policy: &'p TrustPolicy) -> Result<Trusted<'p>, NotTrusted> {
        let trusted = policy.check(&self.checkpoint)?;
        let algorithm = trusted.algorithm();
        let leaf = algorithm.leaf_hash(entry);
        verify_inclusion(algorithm, &trusted.checkpoint.head, self.index, &leaf, &self.proof)?;
        Ok(trusted)
    }
}

impl FromStr for Bundle {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = |why| Malformed { what: "a proof", why };
        let (lines, checkpoint) = text.split_once("\n\n").ok_or(malformed("no empty line precedes the checkpoint"))?;
        let mut lines = lines.split('\n').peekable();
        if lines.next() != Some(FIRST) {
            return Err(malformed("its first line is not c2sp.org/tlog-proof@v1"));
        }
        let extra = lines
            .next_if(|line| line.starts_with("extra "))
            .map(|line| from_base64(&line["extra ".len()..]).ok_or(malformed("what follows «extra» is not base64")));
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(number);
        Ok(Self {
            extra: extra.transpose()?,
            index: index.ok_or(malformed("it has no line «index» with a number"))?,
            proof: proof(lines).map_err(malformed)?,
            checkpoint: checkpoint.parse()?,
        })
    }
}

impl fmt::Display for Bundle {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{FIRST}")?;
        if let Some(extra) = &self.extra {
            writeln!(out, "extra {}", base64(extra))?;
        }
        write!(out, "index {}\n{}\n{}", self.index, proof_lines(&self.proof), self.checkpoint)
    }
}
