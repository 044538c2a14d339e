//! Source data: rows of batches and files by their content.

use crate::{
    Error, Store,
    table::{truth::*, view},
};
use domain::{
    batch::{Kind, Row},
    id::BatchId,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, TransactionTrait};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How many rows one statement lays down: under the parameter limits of both backends.
const CHUNK: usize = 1000;

/// Digest over rows as they are laid down, in the order of their numbers.
pub fn rows_digest<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Result<String, Error> {
    let mut digest = RowsDigest::default();
    for row in rows {
        digest.push(row)?;
    }
    Ok(digest.finish())
}

/// The same, row by row.
#[derive(Default)]
pub(crate) struct RowsDigest(Sha256);

impl RowsDigest {
    pub(crate) fn push(&mut self, row: &Row) -> Result<(), Error> {
        self.0.update(ledger::canonical(&serde_json::to_value(row)?)?);
        self.0.update(b"\n");
        Ok(())
    }

    pub(crate) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

impl Store {
    /// Rows of this kind that are not yet on record just as they are: importing a file twice leaves none.
    pub async fn new_rows(&self, kind: Kind, rows: Vec<Row>) -> Result<Vec<Row>, Error> {
        let known: BTreeMap<String, Row> = self
            .loader(&self.db)
            .observed(kind, sea_orm::Condition::all())
            .await?
            .into_iter()
            .map(|observed| (observed.row.key.clone(), observed.row))
            .collect();
        let same = |row: &Row| {
            known
                .get(&row.key)
                .is_some_and(|old| old.fields == row.fields && old.person == row.person && old.date == row.date)
        };
        Ok(rows.into_iter().filter(|row| !same(row)).collect())
    }

    /// Lay down the rows of a batch. They stay unseen until the batch is on record.
    pub async fn lay_down(
        &self,
        batch: BatchId,
        kind: Kind,
        rows: &[Row],
        mut laid: impl FnMut(usize),
    ) -> Result<(), Error> {
        let txn = self.db.begin().await?;
        for part in rows.chunks(CHUNK) {
            let rows = part.iter().map(|row| -> Result<_, Error> {
                Ok(batch_row::ActiveModel {
                    authority_id: Set(self.authority),
                    batch_id: Set(batch.0),
                    row_number: Set(row.number.into()),
                    kind: Set(kind.as_str().to_owned()),
                    row_key: Set(row.key.clone()),
                    person: Set(row.person.clone()),
                    day: Set(row.date.map(|date| date.to_string())),
                    fields: Set(serde_json::to_string(&row.fields)?),
                })
            });
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            batch_row::Entity::insert_many(rows).exec_without_returning(&txn).await?;
            laid(part.len());
        }
        txn.commit().await?;
        Ok(())
    }

    /// Take away rows of a batch that did not go on record after all.
    pub async fn forget_rows(&self, batch: BatchId) -> Result<(), Error> {
        let recorded = view::batch::Entity::find_by_id((self.authority, batch.0)).one(&self.db).await?.is_some();
        if !recorded {
            batch_row::Entity::delete_many()
                .filter(batch_row::Column::AuthorityId.eq(self.authority))
                .filter(batch_row::Column::BatchId.eq(batch.0))
                .exec(&self.db)
                .await?;
        }
        Ok(())
    }

    /// Names of units, numbers of people and codes of indicators, for checking what files refer to.
    pub async fn known(&self) -> Result<(BTreeSet<String>, BTreeSet<String>, BTreeSet<String>), Error> {
        let authority = self.authority;
        let units =
            view::unit::Entity::find().filter(view::unit::Column::AuthorityId.eq(authority)).all(&self.db).await?;
        let people =
            view::person::Entity::find().filter(view::person::Column::AuthorityId.eq(authority)).all(&self.db).await?;
        let indicators = view::indicator::Entity::find()
            .filter(view::indicator::Column::AuthorityId.eq(authority))
            .all(&self.db)
            .await?;
        Ok((
            units.into_iter().flat_map(|unit| [Some(unit.code), Some(unit.name), unit.short_name]).flatten().collect(),
            people.into_iter().map(|person| person.number).collect(),
            indicators.into_iter().map(|indicator| indicator.code).collect(),
        ))
    }

    /// Keep a file by its content; twice is once.
    pub async fn keep_file(&self, content: Vec<u8>, media: &str, at: jiff::Timestamp) -> Result<(String, u64), Error> {
        let (digest, size) = (hex::encode(Sha256::digest(&content)), content.len() as u64);
        let kept = attachment::Entity::find_by_id((self.authority, digest.clone())).one(&self.db).await?;
        if kept.is_none() {
            let row = attachment::ActiveModel {
                authority_id: Set(self.authority),
                digest: Set(digest.clone()),
                size: Set(size as i64),
                media: Set(media.to_owned()),
                content: Set(content),
                stored_at: Set(at.as_microsecond()),
            };
            attachment::Entity::insert(row).exec_without_returning(&self.db).await?;
        }
        Ok((digest, size))
    }

    /// A kept file: its media type and content.
    pub async fn file(&self, digest: &str) -> Result<Option<(String, Vec<u8>)>, Error> {
        let found = attachment::Entity::find_by_id((self.authority, digest.to_owned())).one(&self.db).await?;
        Ok(found.map(|row| (row.media, row.content)))
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
