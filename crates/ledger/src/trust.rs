//! Whom to believe: the logs and witnesses that are known, and how many witnesses it takes (C2SP `tlog-policy`). One
//! file says it to the log that asks its witnesses, to the witness that is asked, and to whoever verifies a proof:
//!
//! ```text
//! log appraisal.example.gov/ledger+1b2a3c4d+AeKy...
//! witness inspection inspection.example.gov/witness+5e6f7081+BOt1... https://inspection.example.gov:8443
//! witness audit audit.example.gov/witness+92a3b4c5+BLm9...
//! group witnesses any inspection audit
//! quorum witnesses
//! ```

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use crate::checkpoint::Checkpoint;
use crate::hash::Algorithm;
use crate::key::{BadSignature, SignatureType, VerifierKey};
use crate::note::{Note, SignatureLine};
use crate::proof::NotProven;
use crate::text::{Malformed, number};

/// Known logs and witnesses, and the quorum: which witnesses are enough.
#[derive(Clone, Debug)]
pub struct TrustPolicy {
    logs: Vec<Peer>,
    witnesses: Vec<Peer>,
    /// Groups and single witnesses; a group names others by their place here.
    rules: Vec<Rule>,
    /// A place in `rules`; none when no witness is asked for.
    quorum: Option<usize>,
}

/// A log or a witness.
#[derive(Clone, Debug, PartialEq)]
pub struct Peer {
    /// Its key, with its name.
    pub key: VerifierKey,
    /// Where to ask it, if the policy says so. Of a witness, it is the prefix before `/add-checkpoint`.
    pub url: Option<String>,
}

#[derive(Clone, Debug)]
enum Rule {
    /// A place in `witnesses`.
    Witness(usize),
    /// So many of the members, which are places in `rules`, all of them before this one.
    Group { needed: usize, members: Vec<usize> },
}

/// A checkpoint that may be believed.
#[derive(Clone, Debug, PartialEq)]
pub struct Trusted<'p> {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// The key with which the log signed it.
    pub log: &'p VerifierKey,
    /// The known witnesses that saw it.
    pub cosignatures: Vec<Cosignature<'p>>,
}

/// That a witness saw a checkpoint, and knows of no other history (C2SP `tlog-cosignature`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosignature<'p> {
    /// Which witness.
    pub witness: &'p VerifierKey,
    /// When, in seconds since the Unix epoch.
    pub at: u64,
}

impl Trusted<'_> {
    /// The hash function of the log's tree.
    pub fn algorithm(&self) -> Algorithm {
        self.log.signature_type().algorithm()
    }
}

/// Why a checkpoint, or a proof that rests on it, is not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTrusted {
    /// It cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// It is of a log that the policy does not name.
    #[error(
        "The checkpoint is of the log {origin}, which is not among the trusted ones. Get that log's key from its \
         authority, not from where the checkpoint came, and add it to the trust policy."
    )]
    UnknownLog {
        /// What it says it is of.
        origin: String,
    },
    /// None of the log's keys signed it.
    #[error(
        "The checkpoint says that it is of the log {origin}, but none of the trusted keys of that log signed it. Fetch \
         it again from the log; if it stays unsigned, report it to the inspectors."
    )]
    NotSignedByLog {
        /// What it says it is of.
        origin: String,
    },
    /// A trusted key's signature does not hold.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
    /// The quorum is not reached.
    #[error(
        "The log signed this checkpoint, but too few trusted witnesses did ({cosigned}). Ask for the proof again \
         later, when more of them have seen it."
    )]
    TooFewWitnesses {
        /// How many known witnesses cosigned.
        cosigned: usize,
    },
    /// The entry is not where the proof says.
    #[error(transparent)]
    NotProven(#[from] NotProven),
}

impl TrustPolicy {
    /// The logs that are known.
    pub fn logs(&self) -> &[Peer] {
        &self.logs
    }

    /// The witnesses that are known.
    pub fn witnesses(&self) -> &[Peer] {
        &self.witnesses
    }

    /// Checks that a log signed the checkpoint in this note, and that enough witnesses did.
    ///
    /// # Errors
    ///
    /// [`NotTrusted`], all but [`NotTrusted::NotProven`].
    pub fn check(&self, note: &Note) -> Result<Trusted<'_>, NotTrusted> {
        let trusted = self.check_log(note)?;
        if self.quorum.is_some_and(|quorum| !self.holds(quorum, &trusted.cosignatures)) {
            return Err(NotTrusted::TooFewWitnesses { cosigned: trusted.cosignatures.len() });
        }
        Ok(trusted)
    }

    /// Checks that a log signed the checkpoint in this note. Signatures of witnesses must hold, if there are any.
    ///
    /// # Errors
    ///
    /// [`NotTrusted`], all but [`NotTrusted::TooFewWitnesses`] and [`NotTrusted::NotProven`].
    pub fn check_log(&self, note: &Note) -> Result<Trusted<'_>, NotTrusted> {
        let checkpoint: Checkpoint = note.text().parse()?;
        let mut known = self.keys_of(&checkpoint.origin);
        if known.is_empty() {
            return Err(NotTrusted::UnknownLog { origin: checkpoint.origin });
        }
        known.extend(self.witnesses.iter().map(|witness| &witness.key));
        let (mut log, mut cosignatures) = (None, Vec::new());
        for signed in note.verify(&known)? {
            match signed.at {
                None => log = log.or(Some(signed.key)),
                Some(at) => cosignatures.push(Cosignature { witness: signed.key, at }),
            }
        }
        match log {
            Some(log) => Ok(Trusted { checkpoint, log, cosignatures }),
            None => Err(NotTrusted::NotSignedByLog { origin: checkpoint.origin }),
        }
    }

    /// Puts what a witness answered to `add-checkpoint` under the log's own checkpoint, and tells how many lines that
    /// were. Lines by unknown keys are passed over (`tlog-witness`, section "add-checkpoint").
    ///
    /// # Errors
    ///
    /// [`NotTrusted::Malformed`] and [`NotTrusted::BadSignature`]; then nothing of the answer is taken.
    pub fn adopt(&self, note: &mut Note, answer: &str) -> Result<usize, NotTrusted> {
        let mut lines = SignatureLine::parse_all(answer)?;
        lines.retain(|line| self.witnesses.iter().any(|witness| line.is_by(&witness.key)));
        for line in &lines {
            for witness in self.witnesses.iter().filter(|witness| line.is_by(&witness.key)) {
                line.verify(&witness.key, note.text())?;
            }
        }
        let adopted = lines.len();
        lines.into_iter().for_each(|line| note.add(line));
        Ok(adopted)
    }

    pub(crate) fn keys_of(&self, origin: &str) -> Vec<&VerifierKey> {
        self.logs.iter().map(|log| &log.key).filter(|key| key.name() == origin).collect()
    }

    fn holds(&self, rule: usize, cosignatures: &[Cosignature<'_>]) -> bool {
        match &self.rules[rule] {
            Rule::Witness(witness) => {
                cosignatures.iter().any(|cosignature| *cosignature.witness == self.witnesses[*witness].key)
            }
            Rule::Group { needed, members } => {
                members.iter().filter(|member| self.holds(**member, cosignatures)).count() >= *needed
            }
        }
    }
}

/// A line of a trust policy that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Line {line} of the trust policy: {why}. Correct the file; until then nothing can be checked with it.")]
pub struct BadPolicy {
    /// Counted from 1; for what is missing altogether, the line after the last.
    pub line: usize,
    /// What is wrong with it.
    pub why: &'static str,
}

impl FromStr for TrustPolicy {
    type Err = BadPolicy;

    fn from_str(text: &str) -> Result<Self, BadPolicy> {
        let mut reader = Reader::default();
        for (place, line) in text.split('\n').enumerate() {
            reader.line(line).map_err(|why| BadPolicy { line: place + 1, why })?;
        }
        let end = text.split('\n').count();
        let quorum = reader.quorum.ok_or(BadPolicy { line: end, why: "there is no line «quorum»" })?;
        Ok(Self { logs: reader.logs, witnesses: reader.witnesses, rules: reader.rules, quorum })
    }
}

#[derive(Default)]
struct Reader<'t> {
    logs: Vec<Peer>,
    witnesses: Vec<Peer>,
    rules: Vec<Rule>,
    /// Where in `rules` a name is.
    names: HashMap<&'t str, usize>,
    /// The rules that are members of a group already.
    members: HashSet<usize>,
    quorum: Option<Option<usize>>,
}

impl<'t> Reader<'t> {
    fn line(&mut self, line: &'t str) -> Result<(), &'static str> {
        if line.contains(|letter: char| letter.is_ascii_control() && letter != '\t') {
            return Err("it has a control character in it; lines end with a line feed alone");
        }
        let words: Vec<&str> = line.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
        match words[..] {
            [] => Ok(()),
            [comment, ..] if comment.starts_with('#') => Ok(()),
            ["log", key] => self.log(key, None),
            ["log", key, url] => self.log(key, Some(url)),
            ["witness", name, key] => self.witness(name, key, None),
            ["witness", name, key, url] => self.witness(name, key, Some(url)),
            ["group", name, needed, ref members @ ..] => self.group(name, needed, members),
            ["quorum", name] => self.quorum(name),
            _ => Err("it is none of «log KEY [URL]», «witness NAME KEY [URL]», «group NAME all|any|NUMBER NAME...», \
                      «quorum NAME»"),
        }
    }

    fn log(&mut self, key: &str, url: Option<&str>) -> Result<(), &'static str> {
        let log = peer(key, url)?;
        if log.key.signature_type() == SignatureType::Cosignature {
            return Err("the key is that of a witness, not of a log");
        }
        refuse_duplicate(&self.logs, &log)?;
        let algorithm = |peer: &Peer| peer.key.signature_type().algorithm();
        if self.logs.iter().any(|other| other.key.name() == log.key.name() && algorithm(other) != algorithm(&log)) {
            return Err("another key of this log is for the tree of another hash function, which is another log");
        }
        self.logs.push(log);
        Ok(())
    }

    fn witness(&mut self, name: &'t str, key: &str, url: Option<&str>) -> Result<(), &'static str> {
        let witness = peer(key, url)?;
        if witness.key.signature_type() != SignatureType::Cosignature {
            return Err("the key is not that of a witness");
        }
        refuse_duplicate(&self.witnesses, &witness)?;
        self.name(name, Rule::Witness(self.witnesses.len()))?;
        self.witnesses.push(witness);
        Ok(())
    }

    fn group(&mut self, name: &'t str, needed: &str, names: &[&str]) -> Result<(), &'static str> {
        let needed = match needed {
            "all" => names.len() as u64,
            "any" => 1,
            needed => number(needed).ok_or("what a group needs is «all», «any» or a number")?,
        };
        // Neither more than there are, which could never be met, nor none at all, which would ask for nothing.
        let needed = usize::try_from(needed).ok().filter(|needed| (1..=names.len()).contains(needed));
        let needed = needed.ok_or("a group needs at least one of its members, and no more than it has")?;
        let mut members = Vec::new();
        for name in names {
            let member = *self.names.get(name).ok_or("a member is named on no line before it")?;
            if !self.members.insert(member) {
                return Err("a member is in a group already");
            }
            members.push(member);
        }
        self.name(name, Rule::Group { needed, members })
    }

    fn quorum(&mut self, name: &str) -> Result<(), &'static str> {
        if self.quorum.is_some() {
            return Err("there is a line «quorum» already");
        }
        let rule = self.names.get(name).copied();
        if rule.is_none() && name != "none" {
            return Err("the quorum is named on no line before it");
        }
        self.quorum = Some(rule);
        Ok(())
    }

    fn name(&mut self, name: &'t str, rule: Rule) -> Result<(), &'static str> {
        if name == "none" || self.names.insert(name, self.rules.len()).is_some() {
            return Err("the name is taken already");
        }
        self.rules.push(rule);
        Ok(())
    }
}

fn peer(key: &str, url: Option<&str>) -> Result<Peer, &'static str> {
    let key = key.parse().map_err(|malformed: Malformed| malformed.why)?;
    Ok(Peer { key, url: url.map(str::to_owned) })
}

/// Whoever has one key under two names would count twice.
fn refuse_duplicate(known: &[Peer], new: &Peer) -> Result<(), &'static str> {
    let known = known.iter().any(|peer| peer.key.is_same_public_key(&new.key));
    if known { Err("the same public key is on a line before it") } else { Ok(()) }
}
