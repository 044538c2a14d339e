//! The home page: what there is to do, and where things stand.

use super::Reader;
use crate::{Error, Store, table::view::*};
use domain::{
    actor::{Actor, Role},
    id::*,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// A to-do in a list.
pub type TodoLine = todo::Model;

/// To-dos that fall to this actor, as a condition.
pub(super) fn mine(actor: &Actor) -> Condition {
    use todo::Column;
    let mut any = Condition::any();
    if let Some(person) = actor.person() {
        any = any.add(Column::PersonId.eq(person.0));
    }
    for grant in actor.grants() {
        let role = |assignee: &str| Condition::all().add(Column::Assignee.eq(assignee));
        any = match (grant.role, grant.unit) {
            // A unit's HR takes what is its unit's; the authority's HR what is nobody else's.
            (Role::HrOfficer, Some(unit)) => any.add(role("hr").add(Column::HrUnitId.eq(unit.0))),
            (Role::HrOfficer, None) => any.add(role("hr").add(Column::HrUnitId.is_null())),
            (Role::Inspector, _) => any.add(role("inspector")),
            (Role::Approver, _) => any.add(role("approver")),
            _ => any,
        };
    }
    if any.is_empty() { any.add(Column::TodoKey.eq("")) } else { any }
}

impl Reader<'_> {
    /// What falls to the actor, the most urgent first.
    pub async fn todos(&self, most: u64) -> Result<Vec<TodoLine>, Error> {
        let find = todo::Entity::find().filter(todo::Column::AuthorityId.eq(self.store.authority));
        let rows =
            find.filter(mine(self.actor)).order_by_asc(todo::Column::Due).limit(most).all(&self.store.db).await?;
        Ok(rows)
    }

    /// The actor's own appraisals, newest cycle first.
    pub async fn own_appraisals(&self) -> Result<Vec<appraisal::Model>, Error> {
        let Some(person) = self.actor.person() else { return Ok(Vec::new()) };
        let find = appraisal::Entity::find().filter(appraisal::Column::AuthorityId.eq(self.store.authority));
        let own = find.filter(appraisal::Column::PersonId.eq(person.0));
        Ok(own.order_by_desc(appraisal::Column::AppraisalId).all(&self.store.db).await?)
    }

    /// The participants of a cycle that the actor may see: all for the authority's HR and inspectors, a
    /// unit's for its HR and its head, those one has a duty for, and oneself.
    pub async fn participants(&self, cycle: CycleId) -> Result<Vec<appraisal::Model>, Error> {
        use appraisal::Column;
        let find = appraisal::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::CycleId.eq(cycle.0))
            .filter(self.appraisals_seen());
        Ok(find.order_by_asc(Column::UnitId).order_by_asc(Column::AppraisalId).all(&self.store.db).await?)
    }

    /// Slates of a cycle that the actor may see.
    pub async fn slates(&self, cycle: CycleId) -> Result<Vec<slate::Model>, Error> {
        use slate::Column;
        let find = slate::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::CycleId.eq(cycle.0));
        Ok(find.filter(self.slates_seen()).all(&self.store.db).await?)
    }

    /// Notices the actor may see: those of the own unit, or all.
    pub async fn notices(&self) -> Result<Vec<notice::Model>, Error> {
        use notice::Column;
        let find = notice::Entity::find().filter(Column::AuthorityId.eq(self.store.authority));
        Ok(find.filter(self.notices_seen()).order_by_desc(Column::PostedAt).all(&self.store.db).await?)
    }

    /// Outcomes the actor may see.
    pub async fn outcomes(&self) -> Result<Vec<outcome::Model>, Error> {
        use outcome::Column;
        let find = outcome::Entity::find().filter(Column::AuthorityId.eq(self.store.authority));
        Ok(find.filter(self.outcomes_seen()).order_by_desc(Column::RecommendedAt).all(&self.store.db).await?)
    }
}

impl Store {
    /// Cycles, newest first.
    pub async fn cycles(&self) -> Result<Vec<cycle::Model>, Error> {
        let find = cycle::Entity::find().filter(cycle::Column::AuthorityId.eq(self.authority));
        Ok(find.order_by_desc(cycle::Column::OpenedAt).all(&self.db).await?)
    }

    /// The indicator library.
    pub async fn indicators(&self) -> Result<Vec<indicator::Model>, Error> {
        let find = indicator::Entity::find().filter(indicator::Column::AuthorityId.eq(self.authority));
        Ok(find.order_by_asc(indicator::Column::Code).all(&self.db).await?)
    }

    /// To-dos that were due before a day and that nobody was told about: for the timer.
    pub async fn overdue(&self, today: &str, most: u64) -> Result<Vec<TodoLine>, Error> {
        let find = todo::Entity::find().filter(todo::Column::AuthorityId.eq(self.authority));
        let late = find.filter(todo::Column::Escalated.eq(false)).filter(todo::Column::Due.lt(today));
        Ok(late.limit(most).all(&self.db).await?)
    }

    /// The appraisals of a cycle, for work on all of them.
    pub async fn appraisals_of(&self, cycle: CycleId) -> Result<Vec<AppraisalId>, Error> {
        let ids = self.loader(&self.db).ids_of(domain::event::StreamKind::Appraisal, cycle).await?;
        Ok(ids.into_iter().map(AppraisalId).collect())
    }
}
