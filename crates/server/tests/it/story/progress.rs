//! Progress with attachments.

use super::{office::account, *};
use domain::{
    act::Act,
    id::GoalId,
    progress::{Attachment, MOST_ATTACHMENTS},
    refusal::Reason,
};
use jiff::SignedDuration;
use store::attachment::Incoming;

/// A file is kept by its content, and a report may name only files that were kept, as they were kept.
pub async fn reported_with_a_file(story: &Story) {
    let Story { city, sheet, .. } = story;
    let (_, own) = city.appraisal(EMPLOYEE, *sheet).await;
    let goal = own.confirmed_goals().expect("confirmed goals").proposed.goals[0].id;
    let content = "办件台账，前三季度1595件".as_bytes().to_vec();
    let incoming =
        || Incoming { name: "台账.txt".to_owned(), media: "text/plain".to_owned(), content: content.clone() };
    // A colleague's file is nothing to the employee, who may know no more of it than its digest.
    let theirs = city.store.hand_in(account(city, COLLEAGUE).await, incoming(), city.now()).await.expect("kept");
    assert_eq!(theirs.size, content.len() as u64);
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
    city.refused(EMPLOYEE, report(goal, 80, vec![theirs]), Reason::AttachmentUnknown).await;
    let file = city.store.hand_in(account(city, EMPLOYEE).await, incoming(), city.now()).await.expect("kept");
    let too_many = vec![file.clone(); MOST_ATTACHMENTS + 1];
    city.refused(EMPLOYEE, report(goal, 80, too_many), Reason::AttachmentsTooMany).await;
    for other in [
        Attachment { digest: "00".repeat(32), ..file.clone() },
        Attachment { size: file.size + 1, ..file.clone() },
        Attachment { media: "application/pdf".to_owned(), ..file.clone() },
    ] {
        city.refused(EMPLOYEE, report(goal, 80, vec![other]), Reason::AttachmentUnknown).await;
    }
    city.does(EMPLOYEE, report(goal, 80, vec![file.clone()])).await;
    let (_, seen) = city.appraisal(LEADER, *sheet).await;
    let reported = &seen.progress.last().expect("a report").reported;
    assert_eq!((reported.percent, &reported.attachments[..]), (80, &[file.clone()][..]));
    let late = Incoming { content: b"never named".to_vec(), ..incoming() };
    let unnamed = city.store.hand_in(account(city, EMPLOYEE).await, late, city.now()).await.expect("kept");
    city.store.forget_attachments(city.now() + SignedDuration::from_secs(1)).await.expect("forgotten");
    city.refused(EMPLOYEE, report(goal, 90, vec![unnamed]), Reason::AttachmentUnknown).await;
    let reads = async |login: &str, digest: &str| {
        let actor = city.who(login).await;
        city.store.reader(&actor).attachment(*sheet, digest).await.expect("a read")
    };
    assert_eq!(reads(LEADER, &file.digest).await, Some((file.clone(), content)));
    assert_eq!(reads(COLLEAGUE, &file.digest).await, None, "who may not read the appraisal");
    assert_eq!(reads(LEADER, &"00".repeat(32)).await, None, "what it does not name");
}
