//! The server's part: the latest checkpoint of each of its logs is shown to the witnesses, and what they put under it is
//! kept.

use super::{Trust, http::Client, log_of};
use anyhow::bail;
use ledger::{Advance, Algorithm, Checkpoint, Note, Peer};
use std::{collections::BTreeMap, time::Duration};
use store::{Store, log::Kept};

/// How often there is a look.
const EVERY: Duration = Duration::from_secs(5);

/// Show every new checkpoint to every witness, for as long as the server runs.
pub async fn run(store: Store, trust: Trust) {
    let client = Client::new();
    let mut ticks = tokio::time::interval(EVERY);
    // A witness that is away is told of once, not every time.
    let mut told: BTreeMap<(String, String), String> = BTreeMap::new();
    loop {
        ticks.tick().await;
        for algorithm in Algorithm::ALL {
            for witness in trust.witnesses() {
                let Some(log) = log_of(&trust, algorithm) else { continue };
                let result = show(&store, &trust, &client, log.name(), witness).await;
                let key = (log.name().to_owned(), witness.key.name().to_owned());
                match result {
                    Ok(()) => drop(told.remove(&key)),
                    Err(error) => {
                        let why = format!("{error:#}");
                        if told.get(&key) != Some(&why) {
                            tracing::warn!("{} did not cosign for {}: {why}", key.1, key.0);
                            told.insert(key, why);
                        }
                    }
                }
            }
        }
    }
}

/// Show a log's latest checkpoint to one witness, unless it has seen it.
async fn show(store: &Store, trust: &Trust, client: &Client, origin: &str, witness: &Peer) -> anyhow::Result<()> {
    let Some(url) = &witness.url else { return Ok(()) };
    let Some(mut latest) = store.checkpoints(origin, 0, 1).await?.pop() else { return Ok(()) };
    if saw(trust, &latest.note, witness) {
        return Ok(());
    }
    let kept = store.checkpoints(origin, 0, SEARCHED).await?;
    let mut old = kept.iter().find(|kept| saw(trust, &kept.note, witness)).map_or(0, |kept| kept.size);
    // It may have seen more than is known here: then it says what, and is asked once more from there.
    for _ in 0..2 {
        let asked = advance(store, &latest, old).await?;
        let (client, url) = (client.clone(), format!("{}/add-checkpoint", url.trim_end_matches('/')));
        let answer = tokio::task::spawn_blocking(move || client.post(&url, &asked)).await??;
        match answer.status {
            200 => {
                trust.adopt(&mut latest.note, &answer.body)?;
                return Ok(store.cosigned(&latest).await?);
            }
            409 => {
                let Ok(size) = answer.body.trim().parse::<u64>() else {
                    bail!("it answers with a conflict and no size")
                };
                if size > latest.size {
                    bail!(
                        "it saw {size} entries before, and the ledger now has {}: the ledger was set back",
                        latest.size
                    );
                }
                old = size;
            }
            status => bail!("it answers with status {status}: {}", answer.body.trim()),
        }
    }
    bail!("it changes its mind about how much it has seen")
}

/// How many checkpoints back it is looked for what a witness has seen.
const SEARCHED: u64 = 50;

fn saw(trust: &Trust, note: &Note, witness: &Peer) -> bool {
    let trusted = trust.check_log(note);
    trusted.is_ok_and(|trusted| trusted.cosignatures.iter().any(|cosignature| *cosignature.witness == witness.key))
}

async fn advance(store: &Store, latest: &Kept, old: u64) -> anyhow::Result<String> {
    let size = latest.note.text().parse::<Checkpoint>()?.head.size;
    let proof = store.consistency(latest.algorithm, old, size).await?;
    Ok(Advance { old, proof, checkpoint: latest.note.clone() }.to_string())
}
