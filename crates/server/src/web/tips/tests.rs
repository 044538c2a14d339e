use crate::web::testing::office::{Office, Shown};
use axum::http::StatusCode;

const SAID: &str = "两家有生意往来";

async fn gives(office: &Office, login: &str, subject: &str, concerned: &str) -> Shown {
    let browser = office.browser(login).await;
    let shown = browser.get("/tips").await;
    let form = shown.form_with("name=\"concerned\"");
    browser.send(&shown, &form, &[("subject", subject), ("concerned", concerned), ("text", SAID)]).await
}

async fn recusals(office: &Office, number: &str) -> usize {
    let (reader, sheet) = (office.who("HQ").await, office.sheet(number).await);
    office.store.reader(&reader).appraisal(sheet).await.unwrap().unwrap().1.recusals.len()
}

/// Whoever types names learns nothing from the answer: neither who has a duty, nor who is on the roster.
#[tokio::test]
async fn the_answer_is_the_same_whatever_comes_of_it() {
    let office = Office::with_cycle().await;
    let mut answers = Vec::new();
    for (subject, concerned) in
        [("A1", "职工A0"), ("A1", "B0"), ("无此人", "A0"), ("A1", "无此人"), ("职工A1 A1", "A0"), ("B1", "A1")]
    {
        let shown = gives(&office, "B1", subject, concerned).await;
        assert_eq!(shown.status, StatusCode::OK, "{subject} {concerned}: {}", shown.text());
        answers.push(shown.text());
    }
    assert!(answers.windows(2).all(|two| two[0] == two[1]), "{answers:#?}");
    assert_eq!(recusals(&office, "A1").await, 1, "raised where the one has a duty, once");

    // What no case took up waits for the inspector, the newest first; and it does not say who gave it.
    let kept = office.browser("IN").await.get("/tips/kept").await;
    assert_eq!(kept.body.matches(SAID).count(), 5, "{}", kept.text());
    assert!(kept.text().contains("无此人") && !kept.text().contains("职工B1"), "{}", kept.text());
    for login in ["HQ", "A0", "B1", "sysadmin"] {
        assert_eq!(office.browser(login).await.get("/tips/kept").await.status, StatusCode::FORBIDDEN, "{login}");
    }
}

#[tokio::test]
async fn an_inspector_says_what_was_made_of_a_tip() {
    let office = Office::with_cycle().await;
    gives(&office, "B1", "无此人", "A0").await;
    let inspector = office.browser("IN").await;
    let home = inspector.get("/").await;
    assert!(home.text().contains("处理回避反映") && home.body.contains("href=\"/tips/kept\""), "{}", home.text());
    let kept = inspector.get("/tips/kept").await;
    assert!(kept.text().contains("A0应当回避无此人的考核") && kept.text().contains("待处理"), "{}", kept.text());
    let empty = inspector.send(&kept, &kept.form("close_tip"), &[("reasons", " ")]).await;
    assert!(!empty.errors().is_empty() && empty.has_form("close_tip"), "{}", empty.text());
    let closed = inspector.send(&empty, &empty.form("close_tip"), &[("reasons", "查无此人，未发现利害关系")]).await;
    assert!(closed.text().contains("查无此人，未发现利害关系") && !closed.has_form("close_tip"), "{}", closed.text());
    assert!(!inspector.get("/").await.text().contains("处理回避反映"));
}

/// Whoever does not see an appraisal learns nothing of it by naming its id, in a form or over the interface.
#[tokio::test]
async fn a_recusal_is_raised_where_one_sees_the_appraisal() {
    let office = Office::with_cycle().await;
    let (appraisal, stranger) = (office.sheet("A1").await, office.browser("B1").await);
    let page = stranger.get("/tips").await;
    for concerned in ["A0", "B0"] {
        let concerned = office.who(concerned).await.person().unwrap();
        let concerned = ("concerned", concerned.to_string());
        let fields = [("appraisal", appraisal.to_string()), concerned, ("text", SAID.to_owned())];
        let mut sent = page.form_with("name=\"concerned\"").hidden.clone();
        sent.extend(fields.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let answer = stranger.post("/acts/raise_recusal", &sent).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text());
    }
    assert_eq!(recusals(&office, "A1").await, 0);
}

#[tokio::test]
async fn what_is_missing_is_asked_for() {
    let office = Office::with_cycle().await;
    let browser = office.browser("B1").await;
    let shown = browser.get("/tips").await;
    let form = shown.form_with("name=\"concerned\"");
    let refused = browser.send(&shown, &form, &[("subject", "A1"), ("concerned", " "), ("text", SAID)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains(SAID) && refused.errors().contains_key("tip-concerned"), "{:?}", refused.errors());
    let none = office.browser("IN").await.get("/tips/kept").await;
    assert!(none.text().contains("没有反映"), "{}", none.text());
}
