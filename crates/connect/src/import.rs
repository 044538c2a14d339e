//! The whole way from files to accepted rows and a list of what is wrong.
//!
//! Files are read in the order in which they need each other: units, people, indicators, then all that refers to them.
//! The first three are held in memory until they are judged together (a unit names its head, who is in the roster,
//! which names units); every other table is streamed.

mod judge;
mod run;

use std::collections::BTreeMap;

use domain::batch::{BadRow, Kind, Row};
use serde::{Deserialize, Serialize};

use crate::decode::Encoding;
use crate::known::Known;
use crate::source::Source;
use run::Run;

/// What came out of reading files together.
#[derive(Debug, Default, Serialize)]
pub struct Import {
    /// The files in the order in which they were given.
    pub files: Vec<File>,
    /// The recognised tables in the order in which they were read and are to be kept.
    pub tables: Vec<Table>,
    /// What is wrong, by file, sheet and row as given; the first [`MAX_ERRORS`] that were found. A file that is named
    /// here is to be refused whole, unless the rows named here are to be left out.
    pub errors: Vec<BadRow>,
    /// Sheets without a table (covers, notes) in workbooks that have tables on other sheets.
    pub skipped: Vec<SkippedSheet>,
}

/// So many errors are listed. More are counted: who has as many corrects the export, not the rows.
pub const MAX_ERRORS: usize = 10_000;

/// A file as it was given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The name of its [`Source`].
    pub name: String,
    /// SHA-256 of its bytes in hexadecimal, by which the same file is known again.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// How many values are wrong in it, listed or not. It can be accepted as it is where there are none.
    pub errors: u64,
    /// Whether leaving rows out does not mend it: the fault is of the file or a sheet, or not all errors are listed.
    pub spoiled: bool,
}

/// One recognised table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The file's name.
    pub file: String,
    /// SHA-256 of the file's bytes in hexadecimal.
    pub sha256: String,
    /// The sheet, in workbooks.
    pub sheet: Option<String>,
    /// What it was recognised as, by its headers.
    pub kind: Kind,
    /// The encoding, of text files.
    pub encoding: Option<Encoding>,
    /// The row of the header (the second one, where headers stand in two rows).
    pub header_row: u32,
    /// Canonical field to header as it stands.
    pub columns: BTreeMap<String, String>,
    /// The same fields in the order of their columns.
    pub order: Vec<String>,
    /// Headers that mean nothing to us. Their values are not kept.
    pub ignored: Vec<String>,
    /// How many rows of data there are, whether accepted or not; notes and blank rows are none.
    pub data_rows: u32,
    /// How many rows were accepted.
    pub accepted: u32,
    /// Rows that say exactly what an earlier row says, and were left out.
    pub duplicates: Vec<u32>,
    /// Rows that were taken for notes or totals, and were left out.
    pub remarks: Vec<u32>,
    /// The accepted rows; empty when they went to a [`Sink`].
    pub rows: Vec<Row>,
}

/// A sheet in which no table was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedSheet {
    /// The file's name.
    pub file: String,
    /// The sheet's name.
    pub sheet: String,
}

/// Takes accepted rows one at a time, so that files of any size can be read.
///
/// Whether a file is wholly good is known only when everything is read: keep the rows aside until then.
pub trait Sink {
    /// A table begins; its counts and lists are not complete yet.
    fn begin(&mut self, table: &Table);
    /// A row of the table that began last.
    fn row(&mut self, row: Row);
    /// The table that began last is complete.
    fn end(&mut self, _table: &Table) {}
    /// So many rows of so many are read. The total is an estimate, never too low.
    fn progress(&mut self, _done: u64, _total: u64) {}
}

/// Reads files together and keeps the accepted rows in the tables.
pub fn read(files: Vec<Source>, known: Known) -> Import {
    #[derive(Default)]
    struct Collected(Vec<Vec<Row>>);
    impl Sink for Collected {
        fn begin(&mut self, _: &Table) {
            self.0.push(Vec::new());
        }
        fn row(&mut self, row: Row) {
            self.0.last_mut().expect("a table began").push(row);
        }
    }
    let mut collected = Collected::default();
    let mut import = read_into(files, known, &mut collected);
    for (table, rows) in import.tables.iter_mut().zip(collected.0) {
        table.rows = rows;
    }
    import
}

/// Reads files together and hands the accepted rows over one at a time.
///
/// Memory holds: one workbook's worth of cells per workbook (with limits), the units, people and indicators, and about
/// 40 bytes for each other row to know it when it comes again.
pub fn read_into(files: Vec<Source>, known: Known, sink: &mut dyn Sink) -> Import {
    let mut run = Run::new(known, sink);
    let mut sheets = run.open(files);
    sheets.sort_by_key(|sheet| sheet.table.kind);
    run.total = sheets.iter().map(|sheet| sheet.rows).sum();
    let first_streamed = sheets.partition_point(|sheet| sheet.table.kind <= Kind::Indicators);
    let streamed = sheets.split_off(first_streamed);
    run.read_held(sheets);
    for sheet in streamed {
        run.stream(sheet);
    }
    run.finish()
}
