//! What a list shows to whom, as conditions: the same that `policies/reading.cedar` says of each thing by itself, so that
//! a list never names what its reader could not open, and needs one query.

use super::Reader;
use crate::{Error, table::view::*};
use domain::{actor::Role, id::PersonId, ties::Apart};
use policy::Reading;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::SelectStatement};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Reader<'_> {
    /// The actor as a person; an account of nobody on the roster is like nobody.
    fn person(&self) -> Uuid {
        self.actor.person().map_or(Uuid::nil(), |person| person.0)
    }

    /// Units whose HR officer the actor is.
    fn hr_units(&self) -> Vec<Uuid> {
        let hr = self.actor.grants().iter().filter(|grant| grant.role == Role::HrOfficer);
        hr.filter_map(|grant| grant.unit).map(|unit| unit.0).collect()
    }

    /// The actor's own unit, and those whose HR officer the actor is.
    fn own_units(&self) -> Vec<Uuid> {
        self.hr_units().into_iter().chain(self.actor.unit().map(|unit| unit.0)).collect()
    }

    /// The appraisals on which the actor has a duty.
    fn duties(&self) -> SelectStatement {
        duty::Entity::find()
            .select_only()
            .column(duty::Column::AppraisalId)
            .filter(duty::Column::AuthorityId.eq(self.store.authority))
            .filter(duty::Column::PersonId.eq(self.person()))
            .into_query()
    }

    /// Appraisals on which it was decided whether the actor stays out.
    fn decided(&self, recused: bool) -> SelectStatement {
        recusal::Entity::find()
            .select_only()
            .column(recusal::Column::AppraisalId)
            .filter(recusal::Column::AuthorityId.eq(self.store.authority))
            .filter(recusal::Column::PersonId.eq(self.person()))
            .filter(recusal::Column::Recused.eq(recused))
            .into_query()
    }

    /// What is not about anybody from whom the actor is kept apart. A tie that a competent leader may lift is lifted in the
    /// appraisal of the decision; what is about nobody is kept.
    pub(super) async fn apart(
        &self,
        subject: impl ColumnTrait,
        appraisal: impl ColumnTrait,
    ) -> Result<Condition, Error> {
        let Some(person) = self.actor.person() else { return Ok(Condition::all()) };
        let Apart { always, else_decided } = self.store.apart_from(person).await?;
        let none_of = |people: BTreeSet<PersonId>| {
            let others = subject.is_not_in(people.into_iter().map(|person| person.0));
            Condition::any().add(subject.is_null()).add(others)
        };
        let mut seen = Condition::all();
        if !always.is_empty() {
            seen = seen.add(none_of(always));
        }
        if !else_decided.is_empty() {
            seen = seen.add(none_of(else_decided).add(appraisal.in_subquery(self.decided(false))));
        }
        Ok(seen)
    }

    /// The sight that a tie, or a decision that the actor stays out, takes from them.
    async fn in_sight(&self, subject: impl ColumnTrait, appraisal: impl ColumnTrait) -> Result<Condition, Error> {
        if self.actor.person().is_none() {
            return Ok(Condition::all());
        }
        let here = appraisal.not_in_subquery(self.decided(true));
        let own = subject.eq(self.person());
        Ok(self.apart(subject, appraisal).await?.add(Condition::any().add(own).add(here)))
    }

    pub(super) async fn appraisals_seen(&self) -> Result<Condition, Error> {
        use appraisal::Column;
        let sight = self.in_sight(Column::PersonId, Column::AppraisalId).await?;
        if self.may_read(Reading::Appraisal) {
            return Ok(sight);
        }
        let duty = Condition::any()
            .add(Column::UnitId.is_in(self.hr_units()))
            .add(Column::AppraisalId.in_subquery(self.duties()))
            .add(Column::PersonId.eq(self.person()));
        Ok(sight.add(duty))
    }

    pub(super) fn slates_seen(&self) -> Condition {
        use slate::Column;
        if self.may_read(Reading::Slate) {
            return Condition::all();
        }
        Condition::any().add(Column::UnitId.is_in(self.hr_units())).add(Column::HeadId.eq(self.person()))
    }

    pub(super) fn notices_seen(&self) -> Condition {
        if self.may_read(Reading::Notice) {
            return Condition::all();
        }
        Condition::any().add(notice::Column::UnitId.is_in(self.own_units()))
    }

    pub(super) async fn outcomes_seen(&self) -> Result<Condition, Error> {
        use outcome::Column;
        let sight = self.in_sight(Column::PersonId, Column::AppraisalId).await?;
        if self.may_read(Reading::Outcome) {
            return Ok(sight);
        }
        let duty = Condition::any()
            .add(Column::UnitId.is_in(self.hr_units()))
            .add(Column::AppraisalId.in_subquery(self.duties()))
            .add(Column::PersonId.eq(self.person()))
            .add(Column::RecommendedBy.eq(self.person()));
        Ok(sight.add(duty))
    }

    pub(super) async fn findings_seen(&self) -> Result<Condition, Error> {
        use finding::Column;
        let Some(person) = self.actor.person() else {
            let all = self.may_read(Reading::Finding);
            return Ok(if all { Condition::all() } else { Condition::any().add(Column::FindingId.is_null()) });
        };
        let asked = || Condition::all().add(Column::SubjectId.eq(person.0)).add(Column::ToldToSubject.eq(true));
        if !self.may_read(Reading::Finding) {
            return Ok(asked());
        }
        // An inspector learns of one about themselves as anybody does, and of none about whom they are tied to.
        let Apart { always, else_decided } = self.store.apart_from(person).await?;
        let apart = always.union(&else_decided).chain([&person]).map(|person| person.0);
        Ok(Condition::any().add(asked()).add(Column::SubjectId.is_not_in(apart)))
    }

    /// The roster is for HR and inspectors; everyone knows the colleagues of their own unit.
    pub(super) fn people_seen(&self) -> Condition {
        if self.may_read(Reading::Roster) {
            return Condition::all();
        }
        Condition::any().add(person::Column::UnitId.is_in(self.own_units()))
    }
}
