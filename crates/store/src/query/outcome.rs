//! The list of outcomes, as far as the reader may see.

use super::{Page, Paged, Reader};
use crate::{Error, table::view::outcome};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

impl Reader<'_> {
    /// Outcomes at these stages, the newest first. All for the authority's HR, inspectors and approvers; else one's
    /// own, those one recommended, those of units one is HR of, and those whose appraisal one has a duty for.
    pub async fn outcomes(&self, stages: &[&str], page: Page) -> Result<Paged<outcome::Model>, Error> {
        use outcome::Column;
        let find = outcome::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::Stage.is_in(stages.iter().copied()))
            .filter(self.outcomes_seen().await?);
        let total = find.clone().count(&self.store.db).await?;
        let find = find.order_by_desc(Column::RecommendedAt).order_by_desc(Column::OutcomeId);
        let rows = find.offset(page.offset()).limit(page.size).all(&self.store.db).await?;
        Ok(Paged { rows, total })
    }
}
