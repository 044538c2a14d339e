//! The indicator library, and trying a formula out on what is on file.

use super::Reader;
use crate::{Error, table::view::*};
use domain::{
    cycle::Cycle,
    formula::{Formula, Observation},
    id::{CycleId, IndicatorId, PersonId},
};
use policy::Reading;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// An indicator in a list.
pub type IndicatorLine = indicator::Model;

/// A formula tried out on one person's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Whose data.
    pub person: PersonId,
    /// The cycle whose period was looked at.
    pub cycle: CycleId,
    /// The working in one line.
    pub arithmetic: String,
    /// The points, scaled by 10 000.
    pub points: i64,
    /// How many rows went in.
    pub rows: usize,
}

/// How many people are tried before it is said that no data fits.
const MOST_TRIED: u64 = 30;

impl Reader<'_> {
    /// The library in the order of post types and codes; none for those who may not see it.
    pub async fn library(&self) -> Result<Option<Vec<IndicatorLine>>, Error> {
        if !self.may_read(Reading::Cycle) {
            return Ok(None);
        }
        use indicator::Column;
        let find = indicator::Entity::find().filter(Column::AuthorityId.eq(self.store.authority));
        Ok(Some(find.order_by_asc(Column::PostType).order_by_asc(Column::Code).all(&self.store.db).await?))
    }

    /// One indicator of the library.
    pub async fn indicator(&self, id: IndicatorId) -> Result<Option<IndicatorLine>, Error> {
        Ok(self.library().await?.and_then(|lines| lines.into_iter().find(|line| line.indicator_id == id.0)))
    }

    /// Work a formula out for the first person of a post type whose data of the newest cycle's period suffice; none
    /// where there are none, and for those who may not read source data.
    pub async fn trial(&self, formula: &Formula, post_type: &str) -> Result<Option<Trial>, Error> {
        if !self.may_read(Reading::Batches) {
            return Ok(None);
        }
        let loader = self.store.loader(&self.store.db);
        let Some(newest) = self.store.cycles().await?.into_iter().next() else { return Ok(None) };
        let Some(cycle) = loader.cycle(CycleId(newest.cycle_id)).await? else { return Ok(None) };
        let people = person::Entity::find()
            .filter(person::Column::AuthorityId.eq(self.store.authority))
            .filter(person::Column::PostType.eq(post_type))
            .order_by_asc(person::Column::Number)
            .limit(MOST_TRIED);
        for person in people.all(&self.store.db).await? {
            if let Some(trial) = self.tried(formula, &cycle, &person).await? {
                return Ok(Some(trial));
            }
        }
        Ok(None)
    }

    async fn tried(&self, formula: &Formula, cycle: &Cycle, person: &person::Model) -> Result<Option<Trial>, Error> {
        let observed = self.store.loader(&self.store.db).observations(cycle, &person.number).await?;
        let rows: Vec<Observation<'_>> = observed
            .iter()
            .enumerate()
            .map(|(id, observed)| Observation {
                source: observed.kind.as_str(),
                key: &observed.row.key,
                date: observed.row.date,
                fields: &observed.row.fields,
                id,
            })
            .collect();
        Ok(formula.evaluate(&rows).ok().map(|outcome| Trial {
            person: PersonId(person.person_id),
            cycle: cycle.opened.id,
            arithmetic: outcome.arithmetic,
            points: outcome.points,
            rows: outcome.used.len(),
        }))
    }
}
