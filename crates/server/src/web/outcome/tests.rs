use axum::http::StatusCode;
use domain::{act::Act, id::OutcomeId, outcome::Kind};

use crate::web::testing::office::Office;

/// A1's grade is final and the head has recommended a reward.
async fn recommended() -> (Office, OutcomeId) {
    let office = Office::frozen().await;
    let slate = office.slate("甲局").await;
    for number in ["A1", "A2", "A3", "A4"] {
        office.proposes(slate, number, "competent").await;
    }
    let appraisal = office.sheet("AH").await;
    let of_hr = Act::ProposeGrade { slate, appraisal, grade: "competent".to_owned(), reason: String::new() };
    office.does("HQ", of_hr).await;
    office.does("AH", Act::SubmitSlate { slate }).await;
    office.does("HR", Act::ReviewSlate { slate }).await;
    office.does("A0", Act::FixGrades { slate }).await;
    let receipt = office.does("A0", reward(&office).await).await;
    (office, OutcomeId(receipt.streams[0]))
}

async fn reward(office: &Office) -> Act {
    let appraisal = office.sheet("A1").await;
    Act::RecommendOutcome {
        appraisal, kind: Kind::Reward, detail: "嘉奖".to_owned(), reasons: "全年无差错".to_owned()
    }
}

#[tokio::test]
async fn three_people_sign_and_each_sees_only_the_own_form() {
    let (office, id) = recommended().await;
    let page = format!("/outcomes/{id}");
    for login in ["A1", "A0", "AH", "IN", "approver"] {
        let shown = office.browser(login).await.get(&page).await;
        assert_eq!(shown.status, StatusCode::OK, "{login}");
        assert!(!shown.has_form("review_outcome") && !shown.has_form("decide_outcome"), "{login}");
        assert!(shown.text().contains("部门推荐 职工A0"), "{login}: {}", shown.text());
    }
    let hr = office.browser("HQ").await;
    let shown = hr.get(&page).await;
    let form = shown.form("review_outcome");
    let refused = hr.send(&shown, &form, &[("approved?", "no"), ("opinion", "")]).await;
    assert!(refused.errors().values().any(|said| said.contains("“意见”不能为空")), "{:?}", refused.errors());
    let reviewed =
        hr.send(&refused, &refused.form("review_outcome"), &[("approved?", "yes"), ("opinion", "同意")]).await;
    assert!(reviewed.text().contains("人力资源部审核：同意") && reviewed.text().contains("待审批"));

    let approver = office.browser("approver").await;
    assert!(approver.get("/").await.text().contains("审批结果应用"));
    let shown = approver.get(&page).await;
    let decided = approver.send(&shown, &shown.form("decide_outcome"), &[("approved?", "yes"), ("opinion", "")]).await;
    assert!(decided.text().contains("总经理或市政府审批：同意") && !decided.has_form("decide_outcome"));
    assert!(approver.get("/outcomes?list=approved").await.body.contains(&page));
    assert!(!approver.get("/outcomes").await.body.contains(&page));
}

#[tokio::test]
async fn nobody_signs_twice() {
    let (office, id) = recommended().await;
    // The head of a unit without HR of its own may hold HR as well.
    let account = office.store.account_of_login("A0").await.unwrap().unwrap();
    let grant = domain::actor::Grant { role: domain::actor::Role::HrOfficer, unit: None };
    let console = domain::actor::Actor::System;
    office.store.act(&console, office.store.new_key(), Act::GrantRole { account, grant }).await.unwrap();
    let head = office.browser("A0").await.get(&format!("/outcomes/{id}")).await;
    assert!(!head.has_form("review_outcome"));
    assert!(head.text().contains("您已办理过前一步，这一步须由另一人办理"), "{}", head.text());
}

#[tokio::test]
async fn outcomes_are_hidden_from_colleagues_and_not_proposed_twice() {
    let (office, id) = recommended().await;
    for login in ["A2", "B0", "B1", "sysadmin"] {
        let browser = office.browser(login).await;
        assert_eq!(browser.get(&format!("/outcomes/{id}")).await.status, StatusCode::NOT_FOUND, "{login}");
        assert!(!browser.get("/outcomes").await.body.contains(&id.to_string()), "{login}");
    }
    let again = office.store.act(&office.who("A0").await, office.store.new_key(), reward(&office).await).await;
    assert!(again.is_err_and(|error| error.to_string().contains("outcome-exists")));
}

#[tokio::test]
async fn the_leader_or_the_head_recommends_on_the_appraisal_when_the_grade_is_fixed() {
    let (office, _) = recommended().await;
    let sheet = format!("/appraisals/{}", office.sheet("A2").await);
    for login in ["A2", "HQ", "IN"] {
        assert!(!office.browser(login).await.get(&sheet).await.has_form("recommend_outcome"), "{login}");
    }
    let head = office.browser("A0").await;
    let shown = head.get(&sheet).await;
    let bare = [("kind", "training"), ("detail", "公文写作培训"), ("reasons", "")];
    let refused = head.send(&shown, &shown.form("recommend_outcome"), &bare).await;
    assert!(refused.text().contains("必填") || refused.text().contains("填写"), "{}", refused.text());
    let whole = [("kind", "training"), ("detail", "公文写作培训"), ("reasons", "材料起草较慢")];
    let done = head.send(&refused, &refused.form("recommend_outcome"), &whole).await;
    assert!(done.text().contains("已记入账本"), "{}", done.text());
    assert!(head.get("/outcomes").await.text().contains("培训"));
}
