use axum::http::StatusCode;
use domain::{
    act::Act,
    indicator::{Dimension, IndicatorDraft},
};

use super::*;
use crate::web::testing::office::{Browser, Office, Shown};

#[test]
fn periods_begin_where_offices_begin() {
    let of = |kind, year, month, day| period(kind, date(year, month, day));
    assert_eq!(of("annual", 2026, 10, 14), (date(2026, 1, 1), date(2026, 12, 31)));
    assert_eq!(of("annual", 2027, 1, 5), (date(2026, 1, 1), date(2026, 12, 31)), "held at the beginning of the next");
    assert_eq!(of("routine", 2026, 2, 28), (date(2026, 1, 1), date(2026, 3, 31)));
    assert_eq!(of("special", 2026, 12, 1), (date(2026, 10, 1), date(2026, 12, 31)));
}

const FILLED: [(&str, &str); 6] = [
    ("cycle.title", "年度考核"),
    ("cycle.from", "2026-01-01"),
    ("cycle.to", "2026-12-31"),
    ("cycle.schedule.goals", "2026-10-28"),
    ("cycle.schedule.scoring", "2026-12-09"),
    ("cycle.schedule.grading", "2026-12-23"),
];

/// The preview of the form as it is suggested, some fields changed.
async fn preview(hr: &Browser, changed: &[(&str, &str)]) -> Shown {
    let shown = hr.get("/cycles/new?regime=civil_servant").await;
    let kept = FILLED.iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    let filled: Vec<(&str, &str)> = kept.copied().chain(changed.iter().copied()).chain([("step", "preview")]).collect();
    hr.send(&shown, &shown.form("open_cycle"), &filled).await
}

#[tokio::test]
async fn a_cycle_is_looked_at_before_it_is_opened() {
    let office = Office::new().await;
    let hr = office.browser("HQ").await;
    let form = hr.get("/cycles/new?regime=civil_servant").await;
    assert!(form.body.contains("value=\"2026年度公务员考核\"") && form.body.contains("value=\"2026-10-28\""));
    assert!(form.text().contains("优秀比例上限 20%\n公务员考核规定 (2020) · 待核对"), "{}", form.text());
    let shown = preview(&hr, &[]).await;
    let text = shown.text();
    for words in [
        "甲局 7 5 1",
        "综合岗：12 人，2 项指标 权重合计 100",
        "1 个单位没有负责人，目标确认和等次确定将由人事办理：丙局",
        "3 人没有直接领导",
        "试用期内，只写评语（至 2027年6月1日）",
        "将为 12 人建立考核表（其中 9 人定等次）",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(office.store.cycles().await.unwrap().is_empty(), "looking changes nothing");
    let opened = hr.send(&shown, &shown.form("open_cycle"), &[]).await;
    assert_eq!(opened.path, format!("/cycles/{}", office.cycle().await));
    assert!(opened.text().contains("已完成：启动考核"), "{}", opened.text());
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost() {
    let office = Office::with_cycle().await;
    let hr = office.browser("HQ").await;
    for (field, value, said) in [
        ("cycle.title", "", "“名称”不能为空"),
        ("cycle.title", "年度考核", "已有同名周期“年度考核”"),
        ("cycle.to", "2025-12-31", "日期先后不对"),
        ("cycle.schedule.grading", "2026-12-01", "日期先后不对"),
        ("cycle.schedule.goals", "28.10.2026", "请填写日期"),
    ] {
        let title = if field == "cycle.title" { value } else { "另一次" };
        let shown = preview(&hr, &[(field, value), ("cycle.title", title)]).await;
        let errors = shown.errors();
        let at = errors.get(&format!("open_cycle-new-{field}"));
        assert!(at.is_some_and(|error| error.contains(said)), "{field}={value}: {errors:?}");
        assert!(shown.body.contains("value=\"2026-12-09\""), "{field}");
    }
}

#[tokio::test]
async fn whom_hr_leaves_ungraded_travels_along() {
    let office = Office::new().await;
    let hr = office.browser("HQ").await;
    let shown = preview(&hr, &[]).await;
    let form = shown.form_with("name=\"number\"");
    let add = |number, reason, note| [("number", number), ("reason", reason), ("note", note), ("step", "exempt")];
    let refused = hr.send(&shown, &form, &add("ZZ", "", " ")).await;
    assert_eq!(refused.errors().len(), 3, "{:?}", refused.errors());
    let added =
        hr.send(&refused, &refused.form_with("name=\"number\""), &add("A2", "investigation", "立案〔2026〕1号")).await;
    assert!(added.text().contains("正在接受审查调查（立案〔2026〕1号）"), "{}", added.text());
    assert!(added.text().contains("其中 8 人定等次"));
    let edited = hr.send(&added, &added.form_with("value=\"edit\""), &[("step", "edit")]).await;
    let again: Vec<(&str, &str)> = FILLED.into_iter().chain([("step", "preview")]).collect();
    let again = hr.send(&edited, &edited.form("open_cycle"), &again).await;
    assert!(again.text().contains("立案〔2026〕1号"), "it is still there after a change of the form");
    let removed = hr.send(&again, &again.form_with("unexempt-0"), &[("step", "unexempt-0")]).await;
    assert!(!removed.text().contains("立案〔2026〕1号"));
    hr.send(&again, &again.form("open_cycle"), &[]).await;
    let reader = office.who("HQ").await;
    let (_, sheet) = office.store.reader(&reader).appraisal(office.sheet("A2").await).await.unwrap().unwrap();
    assert_eq!(sheet.ungraded, Some((Ungraded::Investigation, "立案〔2026〕1号".to_owned())));
}

#[tokio::test]
async fn a_set_that_is_off_is_named_with_the_way_to_mend_it() {
    let office = Office::new().await;
    let more = IndicatorDraft {
        code: "X1".to_owned(),
        name: "多出来的".to_owned(),
        dimension: Dimension::Virtue,
        weight: Points::whole(5),
        post_type: "综合岗".to_owned(),
        source: String::new(),
        quantitative: false,
        words: String::new(),
        target: None,
        cap: None,
    };
    office.does("HQ", Act::DefineIndicator { indicator: more }).await;
    let shown = preview(&office.browser("HQ").await, &[]).await;
    assert!(shown.text().contains("“综合岗”的指标权重合计为 105，须为 100"), "{}", shown.text());
    assert!(shown.text().contains("权重合计 105，多出 5"));
    assert!(shown.body.contains("href=\"/indicators?post_type=%E7%BB%BC%E5%90%88%E5%B2%97\""));
    assert!(!shown.has_form("open_cycle"));
}

#[tokio::test]
async fn only_the_authoritys_hr_opens() {
    let office = Office::new().await;
    let hr = office.browser("HQ").await;
    let shown = preview(&hr, &[]).await;
    for login in ["A1", "A0", "AH", "IN", "approver", "sysadmin"] {
        let browser = office.browser(login).await;
        let page = browser.get("/cycles/new").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{login}");
        assert!(!browser.get("/cycles").await.body.contains("/cycles/new"), "{login}");
        // Somebody else's form, with somebody else's token.
        let sent = browser.send(&shown, &shown.form("open_cycle"), &[]).await;
        assert_ne!(sent.status, StatusCode::OK, "{login}");
    }
    assert!(office.store.cycles().await.unwrap().is_empty());
}
