//! Accounts, for those who look after them.

use super::Reader;
use crate::{Error, Recorded, Store, table::view::*};
use domain::{
    account::Account,
    actor::Role,
    decide::Case,
    id::{AccountId, PersonId, UnitId},
};
use policy::Reading;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationDef, Select,
    sea_query::{Expr, ExprTrait, LikeExpr, Query},
};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Which accounts are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Part of a login, a name or an employee number; empty: any.
    pub words: String,
    /// Holds this role.
    pub role: Option<Role>,
    /// Is in this state.
    pub state: Option<AccountState>,
}

/// What an administrator looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Locked.
    Locked,
    /// Nobody can sign in with it: no password was ever set.
    NoPassword,
    /// The first password was not changed yet.
    FirstPassword,
    /// A role asks for a second factor, and none is enrolled.
    NoSecondFactor,
}

impl AccountState {
    /// All of them.
    pub const ALL: [AccountState; 4] =
        [AccountState::Locked, AccountState::NoPassword, AccountState::FirstPassword, AccountState::NoSecondFactor];

    /// The name in addresses and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            AccountState::Locked => "locked",
            AccountState::NoPassword => "no_password",
            AccountState::FirstPassword => "first_password",
            AccountState::NoSecondFactor => "no_second_factor",
        }
    }

    fn condition(self) -> Condition {
        use account::Column;
        let all = Condition::all();
        match self {
            AccountState::Locked => all.add(Column::LockedAt.is_not_null()),
            AccountState::NoPassword => all.add(Column::PasswordAt.is_null()),
            AccountState::FirstPassword => all.add(Column::PasswordIsFirst.eq(true)),
            AccountState::NoSecondFactor => {
                let roles = Role::ALL.into_iter().filter(|role| role.needs_second_factor());
                all.add(Column::SecondFactorAt.is_null()).add(holds(roles))
            }
        }
    }
}

/// An account in a list.
#[derive(Clone, Debug)]
pub struct AccountLine {
    /// The account.
    pub account: account::Model,
    /// The person it is of.
    pub person: Option<person::Model>,
    /// Roles, with the unit they hold for.
    pub grants: Vec<(Role, Option<UnitId>)>,
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The lines, by login.
    pub lines: Vec<AccountLine>,
    /// How many there are on all pages.
    pub total: u64,
}

fn of_person() -> RelationDef {
    account::Entity::belongs_to(person::Entity)
        .from((account::Column::AuthorityId, account::Column::PersonId))
        .to((person::Column::AuthorityId, person::Column::PersonId))
        .into()
}

/// The account holds one of the roles somewhere.
fn holds(roles: impl IntoIterator<Item = Role>) -> Expr {
    let held = Query::select()
        .column(role_grant::Column::AccountId)
        .from(role_grant::Entity)
        .and_where(role_grant::Column::AuthorityId.into_expr().equals((account::Entity, account::Column::AuthorityId)))
        .and_where(role_grant::Column::Role.is_in(roles.into_iter().map(Role::as_str)))
        .to_owned();
    account::Column::AccountId.in_subquery(held)
}

/// `%words%`, where the words are taken as they are.
fn containing(words: &str) -> LikeExpr {
    let plain = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("%{plain}%")).escape('\\')
}

impl AccountFilter {
    fn select(&self, authority: Uuid) -> Select<account::Entity> {
        let mut select = account::Entity::find()
            .join(JoinType::LeftJoin, of_person())
            .filter(account::Column::AuthorityId.eq(authority));
        let words = self.words.trim();
        if !words.is_empty() {
            let like = |column: Expr| column.like(containing(words));
            select = select.filter(
                Condition::any()
                    .add(like(account::Column::Login.into_expr()))
                    .add(like(account::Column::Name.into_expr()))
                    .add(like(person::Column::Name.into_expr()))
                    .add(like(person::Column::Number.into_expr())),
            );
        }
        if let Some(role) = self.role {
            select = select.filter(holds([role]));
        }
        match self.state {
            Some(state) => select.filter(state.condition()),
            None => select,
        }
    }
}

impl Reader<'_> {
    /// Accounts by login, `size` of them from page `page` (from 0) on; none for those who may not see accounts.
    pub async fn accounts(&self, filter: &AccountFilter, page: u64, size: u64) -> Result<Option<Accounts>, Error> {
        if !self.may_read(Reading::Accounts) {
            return Ok(None);
        }
        let select = filter.select(self.store.authority).order_by_asc(account::Column::Login);
        let pages = select.select_also(person::Entity).paginate(&self.store.db, size);
        let (total, rows) = (pages.num_items().await?, pages.fetch_page(page).await?);
        let mut grants = self.grants(rows.iter().map(|(account, _)| account.account_id)).await?;
        let line = |(account, person): (account::Model, Option<person::Model>)| AccountLine {
            grants: grants.remove(&account.account_id).unwrap_or_default(),
            account,
            person,
        };
        Ok(Some(Accounts { lines: rows.into_iter().map(line).collect(), total }))
    }

    async fn grants(
        &self,
        accounts: impl IntoIterator<Item = Uuid>,
    ) -> Result<BTreeMap<Uuid, Vec<(Role, Option<UnitId>)>>, Error> {
        let mut grants: BTreeMap<Uuid, Vec<(Role, Option<UnitId>)>> = BTreeMap::new();
        let held = role_grant::Entity::find()
            .filter(role_grant::Column::AuthorityId.eq(self.store.authority))
            .filter(role_grant::Column::AccountId.is_in(accounts));
        for row in held.all(&self.store.db).await? {
            if let Ok(role) = row.role.parse() {
                grants.entry(row.account_id).or_default().push((role, row.scope.parse().ok()));
            }
        }
        Ok(grants)
    }

    /// An account and its record, oldest entry first.
    pub async fn account(&self, id: AccountId) -> Result<Option<(Account, Vec<Recorded>)>, Error> {
        let record = self.store.loader(&self.store.db).record(id.into()).await?;
        let account = Account::fold(record.iter().map(|recorded| (&recorded.event, recorded.stamp)));
        let Some(account) = account else { return Ok(None) };
        let case = Case { account: Some(account.clone()), ..Case::default() };
        Ok(self.may(Reading::Accounts, &case).then_some((account, Arc::unwrap_or_clone(record))))
    }

    /// The own account and its record.
    pub async fn own_account(&self) -> Result<Option<(Account, Vec<Recorded>)>, Error> {
        let Some(id) = self.actor.by().account else { return Ok(None) };
        let record = self.store.loader(&self.store.db).record(id.into()).await?;
        let account = Account::fold(record.iter().map(|recorded| (&recorded.event, recorded.stamp)));
        Ok(account.map(|account| (account, Arc::unwrap_or_clone(record))))
    }

    /// People on the roster without an account, by number, at most so many after a number; none for those who may not
    /// see accounts.
    pub async fn people_without_account(&self, after: &str, most: u64) -> Result<Vec<person::Model>, Error> {
        if !self.may_read(Reading::Accounts) {
            return Ok(Vec::new());
        }
        let next = self.without_account().filter(person::Column::Number.gt(after));
        Ok(next.order_by_asc(person::Column::Number).limit(most).all(&self.store.db).await?)
    }

    /// How many people on the roster have no account.
    pub async fn count_without_account(&self) -> Result<u64, Error> {
        if !self.may_read(Reading::Accounts) {
            return Ok(0);
        }
        Ok(self.without_account().count(&self.store.db).await?)
    }

    /// People from outside who have no account and still have business here; none for those who may not see accounts.
    pub async fn third_parties_without_account(&self) -> Result<Vec<PersonId>, Error> {
        if !self.may_read(Reading::Accounts) {
            return Ok(Vec::new());
        }
        let authority = self.store.authority;
        let theirs = account::Entity::find()
            .select_only()
            .column(account::Column::PersonId)
            .filter(account::Column::AuthorityId.eq(authority))
            .filter(account::Column::PersonId.is_not_null())
            .into_query();
        let fixed = appraisal::Entity::find()
            .select_only()
            .column(appraisal::Column::AppraisalId)
            .filter(appraisal::Column::AuthorityId.eq(authority))
            .filter(appraisal::Column::Composite.is_not_null())
            .into_query();
        let find = third_party::Entity::find()
            .filter(third_party::Column::AuthorityId.eq(authority))
            .filter(third_party::Column::PersonId.not_in_subquery(theirs))
            .filter(third_party::Column::AppraisalId.not_in_subquery(fixed))
            .order_by_asc(third_party::Column::Seq);
        Ok(find.all(&self.store.db).await?.into_iter().map(|row| PersonId(row.person_id)).collect())
    }

    fn without_account(&self) -> Select<person::Entity> {
        let theirs = Query::select()
            .expr(Expr::val(1))
            .from(account::Entity)
            .and_where(account::Column::AuthorityId.into_expr().equals((person::Entity, person::Column::AuthorityId)))
            .and_where(account::Column::PersonId.into_expr().equals((person::Entity, person::Column::PersonId)))
            .to_owned();
        person::Entity::find()
            .filter(person::Column::AuthorityId.eq(self.store.authority))
            .filter(Expr::exists(theirs).not())
    }
}

/// What an account is called: the person's name, the name it was opened with, or its login.
pub type AccountNames = BTreeMap<AccountId, String>;

impl Store {
    /// What accounts are called. Accounts that are not there have no name.
    pub async fn account_names(&self, ids: impl IntoIterator<Item = AccountId>) -> Result<AccountNames, Error> {
        let rows = account::Entity::find()
            .join(JoinType::LeftJoin, of_person())
            .filter(account::Column::AuthorityId.eq(self.authority))
            .filter(account::Column::AccountId.is_in(ids.into_iter().map(|id| id.0)))
            .select_also(person::Entity)
            .all(&self.db)
            .await?;
        let name = |(account, person): (account::Model, Option<person::Model>)| {
            let of_person = person.map(|person| person.name);
            (AccountId(account.account_id), of_person.or(account.name).unwrap_or(account.login))
        };
        Ok(rows.into_iter().map(name).collect())
    }

    /// A person on the roster, by employee number.
    pub async fn person_of_number(&self, number: &str) -> Result<Option<PersonId>, Error> {
        let found = person::Entity::find()
            .filter(person::Column::AuthorityId.eq(self.authority))
            .filter(person::Column::Number.eq(number))
            .one(&self.db)
            .await?;
        Ok(found.map(|row| PersonId(row.person_id)))
    }
}
