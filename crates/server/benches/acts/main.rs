//! How many acts a second the whole path takes, from HTTP to COMMIT.
//!
//! ```text
//! scripts/bench acts                                             on SQLite and on a PostgreSQL made for it
//! cargo bench --workspace --bench acts                           on SQLite alone
//! ```
//!
//! An office of some 6,000 people with an open cycle (`office.rs`) is served in this process as `mingjing serve` serves it.
//! 64 clients (`client.rs`) hold a connection each and send one act after the other, as many different people, signed in:
//! of eight acts one proposes goals, three report progress, two give a score and two confirm one. Clients and server share
//! the machine's processors.
//!
//! For comparison the same database then takes bare rows of the size of an entry, as many in a transaction as the writer
//! had acts in one (`raw.rs`): what group commit could reach if an act were one row and nothing else. At the end registers tell who
//! is tied to whom (`ties.rs`), and the record that has come about is audited (`audit.rs`).

mod audit;
mod client;
mod database;
mod office;
mod raw;
mod ties;

use client::Times;
use database::Place;
use office::Office;
use server::web;
use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};
use tracing::field::{Field, Visit};
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// What is expected at least, and of the slowest act in a hundred at most.
const LEAST: f64 = 3_000.0;
const LONGEST: Duration = Duration::from_millis(50);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [audit::ARGUMENT, url] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        return audit::run(url).await;
    }
    // Cargo adds `--bench`; anything else is the name of the benchmark that is asked for.
    if arguments.iter().any(|argument| argument != "--bench" && !"acts".contains(argument.as_str())) {
        return;
    }
    let commits = Targets::new().with_target("store::writer", tracing::Level::DEBUG);
    let faults = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let faults = faults.with_filter(tracing_subscriber::filter::LevelFilter::ERROR);
    tracing_subscriber::registry().with(Groups.with_filter(commits)).with(faults).init();
    measure(database::sqlite().await).await;
    match database::postgres().await {
        Some(place) => measure(place).await,
        None => {
            println!("\nPostgreSQL was NOT measured: MINGJING_TEST_POSTGRES names no server; run scripts/bench acts\n")
        }
    }
}

/// Everything about one database.
async fn measure(place: Place) {
    println!("{}: {}", place.name, place.durability().await);
    let start = now();
    let office = Office::open(&place).await;
    println!("  {} people set up in {:.0} s", office.people, start.elapsed().as_secs_f64());
    let before = place.entries().await;
    let (groups, computed) = (GROUPS.each_ref().map(|count| count.load(Ordering::Relaxed)), computing_time());
    let (app, server) = (office.app.clone(), listen(office.app).await);
    let Times { elapsed, mut each, failed } = client::run(server, office.lanes).await;
    let computing = computing_time().saturating_sub(computed);
    let [acts, commits] = GROUPS.each_ref().map(|count| count.load(Ordering::Relaxed));
    let (acts, commits) = (acts - groups[0], commits - groups[1]);
    let rate = acts as f64 / elapsed.as_secs_f64();
    let group = (acts as f64 / commits as f64).round() as usize;
    each.sort_unstable();
    let at = |part: usize| each[(each.len() * part / 100).min(each.len() - 1)];
    let (median, slow) = (at(50), at(99));
    println!("  {acts} acts in {:.1} s, {group} in a transaction", elapsed.as_secs_f64());
    println!("  {rate:.0} acts/s ({})", judged(rate >= LEAST, format!("at least {LEAST:.0}")));
    println!(
        "  half within {:.1} ms, 99 % within {:.1} ms ({})",
        millis(median),
        millis(slow),
        judged(slow <= LONGEST, format!("at most {:.0} ms", millis(LONGEST)))
    );
    println!("  {:.2} ms of processor time an act, client and server", millis(computing) / acts as f64);
    if failed > 0 {
        println!("  {failed} acts FAILED: the server answered that it is out of order");
    }
    let bytes = place.bytes_since(before).await;
    let bare = raw::rate(&place, bytes, group).await;
    println!(
        "  bare rows of {bytes} bytes, {group} in a transaction: {bare:.0} rows/s; acts reach {:.1} % of it",
        100.0 * rate / bare
    );
    ties::measure(&app, server).await;
    audit::measure(&place, &app.store).await;
}

fn judged(fine: bool, limit: String) -> String {
    format!("{}: {limit}", if fine { "as expected" } else { "MISSED" })
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

async fn listen(app: web::App) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
    let at = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, web::app(app)).await });
    at
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn now() -> Instant {
    Instant::now()
}

/// How long the threads of this process have been computing. Linux only; elsewhere zero.
fn computing_time() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let computed = tasks.filter_map(|task| {
        let status = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        status.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(computed.sum())
}

/// Acts that were committed, and the transactions it took.
static GROUPS: [AtomicU64; 2] = [AtomicU64::new(0), AtomicU64::new(0)];

/// Counts what the writer says of its transactions.
struct Groups;

impl<S: tracing::Subscriber> Layer<S> for Groups {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        event.record(&mut Groups);
    }
}

impl Visit for Groups {
    fn record_u64(&mut self, field: &Field, acts: u64) {
        if field.name() == "acts" {
            GROUPS[0].fetch_add(acts, Ordering::Relaxed);
            GROUPS[1].fetch_add(1, Ordering::Relaxed);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
