//! How fast the whole catalogue goes through a simulated authority of up to a million people, and in what memory.
//!
//! ```text
//! cargo bench -p detect                        10,000 to 1,000,000 people, DuckDB, InstEval
//! cargo bench -p detect -- --people 100000     one city
//! ```
//!
//! The cities are made once and stay in `target/bench`. Each is scanned by a process of its own, so that its highest resident
//! memory is that of the scan (Linux only). Then every statement runs here and in DuckDB by turns, over the largest city; a
//! Python that has `duckdb` and `pyarrow` is named by MINGJING_BENCH_PYTHON. MINGJING_EVAL_INSTEVAL names the folder of
//! InstEval (docs/EVALUATION.md says where it can be had).

mod beside;

use detect::{
    detector::{Detector, Language, built_in},
    facts::Facts,
    scan::scan,
    session::Limits,
    simulate::City,
};
use serde_json::{Value, json};
use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    time::{Duration, Instant},
};

// As the product has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Done<T> = Result<T, Box<dyn Error>>;

/// The sizes from which the growth is told.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const SEED: u64 = 2_025;

/// What is to be kept at a million people on two cores: seconds, MiB, and how fast the time grows with the people.
const SECONDS: f64 = 30.0;
const MEMORY: f64 = 6_144.0;
const GROWTH: f64 = 1.1;

/// Seconds for the fit of InstEval on one core.
const FIT: f64 = 2.0;

#[tokio::main(worker_threads = 2)]
async fn main() -> Done<()> {
    let mut given = env::args().skip(1).filter(|arg| arg != "--bench");
    let (mut sizes, mut only) = (SIZES.to_vec(), None);
    while let Some(arg) = given.next() {
        let mut value = || given.next().ok_or_else(|| format!("{arg} wants a value"));
        match arg.as_str() {
            "--people" => sizes = vec![value()?.parse()?],
            "--only" => only = Some(value()?),
            "--scan" => return measure(Path::new(&value()?), only.as_deref()).await,
            name if "catalogue".contains(name) => {}
            // Another benchmark was asked for by name.
            _ => return Ok(()),
        }
    }
    let mut measured = Vec::new();
    for people in sizes {
        let city = city(people)?;
        let told = child(&mut Command::new(env::current_exe()?), &city, None)?;
        tell(people, &told);
        measured.push((people as f64, told["seconds"].as_f64().unwrap_or_default(), city));
    }
    if let [(few, short, _), .., (many, long, _)] = &measured[..] {
        let exponent = (long / short).ln() / (many / few).ln();
        println!("the time grows with N^{exponent:.2} from {few} to {many} people ({})", limit(exponent, GROWTH));
    }
    if let Some((.., city)) = measured.last() {
        beside::duckdb(city).await?;
    }
    match env::var_os("MINGJING_EVAL_INSTEVAL") {
        Some(dir) => insteval(Path::new(&dir))?,
        None => println!("\nInstEval: NOT MEASURED, as MINGJING_EVAL_INSTEVAL names no folder"),
    }
    Ok(())
}

/// The folder of a city, made if it is not there. Its name says what the simulator made of a small city, so that a
/// simulator that was changed makes a new one.
fn city(people: usize) -> Done<PathBuf> {
    let small = tempfile::tempdir()?;
    City { people: 400, seed: SEED }.write(small.path(), |_, _| ())?;
    let small = Facts::read(small.path())?;
    let made = &small.hash()[..8];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench");
    let city = folder.join(format!("city-{people}-{made}"));
    if !city.exists() {
        let half = folder.join("half");
        fs::create_dir_all(&half)?;
        City { people, seed: SEED }.write(&half, |_, _| ())?;
        fs::rename(half, &city)?;
    }
    Ok(city)
}

/// What a scan in a process of its own tells.
fn child(command: &mut Command, city: &Path, only: Option<&str>) -> Done<Value> {
    let only = only.into_iter().flat_map(|id| ["--only", id]);
    let output = command.args(only).arg("--scan").arg(city).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Scan a city and tell how that went as JSON.
async fn measure(city: &Path, only: Option<&str>) -> Done<()> {
    let began = now();
    let facts = Facts::read(city)?;
    let mut detectors = built_in()?;
    detectors.retain(|detector| only.is_none_or(|only| detector.id == only));
    let passed = Mutex::new(vec![began.elapsed()]);
    let tell = |_: usize| passed.lock().expect("nobody panics with it").push(began.elapsed());
    let report = scan(&facts, &detectors, Language::Chinese, Limits::default(), &tell).await?;
    let seconds = began.elapsed().as_secs_f64();
    let passed = passed.into_inner()?;
    let reading = passed[1].as_secs_f64();
    let each = detectors.iter().zip(passed[1..].windows(2));
    let each = each.map(|(detector, at)| json!([detector.id, (at[1] - at[0]).as_secs_f64()]));
    let detectors: Vec<Value> = [json!(["reading", reading])].into_iter().chain(each).collect();
    let findings = report.findings.len();
    let told = json!({ "seconds": seconds, "mebibytes": highest_resident(), "findings": findings, "parts": detectors });
    println!("{told}");
    Ok(())
}

fn tell(people: usize, told: &Value) {
    let number = |name: &str| told[name].as_f64().unwrap_or_default();
    let (seconds, memory) = (number("seconds"), number("mebibytes"));
    println!("\n{people} people: {seconds:.2} s, {memory:.0} MiB at most, {} findings", told["findings"]);
    let mut parts: Vec<(&str, f64)> = told["parts"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|part| Some((part[0].as_str()?, part[1].as_f64()?)))
        .collect();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    let parts: Vec<String> = parts.iter().map(|(id, seconds)| format!("{id} {seconds:.2}")).collect();
    println!("  seconds of each, the slowest first: {}", parts.join(", "));
    if people == SIZES[2] {
        println!("  time {}, memory {}", limit(seconds, SECONDS), limit(memory, MEMORY));
    }
}

/// The model of raters on lecture ratings, held to one core where `taskset` is there to do so.
fn insteval(dir: &Path) -> Done<()> {
    let mut held = Command::new("taskset");
    held.args(["--cpu-list", "0"]).arg(env::current_exe()?);
    let told = match child(&mut held, dir, Some("D004")) {
        Ok(told) => told,
        Err(_) => child(&mut Command::new(env::current_exe()?), dir, Some("D004"))?,
    };
    let fit = told["parts"][1][1].as_f64().unwrap_or_default();
    println!("\nInstEval, the fit of D004 on one core: {fit:.2} s ({})", limit(fit, FIT));
    Ok(())
}

/// A figure as a share of what is allowed.
fn limit(figure: f64, most: f64) -> String {
    let verdict = if figure <= most { "kept" } else { "NOT kept" };
    format!("{:.2} of the limit {most}, {verdict}", figure / most)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}

/// Mebibytes. Linux only; elsewhere zero.
fn highest_resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or_default() / 1_024.0
}
