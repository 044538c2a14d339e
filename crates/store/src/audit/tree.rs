//! The stored tree against the tree that the entries make. A hash that differs has one of two causes: it was changed, or
//! an entry below it was. They are told apart by what stands above and below, so that the row that was touched is named
//! and not the many that follow from it.

use super::{Kind, Report};
use crate::{
    Error,
    load::Loader,
    table::truth::{head, node},
    tree::{hash_of, head_of},
};
use ledger::{Algorithm, Coordinate, Frontier, Hash, Head, Node};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(super) struct Tree<'a, C> {
    loader: &'a Loader<'a, C>,
    /// Which of the trees over the same entries.
    algorithm: Algorithm,
    head: Option<head::Model>,
    /// The head follows from the nodes as they are stored.
    crowned: bool,
    size: u64,
    /// The tree of the entries.
    frontier: Frontier,
    /// Where the two differ.
    differing: BTreeSet<(u8, u64)>,
}

impl<'a, C: ConnectionTrait> Tree<'a, C> {
    /// Take up the stored tree, and settle how many entries there should be: what the head says, if the nodes bear it
    /// out, else what two of head, leaves and entries agree on.
    pub(super) async fn stored(loader: &'a Loader<'a, C>, algorithm: Algorithm, entries: u64) -> Result<Self, Error> {
        let head = head::Entity::find_by_id(loader.authority).one(loader.db).await?;
        let mut tree = Tree {
            loader,
            algorithm,
            crowned: false,
            size: 0,
            frontier: Frontier::new(algorithm),
            differing: BTreeSet::new(),
            head: None,
        };
        let leaves = tree.nodes().filter(node::Column::Level.eq(0)).count(loader.db).await?;
        let claimed = head.as_ref().and_then(|head| u64::try_from(head.size).ok());
        tree.crowned = match (&head, claimed) {
            (Some(head), Some(size)) => match (tree.stored_root(size).await?, head_of(algorithm, head)) {
                (Some(root), Some(head)) => root == head.root,
                _ => false,
            },
            _ => false,
        };
        let mut sizes = [claimed.unwrap_or(leaves), leaves, entries];
        tree.size = if tree.crowned {
            sizes[0]
        } else {
            sizes.sort();
            sizes[1]
        };
        tree.head = head;
        Ok(tree)
    }

    /// How many entries there should be.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    fn nodes(&self) -> sea_orm::Select<node::Entity> {
        node::Entity::find().filter(node::Column::AuthorityId.eq(self.loader.authority))
    }

    async fn node(&self, level: u8, place: u64) -> Result<Option<Hash>, Error> {
        let key = (self.loader.authority, i16::from(level), place as i64);
        let found = node::Entity::find_by_id(key).one(self.loader.db).await?;
        Ok(found.and_then(|node| hash_of(self.algorithm, &node)))
    }

    /// The root of `size` leaves, as far as the stored nodes make one.
    pub(super) async fn stored_root(&self, size: u64) -> Result<Option<Hash>, Error> {
        let mut known = BTreeMap::new();
        for Coordinate { level, index } in Frontier::nodes(size) {
            known.extend(self.node(level, index).await?.map(|hash| ((level, index), hash)));
        }
        let lookup = |at: Coordinate| known.get(&(at.level, at.index)).copied();
        Ok(Frontier::load(self.algorithm, size, lookup).ok().map(|frontier| frontier.root()))
    }

    /// Grow the tree by these entries, in order; one that is not among them is named, and its node stands in for it.
    pub(super) async fn grow(&mut self, bodies: &[(u64, &str)], report: &mut Report) -> Result<(), Error> {
        let mut told = Vec::with_capacity(2 * bodies.len());
        for (seq, body) in bodies {
            self.fill(*seq, &mut told, report).await?;
            told.extend(self.frontier.push(self.algorithm.leaf_hash(body.as_bytes())));
        }
        self.compare(&told, report).await
    }

    /// Entries up to `end` are missing.
    async fn fill(&mut self, end: u64, told: &mut Vec<Node>, report: &mut Report) -> Result<(), Error> {
        while self.frontier.size() < end {
            let seq = self.frontier.size();
            report.differ("entry", seq.to_string(), Kind::Missing, Some(seq));
            let leaf = self.node(0, seq).await?.unwrap_or_default();
            told.extend(self.frontier.push(leaf));
        }
        Ok(())
    }

    async fn compare(&mut self, told: &[Node], report: &mut Report) -> Result<(), Error> {
        let stored = self.stored_beside(told).await?;
        for node in told {
            // The trees share their rows.
            report.rows += u64::from(self.algorithm == Algorithm::Sha256);
            let (level, place) = (node.level, node.index);
            match stored.get(&(i16::from(level), place as i64)) {
                Some(hash) if *hash == node.hash => {}
                Some(hash) => {
                    self.differing.insert((level, place));
                    if level > 0 && !self.follows(level, place, hash).await? {
                        report.differ("node", format!("{level}/{place}"), Kind::Changed, None);
                    }
                }
                None => report.differ("node", format!("{level}/{place}"), Kind::Missing, None),
            }
        }
        Ok(())
    }

    /// The stored nodes where these are: they stand together on each level.
    async fn stored_beside(&self, told: &[Node]) -> Result<HashMap<(i16, i64), Hash>, Error> {
        let mut ranges: BTreeMap<u8, (u64, u64)> = BTreeMap::new();
        for node in told {
            let range = ranges.entry(node.level).or_insert((node.index, node.index));
            *range = (range.0.min(node.index), range.1.max(node.index));
        }
        if ranges.is_empty() {
            return Ok(HashMap::new());
        }
        let beside = ranges.into_iter().fold(Condition::any(), |any, (level, (from, to))| {
            let places = node::Column::Place.between(from as i64, to as i64);
            any.add(Condition::all().add(node::Column::Level.eq(i16::from(level))).add(places))
        });
        let found = self.nodes().filter(beside).all(self.loader.db).await?;
        // A hash that is none is no node's: it differs from every one.
        let hash = |node| hash_of(self.algorithm, node).unwrap_or_default();
        Ok(found.iter().map(|node| ((node.level, node.place), hash(node))).collect())
    }

    /// The stored hash follows from the two below it.
    async fn follows(&self, level: u8, place: u64, hash: &Hash) -> Result<bool, Error> {
        let below = (self.node(level - 1, 2 * place).await?, self.node(level - 1, 2 * place + 1).await?);
        Ok(matches!(below, (Some(left), Some(right)) if self.algorithm.node_hash(&left, &right) == *hash))
    }

    /// Name what is left to be named once every entry was read.
    pub(super) async fn finish(mut self, report: &mut Report) -> Result<(), Error> {
        let mut told = Vec::new();
        self.fill(self.size, &mut told, report).await?;
        self.compare(&told, report).await?;
        let root = self.frontier.root();
        let head = self.head.as_ref().and_then(|head| head_of(self.algorithm, head));
        let grown = head.is_some_and(|head| head == Head { size: self.size, root });
        for (_, place) in self.differing.iter().filter(|(level, _)| *level == 0) {
            // Of a leaf that has no node above it, the root is above.
            let above = if place | 1 < self.size { self.differing.contains(&(1, place / 2)) } else { !grown };
            match above {
                true => report.entry_changed(*place),
                false => report.differ("node", format!("0/{place}"), Kind::Changed, None),
            }
        }
        if !self.crowned && !grown {
            let kind = if self.head.is_some() { Kind::Changed } else { Kind::Missing };
            report.differ("head", self.loader.authority.to_string(), kind, None);
        }
        self.extra(report).await
    }

    /// Nodes that no entry makes.
    async fn extra(&self, report: &mut Report) -> Result<(), Error> {
        use node::Column;
        let mut outside = Condition::any().add(Column::Level.lt(0)).add(Column::Level.gt(63)).add(Column::Place.lt(0));
        for level in 0..=63_i16 {
            let beyond =
                Condition::all().add(Column::Level.eq(level)).add(Column::Place.gte((self.size >> level) as i64));
            outside = outside.add(beyond);
        }
        for node in self.nodes().filter(outside).all(self.loader.db).await? {
            report.differ("node", format!("{}/{}", node.level, node.place), Kind::Extra, None);
        }
        Ok(())
    }
}
