//! The three hashes of RFC 6962, section 2.1, under either hash function. Leaves and nodes are prefixed differently, so
//! that no inner node can be passed off as an entry.

use sha2::{Digest, Sha256};
use sm3::Sm3;

/// A digest of either hash function: both give 32 bytes.
pub type Hash = [u8; 32];

/// The hash function of a tree. The same entries make up one tree for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// SHA-256 (FIPS 180-4): what RFC 6962 and the C2SP formats prescribe, and what any monitor can check.
    #[default]
    Sha256,
    /// SM3 (GB/T 32905-2016, GM/T 0004-2012), for those who must rest on national algorithms.
    Sm3,
}

impl Algorithm {
    /// Every hash function there is.
    pub const ALL: [Self; 2] = [Self::Sha256, Self::Sm3];

    /// The hash of an entry, which is a node of level 0: `HASH(0x00 || entry)`.
    pub fn leaf_hash(self, entry: &[u8]) -> Hash {
        match self {
            Self::Sha256 => Sha256::new().chain_update([0]).chain_update(entry).finalize().into(),
            Self::Sm3 => Sm3::new().chain_update([0]).chain_update(entry).finalize().into(),
        }
    }

    /// The hash of an inner node: `HASH(0x01 || left || right)`.
    pub fn node_hash(self, left: &Hash, right: &Hash) -> Hash {
        // In one piece: this is nearly all that proofs hash, and short as it is, each further update would be felt.
        let mut bytes = [1; 65];
        bytes[1..33].copy_from_slice(left);
        bytes[33..].copy_from_slice(right);
        self.digest(&bytes)
    }

    /// The root of the tree without entries: the hash of nothing.
    pub(crate) fn empty_root(self) -> Hash {
        self.digest(&[])
    }

    fn digest(self, bytes: &[u8]) -> Hash {
        match self {
            Self::Sha256 => Sha256::digest(bytes).into(),
            Self::Sm3 => Sm3::digest(bytes).into(),
        }
    }
}
