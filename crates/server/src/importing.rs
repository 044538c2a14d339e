//! Importing files: read and checked by `connect`, laid down, and put on record batch by batch. A file
//! with a bad row is refused whole, unless its bad rows are to be left out.

use crate::jobs;
use anyhow::Context;
use connect::{Import, Known, KnownUnit, Source};
use domain::{
    act::Act,
    actor::Actor,
    batch::{BadRow, Kind, Row},
    id::BatchId,
    import::{Batch, Skipped},
    refusal::Reason,
};
use serde::Serialize;
use std::path::{Path, PathBuf};
use store::{Error, Store};

/// What became of the files.
#[derive(Debug, Default, Serialize)]
pub struct Outcome {
    /// Table by table.
    pub files: Vec<FileOutcome>,
    /// Every bad row.
    pub errors: Vec<BadLine>,
}

/// What became of one table.
#[derive(Debug, Serialize)]
pub struct FileOutcome {
    /// The file.
    pub file: String,
    /// The sheet, in workbooks.
    pub sheet: Option<String>,
    /// What kind of table.
    pub kind: String,
    /// Rows of data in it.
    pub rows: u32,
    /// Rows that are fit.
    pub accepted: u32,
    /// Rows that went on record this time; none where all were there already, or in a dry run.
    pub imported: u32,
    /// Refused whole.
    pub refused: bool,
}

/// A bad row as the command line tells it.
#[derive(Debug, Serialize)]
pub struct BadLine {
    /// The file.
    pub file: String,
    /// The sheet, in workbooks.
    pub sheet: Option<String>,
    /// The row as the spreadsheet numbers it.
    pub row: u32,
    /// The header.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong, as a word.
    pub code: String,
    /// What is wrong.
    pub reason: String,
}

impl From<&BadRow> for BadLine {
    fn from(bad: &BadRow) -> Self {
        BadLine {
            file: bad.file.clone(),
            sheet: bad.sheet.clone(),
            row: bad.row,
            column: bad.column.clone(),
            value: bad.value.clone(),
            code: bad.code().to_owned(),
            reason: bad.reason(),
        }
    }
}

/// How to import.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Only say what would happen.
    pub dry_run: bool,
    /// Leave bad rows out instead of refusing their file.
    pub skip_bad: bool,
}

/// The files that paths name: a directory stands for the tables in it.
pub fn gather(paths: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let listed = std::fs::read_dir(path).with_context(|| format!("{} can't be listed", path.display()))?;
            for entry in listed {
                let file = entry?.path();
                let kind = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
                if ["csv", "xlsx", "xls", "ods", "tsv"].contains(&kind.as_str()) {
                    files.push(file);
                }
            }
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    let open = |path: &PathBuf| -> anyhow::Result<Source> {
        let file = std::fs::File::open(path)
            .with_context(|| format!("{} can't be opened; check the path and try again", path.display()))?;
        Ok(Source::new(name_of(path), file))
    };
    files.iter().map(open).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Read, check and, unless it is a dry run, put on record.
pub async fn import(store: &Store, actor: &Actor, files: Vec<Source>, options: Options) -> anyhow::Result<Outcome> {
    let (known, before) = (known(store).await?, store.newest_observations().await?);
    let import = tokio::task::spawn_blocking(move || connect::read(files, known)).await?;
    let mut outcome = Outcome { errors: import.errors.iter().map(BadLine::from).collect(), ..Outcome::default() };
    for place in 0..import.tables.len() {
        let table = &import.tables[place];
        let refused = !options.skip_bad && !import.is_clean(&table.file);
        let imported = if refused || options.dry_run { 0 } else { put_on_record(store, actor, &import, place).await? };
        outcome.files.push(FileOutcome {
            file: table.file.clone(),
            sheet: table.sheet.clone(),
            kind: table.kind.as_str().to_owned(),
            rows: table.data_rows,
            accepted: table.accepted,
            imported,
            refused,
        });
    }
    let brought = |file: &FileOutcome| file.imported > 0 && file.kind.parse().is_ok_and(Kind::is_observation);
    if outcome.files.iter().any(brought) {
        jobs::recompute_all(store, before).await?;
    }
    Ok(outcome)
}

/// What is on record already that rows may refer to.
pub(crate) async fn known(store: &Store) -> anyhow::Result<Known> {
    let units = store.units().await?.into_iter();
    let units = units.map(|unit| KnownUnit { code: unit.code, name: unit.name, short_name: unit.short_name });
    let people = store.roster().await?.into_iter().map(|person| person.number);
    let indicators = store.indicators().await?.into_iter().map(|indicator| indicator.code);
    Ok(Known { units: units.collect(), people: people.collect(), indicators: indicators.collect() })
}

/// One table: its new rows are laid down, then the batch goes on record, then they count.
async fn put_on_record(store: &Store, actor: &Actor, import: &Import, place: usize) -> anyhow::Result<u32> {
    let table = &import.tables[place];
    let rows = store.new_rows(table.kind, table.rows.clone()).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let batch = batch(store, import, place, &rows)?;
    store.lay_down(batch.id, table.kind, &rows, |_| ()).await?;
    let (id, count) = (batch.id, batch.rows);
    match store.act(actor, store.new_key(), Act::ImportBatch { batch }).await {
        Ok(_) => Ok(count),
        Err(Error::Refused(refusal)) if refusal.reason == Reason::NothingNew => {
            store.forget_rows(id).await?;
            Ok(0)
        }
        Err(error) => {
            store.forget_rows(id).await?;
            Err(error.into())
        }
    }
}

fn batch(store: &Store, import: &Import, place: usize, rows: &[Row]) -> anyhow::Result<Batch> {
    let table = &import.tables[place];
    let here = |bad: &&BadRow| bad.file == table.file && bad.sheet == table.sheet;
    let skipped = import.errors.iter().filter(here).map(|bad| Skipped {
        row: bad.row,
        column: bad.column.clone(),
        reason: bad.reason(),
    });
    Ok(Batch {
        id: BatchId(store.new_key()),
        kind: table.kind,
        file: table.file.clone(),
        sheet: table.sheet.clone(),
        digest: table.sha256.clone(),
        rows_digest: store::source::rows_digest(rows)?,
        rows: rows.len() as u32,
        from: rows.iter().filter_map(|row| row.date).min(),
        to: rows.iter().filter_map(|row| row.date).max(),
        skipped: skipped.collect(),
    })
}
