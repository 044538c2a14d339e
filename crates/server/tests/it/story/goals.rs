//! Goals: 员工提报 -> 部门审核 -> 单位确认, with returns, and every version kept.

use super::*;
use domain::{
    act::Act,
    appraisal::Appraisal,
    goal::{self, Goal, GoalDraft, Step},
    refusal::Reason,
};

fn fresh_goal(title: &str, measure: &str) -> GoalDraft {
    GoalDraft { id: None, title: title.to_owned(), measure: measure.to_owned(), due: Some(date(2026, 12, 20)) }
}

fn kept(goal: &Goal) -> GoalDraft {
    GoalDraft { id: Some(goal.id), title: goal.title.clone(), measure: goal.measure.clone(), due: goal.due }
}

/// The goals of the newest version, as the employee sees them.
async fn newest(story: &Story) -> Vec<Goal> {
    let (_, own) = story.city.appraisal(EMPLOYEE, story.sheet).await;
    own.goals.last().expect("a version").proposed.goals.clone()
}

fn propose(story: &Story, goals: Vec<GoalDraft>, reason: &str) -> Act {
    Act::ProposeGoals { appraisal: story.sheet, goals, reason: reason.to_owned() }
}

fn send_back(story: &Story, version: u32, step: Step, reason: &str) -> Act {
    Act::ReturnGoals { appraisal: story.sheet, version, step, reason: reason.to_owned() }
}

/// Proposed, returned by the leader, proposed again, endorsed, returned by the head, and confirmed in the end.
pub async fn agreed_in_three_steps(story: &Story) {
    let Story { city, sheet, .. } = story;
    let endorse = |version| Act::EndorseGoals { appraisal: *sheet, version };
    let confirm = |version| Act::ConfirmGoals { appraisal: *sheet, version };
    let first = vec![fresh_goal("窗口办件", "全年办件1800件"), fresh_goal("群众满意度", "不低于95%")];
    city.not_theirs(COLLEAGUE, propose(story, first.clone(), "")).await;
    city.refused(EMPLOYEE, propose(story, Vec::new(), ""), Reason::GoalsEmpty).await;
    let many = vec![first[0].clone(); goal::MOST_GOALS + 1];
    city.refused(EMPLOYEE, propose(story, many, ""), Reason::GoalsTooMany).await;
    city.does(EMPLOYEE, propose(story, first, "")).await;
    city.refused(EMPLOYEE, propose(story, vec![fresh_goal("其他", "其他")], ""), Reason::GoalsWaiting).await;
    city.has_no_todo(EMPLOYEE, "propose_goals").await;
    // Five working days after Friday the 9th: Saturday the 10th is made up for the National Day holiday and counts.
    city.has_todo(LEADER, "endorse_goals 2026-10-15").await;

    city.forbidden(EMPLOYEE, endorse(1), "not-in-own-case").await;
    city.not_theirs(HEAD, endorse(1)).await;
    city.refused(HEAD, confirm(1), Reason::NothingWaiting).await;
    city.refused(LEADER, send_back(story, 1, Step::Endorse, " "), Reason::TextMissing).await;
    city.does(LEADER, send_back(story, 1, Step::Endorse, "满意度目标请写明取数来源")).await;
    city.has_todo(EMPLOYEE, "revise_goals 2026-10-15").await;

    let before = newest(story).await;
    let clearer = GoalDraft { measure: "不低于95%，以好差评系统为准".to_owned(), ..kept(&before[1]) };
    city.does(EMPLOYEE, propose(story, vec![kept(&before[0]), clearer], "")).await;
    city.refused(LEADER, endorse(1), Reason::VersionPassed).await;
    city.does(LEADER, endorse(2)).await;
    city.forbidden(LEADER, confirm(2), "four-eyes").await;
    city.has_todo(HEAD, "confirm_goals 2026-10-15").await;
    city.does(HEAD, send_back(story, 2, Step::Confirm, "请增加一项学习目标")).await;

    let before = newest(story).await;
    let more = before.iter().map(kept).chain([fresh_goal("业务学习", "完成40学时")]).collect();
    city.does(EMPLOYEE, propose(story, more, "")).await;
    city.does(LEADER, endorse(3)).await;
    city.does(HEAD, confirm(3)).await;
    every_version_is_kept(story).await;
}

/// The employee sees who did what when, and what changed from what to what.
async fn every_version_is_kept(story: &Story) {
    let Story { city, .. } = story;
    let (_, own) = city.appraisal(EMPLOYEE, story.sheet).await;
    let (leader, head) = (city.person(LEADER).await, city.person(HEAD).await);
    let [first, second, third] = &own.goals[..] else { panic!("{} versions", own.goals.len()) };
    let returned = first.returned.as_ref().expect("a return");
    assert_eq!((returned.stamp.by.person, returned.step), (Some(leader), Step::Endorse));
    assert_eq!(returned.reason, "满意度目标请写明取数来源");
    let changes = goal::changes(&first.proposed.goals, &second.proposed.goals);
    let [change] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(change.before.map(|goal| goal.measure.as_str()), Some("不低于95%"));
    assert_eq!(change.after.map(|goal| goal.measure.as_str()), Some("不低于95%，以好差评系统为准"));
    let returned = second.returned.as_ref().expect("a return");
    assert_eq!((returned.stamp.by.person, returned.step), (Some(head), Step::Confirm));
    assert_eq!(third.endorsed.map(|(stamp, _)| stamp.by.person), Some(Some(leader)));
    assert_eq!(third.confirmed.map(|stamp| stamp.by.person), Some(Some(head)));
    assert!(first.stamp.at < second.stamp.at && second.stamp.at < third.stamp.at);
    assert_eq!(in_force(&own), 3);
}

fn in_force(own: &Appraisal) -> u32 {
    own.confirmed_goals().expect("confirmed goals").proposed.version
}

/// A change of confirmed goals needs a reason and takes the same chain; until then the old ones are in force.
pub async fn changed_after_locking(story: &Story) {
    let Story { city, sheet, .. } = story;
    let before = newest(story).await;
    let same: Vec<GoalDraft> = before.iter().map(kept).collect();
    city.refused(EMPLOYEE, propose(story, same.clone(), "再看看"), Reason::NothingChanged).await;
    let mut changed = same;
    changed[0].measure = "全年办件1500件".to_owned();
    city.refused(EMPLOYEE, propose(story, changed.clone(), ""), Reason::TextMissing).await;
    city.does(EMPLOYEE, propose(story, changed, "七月起调往新设窗口")).await;
    let (_, own) = city.appraisal(EMPLOYEE, *sheet).await;
    assert_eq!(in_force(&own), 3, "a proposal alone changes nothing");
    city.does(LEADER, Act::EndorseGoals { appraisal: *sheet, version: 4 }).await;
    city.does(HEAD, Act::ConfirmGoals { appraisal: *sheet, version: 4 }).await;
    let (_, own) = city.appraisal(EMPLOYEE, *sheet).await;
    assert_eq!(in_force(&own), 4);
    assert_eq!(own.goals[3].proposed.reason.as_deref(), Some("七月起调往新设窗口"));
    city.has_no_todo(HEAD, "confirm_goals").await;
}
