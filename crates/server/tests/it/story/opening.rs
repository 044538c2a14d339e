//! HR opens cycles: who takes part and who is not graded, with which indicators, approved and assessed by whom.

use super::*;
use domain::{
    act::Act,
    actor::Assignee,
    cycle::{CycleDraft, Exemption, Schedule, Ungraded},
    id::SlateId,
    indicator::{Dimension, IndicatorDraft},
    points::Points,
    refusal::Reason,
    score::Assessor,
};

const TITLE: &str = "2026年度事业单位考核";

/// Both annual cycles are opened, once every set of indicators totals 100.
pub async fn hr_opens(city: City) -> Story {
    let draft = draft(&city).await;
    // The library's row that would make the workers' set whole was one of the bad rows.
    let short = city.refused(HR, Act::OpenCycle { cycle: draft.clone() }, Reason::IndicatorsIncomplete).await;
    assert!(short.args.contains(&("total", "90".to_owned())), "{short}");
    city.not_theirs(UNIT_HR, Act::DefineIndicator { indicator: missing() }).await;
    let heavy = IndicatorDraft { weight: Points::whole(101), ..missing() };
    city.refused(HR, Act::DefineIndicator { indicator: heavy }, Reason::PointsOutOfRange).await;
    city.does(HR, Act::DefineIndicator { indicator: missing() }).await;

    city.not_theirs(UNIT_HR, Act::OpenCycle { cycle: draft.clone() }).await;
    city.forbidden(INSPECTOR, Act::OpenCycle { cycle: draft.clone() }, "inspectors-change-nothing").await;
    let tenure = CycleDraft { kind: "tenure".to_owned(), ..draft.clone() };
    city.refused(HR, Act::OpenCycle { cycle: tenure }, Reason::CycleKindUnknown).await;
    let backwards = CycleDraft { from: date(2027, 1, 1), ..draft.clone() };
    city.refused(HR, Act::OpenCycle { cycle: backwards }, Reason::PeriodUnfit).await;
    city.does(HR, Act::OpenCycle { cycle: draft.clone() }).await;
    city.refused(HR, Act::OpenCycle { cycle: draft.clone() }, Reason::CycleExists).await;
    let civil = CycleDraft {
        regime: "civil_servant".to_owned(),
        title: "2026年度公务员考核".to_owned(),
        schedule: Schedule { goals: date(2026, 12, 21), scoring: date(2026, 12, 22), grading: date(2026, 12, 23) },
        exempt: Vec::new(),
        ..draft
    };
    city.does(HR, Act::OpenCycle { cycle: civil }).await;

    let cycle = city.cycle(TITLE).await;
    let civil = city.cycle("2026年度公务员考核").await;
    let sheet = city.sheet_of(EMPLOYEE, cycle).await;
    let slate = slate(&city, cycle).await;
    let story = Story { city, cycle, civil, sheet, slate };
    everyone_takes_part(&story).await;
    the_chain_is_named(&story).await;
    story
}

async fn draft(city: &City) -> CycleDraft {
    let exempt = Exemption {
        person: city.person(EXEMPT).await,
        reason: Ungraded::Investigation,
        note: "立案审查，云纪〔2026〕12号".to_owned(),
    };
    CycleDraft {
        regime: "public_institution".to_owned(),
        kind: "annual".to_owned(),
        title: TITLE.to_owned(),
        from: date(2026, 1, 1),
        to: date(2026, 12, 31),
        schedule: Schedule { goals: date(2026, 10, 20), scoring: date(2026, 10, 30), grading: date(2026, 11, 13) },
        exempt: vec![exempt],
    }
}

fn missing() -> IndicatorDraft {
    IndicatorDraft {
        code: "GQ-L01".to_owned(),
        name: "廉洁自律".to_owned(),
        dimension: Dimension::Integrity,
        weight: Points::whole(10),
        post_type: "工勤岗".to_owned(),
        source: "评价人评分".to_owned(),
        quantitative: false,
        words: "评价人按0-100分评分，须填写评分依据并由见证人确认".to_owned(),
        target: None,
        cap: None,
    }
}

async fn slate(city: &City, cycle: CycleId) -> SlateId {
    let (unit, hr) = (city.unit(UNIT).await, city.who(HR).await);
    let slates = city.store.reader(&hr).slates(cycle).await.expect("a read");
    SlateId(slates.iter().find(|slate| slate.unit_id == unit.0).expect("a slate").slate_id)
}

async fn everyone_takes_part(story: &Story) {
    let Story { city, cycle, .. } = story;
    let hr = city.who(HR).await;
    let sheets = city.store.reader(&hr).participants_in(*cycle, ALL).await.expect("a read");
    assert_eq!(sheets.len(), 88);
    let ungraded: Vec<_> = sheets.iter().filter_map(|sheet| sheet.ungraded.clone()).collect();
    assert_eq!(ungraded, ["investigation"], "and with what HR wrote:");
    let exempt = city.sheet_of(EXEMPT, *cycle).await;
    let (opened, own) = city.appraisal(EXEMPT, exempt).await;
    assert_eq!(own.ungraded, Some((Ungraded::Investigation, "立案审查，云纪〔2026〕12号".to_owned())));
    for (post_type, set) in &opened.opened.sets {
        let total: i64 = set.iter().map(|indicator| indicator.weight.0).sum();
        assert_eq!(Points(total), Points::FULL, "{post_type}");
    }
    assert_eq!(city.store.reader(&hr).slates(*cycle).await.expect("a read").len(), 9);
    let slate = city.slate(HR, story.slate).await;
    assert_eq!((slate.members.len(), slate.base, slate.quota), (25, 24, 4), "20 % of 24, rounded down");
    // Heads of units are civil servants, and graded by the body above.
    let head = city.sheet_of(HEAD, story.civil).await;
    let (_, head) = city.appraisal(HEAD, head).await;
    assert!(matches!(head.ungraded, Some((Ungraded::AppraisedElsewhere, _))));
}

async fn the_chain_is_named(story: &Story) {
    let Story { city, sheet, .. } = story;
    let (_, own) = city.appraisal(EMPLOYEE, *sheet).await;
    assert_eq!(own.opened.endorser, Assignee::Person(city.person(LEADER).await));
    assert_eq!(own.opened.confirmer, Assignee::Person(city.person(HEAD).await));
    city.has_todo(EMPLOYEE, "propose_goals 2026-10-20").await;
    city.has_no_todo(HEAD, "propose_goals").await;
}

/// The unit's HR names two assessors for the employee, with their weights.
pub async fn assessors_are_named(story: &Story) {
    let Story { city, sheet, .. } = story;
    let (leader, second) = (city.person(LEADER).await, city.person(SECOND_ASSESSOR).await);
    let named = |of: &[(domain::id::PersonId, i64)]| Act::NameAssessors {
        appraisal: *sheet,
        assessors: of
            .iter()
            .map(|(person, weight)| Assessor { person: *person, weight: Points::whole(*weight) })
            .collect(),
    };
    let fit = named(&[(leader, 60), (second, 40)]);
    for stranger in [EMPLOYEE, LEADER, OTHER_UNIT_HR, APPROVER, SYSTEM_ADMIN] {
        let who = city.who(stranger).await;
        assert!(city.store.act(&who, city.store.new_key(), fit.clone()).await.is_err(), "{stranger}");
    }
    city.refused(UNIT_HR, named(&[(leader, 60), (second, 41)]), Reason::WeightsNotHundred).await;
    city.refused(UNIT_HR, named(&[(leader, 50), (leader, 50)]), Reason::NamedTwice).await;
    let employee = city.person(EMPLOYEE).await;
    city.refused(UNIT_HR, named(&[(employee, 100)]), Reason::AssessorIsSubject).await;
    city.does(UNIT_HR, fit.clone()).await;
    city.refused(UNIT_HR, fit, Reason::NothingChanged).await;
    city.has_todo(SECOND_ASSESSOR, "score 2026-10-30").await;
    // HR's own appraisal is not in HR's hands.
    let own = city.sheet_of(UNIT_HR, story.civil).await;
    let assessors = vec![Assessor { person: second, weight: Points::FULL }];
    city.forbidden(UNIT_HR, Act::NameAssessors { appraisal: own, assessors }, "not-in-own-case").await;
}
