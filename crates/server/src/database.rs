//! Which database a command works on, and where the key above its keys is kept.

use crate::{clock, rules};
use anyhow::Context;
use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};
use store::{KeyStore, MasterKey, Settings, Store};

/// A database and its master key, as the command line and the environment name them.
#[derive(clap::Args)]
pub struct Database {
    /// `sqlite://path` or `postgres://…`.
    #[arg(long, env = "MINGJING_DATABASE", default_value = "sqlite://mingjing.db", hide_env_values = true)]
    database: String,
    /// The file of the master key (mode 0600), which opens what is sealed in the database. Without it, and without the key
    /// itself in MINGJING_MASTER_KEY: `mingjing-master.key` beside an SQLite database, or in the present folder. A new
    /// database makes its own.
    #[arg(long, env = "MINGJING_MASTER_KEY_FILE", value_name = "FILE")]
    master_key: Option<PathBuf>,
}

/// The variable that holds the key itself, where there is no file to keep it in.
const KEY_VARIABLE: &str = "MINGJING_MASTER_KEY";

impl Database {
    /// An SQLite file, with its key beside it.
    pub fn in_file(file: &Path) -> Self {
        Database { database: format!("sqlite://{}", file.display()), master_key: None }
    }

    /// Open it; where there is none, one is made.
    ///
    /// # Errors
    ///
    /// A sentence, when the database does not open or its key is not there.
    pub async fn open(&self) -> anyhow::Result<Store> {
        let settings = Settings {
            url: self.database.clone(),
            authority: "云汀市人力资源和社会保障局".to_owned(),
            rules: rules::built_in()?,
            policies: policy::Policies::built_in()?,
            keys: self.keys().await?,
            clock: clock::now,
        };
        Store::open(settings).await.context("the database can't be opened; check --database and --master-key")
    }

    /// Open one that is there: where none is, nothing is made, so that a mistyped name finds no fault with nothing.
    ///
    /// # Errors
    ///
    /// As [`Database::open`], and when there is none.
    pub async fn open_existing(&self) -> anyhow::Result<Store> {
        if let Some(file) = self.file() {
            anyhow::ensure!(file.exists(), "there is no database at {}; check --database", file.display());
        }
        self.open().await
    }

    /// The file of an SQLite database.
    fn file(&self) -> Option<&Path> {
        let path = self.database.strip_prefix("sqlite:")?.trim_start_matches("//");
        path.split('?').next().map(Path::new)
    }

    async fn keys(&self) -> anyhow::Result<Arc<dyn KeyStore>> {
        if let Ok(text) = env::var(KEY_VARIABLE) {
            let key = MasterKey::parse(&text).map_err(|why| anyhow::anyhow!("{KEY_VARIABLE}: {why}"))?;
            return Ok(Arc::new(key));
        }
        let beside = || self.file().and_then(Path::parent).unwrap_or(Path::new("")).join("mingjing-master.key");
        let file = self.master_key.clone().unwrap_or_else(beside);
        let key = if file.exists() {
            MasterKey::read(&file)
        } else if Store::is_founded(&self.database).await.context("the database can't be opened; check --database")? {
            Err(format!(
                "the master key {} is not there, and without it nothing that is sealed in the database opens; name its \
                 place with --master-key",
                file.display()
            ))
        } else {
            tracing::warn!(
                "a master key was made in {}: keep a copy of it apart from the copies of the database",
                file.display()
            );
            MasterKey::make(&file)
        };
        Ok(Arc::new(key.map_err(anyhow::Error::msg)?))
    }
}
