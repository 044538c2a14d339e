//! Recusal: whoever is tied to somebody takes no step in their case, from the moment the register that says so is on record; and
//! of a list that the tied one decides on, their relative's line is held back for another.

use crate::{
    fresh::{Fresh, on_both},
    office::{
        ANNA, COLLEAGUES, HEAD, HR, LEADER, Office, SECOND_HR, WITNESS, cycle, everyone, import_into, on, person, row,
    },
};
use domain::{
    act::Act,
    batch::{Kind, Row},
    id::{AppraisalId, NoticeId, PersonId},
    points::Points,
    recusal::{Ground, Recusal},
    refusal::Reason,
    score::{Assessor, Basis, ScoreDraft, Standing},
};
use jiff::civil::date;
use policy::Denied;
use std::collections::BTreeSet;
use store::{Error, tables};

on_both![
    a_tie_counts_from_the_moment_its_register_is_on_record,
    nobody_names_whom_the_law_keeps_out,
    the_line_of_the_heads_relative_is_held_back_and_the_rest_goes_through,
    a_line_held_back_from_the_review_is_not_published_before_another_reviewed_it,
    what_was_erased_ties_nobody,
    a_tip_rests_the_scoring_and_names_nobody,
    a_leader_may_keep_a_cousin_with_reasons_and_never_a_spouse,
];

/// Rows of the roster that tell the ID numbers of these, which are their employee numbers with letters before.
fn known(numbers: &[&str]) -> Vec<Row> {
    let known = |number: &&str| {
        let place = everyone().position(|one| one == *number).expect("somebody of the office");
        let mut row = person(place, number);
        row.fields.insert("id_number".to_owned(), id(number));
        row
    };
    numbers.iter().map(known).collect()
}

fn id(number: &str) -> String {
    format!("ID{number}")
}

/// The register says that two are children of one father.
fn siblings(one: &str, other: &str) -> Vec<Row> {
    let child = |(place, number): (usize, &str)| {
        row(place as u32 + 2, &id(number), None, &[("id_number", &id(number)), ("father", "IDfather")])
    };
    [one, other].into_iter().enumerate().map(child).collect()
}

/// The register says that two are married.
fn spouses(one: &str, other: &str) -> Vec<Row> {
    vec![row(2, &id(one), None, &[("id_number", &id(one)), ("spouse", &id(other))])]
}

impl Office {
    async fn denied(&self, login: &str, act: Act) -> Denied {
        match self.store.act(&self.who(login).await, self.store.new_key(), act).await {
            Err(Error::Denied(mut denied)) => {
                denied.forbidden_by.sort();
                *denied
            }
            other => panic!("{login}: {other:?}"),
        }
    }

    async fn refused(&self, login: &str, act: Act) -> Reason {
        match self.store.act(&self.who(login).await, self.store.new_key(), act).await {
            Err(Error::Refused(refusal)) => refusal.reason,
            other => panic!("{login}: {other:?}"),
        }
    }

    async fn scoring(fresh: Fresh) -> (Office, AppraisalId) {
        let office = Office::new(fresh).await;
        office.does(HR, Act::OpenCycle { cycle: cycle() }).await;
        let sheet = office.sheet(ANNA).await;
        (office, sheet)
    }

    async fn score_of(&self, appraisal: AppraisalId, witness: &str) -> Act {
        let basis = Basis {
            what: "现场解决群众难题".to_owned(),
            when: Some(date(2026, 2, 3)),
            place: Some("二楼东侧".to_owned()),
            witness: self.person(witness).await,
        };
        Act::GiveScore { appraisal, score: ScoreDraft { indicator: "D1".to_owned(), points: Points::whole(88), basis } }
    }

    /// Grades are proposed for everyone but the head and handed in; Anna's is the top one.
    async fn submitted(&self) {
        for number in everyone().filter(|number| *number != HEAD) {
            let grade = if number == ANNA { "excellent" } else { "qualified" };
            self.does(HR, self.grade(number, grade).await).await;
        }
        self.does(HR, Act::SubmitSlate { slate: self.slate().await }).await;
    }

    /// Who has a grade.
    async fn graded(&self) -> BTreeSet<String> {
        let mut graded = BTreeSet::new();
        for number in everyone() {
            let (person, sheets) = (self.person(number).await, self.all::<tables::appraisal::Entity>().await);
            if sheets.iter().any(|sheet| sheet.person_id == person.0 && sheet.grade.is_some()) {
                graded.insert(number.to_owned());
            }
        }
        graded
    }

    async fn is_whole(&self) {
        let report = self.store.audit(0, |_| ()).await.expect("an audit");
        assert_eq!(report.differences, []);
    }
}

/// It comes in through another process, so that nothing the writer holds at hand tells it.
async fn a_tie_counts_from_the_moment_its_register_is_on_record(fresh: Fresh) {
    let (office, sheet) = Office::scoring(fresh).await;
    office.import(Kind::People, known(&[LEADER, ANNA])).await;
    let score = office.score_of(sheet, WITNESS).await;
    office.does(LEADER, score.clone()).await;
    let other = office.another_process().await;
    import_into(&other, Kind::Household, spouses(LEADER, ANNA)).await;
    let denied = office.denied(LEADER, score).await;
    assert_eq!(denied.forbidden_by, ["spouse-stays-out"]);
    assert_eq!(denied.messages, ["policy-spouse-stays-out"]);
    assert!(denied.basis[0].contains("公务员法 74"), "{denied:?}");
    let ties = office.store.ties(date(2026, 3, 3)).await.expect("ties");
    let (leader, anna, witness) =
        (office.person(LEADER).await, office.person(ANNA).await, office.person(WITNESS).await);
    assert_eq!(ties.between(leader, anna), BTreeSet::from([Ground::Spouse]));
    assert_eq!(ties.between(leader, witness), BTreeSet::new());
    office.is_whole().await;
}

async fn nobody_names_whom_the_law_keeps_out(fresh: Fresh) {
    let (office, appraisal) = Office::scoring(fresh).await;
    office.import(Kind::People, known(&[HEAD, WITNESS, ANNA])).await;
    office.import(Kind::Household, [siblings(HEAD, ANNA), siblings(WITNESS, ANNA)].concat()).await;
    let assessors = vec![Assessor { person: office.person(HEAD).await, weight: Points::FULL }];
    let named = office.denied(HR, Act::NameAssessors { appraisal, assessors }).await;
    assert_eq!(named.forbidden_by, ["collateral-not-named"]);
    let score = office.score_of(appraisal, WITNESS).await;
    assert_eq!(office.denied(LEADER, score).await.forbidden_by, ["collateral-not-named"]);
    let person = office.person(COLLEAGUES[0]).await;
    office.does(HR, Act::NameAssessors { appraisal, assessors: vec![Assessor { person, weight: Points::FULL }] }).await;
}

async fn the_line_of_the_heads_relative_is_held_back_and_the_rest_goes_through(fresh: Fresh) {
    let office = Office::frozen(fresh).await;
    let relative = COLLEAGUES[1];
    office.import(Kind::People, known(&[HEAD, relative])).await;
    office.import(Kind::Household, siblings(HEAD, relative)).await;
    office.submitted().await;
    let (slate, appraisal) = (office.slate().await, office.sheet(relative).await);
    office.does(SECOND_HR, Act::ReviewSlate { slate }).await;
    office.does(HR, Act::PostNotice { slate }).await;
    on(date(2026, 3, 20));
    let notice = NoticeId(office.all::<tables::notice::Entity>().await.remove(0).notice_id);
    office.does(HR, Act::CloseNotice { notice }).await;
    office.does(HEAD, Act::FixGrades { slate }).await;

    let everyone_else: BTreeSet<String> =
        everyone().filter(|number| ![HEAD, relative].contains(number)).map(str::to_owned).collect();
    assert_eq!(office.graded().await, everyone_else, "only the relative's line was held back");
    let todos = office.all::<tables::todo::Entity>().await;
    let todo = todos.iter().find(|todo| todo.task == "decide_line").expect("it waits for another");
    assert_eq!((todo.assignee.as_str(), todo.subject_id), ("hr", Some(office.person(relative).await.0)));
    let decide = Act::DecideLine { slate, appraisal };
    assert_eq!(office.denied(HEAD, decide.clone()).await.forbidden_by, ["collateral-stays-out", "four-eyes"]);
    assert_eq!(office.denied(SECOND_HR, decide.clone()).await.forbidden_by, ["four-eyes"], "who reviewed does not fix");
    office.does(HR, decide.clone()).await;
    assert!(office.graded().await.contains(relative));
    assert_eq!(office.refused(HR, decide).await, Reason::NothingWaiting);
    office.is_whole().await;
}

async fn a_line_held_back_from_the_review_is_not_published_before_another_reviewed_it(fresh: Fresh) {
    let office = Office::frozen(fresh).await;
    // The reviewer is somebody on the roster this time.
    let reviewer = COLLEAGUES[0];
    let account = office.store.account_of_login(reviewer).await.expect("a read").expect("an account");
    let grant = domain::actor::Grant { role: domain::actor::Role::HrOfficer, unit: None };
    office.does("", Act::GrantRole { account, grant }).await;
    office.import(Kind::People, known(&[reviewer, ANNA])).await;
    office.import(Kind::Household, siblings(reviewer, ANNA)).await;
    office.submitted().await;
    let (slate, appraisal) = (office.slate().await, office.sheet(ANNA).await);
    office.does(reviewer, Act::ReviewSlate { slate }).await;
    assert_eq!(office.refused(SECOND_HR, Act::PostNotice { slate }).await, Reason::LinesHeld);
    let decide = Act::DecideLine { slate, appraisal };
    assert_eq!(office.denied(HR, decide.clone()).await.forbidden_by, ["four-eyes"], "who proposed does not review");
    office.does(SECOND_HR, decide).await;
    // Whoever is tied to somebody published does not publish.
    assert_eq!(office.denied(reviewer, Act::PostNotice { slate }).await.forbidden_by, ["collateral-stays-out"]);
    office.does(HR, Act::PostNotice { slate }).await;
    office.is_whole().await;
}

async fn what_was_erased_ties_nobody(fresh: Fresh) {
    let office = Office::new(fresh).await;
    office.import(Kind::People, known(&[LEADER, ANNA])).await;
    office.import(Kind::Household, spouses(LEADER, ANNA)).await;
    let (leader, anna) = (office.person(LEADER).await, office.person(ANNA).await);
    let between = async || office.store.ties(date(2026, 3, 3)).await.expect("ties").between(leader, anna);
    assert_eq!(between().await, BTreeSet::from([Ground::Spouse]));
    let account = office.store.account_of_login(COLLEAGUES[3]).await.expect("a read").expect("an account");
    let grant = domain::actor::Grant { role: domain::actor::Role::SecurityAdmin, unit: None };
    office.does("", Act::GrantRole { account, grant }).await;
    office.does(COLLEAGUES[3], Act::EraseSubject { person: anna, document: "个保〔2026〕1号".to_owned() }).await;
    assert_eq!(between().await, BTreeSet::new());
    office.is_whole().await;
}

/// A recusal as the page and the competent leader see it.
fn raise(appraisal: AppraisalId, concerned: PersonId) -> Act {
    Act::RaiseRecusal { appraisal, concerned, text: "两家有生意往来".to_owned() }
}

async fn a_tip_rests_the_scoring_and_names_nobody(fresh: Fresh) {
    let (office, appraisal) = Office::scoring(fresh).await;
    let score = office.score_of(appraisal, WITNESS).await;
    office.does(LEADER, score.clone()).await;
    let concerned = office.person(LEADER).await;
    let receipt = office.does(COLLEAGUES[0], raise(appraisal, concerned)).await;
    assert_eq!(office.denied(LEADER, score.clone()).await.forbidden_by, ["suspended-while-undecided"]);
    assert_eq!(office.refused(COLLEAGUES[1], raise(appraisal, concerned)).await, Reason::RecusalPending);
    let head = office.person(HEAD).await;
    let todos = office.all::<tables::todo::Entity>().await;
    let todo = todos.iter().find(|todo| todo.task == "decide_recusal").expect("the head decides");
    assert_eq!(todo.person_id, Some(head.0));

    // Neither the entry nor the act says who it was, and the words do not lie open.
    let told = office.told(receipt.seq).await;
    assert!(told.iter().all(|text| !text.contains("生意")), "{told:?}");
    let account = office.store.account_of_login(COLLEAGUES[0]).await.expect("a read").expect("an account");
    let colleague = office.person(COLLEAGUES[0]).await;
    assert!(told.iter().all(|text| !text.contains(&account.to_string()) && !text.contains(&colleague.to_string())));

    let recusal = office.recusals(appraisal).await.remove(0).raised.id;
    let substitute = office.person(COLLEAGUES[2]).await;
    let decide =
        Act::DecideRecusal { appraisal, recusal, recused: true, reasons: String::new(), substitute: Some(substitute) };
    office.does(HEAD, decide).await;
    let (_, sheet) =
        office.store.reader(&office.who(HR).await).appraisal(appraisal).await.expect("a read").expect("an appraisal");
    assert_eq!(
        sheet.assessors,
        [Assessor { person: substitute, weight: Points::FULL }],
        "the substitute has the weight"
    );
    assert_eq!(sheet.scores[0].standing(), Standing::Returned, "what the recused gave does not count");
    assert_eq!(office.denied(LEADER, score.clone()).await.forbidden_by, ["recused-stays-out"]);
    let again = vec![Assessor { person: concerned, weight: Points::FULL }];
    let named = office.denied(HR, Act::NameAssessors { appraisal, assessors: again }).await;
    assert_eq!(named.forbidden_by, ["recused-not-named"]);
    office.does(COLLEAGUES[2], score).await;
    office.is_whole().await;
}

async fn a_leader_may_keep_a_cousin_with_reasons_and_never_a_spouse(fresh: Fresh) {
    let (office, appraisal) = Office::scoring(fresh).await;
    office.import(Kind::People, known(&[LEADER, ANNA, WITNESS])).await;
    office.import(Kind::Household, [siblings(LEADER, ANNA), spouses(WITNESS, ANNA)].concat()).await;
    let (leader, score) = (office.person(LEADER).await, office.score_of(appraisal, COLLEAGUES[0]).await);
    office.does("", Act::RaiseRecusal { appraisal, concerned: leader, text: String::new() }).await;
    let recusal = office.recusals(appraisal).await.remove(0).raised.id;
    let decide = |reasons: &str| Act::DecideRecusal {
        appraisal,
        recusal,
        recused: false,
        reasons: reasons.to_owned(),
        substitute: None,
    };
    assert_eq!(office.denied(LEADER, decide("x")).await.forbidden_by, ["collateral-stays-out", "not-in-own-recusal",]);
    assert_eq!(office.refused(HEAD, decide(" ")).await, Reason::TextMissing);
    office.does(HEAD, decide("本单位仅此一人熟悉该项工作，另由二人复核")).await;
    // The witness leads projects no more than the rule asks; the score fails for that, not for the tie.
    assert_eq!(office.refused(LEADER, score).await, Reason::WitnessUnfit);

    // A spouse is a spouse, whatever anybody decides.
    office.import(Kind::Household, spouses(LEADER, ANNA)).await;
    let score = office.score_of(appraisal, COLLEAGUES[0]).await;
    assert_eq!(office.denied(LEADER, score).await.forbidden_by, ["spouse-stays-out"]);
    office.does(ANNA, raise(appraisal, leader)).await;
    let recusal = office.recusals(appraisal).await.remove(1).raised.id;
    let overrule = Act::DecideRecusal { appraisal, recusal, recused: false, reasons: "x".to_owned(), substitute: None };
    assert_eq!(office.denied(HEAD, overrule).await.forbidden_by, ["spouse-and-lineal-always"]);
    office.is_whole().await;
}

impl Office {
    async fn recusals(&self, appraisal: AppraisalId) -> Vec<Recusal> {
        let reader = self.who(HR).await;
        let found = self.store.reader(&reader).appraisal(appraisal).await.expect("a read");
        found.expect("an appraisal").1.recusals
    }

    /// Everything readable that the tables keep of an entry and of its act.
    async fn told(&self, seq: u64) -> Vec<String> {
        use sea_orm::{ConnectionTrait, Statement};
        let sql = "SELECT entry.body AS body, CAST(entry.account_id AS TEXT) AS account, \
                   CAST(entry.person_id AS TEXT) AS person, CAST(act.account_id AS TEXT) AS actor \
                   FROM entry JOIN act ON act.act_id = entry.act_id WHERE entry.seq = $1";
        let asked = Statement::from_sql_and_values(self.db.get_database_backend(), sql, [(seq as i64).into()]);
        let row = self.db.query_one_raw(asked).await.expect("a read").expect("an entry");
        let text = |column: &str| row.try_get::<Option<String>>("", column).expect("a text").unwrap_or_default();
        let told = ["body", "account", "person", "actor"].map(text);
        assert_eq!(told[1..], [const { String::new() }; 3], "nobody stands beside it");
        told.into()
    }
}
