//! What is told of people lies sealed, in its place, under their key; and is gone with it.

use crate::{
    fresh::{Fresh, on_both},
    office::{self, ANNA, HEAD, HR, LEADER, Office},
};
use domain::{
    act::Act,
    actor::{Grant, Role},
    batch::{Kind, Row},
    event::ERASED,
    id::*,
};
use ledger::Algorithm;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use store::{
    MasterKey, Settings, Store,
    audit::Kind::{self as How, Changed},
    tables,
};

on_both! {
    nothing_told_of_anyone_lies_in_the_open,
    erasing_leaves_every_proof_and_no_word,
    what_was_erased_is_not_brought_back,
    a_sealed_value_opens_in_its_place_alone,
    another_master_key_opens_nothing,
}

const SYSTEM: &str = "system";
const SECURITY: &str = "security";
const ID_NUMBER: &str = "990104199010070397";
const PHONE: &str = "13900001234";

/// What the office tells of people beside their names: words of acts, of files, and of registers.
const TOLD: [&str; 17] = [
    ID_NUMBER,
    PHONE,
    "见附件",
    "九月办件全部按时",
    "九月.txt",
    "现场解决群众难题",
    "二楼东侧",
    "嘉奖",
    "全年无超时",
    "不超时",
    "某某建筑",
    "兄弟",
    "JBSWY3DPEHPK3PXP",
    "玩忽职守",
    "魏外",
    "云汀大学",
    "邀请函",
];

/// The office with an outcome, with registers of Anna, a second factor, and somebody who may erase.
async fn told(fresh: Fresh) -> Office {
    let office = Office::with_outcome(fresh).await;
    let anna: Row = Row {
        fields: [
            ("id_number", ID_NUMBER),
            ("phone", PHONE),
            ("name", "同志0003"),
            ("unit", "窗口中心"),
            ("leader", LEADER),
        ]
        .into_iter()
        .chain([("staff_kind", "public_institution"), ("post_type", "窗口"), ("joined", "2015-07-01")])
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect(),
        person: Some(ANNA.to_owned()),
        ..office::row(2, ANNA, None, &[])
    };
    office.import(Kind::People, vec![anna]).await;
    let household = [("id_number", ID_NUMBER), ("name", "某人"), ("household", "H1")];
    office.import(Kind::Household, vec![office::row(2, ID_NUMBER, None, &household)]).await;
    let family = [("declarant", ANNA), ("relation", "兄弟"), ("name", "某人"), ("employer", "某某建筑")];
    let family = office::row(2, &format!("{ANNA}|{ID_NUMBER}"), Some(ANNA), &family);
    office.import(Kind::Family, vec![family]).await;
    let account = office.who(ANNA).await.by().account.expect("an account");
    administrator(&office, SYSTEM, Role::SystemAdmin).await;
    administrator(&office, SECURITY, Role::SecurityAdmin).await;
    office.does(SYSTEM, Act::LockAccount { account, reason: "玩忽职守".to_owned() }).await;
    office.does(SYSTEM, Act::UnlockAccount { account }).await;
    let enrolled = store::secret::Secret::SecondFactor { key: "JBSWY3DPEHPK3PXP".to_owned(), recovery: Vec::new() };
    let act = Act::SetSecondFactor { account };
    let done = office.store.act_with(&office.who(ANNA).await, office.store.new_key(), act, enrolled).await;
    done.expect("a second factor");
    let upload = office.store.begin_upload(account, jiff::Timestamp::UNIX_EPOCH).await.expect("an upload");
    office.store.put_part(upload, 0, 0, format!("{ID_NUMBER},{PHONE}").into_bytes()).await.expect("a part");
    office.store.note_report(upload, format!("{{\"value\":\"{ID_NUMBER}\"}}")).await.expect("a report");
    assert_clean(&office).await;
    office
}

async fn administrator(office: &Office, login: &str, role: Role) {
    office.does("", Act::OpenAccount { login: login.to_owned(), person: None, name: Some(login.to_owned()) }).await;
    let account = office.store.account_of_login(login).await.expect("a read").expect("an account");
    office.does("", Act::GrantRole { account, grant: Grant { role, unit: None } }).await;
}

async fn assert_clean(office: &Office) {
    assert_eq!(differences(office).await, Vec::<(String, String, How)>::new());
}

async fn differences(office: &Office) -> Vec<(String, String, How)> {
    let report = office.store.audit(0, |_| ()).await.expect("an audit");
    report.differences.into_iter().map(|found| (found.table, found.key, found.kind)).collect()
}

/// Everything the database holds, as somebody sees it who has its files: on SQLite the files themselves.
async fn everything(office: &Office) -> Vec<u8> {
    if office.db.get_database_backend() == DbBackend::Sqlite {
        let path = office.url().trim_start_matches("sqlite://").to_owned();
        let read = |end: &str| std::fs::read(format!("{path}{end}")).unwrap_or_default();
        return [read(""), read("-wal")].concat();
    }
    let mut all = String::new();
    for table in crate::schema::tables().await.keys() {
        all += &text(office, &format!("SELECT COALESCE(string_agg(t::text, ' '), '') FROM {table} t")).await;
    }
    all.into_bytes()
}

async fn text(office: &Office, sql: &str) -> String {
    let asked = Statement::from_string(office.db.get_database_backend(), sql);
    let row = office.db.query_one_raw(asked).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    row.and_then(|row| row.try_get_by_index(0).ok()).unwrap_or_else(|| panic!("nothing: {sql}"))
}

async fn sql(office: &Office, sql: &str) {
    let done = office.db.execute_unprepared(sql).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn holds(all: &[u8], word: &str) -> bool {
    // PostgreSQL writes bytes as hex.
    [word.to_owned(), hex(word)].iter().any(|word| all.windows(word.len()).any(|part| part == word.as_bytes()))
}

fn hex(word: &str) -> String {
    word.bytes().map(|byte| format!("{byte:02x}")).collect()
}

async fn nothing_told_of_anyone_lies_in_the_open(fresh: Fresh) {
    let office = told(fresh).await;
    let all = everything(&office).await;
    assert!(holds(&all, "同志0003"), "names stand in views, so the search finds what is there");
    let found: Vec<&str> = TOLD.into_iter().filter(|word| holds(&all, word)).collect();
    assert_eq!(found, Vec::<&str>::new());
}

/// Close the cycle, so that what is told of Anna is needed no more.
async fn close(office: &Office) {
    // The head of a unit is appraised by those above.
    for number in office::everyone().filter(|number| *number != HEAD) {
        let appraisal = office.sheet(number).await;
        office.does(number, Act::SignResult { appraisal, agrees: true, opinion: "看过".to_owned() }).await;
    }
    let cycle = CycleId(office.all::<tables::cycle::Entity>().await.remove(0).cycle_id);
    office.does(HR, Act::CloseCycle { cycle }).await;
}

fn erase(person: PersonId) -> Act {
    Act::EraseSubject { person, document: "市人社〔2026〕9号".to_owned() }
}

async fn erasing_leaves_every_proof_and_no_word(fresh: Fresh) {
    let office = told(fresh).await;
    let (person, sheet) = (office.person(ANNA).await, office.sheet(ANNA).await);
    let refused = office.store.act(&office.who(SECURITY).await, office.store.new_key(), erase(person)).await;
    let refused = refused.expect_err("she is appraised").to_string();
    assert!(refused.contains("still-appraised"), "{refused}");
    let refused = office.store.act(&office.who(HR).await, office.store.new_key(), erase(person)).await;
    assert!(matches!(refused, Err(store::Error::Denied(_))));
    close(&office).await;
    let before = office.store.log_head(Algorithm::Sha256).await.expect("a head");
    let rows_before = office.all::<tables::appraisal::Entity>().await;
    office.does(SECURITY, erase(person)).await;

    let trail = trail(&office, sheet).await;
    let words = format!("{trail:?}");
    assert!(words.contains(ERASED) && !words.contains("现场解决群众难题") && !words.contains("不超时"), "{words}");
    assert_eq!(office.all::<tables::appraisal::Entity>().await, rows_before, "points and grades are what they were");
    let anna = office.all::<tables::person::Entity>().await.into_iter().find(|row| row.person_id == person.0);
    let anna = anna.expect("she is still on the roster");
    assert_eq!((anna.name.as_str(), anna.number.as_str()), (ERASED, ANNA));
    let file = text(&office, "SELECT digest FROM citation").await;
    let reader = office.who(ANNA).await;
    assert!(office.store.reader(&reader).attachment(sheet, &file).await.expect("a read").is_none());
    // The tree only grew, and every entry is still in it.
    let after = office.store.log_head(Algorithm::Sha256).await.expect("a head");
    let proof = office.store.consistency(Algorithm::Sha256, before.size, after.size).await.expect("a proof");
    ledger::verify_consistency(Algorithm::Sha256, &before, &after, &proof).expect("history is what it was");
    assert_clean(&office).await;
    // Another process reads no more than this one.
    let other = office.another_process().await;
    assert!(!format!("{:?}", other.reader(&reader).trail(sheet).await).contains("现场解决群众难题"));
    let again = office.store.act(&office.who(SECURITY).await, office.store.new_key(), erase(person)).await;
    assert!(again.expect_err("nothing is left").to_string().contains("nothing-changed"));

    // Should she come back, what is told of her then is sealed with another key.
    let fields =
        [("name", "安同志"), ("unit", "窗口中心"), ("staff_kind", "public_institution"), ("post_type", "窗口")];
    office.import(Kind::People, vec![office::row(2, ANNA, Some(ANNA), &fields)]).await;
    assert_eq!(office.person(ANNA).await, person, "it is the same person");
    let back = office.all::<tables::person::Entity>().await.into_iter().find(|row| row.person_id == person.0);
    assert_eq!(back.expect("a person").name, "安同志");
    assert!(!format!("{:?}", self::trail(&office, sheet).await).contains("现场解决群众难题"));
    assert_clean(&office).await;
}

async fn trail(office: &Office, sheet: AppraisalId) -> Vec<store::Recorded> {
    let reader = office.who(HR).await;
    office.store.reader(&reader).trail(sheet).await.expect("a read").expect("a trail")
}

/// Whoever kept a copy of the keys, or writes the name anew behind the product's back, is found.
async fn what_was_erased_is_not_brought_back(fresh: Fresh) {
    let office = told(fresh).await;
    let person = office.person(ANNA).await;
    close(&office).await;
    sql(&office, "CREATE TABLE kept_key AS SELECT * FROM subject_key").await;
    office.does(SECURITY, erase(person)).await;
    assert_clean(&office).await;
    let back = "UPDATE subject_key SET wrapped = (SELECT k.wrapped FROM kept_key k \
                WHERE k.subject_id = subject_key.subject_id AND k.version = subject_key.version) WHERE wrapped IS NULL";
    sql(&office, back).await;
    let named = differences(&office).await;
    let keys: Vec<_> = named.iter().filter(|(table, ..)| table == "subject_key").collect();
    assert!(keys.iter().any(|(_, key, kind)| *key == format!("{person}/1") && *kind == Changed), "{named:?}");
    assert_eq!(keys.len(), 4, "her own key, those of her two numbers, and of her file: {named:?}");
    for (_, key, _) in &keys {
        let (subject, _) = key.split_once('/').expect("subject and version");
        let subject = match office.db.get_database_backend() {
            DbBackend::Sqlite => format!("x'{}'", subject.replace('-', "")),
            _ => format!("'{subject}'"),
        };
        sql(&office, &format!("UPDATE subject_key SET wrapped = NULL WHERE subject_id = {subject}")).await;
    }
    assert_clean(&office).await;
    sql(&office, &format!("UPDATE person SET name = '同志0003' WHERE number = '{ANNA}'")).await;
    let named = differences(&office).await;
    assert!(named.len() == 1 && named[0].0 == "person" && named[0].2 == Changed, "{named:?}");
}

/// Two sealed values of one person change places: both are named, and neither is read.
async fn a_sealed_value_opens_in_its_place_alone(fresh: Fresh) {
    let office = told(fresh).await;
    let place =
        |event| format!("SELECT CAST(max(seq) AS TEXT) FROM entry WHERE event = '{event}' AND sealed IS NOT NULL");
    let (one, other) = (text(&office, &place("score_given")).await, text(&office, &place("progress_reported")).await);
    let of = |from: &str| format!("(SELECT sealed FROM kept_entry k WHERE k.seq = {from})");
    sql(&office, "CREATE TABLE kept_entry AS SELECT * FROM entry").await;
    for (to, from) in [(&one, &other), (&other, &one)] {
        sql(&office, &format!("UPDATE entry SET sealed = {} WHERE seq = {to}", of(from))).await;
    }
    let mut named = differences(&office).await;
    named.retain(|(table, ..)| table == "entry");
    named.sort();
    let mut expected = [one.clone(), other].map(|seq| ("entry".to_owned(), seq, Changed));
    expected.sort();
    assert_eq!(named, expected);
    let sheet = office.sheet(ANNA).await;
    let reader = office.who(HR).await;
    let error = office.store.reader(&reader).trail(sheet).await.expect_err("words that are not in their place");
    assert!(error.to_string().contains("does not open"), "{error}");
}

async fn another_master_key_opens_nothing(fresh: Fresh) {
    let office = told(fresh).await;
    let settings =
        Settings { keys: std::sync::Arc::new(MasterKey::new(&[8; 16].into())), ..office::settings(office.url()) };
    let refused = Store::open(settings).await.err().expect("another key").to_string();
    assert!(refused.contains("master key"), "{refused}");
}
