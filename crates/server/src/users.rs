//! Opening accounts from the machine's own console, where nobody has signed in yet.

use crate::web::{locale::Locale, password};
use anyhow::{Context, anyhow};
use domain::{
    act::Act,
    actor::{Actor, Grant, Role},
};
use store::{Store, secret::Secret};

/// Open an account of nobody on the roster, with a first password and perhaps a role for the whole authority.
///
/// # Errors
///
/// A sentence: the password is easy to guess, the login is taken or not well formed. Then nothing was done.
pub async fn add(store: &Store, login: &str, name: &str, role: Option<Role>, password: &str) -> anyhow::Result<()> {
    password::fit(password, &[login, name]).map_err(|sentence| anyhow!(Locale::En.say(&sentence)))?;
    let hash = password::hash(password).await?;
    let act = |act| store.act(&Actor::System, store.new_key(), act);
    let open = Act::OpenAccount { login: login.to_owned(), person: None, name: Some(name.to_owned()) };
    act(open).await?;
    let account = store.account_of_login(login).await?.context("the account is not there")?;
    if let Some(role) = role {
        act(Act::GrantRole { account, grant: Grant { role, unit: None } }).await?;
    }
    let set = Act::SetPassword { account };
    store.act_with(&Actor::System, store.new_key(), set, Secret::Password(hash)).await?;
    Ok(())
}
