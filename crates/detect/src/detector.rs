//! Detectors are folders of data: `detector.toml`, `detector.sql`, `README.md`, `fixture/`, `expected.jsonl`. Adding one
//! touches no Rust.

use crate::{
    finding::{Finding, SubjectKind, Suspect},
    math::fdr::Thresholds,
    statistic::Statistic,
    table::Table,
};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs, path::Path, sync::LazyLock};

/// The detectors that come with the product: id, `detector.toml` and `detector.sql`.
const BUILT_IN: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/detectors.rs"));

/// One detector.
#[derive(Debug)]
pub struct Detector {
    /// The name of its folder.
    pub id: String,
    pub manifest: Manifest,
    /// Gives findings, or the input of the statistic; parameters are filled in.
    pub statement: String,
    hash: String,
}

/// `detector.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub subject_kind: SubjectKind,
    /// The tables without which there is nothing to look at.
    pub tables: Vec<String>,
    /// Takes the rows of the statement; without one they are the findings.
    pub statistic: Option<Statistic>,
    /// From when on a test is a finding; none of a rule.
    pub thresholds: Option<Thresholds>,
    /// `$name` in the statement, and settings of the statistic. `$n` is that of the thresholds.
    #[serde(default)]
    pub parameters: BTreeMap<String, toml::Value>,
    #[serde(rename = "zh-CN")]
    pub chinese: Words,
    #[serde(rename = "en")]
    pub english: Words,
}

/// What a person reads of a finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub title: String,
    /// With places for `{subject}`, `{others}`, `{cycle}`, `{n}`, `{effect}`, `{p}`, `{q}` and everything of the evidence;
    /// `{name%}` writes a share as a percentage.
    pub sentence: String,
    /// What else it may be: what whoever looks reads first.
    #[serde(default)]
    pub innocent: String,
}

/// The language of explanations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Chinese,
    English,
}

/// A detector that can't be taken: its id and why.
#[derive(Debug, thiserror::Error)]
#[error("detector {id}: {reason}")]
pub struct BadDetector {
    pub id: String,
    pub reason: String,
}

/// The detectors of the product.
///
/// # Errors
/// If one is not well formed, which the tests would have told.
pub fn built_in() -> Result<Vec<Detector>, BadDetector> {
    BUILT_IN.iter().map(|(id, manifest, sql)| Detector::new((*id).to_owned(), manifest, sql)).collect()
}

/// The detectors of a city's own folder: each in a folder of its id.
///
/// # Errors
/// If one can't be read or is not well formed.
pub fn of_folder(dir: &Path) -> Result<Vec<Detector>, BadDetector> {
    let bad = |id: &str, reason: String| BadDetector { id: id.to_owned(), reason };
    let listed = fs::read_dir(dir).map_err(|error| bad(&dir.display().to_string(), error.to_string()))?;
    let mut folders: Vec<_> = listed.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
        .into_iter()
        .map(|folder| {
            let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let read = |name: &str| {
                let unreadable = |error| bad(&id, format!("{name} can't be read: {error}"));
                fs::read_to_string(folder.join(name)).map_err(unreadable)
            };
            let (manifest, sql) = (read("detector.toml")?, read("detector.sql")?);
            Detector::new(id, &manifest, &sql)
        })
        .collect()
}

impl Detector {
    fn new(id: String, manifest: &str, sql: &str) -> Result<Self, BadDetector> {
        let bad = |reason: String| BadDetector { id: id.clone(), reason };
        // Statistics are code, so the version of the code is part of what a finding rests on.
        let version = env!("CARGO_PKG_VERSION");
        let hash = [manifest, sql, version]
            .iter()
            .fold(Sha256::new(), |hash, part| hash.chain_update((part.len() as u64).to_be_bytes()).chain_update(part));
        let hash = hex::encode(hash.finalize());
        let manifest: Manifest = toml::from_str(manifest).map_err(|error| bad(format!("detector.toml: {error}")))?;
        if let Some(table) = manifest.tables.iter().find(|table| Table::named(table).is_none()) {
            return Err(bad(format!("detector.toml: there is no fact table {table}")));
        }
        if manifest.statistic.is_some() && manifest.thresholds.is_none() {
            return Err(bad("detector.toml: a statistic needs [thresholds]".to_owned()));
        }
        let mut values = manifest.parameters.clone();
        let least = manifest.thresholds.as_ref().and_then(|thresholds| i64::try_from(thresholds.n).ok());
        values.extend(least.map(|n| ("n".to_owned(), n.into())));
        let statement = bound(sql, &values).map_err(&bad)?;
        Ok(Self { id, manifest, statement, hash })
    }

    /// The hash of its files and of the version of the code.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The words in a language.
    pub fn words(&self, language: Language) -> &Words {
        match language {
            Language::Chinese => &self.manifest.chinese,
            Language::English => &self.manifest.english,
        }
    }

    /// The sentence of a finding in a language, with whoever is called by `name` for the ids.
    pub fn sentence(&self, finding: &Finding, language: Language, name: impl Fn(&str) -> String) -> String {
        let suspect = Suspect {
            level: finding.level,
            cycle: finding.cycle.clone(),
            subject_id: name(&finding.subject_id),
            others: finding.others.iter().map(|id| name(id)).collect(),
            n: finding.n,
            effect: finding.effect,
            p: finding.p,
            q: finding.q,
            family: 0,
            evidence: finding.evidence.clone().into_iter().collect(),
        };
        self.explain(&suspect, language)
    }

    /// The sentence of a finding.
    pub(crate) fn explain(&self, suspect: &Suspect, language: Language) -> String {
        let value = |name: &str| match name {
            "subject" => Value::from(suspect.subject_id.as_str()),
            "others" => Value::from(suspect.others.join(if language == Language::Chinese { "、" } else { ", " })),
            "cycle" => Value::from(suspect.cycle.as_str()),
            "n" => Value::from(suspect.n),
            "effect" => crate::finding::number(suspect.effect),
            "p" => suspect.p.map_or(Value::Null, crate::finding::number),
            "q" => suspect.q.map_or(Value::Null, crate::finding::number),
            other => called(suspect.evidence.get(other).cloned().unwrap_or(Value::Null), language),
        };
        filled(&self.words(language).sentence, value)
    }
}

/// The product's own words in fact tables, by language.
static WORDS: LazyLock<BTreeMap<String, BTreeMap<String, String>>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../detectors/words.toml")).unwrap_or_default());

/// A value as a sentence tells it: a list of the product's own words in the words of the language.
fn called(value: Value, language: Language) -> Value {
    let Value::String(text) = &value else { return value };
    let (tag, comma) = match language {
        Language::Chinese => ("zh-CN", "、"),
        Language::English => ("en", ", "),
    };
    let word = |part: &str| WORDS.get(tag)?.get(part).map(String::as_str);
    let words: Option<Vec<&str>> = text.split(", ").map(word).collect();
    words.map_or(value.clone(), |words| Value::from(words.join(comma)))
}

/// A statement with the values of its parameters (`$name`) in their places.
fn bound(sql: &str, parameters: &BTreeMap<String, toml::Value>) -> Result<String, String> {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some((before, after)) = rest.split_once('$') {
        out += before;
        let end = after.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(after.len());
        let (name, behind) = after.split_at(end);
        out += &match parameters.get(name) {
            Some(toml::Value::String(text)) => format!("'{}'", text.replace('\'', "''")),
            Some(toml::Value::Float(number)) => format!("CAST({number} AS DOUBLE)"),
            Some(value @ toml::Value::Integer(_)) => value.to_string(),
            _ => {
                let line = 1 + out.matches('\n').count();
                return Err(format!("detector.sql, line {line}: there is no number or text {name} in [parameters]"));
            }
        };
        rest = behind;
    }
    Ok(out + rest)
}

/// Fill the places of a sentence.
fn filled(sentence: &str, value: impl Fn(&str) -> Value) -> String {
    let mut out = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        out += before;
        out += &match (name.strip_suffix('%'), value(name.trim_end_matches('%'))) {
            (Some(_), Value::Number(share)) => format!("{:.1}%", 100.0 * share.as_f64().unwrap_or_default()),
            (None, Value::Number(number)) if number.is_f64() => brief(number.as_f64().unwrap_or_default()),
            (_, Value::String(text)) => text,
            (_, Value::Null) => "–".to_owned(),
            (_, other) => other.to_string(),
        };
        rest = behind;
    }
    out + rest
}

/// Three digits, without a tail of zeros; small ones in powers of ten.
fn brief(number: f64) -> String {
    if number != 0.0 && number.abs() < 0.001 {
        return format!("{number:.1e}");
    }
    let digits = (2 - number.abs().max(1.0).log10().floor() as i32).max(0) as usize + usize::from(number.abs() < 1.0);
    let text = format!("{number:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_filled() {
        let value = |name: &str| match name {
            "share" => Value::from(0.7778),
            "p" => Value::from(1.23e-9),
            "z" => Value::from(12.3456),
            "unit" => Value::from("交通局"),
            _ => Value::Null,
        };
        assert_eq!(
            filled("{unit}的优秀率为{share%}，p={p}，z={z}，{none}", value),
            "交通局的优秀率为77.8%，p=1.2e-9，z=12.3，–"
        );
        assert_eq!(filled("open {", value), "open {");
    }

    #[test]
    fn words_of_the_product_are_told_in_both_languages() {
        let told = |text: &str, language| called(Value::from(text), language);
        assert_eq!(told("assess, confirm", Language::Chinese), "评分、确认");
        assert_eq!(told("assess", Language::English), "assessing");
        assert_eq!(told("财务审批", Language::Chinese), "财务审批", "another office's word stands as it is");
        let keys = |tag: &str| WORDS[tag].keys().collect::<Vec<_>>();
        assert_eq!(keys("zh-CN"), keys("en"));
    }

    #[test]
    fn parameters_are_filled_in() {
        let parameters = toml::from_str("least = 5\nshare = 0.5\nstep = \"it's\"").unwrap();
        let sql = "a >= $least\nAND b > $share AND c <> $step";
        assert_eq!(bound(sql, &parameters).unwrap(), "a >= 5\nAND b > CAST(0.5 AS DOUBLE) AND c <> 'it''s'");
        assert!(bound("a\n= $other", &parameters).unwrap_err().starts_with("detector.sql, line 2: "));
    }

    #[test]
    fn numbers_are_brief() {
        assert_eq!([brief(0.05), brief(1.5), brief(1234.5), brief(99.0)], ["0.05", "1.5", "1234", "99"]);
    }
}
