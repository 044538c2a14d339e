//! Short lists: own appraisals, slates, cycles; and what the timer looks at.

use super::{Reader, TodoLine};
use crate::{Error, Store, table::view::*};
use domain::{id::*, survey::Survey, todo::Task};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

impl Reader<'_> {
    /// The actor's own appraisals, newest cycle first.
    pub async fn own_appraisals(&self) -> Result<Vec<appraisal::Model>, Error> {
        let Some(person) = self.actor.person() else { return Ok(Vec::new()) };
        let find = appraisal::Entity::find().filter(appraisal::Column::AuthorityId.eq(self.store.authority));
        let own = find.filter(appraisal::Column::PersonId.eq(person.0));
        Ok(own.order_by_desc(appraisal::Column::AppraisalId).all(&self.store.db).await?)
    }

    /// Slates of a cycle that the actor may see.
    pub async fn slates(&self, cycle: CycleId) -> Result<Vec<slate::Model>, Error> {
        use slate::Column;
        let find = slate::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::CycleId.eq(cycle.0));
        Ok(find.filter(self.slates_seen()).all(&self.store.db).await?)
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
        // Nobody has to answer a survey, so nobody is late with it.
        let owed = find.filter(todo::Column::Task.ne(Task::AnswerSurvey.as_str()));
        let late = owed.filter(todo::Column::Escalated.eq(false)).filter(todo::Column::Due.lt(today));
        Ok(late.limit(most).all(&self.db).await?)
    }

    /// Who has which duty in whose case, in cycles that are not closed: for looking through them when ties are found.
    pub async fn open_duties(&self) -> Result<Vec<duty::Model>, Error> {
        let open = cycle::Entity::find()
            .select_only()
            .column(cycle::Column::CycleId)
            .filter(cycle::Column::AuthorityId.eq(self.authority))
            .filter(cycle::Column::ClosedAt.is_null())
            .into_tuple::<uuid::Uuid>()
            .all(&self.db)
            .await?;
        let find = duty::Entity::find().filter(duty::Column::AuthorityId.eq(self.authority));
        Ok(find.filter(duty::Column::CycleId.is_in(open)).filter(duty::Column::Duty.ne("lead")).all(&self.db).await?)
    }

    /// The survey of a cycle and what came of it, for everyone; none before it is closed.
    pub async fn survey(&self, cycle: CycleId) -> Result<Option<Survey>, Error> {
        Ok(self.loader(&self.db).cycle(cycle).await?.and_then(|cycle| cycle.survey.clone()))
    }

    /// The cycles whose survey ended before a day and is not counted: for the timer.
    pub async fn surveys_over(&self, today: &str) -> Result<Vec<CycleId>, Error> {
        let find = cycle::Entity::find()
            .select_only()
            .column(cycle::Column::CycleId)
            .filter(cycle::Column::AuthorityId.eq(self.authority))
            .filter(cycle::Column::SurveyDue.lt(today));
        Ok(find.into_tuple::<uuid::Uuid>().all(&self.db).await?.into_iter().map(CycleId).collect())
    }

    /// The appraisals of a cycle, for work on all of them.
    pub async fn appraisals_of(&self, cycle: CycleId) -> Result<Vec<AppraisalId>, Error> {
        let ids = self.loader(&self.db).ids_of(domain::event::StreamKind::Appraisal, cycle).await?;
        Ok(ids.into_iter().map(AppraisalId).collect())
    }
}
