//! Where the nodes of a tree are, and how a run of leaves is made up of them.

use std::ops::Range;

use crate::hash::{Algorithm, Hash};

/// The place of a complete node: it covers the `2^level` leaves from `index * 2^level` on. Its hash never changes once
/// those leaves exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coordinate {
    /// 0 for a leaf, one more for each doubling.
    pub level: u8,
    /// The place among the nodes of this level, from the left, from 0.
    pub index: u64,
}

/// A complete node, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// See [`Coordinate::level`].
    pub level: u8,
    /// See [`Coordinate::index`].
    pub index: u64,
    /// The RFC 6962 hash of the subtree.
    pub hash: Hash,
}

impl Node {
    /// Where this node is.
    pub fn coordinate(&self) -> Coordinate {
        Coordinate { level: self.level, index: self.index }
    }
}

/// What a tree is known by: how many entries it has, and the one hash that stands for all of them. Two trees with the
/// same head, under the same [`Algorithm`], are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of leaves.
    pub size: u64,
    /// The root hash (`MTH` in RFC 6962, section 2.1).
    pub root: Hash,
}

impl Head {
    /// The head of the tree without entries: where every ledger begins.
    pub fn empty(algorithm: Algorithm) -> Self {
        Self { size: 0, root: algorithm.empty_root() }
    }
}

/// A node that the tree has, and that its keeper did not find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The ledger lacks its node {index} of level {level}. Nothing can be proven or appended until it is restored from a \
     backup; do not write to this database.",
    index = .0.index,
    level = .0.level
)]
pub struct MissingNode(pub Coordinate);

/// The complete subtrees that a run of leaves consists of, from left to right.
///
/// The run must begin at a multiple of the largest power of two that fits into it. Every run that RFC 6962 names in a
/// proof does: `[0, n)`, and either half of a split.
pub(crate) fn complete_nodes(run: Range<u64>) -> Vec<Coordinate> {
    let mut nodes = Vec::new();
    let mut at = run.start;
    while at < run.end {
        let level = (run.end - at).ilog2();
        nodes.push(Coordinate { level: level as u8, index: at >> level });
        at += 1 << level;
    }
    nodes
}

/// The root over complete subtrees of falling size, from left to right.
pub(crate) fn fold(algorithm: Algorithm, subtrees: &[Hash]) -> Hash {
    match subtrees.split_last() {
        None => algorithm.empty_root(),
        Some((smallest, larger)) => larger.iter().rfold(*smallest, |right, left| algorithm.node_hash(left, &right)),
    }
}

/// Where a run of at least two leaves is split: after the largest power of two smaller than its length (`k` in RFC
/// 6962).
pub(crate) fn split(run: &Range<u64>) -> u64 {
    run.start + (1 << (run.end - run.start - 1).ilog2())
}
