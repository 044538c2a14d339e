//! Sight: who is tied to somebody does not look into their case either, whatever duty or role would open it; one's own stays
//! readable, and what a competent leader decides counts.

use crate::{
    fresh::{Fresh, on_both},
    office::{ANNA, COLLEAGUES, HEAD, HR, LEADER, Office, WITNESS, everyone, person, row},
};
use domain::{
    act::Act,
    actor::{Grant, Role},
    batch::{Kind, Row},
    id::{AppraisalId, CycleId, OutcomeId},
};
use jiff::civil::date;
use std::collections::BTreeSet;
use store::{
    Error,
    query::{Narrowing, Page},
    tables,
};

on_both![
    a_tied_leader_reads_and_finds_nothing_of_a_relative_and_all_of_the_rest,
    neither_a_role_nor_an_outcome_opens_what_a_tie_closes,
    a_decision_opens_what_a_distant_tie_closed_and_never_a_spouses,
];

fn known(numbers: &[&str]) -> Vec<Row> {
    let known = |number: &&str| {
        let place = everyone().position(|one| one == *number).expect("somebody of the office");
        let mut row = person(place, number);
        row.fields.insert("id_number".to_owned(), format!("ID{number}"));
        row
    };
    numbers.iter().map(known).collect()
}

fn spouses(one: &str, other: &str) -> Vec<Row> {
    let (one, other) = (format!("ID{one}"), format!("ID{other}"));
    vec![row(2, &one, None, &[("id_number", &one), ("spouse", &other)])]
}

fn siblings(one: &str, other: &str) -> Vec<Row> {
    let child = |number: &str| {
        let id = format!("ID{number}");
        row(2, &id, None, &[("id_number", &id), ("father", "IDfather")])
    };
    vec![child(one), child(other)]
}

/// What came of asking for it.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Shown,
    Missing,
    Closed(Vec<String>),
}

fn asked<T>(found: Result<Option<T>, Error>) -> Asked {
    match found {
        Ok(Some(_)) => Asked::Shown,
        Ok(None) => Asked::Missing,
        Err(Error::Denied(denied)) => Asked::Closed(denied.forbidden_by),
        Err(error) => panic!("{error}"),
    }
}

fn closed(by: &str) -> Asked {
    Asked::Closed(vec![by.to_owned()])
}

impl Office {
    async fn sees(&self, login: &str, appraisal: AppraisalId) -> Asked {
        let who = self.who(login).await;
        let reader = self.store.reader(&who);
        let shown = asked(reader.appraisal(appraisal).await);
        let trail = asked(reader.trail(appraisal).await);
        assert_eq!(shown, trail, "{login}");
        let cycle = CycleId(self.store.cycles().await.expect("a read")[0].cycle_id);
        let listed = reader.participants(cycle, &Narrowing::default(), Page::first(99)).await.expect("a read");
        let listed = listed.rows.iter().any(|row| row.appraisal_id == appraisal.0);
        assert_eq!(listed, shown == Asked::Shown, "{login}: a list names what opens");
        shown
    }

    /// Whose appraisals the to-dos of somebody are about.
    async fn to_do(&self, login: &str) -> BTreeSet<uuid::Uuid> {
        let who = self.who(login).await;
        let todos = self.store.reader(&who).todos(date(2026, 3, 5), None, Page::first(99)).await.expect("a read");
        todos.rows.into_iter().map(|row| row.stream_id).collect()
    }
}

async fn a_tied_leader_reads_and_finds_nothing_of_a_relative_and_all_of_the_rest(fresh: Fresh) {
    let office = Office::opened(fresh).await;
    let (anna, other, leaders) =
        (office.sheet(ANNA).await, office.sheet(COLLEAGUES[0]).await, office.sheet(LEADER).await);
    assert_eq!(office.sees(LEADER, anna).await, Asked::Shown);
    assert!(office.to_do(LEADER).await.contains(&anna.0));
    office.import(Kind::People, known(&[LEADER, ANNA, COLLEAGUES[1]])).await;
    office.import(Kind::Household, [spouses(LEADER, ANNA), siblings(ANNA, COLLEAGUES[1])].concat()).await;
    assert_eq!(office.sees(LEADER, anna).await, closed("spouse-out-of-sight"));
    assert!(!office.to_do(LEADER).await.contains(&anna.0));
    assert_eq!(office.sees(LEADER, other).await, Asked::Shown);
    assert_eq!(office.sees(LEADER, leaders).await, Asked::Shown, "one's own");
    assert_eq!(office.sees(ANNA, anna).await, Asked::Shown, "one's own");
    assert_eq!(office.sees(COLLEAGUES[1], anna).await, Asked::Missing, "the tie is not the only reason");
    assert_eq!(office.sees(HEAD, anna).await, Asked::Shown);
}

async fn neither_a_role_nor_an_outcome_opens_what_a_tie_closes(fresh: Fresh) {
    let office = Office::with_outcome(fresh).await;
    for (login, role) in
        [(COLLEAGUES[0], Role::Inspector), (COLLEAGUES[1], Role::HrOfficer), (COLLEAGUES[2], Role::Approver)]
    {
        let account = office.store.account_of_login(login).await.expect("a read").expect("an account");
        office.does("", Act::GrantRole { account, grant: Grant { role, unit: None } }).await;
    }
    let anna = office.sheet(ANNA).await;
    let outcome = OutcomeId(office.all::<tables::outcome::Entity>().await.remove(0).outcome_id);
    let stages = ["recommended", "reviewed", "approved", "rejected"];
    let numbers = [ANNA, COLLEAGUES[0], COLLEAGUES[1], COLLEAGUES[2]];
    office.import(Kind::People, known(&numbers)).await;
    for login in [COLLEAGUES[0], COLLEAGUES[1], COLLEAGUES[2]] {
        let who = office.who(login).await;
        let reader = office.store.reader(&who);
        assert_eq!(asked(reader.outcome(outcome).await), Asked::Shown, "{login}");
        assert_eq!(reader.outcomes(&stages, Page::first(9)).await.expect("a read").total, 1, "{login}");
    }
    let ties = [siblings(ANNA, COLLEAGUES[0]), siblings(ANNA, COLLEAGUES[1]), siblings(ANNA, COLLEAGUES[2])];
    office.import(Kind::Household, ties.concat()).await;
    for login in [COLLEAGUES[0], COLLEAGUES[1], COLLEAGUES[2]] {
        let who = office.who(login).await;
        let reader = office.store.reader(&who);
        assert_eq!(asked(reader.outcome(outcome).await), closed("collateral-out-of-sight"), "{login}");
        assert_eq!(reader.outcomes(&stages, Page::first(9)).await.expect("a read").total, 0, "{login}");
        // The grade was published to the whole unit, and that stays so.
        assert_eq!(reader.notices(false, Page::first(9)).await.expect("a read").total, 1, "{login}");
    }
    assert_eq!(office.sees(COLLEAGUES[0], anna).await, closed("collateral-out-of-sight"));
    assert_eq!(office.sees(COLLEAGUES[1], anna).await, closed("collateral-out-of-sight"));
    let hr = office.who(COLLEAGUES[1]).await;
    let reader = office.store.reader(&hr);
    let (_, slate) = reader.slate(office.slate().await).await.expect("a read").expect("a slate");
    let facts = reader.members(&slate).await.expect("a read");
    assert!(!facts.contains_key(&anna) && facts.len() > 1, "the list shows the rest");
    assert_eq!(office.sees(HR, anna).await, Asked::Shown);
}

async fn a_decision_opens_what_a_distant_tie_closed_and_never_a_spouses(fresh: Fresh) {
    let office = Office::opened(fresh).await;
    let anna = office.sheet(ANNA).await;
    office.import(Kind::People, known(&[LEADER, ANNA])).await;
    office.import(Kind::Household, siblings(LEADER, ANNA)).await;
    assert_eq!(office.sees(LEADER, anna).await, closed("collateral-out-of-sight"));
    let concerned = office.person(LEADER).await;
    office.does("", Act::RaiseRecusal { appraisal: anna, concerned, text: String::new() }).await;
    let reader = office.who(HR).await;
    let (_, sheet) = office.store.reader(&reader).appraisal(anna).await.expect("a read").expect("an appraisal");
    let (recusal, reasons) = (sheet.recusals[0].raised.id, "另由二人复核".to_owned());
    let act = Act::DecideRecusal { appraisal: anna, recusal, recused: false, reasons, substitute: None };
    office.does(HEAD, act).await;
    assert_eq!(office.sees(LEADER, anna).await, Asked::Shown, "it was decided that they need not stay out");
    office.import(Kind::Household, spouses(LEADER, ANNA)).await;
    assert_eq!(office.sees(LEADER, anna).await, closed("spouse-out-of-sight"));

    // Who stays out by decision finds nothing of it in lists either.
    let witness = office.person(WITNESS).await;
    let other = office.sheet(COLLEAGUES[0]).await;
    office.does(COLLEAGUES[1], Act::RaiseRecusal { appraisal: other, concerned, text: "有情况".to_owned() }).await;
    let (_, sheet) = office.store.reader(&reader).appraisal(other).await.expect("a read").expect("an appraisal");
    let (recusal, substitute) = (sheet.recusals[0].raised.id, Some(witness));
    let reasons = String::new();
    let act = Act::DecideRecusal { appraisal: other, recusal, recused: true, reasons, substitute };
    office.does(HEAD, act).await;
    assert_eq!(office.sees(LEADER, other).await, Asked::Missing);
    let report = office.store.audit(0, |_| ()).await.expect("an audit");
    assert_eq!(report.differences, []);
}
