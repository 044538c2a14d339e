//! Closing: every unit has its grades, everyone has signed, and the cycle ends for good.

use super::*;
use domain::{act::Act, refusal::Reason};

/// The other units come to their grades, everyone signs, and HR closes.
pub async fn everyone_signs_and_hr_closes(story: &Story) {
    let Story { city, cycle, .. } = story;
    let close = Act::CloseCycle { cycle: *cycle };
    let open = city.refused(HR, close.clone(), Reason::CycleUnfinished).await;
    assert_eq!(open.args, [("count", "86".to_owned())], "all but the employee and the exempt");
    other_units(story).await;
    everyone_else_signs(story).await;
    city.not_theirs(UNIT_HR, close.clone()).await;
    city.does(HR, close.clone()).await;
    city.refused(HR, close, Reason::CycleClosed).await;
    let goals = Act::ProposeGoals { appraisal: story.sheet, goals: Vec::new(), reason: String::new() };
    city.refused(EMPLOYEE, goals, Reason::CycleClosed).await;
    let hr = city.who(HR).await;
    for todo in city.store.reader(&hr).todos_after(city.today(), None, 1000).await.expect("a read") {
        assert_ne!(todo.cycle_id, Some(cycle.0), "{todo:?}");
    }
}

async fn other_units(story: &Story) {
    let Story { city, cycle, .. } = story;
    let hr = city.who(HR).await;
    let (units, roster) = (city.store.units().await.expect("a read"), city.store.roster().await.expect("a read"));
    for row in city.store.reader(&hr).slates(*cycle).await.expect("a read") {
        let slate = SlateId(row.slate_id);
        if slate == story.slate {
            continue;
        }
        let unit = grades::of_another_unit(story, slate).await;
        city.refused(HR, Act::PostNotice { slate }, Reason::NothingWaiting).await;
        let head = units.iter().find(|known| known.unit_id == unit.0).and_then(|unit| unit.head_id);
        let head = roster.iter().find(|person| Some(person.person_id) == head).expect("a head");
        city.does(&head.number, Act::FixGrades { slate }).await;
    }
}

async fn everyone_else_signs(story: &Story) {
    let Story { city, cycle, .. } = story;
    for person in city.store.roster().await.expect("a read") {
        if person.staff_kind == "public_institution" && ![EMPLOYEE, EXEMPT].contains(&person.number.as_str()) {
            let sheet = city.sheet_of(&person.number, *cycle).await;
            city.does(&person.number, result::sign(sheet, true, "")).await;
        }
    }
}
