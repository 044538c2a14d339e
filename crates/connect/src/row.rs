//! One record of a recognised table: a row, a note between the rows, or a list of what is wrong with it.

use std::collections::BTreeMap;

use domain::batch::{Fault, Row};

use crate::catalog::{CATALOG, FieldSpec, TableSpec, Type};
use crate::grid::{Cell, Record};
use crate::header::{Column, Layout};
use crate::text::one_line;
use crate::value::decimal::Decimal;
use crate::value::identity;
use crate::value::{self, Scale};

/// What a record turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    Row(Row),
    /// Blank but for columns that mean nothing to us (templates number their empty rows), or the header again.
    Nothing,
    /// A note or a total.
    Remark,
    /// Not acceptable. The values that could be read are kept, because others may refer to them.
    Bad {
        problems: Vec<Problem>,
        fields: BTreeMap<String, String>,
    },
}

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The header as it stands.
    pub(crate) column: String,
    /// The value as it stands.
    pub(crate) value: String,
    pub(crate) fault: Fault,
}

/// Reads the records of one table.
pub(crate) struct RowReader<'a> {
    layout: &'a Layout,
    spec: &'static TableSpec,
    fields: Vec<Field<'a>>,
    epoch_1904: bool,
}

/// A field and the column it stands in.
struct Field<'a> {
    name: &'a str,
    spec: &'static FieldSpec,
    column: &'a Column,
    scale: Scale,
}

impl<'a> RowReader<'a> {
    pub(crate) fn new(layout: &'a Layout, epoch_1904: bool) -> Self {
        let spec = layout.spec();
        let columns = layout.columns.iter();
        let field = |(name, column): (&'a String, &'a Column)| Field {
            name,
            spec: &spec.fields[name],
            column,
            scale: column.scale,
        };
        Self { layout, spec, fields: columns.map(field).collect(), epoch_1904 }
    }

    /// Whether [`RowReader::survey`] has to see the records before they are read.
    pub(crate) fn needs_survey(&self) -> bool {
        self.fields.iter().any(|field| field.spec.kind.is_ratio())
    }

    /// Looks at the ratio columns as a whole: bare numbers are points (23.3 of 100) where most of them are above 1, so
    /// that neither a small percentage nor an outlier is taken for the other scale.
    pub(crate) fn survey(&mut self, records: impl Iterator<Item = Record>) {
        let mut ratios: Vec<_> = self.fields.iter_mut().filter(|field| field.spec.kind.is_ratio()).collect();
        let mut balance = vec![0_i64; ratios.len()];
        for record in records {
            for (field, balance) in ratios.iter().zip(&mut balance) {
                if let Some(number) = value::bare_ratio(record.text(field.column.index)).filter(|n| *n != Decimal::ZERO)
                {
                    *balance += if number.abs() > Decimal::from(1) { 1 } else { -1 };
                }
            }
        }
        for (field, balance) in ratios.iter_mut().zip(balance) {
            field.scale.points |= balance > 0;
        }
    }

    /// Reads one record below the header.
    pub(crate) fn read(&self, record: &Record) -> Reading {
        if let Some(fault) = &record.fault {
            return Reading::Bad { problems: vec![self.damage(record, fault)], fields: BTreeMap::new() };
        }
        if record.is_blank() || self.layout.is_repeated_by(record) {
            return Reading::Nothing;
        }
        if self.is_remark(record) {
            return Reading::Remark;
        }
        if self.fields.iter().all(|field| record.text(field.column.index).trim().is_empty()) {
            return Reading::Nothing;
        }
        let mut fields = BTreeMap::new();
        let mut problems = Vec::new();
        let empty = Cell::default();
        for field in &self.fields {
            let cell = record.cells.get(field.column.index).unwrap_or(&empty);
            match value::read(field.spec, cell, field.scale, self.epoch_1904) {
                Ok(Some(value)) => _ = fields.insert(field.name.to_owned(), value),
                Ok(None) => {}
                Err(fault) => problems.push(self.problem(field.name, record, fault)),
            }
        }
        self.check_together(&fields, record, &mut problems);
        if !problems.is_empty() {
            return Reading::Bad { problems, fields };
        }
        for (name, flag) in &self.spec.flags {
            let raised = fields.get(&flag.field).is_some_and(|word| flag.when.contains(word));
            fields.insert(name.clone(), u8::from(raised).to_string());
        }
        Reading::Row(self.row(record, fields))
    }

    /// A problem of a field in a record, with header and value as they stand.
    pub(crate) fn problem(&self, field: &str, record: &Record, fault: Fault) -> Problem {
        let Some(column) = self.layout.columns.get(field) else {
            return Problem { column: self.spec.fields[field].usual_header().to_owned(), value: String::new(), fault };
        };
        let value = record.text(column.index).trim();
        // The sign belongs to the unit, not to the number that is out of range.
        let value = if fault == Fault::PercentOutOfRange { value.trim_end_matches(['%', '％']) } else { value };
        Problem { column: column.header.clone(), value: value.to_owned(), fault }
    }

    /// The field by which rows are told apart, where faults of the whole row are reported.
    pub(crate) fn key(&self) -> &'static str {
        &self.spec.key[0]
    }

    fn row(&self, record: &Record, fields: BTreeMap<String, String>) -> Row {
        let value = |name: &String| fields.get(name).cloned();
        let key: Vec<_> = self.spec.key.iter().map(|name| value(name).unwrap_or_default()).collect();
        let date = self.spec.date.as_ref().and_then(value);
        let day = |date: String| date.parse().or_else(|_| format!("{date}-01").parse()).ok();
        Row {
            number: record.row,
            key: key.join("|"),
            person: self.spec.person.as_ref().and_then(value),
            date: date.and_then(day),
            fields,
        }
    }

    /// A note below or between the rows: it says so in its first cell and lacks what a row must have.
    fn is_remark(&self, record: &Record) -> bool {
        let Some(first) = record.filled().next() else { return false };
        let lacks = |field: &Field<'_>| field.spec.required && record.text(field.column.index).trim().is_empty();
        self.fields.iter().any(lacks) && CATALOG.is_remark(&first.text)
    }

    /// The first damaged cell, whether its column matters or not: what is next to it cannot be trusted either.
    fn damage(&self, record: &Record, fault: &Fault) -> Problem {
        let damaged = record.cells.iter().position(|cell| cell.text.contains(char::REPLACEMENT_CHARACTER));
        let index = damaged.unwrap_or(0);
        Problem {
            column: self.layout.header(index).to_owned(),
            value: one_line(record.text(index)),
            fault: fault.clone(),
        }
    }

    /// Checks of values of one row against each other. Each waits until the values themselves are right.
    fn check_together(&self, fields: &BTreeMap<String, String>, record: &Record, problems: &mut Vec<Problem>) {
        for (part, whole) in &self.spec.at_most {
            let number = |name: &str| fields.get(name).and_then(|text| Decimal::parse(text));
            if let (Some(small), Some(large)) = (number(part), number(whole))
                && small > large
            {
                let column = self.layout.columns[whole].header.clone();
                let fault = Fault::InconsistentCount { column, limit: large.to_string() };
                problems.push(self.problem(part, record, fault));
            }
        }
        for field in self.fields.iter().filter(|field| field.spec.kind == Type::IdNumber) {
            if let Some(fault) = fields.get(field.name).and_then(|number| disagreement(number, fields)) {
                problems.push(self.problem(field.name, record, fault));
            }
        }
    }
}

/// Where an identity number disagrees with the birth date and the sex in the same row. Only rosters have those columns.
fn disagreement(number: &str, fields: &BTreeMap<String, String>) -> Option<Fault> {
    let id = identity::id_number(number).ok()?;
    let born = fields.get("born").and_then(|date| date.parse().ok());
    if let Some(born) = born.filter(|born| *born != id.born) {
        return Some(Fault::IdBirthMismatch { born });
    }
    let sex = if id.male { "male" } else { "female" };
    fields.get("sex").filter(|given| *given != sex).map(|_| Fault::IdSexMismatch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::{self, Found};

    fn record(row: u32, line: &str) -> Record {
        Record { row, cells: line.split('|').map(Cell::text).collect(), fault: None }
    }

    fn layout(headers: &str) -> Layout {
        let Found::Table(layout) = header::find(&[record(1, headers)]) else { panic!("{headers} is a header") };
        layout
    }

    fn read(headers: &str, line: &str) -> Reading {
        RowReader::new(&layout(headers), false).read(&record(2, line))
    }

    fn codes(reading: &Reading) -> Vec<(&str, &str)> {
        let Reading::Bad { problems, .. } = reading else { panic!("{reading:?} is not bad") };
        problems.iter().map(|problem| (problem.column.as_str(), problem.fault.code())).collect()
    }

    const ATTENDANCE: &str = "工号|日期|状态";
    const CASES: &str = "工号|月份|办件量|按时办结量|满意度";

    #[test]
    fn a_row_has_key_person_date_and_flags() {
        let Reading::Row(row) = read(ATTENDANCE, "yt0001|2026年1月5日|迟到") else { panic!("a row") };
        assert_eq!((row.key.as_str(), row.person.as_deref()), ("YT0001|2026-01-05", Some("YT0001")));
        assert_eq!(row.date, Some(jiff::civil::date(2026, 1, 5)));
        assert_eq!((row.fields["late"].as_str(), row.fields["leave"].as_str()), ("1", "0"));

        let Reading::Row(row) = read(CASES, "YT0001|2026-03|10|9|95%") else { panic!("a row") };
        assert_eq!(row.date, Some(jiff::civil::date(2026, 3, 1)));
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        assert_eq!(
            codes(&read(ATTENDANCE, "|2026-02-30|睡觉")),
            [("日期", "impossible_date"), ("工号", "missing_value"), ("状态", "unknown_word")]
        );
    }

    #[test]
    fn values_are_compared_only_once_they_are_right() {
        assert_eq!(codes(&read(CASES, "YT1|2026-03|217|254|91.1%")), [("按时办结量", "inconsistent_count")]);
        assert_eq!(codes(&read(CASES, "YT1|2026-03|-204|194|92.3%")), [("办件量", "negative_count")]);
    }

    #[test]
    fn the_identity_number_must_agree_with_the_row() {
        let people = "工号|姓名|性别|出生日期|身份证号|单位|编制类型|岗位类别";
        let person = |sex: &str, born: &str| {
            read(people, &format!("YT1|钟某|{sex}|{born}|99010419691007893X|甲局|公务员|综合岗"))
        };
        assert!(matches!(person("男", "1969-10-07"), Reading::Row(_)));
        assert_eq!(codes(&person("男", "1969-10-08")), [("身份证号", "id_birth_mismatch")]);
        assert_eq!(codes(&person("女", "1969-10-07")), [("身份证号", "id_sex_mismatch")]);
    }

    #[test]
    fn notes_and_blank_rows_are_no_data() {
        assert_eq!(read(ATTENDANCE, "||"), Reading::Nothing);
        assert_eq!(read(ATTENDANCE, ATTENDANCE), Reading::Nothing);
        assert_eq!(read("序号|工号|日期|状态", "31|||"), Reading::Nothing);
        assert_eq!(read(ATTENDANCE, "注：本表内部资料||"), Reading::Remark);
        assert_eq!(read(ATTENDANCE, "填表人：||审核人："), Reading::Remark);
        assert_eq!(read(ATTENDANCE, "合 计|12|"), Reading::Remark);
        assert!(matches!(read(ATTENDANCE, "YT1||"), Reading::Bad { .. }));
    }

    #[test]
    fn a_ratio_column_has_one_scale() {
        let layout = layout(CASES);
        let lines = ["YT1|2026-01|1|1|0.972", "YT1|2026-02|1|1|1", "YT1|2026-03|1|1|97"];
        let records: Vec<_> = lines.iter().map(|line| record(2, line)).collect();
        let mut reader = RowReader::new(&layout, false);
        assert!(reader.needs_survey());
        reader.survey(records.iter().cloned());
        let Reading::Row(row) = reader.read(&records[1]) else { panic!("a row") };
        assert_eq!(row.fields["satisfaction"], "100");
        assert_eq!(codes(&reader.read(&records[2])), [("满意度", "percent_out_of_range")]);
    }

    #[test]
    fn damage_names_its_column() {
        let fault = Some(Fault::Undecodable { encoding: "GB18030".to_owned() });
        let record = Record { fault, ..record(7, "YT1|2026-01-05|正\u{FFFD}") };
        let reading = RowReader::new(&layout(ATTENDANCE), false).read(&record);
        assert_eq!(codes(&reading), [("状态", "undecodable")]);
    }
}
