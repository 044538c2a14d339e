use axum::http::StatusCode;
use domain::{
    act::Act,
    actor::Actor,
    finding::{Detected, Disposition, Level, Told, Versions},
    id::{FindingId, PersonId},
};
use jiff::civil::date;
use store::query::{FindingFilter, Page};

use crate::web::testing::office::{Office, TODAY, id_number};

/// Assessors about whom something was found once, and of those the ones about whom it turns out to be so each year.
const ASSESSORS: usize = 60;
const WRONG: usize = 15;

impl Office {
    async fn numbered(&self, number: impl Fn(&str) -> bool) -> Vec<PersonId> {
        let roster = self.store.roster().await.expect("a read");
        roster.iter().filter(|person| number(&person.number)).map(|person| PersonId(person.person_id)).collect()
    }

    /// Something was found about these, and is on record.
    async fn found(&self, about: &[PersonId], level: Level, year: i16) {
        let detected = |subject: &PersonId| Detected {
            detector: "D004".to_owned(),
            level,
            key: format!("{year}-{subject}"),
            subject: *subject,
            versions: Some(Versions { detector: String::new(), facts: String::new() }),
            told: Told::default(),
        };
        let found = about.iter().map(detected).collect();
        let raised = self.store.act(&Actor::System, self.store.new_key(), Act::RaiseFindings { found }).await;
        raised.unwrap_or_else(|error| panic!("not raised in {year}: {error}"));
    }

    /// Everything that waits and is more than worth a look was so, and was put right.
    async fn corrected(&self) {
        let filter = FindingFilter { detector: Some("D004".to_owned()), ..FindingFilter::default() };
        let inspector = self.who("IN").await;
        let found = self.store.reader(&inspector).findings(&filter, Page::first(1000)).await.expect("a read");
        for line in found.rows.iter().filter(|line| line.level == "alert" && line.disposition.is_none()) {
            let close = Act::CloseFinding {
                finding: FindingId(line.finding_id),
                disposition: Disposition::Corrected,
                reasons: "已核实".to_owned(),
            };
            self.does("IN", close).await;
        }
    }
}

/// Five years of an office whose inspector has decided much.
async fn decided() -> Office {
    let office = Office::new().await;
    let mut people = "工号,姓名,身份证号,单位,编制类型,岗位类别,入职日期,直接领导工号,是否项目负责人\n".to_owned();
    for place in 0..ASSESSORS {
        let id = id_number(100 + place);
        people += &format!("P{place:02},职工P{place:02},{id},甲局,公务员,综合岗,2015-01-01,,否\n");
    }
    office.imports("1.csv", &people).await;
    let staff = office.numbered(|number| number.len() == 3 && number.starts_with('P')).await;
    assert_eq!(staff.len(), ASSESSORS);
    Office::on(date(2022, 6, 1));
    office.found(&staff, Level::Watch, 2022).await;
    office.found(&office.numbered(|number| number == "IN").await, Level::Watch, 2022).await;
    for year in 2023..=2026 {
        Office::on(date(year, 6, 1));
        office.found(&staff[..WRONG], Level::Alert, year).await;
        office.corrected().await;
    }
    Office::on(TODAY);
    office
}

#[tokio::test]
async fn where_to_look_first_is_told_with_its_reasons_and_with_how_good_it_was() {
    let office = decided().await;
    let browser = office.browser("IN").await;
    let page = browser.get("/findings/warning").await;
    let text = page.text();
    // 60 assessors and years with something confirmed, 180 without.
    assert!(text.contains("240") && text.contains("其中 60 个属实"), "{text}");
    // Of units nothing was decided.
    assert!(text.contains("已有 0 个有属实线索") && text.contains("至少需要 30 个"), "{text}");
    let staff = office.numbered(|number| number.starts_with('P')).await;
    let place = |person: &PersonId| page.body.find(&format!("/findings?person={person}\""));
    let (wrong, rest) = staff.split_at(WRONG);
    let last = wrong.iter().map(|person| place(person).expect("they are shown")).max();
    assert!(rest.iter().filter_map(place).min() > last, "whoever was wrong each year stands above everybody else");
    assert!(text.contains("已属实 4 条"), "{text}");
    let own = office.numbered(|number| number == "IN").await;
    assert_eq!(place(&own[0]), None, "nobody learns there what was found about themselves");

    let theirs = browser.get(&format!("/findings?list=closed&person={}", wrong[0])).await;
    assert!(theirs.text().contains("职工P00") && !theirs.text().contains("职工P01"), "{}", theirs.text());
    let file = browser.get("/findings/warning.csv").await;
    assert_eq!(file.body.lines().count(), 1 + ASSESSORS, "{}", file.body);
    let api = browser.get("/api/findings/warning").await;
    let told: serde_json::Value = serde_json::from_str(&api.body).expect("JSON");
    assert_eq!(
        (told["assessors"]["material"]["confirmed"].as_u64(), told["assessors"]["silent"].as_bool()),
        (Some(60), Some(false))
    );
    assert!(told["units"]["comparison"].is_null() && told["units"]["silent"] == true, "{told}");
    let first = told["assessors"]["items"][0]["probability"].as_f64().expect("a number");
    assert!(first > 0.5 && first < 1.0, "{told}");
}

#[tokio::test]
async fn it_is_silent_until_enough_was_decided_and_is_for_inspectors_alone() {
    let office = Office::new().await;
    let page = office.browser("IN").await.get("/findings/warning").await;
    assert_eq!(page.text().matches("已有 0 个有属实线索").count(), 2, "{}", page.text());
    assert!(office.browser("IN").await.get("/findings").await.body.contains("href=\"/findings/warning\""));
    for login in ["A1", "HQ", "approver", "sysadmin"] {
        for path in ["/findings/warning", "/findings/warning.csv", "/api/findings/warning"] {
            assert_eq!(office.browser(login).await.get(path).await.status, StatusCode::FORBIDDEN, "{login} {path}");
        }
    }
}
