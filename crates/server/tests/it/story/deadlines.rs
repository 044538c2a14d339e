//! Deadlines: a late step is told to those who oversee it, and taken by nobody but whose it is.

use super::*;
use crate::city::CONSOLE;
use domain::{
    act::Act,
    event::{Stream, StreamKind},
    id::OutcomeId,
    refusal::Reason,
};
use server::jobs;

/// Everyone but the employee has let the day for goals pass: their unit's HR is told, once, and nothing is approved.
pub async fn late_goals_are_escalated(story: &Story) {
    let Story { city, cycle, .. } = story;
    let late = city.sheet_of(COLLEAGUE, *cycle).await;
    let by_hand = Act::Escalate { of: StreamKind::Appraisal, id: late.0, todo: "propose_goals".to_owned() };
    city.not_theirs(HR, by_hand.clone()).await;
    city.on(date(2026, 10, 20));
    city.refused(CONSOLE, by_hand.clone(), Reason::NotOverdue).await;
    assert_eq!(jobs::escalate(&city.store, city.now()).await.expect("looked at"), 0, "the last day is not over");
    city.on(date(2026, 10, 21));
    assert_eq!(jobs::escalate(&city.store, city.now()).await.expect("looked at"), 87);
    assert_eq!(jobs::escalate(&city.store, city.now()).await.expect("looked at"), 0, "once is enough");
    city.refused(CONSOLE, by_hand, Reason::AlreadyDone).await;
    let mut chased = Vec::new();
    for hr in [UNIT_HR, OTHER_UNIT_HR, HR] {
        let todos = city.todos(hr).await;
        chased.push(todos.iter().filter(|todo| *todo == "chase 2026-10-20").count());
    }
    assert_eq!(chased[0], 24, "a unit's HR chases its own people");
    assert_eq!(chased.iter().sum::<usize>(), 87, "the authority's HR chases where a unit has none: {chased:?}");
    city.has_todo(COLLEAGUE, "propose_goals 2026-10-20").await;
    let (_, own) = city.appraisal(COLLEAGUE, late).await;
    assert!(own.goals.is_empty() && own.escalated.len() == 1);
}

/// The approver lets the day pass: the inspectors are told, and the outcome still waits for the approver.
pub async fn late_signature_is_escalated(story: &Story, waiting: OutcomeId) {
    let Story { city, .. } = story;
    city.has_no_todo(INSPECTOR, "chase").await;
    jobs::escalate(&city.store, city.now()).await.expect("looked at");
    city.has_todo(INSPECTOR, "chase 2026-11-30").await;
    let stream = Stream::from(waiting);
    let outcome = city.outcome(APPROVER, OutcomeId(stream.id)).await;
    assert_eq!((outcome.stage(), outcome.decided), ("reviewed", None));
    outcome::decided_late(story, waiting).await;
    city.has_no_todo(INSPECTOR, "chase").await;
}
