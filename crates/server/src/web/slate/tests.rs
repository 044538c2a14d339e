use axum::http::StatusCode;
use domain::{act::Act, id::SlateId};

use crate::web::testing::office::{Browser, Office, Shown};

async fn open(office: &Office, login: &str, slate: SlateId) -> (Browser, Shown) {
    let browser = office.browser(login).await;
    let shown = browser.get(&format!("/slates/{slate}")).await;
    (browser, shown)
}

#[tokio::test]
async fn only_who_works_on_a_slate_sees_it() {
    let office = Office::frozen().await;
    let slate = office.slate("甲局").await;
    for login in ["HQ", "AH", "A0", "IN"] {
        assert_eq!(open(&office, login, slate).await.1.status, StatusCode::OK, "{login}");
    }
    for login in ["A1", "B0", "B1", "approver", "sysadmin"] {
        assert_eq!(open(&office, login, slate).await.1.status, StatusCode::NOT_FOUND, "{login}");
    }
    let (_, head) = open(&office, "A0", slate).await;
    assert!(!head.has_form("propose_grade"), "the head fixes, the unit's HR proposes");
    let (_, inspector) = open(&office, "IN", slate).await;
    assert!(!inspector.has_form("propose_grade") && !inspector.has_form("submit_slate"));
}

#[tokio::test]
async fn the_quota_refuses_at_the_grade_and_says_how_many() {
    let office = Office::frozen().await;
    let slate = office.slate("甲局").await;
    office.proposes(slate, "A1", "excellent").await;
    let (hr, shown) = open(&office, "AH", slate).await;
    assert!(shown.text().contains("应定等次 5 人 × 20% = 1 人（向下取整）"), "{}", shown.text());
    assert!(shown.text().contains("优秀已用 1 名，共 1 名"));
    let name = format!("propose_grade-{}", office.sheet("A2").await);
    let filled = [("grade", "excellent"), ("reason", "表现突出")];
    let refused = hr.send(&shown, &shown.form(&name), &filled).await;
    let said = &refused.errors()[&format!("{name}-grade")];
    assert_eq!(said, "优秀名额已满：应考核 5 人，最多 1 人。请先调整他人等次。");
    assert!(refused.body.contains("value=\"表现突出\""), "what was typed comes back");

    let low = hr.send(&refused, &refused.form(&name), &[("grade", "incompetent"), ("reason", "")]).await;
    assert!(low.errors()[&format!("{name}-reason")].contains("不能为空"), "a low grade is never given without a word");
    let fine = hr.send(&low, &low.form(&name), &[("grade", "competent"), ("reason", "")]).await;
    assert!(fine.errors().is_empty() && fine.text().contains("职工AH拟定于"), "{}", fine.text());
}

#[tokio::test]
async fn nobody_proposes_the_own_grade() {
    let office = Office::frozen().await;
    let slate = office.slate("甲局").await;
    let (hr, shown) = open(&office, "AH", slate).await;
    let own = office.sheet("AH").await;
    assert!(!shown.has_form(&format!("propose_grade-{own}")));
    assert!(shown.text().contains("涉及本人的事项必须回避"));
    // The form of somebody else, sent for oneself.
    let form = shown.form("propose_grade");
    let forged =
        hr.send(&shown, &form, &[("appraisal", &own.to_string()), ("grade", "excellent"), ("reason", "")]).await;
    assert!(forged.text().contains("涉及本人的事项必须回避"), "{}", forged.text());
    let reader = office.who("HQ").await;
    let (_, slate) = office.store.reader(&reader).slate(slate).await.unwrap().unwrap();
    assert!(slate.proposals.is_empty());
}

#[tokio::test]
async fn a_slate_goes_its_way_by_different_hands() {
    let office = Office::frozen().await;
    let slate = office.slate("甲局").await;
    let (_, early) = open(&office, "AH", slate).await;
    assert!(!early.has_form("submit_slate") && early.text().contains("还有 5 人没有拟定等次"), "{}", early.text());
    for number in ["A1", "A2", "A3", "A4"] {
        office.proposes(slate, number, "competent").await;
    }
    let appraisal = office.sheet("AH").await;
    let of_hr = Act::ProposeGrade { slate, appraisal, grade: "competent".to_owned(), reason: String::new() };
    office.does("HQ", of_hr).await;
    let (unit_hr, shown) = open(&office, "AH", slate).await;
    let submitted = unit_hr.send(&shown, &shown.form("submit_slate"), &[]).await;
    assert!(submitted.text().contains("等待考核主管部门人事复核") && !submitted.has_form("propose_grade"));

    let (proposer, shown) = open(&office, "HQ", slate).await;
    assert!(!shown.has_form("review_slate") && shown.text().contains("须由另一人办理"), "{}", shown.text());
    let returned = proposer.send(&shown, &shown.form("return_slate"), &[("reason", "")]).await;
    assert!(returned.errors().values().any(|said| said.contains("不能为空")));
    let returned = proposer.send(&returned, &returned.form("return_slate"), &[("reason", "请核对 A2")]).await;
    assert!(returned.text().contains("请核对 A2") && returned.has_form("propose_grade"));

    office.does("AH", Act::SubmitSlate { slate }).await;
    let (reviewer, shown) = open(&office, "HR", slate).await;
    let reviewed = reviewer.send(&shown, &shown.form("review_slate"), &[]).await;
    assert!(reviewed.text().contains("没有优秀人员，无需公示") && !reviewed.has_form("post_notice"));
    let (head, shown) = open(&office, "A0", slate).await;
    assert!(shown.text().contains("5 人的等次为最终结果，不能撤销"));
    let fixed = head.send(&shown, &shown.form("fix_grades"), &[]).await;
    assert!(fixed.text().contains("等次已确定，等待本人签署结果"));
}

#[tokio::test]
async fn another_share_needs_a_document_and_the_authority() {
    let office = Office::frozen().await;
    let slate = office.slate("甲局").await;
    assert!(!open(&office, "AH", slate).await.1.has_form("set_quota"));
    let (hr, shown) = open(&office, "HQ", slate).await;
    let form = shown.form("set_quota");
    let refused = hr.send(&shown, &form, &[("share#", "25"), ("document", " ")]).await;
    assert!(refused.errors().values().any(|said| said.contains("不能为空")), "{:?}", refused.errors());
    let refused =
        hr.send(&refused, &refused.form("set_quota"), &[("share#", "90"), ("document", "甲发〔2026〕1号")]).await;
    assert!(refused.errors().values().any(|said| said.contains("优秀比例只能是 25, 20")), "{:?}", refused.errors());
    let set = hr.send(&refused, &refused.form("set_quota"), &[("share#", "25"), ("document", "甲发〔2026〕1号")]).await;
    assert!(
        set.text().contains("应定等次 5 人 × 25% = 1 人") && set.text().contains("甲发〔2026〕1号"),
        "{}",
        set.text()
    );
}
