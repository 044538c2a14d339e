//! The record of everyone, on its pages.

use crate::fresh::{Fresh, on_both};
use crate::visitor::{Office, Visitor};
use axum::http::StatusCode;
use domain::{act::Act, actor::Role};

on_both! {
    only_the_audit_administrator_and_inspectors_read_it,
    entries_are_listed_newest_first_narrowed_and_paged,
    an_entry_is_shown_with_its_proof_and_without_what_is_sealed,
    the_check_runs_behind_the_page_while_work_goes_on,
}

async fn office(fresh: Fresh) -> (Office, Visitor) {
    let office = Office::new(fresh).await;
    let auditor = office.signed_in("auditor", &[Role::AuditAdmin]).await;
    (office, auditor)
}

/// The places of the entries that a page lists.
fn listed(body: &str) -> Vec<u64> {
    let links = body.split("href=\"/ledger/").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter_map(|place| place.parse().ok()).collect()
}

async fn only_the_audit_administrator_and_inspectors_read_it(fresh: Fresh) {
    let (office, _) = office(fresh).await;
    let pages = ["/ledger", "/ledger/0", "/ledger/check", "/ledger/check/progress", "/ledger/checkpoints"];
    let mut inspector = office.signed_in("inspector", &[Role::Inspector]).await;
    for page in pages {
        assert_eq!(inspector.get(page).await.status, StatusCode::OK, "{page}");
    }
    for (login, roles) in [
        ("employee", &[][..]),
        ("hr", &[Role::HrOfficer]),
        ("approver", &[Role::Approver]),
        ("sysadmin", &[Role::SystemAdmin]),
        ("security", &[Role::SecurityAdmin]),
    ] {
        let mut visitor = office.signed_in(login, roles).await;
        for page in pages {
            assert_eq!(visitor.get(page).await.status, StatusCode::NOT_FOUND, "{login} {page}");
        }
        let check = visitor.fill("/account", "/ledger/check", &[]).await;
        assert_eq!(check.status, StatusCode::NOT_FOUND, "{login}");
    }
}

async fn entries_are_listed_newest_first_narrowed_and_paged(fresh: Fresh) {
    let (office, mut auditor) = office(fresh).await;
    let anna = office.account("anna", &[Role::Approver]).await;
    for number in 0..60 {
        office.account(&format!("w{number:03}"), &[]).await;
    }
    let newest = listed(&auditor.get("/ledger").await.body);
    assert_eq!(newest.len(), 50);
    assert!(newest.is_sorted_by(|one, next| *one == next + 1), "{newest:?}");
    let older = format!("/ledger?before={}", newest[49]);
    assert!(auditor.get("/ledger").await.body.contains(&older));
    assert_eq!(listed(&auditor.get(&older).await.body)[0], newest[49] - 1);

    let of = listed(&auditor.get(&format!("/ledger?stream={anna}")).await.body);
    assert_eq!(of.len(), 2, "opened, and a role granted");
    assert_eq!(listed(&auditor.get("/ledger?act=grant_role&kind=account").await.body).len(), 2);
    assert_eq!(listed(&auditor.get("/ledger?kind=cycle").await.body).len(), 0);
    assert_eq!(listed(&auditor.get("/ledger?by=auditor").await.body).len(), 2, "own password and second factor");
    assert!(auditor.get("/ledger?by=nobody").await.says("ledger-empty"));
    assert_eq!(listed(&auditor.get("/ledger?to=2020-01-01").await.body).len(), 0);
    assert_eq!(listed(&auditor.get("/ledger?from=2020-01-01").await.body).len(), 50);
}

async fn an_entry_is_shown_with_its_proof_and_without_what_is_sealed(fresh: Fresh) {
    let (office, mut auditor) = office(fresh).await;
    let anna = office.account("anna", &[]).await;
    let by = office.account("sysadmin", &[Role::SystemAdmin]).await;
    let lock = Act::LockAccount { account: anna, reason: "离职的秘密理由".to_owned() };
    let by = office.actor(by).await;
    let seq = office.store.act(&by, office.store.new_key(), lock).await.expect("locked").seq;
    let page = auditor.get(&format!("/ledger/{seq}")).await;
    assert!(page.says("ledger-proven") && !page.says("ledger-not-proven"));
    assert!(page.body.contains("account_locked") && !page.body.contains("秘密理由"), "{}", page.body);
    assert!(page.says("ledger-path"));
    for missing in ["/ledger/100000", "/ledger/18446744073709551615"] {
        assert_eq!(auditor.get(missing).await.status, StatusCode::NOT_FOUND);
    }
}

async fn the_check_runs_behind_the_page_while_work_goes_on(fresh: Fresh) {
    let (office, mut auditor) = office(fresh).await;
    assert!(auditor.get("/ledger/check").await.says("ledger-check-none"));
    auditor.fill("/ledger/check", "/ledger/check", &[]).await;
    auditor.fill("/ledger", "/ledger/check", &[]).await;
    let mut part = auditor.get("/ledger/check/progress").await;
    let mut number = 0;
    while part.body.contains("data-poll") {
        office.account(&format!("w{number:03}"), &[]).await;
        number += 1;
        part = auditor.get("/ledger/check/progress").await;
    }
    assert!(part.says("ledger-check-clean"), "what is written meanwhile is no difference: {}", part.body);
    assert!(auditor.get("/ledger/check").await.says("ledger-check-clean"), "the result stays");
}
