//! Signed notes: a text and signatures under it (C2SP `signed-note`).

use std::fmt;
use std::str::FromStr;

use crate::key::{BadSignature, VerifierKey, is_key_name};
use crate::secret::{CosigningKey, SigningKey};
use crate::text::{Malformed, base64, from_base64};

/// More signatures than anyone will put under one note. Every reader must accept 16.
const MOST_SIGNATURES: usize = 100;

/// A text with signatures under it. Nothing in it may be believed before [`Note::verify`] was asked with keys that are
/// trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// One line under a note: whose key, and what it made. Its text form is `— <name> <base64 of id and signature>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    name: String,
    id: u32,
    signature: Vec<u8>,
}

/// A signature that holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signed<'k> {
    /// The key that made it.
    pub key: &'k VerifierKey,
    /// When, as a cosigner states it, in seconds since the Unix epoch.
    pub at: Option<u64>,
}

impl Note {
    /// A text to be signed. It ends with a line feed, which is part of it.
    ///
    /// # Errors
    ///
    /// [`Malformed`] when it does not, or has another control character in it.
    pub fn new(text: String) -> Result<Self, Malformed> {
        if !text.ends_with('\n') {
            return Err(not_a_note("the text does not end with a line feed"));
        }
        if text.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return Err(not_a_note("the text has a control character in it"));
        }
        Ok(Self { text, signatures: Vec::new() })
    }

    /// What was signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Puts a signature under it. A checkpoint is signed with [`sign_checkpoint`](crate::sign_checkpoint), which looks
    /// at what was signed before.
    pub fn sign(&mut self, key: &SigningKey) {
        let signature = key.sign(self.text.as_bytes());
        self.add(SignatureLine::new(key.verifier(), signature));
    }

    /// Puts a cosignature under it, made `at`, in seconds since the Unix epoch, and gives its line.
    pub(crate) fn cosign(&mut self, key: &CosigningKey, at: u64) -> SignatureLine {
        let line = SignatureLine::new(key.verifier(), key.cosign(self.text.as_bytes(), at));
        self.add(line.clone());
        line
    }

    /// Adds a line, in place of any other by the same key.
    pub(crate) fn add(&mut self, line: SignatureLine) {
        self.signatures.retain(|other| (&other.name, other.id) != (&line.name, line.id));
        self.signatures.push(line);
    }

    /// Leaves only the lines that these keys made.
    pub(crate) fn keep(&mut self, keys: &[&VerifierKey]) {
        self.signatures.retain(|line| keys.iter().any(|key| line.is_by(key)));
    }

    /// The signatures by keys that are known; those by others say nothing. If a key has several lines, its first
    /// counts.
    ///
    /// # Errors
    ///
    /// [`BadSignature`] when a known key has a line here that it did not make: somebody is cheating, and the rest is
    /// not to be trusted either.
    pub fn verify<'k>(&self, known: &[&'k VerifierKey]) -> Result<Vec<Signed<'k>>, BadSignature> {
        let mut held: Vec<Signed<'k>> = Vec::new();
        for line in &self.signatures {
            for &key in known.iter().filter(|key| line.is_by(key)) {
                if held.iter().all(|signed| signed.key != key) {
                    held.push(Signed { key, at: line.verify(key, &self.text)? });
                }
            }
        }
        Ok(held)
    }
}

impl FromStr for Note {
    type Err = Malformed;

    fn from_str(note: &str) -> Result<Self, Malformed> {
        let (text, lines) = note.rsplit_once("\n\n").ok_or(not_a_note("no empty line parts text and signatures"))?;
        let mut note = Self::new(format!("{text}\n"))?;
        note.signatures = SignatureLine::parse_all(lines)?;
        Ok(note)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(out, "{line}"))
    }
}

impl SignatureLine {
    fn new(key: &VerifierKey, signature: Vec<u8>) -> Self {
        Self { name: key.name().to_owned(), id: key.id(), signature }
    }

    /// Reads one or more lines, each with a line feed at its end.
    pub(crate) fn parse_all(lines: &str) -> Result<Vec<Self>, Malformed> {
        let lines = lines.strip_suffix('\n').ok_or(not_a_note("it does not end with a line feed"))?;
        if lines.split('\n').nth(MOST_SIGNATURES).is_some() {
            return Err(not_a_note("it has more than 100 signatures"));
        }
        lines.split('\n').map(str::parse).collect()
    }

    /// Whether it says that this key made it.
    pub(crate) fn is_by(&self, key: &VerifierKey) -> bool {
        (self.name.as_str(), self.id) == (key.name(), key.id())
    }

    pub(crate) fn verify(&self, key: &VerifierKey, text: &str) -> Result<Option<u64>, BadSignature> {
        key.verify(text.as_bytes(), &self.signature)
    }
}

impl FromStr for SignatureLine {
    type Err = Malformed;

    fn from_str(line: &str) -> Result<Self, Malformed> {
        let parse = || {
            let (name, bytes) = line.strip_prefix("— ")?.split_once(' ')?;
            let bytes = from_base64(bytes)?;
            let (id, signature) = bytes.split_first_chunk()?;
            let whole = is_key_name(name) && !signature.is_empty();
            whole.then(|| Self { name: name.to_owned(), id: u32::from_be_bytes(*id), signature: signature.to_vec() })
        };
        parse().ok_or(not_a_note("a signature line is not of the form «— name base64»"))
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.to_be_bytes()[..], &self.signature].concat();
        write!(out, "— {} {}", self.name, base64(&bytes))
    }
}

fn not_a_note(why: &'static str) -> Malformed {
    Malformed { what: "a signed note", why }
}
