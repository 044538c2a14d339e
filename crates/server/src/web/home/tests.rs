use domain::todo::Task;
use store::query::Page;

use crate::web::{
    testing::between,
    testing::office::{Office, TODAY},
};

#[tokio::test]
async fn everyone_finds_what_is_theirs_and_why() {
    let office = Office::with_cycle().await;
    let own = office.browser("A1").await.get("/").await.text();
    assert!(own.contains("提报目标") && own.contains("这是您本人的考核。") && own.contains("还剩 7 个工作日"), "{own}");
    assert!(own.contains("我的考核") && own.contains("目标商定") || own.contains("商定目标"), "{own}");
    // A0 assesses five people: one card, with the way to the next and to all.
    let assessor = office.browser("A0").await;
    let home = assessor.get("/").await;
    assert!(home.text().contains("评分（5 件）") && home.text().contains("办理下一件"), "{}", home.text());
    let all = assessor.get("/todos?task=score").await;
    assert_eq!(all.body.matches("<article class=\"todo").count(), 5);
    assert!(!between(&home.body, "href=\"/appraisals/", '"').is_empty());
}

#[tokio::test]
async fn what_is_late_is_marked_for_who_does_it_and_told_to_who_oversees_it() {
    let office = Office::with_cycle().await;
    Office::on(jiff::civil::date(2026, 10, 26));
    crate::jobs::escalate(&office.store, crate::clock::now()).await.unwrap();
    let own = office.browser("A1").await.get("/").await.text();
    assert!(own.contains("已超期 1 个工作日") && own.contains("已超期并催办"), "{own}");
    let hr = office.browser("AH").await.get("/todos?task=chase").await.text();
    assert!(hr.contains("催办：提报目标") && hr.contains("职工A1"), "{hr}");
}

#[tokio::test]
async fn a_unit_without_hr_is_looked_after_by_the_authority() {
    let office = Office::frozen().await;
    let proposals = |login: &'static str| {
        let office = &office;
        async move {
            let actor = office.who(login).await;
            let todos = office.store.reader(&actor).todos(TODAY, Some(Task::ProposeGrades), Page::first(10)).await;
            todos.unwrap().rows.iter().map(|line| line.unit_id).collect::<Vec<_>>()
        }
    };
    let (first, second) = (office.unit("甲局").await.0, office.unit("乙局").await.0);
    assert_eq!(proposals("AH").await, [first], "the unit's own HR");
    let authority = proposals("HQ").await;
    assert!(authority.contains(&second) && !authority.contains(&first), "{authority:?}");
    assert!(proposals("A0").await.is_empty() && proposals("sysadmin").await.is_empty());
}

#[tokio::test]
async fn nobody_waits_for_what_cannot_be_done_yet() {
    let office = Office::published().await;
    let closes = |day| {
        let office = &office;
        async move {
            let hr = office.who("HQ").await;
            office.store.reader(&hr).todos(day, Some(Task::CloseNotice), Page::first(10)).await.unwrap().total
        }
    };
    assert_eq!((closes(jiff::civil::date(2026, 10, 21)).await, closes(jiff::civil::date(2026, 10, 22)).await), (0, 1));
}

#[tokio::test]
async fn the_navigation_leads_everyone_to_their_areas() {
    let office = Office::with_cycle().await;
    let mut told = String::new();
    for login in ["A1", "A0", "AH", "HQ", "IN", "approver", "sysadmin"] {
        let home = office.browser(login).await.get("/").await;
        let rail =
            home.body.split("<nav class=\"nav\"").nth(1).and_then(|nav| nav.split("nav-more").next()).unwrap_or("");
        told += &format!("{login}: {}\n", between(rail, "class=\"nav-link\" href=\"", '"').join(" "));
        assert!(home.text().contains("可以去的地方"), "{login} finds a page without purpose");
    }
    assert_eq!(
        told,
        "A1: / /cycles /notices /outcomes /declarations /tips /regimes\n\
         A0: / /cycles /notices /outcomes /declarations /tips /regimes\n\
         AH: / /cycles /notices /outcomes /declarations /tips /regimes\n\
         HQ: / /cycles /imports /notices /supervision /outcomes /indicators /batches /posts /declarations /tips /regimes\n\
         IN: / /cycles /findings /ledger /notices /supervision /outcomes /indicators /batches /looks /posts /declarations /tips /regimes\n\
         approver: / /cycles /outcomes /indicators /tips /regimes\n\
         sysadmin: / /accounts /tips /regimes\n"
    );
}
