//! Who is signed in. A session is a random cookie; the database keeps only its SHA-256. It ends when it lies idle, after
//! a working day, and whenever the account's secrets or roles change or it is locked (see `Act::signs_out`).
//!
//! A handler that takes [`SignedIn`] is not reached by somebody who still has to choose a password or to enrol a second
//! factor; the few pages where that is done take [`Arriving`].

use super::{App, area::Area, error::PageError, kit, locale::Reader, random};
use crate::clock;
use axum::{
    extract::{FromRequestParts, MatchedPath},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
};
use domain::{account::Account, actor::Actor, id::AccountId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt::Display, sync::Arc};
use store::{Store, query::Holder};

/// Minutes without a request after which one signs in again.
const IDLE_MINUTES: i64 = 30;
/// Hours after which one signs in again in any case.
const LONGEST_HOURS: i64 = 12;
const MINUTE: i64 = 60 * 1_000_000;
/// The cookie's name. Over TLS its prefix makes browsers refuse it from anywhere but this very host (RFC 6265bis, 4.1.3.2).
const COOKIE: [&str; 2] = ["mingjing", "__Host-mingjing"];

/// The pages of somebody from outside, who is let in for one appraisal: what there is to do, that appraisal, what came of their
/// own acts, and their own account. Everything else is as if it were not there, whatever is added to it.
const OPEN_TO_OUTSIDE: &[&str] = &[
    "/",
    "/todos",
    "/sign-out",
    "/acts/{name}",
    "/appraisals/{id}",
    "/appraisals/{id}/trail",
    "/appraisals/{id}/attachments/{digest}",
    "/appraisals/{id}/values/{indicator}",
    "/receipts/{seq}",
    "/receipts/{seq}/proof",
    "/account",
    "/account/password",
    "/account/second-factor",
    "/account/signing-key",
    "/account/sessions/end",
    "/api/session",
    "/api/acts",
    "/api/acts/text",
    "/api/todos",
    "/api/appraisals/{id}",
    "/api/appraisals/{id}/trail",
    "/api/appraisals/{id}/attachments/{digest}",
];

#[derive(Serialize, Deserialize)]
struct Data {
    csrf: String,
    began: i64,
    /// Entered with the demo's one click: no password and no second factor is asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    by_demo: bool,
    /// The key of a second factor that was shown but not yet confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    new_key: Option<String>,
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

/// What somebody has to do after signing in before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstStep {
    /// Choose a password in place of the first one.
    Password,
    /// Enrol a second factor, which a role asks for.
    SecondFactor,
}

impl FirstStep {
    fn of(account: &Account) -> Option<FirstStep> {
        let password = account.has_first_password().then_some(FirstStep::Password);
        password.or_else(|| account.lacks_second_factor().then_some(FirstStep::SecondFactor))
    }

    /// The page where it is done.
    pub fn path(self) -> &'static str {
        match self {
            FirstStep::Password => "/account/password",
            FirstStep::SecondFactor => "/account/second-factor",
        }
    }
}

/// Somebody who signed in, perhaps with a [`FirstStep`] to take.
pub struct Arriving(pub SignedIn);

/// Somebody signed in, and all that a page needs to know of them.
pub struct SignedIn {
    /// As rules see them.
    pub actor: Actor,
    /// As the record tells them.
    pub holder: Arc<Holder>,
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
    /// What has to be done before anything else.
    pub first_step: Option<FirstStep>,
    /// Entered with the demo's one click.
    pub by_demo: bool,
    /// The key of a second factor that was shown but not yet confirmed.
    pub new_key: Option<String>,
    demo: bool,
    store: Store,
    /// The key of the session in the database.
    pub(super) session: String,
    answer: Option<Answer>,
}

fn kept(id: &str) -> String {
    hex::encode(Sha256::digest(id.as_bytes()))
}

fn cookie(app: &App, headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE[usize::from(app.tls)]).map(|(_, id)| id.to_owned())
}

fn set_cookie(app: &App, value: &str, seconds: i64) -> HeaderValue {
    let (name, secure) = (COOKIE[usize::from(app.tls)], if app.tls { "; Secure" } else { "" });
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A form that is only a button.
#[derive(Deserialize)]
pub struct Press {
    /// The session's token.
    pub csrf_token: String,
    /// What makes its act happen once, where it asks for one.
    #[serde(default)]
    pub idempotency_key: String,
}

/// How a session begins.
#[derive(Clone, Debug, Default)]
pub struct Beginning {
    /// With the demo's one click.
    pub by_demo: bool,
    /// The token of the session it takes the place of, where a page of that one is still shown.
    pub csrf: Option<String>,
    /// What its first page tells.
    pub answer: Option<Answer>,
}

/// A session that has just begun.
pub struct Begun {
    /// Sets its cookie.
    pub cookie: HeaderValue,
    /// Its token against forged requests.
    pub csrf: String,
}

/// Begin a session under a fresh id, whatever cookie was sent.
pub async fn begin(app: &App, account: AccountId, beginning: Beginning) -> Result<Begun, store::Error> {
    let (id, now) = (random::hexadecimal(), clock::now().as_microsecond());
    let Beginning { by_demo, csrf, answer } = beginning;
    let csrf = csrf.unwrap_or_else(random::hexadecimal);
    let data = Data { csrf: csrf.clone(), began: now, by_demo, new_key: None, answer };
    let expires = now + IDLE_MINUTES * MINUTE;
    app.store.begin_session(&kept(&id), account, &serde_json::to_string(&data)?, expires).await?;
    Ok(Begun { cookie: set_cookie(app, &id, LONGEST_HOURS * 3600), csrf })
}

/// End the session of a request; the header takes the cookie away.
pub async fn end(app: &App, headers: &HeaderMap) -> Result<HeaderValue, store::Error> {
    if let Some(id) = cookie(app, headers) {
        app.store.end_session(&kept(&id)).await?;
    }
    Ok(set_cookie(app, "", 0))
}

/// A session as its owner sees it.
pub struct SessionLine {
    /// When it began.
    pub began: Timestamp,
    /// When it was used last, give or take a minute.
    pub used: Timestamp,
    /// It is the one this page is seen with.
    pub current: bool,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let Arriving(person) = Arriving::from_request_parts(parts, app).await?;
        match person.first_step {
            None => Ok(person),
            Some(step) => Err(PageError::First(step)),
        }
    }
}

impl FromRequestParts<App> for Arriving {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let store = &app.store;
        let Ok(reader) = Reader::from_request_parts(parts, app).await;
        let id = cookie(app, &parts.headers).ok_or(PageError::SignIn)?;
        let now = clock::now().as_microsecond();
        let row = store.session(&kept(&id), now).await?.ok_or(PageError::SignIn)?;
        let (account, expires) = (AccountId(row.account_id), row.expires_at);
        let mut data: Data = serde_json::from_str(&row.data)?;
        if now > data.began + LONGEST_HOURS * 60 * MINUTE {
            return Err(PageError::SignIn);
        }
        let told = parts.method == Method::GET && data.answer.as_ref().is_some_and(|answer| answer.page == reader.path);
        let answer = if told { data.answer.take() } else { None };
        // Lying idle is measured to the minute, so that reading does not write.
        if told || expires < now + (IDLE_MINUTES - 1) * MINUTE {
            store.keep_session(&kept(&id), &serde_json::to_string(&data)?, now + IDLE_MINUTES * MINUTE).await?;
        }
        let holder = store.holder(account).await?.ok_or(PageError::SignIn)?;
        let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
        if holder.actor.is_from_outside() && !route.is_some_and(|route| OPEN_TO_OUTSIDE.contains(&route)) {
            return Err(PageError::NotFound);
        }
        let first_step = FirstStep::of(&holder.account).filter(|_| !data.by_demo);
        Ok(Arriving(SignedIn {
            first_step,
            by_demo: data.by_demo,
            new_key: data.new_key,
            actor: holder.actor.clone(),
            account,
            name: holder.name.clone(),
            place: holder.unit.clone(),
            holder,
            csrf: data.csrf,
            reader,
            demo: app.demo,
            store: store.clone(),
            session: kept(&id),
            answer,
        }))
    }
}

impl SignedIn {
    /// What the navigation leads to.
    pub fn areas(&self) -> Vec<Area> {
        if self.first_step.is_some() { Vec::new() } else { Area::of(&self.store, &self.actor) }
    }

    /// The frame of a page for this person.
    pub fn page(&self, path: &str, title: impl Into<String>) -> kit::Page {
        let t = self.reader.t;
        let nav = self.areas().into_iter().map(|area| kit::NavItem {
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
            authority: self.store.authority_name().to_owned(),
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
                let more = kit::Crumb { label: t.get("receipt-open"), href: format!("/receipts/{seq}") };
                kit::Flash { tone: kit::Tone::Success, text: t.with("act-done", &args), more: Some(more) }
            }
            How::Refused { text, .. } => kit::Flash { tone: kit::Tone::Danger, text: text.clone(), more: None },
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
        self.change(store, |data| data.answer = Some(answer)).await
    }

    /// Keep the key of a second factor that is about to be shown.
    pub async fn keep_new_key(&self, store: &Store, key: String) -> Result<(), store::Error> {
        self.change(store, |data| data.new_key = Some(key)).await
    }

    async fn change(&self, store: &Store, change: impl FnOnce(&mut Data)) -> Result<(), store::Error> {
        let now = clock::now().as_microsecond();
        let Some(row) = store.session(&self.session, now).await? else { return Ok(()) };
        let mut data: Data = serde_json::from_str(&row.data)?;
        change(&mut data);
        store.keep_session(&self.session, &serde_json::to_string(&data)?, now + IDLE_MINUTES * MINUTE).await
    }

    /// The sessions of the account.
    pub async fn sessions(&self, store: &Store) -> Result<Vec<SessionLine>, store::Error> {
        let rows = store.sessions_of(self.account, clock::now().as_microsecond()).await?;
        let moment = |microseconds| Timestamp::from_microsecond(microseconds).unwrap_or_default();
        let line = |row: store::session::SessionRow| {
            let data: Data = serde_json::from_str(&row.data)?;
            let used = moment(row.expires_at - IDLE_MINUTES * MINUTE);
            Ok(SessionLine { began: moment(data.began), used, current: row.session_id == self.session })
        };
        rows.into_iter().map(line).collect()
    }

    /// End the account's other sessions.
    pub async fn end_others(&self, store: &Store) -> Result<(), store::Error> {
        store.end_other_sessions(self.account, &self.session).await.map(drop)
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
