//! What the command line says of an import: words for people, or one JSON document for programs.

use super::{Fate, FileOutcome, Outcome, TableOutcome};
use domain::batch::{BadRow, Kind};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};

/// The JSON document.
#[derive(Serialize)]
pub struct Document<'a> {
    files: Vec<FileLine<'a>>,
    errors: Vec<BadLine<'a>>,
    /// Errors beyond the longest list.
    unlisted: u64,
    /// Appraisals whose scores changed with the data.
    recomputed: u64,
}

/// One table; or one file, where no table was found in it.
#[derive(Serialize)]
struct FileLine<'a> {
    file: &'a str,
    sheet: Option<&'a str>,
    kind: Option<Kind>,
    rows: u32,
    accepted: u32,
    new: u32,
    imported: u32,
    /// Bad rows that were left out of what was imported.
    left_out: u32,
    refused: bool,
    waits_for: Option<&'a str>,
}

/// One bad row.
#[derive(Serialize)]
struct BadLine<'a> {
    file: &'a str,
    sheet: Option<&'a str>,
    /// As the spreadsheet numbers it; 0 for the file as a whole.
    row: u32,
    column: &'a str,
    value: &'a str,
    code: &'a str,
    reason: String,
}

impl<'a> FileLine<'a> {
    fn of(file: &'a FileOutcome, table: Option<&'a TableOutcome>) -> Self {
        let count = |of: fn(&TableOutcome) -> u32| table.map_or(0, of);
        FileLine {
            file: &file.name,
            sheet: table.and_then(|table| table.sheet.as_deref()),
            kind: table.map(|table| table.kind),
            rows: count(|table| table.rows),
            accepted: count(|table| table.accepted),
            new: count(|table| table.new),
            imported: count(TableOutcome::imported),
            left_out: if file.fate == Fate::WithoutBadRows { count(TableOutcome::bad) } else { 0 },
            refused: !file.fate.comes_in(),
            waits_for: match &file.fate {
                Fate::Waits { file } => Some(file),
                _ => None,
            },
        }
    }
}

impl<'a> BadLine<'a> {
    fn of(bad: &'a BadRow) -> Self {
        BadLine {
            file: &bad.file,
            sheet: bad.sheet.as_deref(),
            row: bad.row,
            column: &bad.column,
            value: &bad.value,
            code: bad.code(),
            reason: bad.reason(),
        }
    }
}

impl Outcome {
    /// As the command line tells it, with the number of appraisals that changed.
    pub fn document(&self, recomputed: u64) -> Document<'_> {
        let tables = self.tables.iter().map(|table| FileLine::of(&self.files[table.file], Some(table)));
        let bare = (0..self.files.len()).filter(|place| self.tables.iter().all(|table| table.file != *place));
        let files = tables.chain(bare.map(|place| FileLine::of(&self.files[place], None)));
        Document {
            files: files.collect(),
            errors: self.errors.iter().map(BadLine::of).collect(),
            unlisted: self.unlisted(),
            recomputed,
        }
    }
}

impl Display for Document<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for line in &self.files {
            write!(f, "{}", line.file)?;
            if let Some(sheet) = line.sheet {
                write!(f, " [{sheet}]")?;
            }
            write!(f, ": {} rows, {} fit, {} new, {} imported", line.rows, line.accepted, line.new, line.imported)?;
            match (line.waits_for, line.refused) {
                (Some(other), _) => write!(f, "; held back, because it needs {other}, which is refused")?,
                (None, true) => write!(f, "; refused")?,
                (None, false) if line.left_out > 0 => write!(f, "; {} bad rows left out", line.left_out)?,
                (None, false) => {}
            }
            writeln!(f)?;
        }
        for bad in &self.errors {
            let sheet = bad.sheet.map(|sheet| format!("[{sheet}]")).unwrap_or_default();
            writeln!(f, "{}{sheet}:{} {} {:?}: {}", bad.file, bad.row, bad.column, bad.value, bad.reason)?;
        }
        if self.unlisted > 0 {
            writeln!(f, "and {} more errors", self.unlisted)?;
        }
        if self.recomputed > 0 {
            writeln!(f, "{} appraisals computed again", self.recomputed)?;
        }
        Ok(())
    }
}
