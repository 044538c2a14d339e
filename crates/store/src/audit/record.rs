//! The record: entries against what they say of themselves, against the tree, and against the acts they came from.

use super::{Kind, PAGE, Report, tree::Tree};
use crate::{
    Error,
    keyring::Held,
    load::Loader,
    log, record,
    seal::KeyId,
    table::truth::{act, checkpoint, entry},
};
use domain::event::Stream;
use ledger::{Algorithm, Checkpoint};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Entries from the first to the last, in pages; the aggregates they tell of.
pub(super) async fn audit<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    since: u64,
    report: &mut Report,
    progress: &mut impl FnMut((u64, u64)),
) -> Result<BTreeSet<Stream>, Error> {
    let find = || entry::Entity::find().filter(entry::Column::AuthorityId.eq(loader.authority));
    let count = find().count(loader.db).await?;
    let mut tree = Tree::stored(loader, Algorithm::Sha256, count).await?;
    let mut other = Tree::stored(loader, Algorithm::Sm3, count).await?;
    let (mut streams, mut acts, mut after) = (BTreeSet::new(), Acts::default(), i64::MIN);
    loop {
        let next = find().filter(entry::Column::Seq.gte(after)).order_by_asc(entry::Column::Seq).limit(PAGE);
        let page = next.all(loader.db).await?;
        let Some(last) = page.last().map(|last| last.seq) else { break };
        let keys = loader.keys.opening(loader.db, page.iter().filter_map(record::key_of)).await?;
        let mut bodies = Vec::with_capacity(page.len());
        for entry in &page {
            report.entries += 1;
            if let Some(kind) = record::stream_kind(&entry.stream_kind) {
                streams.insert(Stream { kind, id: entry.stream_id });
            }
            acts.take(entry);
            match u64::try_from(entry.seq) {
                Ok(seq) if seq < tree.size() => {
                    bodies.push((seq, entry.body.as_str()));
                    if seq >= since && !sound(loader, &keys, entry) {
                        report.entry_changed(seq);
                    }
                }
                place => report.differ("entry", entry.seq.to_string(), Kind::Extra, place.ok()),
            }
        }
        tree.grow(&bodies, report).await?;
        other.grow(&bodies, report).await?;
        acts.audit(loader, report).await?;
        progress((report.entries, 2 * tree.size().max(report.entries)));
        let Some(next) = last.checked_add(1) else { break };
        after = next;
    }
    checkpoints(loader, [&tree, &other], report).await?;
    tree.finish(report).await?;
    other.finish(report).await?;
    acts.finish(loader, report).await?;
    Ok(streams)
}

/// How many entries that a checkpoint covers and the record lacks are named one by one.
const NAMED: u64 = 1000;

/// What was signed of the record, against the record.
async fn checkpoints<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    trees: [&Tree<'_, C>; 2],
    report: &mut Report,
) -> Result<(), Error> {
    let signed = checkpoint::Entity::find().filter(checkpoint::Column::AuthorityId.eq(loader.authority));
    for row in signed.order_by_asc(checkpoint::Column::Size).all(loader.db).await? {
        report.rows += 1;
        let (key, stored) = (format!("{}/{}", row.origin, row.size), row.size as u64);
        let Ok(kept) = log::kept(row) else {
            report.differ("checkpoint", key, Kind::Changed, None);
            continue;
        };
        let tree = trees[usize::from(kept.algorithm == Algorithm::Sm3)];
        for lost in (tree.size()..kept.size).take(NAMED as usize) {
            report.differ("entry", lost.to_string(), Kind::Missing, Some(lost));
        }
        let said = kept.note.text().parse::<Checkpoint>().ok().filter(|said| said.origin == kept.origin);
        let holds = match said {
            Some(said) if said.head.size == stored && stored <= tree.size() => {
                tree.stored_root(stored).await? == Some(said.head.root)
            }
            // That the record was set back is told by the entries it lacks.
            Some(said) => said.head.size == stored,
            None => false,
        };
        if !holds {
            report.differ("checkpoint", key, Kind::Changed, None);
        }
    }
    Ok(())
}

/// Does the entry say what its leaf, its commitment and its columns say?
fn sound<C>(loader: &Loader<'_, C>, keys: &HashMap<KeyId, Held>, entry: &entry::Model) -> bool {
    let Ok(words) = record::words(entry, loader.keys, keys) else { return false };
    let Ok(recorded) = record::read(entry, words.as_ref()) else { return false };
    let body: serde_json::Value = serde_json::from_str(&entry.body).unwrap_or_default();
    let commitment = words.as_ref().map(|words| hex::encode(words.commitment()));
    let committed = match (body["sealed"].as_str(), &entry.sealed) {
        // Words that were erased leave the commitment, and the cipher that nothing opens.
        (Some(_), Some(_)) if words.is_none() => true,
        (said, _) => said == commitment.as_deref(),
    };
    let columns = recorded.stream.id == entry.stream_id
        && recorded.stream.kind.as_str() == entry.stream_kind
        && recorded.stamp.at.as_microsecond() == entry.at
        && recorded.stamp.by.account.map(|id| id.0) == entry.account_id
        && recorded.stamp.by.person.map(|id| id.0) == entry.person_id
        && recorded.act == entry.act
        && body["act"]["id"].as_str() == Some(entry.act_id.to_string().as_str())
        && body["authority"].as_str() == Some(loader.authority.to_string().as_str())
        && recorded.event.name() == entry.event;
    columns && committed && Algorithm::Sha256.leaf_hash(entry.body.as_bytes()).as_slice() == entry.leaf
}

/// What the entries say of the acts they came from. The entries of one act stand together.
#[derive(Default)]
struct Acts {
    open: Option<act::Model>,
    whole: Vec<act::Model>,
    seen: BTreeSet<Uuid>,
}

impl Acts {
    fn take(&mut self, entry: &entry::Model) {
        match &mut self.open {
            Some(open) if open.act_id == entry.act_id => open.entries += 1,
            open => {
                let first = act::Model {
                    authority_id: entry.authority_id,
                    act_id: entry.act_id,
                    account_id: entry.account_id,
                    // What was sent is not in the record; that it is the same again is all it is kept for.
                    digest: Vec::new(),
                    first_seq: entry.seq,
                    entries: 1,
                    at: entry.at,
                };
                self.whole.extend(open.replace(first));
            }
        }
    }

    async fn audit<C: ConnectionTrait>(&mut self, loader: &Loader<'_, C>, report: &mut Report) -> Result<(), Error> {
        let ids = self.whole.iter().map(|told| told.act_id);
        let shown = act::Entity::find()
            .filter(act::Column::AuthorityId.eq(loader.authority))
            .filter(act::Column::ActId.is_in(ids))
            .all(loader.db)
            .await?;
        let shown: HashMap<Uuid, act::Model> =
            shown.into_iter().map(|shown| (shown.act_id, act::Model { digest: Vec::new(), ..shown })).collect();
        for told in self.whole.drain(..) {
            report.rows += 1;
            // Entries of one act that do not stand together were named for that already.
            if !self.seen.insert(told.act_id) {
                continue;
            }
            let kind = match shown.get(&told.act_id) {
                None => Kind::Missing,
                Some(shown) if *shown != told => Kind::Changed,
                Some(_) => continue,
            };
            report.differ("act", told.act_id.to_string(), kind, u64::try_from(told.first_seq).ok());
        }
        Ok(())
    }

    async fn finish<C: ConnectionTrait>(mut self, loader: &Loader<'_, C>, report: &mut Report) -> Result<(), Error> {
        self.whole.extend(self.open.take());
        self.audit(loader, report).await?;
        // An act that brought nothing about has no entry to be told by.
        let shown = act::Entity::find()
            .select_only()
            .column(act::Column::ActId)
            .filter(act::Column::AuthorityId.eq(loader.authority))
            .filter(act::Column::Entries.ne(0))
            .into_tuple::<Uuid>()
            .all(loader.db)
            .await?;
        for stray in shown.into_iter().filter(|id| !self.seen.contains(id)) {
            report.differ("act", stray.to_string(), Kind::Extra, None);
        }
        Ok(())
    }
}
