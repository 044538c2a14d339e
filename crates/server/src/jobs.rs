//! Work the product does by itself. A step that is late is escalated, never approved; scores are computed again when new
//! source data came in.

use crate::clock;
use domain::{
    act::Act,
    actor::Actor,
    context::day,
    event::StreamKind,
    id::{AppraisalId, CycleId},
    refusal::Reason,
};
use jiff::Timestamp;
use std::{collections::BTreeMap, time::Duration};
use store::{Error, Store};
use uuid::Uuid;

/// How often there is a look.
const EVERY: Duration = Duration::from_secs(60);
/// How many late steps one look takes.
const MOST: u64 = 500;

/// Do it from now on.
pub fn start(store: Store) {
    tokio::spawn(async move {
        let (mut ticks, mut computed) = (tokio::time::interval(EVERY), BTreeMap::new());
        loop {
            ticks.tick().await;
            if let Err(error) = escalate(&store, clock::now()).await {
                tracing::error!(%error, "deadlines could not be looked at");
            }
            if let Err(error) = keep_computed(&store, &mut computed).await {
                tracing::error!(%error, "scores could not be computed");
            }
        }
    });
}

/// Compute every cycle that still scores up to the newest observations; `computed` says up to where each one is.
async fn keep_computed(store: &Store, computed: &mut BTreeMap<Uuid, i64>) -> Result<(), Error> {
    let newest = store.newest_observations().await?;
    for cycle in store.cycles().await?.iter().filter(|cycle| cycle.frozen_at.is_none()) {
        let since = computed.get(&cycle.cycle_id).copied();
        if since != Some(newest) {
            recompute(store, CycleId(cycle.cycle_id), since).await?;
            computed.insert(cycle.cycle_id, newest);
        }
    }
    Ok(())
}

/// Compute the quantitative scores of those in a cycle whom observations after an entry of the record speak of, or of
/// everyone. Where nothing changed, nothing is recorded.
pub async fn recompute(store: &Store, cycle: CycleId, since: Option<i64>) -> Result<(), Error> {
    for appraisal in store.observed_since(cycle, since).await? {
        recompute_one(store, appraisal).await?;
    }
    Ok(())
}

/// The same in every cycle that still scores.
pub async fn recompute_all(store: &Store, since: i64) -> Result<(), Error> {
    for cycle in store.cycles().await?.iter().filter(|cycle| cycle.frozen_at.is_none()) {
        recompute(store, CycleId(cycle.cycle_id), Some(since)).await?;
    }
    Ok(())
}

async fn recompute_one(store: &Store, appraisal: AppraisalId) -> Result<(), Error> {
    match store.act(&Actor::System, store.new_key(), Act::ComputeScores { appraisal }).await {
        // HR may have frozen the cycle in between.
        Err(Error::Refused(refusal)) if [Reason::NothingNew, Reason::ScoringFrozen].contains(&refusal.reason) => Ok(()),
        Err(Error::Refused(refusal)) => {
            tracing::warn!(%refusal, %appraisal, "scores could not be computed");
            Ok(())
        }
        other => other.map(|_| ()),
    }
}

/// Tell those who oversee it of every step that is late at `now`; how many.
pub async fn escalate(store: &Store, now: Timestamp) -> Result<usize, Error> {
    let today = day(now).to_string();
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
