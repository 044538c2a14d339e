//! Appeals: overseen by HR, decided with reasons by somebody who neither scored nor confirmed.

use super::*;
use domain::{
    act::Act,
    appeal::{Appeal, Target, Verdict},
    id::AppealId,
    points::Points,
    refusal::Reason,
    score::Score,
};

fn file(story: &Story, target: Target) -> Act {
    Act::FileAppeal {
        appraisal: story.sheet, target, grounds: "六月有两次主动上交礼品登记，未计入".to_owned()
    }
}

async fn assign(story: &Story, appeal: AppealId, decider: &str) -> Act {
    Act::AssignAppeal { appraisal: story.sheet, appeal, decider: story.city.person(decider).await }
}

fn decide(story: &Story, appeal: AppealId, verdict: Verdict) -> Act {
    Act::DecideAppeal {
        appraisal: story.sheet, appeal, verdict, reasons: "经核礼品登记簿，情况属实".to_owned()
    }
}

/// The score that counts of one assessor on one indicator, as the employee sees it.
async fn score(story: &Story, assessor: &str, indicator: &str) -> Score {
    let (_, own) = story.city.appraisal(EMPLOYEE, story.sheet).await;
    own.live_score(story.city.person(assessor).await, indicator).expect("a score").clone()
}

async fn newest(story: &Story) -> Appeal {
    story.city.appraisal(EMPLOYEE, story.sheet).await.1.appeals.pop().expect("an appeal")
}

/// The adjustment stands beside the score it is about, and is never lower.
pub async fn adjusted_beside_the_old_score(story: &Story) {
    let Story { city, .. } = story;
    let target = Target::Score(score(story, LEADER, "CK-L01").await.given.id);
    city.not_theirs(COLLEAGUE, file(story, target.clone())).await;
    city.does(EMPLOYEE, file(story, target.clone())).await;
    city.refused(EMPLOYEE, file(story, target), Reason::AppealPending).await;
    let appeal = newest(story).await.filed;
    // Fifteen working days after Wednesday 21 October.
    assert_eq!(appeal.due, date(2026, 11, 11));
    city.has_todo(UNIT_HR, "assign_appeal 2026-11-11").await;
    for touched in [LEADER, WITNESS, EMPLOYEE] {
        city.refused(UNIT_HR, assign(story, appeal.id, touched).await, Reason::DeciderUnfit).await;
    }
    city.not_theirs(HEAD, assign(story, appeal.id, DECIDER).await).await;
    city.does(UNIT_HR, assign(story, appeal.id, DECIDER).await).await;
    city.has_todo(DECIDER, "decide_appeal 2026-11-11").await;

    let better = Verdict::Adjusted(Points::whole(93));
    for touched in [LEADER, WITNESS] {
        city.forbidden(touched, decide(story, appeal.id, better), "four-eyes").await;
    }
    city.forbidden(EMPLOYEE, decide(story, appeal.id, better), "not-in-own-case").await;
    city.not_theirs(HR, decide(story, appeal.id, better)).await;
    for no_better in [Points::whole(88), Points::whole(70), Points(Points::FULL.0 + 1)] {
        city.refused(DECIDER, decide(story, appeal.id, Verdict::Adjusted(no_better)), Reason::PointsOutOfRange).await;
    }
    city.refused(DECIDER, decide(story, appeal.id, Verdict::SourceWrong), Reason::DeciderUnfit).await;
    city.does(DECIDER, decide(story, appeal.id, better)).await;
    city.refused(DECIDER, decide(story, appeal.id, better), Reason::AlreadyAnswered).await;

    let after = score(story, LEADER, "CK-L01").await;
    assert_eq!((after.given.points, after.points()), (Points::whole(88), Points::whole(93)));
    let (verdict, reasons, stamp) = newest(story).await.decision.expect("a decision");
    assert_eq!((verdict, reasons.as_str()), (better, "经核礼品登记簿，情况属实"));
    assert_eq!(stamp.by.person, Some(city.person(DECIDER).await));
}

/// One against a computed value is dismissed: nobody sets such a value. Another is taken back.
pub async fn dismissed_and_withdrawn(story: &Story) {
    let Story { city, sheet, .. } = story;
    city.refused(EMPLOYEE, file(story, Target::Computed("CK-X99".to_owned())), Reason::NotFound).await;
    city.does(EMPLOYEE, file(story, Target::Computed("CK-Q01".to_owned()))).await;
    let appeal = newest(story).await.filed.id;
    city.does(HR, assign(story, appeal, DECIDER).await).await;
    let typed_in = decide(story, appeal, Verdict::Adjusted(Points::FULL));
    city.refused(DECIDER, typed_in, Reason::DeciderUnfit).await;
    city.does(DECIDER, decide(story, appeal, Verdict::Dismissed)).await;

    let target = Target::Score(score(story, SECOND_ASSESSOR, "CK-D01").await.given.id);
    city.does(EMPLOYEE, file(story, target)).await;
    let appeal = newest(story).await.filed.id;
    let withdraw = Act::WithdrawAppeal { appraisal: *sheet, appeal };
    city.not_theirs(LEADER, withdraw.clone()).await;
    city.does(EMPLOYEE, withdraw.clone()).await;
    city.refused(EMPLOYEE, withdraw, Reason::AlreadyAnswered).await;
    let (_, own) = city.appraisal(EMPLOYEE, *sheet).await;
    assert_eq!((own.appeals.len(), own.open_appeals()), (3, 0));
    city.has_no_todo(UNIT_HR, "assign_appeal").await;
}

/// Ten working days after a score could be seen, it is too late.
pub async fn too_late(story: &Story) {
    let target = Target::Score(score(story, LEADER, "CK-D01").await.given.id);
    let refusal = story.city.refused(EMPLOYEE, file(story, target), Reason::TooLate).await;
    assert_eq!(refusal.args, [("until", "2026-10-30".to_owned())]);
}

/// A colleague's appeal waits while the others are graded; its appraisal and its id.
pub async fn left_open(story: &Story) -> (AppraisalId, AppealId) {
    let Story { city, cycle, .. } = story;
    let appraisal = city.sheet_of(COLLEAGUE, *cycle).await;
    let target = Target::Computed("CK-Q01".to_owned());
    city.does(COLLEAGUE, Act::FileAppeal { appraisal, target, grounds: "三月一次迟到系打卡机故障".to_owned() }).await;
    let (_, own) = city.appraisal(COLLEAGUE, appraisal).await;
    (appraisal, own.appeals.last().expect("an appeal").filed.id)
}

/// The colleague's appeal ends; HR, who oversees it, names the decider.
pub async fn ends(story: &Story, appraisal: AppraisalId, appeal: AppealId) {
    let Story { city, .. } = story;
    let decider = city.person(DECIDER).await;
    city.does(HR, Act::AssignAppeal { appraisal, appeal, decider }).await;
    let reasons = "打卡机当日无故障记录".to_owned();
    let verdict = Verdict::Dismissed;
    city.does(DECIDER, Act::DecideAppeal { appraisal, appeal, verdict, reasons }).await;
}
