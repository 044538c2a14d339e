//! The one writer of an authority: drains a queue of acts into one transaction, a savepoint per act,
//! and answers only after COMMIT. Two acts never race, and one fsync serves many.

use crate::{
    Error, Receipt, Store, append,
    keyring::Keyring,
    load::{KnownCycles, Loader},
    secret::{self, Secret},
    shelf::{Added, Shelf},
    table::truth::act,
    ties::KnownTies,
};
use domain::{
    act::Act,
    actor::Actor,
    context::{Context, Rulebook, day},
    decide::decide,
    refusal::{Reason, Refusal},
    ties::TiesOn,
};
use jiff::Timestamp;
use policy::{Denied, Policies};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// What the writer works with.
pub(crate) struct Desk {
    pub db: DatabaseConnection,
    pub cycles: KnownCycles,
    pub ties: KnownTies,
    pub keys: Keyring,
    pub shelf: Shelf,
    pub authority: Uuid,
    pub rules: Arc<Rulebook>,
    pub policies: Arc<Policies>,
    pub clock: fn() -> Timestamp,
}

/// An act on its way.
pub(crate) struct Submission {
    actor: Actor,
    key: Uuid,
    act: Act,
    secret: Option<Secret>,
    answer: oneshot::Sender<Result<Receipt, Error>>,
}

/// How acts reach the writer.
pub(crate) type Handle = mpsc::Sender<Submission>;

/// How many acts may wait before senders do.
const QUEUE: usize = 1024;
/// How many acts one transaction takes at most.
const GROUP: usize = 128;

/// A fresh id: UUIDv7, made here and nowhere else.
#[allow(clippy::disallowed_methods, reason = "the one place where ids are made")]
pub(crate) fn new_id() -> Uuid {
    Uuid::now_v7()
}

pub(crate) fn start(desk: Desk) -> Handle {
    let (sender, mut queue) = mpsc::channel::<Submission>(QUEUE);
    tokio::spawn(async move {
        let mut rules_recorded = false;
        while let Some(first) = queue.recv().await {
            rules_recorded = rules_recorded || desk.record_rules().await;
            let mut group = vec![first];
            while group.len() < GROUP
                && let Ok(next) = queue.try_recv()
            {
                group.push(next);
            }
            desk.write(group).await;
        }
    });
    sender
}

impl Desk {
    /// Before the first act: an outcome can always be explained by the rules of its day. False: to be tried again.
    async fn record_rules(&self) -> bool {
        let (answer, answered) = oneshot::channel();
        let (regimes, policies) = (self.rules.hash.clone(), self.policies.hash().to_owned());
        let act = Act::RecordRules { regimes, policies };
        self.write(vec![Submission { actor: Actor::System, key: new_id(), act, secret: None, answer }]).await;
        match answered.await {
            Ok(Ok(_)) => true,
            Ok(Err(Error::Refused(refusal))) => refusal.reason == Reason::NothingChanged,
            _ => false,
        }
    }

    async fn write(&self, group: Vec<Submission>) {
        let mut answers = Vec::with_capacity(group.len());
        let (txn, done) = match self.begin(&group).await {
            Ok(begun) => begun,
            Err(error) => {
                self.shelf.clear();
                return fail(group, &error.to_string());
            }
        };
        let keys = self.keys.inside();
        for submission in group {
            let result = self.one(&txn, &keys, &done, &submission).await;
            answers.push((submission.answer, result));
        }
        let written = match self.shelf.write(&txn, self.authority).await {
            Ok(()) => txn.commit().await.map_err(Error::from),
            Err(error) => Err(error),
        };
        // An answer tells the truth only after COMMIT. Whoever has stopped waiting does not matter.
        match written {
            Ok(()) => {
                keys.committed();
                tracing::debug!(acts = answers.len(), "committed");
                answers.into_iter().for_each(|(answer, result)| drop(answer.send(result)));
            }
            Err(error) => {
                self.cycles.forget();
                self.ties.forget();
                self.shelf.clear();
                let text = error.to_string();
                for (answer, _) in answers {
                    drop(answer.send(Err(Error::Unfit(text.clone()))));
                }
            }
        }
    }

    fn loader<'a, C: ConnectionTrait>(&'a self, db: &'a C, keys: &'a Keyring) -> Loader<'a, C> {
        let (shelf, cycles) = (Some(&self.shelf), Some(&self.cycles));
        Loader { db, authority: self.authority, keys, shelf, cycles, ties: &self.ties }
    }

    /// Begin a transaction for these, and find out which of them were done before.
    async fn begin(&self, group: &[Submission]) -> Result<(DatabaseTransaction, HashMap<Uuid, act::Model>), Error> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let txn = self.db.begin_with_options(options).await?;
        // Another process may write too: what is decided from here on is decided on the newest record.
        let head = append::lock_head(&self.loader(&txn, &self.keys)).await?;
        self.shelf.begin(head.size as u64);
        let done = act::Entity::find()
            .filter(act::Column::AuthorityId.eq(self.authority))
            .filter(act::Column::ActId.is_in(group.iter().map(|submission| submission.key)));
        let done = done.all(&txn).await?.into_iter().map(|done| (done.act_id, done)).collect();
        Ok((txn, done))
    }

    /// One act: kept if it went through, and as if it had never been if not.
    async fn one(
        &self,
        txn: &DatabaseTransaction,
        keys: &Keyring,
        done: &HashMap<Uuid, act::Model>,
        submission: &Submission,
    ) -> Result<Receipt, Error> {
        let Submission { actor, key, act, secret, .. } = submission;
        // Keyed, for what was sent may be short enough to be guessed.
        let digest = keys.index().of("act", &serde_json::to_vec(&(act, actor.by()))?).to_vec();
        if let Some(done) = self.shelf.done(*key).or_else(|| done.get(key).cloned()) {
            if done.digest != digest {
                return Err(Refusal::from(Reason::KeyReused).into());
            }
            self.shelf.write(txn, self.authority).await?;
            return append::done(&self.loader(txn, keys), &done).await;
        }
        if act.sets_secret() != secret.is_some() {
            return Err(Refusal::from(Reason::SecretMissing).into());
        }
        let needs = act.needs();
        if needs.office || needs.sheets {
            // Looks through all records of a kind, not at one that is at hand.
            self.shelf.write(txn, self.authority).await?;
        }
        let (savepoint, keys) = (txn.begin().await?, keys.inside());
        let loader = self.loader(&savepoint, &keys);
        match self.act(&loader, submission, digest).await {
            Ok((receipt, added)) => {
                savepoint.commit().await?;
                keys.committed();
                self.shelf.add(added);
                if matches!(act, Act::EraseSubject { .. }) {
                    // What is at hand was read before it was erased.
                    self.shelf.write(txn, self.authority).await?;
                    self.shelf.forget_records();
                }
                if matches!(act, Act::EraseSubject { .. } | Act::ImportBatch { .. }) {
                    self.shelf.write(txn, self.authority).await?;
                    self.shelf.forget_ties();
                }
                Ok(receipt)
            }
            Err(error) => {
                savepoint.rollback().await?;
                Err(error)
            }
        }
    }

    async fn act<C: ConnectionTrait>(
        &self,
        loader: &Loader<'_, C>,
        submission: &Submission,
        digest: Vec<u8>,
    ) -> Result<(Receipt, Added), Error> {
        let Submission { actor, key, act, secret, .. } = submission;
        // Roles may have been taken back, or the account locked, since the actor was read.
        let actor = &match actor.by().account {
            Some(account) => loader.actor(account).await?.ok_or_else(locked)?,
            None => Actor::System,
        };
        // As fine as the columns beside the record: sent again, an act is answered with the same receipt to the letter.
        let at = Timestamp::from_microsecond((self.clock)().as_microsecond())
            .map_err(|_| Error::Unfit("the clock is out of range".to_owned()))?;
        let mut case = loader.case(act, actor.by()).await?;
        if act.needs().ties {
            case.ties = Some(TiesOn::new(loader.ties().await?, day(at), self.rules.recusal.business.years));
        }
        let permit = self.policies.permit(actor, act, &case).map_err(|denied| Error::Denied(Box::new(denied)))?;
        let context = Context { now: at, actor, rules: &self.rules, new_id: &new_id };
        let emits = decide(&context, act, &case)?;
        let writing = append::Writing { act_id: *key, act, actor, at, permit: &permit, digest };
        let done = append::append(loader, &self.shelf, &writing, &emits).await?;
        secret::keep(loader, act, secret.as_ref()).await?;
        Ok(done)
    }
}

fn locked() -> Error {
    Error::Denied(Box::new(Denied::because("policy-account-locked")))
}

fn fail(group: Vec<Submission>, text: &str) {
    for submission in group {
        drop(submission.answer.send(Err(Error::Unfit(text.to_owned()))));
    }
}

impl Store {
    /// Do an act. `key` is the sender's: the same key sent again answers with the first receipt.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] where policy says no, [`Error::Refused`] where the case does not allow it.
    pub async fn act(&self, actor: &Actor, key: Uuid, act: Act) -> Result<Receipt, Error> {
        self.submit(actor, key, act, None).await
    }

    /// Do an act that sets a secret; the secret is written in the same transaction, beside the record.
    pub async fn act_with(&self, actor: &Actor, key: Uuid, act: Act, secret: Secret) -> Result<Receipt, Error> {
        self.submit(actor, key, act, Some(secret)).await
    }

    async fn submit(&self, actor: &Actor, key: Uuid, act: Act, secret: Option<Secret>) -> Result<Receipt, Error> {
        let (answer, answered) = oneshot::channel();
        let submission = Submission { actor: actor.clone(), key, act, secret, answer };
        self.writer.send(submission).await.map_err(|_| Error::Stopping)?;
        answered.await.map_err(|_| Error::Stopping)?
    }

    /// A fresh key for an act of the product's own.
    pub fn new_key(&self) -> Uuid {
        new_id()
    }
}
