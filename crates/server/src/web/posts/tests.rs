use crate::web::testing::office::{Office, id_number};
use axum::http::StatusCode;
use std::collections::BTreeMap;

/// A1 and A2 are married and both under A0, who is A1's father: of the household register.
async fn related() -> Office {
    let office = Office::new().await;
    let (a0, a1, a2) = (id_number(3), id_number(5), id_number(6));
    let register = format!("户号,姓名,身份证号,与户主关系,父亲身份证号,配偶身份证号\nH1,职工A1,{a1},户主,{a0},{a2}\n");
    office.imports("户籍信息.csv", &register).await;
    office
}

#[tokio::test]
async fn hr_and_the_inspector_are_told_and_nobody_else() {
    let office = related().await;
    for login in ["HQ", "IN"] {
        let shown = office.browser(login).await.get("/posts").await;
        let text = shown.text();
        assert_eq!(shown.status, StatusCode::OK, "{login}: {text}");
        assert!(text.contains("直系血亲关系") && text.contains("夫妻关系"), "{text}");
        assert!(text.contains("职工A1 → 职工A0") && text.contains("职工A1 → 职工A0 ← 职工A2"), "{text}");
    }
    for login in ["A0", "A1", "AH", "B1", "sysadmin"] {
        for path in ["/posts", "/posts.csv", "/api/posts"] {
            let answer = office.browser(login).await.answer(path).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{login} {path}");
            assert!(!answer.body.contains("职工A2"), "{login} {path}");
        }
    }
}

#[tokio::test]
async fn the_list_is_narrowed_down_and_taken_away() {
    let office = related().await;
    let hr = office.browser("HQ").await;
    let same = hr.get("/posts?kind=same_leader").await.text();
    assert!(same.contains("共 1 条") && !same.contains("直系血亲关系"), "{same}");
    let elsewhere = format!("/posts?unit={}", office.unit("乙局").await);
    let none = hr.get(&elsewhere).await.text();
    assert!(none.contains("没有需要回避的职务") && none.contains("查看全部"), "{none}");
    let csv = hr.answer("/posts.csv?kind=direct_leader").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.body.lines().count(), 3, "a head, the father and the father-in-law: {}", csv.body);
    let listed: serde_json::Value = serde_json::from_str(&hr.answer("/api/posts?limit=1").await.body).expect("JSON");
    assert_eq!(listed["items"][0]["kind"], "direct_leader");
    let next = listed["next"].as_str().expect("there is more");
    let rest = hr.answer(&format!("/api/posts?after={next}")).await.body;
    let rest: serde_json::Value = serde_json::from_str(&rest).expect("JSON");
    let kinds = rest["items"].as_array().expect("a list").iter().map(|item| (item["kind"].to_string(), 1));
    assert_eq!(
        kinds.collect::<BTreeMap<_, _>>().into_keys().collect::<Vec<_>>(),
        ["\"direct_leader\"", "\"same_leader\""]
    );
}

#[tokio::test]
async fn where_nobody_is_related_the_page_says_so() {
    let office = Office::new().await;
    let shown = office.browser("IN").await.get("/posts").await;
    assert!(shown.text().contains("没有需要回避的职务") && !shown.text().contains("查看全部"), "{}", shown.text());
}
