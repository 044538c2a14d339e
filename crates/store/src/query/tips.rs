//! Tips that wait for the inspector, and the open cases that one may be about.

use super::{Page, Paged, Reader};
use crate::{
    Error, Store,
    table::{truth::entry, view::*},
};
use domain::{
    event::Event,
    id::{AppraisalId, PersonId},
    tip::Given,
};
use jiff::Timestamp;
use policy::Reading;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

/// A tip, and when it was given.
pub type TipLine = (Given, Timestamp);

impl Reader<'_> {
    /// A page of tips, the newest first. Who gave one is not among what is told.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] for whoever may not read them.
    pub async fn tips(&self, page: Page) -> Result<Paged<TipLine>, Error> {
        self.require(Reading::Tips)?;
        let (db, authority) = (&self.store.db, self.store.authority);
        let find = tip::Entity::find().filter(tip::Column::AuthorityId.eq(authority));
        let total = find.clone().count(db).await?;
        let find = find.order_by_desc(tip::Column::Seq).offset(page.offset()).limit(page.size);
        let places: Vec<i64> = find.all(db).await?.into_iter().map(|row| row.seq).collect();
        let entries = entry::Entity::find()
            .filter(entry::Column::AuthorityId.eq(authority))
            .filter(entry::Column::Seq.is_in(places))
            .order_by_desc(entry::Column::Seq)
            .all(db)
            .await?;
        let read = self.store.loader(db).read(&entries).await?;
        let line = |recorded: crate::Recorded| match recorded.event {
            Event::TipGiven(given) => Some((Given { tipster: None, ..given }, recorded.stamp.at)),
            _ => None,
        };
        Ok(Paged { rows: read.into_iter().filter_map(line).collect(), total })
    }
}

impl Store {
    /// Somebody's appraisals in cycles that are not closed.
    pub async fn appraisals_under_way(&self, person: PersonId) -> Result<Vec<AppraisalId>, Error> {
        let open = cycle::Entity::find()
            .select_only()
            .column(cycle::Column::CycleId)
            .filter(cycle::Column::AuthorityId.eq(self.authority))
            .filter(cycle::Column::ClosedAt.is_null())
            .into_query();
        let find = appraisal::Entity::find()
            .filter(appraisal::Column::AuthorityId.eq(self.authority))
            .filter(appraisal::Column::PersonId.eq(person.0))
            .filter(appraisal::Column::CycleId.in_subquery(open))
            .order_by_asc(appraisal::Column::AppraisalId);
        Ok(find.all(&self.db).await?.into_iter().map(|row| AppraisalId(row.appraisal_id)).collect())
    }
}
