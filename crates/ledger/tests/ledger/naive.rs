//! Under either hash function, roots and proofs are what the recursive definitions of RFC 6962, section 2.1, say when
//! they are written down as they stand there.

use ledger::{Algorithm, Hash, prove_consistency, prove_inclusion, verify_consistency, verify_inclusion};
use proptest::prelude::*;
use sm3::{Digest, Sm3};

use crate::{Kept, entry};

fn hash(algorithm: Algorithm, bytes: &[u8]) -> Hash {
    match algorithm {
        Algorithm::Sha256 => sha2::Sha256::digest(bytes).into(),
        Algorithm::Sm3 => Sm3::digest(bytes).into(),
    }
}

/// `MTH(D[n])`.
fn root(algorithm: Algorithm, entries: &[Vec<u8>]) -> Hash {
    match entries {
        [] => hash(algorithm, b""),
        [entry] => hash(algorithm, &[&[0][..], entry].concat()),
        _ => {
            let (left, right) = entries.split_at(half(entries));
            hash(algorithm, &[&[1][..], &root(algorithm, left), &root(algorithm, right)].concat())
        }
    }
}

/// `PATH(m, D[n])`.
fn path(algorithm: Algorithm, place: usize, entries: &[Vec<u8>]) -> Vec<Hash> {
    if entries.len() == 1 {
        return Vec::new();
    }
    let (left, right) = entries.split_at(half(entries));
    let (mut path, beside) = match place.checked_sub(left.len()) {
        None => (path(algorithm, place, left), right),
        Some(place) => (path(algorithm, place, right), left),
    };
    path.push(root(algorithm, beside));
    path
}

/// `PROOF(m, D[n])` is `SUBPROOF(m, D[n], true)`.
fn subproof(algorithm: Algorithm, old: usize, entries: &[Vec<u8>], whole: bool) -> Vec<Hash> {
    if old == entries.len() {
        return if whole { Vec::new() } else { vec![root(algorithm, entries)] };
    }
    let (left, right) = entries.split_at(half(entries));
    let (mut proof, beside) = match old.checked_sub(left.len()) {
        None | Some(0) => (subproof(algorithm, old, left, whole), right),
        Some(old) => (subproof(algorithm, old, right, false), left),
    };
    proof.push(root(algorithm, beside));
    proof
}

fn half(entries: &[Vec<u8>]) -> usize {
    entries.len().next_power_of_two() / 2
}

#[test]
fn all_small_trees_are_as_defined() {
    for algorithm in Algorithm::ALL {
        let entries: Vec<_> = (0..70).map(entry).collect();
        let kept = Kept::grow(algorithm, entries.clone());
        for size in 0..=entries.len() {
            as_defined(&kept, &entries[..size], 0..size);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn larger_trees_are_as_defined(
        (size, place) in (1..900_usize).prop_flat_map(|size| (Just(size), 0..size)), sm3 in any::<bool>(),
    ) {
        let algorithm = if sm3 { Algorithm::Sm3 } else { Algorithm::Sha256 };
        let entries: Vec<_> = (0..size as u64).map(entry).collect();
        as_defined(&Kept::grow(algorithm, entries.clone()), &entries, place..place + 1);
    }
}

/// The root of these entries, and for each place the proof of its entry and of the tree that ends with it.
fn as_defined(kept: &Kept, entries: &[Vec<u8>], places: std::ops::Range<usize>) {
    let (algorithm, size) = (kept.algorithm, entries.len());
    let head = kept.head(size as u64);
    assert_eq!(head.root, root(algorithm, entries), "{algorithm:?} root of {size}");
    for place in places {
        let proof = prove_inclusion(algorithm, place as u64, size as u64, |node| kept.hash(node)).unwrap();
        assert_eq!(proof, path(algorithm, place, entries), "{algorithm:?} inclusion of {place} in {size}");
        let leaf = hash(algorithm, &[&[0][..], &entries[place]].concat());
        verify_inclusion(algorithm, &head, place as u64, &leaf, &proof).unwrap();

        let old = place + 1;
        let proof = prove_consistency(algorithm, old as u64, size as u64, |node| kept.hash(node)).unwrap();
        assert_eq!(proof, subproof(algorithm, old, entries, true), "{algorithm:?} consistency of {old} and {size}");
        verify_consistency(algorithm, &kept.head(old as u64), &head, &proof).unwrap();
    }
}
