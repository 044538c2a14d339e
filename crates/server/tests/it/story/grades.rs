//! Grades: the unit proposes, the quota is a hard stop, HR reviews with other eyes.

use super::*;
use domain::{
    act::Act,
    id::{AppealId, UnitId},
    refusal::Reason,
    slate::Slate,
};
use store::Error;

pub const TOP: &str = "excellent";
pub const NEXT: &str = "qualified";
const LOWEST: &str = "unqualified";

fn propose(slate: SlateId, appraisal: AppraisalId, grade: &str) -> Act {
    Act::ProposeGrade { slate, appraisal, grade: grade.to_owned(), reason: String::new() }
}

/// Nobody is graded while their appeal is open.
pub async fn wait_for_appeals(story: &Story, (appraisal, appeal): (AppraisalId, AppealId)) {
    let Story { city, slate, .. } = story;
    city.refused(UNIT_HR, propose(*slate, appraisal, NEXT), Reason::AppealsOpen).await;
    appeal::ends(story, appraisal, appeal).await;
    city.does(UNIT_HR, propose(*slate, appraisal, NEXT)).await;
}

/// Everyone is proposed for the top grade at once, through two processes: as many get it as the quota allows.
pub async fn stop_at_the_quota(story: &Story) {
    let Story { city, slate, .. } = story;
    city.has_todo(UNIT_HR, "propose_grades 2026-11-13").await;
    let hr = city.who(UNIT_HR).await;
    let processes = [city.store.clone(), city.another_process().await];
    let before = city.slate(UNIT_HR, *slate).await;
    let graded = before.members.iter().filter(|member| member.graded);
    let racing = graded.enumerate().map(|(place, member)| {
        let (store, hr, act) = (processes[place % 2].clone(), hr.clone(), propose(*slate, member.appraisal, TOP));
        tokio::spawn(async move { store.act(&hr, store.new_key(), act).await })
    });
    let (mut through, mut stopped) = (0, 0);
    for act in racing.collect::<Vec<_>>() {
        match act.await.expect("an answer") {
            Ok(_) => through += 1,
            Err(Error::Refused(refusal)) if refusal.reason == Reason::QuotaExceeded => stopped += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((through, stopped), (4, 20));
    let after = city.slate(UNIT_HR, *slate).await;
    assert_eq!((after.count(TOP), after.quota), (4, 4));
    only_a_document_moves_the_quota(story).await;
    fill(story, after).await;
}

async fn only_a_document_moves_the_quota(story: &Story) {
    let Story { city, slate, .. } = story;
    let share = |share, document: &str| Act::SetQuota { slate: *slate, share, document: document.to_owned() };
    city.not_theirs(UNIT_HR, share(25, "云人社〔2026〕31号")).await;
    city.forbidden(INSPECTOR, share(25, "云人社〔2026〕31号"), "inspectors-change-nothing").await;
    city.refused(HR, share(30, "云人社〔2026〕31号"), Reason::QuotaShareUnfit).await;
    city.refused(HR, share(25, ""), Reason::TextMissing).await;
    city.refused(HR, share(15, "问责通报"), Reason::QuotaExceeded).await;
    city.does(HR, share(25, "云人社〔2026〕31号")).await;
    assert_eq!(city.slate(HR, *slate).await.quota, 6);
    city.does(HR, share(20, "云人社〔2026〕31号撤销")).await;
}

/// The employee among the top ones, everyone else with a grade.
async fn fill(story: &Story, raced: Slate) {
    let Story { city, slate, sheet, .. } = story;
    let exempt = city.sheet_of(EXEMPT, story.cycle).await;
    city.refused(UNIT_HR, propose(*slate, exempt, NEXT), Reason::NotGraded).await;
    city.refused(UNIT_HR, propose(*slate, *sheet, "excellent!"), Reason::GradeUnknown).await;
    city.refused(UNIT_HR, propose(*slate, *sheet, LOWEST), Reason::TextMissing).await;
    city.refused(UNIT_HR, Act::SubmitSlate { slate: *slate }, Reason::SlateIncomplete).await;
    let foreign = city.sheet_of(STRANGER, story.cycle).await;
    city.refused(HR, propose(*slate, foreign, NEXT), Reason::NotFound).await;
    for other in [LEADER, OTHER_UNIT_HR, HEAD, APPROVER] {
        city.not_theirs(other, propose(*slate, *sheet, NEXT)).await;
    }
    city.forbidden(EMPLOYEE, propose(*slate, *sheet, TOP), "not-in-own-case").await;
    city.forbidden(INSPECTOR, propose(*slate, *sheet, NEXT), "inspectors-change-nothing").await;
    // The employee is proposed by the authority's HR; where the race left no room, one of the four makes it.
    if !raced.holders(TOP).any(|holder| holder.appraisal == *sheet) {
        let first = raced.holders(TOP).next().expect("a holder").appraisal;
        city.does(UNIT_HR, propose(*slate, first, NEXT)).await;
    }
    city.does(SECOND_HR, propose(*slate, *sheet, TOP)).await;
    let graded = city.slate(UNIT_HR, *slate).await;
    for member in graded.members.iter().filter(|member| member.graded) {
        if !graded.proposals.contains_key(&member.appraisal) {
            city.does(UNIT_HR, propose(*slate, member.appraisal, NEXT)).await;
        }
    }
}

/// Handed in, sent back, handed in again, and reviewed by somebody who proposed nothing on it.
pub async fn go_to_hr_and_back(story: &Story) {
    let Story { city, slate, sheet, .. } = story;
    let slate = *slate;
    let (submit, review) = (Act::SubmitSlate { slate }, Act::ReviewSlate { slate });
    let send_back = |reason: &str| Act::ReturnSlate { slate, reason: reason.to_owned() };
    city.refused(HR, review.clone(), Reason::NothingWaiting).await;
    city.not_theirs(HEAD, submit.clone()).await;
    city.does(UNIT_HR, submit.clone()).await;
    city.has_todo(HR, "review_slate 2026-11-10").await;
    city.refused(UNIT_HR, propose(slate, *sheet, NEXT), Reason::SlateSubmitted).await;
    city.not_theirs(UNIT_HR, send_back("请核对")).await;
    city.refused(HR, send_back(""), Reason::TextMissing).await;
    city.does(HR, send_back("请附考勤情况")).await;
    city.has_todo(UNIT_HR, "propose_grades 2026-11-10").await;
    city.does(UNIT_HR, submit).await;
    city.forbidden(SECOND_HR, review.clone(), "four-eyes").await;
    city.forbidden(UNIT_HR, review.clone(), "four-eyes").await;
    city.forbidden(INSPECTOR, review.clone(), "inspectors-change-nothing").await;
    city.does(HR, review.clone()).await;
    city.refused(HR, review, Reason::NothingWaiting).await;
    city.refused(HEAD, Act::FixGrades { slate }, Reason::NoticeRunning).await;
    city.has_todo(HR, "post_notice 2026-11-10").await;
}

/// Another unit's grades, none of them the top one, from proposing to reviewing.
pub async fn of_another_unit(story: &Story, slate: SlateId) -> UnitId {
    let Story { city, .. } = story;
    let of = city.slate(HR, slate).await;
    for member in of.members.iter().filter(|member| member.graded) {
        city.does(SECOND_HR, propose(slate, member.appraisal, NEXT)).await;
    }
    city.does(SECOND_HR, Act::SubmitSlate { slate }).await;
    city.forbidden(SECOND_HR, Act::ReviewSlate { slate }, "four-eyes").await;
    city.does(HR, Act::ReviewSlate { slate }).await;
    of.opened.unit
}
