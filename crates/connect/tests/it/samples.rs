//! The samples give exactly the bad rows that were planted in them, and exactly the counts that were.

use std::collections::{BTreeMap, BTreeSet};

use connect::{Import, Known, Sink, Table};
use domain::batch::{Kind, Row};
use serde_json::Value;

use crate::{sources, yunting};

fn expected() -> Value {
    let text = std::fs::read_to_string(yunting().join("expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn import() -> Import {
    connect::read(sources(&yunting()), Known::default())
}

/// The name that expected.json has for a kind.
fn expected_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Cases => "window",
        Kind::Projects => "project",
        Kind::Indicators => "indicator",
        Kind::Results => "history",
        Kind::ProposedGrades => "proposed",
        Kind::Shareholders => "shareholder",
        Kind::PaperScores => "qualitative",
        other => other.as_str(),
    }
}

#[test]
fn the_bad_rows_are_the_planted_ones_and_no_others() {
    let expected = expected();
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let planted: BTreeSet<_> = expected["bad_rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let number = row["row"].as_u64().unwrap();
            let [file, sheet, column, value, kind] =
                ["file", "sheet", "column", "value", "kind"].map(|name| text(row, name));
            (file, sheet, number, column, value, kind)
        })
        .collect();
    let import = import();
    let found: Vec<_> = import
        .errors
        .iter()
        .map(|error| {
            let error = error.clone();
            let code = error.code().to_owned();
            (error.file, error.sheet.unwrap_or_default(), u64::from(error.row), error.column, error.value, code)
        })
        .collect();
    assert_eq!(found.len(), 15);
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), planted);
}

#[test]
fn the_tables_are_the_described_ones() {
    let expected = expected();
    let import = import();
    let mut described = 0;
    for table in &import.tables {
        let files = expected["files"][expected_name(table.kind)].as_array().unwrap();
        let file = files.iter().find(|file| file["file"] == table.file.as_str()).unwrap();
        described += 1;
        assert_eq!(file["sheet"].as_str(), table.sheet.as_deref());
        assert_eq!(file["encoding"].as_str(), table.encoding.map(|encoding| encoding.as_str()));
        assert_eq!(file["header_row"], table.header_row);
        assert_eq!(file["data_rows"], table.data_rows, "{}", table.file);
        assert_eq!(file["valid_rows"], table.accepted, "{}", table.file);
        assert_eq!(file["valid_rows"], table.rows.len(), "{}", table.file);
        assert_eq!(file["footer_rows"], table.remarks.len(), "{}", table.file);
        assert!(table.duplicates.is_empty());
        let headers: BTreeSet<_> = file["columns"].as_object().unwrap().values().map(|h| h.as_str().unwrap()).collect();
        let recognised = table.columns.values().chain(&table.ignored).map(String::as_str).collect();
        assert_eq!(headers, recognised, "{}", table.file);
        assert!(table.ignored.iter().all(|header| header == "序号"), "{:?}", table.ignored);
    }
    assert_eq!(described, expected["files"].as_object().unwrap().values().flat_map(|f| f.as_array().unwrap()).count());
    assert_eq!(import.skipped, []);
    assert_eq!(import.files.len(), 13);
}

#[test]
fn the_values_are_the_ones_that_scores_are_computed_from() {
    let expected = expected();
    let import = import();
    let rows = |kind: Kind| import.tables.iter().filter(move |t| t.kind == kind).flat_map(|table| &table.rows);
    let sum = |kind: Kind, person: &str, field: &str| -> f64 {
        let values = rows(kind).filter(|row| row.person.as_deref() == Some(person));
        values.filter_map(|row| row.fields.get(field)).map(|value| value.parse::<f64>().unwrap()).sum()
    };
    for person in expected["quantitative_expected"].as_array().unwrap() {
        let number = person["工号"].as_str().unwrap();
        for indicator in person["indicators"].as_array().unwrap() {
            let inputs = &indicator["inputs"];
            for (input, kind, field) in [
                ("学时合计", Kind::Training, "hours"),
                ("应修学时合计", Kind::Training, "required"),
                ("迟到次数", Kind::Attendance, "late"),
                ("办件量合计", Kind::Cases, "handled"),
                ("按时办结量合计", Kind::Cases, "on_time"),
                ("退件数合计", Kind::Cases, "returned"),
            ] {
                if let Some(value) = inputs[input].as_f64() {
                    assert!((sum(kind, number, field) - value).abs() < 1e-9, "{number} {input}");
                }
            }
        }
    }
}

#[test]
fn values_are_normalised() {
    let import = import();
    let rows = |kind: Kind| import.tables.iter().filter(move |table| table.kind == kind).flat_map(|table| &table.rows);
    let first = |kind: Kind| rows(kind).min_by_key(|row| (row.date, row.number)).unwrap();
    let fields = |kind: Kind, names: &[&str]| -> Vec<String> {
        names.iter().map(|name| first(kind).fields.get(*name).cloned().unwrap_or_default()).collect()
    };
    assert_eq!(
        fields(Kind::People, &["number", "sex", "born", "unit", "unit_code", "staff_kind", "joined", "project_lead"]),
        ["YT0001", "male", "1969-10-07", "市政务服务局", "YT01", "civil_servant", "1994-07-27", "no"]
    );
    assert_eq!(
        fields(Kind::Projects, &["contractor_code", "members", "planned", "actual", "date", "amount"]),
        ["99990110FYJL2KR205", "YT0081;YT0087", "0.233", "0.24", "2026-01-30", "3710.9"]
    );
    assert_eq!(fields(Kind::Cases, &["month", "satisfaction"]), ["2026-01", "97.2"]);
    assert_eq!(
        fields(Kind::Attendance, &["date", "in", "out", "status", "late"]),
        ["2026-01-04", "08:23", "18:10", "normal", "0"]
    );
    assert_eq!(
        fields(Kind::Indicators, &["kind", "dimension", "weight", "cap", "post_type"]),
        ["qualitative", "virtue", "10", "100", "窗口岗"]
    );
    assert_eq!(fields(Kind::Results, &["year", "grade", "score"]), ["2023", "competent", "87.1"]);
    assert_eq!(fields(Kind::Shareholders, &["role", "share"]), ["shareholder", "0.02"]);
    assert_eq!(fields(Kind::PaperScores, &["score", "confirmed"]), ["88", "yes"]);
    assert_eq!(first(Kind::Attendance).key, "YT0001|2026-01-04");
    assert_eq!(first(Kind::Projects).person.as_deref(), Some("YT0016"));
}

#[test]
fn the_order_of_the_files_does_not_matter_and_a_second_copy_adds_nothing() {
    let some = || sources(&yunting()).into_iter().filter(|file| !file.name.contains("考勤"));
    let copies = || {
        some().map(|mut source| {
            source.name = format!("副本_{}", source.name);
            source
        })
    };
    let once = crate::rows_by_kind(&connect::read(some().collect(), Known::default()));
    let mut backwards: Vec<_> = some().collect();
    backwards.reverse();
    assert_eq!(crate::rows_by_kind(&connect::read(backwards, Known::default())), once);

    let twice = connect::read(some().chain(copies()).collect(), Known::default());
    assert_eq!(crate::rows_by_kind(&twice), once);
    for table in twice.tables.iter().filter(|table| table.file.starts_with("副本_")) {
        assert_eq!(table.accepted, 0);
        assert!(!table.duplicates.is_empty());
    }
}

#[test]
fn what_the_database_knows_stands_in_for_the_roster() {
    let import = import();
    let rows = |kind: Kind| import.tables.iter().filter(move |t| t.kind == kind).flat_map(|table| &table.rows);
    let known = Known { people: rows(Kind::People).filter_map(|row| row.person.clone()).collect(), ..Known::default() };
    let attendance = || sources(&yunting()).into_iter().filter(|file| file.name.contains("Q1")).collect();
    assert_eq!(connect::read(attendance(), known).errors.len(), 2);
    let strangers = connect::read(attendance(), Known::default());
    assert_eq!(strangers.tables[0].accepted, 0);
    assert_eq!(strangers.errors[0].code(), "unknown_employee_no");
}

#[test]
fn rows_can_be_taken_as_they_come() {
    #[derive(Default)]
    struct Counting {
        open: bool,
        rows: BTreeMap<Kind, u32>,
        current: Option<Kind>,
        progress: (u64, u64),
    }
    impl Sink for Counting {
        fn begin(&mut self, table: &Table) {
            assert!(!std::mem::replace(&mut self.open, true));
            self.current = Some(table.kind);
        }
        fn row(&mut self, _: Row) {
            *self.rows.entry(self.current.unwrap()).or_default() += 1;
        }
        fn end(&mut self, table: &Table) {
            assert!(std::mem::replace(&mut self.open, false));
            assert!(table.accepted > 0);
        }
        fn progress(&mut self, done: u64, total: u64) {
            assert!(self.progress.0 <= done && done <= total);
            self.progress = (done, total);
        }
    }
    let mut counting = Counting::default();
    let import = connect::read_into(sources(&yunting()), Known::default(), &mut counting);
    let mut accepted = BTreeMap::new();
    for table in &import.tables {
        assert_eq!(table.rows, []);
        *accepted.entry(table.kind).or_default() += table.accepted;
    }
    assert_eq!(counting.rows, accepted);
    assert_eq!(counting.rows[&Kind::Attendance], 18_880 + 19_520 + 21_120);
    assert_eq!(counting.progress.0, counting.progress.1);
}
