//! What lies beside the names on a slate.

use super::Reader;
use crate::{Error, Store, table::view::*};
use domain::{
    batch::Kind,
    id::{AppraisalId, CycleId, UnitId},
    slate::Slate,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is known of a member beside the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberFacts {
    /// The appraisal in a line: composite, open appeals, why there is no grade.
    pub line: appraisal::Model,
    /// Grades of earlier years, as year and grade's id, the newest first.
    pub past: Vec<(String, String)>,
    /// The grade that was proposed on paper, by its id.
    pub on_paper: Option<String>,
}

impl Reader<'_> {
    /// The facts beside the names on a slate that the reader was shown; none of those to whom the reader is tied.
    pub async fn members(&self, slate: &Slate) -> Result<BTreeMap<AppraisalId, MemberFacts>, Error> {
        let (db, authority) = (&self.store.db, self.store.authority);
        let lines = appraisal::Entity::find()
            .filter(appraisal::Column::AuthorityId.eq(authority))
            .filter(appraisal::Column::CycleId.eq(slate.opened.cycle.0))
            .filter(appraisal::Column::UnitId.eq(slate.opened.unit.0))
            .filter(self.apart(appraisal::Column::PersonId, appraisal::Column::AppraisalId).await?)
            .all(db)
            .await?;
        let people: Vec<Uuid> = slate.members.iter().map(|member| member.person.0).collect();
        let numbers: BTreeMap<String, Uuid> = person::Entity::find()
            .filter(person::Column::AuthorityId.eq(authority))
            .filter(person::Column::PersonId.is_in(people))
            .all(db)
            .await?
            .into_iter()
            .map(|person| (person.number, person.person_id))
            .collect();
        let mut past = self.rows_about(Kind::Results, &numbers).await?;
        let mut on_paper = self.rows_about(Kind::ProposedGrades, &numbers).await?;
        let facts = lines.into_iter().map(|line| {
            let mut past = past.remove(&line.person_id).unwrap_or_default();
            past.sort_by(|one, other| other.cmp(one));
            let on_paper = on_paper.remove(&line.person_id).unwrap_or_default().pop().map(|(_, grade)| grade);
            (AppraisalId(line.appraisal_id), MemberFacts { line, past, on_paper })
        });
        Ok(facts.collect())
    }

    /// Year and grade of each person's rows of a kind.
    async fn rows_about(
        &self,
        kind: Kind,
        numbers: &BTreeMap<String, Uuid>,
    ) -> Result<BTreeMap<Uuid, Vec<(String, String)>>, Error> {
        use crate::table::truth::batch_row::Column;
        let about = Condition::all().add(Column::Person.is_in(numbers.keys().map(String::as_str)));
        let mut rows: BTreeMap<Uuid, Vec<(String, String)>> = BTreeMap::new();
        for observed in self.store.loader(&self.store.db).observed(kind, about).await? {
            let field = |name: &str| observed.row.fields.get(name).cloned().unwrap_or_default();
            if let Some(person) = observed.row.person.as_deref().and_then(|number| numbers.get(number)) {
                rows.entry(*person).or_default().push((field("year"), field("grade")));
            }
        }
        Ok(rows)
    }
}

impl Store {
    /// The slate of a unit in a cycle, for ways on from one page to the other.
    pub async fn slate_of(&self, cycle: CycleId, unit: UnitId) -> Result<Option<Uuid>, Error> {
        let found = slate::Entity::find()
            .filter(slate::Column::AuthorityId.eq(self.authority))
            .filter(slate::Column::CycleId.eq(cycle.0))
            .filter(slate::Column::UnitId.eq(unit.0))
            .one(&self.db)
            .await?;
        Ok(found.map(|row| row.slate_id))
    }
}
