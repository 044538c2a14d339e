//! Accounts, for the three administrators: the system administrator opens and locks them, the security administrator
//! says who may do what, the audit administrator looks on.

mod bulk;
mod list;
mod open;

use super::{
    App,
    account::key,
    error::PageError,
    kit,
    locale::Locale,
    password, random,
    session::{Press, SignedIn},
    words,
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Form, Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::{
    account::Account,
    act::Act,
    actor::{Grant, Role},
    decide::Case,
    event::{ERASED, Event},
    id::{AccountId, UnitId},
};
use policy::Reading;
use store::{Recorded, Store, query::Names, secret::Secret};
use uuid::Uuid;

/// `/accounts` and below.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/accounts", get(list::page))
        .route("/accounts/new", get(open::page).post(open::open))
        .route("/accounts/roster", get(bulk::page).post(bulk::open))
        .route("/accounts/{id}", get(show))
        .route("/accounts/{id}/password", post(first_password))
}

/// Where a role holds.
pub(super) fn scope(t: Locale, names: &Names, unit: Option<UnitId>) -> String {
    unit.map_or_else(|| t.get("accounts-whole-authority"), |unit| names.unit(unit).to_owned())
}

/// How things stand with the password.
pub(super) fn password_tag(t: Locale, account: &Account) -> kit::Tag {
    match account.password_set {
        None => kit::Tag::new(kit::Tone::Neutral, t.get("accounts-state-no_password")),
        Some(_) if account.has_first_password() => {
            kit::Tag::new(kit::Tone::Warn, t.get("accounts-state-first_password"))
        }
        Some(stamp) => kit::Tag::new(kit::Tone::Success, t.with("account-set-at", &[("when", t.moment(&stamp.at))])),
    }
}

/// How things stand with the second factor.
pub(super) fn second_factor_tag(t: Locale, account: &Account) -> kit::Tag {
    match account.second_factor {
        Some(stamp) => kit::Tag::new(kit::Tone::Success, t.with("account-set-at", &[("when", t.moment(&stamp.at))])),
        None if account.lacks_second_factor() => {
            kit::Tag::new(kit::Tone::Warn, t.get("accounts-state-no_second_factor"))
        }
        None => kit::Tag::new(kit::Tone::Neutral, t.get("account-no-second-factor")),
    }
}

/// What happened to an account, the newest first.
pub(super) async fn history(
    store: &Store,
    t: Locale,
    names: &Names,
    record: &[Recorded],
) -> Result<Vec<kit::Event>, store::Error> {
    let called = store.account_names(record.iter().filter_map(|recorded| recorded.stamp.by.account)).await?;
    let event = |recorded: &Recorded| {
        let by = recorded.stamp.by.account.map(|id| called.get(&id).cloned().unwrap_or_default());
        kit::Event {
            tone: match recorded.event {
                Event::AccountLocked { .. } => kit::Tone::Danger,
                Event::RoleRevoked { .. } | Event::SecondFactorCleared | Event::SigningKeyRetired => kit::Tone::Warn,
                _ => kit::Tone::Info,
            },
            what: t.get(&format!("event-{}", recorded.event.name())),
            who: by.unwrap_or_else(|| t.get("accounts-by-console")),
            when: recorded.stamp.at,
            note: match &recorded.event {
                Event::RoleGranted { grant } | Event::RoleRevoked { grant } => {
                    format!("{} · {}", t.get(words::role(grant.role)), scope(t, names, grant.unit))
                }
                Event::AccountLocked { reason } => reason.clone(),
                _ => String::new(),
            },
            changes: Vec::new(),
            more: None,
        }
    };
    Ok(record.iter().rev().map(event).collect())
}

/// Whether somebody may open accounts.
fn may_open(app: &App, person: &SignedIn) -> bool {
    opens(app, person).is_ok()
}

/// Refuse whoever may not open accounts.
fn opens(app: &App, person: &SignedIn) -> Result<(), PageError> {
    let open = Act::OpenAccount { login: String::new(), person: None, name: None };
    permitted(app, person, &open, &Case::default())
}

/// Refuse what policy does not let the reader do, before anything is made ready for it.
fn permitted(app: &App, person: &SignedIn, act: &Act, case: &Case) -> Result<(), PageError> {
    let asked = app.store.policies().permit(&person.actor, act, case);
    asked.map(drop).map_err(|denied| store::Error::Denied(Box::new(denied)).into())
}

/// A role held, with the form that takes it back where that is allowed.
struct Held {
    role: String,
    scope: String,
    revoke: Option<kit::Form>,
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/show.html")]
struct Show {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    id: String,
    facts: Vec<kit::Term>,
    locked: String,
    password: kit::Tag,
    second_factor: kit::Tag,
    held: Vec<Held>,
    roles: Vec<kit::Choice>,
    units: Vec<kit::Choice>,
    grant: Option<kit::Form>,
    lock: Option<kit::Form>,
    unlock: Option<kit::Form>,
    set_password: Option<kit::Form>,
    clear_second_factor: Option<kit::Form>,
    /// Erases what is told of the person whose account it is.
    erase: Option<kit::Form>,
    done_by: Option<String>,
    events: Vec<kit::Event>,
}

async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Show, PageError> {
    let (t, id) = (person.reader.t, AccountId(id));
    let desk = app.store.reader(&person.actor);
    let (account, record) = desk.account(id).await?.ok_or(PageError::NotFound)?;
    let names = app.store.names().await?;
    let at = format!("/accounts/{id}");
    let case = Case { account: Some(account.clone()), ..Case::default() };
    let may = |act: &Act| app.store.policies().permit(&person.actor, act, &case).is_ok();
    // A form is offered only for what is allowed and makes sense now.
    let form = |act: Act, sense: bool| {
        let about = person.act_form(&app.store, act.name(), id, &at).fix("account", id);
        (sense && may(&act)).then_some(about)
    };
    let held = account.grants.iter().map(|grant| {
        let unit = grant.unit.map(|unit| unit.to_string()).unwrap_or_default();
        let about = format!("{id}-{}-{unit}", grant.role.as_str());
        let revoke = person.act_form(&app.store, "revoke_role", about, &at).fix("account", id);
        let revoke = revoke.fix("grant.role", grant.role.as_str()).fix("grant.unit~", unit);
        Held {
            role: t.get(words::role(grant.role)),
            scope: scope(t, &names, grant.unit),
            revoke: may(&Act::RevokeRole { account: id, grant: *grant }).then_some(revoke),
        }
    });
    let held = held.collect();
    let granting = |role| Act::GrantRole { account: id, grant: Grant { role, unit: None } };
    let outside = account.opened.appraisal.is_some();
    let whole = |role: &Role| account.grants.contains(&Grant { role: *role, unit: None });
    let roles: Vec<Role> =
        Role::ALL.into_iter().filter(|role| !outside && !whole(role) && may(&granting(*role))).collect();
    let units = if roles.contains(&Role::HrOfficer) { app.store.units().await? } else { Vec::new() };
    let others = id != person.account;
    let first = roles.first().copied();
    Ok(Show {
        crumbs: vec![kit::Crumb { label: t.get("accounts-title"), href: "/accounts".to_owned() }],
        facts: facts(t, &names, &account),
        locked: account.locked.map(|stamp| t.moment(&stamp.at)).unwrap_or_default(),
        password: password_tag(t, &account),
        second_factor: second_factor_tag(t, &account),
        grant: first.and_then(|role| form(granting(role), true)),
        roles: roles.iter().map(|role| kit::Choice::new(role.as_str(), t.get(words::role(*role)))).collect(),
        units: units.iter().map(|unit| kit::Choice::new(unit.unit_id.to_string(), unit.name.clone())).collect(),
        held,
        lock: form(Act::LockAccount { account: id, reason: String::new() }, account.locked.is_none()),
        unlock: form(Act::UnlockAccount { account: id }, account.locked.is_some()),
        set_password: form(Act::SetPassword { account: id }, others),
        clear_second_factor: form(Act::ClearSecondFactor { account: id }, account.second_factor.is_some()),
        erase: account.opened.person.filter(|owner| names.person(*owner) != ERASED).and_then(|owner| {
            let act = Act::EraseSubject { person: owner, document: String::new() };
            let form = person.act_form(&app.store, act.name(), owner, &at).fix("person", owner);
            may(&act).then_some(form)
        }),
        done_by: desk.may_read(Reading::Ledger).then(|| format!("/ledger?by={}", account.opened.login)),
        events: history(&app.store, t, &names, &record).await?,
        id: id.to_string(),
        page: person.page(&at, title(&names, &account)),
    })
}

fn title(names: &Names, account: &Account) -> String {
    let person = account.opened.person.map(|person| names.person(person).to_owned());
    let own = || account.opened.name.clone().unwrap_or_else(|| account.opened.login.clone());
    person.filter(|name| !name.is_empty()).unwrap_or_else(own)
}

fn facts(t: Locale, names: &Names, account: &Account) -> Vec<kit::Term> {
    let whose = match account.opened.person {
        Some(person) => format!("{} ({})", names.person(person), names.number(person)),
        None => t.get("accounts-of-nobody"),
    };
    vec![
        kit::Term::new(t.get("field-login"), account.opened.login.clone()),
        kit::Term::new(t.get("accounts-person"), whose),
        kit::Term::new(t.get("accounts-opened"), t.moment(&account.stamp.at)),
    ]
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/first_password.html")]
struct FirstPassword {
    page: kit::Page,
    back: String,
    login: String,
    /// Empty: it was set by this very form before, and is not shown again.
    password: String,
}

async fn first_password(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    person: SignedIn,
    Form(sent): Form<Press>,
) -> Result<Response, PageError> {
    person.check(&sent.csrf_token)?;
    let id = AccountId(id);
    if id == person.account {
        return Ok(Redirect::to("/account/password").into_response());
    }
    let found = app.store.reader(&person.actor).account(id).await?;
    let (account, _) = found.ok_or(PageError::NotFound)?;
    // Before the hash, which takes its time: nobody makes the server work who may not have the password anyway.
    let act = Act::SetPassword { account: id };
    let case = Case { account: Some(account.clone()), ..Case::default() };
    permitted(&app, &person, &act, &case)?;
    let mut password = random::legible();
    let secret = Secret::Password(password::hash(&password).await?);
    let receipt = app.store.act_with(&person.actor, key(&sent.idempotency_key)?, act, secret).await?;
    if receipt.repeated {
        password.clear();
    }
    let (back, t) = (format!("/accounts/{id}"), person.reader.t);
    let page = person.page(&back, t.get("accounts-first-password"));
    Ok(FirstPassword { page, back, login: account.opened.login, password }.into_response())
}
