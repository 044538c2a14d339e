//! Who is signed in. A session is a random cookie; the database keeps only its SHA-256. It ends when it
//! lies idle, after a working day, and whenever the account is locked.

use super::{App, area::Area, error::PageError, kit, locale::Reader};
use crate::clock;
use axum::{
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
};
use domain::{actor::Actor, id::AccountId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Display;
use store::Store;

/// Minutes without a request after which one signs in again.
const IDLE_MINUTES: i64 = 30;
/// Hours after which one signs in again in any case.
const LONGEST_HOURS: i64 = 12;
const MINUTE: i64 = 60 * 1_000_000;
const COOKIE: &str = "mingjing";

#[derive(Serialize, Deserialize)]
struct Data {
    account: AccountId,
    csrf: String,
    began: i64,
    /// What the last form led to, until its page has told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
}

/// What a form led to, told once: on the page that comes next, or on its own page when it was refused.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// Path and query of the page that tells it.
    pub page: String,
    /// Name of the form.
    pub form: String,
    /// How it went.
    pub how: How,
}

/// How it went with a form.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The act is on record.
    Done {
        /// Name of the act.
        act: String,
        /// Where its first entry stands in the record, from 0.
        seq: u64,
    },
    /// It was refused: what was typed comes back.
    Refused {
        /// The field it is about; empty for the form as a whole.
        field: String,
        /// Why, and what to do next.
        text: String,
        /// Names and values of the fields, as sent.
        typed: Vec<(String, String)>,
    },
}

/// Somebody signed in, and all that a page needs to know of them.
pub struct SignedIn {
    /// As rules see them.
    pub actor: Actor,
    /// The account.
    pub account: AccountId,
    /// The name shown.
    pub name: String,
    /// Unit or login, shown under the name.
    pub place: String,
    /// The session's token against forged requests.
    pub csrf: String,
    /// Language and display.
    pub reader: Reader,
    /// What the navigation leads to.
    pub areas: Vec<Area>,
    demo: bool,
    authority: String,
    /// The key of the session in the database.
    session: String,
    answer: Option<Answer>,
}

#[expect(clippy::disallowed_methods, reason = "session ids and tokens are random; nothing is decided by them")]
fn random() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    hex::encode(bytes)
}

fn kept(id: &str) -> String {
    hex::encode(Sha256::digest(id.as_bytes()))
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, id)| id.to_owned())
}

fn set_cookie(value: &str, seconds: i64) -> HeaderValue {
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A session that has just begun.
pub struct Begun {
    /// Sets its cookie.
    pub cookie: HeaderValue,
    /// Its token against forged requests.
    pub csrf: String,
}

/// Begin a session.
pub async fn begin(store: &Store, account: AccountId) -> Result<Begun, store::Error> {
    let (id, csrf, now) = (random(), random(), clock::now().as_microsecond());
    let data = serde_json::to_string(&Data { account, csrf: csrf.clone(), began: now, answer: None })?;
    store.save_session(&kept(&id), &data, now + IDLE_MINUTES * MINUTE).await?;
    Ok(Begun { cookie: set_cookie(&id, LONGEST_HOURS * 3600), csrf })
}

/// End the session of a request; the header takes the cookie away.
pub async fn end(store: &Store, headers: &HeaderMap) -> Result<HeaderValue, store::Error> {
    if let Some(id) = cookie(headers) {
        store.end_session(&kept(&id)).await?;
    }
    Ok(set_cookie("", 0))
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let State(App { store, demo }) = State::<App>::from_request_parts(parts, app).await?;
        let Ok(reader) = Reader::from_request_parts(parts, app).await;
        let id = cookie(&parts.headers).ok_or(PageError::SignIn)?;
        let now = clock::now().as_microsecond();
        let (text, expires) = store.session(&kept(&id), now).await?.ok_or(PageError::SignIn)?;
        let mut data: Data = serde_json::from_str(&text)?;
        if now > data.began + LONGEST_HOURS * 60 * MINUTE {
            return Err(PageError::SignIn);
        }
        let told = parts.method == Method::GET && data.answer.as_ref().is_some_and(|answer| answer.page == reader.path);
        let answer = if told { data.answer.take() } else { None };
        // Lying idle is measured to the minute, so that reading does not write.
        if told || expires < now + (IDLE_MINUTES - 1) * MINUTE {
            store.save_session(&kept(&id), &serde_json::to_string(&data)?, now + IDLE_MINUTES * MINUTE).await?;
        }
        let actor = store.actor(data.account).await?.ok_or(PageError::SignIn)?;
        let account = store.account(data.account).await?.ok_or(PageError::SignIn)?;
        let names = store.names().await?;
        let name = actor.person().map(|person| names.person(person).to_owned()).or(account.opened.name.clone());
        let place = actor.unit().map(|unit| names.unit(unit).to_owned()).unwrap_or_default();
        Ok(SignedIn {
            areas: Area::of(&store, &actor),
            actor,
            account: data.account,
            name: name.unwrap_or_else(|| account.opened.login.clone()),
            place,
            csrf: data.csrf,
            reader,
            demo,
            authority: store.authority_name().await?,
            session: kept(&id),
            answer,
        })
    }
}

impl SignedIn {
    /// The frame of a page for this person.
    pub fn page(&self, path: &str, title: impl Into<String>) -> kit::Page {
        let t = self.reader.t;
        let nav = self.areas.iter().map(|area| kit::NavItem {
            href: area.href().to_owned(),
            label: t.get(&format!("nav-{}", area.name())),
            icon: area.icon(),
            current: area.holds(path),
            count: 0,
        });
        let roles: Vec<String> =
            self.actor.grants().iter().map(|grant| t.get(super::words::role(grant.role))).collect();
        kit::Page {
            path: path.to_owned(),
            authority: self.authority.clone(),
            person: Some(kit::SignedIn {
                id: self.account.to_string(),
                person: kit::Person::new(self.name.clone(), self.place.clone()),
                roles: roles.join(t.get("list-comma").as_str()),
            }),
            nav: nav.collect(),
            csrf: self.csrf.clone(),
            demo: self.demo,
            flashes: self.flashes(),
            refused: matches!(self.answer, Some(Answer { how: How::Refused { .. }, .. })),
            accepted: self.accepted(),
            ..kit::Page::new(self.reader.clone(), title)
        }
    }

    /// What the page says about the last act, above everything else.
    fn flashes(&self) -> Vec<kit::Flash> {
        let t = self.reader.t;
        let flash = |answer: &Answer| match &answer.how {
            How::Done { act, seq } => {
                let args = [("act", t.arg(t.get(&format!("act-{act}")))), ("seq", t.arg(*seq))];
                kit::Flash { tone: kit::Tone::Success, text: t.with("act-done", &args) }
            }
            How::Refused { text, .. } => kit::Flash { tone: kit::Tone::Danger, text: text.clone() },
        };
        self.answer.iter().map(flash).collect()
    }

    /// The form whose act happened: its draft is no longer needed.
    fn accepted(&self) -> String {
        let accepted = self.answer.as_ref().filter(|answer| matches!(answer.how, How::Done { .. }));
        accepted.map(|answer| answer.form.clone()).unwrap_or_default()
    }

    /// A fresh form of this session.
    pub fn form(&self, store: &Store) -> kit::Form {
        kit::Form::new(self.csrf.clone(), store.new_key().to_string())
    }

    /// A form that asks for an act about something, on the page `at`. If it was just refused, it holds what was
    /// typed and says what is wrong.
    pub fn act_form(&self, store: &Store, act: &str, about: impl Display, at: &str) -> kit::Form {
        let mut form = self.form(store).of_act(act, about, at);
        if let Some(Answer { form: name, how: How::Refused { field, text, typed }, .. }) = &self.answer
            && *name == form.name
        {
            for (name, value) in typed {
                form = form.fill(name, value);
            }
            form.refuse(field, text);
        }
        form
    }

    /// Keep what a form led to until its page is asked for.
    pub async fn keep(&self, store: &Store, answer: Answer) -> Result<(), store::Error> {
        let now = clock::now().as_microsecond();
        let Some((text, _)) = store.session(&self.session, now).await? else { return Ok(()) };
        let data = Data { answer: Some(answer), ..serde_json::from_str(&text)? };
        store.save_session(&self.session, &serde_json::to_string(&data)?, now + IDLE_MINUTES * MINUTE).await
    }

    /// Refuse a request that does not carry the session's token in its header.
    pub fn check_header(&self, headers: &HeaderMap) -> Result<(), PageError> {
        let token = headers.get("x-csrf-token").and_then(|token| token.to_str().ok()).unwrap_or_default();
        self.check(token).map_err(|_| PageError::BadInput(super::locale::Sentence::new("api-token-unfit")))
    }

    /// Refuse a request that does not carry the session's token.
    pub fn check(&self, token: &str) -> Result<(), PageError> {
        let same = token.len() == self.csrf.len()
            && token.bytes().zip(self.csrf.bytes()).fold(0, |differ, (one, other)| differ | (one ^ other)) == 0;
        if same { Ok(()) } else { Err(PageError::BadInput(super::locale::Sentence::new("refusal-form-stale"))) }
    }
}
