//! Outcomes: 部门推荐 -> 人力资源部审核 -> 总经理/市政府审批, three different people.

use super::{office::grant, *};
use domain::{act::Act, actor::Role, id::OutcomeId, outcome::Kind, refusal::Reason};

/// Nobody on the roster, and granted both of the last two steps.
const BOTH: &str = "deputy";

fn recommend(appraisal: AppraisalId, kind: Kind) -> Act {
    let (detail, reasons) = ("嘉奖".to_owned(), "年度考核优秀".to_owned());
    Act::RecommendOutcome { appraisal, kind, detail, reasons }
}

fn review(outcome: OutcomeId, approved: bool, opinion: &str) -> Act {
    Act::ReviewOutcome { outcome, approved, opinion: opinion.to_owned() }
}

fn decide(outcome: OutcomeId, approved: bool) -> Act {
    Act::DecideOutcome { outcome, approved, opinion: String::new() }
}

async fn recommends(story: &Story, login: &str, kind: Kind) -> OutcomeId {
    let receipt = story.city.does(login, recommend(story.sheet, kind)).await;
    OutcomeId(receipt.streams[0])
}

/// The same person never takes two of the three steps, and a refusal needs its reason. One outcome is left waiting.
pub async fn three_different_people(story: &Story) -> OutcomeId {
    let Story { city, sheet, .. } = story;
    city.on(date(2026, 11, 23));
    city.not_theirs(COLLEAGUE, recommend(*sheet, Kind::Reward)).await;
    city.forbidden(EMPLOYEE, recommend(*sheet, Kind::Reward), "not-in-own-case").await;
    let ungraded = city.sheet_of(STRANGER, story.cycle).await;
    city.refused(THEIR_LEADER, recommend(ungraded, Kind::Reward), Reason::GradeOpen).await;
    let reward = recommends(story, LEADER, Kind::Reward).await;
    city.refused(HEAD, recommend(*sheet, Kind::Reward), Reason::OutcomeExists).await;
    assert_eq!(city.outcome(EMPLOYEE, reward).await.recommended.grade, grades::TOP);

    city.refused(APPROVER, decide(reward, true), Reason::NothingWaiting).await;
    city.forbidden(LEADER, review(reward, true, ""), "four-eyes").await;
    city.not_theirs(APPROVER, review(reward, true, "")).await;
    city.has_todo(HR, "review_outcome 2026-11-30").await;
    city.does(HR, review(reward, true, "同意")).await;
    city.refused(SECOND_HR, review(reward, true, ""), Reason::AlreadyAnswered).await;
    city.forbidden(HR, decide(reward, true), "four-eyes").await;
    city.has_todo(APPROVER, "decide_outcome 2026-11-30").await;
    city.does(APPROVER, decide(reward, true)).await;
    assert_eq!(city.outcome(EMPLOYEE, reward).await.stage(), "approved");

    let training = recommends(story, HEAD, Kind::Training).await;
    city.refused(HR, review(training, false, ""), Reason::TextMissing).await;
    city.does(HR, review(training, false, "今年名额已满")).await;
    city.refused(APPROVER, decide(training, true), Reason::NothingWaiting).await;
    assert_eq!(city.outcome(EMPLOYEE, training).await.stage(), "declined");
    nobody_signs_twice(story).await
}

/// Whoever holds two roles takes one step, person on the roster or not.
async fn nobody_signs_twice(story: &Story) -> OutcomeId {
    let Story { city, .. } = story;
    let name = Some("副秘书长".to_owned());
    city.does(SYSTEM_ADMIN, Act::OpenAccount { login: BOTH.to_owned(), person: None, name }).await;
    grant(city, super::SECURITY_ADMIN, BOTH, Role::HrOfficer, None).await;
    for login in [BOTH, HEAD] {
        grant(city, super::SECURITY_ADMIN, login, Role::Approver, None).await;
    }
    // What HR declined may be recommended again.
    let training = recommends(story, HEAD, Kind::Training).await;
    city.does(HR, review(training, true, "")).await;
    city.forbidden(HEAD, decide(training, true), "four-eyes").await;
    city.does(BOTH, decide(training, true)).await;
    let promotion = recommends(story, LEADER, Kind::Promotion).await;
    city.does(BOTH, review(promotion, true, "")).await;
    city.forbidden(BOTH, decide(promotion, true), "four-eyes").await;
    promotion
}

/// The approver takes the step that was late, as if nothing had been.
pub async fn decided_late(story: &Story, outcome: OutcomeId) {
    story.city.does(APPROVER, decide(outcome, true)).await;
    assert_eq!(story.city.outcome(EMPLOYEE, outcome).await.stage(), "approved");
}
