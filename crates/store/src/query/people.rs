//! Who signs in, and what people and units are called.

use super::Reader;
use crate::{
    Error, Store,
    table::{truth::entry, view::*},
};
use domain::{account::Account, actor::Actor, event::StreamKind, id::*};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError},
};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Holders of accounts, each with what the record was read of and how far it went.
pub(crate) type KnownHolders = Arc<std::sync::Mutex<HashMap<AccountId, (Vec<Uuid>, Option<i64>, Arc<Holder>)>>>;

/// As many holders as are likely to be signed in at a time.
const MOST_HOLDERS: usize = 20_000;

/// Names as the record told them at a place.
pub(crate) type KnownNames = Arc<Mutex<(Option<i64>, Arc<Names>)>>;

/// Names of people and units by id.
#[derive(Clone, Debug, Default)]
pub struct Names {
    people: BTreeMap<Uuid, (String, String)>,
    third_parties: BTreeMap<Uuid, (String, String)>,
    units: BTreeMap<Uuid, String>,
    accounts: BTreeMap<Uuid, String>,
}

impl Names {
    /// A person's name, on the roster or from outside; empty if unknown.
    pub fn person(&self, id: PersonId) -> &str {
        self.told(id).map_or("", |(name, _)| name)
    }

    /// A person's employee number; of somebody from outside, where they work.
    pub fn number(&self, id: PersonId) -> &str {
        self.told(id).map_or("", |(_, number)| number)
    }

    fn told(&self, id: PersonId) -> Option<&(String, String)> {
        self.people.get(&id.0).or_else(|| self.third_parties.get(&id.0))
    }

    /// A unit's short name.
    pub fn unit(&self, id: UnitId) -> &str {
        self.units.get(&id.0).map_or("", String::as_str)
    }

    /// The name of an account that is nobody's on the roster; empty if unknown.
    pub fn account(&self, id: AccountId) -> &str {
        self.accounts.get(&id.0).map_or("", String::as_str)
    }

    /// Everyone on the roster, by id.
    pub fn people(&self) -> impl Iterator<Item = (PersonId, &str, &str)> {
        self.people.iter().map(|(id, (name, number))| (PersonId(*id), name.as_str(), number.as_str()))
    }
}

/// Who signs in with an account.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The account.
    pub account: Account,
    /// Who acts.
    pub actor: Actor,
    /// The name shown: the person's, the account's, or its login.
    pub name: String,
    /// The unit's short name; empty for accounts of nobody on the roster.
    pub unit: String,
}

impl Store {
    /// Names of everyone and every unit. They are read anew only when the record tells of them again: at 6,000
    /// people that is what a page would mostly be waiting for.
    pub async fn names(&self) -> Result<Arc<Names>, Error> {
        let told = self.roster_told().await?;
        let mut known = self.names.lock().await;
        if known.0 != told {
            // Read after `told`: the names may be newer than they claim, never older.
            *known = (told, Arc::new(self.read_names().await?));
        }
        Ok(known.1.clone())
    }

    /// The place of the newest entry about a person, a third party, a unit or an account.
    async fn roster_told(&self) -> Result<Option<i64>, Error> {
        let mut newest = None;
        for kind in [StreamKind::Person, StreamKind::Unit, StreamKind::Account] {
            let last = entry::Entity::find()
                .select_only()
                .column_as(entry::Column::Seq.max(), "seq")
                .filter(entry::Column::AuthorityId.eq(self.authority))
                .filter(entry::Column::StreamKind.eq(kind.as_str()))
                .into_tuple::<Option<i64>>();
            newest = newest.max(last.one(&self.db).await?.flatten());
        }
        Ok(newest.max(self.loader(&self.db).third_parties_told().await?))
    }

    async fn read_names(&self) -> Result<Names, Error> {
        let people =
            person::Entity::find().filter(person::Column::AuthorityId.eq(self.authority)).all(&self.db).await?;
        let units = unit::Entity::find().filter(unit::Column::AuthorityId.eq(self.authority)).all(&self.db).await?;
        let accounts = account::Entity::find()
            .filter(account::Column::AuthorityId.eq(self.authority))
            .filter(account::Column::PersonId.is_null())
            .all(&self.db)
            .await?;
        let third_parties = self.loader(&self.db).third_parties().await?;
        Ok(Names {
            third_parties: third_parties.into_iter().map(|third| (third.id.0, (third.name, third.employer))).collect(),
            people: people.into_iter().map(|row| (row.person_id, (row.name, row.number))).collect(),
            units: units.into_iter().map(|row| (row.unit_id, row.short_name.unwrap_or(row.name))).collect(),
            accounts: accounts.into_iter().map(|row| (row.account_id, row.name.unwrap_or(row.login))).collect(),
        })
    }

    /// Everyone on the roster, in the order of their numbers.
    pub async fn roster(&self) -> Result<Vec<person::Model>, Error> {
        let find = person::Entity::find().filter(person::Column::AuthorityId.eq(self.authority));
        Ok(find.order_by_asc(person::Column::Number).all(&self.db).await?)
    }

    /// Every unit, in the order of their codes.
    pub async fn units(&self) -> Result<Vec<unit::Model>, Error> {
        let find = unit::Entity::find().filter(unit::Column::AuthorityId.eq(self.authority));
        Ok(find.order_by_asc(unit::Column::Code).all(&self.db).await?)
    }

    /// The account of a login.
    pub async fn account_of_login(&self, login: &str) -> Result<Option<AccountId>, Error> {
        let found = account::Entity::find()
            .filter(account::Column::AuthorityId.eq(self.authority))
            .filter(account::Column::Login.eq(login))
            .one(&self.db)
            .await?;
        Ok(found.map(|row| AccountId(row.account_id)))
    }

    /// An account from its record.
    pub async fn account(&self, id: AccountId) -> Result<Option<Account>, Error> {
        self.loader(&self.db).account(id).await
    }

    /// Who signs in with an account, for the pages; none if it is locked or unknown. Every request asks, so it is read anew
    /// only when the record tells of the account, the person or the unit again.
    pub async fn holder(&self, id: AccountId) -> Result<Option<Arc<Holder>>, Error> {
        // Nothing that holds this lock can panic half-way.
        let known = || self.holders.lock().unwrap_or_else(PoisonError::into_inner);
        let mut streams = known().get(&id).map_or_else(|| vec![id.0], |(streams, ..)| streams.clone());
        loop {
            // Asked before reading: a holder may be newer than is claimed here, never older.
            let told = self.told_of(&streams).await?;
            if let Some((_, _, holder)) = known().get(&id).filter(|(of, at, _)| *of == streams && *at == told) {
                return Ok(Some(holder.clone()));
            }
            let Some(holder) = self.read_holder(id).await?.map(Arc::new) else {
                known().remove(&id);
                return Ok(None);
            };
            let appraisal = holder.account.opened.appraisal.map(|id| id.0);
            let of = [Some(id.0), holder.actor.person().map(|id| id.0), holder.actor.unit().map(|id| id.0), appraisal];
            let of: Vec<Uuid> = of.into_iter().flatten().collect();
            if of == streams {
                let mut known = known();
                if known.len() >= MOST_HOLDERS {
                    known.clear();
                }
                known.insert(id, (streams, told, holder.clone()));
                return Ok(Some(holder));
            }
            // Once more, now that it is clear what it is read of.
            streams = of;
        }
    }

    /// The place of the newest entry about any of these aggregates.
    async fn told_of(&self, streams: &[Uuid]) -> Result<Option<i64>, Error> {
        let newest = entry::Entity::find()
            .select_only()
            .column_as(entry::Column::Seq.max(), "seq")
            .filter(entry::Column::AuthorityId.eq(self.authority))
            .filter(entry::Column::StreamId.is_in(streams.iter().copied()));
        Ok(newest.into_tuple::<Option<i64>>().one(&self.db).await?.flatten())
    }

    async fn read_holder(&self, id: AccountId) -> Result<Option<Holder>, Error> {
        let Some(account) = self.account(id).await? else { return Ok(None) };
        let Some((actor, called)) = self.loader(&self.db).actor_of(&account).await? else { return Ok(None) };
        let unit = match actor.unit() {
            Some(unit) => unit::Entity::find_by_id((self.authority, unit.0)).one(&self.db).await?,
            None => None,
        };
        let own_name = || account.opened.name.clone().unwrap_or_else(|| account.opened.login.clone());
        Ok(Some(Holder {
            name: called.unwrap_or_else(own_name),
            unit: unit.map(|unit| unit.short_name.unwrap_or(unit.name)).unwrap_or_default(),
            account,
            actor,
        }))
    }

    /// Who acts when this account does; none if it is locked or unknown.
    pub async fn actor(&self, id: AccountId) -> Result<Option<Actor>, Error> {
        self.loader(&self.db).actor(id).await
    }
}

impl Reader<'_> {
    /// Those of the people one may see who have this name, or this employee number.
    pub async fn people_called(&self, name_or_number: &str) -> Result<Vec<person::Model>, Error> {
        use person::Column;
        let find = person::Entity::find()
            .filter(Column::AuthorityId.eq(self.store.authority))
            .filter(Condition::any().add(Column::Name.eq(name_or_number)).add(Column::Number.eq(name_or_number)))
            .filter(self.people_seen());
        Ok(find.order_by_asc(Column::Number).all(&self.store.db).await?)
    }
}
