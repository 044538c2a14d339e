//! The list of accounts: searched, filtered, paged.

use super::may_open;
use crate::web::{App, error::PageError, error::percent_encoded, kit, locale::Locale, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Query, State};
use domain::{actor::Role, id::UnitId};
use serde::Deserialize;
use store::query::{AccountFilter, AccountLine, AccountState, Names};

/// How many accounts a page shows.
const PAGE: u64 = 50;

/// What is looked for, as the address says it.
#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    page: u64,
}

impl Search {
    fn filter(&self) -> AccountFilter {
        AccountFilter {
            words: self.q.clone(),
            role: self.role.parse().ok(),
            state: AccountState::ALL.into_iter().find(|state| state.as_str() == self.state),
        }
    }

    /// The address of the list, without the page.
    fn base(&self) -> String {
        let pairs = [("q", &self.q), ("role", &self.role), ("state", &self.state)];
        let set = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = set.map(|(name, value)| format!("{name}={}", percent_encoded(value))).collect();
        if query.is_empty() { "/accounts".to_owned() } else { format!("/accounts?{}", query.join("&")) }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/index.html")]
pub(super) struct Index {
    page: kit::Page,
    search: kit::Form,
    roles: Vec<kit::Choice>,
    states: Vec<kit::Choice>,
    accounts: kit::Table,
    pages: kit::Pagination,
    without_account: u64,
    may_open: bool,
}

fn role_choices(t: Locale) -> Vec<kit::Choice> {
    Role::ALL.into_iter().map(|role| kit::Choice::new(role.as_str(), t.get(words::role(role)))).collect()
}

pub(super) async fn page(
    State(app): State<App>,
    Query(search): Query<Search>,
    person: SignedIn,
) -> Result<Index, PageError> {
    let t = person.reader.t;
    let desk = app.store.reader(&person.actor);
    let page = search.page.max(1);
    let found = desk.accounts(&search.filter(), page - 1, PAGE).await?.ok_or(PageError::NotFound)?;
    let names = app.store.names().await?;
    let may_open = may_open(&app, &person);
    let states = AccountState::ALL
        .map(|state| kit::Choice::new(state.as_str(), t.get(&format!("accounts-state-{}", state.as_str()))));
    Ok(Index {
        search: kit::Form::default()
            .fill("q", search.q.clone())
            .fill("role", search.role.clone())
            .fill("state", search.state.clone()),
        roles: role_choices(t),
        states: states.to_vec(),
        accounts: table(t, &names, found.lines),
        pages: kit::Pagination {
            page: page as usize,
            pages: found.total.div_ceil(PAGE).max(1) as usize,
            total: found.total as usize,
            base: search.base(),
        },
        without_account: if may_open { desk.count_without_account().await? } else { 0 },
        may_open,
        page: person.page("/accounts", t.get("accounts-title")),
    })
}

fn table(t: Locale, names: &Names, lines: Vec<AccountLine>) -> kit::Table {
    let row = |line: AccountLine| {
        let name = line.person.as_ref().map(|person| person.name.clone()).or(line.account.name.clone());
        let unit = line.person.as_ref().map(|person| names.unit(UnitId(person.unit_id)).to_owned());
        let roles: Vec<String> = line.grants.iter().map(|(role, _)| t.get(words::role(*role))).collect();
        vec![
            kit::Cell::new(line.account.login.clone()).link(format!("/accounts/{}", line.account.account_id)),
            kit::Cell::new(name.unwrap_or_default()).note(unit.unwrap_or_default()),
            kit::Cell::new(roles.join(&t.get("list-comma"))),
            state(t, &line),
        ]
    };
    kit::Table {
        caption: t.get("accounts-title"),
        note: String::new(),
        columns: ["field-login", "account-name", "account-roles", "accounts-state"]
            .map(|key| kit::Column::words(t.get(key)))
            .to_vec(),
        rows: lines.into_iter().map(row).collect(),
        total: Vec::new(),
    }
}

/// What stands in the way of signing in, the gravest first.
fn state(t: Locale, line: &AccountLine) -> kit::Cell {
    let asked = line.grants.iter().any(|(role, _)| role.needs_second_factor());
    let (tone, state) = match &line.account {
        account if account.locked_at.is_some() => (kit::Tone::Danger, AccountState::Locked),
        account if account.password_at.is_none() => (kit::Tone::Neutral, AccountState::NoPassword),
        account if account.password_is_first => (kit::Tone::Warn, AccountState::FirstPassword),
        account if asked && account.second_factor_at.is_none() => (kit::Tone::Warn, AccountState::NoSecondFactor),
        _ => return kit::Cell::tag(kit::Tone::Success, t.get("accounts-in-use")),
    };
    kit::Cell::tag(tone, t.get(&format!("accounts-state-{}", state.as_str())))
}
