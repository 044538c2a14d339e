//! Proofs of inclusion and of consistency: made as RFC 6962, sections 2.1.1 and 2.1.2, defines them, checked with the
//! loops of RFC 9162, sections 2.1.3.2 and 2.1.4.2.
//!
//! A proof is a list of hashes, each the root of a run of leaves. The runs depend only on the sizes, so a keeper that
//! cannot answer node by node asks [`inclusion_nodes`] or [`consistency_nodes`] first and fetches them in one go.

use std::ops::Range;

use crate::hash::{Algorithm, Hash};
use crate::tree::{Coordinate, Head, MissingNode, complete_nodes, fold, split};

/// Why a proof could not be made, or does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProven {
    /// The entry is not in a tree of this size.
    #[error(
        "Entry {index} is not in a tree of {size} entries: ask for an entry below {size}, or for a later checkpoint."
    )]
    NoSuchEntry {
        /// The place that was asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The tree that should be the earlier one is larger.
    #[error("A tree of {old} entries cannot be an earlier state of one of {new}: swap the two checkpoints.")]
    NotEarlier {
        /// The size of the tree that was called earlier.
        old: u64,
        /// The size of the tree that was called later.
        new: u64,
    },
    /// A node is not where it should be.
    #[error(transparent)]
    Missing(#[from] MissingNode),
    /// The hashes do not lead to the root.
    #[error(
        "The proof does not lead to the root hash it should. The entry, the checkpoint or the proof was changed; fetch \
         all three again, and if the answer stays the same, report it to the inspectors."
    )]
    Mismatch,
}

/// The nodes whose hashes [`prove_inclusion`] will look up.
pub fn inclusion_nodes(index: u64, size: u64) -> Vec<Coordinate> {
    inclusion_runs(index, size).into_iter().flat_map(complete_nodes).collect()
}

/// Proves that the leaf at `index` is in the tree of `size` leaves: the audit path, from the leaf upwards.
///
/// # Errors
///
/// [`NotProven::NoSuchEntry`] when `index` is not below `size`, [`NotProven::Missing`] when `lookup` lacks a node.
pub fn prove_inclusion(
    algorithm: Algorithm,
    index: u64,
    size: u64,
    lookup: impl Fn(Coordinate) -> Option<Hash>,
) -> Result<Vec<Hash>, NotProven> {
    if index >= size {
        return Err(NotProven::NoSuchEntry { index, size });
    }
    hashes_of(algorithm, inclusion_runs(index, size), lookup)
}

/// Checks that the tree with this `head` has `leaf` (a [`leaf_hash`](Algorithm::leaf_hash)) at `index`.
///
/// # Errors
///
/// [`NotProven::NoSuchEntry`] when `index` is not below the size, [`NotProven::Mismatch`] when the proof does not hold.
pub fn verify_inclusion(
    algorithm: Algorithm,
    head: &Head,
    index: u64,
    leaf: &Hash,
    proof: &[Hash],
) -> Result<(), NotProven> {
    let &Head { size, root } = head;
    if index >= size {
        return Err(NotProven::NoSuchEntry { index, size });
    }
    // `node` is where the path is on its level, `last` the level's last node.
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(NotProven::Mismatch);
        }
        if node % 2 == 1 || node == last {
            hash = algorithm.node_hash(sibling, &hash);
            climb_to_right_child(&mut node, &mut last);
        } else {
            hash = algorithm.node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    holds(last == 0 && hash == root)
}

/// The nodes whose hashes [`prove_consistency`] will look up.
pub fn consistency_nodes(old: u64, new: u64) -> Vec<Coordinate> {
    consistency_runs(old, new).into_iter().flat_map(complete_nodes).collect()
}

/// Proves that the tree of `old` leaves is the beginning of the tree of `new` leaves. The proof is empty when the two
/// sizes are equal, and when the older tree has no leaf at all.
///
/// # Errors
///
/// [`NotProven::NotEarlier`] when `old` is above `new`, [`NotProven::Missing`] when `lookup` lacks a node.
pub fn prove_consistency(
    algorithm: Algorithm,
    old: u64,
    new: u64,
    lookup: impl Fn(Coordinate) -> Option<Hash>,
) -> Result<Vec<Hash>, NotProven> {
    if old > new {
        return Err(NotProven::NotEarlier { old, new });
    }
    hashes_of(algorithm, consistency_runs(old, new), lookup)
}

/// Checks that the tree with the head `old` is the beginning of the tree with the head `new`: the new one has every
/// entry of the old one, unchanged and in its place.
///
/// # Errors
///
/// [`NotProven::NotEarlier`] when `old` is above `new`, [`NotProven::Mismatch`] when the proof does not hold.
pub fn verify_consistency(algorithm: Algorithm, old: &Head, new: &Head, proof: &[Hash]) -> Result<(), NotProven> {
    if old.size > new.size {
        return Err(NotProven::NotEarlier { old: old.size, new: new.size });
    }
    if old.size == new.size {
        return holds(proof.is_empty() && old.root == new.root);
    }
    if old.size == 0 {
        return holds(proof.is_empty() && *old == Head::empty(algorithm));
    }
    // A complete older tree is itself the first node of the path, and its root is known already.
    let (first, rest) =
        if old.size.is_power_of_two() { (&old.root, proof) } else { proof.split_first().ok_or(NotProven::Mismatch)? };
    let (mut node, mut last) = (old.size - 1, new.size - 1);
    let complete = node.trailing_ones();
    (node, last) = (node >> complete, last >> complete);
    let (mut older, mut newer) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(NotProven::Mismatch);
        }
        if node % 2 == 1 || node == last {
            older = algorithm.node_hash(sibling, &older);
            newer = algorithm.node_hash(sibling, &newer);
            climb_to_right_child(&mut node, &mut last);
        } else {
            newer = algorithm.node_hash(&newer, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    holds(last == 0 && older == old.root && newer == new.root)
}

/// `PATH(m, D[n])`: the runs beside the way from the leaf to the root, lowest first.
fn inclusion_runs(index: u64, size: u64) -> Vec<Range<u64>> {
    let mut runs = Vec::new();
    let mut run = 0..size;
    while run.end - run.start > 1 {
        let middle = split(&run);
        let (left, right) = (run.start..middle, middle..run.end);
        let (way, beside) = if index < middle { (left, right) } else { (right, left) };
        runs.push(beside);
        run = way;
    }
    runs.reverse();
    runs
}

/// `PROOF(m, D[n])`: the runs beside the way to the end of the older tree, lowest first, and before them the run at the
/// end of that way, unless it is the whole older tree.
fn consistency_runs(old: u64, new: u64) -> Vec<Range<u64>> {
    if !(1..=new).contains(&old) {
        return Vec::new();
    }
    let mut runs = Vec::new();
    let mut run = 0..new;
    while run.end != old {
        let middle = split(&run);
        let (left, right) = (run.start..middle, middle..run.end);
        let (way, beside) = if old <= middle { (left, right) } else { (right, left) };
        runs.push(beside);
        run = way;
    }
    if run.start != 0 {
        runs.push(run);
    }
    runs.reverse();
    runs
}

fn hashes_of(
    algorithm: Algorithm,
    runs: Vec<Range<u64>>,
    lookup: impl Fn(Coordinate) -> Option<Hash>,
) -> Result<Vec<Hash>, NotProven> {
    let hash_of = |run| {
        let found = |node| lookup(node).ok_or(MissingNode(node));
        let subtrees = complete_nodes(run).into_iter().map(found).collect::<Result<Vec<_>, _>>()?;
        Ok(fold(algorithm, &subtrees))
    };
    runs.into_iter().map(hash_of).collect()
}

/// The last node of a level may have no sibling: it then stands for its parents too, up to the right child that was
/// joined with the sibling just used. `node` is not 0 here: 0 would be the root already.
fn climb_to_right_child(node: &mut u64, last: &mut u64) {
    let levels = node.trailing_zeros();
    (*node, *last) = (*node >> levels, *last >> levels);
}

fn holds(it_does: bool) -> Result<(), NotProven> {
    if it_does { Ok(()) } else { Err(NotProven::Mismatch) }
}
