//! A database of its own for one test: a file on SQLite, a new database on the PostgreSQL that
//! MINGJING_TEST_POSTGRES names. The server's tests include this file too.

use sea_orm::{ConnectionTrait, Database};

/// A database that nobody else uses.
pub struct Fresh {
    /// Where it is, as `Settings` takes it.
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

/// An empty file.
pub fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("mingjing.db").display());
    Fresh { url, _folder: Some(folder) }
}

/// A new database called after the test; none where the tests were started without PostgreSQL. One that an earlier run
/// left behind is dropped.
pub async fn postgres(test: &str) -> Option<Fresh> {
    let Ok(server) = std::env::var("MINGJING_TEST_POSTGRES") else {
        eprintln!("SKIPPED on PostgreSQL: MINGJING_TEST_POSTGRES is not set; run `make test`");
        return None;
    };
    let name = format!("mingjing_test_{test}");
    let db = Database::connect(&server).await.expect("the server of MINGJING_TEST_POSTGRES");
    for statement in [format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), format!("CREATE DATABASE {name}")] {
        db.execute_unprepared(&statement).await.expect("a user who may create databases");
    }
    db.close().await.expect("a connection that closes");
    let (before, _) = server.rsplit_once('/').expect("a URL that names a database");
    Some(Fresh { url: format!("{before}/{name}"), _folder: None })
}

/// Makes two tests of one function that takes a [`Fresh`]: one on SQLite, one on PostgreSQL.
macro_rules! on_both {
    ($($test:ident),* $(,)?) => {$(
        mod $test {
            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                super::$test(crate::fresh::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                if let Some(fresh) = crate::fresh::postgres(stringify!($test)).await {
                    super::$test(fresh).await;
                }
            }
        }
    )*};
}
pub(crate) use on_both;
