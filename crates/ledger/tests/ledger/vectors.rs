//! Vectors of the Certificate Transparency reference implementation (RFC 6962), and what a keeper may do wrong.

use ledger::{
    Algorithm, Coordinate, Frontier, Head, MissingNode, NotProven, consistency_nodes, prove_consistency,
    prove_inclusion, verify_consistency, verify_inclusion,
};

use crate::Kept;

const SHA: Algorithm = Algorithm::Sha256;

const ENTRIES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

/// The root after 0, 1, ... 8 of the entries.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn kept() -> Kept {
    Kept::grow(SHA, ENTRIES.map(|entry| hex::decode(entry).unwrap()))
}

#[test]
fn the_published_roots_come_out() {
    let kept = kept();
    let roots: Vec<String> = (0..=8).map(|size| hex::encode(kept.head(size).root)).collect();
    assert_eq!(roots, ROOTS);
}

#[test]
fn the_published_audit_path_comes_out() {
    let path = prove_inclusion(SHA, 0, 8, |node| kept().hash(node)).unwrap();
    let path: Vec<String> = path.iter().map(hex::encode).collect();
    assert_eq!(
        path,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
    );
}

/// The hash of nothing, as OpenSSL computes SM3 (GB/T 32905-2016).
#[test]
fn the_empty_tree_of_either_hash_function_is_the_hash_of_nothing() {
    let root = |algorithm| hex::encode(Frontier::new(algorithm).root());
    assert_eq!(root(Algorithm::Sha256), ROOTS[0]);
    assert_eq!(root(Algorithm::Sm3), "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
    assert_eq!(Frontier::default(), Frontier::new(Algorithm::Sha256));
    assert_eq!(Frontier::new(Algorithm::Sm3).head(), Head::empty(Algorithm::Sm3));
}

#[test]
fn the_frontier_is_the_right_edge() {
    let at = |level, index| Coordinate { level, index };
    assert_eq!(Frontier::nodes(0), []);
    assert_eq!(Frontier::nodes(5), [at(2, 0), at(0, 4)]);
    assert_eq!(Frontier::nodes(7), [at(2, 0), at(1, 2), at(0, 6)]);
    assert_eq!(Frontier::nodes(8), [at(3, 0)]);
}

#[test]
fn a_push_reports_the_leaf_and_all_it_completes() {
    let kept = kept();
    let mut frontier = Frontier::load(SHA, 7, |node| kept.hash(node)).unwrap();
    let completed = frontier.push(SHA.leaf_hash(&hex::decode(ENTRIES[7]).unwrap()));
    let places: Vec<_> = completed.iter().map(|node| (node.level, node.index)).collect();
    assert_eq!(places, [(0, 7), (1, 3), (2, 1), (3, 0)]);
    assert_eq!((frontier.size(), hex::encode(frontier.root()).as_str()), (8, ROOTS[8]));
}

#[test]
fn a_lost_node_is_named() {
    let lost = Coordinate { level: 1, index: 2 };
    let kept = kept();
    let lookup = |node| kept.hash(node).filter(|_| node != lost);
    assert_eq!(Frontier::load(SHA, 7, lookup), Err(MissingNode(lost)));
    assert_eq!(prove_inclusion(SHA, 7, 8, lookup), Err(NotProven::Missing(MissingNode(lost))));
    assert_eq!(prove_consistency(SHA, 4, 7, lookup), Err(NotProven::Missing(MissingNode(lost))));
}

#[test]
fn what_cannot_be_proven_is_refused_in_a_sentence() {
    let kept = kept();
    let lookup = |node| kept.hash(node);
    let no_entry = NotProven::NoSuchEntry { index: 8, size: 8 };
    assert_eq!(prove_inclusion(SHA, 8, 8, lookup), Err(no_entry));
    assert_eq!(verify_inclusion(SHA, &kept.head(8), 8, &[0; 32], &[]), Err(no_entry));
    assert!(no_entry.to_string().starts_with("Entry 8 is not in a tree of 8 entries"));

    let not_earlier = NotProven::NotEarlier { old: 8, new: 7 };
    assert_eq!(prove_consistency(SHA, 8, 7, lookup), Err(not_earlier));
    assert_eq!(consistency_nodes(8, 7), []);
    assert_eq!(verify_consistency(SHA, &kept.head(8), &kept.head(7), &[]), Err(not_earlier));
}

#[test]
fn nothing_precedes_everything_but_only_with_its_own_root() {
    let kept = kept();
    let (nothing, everything) = (Head::empty(SHA), kept.head(8));
    assert_eq!(prove_consistency(SHA, 0, 8, |node| kept.hash(node)), Ok(vec![]));
    assert_eq!(verify_consistency(SHA, &nothing, &everything, &[]), Ok(()));
    assert_eq!(verify_consistency(SHA, &nothing, &nothing, &[]), Ok(()));
    let other = |size| Head { size, root: kept.head(7).root };
    assert_eq!(verify_consistency(SHA, &other(0), &everything, &[]), Err(NotProven::Mismatch));
    assert_eq!(verify_consistency(SHA, &Head::empty(Algorithm::Sm3), &everything, &[]), Err(NotProven::Mismatch));
    assert_eq!(verify_consistency(SHA, &other(8), &everything, &[]), Err(NotProven::Mismatch));
}

/// A proof of one tree says nothing about the other tree over the same entries.
#[test]
fn the_two_trees_do_not_vouch_for_each_other() {
    let sm3 = Kept::grow(Algorithm::Sm3, ENTRIES.map(|entry| hex::decode(entry).unwrap()));
    let proof = prove_inclusion(Algorithm::Sm3, 3, 8, |node| sm3.hash(node)).unwrap();
    let leaf = Algorithm::Sm3.leaf_hash(&hex::decode(ENTRIES[3]).unwrap());
    assert_eq!(verify_inclusion(Algorithm::Sm3, &sm3.head(8), 3, &leaf, &proof), Ok(()));
    assert_eq!(verify_inclusion(SHA, &sm3.head(8), 3, &leaf, &proof), Err(NotProven::Mismatch));
    assert_eq!(verify_inclusion(Algorithm::Sm3, &kept().head(8), 3, &leaf, &proof), Err(NotProven::Mismatch));
}
