//! Every SHA-256 root and proof equals that of `tlog_tiles`, and either side accepts the other's.

use ledger::{
    Algorithm, Coordinate, Hash, Head, NotProven, consistency_nodes, inclusion_nodes, prove_consistency,
    prove_inclusion, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use tlog_tiles::{
    Error, Hash as OracleHash, HashReader, check_record, check_tree, prove_record, prove_tree, split_stored_hash_index,
    tree_hash,
};

use crate::{Kept, entry};

const SHA: Algorithm = Algorithm::Sha256;

impl HashReader for Kept {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<OracleHash>, Error> {
        let stored = |index: &u64| {
            let (level, index) = split_stored_hash_index(*index);
            self.hash(Coordinate { level, index }).map(OracleHash).ok_or(Error::IndexesNotInTree)
        };
        indexes.iter().map(stored).collect()
    }
}

fn kept(size: u64) -> Kept {
    Kept::grow(SHA, (0..size).map(entry))
}

fn bare(proof: Vec<OracleHash>) -> Vec<Hash> {
    proof.into_iter().map(|hash| hash.0).collect()
}

fn same_root(kept: &Kept, size: u64) -> Head {
    let head = kept.head(size);
    assert_eq!(head, Head { size, root: tree_hash(size, kept).unwrap().0 });
    head
}

fn same_inclusion(kept: &Kept, index: u64, head: &Head) {
    let proof = prove_inclusion(SHA, index, head.size, |node| kept.hash(node)).unwrap();
    assert_eq!(proof, bare(prove_record(head.size, index, kept).unwrap()), "inclusion of {index} in {}", head.size);
    let leaf = kept.hash(Coordinate { level: 0, index }).unwrap();
    verify_inclusion(SHA, head, index, &leaf, &proof).unwrap();
}

fn same_consistency(kept: &Kept, old: &Head, new: &Head) {
    let proof = prove_consistency(SHA, old.size, new.size, |node| kept.hash(node)).unwrap();
    let theirs = bare(prove_tree(new.size, old.size, kept).unwrap());
    assert_eq!(proof, theirs, "consistency of {} and {}", old.size, new.size);
    verify_consistency(SHA, old, new, &proof).unwrap();
}

/// Trees of up to this many entries are all looked at.
const SMALL: u64 = 2000;

/// Places in a tree of this size: all while it is small, then some 64 that are others for each size.
fn places(size: u64) -> impl Iterator<Item = u64> {
    let step = size / 64 + 1;
    (size % step..size).step_by(step as usize)
}

#[test]
fn every_small_tree_agrees() {
    let kept = kept(SMALL);
    let heads: Vec<Head> = (0..=SMALL).map(|size| same_root(&kept, size)).collect();
    for (size, head) in heads.iter().enumerate() {
        for place in places(size as u64) {
            same_inclusion(&kept, place, head);
            same_consistency(&kept, &heads[place as usize + 1], head);
        }
    }
}

/// Trees of up to a million entries. One is grown, and its beginnings are the smaller ones.
#[test]
fn large_trees_agree() {
    const LARGEST: u64 = 1_000_000;
    let kept = kept(LARGEST);
    let sizes = (SMALL..=LARGEST).prop_flat_map(|size| (Just(size), 0..size, 1..=size));
    proptest!(ProptestConfig::with_cases(500), |((size, index, old) in sizes)| {
        let head = same_root(&kept, size);
        same_inclusion(&kept, index, &head);
        same_consistency(&kept, &same_root(&kept, old), &head);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The lists for a keeper that fetches ahead name exactly the nodes that are looked up, and no other.
    #[test]
    fn the_named_nodes_are_those_looked_up((new, old) in (1..600_u64).prop_flat_map(|new| (Just(new), 1..=new))) {
        let asked = std::cell::RefCell::new(Vec::new());
        let lookup = |node| { asked.borrow_mut().push(node); Some([0; 32]) };
        prove_inclusion(SHA, old - 1, new, lookup).unwrap();
        prop_assert_eq!(asked.take(), inclusion_nodes(old - 1, new));
        prove_consistency(SHA, old, new, lookup).unwrap();
        prop_assert_eq!(asked.take(), consistency_nodes(old, new));
    }

    /// One changed bit anywhere, a hash too few or too many, or another place: the proof no longer holds, for us as for
    /// the oracle.
    #[test]
    fn a_tampered_proof_never_holds(
        (size, index) in (2..300_u64).prop_flat_map(|size| (Just(size), 0..size)),
        damage in 0..4_u8, bit in 0..256_usize, which in any::<prop::sample::Index>(),
    ) {
        let kept = kept(size);
        let head = kept.head(size);
        let (mut proof, mut leaf) =
            (prove_inclusion(SHA, index, size, |node| kept.hash(node)).unwrap(), SHA.leaf_hash(&entry(index)));
        match damage {
            0 => { let at = which.index(proof.len()); proof[at][bit / 8] ^= 1 << (bit % 8); }
            1 => leaf[bit / 8] ^= 1 << (bit % 8),
            2 => { proof.pop(); }
            _ => proof.push([0; 32]),
        }
        prop_assert_eq!(verify_inclusion(SHA, &head, index, &leaf, &proof), Err(NotProven::Mismatch));
        let theirs = proof.iter().copied().map(OracleHash).collect();
        prop_assert!(check_record(&theirs, size, OracleHash(head.root), index, OracleHash(leaf)).is_err());
    }

    /// The same for consistency: a rewritten past is never the beginning of the present.
    #[test]
    fn a_rewritten_past_is_never_consistent(
        (new, old) in (2..300_u64).prop_flat_map(|new| (Just(new), 1..new)),
        damage in 0..4_u8, bit in 0..256_usize, which in any::<prop::sample::Index>(),
    ) {
        let kept = kept(new);
        let (mut older, newer) = (kept.head(old), kept.head(new));
        let mut proof = prove_consistency(SHA, old, new, |node| kept.hash(node)).unwrap();
        match damage {
            0 => { let at = which.index(proof.len()); proof[at][bit / 8] ^= 1 << (bit % 8); }
            1 => older.root[bit / 8] ^= 1 << (bit % 8),
            2 => { proof.pop(); }
            _ => proof.push([0; 32]),
        }
        prop_assert_eq!(verify_consistency(SHA, &older, &newer, &proof), Err(NotProven::Mismatch));
        let theirs = proof.iter().copied().map(OracleHash).collect();
        prop_assert!(check_tree(&theirs, new, OracleHash(newer.root), old, OracleHash(older.root)).is_err());
    }

    /// Whatever one side accepts, the other accepts: random proofs of the right and of wrong shapes.
    #[test]
    fn both_sides_judge_any_proof_alike(
        size in 1..40_u64, index in 0..40_u64, borrowed in 0..40_u64, extra in 0..2_usize,
    ) {
        let (index, borrowed) = (index % size, borrowed % size);
        let kept = kept(size);
        let head = kept.head(size);
        let mut proof = prove_inclusion(SHA, borrowed, size, |node| kept.hash(node)).unwrap();
        proof.truncate(proof.len().saturating_sub(extra));
        let leaf = SHA.leaf_hash(&entry(index));
        let ours = verify_inclusion(SHA, &head, index, &leaf, &proof).is_ok();
        let theirs = proof.iter().copied().map(OracleHash).collect();
        prop_assert_eq!(ours, check_record(&theirs, size, OracleHash(head.root), index, OracleHash(leaf)).is_ok());
    }
}
