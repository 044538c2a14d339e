//! The record by place: entries against their leaves and the trees, against the acts they came from, and against what was
//! signed of them.

use super::{Kind, PAGE, Report, tree::Trees};
use crate::{
    Error,
    load::Loader,
    log,
    table::truth::{act, checkpoint, entry},
};
use ledger::{Algorithm, Checkpoint, Hash};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use std::collections::HashMap;
use uuid::Uuid;

/// What this pass looks at of an entry.
type Entry = (i64, String, Vec<u8>, Uuid, Option<Uuid>, i64);

/// Entries from the first to the last; how many there should be.
pub(super) async fn audit<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    since: u64,
    report: &mut Report,
    progress: &mut impl FnMut((u64, u64)),
) -> Result<u64, Error> {
    let count = entry::Entity::find().filter(entry::Column::AuthorityId.eq(loader.authority)).count(loader.db).await?;
    let mut trees = Trees::stored(loader, count).await?;
    let mut acts = Acts::default();
    let mut page = read(loader, i64::MIN).await?;
    while let (Some(first), Some(last)) = (page.first().map(|entry| entry.0), page.last().map(|entry| entry.0)) {
        for (seq, _, _, act, account, at) in &page {
            acts.take(loader.authority, *seq, *act, *account, *at);
        }
        let hashing = tokio::task::spawn_blocking(move || hashes(&page));
        let beside = async {
            let stored = trees.beside(first, last).await?;
            acts.audit(loader, report).await?;
            let next = match last.checked_add(1) {
                Some(after) => read(loader, after).await?,
                None => Vec::new(),
            };
            Ok::<_, Error>((stored, next))
        };
        let (hashed, beside) = tokio::join!(hashing, beside);
        let (stored, next) = beside?;
        let mut leaves = Vec::with_capacity(PAGE as usize);
        for Hashed { seq, hashes, sound } in hashed.map_err(|_| Error::Stopping)? {
            report.entries += 1;
            match u64::try_from(seq) {
                Ok(seq) if seq < trees.size() => {
                    leaves.push((seq, hashes));
                    if seq >= since && !sound {
                        report.entry_changed(seq);
                    }
                }
                place => report.differ("entry", seq.to_string(), Kind::Extra, place.ok()),
            }
        }
        trees.grow(&leaves, &stored, report).await?;
        progress((report.entries, 2 * Ord::max(trees.size(), report.entries)));
        page = next;
    }
    let size = trees.size();
    checkpoints(loader, &trees, report).await?;
    trees.finish(report).await?;
    acts.finish(loader, report).await?;
    Ok(size)
}

/// A page of entries from a place on.
async fn read<C: ConnectionTrait>(loader: &Loader<'_, C>, from: i64) -> Result<Vec<Entry>, Error> {
    use entry::Column::{AccountId, ActId, At, AuthorityId, Body, Leaf, Seq};
    let find = entry::Entity::find().select_only().columns([Seq, Body, Leaf, ActId, AccountId, At]);
    let page = find.filter(AuthorityId.eq(loader.authority)).filter(Seq.gte(from)).order_by_asc(Seq).limit(PAGE);
    Ok(page.into_tuple().all(loader.db).await?)
}

/// An entry's place and its leaf under each hash function, and whether the leaf beside it is the same.
struct Hashed {
    seq: i64,
    hashes: [Hash; 2],
    sound: bool,
}

fn hashes(page: &[Entry]) -> Vec<Hashed> {
    let hashed = |(seq, body, leaf, ..): &Entry| {
        let hashes = Algorithm::ALL.map(|algorithm| algorithm.leaf_hash(body.as_bytes()));
        let sound = Algorithm::Sha256.leaf_hash(body.as_bytes()).as_slice() == leaf;
        Hashed { seq: *seq, hashes, sound }
    };
    page.iter().map(hashed).collect()
}

/// How many entries that a checkpoint covers and the record lacks are named one by one.
const NAMED: u64 = 1000;

/// What was signed of the record, against the record.
async fn checkpoints<C: ConnectionTrait>(
    loader: &Loader<'_, C>,
    trees: &Trees<'_, C>,
    report: &mut Report,
) -> Result<(), Error> {
    use checkpoint::Column;
    let signed = || checkpoint::Entity::find().filter(Column::AuthorityId.eq(loader.authority));
    let mut last: Option<(String, i64)> = None;
    loop {
        let mut page = signed().order_by_asc(Column::Origin).order_by_asc(Column::Size).limit(PAGE);
        if let Some((origin, size)) = last {
            let later = Column::Origin.eq(origin.as_str()).and(Column::Size.gt(size));
            page = page.filter(Column::Origin.gt(origin).or(later));
        }
        let page = page.all(loader.db).await?;
        let Some(end) = page.last() else { return Ok(()) };
        last = Some((end.origin.clone(), end.size));
        for row in page {
            report.rows += 1;
            let (key, stored) = (format!("{}/{}", row.origin, row.size), row.size as u64);
            let Ok(kept) = log::kept(row) else {
                report.differ("checkpoint", key, Kind::Changed, None);
                continue;
            };
            for lost in (trees.size()..kept.size).take(NAMED as usize) {
                report.differ("entry", lost.to_string(), Kind::Missing, Some(lost));
            }
            let said = kept.note.text().parse::<Checkpoint>().ok().filter(|said| said.origin == kept.origin);
            let holds = match said {
                Some(said) if said.head.size == stored && stored <= trees.size() => {
                    trees.stored_root(kept.algorithm, stored).await? == Some(said.head.root)
                }
                // That the record was set back is told by the entries it lacks.
                Some(said) => said.head.size == stored,
                None => false,
            };
            if !holds {
                report.differ("checkpoint", key, Kind::Changed, None);
            }
        }
    }
}

/// What the entries say of the acts they came from. The entries of one act stand together.
#[derive(Default)]
struct Acts {
    open: Option<act::Model>,
    whole: Vec<act::Model>,
}

impl Acts {
    fn take(&mut self, authority_id: Uuid, seq: i64, act_id: Uuid, account_id: Option<Uuid>, at: i64) {
        match &mut self.open {
            Some(open) if open.act_id == act_id => open.entries += 1,
            open => {
                // What was sent is not in the record; that it is the same again is all the digest is kept for.
                let digest = Vec::new();
                let first = act::Model { authority_id, act_id, account_id, digest, first_seq: seq, entries: 1, at };
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
        let told = Query::select()
            .expr(Expr::val(1))
            .from(entry::Entity)
            .and_where(entry::Column::AuthorityId.eq(loader.authority))
            .and_where(
                Expr::col((entry::Entity, entry::Column::ActId)).eq(Expr::col((act::Entity, act::Column::ActId))),
            )
            .to_owned();
        let strays = act::Entity::find()
            .select_only()
            .column(act::Column::ActId)
            .filter(act::Column::AuthorityId.eq(loader.authority))
            // An act that brought nothing about has no entry to be told by.
            .filter(act::Column::Entries.ne(0))
            .filter(Expr::exists(told).not());
        for stray in strays.into_tuple::<Uuid>().all(loader.db).await? {
            report.differ("act", stray.to_string(), Kind::Extra, None);
        }
        Ok(())
    }
}
