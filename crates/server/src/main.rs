//! `mingjing`: serve, import, audit, demo, migrate, relations, user.

use anyhow::Context;
use clap::{Parser, Subcommand};
use domain::{
    act::Act,
    actor::{Actor, Grant, Role},
};
use server::{clock, demo, importing, jobs, recompute, relations, rules, terminal, web};
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
    /// Open the first accounts from the machine's own console.
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
        /// The first password is read from this file.
        #[arg(long)]
        password_file: PathBuf,
    },
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
            eprintln!("{error:#}");
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
        Command::Serve { database, listen } => serve(open(&database.database).await?, listen, false).await,
        Command::Demo { dir, listen, files } => {
            std::fs::create_dir_all(&dir).with_context(|| format!("{} can't be made", dir.display()))?;
            let file = dir.join("mingjing.db");
            demo::set_clock(!file.exists());
            let store = open(&format!("sqlite://{}", file.display())).await?;
            demo::seed(&store, &files).await?;
            serve(store, listen, true).await
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
            let store = open(&database.database).await?;
            let password = std::fs::read_to_string(&password_file).context("the password file can't be read")?;
            let open = Act::OpenAccount { login: login.clone(), person: None, name: Some(name) };
            store.act(&Actor::System, store.new_key(), open).await?;
            let account = store.account_of_login(&login).await?.context("the account is not there")?;
            if let Some(role) = role {
                let grant = Act::GrantRole { account, grant: Grant { role, unit: None } };
                store.act(&Actor::System, store.new_key(), grant).await?;
            }
            let secret = store::secret::Secret::Password(web::password::hash(password.trim())?);
            store.act_with(&Actor::System, store.new_key(), Act::SetPassword { account }, secret).await?;
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

async fn serve(store: Store, listen: SocketAddr, demo: bool) -> anyhow::Result<ExitCode> {
    rules::record(&store).await.context("the rules in force can't be put on record")?;
    jobs::start(store.clone());
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("{listen} is taken; choose another with --listen"))?;
    tracing::info!("serving on http://{listen}");
    let app = web::app(web::App { store, demo });
    axum::serve(listener, app).with_graceful_shutdown(stop()).await?;
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
