//! The head fixes the grades; each person signs their own.

use super::*;
use domain::{act::Act, appeal::Target, refusal::Reason};

/// Fixed by the head alone, then signed by the employee with an opinion.
pub async fn fixed_by_the_head_and_signed(story: &Story) {
    let Story { city, slate, sheet, .. } = story;
    let fix = Act::FixGrades { slate: *slate };
    city.has_todo(HEAD, "fix_grades 2026-11-27").await;
    for other in [UNIT_HR, HR, LEADER, APPROVER] {
        assert!(city.tries(other, fix.clone()).await.is_err(), "{other}");
    }
    city.refused(EMPLOYEE, sign(*sheet, true, ""), Reason::GradeOpen).await;
    city.does(HEAD, fix.clone()).await;
    city.refused(HEAD, fix, Reason::AlreadyDone).await;
    let (_, own) = city.appraisal(EMPLOYEE, *sheet).await;
    let (grade, sign_by, _) = own.grade.expect("a grade");
    assert_eq!((grade.as_str(), sign_by), (grades::TOP, date(2026, 11, 27)));

    let target = Target::Computed("CK-Q01".to_owned());
    let late = Act::FileAppeal { appraisal: *sheet, target, grounds: "请重算".to_owned() };
    city.refused(EMPLOYEE, late, Reason::AlreadyDone).await;
    city.has_todo(EMPLOYEE, "sign_result 2026-11-27").await;
    city.not_theirs(LEADER, sign(*sheet, true, "")).await;
    city.refused(EMPLOYEE, sign(*sheet, false, ""), Reason::TextMissing).await;
    city.does(EMPLOYEE, sign(*sheet, true, "同意，继续努力")).await;
    city.refused(EMPLOYEE, sign(*sheet, false, "不同意"), Reason::AlreadyDone).await;
    city.has_no_todo(EMPLOYEE, "sign_result").await;
    let (_, own) = city.appraisal(HEAD, *sheet).await;
    let signature = own.signature.expect("a signature");
    assert_eq!((signature.agrees, signature.opinion.as_deref()), (true, Some("同意，继续努力")));
    assert_eq!(signature.stamp.by.person, Some(city.person(EMPLOYEE).await));
}

/// Sign one's own result.
pub fn sign(appraisal: AppraisalId, agrees: bool, opinion: &str) -> Act {
    Act::SignResult { appraisal, agrees, opinion: opinion.to_owned() }
}
