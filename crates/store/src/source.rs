//! Source data: rows of batches.
//!
//! Rows come in by the thousand and are never held all at once. They are laid down under their batch's id, where nothing
//! looks at them, and count from the moment the batch is on record: that one entry takes in all of them or none.

use crate::{Error, Store, load::read_row, table::truth::*};
use domain::{
    batch::{Kind, Row},
    id::BatchId,
    import::{Batch, Column, Skipped},
};
use jiff::{Timestamp, civil::Date};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// How many rows one statement lays down or looks up: under the parameter limits of both backends.
pub const CHUNK: usize = 1000;

/// SHA-256 over rows in the order of their numbers: of each its canonical JSON and a line feed.
#[derive(Default)]
pub(crate) struct RowsDigest(Sha256);

impl RowsDigest {
    pub(crate) fn add(&mut self, row: &Row) -> Result<(), Error> {
        self.0.update(ledger::canonical(&serde_json::to_value(row)?)?);
        self.0.update(b"\n");
        Ok(())
    }

    pub(crate) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// The rows of one batch on their way in.
pub struct Laying {
    batch: BatchId,
    kind: Kind,
    digest: RowsDigest,
    rows: u32,
    from: Option<Date>,
    to: Option<Date>,
}

/// What a batch tells of the file its rows are from.
pub struct Origin {
    /// The file's name.
    pub file: String,
    /// The sheet in it.
    pub sheet: Option<String>,
    /// SHA-256 of the file, hex.
    pub digest: String,
    /// The columns that were understood, in their order.
    pub columns: Vec<Column>,
    /// Rows left out, with the reasons.
    pub skipped: Vec<Skipped>,
}

impl Laying {
    /// Which batch.
    pub fn batch(&self) -> BatchId {
        self.batch
    }

    /// How many rows were laid down so far.
    pub fn rows(&self) -> u32 {
        self.rows
    }
}

impl Store {
    /// Those of at most [`CHUNK`] rows that are not on record just as they are: importing a file twice leaves none.
    pub async fn new_rows(&self, kind: Kind, rows: Vec<Row>) -> Result<Vec<Row>, Error> {
        let loader = self.loader(&self.db);
        let on_record = loader.batches_of(kind).await?;
        if on_record.is_empty() {
            return Ok(rows);
        }
        let found = batch_row::Entity::find()
            .filter(batch_row::Column::AuthorityId.eq(self.authority))
            .filter(batch_row::Column::Kind.eq(kind.as_str()))
            .filter(batch_row::Column::RowKey.is_in(rows.iter().map(|row| row.key.as_str())))
            .all(&self.db)
            .await?;
        let mut known: HashMap<&str, (i64, &batch_row::Model)> = HashMap::new();
        for row in &found {
            let Some(seq) = on_record.get(&row.batch_id).copied() else { continue };
            if known.get(row.row_key.as_str()).is_none_or(|(newest, _)| *newest < seq) {
                known.insert(&row.row_key, (seq, row));
            }
        }
        let mut new = Vec::new();
        for row in rows {
            let old = known.get(row.key.as_str()).map(|(_, old)| read_row(old)).transpose()?;
            if old.is_none_or(|old| {
                (old.fields, old.person, old.date) != (row.fields.clone(), row.person.clone(), row.date)
            }) {
                new.push(row);
            }
        }
        Ok(new)
    }

    /// Begin to lay down the rows of a batch.
    pub async fn begin_laying(&self, kind: Kind, at: Timestamp) -> Result<Laying, Error> {
        let batch = BatchId(self.new_key());
        let row = laid_batch::ActiveModel {
            authority_id: Set(self.authority),
            batch_id: Set(batch.0),
            laid_at: Set(at.as_microsecond()),
            batch: Set(None),
        };
        laid_batch::Entity::insert(row).exec_without_returning(&self.db).await?;
        Ok(Laying { batch, kind, digest: RowsDigest::default(), rows: 0, from: None, to: None })
    }

    /// Lay down at most [`CHUNK`] rows, in the order of their numbers. Each call is a transaction of its own, so that
    /// other acts go on between them.
    pub async fn lay_down(&self, laying: &mut Laying, rows: &[Row]) -> Result<(), Error> {
        let mut models = Vec::with_capacity(rows.len());
        for row in rows {
            laying.digest.add(row)?;
            laying.from = laying.from.into_iter().chain(row.date).min();
            laying.to = laying.to.into_iter().chain(row.date).max();
            models.push(batch_row::ActiveModel {
                authority_id: Set(self.authority),
                batch_id: Set(laying.batch.0),
                row_number: Set(row.number.into()),
                kind: Set(laying.kind.as_str().to_owned()),
                row_key: Set(row.key.clone()),
                person: Set(row.person.clone()),
                day: Set(row.date.map(|date| date.to_string())),
                fields: Set(serde_json::to_string(&row.fields)?),
            });
        }
        if !models.is_empty() {
            batch_row::Entity::insert_many(models).exec_without_returning(&self.db).await?;
        }
        laying.rows += rows.len() as u32;
        Ok(())
    }

    /// All rows lie there: the batch as an act may now put it on record.
    pub async fn laid(&self, laying: Laying, origin: Origin) -> Result<Batch, Error> {
        let Origin { file, sheet, digest, columns, skipped } = origin;
        let Laying { batch: id, kind, rows, from, to, .. } = laying;
        let rows_digest = laying.digest.finish();
        let batch = Batch { id, kind, file, sheet, digest, rows_digest, rows, from, to, columns, skipped };
        let row = laid_batch::ActiveModel {
            authority_id: Set(self.authority),
            batch_id: Set(batch.id.0),
            batch: Set(Some(serde_json::to_string(&batch)?)),
            ..Default::default()
        };
        laid_batch::Entity::update(row).exec(&self.db).await?;
        Ok(batch)
    }

    /// Clear up after laying: the rows of a batch that did not go on record are taken away.
    pub async fn clear_laid(&self, batch: BatchId) -> Result<(), Error> {
        if !self.loader(&self.db).is_on_record(batch).await? {
            self.forget_rows(batch).await?;
        }
        laid_batch::Entity::delete_by_id((self.authority, batch.0)).exec(&self.db).await?;
        Ok(())
    }

    /// Clear up what was laid down before a moment by somebody who never came to the end.
    pub async fn clear_abandoned(&self, before: Timestamp) -> Result<(), Error> {
        let old = laid_batch::Entity::find()
            .filter(laid_batch::Column::AuthorityId.eq(self.authority))
            .filter(laid_batch::Column::LaidAt.lt(before.as_microsecond()));
        for laid in old.all(&self.db).await? {
            self.clear_laid(BatchId(laid.batch_id)).await?;
        }
        Ok(())
    }

    /// Piece by piece, so that other acts go on meanwhile.
    async fn forget_rows(&self, batch: BatchId) -> Result<(), Error> {
        use batch_row::Column;
        const PIECE: u64 = 10_000;
        let of_batch = || Condition::all().add(Column::AuthorityId.eq(self.authority)).add(Column::BatchId.eq(batch.0));
        loop {
            let last = batch_row::Entity::find()
                .select_only()
                .column(Column::RowNumber)
                .filter(of_batch())
                .order_by_asc(Column::RowNumber)
                .limit(PIECE)
                .into_tuple::<i64>()
                .all(&self.db)
                .await?;
            let Some(last) = last.last().copied() else { return Ok(()) };
            let piece = batch_row::Entity::delete_many().filter(of_batch()).filter(Column::RowNumber.lte(last));
            piece.exec(&self.db).await?;
        }
    }

    /// What the authority is called.
    pub async fn authority_name(&self) -> Result<String, Error> {
        let found = authority::Entity::find_by_id(self.authority).one(&self.db).await?;
        Ok(found.map(|row| row.name).unwrap_or_default())
    }

    /// When the newest entry of the record was written.
    pub async fn newest(&self) -> Result<Option<jiff::Timestamp>, Error> {
        let find = entry::Entity::find().filter(entry::Column::AuthorityId.eq(self.authority));
        let last = find.order_by_desc(entry::Column::Seq).one(&self.db).await?;
        Ok(last.and_then(|entry| jiff::Timestamp::from_microsecond(entry.at).ok()))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        self.db.execute_unprepared("SELECT 1").await?;
        Ok(())
    }
}
