//! Accounts and files: the machine's console opens the first accounts, the administrators the rest, HR imports.

use super::*;
use crate::city::CONSOLE;
use domain::{
    act::Act,
    actor::{Grant, Role},
    batch::Kind,
    id::{AccountId, BatchId, PersonId, UnitId},
    import::Batch,
    refusal::Reason,
};
use server::importing::{self, Fate, Options, Outcome, TableOutcome};
use std::collections::BTreeSet;

/// The first administrators come from the machine's console, and the roster with them; everything else from people.
pub async fn console_sets_up(city: &City) {
    for (login, role) in
        [(SYSTEM_ADMIN, Role::SystemAdmin), (SECURITY_ADMIN, Role::SecurityAdmin), (AUDIT_ADMIN, Role::AuditAdmin)]
    {
        open(city, CONSOLE, login, None).await;
        grant(city, CONSOLE, login, role, None).await;
    }
    let roster = [files().join("人员花名册.xlsx")];
    let outcome = import(city, CONSOLE, &roster, Options { skip_bad: true, dry_run: false }).await;
    assert_eq!(outcome.tables.iter().map(TableOutcome::imported).collect::<Vec<_>>(), [55, 320]);
    accounts_by_administrators(city).await;
}

/// An account for everyone who acts in the story; roles from the security administrator alone.
async fn accounts_by_administrators(city: &City) {
    let heads: BTreeSet<_> = city.store.units().await.expect("a read").iter().filter_map(|unit| unit.head_id).collect();
    let cast =
        [HR, SECOND_HR, UNIT_HR, INSPECTOR, LEADER, SECOND_ASSESSOR, WITNESS, DECIDER, OTHER_UNIT_HR, THEIR_LEADER];
    let roster = city.store.roster().await.expect("a read");
    for person in &roster {
        let takes_part = person.staff_kind == "public_institution"
            || heads.contains(&person.person_id)
            || cast.contains(&person.number.as_str());
        if takes_part {
            open(city, SYSTEM_ADMIN, &person.number, Some(PersonId(person.person_id))).await;
        }
    }
    open(city, SYSTEM_ADMIN, APPROVER, None).await;
    let unit = city.unit(UNIT).await;
    let other = city.unit("市公安局").await;
    for (login, role, unit) in [
        (HR, Role::HrOfficer, None),
        (SECOND_HR, Role::HrOfficer, None),
        (UNIT_HR, Role::HrOfficer, Some(unit)),
        (OTHER_UNIT_HR, Role::HrOfficer, Some(other)),
        (INSPECTOR, Role::Inspector, None),
        (APPROVER, Role::Approver, None),
    ] {
        grant(city, SECURITY_ADMIN, login, role, unit).await;
    }
    administrators_are_apart(city).await;
}

async fn administrators_are_apart(city: &City) {
    let taken = Act::OpenAccount { login: HR.to_owned(), person: None, name: Some("某人".to_owned()) };
    city.refused(SYSTEM_ADMIN, taken, Reason::LoginTaken).await;
    let to = |login: &'static str, role| async move {
        Act::GrantRole { account: account(city, login).await, grant: Grant { role, unit: None } }
    };
    city.not_theirs(SYSTEM_ADMIN, to(APPROVER, Role::HrOfficer).await).await;
    city.forbidden(SECURITY_ADMIN, to(SECURITY_ADMIN, Role::HrOfficer).await, "administrators-apart").await;
    city.forbidden(SECURITY_ADMIN, to(SYSTEM_ADMIN, Role::AuditAdmin).await, "administrators-apart").await;
    city.forbidden(SECURITY_ADMIN, to(HR, Role::AuditAdmin).await, "administrators-apart").await;
    city.forbidden(SECURITY_ADMIN, to(HR, Role::Inspector).await, "inspectors-apart").await;
}

/// HR imports every kind of file: first a look, then the whole of it, and a second time nothing.
pub async fn hr_imports(city: &City) {
    let seen = import(city, HR, &[files()], Options { skip_bad: false, dry_run: true }).await;
    only_the_planted_rows_are_bad(&seen);
    let training = [files().join("培训记录.xlsx")];
    let refused = import(city, HR, &training, Options::default()).await;
    assert_eq!(refused.files[0].fate, Fate::Refused);
    assert_eq!(refused.tables[0].imported(), 0, "one bad row keeps the whole file out");
    let imported = import(city, HR, &[files()], Options { skip_bad: true, dry_run: false }).await;
    let kinds: BTreeSet<&str> = imported.tables.iter().map(|table| table.kind.as_str()).collect();
    assert_eq!(kinds, all_kinds());
    skipped_rows_are_on_record(city).await;
    let again = import(city, HR, &training, Options { skip_bad: true, dry_run: false }).await;
    assert_eq!(again.tables[0].imported(), 0, "the same file twice changes nothing");
    nobody_records_rows_that_did_not_arrive(city).await;
}

/// A batch goes on record with the rows that were laid down for it, and nothing else does.
async fn nobody_records_rows_that_did_not_arrive(city: &City) {
    let batch = Batch {
        id: BatchId(city.store.new_key()),
        kind: Kind::Training,
        file: "训练.csv".to_owned(),
        sheet: None,
        digest: "00".repeat(32),
        rows_digest: "00".repeat(32),
        rows: 1,
        from: None,
        to: None,
        columns: Vec::new(),
        skipped: Vec::new(),
    };
    let act = Act::ImportBatch { batch };
    city.not_theirs(EMPLOYEE, act.clone()).await;
    city.not_theirs(UNIT_HR, act.clone()).await;
    city.forbidden(INSPECTOR, act.clone(), "inspectors-change-nothing").await;
    city.refused(HR, act, Reason::RowsDiffer).await;
}

fn only_the_planted_rows_are_bad(outcome: &Outcome) {
    let planted = expected();
    let planted = planted["bad_rows"].as_array().expect("bad rows").iter().map(|bad| {
        let text = |field: &str| bad[field].as_str().unwrap_or_default().to_owned();
        (text("file"), bad["row"].as_u64().unwrap_or_default(), text("kind"))
    });
    let found = outcome.errors.iter().map(|bad| (bad.file.clone(), u64::from(bad.row), bad.code().to_owned()));
    assert_eq!(found.collect::<BTreeSet<_>>(), planted.collect::<BTreeSet<_>>());
    assert_eq!(outcome.errors.len(), 15);
}

/// Every kind of file that the example city has: it has no list of whom it serves.
fn all_kinds() -> BTreeSet<&'static str> {
    Kind::ALL.into_iter().filter(|kind| *kind != Kind::Clients).map(Kind::as_str).collect()
}

/// Rows that were left out are named in the batch, and the inspector sees the batches of every kind.
async fn skipped_rows_are_on_record(city: &City) {
    let inspector = city.who(INSPECTOR).await;
    let (batches, _) = city.store.reader(&inspector).batches(0, 1000).await.expect("a read");
    let kinds: BTreeSet<&str> = batches.iter().map(|batch| batch.kind.as_str()).collect();
    assert_eq!(kinds, all_kinds());
    assert_eq!(batches.iter().map(|batch| batch.skipped).sum::<i64>(), 15);
    let register = batches.iter().find(|batch| batch.kind.parse::<Kind>().expect("a kind").is_register());
    let register = BatchId(register.expect("a register").batch_id);
    for (login, shown) in [(HR, false), (INSPECTOR, true)] {
        let reader = city.who(login).await;
        let batch = city.store.reader(&reader).batch(register).await.expect("a read").expect("that there is one");
        assert_eq!((batch.shows_rows(), batch.shows_left_out), (false, shown), "nobody leafs through a register");
    }
    let employee = city.who(EMPLOYEE).await;
    assert_eq!(city.store.reader(&employee).batches(0, 1000).await.expect("a read").1, 0);
}

/// Import as somebody, from files or folders.
pub async fn import(city: &City, login: &str, paths: &[PathBuf], options: Options) -> Outcome {
    let sources = importing::gather(paths).expect("the files");
    importing::import(&city.store, &city.who(login).await, sources, options).await.expect("an import")
}

async fn open(city: &City, by: &str, login: &str, person: Option<PersonId>) {
    let name = person.is_none().then(|| login.to_owned());
    city.does(by, Act::OpenAccount { login: login.to_owned(), person, name }).await;
}

/// The account of a login.
pub async fn account(city: &City, login: &str) -> AccountId {
    city.store.account_of_login(login).await.expect("a read").expect("an account")
}

/// Somebody grants a role.
pub async fn grant(city: &City, by: &str, login: &str, role: Role, unit: Option<UnitId>) {
    let account = account(city, login).await;
    city.does(by, Act::GrantRole { account, grant: Grant { role, unit } }).await;
}
