//! Work the product does by itself: deadlines. A step that is late is escalated, never approved.

use crate::clock;
use domain::{act::Act, actor::Actor, event::StreamKind};
use std::time::Duration;
use store::{Error, Store};

/// How often deadlines are looked at.
const EVERY: Duration = Duration::from_secs(60);
/// How many late steps one look takes.
const MOST: u64 = 500;

/// Look at deadlines from now on.
pub fn start(store: Store) {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            ticks.tick().await;
            if let Err(error) = escalate(&store).await {
                tracing::error!(%error, "deadlines could not be looked at");
            }
        }
    });
}

/// Tell those who oversee it of every step that is late; how many.
pub async fn escalate(store: &Store) -> Result<usize, Error> {
    let today = domain::context::day(clock::now()).to_string();
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
