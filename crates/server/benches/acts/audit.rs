//! How fast the record is checked, and in what memory: `mingjing audit` as a process of its own, which is this program
//! started once more, so that its highest resident set is of the audit alone.

use super::{database::Place, now, office};
use ledger::Algorithm;
use std::{hint::black_box, process::Command, time::Duration};
use store::Store;

/// The argument with which this program is the process that audits.
pub const ARGUMENT: &str = "--audit";
/// How many entries a second are expected at least.
const LEAST: f64 = 50_000.0;

/// Audit the record as the acts left it, and once more when years of other cycles have made it long.
pub async fn measure(place: &Place, store: &Store) {
    once(place).await;
    office::past_cycles(store, 12).await;
    once(place).await;
}

async fn once(place: &Place) {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).args([ARGUMENT, &place.url]).output().expect("this program, once more");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).expect("text");
    let told: Vec<f64> = said.split_whitespace().map(|number| number.parse().expect("a number")).collect();
    let [entries, seconds, memory] = told[..] else { panic!("{said}") };
    let hashing = hashing(&place.bodies().await).as_secs_f64();
    println!(
        "  audit of {entries} entries in {seconds:.1} s: {:.0} entries/s ({}); hashing alone {hashing:.2} s, {:.1} % of it; \
         {memory:.0} MiB",
        entries / seconds,
        super::judged(entries / seconds >= LEAST, format!("at least {LEAST:.0}")),
        100.0 * hashing / seconds
    );
}

/// What the process that audits does: entries, seconds and mebibytes on standard output.
pub async fn run(url: &str) {
    let store = office::store(url).await;
    let start = now();
    let report = store.audit(0, |_| ()).await.expect("an audit");
    let seconds = start.elapsed().as_secs_f64();
    assert!(report.differences.is_empty(), "{:?}", report.differences);
    println!("{} {seconds} {}", report.entries, highest_resident() >> 10);
}

/// How long both hash functions take over these leaves.
fn hashing(bodies: &[String]) -> Duration {
    let start = now();
    for algorithm in Algorithm::ALL {
        for body in bodies {
            black_box(algorithm.leaf_hash(black_box(body.as_bytes())));
        }
    }
    start.elapsed()
}

/// Kibibytes. Linux only; elsewhere zero.
fn highest_resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
