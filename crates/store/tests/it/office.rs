//! A small authority made by acts alone: one unit of eight, its accounts, and one cycle that is led as far as a test
//! wants, up to an outcome.

use crate::fresh::Fresh;
use domain::{
    act::Act,
    actor::{Actor, Grant, Role},
    batch::{Kind, Row},
    calendar::Calendar,
    context::{CHINA, Rulebook},
    cycle::{CycleDraft, Schedule},
    declaration::Relative,
    goal::GoalDraft,
    id::*,
    indicator::{Dimension, IndicatorDraft},
    outcome,
    points::Points,
    recusal::Numbers,
    regime::Regime,
    score::{Basis, ScoreDraft},
    third_party::ThirdPartyDraft,
};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use policy::Policies;
use sea_orm::{ColumnTrait, ConnectOptions, Database, DatabaseConnection, EntityTrait, QueryFilter};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicI64, Ordering},
};
use store::{Receipt, Settings, Store, attachment::Incoming, source::Origin, tables};
use uuid::Uuid;

/// Whose appraisal the tests look at.
pub const ANNA: &str = "0003";
/// The unit's head.
pub const HEAD: &str = "0001";
/// Everyone's direct leader and, with it, assessor.
pub const LEADER: &str = "0002";
/// Leads projects, and so confirms scores.
pub const WITNESS: &str = "0004";
/// The rest of the unit.
pub const COLLEAGUES: [&str; 4] = ["0005", "0006", "0007", "0008"];
/// HR officer of the authority.
pub const HR: &str = "hr";
/// Another, for what four eyes must see.
pub const SECOND_HR: &str = "hr2";

/// A clock that only goes on: tests of one process share it, and none minds that it is later than it was.
static TIME: AtomicI64 = AtomicI64::new(0);

fn clock() -> Timestamp {
    Timestamp::from_microsecond(TIME.fetch_add(1_000, Ordering::Relaxed)).expect("a time")
}

/// Let it be nine in the morning of a day, unless it is later.
pub fn on(day: Date) {
    let time = CHINA.to_timestamp(day.at(9, 0, 0, 0)).expect("a time");
    TIME.fetch_max(time.as_microsecond(), Ordering::Relaxed);
}

/// An authority under test.
pub struct Office {
    pub store: Store,
    /// The tables themselves, behind the store's back.
    pub db: DatabaseConnection,
    fresh: Fresh,
}

impl Office {
    /// An authority on a fresh database, with nobody in it.
    pub async fn empty(fresh: Fresh) -> Office {
        on(date(2026, 3, 2));
        let store = open(&fresh.url).await;
        // One connection, so that what is set on it holds for all that is done behind the store's back.
        let db = Database::connect(ConnectOptions::new(&fresh.url).max_connections(1).to_owned()).await;
        let db = db.expect("a connection");
        Office { store, db, fresh }
    }

    /// With its people, accounts and indicators.
    pub async fn new(fresh: Fresh) -> Office {
        let office = Office::empty(fresh).await;
        office.import(Kind::Units, vec![row(2, "U1", None, &[("name", "窗口中心"), ("head", HEAD)])]).await;
        office
            .import(Kind::People, everyone().enumerate().map(|(place, number)| person(place, number)).collect())
            .await;
        for (code, quantitative, words) in [
            ("D1", false, "由直接领导评分"),
            ("L1", true, "实际=按时办结量合计/办件量合计;完成率=实际/目标;得分=min(完成率,1)*100"),
        ] {
            let indicator = indicator(code, quantitative, words);
            office.does("", Act::DefineIndicator { indicator }).await;
        }
        for number in everyone() {
            let person = Some(office.person(number).await);
            office.does("", Act::OpenAccount { login: number.to_owned(), person, name: None }).await;
        }
        for login in [HR, SECOND_HR] {
            let name = Some("人事".to_owned());
            office.does("", Act::OpenAccount { login: login.to_owned(), person: None, name }).await;
            let account = office.store.account_of_login(login).await.expect("a read").expect("an account");
            office.does("", Act::GrantRole { account, grant: Grant { role: Role::HrOfficer, unit: None } }).await;
        }
        office
    }

    /// With a cycle that has just been opened.
    pub async fn opened(fresh: Fresh) -> Office {
        let office = Office::new(fresh).await;
        office.does(HR, Act::OpenCycle { cycle: cycle() }).await;
        office
    }

    /// With a cycle: Anna's goals are agreed and she is scored, one source of numbers is in, and scoring is frozen.
    pub async fn frozen(fresh: Fresh) -> Office {
        let office = Office::new(fresh).await;
        let cases = [("on_time", "90"), ("handled", "100")];
        let counts = everyone().enumerate().map(|(place, number)| Row {
            person: Some(number.to_owned()),
            date: Some(date(2026, 1, 1)),
            ..row(place as u32 + 2, &format!("{number}|2026-01"), None, &cases)
        });
        office.import(Kind::Cases, counts.collect()).await;
        office.does(HR, Act::OpenCycle { cycle: cycle() }).await;
        let appraisal = office.sheet(ANNA).await;
        let goal = GoalDraft { id: None, title: "办件".to_owned(), measure: "不超时".to_owned(), due: None };
        office.does(ANNA, Act::ProposeGoals { appraisal, goals: vec![goal], reason: String::new() }).await;
        office.does(LEADER, Act::EndorseGoals { appraisal, version: 1 }).await;
        office.does(HEAD, Act::ConfirmGoals { appraisal, version: 1 }).await;
        office.report(ANNA, appraisal).await;
        office.does("", Act::ComputeScores { appraisal }).await;
        office.score(appraisal).await;
        let score = office.all::<tables::score::Entity>().await.remove(0).score_id;
        office.does(WITNESS, Act::ConfirmScore { appraisal, score: ScoreId(score) }).await;
        office.enters_a_third_party().await;
        let cycle = CycleId(office.all::<tables::cycle::Entity>().await.remove(0).cycle_id);
        office.does(HR, Act::FreezeScoring { cycle }).await;
        office
    }

    /// Somebody from outside, for a colleague's appraisal.
    async fn enters_a_third_party(&self) {
        let third_party = ThirdPartyDraft {
            replaces: None,
            name: "魏外".to_owned(),
            employer: "云汀大学".to_owned(),
            id_number: Some("990101198001010014".to_owned()),
            assurance: String::new(),
            document: "邀请函".to_owned(),
        };
        self.does(HR, Act::EnterThirdParty { appraisal: self.sheet(COLLEAGUES[3]).await, third_party }).await;
    }

    /// Up to an outcome for Anna that waits for HR; another colleague's notice is long closed.
    pub async fn with_outcome(fresh: Fresh) -> Office {
        let office = Office::frozen(fresh).await;
        let slate = office.slate().await;
        for number in everyone().filter(|number| *number != HEAD) {
            let grade = if number == ANNA { "excellent" } else { "qualified" };
            office.does(HR, office.grade(number, grade).await).await;
        }
        office.does(HR, Act::SubmitSlate { slate }).await;
        office.does(SECOND_HR, Act::ReviewSlate { slate }).await;
        office.does(HR, Act::PostNotice { slate }).await;
        on(date(2026, 3, 20));
        let notice = NoticeId(office.all::<tables::notice::Entity>().await.remove(0).notice_id);
        office.does(HR, Act::CloseNotice { notice }).await;
        office.does(HEAD, Act::FixGrades { slate }).await;
        let (appraisal, kind) = (office.sheet(ANNA).await, outcome::Kind::Reward);
        let (detail, reasons) = ("嘉奖".to_owned(), "全年无超时".to_owned());
        office.does(LEADER, Act::RecommendOutcome { appraisal, kind, detail, reasons }).await;
        office
    }

    /// Where the database is.
    pub fn url(&self) -> &str {
        &self.fresh.url
    }

    /// The same authority through a process of its own, with a writer of its own.
    pub async fn another_process(&self) -> Store {
        open(&self.fresh.url).await
    }

    /// Whoever signs in under this name; nobody's name is the product itself.
    pub async fn who(&self, login: &str) -> Actor {
        if login.is_empty() {
            return Actor::System;
        }
        let account = self.store.account_of_login(login).await.expect("a read").expect("an account");
        self.store.actor(account).await.expect("a read").expect("that it is not locked")
    }

    /// Somebody does something, under a fresh key.
    pub async fn does(&self, login: &str, act: Act) -> Receipt {
        let name = act.name();
        let done = self.store.act(&self.who(login).await, self.store.new_key(), act).await;
        done.unwrap_or_else(|error| panic!("{login} could not {name}: {error}"))
    }

    /// Rows come in as a batch, by the console.
    pub async fn import(&self, kind: Kind, rows: Vec<Row>) {
        import_into(&self.store, kind, rows).await;
    }

    /// Somebody declares a marriage long after it, and that is found.
    pub async fn found_late(&self, number: &str) {
        let person = self.person(number).await;
        let since = Some(date(2025, 5, 1));
        let relation = Relative {
            relation: "配偶".to_owned(),
            name: "李某".to_owned(),
            id_number: None,
            employer: None,
            since,
            until: None,
        };
        for relatives in [Vec::new(), vec![relation]] {
            self.does(number, Act::DeclareFamily { person, relatives, after: None }).await;
        }
        self.does("", Act::CheckTies {}).await;
    }

    /// Progress against the first goal, with a file.
    async fn report(&self, login: &str, appraisal: AppraisalId) {
        let who = self.who(login).await;
        let content = "九月办件全部按时".as_bytes().to_vec();
        let file = Incoming { name: "九月.txt".to_owned(), media: "text/plain".to_owned(), content };
        let account = who.by().account.expect("an account");
        let attachments = vec![self.store.hand_in(account, file, clock()).await.expect("a file")];
        let (_, sheet) = self.store.reader(&who).appraisal(appraisal).await.expect("a read").expect("an appraisal");
        let goal = sheet.goals[0].proposed.goals[0].id;
        let text = "见附件".to_owned();
        self.does(login, Act::ReportProgress { appraisal, goal, percent: 60, text, attachments }).await;
    }

    async fn score(&self, appraisal: AppraisalId) {
        let basis = Basis {
            what: "现场解决群众难题".to_owned(),
            when: Some(date(2026, 2, 3)),
            place: Some("二楼东侧".to_owned()),
            witness: self.person(WITNESS).await,
        };
        let score = ScoreDraft { indicator: "D1".to_owned(), points: Points::whole(88), basis };
        self.does(LEADER, Act::GiveScore { appraisal, score }).await;
    }

    /// A grade proposed for somebody.
    pub async fn grade(&self, number: &str, grade: &str) -> Act {
        let (slate, appraisal) = (self.slate().await, self.sheet(number).await);
        Act::ProposeGrade { slate, appraisal, grade: grade.to_owned(), reason: String::new() }
    }

    /// Every row of a view.
    pub async fn all<E: EntityTrait>(&self) -> Vec<E::Model> {
        E::find().all(&self.db).await.expect("a read")
    }

    pub async fn person(&self, number: &str) -> PersonId {
        let find = tables::person::Entity::find().filter(tables::person::Column::Number.eq(number));
        PersonId(find.one(&self.db).await.expect("a read").expect("a person").person_id)
    }

    pub async fn sheet(&self, number: &str) -> AppraisalId {
        let person = self.person(number).await;
        let find = tables::appraisal::Entity::find().filter(tables::appraisal::Column::PersonId.eq(person.0));
        AppraisalId(find.one(&self.db).await.expect("a read").expect("an appraisal").appraisal_id)
    }

    pub async fn slate(&self) -> SlateId {
        SlateId(self.all::<tables::slate::Entity>().await.remove(0).slate_id)
    }

    /// How many entries the record has, and the hash that stands for all of them.
    pub async fn head(&self) -> (i64, Vec<u8>) {
        use sea_orm::{ConnectionTrait, Statement};
        let asked = Statement::from_string(self.db.get_database_backend(), "SELECT size, root FROM head");
        let row = self.db.query_one_raw(asked).await.expect("a read").expect("a head");
        (row.try_get("", "size").expect("a size"), row.try_get("", "root").expect("a root"))
    }

    /// The id of the authority.
    pub async fn authority(&self) -> Uuid {
        self.all::<tables::cycle::Entity>().await.remove(0).authority_id
    }

    /// Whether an act of this key is on record.
    pub async fn happened(&self, key: Uuid) -> bool {
        use sea_orm::{ConnectionTrait, Statement};
        let asked = "SELECT 1 FROM act WHERE act_id = $1";
        let asked = Statement::from_sql_and_values(self.db.get_database_backend(), asked, [key.into()]);
        self.db.query_one_raw(asked).await.expect("a read").is_some()
    }
}

/// Rows come in as a batch through this process, by the console; they are numbered as in a file.
pub async fn import_into(store: &Store, kind: Kind, mut rows: Vec<Row>) {
    (2..).zip(&mut rows).for_each(|(number, row)| row.number = number);
    let mut laying = store.begin_laying(kind, clock()).await.expect("a batch");
    store.lay_down(&mut laying, &rows).await.expect("rows");
    let (file, digest) = (format!("{kind}.csv"), "00".repeat(32));
    let origin = Origin { file, sheet: None, digest, columns: Vec::new(), skipped: Vec::new() };
    let batch = store.laid(laying, origin).await.expect("a batch");
    let id = batch.id;
    store.act(&Actor::System, store.new_key(), Act::ImportBatch { batch }).await.expect("an import");
    store.clear_laid(id).await.expect("a tidy end");
}

/// Everyone on the roster.
pub fn everyone() -> impl Iterator<Item = &'static str> {
    [HEAD, LEADER, ANNA, WITNESS].into_iter().chain(COLLEAGUES)
}

/// A row of source data.
pub fn row(number: u32, key: &str, person: Option<&str>, fields: &[(&str, &str)]) -> Row {
    Row {
        number,
        key: key.to_owned(),
        person: person.map(str::to_owned),
        date: None,
        fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    }
}

/// Somebody's row of the roster, by their place in [`everyone`].
pub fn person(place: usize, number: &str) -> Row {
    let name = format!("同志{number}");
    let mut fields = vec![
        ("name", name.as_str()),
        ("unit", "窗口中心"),
        ("staff_kind", "public_institution"),
        ("post_type", "窗口"),
        ("joined", "2015-07-01"),
        ("born", "1990-05-04"),
    ];
    if number != HEAD {
        fields.push(("leader", if number == LEADER { HEAD } else { LEADER }));
    }
    if number == WITNESS {
        fields.push(("project_lead", "yes"));
    }
    row(place as u32 + 2, number, None, &fields)
}

fn indicator(code: &str, quantitative: bool, words: &str) -> IndicatorDraft {
    IndicatorDraft {
        code: code.to_owned(),
        name: code.to_owned(),
        dimension: Dimension::Achievement,
        weight: Points::whole(50),
        post_type: "窗口".to_owned(),
        source: "办件统计".to_owned(),
        quantitative,
        words: words.to_owned(),
        target: quantitative.then(|| "0.98".to_owned()),
        cap: None,
    }
}

/// The year's cycle.
pub fn cycle() -> CycleDraft {
    let days = (date(2026, 3, 10), date(2026, 3, 20), date(2026, 3, 31));
    CycleDraft {
        regime: "public_institution".to_owned(),
        kind: "annual".to_owned(),
        title: "2026年度考核".to_owned(),
        from: date(2026, 1, 1),
        to: date(2026, 12, 31),
        schedule: Schedule { goals: days.0, scoring: days.1, grading: days.2 },
        exempt: Vec::new(),
    }
}

fn rules() -> Rulebook {
    let regime = Regime::parse(include_str!("../../../../regimes/public_institution.toml")).expect("a regime");
    let calendar = Calendar::parse(include_str!("../../../../regimes/calendar.toml")).expect("a calendar");
    let words = [("按时办结量", "on_time"), ("办件量", "handled")];
    let vocabulary = words.map(|(word, field)| (word.to_owned(), ("cases".to_owned(), field.to_owned())));
    let regimes = BTreeMap::from([(regime.id.clone(), regime)]);
    let recusal = Numbers::parse(include_str!("../../../../regimes/recusal.toml")).expect("numbers");
    Rulebook { calendar, regimes, recusal, vocabulary: vocabulary.into(), hash: "00".repeat(32) }
}

/// How the tests open a database.
pub fn settings(url: &str) -> Settings {
    Settings {
        url: url.to_owned(),
        authority: "云汀市人力资源和社会保障局".to_owned(),
        rules: rules(),
        policies: Policies::built_in().expect("the policies"),
        keys: std::sync::Arc::new(store::MasterKey::new(&[7; 16].into())),
        clock,
    }
}

async fn open(url: &str) -> Store {
    Store::open(settings(url)).await.expect("a store")
}
