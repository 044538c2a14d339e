//! Who may sign in to the example city, and as what.

use anyhow::Context;
use domain::{
    act::Act,
    actor::{Actor, Grant, Role},
    id::{AccountId, PersonId, UnitId},
};
use store::{Error, Store};

/// An account for everyone on the roster; roles by post, and three administrators who are nobody's.
pub(super) async fn accounts(store: &Store) -> anyhow::Result<()> {
    let units = store.units().await?;
    let section = |id: Option<uuid::Uuid>| units.iter().find(|unit| Some(unit.unit_id) == id);
    for person in store.roster().await? {
        let account = open(store, &person.number, Some(PersonId(person.person_id)), None).await?;
        let name = section(person.section_id).map_or("", |unit| unit.name.as_str());
        let unit = UnitId(person.unit_id);
        let supervises = units.iter().any(|of| of.unit_id == unit.0 && of.duty.as_deref() == Some("监督"));
        if supervises {
            grant(store, account, Role::Inspector, None).await?;
        } else if name == "考核奖励科" {
            grant(store, account, Role::HrOfficer, None).await?;
        } else if name == "人事科" {
            grant(store, account, Role::HrOfficer, Some(unit)).await?;
        }
    }
    for (login, name, role) in [
        ("approver", "分管市领导", Role::Approver),
        ("sysadmin", "系统管理员", Role::SystemAdmin),
        ("secadmin", "安全管理员", Role::SecurityAdmin),
        ("auditadmin", "审计管理员", Role::AuditAdmin),
    ] {
        let account = open(store, login, None, Some(name)).await?;
        grant(store, account, role, None).await?;
    }
    Ok(())
}

async fn open(store: &Store, login: &str, person: Option<PersonId>, name: Option<&str>) -> anyhow::Result<AccountId> {
    let open = Act::OpenAccount { login: login.to_owned(), person, name: name.map(str::to_owned) };
    act(store, open).await?;
    store.account_of_login(login).await?.context("the account that was just opened is not there")
}

async fn grant(store: &Store, account: AccountId, role: Role, unit: Option<UnitId>) -> Result<(), Error> {
    act(store, Act::GrantRole { account, grant: Grant { role, unit } }).await
}

async fn act(store: &Store, act: Act) -> Result<(), Error> {
    store.act(&Actor::System, store.new_key(), act).await.map(|_| ())
}

/// The head of personnel of a unit of the example city.
pub(super) fn unit_hr(unit: &str) -> &'static str {
    match unit {
        "YT01" => "YT0010",
        "YT02" => "YT0097",
        "YT04" => "YT0201",
        "YT05" => "YT0256",
        "YT06" => "YT0318",
        _ => "YT0441",
    }
}
