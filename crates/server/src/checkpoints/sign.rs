//! `mingjing sign`: the keeper of a log's key. It asks the server for the head of the record and for the proof that it
//! only adds to the head signed last, and signs if that holds. It listens to nobody, so the key is behind no port, and it
//! believes nothing but the proof: a server that was set back or rewritten is left without a signature.

use super::{http::Client, key, memory::Memory, tree};
use anyhow::{Context, bail};
use ledger::{Advance, Checkpoint, NotSigned, SigningKey, sign_checkpoint};
use std::path::{Path, PathBuf};

/// One log's key, and where its server is.
pub struct Signer {
    key: SigningKey,
    memory: Memory,
    client: Client,
    /// `<server>/log/<tree>`.
    at: String,
    /// The size that the server was given last.
    given: u64,
}

impl Signer {
    /// Take up the key in a file. `server` is the address of the server, `state` the folder of this signer alone.
    pub fn open(key: &Path, server: &str, state: &Path) -> anyhow::Result<Self> {
        let key: SigningKey =
            key::read(key)?.parse().with_context(|| format!("{} is no key of a log", key.display()))?;
        let algorithm = key.verifier().signature_type().algorithm();
        let at = format!("{}/log/{}", server.trim_end_matches('/'), tree(algorithm));
        Ok(Self { key, memory: Memory::open(state)?, client: Client::new(), at, given: 0 })
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        self.key.verifier().name()
    }

    /// Ask once, and sign what is new: how many entries the signature covers, if there was anything to sign.
    pub fn round(&mut self) -> anyhow::Result<Option<u64>> {
        let last = self.memory.last(self.origin())?.map(|(head, _)| head);
        let signed = last.map_or(0, |head| head.size);
        let asked = self.client.get(&format!("{}/advance?old={signed}", self.at));
        let answer = asked.with_context(|| format!("the server at {} does not answer", self.at))?;
        let advance: Advance<Checkpoint> = match answer.status {
            200 => answer.body.parse()?,
            409 => {
                let asked = answer.body.trim().parse().unwrap_or(0);
                return Err(NotSigned::SetBack { signed, asked }.into());
            }
            status => bail!("the server at {} answers with status {status}: {}", self.at, answer.body.trim()),
        };
        let size = advance.checkpoint.head.size;
        if size == 0 || (size == signed && self.given == signed) {
            return Ok(None);
        }
        let note = sign_checkpoint(&self.key, last, &advance)?;
        self.memory.keep(self.origin(), &note)?;
        let answer = self.client.post(&format!("{}/checkpoint", self.at), &note.to_string())?;
        if answer.status != 200 {
            bail!("the server did not take the checkpoint ({}): {}", answer.status, answer.body.trim());
        }
        self.given = size;
        Ok(Some(size))
    }
}

/// Sign what each of the keys has to sign, over and over, or once: false if one of them could not.
pub fn run(
    keys: &[PathBuf],
    server: &str,
    state: &Path,
    every: std::time::Duration,
    once: bool,
) -> anyhow::Result<bool> {
    let mut signers = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        signers.push(Signer::open(key, server, &state.join(place.to_string()))?);
        tracing::info!("signing for {}", signers[place].origin());
    }
    loop {
        let mut all = true;
        for signer in &mut signers {
            match signer.round() {
                Ok(Some(size)) => tracing::info!("{}: signed {size} entries", signer.origin()),
                Ok(None) => {}
                Err(error) => {
                    all = false;
                    tracing::error!("{}: nothing signed. {error:#}", signer.origin());
                }
            }
        }
        if once {
            return Ok(all);
        }
        std::thread::sleep(every);
    }
}
