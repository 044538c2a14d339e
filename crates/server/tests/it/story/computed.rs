//! Quantitative scores come from observations, and from nothing else.

use super::*;
use crate::city::CONSOLE;
use connect::Source;
use domain::{
    act::Act,
    id::BatchId,
    refusal::Reason,
    score::{Computed, Value},
};
use server::{
    importing::{self, Options},
    recompute,
};
use store::Error;

/// Every value that `expected.json` names, as an exact fraction with the rows it came from.
pub async fn from_observations_only(story: &Story) {
    let Story { city, .. } = story;
    recompute::catch_up(&city.store, |_, _| ()).await.expect("computed");
    let inspector = city.who(INSPECTOR).await;
    let desk = city.store.reader(&inspector);
    let mut checked = 0;
    for person in expected()["quantitative_expected"].as_array().expect("people") {
        let number = person["工号"].as_str().expect("a number");
        let id = city.person(number).await;
        let mut sheets = desk.participants_in(story.cycle, ALL).await.expect("a read");
        sheets.extend(desk.participants_in(story.civil, ALL).await.expect("a read"));
        let sheet = sheets.iter().find(|sheet| sheet.person_id == id.0).expect("takes part");
        let id = AppraisalId(sheet.appraisal_id);
        let (_, sheet) = desk.appraisal(id).await.expect("a read").expect("an appraisal");
        for indicator in person["indicators"].as_array().expect("indicators") {
            let code = indicator["code"].as_str().expect("a code");
            let (computed, _) = sheet.computed.get(code).unwrap_or_else(|| panic!("{number} has no {code}"));
            assert_eq!(exact(computed), indicator["score_exact"].as_str().expect("a fraction"), "{number} {code}");
            rows_are_named(city, computed).await;
            checked += 1;
        }
    }
    assert_eq!(checked, 47);
}

fn exact(computed: &Computed) -> &str {
    let Value::Scored { exact, .. } = &computed.value else { panic!("{computed:?}") };
    exact
}

/// Each value says which rows of which batch it came from.
async fn rows_are_named(city: &City, computed: &Computed) {
    let inspector = city.who(INSPECTOR).await;
    let batches = city.store.reader(&inspector).batches(0, 1000).await.expect("a read").0;
    assert!(!computed.rows.is_empty(), "{} names no row", computed.indicator);
    for (BatchId(id), rows) in &computed.rows {
        let batch = batches.iter().find(|batch| batch.batch_id == *id).expect("a batch on record");
        assert!(!rows.is_empty() && !batch.file.is_empty());
    }
}

/// One more day of attendance, and late: the steps of the formula move. HR can't set the value, only bring data.
pub async fn again_with_a_new_batch(story: &Story) {
    let Story { city, sheet, .. } = story;
    let (_, before) = city.appraisal(EMPLOYEE, *sheet).await;
    assert_eq!(exact(&before.computed["CK-Q01"].0), "100");
    let (batches, now) = bring(story, "2026-10-12").await;
    assert_eq!(batches, 1);
    let (value, stamp) = &now.computed["CK-Q01"];
    assert_eq!(exact(value), "80", "three times late instead of two");
    assert_eq!((stamp.by.account, stamp.by.person), (None, None), "nobody computes but the product itself");
    assert_eq!(before.computed["CK-J01"], now.computed["CK-J01"], "what did not change keeps its time");
    recompute::catch_up(&city.store, |_, _| ()).await.expect("computed");
    assert_eq!(city.appraisal(EMPLOYEE, *sheet).await.1.computed, now.computed, "again changes nothing");
    city.not_theirs(EMPLOYEE, Act::ComputeScores { appraisal: *sheet }).await;
    city.refused(UNIT_HR, Act::ComputeScores { appraisal: *sheet }, Reason::NothingNew).await;
}

/// HR imports one late morning of the employee; how many batches it made, and the appraisal after.
async fn bring(story: &Story, day: &str) -> (usize, domain::appraisal::Appraisal) {
    let Story { city, sheet, .. } = story;
    let text = format!("工号,姓名,部门,日期,上班打卡,下班打卡,状态\n{EMPLOYEE},彭凤妍,{UNIT},{day},08:59,17:35,迟到\n");
    let file = Source::bytes("补录考勤.csv", text);
    let hr = city.who(HR).await;
    let outcome = importing::import(&city.store, &hr, vec![file], Options::default()).await.expect("an import");
    assert_eq!(outcome.errors.len(), 0, "{:?}", outcome.errors);
    recompute::catch_up(&city.store, |_, _| ()).await.expect("computed");
    let imported = outcome.tables.iter().filter(|table| table.new > 0).count();
    (imported, city.appraisal(EMPLOYEE, *sheet).await.1)
}

/// After freezing, data may still come in, and no value moves.
pub async fn never_after_freezing(story: &Story) {
    let Story { city, sheet, .. } = story;
    let (_, before) = city.appraisal(EMPLOYEE, *sheet).await;
    let (batches, after) = bring(story, "2026-10-13").await;
    assert_eq!((batches, &after.computed), (1, &before.computed));
    match city.tries(CONSOLE, Act::ComputeScores { appraisal: *sheet }).await {
        Err(Error::Refused(refusal)) => assert_eq!(refusal.reason, Reason::ScoringFrozen),
        other => panic!("{other:?}"),
    }
}
