//! Opening a database: SQLite by default, PostgreSQL by URL.

use crate::{Error, KeyStore, Store, keyring::Keyring, load, table::truth::*, ties, writer};
use domain::context::Rulebook;
use policy::Policies;
use sea_orm::{
    AccessMode, ActiveValue::Set, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, EntityTrait, FromQueryResult, IsolationLevel, Statement, TransactionOptions, TransactionTrait,
};
use std::sync::Arc;
use uuid::Uuid;

/// What a store is opened with.
pub struct Settings {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// The name of the authority, for a new database.
    pub authority: String,
    /// The rules of the day.
    pub rules: Rulebook,
    /// The policies.
    pub policies: Policies,
    /// Keeps the key above the keys in the database.
    pub keys: Arc<dyn KeyStore>,
    /// The clock.
    pub clock: fn() -> jiff::Timestamp,
}

/// Older SQLite can corrupt a WAL database under concurrent checkpoints.
const SQLITE_AT_LEAST: (u32, u32, u32) = (3, 51, 3);

const GROUND_TRUTH: &str = include_str!("../migrations/0001_ground_truth.sql");
const VIEWS: &str = include_str!("../migrations/views.sql");

/// Connections for reading, and for all else where there are no others.
pub(crate) async fn connect(url: &str) -> Result<DatabaseConnection, Error> {
    connect_with(url, if url.contains(":memory:") { 1 } else { 8 }).await
}

async fn connect_with(url: &str, connections: u32) -> Result<DatabaseConnection, Error> {
    let mut options = ConnectOptions::new(match url.strip_prefix("sqlite:") {
        Some(_) if !url.contains('?') && !url.contains(":memory:") => format!("{url}?mode=rwc"),
        _ => url.to_owned(),
    });
    options.max_connections(connections).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("foreign_keys", "ON")
            // 16 MiB of pages for each connection; with the 2 MiB of the default a city's year is read from the file again
            // and again.
            .pragma("cache_size", "-16384")
            // The file is read in place; what is not in the cache need not be copied.
            .pragma("mmap_size", "268435456")
            // 40 MB of changes are gathered before they go into the file, so that a page that changes often goes once.
            .pragma("wal_autocheckpoint", "10000")
            // What was deleted is overwritten: a destroyed key must not lie about in a free page.
            .pragma("secure_delete", "ON")
            // Rows come over from another thread: in few portions rather than many.
            .row_buffer_size(1000)
            .busy_timeout(std::time::Duration::from_secs(10))
    });
    let db = Database::connect(options).await?;
    if db.get_database_backend() == DbBackend::Sqlite {
        check_sqlite(&db).await?;
    }
    Ok(db)
}

async fn check_sqlite(db: &DatabaseConnection) -> Result<(), Error> {
    #[derive(FromQueryResult)]
    struct Version {
        version: String,
    }
    let asked = Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version() AS version");
    let version = Version::find_by_statement(asked).one(db).await?.map(|row| row.version).unwrap_or_default();
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found < SQLITE_AT_LEAST {
        return Err(Error::Unfit(format!("SQLite {version} is too old: 3.51.3 or newer is needed")));
    }
    Ok(())
}

/// A transaction that reads the database as it stands now, whatever is written meanwhile.
pub(crate) async fn snapshot(db: &DatabaseConnection) -> Result<DatabaseTransaction, Error> {
    let options = match db.get_database_backend() {
        DbBackend::Postgres => TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        },
        // The first read of a transaction takes the snapshot.
        _ => TransactionOptions::default(),
    };
    Ok(db.begin_with_options(options).await?)
}

/// Make the tables where there are none.
pub(crate) async fn make(db: &DatabaseConnection) -> Result<(), Error> {
    if table_exists(db, "authority").await? {
        // The newest table there is; nothing is released yet, so no database is brought from one form to the next.
        return match table_exists(db, "subject_key").await? {
            true => Ok(()),
            false => Err(Error::Unfit("this database was made by an earlier build: make it anew".to_owned())),
        };
    }
    let txn = db.begin().await?;
    for script in [GROUND_TRUTH, VIEWS] {
        txn.execute_unprepared(script).await?;
    }
    txn.commit().await?;
    Ok(())
}

async fn table_exists(db: &DatabaseConnection, table: &str) -> Result<bool, Error> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
        _ => "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1",
    };
    let asked = Statement::from_sql_and_values(db.get_database_backend(), sql, [table.into()]);
    Ok(db.query_one_raw(asked).await?.is_some())
}

impl Store {
    /// Whether there is a database already, and not merely a place for one.
    pub async fn is_founded(url: &str) -> Result<bool, Error> {
        let db = connect(url).await?;
        Ok(table_exists(&db, "authority").await? && authority::Entity::find().one(&db).await?.is_some())
    }

    /// Open a database, make its tables if it is new, and start the writer.
    pub async fn open(settings: Settings) -> Result<Store, Error> {
        let db = connect(&settings.url).await?;
        make(&db).await?;
        let (authority, name) = found(&db, &settings).await?;
        let rules = Arc::new(settings.rules);
        let policies = Arc::new(settings.policies);
        let keys = Keyring::open(&db, authority, settings.keys).await?;
        let (cycles, ties) = (load::KnownCycles::default(), ties::KnownTies::default());
        let pen = match db.get_database_backend() {
            DbBackend::Sqlite => connect_with(&settings.url, 1).await?,
            _ => db.clone(),
        };
        let writer = writer::start(writer::Desk {
            db: pen.clone(),
            cycles: cycles.clone(),
            ties: ties.clone(),
            keys: keys.clone(),
            shelf: Default::default(),
            authority,
            rules: rules.clone(),
            policies: policies.clone(),
            clock: settings.clock,
        });
        Ok(Store {
            db,
            pen,
            authority,
            name: name.into(),
            rules,
            policies,
            clock: settings.clock,
            names: Default::default(),
            holders: Default::default(),
            cycles,
            ties,
            keys,
            writer,
        })
    }
}

/// The authority of this database; a new one is founded.
async fn found(db: &DatabaseConnection, settings: &Settings) -> Result<(Uuid, String), Error> {
    if let Some(authority) = authority::Entity::find().one(db).await? {
        return Ok((authority.authority_id, authority.name));
    }
    let id = writer::new_id();
    let row = authority::ActiveModel {
        authority_id: Set(id),
        name: Set(settings.authority.clone()),
        founded_at: Set((settings.clock)().as_microsecond()),
    };
    let empty = |algorithm| Set(ledger::Frontier::new(algorithm).root().to_vec());
    let start = head::ActiveModel {
        authority_id: Set(id),
        size: Set(0),
        root: empty(ledger::Algorithm::Sha256),
        sm3_root: empty(ledger::Algorithm::Sm3),
    };
    let txn = db.begin().await?;
    authority::Entity::insert(row).exec_without_returning(&txn).await?;
    head::Entity::insert(start).exec_without_returning(&txn).await?;
    Keyring::found(&txn, id, &*settings.keys).await?;
    txn.commit().await?;
    Ok((id, settings.authority.clone()))
}
