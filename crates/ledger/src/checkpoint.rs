//! Checkpoints: the head of a log, as its signed note says it (C2SP `tlog-checkpoint`).

use std::fmt;
use std::str::FromStr;

use crate::note::Note;
use crate::secret::SigningKey;
use crate::text::{Malformed, base64, hash, number};
use crate::tree::Head;

/// What a log says of itself: how many entries it has and what their root hash is. Its text form is three lines:
///
/// ```text
/// appraisal.example.gov/ledger
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// ```
///
/// Extension lines are read over: no monitor can check them, and this ledger writes none. They stay in the [`Note`]
/// they came with, and under its signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log, for ever. It is the name of the log's key too.
    pub origin: String,
    /// Which of its states. The hash function follows from the key that signed.
    pub head: Head,
}

impl Checkpoint {
    /// The note of this checkpoint with the log's own signature under it.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when the origin cannot stand on the first line of a note.
    pub(crate) fn sign(&self, key: &SigningKey) -> Result<Note, Malformed> {
        let mut note = Note::new(self.to_string())?;
        note.sign(key);
        Ok(note)
    }
}

impl FromStr for Checkpoint {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        parse(text).map_err(|why| Malformed { what: "a checkpoint", why })
    }
}

fn parse(text: &str) -> Result<Checkpoint, &'static str> {
    let lines: Vec<&str> = text.strip_suffix('\n').ok_or("it does not end with a line feed")?.split('\n').collect();
    if lines.iter().any(|line| line.is_empty()) {
        return Err("it has an empty line");
    }
    let [origin, size, root, ..] = lines[..] else { return Err("it has fewer than three lines") };
    let size = number(size).ok_or("its second line is not a number of entries")?;
    let root = hash(root).ok_or("its third line is not the base64 of a root hash")?;
    Ok(Checkpoint { origin: origin.to_owned(), head: Head { size, root } })
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}\n{}\n{}", self.origin, self.head.size, base64(&self.head.root))
    }
}
