//! Batches and their rows, and the very rows that a person's own values came from.

use super::Reader;
use crate::{Error, table::truth::batch_row, table::view::*};
use domain::{
    actor::Stamp, appraisal::Appraisal, batch::Row, cycle::Cycle, event::Event, finding::Place, id::*, import::Batch,
};
use jiff::civil::Date;
use policy::Reading;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A batch as its entry in the record tells it.
#[derive(Clone, Debug)]
pub struct BatchEntry {
    /// The place of the entry in the record.
    pub seq: u64,
    /// When and by whom it was imported.
    pub stamp: Stamp,
    /// The batch.
    pub batch: Batch,
    /// Whether the reader may see what was wrong with rows that were left out.
    pub shows_left_out: bool,
}

impl BatchEntry {
    /// Whether its rows can be leafed through: not those of a register of private ties, of which one sees only what a look or a
    /// finding shows; see [`Reader::batch_row`].
    pub fn shows_rows(&self) -> bool {
        !self.batch.kind.is_register()
    }
}

/// What leads somebody to a row of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// A look of their own, while it is open.
    Look(LookId),
    /// A finding that they have taken.
    Finding(FindingId),
}

/// A row and the file it stands in.
#[derive(Clone, Debug)]
pub struct SourceRow {
    /// The batch.
    pub batch: Batch,
    /// The row.
    pub row: Row,
}

/// Where the value of one indicator came from.
#[derive(Clone, Debug)]
pub struct ValueSource {
    /// The cycle.
    pub cycle: Arc<Cycle>,
    /// The appraisal.
    pub appraisal: Appraisal,
    /// A page of the rows that went into it.
    pub rows: Vec<SourceRow>,
    /// How many rows there are.
    pub total: u64,
}

impl Reader<'_> {
    /// Batches on record, newest first: one page of them and how many there are.
    pub async fn batches(&self, skip: u64, take: u64) -> Result<(Vec<batch::Model>, u64), Error> {
        if !self.may_read(Reading::Batches) {
            return Ok((Vec::new(), 0));
        }
        let find = batch::Entity::find().filter(batch::Column::AuthorityId.eq(self.store.authority));
        let total = find.clone().count(&self.store.db).await?;
        let page = find.order_by_desc(batch::Column::Seq).offset(skip).limit(take);
        Ok((page.all(&self.store.db).await?, total))
    }

    /// A batch. That there is one may be known of registers of private ties too; what was left out of them is for inspectors.
    pub async fn batch(&self, id: BatchId) -> Result<Option<BatchEntry>, Error> {
        if !self.may_read(Reading::Batches) {
            return Ok(None);
        }
        let record = self.store.loader(&self.store.db).record(id.into()).await?;
        let Some(entry) = record.last().cloned() else { return Ok(None) };
        let Event::BatchImported(batch) = entry.event else { return Ok(None) };
        let shows_left_out = !batch.kind.is_register() || self.may_read(Reading::Registers);
        Ok(Some(BatchEntry { seq: entry.seq, stamp: entry.stamp, batch, shows_left_out }))
    }

    /// A page of the rows of a batch in which `words` occur, and how many there are. Empty words: all rows.
    ///
    /// `open_text`: the words may stand in any value. Where rows hold identity numbers only keys and the people they are
    /// about are searched, lest masked digits be found out one by one.
    pub async fn batch_rows(
        &self,
        entry: &BatchEntry,
        words: &str,
        open_text: bool,
        (skip, take): (u64, u64),
    ) -> Result<(Vec<Row>, u64), Error> {
        use batch_row::Column;
        if !entry.shows_rows() {
            return Ok((Vec::new(), 0));
        }
        if !words.is_empty() {
            return self.rows_with(entry, words, open_text, (skip, take)).await;
        }
        let loader = self.store.loader(&self.store.db);
        let find = batch_row::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::BatchId.eq(entry.batch.id.0));
        let total = find.clone().count(&self.store.db).await?;
        let page = find.order_by_asc(Column::RowNumber).offset(skip).limit(take).all(&self.store.db).await?;
        Ok((loader.read_rows(&page).await?.into_iter().map(|(_, row)| row).collect(), total))
    }

    /// Rows in which words occur. They lie sealed, so all of them are opened, a piece at a time.
    async fn rows_with(
        &self,
        entry: &BatchEntry,
        words: &str,
        open_text: bool,
        (skip, take): (u64, u64),
    ) -> Result<(Vec<Row>, u64), Error> {
        let called = person::Entity::find()
            .select_only()
            .column(person::Column::Number)
            .filter(person::Column::AuthorityId.eq(self.store.authority))
            .filter(person::Column::Name.eq(words));
        let called: BTreeSet<String> = called.into_tuple().all(&self.store.db).await?.into_iter().collect();
        let words = words.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&words);
        let hit = |row: &Row| {
            has(&row.key)
                || row.person.as_ref().is_some_and(|person| called.contains(person))
                || open_text && row.fields.values().any(|value| has(value))
        };
        let loader = self.store.loader(&self.store.db);
        let (mut page, mut total, mut last) = (Vec::new(), 0, 0);
        loop {
            let part = loader.batch_rows(entry.batch.id, last).await?;
            let Some(row) = part.last() else { return Ok((page, total)) };
            last = row.number;
            for row in part.into_iter().filter(hit) {
                if total >= skip && (page.len() as u64) < take {
                    page.push(row);
                }
                total += 1;
            }
        }
    }

    /// One row of a batch; one of a register of private ties only through something that is on record and shows that row.
    pub async fn batch_row(
        &self,
        entry: &BatchEntry,
        number: u32,
        through: Option<Through>,
        today: Date,
    ) -> Result<Option<Row>, Error> {
        if !entry.shows_rows() {
            let place = Place::Row(entry.batch.id, number);
            let shown = match through {
                Some(Through::Look(look)) => {
                    self.look(look, today).await?.is_some_and(|taken| taken.shows.rows().contains(&place))
                }
                Some(Through::Finding(finding)) => self.has_taken(finding, place).await?,
                None => false,
            };
            if !shown {
                return Ok(None);
            }
        }
        let key = (self.store.authority, entry.batch.id.0, i64::from(number));
        let row = batch_row::Entity::find_by_id(key).one(&self.store.db).await?;
        let rows = self.store.loader(&self.store.db).read_rows(row.as_slice()).await?;
        Ok(rows.into_iter().next().map(|(_, row)| row))
    }

    /// Where an indicator's value comes from, for whoever may read the appraisal: the rows of sources that a computed
    /// value used, or the score sheets on paper that were adopted.
    pub async fn value_source(
        &self,
        id: AppraisalId,
        indicator: &str,
        (skip, take): (usize, usize),
    ) -> Result<Option<ValueSource>, Error> {
        let Some((cycle, appraisal)) = self.appraisal(id).await? else { return Ok(None) };
        let places = places(&appraisal, indicator);
        let loader = self.store.loader(&self.store.db);
        let (mut rows, mut batches) = (Vec::new(), BTreeMap::new());
        for (batch, number) in places.iter().skip(skip).take(take) {
            let key = (self.store.authority, batch.0, i64::from(*number));
            let row = batch_row::Entity::find_by_id(key).one(&self.store.db).await?;
            if !batches.contains_key(batch) {
                let record = loader.record((*batch).into()).await?;
                batches.extend(record.iter().filter_map(|recorded| match &recorded.event {
                    Event::BatchImported(imported) => Some((*batch, imported.clone())),
                    _ => None,
                }));
            }
            let row = loader.read_rows(row.as_slice()).await?.pop();
            if let (Some((_, row)), Some(batch)) = (row, batches.get(batch)) {
                rows.push(SourceRow { batch: batch.clone(), row });
            }
        }
        Ok(Some(ValueSource { cycle, appraisal, rows, total: places.len() as u64 }))
    }
}

/// Batch and row number of everything that an indicator's value rests on.
fn places(appraisal: &Appraisal, indicator: &str) -> Vec<(BatchId, u32)> {
    let computed =
        appraisal.computed.get(indicator).into_iter().flat_map(|(computed, _)| {
            computed.rows.iter().flat_map(|(batch, rows)| rows.iter().map(|row| (*batch, *row)))
        });
    let of_indicator = appraisal.scores.iter().filter(|score| score.given.indicator == indicator);
    let on_paper = of_indicator.filter_map(|score| score.given.paper).map(|paper| (paper.batch, paper.row));
    computed.chain(on_paper).collect()
}
