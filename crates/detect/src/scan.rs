//! Run detectors over facts.

use crate::{
    detector::{Detector, Language},
    facts::Facts,
    finding::{Finding, Level, Suspect, number, rounded},
    frame::{Frame, Lacking, Text},
    math::fdr::{Test, Thresholds, select},
    picture::{Picture, Pictures},
    session::{Limits, QueryError, Session},
    statistic::{Failure, Outcome, Settings},
};
use serde_json::{Map, Value};
use std::{collections::BTreeMap, pin::Pin};

/// What a scan found, and how it came to that.
#[derive(Debug)]
pub struct Report {
    /// By detector, then by cycle and subject.
    pub findings: Vec<Finding>,
    /// What each detector that ran computed on the way.
    pub meta: Map<String, Value>,
    /// The detectors that did not run, each with the tables that are not there.
    pub skipped: Vec<(String, Vec<String>)>,
    pub data_hash: String,
    /// Where each finding of a statistic stands among what was tested with it, by its place among the findings.
    pub pictures: BTreeMap<usize, Picture>,
}

/// A detector gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("the facts can't be opened: {0}")]
    Facts(QueryError),
    #[error("detector {id}, detector.sql, {error}")]
    Query { id: String, error: QueryError },
    #[error("detector {id}: {error}")]
    Statistic { id: String, error: Failure },
}

/// Run all detectors whose tables are present; all statements are checked first. `tell` hears how many are done.
///
/// # Errors
/// If a statement is wrong or exceeds the limits, or a statistic has no answer.
pub fn scan<'a>(
    facts: &'a Facts,
    detectors: &'a [Detector],
    language: Language,
    limits: Limits,
    tell: &'a (dyn Fn(usize) + Sync),
) -> Scanning<'a> {
    Box::pin(run(facts, detectors, language, limits, tell))
}

/// A scan under way. It is boxed so that the query engine, which is large, is compiled into this crate and into none that
/// calls it.
pub type Scanning<'a> = Pin<Box<dyn Future<Output = Result<Report, ScanError>> + Send + 'a>>;

async fn run(
    facts: &Facts,
    detectors: &[Detector],
    language: Language,
    limits: Limits,
    tell: &(dyn Fn(usize) + Sync),
) -> Result<Report, ScanError> {
    let session = Session::open(facts, limits).await.map_err(ScanError::Facts)?;
    for detector in detectors {
        let query = |error| ScanError::Query { id: detector.id.clone(), error };
        session.plan(&detector.statement).await.map_err(query)?;
    }
    let data_hash = facts.hash().to_owned();
    let mut report =
        Report { findings: vec![], meta: Map::new(), skipped: vec![], data_hash, pictures: BTreeMap::new() };
    // Detectors of one kind of facts look at the same rows.
    let mut last: Option<(&str, Frame)> = None;
    for (done, detector) in detectors.iter().enumerate() {
        tell(done);
        let tables = &detector.manifest.tables;
        let missing: Vec<String> = tables.iter().filter(|table| !facts.has(table)).cloned().collect();
        if !missing.is_empty() {
            report.skipped.push((detector.id.clone(), missing));
            continue;
        }
        let query = |error| ScanError::Query { id: detector.id.clone(), error };
        let rows = match last.take().filter(|(statement, _)| *statement == detector.statement) {
            Some((_, rows)) => rows,
            None => session.rows(&detector.statement).await.map_err(query)?,
        };
        let failed = |error| ScanError::Statistic { id: detector.id.clone(), error };
        let outcome = detector.look(&rows).map_err(failed)?;
        last = Some((&detector.statement, rows));
        report.meta.insert(detector.id.clone(), Value::Object(outcome.meta));
        let least = detector.manifest.thresholds.as_ref().map_or(0, |thresholds| thresholds.n);
        let mut pictures = Pictures::new(&outcome.tested, least);
        let finding = |suspect: Suspect| {
            let picture = pictures.of(&suspect);
            (detector.finding(suspect, language, facts.hash()), picture)
        };
        let mut findings: Vec<(Finding, Option<Picture>)> = outcome.suspects.into_iter().map(finding).collect();
        findings.sort_by(|(a, _), (b, _)| {
            fn key(one: &Finding) -> (&str, &str, &[String], &str) {
                (&one.cycle, &one.subject_id, &one.others, &one.explanation)
            }
            key(a).cmp(&key(b))
        });
        for (finding, picture) in findings {
            report.pictures.extend(picture.map(|picture| (report.findings.len(), picture)));
            report.findings.push(finding);
        }
    }
    tell(detectors.len());
    Ok(report)
}

impl Detector {
    /// What the rows of its statement come to.
    fn look(&self, rows: &Frame) -> Result<Outcome, Failure> {
        let parameters = &self.manifest.parameters;
        match (self.manifest.statistic, &self.manifest.thresholds) {
            (Some(statistic), Some(thresholds)) => statistic.run(rows, &Settings { thresholds, parameters }),
            (_, thresholds) => Ok(of_rows(rows, thresholds.as_ref())?),
        }
    }

    fn finding(&self, suspect: Suspect, language: Language, data_hash: &str) -> Finding {
        Finding {
            explanation: self.explain(&suspect, language),
            detector: self.id.clone(),
            level: suspect.level,
            cycle: suspect.cycle,
            subject_kind: self.manifest.subject_kind,
            subject_id: suspect.subject_id,
            others: suspect.others,
            n: suspect.n,
            effect: rounded(suspect.effect),
            p: suspect.p.map(rounded),
            q: suspect.q.map(rounded),
            evidence: suspect.evidence.into_iter().collect(),
            detector_hash: self.hash().to_owned(),
            data_hash: data_hash.to_owned(),
        }
    }
}

/// The columns of a statement that every finding has; whatever else it gives is evidence.
const FIXED: [&str; 6] = ["cycle", "subject_id", "others", "n", "effect", "p"];

/// Rows that are findings themselves: of a rule all, of a statistic those beyond its thresholds. `others` are parted by
/// `|`.
fn of_rows(rows: &Frame, thresholds: Option<&Thresholds>) -> Result<Outcome, Lacking> {
    let (cycle, subject) = (rows.text("cycle")?, rows.text("subject_id")?);
    let (n, effect) = (rows.numbers("n")?, rows.numbers("effect")?);
    let others = rows.text("others").ok();
    let p = thresholds.map(|_| rows.numbers("p")).transpose()?;
    let mut tested = Vec::new();
    let chosen: Vec<(usize, Level, Option<f64>)> = match (thresholds, p) {
        (Some(thresholds), Some(p)) => {
            let test = |row: usize| Test { family: cycle.codes[row], n: n[row] as u64, effect: effect[row], p: p[row] };
            let tests: Vec<Test> = (0..rows.rows()).map(test).collect();
            let chosen = select(&tests, thresholds);
            tested = tests;
            chosen.into_iter().map(|one| (one.index, one.level, Some(one.q))).collect()
        }
        _ => (0..rows.rows()).map(|row| (row, Level::Rule, None)).collect(),
    };
    let evidence = |row: usize| {
        let numbers = rows.numbers_like("").into_iter().map(|(name, column)| (name, number(column[row])));
        let words = rows.texts().into_iter().map(|(name, column)| (name, Value::from(column.word(row))));
        let all = numbers.chain(words).filter(|(name, _)| !FIXED.contains(name));
        all.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>()
    };
    let split = |text: &Text, row: usize| {
        text.word(row).split('|').filter(|other| !other.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let suspects = chosen.into_iter().map(|(row, level, q)| Suspect {
        level,
        cycle: cycle.word(row).to_owned(),
        subject_id: subject.word(row).to_owned(),
        others: others.map(|text| split(text, row)).unwrap_or_default(),
        n: n[row] as u64,
        effect: effect[row],
        p: p.map(|p| p[row]),
        q,
        family: cycle.codes[row],
        evidence: evidence(row),
    });
    let meta = Map::from_iter([("rows".to_owned(), Value::from(rows.rows()))]);
    let suspects = suspects.collect();
    Ok(Outcome { suspects, tested, meta })
}
