//! Units, people and indicators: held in memory until they can be judged together.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::batch::{Fault, Kind, Row};

use super::run::{Run, Sheet, each_record};
use crate::across::{self, Repetition};
use crate::grid::Record;
use crate::row::{Problem, Reading, RowReader};

/// A row of a table that is judged only when its fellows are known.
struct Held {
    /// Which of the held sheets.
    sheet: usize,
    record: Record,
    /// The row, if its own values are right.
    row: Option<Row>,
    /// What could be read of it.
    fields: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Run<'_> {
    /// Reads units, people and indicators, judges them together and hands over what is accepted.
    pub(super) fn read_held(&mut self, mut sheets: Vec<Sheet>) {
        let mut held = Vec::new();
        for (index, sheet) in sheets.iter_mut().enumerate() {
            self.hold(index, sheet, &mut held);
        }
        let (mut units, rest): (Vec<_>, Vec<_>) =
            held.into_iter().partition(|held| sheets[held.sheet].table.kind == Kind::Units);
        let (mut people, mut indicators): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|held| sheets[held.sheet].table.kind == Kind::People);
        self.judge_units(&mut units, &sheets);
        self.judge_people(&mut people, &sheets);
        self.judge_indicators(&mut indicators, &sheets);
        self.hand_over(units.into_iter().chain(people).chain(indicators), sheets);
    }

    /// Reads one table into memory and takes in what it declares.
    fn hold(&mut self, index: usize, sheet: &mut Sheet, held: &mut Vec<Held>) {
        let Sheet { table, layout, body, epoch_1904, place, .. } = sheet;
        let (kind, file) = (table.kind, table.file.clone());
        let read = each_record(layout, body, *epoch_1904, &mut |reader, record| {
            self.step();
            let mut problems = Vec::new();
            let (row, fields) = match reader.read(record) {
                Reading::Nothing => return,
                Reading::Remark => {
                    table.remarks.push(record.row);
                    return;
                }
                Reading::Bad { problems: found, fields } => {
                    problems = found;
                    (None, fields)
                }
                Reading::Row(row) => {
                    match self.repetitions.look(kind, &file, &row) {
                        Repetition::First => {}
                        Repetition::Same => {
                            table.data_rows += 1;
                            table.duplicates.push(record.row);
                            return;
                        }
                        Repetition::Conflict(fault) => {
                            table.data_rows += 1;
                            let problem = reader.problem(reader.key(), record, fault);
                            self.error(*place, &file, table.sheet.as_deref(), record.row, problem);
                            return;
                        }
                    }
                    let fields = row.fields.clone();
                    (Some(row), fields)
                }
            };
            table.data_rows += 1;
            self.directory.declare(kind, &fields);
            held.push(Held { sheet: index, record: record.clone(), row, fields, problems });
        });
        if read.is_err() {
            self.file_fault(place.0, &file, Fault::Unreadable);
        }
    }

    /// Checks what held rows refer to. Rows that are bad already have had their say.
    fn check_references(&self, held: &mut [Held], sheets: &[Sheet]) {
        for held in held {
            let Some(row) = &held.row else { continue };
            let sheet = &sheets[held.sheet];
            let reader = RowReader::new(&sheet.layout, sheet.epoch_1904);
            for (field, fault) in self.directory.check(sheet.table.kind, row) {
                held.problems.push(reader.problem(field, &held.record, fault));
            }
        }
    }

    /// A unit is accepted once its parent is. What is left then hangs on a refused unit, or on itself.
    fn judge_units(&mut self, units: &mut [Held], sheets: &[Sheet]) {
        self.check_references(units, sheets);
        let parent = |held: &Held| held.fields.get("parent").and_then(|name| self.directory.unit(name).ok());
        let parents: HashMap<String, String> =
            units.iter().filter_map(|held| Some((held.fields.get("code")?.clone(), parent(held)?))).collect();
        let mut waiting: Vec<_> = units.iter_mut().filter(|held| held.problems.is_empty()).collect();
        loop {
            let before = waiting.len();
            waiting.retain(|held| {
                let above = held.fields.get("code").and_then(|code| parents.get(code));
                let may_stand = above.is_none_or(|code| self.directory.has_accepted_unit(code));
                if may_stand {
                    self.directory.accept(Kind::Units, &held.fields);
                }
                !may_stand
            });
            if waiting.len() == before {
                break;
            }
        }
        for held in waiting {
            let layout = &sheets[held.sheet].layout;
            let code = held.fields.get("code").map_or("", String::as_str);
            let fault = if across::is_own_ancestor(code, &parents) {
                Fault::UnitCycle
            } else {
                Fault::RefersToRefused { key: parents.get(code).cloned().unwrap_or_default() }
            };
            held.problems.push(RowReader::new(layout, false).problem("parent", &held.record, fault));
        }
    }

    fn judge_people(&mut self, people: &mut [Held], sheets: &[Sheet]) {
        self.check_references(people, sheets);
        let mut numbers: HashMap<String, String> = HashMap::new();
        for held in people.iter_mut().filter(|held| held.problems.is_empty()) {
            let (Some(id), Some(number)) = (held.fields.get("id_number"), held.fields.get("number")) else { continue };
            if let Some(earlier) = numbers.get(id) {
                let reader = RowReader::new(&sheets[held.sheet].layout, false);
                let fault = Fault::DuplicateIdNumber { number: earlier.clone() };
                held.problems.push(reader.problem("id_number", &held.record, fault));
            } else {
                numbers.insert(id.clone(), number.clone());
                self.directory.accept(Kind::People, &held.fields);
            }
        }
    }

    /// An indicator whose post type's weights do not add up is there all the same: scores may refer to it.
    fn judge_indicators(&mut self, indicators: &mut [Held], sheets: &[Sheet]) {
        for held in indicators.iter().filter(|held| held.problems.is_empty()) {
            self.directory.accept(Kind::Indicators, &held.fields);
        }
        if indicators.iter().any(|held| !held.fields.contains_key("post_type")) {
            return;
        }
        let unweighed = indicators.iter().filter(|held| !held.fields.contains_key("weight"));
        let unreadable: HashSet<_> =
            unweighed.flat_map(|held| held.fields["post_type"].split(';')).map(str::to_owned).collect();
        let rows: Vec<_> = indicators.iter().map(|held| &held.fields).collect();
        for (index, fault) in across::weights(&rows, &unreadable) {
            let held = &mut indicators[index];
            let reader = RowReader::new(&sheets[held.sheet].layout, false);
            held.problems.push(reader.problem("weight", &held.record, fault));
        }
    }

    /// Hands the accepted rows of held tables over, table by table, and reports the others.
    fn hand_over(&mut self, held: impl Iterator<Item = Held>, sheets: Vec<Sheet>) {
        let mut by_sheet: Vec<Vec<Held>> = sheets.iter().map(|_| Vec::new()).collect();
        held.for_each(|held| by_sheet[held.sheet].push(held));
        for (mut sheet, held) in sheets.into_iter().zip(by_sheet) {
            self.sink.begin(&sheet.table);
            for held in held {
                match held.row {
                    Some(mut row) if held.problems.is_empty() => {
                        self.directory.resolve_units(&mut row);
                        sheet.table.accepted += 1;
                        self.sink.row(row);
                    }
                    _ => self.errors(&sheet, held.record.row, held.problems),
                }
            }
            self.end(sheet.table);
        }
    }
}
