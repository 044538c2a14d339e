//! An authority under test: a store on a fresh database, a clock that the test moves, and people who act themselves.

use crate::fresh::Fresh;
use domain::{
    act::Act,
    actor::Actor,
    appraisal::Appraisal,
    context::CHINA,
    cycle::Cycle,
    id::{AppraisalId, CycleId, NoticeId, OutcomeId, PersonId, SlateId, UnitId},
    notice::Notice,
    outcome::Outcome,
    refusal::{Reason, Refusal},
    slate::Slate,
};
use jiff::{Timestamp, civil::Date};
use policy::Policies;
use server::rules;
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};
use store::{Error, Receipt, Settings, Store, query::Slice};

/// All of a list, as long as no test has more.
pub const ALL: Slice = Slice { after: None, most: 10_000 };

/// Who stands for the product itself.
pub const CONSOLE: &str = "console";

/// Clocks that tests move: a store takes a plain function, so each has its own.
static TIMES: [AtomicI64; 4] = [const { AtomicI64::new(0) }; 4];
const READ: [fn() -> Timestamp; 4] = [read::<0>, read::<1>, read::<2>, read::<3>];
static TAKEN: AtomicUsize = AtomicUsize::new(0);

fn read<const CLOCK: usize>() -> Timestamp {
    // Every look is a little later, as in life.
    Timestamp::from_microsecond(TIMES[CLOCK].fetch_add(1_000, Ordering::Relaxed)).expect("a time")
}

/// An authority under test.
pub struct City {
    /// Its data.
    pub store: Store,
    clock: usize,
    fresh: Fresh,
}

impl City {
    /// A new authority, at nine in the morning of a day.
    pub async fn new(fresh: Fresh, day: Date) -> City {
        let clock = TAKEN.fetch_add(1, Ordering::Relaxed) % TIMES.len();
        set(clock, day);
        let store = open(&fresh.url, READ[clock]).await;
        City { store, clock, fresh }
    }

    /// The same authority through a process of its own, with a writer of its own.
    pub async fn another_process(&self) -> Store {
        open(&self.fresh.url, READ[self.clock]).await
    }

    /// The same authority through a process of its own that goes by another clock.
    pub async fn another_with(&self, clock: fn() -> Timestamp) -> Store {
        open(&self.fresh.url, clock).await
    }

    /// Let it be nine in the morning of a day.
    pub fn on(&self, day: Date) {
        set(self.clock, day);
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        READ[self.clock]()
    }

    /// The day.
    pub fn today(&self) -> Date {
        domain::context::day(self.now())
    }

    /// Whoever signs in under this name.
    pub async fn who(&self, login: &str) -> Actor {
        if login == CONSOLE {
            return Actor::System;
        }
        let account = self.store.account_of_login(login).await.expect("a read");
        let account = account.unwrap_or_else(|| panic!("{login} has no account"));
        self.store.actor(account).await.expect("a read").unwrap_or_else(|| panic!("{login} is locked"))
    }

    /// Somebody on the roster, by number.
    pub async fn person(&self, number: &str) -> PersonId {
        let roster = self.store.roster().await.expect("a read");
        let found = roster.iter().find(|person| person.number == number);
        PersonId(found.unwrap_or_else(|| panic!("{number} is not on the roster")).person_id)
    }

    /// A unit, by its short name.
    pub async fn unit(&self, name: &str) -> UnitId {
        let units = self.store.units().await.expect("a read");
        let found = units.iter().find(|unit| unit.short_name.as_deref() == Some(name));
        UnitId(found.unwrap_or_else(|| panic!("there is no unit {name}")).unit_id)
    }

    /// Somebody does something, under a fresh key.
    pub async fn tries(&self, login: &str, act: Act) -> Result<Receipt, Error> {
        self.store.act(&self.who(login).await, self.store.new_key(), act).await
    }

    /// Somebody does something, and it happens.
    pub async fn does(&self, login: &str, act: Act) -> Receipt {
        let name = act.name();
        self.tries(login, act).await.unwrap_or_else(|error| panic!("{login} could not {name}: {error}"))
    }

    /// Somebody may do it, but the case does not allow it.
    pub async fn refused(&self, login: &str, act: Act, reason: Reason) -> Refusal {
        let name = act.name();
        match self.tries(login, act).await {
            Err(Error::Refused(refusal)) if refusal.reason == reason => refusal,
            other => panic!("{login} tried to {name}: expected {reason:?}, got {other:?}"),
        }
    }

    /// A policy forbids it, this one among them.
    pub async fn forbidden(&self, login: &str, act: Act, policy: &str) {
        let name = act.name();
        match self.tries(login, act).await {
            Err(Error::Denied(denied)) if denied.forbidden_by.iter().any(|id| id == policy) => {}
            other => panic!("{login} tried to {name}: expected {policy}, got {other:?}"),
        }
    }

    /// No policy permits it.
    pub async fn not_theirs(&self, login: &str, act: Act) {
        let name = act.name();
        match self.tries(login, act).await {
            Err(Error::Denied(denied)) if denied.forbidden_by.is_empty() => {
                assert!(!denied.messages.is_empty(), "{login} is not told who may {name}");
            }
            other => panic!("{login} tried to {name}: expected that nothing permits it, got {other:?}"),
        }
    }

    /// What somebody's home page lists, as `task due`, in the order of the page.
    pub async fn todos(&self, login: &str) -> Vec<String> {
        let who = self.who(login).await;
        let todos = self.store.reader(&who).todos_after(self.today(), None, 1000).await.expect("a read");
        todos.into_iter().map(|todo| format!("{} {}", todo.task, todo.due.unwrap_or_default())).collect()
    }

    /// The to-do is on somebody's home page.
    pub async fn has_todo(&self, login: &str, todo: &str) {
        let todos = self.todos(login).await;
        assert!(todos.iter().any(|known| known == todo), "{login} has no to-do '{todo}', only {todos:?}");
    }

    /// A task is on nobody's or not on this person's home page.
    pub async fn has_no_todo(&self, login: &str, task: &str) {
        let todos = self.todos(login).await;
        assert!(!todos.iter().any(|known| known.starts_with(&format!("{task} "))), "{login}: {todos:?}");
    }

    /// The cycle of this title.
    pub async fn cycle(&self, title: &str) -> CycleId {
        let cycles = self.store.cycles().await.expect("a read");
        let found = cycles.iter().find(|cycle| cycle.title == title);
        CycleId(found.unwrap_or_else(|| panic!("there is no cycle {title}")).cycle_id)
    }

    /// Somebody's appraisal in a cycle.
    pub async fn sheet_of(&self, number: &str, cycle: CycleId) -> AppraisalId {
        let sheets = self.store.reader(&self.who(number).await).own_appraisals().await.expect("a read");
        let found = sheets.iter().find(|sheet| sheet.cycle_id == cycle.0);
        AppraisalId(found.unwrap_or_else(|| panic!("{number} takes no part")).appraisal_id)
    }

    /// An appraisal as somebody sees it.
    pub async fn appraisal(&self, login: &str, id: AppraisalId) -> (Arc<Cycle>, Appraisal) {
        let read = self.store.reader(&self.who(login).await).appraisal(id).await.expect("a read");
        read.unwrap_or_else(|| panic!("{login} can't see the appraisal"))
    }

    /// A slate as somebody sees it.
    pub async fn slate(&self, login: &str, id: SlateId) -> Slate {
        let read = self.store.reader(&self.who(login).await).slate(id).await.expect("a read");
        read.unwrap_or_else(|| panic!("{login} can't see the slate")).1
    }

    /// A notice as somebody sees it.
    pub async fn notice(&self, login: &str, id: NoticeId) -> Notice {
        let read = self.store.reader(&self.who(login).await).notice(id).await.expect("a read");
        read.unwrap_or_else(|| panic!("{login} can't see the notice")).1
    }

    /// An outcome as somebody sees it.
    pub async fn outcome(&self, login: &str, id: OutcomeId) -> Outcome {
        let read = self.store.reader(&self.who(login).await).outcome(id).await.expect("a read");
        read.unwrap_or_else(|| panic!("{login} can't see the outcome"))
    }

    /// Replay shows what the tables show.
    pub async fn is_whole(&self) {
        let report = self.store.audit(0, |_| ()).await.expect("an audit");
        assert_eq!(report.differences, Vec::new());
        assert!(report.entries > 0);
    }
}

fn set(clock: usize, day: Date) {
    let time = CHINA.to_timestamp(day.at(9, 0, 0, 0)).expect("a time");
    TIMES[clock].store(time.as_microsecond(), Ordering::Relaxed);
}

pub async fn open(url: &str, clock: fn() -> Timestamp) -> Store {
    let settings = Settings {
        url: url.to_owned(),
        authority: "云汀市人力资源和社会保障局".to_owned(),
        rules: rules::built_in().expect("the rules"),
        policies: Policies::built_in().expect("the policies"),
        keys: Arc::new(store::MasterKey::new(&[7; 16].into())),
        clock,
    };
    Store::open(settings).await.expect("a store")
}
