//! The process is killed while people act, again and again, as a power cut or the kernel kills it: at any moment, without a
//! word. What was acknowledged is there afterwards, nothing is there twice, and the record has only grown.
//!
//! A dozen times on each run of the tests. Two hundred times, or from other moments:
//!
//! ```text
//! MINGJING_CRASHES=200 MINGJING_SEED=7 scripts/with-postgres cargo nextest run --workspace --profile ci every_crash
//! ```

mod client;
mod server;

use crate::{
    fresh::{Fresh, on_both},
    visitor::Office,
};
use client::Client;
use domain::actor::Role;
use ledger::{Algorithm, Head, verify_consistency};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use server::Server;
use std::{collections::BTreeMap, sync::mpsc, thread, time::Duration};
use store::Store;
use uuid::Uuid;

on_both!(what_was_acknowledged_outlives_every_crash);

/// How many act at the same time.
const CLIENTS: usize = 8;
/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

async fn what_was_acknowledged_outlives_every_crash(fresh: Fresh) {
    // Half of the kills on each database.
    let (kills, mut chance) = (told("MINGJING_CRASHES", 12) / 2, Chance(told("MINGJING_SEED", 1)));
    let url = fresh.url.clone();
    let office = Office::new(fresh).await;
    let mut keys = Vec::new();
    for place in 0..CLIENTS {
        keys.push(administrator(&office, &login(place)).await);
    }
    let server = Server::start(&url);
    let mut clients: Vec<Client> = tokio::task::block_in_place(|| {
        let at = server.address();
        let enter = |(place, key): (usize, &String)| Client::sign_in(&at, &login(place), key, office.store.clone());
        keys.iter().enumerate().map(enter).collect()
    });
    drop(server);
    let db = Database::connect(&url).await.expect("a connection");
    let before = acts(&db).await;
    let mut heads = heads(&office.store).await;
    for _ in 0..kills {
        let server = Server::start(&url);
        if chance.below(8) == 0 {
            // Killed before it is up.
            thread::sleep(Duration::from_millis(chance.below(500)));
            drop(server);
        } else {
            let (acts, then) = (1 + chance.below(5 * CLIENTS as u64), Duration::from_micros(chance.below(30_000)));
            tokio::task::block_in_place(|| act_until_killed(server, &mut clients, acts, then));
        }
        heads = grown(&office.store, heads).await;
    }
    let server = Server::start(&url);
    tokio::task::block_in_place(|| {
        let at = server.address();
        clients.iter_mut().for_each(|client| assert!(client.repeats(&at), "the server answers"));
    });
    drop(server);
    grown(&office.store, heads).await;
    let sent: BTreeMap<Uuid, i64> = clients.iter().flat_map(Client::acknowledged).collect();
    let mut after = acts(&db).await;
    after.retain(|key, _| !before.contains_key(key));
    assert_eq!(after, sent, "on record is what was acknowledged, in the place that the receipt says");
    assert_eq!(entries(&db).await, (before.len() + sent.len()) as i64, "each of these acts makes one entry, once");
    server::audits(&url);
    println!("{kills} kills, {} acts", sent.len());
}

fn told(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn login(place: usize) -> String {
    format!("admin{place}")
}

/// Someone who opens and locks accounts, with all it takes to sign in; the key of the second factor.
async fn administrator(office: &Office, login: &str) -> String {
    let account = office.account(login, &[Role::SystemAdmin]).await;
    office.own_password(account).await;
    office.second_factor(account, &[]).await
}

/// All clients first make sure of what they did before and then act, until a moment after so many acts the server is killed.
fn act_until_killed(server: Server, clients: &mut [Client], acts: u64, then: Duration) {
    let at = server.address();
    thread::scope(|scope| {
        // Whatever goes wrong from here on, the server ends first, and with it the clients.
        let server = server;
        let (acknowledged, receipts) = mpsc::channel();
        for client in clients {
            let (acknowledged, at) = (acknowledged.clone(), at.as_str());
            scope.spawn(move || {
                if client.repeats(at) {
                    client.acts(at, &acknowledged);
                }
            });
        }
        drop(acknowledged);
        for _ in 0..acts {
            receipts.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("nothing goes on: {}", server.log()));
        }
        thread::sleep(then);
    });
}

/// The heads of both trees.
async fn heads(store: &Store) -> [Head; 2] {
    let [sha256, sm3] = Algorithm::ALL.map(|algorithm| store.log_head(algorithm));
    [sha256.await.expect("a head"), sm3.await.expect("a head")]
}

/// The heads as they are now; both trees only add to what they were.
async fn grown(store: &Store, old: [Head; 2]) -> [Head; 2] {
    let new = heads(store).await;
    for ((algorithm, old), new) in Algorithm::ALL.into_iter().zip(&old).zip(&new) {
        let proof = store.consistency(algorithm, old.size, new.size).await.expect("a proof");
        verify_consistency(algorithm, old, new, &proof).expect("the tree has only grown");
    }
    new
}

/// Every act that people did: its key, and where its first entry stands.
async fn acts(db: &DatabaseConnection) -> BTreeMap<Uuid, i64> {
    let asked = "SELECT act_id, first_seq FROM act WHERE account_id IS NOT NULL";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), asked)).await.expect("a read");
    let pair = |row: sea_orm::QueryResult| {
        (row.try_get_by_index(0).expect("a key"), row.try_get_by_index(1).expect("a place"))
    };
    rows.into_iter().map(pair).collect()
}

/// How many entries people's acts made.
async fn entries(db: &DatabaseConnection) -> i64 {
    let asked = "SELECT count(*) FROM entry WHERE account_id IS NOT NULL";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), asked)).await.expect("a read");
    row.expect("a row").try_get_by_index(0).expect("a number")
}

/// SplitMix64: the same moments for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
