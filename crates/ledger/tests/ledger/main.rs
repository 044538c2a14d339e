//! The ledger through its public face: against published vectors, against independent implementations, and against
//! whoever would cheat.

mod canonical;
mod naive;
mod oracle;
mod vectors;

use ledger::{Algorithm, Coordinate, Frontier, Hash, Head};

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
