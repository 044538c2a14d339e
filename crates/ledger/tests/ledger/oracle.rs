//! Every root and every proof equals that of `tlog_tiles`, and either side accepts the other's.

use ledger::{
    Coordinate, Frontier, Hash, NotProven, consistency_nodes, inclusion_nodes, leaf_hash, prove_consistency,
    prove_inclusion, verify_consistency, verify_inclusion,
};
use proptest::prelude::*;
use tlog_tiles::{
    Error, Hash as OracleHash, HashReader, check_record, check_tree, prove_record, prove_tree, split_stored_hash_index,
    tree_hash,
};

use crate::Kept;

impl HashReader for Kept {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<OracleHash>, Error> {
        let stored = |index: &u64| {
            let (level, index) = split_stored_hash_index(*index);
            self.hash(Coordinate { level, index }).map(OracleHash).ok_or(Error::IndexesNotInTree)
        };
        indexes.iter().map(stored).collect()
    }
}

fn entry(place: u64) -> Vec<u8> {
    format!("entry {place}").into_bytes()
}

fn bare(proof: Vec<OracleHash>) -> Vec<Hash> {
    proof.into_iter().map(|hash| hash.0).collect()
}

fn same_roots(kept: &Kept, size: u64) {
    let root = kept.roots[size as usize];
    assert_eq!(root, tree_hash(size, kept).unwrap().0, "root of {size}");
    let loaded = Frontier::load(size, |node| kept.hash(node)).unwrap();
    assert_eq!((loaded.size(), loaded.root()), (size, root), "loaded frontier of {size}");
}

fn same_inclusion(kept: &Kept, index: u64, size: u64) {
    let (leaf, root) = (leaf_hash(&entry(index)), kept.roots[size as usize]);
    let proof = prove_inclusion(index, size, |node| kept.hash(node)).unwrap();
    assert_eq!(proof, bare(prove_record(size, index, kept).unwrap()), "inclusion of {index} in {size}");
    verify_inclusion(&leaf, index, size, &proof, &root).unwrap();
}

fn same_consistency(kept: &Kept, old: u64, new: u64) {
    let (old_root, new_root) = (kept.roots[old as usize], kept.roots[new as usize]);
    let proof = prove_consistency(old, new, |node| kept.hash(node)).unwrap();
    assert_eq!(proof, bare(prove_tree(new, old, kept).unwrap()), "consistency of {old} and {new}");
    verify_consistency(old, new, &old_root, &new_root, &proof).unwrap();
}

#[test]
fn all_small_trees_agree() {
    const LARGEST: u64 = 200;
    let kept = Kept::grow((0..LARGEST).map(entry));
    for size in 0..=LARGEST {
        same_roots(&kept, size);
        for other in 1..=size {
            same_inclusion(&kept, other - 1, size);
            same_consistency(&kept, other, size);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn larger_trees_agree((size, index, old) in (201..6000_u64).prop_flat_map(|size| (Just(size), 0..size, 1..=size))) {
        let kept = Kept::grow((0..size).map(entry));
        same_roots(&kept, size);
        same_inclusion(&kept, index, size);
        same_consistency(&kept, old, size);
    }

    /// The lists for a keeper that fetches ahead name exactly the nodes that are looked up, and no other.
    #[test]
    fn the_named_nodes_are_those_looked_up((new, old) in (1..600_u64).prop_flat_map(|new| (Just(new), 1..=new))) {
        let asked = std::cell::RefCell::new(Vec::new());
        let lookup = |node| { asked.borrow_mut().push(node); Some([0; 32]) };
        prove_inclusion(old - 1, new, lookup).unwrap();
        prop_assert_eq!(asked.take(), inclusion_nodes(old - 1, new));
        prove_consistency(old, new, lookup).unwrap();
        prop_assert_eq!(asked.take(), consistency_nodes(old, new));
    }

    /// One changed bit anywhere, a hash too few or too many, or another place: the proof no longer holds, for us as for
    /// the oracle.
    #[test]
    fn a_tampered_proof_never_holds(
        (size, index) in (2..300_u64).prop_flat_map(|size| (Just(size), 0..size)),
        damage in 0..4_u8, bit in 0..256_usize, which in any::<prop::sample::Index>(),
    ) {
        let kept = Kept::grow((0..size).map(entry));
        let root = kept.roots[size as usize];
        let (mut proof, mut leaf) = (prove_inclusion(index, size, |node| kept.hash(node)).unwrap(), leaf_hash(&entry(index)));
        match damage {
            0 => { let at = which.index(proof.len()); proof[at][bit / 8] ^= 1 << (bit % 8); }
            1 => leaf[bit / 8] ^= 1 << (bit % 8),
            2 => { proof.pop(); }
            _ => proof.push([0; 32]),
        }
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Err(NotProven::Mismatch));
        let theirs = proof.iter().copied().map(OracleHash).collect();
        prop_assert!(check_record(&theirs, size, OracleHash(root), index, OracleHash(leaf)).is_err());
    }

    /// The same for consistency: a rewritten past is never the beginning of the present.
    #[test]
    fn a_rewritten_past_is_never_consistent(
        (new, old) in (2..300_u64).prop_flat_map(|new| (Just(new), 1..new)),
        damage in 0..4_u8, bit in 0..256_usize, which in any::<prop::sample::Index>(),
    ) {
        let kept = Kept::grow((0..new).map(entry));
        let (mut old_root, new_root) = (kept.roots[old as usize], kept.roots[new as usize]);
        let mut proof = prove_consistency(old, new, |node| kept.hash(node)).unwrap();
        match damage {
            0 => { let at = which.index(proof.len()); proof[at][bit / 8] ^= 1 << (bit % 8); }
            1 => old_root[bit / 8] ^= 1 << (bit % 8),
            2 => { proof.pop(); }
            _ => proof.push([0; 32]),
        }
        prop_assert_eq!(verify_consistency(old, new, &old_root, &new_root, &proof), Err(NotProven::Mismatch));
        let theirs = proof.iter().copied().map(OracleHash).collect();
        prop_assert!(check_tree(&theirs, new, OracleHash(new_root), old, OracleHash(old_root)).is_err());
    }

    /// Whatever one side accepts, the other accepts: random proofs of the right and of wrong shapes.
    #[test]
    fn both_sides_judge_any_proof_alike(
        size in 1..40_u64, index in 0..40_u64, borrowed in 0..40_u64, extra in 0..2_usize,
    ) {
        let (index, borrowed) = (index % size, borrowed % size);
        let kept = Kept::grow((0..size).map(entry));
        let root = kept.roots[size as usize];
        let mut proof = prove_inclusion(borrowed, size, |node| kept.hash(node)).unwrap();
        proof.truncate(proof.len().saturating_sub(extra));
        let leaf = leaf_hash(&entry(index));
        let ours = verify_inclusion(&leaf, index, size, &proof, &root).is_ok();
        let theirs = proof.iter().copied().map(OracleHash).collect();
        prop_assert_eq!(ours, check_record(&theirs, size, OracleHash(root), index, OracleHash(leaf)).is_ok());
    }
}
