//! Appending: the right edge of the tree is all that must be at hand.

use crate::hash::{Algorithm, Hash};
use crate::tree::{Coordinate, Head, MissingNode, Node, complete_nodes, fold};

/// The compact form of a tree: its size and the roots of the complete subtrees of its right edge, largest first. There
/// is one for every bit that is set in the size. The default is the empty SHA-256 tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    algorithm: Algorithm,
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// The tree without entries.
    pub fn new(algorithm: Algorithm) -> Self {
        Self { algorithm, ..Self::default() }
    }

    /// The nodes that make up the frontier of a tree of `size` leaves, largest first: what its keeper loads.
    pub fn nodes(size: u64) -> Vec<Coordinate> {
        complete_nodes(0..size)
    }

    /// Takes up a stored tree of `size` leaves. `lookup` gives the stored hash at each of [`Frontier::nodes`].
    ///
    /// # Errors
    ///
    /// [`MissingNode`] when `lookup` does not know one of them.
    pub fn load(
        algorithm: Algorithm,
        size: u64,
        lookup: impl Fn(Coordinate) -> Option<Hash>,
    ) -> Result<Self, MissingNode> {
        let found = |node| lookup(node).ok_or(MissingNode(node));
        let subtrees = Self::nodes(size).into_iter().map(found).collect::<Result<_, _>>()?;
        Ok(Self { algorithm, size, subtrees })
    }

    /// Appends a leaf, given its [`leaf_hash`](Algorithm::leaf_hash). Returns every node that is complete because of
    /// it, the leaf first and then upwards: all of them are to be stored.
    pub fn push(&mut self, leaf: Hash) -> Vec<Node> {
        let place = self.size;
        // Each trailing one of the old size is a subtree as large as what grows beside it.
        let highest = place.trailing_ones() as u8;
        let mut completed = Vec::with_capacity(1 + usize::from(highest));
        completed.push(Node { level: 0, index: place, hash: leaf });
        let mut hash = leaf;
        for level in 1..=highest {
            let left = self.subtrees.pop().expect("one subtree for every bit that is set in the size");
            hash = self.algorithm.node_hash(&left, &hash);
            completed.push(Node { level, index: place >> level, hash });
        }
        self.subtrees.push(hash);
        self.size += 1;
        completed
    }

    /// The root hash of the whole tree (`MTH` in RFC 6962).
    pub fn root(&self) -> Hash {
        fold(self.algorithm, &self.subtrees)
    }

    /// Size and root: what a checkpoint says of the tree.
    pub fn head(&self) -> Head {
        Head { size: self.size, root: self.root() }
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }
}
