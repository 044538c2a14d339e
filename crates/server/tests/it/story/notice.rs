//! Publicity of the top grades: a window of working days, objections and their answers, corrections.

use super::*;
use domain::{act::Act, id::ObjectionId, notice::Notice, refusal::Reason};

fn object(notice: NoticeId, appraisal: AppraisalId) -> Act {
    Act::Object { notice, appraisal, text: "八月多次迟到，不应评为优秀".to_owned() }
}

fn answer(notice: NoticeId, objection: ObjectionId, upheld: bool) -> Act {
    Act::AnswerObjection { notice, objection, upheld, reply: "经核考勤记录，答复如下".to_owned() }
}

async fn last_objection(story: &Story, notice: NoticeId) -> ObjectionId {
    let notice = story.city.notice(HR, notice).await;
    notice.objections.last().expect("an objection").objected.id
}

async fn until(story: &Story, notice: NoticeId) -> jiff::civil::Date {
    story.city.notice(HR, notice).await.until
}

/// Names and grades of the four, within the unit, for five working days.
pub async fn posted_within_the_unit(story: &Story) -> NoticeId {
    let Story { city, slate, sheet, .. } = story;
    let post = Act::PostNotice { slate: *slate };
    city.not_theirs(UNIT_HR, post.clone()).await;
    city.does(HR, post.clone()).await;
    city.refused(HR, post, Reason::AlreadyDone).await;
    let colleague = city.who(COLLEAGUE).await;
    let seen = city.store.reader(&colleague).notices_in(ALL).await.expect("a read");
    let [notice] = &seen[..] else { panic!("{seen:?}") };
    let notice = NoticeId(notice.notice_id);
    let posted: Notice = city.notice(COLLEAGUE, notice).await;
    assert_eq!(posted.lines.len(), 4);
    assert!(posted.lines.iter().any(|line| line.appraisal == *sheet && line.grade == grades::TOP));
    assert_eq!(posted.until, date(2026, 11, 13), "five working days after Friday the 6th");
    let stranger = city.who(STRANGER).await;
    assert!(city.store.reader(&stranger).notice(notice).await.expect("a read").is_none());
    assert!(city.store.reader(&stranger).notices_in(ALL).await.expect("a read").is_empty());
    notice
}

/// While an objection waits for its answer, the notice can't be closed.
pub async fn objection_blocks_closing(story: &Story, notice: NoticeId) {
    let Story { city, sheet, .. } = story;
    let close = Act::CloseNotice { notice };
    city.not_theirs(STRANGER, object(notice, *sheet)).await;
    city.forbidden(EMPLOYEE, object(notice, *sheet), "not-in-own-case").await;
    let unpublished = city.sheet_of(EXEMPT, story.cycle).await;
    city.refused(COLLEAGUE, object(notice, unpublished), Reason::NotFound).await;
    city.refused(HR, close.clone(), Reason::TooEarly).await;
    city.does(COLLEAGUE, object(notice, *sheet)).await;
    city.refused(HR, close.clone(), Reason::ObjectionsOpen).await;
    city.has_todo(HR, "answer_objection 2026-11-13").await;
    city.has_no_todo(HR, "close_notice").await;
    let objection = last_objection(story, notice).await;
    city.not_theirs(UNIT_HR, answer(notice, objection, false)).await;
    city.forbidden(COLLEAGUE, answer(notice, objection, true), "four-eyes").await;
    let silent = Act::AnswerObjection { notice, objection, upheld: false, reply: String::new() };
    city.refused(HR, silent, Reason::TextMissing).await;
    city.does(HR, answer(notice, objection, false)).await;
    city.refused(HR, answer(notice, objection, true), Reason::AlreadyAnswered).await;
    city.refused(HR, close, Reason::TooEarly).await;
}

/// An objection that is upheld leads to a correction; the window runs anew from that day.
pub async fn correction_starts_the_window_anew(story: &Story, notice: NoticeId) {
    let Story { city, sheet, slate, .. } = story;
    let posted = city.notice(HR, notice).await;
    let other = posted.lines.iter().find(|line| line.appraisal != *sheet).expect("another line").appraisal;
    city.on(date(2026, 11, 12));
    city.does(OTHER_COLLEAGUE, object(notice, other)).await;
    let objection = last_objection(story, notice).await;
    city.does(HR, answer(notice, objection, true)).await;
    let correct = |grade: &str, reason: &str| Act::CorrectNotice {
        notice,
        appraisal: other,
        grade: grade.to_owned(),
        reason: reason.to_owned(),
    };
    city.not_theirs(UNIT_HR, correct(grades::NEXT, "异议成立")).await;
    city.refused(HR, correct(grades::TOP, "异议成立"), Reason::NothingChanged).await;
    city.refused(HR, correct(grades::NEXT, ""), Reason::TextMissing).await;
    city.does(HR, correct(grades::NEXT, "异议成立：三月迟到十二次")).await;
    city.refused(HR, correct(grades::NEXT, "再次"), Reason::NotFound).await;
    assert_eq!(until(story, notice).await, date(2026, 11, 19));
    assert_eq!(city.slate(HR, *slate).await.count(grades::TOP), 3);
    for early in [date(2026, 11, 16), date(2026, 11, 19)] {
        city.on(early);
        city.refused(HR, Act::CloseNotice { notice }, Reason::TooEarly).await;
    }
    city.on(date(2026, 11, 20));
    city.refused(COLLEAGUE, object(notice, *sheet), Reason::TooLate).await;
    city.not_theirs(UNIT_HR, Act::CloseNotice { notice }).await;
    city.does(HR, Act::CloseNotice { notice }).await;
    city.refused(HR, Act::CloseNotice { notice }, Reason::NoticeClosed).await;
    city.refused(COLLEAGUE, object(notice, *sheet), Reason::NoticeClosed).await;
}
