//! Accounts and the roles they hold.

use super::{
    paging::{Asked, Part},
    told::{PersonName, Told, moment},
};
use crate::web::{App, error::PageError, session::SignedIn};
use axum::{Json, extract::State};
use domain::{
    actor::Grant,
    id::{AccountId, PersonId},
};
use jiff::Timestamp;
use serde::Serialize;
use store::tables;
use utoipa::ToSchema;

/// An account 账号.
#[derive(Serialize, ToSchema)]
pub struct Account {
    /// Its id.
    id: AccountId,
    /// What is typed to sign in.
    login: String,
    /// The person it is of; null: nobody's on the roster.
    person: Option<PersonName>,
    /// The name shown, of an account that is nobody's.
    name: Option<String>,
    /// When an administrator locked it; null: it is not locked.
    locked_at: Option<Timestamp>,
    /// A second factor is enrolled.
    second_factor: bool,
    /// Roles, with the unit each holds for; `unit` null: the whole authority.
    roles: Vec<Grant>,
}

/// Accounts. For the three administrators.
#[utoipa::path(get, path = "/api/accounts", operation_id = "list_accounts", tag = "office", params(Asked),
    responses((status = 200, body = Part<Account>)))]
pub async fn list(State(app): State<App>, person: SignedIn, asked: Asked) -> Result<Json<Part<Account>>, PageError> {
    let found = app.store.reader(&person.actor).accounts_in(asked.slice()?).await?;
    let told = Told::of(&app.store).await?;
    let item = |(row, grants): (tables::account::Model, Vec<Grant>)| {
        let person = row.person_id.map(|id| told.person(PersonId(id)));
        Account {
            id: AccountId(row.account_id),
            login: row.login,
            name: row.name,
            person,
            locked_at: row.locked_at.map(moment),
            second_factor: row.second_factor_at.is_some(),
            roles: grants,
        }
    };
    Ok(Json(asked.answer(found, |(row, _)| row.account_id.to_string(), item)))
}
