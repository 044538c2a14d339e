//! Who signs in, and what people and units are called.

use crate::{
    Error, Store,
    table::{truth::entry, view::*},
};
use domain::{
    account::Account,
    actor::{Actor, Role},
    event::StreamKind,
    id::*,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Names as the record told them at a place.
pub(crate) type KnownNames = Arc<Mutex<(Option<i64>, Arc<Names>)>>;

/// Names of people and units by id.
#[derive(Clone, Debug, Default)]
pub struct Names {
    people: BTreeMap<Uuid, (String, String)>,
    units: BTreeMap<Uuid, String>,
    accounts: BTreeMap<Uuid, String>,
}

impl Names {
    /// A person's name; empty if unknown.
    pub fn person(&self, id: PersonId) -> &str {
        self.people.get(&id.0).map_or("", |(name, _)| name)
    }

    /// A person's employee number.
    pub fn number(&self, id: PersonId) -> &str {
        self.people.get(&id.0).map_or("", |(_, number)| number)
    }

    /// A unit's short name.
    pub fn unit(&self, id: UnitId) -> &str {
        self.units.get(&id.0).map_or("", String::as_str)
    }

    /// The name of an account that is nobody's on the roster; empty if unknown.
    pub fn account(&self, id: AccountId) -> &str {
        self.accounts.get(&id.0).map_or("", String::as_str)
    }

    /// Everyone, by id.
    pub fn people(&self) -> impl Iterator<Item = (PersonId, &str, &str)> {
        self.people.iter().map(|(id, (name, number))| (PersonId(*id), name.as_str(), number.as_str()))
    }
}

/// An account in a list.
#[derive(Clone, Debug)]
pub struct AccountLine {
    /// Its id.
    pub id: AccountId,
    /// What is typed to sign in.
    pub login: String,
    /// The person, if it is one's.
    pub person: Option<PersonId>,
    /// The name shown.
    pub name: String,
    /// Locked by an administrator.
    pub locked: bool,
    /// Roles, with the unit they hold for.
    pub grants: Vec<(Role, Option<UnitId>)>,
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

    /// The place of the newest entry about a person, a unit or an account.
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
        Ok(newest)
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
        Ok(Names {
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

    /// Who acts when this account does; none if it is locked or unknown.
    pub async fn actor(&self, id: AccountId) -> Result<Option<Actor>, Error> {
        self.loader(&self.db).actor(id).await
    }

    /// Every account.
    pub async fn accounts(&self) -> Result<Vec<AccountLine>, Error> {
        let names = self.names().await?;
        let mut grants: BTreeMap<Uuid, Vec<(Role, Option<UnitId>)>> = BTreeMap::new();
        let held = role_grant::Entity::find().filter(role_grant::Column::AuthorityId.eq(self.authority));
        for row in held.all(&self.db).await? {
            if let Ok(role) = row.role.parse() {
                grants.entry(row.account_id).or_default().push((role, row.scope.parse().ok().map(UnitId)));
            }
        }
        let find = account::Entity::find().filter(account::Column::AuthorityId.eq(self.authority));
        let rows = find.order_by_asc(account::Column::Login).all(&self.db).await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let person = row.person_id.map(PersonId);
                let name = row.name.unwrap_or_else(|| person.map_or("", |id| names.person(id)).to_owned());
                AccountLine {
                    id: AccountId(row.account_id),
                    login: row.login,
                    person,
                    name,
                    locked: row.locked_at.is_some(),
                    grants: grants.remove(&row.account_id).unwrap_or_default(),
                }
            })
            .collect())
    }
}
