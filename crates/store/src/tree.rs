//! The stored trees over the record: one place for each complete subtree, and its hash under each hash function.

use crate::{
    Error,
    table::truth::{entry, head, node},
};
use ledger::{Algorithm, Coordinate, Frontier, Hash, Head, Node};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// The hash that a stored node has under one of the hash functions; none if it is no hash at all.
pub(crate) fn hash_of(algorithm: Algorithm, node: &node::Model) -> Option<Hash> {
    let bytes = match algorithm {
        Algorithm::Sha256 => &node.hash,
        Algorithm::Sm3 => &node.sm3,
    };
    bytes.as_slice().try_into().ok()
}

/// The head of one of the trees; none if it is no hash at all.
pub(crate) fn head_of(algorithm: Algorithm, head: &head::Model) -> Option<Head> {
    let root = match algorithm {
        Algorithm::Sha256 => &head.root,
        Algorithm::Sm3 => &head.sm3_root,
    };
    Some(Head { size: u64::try_from(head.size).ok()?, root: root.as_slice().try_into().ok()? })
}

/// How many nodes are asked for in one query.
const AT_ONCE: usize = 200;

/// The stored nodes at these places, as many as there are.
pub(crate) async fn nodes<C: ConnectionTrait>(
    db: &C,
    authority: Uuid,
    places: &[Coordinate],
) -> Result<HashMap<Coordinate, node::Model>, Error> {
    let mut found = HashMap::with_capacity(places.len());
    for part in places.chunks(AT_ONCE) {
        let mut levels: BTreeMap<u8, Vec<i64>> = BTreeMap::new();
        for at in part {
            levels.entry(at.level).or_default().push(at.index as i64);
        }
        // The whole key in each branch: with the authority outside, SQLite reads every node there is.
        let any = levels.into_iter().fold(Condition::any(), |any, (level, places)| {
            let at = Condition::all().add(node::Column::AuthorityId.eq(authority));
            any.add(at.add(node::Column::Level.eq(i16::from(level))).add(node::Column::Place.is_in(places)))
        });
        let rows = node::Entity::find().filter(any).all(db).await?;
        found.extend(rows.into_iter().map(|row| (Coordinate { level: row.level as u8, index: row.place as u64 }, row)));
    }
    Ok(found)
}

/// Both trees, as far as growing them needs.
#[derive(Clone, Default)]
pub(crate) struct Trees {
    pub sha256: Frontier,
    pub sm3: Frontier,
}

impl Trees {
    /// The trees of a record of `size` entries.
    pub(crate) async fn load<C: ConnectionTrait>(db: &C, authority: Uuid, size: u64) -> Result<Self, Error> {
        let known = nodes(db, authority, &Frontier::nodes(size)).await?;
        let load = |algorithm| {
            let lookup = |at: Coordinate| known.get(&at).and_then(|node| hash_of(algorithm, node));
            Frontier::load(algorithm, size, lookup)
                .map_err(|missing| Error::Broken(format!("a node of the tree is missing ({missing})")))
        };
        Ok(Trees { sha256: load(Algorithm::Sha256)?, sm3: load(Algorithm::Sm3)? })
    }

    /// Grow them by an entry: the nodes that are new.
    pub(crate) fn grow(&mut self, entry: &entry::Model) -> Vec<node::ActiveModel> {
        let leaf = |algorithm: Algorithm| algorithm.leaf_hash(entry.body.as_bytes());
        let pairs = self.sha256.push(leaf(Algorithm::Sha256)).into_iter().zip(self.sm3.push(leaf(Algorithm::Sm3)));
        let row = |(node, other): (Node, Node)| node::ActiveModel {
            authority_id: Set(entry.authority_id),
            level: Set(i16::from(node.level)),
            place: Set(node.index as i64),
            hash: Set(node.hash.to_vec()),
            sm3: Set(other.hash.to_vec()),
        };
        pairs.map(row).collect()
    }
}
