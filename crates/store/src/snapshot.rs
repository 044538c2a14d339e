//! Everything at one moment, for what looks through all of it while acts go on: the roster, the rows of source data and the record,
//! page by page. It is for the product itself and whoever runs it on the machine: nobody's reading rights are asked.

use crate::{
    Error, Recorded, Store, connect,
    load::Loader,
    source,
    table::{
        truth::{batch_row, entry},
        view::batch,
    },
};
use domain::{batch::Kind, event::StreamKind, roster::Roster, score::Observed, ties::TiesOn};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// One moment of one authority's data; it goes when it is dropped.
pub struct Snapshot<'a> {
    store: &'a Store,
    txn: DatabaseTransaction,
}

/// Where the next page of rows begins.
#[derive(Default)]
pub struct After(String);

impl Store {
    /// Hold on to this moment.
    pub async fn snapshot(&self) -> Result<Snapshot<'_>, Error> {
        Ok(Snapshot { store: self, txn: connect::snapshot(&self.db).await? })
    }

    /// The same for a finding of the same parts, and telling nobody what they are.
    pub fn finding_key(&self, parts: &[&str]) -> String {
        hex::encode(self.keys.index().of("finding", parts.join("\u{1f}").as_bytes()))
    }

    /// The keys of everything that was found before.
    pub async fn found_keys(&self) -> Result<BTreeSet<String>, Error> {
        self.loader(&self.db).found().await
    }

    /// The places of the newest batch of source data and of the newest entry of an appraisal: as long as both stay, so do the facts.
    pub async fn facts_told(&self) -> Result<(Option<i64>, Option<i64>), Error> {
        let batches = batch::Entity::find()
            .select_only()
            .column_as(batch::Column::Seq.max(), "seq")
            .filter(batch::Column::AuthorityId.eq(self.authority));
        let entries = entry::Entity::find()
            .select_only()
            .column_as(entry::Column::Seq.max(), "seq")
            .filter(entry::Column::AuthorityId.eq(self.authority))
            .filter(entry::Column::StreamKind.is_in(FACTS.map(StreamKind::as_str)));
        let newest = |found: Option<Option<i64>>| found.flatten();
        Ok((newest(batches.into_tuple().one(&self.db).await?), newest(entries.into_tuple().one(&self.db).await?)))
    }
}

/// The aggregates whose records the facts are told from.
pub const FACTS: [StreamKind; 4] = [StreamKind::Cycle, StreamKind::Appraisal, StreamKind::Slate, StreamKind::Outcome];

impl Snapshot<'_> {
    fn loader(&self) -> Loader<'_, DatabaseTransaction> {
        self.store.loader(&self.txn)
    }

    /// Units and people.
    pub async fn roster(&self) -> Result<Roster, Error> {
        self.loader().roster().await
    }

    /// Who is tied to whom on a day.
    pub async fn ties(&self, day: Date) -> Result<TiesOn, Error> {
        let ties = self.loader().ties(day).await?;
        Ok(TiesOn::new(ties, day, self.store.rules.recusal.business.years))
    }

    /// The place of each batch of a kind in the record.
    pub async fn batches(&self, kind: Kind) -> Result<HashMap<Uuid, i64>, Error> {
        self.loader().batches_of(kind).await
    }

    /// The next rows of a kind, each as the latest of `batches` brought it; none: there are no more. Rows that were erased are as
    /// if they were not there.
    pub async fn rows(
        &self,
        kind: Kind,
        batches: &HashMap<Uuid, i64>,
        after: &mut After,
    ) -> Result<Vec<Observed>, Error> {
        use batch_row::Column;
        loop {
            let mut page = batch_row::Entity::find()
                .filter(Column::AuthorityId.eq(self.store.authority))
                .filter(Column::Kind.eq(kind.as_str()))
                .filter(Column::RowKey.gt(after.0.as_str()))
                .order_by_asc(Column::RowKey)
                .limit(source::CHUNK as u64)
                .all(&self.txn)
                .await?;
            // The last key may go on behind the page: it is taken up again, unless the page holds nothing else.
            let last = page.last().map(|row| row.row_key.clone());
            let Some(last) = last else { return Ok(Vec::new()) };
            if page.len() == source::CHUNK && page[0].row_key != last {
                page.retain(|row| row.row_key != last);
            }
            after.0 = page.last().map(|row| row.row_key.clone()).unwrap_or(last);
            let mut newest: HashMap<String, batch_row::Model> = HashMap::new();
            for row in page {
                let Some(seq) = batches.get(&row.batch_id) else { continue };
                let known = newest.get(&row.row_key).and_then(|known| batches.get(&known.batch_id));
                if known.is_none_or(|known| known <= seq) {
                    newest.insert(row.row_key.clone(), row);
                }
            }
            let rows: Vec<batch_row::Model> = newest.into_values().collect();
            let read = self.loader().read_rows(&rows).await?;
            let mut read: Vec<Observed> = read.into_iter().map(|(batch, row)| Observed { batch, kind, row }).collect();
            if !read.is_empty() {
                read.sort_unstable_by(|a, b| (&a.row.key, a.row.number).cmp(&(&b.row.key, b.row.number)));
                return Ok(read);
            }
        }
    }

    /// The next entries of these aggregates behind a place in the record; none: there are no more.
    pub async fn entries(&self, kinds: &[StreamKind], after: Option<u64>) -> Result<Vec<Recorded>, Error> {
        let entries = entry::Entity::find()
            .filter(entry::Column::AuthorityId.eq(self.store.authority))
            .filter(entry::Column::StreamKind.is_in(kinds.iter().map(|kind| kind.as_str())))
            .filter(entry::Column::Seq.gt(after.map_or(-1, |seq| seq as i64)))
            .order_by_asc(entry::Column::Seq)
            .limit(source::CHUNK as u64)
            .all(&self.txn)
            .await?;
        self.loader().read(&entries).await
    }
}
