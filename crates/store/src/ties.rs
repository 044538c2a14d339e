//! The ties of the staff at hand: derived from the roster and the registers on record, held in memory, and derived anew only
//! when one of these has come on record since. What is answered depends on the record alone.

use crate::{
    Error, Store,
    load::Loader,
    table::{truth::entry, view::batch},
};
use domain::{
    batch::Kind,
    event::StreamKind,
    ties::{Ties, TiesOn, sources},
};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The places of the newest entries that tell of people, and of registers.
type Told = [Option<i64>; 2];

/// Ties, and what they were derived from.
type Derived = (Told, Arc<Ties>);

/// Ties as they were derived last.
#[derive(Clone, Default)]
pub(crate) struct KnownTies(Arc<Mutex<Option<Derived>>>);

impl KnownTies {
    fn known(&self) -> MutexGuard<'_, Option<Derived>> {
        // Nothing that holds this lock can panic half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forget them: a transaction in which they may have been derived did not come about.
    pub(crate) fn forget(&self) {
        *self.known() = None;
    }

    fn at(&self, told: Told) -> Option<Arc<Ties>> {
        self.known().as_ref().filter(|(known, _)| *known == told).map(|(_, ties)| ties.clone())
    }
}

impl<C: ConnectionTrait> Loader<'_, C> {
    /// Who is tied to whom, as the record stands.
    pub(crate) async fn ties(&self) -> Result<Arc<Ties>, Error> {
        if let Some(ties) = self.shelf.and_then(|shelf| shelf.ties()) {
            return Ok(ties);
        }
        let told = [self.people_told().await?, self.registers_told().await?];
        let ties = match self.ties.at(told) {
            Some(known) => known,
            None => {
                let derived = Arc::new(self.derive_ties().await?);
                *self.ties.known() = Some((told, derived.clone()));
                derived
            }
        };
        if let Some(shelf) = self.shelf {
            shelf.put_ties(ties.clone());
        }
        Ok(ties)
    }

    async fn people_told(&self) -> Result<Option<i64>, Error> {
        let newest = entry::Entity::find()
            .select_only()
            .column_as(entry::Column::Seq.max(), "seq")
            .filter(entry::Column::AuthorityId.eq(self.authority))
            .filter(entry::Column::StreamKind.eq(StreamKind::Person.as_str()));
        Ok(newest.into_tuple::<Option<i64>>().one(self.db).await?.flatten())
    }

    async fn registers_told(&self) -> Result<Option<i64>, Error> {
        let newest = batch::Entity::find()
            .select_only()
            .column_as(batch::Column::Seq.max(), "seq")
            .filter(batch::Column::AuthorityId.eq(self.authority))
            .filter(batch::Column::Kind.is_in(sources::KINDS.map(Kind::as_str)));
        Ok(newest.into_tuple::<Option<i64>>().one(self.db).await?.flatten())
    }

    async fn derive_ties(&self) -> Result<Ties, Error> {
        let roster = self.roster().await?;
        let mut rows = Vec::new();
        for kind in sources::KINDS {
            rows.extend(self.observed(kind, Condition::all()).await?);
        }
        // People are known by a keyed hash of their ID number, so that nothing in memory is one.
        let key = |number: &str| hex::encode(self.keys.index().of("relative", number.as_bytes()));
        Ok(Ties::derive(roster.people.values(), rows, &key))
    }
}

impl Store {
    /// Who is tied to whom, as it counts on a day.
    pub async fn ties(&self, day: Date) -> Result<TiesOn, Error> {
        let ties = self.loader(&self.db).ties().await?;
        Ok(TiesOn::new(ties, day, self.rules.recusal.business.years))
    }
}
