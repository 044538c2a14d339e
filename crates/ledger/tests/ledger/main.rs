//! The tree against the published vectors and against `tlog_tiles`, an independent implementation.

mod canonical;
mod oracle;
mod vectors;

use std::collections::HashMap;

use ledger::{Coordinate, Frontier, Hash, leaf_hash};

/// A ledger in memory: what a store keeps, grown through the public interface alone.
#[derive(Default)]
pub struct Kept {
    pub nodes: HashMap<Coordinate, Hash>,
    pub roots: Vec<Hash>,
}

impl Kept {
    pub fn grow(entries: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut frontier = Frontier::default();
        let mut kept = Kept { roots: vec![frontier.root()], ..Self::default() };
        for entry in entries {
            for node in frontier.push(leaf_hash(&entry)) {
                let former = kept.nodes.insert(node.coordinate(), node.hash);
                assert_eq!(former, None, "a complete node is reported once");
            }
            kept.roots.push(frontier.root());
        }
        kept
    }

    pub fn hash(&self, at: Coordinate) -> Option<Hash> {
        self.nodes.get(&at).copied()
    }
}
