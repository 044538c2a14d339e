//! Audit: is the record whole, and do the tables show what it says? Each entry is checked against its
//! leaf, the tree is grown again, every aggregate is folded again into shadow tables, and each row that
//! was changed, removed or slipped in is named.

use crate::{
    Error, Store,
    append::cycle_of,
    connect,
    load::{Loader, fold_cycle},
    record,
    source::RowsDigest,
    table::truth::*,
    view,
};
use domain::{
    cycle::Cycle,
    event::{Event, Stream},
    id::CycleId,
};
use ledger::{Algorithm, Frontier};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

/// How a table differs from the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The row says something else than the record.
    Changed,
    /// The record makes a row that is not there.
    Missing,
    /// The row is in no record.
    Extra,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// The key within it.
    pub key: String,
    /// How it differs.
    pub kind: Kind,
    /// The entry concerned, where it is one.
    pub seq: Option<u64>,
}

/// What an audit found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Entries read.
    pub entries: u64,
    /// Rows compared.
    pub rows: u64,
    /// What differs; empty: nothing.
    pub differences: Vec<Difference>,
}

/// How many entries are read at a time.
const PAGE: u64 = 1000;

impl Store {
    /// Check everything, as it stood when the check began: acts go on meanwhile. `progress` is told how much is done of
    /// how much: reading every entry is one half, folding every aggregate again the other.
    pub async fn audit(&self, since: u64, mut progress: impl FnMut((u64, u64))) -> Result<Report, Error> {
        let mut report = Report::default();
        let db = connect::snapshot(&self.db).await?;
        let streams = self.audit_record(&db, since, &mut report, &mut progress).await?;
        let half = report.entries;
        let shadow = connect::connect("sqlite::memory:").await?;
        connect::make(&shadow).await?;
        // Nothing that was folded before is trusted here.
        let loader = Loader { cycles: None, ..self.loader(&db) };
        let mut cycles: BTreeMap<CycleId, Option<Cycle>> = BTreeMap::new();
        for (folded, stream) in streams.iter().enumerate() {
            progress((half + folded as u64 * half / streams.len() as u64, 2 * half));
            let record = match loader.record(*stream).await {
                Ok(record) => record,
                // Named already when the entries were read.
                Err(Error::Broken(_)) => continue,
                Err(error) => return Err(error),
            };
            let cycle = match cycle_of(&record) {
                Some(id) => {
                    if let Entry::Vacant(place) = cycles.entry(id) {
                        let cycle = loader.record(id.into()).await.unwrap_or_default();
                        place.insert(fold_cycle(&cycle));
                    }
                    cycles[&id].as_ref()
                }
                None => None,
            };
            for row in view::rows(self.authority, *stream, &record, cycle) {
                row.put(&shadow).await?;
            }
            self.audit_batch(&loader, &record, &mut report).await?;
        }
        for table in view::VIEWS {
            let (told, shown) = (view::rows_of(&shadow, table).await?, view::rows_of(&db, table).await?);
            compare(table, &told, &shown, &mut report);
        }
        Ok(report)
    }

    /// Entries against their leaves, leaves against the tree.
    async fn audit_record(
        &self,
        db: &impl ConnectionTrait,
        since: u64,
        report: &mut Report,
        progress: &mut impl FnMut((u64, u64)),
    ) -> Result<BTreeSet<Stream>, Error> {
        let head = head::Entity::find_by_id(self.authority).one(db).await?;
        let size = head.as_ref().map_or(0, |head| head.size as u64);
        let (mut frontier, mut streams, mut next) = (Frontier::default(), BTreeSet::new(), 0_u64);
        loop {
            let page = entry::Entity::find()
                .filter(entry::Column::AuthorityId.eq(self.authority))
                .filter(entry::Column::Seq.gte(next as i64))
                .order_by_asc(entry::Column::Seq)
                .limit(PAGE)
                .all(db)
                .await?;
            let Some(last) = page.last() else { break };
            let after = last.seq as u64 + 1;
            for entry in &page {
                let seq = entry.seq as u64;
                while next < seq {
                    report.differ("entry", next.to_string(), Kind::Missing, Some(next));
                    next += 1;
                }
                next += 1;
                if seq >= since && !sound(entry) {
                    report.differ("entry", seq.to_string(), Kind::Changed, Some(seq));
                }
                if seq >= size {
                    report.differ("entry", seq.to_string(), Kind::Extra, Some(seq));
                }
                frontier.push(Algorithm::Sha256.leaf_hash(entry.body.as_bytes()));
                if let Some(kind) = record::stream_kind(&entry.stream_kind) {
                    streams.insert(Stream { kind, id: entry.stream_id });
                }
                report.entries += 1;
            }
            progress((report.entries, 2 * size.max(report.entries)));
            next = after;
        }
        for missing in next..size {
            report.differ("entry", missing.to_string(), Kind::Missing, Some(missing));
        }
        if head.is_none_or(|head| head.root != frontier.root()) {
            report.differ("head", self.authority.to_string(), Kind::Changed, None);
        }
        Ok(streams)
    }

    /// Rows of a batch against the digest on record.
    async fn audit_batch<C: ConnectionTrait>(
        &self,
        loader: &Loader<'_, C>,
        record: &[record::Recorded],
        report: &mut Report,
    ) -> Result<(), Error> {
        for recorded in record {
            if let Event::BatchImported(batch) = &recorded.event {
                let (mut digest, mut last) = (RowsDigest::default(), 0);
                loop {
                    let rows = loader.batch_rows(batch.id, last).await?;
                    let Some(row) = rows.last() else { break };
                    last = row.number;
                    report.rows += rows.len() as u64;
                    rows.iter().try_for_each(|row| digest.add(row))?;
                }
                if digest.finish() != batch.rows_digest {
                    report.differ("batch_row", batch.id.to_string(), Kind::Changed, Some(recorded.seq));
                }
            }
        }
        Ok(())
    }
}

/// Does the entry say what its leaf, its commitment and its columns say?
fn sound(entry: &entry::Model) -> bool {
    let Ok(recorded) = record::read(entry) else { return false };
    let body: serde_json::Value = serde_json::from_str(&entry.body).unwrap_or_default();
    let salt = <[u8; 32]>::try_from(entry.salt.as_slice()).unwrap_or_default();
    let commitment = entry.sealed.as_ref().map(|sealed| hex::encode(ledger::commitment(&salt, sealed.as_bytes())));
    let columns = recorded.stream.id == entry.stream_id
        && recorded.stream.kind.as_str() == entry.stream_kind
        && recorded.stamp.at.as_microsecond() == entry.at
        && recorded.stamp.by.account.map(|id| id.0) == entry.account_id
        && recorded.stamp.by.person.map(|id| id.0) == entry.person_id
        && recorded.event.name() == entry.event;
    columns
        && body["sealed"].as_str() == commitment.as_deref()
        && Algorithm::Sha256.leaf_hash(entry.body.as_bytes()).as_slice() == entry.leaf
}

fn compare(
    table: &str,
    told: &BTreeMap<String, serde_json::Value>,
    shown: &BTreeMap<String, serde_json::Value>,
    report: &mut Report,
) {
    report.rows += told.len() as u64;
    for (key, row) in told {
        match shown.get(key) {
            None => report.differ(table, key.clone(), Kind::Missing, None),
            Some(other) if other != row => report.differ(table, key.clone(), Kind::Changed, None),
            Some(_) => {}
        }
    }
    for key in shown.keys().filter(|key| !told.contains_key(*key)) {
        report.differ(table, key.clone(), Kind::Extra, None);
    }
}

impl Report {
    fn differ(&mut self, table: &str, key: String, kind: Kind, seq: Option<u64>) {
        self.differences.push(Difference { table: table.to_owned(), key, kind, seq });
    }
}
