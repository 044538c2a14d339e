//! The tables as the database itself describes them.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use std::collections::BTreeMap;

/// A column: its type as the migrations spell it, and its place in the primary key, from 1; 0: outside.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub kind: String,
    pub key: i64,
}

/// Every table of the migrations, from a SQLite of its own: the schema is one text for both backends.
pub async fn tables() -> BTreeMap<String, Vec<Column>> {
    let db = Database::connect("sqlite::memory:").await.expect("a database");
    for script in [include_str!("../../migrations/0001_ground_truth.sql"), include_str!("../../migrations/views.sql")] {
        db.execute_unprepared(script).await.expect("the schema");
    }
    let mut tables = BTreeMap::new();
    for table in live(&db).await.into_keys() {
        let asked = Statement::from_string(
            DbBackend::Sqlite,
            format!("SELECT name, type, pk FROM pragma_table_info('{table}')"),
        );
        let columns = db.query_all_raw(asked).await.expect("the columns").into_iter().map(|row| Column {
            name: row.try_get("", "name").expect("a name"),
            kind: row.try_get("", "type").expect("a type"),
            key: row.try_get("", "pk").expect("a place"),
        });
        tables.insert(table, columns.collect());
    }
    tables
}

/// The tables and columns of an open database.
pub async fn live(db: &DatabaseConnection) -> BTreeMap<String, Vec<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT t.name AS t, c.name AS c FROM sqlite_master t, pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'"
        }
        _ => {
            "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns \
             WHERE table_schema = current_schema()"
        }
    };
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let asked = Statement::from_string(db.get_database_backend(), sql);
    for row in db.query_all_raw(asked).await.expect("the schema") {
        let table = row.try_get("", "t").expect("a table");
        tables.entry(table).or_default().push(row.try_get("", "c").expect("a column"));
    }
    tables
}
