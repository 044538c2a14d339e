//! The list of notices, as far as the reader may see.

use super::{Page, Reader, Slice};
use crate::{Error, table::view::notice};
use domain::actor::Role;
use policy::Reading;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

impl Reader<'_> {
    /// Notices that run, or those that are closed; the newest first. All for the authority's HR and inspectors, else
    /// those of the own unit and of units one is HR of.
    pub async fn notices(&self, running: bool, page: Page) -> Result<Slice<notice::Model>, Error> {
        use notice::Column;
        let find = notice::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(if running { Column::ClosedAt.is_null() } else { Column::ClosedAt.is_not_null() })
            .filter(self.notices_seen());
        let total = find.clone().count(&self.store.db).await?;
        let find = find.order_by_desc(Column::PostedAt).order_by_desc(Column::NoticeId);
        let rows = find.offset(page.offset()).limit(page.size).all(&self.store.db).await?;
        Ok(Slice { rows, total })
    }

    fn notices_seen(&self) -> Condition {
        if self.may_read(Reading::Notice) {
            return Condition::all();
        }
        let hr = self.actor.grants().iter().filter(|grant| grant.role == Role::HrOfficer);
        let units: Vec<Uuid> = hr.filter_map(|grant| grant.unit).chain(self.actor.unit()).map(|unit| unit.0).collect();
        Condition::all().add(notice::Column::UnitId.is_in(units))
    }
}
