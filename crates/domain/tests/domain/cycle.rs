//! Opening a cycle: the days it is suggested to take, and everything that stands against it.

use domain::{
    calendar::Calendar,
    context::Rulebook,
    cycle::{CycleDraft, Exemption, Office, Schedule, Ungraded, preview},
    id::{IndicatorId, PersonId, UnitId},
    indicator::{Dimension, Indicator, Measure},
    points::Points,
    recusal::Numbers,
    refusal::Reason,
    regime::Regime,
    roster::{Assignment, Person, Unit},
};
use jiff::civil::{Date, date};
use std::collections::BTreeMap;
use uuid::Uuid;

use crate::regimes;

fn calendar() -> Calendar {
    Calendar::parse(&regimes("calendar.toml")).unwrap()
}

fn regime() -> Regime {
    Regime::parse(&regimes("civil_servant.toml")).unwrap()
}

#[test]
fn the_schedule_follows_the_period_where_the_calendar_is_known() {
    let suggested = Schedule::suggest(&calendar(), &regime(), date(2025, 12, 1), date(2025, 12, 31)).unwrap();
    assert_eq!(suggested.goals, date(2025, 12, 15), "two steps of five working days");
    // Ten working days after 31 December, among them the make-up day of 4 January.
    assert_eq!(suggested.scoring, date(2026, 1, 15));
    assert_eq!(suggested.grading, date(2026, 1, 29));
}

#[test]
fn while_next_years_holidays_are_unpublished_all_is_done_by_the_end_of_the_period() {
    let calendar = calendar();
    assert!(calendar.is_workday(date(2027, 1, 5)).is_err(), "this test wants an unpublished year");
    let suggested = Schedule::suggest(&calendar, &regime(), date(2026, 10, 14), date(2026, 12, 31)).unwrap();
    assert_eq!(suggested.goals, date(2026, 10, 28));
    assert_eq!((suggested.scoring, suggested.grading), (date(2026, 12, 9), date(2026, 12, 23)));
    // Late in the period nothing is due before the goals are.
    let late = Schedule::suggest(&calendar, &regime(), date(2026, 12, 9), date(2026, 12, 31)).unwrap();
    assert_eq!([late.goals, late.scoring, late.grading], [date(2026, 12, 23); 3]);
    assert!(Schedule::suggest(&calendar, &regime(), date(2030, 1, 1), date(2030, 12, 31)).is_err());
}

#[test]
fn working_days_are_counted_back_as_they_are_counted_on() {
    let calendar = calendar();
    for count in 0..40 {
        let later = calendar.add_workdays(date(2026, 9, 1), count).unwrap();
        assert_eq!(calendar.subtract_workdays(later, count), Ok(date(2026, 9, 1)), "{count}");
    }
    assert_eq!(calendar.last_known_workday(date(2026, 10, 6)), Some(date(2026, 9, 30)));
    assert_eq!(calendar.last_known_workday(date(2029, 12, 31)), None);
}

fn person(number: u128, joined: Date) -> Person {
    Person {
        id: PersonId(Uuid::from_u128(number)),
        number: number.to_string(),
        name: number.to_string(),
        sex: None,
        born: None,
        id_number: None,
        phone: None,
        assignment: Assignment {
            unit: UnitId(Uuid::from_u128(1)),
            section: None,
            post: None,
            rank: None,
            staff_kind: "公务员".to_owned(),
            post_type: "综合岗".to_owned(),
            joined: Some(joined),
            leader: None,
            project_lead: false,
        },
    }
}

fn office(weight: i64) -> Office {
    let mut office = Office::default();
    for (number, joined) in [(10, date(2010, 1, 1)), (11, date(2026, 6, 1)), (12, date(2010, 1, 1))] {
        let person = person(number, joined);
        office.roster.people.insert(person.id, person);
    }
    let unit = Unit {
        id: UnitId(Uuid::from_u128(1)),
        code: "1".to_owned(),
        name: "甲局".to_owned(),
        short_name: None,
        parent: None,
        kind: None,
        head_number: None,
        head: None,
        duty: None,
    };
    office.roster.units.insert(unit.id, unit);
    office.library.push(Indicator {
        id: IndicatorId(Uuid::from_u128(1)),
        code: "D1".to_owned(),
        name: "德".to_owned(),
        dimension: Dimension::Virtue,
        weight: Points::whole(weight),
        post_type: "综合岗".to_owned(),
        source: String::new(),
        words: String::new(),
        measure: Measure::Qualitative,
    });
    office
}

fn rules() -> Rulebook {
    let recusal = Numbers::parse(&regimes("recusal.toml")).unwrap();
    let regimes = BTreeMap::from([("civil_servant".to_owned(), regime())]);
    Rulebook { calendar: calendar(), regimes, recusal, vocabulary: BTreeMap::new(), hash: String::new() }
}

fn draft() -> CycleDraft {
    CycleDraft {
        regime: "civil_servant".to_owned(),
        kind: "annual".to_owned(),
        title: "年度考核".to_owned(),
        from: date(2026, 1, 1),
        to: date(2026, 12, 31),
        schedule: Schedule { goals: date(2026, 10, 28), scoring: date(2026, 12, 9), grading: date(2026, 12, 23) },
        exempt: Vec::new(),
    }
}

fn against(draft: &CycleDraft, office: &Office) -> Vec<Reason> {
    preview(&rules(), draft, office, None).obstacles.iter().map(|refusal| refusal.reason).collect()
}

#[test]
fn a_preview_tells_who_takes_part_and_what_the_roster_lacks() {
    let exemption =
        Exemption { person: PersonId(Uuid::from_u128(12)), reason: Ungraded::Investigation, note: "立案".to_owned() };
    let shown = preview(&rules(), &CycleDraft { exempt: vec![exemption], ..draft() }, &office(100), None);
    assert_eq!(shown.obstacles, Vec::new());
    assert_eq!(shown.headless, [UnitId(Uuid::from_u128(1))]);
    let why: Vec<_> = shown.sheets.iter().map(|sheet| sheet.ungraded.clone()).collect();
    let probation = (Ungraded::Probation, "2027-06-01".to_owned());
    assert_eq!(why, [None, Some(probation), Some((Ungraded::Investigation, "立案".to_owned()))]);
}

#[test]
fn everything_that_stands_against_opening_is_told_at_once() {
    let wrong = CycleDraft {
        kind: "tenure".to_owned(),
        title: " ".to_owned(),
        to: date(2025, 12, 31),
        schedule: Schedule { goals: date(2026, 12, 9), scoring: date(2026, 10, 28), grading: date(2026, 12, 23) },
        ..draft()
    };
    let expected = [
        Reason::CycleKindUnknown,
        Reason::TextMissing,
        Reason::PeriodUnfit,
        Reason::PeriodUnfit,
        Reason::IndicatorsIncomplete,
    ];
    assert_eq!(against(&wrong, &office(99)), expected);
    assert_eq!(against(&CycleDraft { regime: "none".to_owned(), ..draft() }, &office(100)), [Reason::RegimeUnknown]);
    assert_eq!(against(&draft(), &Office::default()), [Reason::NobodyToAppraise]);
}

#[test]
fn an_exemption_names_a_participant_once_and_what_it_rests_on() {
    let exempt = |numbers: &[u128], note: &str| CycleDraft {
        exempt: numbers
            .iter()
            .map(|number| Exemption {
                person: PersonId(Uuid::from_u128(*number)),
                reason: Ungraded::Investigation,
                note: note.to_owned(),
            })
            .collect(),
        ..draft()
    };
    assert_eq!(against(&exempt(&[99], "立案"), &office(100)), [Reason::PersonUnknown]);
    assert_eq!(against(&exempt(&[10, 10], "立案"), &office(100)), [Reason::NamedTwice]);
    assert_eq!(against(&exempt(&[10], ""), &office(100)), [Reason::TextMissing]);
}
