//! `scripts/eval`: how well the detectors do on real data with known oddities, and on simulated cities. Writes the tables of
//! docs/EVALUATION.md to standard output.
//!
//! MINGJING_EVAL_DATA names the folder of the real data (docs/EVALUATION.md says where it can be had); what is not there is
//! left out and said to be.

mod city;
mod grades;
mod raters;

use detect::{
    detector::{Detector, Language, built_in},
    facts::Facts,
    math::fdr::Thresholds,
    scan::{Report, scan},
    session::Limits,
};
use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
};

type Done<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Done<()> {
    let data = env::var_os("MINGJING_EVAL_DATA").map(PathBuf::from);
    let place = |name: &str| data.as_ref().map(|data| data.join(name)).filter(|dir| dir.is_dir());
    match place("teacher-ratings-dev") {
        Some(dir) => grades::evaluate(&dir).await?,
        None => absent("teacher-ratings-dev"),
    }
    match place("skating-dev") {
        Some(dir) => raters::favour(&dir).await?,
        None => absent("skating-dev"),
    }
    match place("insteval").or_else(|| env::var_os("MINGJING_EVAL_INSTEVAL").map(PathBuf::from)) {
        Some(dir) => raters::insteval(&dir).await?,
        None => absent("insteval"),
    }
    match place("rings-dev") {
        Some(dir) => raters::rings(&dir).await?,
        None => absent("rings-dev"),
    }
    for people in [4_000, 40_000] {
        city::evaluate(people).await?;
    }
    Ok(())
}

fn absent(name: &str) {
    println!("\n## {name}\n\nNot measured: the folder is not there.");
}

/// The detector of this id.
fn detector(id: &str) -> Done<Detector> {
    let mut all = built_in()?;
    all.retain(|detector| detector.id == id);
    all.pop().ok_or_else(|| format!("there is no detector {id}").into())
}

/// The detector with every test a finding, so that all can be ranked.
fn ranking(id: &str) -> Done<Detector> {
    let mut detector = detector(id)?;
    detector.manifest.thresholds = Some(Thresholds { effect: f64::NEG_INFINITY, n: 0, alert: 0.05, watch: 1.0 });
    Ok(detector)
}

async fn run(dir: &Path, detectors: &[Detector]) -> Done<Report> {
    Ok(scan(&Facts::read(dir)?, detectors, Language::English, Limits::default(), &|_| ()).await?)
}

/// The chance that one of the true ones is ranked above one of the others; ties count half.
fn auc(mut scored: Vec<(f64, bool)>) -> f64 {
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins, mut trues) = (0.0, 0.0, 0.0);
    for tied in scored.chunk_by(|a, b| a.0 == b.0) {
        let hits = tied.iter().filter(|one| one.1).count() as f64;
        let others = tied.len() as f64 - hits;
        wins += hits * (below + others / 2.0);
        (below, trues) = (below + others, trues + hits);
    }
    wins / (below * trues)
}
