//! The list of notices, as far as the reader may see.

use super::{Page, Paged, Reader};
use crate::{Error, table::view::notice};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

impl Reader<'_> {
    /// Notices that run, or those that are closed; the newest first. All for the authority's HR and inspectors, else
    /// those of the own unit and of units one is HR of.
    pub async fn notices(&self, running: bool, page: Page) -> Result<Paged<notice::Model>, Error> {
        use notice::Column;
        let find = notice::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(if running { Column::ClosedAt.is_null() } else { Column::ClosedAt.is_not_null() })
            .filter(self.notices_seen());
        let total = find.clone().count(&self.store.db).await?;
        let find = find.order_by_desc(Column::PostedAt).order_by_desc(Column::NoticeId);
        let rows = find.offset(page.offset()).limit(page.size).all(&self.store.db).await?;
        Ok(Paged { rows, total })
    }
}
