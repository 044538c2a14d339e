//! Audit: is the record whole, and do the tables show what it says? The tree is grown again over the entries as they stand
//! one after the other; then every aggregate is read and folded again, and the rows that show it are compared with those
//! in the tables. Each row that was changed, removed or slipped in is named.
//!
//! Both passes read a page while the one before it is worked on, and keep nothing of it: a record of any length is checked
//! in the same memory.

mod aggregates;
mod keys;
mod record;
mod rows;
mod tree;

use crate::{Error, Store, connect, load::Loader};
use serde::Serialize;
use std::collections::HashSet;

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
    /// What differs, each once; empty: nothing.
    pub differences: Vec<Difference>,
    #[serde(skip)]
    named: HashSet<(String, String, Kind)>,
}

/// How many entries are read at a time.
const PAGE: u64 = 1000;

impl Store {
    /// Check everything, as it stood when the check began: acts go on meanwhile. `progress` is told how much is done of
    /// how much: the tree over the entries is one half, the aggregates they tell of the other.
    pub async fn audit(&self, since: u64, mut progress: impl FnMut((u64, u64))) -> Result<Report, Error> {
        let mut report = Report::default();
        let db = connect::snapshot(&self.db).await?;
        // Nothing that was folded or opened before is trusted here.
        let keys = self.keys.unknowing();
        let loader = Loader { cycles: None, keys: &keys, ..self.loader(&db) };
        let size = record::audit(&loader, since, &mut report, &mut progress).await?;
        aggregates::audit(&loader, since..size, &mut report, &mut progress).await?;
        keys::audit(&loader, &mut report).await?;
        rows::audit_strays(&loader, &mut report).await?;
        Ok(report)
    }
}

impl Report {
    fn differ(&mut self, table: &str, key: String, kind: Kind, seq: Option<u64>) {
        if self.named.insert((table.to_owned(), key.clone(), kind)) {
            self.differences.push(Difference { table: table.to_owned(), key, kind, seq });
        }
    }

    fn entry_changed(&mut self, seq: u64) {
        self.differ("entry", seq.to_string(), Kind::Changed, Some(seq));
    }

    /// A row that is there and should not be. One of the same key that seemed to be missing is this one, changed.
    fn stray(&mut self, table: &str, key: String) {
        if !self.named.remove(&(table.to_owned(), key.clone(), Kind::Missing)) {
            return self.differ(table, key, Kind::Extra, None);
        }
        let missing = |found: &&mut Difference| found.table == table && found.key == key && found.kind == Kind::Missing;
        if let Some(found) = self.differences.iter_mut().find(missing) {
            found.kind = Kind::Changed;
        }
        self.named.insert((table.to_owned(), key, Kind::Changed));
    }
}
