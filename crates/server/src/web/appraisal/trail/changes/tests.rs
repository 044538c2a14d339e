use super::*;
use domain::{
    actor::{Assignee, By, Stamp},
    appeal::Filed,
    appraisal::Opened,
    composite::Composite,
    goal::{Goal, Proposed},
    id::{AppraisalId, CycleId, ScoreId, UnitId},
    score::{Assessor, Basis, Given},
};
use jiff::{Timestamp, civil::date};
use store::Permitted;
use uuid::Uuid;

const ANNA: PersonId = PersonId(Uuid::from_u128(1));
const BORIS: PersonId = PersonId(Uuid::from_u128(2));
const SHEET: AppraisalId = AppraisalId(Uuid::from_u128(3));
const APPEAL: AppealId = AppealId(Uuid::from_u128(4));

/// A record of these events, after the opening of an appraisal that Anna assesses alone.
fn record(events: Vec<Event>) -> Vec<Recorded> {
    let opened = Event::AppraisalOpened(Box::new(Opened {
        id: SHEET,
        cycle: CycleId(Uuid::nil()),
        person: BORIS,
        unit: UnitId(Uuid::nil()),
        section: None,
        post_type: String::new(),
        leader: None,
        endorser: Assignee::Person(ANNA),
        confirmer: Assignee::Person(ANNA),
        assessors: vec![Assessor { person: ANNA, weight: Points::FULL }],
        ungraded: None,
        goals_due: date(2026, 1, 20),
        scoring_due: date(2026, 11, 6),
    }));
    let stamp = Stamp { at: Timestamp::UNIX_EPOCH, by: By { account: None, person: None } };
    let recorded = |(seq, event)| Recorded {
        seq,
        stream: SHEET.into(),
        act: String::new(),
        stamp,
        event,
        permit: Permitted::default(),
        signed: None,
    };
    (0..).zip([opened].into_iter().chain(events)).map(recorded).collect()
}

/// What the last of these events changed, but for where the sheet stands and the days to come.
fn last(events: Vec<Event>) -> Vec<(What, Option<Value>, Option<Value>)> {
    let mut changes = told(&record(events)).pop().expect("an entry").1;
    changes.retain(|change| !matches!(change.what, What::Stage | What::Due(_)));
    changes.into_iter().map(|change| (change.what, change.before, change.after)).collect()
}

fn words(words: &str) -> Option<Value> {
    Some(Value::Words(words.to_owned()))
}

fn points(points: i64) -> Option<Value> {
    Some(Value::Points(Points::whole(points)))
}

fn goal(id: u128, title: &str, measure: &str) -> Goal {
    Goal { id: GoalId(Uuid::from_u128(id)), title: title.to_owned(), measure: measure.to_owned(), due: None }
}

fn proposed(version: u32, goals: Vec<Goal>, reason: Option<&str>) -> Event {
    let reason = reason.map(str::to_owned);
    Event::GoalsProposed(Proposed { version, goals, reason, due: date(2026, 1, 22) })
}

fn given(id: u128, scored: i64) -> Event {
    let basis = Basis { what: String::new(), when: None, place: None, witness: BORIS };
    Event::ScoreGiven(Given {
        id: ScoreId(Uuid::from_u128(id)),
        indicator: "D1".to_owned(),
        rater: ANNA,
        points: Points::whole(scored),
        basis,
        paper: None,
        due: date(2026, 10, 12),
    })
}

fn total(points: i64) -> Event {
    let total = Some(Points::whole(points));
    Event::CompositeFixed(Box::new(Composite { lines: Vec::new(), applied: Points::FULL, total, exact: None }))
}

fn fixed(grade: &str) -> Event {
    Event::GradeFixed { grade: grade.to_owned(), sign_by: date(2026, 12, 20) }
}

#[test]
fn goals_are_told_field_by_field_against_the_version_before() {
    let first = proposed(1, vec![goal(1, "cases", "1,000"), goal(2, "surveys", "two")], None);
    let second = proposed(2, vec![goal(1, "cases", "1,200"), goal(3, "courses", "three")], Some("new tasks"));
    let id = |id| GoalId(Uuid::from_u128(id));
    let returned =
        Event::GoalsReturned { version: 2, step: Step::Confirm, reason: "too many".to_owned(), due: date(2026, 2, 2) };
    assert_eq!(last(vec![first.clone(), second.clone(), returned]), [(What::GoalReason, None, words("too many"))]);
    assert_eq!(
        last(vec![first, second]),
        [
            (What::Goal(id(1), Field::Measure), words("1,000"), words("1,200")),
            (What::Goal(id(3), Field::Title), None, words("courses")),
            (What::Goal(id(3), Field::Measure), None, words("three")),
            (What::GoalReason, None, words("new tasks")),
            (What::Goal(id(2), Field::Title), words("surveys"), None),
            (What::Goal(id(2), Field::Measure), words("two"), None),
        ]
    );
}

#[test]
fn the_days_by_which_the_next_has_to_act_go_from_one_to_the_next_and_then_end() {
    let goals = proposed(1, vec![goal(1, "cases", "1,000")], None);
    let endorsed = Event::GoalsEndorsed { version: 1, due: date(2026, 1, 30) };
    let days = |events| {
        let changes = told(&record(events)).pop().expect("an entry").1;
        changes
            .into_iter()
            .filter(|change| change.what == What::Due(Due::Goals))
            .map(|change| (change.before, change.after))
            .collect::<Vec<_>>()
    };
    let day = |day| Some(Value::Day(date(2026, 1, day)));
    assert_eq!(days(vec![]), [(None, day(20))]);
    assert_eq!(days(vec![goals.clone()]), [(day(20), day(22))]);
    assert_eq!(days(vec![goals.clone(), endorsed.clone()]), [(day(22), day(30))]);
    assert_eq!(days(vec![goals, endorsed, Event::GoalsConfirmed { version: 1 }]), []);
}

#[test]
fn a_score_that_is_given_anew_or_adjusted_goes_from_the_old_points_to_the_new() {
    let what = What::Points("D1".to_owned(), ANNA);
    let standing = What::Standing("D1".to_owned(), ANNA);
    let first = given(10, 80);
    let confirmed = |score: u128| Event::ScoreConfirmed { score: ScoreId(Uuid::from_u128(score)), on_paper: None };
    let unconfirmed = || Some(Value::Standing(score::Standing::Unconfirmed));
    let valid = || Some(Value::Standing(score::Standing::Valid));
    assert_eq!(last(vec![first.clone()]), [(what.clone(), None, points(80)), (standing.clone(), None, unconfirmed())]);
    assert_eq!(last(vec![first.clone(), confirmed(10)]), [(standing.clone(), unconfirmed(), valid())]);
    let again = vec![first.clone(), confirmed(10), given(11, 85)];
    assert_eq!(last(again), [(what.clone(), points(80), points(85)), (standing, valid(), unconfirmed())]);

    let target = Target::Score(ScoreId(Uuid::from_u128(10)));
    let filed = Filed { id: APPEAL, target, grounds: "not me".to_owned(), due: date(2026, 11, 20) };
    let decided = Event::AppealDecided {
        appeal: APPEAL,
        verdict: Verdict::Adjusted(Points::whole(90)),
        reasons: "so".to_owned(),
    };
    let events = vec![first, confirmed(10), Event::AppealFiled(filed), decided];
    assert_eq!(last(events[..3].to_vec()), [(What::Grounds(APPEAL, "D1".to_owned()), None, words("not me"))]);
    assert_eq!(
        last(events),
        [
            (what, points(80), points(90)),
            (What::Verdict(APPEAL), None, Some(Value::Verdict(Verdict::Adjusted(Points::whole(90))))),
            (What::VerdictReason(APPEAL), None, words("so")),
        ]
    );
}

#[test]
fn assessors_participation_and_the_composite_are_compared_too() {
    let half = Points::whole(50);
    let named = [ANNA, BORIS].map(|person| Assessor { person, weight: half }).to_vec();
    let weight = |points| Some(Value::Weight(points));
    assert_eq!(
        last(vec![Event::AssessorsNamed { assessors: named }]),
        [(What::Weight(ANNA), weight(Points::FULL), weight(half)), (What::Weight(BORIS), None, weight(half)),]
    );
    assert_eq!(
        last(vec![Event::AssessorsNamed { assessors: vec![] }]),
        [(What::Weight(ANNA), weight(Points::FULL), None)]
    );
    let out = Some((Ungraded::Investigation, "no. 3".to_owned()));
    assert_eq!(
        last(vec![Event::ParticipationChanged { ungraded: out.clone() }]),
        [(What::Participation, Some(Value::Graded(None)), Some(Value::Graded(out)))]
    );
    assert_eq!(last(vec![total(80), total(82)]), [(What::Composite, points(80), points(82))]);
}

#[test]
fn a_grade_goes_from_what_was_proposed_to_what_is_final_for_who_may_see_the_proposal() {
    let grade = |grade: &str| Some(Value::Grade(grade.to_owned()));
    let proposal = |grade: &str| Event::GradeProposed { appraisal: SHEET, grade: grade.to_owned(), reason: None };
    assert_eq!(last(vec![proposal("b")]), [(What::Proposed, None, grade("b"))]);
    assert_eq!(last(vec![proposal("b"), proposal("a")]), [(What::Proposed, grade("b"), grade("a"))]);
    assert_eq!(last(vec![proposal("b"), fixed("a")]), [(What::Grade, grade("b"), grade("a"))]);
    assert_eq!(last(vec![proposal("a"), fixed("a")]), [(What::Grade, None, grade("a"))]);
    assert_eq!(last(vec![fixed("a")]), [(What::Grade, None, grade("a"))]);
    assert_eq!(last(vec![fixed("a"), fixed("b")]), [(What::Grade, grade("a"), grade("b"))]);
}
