//! Statistics that SQL can't say. A detector names one in its `detector.toml`; its `detector.sql` then gives the
//! statistic's input instead of findings. Each module says which columns that input has.

mod copies;
mod favour;
mod funnel;
mod residual;
mod rings;
mod severity;
mod shape;

use crate::{
    finding::{Suspect, rounded},
    frame::{Frame, Lacking},
    math::{
        fdr::{Chosen, Test, Thresholds},
        mixed::Unfit,
    },
};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Which statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Statistic {
    /// A unit's share against its peers and its own history.
    Funnel,
    /// How strict or lenient a rater is, whoever was rated.
    Severity,
    /// A rater's residuals for one person or group against the same rater's others.
    Favour,
    /// People who favour each other.
    Rings,
    /// Texts that are copies of each other.
    Copies,
    /// Skewness and peak of a unit's scores against its peers'.
    Shape,
}

/// What `detector.toml` sets.
pub struct Settings<'a> {
    pub thresholds: &'a Thresholds,
    pub parameters: &'a BTreeMap<String, toml::Value>,
}

/// The findings, and what was computed on the way.
#[derive(Debug, Default)]
pub struct Outcome {
    pub suspects: Vec<Suspect>,
    /// Everything that was tested: what suspects are seen among.
    pub tested: Vec<Test>,
    pub meta: Map<String, Value>,
}

/// Why a statistic gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Lacking(#[from] Lacking),
    #[error("parameter {0} is missing or of the wrong kind")]
    Parameter(&'static str),
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

impl Statistic {
    /// Look for what is odd in the rows that the detector's query gave.
    ///
    /// # Errors
    /// If columns or parameters are missing, or the rows admit no answer.
    pub fn run(self, rows: &Frame, settings: &Settings) -> Result<Outcome, Failure> {
        match self {
            Self::Funnel => funnel::run(rows, settings),
            Self::Severity => severity::run(rows, settings),
            Self::Favour => favour::run(rows, settings),
            Self::Rings => rings::run(rows, settings),
            Self::Copies => copies::run(rows, settings),
            Self::Shape => shape::run(rows, settings),
        }
    }
}

impl Settings<'_> {
    fn float(&self, name: &'static str) -> Result<f64, Failure> {
        let value = self.parameters.get(name);
        let float = value.and_then(|value| value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64)));
        float.ok_or(Failure::Parameter(name))
    }

    fn text(&self, name: &'static str) -> Result<&str, Failure> {
        self.parameters.get(name).and_then(toml::Value::as_str).ok_or(Failure::Parameter(name))
    }

    fn count(&self, name: &'static str) -> Result<usize, Failure> {
        let value = self.parameters.get(name).and_then(toml::Value::as_integer);
        value.and_then(|value| usize::try_from(value).ok()).ok_or(Failure::Parameter(name))
    }
}

/// Scores as shares of their scales.
fn shares(rows: &Frame) -> Result<Vec<f64>, Lacking> {
    Ok(rows.numbers("score")?.iter().zip(rows.numbers("max_score")?).map(|(score, max)| score / max).collect())
}

/// A test that was chosen, as a suspect about nobody else.
fn suspect(chosen: &Chosen, test: &Test, cycle: &str, subject: &str, evidence: Map<String, Value>) -> Suspect {
    Suspect {
        level: chosen.level,
        cycle: cycle.to_owned(),
        subject_id: subject.to_owned(),
        others: Vec::new(),
        n: test.n,
        effect: test.effect,
        p: Some(test.p),
        q: Some(chosen.q),
        family: test.family,
        evidence,
    }
}

/// Numbers of the evidence under their names.
fn evidence<const N: usize>(pairs: [(&str, f64); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), crate::finding::number(value))).collect()
}

fn json(value: f64) -> Value {
    Value::from(rounded(value))
}
