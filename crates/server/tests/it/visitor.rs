//! Somebody at a browser, without a network: cookies are kept, forms carry their tokens. And an office to visit.

use crate::fresh::Fresh;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{
    act::Act,
    actor::{Actor, Grant, Role},
    id::AccountId,
};
use server::{clock, importing, rules, web};
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Settings, Store, secret::Secret};
use tower::ServiceExt;

/// A password that everyone in the tests has.
pub const PASSWORD: &str = "three willows by the river";

/// A fresh authority with accounts.
pub struct Office {
    pub store: Store,
    app: web::App,
    _fresh: Fresh,
}

impl Office {
    pub async fn new(fresh: Fresh) -> Office {
        let settings = Settings {
            url: fresh.url.clone(),
            authority: "测试市".to_owned(),
            rules: rules::built_in().expect("the rules"),
            policies: policy::Policies::built_in().expect("the policies"),
            keys: std::sync::Arc::new(store::MasterKey::new(&[7; 16].into())),
            clock: clock::now,
        };
        let store = Store::open(settings).await.expect("a store");
        Office { app: web::App::new(store.clone()), store, _fresh: fresh }
    }

    /// As served behind TLS, or as the demo.
    pub fn with(mut self, change: impl FnOnce(&mut web::App)) -> Office {
        change(&mut self.app);
        self
    }

    pub async fn console(&self, act: Act) -> store::Receipt {
        self.store.act(&Actor::System, self.store.new_key(), act).await.expect("the console may")
    }

    /// Imports one unit, 甲局, and its people from a table.
    pub async fn roster(&self, people: &str) {
        let units = "机构编码,机构名称,简称,机构类别\nJ1,某市甲局,甲局,局\n";
        let files = [("units.csv", units), ("people.csv", people)].map(|(name, table)| {
            connect::Source::new(name.to_owned(), std::io::Cursor::new(table.to_owned().into_bytes()))
        });
        let options = importing::Options::default();
        let outcome = importing::import(&self.store, &Actor::System, files.into(), options).await.expect("an import");
        assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    }

    /// An account of nobody on the roster, without any password.
    pub async fn account(&self, login: &str, roles: &[Role]) -> AccountId {
        let open = Act::OpenAccount { login: login.to_owned(), person: None, name: Some(format!("name of {login}")) };
        let account = self.console(open).await.streams[0].into();
        for role in roles {
            self.console(Act::GrantRole { account, grant: Grant { role: *role, unit: None } }).await;
        }
        account
    }

    pub async fn actor(&self, account: AccountId) -> Actor {
        self.store.actor(account).await.expect("a read").expect("an actor")
    }

    /// The owner sets the password that everyone has.
    pub async fn own_password(&self, account: AccountId) {
        let hash = web::password::hash(PASSWORD).await.expect("a hash");
        let (owner, key) = (self.actor(account).await, self.store.new_key());
        let set = self.store.act_with(&owner, key, Act::SetPassword { account }, Secret::Password(hash));
        set.await.expect("a password");
    }

    /// The owner enrols a second factor; its key.
    pub async fn second_factor(&self, account: AccountId, recovery: &[&str]) -> String {
        let key = web::second_factor::new_key();
        let recovery = recovery.iter().map(|code| (*code).to_owned()).collect();
        let secret = Secret::SecondFactor { key: key.clone(), recovery };
        let (owner, id) = (self.actor(account).await, self.store.new_key());
        let set = self.store.act_with(&owner, id, Act::SetSecondFactor { account }, secret);
        set.await.expect("a second factor");
        key
    }

    /// Somebody signed in, with all that their roles ask for.
    pub async fn signed_in(&self, login: &str, roles: &[Role]) -> Visitor {
        let account = self.account(login, roles).await;
        self.own_password(account).await;
        let code = match roles.iter().any(|role| role.needs_second_factor()) {
            true => code(&self.second_factor(account, &[]).await, 0),
            false => String::new(),
        };
        let mut visitor = self.visitor();
        let answer = visitor.signs_in(login, PASSWORD, &code).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{login}: {}", answer.body);
        visitor
    }

    /// Somebody who has just opened a browser.
    pub fn visitor(&self) -> Visitor {
        Visitor { router: web::app(self.app.clone()), cookie: None }
    }
}

/// The code of a key, some steps of 30 seconds from now.
pub fn code(key: &str, steps: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(key).expect("a key");
    let totp = totp_rs::Builder::new().with_secret(secret).build().expect("a generator");
    totp.generate(clock::unix_seconds().saturating_add_signed(30 * steps)).to_string()
}

/// Somebody at a browser.
#[derive(Clone)]
pub struct Visitor {
    router: Router,
    pub cookie: Option<String>,
}

/// An answer, its body as text and as it came.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The value of the first field of this name.
    pub fn field(&self, name: &str) -> String {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| {
            panic!("there is no field {name} in {}", self.body);
        });
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// What stands in the element with this id.
    pub fn element(&self, id: &str) -> String {
        let (_, rest) = self.body.split_once(&format!("id=\"{id}\">")).unwrap_or_else(|| {
            panic!("there is no {id} in {}", self.body);
        });
        rest.split('<').next().unwrap_or_default().to_owned()
    }

    pub fn says(&self, key: &str) -> bool {
        self.body.contains(&web::locale::Locale::ZhCn.get(key))
    }
}

impl Visitor {
    pub async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("a whole body");
        if let Some(set) = parts.headers.get(header::SET_COOKIE).and_then(|value| value.to_str().ok()) {
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body, bytes: bytes.to_vec() }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[("accept-language", "zh-CN")], String::new()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept-language", "zh-CN")];
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
        let pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        self.send(Method::POST, path, &headers, pairs.join("&")).await
    }

    /// Posts a form of a page, its token and key filled in.
    pub async fn fill(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}");
        let (token, key) = (shown.field("csrf_token"), self.key_of(&shown));
        let mut all = vec![("csrf_token", token.as_str()), ("idempotency_key", key.as_str())];
        all.extend_from_slice(fields);
        self.post(action, &all).await
    }

    /// The key of the page's form; a fresh one where no form has any.
    fn key_of(&self, shown: &Answer) -> String {
        static MADE: AtomicU64 = AtomicU64::new(1);
        match shown.body.contains("name=\"idempotency_key\"") {
            true => shown.field("idempotency_key"),
            false => format!("01934b3e-0000-7000-8000-{:012}", MADE.fetch_add(1, Ordering::Relaxed)),
        }
    }

    pub async fn signs_in(&mut self, login: &str, password: &str, code: &str) -> Answer {
        self.post("/sign-in", &[("login", login), ("password", password), ("code", code)]).await
    }
}

/// A form was shown again with this sentence.
pub fn refused(answer: &Answer, key: &str) {
    assert_eq!(answer.status, StatusCode::OK, "the form is shown again");
    assert!(answer.says(key), "expected {key} in {}", answer.body);
}
