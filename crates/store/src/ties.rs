//! The ties of the staff at hand: derived from the roster and the registers on record, held in memory, and derived anew only
//! when one of these has come on record since. What is answered depends on the record alone.

use crate::{
    Error, Store,
    load::Loader,
    table::{truth::entry, view::batch},
};
use domain::{
    batch::Kind,
    context::day,
    event::StreamKind,
    id::PersonId,
    ties::{Apart, Ties, TiesOn, sources},
};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The places of the newest entries that tell of people, of third parties, and of registers.
type Told = [Option<i64>; 3];

/// Ties, and what they were derived from.
type Derived = (Told, Arc<Ties>);

/// From whom everybody is kept apart on a day, and by which ties.
type ApartOn = (Arc<Ties>, Date, Arc<HashMap<PersonId, Apart>>);

/// Ties as they were derived last, and what followed from them for whoever read last.
#[derive(Clone, Default)]
pub(crate) struct KnownTies(Arc<Mutex<Option<Derived>>>, Arc<Mutex<Option<ApartOn>>>);

impl KnownTies {
    fn known(&self) -> MutexGuard<'_, Option<Derived>> {
        // Nothing that holds this lock can panic half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forget them: a transaction in which they may have been derived did not come about.
    pub(crate) fn forget(&self) {
        *self.known() = None;
    }

    /// From whom everybody is kept apart.
    fn apart(&self, ties: &Arc<Ties>, on: &TiesOn, day: Date) -> Arc<HashMap<PersonId, Apart>> {
        let mut known = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some((of, at, apart)) if Arc::ptr_eq(of, ties) && *at == day => apart.clone(),
            _ => {
                let apart = Arc::new(on.apart());
                *known = Some((ties.clone(), day, apart.clone()));
                apart
            }
        }
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
        let told = [self.people_told().await?, self.third_parties_told().await?, self.registers_told().await?];
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
        let (roster, third_parties) = (self.roster().await?, self.third_parties().await?);
        let mut rows = Vec::new();
        for kind in sources::KINDS {
            rows.extend(self.observed(kind, Condition::all()).await?);
        }
        // People are known by a keyed hash of their ID number, so that nothing in memory is one.
        let key = |number: &str| hex::encode(self.keys.index().of("relative", number.as_bytes()));
        Ok(Ties::derive(roster.people.values(), &third_parties, rows, &key))
    }
}

impl Store {
    /// Who is tied to whom, as it counts on a day.
    pub async fn ties(&self, day: Date) -> Result<TiesOn, Error> {
        let ties = self.loader(&self.db).ties().await?;
        Ok(TiesOn::new(ties, day, self.rules.recusal.business.years))
    }

    /// The same today.
    pub(crate) async fn ties_today(&self) -> Result<TiesOn, Error> {
        self.ties(day((self.clock)())).await
    }

    /// From whom somebody is kept apart today.
    pub(crate) async fn apart_from(&self, person: PersonId) -> Result<Apart, Error> {
        let (ties, today) = (self.loader(&self.db).ties().await?, day((self.clock)()));
        let on = TiesOn::new(ties.clone(), today, self.rules.recusal.business.years);
        Ok(self.ties.apart(&ties, &on, today).get(&person).cloned().unwrap_or_default())
    }
}
