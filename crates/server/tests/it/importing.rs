//! Rows on their way in, and the scores that follow them.

use crate::fresh::{Fresh, on_both};
use connect::Source;
use domain::{
    act::Act,
    actor::Actor,
    batch::{Kind, Row},
    cycle::{CycleDraft, Schedule},
    id::{AppraisalId, CycleId},
    import::{Batch, Column},
    refusal::Reason,
    score::Value,
};
use jiff::civil::{Date, date};
use sea_orm::{ConnectionTrait, Database};
use server::{
    clock,
    importing::{self, Fate, Options, Outcome},
    recompute, rules,
};
use store::{Error, Settings, Store, source::Origin};

on_both!(
    scores_follow_the_data_until_scoring_is_frozen,
    a_correction_takes_the_place_of_what_it_corrects,
    only_what_was_laid_down_goes_on_record,
    rows_by_the_thousand_come_in_whole_and_are_audited,
);

const UNITS: &str = "机构编码,机构名称\nA,市甲局\n";
const PEOPLE: &str = "工号,姓名,身份证号,单位,编制类型,岗位类别,入职日期\n\
    P1,钟某,99010419691007893X,市甲局,公务员,综合岗,2010-07-01\n\
    P2,任某,990104197102201754,市甲局,公务员,综合岗,2010-07-01\n";
const INDICATORS: &str = "指标编码,指标名称,类型,维度,权重,数据来源,计算公式,适用岗位\n\
    Q1,迟到次数,定量,勤,50,考勤打卡,按期内迟到次数分段:0-2次100分;3-5次80分;6-9次60分;>=10次0分,综合岗\n\
    N1,培训学时完成率,定量,能,50,培训记录,\"完成率=学时合计/应修学时合计;得分=min(完成率,1)*100\",综合岗\n";

async fn open(fresh: &Fresh) -> Store {
    let settings = Settings {
        url: fresh.url.clone(),
        authority: "某市人事局".to_owned(),
        rules: rules::built_in().expect("the rules"),
        policies: policy::Policies::built_in().expect("the policies"),
        keys: std::sync::Arc::new(store::MasterKey::new(&[7; 16].into())),
        clock: clock::now,
    };
    Store::open(settings).await.expect("a store")
}

/// A store with two people on its roster.
async fn office(fresh: &Fresh) -> Store {
    let store = open(fresh).await;
    let files = [("机构.csv", UNITS), ("人员.csv", PEOPLE), ("指标.csv", INDICATORS)];
    let outcome = import(&store, &files).await;
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    store
}

async fn import(store: &Store, files: &[(&str, &str)]) -> Outcome {
    let sources = files.iter().map(|(name, text)| Source::bytes(*name, *text)).collect();
    importing::import(store, &Actor::System, sources, Options::default()).await.expect("an import")
}

/// Days of attendance of somebody, in one file.
async fn attendance(store: &Store, number: &str, days: impl IntoIterator<Item = (Date, &str)>) -> Outcome {
    let lines: String = days.into_iter().map(|(day, status)| format!("{number},{day},{status}\n")).collect();
    import(store, &[("考勤.csv", &format!("工号,日期,状态\n{lines}"))]).await
}

fn draft() -> CycleDraft {
    CycleDraft {
        regime: "civil_servant".to_owned(),
        kind: "annual".to_owned(),
        title: "2026年度".to_owned(),
        from: date(2026, 1, 1),
        to: date(2026, 12, 31),
        schedule: Schedule { goals: date(2026, 2, 1), scoring: date(2026, 11, 1), grading: date(2026, 12, 1) },
        exempt: Vec::new(),
    }
}

async fn open_cycle(store: &Store) -> CycleId {
    store.act(&Actor::System, store.new_key(), Act::OpenCycle { cycle: draft() }).await.expect("a cycle");
    CycleId(store.cycles().await.expect("cycles")[0].cycle_id)
}

/// What an indicator of somebody comes to, and who computed it; `None` while it does not apply.
async fn value(store: &Store, cycle: CycleId, number: &str, indicator: &str) -> Option<String> {
    let inspector = inspector(store).await;
    let desk = store.reader(&inspector);
    let person = store.roster().await.expect("people").into_iter().find(|person| person.number == number);
    let sheets = desk.participants_in(cycle, crate::city::ALL).await.expect("sheets");
    let sheet = sheets.iter().find(|sheet| Some(sheet.person_id) == person.as_ref().map(|person| person.person_id));
    let id = AppraisalId(sheet.expect("takes part").appraisal_id);
    let (_, sheet) = desk.appraisal(id).await.expect("a read").expect("an appraisal");
    let (computed, stamp) = sheet.computed.get(indicator)?.clone();
    assert_eq!((stamp.by.account, stamp.by.person), (None, None), "nobody computes but the product itself");
    match computed.value {
        Value::Scored { exact, .. } => Some(exact),
        Value::NotApplicable(_) => None,
    }
}

async fn inspector(store: &Store) -> Actor {
    use domain::actor::{Grant, Role};
    if store.account_of_login("inspector").await.expect("a read").is_none() {
        let open = Act::OpenAccount { login: "inspector".to_owned(), person: None, name: Some("某".to_owned()) };
        store.act(&Actor::System, store.new_key(), open).await.expect("an account");
        let account = store.account_of_login("inspector").await.expect("a read").expect("an account");
        let grant = Act::GrantRole { account, grant: Grant { role: Role::Inspector, unit: None } };
        store.act(&Actor::System, store.new_key(), grant).await.expect("a role");
    }
    let account = store.account_of_login("inspector").await.expect("a read").expect("an account");
    store.actor(account).await.expect("a read").expect("an actor")
}

fn january(day: i8) -> Date {
    date(2026, 1, day)
}

async fn scores_follow_the_data_until_scoring_is_frozen(fresh: Fresh) {
    let store = office(&fresh).await;
    attendance(&store, "P1", [(january(5), "迟到"), (january(6), "正常")]).await;
    let cycle = open_cycle(&store).await;
    assert_eq!(value(&store, cycle, "P1", "Q1").await, None);
    assert_eq!(
        recompute::catch_up(&store, |_, _| ()).await.expect("computed"),
        2,
        "a new cycle takes in what was there"
    );
    assert_eq!(value(&store, cycle, "P1", "Q1").await.as_deref(), Some("100"));
    assert_eq!(value(&store, cycle, "P2", "Q1").await, None);

    // Through a store of its own, as another process has it.
    let other = open(&fresh).await;
    attendance(&other, "P1", [(january(7), "迟到"), (january(8), "迟到")]).await;
    assert_eq!(value(&store, cycle, "P1", "Q1").await.as_deref(), Some("80"));

    // An act without its recomputing, as where the process ended between the two: the next look makes up for it.
    let source = Source::bytes("考勤.csv", "工号,日期,状态\nP2,2026-01-05,迟到\n");
    let tell = std::sync::Arc::new(|_, _| ());
    let told = importing::import_telling(&store, &Actor::System, vec![source], Options::default(), tell);
    assert_eq!(told.await.expect("an import").tables[0].imported(), 1);
    assert_eq!(value(&store, cycle, "P2", "Q1").await, None);
    assert_eq!(recompute::catch_up(&store, |_, _| ()).await.expect("computed"), 1, "whom the batch speaks of");
    assert_eq!(value(&store, cycle, "P2", "Q1").await.as_deref(), Some("100"));
    assert_eq!(recompute::catch_up(&store, |_, _| ()).await.expect("computed"), 0, "again changes nothing");

    import(&store, &[("培训.csv", "工号,课程名称,学时,应修学时,完成日期\nP2,公文,5,10,2026-03-01\n")]).await;
    assert_eq!(value(&store, cycle, "P2", "N1").await.as_deref(), Some("50"));

    store.act(&hr(&store).await, store.new_key(), Act::FreezeScoring { cycle }).await.expect("frozen");
    let late = (9..=16).map(|day| (january(day), "迟到"));
    assert_eq!(attendance(&store, "P1", late).await.tables[0].imported(), 8, "data still comes in");
    assert_eq!(value(&store, cycle, "P1", "Q1").await.as_deref(), Some("80"), "and no value moves");
    assert_eq!(store.audit(0, |_| ()).await.expect("an audit").differences, Vec::new());
}

async fn hr(store: &Store) -> Actor {
    use domain::actor::{Grant, Role};
    let open = Act::OpenAccount { login: "hr".to_owned(), person: None, name: Some("某".to_owned()) };
    store.act(&Actor::System, store.new_key(), open).await.expect("an account");
    let account = store.account_of_login("hr").await.expect("a read").expect("an account");
    let grant = Act::GrantRole { account, grant: Grant { role: Role::HrOfficer, unit: None } };
    store.act(&Actor::System, store.new_key(), grant).await.expect("a role");
    store.actor(account).await.expect("a read").expect("an actor")
}

async fn a_correction_takes_the_place_of_what_it_corrects(fresh: Fresh) {
    let store = office(&fresh).await;
    let cycle = open_cycle(&store).await;
    attendance(&store, "P1", (5..=9).map(|day| (january(day), "迟到"))).await;
    assert_eq!(value(&store, cycle, "P1", "Q1").await.as_deref(), Some("80"));
    let corrected =
        attendance(&store, "P1", (5..=9).map(|day| (january(day), if day < 8 { "正常" } else { "迟到" }))).await;
    assert_eq!(
        (corrected.tables[0].accepted, corrected.tables[0].imported()),
        (5, 3),
        "what did not change is not new"
    );
    assert_eq!(value(&store, cycle, "P1", "Q1").await.as_deref(), Some("100"));

    // Both were on leave for most of the year before; for one of them the office corrects it.
    let year: Vec<Date> = date(2025, 1, 1).series(jiff::Span::new().days(1)).take(300).collect();
    for number in ["P1", "P2"] {
        attendance(&store, number, year.iter().map(|day| (*day, "病假"))).await;
    }
    attendance(&store, "P1", year.iter().map(|day| (*day, "正常"))).await;
    let before =
        CycleDraft { title: "2025年度".to_owned(), from: date(2025, 1, 1), to: date(2025, 12, 31), ..draft() };
    store.act(&Actor::System, store.new_key(), Act::OpenCycle { cycle: before }).await.expect("a cycle");
    let cycles = store.cycles().await.expect("cycles");
    let cycle = cycles.iter().find(|cycle| cycle.title == "2025年度").expect("the cycle").cycle_id;
    let inspector = inspector(&store).await;
    let sheets = store.reader(&inspector).participants_in(CycleId(cycle), crate::city::ALL).await.expect("sheets");
    assert_eq!(sheets.iter().filter(|sheet| sheet.ungraded.as_deref() == Some("long_leave")).count(), 1);
}

async fn only_what_was_laid_down_goes_on_record(fresh: Fresh) {
    let store = office(&fresh).await;
    let row = |number: u32, day: &str| Row {
        number,
        key: format!("P1|{day}"),
        person: Some("P1".to_owned()),
        date: day.parse().ok(),
        fields: [("number", "P1"), ("date", day), ("status", "late"), ("late", "1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    };
    let mut laying = store.begin_laying(Kind::Attendance, clock::now()).await.expect("laying");
    let id = laying.batch();
    store.lay_down(&mut laying, &[row(2, "2026-01-05"), row(3, "2026-01-06")]).await.expect("laid");
    let origin = Origin {
        file: "考勤.csv".to_owned(),
        sheet: None,
        digest: "00".repeat(32),
        columns: vec![Column { field: "number".to_owned(), header: "工号".to_owned() }],
        skipped: Vec::new(),
    };
    let early = Batch { rows: 2, ..batch_like(id) };
    refused(&store, early, "before all rows lie there").await;
    let batch = store.laid(laying, origin).await.expect("laid");
    assert_eq!((batch.rows, batch.from, batch.to), (2, Some(january(5)), Some(january(6))));
    for (forged, how) in [
        (Batch { file: "别的.csv".to_owned(), ..batch.clone() }, "another file's name"),
        (Batch { rows: 3, ..batch.clone() }, "another number of rows"),
        (Batch { rows_digest: "00".repeat(32), ..batch.clone() }, "another digest"),
        (Batch { kind: Kind::Cases, ..batch.clone() }, "another kind"),
        (Batch { id: domain::id::BatchId(store.new_key()), ..batch.clone() }, "another id"),
    ] {
        refused(&store, forged, how).await;
    }
    let (key, act) = (store.new_key(), Act::ImportBatch { batch: batch.clone() });
    store.act(&Actor::System, key, act.clone()).await.expect("on record");
    assert!(store.act(&Actor::System, key, act).await.expect("the first receipt").repeated);
    refused(&store, batch.clone(), "a second time").await;

    store.clear_laid(id).await.expect("cleared");
    let (_, rows) = store
        .reader(&hr(&store).await)
        .batches(0, 10)
        .await
        .map(|(all, _)| {
            let found = all.iter().find(|line| line.batch_id == id.0).expect("the batch").row_count;
            (all.len(), found)
        })
        .expect("batches");
    assert_eq!(rows, 2, "what is on record is not cleared away");
    assert_eq!(store.audit(0, |_| ()).await.expect("an audit").differences, Vec::new());

    // Who began and never came to the end leaves nothing.
    let mut laying = store.begin_laying(Kind::Attendance, clock::now()).await.expect("laying");
    store.lay_down(&mut laying, &[row(2, "2026-01-07")]).await.expect("laid");
    store.clear_abandoned(clock::now()).await.expect("cleared");
    let db = Database::connect(&fresh.url).await.expect("a connection");
    let left = db.query_all_raw(sea_orm::Statement::from_string(
        db.get_database_backend(),
        "SELECT 1 FROM batch_row WHERE day = '2026-01-07'",
    ));
    assert!(left.await.expect("a query").is_empty());
}

fn batch_like(id: domain::id::BatchId) -> Batch {
    Batch {
        id,
        kind: Kind::Attendance,
        file: "考勤.csv".to_owned(),
        sheet: None,
        digest: "00".repeat(32),
        rows_digest: "00".repeat(32),
        rows: 0,
        from: None,
        to: None,
        columns: Vec::new(),
        skipped: Vec::new(),
    }
}

async fn refused(store: &Store, batch: Batch, how: &str) {
    match store.act(&Actor::System, store.new_key(), Act::ImportBatch { batch }).await {
        Err(Error::Refused(refusal)) => assert_eq!(refusal.reason, Reason::RowsDiffer, "{how}"),
        other => panic!("{how}: {other:?}"),
    }
}

async fn rows_by_the_thousand_come_in_whole_and_are_audited(fresh: Fresh) {
    let store = office(&fresh).await;
    let days: Vec<Date> = date(2010, 1, 1).series(jiff::Span::new().days(1)).take(2500).collect();
    let outcome = attendance(&store, "P1", days.iter().map(|day| (*day, "正常"))).await;
    assert_eq!((outcome.tables[0].new, outcome.tables[0].imported()), (2500, 2500));
    let again = attendance(&store, "P1", days.iter().map(|day| (*day, "正常"))).await;
    assert_eq!((again.tables[0].accepted, again.tables[0].new, again.tables[0].batch), (2500, 0, None));
    let changed = days.iter().map(|day| (*day, if *day == days[1700] { "迟到" } else { "正常" }));
    assert_eq!(attendance(&store, "P1", changed).await.tables[0].imported(), 1);

    // Nothing of a file comes in when one of its last rows is bad.
    let bad = days.iter().map(|day| (*day, if *day == days[2400] { "睡觉" } else { "早退" }));
    let refused = attendance(&store, "P1", bad).await;
    assert_eq!((&refused.files[0].fate, refused.tables[0].new, refused.tables[0].batch), (&Fate::Refused, 2499, None));
    let report = store.audit(0, |_| ()).await.expect("an audit");
    assert_eq!(report.differences, Vec::new());

    let db = Database::connect(&fresh.url).await.expect("a connection");
    let left = db.query_all_raw(sea_orm::Statement::from_string(
        db.get_database_backend(),
        "SELECT 1 FROM batch_row WHERE batch_id NOT IN (SELECT batch_id FROM batch)",
    ));
    assert!(left.await.expect("a query").is_empty(), "what was laid down of it is gone");
    db.execute_unprepared("UPDATE batch_row SET day = '2010-01-01' WHERE row_number = 1500").await.expect("tampering");
    let found = store.audit(0, |_| ()).await.expect("an audit").differences;
    assert_eq!(found.iter().map(|difference| difference.table.as_str()).collect::<Vec<_>>(), ["batch_row"]);
}
