//! Batches: what was imported from which file.

use super::{
    paging::{Asked, Part},
    told::{Stamp, Told, moment},
};
use crate::web::{App, error::PageError, session::SignedIn};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::{
    id::BatchId,
    import::{self, Skipped},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use store::tables;
use utoipa::ToSchema;
use uuid::Uuid;

/// A batch in a list.
#[derive(Serialize, ToSchema)]
pub struct BatchLine {
    /// Its id.
    id: BatchId,
    /// Where it stands in the record, from 0.
    seq: i64,
    /// What kind of table: `units`, `people`, `indicators`, `attendance`, `cases`, `projects`, `training`, `results`,
    /// `clients`, `proposed_grades`, `family`, `household`, `shareholders` or `paper_scores`.
    kind: String,
    /// The file's name.
    file: String,
    /// The sheet in it, in workbooks.
    sheet: Option<String>,
    /// How many rows it brought.
    rows: i64,
    /// How many bad rows were left out.
    skipped: i64,
    /// When it was imported.
    imported_at: Timestamp,
}

/// Batches on record, oldest first. For HR and inspectors.
#[utoipa::path(get, path = "/api/batches", operation_id = "list_batches", tag = "data", params(Asked),
    responses((status = 200, body = Part<BatchLine>)))]
pub async fn list(State(app): State<App>, person: SignedIn, asked: Asked) -> Result<Json<Part<BatchLine>>, PageError> {
    let found = app.store.reader(&person.actor).batches_in(asked.slice()?).await?;
    let item = |row: tables::batch::Model| BatchLine {
        id: BatchId(row.batch_id),
        seq: row.seq,
        kind: row.kind,
        file: row.file,
        sheet: row.sheet,
        rows: row.row_count,
        skipped: row.skipped,
        imported_at: moment(row.imported_at),
    };
    Ok(Json(asked.answer(found, |row| row.batch_id.to_string(), item)))
}

/// A batch 批次 as it went on record.
#[derive(Serialize, ToSchema)]
pub struct BatchEntry {
    /// Its id.
    id: BatchId,
    /// Where it stands in the record, from 0.
    seq: u64,
    /// What kind of table.
    #[schema(example = "attendance")]
    kind: String,
    /// The file's name.
    file: String,
    /// The sheet in it, in workbooks.
    sheet: Option<String>,
    /// SHA-256 of the file, hex.
    digest: String,
    /// SHA-256 over the rows as they were laid down, hex.
    rows_digest: String,
    /// How many rows.
    rows: u32,
    /// First day the rows speak of.
    from: Option<Date>,
    /// Last day the rows speak of.
    to: Option<Date>,
    /// Rows left out and what was wrong with them; null: it is a register of private ties, whose rows only inspectors see.
    skipped: Option<Vec<Skipped>>,
    /// When it was imported and by whom.
    imported: Stamp,
}

/// One batch. For HR and inspectors.
#[utoipa::path(get, path = "/api/batches/{id}", operation_id = "show_batch", tag = "data",
    params(("id" = BatchId, Path, description = "the batch")), responses((status = 200, body = BatchEntry)))]
pub async fn show(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    person: SignedIn,
) -> Result<Json<BatchEntry>, PageError> {
    let found = app.store.reader(&person.actor).batch(BatchId(id)).await?;
    let store::query::BatchEntry { seq, stamp, batch, shows_left_out } = found.ok_or(PageError::NotFound)?;
    let told = Told::of(&app.store).await?;
    let import::Batch { id, kind, file, sheet, digest, rows_digest, rows, from, to, skipped, .. } = batch;
    Ok(Json(BatchEntry {
        id,
        seq,
        kind: kind.as_str().to_owned(),
        file,
        sheet,
        digest,
        rows_digest,
        rows,
        from,
        to,
        skipped: shows_left_out.then_some(skipped),
        imported: told.stamp(stamp),
    }))
}
