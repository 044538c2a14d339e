//! Lists in slices, for programs: ordered by id, which is the order in which things came to be, so that nothing is told
//! twice or left out while the list grows.

use super::{Reader, TodoLine};
use crate::{Error, Store, table::view::*};
use domain::{
    actor::Grant,
    id::{CycleId, UnitId},
};
use jiff::civil::Date;
use policy::Reading;
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A slice of a list that is ordered by id.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// The last id of the slice before; none: from the beginning.
    pub after: Option<Uuid>,
    /// How many at most.
    pub most: u64,
}

impl Slice {
    async fn of<E: EntityTrait>(
        &self,
        find: Select<E>,
        id: E::Column,
        db: &DatabaseConnection,
    ) -> Result<Vec<E::Model>, Error> {
        let find = match self.after {
            Some(after) => find.filter(id.gt(after)),
            None => find,
        };
        Ok(find.order_by_asc(id).limit(self.most).all(db).await?)
    }
}

/// The place of a to-do among others, the most urgent first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TodoPlace {
    /// Until when; [`TodoPlace::NEVER`] if it has no deadline.
    pub due: String,
    /// The aggregate it is about.
    pub stream: Uuid,
    /// Which step of it.
    pub key: String,
}

impl TodoPlace {
    /// A day after all others: what has no deadline comes last.
    pub const NEVER: &str = "9999-12-31";
}

impl From<&TodoLine> for TodoPlace {
    fn from(line: &TodoLine) -> Self {
        let due = line.due.clone().unwrap_or_else(|| TodoPlace::NEVER.to_owned());
        TodoPlace { due, stream: line.stream_id, key: line.todo_key.clone() }
    }
}

impl Reader<'_> {
    /// What falls to the actor and can be done today, the most urgent first.
    pub async fn todos_after(&self, today: Date, after: Option<&TodoPlace>, most: u64) -> Result<Vec<TodoLine>, Error> {
        use todo::Column;
        let due = || Expr::from(Func::coalesce([Column::Due.into_expr(), Expr::val(TodoPlace::NEVER)]));
        let mut find = self.mine(today).await?;
        if let Some(after) = after {
            let place = Expr::tuple([due(), Column::StreamId.into_expr(), Column::TodoKey.into_expr()]);
            let past = [Expr::val(after.due.as_str()), Expr::val(after.stream), Expr::val(after.key.as_str())];
            find = find.filter(place.gt(Expr::tuple(past)));
        }
        let find = find.order_by_asc(due()).order_by_asc(Column::StreamId).order_by_asc(Column::TodoKey);
        Ok(find.limit(most).all(&self.store.db).await?)
    }

    /// The participants of a cycle that the actor may see.
    pub async fn participants_in(&self, cycle: CycleId, slice: Slice) -> Result<Vec<appraisal::Model>, Error> {
        use appraisal::Column;
        let find = appraisal::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::CycleId.eq(cycle.0))
            .filter(self.appraisals_seen().await?);
        slice.of(find, Column::AppraisalId, &self.store.db).await
    }

    /// Slates of a cycle that the actor may see.
    pub async fn slates_in(&self, cycle: CycleId, slice: Slice) -> Result<Vec<slate::Model>, Error> {
        use slate::Column;
        let find = slate::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::CycleId.eq(cycle.0))
            .filter(self.slates_seen());
        slice.of(find, Column::SlateId, &self.store.db).await
    }

    /// Findings the actor may see.
    pub async fn findings_in(&self, slice: Slice) -> Result<Vec<finding::Model>, Error> {
        let find = finding::Entity::find()
            .filter(finding::Column::AuthorityId.eq(self.store.authority))
            .filter(self.findings_seen().await?);
        slice.of(find, finding::Column::FindingId, &self.store.db).await
    }

    /// Notices the actor may see.
    pub async fn notices_in(&self, slice: Slice) -> Result<Vec<notice::Model>, Error> {
        let find = notice::Entity::find()
            .filter(notice::Column::AuthorityId.eq(self.store.authority))
            .filter(self.notices_seen());
        slice.of(find, notice::Column::NoticeId, &self.store.db).await
    }

    /// Outcomes the actor may see.
    pub async fn outcomes_in(&self, slice: Slice) -> Result<Vec<outcome::Model>, Error> {
        let find = outcome::Entity::find()
            .filter(outcome::Column::AuthorityId.eq(self.store.authority))
            .filter(self.outcomes_seen().await?);
        slice.of(find, outcome::Column::OutcomeId, &self.store.db).await
    }

    /// Batches on record.
    pub async fn batches_in(&self, slice: Slice) -> Result<Vec<batch::Model>, Error> {
        self.require(Reading::Batches)?;
        let find = batch::Entity::find().filter(batch::Column::AuthorityId.eq(self.store.authority));
        slice.of(find, batch::Column::BatchId, &self.store.db).await
    }

    /// The indicator library.
    pub async fn indicators_in(&self, slice: Slice) -> Result<Vec<indicator::Model>, Error> {
        self.require(Reading::Roster)?;
        let find = indicator::Entity::find().filter(indicator::Column::AuthorityId.eq(self.store.authority));
        slice.of(find, indicator::Column::IndicatorId, &self.store.db).await
    }

    /// Accounts and what they were granted.
    pub async fn accounts_in(&self, slice: Slice) -> Result<Vec<(account::Model, Vec<Grant>)>, Error> {
        self.require(Reading::Accounts)?;
        let authority = self.store.authority;
        let find = account::Entity::find().filter(account::Column::AuthorityId.eq(authority));
        let rows = slice.of(find, account::Column::AccountId, &self.store.db).await?;
        let held = role_grant::Entity::find()
            .filter(role_grant::Column::AuthorityId.eq(authority))
            .filter(role_grant::Column::AccountId.is_in(rows.iter().map(|row| row.account_id)));
        let mut grants: BTreeMap<Uuid, Vec<Grant>> = BTreeMap::new();
        for row in held.all(&self.store.db).await? {
            let role = row.role.parse().map_err(Error::Broken)?;
            let unit = row.scope.parse().ok().map(UnitId);
            grants.entry(row.account_id).or_default().push(Grant { role, unit });
        }
        let granted = |row: account::Model| {
            let grants = grants.remove(&row.account_id).unwrap_or_default();
            (row, grants)
        };
        Ok(rows.into_iter().map(granted).collect())
    }

    /// People the actor may know: everyone, or those of the own unit.
    pub async fn people_in(&self, slice: Slice) -> Result<Vec<person::Model>, Error> {
        let find = person::Entity::find()
            .filter(person::Column::AuthorityId.eq(self.store.authority))
            .filter(self.people_seen());
        slice.of(find, person::Column::PersonId, &self.store.db).await
    }
}

impl Store {
    /// Cycles.
    pub async fn cycles_in(&self, slice: Slice) -> Result<Vec<cycle::Model>, Error> {
        let find = cycle::Entity::find().filter(cycle::Column::AuthorityId.eq(self.authority));
        slice.of(find, cycle::Column::CycleId, &self.db).await
    }

    /// One cycle.
    pub async fn cycle_line(&self, id: CycleId) -> Result<Option<cycle::Model>, Error> {
        Ok(cycle::Entity::find_by_id((self.authority, id.0)).one(&self.db).await?)
    }

    /// Units and sections.
    pub async fn units_in(&self, slice: Slice) -> Result<Vec<unit::Model>, Error> {
        let find = unit::Entity::find().filter(unit::Column::AuthorityId.eq(self.authority));
        slice.of(find, unit::Column::UnitId, &self.db).await
    }
}
