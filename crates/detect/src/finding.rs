//! What a detector says: a question to a human, never a verdict.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How urgent a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A rule that anyone can check was broken; no chance is involved.
    Rule,
    /// A statistic beyond chance, at a false discovery rate of at most .05.
    Alert,
    /// The same at .20.
    Watch,
}

impl Level {
    /// The word in files and keys.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Alert => "alert",
            Self::Watch => "watch",
        }
    }

    /// Whether somebody has to look. What is only to be watched raises no alarm.
    pub fn alarms(self) -> bool {
        self != Self::Watch
    }
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectKind {
    Unit,
    Person,
    Rater,
    Pair,
    Ring,
    Case,
    Target,
}

/// A finding before it knows which detector made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    pub level: Level,
    pub cycle: String,
    pub subject_id: String,
    /// Who else is part of it: the other of a pair, the rest of a ring, the person or group favoured.
    pub others: Vec<String>,
    /// Observations it rests on.
    pub n: u64,
    /// How large, in the unit that the detector's page names.
    pub effect: f64,
    /// The chance of this or more under the null model; none of a rule.
    pub p: Option<f64>,
    /// The least false discovery rate at which it is found; none of a rule.
    pub q: Option<f64>,
    /// Among which tests; 0 of a rule.
    pub family: u32,
    /// The numbers that the sentence and the page show.
    pub evidence: Map<String, Value>,
}

/// One line of the output; the order of fields is part of the contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub detector: String,
    pub level: Level,
    pub cycle: String,
    pub subject_kind: SubjectKind,
    pub subject_id: String,
    pub others: Vec<String>,
    pub n: u64,
    pub effect: f64,
    pub p: Option<f64>,
    pub q: Option<f64>,
    pub explanation: String,
    /// By name, in the order of the alphabet whatever else is built with this.
    pub evidence: BTreeMap<String, Value>,
    /// Of the detector's files.
    pub detector_hash: String,
    /// Of the facts.
    pub data_hash: String,
}

/// Six significant digits. Sums of floating-point numbers differ in the last digits with the order of the rows, which
/// is the query engine's own; findings must not.
pub fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// A number of the evidence: whole if it is, else of six digits; null if it is none.
pub fn number(value: f64) -> Value {
    let value = rounded(value);
    if value.fract() == 0.0 && value.abs() < 9e15 { Value::from(value as i64) } else { Value::from(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_six_digits() {
        assert_eq!(rounded(0.123_456_789), 0.123_457);
        assert_eq!(rounded(-1_234_567.0), -1_234_570.0);
        assert_eq!(number(3.0), Value::from(3));
        assert_eq!(number(f64::NAN), Value::Null);
    }
}
