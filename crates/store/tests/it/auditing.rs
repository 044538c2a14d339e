//! `audit` names what was tampered with: every view, every part of the record, on both backends. Tampering is done as
//! whoever has the database would, in SQL.

use crate::{
    fresh::{Fresh, on_both},
    office::{ANNA, COLLEAGUES, HEAD, HR, LEADER, Office},
    schema::{self, Column},
};
use domain::{
    act::Act,
    actor::{Grant, Role},
};
use ledger::{Algorithm, Frontier};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::collections::{BTreeMap, BTreeSet};
use store::audit::Kind::{self, Changed, Extra, Missing};

on_both![every_row_of_every_view, every_part_of_the_record, every_row_of_source_data];

/// What an audit names: table, key, kind.
pub type Named = BTreeSet<(String, String, Kind)>;

/// The tables that are no views: the record, source data, and what is no part of either.
const TRUTH: [&str; 19] = [
    "authority",
    "head",
    "subject_key",
    "entry",
    "node",
    "act",
    "checkpoint",
    "batch_row",
    "laid_batch",
    "upload",
    "upload_file",
    "upload_part",
    "follower",
    "attachment",
    "handed_in",
    "credential",
    "recovery_code",
    "brake",
    "session",
];

/// The tables of the record itself.
const RECORD: [&str; 3] = ["entry", "node", "head"];

/// An authority in the middle of a cycle, and a copy of each table to go back to.
pub struct Tampering {
    pub office: Office,
    tables: BTreeMap<String, Vec<Column>>,
}

impl Tampering {
    async fn with(fresh: Fresh) -> Tampering {
        let office = Office::with_outcome(fresh).await;
        office.found_late(ANNA).await;
        office.looked_at(ANNA).await;
        office.keeps_a_leader_in_and_a_tip().await;
        Tampering::over(office).await
    }

    pub async fn over(office: Office) -> Tampering {
        let tampering = Tampering { office, tables: schema::tables().await };
        for table in tampering.tables.keys() {
            tampering.sql(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
        tampering.sql(if tampering.sqlite() { "PRAGMA ignore_check_constraints = ON" } else { NO_CHECKS }).await;
        assert_eq!(tampering.named().await, Named::new(), "nothing was touched yet");
        tampering
    }

    /// Make leaves, trees and head anew over the entries that are there, as whoever knows the product would.
    pub async fn rewrite(&self) {
        let (authority, bytes) = (self.office.authority().await, |hash: &[u8]| match self.sqlite() {
            true => format!("x'{}'", hex::encode(hash)),
            false => format!("decode('{}', 'hex')", hex::encode(hash)),
        });
        let authority = match self.sqlite() {
            true => format!("x'{}'", authority.to_string().replace('-', "")),
            false => format!("'{authority}'"),
        };
        self.sql("DELETE FROM node").await;
        let (mut sha256, mut sm3) = (Frontier::new(Algorithm::Sha256), Frontier::new(Algorithm::Sm3));
        let count: u64 = self.text("SELECT CAST(count(*) AS TEXT) FROM entry").await.parse().expect("a count");
        for seq in 0..count {
            let body = self.text(&format!("SELECT body FROM entry WHERE seq = {seq}")).await;
            let leaf = |algorithm: Algorithm| algorithm.leaf_hash(body.as_bytes());
            let leaf_sql = bytes(&leaf(Algorithm::Sha256));
            self.sql(&format!("UPDATE entry SET leaf = {leaf_sql} WHERE seq = {seq}")).await;
            let pairs = sha256.push(leaf(Algorithm::Sha256)).into_iter().zip(sm3.push(leaf(Algorithm::Sm3)));
            for (node, other) in pairs {
                let (level, place, hash, other) = (node.level, node.index, bytes(&node.hash), bytes(&other.hash));
                self.sql(&format!("INSERT INTO node VALUES ({authority}, {level}, {place}, {hash}, {other})")).await;
            }
        }
        let (root, other) = (bytes(&sha256.root()), bytes(&sm3.root()));
        self.sql(&format!("UPDATE head SET size = {count}, root = {root}, sm3_root = {other}")).await;
    }

    fn sqlite(&self) -> bool {
        self.office.db.get_database_backend() == DbBackend::Sqlite
    }

    pub async fn sql(&self, sql: &str) -> u64 {
        let done = self.office.db.execute_unprepared(sql).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}")).rows_affected()
    }

    pub async fn text(&self, sql: &str) -> String {
        let asked = Statement::from_string(self.office.db.get_database_backend(), sql);
        let row = self.office.db.query_one_raw(asked).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        row.unwrap_or_else(|| panic!("no row: {sql}"))
            .try_get_by_index(0)
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// What an audit names now.
    pub async fn named(&self) -> Named {
        let report = self.office.store.audit(0, |_| ()).await.expect("an audit");
        let named: Named = report.differences.iter().map(|of| (of.table.clone(), of.key.clone(), of.kind)).collect();
        assert_eq!(named.len(), report.differences.len(), "each is named once: {:?}", report.differences);
        named
    }

    /// Everything as it was.
    pub async fn restore(&self) {
        // Other tables refer to these, and no test touches them.
        let untouched = ["authority", "attachment", "handed_in"];
        for table in self.tables.keys().filter(|table| !untouched.contains(&table.as_str())) {
            self.sql(&format!("DELETE FROM {table}")).await;
            self.sql(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
    }

    /// Do this, and it alone is named; then everything as it was.
    async fn finds(&self, what: &str, sql: &[String], expected: Named) {
        self.tamper(sql).await;
        assert_eq!(self.named().await, expected, "{what}");
        self.restore().await;
    }

    /// Do this; this much is named, among what follows from it; then everything as it was.
    async fn finds_among(&self, what: &str, sql: &[String], expected: Named) {
        self.tamper(sql).await;
        let named = self.named().await;
        assert!(expected.is_subset(&named), "{what}: {expected:?} in {named:?}");
        self.restore().await;
    }

    async fn tamper(&self, sql: &[String]) {
        for sql in sql {
            assert!(self.sql(sql).await > 0, "nothing was touched: {sql}");
        }
    }

    /// Another value of a column than the one it has.
    fn other(&self, column: &Column) -> String {
        let name = &column.name;
        match (column.kind.as_str(), self.sqlite()) {
            ("TEXT", _) => format!("coalesce({name}, '') || 'x'"),
            ("BIGINT" | "SMALLINT", _) => format!("coalesce({name}, 0) + 1"),
            ("BOOLEAN", _) => format!("NOT {name}"),
            ("UUID", true) => "randomblob(16)".to_owned(),
            ("UUID", false) => "gen_random_uuid()".to_owned(),
            ("BYTEA", true) => "randomblob(32)".to_owned(),
            ("BYTEA", false) => "decode(md5('x') || md5('y'), 'hex')".to_owned(),
            (other, _) => panic!("a column of type {other}"),
        }
    }

    /// The key of a row as an audit writes it: without the authority, which is the same in all.
    fn key(&self, table: &str) -> String {
        let keys = self.keys(table).into_iter().skip(1).map(|column| match (column.kind.as_str(), self.sqlite()) {
            ("UUID", true) => {
                let part = |from, length| format!("substr(hex({}), {from}, {length})", column.name);
                let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
                format!("lower({})", parts.join(" || '-' || "))
            }
            _ => format!("CAST({} AS TEXT)", column.name),
        });
        keys.collect::<Vec<_>>().join(" || '/' || ")
    }

    fn keys(&self, table: &str) -> Vec<&Column> {
        let mut keys: Vec<&Column> = self.tables[table].iter().filter(|column| column.key > 0).collect();
        keys.sort_by_key(|column| column.key);
        keys
    }

    /// A condition for the first row of a table.
    fn first(&self, table: &str) -> String {
        let keys = self.keys(table).iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        format!("({keys}) = (SELECT {keys} FROM kept_{table} ORDER BY {keys} LIMIT 1)")
    }

    async fn key_of_first(&self, table: &str) -> String {
        self.text(&format!("SELECT {} FROM kept_{table} WHERE {}", self.key(table), self.first(table))).await
    }

    fn views(&self) -> impl Iterator<Item = &String> {
        self.tables.keys().filter(|table| !TRUTH.contains(&table.as_str()))
    }
}

impl Office {
    /// It is decided that a leader need not stay out, and a tip is kept.
    async fn looked_at(&self, number: &str) {
        let (person, login) = (self.person(number).await, "inspector");
        self.does("", Act::OpenAccount { login: login.to_owned(), person: None, name: Some("纪检".to_owned()) }).await;
        let account = self.store.account_of_login(login).await.expect("a read").expect("an account");
        self.does("", Act::GrantRole { account, grant: Grant { role: Role::Inspector, unit: None } }).await;
        self.does(login, Act::LookAtTies { person, other: None, reason: "年度核查".to_owned() }).await;
    }

    async fn keeps_a_leader_in_and_a_tip(&self) {
        let (appraisal, concerned) = (self.sheet(COLLEAGUES[3]).await, self.person(LEADER).await);
        self.does(COLLEAGUES[0], Act::RaiseRecusal { appraisal, concerned, text: "有情况".to_owned() }).await;
        let hr = self.who(HR).await;
        let (_, sheet) = self.store.reader(&hr).appraisal(appraisal).await.expect("a read").expect("an appraisal");
        let (recusal, reasons) = (sheet.recusals[0].raised.id, "查无此事".to_owned());
        let decide = Act::DecideRecusal { appraisal, recusal, recused: false, reasons, substitute: None };
        self.does(HEAD, decide).await;
        let (subject, concerned) = ("甲".to_owned(), "乙".to_owned());
        self.does(COLLEAGUES[1], Act::GiveTip { subject, concerned, text: "有情况".to_owned() }).await;
    }
}

/// Whoever has the database takes its checks away first.
const NO_CHECKS: &str = "DO $$ DECLARE c record; BEGIN \
    FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype IN ('c', 'u') AND connamespace = current_schema()::regnamespace LOOP \
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP; END $$";

pub fn named(table: &str, key: impl ToString, kind: Kind) -> (String, String, Kind) {
    (table.to_owned(), key.to_string(), kind)
}

/// Each column of each view is changed, a row of each is deleted, and one slipped in: all views at once, as an audit
/// looks at each by itself.
async fn every_row_of_every_view(fresh: Fresh) {
    let tampering = Tampering::with(fresh).await;
    let views: Vec<&String> = tampering.views().collect();
    assert_eq!(views.len(), 22, "{views:?}");
    let most = views.iter().map(|view| tampering.tables[*view].len()).max().unwrap_or(0);
    for place in 0..most {
        let (mut sql, mut expected) = (Vec::new(), Named::new());
        for view in &views {
            let columns = tampering.tables[*view].iter().filter(|column| column.key == 0);
            let Some(column) = columns.into_iter().nth(place) else { continue };
            let other = tampering.other(column);
            sql.push(format!("UPDATE {view} SET {} = {other} WHERE {}", column.name, tampering.first(view)));
            expected.insert(named(view, tampering.key_of_first(view).await, Changed));
        }
        if !sql.is_empty() {
            tampering.finds(&format!("column {place} changed"), &sql, expected).await;
        }
    }
    let (mut deleted, mut missing) = (Vec::new(), Named::new());
    let (mut inserted, mut extra) = (Vec::new(), Named::new());
    for view in &views {
        deleted.push(format!("DELETE FROM {view} WHERE {}", tampering.first(view)));
        missing.insert(named(view, tampering.key_of_first(view).await, Missing));
        let values = tampering.tables[*view].iter().map(|column| match column.name.as_str() {
            "authority_id" => column.name.clone(),
            _ => tampering.other(column),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        inserted.push(format!("INSERT INTO {view} SELECT {values} FROM kept_{view} WHERE {}", tampering.first(view)));
    }
    tampering.finds("a row of each deleted", &deleted, missing).await;
    tampering.tamper(&inserted).await;
    for view in &views {
        let (key, keys) = (tampering.key(view), tampering.keys(view));
        let keys = keys.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let stray = format!("SELECT {key} FROM {view} WHERE ({keys}) NOT IN (SELECT {keys} FROM kept_{view})");
        extra.insert(named(view, tampering.text(&stray).await, Extra));
    }
    assert_eq!(tampering.named().await, extra, "a row of each slipped in");
}

/// Entries, the tree over them, its head, and the acts they came from.
async fn every_part_of_the_record(fresh: Fresh) {
    let tampering = Tampering::with(fresh).await;
    let (size, _) = tampering.office.head().await;
    assert!(size > 40, "{size}");
    // A sealed entry in the middle: Anna's goals.
    let sealed = "SELECT CAST(max(seq) AS TEXT) FROM entry WHERE event = 'goals_proposed' AND sealed IS NOT NULL";
    let sealed: i64 = tampering.text(sealed).await.parse().expect("a place");
    for column in tampering.tables["entry"].iter().filter(|column| column.key == 0 && column.name != "body") {
        let sql = format!("UPDATE entry SET {} = {} WHERE seq = {sealed}", column.name, tampering.other(column));
        tampering.tamper(&[sql]).await;
        // Views and acts may follow from it; of the record that entry alone is named.
        let record = tampering.named().await.into_iter().filter(|(table, ..)| RECORD.contains(&table.as_str()));
        assert_eq!(record.collect::<Named>(), [named("entry", sealed, Changed)].into(), "{}", column.name);
        tampering.restore().await;
    }
    words_and_bodies(&tampering, size).await;
    ends_and_swaps(&tampering, size).await;
    tree_and_head(&tampering, size).await;
    acts(&tampering).await;
    checkpoints(&tampering, size).await;
}

/// A body is changed, alone and with the leaf beside it: the entry is named, and nothing of the tree above it.
async fn words_and_bodies(tampering: &Tampering, size: i64) {
    for seq in [0, 1, size / 2, size - 1] {
        let sql = format!("UPDATE entry SET body = replace(body, '\"form\":1', '\"form\":2') WHERE seq = {seq}");
        let expected: Named = [named("entry", seq, Changed)].into();
        tampering.finds(&format!("the body of {seq}"), std::slice::from_ref(&sql), expected.clone()).await;
        let body = sql.replace("form\":2", "form\":3");
        tampering.tamper(&[body]).await;
        let body = tampering.text(&format!("SELECT body FROM entry WHERE seq = {seq}")).await;
        let leaf = hex::encode(Algorithm::Sha256.leaf_hash(body.as_bytes()));
        let leaf = if tampering.sqlite() { format!("x'{leaf}'") } else { format!("decode('{leaf}', 'hex')") };
        let sql = format!("UPDATE entry SET leaf = {leaf} WHERE seq = {seq}");
        tampering.finds(&format!("body and leaf of {seq}"), &[sql], expected).await;
    }
}

async fn ends_and_swaps(tampering: &Tampering, size: i64) {
    let gone: Named = (size - 3..size).map(|seq| named("entry", seq, Missing)).collect();
    let delete = |condition: String| format!("DELETE FROM entry WHERE {condition}");
    tampering.finds_among("the last entries", &[delete(format!("seq >= {}", size - 3))], gone).await;
    let gone = [named("entry", size / 2, Missing)].into();
    tampering.tamper(&[delete(format!("seq = {}", size / 2))]).await;
    let record = tampering.named().await.into_iter().filter(|(table, ..)| RECORD.contains(&table.as_str()));
    assert_eq!(record.collect::<Named>(), gone, "one in the middle is gone: that one alone is named");
    tampering.restore().await;
    for (one, other) in [(2, 3), (4, size - 2)] {
        let swap = [(one, -1), (other, one), (-1, other)];
        let swap = swap.map(|(from, to)| format!("UPDATE entry SET seq = {to} WHERE seq = {from}"));
        let expected = [named("entry", one, Changed), named("entry", other, Changed)].into();
        tampering.finds_among(&format!("{one} and {other} swapped"), &swap, expected).await;
    }
    let columns: Vec<&str> = tampering.tables["entry"].iter().map(|column| column.name.as_str()).collect();
    for seq in [size, size + 7, -1] {
        let values = columns.join(", ").replace("seq", &seq.to_string());
        let insert = format!("INSERT INTO entry SELECT {values} FROM kept_entry WHERE seq = 5");
        tampering
            .finds_among(&format!("one slipped in at {seq}"), &[insert], [named("entry", seq, Extra)].into())
            .await;
    }
}

async fn tree_and_head(tampering: &Tampering, size: i64) {
    let column = |table: &str, name: &str| {
        tampering.tables[table].iter().find(|column| column.name == name).expect("a column").clone()
    };
    let other = |table: &str, name: &str| tampering.other(&column(table, name));
    for (level, place) in [(0, 0), (0, size - 1), (0, size / 2), (1, 3), (2, 0), (4, 1)] {
        let (at, key) = (format!("WHERE level = {level} AND place = {place}"), format!("{level}/{place}"));
        for hash in ["hash", "sm3"] {
            let sql = [format!("UPDATE node SET {hash} = {} {at}", other("node", hash))];
            tampering.finds(&format!("{hash} of {key}"), &sql, [named("node", &key, Changed)].into()).await;
        }
        let sql = [format!("DELETE FROM node {at}")];
        tampering.finds(&format!("node {key} deleted"), &sql, [named("node", &key, Missing)].into()).await;
    }
    for (level, place) in [(0, size), (9, 0), (70, 0)] {
        let node = format!(
            "INSERT INTO node SELECT authority_id, {level}, {place}, hash, sm3 FROM kept_node WHERE level = 1 AND place = 0"
        );
        let extra = [named("node", format!("{level}/{place}"), Extra)].into();
        tampering.finds(&format!("node {level}/{place} slipped in"), &[node], extra).await;
    }
    let key = tampering.office.authority().await;
    for (change, kind) in [
        (format!("UPDATE head SET root = {}", other("head", "root")), Changed),
        (format!("UPDATE head SET sm3_root = {}", other("head", "sm3_root")), Changed),
        ("UPDATE head SET size = size - 1".to_owned(), Changed),
        ("UPDATE head SET size = size + 1".to_owned(), Changed),
        ("DELETE FROM head".to_owned(), Missing),
    ] {
        tampering.finds(&change, std::slice::from_ref(&change), [named("head", key, kind)].into()).await;
    }
}

/// What was signed before outlives what is done to the record, even where the whole tree was rewritten with it.
async fn checkpoints(tampering: &Tampering, size: i64) {
    let store = &tampering.office.store;
    for (algorithm, origin) in [(Algorithm::Sha256, "log.example"), (Algorithm::Sm3, "log.example/sm3")] {
        let head = store.log_head(algorithm).await.expect("a head");
        // Whose signature it is, the server asks before it keeps one; here the note stands unsigned but for a filler.
        let text = ledger::Checkpoint { origin: origin.to_owned(), head }.to_string();
        let mut note = ledger::Note::new(text).expect("a note");
        note.sign(&ledger::SigningKey::ed25519(origin, &[7; 32]).expect("a key"));
        assert!(store.keep_checkpoint(algorithm, &note, jiff::Timestamp::UNIX_EPOCH).await.expect("a write"));
    }
    tampering.sql("DELETE FROM kept_checkpoint").await;
    tampering.sql("INSERT INTO kept_checkpoint SELECT * FROM checkpoint").await;
    let keys = ["log.example", "log.example/sm3"].map(|origin| format!("{origin}/{size}"));
    assert_eq!(tampering.named().await, Named::new(), "the record is as it was signed");
    let both: Named = keys.iter().map(|key| named("checkpoint", key, Changed)).collect();
    tampering.finds("a note changed", &["UPDATE checkpoint SET note = 'no note'".to_owned()], both.clone()).await;
    let bodies = "UPDATE entry SET body = replace(body, '\"form\":1', '\"form\":2') WHERE seq = 3";
    tampering.tamper(&[bodies.to_owned()]).await;
    tampering.rewrite().await;
    let found = tampering.named().await;
    assert!(found.is_superset(&both), "rewritten with leaves, nodes and head: {found:?}");
    assert!(
        !found.iter().any(|(table, ..)| table == "node" || table == "head"),
        "the tree itself is flawless: {found:?}"
    );
    tampering.restore().await;
    // Set back by three entries, with tree and head.
    for sql in ["DELETE FROM entry WHERE seq >= ", "DELETE FROM act WHERE first_seq + entries > "] {
        tampering.sql(&format!("{sql}{}", size - 3)).await;
    }
    tampering.rewrite().await;
    let found = tampering.named().await;
    let gone: Named = (size - 3..size).map(|seq| named("entry", seq, Missing)).collect();
    assert!(found.is_superset(&gone), "set back: {found:?}");
    tampering.restore().await;
}

async fn acts(tampering: &Tampering) {
    let (first, key) = (tampering.first("act"), tampering.key_of_first("act").await);
    for column in tampering.tables["act"].iter().filter(|column| column.key == 0 && column.name != "digest") {
        let sql = [format!("UPDATE act SET {} = {} WHERE {first}", column.name, tampering.other(column))];
        tampering.finds(&format!("act.{} changed", column.name), &sql, [named("act", &key, Changed)].into()).await;
    }
    let sql = [format!("DELETE FROM act WHERE {first}")];
    tampering.finds("an act deleted", &sql, [named("act", &key, Missing)].into()).await;
}

/// A file that an appraisal names is changed or gone.
async fn files(tampering: &Tampering) {
    let digest = tampering.text("SELECT digest FROM citation").await;
    let forged = if tampering.sqlite() { "x'00'" } else { "decode('00', 'hex')" };
    for change in [format!("content = {forged}"), "size = size + 1".to_owned(), "media = 'text/html'".to_owned()] {
        let sql = format!("UPDATE attachment SET {change} WHERE digest = '{digest}'");
        tampering.tamper(&[sql]).await;
        assert_eq!(tampering.named().await, [named("attachment", &digest, Changed)].into(), "{change}");
        let back = "(SELECT {} FROM kept_attachment AS kept WHERE kept.digest = attachment.digest)";
        let columns = ["content", "size", "media"].map(|column| format!("{column} = {}", back.replace("{}", column)));
        tampering.sql(&format!("UPDATE attachment SET {}", columns.join(", "))).await;
    }
    assert_eq!(tampering.named().await, Named::new(), "all is back");
}

/// Rows of a batch are changed, deleted or added: the batch is named, as its digest does not tell which row.
async fn every_row_of_source_data(fresh: Fresh) {
    let tampering = Tampering::with(fresh).await;
    files(&tampering).await;
    let first = tampering.first("batch_row");
    let key = tampering.key_of_first("batch_row").await;
    let (batch, _) = key.split_once('/').expect("batch and row");
    let expected = |kind| Named::from([named("batch_row", batch, kind)]);
    let columns = || tampering.tables["batch_row"].iter();
    for column in columns().filter(|column| column.key != 1 && column.name != "batch_id") {
        let other = tampering.other(column).replace(" + 1", " + 1000");
        let sql = [format!("UPDATE batch_row SET {} = {other} WHERE {first}", column.name)];
        tampering.finds(&format!("batch_row.{} changed", column.name), &sql, expected(Changed)).await;
    }
    let sql = [format!("UPDATE batch_row SET day = 'soon' WHERE {first}")];
    tampering.finds("a day that is none", &sql, expected(Changed)).await;
    tampering.finds("a row deleted", &[format!("DELETE FROM batch_row WHERE {first}")], expected(Missing)).await;
    for number in [-1, 0, 999] {
        let values = columns().map(|column| match column.name.as_str() {
            "row_number" => number.to_string(),
            _ => column.name.clone(),
        });
        let values = values.collect::<Vec<_>>().join(", ");
        let sql = [format!("INSERT INTO batch_row SELECT {values} FROM kept_batch_row WHERE {first}")];
        tampering.finds(&format!("row {number} slipped in"), &sql, expected(Extra)).await;
    }
    let sql = [format!("DELETE FROM batch_row WHERE batch_id = (SELECT batch_id FROM kept_batch_row WHERE {first})")];
    tampering.finds("all rows of a batch deleted", &sql, expected(Missing)).await;
    let values = columns().map(|column| match column.name.as_str() {
        "batch_id" => tampering.other(column),
        _ => column.name.clone(),
    });
    let values = values.collect::<Vec<_>>().join(", ");
    tampering.tamper(&[format!("INSERT INTO batch_row SELECT {values} FROM kept_batch_row WHERE {first}")]).await;
    let stray = "SELECT 1 FROM kept_batch_row k WHERE k.batch_id = batch_row.batch_id";
    let batch = tampering.key("batch_row").split(" || '/' || ").next().expect("the batch").to_owned();
    let batch = tampering.text(&format!("SELECT {batch} FROM batch_row WHERE NOT EXISTS ({stray})")).await;
    assert_eq!(tampering.named().await, [named("batch_row", batch, Extra)].into(), "rows of no batch");
    tampering.restore().await;
    assert_eq!(tampering.named().await, Named::new());
}
