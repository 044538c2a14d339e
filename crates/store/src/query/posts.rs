//! 任职回避: relatives whose posts the law keeps apart, for HR and the inspector.

use super::Reader;
use crate::{Error, Store};
use domain::{
    id::{PersonId, UnitId},
    ties::posts::{Chart, Place, PostTie, Seat},
};
use policy::Reading;

/// Who sits where, and the relatives whose posts the law keeps apart.
#[derive(Clone, Debug)]
pub struct Posts {
    /// The posts.
    pub chart: Chart,
    /// The pairs, in the order of their ids.
    pub ties: Vec<PostTie>,
}

impl Reader<'_> {
    /// Relatives whose posts the law keeps apart.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] for whoever may not read it.
    pub async fn posts(&self) -> Result<Posts, Error> {
        self.require(Reading::Posts)?;
        self.store.posts().await
    }
}

impl Store {
    /// The same for what the product itself makes of it. [`PostTie::key`] stays the same from one time to the next.
    pub async fn posts(&self) -> Result<Posts, Error> {
        let (people, units) = (self.roster().await?, self.units().await?);
        let seats = people.into_iter().map(|row| {
            let (unit, section, leader) =
                (UnitId(row.unit_id), row.section_id.map(UnitId), row.leader_id.map(PersonId));
            (PersonId(row.person_id), Seat { unit, section, post: row.post, leader })
        });
        let places = units.into_iter().map(|row| {
            let names = [Some(row.name), row.short_name].into_iter().flatten().collect();
            let (parent, head) = (row.parent_id.map(UnitId), row.head_id.map(PersonId));
            (UnitId(row.unit_id), Place { names, parent, head })
        });
        let chart = Chart { seats: seats.collect(), places: places.collect() };
        let ties = self.ties_today().await?;
        Ok(Posts { ties: chart.tied(ties.ties(), &self.rules.recusal.posts), chart })
    }
}
