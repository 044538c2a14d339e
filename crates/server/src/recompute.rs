//! Scores follow the data: whatever brought a batch in or opened a cycle, every value that it touches is computed again
//! until HR freezes scoring. The product does it by itself, by acts like any other.

use domain::{act::Act, actor::Actor, refusal::Reason};
use store::{Error, Store};
use tokio::{sync::Mutex, task::JoinSet};

/// How many acts are under way at once: the writer takes them into few transactions.
const AT_ONCE: usize = 64;

/// Two at once would do the same work twice.
static ALONE: Mutex<()> = Mutex::const_new(());

/// Work in everything that came on record since the last time; how many appraisals changed. `tell` is told how many
/// of how many are done. Where it is interrupted, the next time begins where this one began.
pub async fn catch_up(store: &Store, tell: impl Fn(u64, u64)) -> Result<u64, Error> {
    let _alone = ALONE.lock().await;
    let Some(stale) = store.stale().await? else { return Ok(0) };
    let all = stale.appraisals.len() as u64;
    let (mut done, mut changed) = (0, 0);
    let mut waiting = stale.appraisals.iter().copied();
    while done < all {
        let mut under_way = JoinSet::new();
        for appraisal in waiting.by_ref().take(AT_ONCE) {
            let (store, act) = (store.clone(), Act::ComputeScores { appraisal });
            under_way.spawn(async move { store.act(&Actor::System, store.new_key(), act).await });
        }
        while let Some(answer) = under_way.join_next().await {
            done += 1;
            changed += u64::from(went_through(answer.map_err(|_| Error::Stopping)?)?);
            tell(done, all);
        }
    }
    store.worked_in(&stale).await?;
    Ok(changed)
}

/// A refusal is an answer here: nothing changed, or scoring was frozen in between.
fn went_through(answer: Result<store::Receipt, Error>) -> Result<bool, Error> {
    match answer {
        Ok(_) => Ok(true),
        Err(Error::Refused(refusal)) => {
            if refusal.reason == Reason::FormulaUnfit {
                tracing::warn!(%refusal, "a value could not be computed");
            }
            Ok(false)
        }
        Err(error) => Err(error),
    }
}
