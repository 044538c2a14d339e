//! The stored trees over the record: one place for each complete subtree, and its hash under each hash function.

use crate::{
    Error,
    load::Loader,
    table::truth::{entry, head, node},
};
use ledger::{Algorithm, Coordinate, Frontier, Hash, Head};
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
        let any = levels.into_iter().fold(Condition::any(), |any, (level, places)| {
            let at = Condition::all().add(node::Column::Level.eq(i16::from(level)));
            any.add(at.add(node::Column::Place.is_in(places)))
        });
        let rows = node::Entity::find().filter(node::Column::AuthorityId.eq(authority)).filter(any).all(db).await?;
        found.extend(rows.into_iter().map(|row| (Coordinate { level: row.level as u8, index: row.place as u64 }, row)));
    }
    Ok(found)
}

/// Grow the trees by the entries, and the head with them.
pub(crate) async fn grow<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    size: u64,
    entries: &[entry::Model],
) -> Result<(), Error> {
    let known = nodes(loader.db, loader.authority, &Frontier::nodes(size)).await?;
    let load = |algorithm| {
        let lookup = |at: Coordinate| known.get(&at).and_then(|node| hash_of(algorithm, node));
        Frontier::load(algorithm, size, lookup)
            .map_err(|missing| Error::Broken(format!("a node of the tree is missing ({missing})")))
    };
    let (mut sha256, mut sm3) = (load(Algorithm::Sha256)?, load(Algorithm::Sm3)?);
    let mut grown = Vec::new();
    for entry in entries {
        let leaf = |algorithm: Algorithm| algorithm.leaf_hash(entry.body.as_bytes());
        let pairs = sha256.push(leaf(Algorithm::Sha256)).into_iter().zip(sm3.push(leaf(Algorithm::Sm3)));
        grown.extend(pairs.map(|(node, other)| node::ActiveModel {
            authority_id: Set(loader.authority),
            level: Set(i16::from(node.level)),
            place: Set(node.index as i64),
            hash: Set(node.hash.to_vec()),
            sm3: Set(other.hash.to_vec()),
        }));
    }
    for part in grown.chunks(500) {
        node::Entity::insert_many(part.to_vec()).exec_without_returning(loader.db).await?;
    }
    let head = head::ActiveModel {
        authority_id: Set(loader.authority),
        size: Set(sha256.size() as i64),
        root: Set(sha256.root().to_vec()),
        sm3_root: Set(sm3.root().to_vec()),
    };
    head::Entity::update(head).exec(loader.db).await?;
    Ok(())
}
