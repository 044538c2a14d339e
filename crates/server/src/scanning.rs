//! `mingjing scan`: run the detectors over a folder of fact tables, and tell what they found.

use crate::{
    terminal,
    web::{kit, locale::Locale},
};
use anyhow::{Context, ensure};
use askama::Template;
use clap::{Args, ValueEnum};
use detect::{
    behind::{Behind, behind},
    detector::{self, Detector, Language},
    facts::Facts,
    finding::{Finding, Level},
    scan::{Report, scan},
    session::Limits,
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What `scan` is asked for.
#[derive(Args)]
pub struct Options {
    /// The folder of the fact tables: CSV, .csv.gz or Parquet.
    dir: PathBuf,
    /// Run this detector alone; may be named more than once.
    #[arg(long = "detector")]
    only: Vec<String>,
    /// A folder of further detectors, each in a folder of its id.
    #[arg(long)]
    detectors: Option<PathBuf>,
    /// How to tell; json is one finding a line.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The language of titles and explanations: zh-CN or en.
    #[arg(long, default_value = "zh-CN", value_parser = locale)]
    lang: Locale,
    /// Write here instead of to the terminal.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Write what each detector computed on the way here, as JSON.
    #[arg(long)]
    meta: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
    Html,
}

fn locale(tag: &str) -> Result<Locale, String> {
    Locale::ALL.into_iter().find(|locale| locale.tag() == tag).ok_or_else(|| "write zh-CN or en".to_owned())
}

/// Findings whose rows the report shows, and how many rows of a table: what somebody would print.
const WITH_ROWS: usize = 500;
const ROWS: usize = 12;

/// Scan, write, and answer 3 if there is a rule broken or an alert, else 0.
///
/// # Errors
/// When a table or a detector can't be taken, told with file, line and column.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let detectors = chosen(&options)?;
    let facts = Facts::read(&options.dir)?;
    let language = match options.lang {
        Locale::ZhCn => Language::Chinese,
        Locale::En => Language::English,
    };
    let (bar, tell) = terminal::bar("scanning");
    let total = detectors.len() as u64;
    let tell = |done| tell(done as u64, total);
    let report = scan(&facts, &detectors, language, Limits::default(), &tell).await?;
    bar.finish_and_clear();
    let told = match options.format {
        Format::Text => text(&report, &detectors, language, options.lang),
        Format::Json => lines(&report)?,
        Format::Html => {
            let grave: Vec<&Finding> = report.findings.iter().filter(|finding| finding.level.alarms()).collect();
            let shown = &grave[..grave.len().min(WITH_ROWS)];
            let rows = behind(&facts, &detectors, shown, Limits::default(), ROWS).await?;
            Page::new(&report, rows, &detectors, language, options.lang).render()?
        }
    };
    match &options.out {
        Some(out) => write(out, &told)?,
        None => terminal::print(&told)?,
    }
    if let Some(meta) = &options.meta {
        write(meta, &serde_json::to_string_pretty(&Value::Object(report.meta))?)?;
    }
    let alarms = report.findings.iter().any(|finding| finding.level.alarms());
    Ok(if alarms { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("{} can't be written", path.display()))
}

/// The detectors that were asked for, sorted by id.
fn chosen(options: &Options) -> anyhow::Result<Vec<Detector>> {
    let mut all = detector::built_in()?;
    if let Some(dir) = &options.detectors {
        all.extend(detector::of_folder(dir)?);
    }
    all.sort_by(|a, b| a.id.cmp(&b.id));
    let ids: BTreeSet<&str> = all.iter().map(|detector| detector.id.as_str()).collect();
    ensure!(ids.len() == all.len(), "two detectors have one id; rename the folder of the one that you added");
    let unknown: Vec<&str> = options.only.iter().map(String::as_str).filter(|id| !ids.contains(id)).collect();
    let known = || ids.iter().copied().collect::<Vec<_>>().join(", ");
    ensure!(unknown.is_empty(), "there is no detector {}; there are {}", unknown.join(", "), known());
    if !options.only.is_empty() {
        all.retain(|detector| options.only.contains(&detector.id));
    }
    Ok(all)
}

/// One finding a line, as programs read them.
fn lines(report: &Report) -> anyhow::Result<String> {
    let mut told = String::new();
    for finding in &report.findings {
        told += &serde_json::to_string(finding)?;
        told.push('\n');
    }
    Ok(told)
}

/// For the terminal: by detector, and at the end how many of each level.
fn text(report: &Report, detectors: &[Detector], language: Language, t: Locale) -> String {
    let mut told = String::new();
    for detector in detectors {
        let mut findings = report.findings.iter().filter(|finding| finding.detector == detector.id).peekable();
        if findings.peek().is_some() {
            // Writing to a string can't fail.
            _ = writeln!(told, "{} {}", detector.id, detector.words(language).title);
        }
        for finding in findings {
            _ = writeln!(told, "  [{}] {}", t.get(level(finding.level)), finding.explanation);
        }
    }
    for (id, missing) in &report.skipped {
        let args = [("detector", id.clone()), ("tables", missing.join(", "))];
        _ = writeln!(told, "{}", t.with("scan-skipped", &args));
    }
    _ = writeln!(told, "{}", summary(report, t));
    told
}

fn summary(report: &Report, t: Locale) -> String {
    let count = |level| report.findings.iter().filter(|finding| finding.level == level).count();
    let counts = [("rules", Level::Rule), ("alerts", Level::Alert), ("watches", Level::Watch)];
    t.with("scan-summary", &counts.map(|(name, level)| (name, count(level) as u64)))
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Rule => "scan-level-rule",
        Level::Alert => "scan-level-alert",
        Level::Watch => "scan-level-watch",
    }
}

/// The report as a page of its own, to be opened from a folder and printed.
#[derive(Template)]
#[template(path = "scan/report.html")]
struct Page<'a> {
    t: Locale,
    summary: String,
    sections: Vec<Section<'a>>,
    skipped: &'a [(String, Vec<String>)],
    data_hash: &'a str,
}

/// What one detector found.
struct Section<'a> {
    id: &'a str,
    title: &'a str,
    innocent: &'a str,
    hash: &'a str,
    findings: Vec<Shown<'a>>,
}

/// A finding, where it stands among its peers, and the rows behind it.
struct Shown<'a> {
    finding: &'a Finding,
    picture: Option<kit::Histogram>,
    behind: Vec<Behind>,
}

impl<'a> Page<'a> {
    fn new(
        report: &'a Report,
        rows: Vec<Vec<Behind>>,
        detectors: &'a [Detector],
        language: Language,
        t: Locale,
    ) -> Self {
        // Rows were read for the first of the grave ones, in their order.
        let mut rows = rows.into_iter();
        let shown = |(place, finding): (usize, &'a Finding)| Shown {
            finding,
            picture: report.pictures.get(&place).map(|picture| {
                let [from, to] = picture.ends();
                kit::Histogram::new(t, &picture.counts, picture.own, &from, &to)
            }),
            behind: if finding.level.alarms() { rows.next().unwrap_or_default() } else { Vec::new() },
        };
        let mut all: Vec<Shown<'a>> = report.findings.iter().enumerate().map(shown).collect();
        let mut section = |detector: &'a Detector| {
            let words = detector.words(language);
            let (findings, others) =
                std::mem::take(&mut all).into_iter().partition(|one| one.finding.detector == detector.id);
            all = others;
            Section {
                id: &detector.id,
                title: &words.title,
                innocent: &words.innocent,
                hash: detector.hash(),
                findings,
            }
        };
        let sections = detectors.iter().map(&mut section).filter(|section| !section.findings.is_empty()).collect();
        Self { t, summary: summary(report, t), sections, skipped: &report.skipped, data_hash: &report.data_hash }
    }

    fn level(&self, finding: &Finding) -> String {
        self.t.get(level(finding.level))
    }

    fn table(&self, behind: &Behind) -> String {
        self.t.get(&format!("fact-{}", behind.table))
    }

    fn column(&self, name: &str) -> String {
        self.t.get(&format!("fact-column-{name}"))
    }

    /// The numbers behind a sentence: name and value.
    fn evidence(&self, finding: &Finding) -> String {
        let told = |(name, value): (&String, &Value)| match value {
            Value::String(text) => format!("{name} {text}"),
            other => format!("{name} {other}"),
        };
        let q = finding.q.map(|q| format!("q {q}"));
        q.into_iter().chain(finding.evidence.iter().map(told)).collect::<Vec<_>>().join(" · ")
    }
}
