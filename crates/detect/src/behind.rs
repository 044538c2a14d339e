//! The rows behind a finding: those of the detector's tables that are about whom it names, in its cycle and of what its evidence
//! names.

use crate::{
    detector::Detector,
    facts::Facts,
    finding::{Finding, SubjectKind},
    session::{Limits, QueryError, Session},
    table::Table,
};
use serde_json::Value;
use std::pin::Pin;

/// Rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    pub table: String,
    pub columns: Vec<String>,
    /// The cells of each row; empty where there is no value.
    pub rows: Vec<Vec<String>>,
    /// How many more there are.
    pub more: u64,
}

/// A reading under way; see [`crate::scan::Scanning`].
pub type Reading<'a> = Pin<Box<dyn Future<Output = Result<Vec<Vec<Behind>>, QueryError>> + Send + 'a>>;

/// The rows behind each of some findings of these detectors, at most `most` of a table.
///
/// # Errors
/// If the facts can't be read, or that takes more than the limits allow.
pub fn behind<'a>(
    facts: &'a Facts,
    detectors: &'a [Detector],
    findings: &'a [&'a Finding],
    limits: Limits,
    most: usize,
) -> Reading<'a> {
    Box::pin(async move {
        let session = Session::open(facts, limits).await?;
        let mut all = Vec::with_capacity(findings.len());
        for finding in findings {
            let mut tables = Vec::new();
            let detector = detectors.iter().find(|detector| detector.id == finding.detector);
            for name in detector.iter().flat_map(|detector| &detector.manifest.tables) {
                let Some(table) = Table::named(name).filter(|table| facts.has(table.name)) else { continue };
                let Some(condition) = condition(table, finding) else { continue };
                let rows = read(&session, table, &condition, most).await?;
                tables.extend(Some(rows).filter(|rows| !rows.rows.is_empty()));
            }
            all.push(tables);
        }
        Ok(all)
    })
}

async fn read(session: &Session, table: &Table, condition: &str, most: usize) -> Result<Behind, QueryError> {
    let columns: Vec<String> = table.columns.iter().map(|column| column.name.to_owned()).collect();
    let cells: Vec<String> = columns.iter().map(|name| format!("CAST(\"{name}\" AS VARCHAR) AS \"{name}\"")).collect();
    let order: Vec<String> = columns.iter().map(|name| format!("\"{name}\"")).collect();
    // Counted in the same statement, so that one reading does for both.
    let statement = format!(
        "SELECT {}, CAST(count(*) OVER () AS BIGINT) AS all_rows FROM \"{}\" WHERE {condition} ORDER BY {} LIMIT {most}",
        cells.join(", "),
        table.name,
        order.join(", ")
    );
    let frame = session.rows(&statement).await?;
    let texts: Vec<_> = columns.iter().filter_map(|name| frame.text(name).ok()).collect();
    let rows: Vec<Vec<String>> =
        (0..frame.rows()).map(|row| texts.iter().map(|text| text.word(row).to_owned()).collect()).collect();
    let (columns, rows) = without_empty(columns, rows);
    let all = frame.numbers("all_rows").ok().and_then(|all| all.first()).map_or(0, |all| *all as u64);
    Ok(Behind { table: table.name.to_owned(), columns, more: all - rows.len() as u64, rows })
}

/// What no row has a value in says nothing.
fn without_empty(columns: Vec<String>, rows: Vec<Vec<String>>) -> (Vec<String>, Vec<Vec<String>>) {
    let full: Vec<bool> = (0..columns.len()).map(|at| rows.iter().any(|row| !row[at].is_empty())).collect();
    let kept =
        |cells: Vec<String>| cells.into_iter().zip(&full).filter(|(_, full)| **full).map(|(cell, _)| cell).collect();
    (kept(columns), rows.into_iter().map(kept).collect())
}

/// Which rows; none where the table has no column that names whom it is about.
fn condition(table: &Table, finding: &Finding) -> Option<String> {
    let has = |name: &str| table.columns.iter().any(|column| column.name == name);
    let first = |names: &[&'static str]| names.iter().copied().find(|name| has(name));
    let subject = [finding.subject_id.clone()];
    let members: Vec<String> = subject.iter().chain(&finding.others).cloned().collect();
    let mut parts = match finding.subject_kind {
        SubjectKind::Unit => vec![among(first(&["unit_id"])?, &subject)],
        SubjectKind::Case => vec![among(first(&["case_id"])?, &subject)],
        SubjectKind::Person | SubjectKind::Target => vec![among(first(&["person_id", "actor_id", "a_id"])?, &subject)],
        SubjectKind::Rater => {
            let mut parts = vec![among(first(&["rater_id", "actor_id"])?, &subject)];
            if has("ratee_id") && !finding.others.is_empty() {
                let mut favoured = among("ratee_id", &finding.others);
                if has("ratee_group") {
                    favoured = format!("({favoured} OR {})", among("ratee_group", &finding.others));
                }
                parts.push(favoured);
            }
            parts
        }
        SubjectKind::Pair | SubjectKind::Ring => {
            let pairs = [("actor_id", "subject_id"), ("rater_id", "ratee_id"), ("a_id", "b_id")];
            let (one, other) = pairs.into_iter().find(|(one, other)| has(one) && has(other))?;
            vec![among(one, &members), among(other, &members)]
        }
    };
    if has("cycle") && !finding.cycle.is_empty() {
        parts.push(format!("cycle = {}", quoted(&finding.cycle)));
    } else if has("period") {
        parts.push(match finding.evidence.get("period") {
            Some(Value::String(period)) => format!("period = {}", quoted(period)),
            _ => format!("starts_with(period, {})", quoted(&finding.cycle)),
        });
    }
    for name in ["indicator_id", "kind"] {
        if let (true, Some(Value::String(value))) = (has(name), finding.evidence.get(name)) {
            parts.push(format!("{name} = {}", quoted(value)));
        }
    }
    Some(parts.join(" AND "))
}

fn among(column: &str, ids: &[String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| quoted(id)).collect();
    format!("{column} IN ({})", ids.join(", "))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
