//! An office with an open cycle, made by acts alone, and what its people are about to do.
//!
//! A client plays a unit: its head, its leader (everyone's direct leader and so assessor), its witness (who leads projects
//! and so confirms scores), and its members, of whom each has to do with one kind of act alone.

use super::{
    client::{Lane, Session},
    database::Place,
};
use domain::{
    act::Act,
    actor::Actor,
    batch::{Kind, Row},
    cycle::{CycleDraft, Schedule},
    goal::GoalDraft,
    id::*,
    indicator::{Dimension, IndicatorDraft},
    points::Points,
    score::{Basis, ScoreDraft},
};
use futures_util::future::join_all;
use jiff::civil::date;
use sea_orm::EntityTrait;
use server::{
    clock, rules,
    web::{self, session::Beginning},
};
use std::{collections::HashMap, ops::Range};
use store::{Receipt, Settings, Store, source, source::Origin, tables};

/// The year of the cycle.
const YEAR: i16 = 2026;
/// Clients, and so units.
const CLIENTS: usize = 64;
/// Rounds of eight acts for each client.
const ROUNDS: usize = 39;
/// Members of a unit beside its head, leader and witness.
const MEMBERS: usize = 91;
/// Qualitative indicators: how often somebody is scored.
const INDICATORS: usize = 4;
/// How often each of those who report progress does.
const REPORTS: usize = 6;

/// Members by what is done: one proposes goals in a round, three report, two are scored, of two a score is confirmed.
const PROPOSE: Range<usize> = 0..ROUNDS;
const REPORT: Range<usize> = PROPOSE.end..PROPOSE.end + (3 * ROUNDS).div_ceil(REPORTS);
const SCORED: Range<usize> = 0..(2 * ROUNDS).div_ceil(INDICATORS);
const CONFIRMED: Range<usize> = SCORED.end..2 * SCORED.end;

/// An office, served as soon as somebody listens for `app`.
pub struct Office {
    pub app: web::App,
    pub people: usize,
    /// What each client is about to send.
    pub lanes: Vec<Lane>,
}

impl Office {
    /// Make it. The clock stands in spring, so that no deadline of the cycle has passed.
    pub async fn open(place: &Place) -> Office {
        clock::set(domain::context::CHINA.to_timestamp(date(YEAR, 3, 2).at(9, 0, 0, 0)).expect("a time"));
        let store = store(&place.url).await;
        roster(&store).await;
        library(&store).await;
        open_cycle(&store, YEAR).await;
        let app = web::App::new(store);
        let (people, sheets) = read(place).await;
        let unit = |unit| Unit {
            app: &app,
            people: &people,
            sheets: &sheets,
            unit,
            staff: Vec::new(),
            goals: Vec::new(),
            scores: Vec::new(),
        };
        let mut units: Vec<Unit<'_>> = (0..CLIENTS).map(unit).collect();
        join_all(units.iter_mut().map(Unit::accounts)).await;
        join_all(units.iter_mut().map(Unit::begin)).await;
        // Last, and one after the other: on SQLite whoever is not the writer hardly gets a turn while acts are done.
        for unit in &mut units {
            unit.sign_in().await;
        }
        let lanes = units.iter().map(Unit::lane).collect();
        drop(units);
        Office { app, people: people.len(), lanes }
    }
}

/// Open the cycles of years before: everyone gets a sheet in each.
pub async fn past_cycles(store: &Store, years: i16) {
    for year in YEAR - years..YEAR {
        open_cycle(store, year).await;
    }
}

/// The store of a database, as `mingjing` opens it.
pub async fn store(url: &str) -> Store {
    let settings = Settings {
        url: url.to_owned(),
        authority: "云汀市人力资源和社会保障局".to_owned(),
        rules: rules::built_in().expect("the rules"),
        policies: policy::Policies::built_in().expect("the policies"),
        keys: std::sync::Arc::new(store::MasterKey::new(&[7; 16].into())),
        clock: clock::now,
    };
    Store::open(settings).await.expect("a store")
}

/// Everyone's employee number, by unit and place in it.
fn number(unit: usize, place: usize) -> String {
    format!("N{unit:02}{place:03}")
}

/// Somebody's ID number, by their employee number: no real one looks like that.
pub fn id_number(employee: &str) -> String {
    format!("ID{employee}")
}

const HEAD: usize = 0;
const LEADER: usize = 1;
const WITNESS: usize = 2;
const FIRST_MEMBER: usize = 3;

async fn roster(store: &Store) {
    let units = (0..CLIENTS).map(|unit| {
        let fields = [("name", format!("第{unit}局")), ("head", number(unit, HEAD))];
        row(unit, format!("U{unit}"), fields)
    });
    import(store, Kind::Units, units.collect()).await;
    let everyone = (0..CLIENTS).flat_map(|unit| (0..FIRST_MEMBER + MEMBERS).map(move |place| (unit, place)));
    let people = everyone.enumerate().map(|(line, (unit, place))| {
        let leader = if place == LEADER { HEAD } else { LEADER };
        let fields = [
            ("name", format!("同志{line}")),
            ("unit", format!("第{unit}局")),
            ("staff_kind", "public_institution".to_owned()),
            ("post_type", "窗口".to_owned()),
            ("id_number", id_number(&number(unit, place))),
            ("joined", "2015-07-01".to_owned()),
            ("born", "1990-05-04".to_owned()),
            ("project_lead", if place == WITNESS { "yes" } else { "no" }.to_owned()),
        ];
        let led = (place != HEAD).then(|| ("leader", number(unit, leader)));
        row(line, number(unit, place), fields.into_iter().chain(led))
    });
    import(store, Kind::People, people.collect()).await;
}

pub fn row(line: usize, key: String, fields: impl IntoIterator<Item = (&'static str, String)>) -> Row {
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    // The first line of a file is its header.
    Row { number: line as u32 + 2, key, person: None, date: None, fields }
}

pub async fn import(store: &Store, kind: Kind, rows: Vec<Row>) {
    let mut laying = store.begin_laying(kind, clock::now()).await.expect("a batch");
    for part in rows.chunks(source::CHUNK) {
        store.lay_down(&mut laying, part).await.expect("rows");
    }
    let (file, digest) = (format!("{kind}.csv"), "00".repeat(32));
    let origin = Origin { file, sheet: None, digest, columns: Vec::new(), skipped: Vec::new() };
    let batch = store.laid(laying, origin).await.expect("a batch");
    let id = batch.id;
    does(store, &Actor::System, Act::ImportBatch { batch }).await;
    store.clear_laid(id).await.expect("a tidy end");
}

fn indicator(place: usize) -> String {
    format!("D{place}")
}

async fn library(store: &Store) {
    for place in 0..INDICATORS {
        let indicator = IndicatorDraft {
            code: indicator(place),
            name: format!("工作表现之{place}"),
            dimension: Dimension::Achievement,
            weight: Points::whole(100 / INDICATORS as i64),
            post_type: "窗口".to_owned(),
            source: "评价人评分".to_owned(),
            quantitative: false,
            words: "由直接领导按0-100分评分".to_owned(),
            target: None,
            cap: None,
        };
        does(store, &Actor::System, Act::DefineIndicator { indicator }).await;
    }
}

async fn open_cycle(store: &Store, year: i16) {
    let cycle = CycleDraft {
        regime: "public_institution".to_owned(),
        kind: "annual".to_owned(),
        title: format!("{year}年度考核"),
        from: date(year, 1, 1),
        to: date(year, 12, 31),
        schedule: Schedule { goals: date(year, 6, 30), scoring: date(year, 11, 30), grading: date(year, 12, 15) },
        exempt: Vec::new(),
    };
    does(store, &Actor::System, Act::OpenCycle { cycle }).await;
}

pub async fn does(store: &Store, who: &Actor, act: Act) -> Receipt {
    let name = act.name();
    store.act(who, store.new_key(), act).await.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Person and unit of everyone by employee number, and everyone's sheet.
type People = HashMap<String, (PersonId, UnitId)>;
type Sheets = HashMap<PersonId, AppraisalId>;

async fn read(place: &Place) -> (People, Sheets) {
    let people = tables::person::Entity::find().all(&place.db).await.expect("a read");
    let sheets = tables::appraisal::Entity::find().all(&place.db).await.expect("a read");
    (
        people.into_iter().map(|row| (row.number, (PersonId(row.person_id), UnitId(row.unit_id)))).collect(),
        sheets.into_iter().map(|row| (PersonId(row.person_id), AppraisalId(row.appraisal_id))).collect(),
    )
}

/// Somebody who is signed in.
struct Someone {
    account: AccountId,
    actor: Actor,
    session: Session,
}

/// One unit, and what a client needs to play it.
struct Unit<'a> {
    app: &'a web::App,
    people: &'a People,
    sheets: &'a Sheets,
    unit: usize,
    /// Those who act, by their place.
    staff: Vec<Someone>,
    /// A goal of each who reports progress.
    goals: Vec<(usize, GoalId)>,
    /// Scores that wait for the witness.
    scores: Vec<(usize, ScoreId)>,
}

impl Unit<'_> {
    /// Bring the unit to where the measuring begins.
    async fn begin(&mut self) {
        for member in REPORT {
            let goal = self.agreed_goal(member).await;
            self.goals.push((member, goal));
        }
        for member in CONFIRMED {
            let scores = self.given(member).await;
            self.scores.extend(scores.into_iter().map(|score| (member, score)));
        }
    }

    /// Spell what the unit's client sends.
    fn lane(&self) -> Lane {
        let spell = |place: usize, act| self.staff[place].session.submits(self.app.store.new_key(), &act);
        let proposals = PROPOSE.map(|member| spell(FIRST_MEMBER + member, self.proposal(member)));
        let reported = self.goals.iter().flat_map(|goal| (1..=REPORTS).map(move |time| (goal, time)));
        let reports =
            reported.map(|((member, goal), time)| spell(FIRST_MEMBER + member, self.report(*member, *goal, time)));
        let scored = SCORED.flat_map(|member| (0..INDICATORS).map(move |indicator| (member, indicator)));
        let scores = scored.map(|(member, indicator)| spell(LEADER, self.score(member, indicator)));
        let confirm = |member, score| Act::ConfirmScore { appraisal: self.sheet(member), score };
        let confirmations = self.scores.iter().map(|(member, score)| spell(WITNESS, confirm(*member, *score)));
        self.mixed([proposals.collect(), reports.collect(), scores.collect(), confirmations.collect()])
    }

    /// One kind of act after the other, in the same order for all clients, but each begins elsewhere.
    fn mixed(&self, kinds: [Vec<Vec<u8>>; 4]) -> Lane {
        const ORDER: [usize; 8] = [0, 1, 2, 1, 3, 2, 1, 3];
        let mut kinds = kinds.map(Vec::into_iter);
        let all = (0..ROUNDS * ORDER.len()).map(|step| ORDER[(step + self.unit) % ORDER.len()]);
        all.map(|kind| kinds[kind].next().expect("there are enough of each kind")).collect()
    }

    fn person(&self, place: usize) -> (PersonId, UnitId) {
        self.people[&number(self.unit, place)]
    }

    fn sheet(&self, member: usize) -> AppraisalId {
        self.sheets[&self.person(FIRST_MEMBER + member).0]
    }

    /// Open an account for everyone who acts.
    async fn accounts(&mut self) {
        for place in 0..FIRST_MEMBER + REPORT.end {
            let (person, unit) = self.person(place);
            let open = Act::OpenAccount { login: number(self.unit, place), person: Some(person), name: None };
            let account = AccountId(does(&self.app.store, &Actor::System, open).await.streams[0]);
            let actor = Actor::Account { account, person: Some(person), unit: Some(unit), grants: Vec::new() };
            self.staff.push(Someone { account, actor, session: Session::default() });
        }
    }

    /// Begin everyone's session as if a password had been typed: hashing that would take longer than all that is measured.
    async fn sign_in(&mut self) {
        for someone in &mut self.staff {
            let begun = web::session::begin(self.app, someone.account, Beginning::default()).await.expect("a session");
            someone.session = Session::begun(&begun);
        }
    }

    fn proposal(&self, member: usize) -> Act {
        let goal = |place: usize| GoalDraft {
            id: None,
            title: format!("第{place}项：窗口服务按时办结"),
            measure: "全年受理事项按时办结率不低于百分之九十八，群众评价满意率不低于百分之九十五".to_owned(),
            due: Some(date(2026, 11, 30)),
        };
        Act::ProposeGoals { appraisal: self.sheet(member), goals: (1..=3).map(goal).collect(), reason: String::new() }
    }

    /// A goal that member, leader and head have agreed on.
    async fn agreed_goal(&self, member: usize) -> GoalId {
        let [who, leader, head] = [FIRST_MEMBER + member, LEADER, HEAD].map(|place| &self.staff[place]);
        let (store, appraisal) = (&self.app.store, self.sheet(member));
        does(store, &who.actor, self.proposal(member)).await;
        does(store, &leader.actor, Act::EndorseGoals { appraisal, version: 1 }).await;
        does(store, &head.actor, Act::ConfirmGoals { appraisal, version: 1 }).await;
        let (_, sheet) = store.reader(&who.actor).appraisal(appraisal).await.expect("a read").expect("the own sheet");
        sheet.goals[0].proposed.goals[0].id
    }

    fn report(&self, member: usize, goal: GoalId, time: usize) -> Act {
        let percent = (time * 100 / REPORTS) as u8;
        let text = format!("第{time}次进展：本月受理事项全部按时办结，完成窗口业务培训一次，收到群众表扬信一封。");
        Act::ReportProgress { appraisal: self.sheet(member), goal, percent, text, attachments: Vec::new() }
    }

    fn score(&self, member: usize, place: usize) -> Act {
        let basis = Basis {
            what: "在系统升级期间主动加班值守，现场解决群众难题二十余件，无一投诉".to_owned(),
            when: Some(date(2026, 2, 12)),
            place: Some("政务服务大厅".to_owned()),
            witness: self.person(WITNESS).0,
        };
        let score = ScoreDraft { indicator: indicator(place), points: Points::whole(85), basis };
        Act::GiveScore { appraisal: self.sheet(member), score }
    }

    /// Scores that wait for the witness now.
    async fn given(&self, member: usize) -> Vec<ScoreId> {
        let (store, leader) = (&self.app.store, &self.staff[LEADER]);
        for place in 0..INDICATORS {
            does(store, &leader.actor, self.score(member, place)).await;
        }
        let found = store.reader(&leader.actor).appraisal(self.sheet(member)).await.expect("a read");
        let (_, sheet) = found.expect("an assessor reads the sheet");
        sheet.scores.iter().map(|score| score.given.id).collect()
    }
}
