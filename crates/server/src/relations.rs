//! `mingjing relations`: kinship and legal class of pairs of people, from files alone.
//!
//! The folder holds `persons.csv` (`person_id`; `sex` M, F or empty, `born` as 1980-12-31, both optional) and
//! `relations.csv` (`a_id`, `b_id`, `kind`; `from_date`, `to_date` optional), as in section 6 of the design. The pairs are
//! read and written one at a time. A relation counts whether or not it has ended: files have no today.

use ::relations::{Class, Evidence, Graph, Individual, Kind, Nature, Profile, Register, Sex, Source, Tie};

use anyhow::{Context, bail, ensure};
use csv::StringRecord;
use jiff::civil::Date;
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

/// What `kind` may say; a is the parent of b.
const KINDS: &[(&str, Kind)] = &[
    ("parent", Kind::PARENT),
    ("father", Kind::FATHER),
    ("mother", Kind::MOTHER),
    ("adoptive_parent", Kind::Parent { nature: Nature::Adoptive, sex: None }),
    ("fostering_parent", Kind::Parent { nature: Nature::Fostering, sex: None }),
    ("spouse", Kind::Spouse),
    ("sibling", Kind::Sibling { half: false }),
    ("half_sibling", Kind::Sibling { half: true }),
];

/// The columns that are added to the pairs.
const ADDED: [&str; 2] = ["kinship", "class"];

/// Reads the folder, and writes every pair of the file with its kinship coefficient (an exact decimal fraction) and its
/// class: `spouse`, `lineal`, `collateral3`, `near_affinity` or `none`.
///
/// # Errors
///
/// When a file can't be read or written, or says what can't be; told with file, row and column, for the person at the
/// terminal.
pub fn run(dir: &Path, pairs: &Path, out: Option<&Path>) -> anyhow::Result<()> {
    let graph = read(dir)?;
    match out {
        None => write(&graph, pairs, io::stdout().lock()),
        Some(out) => {
            let file = File::create(out).with_context(|| {
                format!("{} can't be written; check that its folder is there and yours to write to", out.display())
            })?;
            write(&graph, pairs, BufWriter::new(file))
        }
    }
}

/// The graph of a folder's people, of all times.
fn read(dir: &Path) -> anyhow::Result<Graph> {
    let mut register = Register::default();
    let mut people = Table::open(dir.join("persons.csv"), &["person_id"])?;
    while let Some(row) = people.next()? {
        let id = row.required("person_id")?;
        ensure!(register.find(id).is_none(), "{}: {id} is there twice; keep one of the rows", row.place("person_id"));
        let known = Profile { sex: sex(&row)?, born: row.date("born")? };
        let who = register.individual(id);
        register.describe(who, known);
    }
    let mut ties = Table::open(dir.join("relations.csv"), &["a_id", "b_id", "kind"])?;
    while let Some(row) = ties.next()? {
        let tie = Tie {
            from: row.known(&register, "a_id")?,
            to: row.known(&register, "b_id")?,
            kind: kind(&row)?,
            evidence: Evidence::Registered,
            source: Source(0),
            since: row.date("from_date")?,
            until: row.date("to_date")?,
        };
        register.record(tie).with_context(|| row.place("b_id"))?;
    }
    Ok(Graph::new(register, None))
}

fn sex(row: &Row) -> anyhow::Result<Option<Sex>> {
    Ok(match row.get("sex") {
        "" => None,
        "M" => Some(Sex::Male),
        "F" => Some(Sex::Female),
        other => bail!("{}: '{other}' is no sex; write M, F or nothing", row.place("sex")),
    })
}

fn kind(row: &Row) -> anyhow::Result<Kind> {
    let word = row.required("kind")?;
    let known = KINDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind);
    known.with_context(|| {
        let names: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
        format!("{}: '{word}' is no kind of relation; write one of {}", row.place("kind"), names.join(", "))
    })
}

fn write(graph: &Graph, pairs: &Path, out: impl Write) -> anyhow::Result<()> {
    let mut pairs = Table::open(pairs.to_owned(), &["a_id", "b_id"])?;
    let mut out = csv::Writer::from_writer(out);
    let kept: Vec<usize> = (0..pairs.header.len()).filter(|place| !ADDED.contains(&&pairs.header[*place])).collect();
    out.write_record(kept.iter().map(|place| &pairs.header[*place]).chain(ADDED))?;
    while let Some(row) = pairs.next()? {
        let (a, b) = (row.known(graph.register(), "a_id")?, row.known(graph.register(), "b_id")?);
        ensure!(a != b, "{}: the two are the same person; name another", row.place("b_id"));
        let kinship = graph.kinship(a, b).with_context(|| row.place("a_id"))?.to_string();
        let class = graph.class(a, b).map_or("none", Class::as_str);
        let cells = kept.iter().map(|place| row.cells.get(*place).unwrap_or_default());
        out.write_record(cells.chain([kinship.as_str(), class]))?;
    }
    out.flush()?;
    Ok(())
}

/// A CSV file in UTF-8 with a header, read row by row.
struct Table {
    file: PathBuf,
    header: StringRecord,
    rows: csv::Reader<File>,
    cells: StringRecord,
}

/// One row of a [`Table`].
struct Row<'a> {
    file: &'a Path,
    header: &'a StringRecord,
    cells: &'a StringRecord,
}

impl Table {
    fn open(file: PathBuf, columns: &[&str]) -> anyhow::Result<Self> {
        let opened = File::open(&file)
            .with_context(|| format!("{} can't be opened; check the path and try again", file.display()))?;
        let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(opened);
        let unreadable = || format!("{} can't be read as a CSV file in UTF-8", file.display());
        let header: StringRecord = rows.headers().with_context(unreadable)?.clone();
        let header: StringRecord = header.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
        for column in columns {
            let there = header.iter().any(|name| name == *column);
            ensure!(there, "{} lacks the column {column}; its first row is to name the columns", file.display());
        }
        Ok(Self { file, header, rows, cells: StringRecord::new() })
    }

    fn next(&mut self) -> anyhow::Result<Option<Row<'_>>> {
        let more = self.rows.read_record(&mut self.cells);
        let more = more.with_context(|| format!("{} can't be read as a CSV file in UTF-8", self.file.display()))?;
        Ok(more.then_some(Row { file: &self.file, header: &self.header, cells: &self.cells }))
    }
}

impl Row<'_> {
    /// The cell of a column; empty where the file has no such column.
    fn get(&self, column: &str) -> &str {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|place| self.cells.get(place)).unwrap_or_default()
    }

    fn required(&self, column: &str) -> anyhow::Result<&str> {
        let cell = self.get(column);
        ensure!(!cell.is_empty(), "{} is empty; fill it in", self.place(column));
        Ok(cell)
    }

    fn date(&self, column: &str) -> anyhow::Result<Option<Date>> {
        let cell = self.get(column);
        if cell.is_empty() {
            return Ok(None);
        }
        let date = cell.parse::<Date>();
        date.map(Some).with_context(|| format!("{}: '{cell}' is no date; write it as 2026-12-31", self.place(column)))
    }

    fn known(&self, register: &Register, column: &str) -> anyhow::Result<Individual> {
        let id = self.required(column)?;
        register.find(id).with_context(|| format!("{}: {id} is not in persons.csv; add them there", self.place(column)))
    }

    fn place(&self, column: &str) -> String {
        let row = self.cells.position().map_or(0, csv::Position::line);
        format!("{} row {row}, column {column}", self.file.display())
    }
}
