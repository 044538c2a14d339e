//! The example city's signer and witnesses. In a real city they are processes on machines of their own; here they run
//! beside the server, so that one command shows the whole.

use super::{
    Trust,
    key::{self, Purpose},
    sign, witness,
};
use anyhow::Context;
use std::{net::SocketAddr, path::Path, time::Duration};
use tokio::net::TcpListener;

const ORIGIN: &str = "yunting.example/mingjing";
const WITNESSES: [(&str, &str); 2] = [("inspection", "inspection.yunting.example"), ("audit", "audit.yunting.example")];

/// Make the keys where there are none, start two witnesses, and give the policy that names them all. It is written to
/// `trust.txt`, for `mingjing verify`.
pub async fn prepare(dir: &Path) -> anyhow::Result<Trust> {
    std::fs::create_dir_all(dir).with_context(|| format!("{} can't be made", dir.display()))?;
    let mut logs = String::new();
    for (purpose, name, file) in
        [(Purpose::Log, ORIGIN.to_owned(), "log.key"), (Purpose::LogSm3, format!("{ORIGIN}/sm3"), "log-sm3.key")]
    {
        logs += &format!("log {}\n", public(dir, purpose, &name, file)?);
    }
    // A witness needs to know the logs alone.
    let known: Trust = std::sync::Arc::new(format!("{logs}quorum none\n").parse()?);
    let mut policy = logs;
    for (short, name) in WITNESSES {
        let file = format!("{short}.key");
        let key = public(dir, Purpose::Witness, name, &file)?;
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        policy += &format!("witness {short} {key} http://{}\n", listener.local_addr()?);
        let service = witness::service(&dir.join(file), known.clone(), &dir.join(short))?;
        tokio::spawn(async move { axum::serve(listener, service).await });
    }
    policy += "group witnesses all inspection audit\nquorum witnesses\n";
    std::fs::write(dir.join("trust.txt"), &policy)?;
    Ok(std::sync::Arc::new(policy.parse()?))
}

fn public(dir: &Path, purpose: Purpose, name: &str, file: &str) -> anyhow::Result<String> {
    let (secret, public) = (dir.join(file), dir.join(format!("{file}.pub")));
    if !public.exists() {
        std::fs::write(&public, format!("{}\n", key::make(purpose, name, &secret)?))?;
    }
    Ok(std::fs::read_to_string(public)?.trim().to_owned())
}

/// Sign what the server at this address records.
pub fn sign(dir: &Path, server: SocketAddr) {
    let keys = ["log.key", "log-sm3.key"].map(|file| dir.join(file));
    let state = dir.join("signer");
    std::thread::spawn(move || {
        let signed = sign::run(&keys, &format!("http://{server}"), &state, Duration::from_secs(3), false);
        if let Err(error) = signed {
            tracing::error!("the example city's signer stopped: {error:#}");
        }
    });
}
