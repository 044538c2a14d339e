//! Audit: is the record whole, and do the tables show what it says? Each entry is checked against its
//! leaf, the tree is grown again, every aggregate is folded again into shadow tables, and each row that
//! was changed, removed or slipped in is named.

mod keys;
mod record;
mod rows;
mod tree;

use crate::{
    Error, Store,
    append::cycle_of,
    connect,
    load::{Loader, fold_cycle},
    view,
};
use domain::{cycle::Cycle, event::Stream, id::CycleId};
use sea_orm::{ConnectionTrait, SqlErr};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashSet, btree_map::Entry};

/// How a table differs from the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
        // Nothing that was folded before is trusted here.
        let keys = self.keys.unknowing();
        let loader = Loader { cycles: None, keys: &keys, ..self.loader(&db) };
        let streams = record::audit(&loader, since, &mut report, &mut progress).await?;
        keys::audit(&loader, &streams, &mut report).await?;
        self.audit_views(&loader, &streams, &mut report, &mut progress).await?;
        // What stands in both trees is named once.
        let mut named = HashSet::new();
        report.differences.retain(|difference| named.insert(difference.clone()));
        Ok(report)
    }

    /// Every aggregate is folded again; the rows that show it are compared with the views.
    async fn audit_views<C: ConnectionTrait>(
        &self,
        loader: &Loader<'_, C>,
        streams: &BTreeSet<Stream>,
        report: &mut Report,
        progress: &mut impl FnMut((u64, u64)),
    ) -> Result<(), Error> {
        let half = report.entries;
        let shadow = connect::connect("sqlite::memory:").await?;
        connect::make(&shadow).await?;
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
                let (table, key) = row.key();
                match row.put(&shadow).await {
                    // A record that was tampered with may tell of two people with one number.
                    Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
                        report.differ(table, key, Kind::Changed, None);
                    }
                    done => done?,
                }
            }
            rows::audit(loader, &record, report).await?;
            rows::audit_files(loader, &record, report).await?;
        }
        for table in view::VIEWS {
            let (told, shown) = (view::rows_of(&shadow, table).await?, view::rows_of(loader.db, table).await?);
            compare(table, &told, &shown, report);
        }
        rows::audit_strays(loader, streams, report).await
    }
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

    /// An entry that was changed is named once, however it shows.
    fn entry_changed(&mut self, seq: u64) {
        let known = |found: &Difference| found.table == "entry" && found.seq == Some(seq);
        if !self.differences.iter().any(known) {
            self.differ("entry", seq.to_string(), Kind::Changed, Some(seq));
        }
    }
}
