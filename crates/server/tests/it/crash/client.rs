//! Somebody who acts through the API under keys of their own, and does not take the server's word for it.

use super::PATIENCE;
use crate::visitor::{PASSWORD, code};
use domain::act::Act;
use serde_json::{Value, json};
use std::sync::mpsc::Sender;
use store::Store;
use uuid::Uuid;

/// An act that was sent, with its receipt once there was one.
struct Sent {
    key: Uuid,
    body: String,
    receipt: Option<Value>,
}

/// An administrator, who opens accounts, locks and unlocks them.
pub struct Client {
    login: String,
    agent: ureq::Agent,
    /// Sessions outlive crashes, so signing in once is enough.
    cookie: String,
    csrf: String,
    /// For keys.
    store: Store,
    sent: Vec<Sent>,
    /// Up to here, receipts were compared with what the server says after a crash.
    compared: usize,
}

impl Client {
    /// Somebody who signs in with the key of their second factor.
    pub fn sign_in(server: &str, login: &str, second_factor: &str, store: Store) -> Client {
        let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false);
        let agent = config.build().new_agent();
        let typed = json!({ "login": login, "password": PASSWORD, "code": code(second_factor, 0) }).to_string();
        let request = agent.post(format!("{server}/api/session")).content_type("application/json");
        let mut answer = request.send(typed).expect("an answer");
        let cookie = answer.headers().get("set-cookie").and_then(|set| set.to_str().ok()).unwrap_or_default();
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let text = answer.body_mut().read_to_string().expect("a whole body");
        assert_eq!(answer.status(), 200, "{login}: {text}");
        let begun: Value = serde_json::from_str(&text).expect("JSON");
        let csrf = begun["csrf_token"].as_str().expect("a token").to_owned();
        Client { login: login.to_owned(), agent, cookie, csrf, store, sent: Vec::new(), compared: 0 }
    }

    /// Keys of the acts that were acknowledged, and the places that their receipts name.
    pub fn acknowledged(&self) -> impl Iterator<Item = (Uuid, i64)> {
        let receipts = self.sent.iter().filter_map(|sent| Some((sent.key, sent.receipt.as_ref()?)));
        receipts.map(|(key, receipt)| (key, receipt["seq"].as_i64().expect("a place")))
    }

    /// Send again what was sent since the last crash but one. What was acknowledged is answered with the same receipt, and
    /// nothing happens; what was in doubt is done now, if it was not. False: the server is gone again.
    pub fn repeats(&mut self, server: &str) -> bool {
        for place in self.compared..self.sent.len() {
            let Ok(again) = self.submit(server, &self.sent[place].body) else { return false };
            match &self.sent[place].receipt {
                Some(first) => {
                    assert_eq!(again["repeated"], true, "{again}");
                    for part in ["act", "seq", "entries", "at", "streams"] {
                        assert_eq!(again[part], first[part], "{part} of {first}");
                    }
                }
                None => self.sent[place].receipt = Some(again),
            }
        }
        self.compared = self.sent.len();
        true
    }

    /// Do one thing after the other until the server is gone, and say of each that it was acknowledged.
    pub fn acts(&mut self, server: &str, acknowledged: &Sender<()>) {
        loop {
            let key = self.store.new_key();
            let mut body = serde_json::to_value(self.next()).expect("an act is JSON");
            body["key"] = json!(key);
            let body = body.to_string();
            self.sent.push(Sent { key, body: body.clone(), receipt: None });
            let Ok(receipt) = self.submit(server, &body) else { return };
            self.sent.last_mut().expect("what was just sent").receipt = Some(receipt);
            // Nobody counts any more once the server is to be killed.
            let _ = acknowledged.send(());
        }
    }

    /// An account is opened, locked, unlocked; then another one.
    fn next(&self) -> Act {
        let done = self.sent.len();
        let account = || {
            let opened = self.sent[done - done % 3].receipt.as_ref().expect("a receipt");
            serde_json::from_value(opened["streams"][0].clone()).expect("an id")
        };
        match done % 3 {
            0 => {
                let login = format!("{}-{done}", self.login);
                Act::OpenAccount { login, person: None, name: Some("某同志".to_owned()) }
            }
            1 => Act::LockAccount { account: account(), reason: "休假".to_owned() },
            _ => Act::UnlockAccount { account: account() },
        }
    }

    /// The receipt; an error if the server is gone.
    fn submit(&self, server: &str, body: &str) -> Result<Value, ureq::Error> {
        let request = self.agent.post(format!("{server}/api/acts")).content_type("application/json");
        let mut answer = request.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf).send(body)?;
        let text = answer.body_mut().read_to_string()?;
        assert_eq!(answer.status(), 200, "{body}: {text}");
        Ok(serde_json::from_str(&text).expect("a receipt is JSON"))
    }
}
