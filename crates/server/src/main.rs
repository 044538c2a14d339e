//! `mingjing`: serve, import, audit, demo, migrate, relations, user.

use anyhow::Context;
use clap::{Parser, Subcommand};
use domain::actor::{Actor, Role};
use server::{clock, demo, importing, jobs, recompute, relations, rules, terminal, users, web};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};
use store::{Settings, Store};

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
        database: DatabaseArgs,
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// The address that people type. With https:// cookies travel over TLS only; a proxy in front does the TLS.
        #[arg(long, env = "MINGJING_PUBLIC_URL", value_parser = public_url)]
        public_url: Option<String>,
    },
    /// Import office files.
    Import {
        #[command(flatten)]
        database: DatabaseArgs,
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
        database: DatabaseArgs,
        /// Check entries from this one on.
        #[arg(long, default_value_t = 0)]
        since: u64,
        /// One JSON document on stdout.
        #[arg(long)]
        json: bool,
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
        database: DatabaseArgs,
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
    /// Open an account from the machine's own console: the first administrators. The password is a first one, to be
    /// changed at the first sign-in; administrators and inspectors then enrol a second factor.
    User {
        #[command(flatten)]
        database: DatabaseArgs,
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

#[derive(clap::Args)]
struct DatabaseArgs {
    /// `sqlite://path` or `postgres://…`.
    #[arg(long, env = "MINGJING_DATABASE", default_value = "sqlite://mingjing.db", hide_env_values = true)]
    database: String,
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

async fn open(url: &str) -> anyhow::Result<Store> {
    let settings = Settings {
        url: url.to_owned(),
        authority: "云汀市人力资源和社会保障局".to_owned(),
        rules: rules::built_in()?,
        policies: policy::Policies::built_in()?,
        clock: clock::now,
    };
    Store::open(settings).await.context("the database can't be opened; check --database and that its folder is there")
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { database, listen, public_url } => {
            let tls = public_url.is_some_and(|url| url.starts_with("https://"));
            if !tls && !listen.ip().is_loopback() {
                tracing::warn!(
                    "passwords cross the network in clear: put a proxy with TLS in front, let --listen stay on \
                     127.0.0.1, and name the address with --public-url https://…"
                );
            }
            let app = web::App { tls, ..web::App::new(open(&database.database).await?) };
            serve(app, listen).await
        }
        Command::Demo { dir, listen, files } => {
            std::fs::create_dir_all(&dir).with_context(|| format!("{} can't be made", dir.display()))?;
            let file = dir.join("mingjing.db");
            demo::set_clock(!file.exists());
            let store = open(&format!("sqlite://{}", file.display())).await?;
            demo::seed(&store, &files).await?;
            serve(web::App { demo: true, ..web::App::new(store) }, listen).await
        }
        Command::Migrate { database } => open(&database.database).await.map(|_| ExitCode::SUCCESS),
        Command::Import { database, dry_run, skip_bad, json, paths } => {
            let options = importing::Options { dry_run, skip_bad };
            import(&open(&database.database).await?, &paths, options, json).await
        }
        Command::Audit { database, since, json } => {
            let store = open(&database.database).await?;
            let (bar, tell) = terminal::bar("checking the record");
            let report = store.audit(since, |(done, total)| tell(done, total)).await?;
            bar.finish_and_clear();
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
        Command::Relations { dir, pairs, out } => {
            relations::run(&dir, &pairs, out.as_deref()).map(|()| ExitCode::SUCCESS)
        }
        Command::User { database, login, name, role, password_file } => {
            let unreadable = || format!("{} can't be read; name a file with the password", password_file.display());
            let password = std::fs::read_to_string(&password_file).with_context(unreadable)?;
            let store = open(&database.database).await?;
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

async fn serve(app: web::App, listen: SocketAddr) -> anyhow::Result<ExitCode> {
    rules::record(&app.store).await.context("the rules in force can't be put on record")?;
    jobs::start(app.store.clone());
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("{listen} is taken; choose another with --listen"))?;
    tracing::info!("serving on http://{listen}");
    axum::serve(listener, web::app(app)).with_graceful_shutdown(stop()).await?;
    Ok(ExitCode::SUCCESS)
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
