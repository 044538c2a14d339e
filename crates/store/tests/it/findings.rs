//! Declarations of family and what looks wrong about ties: what is declared ties from then on, what looks wrong reaches an
//! inspector, and nothing is confirmed against somebody who was not heard.

use crate::{
    fresh::{Fresh, on_both},
    office::{ANNA, HEAD, HR, LEADER, Office, WITNESS, everyone, on, person, row},
};
use domain::{
    act::Act,
    actor::{Grant, Role},
    batch::{Kind, Row},
    declaration::Relative,
    finding::{Disposition, Stage},
    id::{FindingId, PersonId},
    identity::IdNumber,
    recusal::Ground,
    refusal::Reason,
    ties::findings::{DETECTORS, LATE, LIKELY, OTHERWISE, POSTS, UNDECLARED},
    todo::Task,
};
use jiff::{ToSpan, civil::Date, civil::date};
use policy::Denied;
use std::collections::BTreeSet;
use store::{
    Error,
    query::{FindingFilter, Page},
    tables,
};

on_both![
    what_is_declared_ties_from_then_on_and_what_has_ended_does_not,
    everybody_is_asked_once_a_year,
    a_declaration_that_can_not_be_is_refused_with_its_line,
    an_undeclared_relative_is_found_once_and_nobody_is_condemned_unheard,
    a_change_declared_late_is_found,
    a_name_alone_ties_nobody_before_somebody_has_said_who_it_is,
    a_finding_about_oneself_or_a_relative_is_not_ones_own_to_handle,
];

const INSPECTOR: &str = "0008";
const DAY: Date = date(2026, 6, 1);

/// A number of region 99, which does not exist. An odd sequence is a man's.
fn number(born: &str, sequence: u32) -> String {
    let first = format!("990104{born}{sequence:03}");
    let mut checks = "0123456789X".chars().map(|check| format!("{first}{check}"));
    checks.rfind(|number| IdNumber::parse(number).is_ok()).expect("one check character fits")
}

/// The ID numbers of the office: men and women by turns.
fn id(of: &str) -> String {
    let place = everyone().position(|one| one == of).expect("somebody of the office") as u32;
    number(&format!("{}0101", 1970 + place), place)
}

/// The leader, who is a woman, and Anna, who is a woman, and everybody else.
async fn office(fresh: Fresh) -> Office {
    on(DAY);
    let office = Office::new(fresh).await;
    let known = everyone().enumerate().map(|(place, one)| {
        let mut row = person(place, one);
        row.fields.insert("id_number".to_owned(), id(one));
        row.fields.remove("born");
        row
    });
    office.import(Kind::People, known.collect()).await;
    let account = office.store.account_of_login(INSPECTOR).await.expect("a read").expect("an account");
    office.does("", Act::GrantRole { account, grant: Grant { role: Role::Inspector, unit: None } }).await;
    office
}

fn relative(relation: &str, name: &str, id_number: Option<String>) -> Relative {
    let (relation, name) = (relation.to_owned(), name.to_owned());
    Relative { relation, name, id_number, employer: None, since: None, until: None }
}

impl Office {
    async fn declares(&self, of: &str, relatives: Vec<Relative>) -> Result<store::Receipt, Error> {
        let act = Act::DeclareFamily { person: self.person(of).await, relatives, after: None };
        self.store.act(&self.who(of).await, self.store.new_key(), act).await
    }

    async fn says_no(&self, login: &str, act: Act) -> Reason {
        match self.store.act(&self.who(login).await, self.store.new_key(), act).await {
            Err(Error::Refused(refusal)) => refusal.reason,
            other => panic!("{login}: {other:?}"),
        }
    }

    async fn forbids(&self, login: &str, act: Act) -> Denied {
        match self.store.act(&self.who(login).await, self.store.new_key(), act).await {
            Err(Error::Denied(denied)) => *denied,
            other => panic!("{login}: {other:?}"),
        }
    }

    async fn grounds(&self, one: &str, other: &str, day: Date) -> BTreeSet<Ground> {
        let ties = self.store.ties(day).await.expect("ties");
        ties.between(self.person(one).await, self.person(other).await)
    }

    /// What one sees in the list: detector and whom it is about.
    async fn found(&self, by: &str) -> Vec<(String, PersonId)> {
        let who = self.who(by).await;
        let found =
            self.store.reader(&who).findings(&FindingFilter::default(), Page::first(100)).await.expect("a read");
        found.rows.into_iter().map(|row| (row.detector, PersonId(row.subject_id))).collect()
    }

    async fn finding_of(&self, detector: &str) -> FindingId {
        let rows = self.all::<tables::finding::Entity>().await;
        FindingId(rows.iter().find(|row| row.detector == detector).expect("such a finding").finding_id)
    }

    async fn audit_is_clean(&self) {
        let report = self.store.audit(0, |_| ()).await.expect("an audit");
        assert_eq!(report.differences, []);
    }
}

/// The register says that two are married.
fn married(one: &str, other: &str) -> Vec<Row> {
    vec![row(2, &id(one), None, &[("id_number", &id(one)), ("spouse", &id(other))])]
}

async fn what_is_declared_ties_from_then_on_and_what_has_ended_does_not(fresh: Fresh) {
    let office = office(fresh).await;
    assert_eq!(office.grounds(LEADER, ANNA, DAY).await, BTreeSet::new());
    office.declares(LEADER, vec![relative("妹妹", "同志0003", Some(id(ANNA)))]).await.expect("a declaration");
    assert_eq!(office.grounds(LEADER, ANNA, DAY).await, BTreeSet::from([Ground::Collateral]));
    // A marriage that has ended yesterday ties nobody today; it did the day before.
    let over = Relative { until: Some(date(2026, 5, 31)), ..relative("配偶", "同志0001", Some(id(HEAD))) };
    office.declares(ANNA, vec![over]).await.expect("a declaration");
    assert_eq!(office.grounds(HEAD, ANNA, DAY).await, BTreeSet::new());
    assert_eq!(office.grounds(HEAD, ANNA, date(2026, 5, 31)).await, BTreeSet::from([Ground::Spouse]));
    // The newest declaration is the whole list, and says nothing of a sister.
    office.declares(LEADER, Vec::new()).await.expect("a declaration");
    assert_eq!(office.grounds(LEADER, ANNA, DAY).await, BTreeSet::new());
    // What comes in on paper later takes its place, and the other way round.
    let fields = [("declarant", LEADER), ("relation", "妹妹"), ("name", "同志0003"), ("id_number", &id(ANNA))];
    office.import(Kind::Family, vec![row(2, "x", Some(LEADER), &fields)]).await;
    assert_eq!(office.grounds(LEADER, ANNA, DAY).await, BTreeSet::from([Ground::Collateral]));
    office.declares(LEADER, vec![relative("母亲", "王秀英", None)]).await.expect("a declaration");
    assert_eq!(office.grounds(LEADER, ANNA, DAY).await, BTreeSet::new());
    office.audit_is_clean().await;
}

async fn everybody_is_asked_once_a_year(fresh: Fresh) {
    let office = office(fresh).await;
    let receipt = office.does(HR, Act::AskForDeclarations {}).await;
    assert_eq!(receipt.streams.len(), everyone().count());
    assert_eq!(office.says_no(HR, Act::AskForDeclarations {}).await, Reason::AllAsked);
    let anna = office.who(ANNA).await;
    let todos = async || {
        let mine = office.store.reader(&anna).todos(DAY, Some(Task::DeclareFamily), Page::first(10)).await;
        mine.expect("a read").total
    };
    assert_eq!(todos().await, 1);
    // That nothing has changed, or that there is nobody, is an answer.
    office.declares(ANNA, Vec::new()).await.expect("a declaration");
    assert_eq!(todos().await, 0);
    let (hr, waiting) = (office.who(HR).await, true);
    let missing = office.store.reader(&hr).declarations(waiting, Page::first(100)).await.expect("a read");
    assert_eq!(missing.total, everyone().count() as u64 - 1);
    // Whoever joins later is asked then.
    let mut late = person(9, "0009");
    late.fields.remove("born");
    office.import(Kind::People, vec![late]).await;
    assert_eq!(office.does(HR, Act::AskForDeclarations {}).await.streams.len(), 1);
    let other = office.store.reader(&anna).declarations(false, Page::first(1)).await;
    assert!(matches!(other, Err(Error::Denied(_))), "who has declared is not for everybody");
    office.audit_is_clean().await;
}

async fn a_declaration_that_can_not_be_is_refused_with_its_line(fresh: Fresh) {
    let office = office(fresh).await;
    let mother = || relative("母亲", "王秀英", None);
    for (second, reason) in [
        (relative("干爹", "某人", None), Reason::RelationUnknown),
        (relative("父亲", " ", None), Reason::TextMissing),
        (relative("父亲", "某人", Some("99010419691007893X".replace('X', "1"))), Reason::IdNumberUnfit),
        (relative("父亲", "某人", Some(id(ANNA))), Reason::RelativeIsSelf),
        (mother(), Reason::RelativeTwice),
        (Relative { since: Some(date(2999, 1, 1)), ..relative("父亲", "某人", None) }, Reason::RelativeDatesUnfit),
    ] {
        let refused = office.declares(ANNA, vec![mother(), second]).await.expect_err("a refusal");
        let Error::Refused(refusal) = refused else { panic!("{refused}") };
        assert_eq!(refusal.reason, reason);
        assert!(refusal.args.contains(&("line", "2".to_owned())), "{refusal}");
    }
    let many = (0..61).map(|place| relative("子女", &format!("孩子{place}"), None)).collect();
    assert!(office.declares(ANNA, many).await.is_err());
    office.declares(ANNA, vec![mother()]).await.expect("a declaration");
    assert!(office.declares(ANNA, vec![mother()]).await.is_err(), "unasked, the same again says nothing");
    let person = office.person(LEADER).await;
    let denied = office.forbids(ANNA, Act::DeclareFamily { person, relatives: Vec::new(), after: None }).await;
    assert_eq!(denied.messages, ["policy-declare-oneself"]);
}

async fn an_undeclared_relative_is_found_once_and_nobody_is_condemned_unheard(fresh: Fresh) {
    let office = office(fresh).await;
    office.import(Kind::Household, married(HEAD, ANNA)).await;
    office.declares(HEAD, vec![relative("妻子", "同志0003", Some(id(ANNA)))]).await.expect("a declaration");
    office.does("", Act::CheckTies {}).await;
    assert_eq!(office.says_no("", Act::CheckTies {}).await, Reason::NothingFound);
    let anna = office.person(ANNA).await;
    assert_eq!(office.found(INSPECTOR).await, [(UNDECLARED.to_owned(), anna)]);
    let finding = office.finding_of(UNDECLARED).await;

    // Whom it is about learns of it when they are asked, and not before; HR does not.
    assert_eq!((office.found(ANNA).await, office.found(HR).await), (vec![], vec![]));
    let reads = async |who: &str| {
        let who = office.who(who).await;
        office.store.reader(&who).finding(finding).await.expect("a read").map(|(finding, _)| finding.stage())
    };
    assert_eq!((reads(ANNA).await, reads(HR).await), (None, None));
    let close = |disposition| Act::CloseFinding { finding, disposition, reasons: "已核实".to_owned() };
    let confirm = close(Disposition::Confirmed);
    assert_eq!(office.says_no(INSPECTOR, confirm.clone()).await, Reason::NotHeard);
    office.does(INSPECTOR, Act::AssignFinding { finding, to: office.person(INSPECTOR).await }).await;
    let to_anyone = Act::AssignFinding { finding, to: office.person(WITNESS).await };
    assert_eq!(office.says_no(INSPECTOR, to_anyone).await, Reason::InspectorUnfit);
    let reply = Act::ReplyToFinding { finding, text: "上月才登记".to_owned() };
    office.forbids(ANNA, reply.clone()).await;
    office.does(INSPECTOR, Act::AskForReply { finding }).await;
    assert_eq!(office.says_no(INSPECTOR, confirm.clone()).await, Reason::ReplyPending);
    assert_eq!(reads(ANNA).await, Some(Stage::Asked));
    office.forbids(WITNESS, reply.clone()).await;
    office.does(ANNA, reply).await;
    assert_eq!(reads(INSPECTOR).await, Some(Stage::Answered));
    office.does(INSPECTOR, confirm.clone()).await;
    assert_eq!(office.says_no(INSPECTOR, confirm).await, Reason::FindingClosed);
    let reason = "补充核实".to_owned();
    office.does(INSPECTOR, Act::ReopenFinding { finding, reason: reason.clone() }).await;

    // What rests comes back on its day.
    let (today, until) = (DAY, DAY.saturating_add(30.days()));
    let far = Act::SilenceFinding { finding, until: DAY.saturating_add(2.years()), reason: reason.clone() };
    assert_eq!(office.says_no(INSPECTOR, far).await, Reason::SilenceUnfit);
    office.does(INSPECTOR, Act::SilenceFinding { finding, until, reason }).await;
    let inspector = office.who(INSPECTOR).await;
    let waiting = async |day| {
        let mine = office.store.reader(&inspector).todos(day, Some(Task::HandleFinding), Page::first(10)).await;
        mine.expect("a read").total
    };
    assert_eq!((waiting(today).await, waiting(until).await), (0, 1));
    let listed = async |stage, today| {
        let filter = FindingFilter { stages: vec![stage], today, ..FindingFilter::default() };
        office.store.reader(&inspector).findings(&filter, Page::first(10)).await.expect("a read").total
    };
    assert_eq!((listed(Stage::Raised, today).await, listed(Stage::Silenced, today).await), (0, 1));
    assert_eq!((listed(Stage::Raised, until).await, listed(Stage::Silenced, until).await), (1, 0));
    office.does(INSPECTOR, close(Disposition::Explained)).await;
    assert_eq!(waiting(until).await, 0);

    // What came of it is there to learn from, for inspectors alone.
    let past = office.store.reader(&inspector).past_findings(&[UNDECLARED], 10).await.expect("a read");
    assert_eq!(past.iter().map(|line| line.disposition.as_deref()).collect::<Vec<_>>(), [Some("explained")]);
    assert_eq!(office.store.reader(&inspector).past_findings(&[LATE], 10).await.expect("a read"), []);
    let denied = office.store.reader(&office.who(ANNA).await).past_findings(&[UNDECLARED], 10).await;
    assert!(matches!(denied, Err(Error::Denied(_))), "whom it is about was asked, and is no inspector");
    assert_eq!(office.says_no("", Act::CheckTies {}).await, Reason::NothingFound, "what is closed is not found anew");
    office.audit_is_clean().await;

    // No table tells who is whose relative.
    let all = office.all::<tables::finding::Entity>().await;
    let head = office.person(HEAD).await.to_string();
    assert!(!format!("{all:?}").contains(&head) && !format!("{all:?}").contains(&id(HEAD)), "{all:?}");
}

async fn a_change_declared_late_is_found(fresh: Fresh) {
    let office = office(fresh).await;
    office.declares(ANNA, Vec::new()).await.expect("a declaration");
    let since = Some(DAY.saturating_sub(31.days()));
    office.declares(ANNA, vec![Relative { since, ..relative("丈夫", "张三", None) }]).await.expect("a declaration");
    office.does("", Act::CheckTies {}).await;
    assert_eq!(office.found(INSPECTOR).await, [(LATE.to_owned(), office.person(ANNA).await)]);
    office.audit_is_clean().await;
}

async fn a_name_alone_ties_nobody_before_somebody_has_said_who_it_is(fresh: Fresh) {
    let office = office(fresh).await;
    // A woman's name and a sister, and nothing but Anna fits both.
    office.declares(LEADER, vec![relative("母亲", "同志0003", None)]).await.expect("a declaration");
    assert_eq!(office.says_no("", Act::CheckTies {}).await, Reason::NothingFound, "a mother of the same age");
    office.declares(LEADER, vec![relative("妹妹", "同志0003", None)]).await.expect("a declaration");
    assert_eq!(office.grounds(LEADER, ANNA, DAY).await, BTreeSet::new());
    office.does("", Act::CheckTies {}).await;
    assert_eq!(office.found(INSPECTOR).await, [(LIKELY.to_owned(), office.person(LEADER).await)]);
    let finding = office.finding_of(LIKELY).await;
    office.does(INSPECTOR, Act::AskForReply { finding }).await;
    office.does(LEADER, Act::ReplyToFinding { finding, text: "是本人妹妹".to_owned() }).await;
    let confirmed = Act::CloseFinding { finding, disposition: Disposition::Confirmed, reasons: "属实".to_owned() };
    office.does(INSPECTOR, confirmed).await;
    assert_eq!(office.grounds(LEADER, ANNA, DAY).await, BTreeSet::from([Ground::Collateral]));
    office.does(INSPECTOR, Act::ReopenFinding { finding, reason: "重新核实".to_owned() }).await;
    assert_eq!(office.grounds(LEADER, ANNA, DAY).await, BTreeSet::new());
    office.audit_is_clean().await;
}

async fn a_finding_about_oneself_or_a_relative_is_not_ones_own_to_handle(fresh: Fresh) {
    let office = office(fresh).await;
    // The inspector's wife says otherwise than the register, and the inspector has not declared her.
    office.import(Kind::Household, married(INSPECTOR, "0007")).await;
    office.declares("0007", vec![relative("丈夫", "同志0006", Some(id("0006")))]).await.expect("a declaration");
    office.does("", Act::CheckTies {}).await;
    let rows = office.all::<tables::finding::Entity>().await;
    let about: BTreeSet<(String, PersonId)> =
        rows.iter().map(|row| (row.detector.clone(), PersonId(row.subject_id))).collect();
    let (wife, inspector) = (office.person("0007").await, office.person(INSPECTOR).await);
    // That relatives have one leader is a matter of its own.
    let about: BTreeSet<_> = about.into_iter().filter(|(detector, _)| detector != POSTS).collect();
    let expected = [(OTHERWISE, wife), (UNDECLARED, wife), (UNDECLARED, inspector)];
    assert_eq!(about, expected.map(|(detector, person)| (detector.to_owned(), person)).into());
    assert!(about.iter().all(|(detector, _)| DETECTORS.contains(&detector.as_str())));
    for row in rows.iter().filter(|row| [wife, inspector].contains(&PersonId(row.subject_id))) {
        let denied = office.forbids(INSPECTOR, Act::AskForReply { finding: FindingId(row.finding_id) }).await;
        let own = PersonId(row.subject_id) == inspector;
        assert_eq!(denied.forbidden_by, [if own { "no-finding-about-oneself" } else { "spouse-stays-out" }]);
    }
    // Nor are they told of it.
    assert_eq!(
        office.found(INSPECTOR).await.iter().filter(|(_, person)| [wife, inspector].contains(person)).count(),
        0
    );
    let past = office.store.reader(&office.who(INSPECTOR).await).past_findings(&DETECTORS, 100).await.expect("a read");
    assert!(past.iter().all(|line| ![wife, inspector].contains(&PersonId(line.subject_id))), "nor learn from it");
}
