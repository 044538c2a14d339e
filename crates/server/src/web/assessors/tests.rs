use super::*;
use crate::web::testing::office::Office;
use domain::points::Points;

async fn assessors(office: &Office, number: &str) -> Vec<(String, Points)> {
    let id = office.sheet(number).await;
    let found = office.store.reader(&office.who(number).await).appraisal(id).await.unwrap().unwrap();
    let names = office.store.names().await.unwrap();
    found.1.assessors.iter().map(|assessor| (names.number(assessor.person).to_owned(), assessor.weight)).collect()
}

fn whole(of: &[(&str, i64)]) -> Vec<(String, Points)> {
    of.iter().map(|(number, weight)| ((*number).to_owned(), Points::whole(*weight))).collect()
}

#[tokio::test]
async fn hr_names_assessors_by_number_and_by_name() {
    let office = Office::with_cycle().await;
    let at = format!("/appraisals/{}/assessors", office.sheet("A1").await);
    let hr = office.browser("AH").await;
    let shown = hr.get(&at).await;
    assert!(shown.text().contains("职工A0"), "{}", shown.text());
    let typed = [("who.0", "A0"), ("weight.0", "60"), ("who.1", "职工A2"), ("weight.1", "30")];
    let save = |more: &[(&'static str, &'static str)]| [&typed[..], more, &[("step", "save")]].concat();

    let shown = hr.send(&shown, &shown.form_with("who.0"), &[&typed[..], &[("step", "add")]].concat()).await;
    assert!(shown.body.contains("name=\"who.2\"") && shown.body.contains("value=\"职工A2\""), "another line");
    let refused = hr.send(&shown, &shown.form_with("who.0"), &save(&[])).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.errors()["assessors-weight.0"].contains("90"), "{:?}", refused.errors());
    for (third, field, why) in [
        (["A1", "10"], "assessors-who.2", "本人不能考核自己"),
        (["A2", "10"], "assessors-who.2", "同一人只能列一次"),
        (["B1", "10"], "assessors-who.2", "没有找到“B1”"),
        (["A3", "十"], "assessors-weight.2", "数字"),
    ] {
        let refused =
            hr.send(&shown, &shown.form_with("who.0"), &save(&[("who.2", third[0]), ("weight.2", third[1])])).await;
        let errors = refused.errors();
        assert!(errors.get(field).is_some_and(|error| error.contains(why)), "{third:?}: {errors:?}");
        assert!(refused.body.contains(&format!("value=\"{}\"", third[0])), "what was typed comes back");
    }
    let even = hr.send(&shown, &shown.form_with("who.0"), &[("who.0", "A0"), ("who.1", "A2"), ("step", "even")]).await;
    assert_eq!(even.body.matches("value=\"50\"").count(), 2);
    let done = hr.send(&shown, &shown.form_with("who.0"), &save(&[("who.2", "职工A3 A3"), ("weight.2", "10")])).await;
    assert!(done.path.ends_with(&office.sheet("A1").await.to_string()), "{}", done.path);
    assert_eq!(assessors(&office, "A1").await, whole(&[("A0", 60), ("A2", 30), ("A3", 10)]));
}

#[tokio::test]
async fn nobody_else_names_assessors() {
    let office = Office::with_cycle().await;
    let at = format!("/appraisals/{}/assessors", office.sheet("A1").await);
    for login in ["A1", "A0", "IN"] {
        let shown = office.browser(login).await.get(&at).await;
        assert_eq!(shown.status, StatusCode::OK, "{login} reads it");
        assert!(!shown.body.contains("who.0"), "{login}");
    }
    for login in ["A2", "B1", "sysadmin"] {
        assert_eq!(office.browser(login).await.get(&at).await.status, StatusCode::NOT_FOUND, "{login}");
    }
    let shown = office.browser("AH").await.get(&at).await;
    let hr = office.browser("HQ").await;
    let form = hr.get(&at).await;
    assert!(form.body.contains("who.0") && shown.body.contains("who.0"));
    for login in ["A1", "IN"] {
        let many = format!("/cycles/{}/assessors", office.cycle().await);
        assert_eq!(office.browser(login).await.get(&many).await.status, StatusCode::FORBIDDEN, "{login}");
    }
}

#[tokio::test]
async fn a_whole_unit_gets_its_assessors_at_once() {
    let office = Office::with_cycle().await;
    let many = format!("/cycles/{}/assessors", office.cycle().await);
    let unit = office.unit("甲局").await.to_string();
    let hr = office.browser("AH").await;
    let shown = hr.get(&many).await;
    assert!(!shown.text().contains("乙局"), "a unit's HR names for that unit alone");
    let form = shown.form_with("who.0");
    let typed = [("who.0", "A0"), ("weight.0", "50"), ("who.1", "A2"), ("weight.1", "50"), ("step", "save")];
    let refused = hr.send(&shown, &form, &[&typed[..], &[("place", ""), ("whose", "all")]].concat()).await;
    assert!(refused.errors().contains_key("assessors-place"), "{:?}", refused.errors());
    let place = ("place", unit.as_str());
    let none = hr.send(&shown, &form, &[&typed[..], &[place, ("whose", "none")]].concat()).await;
    assert!(none.errors()["assessors-place"].contains("没有需要指定"), "everyone graded has one: {:?}", none.errors());
    let all = hr.send(&shown, &form, &[&typed[..], &[place, ("whose", "all")]].concat()).await;
    assert_eq!(all.status, StatusCode::OK, "{}", all.text());
    let text = settled(&hr, &many).await;
    // Not for those who are named, nor for HR themselves.
    assert!(text.contains("有变化 4 人，无变化 0 人，未能办理 3 人"), "{text}");
    assert_eq!(assessors(&office, "A1").await, whole(&[("A0", 50), ("A2", 50)]));
    assert_eq!(assessors(&office, "A2").await, whole(&[("A0", 100)]), "nobody assesses themself");
    assert_eq!(assessors(&office, "B1").await, whole(&[("B0", 100)]), "another unit's stay as they are");
}

/// The page once nothing goes on any more.
async fn settled(browser: &crate::web::testing::office::Browser, at: &str) -> String {
    loop {
        let shown = browser.get(at).await;
        if !shown.body.contains("data-poll=") {
            return shown.text();
        }
        tokio::task::yield_now().await;
    }
}
