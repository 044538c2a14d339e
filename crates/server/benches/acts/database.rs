//! Where the acts are measured: a fresh SQLite file on the disk that the project is built on, or a fresh database on the
//! PostgreSQL that MINGJING_TEST_POSTGRES names.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, Value};
use tempfile::TempDir;

/// A database of the benchmark's own.
pub struct Place {
    pub name: &'static str,
    /// As `Settings` takes it.
    pub url: String,
    /// The tables themselves, beside the product.
    pub db: DatabaseConnection,
    _folder: Option<TempDir>,
}

/// An empty file. Not in the folder for temporary files, which may lie in memory, where COMMIT costs nothing.
pub async fn sqlite() -> Place {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("acts.db").display());
    let db = connect(&url).await;
    Place { name: "SQLite", url, db, _folder: Some(folder) }
}

/// A new database; one that an earlier run left behind is dropped.
pub async fn postgres() -> Option<Place> {
    let server = std::env::var("MINGJING_TEST_POSTGRES").ok()?;
    let db = connect(&server).await;
    for statement in ["DROP DATABASE IF EXISTS mingjing_bench WITH (FORCE)", "CREATE DATABASE mingjing_bench"] {
        db.execute_unprepared(statement).await.expect("a user who may create databases");
    }
    let (before, _) = server.rsplit_once('/').expect("a URL that names a database");
    let url = format!("{before}/mingjing_bench");
    let db = connect(&url).await;
    Some(Place { name: "PostgreSQL", url, db, _folder: None })
}

/// One connection, with the settings that the product's own have.
async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| sqlite.pragma("journal_mode", "WAL").pragma("synchronous", "FULL"));
    Database::connect(options).await.expect("a connection")
}

impl Place {
    /// What a COMMIT waits for.
    pub async fn durability(&self) -> String {
        let asked = match self.db.get_database_backend() {
            DbBackend::Sqlite => return "WAL, synchronous=FULL".to_owned(),
            _ => {
                "SELECT 'fsync=' || current_setting('fsync') || ', synchronous_commit=' || current_setting('synchronous_commit')"
            }
        };
        let said = self.one::<String>(asked, []).await;
        match said.as_str() {
            "fsync=on, synchronous_commit=on" => said,
            _ => format!("{said}: COMMIT waits for NO disk, the figures are too good"),
        }
    }

    /// How many entries the record has.
    pub async fn entries(&self) -> i64 {
        self.one("SELECT size FROM head", []).await
    }

    /// How many bytes the entries from this one on have on average: what is hashed, what is sealed, and leaf.
    pub async fn bytes_since(&self, entry: i64) -> usize {
        let length = "octet_length(body) + coalesce(octet_length(sealed), 0) + 32";
        let asked = format!("SELECT CAST(sum({length}) / count(*) AS BIGINT) FROM entry WHERE seq >= $1");
        self.one::<i64>(&asked, [entry.into()]).await as usize
    }

    /// What is hashed of all entries.
    pub async fn bodies(&self) -> Vec<String> {
        let asked = Statement::from_string(self.db.get_database_backend(), "SELECT body FROM entry ORDER BY seq");
        let rows = self.db.query_all_raw(asked).await.expect("a read");
        rows.into_iter().map(|row| row.try_get_by_index(0).expect("a body")).collect()
    }

    async fn one<T: sea_orm::TryGetable>(&self, asked: &str, values: impl IntoIterator<Item = Value>) -> T {
        let asked = Statement::from_sql_and_values(self.db.get_database_backend(), asked, values);
        let row = self.db.query_one_raw(asked).await.expect("a read").expect("a row");
        row.try_get_by_index(0).expect("a value")
    }
}
