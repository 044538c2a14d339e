//! The one writer of an authority: drains a queue of acts into one transaction and answers only after COMMIT. Two acts
//! never race, and one fsync serves many.
//!
//! An act is decided before anything of it is written, so one that is refused leaves nothing to take back. If what was
//! decided can't be written, the transaction is, and each of its acts gets one of its own.

use crate::{
    Error, Receipt, Store, append,
    keyring::Keyring,
    load::{KnownCycles, Loader},
    secret::{self, Secret},
    shelf::Shelf,
    signature::{self, Signed},
    table::truth::act,
    ties::KnownTies,
};
use domain::{
    act::Act,
    actor::Actor,
    context::{Context, Rulebook, day},
    decide::decide,
    event::{Emit, Event, Stream},
    refusal::{Reason, Refusal},
    ties::TiesOn,
};
use jiff::Timestamp;
use policy::{Denied, Permit, Policies};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
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
    signature: Option<String>,
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
        self.write(vec![Submission {
            actor: Actor::System,
            key: new_id(),
            act,
            secret: None,
            signature: None,
            answer,
        }])
        .await;
        match answered.await {
            Ok(Ok(_)) => true,
            Ok(Err(Error::Refused(refusal))) => refusal.reason == Reason::NothingChanged,
            _ => false,
        }
    }

    async fn write(&self, group: Vec<Submission>) {
        let error = match self.attempt(&group).await {
            // An answer tells the truth only after COMMIT. Whoever has stopped waiting does not matter.
            Ok(results) => {
                tracing::debug!(acts = results.len(), "committed");
                let answers = group.into_iter().map(|submission| submission.answer).zip(results);
                return answers.for_each(|(answer, result)| drop(answer.send(result)));
            }
            Err(error) => error,
        };
        self.cycles.forget();
        self.ties.forget();
        self.shelf.clear();
        match <[Submission; 1]>::try_from(group) {
            Ok([alone]) => drop(alone.answer.send(Err(error))),
            Err(group) => {
                tracing::warn!(acts = group.len(), %error, "what was decided could not be written; one by one");
                for submission in group {
                    Box::pin(self.write(vec![submission])).await;
                }
            }
        }
    }

    /// All of a group or nothing: what each act is answered with once it is committed.
    async fn attempt(&self, group: &[Submission]) -> Result<Vec<Result<Receipt, Error>>, Error> {
        let (txn, done) = self.begin(group).await?;
        let keys = self.keys.inside();
        self.fetch(&self.loader(&txn, &keys), group).await;
        let mut results = Vec::with_capacity(group.len());
        for submission in group {
            results.push(self.one(&txn, &keys, &done, submission).await?);
        }
        self.shelf.write(&txn, self.authority).await?;
        txn.commit().await?;
        keys.committed();
        Ok(results)
    }

    /// Get what these acts are about, all at once; what can't be read is found out by the act that needs it.
    async fn fetch<C: ConnectionTrait>(&self, loader: &Loader<'_, C>, group: &[Submission]) {
        let about = |submission: &Submission| {
            let (needs, by) = (submission.act.needs(), submission.actor.by());
            let people = by.person.into_iter().chain(needs.people).map(Stream::from);
            let others = by.account.map(Stream::from).into_iter().chain(needs.subject);
            others.chain(needs.appraisal.map(Stream::from)).chain(people).collect::<Vec<_>>()
        };
        let first: BTreeSet<Stream> = group.iter().flat_map(about).collect();
        loader.fetch(&first).await;
        let around = |stream: &Stream| match &self.shelf.record(*stream)?.first()?.event {
            Event::AppraisalOpened(opened) => Some([opened.person.into(), opened.cycle.into()]),
            _ => None,
        };
        loader.fetch(&first.iter().filter_map(around).flatten().collect()).await;
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

    /// One act: what it is answered with once it is committed. An error ends the whole transaction.
    async fn one(
        &self,
        txn: &DatabaseTransaction,
        keys: &Keyring,
        done: &HashMap<Uuid, act::Model>,
        submission: &Submission,
    ) -> Result<Result<Receipt, Error>, Error> {
        let Submission { actor, key, act, secret, .. } = submission;
        let loader = self.loader(txn, keys);
        // Keyed, for what was sent may be short enough to be guessed.
        let digest = keys.index().of("act", &serde_json::to_vec(&(act, actor.by()))?).to_vec();
        if let Some(done) = self.shelf.done(*key).or_else(|| done.get(key).cloned()) {
            if done.digest != digest {
                return Ok(Err(Refusal::from(Reason::KeyReused).into()));
            }
            self.shelf.write(txn, self.authority).await?;
            return append::done(&loader, &done).await.map(Ok);
        }
        if !secret::fits(act, secret.as_ref()) {
            return Ok(Err(Refusal::from(Reason::SecretMissing).into()));
        }
        let today = day((self.clock)());
        if looks_around(act) || (act.needs().ties && self.shelf.ties(today).is_none()) {
            self.shelf.write(txn, self.authority).await?;
        }
        let (decided, digest) = match self.decide(&loader, submission).await {
            Ok(decided) => (decided, digest),
            // A connection that failed is of no more use.
            Err(error @ Error::Database(_)) => return Err(error),
            Err(error) => return Ok(Err(error)),
        };
        let Decided { actor, at, permit, signed, emits } = decided;
        let signed = signed.as_ref();
        let writing = append::Writing { act_id: *key, act, actor: &actor, at, permit: &permit, signed, digest };
        let (receipt, added) = append::append(&loader, &self.shelf, &writing, &emits).await?;
        secret::keep(&loader, act, secret.as_ref()).await?;
        self.shelf.add(added);
        if matches!(act, Act::EraseSubject { .. }) {
            // What is at hand was read before it was erased.
            self.shelf.write(txn, self.authority).await?;
            self.shelf.forget_records();
        }
        if tells_of_ties(act) {
            self.shelf.write(txn, self.authority).await?;
            self.shelf.forget_ties();
        }
        Ok(Ok(receipt))
    }

    /// Ask policy, and decide: what is to be written, or why nothing is. Nothing has been written yet.
    async fn decide<C: ConnectionTrait>(
        &self,
        loader: &Loader<'_, C>,
        Submission { actor, key, act, signature, .. }: &Submission,
    ) -> Result<Decided, Error> {
        // Roles may have been taken back, or the account locked, since the actor was read.
        let (actor, account) = match actor.by().account {
            Some(id) => {
                let account = loader.account(id).await?.ok_or_else(locked)?;
                let (actor, _) = loader.actor_of(&account).await?.ok_or_else(locked)?;
                (actor, Some(account))
            }
            None => (Actor::System, None),
        };
        // As fine as the columns beside the record: sent again, an act is answered with the same receipt to the letter.
        let at = Timestamp::from_microsecond((self.clock)().as_microsecond())
            .map_err(|_| Error::Unfit("the clock is out of range".to_owned()))?;
        let mut case = loader.case(act, actor.by()).await?;
        if act.needs().ties {
            case.ties = Some(TiesOn::new(loader.ties(day(at)).await?, day(at), self.rules.recusal.business.years));
        }
        let permit = self.policies.permit(&actor, act, &case).map_err(|denied| Error::Denied(Box::new(denied)))?;
        let signed = signature::check(self.authority, account.as_ref(), *key, act, signature.as_deref())?;
        let context = Context { now: at, actor: &actor, rules: &self.rules, new_id: &new_id };
        let emits = decide(&context, act, &case)?;
        Ok(Decided { actor, at, permit, signed, emits })
    }
}

/// An act that is to be written.
struct Decided {
    actor: Actor,
    at: Timestamp,
    permit: Permit,
    signed: Option<Signed>,
    emits: Vec<Emit>,
}

/// Whether ties may be others after an act.
fn tells_of_ties(act: &Act) -> bool {
    matches!(
        act,
        Act::EraseSubject { .. }
            | Act::ImportBatch { .. }
            | Act::EnterThirdParty { .. }
            | Act::DeclareFamily { .. }
            | Act::CloseFinding { .. }
            | Act::ReopenFinding { .. }
    )
}

/// Whether an act looks through the tables and not only at records that are at hand: what waits is written first.
fn looks_around(act: &Act) -> bool {
    let needs = act.needs();
    let found = matches!(
        act,
        Act::OpenAccount { .. }
            | Act::SetPassword { .. }
            | Act::ImportBatch { .. }
            | Act::EraseSubject { .. }
            | Act::ChangeParticipation { .. }
            | Act::RecommendOutcome { .. }
    );
    found || needs.office || needs.findings || needs.asked || needs.everyone || needs.observations || needs.sheets
}

fn locked() -> Error {
    Error::Denied(Box::new(Denied::because("policy-account-locked")))
}

impl Store {
    /// Do an act. `key` is the sender's: the same key sent again answers with the first receipt.
    ///
    /// # Errors
    ///
    /// [`Error::Denied`] where policy says no, [`Error::Refused`] where the case does not allow it.
    pub async fn act(&self, actor: &Actor, key: Uuid, act: Act) -> Result<Receipt, Error> {
        self.submit(actor, key, act, None, None).await
    }

    /// Do an act that its sender signed: `signature` is base64, of [`Store::text_to_sign`].
    pub async fn act_signed(&self, actor: &Actor, key: Uuid, act: Act, signature: String) -> Result<Receipt, Error> {
        self.submit(actor, key, act, None, Some(signature)).await
    }

    /// Do an act that sets a secret; the secret is written in the same transaction, beside the record.
    pub async fn act_with(&self, actor: &Actor, key: Uuid, act: Act, secret: Secret) -> Result<Receipt, Error> {
        self.submit(actor, key, act, Some(secret), None).await
    }

    async fn submit(
        &self,
        actor: &Actor,
        key: Uuid,
        act: Act,
        secret: Option<Secret>,
        signature: Option<String>,
    ) -> Result<Receipt, Error> {
        let (answer, answered) = oneshot::channel();
        let submission = Submission { actor: actor.clone(), key, act, secret, signature, answer };
        self.writer.send(submission).await.map_err(|_| Error::Stopping)?;
        answered.await.map_err(|_| Error::Stopping)?
    }

    /// A fresh key for an act of the product's own.
    pub fn new_key(&self) -> Uuid {
        new_id()
    }
}
