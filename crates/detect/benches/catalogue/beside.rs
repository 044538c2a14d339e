//! Every detector's statement here and in DuckDB, by turns.

use crate::{Detector, Done, Duration, Facts, Limits, Path, built_in, limit, now};
use detect::session::Session;
use serde_json::{Value, json};
use std::{
    env,
    io::{BufRead, BufReader, Write},
    process::{ChildStdin, ChildStdout, Command, Stdio},
};

/// Times that each statement runs in each; the median counts.
const ROUNDS: usize = 3;

/// How much slower than DuckDB all statements of rules together may be.
const RATIO: f64 = 1.2;

/// DuckDB in a process of its own: takes a statement a line, gives seconds and rows.
struct Duck {
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

pub async fn duckdb(city: &Path) -> Done<()> {
    let python = env::var("MINGJING_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let there = Command::new(&python).args(["-c", "import duckdb, pyarrow"]).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        println!("\nBeside DuckDB: NOT MEASURED, as {python} has no duckdb and pyarrow (MINGJING_BENCH_PYTHON)");
        return Ok(());
    }
    let facts = Facts::read(city)?;
    let limits = Limits::default();
    let session = Session::open(&facts, limits).await?;
    let mut duck = Duck::open(&python, city, limits.threads)?;
    println!("\nBeside DuckDB {}, {} threads each, medians of {ROUNDS}", duck.version()?, limits.threads);
    println!("| | here | DuckDB | ratio | rows |\n|---|---|---|---|---|");
    let mut sums = [(0.0, 0.0); 2];
    for detector in built_in()? {
        let (mut own, mut other) = (Vec::new(), Vec::new());
        let mut rows = Vec::new();
        for _ in 0..ROUNDS {
            let began = now();
            let batches = session.plan(&detector.statement).await?.collect().await?;
            own.push(began.elapsed());
            rows.push(batches.iter().map(|batch| batch.num_rows() as u64).sum());
            drop(batches);
            let (took, count) = duck.run(&detector)?;
            other.push(took);
            rows.push(count);
        }
        let (own, other) = (median(own), median(other));
        let told = if rows.iter().all(|count| *count == rows[0]) { rows[0].to_string() } else { format!("{rows:?}") };
        println!("| {} | {own:.3} s | {other:.3} s | {:.2} | {told} |", detector.id, own / other);
        let kind = usize::from(detector.manifest.statistic.is_some());
        sums[kind] = (sums[kind].0 + own, sums[kind].1 + other);
    }
    for ((own, other), name) in sums.iter().zip(["that are SQL alone", "that feed a statistic"]) {
        let ratio = own / other;
        println!("all {name}: {own:.2} s here, {other:.2} s in DuckDB, ratio {ratio:.2}: {}", limit(ratio, RATIO));
    }
    Ok(())
}

impl Duck {
    fn open(python: &str, city: &Path, threads: usize) -> Done<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/catalogue/duckdb_beside.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg(city)
            .arg(threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (to, from) = child.stdin.take().zip(child.stdout.take()).ok_or("DuckDB can't be talked to")?;
        Ok(Self { to, from: BufReader::new(from) })
    }

    fn hear(&mut self) -> Done<Value> {
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }

    fn version(&mut self) -> Done<String> {
        Ok(self.hear()?["version"].as_str().unwrap_or_default().to_owned())
    }

    fn run(&mut self, detector: &Detector) -> Done<(Duration, u64)> {
        writeln!(self.to, "{}", json!({ "id": detector.id, "statement": detector.statement }))?;
        let told = self.hear()?;
        let seconds = told["seconds"].as_f64().ok_or("DuckDB gave no time")?;
        Ok((Duration::from_secs_f64(seconds), told["rows"].as_u64().unwrap_or_default()))
    }
}

/// In seconds.
fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}
