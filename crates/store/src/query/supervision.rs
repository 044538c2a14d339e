//! The numbers of a whole authority, for those who oversee it: they name nobody.

use super::Reader;
use crate::{
    Error,
    load::fold_cycle,
    table::{
        truth::entry,
        view::{appraisal, cycle, notice, tip},
    },
};
use domain::{
    cycle::Cycle,
    id::{CycleId, UnitId},
};
use policy::Reading;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// When an appraisal first came to an event, in microseconds.
#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Reached {
    at: i64,
}

/// The complaints that one cycle brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Complaints {
    /// Against what was published.
    pub objections: u64,
    /// Against scores and grades.
    pub appeals: u64,
}

impl Reader<'_> {
    /// The composite scores of a cycle, in units of [`domain::points::Points`], by unit, sorted.
    ///
    /// # Errors
    /// [`Error::Denied`] for whoever does not oversee the authority; so with all of these.
    pub async fn composites(&self, cycle: CycleId) -> Result<HashMap<UnitId, Vec<i64>>, Error> {
        use appraisal::Column;
        self.require(Reading::Supervision)?;
        let find = appraisal::Entity::find()
            .select_only()
            .columns([Column::UnitId, Column::Composite])
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Column::CycleId.eq(cycle.0))
            .filter(Column::Composite.is_not_null())
            .order_by_asc(Column::Composite);
        let mut units: HashMap<UnitId, Vec<i64>> = HashMap::new();
        for (unit, composite) in find.into_tuple::<(Uuid, i64)>().all(&self.store.db).await? {
            units.entry(UnitId(unit)).or_default().push(composite);
        }
        Ok(units)
    }

    /// When each appraisal of a cycle first came to one of these events, in microseconds, sorted: one list for each event.
    pub async fn reached<const N: usize>(&self, cycle: CycleId, events: [&str; N]) -> Result<[Vec<i64>; N], Error> {
        self.require(Reading::Supervision)?;
        let mut all = [const { Vec::new() }; N];
        for (event, times) in events.into_iter().zip(&mut all) {
            let of_cycle = appraisal::Entity::find()
                .select_only()
                .column(appraisal::Column::AppraisalId)
                .filter(appraisal::Column::AuthorityId.eq(self.store.authority))
                .filter(appraisal::Column::CycleId.eq(cycle.0));
            let first = entry::Entity::find()
                .select_only()
                .column_as(entry::Column::At.min(), "at")
                .filter(entry::Column::AuthorityId.eq(self.store.authority))
                .filter(entry::Column::StreamId.in_subquery(of_cycle.into_query()))
                .filter(entry::Column::Event.eq(event))
                .group_by(entry::Column::StreamId);
            let found = first.into_model::<Reached>().all(&self.store.db).await?;
            times.extend(found.iter().map(|reached| reached.at));
            times.sort_unstable();
        }
        Ok(all)
    }

    /// Every cycle as its record tells it, oldest first.
    pub async fn all_cycles(&self) -> Result<Vec<Cycle>, Error> {
        self.require(Reading::Supervision)?;
        let loader = self.store.loader(&self.store.db);
        let rows = cycle::Entity::find()
            .filter(cycle::Column::AuthorityId.eq(self.store.authority))
            .order_by_asc(cycle::Column::CycleId)
            .all(&self.store.db)
            .await?;
        let mut cycles = Vec::with_capacity(rows.len());
        for row in rows {
            cycles.extend(fold_cycle(&loader.record(CycleId(row.cycle_id).into()).await?));
        }
        Ok(cycles)
    }

    /// Objections and appeals of each cycle.
    pub async fn complaints(&self) -> Result<BTreeMap<CycleId, Complaints>, Error> {
        self.require(Reading::Supervision)?;
        let mut all: BTreeMap<CycleId, Complaints> = BTreeMap::new();
        let objections = notice::Entity::find()
            .select_only()
            .columns([notice::Column::CycleId, notice::Column::Objections])
            .filter(notice::Column::AuthorityId.eq(self.store.authority))
            .filter(notice::Column::Objections.gt(0));
        for (cycle, count) in objections.into_tuple::<(Uuid, i64)>().all(&self.store.db).await? {
            all.entry(CycleId(cycle)).or_default().objections += count as u64;
        }
        let appeals = appraisal::Entity::find()
            .select_only()
            .columns([appraisal::Column::CycleId, appraisal::Column::Appeals])
            .filter(appraisal::Column::AuthorityId.eq(self.store.authority))
            .filter(appraisal::Column::Appeals.gt(0));
        for (cycle, count) in appeals.into_tuple::<(Uuid, i64)>().all(&self.store.db).await? {
            all.entry(CycleId(cycle)).or_default().appeals += count as u64;
        }
        Ok(all)
    }

    /// When each tip was given, in microseconds.
    pub async fn tips_given(&self) -> Result<Vec<i64>, Error> {
        self.require(Reading::Supervision)?;
        let places = tip::Entity::find()
            .select_only()
            .column(tip::Column::Seq)
            .filter(tip::Column::AuthorityId.eq(self.store.authority));
        let find = entry::Entity::find()
            .select_only()
            .column(entry::Column::At)
            .filter(entry::Column::AuthorityId.eq(self.store.authority))
            .filter(entry::Column::Seq.in_subquery(places.into_query()));
        Ok(find.into_tuple().all(&self.store.db).await?)
    }
}
