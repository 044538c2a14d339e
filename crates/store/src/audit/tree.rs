//! The stored trees against the trees that the entries make. A hash that differs has one of two causes: it was changed, or
//! an entry below it was. They are told apart by what stands above and below, so that the row that was touched is named
//! and not the many that follow from it.

use super::{Kind, Report};
use crate::{
    Error,
    load::Loader,
    table::truth::{head, node},
    tree::{self, hash_of, head_of},
};
use ledger::{Algorithm, Coordinate, Frontier, Hash, Head, Node};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use std::collections::{BTreeSet, HashMap};

/// Nodes as they are stored.
pub(super) type Stored = HashMap<Coordinate, node::Model>;

/// The two trees over the same entries, which share their rows.
pub(super) struct Trees<'a, C> {
    loader: &'a Loader<'a, C>,
    head: Option<head::Model>,
    size: u64,
    each: [Tree; 2],
}

/// One of the trees.
struct Tree {
    algorithm: Algorithm,
    /// The head follows from the nodes as they are stored.
    crowned: bool,
    /// The tree of the entries.
    frontier: Frontier,
    /// Where the two differ.
    differing: BTreeSet<(u8, u64)>,
}

impl<'a, C: ConnectionTrait> Trees<'a, C> {
    /// Take up the stored trees, and settle how many entries there should be: what the head says, if the nodes bear it
    /// out, else what two of head, leaves and entries agree on.
    pub(super) async fn stored(loader: &'a Loader<'a, C>, entries: u64) -> Result<Self, Error> {
        let head = head::Entity::find_by_id(loader.authority).one(loader.db).await?;
        let leaves = node::Entity::find()
            .filter(node::Column::AuthorityId.eq(loader.authority))
            .filter(node::Column::Level.eq(0))
            .count(loader.db)
            .await?;
        let claimed = head.as_ref().and_then(|head| u64::try_from(head.size).ok());
        let mut each = Algorithm::ALL.map(|algorithm| Tree {
            algorithm,
            crowned: false,
            frontier: Frontier::new(algorithm),
            differing: BTreeSet::new(),
        });
        if let (Some(head), Some(size)) = (&head, claimed) {
            for tree in &mut each {
                let stored = stored_root(loader, tree.algorithm, size).await?;
                tree.crowned = stored.is_some() && stored == head_of(tree.algorithm, head).map(|head| head.root);
            }
        }
        let mut sizes = [claimed.unwrap_or(leaves), leaves, entries];
        let size = if each.iter().any(|tree| tree.crowned) {
            sizes[0]
        } else {
            sizes.sort();
            sizes[1]
        };
        Ok(Trees { loader, head, size, each })
    }

    /// How many entries there should be.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The root of `size` leaves, as far as the stored nodes make one.
    pub(super) async fn stored_root(&self, algorithm: Algorithm, size: u64) -> Result<Option<Hash>, Error> {
        stored_root(self.loader, algorithm, size).await
    }

    /// The stored nodes that entries between these places complete.
    pub(super) async fn beside(&self, first: i64, last: i64) -> Result<Stored, Error> {
        let (first, last) = (first.max(0) as u64, last.max(0) as u64);
        let levels = (0..u64::BITS - last.leading_zeros().min(u64::BITS - 1) + 1).map(|level| level as u8);
        // The whole key in each branch: with the authority outside, SQLite reads every node there is.
        let beside = levels.fold(Condition::any(), |any, level| {
            let places = node::Column::Place.between((first >> level) as i64, (last >> level) as i64);
            let at = Condition::all().add(node::Column::AuthorityId.eq(self.loader.authority));
            any.add(at.add(node::Column::Level.eq(i16::from(level))).add(places))
        });
        let found = node::Entity::find().filter(beside).all(self.loader.db).await?;
        let at = |node: &node::Model| Coordinate { level: node.level as u8, index: node.place as u64 };
        Ok(found.into_iter().map(|node| (at(&node), node)).collect())
    }

    /// Grow the trees by the leaves of these entries, in order; an entry that is not among them is named, and its node
    /// stands in for it.
    pub(super) async fn grow(
        &mut self,
        leaves: &[(u64, [Hash; 2])],
        stored: &Stored,
        report: &mut Report,
    ) -> Result<(), Error> {
        let mut told = [(); 2].map(|()| Vec::with_capacity(2 * leaves.len()));
        let mut filled = false;
        for (seq, hashes) in leaves {
            filled |= self.fill(*seq, &mut told, report).await?;
            for ((tree, told), hash) in self.each.iter_mut().zip(&mut told).zip(hashes) {
                told.extend(tree.frontier.push(*hash));
            }
        }
        if !filled {
            return self.compare(&told, stored, report).await;
        }
        // What was filled in reaches further back.
        let places: Vec<Coordinate> = told[0].iter().map(Node::coordinate).collect();
        let stored = tree::nodes(self.loader.db, self.loader.authority, &places).await?;
        self.compare(&told, &stored, report).await
    }

    /// Entries up to `end` are missing; whether there are any.
    async fn fill(&mut self, end: u64, told: &mut [Vec<Node>; 2], report: &mut Report) -> Result<bool, Error> {
        let start = self.each[0].frontier.size();
        for seq in start..end {
            report.differ("entry", seq.to_string(), Kind::Missing, Some(seq));
            let at = Coordinate { level: 0, index: seq };
            let stored = tree::nodes(self.loader.db, self.loader.authority, &[at]).await?;
            for (tree, told) in self.each.iter_mut().zip(&mut *told) {
                let leaf = stored.get(&at).and_then(|node| hash_of(tree.algorithm, node));
                told.extend(tree.frontier.push(leaf.unwrap_or_default()));
            }
        }
        Ok(start < end)
    }

    async fn compare(&mut self, told: &[Vec<Node>; 2], stored: &Stored, report: &mut Report) -> Result<(), Error> {
        report.rows += told[0].len() as u64;
        for (tree, told) in self.each.iter_mut().zip(told) {
            for node in told {
                let (level, place) = (node.level, node.index);
                // A hash that is none is no node's: it differs from every one.
                let hash = stored.get(&node.coordinate()).map(|node| hash_of(tree.algorithm, node).unwrap_or_default());
                match hash {
                    Some(hash) if hash == node.hash => {}
                    Some(hash) => {
                        tree.differing.insert((level, place));
                        if level > 0 && !follows(self.loader, tree.algorithm, node.coordinate(), &hash).await? {
                            report.differ("node", format!("{level}/{place}"), Kind::Changed, None);
                        }
                    }
                    None => report.differ("node", format!("{level}/{place}"), Kind::Missing, None),
                }
            }
        }
        Ok(())
    }

    /// Name what is left to be named once every entry was read.
    pub(super) async fn finish(mut self, report: &mut Report) -> Result<(), Error> {
        let mut told = [Vec::new(), Vec::new()];
        if self.fill(self.size, &mut told, report).await? {
            let places: Vec<Coordinate> = told[0].iter().map(Node::coordinate).collect();
            let stored = tree::nodes(self.loader.db, self.loader.authority, &places).await?;
            self.compare(&told, &stored, report).await?;
        }
        for tree in &self.each {
            let head = self.head.as_ref().and_then(|head| head_of(tree.algorithm, head));
            tree.name_leaves(self.size, head, report);
            if !tree.crowned && !tree.grown(self.size, head) {
                let kind = if self.head.is_some() { Kind::Changed } else { Kind::Missing };
                report.differ("head", self.loader.authority.to_string(), kind, None);
            }
        }
        self.extra(report).await
    }

    /// Nodes that no entry makes.
    async fn extra(&self, report: &mut Report) -> Result<(), Error> {
        use node::Column;
        let of = |condition: Condition| condition.add(Column::AuthorityId.eq(self.loader.authority));
        let mut outside = Condition::any()
            .add(of(Condition::all()).add(Column::Level.lt(0)))
            .add(of(Condition::all()).add(Column::Level.gt(63)));
        for level in 0..=63_i16 {
            let at = || of(Condition::all()).add(Column::Level.eq(level));
            outside = outside.add(at().add(Column::Place.lt(0)));
            outside = outside.add(at().add(Column::Place.gte((self.size >> level) as i64)));
        }
        for node in node::Entity::find().filter(outside).all(self.loader.db).await? {
            report.differ("node", format!("{}/{}", node.level, node.place), Kind::Extra, None);
        }
        Ok(())
    }
}

impl Tree {
    /// The tree of the entries is what the head says.
    fn grown(&self, size: u64, head: Option<Head>) -> bool {
        head.is_some_and(|head| head == Head { size, root: self.frontier.root() })
    }

    /// Of the leaves that differ: was the entry changed, or the node?
    fn name_leaves(&self, size: u64, head: Option<Head>, report: &mut Report) {
        for (_, place) in self.differing.iter().filter(|(level, _)| *level == 0) {
            // Of a leaf that has no node above it, the root is above.
            let above =
                if place | 1 < size { self.differing.contains(&(1, place / 2)) } else { !self.grown(size, head) };
            match above {
                true => report.entry_changed(*place),
                false => report.differ("node", format!("0/{place}"), Kind::Changed, None),
            }
        }
    }
}

async fn stored_root<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    algorithm: Algorithm,
    size: u64,
) -> Result<Option<Hash>, Error> {
    let known = tree::nodes(loader.db, loader.authority, &Frontier::nodes(size)).await?;
    let lookup = |at: Coordinate| known.get(&at).and_then(|node| hash_of(algorithm, node));
    Ok(Frontier::load(algorithm, size, lookup).ok().map(|frontier| frontier.root()))
}

/// The stored hash follows from the two below it.
async fn follows<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    algorithm: Algorithm,
    Coordinate { level, index }: Coordinate,
    hash: &Hash,
) -> Result<bool, Error> {
    let below = [0, 1].map(|side| Coordinate { level: level - 1, index: 2 * index + side });
    let stored = tree::nodes(loader.db, loader.authority, &below).await?;
    let [left, right] = below.map(|at| stored.get(&at).and_then(|node| hash_of(algorithm, node)));
    Ok(matches!((left, right), (Some(left), Some(right)) if algorithm.node_hash(&left, &right) == *hash))
}
