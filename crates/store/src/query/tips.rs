//! Tips that no open case took up, and the open cases that one may be about.

use super::{Page, Paged, Reader};
use crate::{Error, Store, table::view::*};
use domain::{
    id::{AppraisalId, PersonId, TipId},
    tip::{Given, Tip},
};
use policy::Reading;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

impl Reader<'_> {
    /// A page of tips, those that wait before those that are closed, of each the newest first. Who gave one is not among what
    /// is told, and nobody reads one that names themselves.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] for whoever may not read them.
    pub async fn tips(&self, page: Page) -> Result<Paged<Tip>, Error> {
        self.require(Reading::Tips)?;
        let db = &self.store.db;
        let find = tip::Entity::find().filter(tip::Column::AuthorityId.eq(self.store.authority));
        let total = find.clone().count(db).await?;
        let find = find.order_by_asc(tip::Column::IsClosed).order_by_desc(tip::Column::Seq);
        let (loader, mut rows) = (self.store.loader(db), Vec::new());
        let own = loader.people(self.actor.person()).await?;
        let is_own = |tip: &Tip| own.people.values().any(|person| tip.mentions(person));
        for row in find.offset(page.offset()).limit(page.size).all(db).await? {
            let tip = loader.tip(TipId(row.tip_id)).await?;
            rows.extend(
                tip.filter(|tip| !is_own(tip)).map(|tip| Tip { given: Given { tipster: None, ..tip.given }, ..tip }),
            );
        }
        Ok(Paged { rows, total })
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
