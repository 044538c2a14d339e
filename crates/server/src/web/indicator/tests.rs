use axum::http::StatusCode;

use crate::web::testing::office::Office;

const FILLED: [(&str, &str); 8] = [
    ("indicator.name", "按时办结"),
    ("indicator.dimension", "achievement"),
    ("indicator.weight%", "10"),
    ("indicator.post_type", "窗口岗"),
    ("indicator.source", "办件统计"),
    ("indicator.quantitative?", "yes"),
    ("indicator.target~", ""),
    ("indicator.cap~", "100"),
];

#[tokio::test]
async fn the_library_is_for_those_who_read_cycles_and_changed_by_hr_alone() {
    let office = Office::new().await;
    for login in ["HQ", "IN", "approver"] {
        let browser = office.browser(login).await;
        assert!(browser.get("/indicators").await.text().contains("综合岗 2 项指标 权重合计 100"), "{login}");
        let set = browser.get("/indicators?post_type=%E7%BB%BC%E5%90%88%E5%B2%97").await;
        assert!(set.text().contains("min(sum(attendance.late) / target, 1) * 100"), "{login}: {}", set.text());
        assert_eq!(set.text().contains("新增指标"), login == "HQ", "{login}");
    }
    for login in ["A1", "A0", "AH", "sysadmin"] {
        assert_eq!(office.browser(login).await.get("/indicators").await.status, StatusCode::NOT_FOUND, "{login}");
    }
    for login in ["IN", "approver", "A1"] {
        let status = office.browser(login).await.get("/indicators/new").await.status;
        assert_eq!(status, StatusCode::FORBIDDEN, "{login}");
    }
}

#[tokio::test]
async fn a_formula_that_is_not_understood_is_refused_at_its_field() {
    let office = Office::new().await;
    let hr = office.browser("HQ").await;
    let shown = hr.get("/indicators/new").await;
    let form = shown.form("define_indicator");
    let filled = [FILLED.as_slice(), &[("indicator.code", "CK1"), ("indicator.words", "得分=办得好不好*100")]].concat();
    let refused = hr.send(&shown, &form, &filled).await;
    let said = &refused.errors()["define_indicator-new-indicator.words"];
    assert!(said.starts_with("公式没有看懂：不认识“办得好不好”"), "{said}");
    assert!(refused.body.contains("办得好不好*100</textarea>"), "what was typed comes back");
    assert_eq!(office.store.indicators().await.unwrap().len(), 2);

    // The check says the same, without keeping anything.
    let mut fields: Vec<(String, String)> =
        filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    fields.push(("csrf_token".to_owned(), token(&refused.body)));
    let checked = hr.post("/indicators/check", &fields).await;
    assert_eq!(checked.errors()["define_indicator-new-indicator.words"], *said);
}

fn token(body: &str) -> String {
    crate::web::testing::between(body, "name=\"csrf_token\" value=\"", '"')[0].to_owned()
}

#[tokio::test]
async fn an_indicator_is_defined_changed_and_retired() {
    let office = Office::new().await;
    let hr = office.browser("HQ").await;
    let shown = hr.get("/indicators/new").await;
    let words = ("indicator.words", "得分=min(按时办结量合计/办件量合计,1)*100");
    let filled = [FILLED.as_slice(), &[("indicator.code", "CK1"), words]].concat();
    let defined = hr.send(&shown, &shown.form("define_indicator"), &filled).await;
    assert!(defined.text().contains("窗口岗 1 项指标 权重合计 10，还差 90"), "{}", defined.text());
    let id = office.store.indicators().await.unwrap().iter().find(|line| line.code == "CK1").unwrap().indicator_id;

    let page = hr.get(&format!("/indicators/{id}")).await;
    assert!(page.text().contains("min(sum(cases.on_time) / sum(cases.handled), 1) * 100"), "{}", page.text());
    let changed: Vec<(&str, &str)> = filled
        .iter()
        .filter(|(name, _)| *name != "indicator.code")
        .map(|(name, value)| if *name == "indicator.weight%" { (*name, "100") } else { (*name, *value) })
        .collect();
    let changed = hr.send(&page, &page.form("define_indicator"), &changed).await;
    assert!(changed.text().contains("权重 100"), "{}", changed.text());
    let retired = hr.send(&changed, &changed.form("retire_indicator"), &[]).await;
    assert!(retired.path == "/indicators" && !retired.text().contains("窗口岗"), "{}", retired.text());
    assert_eq!(hr.get(&format!("/indicators/{id}")).await.status, StatusCode::NOT_FOUND);
    assert!(office.store.audit(0, |_| ()).await.unwrap().differences.is_empty());
}
