use axum::http::StatusCode;
use domain::id::{AppraisalId, OutcomeId};
use store::query::{Narrowing, Page};

use super::*;
use crate::web::testing::office::Office;

#[test]
fn an_address_narrows_and_keeps_what_it_was_asked() {
    let asked: Asked = serde_json::from_value(serde_json::json!({
        "q": "王&李", "stage": "graded", "only": "nonsense", "unit": "", "page": "2",
    }))
    .unwrap();
    assert_eq!(asked.query(), "q=%E7%8E%8B%26%E6%9D%8E&stage=graded&only=nonsense");
    let narrowing = asked.narrowing();
    assert_eq!((narrowing.stage, narrowing.only, narrowing.unit), (Some(Stage::Graded), None, None));
}

#[tokio::test]
async fn the_list_is_searched_and_narrowed_and_taken_away() {
    let office = Office::with_cycle().await;
    let list = format!("/cycles/{}/participants", office.cycle().await);
    let hr = office.browser("HQ").await;
    let text = hr.get(&list).await.text();
    assert!(text.contains("共 12 人") && text.contains("试用期内，只写评语（至 2027年6月1日）"), "{text}");
    for (query, found) in [("q=A1", 1), ("q=%25", 0), ("only=ungraded", 3), ("stage=goals", 9), ("q=zzz", 0)] {
        let text = hr.get(&format!("{list}?{query}")).await.text();
        let told = if found == 0 { "没有符合条件的人员".to_owned() } else { format!("共 {found} 人") };
        assert!(text.contains(&told), "{query}: {text}");
    }
    let csv = hr.get(&format!("{list}.csv?only=ungraded")).await;
    let lines: Vec<&str> = csv.body.lines().collect();
    assert!(lines[0].starts_with("\u{feff}工号,姓名,单位"), "{}", lines[0]);
    assert_eq!(lines.len(), 4);
    let own = office.browser("A1").await.get(&format!("{list}.csv")).await;
    assert_eq!((own.status, own.body.lines().count()), (StatusCode::OK, 2), "a colleague takes away the own line only");
}

/// What the lists show is what policy lets each reader open, no more and no less.
#[tokio::test]
async fn lists_show_what_policy_permits_of_single_things() {
    let office = Office::published().await;
    let cycle = office.cycle().await;
    let all = office.store.appraisals_of(cycle).await.unwrap();
    let page = Page::first(1000);
    for login in ["HQ", "HR", "IN", "A0", "AH", "A1", "A5", "B0", "B1", "approver", "sysadmin"] {
        let actor = office.who(login).await;
        let reader = office.store.reader(&actor);
        let mut open = Vec::new();
        for id in &all {
            if reader.appraisal(*id).await.unwrap().is_some() {
                open.push(*id);
            }
        }
        let listed = reader.participants(cycle, &Narrowing::default(), page).await.unwrap();
        let mut listed: Vec<AppraisalId> = listed.rows.iter().map(|line| AppraisalId(line.appraisal_id)).collect();
        listed.sort();
        open.sort();
        assert_eq!(listed, open, "{login}");
        for notice in reader.notices(true, page).await.unwrap().rows {
            assert!(reader.notice(domain::id::NoticeId(notice.notice_id)).await.unwrap().is_some(), "{login}");
        }
        for slate in reader.slates(cycle).await.unwrap() {
            assert!(reader.slate(domain::id::SlateId(slate.slate_id)).await.unwrap().is_some(), "{login}");
        }
        for outcome in reader.outcomes(&["recommended"], page).await.unwrap().rows {
            assert!(reader.outcome(OutcomeId(outcome.outcome_id)).await.unwrap().is_some(), "{login}");
        }
    }
}
