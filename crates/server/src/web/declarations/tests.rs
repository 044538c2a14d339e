use axum::http::StatusCode;

use crate::web::testing::office::Office;

const NUMBER: &str = "99010419691007893X";

#[tokio::test]
async fn somebody_declares_their_family_and_nobody_else_reads_it() {
    let office = Office::new().await;
    let own = office.browser("A1").await;
    let page = own.get("/declarations").await;
    let form = page.form("declare_family");
    let wrong = [
        ("relatives.0.relation", "配偶"),
        ("relatives.0.name", "李某"),
        ("relatives.0.id_number~", "990104196910078930"),
        ("relatives.0.employer~", "市第一中学"),
        ("relatives.0.since~", "2026-10-01"),
        ("relatives.0.until~", ""),
    ];
    let refused = own.send(&page, &form, &wrong).await;
    assert!(refused.text().contains("亲属 1：身份证号有误"), "{}", refused.text());
    assert!(refused.body.contains("990104196910078930"), "what was typed comes back");
    // Meanwhile it waits in the session, where nobody who opens the database reads it.
    let mut right = wrong;
    right[2].1 = NUMBER;
    let declared = own.send(&refused, &refused.form("declare_family"), &right).await;
    assert!(declared.text().contains("申报亲属 1 人") && declared.text().contains("990104********893X"));
    assert!(declared.body.contains(&format!("value=\"{NUMBER}\"")), "the list stands in the form, to be changed");

    let hr = office.browser("HQ").await;
    let all = hr.get("/declarations/all").await;
    assert!(all.text().contains("已申报") && !all.body.contains("李某") && !all.body.contains(NUMBER));
    let other = office.browser("A2").await;
    assert!(!other.get("/declarations").await.body.contains("李某"));
    assert_eq!(other.get("/declarations/all").await.status, StatusCode::FORBIDDEN);
    let nobody = office.browser("sysadmin").await.get("/declarations").await;
    assert!(nobody.text().contains("此账号不属于花名册上的人员") && !nobody.has_form("declare_family"));
}

#[tokio::test]
async fn hr_asks_and_everybody_has_it_to_do_until_they_have_declared() {
    let office = Office::new().await;
    let (hr, own) = (office.browser("HQ").await, office.browser("A1").await);
    let page = hr.get("/declarations/all").await;
    let asked = hr.send(&page, &page.form("ask_for_declarations"), &[]).await;
    assert!(asked.text().contains("已通知，未申报"));
    let again = hr.send(&asked, &asked.form("ask_for_declarations"), &[]).await;
    assert!(again.text().contains("全体人员均已收到 2026 年度申报通知"), "{}", again.text());
    assert!(own.get("/").await.text().contains("申报家庭情况"));
    let page = own.get("/declarations").await;
    assert!(page.text().contains("请完成 2026 年度家庭情况申报"));
    let done = own.send(&page, &page.form("declare_family"), &[]).await;
    assert!(done.text().contains("申报：无") && !done.text().contains("请完成 2026"), "{}", done.text());
    assert!(!hr.get("/declarations/all?list=waiting").await.text().contains("职工A1"));
}
