//! The example city on both backends: files in, cycles open, scores computed and exact, the record whole,
//! and what was changed behind the product's back named.

use domain::{act::Act, actor::Actor, decide::Case, id::CycleId, score::Value};
use serde_json::Value as Json;
use server::{clock, demo, importing, rules};
use std::path::{Path, PathBuf};
use store::{Settings, Store};

fn city() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/yunting")
}

fn expected() -> Json {
    let text = std::fs::read_to_string(city().join("expected.json")).expect("the example city is part of the project");
    serde_json::from_str(&text).expect("expected.json is JSON")
}

async fn open(url: &str) -> Store {
    let settings = Settings {
        url: url.to_owned(),
        authority: "云汀市人力资源和社会保障局".to_owned(),
        rules: rules::built_in().expect("the rules"),
        policies: policy::Policies::built_in().expect("the policies"),
        clock: clock::now,
    };
    Store::open(settings).await.expect("a store")
}

/// A fresh PostgreSQL schema, or none where the tests were started without PostgreSQL.
fn postgres(schema: &str) -> Option<String> {
    match std::env::var("MINGJING_TEST_POSTGRES") {
        Ok(url) => Some(format!("{url}?options=-csearch_path%3D{schema}")),
        Err(_) => {
            eprintln!("SKIPPED on PostgreSQL: MINGJING_TEST_POSTGRES is not set; run `make test`");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_planted_bad_rows_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&format!("sqlite://{}", folder.path().join("a.db").display())).await;
    let files = importing::gather(&[city()]).expect("the files");
    let outcome =
        importing::import(&store, &Actor::System, files, importing::Options { dry_run: true, skip_bad: false })
            .await
            .expect("an import");
    let planted = expected();
    let planted = planted["bad_rows"].as_array().expect("bad rows");
    let found: Vec<(String, u64, String)> =
        outcome.errors.iter().map(|bad| (bad.file.clone(), u64::from(bad.row), bad.code.clone())).collect();
    assert_eq!(found.len(), planted.len());
    for bad in planted {
        let wanted = (
            bad["file"].as_str().unwrap_or_default().to_owned(),
            bad["row"].as_u64().unwrap_or_default(),
            bad["kind"].as_str().unwrap_or_default().to_owned(),
        );
        assert!(found.contains(&wanted), "{wanted:?} was not found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_city_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&format!("sqlite://{}", folder.path().join("a.db").display())).await;
    whole_city(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_city_on_postgres() {
    if let Some(url) = postgres("public") {
        whole_city(&open(&url).await).await;
    }
}

async fn whole_city(store: &Store) {
    demo::set_clock(true);
    demo::seed(store, &city()).await.expect("the city");
    scores_are_exact(store).await;
    again_changes_nothing(store).await;
    reading_is_scoped(store).await;
    let report = store.audit(0, |_| ()).await.expect("an audit");
    assert_eq!(report.differences, Vec::new());
    assert!(report.entries > 1000);
    quota_holds(store).await;
}

/// Every quantitative value of `expected.json`, as an exact fraction.
async fn scores_are_exact(store: &Store) {
    let inspector = inspector(store).await;
    let desk = store.reader(&inspector);
    let mut checked = 0;
    for person in expected()["quantitative_expected"].as_array().expect("people") {
        let number = person["工号"].as_str().unwrap_or_default();
        let sheet = sheet_of(store, number).await;
        let (_, appraisal) = desk.appraisal(sheet).await.expect("a read").expect("an appraisal");
        for indicator in person["indicators"].as_array().expect("indicators") {
            let code = indicator["code"].as_str().unwrap_or_default();
            let (computed, _) = appraisal.computed.get(code).unwrap_or_else(|| panic!("{number} has no {code}"));
            let Value::Scored { exact, .. } = &computed.value else { panic!("{number} {code}: {:?}", computed.value) };
            assert_eq!(exact, indicator["score_exact"].as_str().unwrap_or_default(), "{number} {code}");
            assert!(!computed.rows.is_empty(), "{number} {code} names no row");
            checked += 1;
        }
    }
    assert!(checked > 20, "only {checked} values were checked");
}

async fn again_changes_nothing(store: &Store) {
    let files = importing::gather(&[city()]).expect("the files");
    let outcome =
        importing::import(store, &Actor::System, files, importing::Options { dry_run: false, skip_bad: true })
            .await
            .expect("an import");
    let imported: u32 = outcome.files.iter().filter(|file| file.kind != "indicators").map(|file| file.imported).sum();
    assert_eq!(imported, 0);
}

/// A guessed id tells nothing: a colleague sees what is not there.
async fn reading_is_scoped(store: &Store) {
    let colleague = actor(store, "YT0036").await;
    let sheet = sheet_of(store, "YT0035").await;
    assert!(store.reader(&colleague).appraisal(sheet).await.expect("a read").is_none());
    let owner = actor(store, "YT0035").await;
    assert!(store.reader(&owner).appraisal(sheet).await.expect("a read").is_some());
}

/// Everyone proposes the top grade for everyone at once: the quota is never exceeded.
async fn quota_holds(store: &Store) {
    let hr = actor(store, "YT0319").await;
    let cycles = store.cycles().await.expect("cycles");
    let cycle = CycleId(cycles.iter().find(|cycle| cycle.frozen_at.is_none()).expect("an open cycle").cycle_id);
    store.act(&hr, store.new_key(), Act::FreezeScoring { cycle }).await.expect("frozen");
    let slate = store.reader(&hr).slates(cycle).await.expect("slates").into_iter().max_by_key(|slate| slate.base);
    let slate = domain::id::SlateId(slate.expect("a slate").slate_id);
    let (opened, before) = store.reader(&hr).slate(slate).await.expect("a read").expect("a slate");
    let top = opened.top_grade().to_owned();
    let racing = before.members.iter().filter(|member| member.graded).map(|member| {
        let act = Act::ProposeGrade { slate, appraisal: member.appraisal, grade: top.clone(), reason: String::new() };
        let (store, hr, key) = (store.clone(), hr.clone(), store.new_key());
        tokio::spawn(async move { store.act(&hr, key, act).await.is_ok() })
    });
    let racing: Vec<_> = racing.collect();
    let mut through = 0;
    for act in racing {
        through += u32::from(act.await.expect("an answer"));
    }
    let (_, after) = store.reader(&hr).slate(slate).await.expect("a read").expect("a slate");
    assert_eq!((through, after.count(&top)), (after.quota, after.quota));
    assert!(store.audit(0, |_| ()).await.expect("an audit").differences.is_empty());
}

async fn actor(store: &Store, login: &str) -> Actor {
    let account = store.account_of_login(login).await.expect("a read").expect("an account");
    store.actor(account).await.expect("a read").expect("an actor")
}

async fn inspector(store: &Store) -> Actor {
    actor(store, "YT0481").await
}

async fn sheet_of(store: &Store, number: &str) -> domain::id::AppraisalId {
    let person = actor(store, number).await;
    let own = store.reader(&person).own_appraisals().await.expect("a read");
    domain::id::AppraisalId(own.first().unwrap_or_else(|| panic!("{number} takes no part")).appraisal_id)
}

#[test]
fn nobody_reads_without_a_policy() {
    let policies = policy::Policies::built_in().expect("the policies");
    for reading in policy::Reading::ALL {
        assert!(policies.may_read(&Actor::System, reading, &Case::default()).is_err(), "{reading:?}");
    }
}
