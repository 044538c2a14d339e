//! The list of outcomes, as far as the reader may see.

use super::{Page, Reader, Slice};
use crate::{Error, table::view::*};
use domain::actor::Role;
use policy::Reading;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use uuid::Uuid;

impl Reader<'_> {
    /// Outcomes at these stages, the newest first. All for the authority's HR, inspectors and approvers; else one's
    /// own, those one recommended, those of units one is HR of, and those whose appraisal one has a duty for.
    pub async fn outcomes(&self, stages: &[&str], page: Page) -> Result<Slice<outcome::Model>, Error> {
        use outcome::Column;
        let find = outcome::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::Stage.is_in(stages.iter().copied()))
            .filter(self.outcomes_seen());
        let total = find.clone().count(&self.store.db).await?;
        let find = find.order_by_desc(Column::RecommendedAt).order_by_desc(Column::OutcomeId);
        let rows = find.offset(page.offset()).limit(page.size).all(&self.store.db).await?;
        Ok(Slice { rows, total })
    }

    /// What policy permits of single outcomes, as one condition.
    fn outcomes_seen(&self) -> Condition {
        use outcome::Column;
        if self.may_read(Reading::Outcome) {
            return Condition::all();
        }
        let hr = self.actor.grants().iter().filter(|grant| grant.role == Role::HrOfficer);
        let units: Vec<Uuid> = hr.filter_map(|grant| grant.unit).map(|unit| unit.0).collect();
        let person = self.actor.person().map_or(Uuid::nil(), |person| person.0);
        let duties = duty::Entity::find()
            .select_only()
            .column(duty::Column::AppraisalId)
            .filter(duty::Column::AuthorityId.eq(self.store.authority))
            .filter(duty::Column::PersonId.eq(person))
            .into_query();
        Condition::any()
            .add(Column::PersonId.eq(person))
            .add(Column::RecommendedBy.eq(person))
            .add(Column::UnitId.is_in(units))
            .add(Column::AppraisalId.in_subquery(duties))
    }
}
