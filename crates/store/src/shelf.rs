//! The shelf: what the writer has at hand of the record, so that it asks the database for nothing it has just written.
//!
//! It holds as long as nobody else writes, which the size of the record tells at the beginning of each transaction. What an
//! act adds comes onto it only once the act is settled, so one that is refused leaves nothing behind; and it waits here
//! until the end of the transaction, where one statement writes what many acts have added.

use crate::{
    Error,
    record::Recorded,
    table::truth::{act, entry, head, node},
    tree::Trees,
    view::{self, Change},
};
use domain::{event::Stream, ties::Ties};
use jiff::civil::Date;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// What one act adds to the record.
#[derive(Default)]
pub(crate) struct Added {
    pub entries: Vec<entry::Model>,
    pub nodes: Vec<node::ActiveModel>,
    pub recorded: Vec<Recorded>,
    /// What changes in the rows that show it.
    pub shown: Vec<Change>,
    pub act: Option<act::Model>,
    pub trees: Trees,
}

#[derive(Default)]
struct Held {
    /// As of how many entries all of this holds.
    size: Option<u64>,
    trees: Option<Trees>,
    ties: Option<Arc<Ties>>,
    records: HashMap<Stream, Arc<Vec<Recorded>>>,
    entries: usize,
    /// Acts of the transaction at hand.
    acts: HashMap<Uuid, act::Model>,
    waiting: Waiting,
}

/// What is yet to be written.
#[derive(Default)]
struct Waiting {
    entries: Vec<entry::Model>,
    nodes: Vec<node::ActiveModel>,
    /// The last change of each row.
    shown: HashMap<(&'static str, String), Change>,
    acts: Vec<act::Model>,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Held>);

impl Shelf {
    /// As many entries as are kept at hand; some kilobytes each.
    const MOST: usize = 100_000;

    fn held(&self) -> MutexGuard<'_, Held> {
        // Nothing that holds this lock can panic half-way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A transaction begins on a record of this size: if somebody else has written, nothing is at hand.
    pub(crate) fn begin(&self, size: u64) {
        let mut held = self.held();
        if held.size != Some(size) || held.entries > Self::MOST {
            *held = Held { size: Some(size), ..Held::default() };
        }
        held.acts.clear();
    }

    /// Nothing is at hand any more.
    pub(crate) fn clear(&self) {
        *self.held() = Held::default();
    }

    /// The trees as they stand.
    pub(crate) fn trees(&self) -> Option<Trees> {
        self.held().trees.clone()
    }

    /// The trees as they were read.
    pub(crate) fn put_trees(&self, trees: Trees) {
        self.held().trees = Some(trees);
    }

    /// The ties of the staff on a day, if they are at hand.
    pub(crate) fn ties(&self, day: Date) -> Option<Arc<Ties>> {
        self.held().ties.clone().filter(|ties| ties.hold_on(day))
    }

    /// The ties as they were derived.
    pub(crate) fn put_ties(&self, ties: Arc<Ties>) {
        self.held().ties = Some(ties);
    }

    /// What ties are derived from has changed. Nothing may wait.
    pub(crate) fn forget_ties(&self) {
        self.held().ties = None;
    }

    /// A record, if it is at hand.
    pub(crate) fn record(&self, stream: Stream) -> Option<Arc<Vec<Recorded>>> {
        self.held().records.get(&stream).cloned()
    }

    /// A record as it was read.
    pub(crate) fn put(&self, stream: Stream, record: Arc<Vec<Recorded>>) {
        let mut held = self.held();
        held.entries += record.len();
        held.records.insert(stream, record);
    }

    /// An act that has gone through in the transaction at hand.
    pub(crate) fn done(&self, key: Uuid) -> Option<act::Model> {
        self.held().acts.get(&key).cloned()
    }

    /// Somebody was erased: what was read before is forgotten. Nothing may wait.
    pub(crate) fn forget_records(&self) {
        let mut held = self.held();
        held.records.clear();
        held.entries = 0;
    }

    /// An act has gone through.
    pub(crate) fn add(&self, added: Added) {
        let mut held = self.held();
        held.size = held.size.map(|size| size + added.entries.len() as u64);
        held.entries += added.recorded.len();
        for recorded in added.recorded {
            if let Some(record) = held.records.get_mut(&recorded.stream) {
                Arc::make_mut(record).push(recorded);
            }
        }
        held.trees = Some(added.trees);
        held.waiting.entries.extend(added.entries);
        held.waiting.nodes.extend(added.nodes);
        held.waiting.shown.extend(added.shown.into_iter().map(|change| (change.key(), change)));
        held.acts.extend(added.act.clone().map(|act| (act.act_id, act)));
        held.waiting.acts.extend(added.act);
    }

    /// Nothing waits: the tables say what the record says.
    pub(crate) fn is_settled(&self) -> bool {
        self.held().waiting.acts.is_empty()
    }

    /// Write what waits: entries, nodes, views, acts, and the head over them.
    pub(crate) async fn write(&self, db: &impl ConnectionTrait, authority: Uuid) -> Result<(), Error> {
        let (waiting, trees) = {
            let mut held = self.held();
            (std::mem::take(&mut held.waiting), held.trees.clone())
        };
        waiting.write(trees, db, authority).await
    }
}

impl Waiting {
    async fn write(self, trees: Option<Trees>, db: &impl ConnectionTrait, authority: Uuid) -> Result<(), Error> {
        let waiting = self;
        for part in waiting.entries.chunks(200) {
            let rows = part.iter().cloned().map(IntoActiveModel::into_active_model);
            entry::Entity::insert_many(rows).exec_without_returning(db).await?;
        }
        for part in waiting.nodes.chunks(500) {
            node::Entity::insert_many(part.to_vec()).exec_without_returning(db).await?;
        }
        view::write(db, waiting.shown.into_values()).await?;
        let acts: Vec<act::ActiveModel> = waiting.acts.into_iter().map(IntoActiveModel::into_active_model).collect();
        for part in acts.chunks(500) {
            act::Entity::insert_many(part.to_vec()).exec_without_returning(db).await?;
        }
        if let Some(trees) = trees.filter(|_| !waiting.entries.is_empty()) {
            let of = head::Column::AuthorityId.eq(authority);
            let head = head::Entity::update_many()
                .col_expr(head::Column::Size, Expr::value(trees.sha256.size() as i64))
                .col_expr(head::Column::Root, Expr::value(trees.sha256.root().to_vec()))
                .col_expr(head::Column::Sm3Root, Expr::value(trees.sm3.root().to_vec()));
            head.filter(of).exec(db).await?;
        }
        Ok(())
    }
}
