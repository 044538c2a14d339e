//! What a list shows to whom, as conditions: the same that `policies/reading.cedar` says of each thing by itself, so that
//! a list never names what its reader could not open, and needs one query.

use super::Reader;
use crate::table::view::*;
use domain::actor::Role;
use policy::Reading;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::SelectStatement};
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

    pub(super) fn appraisals_seen(&self) -> Condition {
        use appraisal::Column;
        if self.may_read(Reading::Appraisal) {
            return Condition::all();
        }
        Condition::any()
            .add(Column::UnitId.is_in(self.hr_units()))
            .add(Column::AppraisalId.in_subquery(self.duties()))
            .add(Column::PersonId.eq(self.person()))
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

    pub(super) fn outcomes_seen(&self) -> Condition {
        use outcome::Column;
        if self.may_read(Reading::Outcome) {
            return Condition::all();
        }
        Condition::any()
            .add(Column::UnitId.is_in(self.hr_units()))
            .add(Column::AppraisalId.in_subquery(self.duties()))
            .add(Column::PersonId.eq(self.person()))
            .add(Column::RecommendedBy.eq(self.person()))
    }

    pub(super) fn findings_seen(&self) -> Condition {
        use finding::Column;
        if self.may_read(Reading::Finding) {
            // An inspector learns of one about themselves as anybody does.
            let asked = Column::ToldToSubject.eq(true);
            return Condition::any().add(Column::SubjectId.ne(self.person())).add(asked);
        }
        Condition::all().add(Column::SubjectId.eq(self.person())).add(Column::ToldToSubject.eq(true))
    }

    /// The roster is for HR and inspectors; everyone knows the colleagues of their own unit.
    pub(super) fn people_seen(&self) -> Condition {
        if self.may_read(Reading::Roster) {
            return Condition::all();
        }
        Condition::any().add(person::Column::UnitId.is_in(self.own_units()))
    }
}
