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

/// Fills the form that enters somebody from outside.
fn outsider<'a>(id_number: &'a str, assurance: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("third_party.name", "魏外"),
        ("third_party.employer", "云汀大学"),
        ("third_party.document", "邀请函"),
        ("third_party.id_number~", id_number),
        ("third_party.assurance", assurance),
    ]
}

#[tokio::test]
async fn hr_enters_somebody_from_outside_and_names_them() {
    let office = Office::with_cycle().await;
    let sheet = office.sheet("A1").await;
    let at = format!("/appraisals/{sheet}/assessors");
    assert!(!office.browser("AH").await.get(&at).await.has_form("enter_third_party"), "the authority's HR does");
    let hr = office.browser("HQ").await;
    let shown = hr.get(&at).await;
    let refused = hr.send(&shown, &shown.form("enter_third_party"), &outsider("", "")).await;
    assert!(refused.text().contains("关系核实说明"), "{}", refused.text());
    assert!(refused.body.contains("value=\"魏外\""), "what was typed comes back");
    let shown = hr.send(&refused, &refused.form("enter_third_party"), &outsider("", "单位书面证明")).await;
    let text = shown.text();
    assert!(text.contains("魏外") && text.contains("云汀大学") && text.contains("登记中的关系无从核对"), "{text}");

    // Entered anew, to correct a mistake: the same person.
    let person = shown.body.split("third_party.replaces~\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let person = person.expect("whom it corrects").to_owned();
    let number = crate::web::testing::office::id_number(77);
    let shown = hr.send(&shown, &shown.form(&format!("enter_third_party-{person}")), &outsider(&number, "")).await;
    assert!(shown.text().contains("登记中没有应当回避的关系"), "{}", shown.text());
    assert!(!shown.body.contains(&number), "an ID number is not shown again");
    let reader = office.who("HQ").await;
    let found = office.store.reader(&reader).appraisal(sheet).await.unwrap().unwrap().1;
    assert_eq!(found.third_parties.len(), 1);

    let fields =
        [("who.0", "A0"), ("weight.0", "60"), ("who.1", "魏外 云汀大学"), ("weight.1", "40"), ("step", "save")];
    let done = hr.send(&shown, &shown.form_with("who.0"), &fields).await;
    assert!(done.path.ends_with(&sheet.to_string()), "{}", done.text());
    let text = done.text();
    assert!(text.contains("魏外 40%"), "{text}");

    // The one who opens accounts finds them, and theirs opens this appraisal alone.
    let admin = office.browser("sysadmin").await;
    let shown = admin.get("/accounts/new").await;
    let form = shown.form_with("name=\"third_party\"");
    let opened = admin.send(&shown, &form, &[("third_party", &person), ("login", "outsider")]).await;
    assert!(opened.text().contains("魏外"), "{}", opened.text());
    assert!(!admin.get("/accounts/new").await.body.contains("name=\"third_party\""), "nobody is left");
    let theirs = office.browser("outsider").await;
    let home = theirs.get("/").await;
    assert!(home.body.contains(&format!("/appraisals/{sheet}")), "{}", home.text());
    let shown = theirs.get(&format!("/appraisals/{sheet}")).await;
    assert_eq!(shown.status, StatusCode::OK);
    let basis = [
        ("indicator", "D1"),
        ("score.indicator", "D1"),
        ("score.points%", "88"),
        ("score.basis.what", "评审会上当场解决两项难题"),
        ("score.basis.when", "2026-03-03"),
        ("score.basis.where", "三楼会议室"),
    ];
    let witness = office.who("A2").await.person().expect("a person").to_string();
    let fields = [&basis[1..], &[("score.basis.witness", witness.as_str())]].concat();
    theirs.send(&shown, &shown.form("give_score"), &fields).await;
    let found = office.store.reader(&reader).appraisal(sheet).await.unwrap().unwrap().1;
    let score = found.scores.first().unwrap_or_else(|| panic!("no score: {found:?}")).given.clone();
    assert_eq!(score.rater.to_string(), person);
    office.does("A2", Act::ConfirmScore { appraisal: sheet, score: score.id }).await;
    for other in ["A2", "B1"] {
        let path = format!("/appraisals/{}", office.sheet(other).await);
        assert_eq!(theirs.get(&path).await.status, StatusCode::NOT_FOUND, "{other}");
    }
    for path in ["/cycles", "/notices", "/regimes", "/api/people", "/api/units", &at] {
        assert_eq!(theirs.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    office.does("HQ", Act::FreezeScoring { cycle: office.cycle().await }).await;
    assert_eq!(theirs.get(&format!("/appraisals/{sheet}")).await.status, StatusCode::NOT_FOUND);
    assert!(!theirs.get("/").await.body.contains(&sheet.to_string()));
}
