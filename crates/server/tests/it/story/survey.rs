//! The survey at the end of a cycle: whoever was in it may answer once, nobody is shown what, and the count is on record.

use super::*;
use crate::city::CONSOLE;
use domain::{act::Act, refusal::Reason, survey::Counts};
use server::jobs;

/// Five answer; the timer counts when the last day is over.
pub async fn answered_and_counted(story: &Story) {
    let Story { city, cycle, sheet, .. } = story;
    city.has_todo(EMPLOYEE, "answer_survey 2026-12-18").await;
    let answer = |appraisal, process, result| Act::AnswerSurvey { appraisal, process, result };
    city.not_theirs(HR, answer(*sheet, 5, 5)).await;
    city.refused(EMPLOYEE, answer(*sheet, 6, 5), Reason::AnswerUnfit).await;
    city.does(EMPLOYEE, answer(*sheet, 5, 4)).await;
    city.refused(EMPLOYEE, answer(*sheet, 1, 1), Reason::AlreadyDone).await;
    city.has_no_todo(EMPLOYEE, "answer_survey").await;
    let roster = city.store.roster().await.expect("a read");
    let in_it = |person: &&store::tables::person::Model| person.staff_kind == "public_institution";
    let numbers = roster.iter().filter(in_it).map(|person| person.number.as_str());
    let mut others = numbers.filter(|number| ![EMPLOYEE, EXEMPT].contains(number));
    for (process, result) in [(4, 4), (3, 2), (5, 5), (2, 4)] {
        let who = others.next().expect("a colleague");
        let sheet = city.sheet_of(who, *cycle).await;
        city.does(who, answer(sheet, process, result)).await;
    }
    let silent = others.next().expect("a colleague");
    // What somebody answered stands nowhere that others read.
    let inspector = city.who(INSPECTOR).await;
    let trail = city.store.reader(&inspector).trail(*sheet).await.expect("a read").expect("a trail");
    let told = trail.last().expect("an entry");
    assert_eq!(told.event.name(), "survey_answered");

    city.refused(CONSOLE, Act::CountSurvey { cycle: *cycle }, Reason::NotOverdue).await;
    city.on(date(2026, 12, 18));
    jobs::count_surveys(&city.store, city.now()).await.expect("counted");
    city.has_todo(silent, "answer_survey 2026-12-18").await;
    city.on(date(2026, 12, 21));
    // A day passed that nobody has to be chased for.
    jobs::escalate(&city.store, city.now()).await.expect("looked at");
    city.has_todo(silent, "answer_survey 2026-12-18").await;
    let own = city.sheet_of(silent, *cycle).await;
    city.refused(silent, answer(own, 3, 3), Reason::SurveyOver).await;
    city.not_theirs(HR, Act::CountSurvey { cycle: *cycle }).await;
    jobs::count_surveys(&city.store, city.now()).await.expect("counted");
    city.has_no_todo(silent, "answer_survey").await;
    let (cycle, _) = city.appraisal(EMPLOYEE, *sheet).await;
    let (counted, _) = cycle.survey.clone().and_then(|survey| survey.counted).expect("a count");
    let counts = Counts { process: [0, 1, 1, 1, 2], result: [0, 1, 0, 3, 1] };
    assert_eq!((counted.answered, counted.counts), (5, Some(counts)));
    assert_eq!(counts.satisfaction(), 70.0);
}
