//! Ids spelled out: who somebody is and what a unit is called, when something happened and by whom.

use domain::id::{PersonId, UnitId};
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;
use store::{Store, query::Names};
use utoipa::ToSchema;

/// A person, as others are told of them.
#[derive(Serialize, ToSchema)]
pub struct PersonName {
    /// Their id.
    pub id: PersonId,
    /// The employee number 工号; of somebody from outside, where they work.
    pub number: String,
    /// The name.
    pub name: String,
}

/// A unit or section.
#[derive(Serialize, ToSchema)]
pub struct UnitName {
    /// Its id.
    pub id: UnitId,
    /// The name people use.
    pub name: String,
}

/// When something was done and by whom.
#[derive(Serialize, ToSchema)]
pub struct Stamp {
    /// When.
    pub at: Timestamp,
    /// By whom; null: by the product itself, or with an account that is nobody's on the roster.
    pub by: Option<PersonName>,
}

/// Spells ids out.
pub struct Told {
    names: Arc<Names>,
}

impl Told {
    /// With the names of the day.
    pub async fn of(store: &Store) -> Result<Told, store::Error> {
        Ok(Told { names: store.names().await? })
    }

    /// A person.
    pub fn person(&self, id: PersonId) -> PersonName {
        PersonName { id, number: self.names.number(id).to_owned(), name: self.names.person(id).to_owned() }
    }

    /// A unit.
    pub fn unit(&self, id: UnitId) -> UnitName {
        UnitName { id, name: self.names.unit(id).to_owned() }
    }

    /// When and by whom.
    pub fn stamp(&self, stamp: domain::actor::Stamp) -> Stamp {
        Stamp { at: stamp.at, by: stamp.by.person.map(|person| self.person(person)) }
    }
}

/// A moment as tables keep it.
pub fn moment(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or_default()
}
