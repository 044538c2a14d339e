//! `mingjing`: serve, import, audit, demo, migrate, relations, scan, simulate, user, and the processes around the record: key, sign,
//! witness, verify.

use anyhow::Context;
use clap::{Parser, Subcommand};
use domain::actor::{Actor, Role};
use server::{
    checkpoints::{self, key},
    database::Database,
    demo, facts, importing, jobs, recompute, relations, rules, scanning, simulating, terminal, users, web,
};
use std::{io::Read, net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};
use store::Store;

/// Government appraisal in the open, with integrity-risk control.
#[derive(Parser)]
#[command(name = "mingjing", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages and the API.
    Serve {
        #[command(flatten)]
        database: Database,
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// The address that people type. With https:// cookies travel over TLS only; a proxy in front does the TLS.
        #[arg(long, env = "MINGJING_PUBLIC_URL", value_parser = public_url)]
        public_url: Option<String>,
        /// The trust policy (C2SP tlog-policy): the keys of this record's logs and its witnesses. Without it nobody signs
        /// the record.
        #[arg(long, env = "MINGJING_TRUST")]
        trust: Option<PathBuf>,
    },
    /// Import office files.
    Import {
        #[command(flatten)]
        database: Database,
        /// Only say what would happen.
        #[arg(long)]
        dry_run: bool,
        /// Leave bad rows out instead of refusing their file.
        #[arg(long)]
        skip_bad: bool,
        /// One JSON document on stdout.
        #[arg(long)]
        json: bool,
        /// Files or folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Check that the record is whole and that the tables show what it says.
    Audit {
        #[command(flatten)]
        database: Database,
        /// Check entries from this one on.
        #[arg(long, default_value_t = 0)]
        since: u64,
        /// One JSON document on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Write the fact tables of this moment, as `scan` reads them.
    Export {
        #[command(flatten)]
        database: Database,
        /// The folder for the tables; it must be new or empty.
        #[arg(long)]
        facts: PathBuf,
    },
    /// Serve the example city, filled on the first start.
    Demo {
        /// Where its database lies.
        #[arg(long, default_value = "data/demo")]
        dir: PathBuf,
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// The folder of its office files.
        #[arg(long, default_value = "examples/yunting")]
        files: PathBuf,
    },
    /// Make the tables of a new database.
    Migrate {
        #[command(flatten)]
        database: Database,
    },
    /// Make a key file that only its owner can read, and print the public key.
    Key {
        /// Whose: the log's origin (for SM3 with /sm3 behind it), the name of the witness, or the login of a person.
        name: String,
        /// What it is for.
        #[arg(long, value_enum, default_value = "log")]
        purpose: key::Purpose,
        /// The new file.
        #[arg(long)]
        file: PathBuf,
    },
    /// Sign the text of an act with one's own key: the text on standard input, the signature on standard output.
    SignText {
        /// The key file.
        #[arg(long)]
        key: PathBuf,
    },
    /// Keep a log's key: sign what the record adds, and nothing else.
    Sign {
        /// The key file; may be named twice, for the SHA-256 and the SM3 log.
        #[arg(long = "key", required = true)]
        keys: Vec<PathBuf>,
        /// The address of the server.
        #[arg(long, default_value = "http://127.0.0.1:8080")]
        server: String,
        /// The folder where it remembers what it signed; for no other process, and never to be set back.
        #[arg(long)]
        state: PathBuf,
        /// Seconds from look to look.
        #[arg(long, default_value_t = 5)]
        every: u64,
        /// Sign once and end: 1 if nothing could be signed that should be.
        #[arg(long)]
        once: bool,
    },
    /// See a log's checkpoints and cosign those that only add to what was seen before.
    Witness {
        /// The witness's key file.
        #[arg(long)]
        key: PathBuf,
        /// The logs it knows: a trust policy, or their public keys, one a line.
        #[arg(long)]
        trust: PathBuf,
        /// The folder where it remembers what it saw; for no other process, and never to be set back.
        #[arg(long)]
        state: PathBuf,
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8090")]
        listen: SocketAddr,
    },
    /// Check a proof without network and without trust in whoever handed it out.
    Verify {
        /// The .tlog-proof file.
        file: PathBuf,
        /// The log's public key, or a trust policy that names witnesses too. Get it from the authority, not from where
        /// the proof came.
        #[arg(long)]
        key: PathBuf,
        /// One JSON document on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Say of pairs of people how closely they are related and in which legal class.
    Relations {
        /// The folder of persons.csv (person_id, sex) and relations.csv (a_id, b_id, kind).
        dir: PathBuf,
        /// The pairs: a CSV file with the columns a_id and b_id.
        #[arg(long)]
        pairs: PathBuf,
        /// Write the pairs with their kinship and class here instead of to the terminal.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Run the detectors over a folder of fact tables. Ends with 3 if there are alerts, 2 on bad input.
    Scan {
        #[command(flatten)]
        options: scanning::Options,
    },
    /// Make the fact tables of a city that does not exist, with planted misconduct and truth.csv.
    Simulate {
        #[command(flatten)]
        options: simulating::Options,
    },
    /// Open an account from the machine's own console: the first administrators. The password is a first one, to be
    /// changed at the first sign-in; administrators and inspectors then enrol a second factor.
    User {
        #[command(flatten)]
        database: Database,
        /// What is typed to sign in.
        login: String,
        /// The name shown.
        #[arg(long)]
        name: String,
        /// A role, held for the whole authority.
        #[arg(long)]
        role: Option<Role>,
        /// The first password is read from this file; let nobody else read it.
        #[arg(long)]
        password_file: PathBuf,
    },
}

/// Scheme and host, as people type them.
fn public_url(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let known = |sign: char| sign.is_alphanumeric() || ".-:[]".contains(sign);
    if host.is_empty() || !host.chars().all(known) {
        return Err("write scheme and host alone, as in https://kaohe.example.gov.cn".to_owned());
    }
    Ok(text.to_owned())
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    log.with_ansi(terminal::has_colours()).init();
    match run(Cli::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}", web::words::of_console(&error));
            ExitCode::from(2)
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { database, listen, public_url, trust } => {
            let tls = public_url.is_some_and(|url| url.starts_with("https://"));
            if !tls && !listen.ip().is_loopback() {
                tracing::warn!(
                    "passwords cross the network in clear: put a proxy with TLS in front, let --listen stay on \
                     127.0.0.1, and name the address with --public-url https://…"
                );
            }
            let trust = trust.as_deref().map(checkpoints::trust).transpose()?;
            let app = web::App { tls, trust, ..web::App::new(database.open().await?) };
            serve(app, listen, || ()).await
        }
        Command::Demo { dir, listen, files } => {
            std::fs::create_dir_all(&dir).with_context(|| format!("{} can't be made", dir.display()))?;
            let file = dir.join("mingjing.db");
            demo::set_clock(!file.exists());
            let store = Database::in_file(&file).open().await?;
            demo::seed(&store, &files).await?;
            let keys = dir.join("keys");
            let trust = Some(checkpoints::demo::prepare(&keys).await?);
            let app = web::App { demo: true, trust, ..web::App::new(store) };
            serve(app, listen, || checkpoints::demo::sign(&keys, listen)).await
        }
        Command::Migrate { database } => database.open().await.map(|_| ExitCode::SUCCESS),
        Command::Import { database, dry_run, skip_bad, json, paths } => {
            let options = importing::Options { dry_run, skip_bad };
            import(&database.open().await?, &paths, options, json).await
        }
        Command::Audit { database, since, json } => {
            let store = database.open_existing().await?;
            let (bar, tell) = terminal::bar("checking the record");
            let report = store.audit(since, |(done, total)| tell(done, total)).await?;
            bar.finish_and_clear();
            anyhow::ensure!(
                since <= report.entries,
                "the record has only {} entries; check them with a smaller --since",
                report.entries
            );
            if json {
                println!("{}", serde_json::to_string_pretty(&report)?);
            } else {
                for difference in &report.differences {
                    println!("{} {} {:?}", difference.table, difference.key, difference.kind);
                }
                println!("{} entries, {} rows, {} differences", report.entries, report.rows, report.differences.len());
            }
            Ok(if report.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Export { database, facts: dir } => {
            let store = database.open_existing().await?;
            terminal::empty_folder(&dir)?;
            let (bar, tell) = terminal::bar("writing facts");
            facts::export(&store, &dir, &|done, total| tell(done, total)).await?;
            bar.finish_and_clear();
            Ok(ExitCode::SUCCESS)
        }
        Command::Key { name, purpose, file } => {
            println!("{}", key::make(purpose, &name, &file)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::SignText { key } => {
            let mut text = Vec::new();
            std::io::stdin().read_to_end(&mut text)?;
            println!("{}", key::sign_text(&key::signing(&key)?, &text)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Sign { keys, server, state, every, once } => {
            let run = move || checkpoints::sign::run(&keys, &server, &state, Duration::from_secs(every), once);
            let all = tokio::task::spawn_blocking(run).await??;
            Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Witness { key, trust, state, listen } => {
            let service = checkpoints::witness::service(&key, checkpoints::trust(&trust)?, &state)?;
            let listener = bind(listen).await?;
            tracing::info!("seeing checkpoints on http://{listen}");
            axum::serve(listener, service).with_graceful_shutdown(stop()).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Verify { file, key, json } => {
            let unreadable = || format!("{} can't be read; name a .tlog-proof file", file.display());
            let text = std::fs::read_to_string(&file).with_context(unreadable)?;
            match checkpoints::verify::verify(&text, &*checkpoints::trust(&key)?) {
                Ok(shown) if json => terminal::print(&format!("{}\n", serde_json::to_string_pretty(&shown)?))?,
                Ok(shown) => terminal::print(&shown.to_string())?,
                Err(error) => {
                    eprintln!("It does not hold. {error:#}");
                    return Ok(ExitCode::FAILURE);
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Relations { dir, pairs, out } => {
            relations::run(&dir, &pairs, out.as_deref()).map(|()| ExitCode::SUCCESS)
        }
        Command::Scan { options } => scanning::run(options).await,
        Command::Simulate { options } => simulating::run(&options).map(|()| ExitCode::SUCCESS),
        Command::User { database, login, name, role, password_file } => {
            let unreadable = || format!("{} can't be read; name a file with the password", password_file.display());
            let password = std::fs::read_to_string(&password_file).with_context(unreadable)?;
            let store = database.open().await?;
            users::add(&store, &login, &name, role, password.trim_end_matches(['\r', '\n'])).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn import(store: &Store, paths: &[PathBuf], options: importing::Options, json: bool) -> anyhow::Result<ExitCode> {
    let files = importing::gather(paths)?;
    anyhow::ensure!(!files.is_empty(), "there are no tables there; name .xlsx or .csv files, or folders of them");
    let (bar, tell) = terminal::bar("reading");
    let outcome = importing::import_telling(store, &Actor::System, files, options, tell).await?;
    bar.finish_and_clear();
    let (bar, tell) = terminal::bar("computing scores");
    let recomputed = if options.dry_run { 0 } else { recompute::catch_up(store, |done, all| tell(done, all)).await? };
    bar.finish_and_clear();
    let document = outcome.document(recomputed);
    if json {
        println!("{}", serde_json::to_string_pretty(&document)?);
    } else {
        print!("{document}");
    }
    let all_in = outcome.files.iter().all(|file| file.fate.comes_in());
    Ok(if all_in { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Serve until told to stop; `then` is done once requests are taken.
async fn serve(app: web::App, listen: SocketAddr, then: impl FnOnce()) -> anyhow::Result<ExitCode> {
    rules::record(&app.store).await.context("the rules in force can't be put on record")?;
    jobs::start(app.store.clone(), app.trust.clone(), app.check.clone(), app.scans.clone());
    let listener = bind(listen).await?;
    tracing::info!("serving on http://{listen}");
    then();
    axum::serve(listener, web::app(app)).with_graceful_shutdown(stop()).await?;
    Ok(ExitCode::SUCCESS)
}

async fn bind(listen: SocketAddr) -> anyhow::Result<tokio::net::TcpListener> {
    let taken = || format!("{listen} is taken; choose another with --listen");
    tokio::net::TcpListener::bind(listen).await.with_context(taken)
}

async fn stop() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        return drop(interrupted.await);
    };
    tokio::select! {
        _ = interrupted => {}
        _ = terminated.recv() => {}
    }
}
