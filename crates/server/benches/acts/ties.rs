//! How long it takes to know who is tied to whom: read and derived from nothing, after one declaration, and on the page where
//! assessors are named. The registers name five people for each member of staff, and what each declared on paper.

use super::{
    client::{Connection, Session},
    judged, millis, now,
    office::{self, does, import, row},
};
use domain::{
    act::Act,
    actor::{Actor, Grant, Role},
    batch::Kind,
    declaration::Relative,
    id::{AccountId, PersonId},
};
use jiff::civil::date;
use server::web::{App, session::Beginning};
use std::{hint::black_box, net::SocketAddr, time::Duration};
use store::{Store, tables};

/// How many people of a unit are checked against one person, and how long that may take.
const UNIT: usize = 500;
const LONGEST: Duration = Duration::from_millis(50);
/// How often each is measured.
const TIMES: usize = 20;

/// Bring the registers on record and measure.
pub async fn measure(app: &App, server: SocketAddr) {
    let store = &app.store;
    let roster = store.roster().await.expect("a read");
    let rows = registers(store, &roster).await;
    let (day, start) = (date(2026, 3, 2), now());
    let ties = store.ties(day).await.expect("ties");
    let pairs = ties.ties().kin().count();
    println!("  ties: {pairs} pairs of kin among {} staff", roster.len());
    println!("  derived from nothing, {rows} rows opened, in {:.2} s", start.elapsed().as_secs_f64());
    let mut again = Vec::new();
    for one in roster.iter().take(TIMES) {
        declares(store, PersonId(one.person_id)).await;
        let start = now();
        store.ties(day).await.expect("ties");
        again.push(start.elapsed());
    }
    told("derived anew after a declaration", again, None);
    let ties = store.ties(day).await.expect("ties");
    let check = |one: &tables::person::Model| {
        let start = now();
        let of = ties.of(PersonId(one.person_id));
        let apart = roster.iter().take(UNIT).filter(|other| of.is_apart_from(PersonId(other.person_id))).count();
        black_box(apart);
        start.elapsed()
    };
    told(
        &format!("one of the staff checked against {UNIT}"),
        roster.iter().take(TIMES).map(check).collect(),
        Some(LONGEST),
    );
    let path = format!("/appraisals/{}/assessors", sheet(store).await);
    let request = hr(app).await.gets(&path);
    let mut connection = Connection::to(server).await.expect("a connection");
    let mut pages = Vec::new();
    for _ in 0..TIMES {
        let start = now();
        assert_eq!(connection.ask(&request).await.expect("an answer"), 200, "{path}");
        pages.push(start.elapsed());
    }
    told("the page where assessors are named, over HTTP", pages, Some(LONGEST));
}

fn told(what: &str, mut times: Vec<Duration>, longest: Option<Duration>) {
    times.sort_unstable();
    let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
    let judged = longest.map(|longest| judged(slowest <= longest, format!("at most {:.0} ms", millis(longest))));
    let judged = judged.map(|judged| format!(" ({judged})")).unwrap_or_default();
    println!("  {what}: half within {:.2} ms, all within {:.2} ms{judged}", millis(median), millis(slowest));
}

/// A household of five and a declaration on paper for each; every twelfth is married to a colleague. How many rows.
async fn registers(store: &Store, roster: &[tables::person::Model]) -> usize {
    let (mut household, mut family, mut owners) = (Vec::new(), Vec::new(), Vec::new());
    for (place, one) in roster.iter().enumerate() {
        let own = office::id_number(&one.number);
        let colleague = (place % 12 == 0).then(|| roster.get(place + 1)).flatten();
        let spouse = colleague.map_or_else(|| format!("S{own}"), |other| office::id_number(&other.number));
        let [father, mother, child] = ["F", "M", "C"].map(|who| format!("{who}{own}"));
        let parents = [("father", father.clone()), ("mother", mother.clone())];
        let mut lives = |id: &str, ties: Vec<(&'static str, String)>| {
            let fields = [("id_number", id.to_owned()), ("name", format!("家人{id}")), ("household", own.clone())];
            household.push(row(household.len(), id.to_owned(), fields.into_iter().chain(ties)));
        };
        lives(&own, parents.into_iter().chain([("spouse", spouse.clone())]).collect());
        lives(&child, vec![("father", own.clone()), ("mother", spouse.clone())]);
        for other in [&spouse, &father, &mother].into_iter().take(if colleague.is_some() { 1 } else { 3 }) {
            lives(other, Vec::new());
        }
        for (relation, id) in [("配偶", &spouse), ("父亲", &father), ("子女", &child)] {
            let fields = [
                ("declarant", one.number.clone()),
                ("relation", relation.to_owned()),
                ("name", format!("家人{id}")),
                ("id_number", id.clone()),
            ];
            let line = row(family.len(), format!("{}/{id}", one.number), fields);
            family.push(domain::batch::Row { person: Some(one.number.clone()), ..line });
        }
        if place % 10 == 0 {
            let fields =
                [("company_code", format!("C{place}")), ("id_number", spouse), ("role", "shareholder".to_owned())];
            owners.push(row(owners.len(), format!("C{place}"), fields));
        }
    }
    let projects = roster.chunks(12).enumerate().map(|(place, members)| {
        let numbers: Vec<&str> = members.iter().skip(1).map(|one| one.number.as_str()).collect();
        let fields = [
            ("code", format!("P{place}")),
            ("name", format!("第{place}项工程")),
            ("contractor_code", format!("C{}", place * 10)),
            ("lead", members[0].number.clone()),
            ("members", numbers.join(";")),
            ("amount", "120".to_owned()),
        ];
        domain::batch::Row { date: Some(date(2026, 2, 1)), ..row(place, format!("P{place}"), fields) }
    });
    let projects: Vec<_> = projects.collect();
    let count = household.len() + family.len() + owners.len() + projects.len();
    for (kind, rows) in
        [(Kind::Household, household), (Kind::Family, family), (Kind::Shareholders, owners), (Kind::Projects, projects)]
    {
        import(store, kind, rows).await;
    }
    count
}

async fn declares(store: &Store, person: PersonId) {
    let child = Relative {
        relation: "子女".to_owned(),
        name: "家人".to_owned(),
        id_number: None,
        employer: None,
        since: None,
        until: None,
    };
    // An act of the person's own: no account is needed to decide it.
    let actor = Actor::Account { account: AccountId(person.0), person: Some(person), unit: None, grants: Vec::new() };
    does(store, &actor, Act::DeclareFamily { person, relatives: vec![child], after: None }).await;
}

async fn sheet(store: &Store) -> domain::id::AppraisalId {
    let cycles = store.cycles().await.expect("a read");
    store.appraisals_of(domain::id::CycleId(cycles[0].cycle_id)).await.expect("a read")[0]
}

/// An HR officer of the authority, signed in.
async fn hr(app: &App) -> Session {
    let open = Act::OpenAccount { login: "hr".to_owned(), person: None, name: Some("人事".to_owned()) };
    let account = AccountId(does(&app.store, &Actor::System, open).await.streams[0]);
    let grant = Grant { role: Role::HrOfficer, unit: None };
    does(&app.store, &Actor::System, Act::GrantRole { account, grant }).await;
    let begun = server::web::session::begin(app, account, Beginning::default()).await.expect("a session");
    Session::begun(&begun)
}
