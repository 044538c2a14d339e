//! The ledger's mathematics: a Merkle tree (RFC 6962, section 2) over opaque entries, with proofs that an entry is in
//! it and that a later tree still holds every earlier entry in its place; and the formats of C2SP in which a log
//! publishes them, so that anyone can check it with tools that are not ours.
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
//! The same entries make up one tree for each [`Algorithm`]: the places are the same, only the hashes differ. Each tree
//! is a log of its own, with its own origin and key; the key tells which hash function it is.
//!
//! Words that an entry only commits to are sealed apart from it with a [`Cipher`].
//!
//! | who | does | with |
//! |---|---|---|
//! | the store | appends, and looks up nodes for proofs and tiles | [`Frontier`], [`prove_inclusion`], [`Piece`] |
//! | the keeper of the log's key | signs heads that only add | [`sign_checkpoint`] |
//! | a witness | cosigns heads that only add | [`Witness`] |
//! | whoever has a receipt | checks it without network | [`Bundle`], [`TrustPolicy`] |

mod advance;
mod bundle;
mod canonical;
mod checkpoint;
mod cipher;
mod frontier;
mod hash;
mod key;
mod note;
mod proof;
mod secret;
mod signer;
mod text;
mod tile;
mod tree;
mod trust;
mod witness;

pub use advance::Advance;
pub use bundle::Bundle;
pub use canonical::{NotCanonical, canonical, commitment};
pub use checkpoint::Checkpoint;
pub use cipher::{Cipher, Plain, Torn};
pub use frontier::Frontier;
pub use hash::{Algorithm, Hash};
pub use key::{BadSignature, SignatureType, VerifierKey};
pub use note::{Note, SignatureLine, Signed};
pub use proof::{
    NotProven, consistency_nodes, inclusion_nodes, prove_consistency, prove_inclusion, verify_consistency,
    verify_inclusion,
};
pub use secret::{CosigningKey, Signer, SigningKey};
pub use signer::{NotSigned, sign_checkpoint};
pub use text::Malformed;
pub use tile::{Piece, Tile, TooLong, entry_bytes};
pub use tree::{Coordinate, Head, MissingNode, Node};
pub use trust::{BadPolicy, Cosignature, NotTrusted, Peer, TrustPolicy, Trusted};
pub use witness::{Admitted, Cosigned, NotCosigned, Witness, monitoring_path};
