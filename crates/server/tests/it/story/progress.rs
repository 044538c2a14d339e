//! Progress with attachments.

use super::*;
use domain::{
    act::Act,
    id::GoalId,
    progress::{Attachment, MOST_ATTACHMENTS},
    refusal::Reason,
};

/// A file is kept by its content, and a report may name only files that were kept, as they were kept.
pub async fn reported_with_a_file(story: &Story) {
    let Story { city, sheet, .. } = story;
    let (_, own) = city.appraisal(EMPLOYEE, *sheet).await;
    let goal = own.confirmed_goals().expect("confirmed goals").proposed.goals[0].id;
    let content = "办件台账，前三季度1595件".as_bytes().to_vec();
    let (digest, size) = city.store.keep_file(content.clone(), "text/plain", city.now()).await.expect("kept");
    let file = Attachment { digest, name: "台账.txt".to_owned(), size, media: "text/plain".to_owned() };
    let report = |goal: GoalId, percent: u8, attachments: Vec<Attachment>| Act::ReportProgress {
        appraisal: *sheet,
        goal,
        percent,
        text: "前三季度办件1595件".to_owned(),
        attachments,
    };
    city.not_theirs(COLLEAGUE, report(goal, 80, Vec::new())).await;
    city.refused(EMPLOYEE, report(GoalId(city.store.new_key()), 80, Vec::new()), Reason::GoalUnknown).await;
    city.refused(EMPLOYEE, report(goal, 101, Vec::new()), Reason::PercentUnfit).await;
    let too_many = vec![file.clone(); MOST_ATTACHMENTS + 1];
    city.refused(EMPLOYEE, report(goal, 80, too_many), Reason::AttachmentsTooMany).await;
    for other in [
        Attachment { digest: "00".repeat(32), ..file.clone() },
        Attachment { size: size + 1, ..file.clone() },
        Attachment { media: "application/pdf".to_owned(), ..file.clone() },
    ] {
        city.refused(EMPLOYEE, report(goal, 80, vec![other]), Reason::AttachmentUnknown).await;
    }
    city.does(EMPLOYEE, report(goal, 80, vec![file.clone()])).await;
    let (_, seen) = city.appraisal(LEADER, *sheet).await;
    let reported = &seen.progress.last().expect("a report").reported;
    assert_eq!((reported.percent, &reported.attachments[..]), (80, &[file.clone()][..]));
    let kept = city.store.file(&file.digest).await.expect("a read");
    assert_eq!(kept, Some(("text/plain".to_owned(), content)));
}
