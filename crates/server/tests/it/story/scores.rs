//! Qualitative scores: given with a basis, void until the project lead confirms, seen by the employee at once.

use super::*;
use domain::{
    act::Act,
    composite::compose,
    id::{PersonId, ScoreId},
    points::Points,
    refusal::Reason,
    score::{Basis, Score, ScoreDraft, Standing},
};

/// What the assessors give in the end: indicator, points of the first and of the second.
pub const GIVEN: [(&str, i64, i64); 3] = [("CK-D01", 90, 85), ("CK-N02", 91, 88), ("CK-L01", 88, 90)];

fn draft(indicator: &str, points: Points, witness: PersonId) -> ScoreDraft {
    ScoreDraft {
        indicator: indicator.to_owned(),
        points,
        basis: Basis {
            what: "系统切换期间连续三天值守窗口，当面化解投诉两起".to_owned(),
            when: Some(date(2026, 6, 16)),
            place: Some("综合受理科三号窗口".to_owned()),
            witness,
        },
    }
}

fn give(story: &Story, score: ScoreDraft) -> Act {
    Act::GiveScore { appraisal: story.sheet, score }
}

fn confirm(story: &Story, score: ScoreId) -> Act {
    Act::ConfirmScore { appraisal: story.sheet, score }
}

/// The newest score, as the employee sees it.
async fn newest(story: &Story) -> Score {
    story.city.appraisal(EMPLOYEE, story.sheet).await.1.scores.pop().expect("a score")
}

async fn gives(story: &Story, assessor: &str, indicator: &str, points: i64, witness: &str) -> ScoreId {
    let witness = story.city.person(witness).await;
    story.city.does(assessor, give(story, draft(indicator, Points::whole(points), witness))).await;
    newest(story).await.given.id
}

/// A score counts for nothing until the witness it names has confirmed its example.
pub async fn void_until_confirmed(story: &Story) {
    let Story { city, .. } = story;
    nothing_unfit_is_taken(story).await;
    let score = gives(story, LEADER, "CK-D01", 90, WITNESS).await;
    let seen = newest(story).await;
    assert_eq!((seen.given.points, seen.given.rater), (Points::whole(90), city.person(LEADER).await));
    assert_eq!(seen.given.basis.what, "系统切换期间连续三天值守窗口，当面化解投诉两起");
    assert_eq!(seen.standing(), Standing::Unconfirmed);
    assert_eq!(counted(story, "CK-D01").await, None, "void");
    city.has_todo(WITNESS, "confirm_score 2026-10-23").await;
    for other in [OTHER_WITNESS, HEAD, HR, LEADER] {
        city.not_theirs(other, confirm(story, score)).await;
    }
    city.forbidden(EMPLOYEE, confirm(story, score), "not-in-own-case").await;
    city.does(WITNESS, confirm(story, score)).await;
    assert_eq!(newest(story).await.standing(), Standing::Valid);
    assert_eq!(counted(story, "CK-D01").await, Some(Points::whole(90)));
    city.refused(WITNESS, confirm(story, score), Reason::AlreadyAnswered).await;
}

async fn nothing_unfit_is_taken(story: &Story) {
    let Story { city, .. } = story;
    let (witness, points) = (city.person(WITNESS).await, Points::whole(90));
    city.not_theirs(DECIDER, give(story, draft("CK-D01", points, witness))).await;
    city.forbidden(EMPLOYEE, give(story, draft("CK-D01", points, witness)), "not-in-own-case").await;
    // There is no act, and so no page, API or command, to type a quantitative value in.
    city.refused(LEADER, give(story, draft("CK-J01", points, witness)), Reason::QuantitativeByHand).await;
    city.refused(LEADER, give(story, draft("ZC-D01", points, witness)), Reason::IndicatorUnknown).await;
    for out in [Points(Points::FULL.0 + 1), Points(-1)] {
        city.refused(LEADER, give(story, draft("CK-D01", out, witness)), Reason::PointsOutOfRange).await;
    }
    for unfit in [COLLEAGUE, LEADER, EMPLOYEE] {
        let unfit = city.person(unfit).await;
        city.refused(LEADER, give(story, draft("CK-D01", points, unfit)), Reason::WitnessUnfit).await;
    }
    let whole = draft("CK-D01", points, witness);
    for (place, when, reason) in [
        (None, whole.basis.when, Reason::TextMissing),
        (whole.basis.place.clone(), None, Reason::TextMissing),
        (whole.basis.place.clone(), Some(date(2025, 12, 31)), Reason::BasisOutsidePeriod),
    ] {
        let basis = Basis { place, when, ..whole.basis.clone() };
        city.refused(LEADER, give(story, ScoreDraft { basis, ..whole.clone() }), reason).await;
    }
    let silent = Basis { what: "　".to_owned(), ..whole.basis.clone() };
    city.refused(LEADER, give(story, ScoreDraft { basis: silent, ..whole }), Reason::TextMissing).await;
}

/// What an indicator counts for in the composite as it stands.
async fn counted(story: &Story, indicator: &str) -> Option<Points> {
    let (cycle, own) = story.city.appraisal(EMPLOYEE, story.sheet).await;
    let composite = compose(&cycle, &own);
    composite.lines.into_iter().find(|line| line.indicator == indicator).expect("a line").points
}

/// A denied score and a returned one are void and shown as such, and are given anew.
pub async fn denied_and_returned(story: &Story) {
    let Story { city, sheet, .. } = story;
    let denied = gives(story, LEADER, "CK-N02", 95, WITNESS).await;
    let deny = |reason: &str| Act::DenyScore { appraisal: *sheet, score: denied, reason: reason.to_owned() };
    city.not_theirs(OTHER_WITNESS, deny("未见")).await;
    city.refused(WITNESS, deny(""), Reason::TextMissing).await;
    city.does(WITNESS, deny("那三天他不在三号窗口")).await;
    assert_eq!(newest(story).await.standing(), Standing::Denied);
    assert_eq!(counted(story, "CK-N02").await, None);
    city.has_todo(LEADER, "rescore 2026-10-30").await;
    let again = gives(story, LEADER, "CK-N02", 91, OTHER_WITNESS).await;
    city.does(OTHER_WITNESS, confirm(story, again)).await;

    let returned = gives(story, LEADER, "CK-L01", 86, WITNESS).await;
    city.does(WITNESS, confirm(story, returned)).await;
    let send_back = |reason: &str| Act::ReturnScore { appraisal: *sheet, score: returned, reason: reason.to_owned() };
    city.not_theirs(LEADER, send_back("依据与指标不符")).await;
    city.forbidden(INSPECTOR, send_back("依据与指标不符"), "inspectors-change-nothing").await;
    city.does(UNIT_HR, send_back("依据与指标不符，请补充廉洁方面的事例")).await;
    assert_eq!(newest(story).await.standing(), Standing::Returned);
    assert_eq!(counted(story, "CK-L01").await, None);
    let again = gives(story, LEADER, "CK-L01", 88, WITNESS).await;
    city.does(WITNESS, confirm(story, again)).await;
    let (_, own) = city.appraisal(EMPLOYEE, *sheet).await;
    let standings: Vec<Standing> = own.scores.iter().map(Score::standing).collect();
    use Standing::{Replaced, Valid};
    assert_eq!(standings, [Valid, Replaced, Valid, Replaced, Valid], "none is ever lost");
}

/// HR reviews once every assessor has a score that counts on every indicator.
pub async fn reviewed_when_complete(story: &Story) {
    let Story { city, sheet, .. } = story;
    let review = Act::ReviewScores { appraisal: *sheet };
    let missing = city.refused(UNIT_HR, review.clone(), Reason::ScoresIncomplete).await;
    assert_eq!(missing.args, [("count", "3".to_owned())]);
    for (indicator, _, points) in GIVEN {
        let score = gives(story, SECOND_ASSESSOR, indicator, points, OTHER_WITNESS).await;
        city.does(OTHER_WITNESS, confirm(story, score)).await;
    }
    city.has_todo(UNIT_HR, "review_scores 2026-10-30").await;
    city.forbidden(LEADER, review.clone(), "four-eyes").await;
    city.not_theirs(OTHER_UNIT_HR, review.clone()).await;
    city.forbidden(INSPECTOR, review.clone(), "inspectors-change-nothing").await;
    city.does(UNIT_HR, review.clone()).await;
    city.refused(UNIT_HR, review, Reason::AlreadyDone).await;
    city.has_no_todo(UNIT_HR, "review_scores").await;
}

/// Sheets collected on paper are taken over with the row they stood in; what can't stand is recorded with the reason.
pub async fn taken_over_from_paper(story: &Story) {
    let Story { city, cycle, .. } = story;
    let exempt = city.sheet_of(EXEMPT, *cycle).await;
    city.does(HR, Act::AdoptScores { appraisal: exempt }).await;
    let (_, own) = city.appraisal(EXEMPT, exempt).await;
    assert!(own.scores.is_empty() && own.unfit_sheets.iter().all(|(_, why)| why == "not-graded"));
    let mut taken = 0;
    for sheet in city.store.appraisals_of(*cycle).await.expect("a read") {
        if sheet == story.sheet || sheet == exempt {
            continue;
        }
        match city.tries(HR, Act::AdoptScores { appraisal: sheet }).await {
            Ok(_) => taken += 1,
            // The heads of 窗口 sections on paper assess others, and nobody them.
            Err(store::Error::Refused(refusal)) => assert_eq!(refusal.reason, Reason::NothingNew),
            Err(error) => panic!("{error}"),
        }
    }
    assert!(taken > 80, "{taken}");
    let colleague = city.sheet_of(COLLEAGUE, *cycle).await;
    let (_, own) = city.appraisal(COLLEAGUE, colleague).await;
    assert!(own.scores.iter().all(|score| score.given.paper.is_some()));
    city.refused(HR, Act::AdoptScores { appraisal: colleague }, Reason::NothingNew).await;
}
