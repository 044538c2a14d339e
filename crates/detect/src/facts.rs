//! A folder of fact tables, checked: one file a table, `NAME.csv`, `NAME.csv.gz` or `NAME.parquet`.
//!
//! CSV is read once, every cell held to its column, and written as Parquet beside; Parquet stays where it is. So the
//! query engine sees Parquet only, and what is wrong with a file is told with file, line and column.

use crate::{
    columns::Writer,
    table::{Column, Kind, TABLES, Table},
};
use csv::{ByteRecord, Reader, ReaderBuilder};
use datafusion::{
    arrow::datatypes::DataType,
    parquet::{arrow::arrow_reader::ParquetRecordBatchReaderBuilder, errors::ParquetError},
};
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fmt,
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
};

/// Checked tables, as Parquet files that live as long as this.
pub struct Facts {
    tables: BTreeMap<&'static str, Source>,
    hash: String,
    /// Where tables that came as CSV lie, and where the query engine may put what does not fit into memory.
    pub(crate) scratch: tempfile::TempDir,
}

/// One table.
pub(crate) struct Source {
    pub path: PathBuf,
    /// The columns that the file has, with the types in it.
    pub columns: BTreeMap<String, DataType>,
}

/// A file that can't be taken.
#[derive(Debug)]
pub struct BadInput {
    pub file: String,
    /// Counted from 1, the header among them.
    pub line: Option<u64>,
    pub column: Option<String>,
    pub reason: String,
}

impl fmt::Display for BadInput {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(out, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(out, ", column {column}")?;
        }
        write!(out, ": {}", self.reason)
    }
}

impl std::error::Error for BadInput {}

impl Facts {
    /// Read and check every table that the folder has. Files of other names are left alone.
    ///
    /// # Errors
    /// At the first file, line and column that is not as the contract says, or if there is no table at all.
    pub fn read(dir: &Path) -> Result<Self, BadInput> {
        let bad = |reason: String| BadInput { file: dir.display().to_string(), line: None, column: None, reason };
        let scratch = tempfile::tempdir().map_err(|error| bad(format!("there is no room for a copy: {error}")))?;
        let mut tables = BTreeMap::new();
        let mut hasher = Sha256::new();
        for table in TABLES {
            let names = ["csv", "csv.gz", "parquet"].map(|ending| format!("{}.{ending}", table.name));
            let mut found = names.into_iter().filter(|name| dir.join(name).is_file());
            let Some(name) = found.next() else { continue };
            if let Some(second) = found.next() {
                return Err(bad(format!("it has both {name} and {second}; leave one")));
            }
            let input = Input { path: dir.join(&name), name, table };
            hasher.update(table.name.as_bytes());
            hasher.update(input.digest()?);
            let source = if input.name.ends_with("parquet") { input.parquet()? } else { input.csv(scratch.path())? };
            tables.insert(table.name, source);
        }
        if tables.is_empty() {
            let known: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
            return Err(bad(format!(
                "it has no fact table; name them {} with .csv, .csv.gz or .parquet",
                known.join(", ")
            )));
        }
        Ok(Self { tables, hash: hex::encode(hasher.finalize()), scratch })
    }

    /// The hash of all tables' bytes.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether there is such a table, or it follows from one: grade counts from results.
    pub fn has(&self, table: &str) -> bool {
        self.tables.contains_key(table) || table == "grade_counts" && self.tables.contains_key("results")
    }

    pub(crate) fn source(&self, table: &str) -> Option<&Source> {
        self.tables.get(table)
    }
}

/// A file on its way in.
struct Input {
    name: String,
    path: PathBuf,
    table: &'static Table,
}

impl Input {
    fn bad(&self, reason: impl fmt::Display) -> BadInput {
        BadInput { file: self.name.clone(), line: None, column: None, reason: reason.to_string() }
    }

    fn open(&self) -> Result<File, BadInput> {
        File::open(&self.path).map_err(|error| self.bad(format!("it can't be opened: {error}")))
    }

    fn digest(&self) -> Result<[u8; 32], BadInput> {
        let mut hasher = Sha256::new();
        let mut file = self.open()?;
        let mut piece = vec![0; 1 << 16];
        loop {
            match file.read(&mut piece).map_err(|error| self.bad(error))? {
                0 => return Ok(hasher.finalize().into()),
                read => hasher.update(&piece[..read]),
            }
        }
    }

    /// Check a Parquet file by its schema and its statistics.
    fn parquet(&self) -> Result<Source, BadInput> {
        let broken = |error: ParquetError| self.bad(format!("it is no Parquet file: {error}"));
        let reader = ParquetRecordBatchReaderBuilder::try_new(self.open()?).map_err(broken)?;
        let columns: BTreeMap<String, DataType> =
            reader.schema().fields().iter().map(|field| (field.name().clone(), field.data_type().clone())).collect();
        for column in self.table.columns {
            let at = |reason| BadInput { column: Some(column.name.to_owned()), ..self.bad(reason) };
            match columns.get(column.name) {
                None if column.optional => {}
                None => return Err(at("it is missing".to_owned())),
                Some(found) if !column.kind.takes(found) => {
                    return Err(at(format!("it holds {found}, not {}", column.kind.called())));
                }
                Some(_) => {}
            }
        }
        let metadata = reader.metadata();
        for group in metadata.row_groups() {
            for chunk in group.columns() {
                let name = chunk.column_path().string();
                let required = self.table.columns.iter().any(|column| column.name == name && !column.optional);
                let empty = chunk.statistics().and_then(|statistics| statistics.null_count_opt()).unwrap_or(0);
                if required && empty > 0 {
                    let reason = format!("{empty} cells are empty, which this column does not allow");
                    return Err(BadInput { column: Some(name), ..self.bad(reason) });
                }
            }
        }
        Ok(Source { path: self.path.clone(), columns })
    }

    /// Check a CSV file cell by cell, and write it as Parquet.
    fn csv(&self, scratch: &Path) -> Result<Source, BadInput> {
        let file = BufReader::with_capacity(1 << 16, self.open()?);
        let bytes: Box<dyn Read> =
            if self.name.ends_with("gz") { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut record = ByteRecord::new();
        if !self.next(&mut reader, &mut record)? {
            return Err(self.bad("it is empty; the first line has to name the columns"));
        }
        let header: Vec<String> = record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        let header: Vec<&str> = header.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
        let cells = self.cells(&header)?;

        let path = scratch.join(format!("{}.parquet", self.table.name));
        let unwritten = |error: ParquetError| self.bad(format!("its copy can't be written: {error}"));
        let mut writer = Writer::new(&path, cells.iter().map(|cell| (cell.name.as_str(), cell.kind, cell.optional)))
            .map_err(unwritten)?;
        while self.next(&mut reader, &mut record)? {
            let line = record.position().map(csv::Position::line);
            if record.len() != header.len() {
                let reason = format!("it has {} cells, the header names {}", record.len(), header.len());
                return Err(BadInput { line, ..self.bad(reason) });
            }
            for (cell, column) in cells.iter().zip(&mut writer.columns) {
                let told = |reason| BadInput { line, column: Some(cell.name.clone()), ..self.bad(reason) };
                let bytes = cell.place.and_then(|place| record.get(place)).unwrap_or_default();
                let text = std::str::from_utf8(bytes).map_err(|_| told("it is not UTF-8".to_owned()))?.trim();
                if text.is_empty() && !cell.optional {
                    return Err(told("it is empty, which this column does not allow".to_owned()));
                }
                column.parse(text).ok_or_else(|| told(format!("“{text}” is not {}", cell.kind.called())))?;
            }
            writer.end_row().map_err(unwritten)?;
        }
        let fields = writer.schema().fields().iter();
        let columns = fields.map(|field| (field.name().clone(), field.data_type().clone())).collect();
        writer.close().map_err(unwritten)?;
        Ok(Source { path, columns })
    }

    fn next(&self, reader: &mut Reader<Box<dyn Read>>, record: &mut ByteRecord) -> Result<bool, BadInput> {
        let line = reader.position().line();
        let broken = |error: csv::Error| BadInput { line: Some(line), ..self.bad(error) };
        reader.read_byte_record(record).map_err(broken)
    }

    /// The columns that are kept: those of the contract and the covariates.
    fn cells(&self, header: &[&str]) -> Result<Vec<Cell>, BadInput> {
        let place = |name: &str| header.iter().position(|found| *found == name);
        let mut cells = Vec::new();
        for column in self.table.columns {
            let place = place(column.name);
            if place.is_none() && !column.optional {
                let told =
                    BadInput { line: Some(1), column: Some(column.name.to_owned()), ..self.bad("it is missing") };
                return Err(told);
            }
            cells.push(Cell::new(column, place));
        }
        if let Some(start) = self.table.covariates {
            let more = header.iter().enumerate().filter(|(_, name)| name.starts_with(start));
            cells.extend(more.map(|(place, name)| Cell {
                name: (*name).to_owned(),
                kind: Kind::Number,
                optional: false,
                place: Some(place),
            }));
        }
        Ok(cells)
    }
}

/// One column of a CSV file on its way to Parquet.
struct Cell {
    name: String,
    kind: Kind,
    optional: bool,
    /// Where in a line it stands, if the file has it.
    place: Option<usize>,
}

impl Cell {
    fn new(column: &Column, place: Option<usize>) -> Self {
        let Column { name, kind, optional } = *column;
        Self { name: name.to_owned(), kind, optional, place }
    }
}

impl Kind {
    /// Whether a Parquet column of this type can be read as one of the kind without loss.
    fn takes(self, found: &DataType) -> bool {
        let found = if let DataType::Dictionary(_, of) = found { of } else { found };
        match self {
            Self::Text => {
                matches!(found, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) || found.is_integer()
            }
            Self::Whole => found.is_integer(),
            Self::Number => found.is_numeric(),
            Self::Date => matches!(found, DataType::Date32 | DataType::Date64),
            Self::Time => matches!(found, DataType::Timestamp(..)),
        }
    }
}
