//! Formulas: as people write them, as they are recorded, and what comes out.

mod evaluate;
mod expected;
mod properties;
mod refused;
mod words;

use std::collections::BTreeMap;

use domain::formula::{EvaluateError, Formula, FormulaError, Observation, Outcome};
use jiff::civil::Date;

/// Words for fields, as the importer's alias file would give them.
pub fn vocabulary() -> BTreeMap<String, (String, String)> {
    let words = [
        ("迟到次数", "attendance", "late"),
        ("迟到", "attendance", "late"),
        ("早退次数", "attendance", "early"),
        ("旷工", "attendance", "absent"),
        ("办件量", "cases", "handled"),
        ("办件总量", "cases", "handled"),
        ("按时办结量", "cases", "on_time"),
        ("满意度", "cases", "satisfaction"),
        ("退件数", "cases", "returned"),
        ("Handled Cases", "cases", "handled"),
        ("实际完成率", "projects", "actual"),
        ("计划完成率", "projects", "planned"),
        ("学时", "training", "hours"),
        ("应修学时", "training", "required"),
    ];
    let entry = |(word, kind, field): (&str, &str, &str)| (word.to_owned(), (kind.to_owned(), field.to_owned()));
    words.into_iter().map(entry).collect()
}

pub fn parse(words: &str) -> Result<Formula, FormulaError> {
    Formula::parse(words, None, None, &vocabulary())
}

pub fn parse_with(words: &str, target: &str) -> Result<Formula, FormulaError> {
    Formula::parse(words, Some(target), Some("100"), &vocabulary())
}

/// A row to evaluate over: kind, key, day (or empty), fields.
pub struct Made {
    source: &'static str,
    key: String,
    date: Option<Date>,
    fields: BTreeMap<String, String>,
}

pub fn row(source: &'static str, key: &str, date: &str, fields: &[(&str, &str)]) -> Made {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Made { source, key: key.to_owned(), date: (!date.is_empty()).then(|| date.parse().unwrap()), fields }
}

/// Evaluates over the rows; their ids are their places, from 0.
pub fn evaluate(formula: &Formula, rows: &[Made]) -> Result<Outcome, EvaluateError> {
    let observations: Vec<Observation<'_>> = rows
        .iter()
        .enumerate()
        .map(|(id, row)| Observation { source: row.source, key: &row.key, date: row.date, fields: &row.fields, id })
        .collect();
    formula.evaluate(&observations)
}
