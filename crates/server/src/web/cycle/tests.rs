use axum::http::StatusCode;
use domain::act::Act;

use crate::web::testing::office::Office;

#[tokio::test]
async fn hr_sees_how_all_of_it_stands_and_a_colleague_only_the_own_sheet() {
    let office = Office::with_cycle().await;
    let page = format!("/cycles/{}", office.cycle().await);
    let hr = office.browser("HQ").await.get(&page).await;
    let text = hr.text();
    for words in ["年度考核", "各单位进度", "甲局", "乙局", "9 人没有提报目标", "冻结评分", "采用全部纸质评分"]
    {
        assert!(text.contains(words), "{words} is missing: {text}");
    }
    let colleague = office.browser("A1").await.get(&page).await;
    assert_eq!(colleague.status, StatusCode::OK);
    let text = colleague.text();
    assert!(text.contains("与我有关的考核表") && text.contains("职工A1"));
    for words in ["职工A2", "各单位进度", "乙局", "冻结评分", "参加人数"] {
        assert!(!text.contains(words), "{words} is shown to a colleague");
    }
    let approver = office.browser("approver").await.get(&page).await.text();
    assert!(approver.contains("各单位进度") && !approver.contains("职工A1") && !approver.contains("冻结评分"));
}

#[tokio::test]
async fn a_guessed_cycle_is_not_found_and_a_stranger_signs_in_first() {
    let office = Office::with_cycle().await;
    let guessed = "/cycles/01934b3e-0000-7000-8000-000000000001";
    for path in [guessed.to_owned(), format!("{guessed}/participants"), format!("{guessed}/participants.csv")] {
        assert_eq!(office.browser("HQ").await.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let cycle = office.cycle().await;
    for path in ["/cycles".to_owned(), format!("/cycles/{cycle}"), format!("/cycles/{cycle}/participants.csv")] {
        let led = office.stranger().get(&path).await;
        assert!(led.path.starts_with("/sign-in"), "{path} led to {}", led.path);
    }
}

#[tokio::test]
async fn freezing_is_read_before_it_is_done_and_is_not_for_everyone() {
    let office = Office::with_cycle().await;
    let page = format!("/cycles/{}", office.cycle().await);
    let hr = office.browser("HQ").await;
    let shown = hr.get(&page).await;
    assert!(shown.text().contains("不能撤销；9 人的综合得分随即确定"), "{}", shown.text());
    let form = shown.form("freeze_scoring");

    let head = office.browser("A0").await;
    assert!(!head.get(&page).await.has_form("freeze_scoring"));
    let unit_hr = office.browser("AH").await;
    assert!(!unit_hr.get(&page).await.has_form("freeze_scoring"));

    let frozen = hr.send(&shown, &form, &[]).await;
    assert!(frozen.text().contains("评分已冻结") && frozen.text().contains("已完成：冻结评分"), "{}", frozen.text());
    assert!(!frozen.has_form("freeze_scoring") && !frozen.text().contains("采用全部纸质评分"));
    assert!(frozen.text().contains("9 人尚未签署结果") && !frozen.has_form("close_cycle"));
}

#[tokio::test]
async fn work_on_everyone_is_for_the_authoritys_hr_and_ends() {
    let office = Office::with_cycle().await;
    let cycle = office.cycle().await;
    let (hr, part) = (office.browser("HQ").await, format!("/cycles/{cycle}/bulk"));
    let shown = hr.get(&format!("/cycles/{cycle}")).await;
    let form = shown.form_with("compute_scores");
    hr.send(&shown, &form, &[("work", "compute_scores")]).await;
    let mut told = hr.get(&part).await;
    for _ in 0..200 {
        if !told.body.contains("data-poll") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        told = hr.get(&part).await;
    }
    assert!(told.text().contains("未能办理 0 人"), "{}", told.text());
    assert!(told.body.contains("value=\"12\" max=\"12\""), "{}", told.body);

    let unit_hr = office.browser("AH").await;
    assert_eq!(unit_hr.get(&part).await.status, StatusCode::FORBIDDEN);
    let forged = hr.send(&shown, &form, &[("work", "freeze_scoring")]).await;
    assert_eq!(forged.status, StatusCode::NOT_FOUND, "only what is offered");
    office.does("HQ", Act::FreezeScoring { cycle }).await;
    assert_eq!(hr.send(&shown, &form, &[("work", "compute_scores")]).await.status, StatusCode::CONFLICT);
}
