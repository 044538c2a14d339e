//! The ledger through its public face: against published vectors, against independent implementations, and against
//! whoever would cheat.

mod bundle;
mod canonical;
mod checkpoint;
mod key;
mod naive;
mod note;
mod oracle;
mod signer;
mod tile;
mod trust;
mod vectors;
mod witness;

use ledger::{
    Advance, Algorithm, Checkpoint, Coordinate, CosigningKey, Frontier, Hash, Head, Note, SigningKey,
    prove_consistency, sign_checkpoint,
};

/// A ledger in memory: what a store keeps, grown through the public interface alone.
pub struct Kept {
    pub algorithm: Algorithm,
    /// The complete nodes of each level, from the leaves upwards.
    levels: Vec<Vec<Hash>>,
}

impl Kept {
    pub fn grow(algorithm: Algorithm, entries: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut frontier = Frontier::new(algorithm);
        let mut levels: Vec<Vec<Hash>> = Vec::new();
        for entry in entries {
            for node in frontier.push(algorithm.leaf_hash(&entry)) {
                let level = usize::from(node.level);
                levels.resize_with(levels.len().max(level + 1), Vec::new);
                assert_eq!(levels[level].len() as u64, node.index, "a complete node is reported once, and in order");
                levels[level].push(node.hash);
            }
        }
        Self { algorithm, levels }
    }

    pub fn hash(&self, at: Coordinate) -> Option<Hash> {
        self.levels.get(usize::from(at.level))?.get(usize::try_from(at.index).ok()?).copied()
    }

    /// The head when the ledger had this many entries.
    pub fn head(&self, size: u64) -> Head {
        Frontier::load(self.algorithm, size, |node| self.hash(node)).unwrap().head()
    }
}

/// Something to put in at a place.
pub fn entry(place: u64) -> Vec<u8> {
    format!("entry {place}").into_bytes()
}

/// A log with its key: what the server and the keeper of its key are together.
pub struct Log {
    pub key: SigningKey,
    pub kept: Kept,
}

impl Log {
    /// A log of so many entries, as `example.com/log`, or under SM3 as `example.com/log/sm3`.
    pub fn grow(algorithm: Algorithm, size: u64) -> Self {
        Self::of(algorithm, (0..size).map(entry))
    }

    pub fn of(algorithm: Algorithm, entries: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let key = match algorithm {
            Algorithm::Sha256 => SigningKey::ed25519("example.com/log", &[1; 32]),
            Algorithm::Sm3 => SigningKey::sm2("example.com/log/sm3", &[1; 32]),
        };
        Self { key: key.unwrap(), kept: Kept::grow(algorithm, entries) }
    }

    pub fn prove(&self, old: u64, new: u64) -> Vec<Hash> {
        prove_consistency(self.kept.algorithm, old, new, |node| self.kept.hash(node)).unwrap()
    }

    /// The checkpoint of this size, not signed yet.
    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint { origin: self.key.verifier().name().to_owned(), head: self.kept.head(size) }
    }

    /// The checkpoint of this size, signed.
    pub fn signed(&self, size: u64) -> Note {
        let advance = Advance { old: 0, proof: Vec::new(), checkpoint: self.checkpoint(size) };
        sign_checkpoint(&self.key, None, &advance).unwrap()
    }

    /// What is sent to a witness that has seen `old` entries.
    pub fn advance(&self, old: u64, new: u64) -> Advance<Note> {
        Advance { old, proof: self.prove(old, new), checkpoint: self.signed(new) }
    }
}

/// The key of the witness `example.com/witness-<n>`.
pub fn witness_key(n: u8) -> CosigningKey {
    CosigningKey::new(&format!("example.com/witness-{n}"), &[100 + n; 32]).unwrap()
}
