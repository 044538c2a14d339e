//! What the same database does without the product: rows of one size into one table, one INSERT each, some in a
//! transaction.

use super::{database::Place, now};
use sea_orm::{ConnectionTrait, Statement, TransactionTrait};

/// How many rows are inserted.
const ROWS: usize = 20_000;

/// Rows a second, `bytes` long, `group` in a transaction.
pub async fn rate(place: &Place, bytes: usize, group: usize) -> f64 {
    let backend = place.db.get_database_backend();
    let table = "CREATE TABLE bare (id BIGINT NOT NULL PRIMARY KEY, content TEXT NOT NULL)";
    place.db.execute_unprepared(table).await.expect("a table");
    let content = "x".repeat(bytes);
    let start = now();
    let mut done = 0;
    while done < ROWS {
        let txn = place.db.begin().await.expect("a transaction");
        for id in done..done + group {
            let row = [(id as i64).into(), content.clone().into()];
            let insert = "INSERT INTO bare (id, content) VALUES ($1, $2)";
            txn.execute_raw(Statement::from_sql_and_values(backend, insert, row)).await.expect("a row");
        }
        txn.commit().await.expect("a commit");
        done += group;
    }
    done as f64 / start.elapsed().as_secs_f64()
}
