use axum::http::StatusCode;

use crate::{rules, web::testing::office::Office};

#[tokio::test]
async fn the_rules_are_open_to_everyone_who_is_signed_in() {
    let office = Office::new().await;
    for login in ["A1", "sysadmin"] {
        let browser = office.browser(login).await;
        for id in ["civil_servant", "enterprise", "leading_cadre", "public_institution"] {
            let shown = browser.get(&format!("/regimes/{id}")).await;
            assert_eq!(shown.status, StatusCode::OK, "{id}");
        }
        let text = browser.get("/regimes/civil_servant").await.text();
        for words in [
            "20%，基数为应参加年度考核且确定等次的人数，向下取整",
            "公务员法 38 已核对",
            "本机关规定（默认值）",
            "待核对",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(browser.get("/regimes/nonsense").await.status, StatusCode::NOT_FOUND);
    }
    assert!(office.stranger().get("/regimes").await.path.starts_with("/sign-in"));
}

#[tokio::test]
async fn the_rules_in_force_are_on_record_before_the_first_act() {
    let office = Office::new().await;
    let employee = office.browser("A1").await;
    rules::record(&office.store).await.unwrap();
    let text = employee.get("/regimes").await.text();
    assert!(!text.contains("尚未记入账本") && text.matches("记入账本第").count() == 1, "once for one version: {text}");
    assert!(text.contains(&office.store.rules().hash) && text.contains(office.store.policies().hash()));
}
