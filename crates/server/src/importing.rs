//! Importing files: read and checked by `connect`, laid down as they are read, and put on record batch by batch. A file
//! with a bad row is refused whole, unless its bad rows are to be left out.

mod fate;
mod told;
pub mod upload;
mod wire;

use crate::{clock, recompute};
use anyhow::Context;
use connect::{Encoding, Import, Known, KnownUnit, SkippedSheet, Source};
use domain::{
    act::Act,
    actor::Actor,
    batch::{BadRow, Kind, Row},
    id::BatchId,
    import::Column,
    refusal::Reason,
};
pub use fate::Fate;
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use store::{
    Error, Store,
    source::{Laying, Origin},
};
use wire::{Message, Wire};

/// Is told how much is done of how much.
pub type Tell = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// What became of the files.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// The files, as they were given.
    pub files: Vec<FileOutcome>,
    /// The tables in them, in the order in which they were read.
    pub tables: Vec<TableOutcome>,
    /// The bad rows; at most [`connect::MAX_ERRORS`].
    pub errors: Vec<BadRow>,
    /// Sheets without a table, in workbooks that have tables on other sheets.
    pub skipped: Vec<SkippedSheet>,
}

impl Outcome {
    /// How many errors are not listed.
    pub fn unlisted(&self) -> u64 {
        self.files.iter().map(|file| file.errors).sum::<u64>() - self.errors.len() as u64
    }
}

/// What became of one file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileOutcome {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
    /// Its size in bytes.
    pub size: u64,
    /// How many values in it are wrong.
    pub errors: u64,
    /// Whether leaving rows out does not mend it.
    pub spoiled: bool,
    /// Whether it comes in.
    pub fate: Fate,
}

/// What became of one table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TableOutcome {
    /// Which of the files it is in.
    pub file: usize,
    /// The sheet, in workbooks.
    pub sheet: Option<String>,
    /// What kind of table.
    pub kind: Kind,
    /// The encoding, of text files.
    pub encoding: Option<Encoding>,
    /// The row of the header.
    pub header_row: u32,
    /// The columns that were understood, in their order.
    pub columns: Vec<Column>,
    /// Headers that mean nothing to us.
    pub ignored: Vec<String>,
    /// Rows of data in it.
    pub rows: u32,
    /// Rows that are fit.
    pub accepted: u32,
    /// Rows that say what an earlier row says, and were left out.
    pub duplicates: u32,
    /// Fit rows that were not yet on record as they are.
    pub new: u32,
    /// The first fit rows.
    pub sample: Vec<Row>,
    /// The batch that went on record this time; none where nothing was new, the file was refused, or in a dry run.
    pub batch: Option<BatchId>,
}

impl TableOutcome {
    /// How many rows are bad.
    pub fn bad(&self) -> u32 {
        self.rows - self.accepted - self.duplicates
    }

    /// How many rows went on record this time.
    pub fn imported(&self) -> u32 {
        if self.batch.is_some() { self.new } else { 0 }
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

/// How many rows of a table are shown before it goes on record.
const SAMPLE: usize = 5;
/// The endings of the files that a folder stands for.
const ENDINGS: [&str; 5] = ["csv", "tsv", "txt", "xlsx", "xls"];

/// The files that paths name: a directory stands for the tables in it.
pub fn gather(paths: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let listed = std::fs::read_dir(path).with_context(|| format!("{} can't be listed", path.display()))?;
            for entry in listed {
                let file = entry?.path();
                let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
                if ENDINGS.contains(&ending.as_str()) {
                    files.push(file);
                }
            }
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    files.dedup();
    let open = |path: &PathBuf| -> anyhow::Result<Source> {
        let file = std::fs::File::open(path)
            .with_context(|| format!("{} can't be opened; check the path and try again", path.display()))?;
        let namesakes = files.iter().filter(|other| other.file_name() == path.file_name()).count();
        Ok(Source::new(if namesakes > 1 { path.display().to_string() } else { name_of(path) }, file))
    };
    files.iter().map(open).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Read, check and, unless it is a dry run, put on record and compute the scores that change with it.
pub async fn import(store: &Store, actor: &Actor, files: Vec<Source>, options: Options) -> anyhow::Result<Outcome> {
    let outcome = import_telling(store, actor, files, options, Arc::new(|_, _| ())).await?;
    recompute::catch_up(store, |_, _| ()).await?;
    Ok(outcome)
}

/// Read, check and, unless it is a dry run, put on record; told how many rows of how many were read. Scores are another
/// step: [`recompute::catch_up`].
pub async fn import_telling(
    store: &Store,
    actor: &Actor,
    files: Vec<Source>,
    options: Options,
    tell: Tell,
) -> anyhow::Result<Outcome> {
    let mut arrived = Vec::new();
    let finished = async {
        let import = read(store, files, options, tell, &mut arrived).await?;
        let fates = fate::of(&import.files, &import.tables, options.skip_bad);
        let outcome = outcome(&import, fates, &arrived);
        put_on_record(store, actor, outcome, &mut arrived).await
    };
    let finished = finished.await;
    for laying in arrived.into_iter().filter_map(|arrived| arrived.laying) {
        store.clear_laid(laying.batch()).await?;
    }
    finished
}

/// What came in of one table, and where it lies.
struct Arrived {
    kind: Kind,
    new: u32,
    sample: Vec<Row>,
    laying: Option<Laying>,
}

/// Reads the files off the async threads; what is new of their rows is laid down as they come, by the thousand.
async fn read(
    store: &Store,
    files: Vec<Source>,
    options: Options,
    tell: Tell,
    arrived: &mut Vec<Arrived>,
) -> anyhow::Result<Import> {
    let known = known(store).await?;
    let (mut wire, mut messages) = Wire::new(tell);
    let reading = tokio::task::spawn_blocking(move || connect::read_into(files, known, &mut wire));
    while let Some(message) = messages.recv().await {
        match message {
            Message::Begin(kind) => arrived.push(Arrived { kind, new: 0, sample: Vec::new(), laying: None }),
            Message::Rows(rows) => {
                let table = arrived.last_mut().context("rows came before their table")?;
                table.take(store, rows, options.dry_run).await?;
            }
        }
    }
    Ok(reading.await?)
}

impl Arrived {
    async fn take(&mut self, store: &Store, rows: Vec<Row>, dry_run: bool) -> Result<(), Error> {
        let wanted = SAMPLE.saturating_sub(self.sample.len());
        self.sample.extend(rows.iter().take(wanted).cloned());
        let new = store.new_rows(self.kind, rows).await?;
        self.new += new.len() as u32;
        if dry_run || new.is_empty() {
            return Ok(());
        }
        let laying = match &mut self.laying {
            Some(laying) => laying,
            none => none.insert(store.begin_laying(self.kind, clock::now()).await?),
        };
        store.lay_down(laying, &new).await
    }
}

/// What is on record already that rows may refer to.
pub(crate) async fn known(store: &Store) -> anyhow::Result<Known> {
    let units = store.units().await?.into_iter();
    let units = units.map(|unit| KnownUnit { code: unit.code, name: unit.name, short_name: unit.short_name });
    let people = store.roster().await?.into_iter().map(|person| person.number);
    let indicators = store.indicators().await?.into_iter().map(|indicator| indicator.code);
    Ok(Known { units: units.collect(), people: people.collect(), indicators: indicators.collect() })
}

fn outcome(import: &Import, fates: Vec<Fate>, arrived: &[Arrived]) -> Outcome {
    let files = import.files.iter().zip(fates).map(|(file, fate)| FileOutcome {
        name: file.name.clone(),
        sha256: file.sha256.clone(),
        size: file.size,
        errors: file.errors,
        spoiled: file.spoiled,
        fate,
    });
    let tables = import.tables.iter().zip(arrived).map(|(table, arrived)| TableOutcome {
        file: import.files.iter().position(|file| file.name == table.file).unwrap_or_default(),
        sheet: table.sheet.clone(),
        kind: table.kind,
        encoding: table.encoding,
        header_row: table.header_row,
        columns: table.order.iter().map(|field| column(table, field)).collect(),
        ignored: table.ignored.clone(),
        rows: table.data_rows,
        accepted: table.accepted,
        duplicates: table.duplicates.len() as u32,
        new: arrived.new,
        sample: arrived.sample.clone(),
        batch: None,
    });
    Outcome {
        files: files.collect(),
        tables: tables.collect(),
        errors: import.errors.clone(),
        skipped: import.skipped.clone(),
    }
}

fn column(table: &connect::Table, field: &str) -> Column {
    Column { field: field.to_owned(), header: table.columns[field].clone() }
}

/// Table by table: the batch goes on record, and with it all its rows count.
async fn put_on_record(
    store: &Store,
    actor: &Actor,
    mut outcome: Outcome,
    arrived: &mut [Arrived],
) -> anyhow::Result<Outcome> {
    for (place, arrived) in arrived.iter_mut().enumerate() {
        let table = &outcome.tables[place];
        if !outcome.files[table.file].fate.comes_in() {
            continue;
        }
        let Some(laying) = arrived.laying.take() else { continue };
        let id = laying.batch();
        let recorded = record(store, actor, laying, origin(&outcome, table)).await;
        store.clear_laid(id).await?;
        outcome.tables[place].batch = recorded?.then_some(id);
    }
    Ok(outcome)
}

/// False: the rows differ in nothing that matters to the register they belong to.
async fn record(store: &Store, actor: &Actor, laying: Laying, origin: Origin) -> anyhow::Result<bool> {
    let batch = store.laid(laying, origin).await?;
    match store.act(actor, store.new_key(), Act::ImportBatch { batch }).await {
        Ok(_) => Ok(true),
        Err(Error::Refused(refusal)) if refusal.reason == Reason::NothingNew => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn origin(outcome: &Outcome, table: &TableOutcome) -> Origin {
    let file = &outcome.files[table.file];
    let here = |bad: &&BadRow| bad.file == file.name && bad.sheet == table.sheet;
    Origin {
        file: file.name.clone(),
        sheet: table.sheet.clone(),
        digest: file.sha256.clone(),
        columns: table.columns.clone(),
        skipped: outcome.errors.iter().filter(here).map(Into::into).collect(),
    }
}
