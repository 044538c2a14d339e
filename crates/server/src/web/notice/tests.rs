use axum::http::StatusCode;
use domain::{act::Act, id::SlateId};
use jiff::civil::date;

use crate::web::testing::office::{Browser, Office, Shown};

async fn notice_of(office: &Office, slate: SlateId) -> String {
    let reader = office.who("HQ").await;
    let (_, slate) = office.store.reader(&reader).slate(slate).await.unwrap().unwrap();
    format!("/notices/{}", slate.notice.unwrap())
}

async fn posted() -> (Office, String) {
    let office = Office::published().await;
    let notice = notice_of(&office, office.slate("甲局").await).await;
    (office, notice)
}

async fn open(office: &Office, login: &str, path: &str) -> (Browser, Shown) {
    let browser = office.browser(login).await;
    let shown = browser.get(path).await;
    (browser, shown)
}

#[tokio::test]
async fn a_notice_is_for_the_unit_and_those_who_handle_it() {
    let (office, notice) = posted().await;
    for login in ["A2", "A5", "A0", "AH", "HQ", "IN"] {
        let (_, shown) = open(&office, login, &notice).await;
        assert!(shown.text().contains("职工A1 优秀"), "{login}: {}", shown.text());
        assert!(shown.text().contains("公示至 2026年10月21日（含当日）"), "{login}");
        let (browser, _) = open(&office, login, &notice).await;
        assert!(browser.get("/notices").await.body.contains(&notice), "{login}");
    }
    for login in ["B1", "B0", "approver", "sysadmin"] {
        let (browser, shown) = open(&office, login, &notice).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND, "{login}");
        assert!(!browser.get("/notices").await.body.contains(&notice), "{login}");
    }
    let (_, own) = open(&office, "A1", &notice).await;
    assert!(!own.has_form("object"), "nobody objects to the own line");
}

#[tokio::test]
async fn who_objected_stays_with_those_who_answer() {
    let (office, notice) = posted().await;
    let (colleague, shown) = open(&office, "A2", &notice).await;
    let line = office.sheet("A1").await.to_string();
    let empty = colleague.send(&shown, &shown.form("object"), &[("appraisal", &line), ("text", "")]).await;
    assert!(empty.errors().values().any(|said| said.contains("不能为空")));
    let filled = [("appraisal", line.as_str()), ("text", "二季度两次未到岗")];
    let told = colleague.send(&empty, &empty.form("object"), &filled).await;
    assert!(told.text().contains("二季度两次未到岗"), "the objector sees what they wrote");
    for login in ["A1", "A3", "A0", "AH"] {
        let (_, shown) = open(&office, login, &notice).await;
        let text = shown.text();
        assert!(text.contains("第 1 件异议") && text.contains("2026年10月21日前答复"), "{login}: {text}");
        assert!(!text.contains("二季度") && !text.contains("职工A2"), "{login} learns too much: {text}");
        assert!(
            !shown.has_form("answer_objection") && !shown.has_form("correct_notice") && !shown.has_form("close_notice")
        );
    }
    for login in ["HQ", "IN"] {
        let (_, shown) = open(&office, login, &notice).await;
        assert!(shown.text().contains("二季度") && shown.text().contains("职工A2"), "{login}");
    }
}

#[tokio::test]
async fn an_upheld_objection_must_be_corrected_before_the_notice_closes() {
    let (office, notice) = posted().await;
    let (colleague, shown) = open(&office, "A2", &notice).await;
    let line = office.sheet("A1").await.to_string();
    colleague.send(&shown, &shown.form("object"), &[("appraisal", line.as_str()), ("text", "材料不实")]).await;
    Office::on(date(2026, 10, 22));
    let (hr, shown) = open(&office, "HQ", &notice).await;
    assert!(!shown.has_form("close_notice") && shown.text().contains("还有 1 件异议未答复"), "{}", shown.text());
    let answered =
        hr.send(&shown, &shown.form("answer_objection"), &[("upheld?", "yes"), ("reply", "经核实，异议成立。")]).await;
    assert!(
        answered.text().contains("异议成立而等次尚未更正") && !answered.has_form("close_notice"),
        "{}",
        answered.text()
    );
    let home = hr.get("/").await.text();
    assert!(home.contains("更正公示"), "{home}");

    let corrected = [("grade", "competent"), ("reason", "异议成立")];
    let corrected = hr.send(&answered, &answered.form("correct_notice"), &corrected).await;
    assert!(corrected.text().contains("公示至 2026年10月29日"), "the window runs anew: {}", corrected.text());
    assert!(corrected.text().contains("现在没有公示的等次") && !corrected.has_form("close_notice"));
    let (_, colleague) = open(&office, "A3", &notice).await;
    assert!(
        colleague.text().contains("更正：职工A1不再公示") && !colleague.text().contains("称职"),
        "{}",
        colleague.text()
    );

    Office::on(date(2026, 10, 30));
    let (hr, shown) = open(&office, "HQ", &notice).await;
    let closed = hr.send(&shown, &shown.form("close_notice"), &[]).await;
    assert!(closed.text().contains("已结束") && !closed.has_form("correct_notice"));
    assert!(hr.get("/notices").await.text().contains("目前没有公示"));
    assert!(hr.get("/notices?closed=yes").await.body.contains(&notice));
}

#[tokio::test]
async fn a_notice_does_not_close_before_its_time_and_takes_no_objection_after() {
    let (office, notice) = posted().await;
    let (_, hr) = open(&office, "HQ", &notice).await;
    assert!(hr.text().contains("尚未到时间，请在 2026年10月21日 之后办理") && !hr.has_form("close_notice"));
    assert!(office.browser("A2").await.get(&notice).await.has_form("object"));
    Office::on(date(2026, 10, 22));
    assert!(!office.browser("A2").await.get(&notice).await.has_form("object"));
    let late = Act::Object {
        notice: notice.trim_start_matches("/notices/").parse().unwrap(),
        appraisal: office.sheet("A1").await,
        text: "太迟".to_owned(),
    };
    let refused = office.store.act(&office.who("A2").await, office.store.new_key(), late).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("too-late")));
}
