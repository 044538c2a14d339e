//! Rows of source data, as batches on record brought them.

use super::Loader;
use crate::{Error, source, table::truth::*, table::view};
use domain::{
    batch::{Kind, Row},
    cycle::Cycle,
    id::*,
    score::Observed,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

impl<C: ConnectionTrait> Loader<'_, C> {
    /// The batches of a kind that are on record, each with its place in the record.
    pub(crate) async fn batches_of(&self, kind: Kind) -> Result<HashMap<Uuid, i64>, Error> {
        let batches = view::batch::Entity::find()
            .select_only()
            .columns([view::batch::Column::BatchId, view::batch::Column::Seq])
            .filter(view::batch::Column::AuthorityId.eq(self.authority))
            .filter(view::batch::Column::Kind.eq(kind.as_str()));
        Ok(batches.into_tuple::<(Uuid, i64)>().all(self.tables()?).await?.into_iter().collect())
    }

    /// Whether a batch is on record.
    pub(crate) async fn is_on_record(&self, batch: BatchId) -> Result<bool, Error> {
        Ok(view::batch::Entity::find_by_id((self.authority, batch.0)).one(self.tables()?).await?.is_some())
    }

    /// Rows of batches on record, of one kind, narrowed by `filter`; where a later batch brought a row of
    /// the same key, the later one counts, and that one alone is asked whether it passes the filter.
    pub(crate) async fn observed(&self, kind: Kind, filter: sea_orm::Condition) -> Result<Vec<Observed>, Error> {
        let on_record = self.batches_of(kind).await?;
        let rows = batch_row::Entity::find()
            .filter(batch_row::Column::AuthorityId.eq(self.authority))
            .filter(batch_row::Column::Kind.eq(kind.as_str()))
            .filter(filter)
            .all(self.db)
            .await?;
        let newest = self.newest(kind, &on_record, &rows).await?;
        let counts = |row: &batch_row::Model| newest.get(&row.row_key) == Some(&row.batch_id);
        let rows: Vec<batch_row::Model> = rows.into_iter().filter(counts).collect();
        let observed = |(batch, row)| Observed { batch, kind, row };
        let mut observed: Vec<Observed> = self.read_rows(&rows).await?.into_iter().map(observed).collect();
        // Put in order here: keys lie in the database as an index that has another order.
        observed.sort_unstable_by(|one, other| {
            (&one.row.key, one.batch, one.row.number).cmp(&(&other.row.key, other.batch, other.row.number))
        });
        Ok(observed)
    }

    /// Read rows of source data back; those whose key was destroyed are as if they were not there.
    pub(crate) async fn read_rows(&self, rows: &[batch_row::Model]) -> Result<Vec<(BatchId, Row)>, Error> {
        let keys = self.keys.opening(self.db, rows.iter().filter_map(source::key_of)).await?;
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(words) = source::words(row, self.keys, &keys)? {
                read.push((BatchId(row.batch_id), serde_json::from_slice(&words.text)?));
            }
        }
        Ok(read)
    }

    /// Which batch brought the latest row of each of these rows' keys.
    async fn newest(
        &self,
        kind: Kind,
        on_record: &HashMap<Uuid, i64>,
        rows: &[batch_row::Model],
    ) -> Result<HashMap<String, Uuid>, Error> {
        use batch_row::Column;
        let mut newest: HashMap<String, Uuid> = HashMap::new();
        for part in rows.chunks(source::CHUNK) {
            let found = batch_row::Entity::find()
                .select_only()
                .columns([Column::RowKey, Column::BatchId])
                .filter(Column::AuthorityId.eq(self.authority))
                .filter(Column::Kind.eq(kind.as_str()))
                .filter(Column::RowKey.is_in(part.iter().map(|row| row.row_key.as_str())));
            for (key, batch) in found.into_tuple::<(String, Uuid)>().all(self.db).await? {
                let Some(seq) = on_record.get(&batch) else { continue };
                if newest.get(&key).is_none_or(|known| on_record[known] < *seq) {
                    newest.insert(key, batch);
                }
            }
        }
        Ok(newest)
    }

    /// What source systems say of a person within a cycle's period.
    pub(crate) async fn observations(&self, cycle: &Cycle, number: &str) -> Result<Vec<Observed>, Error> {
        use batch_row::Column;
        let within = |filter: sea_orm::Condition| {
            let from = cycle.opened.from.to_string();
            let to = cycle.opened.to.to_string();
            let dated = sea_orm::Condition::all().add(Column::Day.gte(from)).add(Column::Day.lte(to));
            filter.add(sea_orm::Condition::any().add(Column::Day.is_null()).add(dated))
        };
        let own = || within(sea_orm::Condition::all().add(Column::Person.eq(number)));
        let mut observed = Vec::new();
        for kind in [Kind::Attendance, Kind::Cases, Kind::Training] {
            observed.extend(self.observed(kind, own()).await?);
        }
        // A project speaks of whoever leads it or works on it.
        let named = sea_orm::Condition::all().add(Column::Named.contains(format!(";{number};")));
        observed.extend(self.observed(Kind::Projects, within(named)).await?);
        Ok(observed)
    }

    /// Rows of a batch, on record or not, with numbers above `after`: at most [`source::CHUNK`]; none: there are no more.
    pub(crate) async fn batch_rows(&self, batch: BatchId, after: u32) -> Result<Vec<Row>, Error> {
        let mut after = i64::from(after);
        loop {
            let rows = batch_row::Entity::find()
                .filter(batch_row::Column::AuthorityId.eq(self.authority))
                .filter(batch_row::Column::BatchId.eq(batch.0))
                .filter(batch_row::Column::RowNumber.gt(after))
                .order_by_asc(batch_row::Column::RowNumber)
                .limit(source::CHUNK as u64)
                .all(self.db)
                .await?;
            let Some(last) = rows.last() else { return Ok(Vec::new()) };
            after = last.row_number;
            let read = self.read_rows(&rows).await?;
            if !read.is_empty() {
                return Ok(read.into_iter().map(|(_, row)| row).collect());
            }
        }
    }

    /// All rows of a batch of units, people or indicators.
    pub(super) async fn register_rows(&self, batch: BatchId) -> Result<Vec<Row>, Error> {
        let mut rows: Vec<Row> = Vec::new();
        loop {
            let part = self.batch_rows(batch, rows.last().map_or(0, |row| row.number)).await?;
            if part.is_empty() {
                return Ok(rows);
            }
            rows.extend(part);
        }
    }
}
