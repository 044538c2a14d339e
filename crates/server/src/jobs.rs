//! Work the product does by itself: deadlines, scores that follow the data, and what nobody wants any more. A step that
//! is late is escalated, never approved.

use crate::{
    checkpoints::{Trust, cosign},
    clock, importing, recompute,
    watching::{Scans, Seen},
    web::ledger::Check,
};
use domain::{
    act::Act,
    actor::Actor,
    context::CHINA,
    event::StreamKind,
    id::{AppraisalId, PersonId},
    ties::TiesOn,
};
use jiff::{SignedDuration, Timestamp};
use ledger::Algorithm;
use std::time::Duration;
use store::{Error, Store};
use tokio::time::MissedTickBehavior;

/// How often there is a look.
const EVERY: Duration = Duration::from_secs(60);
/// How often it is asked whether new data came on record.
const SOON: Duration = Duration::from_secs(5);
/// The hour of the night, where the offices are, in which the whole record is checked.
const NIGHT: i8 = 2;
/// For how long an upload is kept, a file that no act names, and what was laid down without ever going on record.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How many late steps one look takes.
const MOST: u64 = 500;

/// Begin all of it, and go on with what a restart interrupted.
pub fn start(store: Store, trust: Option<Trust>, check: Check, scans: Scans) {
    tokio::spawn(checking_at_night(store.clone(), check));
    tokio::spawn(looking_through_facts(store.clone(), scans));
    if let Some(trust) = trust {
        tokio::spawn(cosign::run(store.clone(), trust));
    }
    tokio::spawn(looking_at_deadlines(store.clone()));
    tokio::spawn(following_the_data(store.clone()));
    tokio::spawn(async move {
        match store.interrupted_uploads().await {
            Ok(uploads) => uploads.into_iter().for_each(|upload| importing::upload::start(store.clone(), upload)),
            Err(error) => tracing::error!(%error, "interrupted uploads could not be found"),
        }
    });
}

async fn looking_at_deadlines(store: Store) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = count_surveys(&store, clock::now()).await {
            tracing::error!(%error, "surveys could not be counted");
        }
        if let Err(error) = escalate(&store, clock::now()).await {
            tracing::error!(%error, "deadlines could not be looked at");
        }
        if let Err(error) = ask_for_declarations(&store, clock::now()).await {
            tracing::error!(%error, "nobody could be asked to declare");
        }
        if let Err(error) = forget(&store).await {
            tracing::error!(%error, "old uploads could not be forgotten");
        }
        if let Err(error) = store.sweep(clock::now().as_microsecond()).await {
            tracing::error!(%error, "expired sessions could not be swept away");
        }
    }
}

async fn checking_at_night(store: Store, check: Check) {
    let mut ticks = tokio::time::interval(EVERY);
    let mut checked = None;
    loop {
        ticks.tick().await;
        let now = CHINA.to_datetime(clock::now());
        if now.hour() != NIGHT || checked == Some(now.date()) {
            continue;
        }
        match store.log_head(Algorithm::Sha256).await {
            Ok(head) => {
                check.begin(store.clone(), None, head.size);
                checked = Some(now.date());
            }
            Err(error) => tracing::error!(%error, "the record could not be checked tonight"),
        }
    }
}

async fn looking_through_facts(store: Store, scans: Scans) {
    let mut ticks = tokio::time::interval(SOON);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = Seen::default();
    loop {
        ticks.tick().await;
        if scans.last().is_some_and(|run| run.ended.is_none()) {
            continue;
        }
        let at_night = CHINA.to_datetime(clock::now()).hour() == NIGHT;
        match seen.is_due(&store, at_night).await {
            Ok(true) => drop(scans.begin(store.clone(), None)),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "it could not be told whether the facts have changed"),
        }
    }
}

async fn following_the_data(store: Store) {
    let mut ticks = tokio::time::interval(SOON);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    loop {
        ticks.tick().await;
        if let Err(error) = follow_ties(&store, &mut seen, clock::now()).await {
            tracing::error!(%error, "ties that were found could not be raised");
        }
        if let Err(error) = recompute::catch_up(&store, |_, _| ()).await {
            tracing::error!(%error, "scores could not be computed again");
        }
    }
}

/// Whatever ties there are since the last look, act on them: recusals where a duty meets one, findings where they look wrong.
async fn follow_ties(store: &Store, seen: &mut Option<TiesOn>, now: Timestamp) -> Result<(), Error> {
    let before = seen.clone();
    raise_found(store, seen, now).await?;
    let same = before.as_ref().zip(seen.as_ref()).is_some_and(|(before, now)| before.are_those_of(now));
    if same { Ok(()) } else { check_ties(store).await }
}

/// Look through all ties, and raise what looks wrong and was not raised before.
pub async fn check_ties(store: &Store) -> Result<(), Error> {
    match store.act(&Actor::System, store.new_key(), Act::CheckTies {}).await {
        // Nothing new.
        Ok(_) | Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Count every survey that takes no answers any more.
pub async fn count_surveys(store: &Store, now: Timestamp) -> Result<(), Error> {
    for cycle in store.surveys_over(&domain::context::day(now).to_string()).await? {
        store.act(&Actor::System, store.new_key(), Act::CountSurvey { cycle }).await?;
    }
    Ok(())
}

/// In one month of the year, everybody who was not asked in it is asked to declare their family.
pub async fn ask_for_declarations(store: &Store, now: Timestamp) -> Result<(), Error> {
    if domain::context::day(now).month() != store.rules().recusal.declare.month {
        return Ok(());
    }
    match store.act(&Actor::System, store.new_key(), Act::AskForDeclarations {}).await {
        Ok(_) | Err(Error::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Where registers came on record since the last look, raise a recusal of everybody with a duty in the case of somebody they turn
/// out to be tied to: it is the competent leader's to name who takes their place.
pub async fn raise_found(store: &Store, seen: &mut Option<TiesOn>, now: Timestamp) -> Result<usize, Error> {
    let ties = store.ties(domain::context::day(now)).await?;
    if seen.as_ref().is_some_and(|seen| seen.are_those_of(&ties)) {
        return Ok(0);
    }
    let mut raised = 0;
    for duty in store.open_duties().await? {
        let (concerned, subject) = (PersonId(duty.person_id), PersonId(duty.subject_id));
        if !ties.of(subject).is_apart_from(concerned) {
            continue;
        }
        let act = Act::RaiseRecusal { appraisal: AppraisalId(duty.appraisal_id), concerned, text: String::new() };
        match store.act(&Actor::System, store.new_key(), act).await {
            Ok(_) => raised += 1,
            // It is raised or decided already, or the duty is over.
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    *seen = Some(ties);
    Ok(raised)
}

/// Forget uploads of the day before, files that no act names, and rows that never went on record.
async fn forget(store: &Store) -> Result<(), Error> {
    let before = clock::now() - KEPT;
    store.forget_uploads(before).await?;
    store.forget_attachments(before).await?;
    store.clear_abandoned(before).await
}

/// Tell those who oversee it of every step that is late at `now`; how many.
pub async fn escalate(store: &Store, now: Timestamp) -> Result<usize, Error> {
    let today = domain::context::day(now).to_string();
    let mut told = 0;
    for late in store.overdue(&today, MOST).await? {
        let Some(of) = StreamKind::ALL.into_iter().find(|kind| kind.as_str() == late.stream_kind) else { continue };
        let act = Act::Escalate { of, id: late.stream_id, todo: late.todo_key };
        match store.act(&Actor::System, store.new_key(), act).await {
            Ok(_) => told += 1,
            // Somebody took the step in between.
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(told)
}
