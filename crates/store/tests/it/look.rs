//! Looks at ties: on record, found by whom they concern, and told to nobody else.

use crate::{
    fresh::{Fresh, on_both},
    office::{ANNA, COLLEAGUES, HEAD, HR, LEADER, Office, WITNESS, everyone, on, person, row},
};
use domain::{
    act::Act,
    actor::{Grant, Role},
    batch::{Kind, Row},
    finding::Place,
    id::{LookId, PersonId},
    recusal::Ground,
    refusal::Reason,
};
use jiff::civil::date;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::collections::BTreeSet;
use store::{
    Error,
    query::{Part, Shows},
    tables,
};

on_both![
    a_look_is_on_record_and_opens_for_whoever_took_it,
    whom_it_concerned_find_it_and_nobody_else_does,
    what_changed_since_or_was_erased_is_not_shown,
    nobody_looks_at_their_own_ties,
    no_table_tells_whom_a_look_concerned,
];

const INSPECTOR: &str = "inspector";
const OTHER_INSPECTOR: &str = "inspector2";
const REASON: &str = "信访件第七号";

fn id(number: &str) -> String {
    format!("ID{number}")
}

/// Anna's wife is the sister of the head; the witness stands on no way, but works on a project with Anna. The wife is a
/// colleague.
async fn office(fresh: Fresh) -> Office {
    let office = Office::new(fresh).await;
    let known = |number: &str| {
        let place = everyone().position(|one| one == number).expect("somebody of the office");
        let mut row = person(place, number);
        row.fields.insert("id_number".to_owned(), id(number));
        row
    };
    office.import(Kind::People, [ANNA, HEAD, COLLEAGUES[0], COLLEAGUES[1]].map(known).into()).await;
    office.import(Kind::Household, family()).await;
    let project = [("code", "XM1"), ("name", "河道整治"), ("contractor_code", "C1"), ("contractor", "某某建筑")];
    let mut project = row(2, "XM1", None, &project);
    project
        .fields
        .extend([("lead".to_owned(), WITNESS.to_owned()), ("members".to_owned(), format!("{ANNA};{LEADER}"))]);
    project.fields.insert("amount".to_owned(), "120".to_owned());
    project.date = Some(date(2026, 2, 1));
    office.import(Kind::Projects, vec![project]).await;
    for (login, number) in [(INSPECTOR, None), (OTHER_INSPECTOR, Some(COLLEAGUES[1]))] {
        match number {
            None => {
                let name = Some("纪检".to_owned());
                office.does("", Act::OpenAccount { login: login.to_owned(), person: None, name }).await;
                grant(&office, login).await;
            }
            Some(number) => grant(&office, number).await,
        }
    }
    office
}

async fn grant(office: &Office, login: &str) {
    let account = office.store.account_of_login(login).await.expect("a read").expect("an account");
    office.does("", Act::GrantRole { account, grant: Grant { role: Role::Inspector, unit: None } }).await;
}

/// Whom the register names: of the family only Anna and the head are on the roster besides the wife.
fn family() -> Vec<Row> {
    let (anna, wife, head) = (id(ANNA), id(COLLEAGUES[0]), id(HEAD));
    vec![
        row(2, &anna, None, &[("id_number", &anna), ("name", "安娜"), ("spouse", &wife)]),
        row(3, &wife, None, &[("id_number", &wife), ("name", "她"), ("father", "IDfather")]),
        row(4, &head, None, &[("id_number", &head), ("name", "他"), ("father", "IDfather")]),
        row(5, "IDfather", None, &[("id_number", "IDfather"), ("name", "他们的父亲")]),
    ]
}

async fn look(office: &Office, login: &str, person: &str, other: Option<&str>) -> LookId {
    let receipt = office.does(login, act(office, person, other).await).await;
    LookId(receipt.streams[0])
}

async fn act(office: &Office, one: &str, other: Option<&str>) -> Act {
    let person = office.person(one).await;
    let other: Option<PersonId> = match other {
        Some(other) => Some(office.person(other).await),
        None => None,
    };
    Act::LookAtTies { person, other, reason: REASON.to_owned() }
}

async fn tried(office: &Office, login: &str, act: Act) -> Error {
    office.store.act(&office.who(login).await, office.store.new_key(), act).await.expect_err("a refusal")
}

async fn concerns(office: &Office, login: &str) -> Vec<Part> {
    let who = office.who(login).await;
    let found = office.store.reader(&who).looks_at_me(None, 100).await.expect("a read");
    found.into_iter().map(|concern| concern.part).collect()
}

async fn is_whole(office: &Office) {
    let report = office.store.audit(0, |_| ()).await.expect("an audit");
    assert_eq!(report.differences, []);
}

async fn a_look_is_on_record_and_opens_for_whoever_took_it(fresh: Fresh) {
    let office = office(fresh).await;
    let id = look(&office, INSPECTOR, ANNA, Some(HEAD)).await;
    let (day, next, later) = (date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4));
    let inspector = office.who(INSPECTOR).await;
    let taken = office.store.reader(&inspector).look(id, day).await.expect("a read").expect("a look");
    assert_eq!(taken.look.looked.reason, REASON);
    assert_eq!(taken.look.looked.until, next, "until the end of the next working day");
    let Shows::Ties { ties, person, other: Some(other) } = taken.shows else { panic!("no ties") };
    let way = ties.way(person, other).expect("a way");
    assert_eq!(Ground::of_class(way.class), Ground::NearAffinity);
    assert_eq!(way.hops.len(), 3, "over the wife and the father of both");
    let rows: Vec<Vec<u32>> =
        way.hops.iter().map(|hop| hop.told.iter().map(|told| number(told.place)).collect()).collect();
    assert_eq!(rows, [[2], [3], [4]], "each step names the row that says so");
    let places = way.hops.iter().flat_map(|hop| &hop.told).map(|told| told.place);
    assert_eq!(office.store.reader(&inspector).source_rows(places).await.expect("rows").len(), 3);
    assert!(matches!(
        office.store.reader(&inspector).look(id, later).await.expect("a read").expect("a look").shows,
        Shows::Closed
    ));
    for other in [HR, ANNA, COLLEAGUES[1]] {
        let who = office.who(other).await;
        assert!(office.store.reader(&who).look(id, day).await.expect("a read").is_none(), "{other}");
    }
    assert_eq!(office.store.reader(&inspector).looks(10).await.expect("a read").len(), 1);
    let rows = office.all::<tables::look::Entity>().await;
    assert_eq!((rows.len(), rows[0].until_day.as_str()), (1, "2026-03-03"));
    is_whole(&office).await;
}

async fn whom_it_concerned_find_it_and_nobody_else_does(fresh: Fresh) {
    let office = office(fresh).await;
    look(&office, INSPECTOR, ANNA, Some(HEAD)).await;
    look(&office, INSPECTOR, ANNA, None).await;
    assert_eq!(concerns(&office, ANNA).await, [Part::Middle, Part::Pair]);
    assert_eq!(concerns(&office, HEAD).await, [Part::Between, Part::Pair]);
    assert_eq!(concerns(&office, COLLEAGUES[0]).await, [Part::Between, Part::Between], "the wife is on the way");
    assert_eq!(concerns(&office, WITNESS).await, [Part::Between], "works on a project with Anna");
    assert_eq!(concerns(&office, COLLEAGUES[2]).await, []);
    assert_eq!(concerns(&office, HR).await, [], "nobody on the roster");
    // Piece by piece.
    let anna = office.who(ANNA).await;
    let reader = office.store.reader(&anna);
    let first = reader.looks_at_me(None, 1).await.expect("a read");
    let rest = reader.looks_at_me(Some(first[0].seq), 1).await.expect("a read");
    assert_eq!((first[0].part, rest[0].part), (Part::Middle, Part::Pair));
    // The receipt is theirs to take away, without the words.
    for (login, may) in [(ANNA, true), (COLLEAGUES[0], true), (COLLEAGUES[2], false), (HR, false)] {
        let who = office.who(login).await;
        let evidence = office.store.reader(&who).evidence(rest[0].seq).await.expect("a read");
        assert_eq!(evidence.len(), usize::from(may), "{login}");
        assert!(evidence.iter().all(|one| one.sealed.is_none()), "{login}");
    }
    is_whole(&office).await;
}

async fn what_changed_since_or_was_erased_is_not_shown(fresh: Fresh) {
    let office = office(fresh).await;
    let around = look(&office, INSPECTOR, ANNA, None).await;
    let witness = look(&office, INSPECTOR, WITNESS, None).await;
    let inspector = office.who(INSPECTOR).await;
    // A register says more since: Anna's brother is a colleague who was not concerned.
    let anna = id(ANNA);
    let brother = id(COLLEAGUES[1]);
    let rows = vec![
        row(
            2,
            &anna,
            None,
            &[("id_number", &anna), ("name", "安娜"), ("spouse", &id(COLLEAGUES[0])), ("mother", "IDm")],
        ),
        row(3, &brother, None, &[("id_number", &brother), ("name", "弟弟"), ("mother", "IDm")]),
    ];
    office.import(Kind::Household, rows).await;
    let day = date(2026, 3, 2);
    let shows = |id: LookId| {
        let (store, inspector) = (office.store.clone(), inspector.clone());
        async move { store.reader(&inspector).look(id, day).await.expect("a read").expect("a look").shows }
    };
    assert!(matches!(shows(around).await, Shows::Changed));
    assert!(matches!(shows(witness).await, Shows::Ties { .. }), "that one is as it was");
    // What was told of the person goes, and with it that others were concerned.
    on(date(2026, 3, 2));
    let name = Some("安全".to_owned());
    office.does("", Act::OpenAccount { login: "security".to_owned(), person: None, name }).await;
    let account = office.store.account_of_login("security").await.expect("a read").expect("an account");
    office.does("", Act::GrantRole { account, grant: Grant { role: Role::SecurityAdmin, unit: None } }).await;
    let person = office.person(WITNESS).await;
    office.does("security", Act::EraseSubject { person, document: "人社函〔2026〕8号".to_owned() }).await;
    assert!(matches!(shows(witness).await, Shows::Erased));
    assert_eq!(concerns(&office, WITNESS).await, [Part::Between], "the look around Anna is hers");
    is_whole(&office).await;
}

async fn nobody_looks_at_their_own_ties(fresh: Fresh) {
    let office = office(fresh).await;
    let denied = |error: Error| match error {
        Error::Denied(denied) => denied.forbidden_by,
        other => panic!("{other:?}"),
    };
    let refused = |error: Error| match error {
        Error::Refused(refusal) => refusal.reason,
        other => panic!("{other:?}"),
    };
    let inspector = COLLEAGUES[1];
    let own = act(&office, ANNA, Some(inspector)).await;
    assert_eq!(denied(tried(&office, inspector, own).await), ["no-look-at-oneself"]);
    for login in [HR, ANNA] {
        assert_eq!(
            denied(tried(&office, login, act(&office, LEADER, None).await).await),
            Vec::<String>::new(),
            "{login}"
        );
    }
    let same = act(&office, ANNA, Some(ANNA)).await;
    assert_eq!(refused(tried(&office, INSPECTOR, same).await), Reason::SamePerson);
    let mut silent = act(&office, ANNA, None).await;
    if let Act::LookAtTies { reason, .. } = &mut silent {
        *reason = "  ".to_owned();
    }
    assert_eq!(refused(tried(&office, INSPECTOR, silent).await), Reason::TextMissing);
    // The wife becomes an inspector: she is tied to Anna and to the head, and stands between them.
    grant(&office, COLLEAGUES[0]).await;
    let tied = denied(tried(&office, COLLEAGUES[0], act(&office, ANNA, None).await).await);
    assert_eq!(tied, ["spouse-stays-out"]);
    is_whole(&office).await;
}

async fn no_table_tells_whom_a_look_concerned(fresh: Fresh) {
    let office = office(fresh).await;
    let anna = office.person(ANNA).await;
    let names =
        |text: &str| text.matches(&anna.to_string()).count() + text.matches(&anna.0.simple().to_string()).count();
    look(&office, INSPECTOR, ANNA, Some(HEAD)).await;
    let after = everything(&office).await;
    let all = String::from_utf8_lossy(&after);
    for word in [REASON, "他们的父亲", "IDfather", &id(ANNA)] {
        assert!(!all.contains(word), "{word} lies in the open");
    }
    let new: Vec<_> = bodies(&office).await.into_iter().filter(|body| body.contains("ties_looked_at")).collect();
    assert_eq!(new.len(), 1);
    let told: BTreeSet<usize> = new.iter().map(|body| names(body)).collect();
    assert_eq!(told, BTreeSet::from([0]), "the entry names nobody but who looked");
    is_whole(&office).await;
}

async fn bodies(office: &Office) -> Vec<String> {
    let asked = Statement::from_string(office.db.get_database_backend(), "SELECT body FROM entry");
    let rows = office.db.query_all_raw(asked).await.expect("a read");
    rows.iter().map(|row| row.try_get("", "body").expect("a body")).collect()
}

/// What the files of the database hold, or what its tables say.
async fn everything(office: &Office) -> Vec<u8> {
    if office.db.get_database_backend() == DbBackend::Sqlite {
        let path = office.url().trim_start_matches("sqlite://").to_owned();
        let read = |end: &str| std::fs::read(format!("{path}{end}")).unwrap_or_default();
        return [read(""), read("-wal")].concat();
    }
    let mut all = String::new();
    for table in crate::schema::tables().await.keys() {
        let asked = format!("SELECT COALESCE(string_agg(t::text, ' '), '') AS told FROM {table} t");
        let asked = Statement::from_string(DbBackend::Postgres, asked);
        let row = office.db.query_one_raw(asked).await.expect("a read").expect("a row");
        all += &row.try_get::<String>("", "told").expect("a text");
    }
    all.into_bytes()
}

/// The number of a row of a batch.
fn number(place: Place) -> u32 {
    match place {
        Place::Row(_, number) => number,
        Place::Line(..) => panic!("nobody has declared in the product"),
    }
}
