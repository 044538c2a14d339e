use axum::http::StatusCode;
use domain::{act::Act, declaration::Relative};
use jiff::civil::date;

use crate::{
    jobs,
    web::testing::{between, office::Office},
};

/// A1 declared a marriage of the spring in October.
async fn late() -> Office {
    let office = Office::new().await;
    let person = office.who("A1").await.person().unwrap();
    office.does("A1", Act::DeclareFamily { person, relatives: Vec::new(), after: None }).await;
    let wife = Relative {
        relation: "配偶".to_owned(),
        name: "李某".to_owned(),
        id_number: None,
        employer: None,
        since: Some(date(2026, 3, 1)),
        until: None,
    };
    office.does("A1", Act::DeclareFamily { person, relatives: vec![wife], after: None }).await;
    jobs::check_ties(&office.store).await.unwrap();
    office
}

#[tokio::test]
async fn an_inspector_looks_into_it_and_the_person_concerned_is_heard() {
    let office = late().await;
    let (inspector, own) = (office.browser("IN").await, office.browser("A1").await);
    assert!(inspector.get("/").await.text().contains("核查线索"));
    let list = inspector.get("/findings").await;
    assert!(list.text().contains("逾期申报变化") && list.text().contains("职工A1"), "{}", list.text());
    let id = between(&list.body, "/findings/", '"').into_iter().find(|id| id.len() == 36).unwrap();
    let path = format!("/findings/{id}");
    for login in ["A1", "A2", "HQ", "approver", "sysadmin"] {
        let browser = office.browser(login).await;
        assert_eq!(browser.get("/findings").await.status, StatusCode::FORBIDDEN, "{login}");
        assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{login}");
    }

    let page = inspector.get(&path).await;
    assert!(page.text().contains("职工A1于2026年10月14日申报了2026年3月1日发生的家庭变化"), "{}", page.text());
    assert!(page.text().contains("可能的正常原因"));
    let close = [("disposition", "confirmed"), ("reasons", "已核实")];
    let unheard = inspector.send(&page, &page.form("close_finding"), &close).await;
    assert!(unheard.text().contains("未听取本人说明前不能认定属实"), "{}", unheard.text());
    let asked = inspector.send(&unheard, &unheard.form("ask_for_reply"), &[]).await;
    assert!(asked.text().contains("待本人说明") && !asked.has_form("ask_for_reply"));

    assert!(own.get("/").await.text().contains("作出情况说明"));
    let mine = own.get(&path).await;
    assert!(!mine.has_form("close_finding") && !mine.has_form("silence_finding"));
    let replied = own.send(&mine, &mine.form("reply_to_finding"), &[("text", "登记延误")]).await;
    assert!(replied.text().contains("登记延误"));

    let page = inspector.get(&path).await;
    let closed = inspector.send(&page, &page.form("close_finding"), &close).await;
    assert!(closed.text().contains("已办结") && closed.has_form("reopen_finding") && !closed.has_form("close_finding"));
    assert!(own.get(&path).await.text().contains("属实"));
    assert!(inspector.get("/findings?list=closed").await.body.contains(&path));
    assert!(!inspector.get("/findings").await.body.contains(&path));
    let file = inspector.get("/findings.csv?list=closed").await;
    assert!(file.body.contains("逾期申报变化,职工A1,A1,甲局"), "{}", file.body);
}
