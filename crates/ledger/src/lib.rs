//! The ledger's mathematics: a Merkle tree (RFC 6962, section 2) over opaque entries, with proofs that an entry is in it
//! and that a later tree still holds every earlier entry in its place.
//!
//! Pure: no clock, no randomness, no storage, nothing of appraisals. Whoever stores the tree keeps its complete nodes
//! under their [`Coordinate`]s, hands them back when asked, and appends through a [`Frontier`]:
//!
//! ```text
//!     level 2            (2,0)
//!                      /       \
//!     level 1       (1,0)      (1,1)
//!                   /  \       /  \
//!     level 0     0    1     2    3     4      <- leaf hashes, index = place in the ledger
//! ```
//!
//! The tree of size 5 above has the frontier `(2,0), (0,4)`: the complete subtrees of its right edge, largest first.
//! From them follow its root and everything a sixth entry completes; older nodes are read only to prove something.
//!
//! The same entries make up one tree for each [`Algorithm`]: the places are the same, only the hashes differ.

mod canonical;
mod frontier;
mod hash;
mod proof;
mod tree;

pub use canonical::{NotCanonical, canonical, commitment};
pub use frontier::Frontier;
pub use hash::{Algorithm, Hash};
pub use proof::{
    NotProven, consistency_nodes, inclusion_nodes, prove_consistency, prove_inclusion, verify_consistency,
    verify_inclusion,
};
pub use tree::{Coordinate, Head, MissingNode, Node};
