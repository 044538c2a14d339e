//! Opening the files, streaming most tables, and keeping account of what is wrong.

use std::io;

use domain::batch::{BadRow, Fault, Kind, Row};

use super::{File, Import, MAX_ERRORS, Sink, SkippedSheet, Table};
use crate::across::{Repetition, Repetitions};
use crate::decode::Encoding;
use crate::grid::Record;
use crate::header::{Found, Layout};
use crate::known::{Directory, Known};
use crate::row::{Problem, Reading, RowReader};
use crate::source::{Body, Opened, Source};

/// A table that was found but not read yet.
pub(super) struct Sheet {
    /// The place of file and sheet as given.
    pub(super) place: (usize, usize),
    pub(super) table: Table,
    pub(super) layout: Layout,
    pub(super) body: Body,
    pub(super) epoch_1904: bool,
    pub(super) rows: u64,
}

pub(super) struct Run<'s> {
    pub(super) sink: &'s mut dyn Sink,
    pub(super) directory: Directory,
    pub(super) repetitions: Repetitions,
    pub(super) import: Import,
    /// Errors with the place of file and sheet and the row, to be sorted by.
    pub(super) errors: Vec<((usize, usize, u32), BadRow)>,
    pub(super) done: u64,
    pub(super) total: u64,
}

impl<'s> Run<'s> {
    pub(super) fn new(known: Known, sink: &'s mut dyn Sink) -> Self {
        Self {
            sink,
            directory: Directory::new(known),
            repetitions: Repetitions::default(),
            import: Import::default(),
            errors: Vec::new(),
            done: 0,
            total: 0,
        }
    }

    /// Opens every file and finds the tables in them.
    pub(super) fn open(&mut self, sources: Vec<Source>) -> Vec<Sheet> {
        let mut sheets = Vec::new();
        for (index, mut source) in sources.into_iter().enumerate() {
            let name = source.name.clone();
            self.import.files.push(File { name: name.clone(), ..File::default() });
            let opened = source.digest().map_err(|_| Fault::Unreadable).and_then(|(sha256, size)| {
                self.import.files[index] = File { name: name.clone(), sha256, size, ..File::default() };
                source.open()
            });
            match opened {
                Ok(opened) => sheets.extend(self.tables(index, opened)),
                Err(fault) => self.file_fault(index, &name, fault),
            }
        }
        sheets
    }

    fn tables(&mut self, index: usize, opened: Vec<Opened>) -> Vec<Sheet> {
        let file = self.import.files[index].clone();
        if opened.iter().all(|opened| opened.found == Found::Nothing) {
            self.file_fault(index, &file.name, Fault::NoTable);
            return Vec::new();
        }
        let mut sheets = Vec::new();
        for (at, opened) in opened.into_iter().enumerate() {
            match opened.found {
                Found::Nothing => {
                    let sheet = opened.sheet.unwrap_or_default();
                    self.import.skipped.push(SkippedSheet { file: file.name.clone(), sheet });
                }
                Found::Faulty { row, column, fault } => {
                    let problem = Problem { column, value: String::new(), fault };
                    self.error((index, at), &file.name, opened.sheet.as_deref(), row, problem);
                }
                Found::Table(layout) => sheets.push(Sheet {
                    place: (index, at),
                    table: table(&file, opened.sheet, opened.encoding, &layout),
                    layout,
                    body: opened.body,
                    epoch_1904: opened.epoch_1904,
                    rows: opened.rows,
                }),
            }
        }
        sheets
    }

    /// Reads a table and hands its rows over as they come.
    pub(super) fn stream(&mut self, mut sheet: Sheet) {
        let Sheet { table, layout, body, epoch_1904, place, .. } = &mut sheet;
        let kind = table.kind;
        self.sink.begin(table);
        let read = each_record(layout, body, *epoch_1904, &mut |reader, record| {
            self.step();
            let problems = match reader.read(record) {
                Reading::Nothing => return,
                Reading::Remark => {
                    table.remarks.push(record.row);
                    return;
                }
                Reading::Bad { problems, .. } => problems,
                Reading::Row(mut row) => match self.judge(kind, &table.file, &row, reader, record) {
                    None => {
                        table.duplicates.push(record.row);
                        Vec::new()
                    }
                    Some(problems) if problems.is_empty() => {
                        self.directory.resolve_units(&mut row);
                        table.accepted += 1;
                        self.sink.row(row);
                        problems
                    }
                    Some(problems) => problems,
                },
            };
            table.data_rows += 1;
            for problem in problems {
                self.error(*place, &table.file, table.sheet.as_deref(), record.row, problem);
            }
        });
        if read.is_err() {
            self.file_fault(place.0, &table.file.clone(), Fault::Unreadable);
        }
        self.end(sheet.table);
    }

    /// What is wrong with a row beside the others; `None` if it merely repeats one.
    fn judge(
        &mut self,
        kind: Kind,
        file: &str,
        row: &Row,
        reader: &RowReader<'_>,
        record: &Record,
    ) -> Option<Vec<Problem>> {
        let mut faults = self.directory.check(kind, row);
        if faults.is_empty() {
            match self.repetitions.look(kind, file, row) {
                Repetition::First => {}
                Repetition::Same => return None,
                Repetition::Conflict(fault) => faults.push((reader.key(), fault)),
            }
        }
        Some(faults.into_iter().map(|(field, fault)| reader.problem(field, record, fault)).collect())
    }

    pub(super) fn end(&mut self, table: Table) {
        self.sink.end(&table);
        self.sink.progress(self.done, self.total);
        self.import.tables.push(table);
    }

    /// One more row is read.
    pub(super) fn step(&mut self) {
        self.done += 1;
        if self.done.is_multiple_of(1024) {
            self.sink.progress(self.done, self.total);
        }
    }

    pub(super) fn finish(mut self) -> Import {
        self.sink.progress(self.total, self.total);
        self.errors.sort_by_key(|(place, _)| *place);
        self.import.errors = self.errors.into_iter().map(|(_, error)| error).collect();
        self.import
    }

    pub(super) fn errors(&mut self, sheet: &Sheet, row: u32, problems: Vec<Problem>) {
        for problem in problems {
            self.error(sheet.place, &sheet.table.file, sheet.table.sheet.as_deref(), row, problem);
        }
    }

    pub(super) fn error(&mut self, place: (usize, usize), file: &str, sheet: Option<&str>, row: u32, problem: Problem) {
        let Problem { column, value, fault } = problem;
        let count = &mut self.import.files[place.0];
        count.errors += 1;
        count.spoiled |= fault.is_of_file() || self.errors.len() == MAX_ERRORS;
        if self.errors.len() == MAX_ERRORS {
            return;
        }
        let error = BadRow { file: file.to_owned(), sheet: sheet.map(str::to_owned), row, column, value, fault };
        self.errors.push(((place.0, place.1, row), error));
    }

    pub(super) fn file_fault(&mut self, index: usize, file: &str, fault: Fault) {
        let problem = Problem { column: String::new(), value: String::new(), fault };
        self.error((index, 0), file, None, 0, problem);
    }
}

/// Reads every record below the header, after a look at the whole columns if any need it.
pub(super) fn each_record(
    layout: &Layout,
    body: &mut Body,
    epoch_1904: bool,
    each: &mut dyn FnMut(&RowReader<'_>, &Record),
) -> io::Result<()> {
    let mut reader = RowReader::new(layout, epoch_1904);
    let header_row = layout.header_row;
    let below = |record: &io::Result<Record>| record.as_ref().map_or(true, |record| record.row > header_row);
    if reader.needs_survey() {
        // What cannot be read is reported by the reading proper.
        reader.survey(body.records()?.filter(below).map_while(Result::ok));
    }
    for record in body.records()?.filter(below) {
        each(&reader, &record?);
    }
    Ok(())
}

fn table(file: &File, sheet: Option<String>, encoding: Option<Encoding>, layout: &Layout) -> Table {
    let mut order: Vec<_> = layout.columns.keys().cloned().collect();
    order.sort_by_key(|field| layout.columns[field].index);
    Table {
        file: file.name.clone(),
        sha256: file.sha256.clone(),
        sheet,
        kind: layout.kind,
        encoding,
        header_row: layout.header_row,
        columns: layout.columns.iter().map(|(name, column)| (name.clone(), column.header.clone())).collect(),
        order,
        ignored: layout.ignored.clone(),
        data_rows: 0,
        accepted: 0,
        duplicates: Vec::new(),
        remarks: Vec::new(),
        rows: Vec::new(),
    }
}
