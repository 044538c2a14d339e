//! The example city, in the middle of its cycle: files imported, cycles opened, scores adopted and
//! computed, one account for each role. Everything is done by acts, as in a real city.

use crate::{clock, importing, recompute, terminal};
use anyhow::{Context, bail};
use domain::{
    act::Act,
    actor::{Actor, Grant, Role},
    cycle::{CycleDraft, Schedule},
    id::{AccountId, PersonId, UnitId},
    indicator::{Dimension, IndicatorDraft},
    points::Points,
};
use jiff::{Timestamp, civil::date};
use std::{collections::BTreeSet, path::Path};
use store::{Error, Store};

/// When the demo begins: mid-October, when scores come in.
pub fn begins() -> Timestamp {
    domain::context::CHINA.to_timestamp(date(2026, 10, 14).at(9, 0, 0, 0)).unwrap_or_default()
}

/// Fill an empty store with the example city.
pub async fn seed(store: &Store, files: &Path) -> anyhow::Result<()> {
    if !store.cycles().await?.is_empty() {
        return Ok(());
    }
    let console = Actor::System;
    let sources = importing::gather(&[files.to_path_buf()])?;
    let options = importing::Options { skip_bad: true, dry_run: false };
    let (bar, tell) = terminal::bar("reading the office files");
    let outcome = importing::import_telling(store, &console, sources, options, tell).await?;
    bar.finish_and_clear();
    if outcome.tables.is_empty() {
        bail!("there are no tables in {}; the demo needs the folder examples/yunting of the project", files.display());
    }
    // The library on file gives the workers' set 99 points: HR's correction, as the refused row asks for.
    act(store, Act::DefineIndicator { indicator: corrected() }).await?;
    accounts(store).await?;
    for (regime, title) in [("civil_servant", "2026年度公务员考核"), ("public_institution", "2026年度事业单位考核")]
    {
        let cycle = CycleDraft {
            regime: regime.to_owned(),
            kind: "annual".to_owned(),
            title: title.to_owned(),
            from: date(2026, 1, 1),
            to: date(2026, 12, 31),
            schedule: Schedule { goals: date(2026, 10, 23), scoring: date(2026, 11, 6), grading: date(2026, 11, 20) },
            exempt: Vec::new(),
        };
        act(store, Act::OpenCycle { cycle }).await?;
    }
    let (bar, tell) = terminal::bar("computing the scores");
    recompute::catch_up(store, |done, total| tell(done, total)).await?;
    bar.finish_and_clear();
    Ok(())
}

async fn act(store: &Store, act: Act) -> Result<(), Error> {
    store.act(&Actor::System, store.new_key(), act).await.map(|_| ())
}

fn corrected() -> IndicatorDraft {
    IndicatorDraft {
        code: "GQ-L01".to_owned(),
        name: "廉洁自律".to_owned(),
        dimension: Dimension::Integrity,
        weight: Points::whole(10),
        post_type: "工勤岗".to_owned(),
        source: "考核人评分".to_owned(),
        quantitative: false,
        words: "考核人按0-100分评分，须填写评分依据并由证明人确认".to_owned(),
        target: None,
        cap: None,
    }
}

/// An account for everyone on the roster; roles by post, and three administrators who are nobody's.
async fn accounts(store: &Store) -> anyhow::Result<()> {
    let units = store.units().await?;
    let section = |id: Option<uuid::Uuid>| units.iter().find(|unit| Some(unit.unit_id) == id);
    let mut done = BTreeSet::new();
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
        done.insert(unit);
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

/// Who the demo's sign-in page lets in with one click: one person of each role, by login.
pub const PEOPLE: &[(&str, &str)] = &[
    ("employee", "YT0035"),
    ("assessor", "YT0011"),
    ("unit_head", "YT0001"),
    ("unit_hr", "YT0010"),
    ("hr_officer", "YT0319"),
    ("inspector", "YT0481"),
    ("approver", "approver"),
    ("system_admin", "sysadmin"),
    ("security_admin", "secadmin"),
    ("audit_admin", "auditadmin"),
];

/// Remind whoever looks at the time that it is the demo's.
pub fn set_clock() {
    clock::start_from(begins());
}
