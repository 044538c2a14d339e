//! Asking other processes. All that is asked and answered is public, and signed or proven.

use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest answer that is read, in bytes: a checkpoint with a hundred signatures has about a tenth of it.
const LONGEST: u64 = 1 << 17;

/// Status and body of an answer, whatever the status.
pub(super) struct Answer {
    pub status: u16,
    pub body: String,
}

/// A client of its own, with its connections.
#[derive(Clone)]
pub(super) struct Client(ureq::Agent);

impl Client {
    pub(super) fn new() -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false);
        Self(config.build().new_agent())
    }

    pub(super) fn get(&self, url: &str) -> anyhow::Result<Answer> {
        answer(self.0.get(url).call()?)
    }

    pub(super) fn post(&self, url: &str, body: &str) -> anyhow::Result<Answer> {
        answer(self.0.post(url).content_type("text/plain; charset=utf-8").send(body)?)
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> anyhow::Result<Answer> {
    let status = response.status().as_u16();
    Ok(Answer { status, body: response.body_mut().with_config().limit(LONGEST).read_to_string()? })
}
