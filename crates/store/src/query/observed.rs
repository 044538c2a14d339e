//! Whom source data speaks of: for the work of computing scores again.

use crate::{
    Error, Store,
    table::{truth::batch_row, view::*},
};
use domain::{
    batch::Kind,
    id::{AppraisalId, CycleId},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeSet;
use uuid::Uuid;

impl Store {
    /// The place in the record of the newest batch that formulas read; -1 while there is none.
    pub async fn newest_observations(&self) -> Result<i64, Error> {
        let newest = self.observing_batches(-1).order_by_desc(batch::Column::Seq).one(&self.db).await?;
        Ok(newest.map_or(-1, |batch| batch.seq))
    }

    fn observing_batches(&self, since: i64) -> sea_orm::Select<batch::Entity> {
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.is_observation()).map(Kind::as_str);
        batch::Entity::find()
            .filter(batch::Column::AuthorityId.eq(self.authority))
            .filter(batch::Column::Kind.is_in(kinds))
            .filter(batch::Column::Seq.gt(since))
    }

    /// The appraisals of a cycle whose people are spoken of by observations that came in after an entry of the record,
    /// or all of them.
    pub async fn observed_since(&self, cycle: CycleId, since: Option<i64>) -> Result<Vec<AppraisalId>, Error> {
        let numbers = match since {
            Some(since) => Some(self.numbers_since(since).await?),
            None => None,
        };
        let people =
            person::Entity::find().filter(person::Column::AuthorityId.eq(self.authority)).all(&self.db).await?;
        let spoken_of = |number: &String| numbers.as_ref().is_none_or(|numbers| numbers.contains(number));
        let people: BTreeSet<Uuid> =
            people.into_iter().filter(|person| spoken_of(&person.number)).map(|person| person.person_id).collect();
        let sheets = appraisal::Entity::find()
            .filter(appraisal::Column::AuthorityId.eq(self.authority))
            .filter(appraisal::Column::CycleId.eq(cycle.0))
            .all(&self.db)
            .await?;
        let theirs = sheets.into_iter().filter(|sheet| people.contains(&sheet.person_id));
        Ok(theirs.map(|sheet| AppraisalId(sheet.appraisal_id)).collect())
    }

    /// Employee numbers that observations after an entry of the record name.
    async fn numbers_since(&self, since: i64) -> Result<BTreeSet<String>, Error> {
        let mut numbers = BTreeSet::new();
        for batch in self.observing_batches(since).all(&self.db).await? {
            let of = batch_row::Entity::find()
                .filter(batch_row::Column::AuthorityId.eq(self.authority))
                .filter(batch_row::Column::BatchId.eq(batch.batch_id));
            if batch.kind == Kind::Projects.as_str() {
                // A project speaks of whoever leads it or works on it.
                for fields in
                    of.select_only().column(batch_row::Column::Fields).into_tuple::<String>().all(&self.db).await?
                {
                    let fields: std::collections::BTreeMap<String, String> = serde_json::from_str(&fields)?;
                    numbers.extend(fields.get("lead").cloned());
                    numbers.extend(fields.get("members").into_iter().flat_map(|all| all.split(';')).map(str::to_owned));
                }
            } else {
                let people = of.select_only().column(batch_row::Column::Person).distinct();
                numbers.extend(people.into_tuple::<Option<String>>().all(&self.db).await?.into_iter().flatten());
            }
        }
        Ok(numbers)
    }
}
