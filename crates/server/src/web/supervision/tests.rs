use axum::http::StatusCode;
use domain::{act::Act, declaration::Relative};
use jiff::civil::date;
use serde_json::Value;

use crate::{
    jobs,
    web::testing::{
        between,
        office::{Office, unescaped},
    },
};

#[tokio::test]
async fn those_who_oversee_see_how_all_of_it_stands() {
    let office = Office::published().await;
    let inspector = office.browser("IN").await;
    let page = inspector.get("/supervision").await;
    let text = page.text();
    for told in
        ["监督总览", "各单位进度", "最高等次比例与同类比较", "各单位综合得分", "历年数字", "待核查线索的级别和时长"]
    {
        assert!(text.contains(told), "{told}: {text}");
    }
    let cycle = office.cycle().await;
    let unit = office.unit("甲局").await;
    assert!(page.body.contains(&format!("/cycles/{cycle}/participants?unit={unit}")));
    for drawing in between(&page.body, "data-chart=\"", '"') {
        let told: Value = serde_json::from_str(&unescaped(drawing)).expect("JSON");
        assert!(["bars", "lines", "boxes", "funnel"].contains(&told["kind"].as_str().unwrap_or_default()), "{told}");
    }

    let hr = office.browser("HQ").await.get("/supervision").await;
    assert!(
        hr.text().contains("各单位进度") && !hr.text().contains("待核查线索的级别和时长"),
        "findings are for inspectors"
    );
    for login in ["A0", "AH", "A1", "approver", "sysadmin"] {
        let browser = office.browser(login).await;
        for path in ["/supervision", "/supervision.csv", "/api/supervision"] {
            assert_eq!(browser.answer(path).await.status, StatusCode::FORBIDDEN, "{login} {path}");
        }
    }
    let file = inspector.answer("/supervision.csv?panel=progress").await.body;
    assert!(file.contains("甲局"), "{file}");
    assert_eq!(inspector.answer("/supervision.csv?panel=nothing").await.status, StatusCode::NOT_FOUND);
    let told: Value = serde_json::from_str(&inspector.answer("/api/supervision").await.body).expect("JSON");
    assert_eq!((told["progress"].as_array().map(Vec::len), told["queue"].as_array().map(Vec::len)), (Some(0), Some(5)));
}

#[tokio::test]
async fn a_mark_leads_to_as_many_rows_as_it_counts() {
    let office = Office::with_cycle().await;
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
    let inspector = office.browser("IN").await;
    let page = inspector.get("/supervision").await;
    let links = between(&page.body, "<a href=\"/findings?list=open&#38;level=", '"');
    assert_eq!(links.len(), 15, "three levels of five ages");
    let mut found = 0;
    for link in links {
        let path = format!("/findings?list=open&level={}", unescaped(link));
        found += inspector.get(&path).await.body.matches("逾期申报变化</a>").count();
    }
    assert_eq!(found, 1, "the finding is behind one mark");
}
