//! Accounts for everyone on the roster who has none. The answer is the list of their first passwords, written while
//! they are opened, so that nothing secret is kept anywhere: a list that got lost is mended by new first passwords.

use super::may_open;
use crate::web::{
    App,
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
    Form,
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    act::Act,
    actor::Actor,
    id::{PersonId, UnitId},
};
use futures_util::stream;
use std::{collections::VecDeque, sync::Arc};
use store::{query::Names, secret::Secret, tables::person::Model as Person};

/// How many people are fetched at a time.
const BATCH: u64 = 100;
/// How many the page names.
const NAMED: u64 = 20;

#[derive(Template, WebTemplate)]
#[template(path = "accounts/roster.html")]
pub(super) struct Page {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    form: kit::Form,
    count: u64,
    people: Vec<String>,
}

pub(super) async fn page(State(app): State<App>, person: SignedIn) -> Result<Page, PageError> {
    if !may_open(&app, &person) {
        return Err(PageError::NotFound);
    }
    let t = person.reader.t;
    let desk = app.store.reader(&person.actor);
    let people = desk.people_without_account("", NAMED).await?;
    Ok(Page {
        crumbs: vec![kit::Crumb { label: t.get("accounts-title"), href: "/accounts".to_owned() }],
        form: person.form(&app.store),
        count: desk.count_without_account().await?,
        people: people.into_iter().map(|one| format!("{} {}", one.number, one.name)).collect(),
        page: person.page("/accounts/roster", t.get("accounts-roster")),
    })
}

pub(super) async fn open(
    State(app): State<App>,
    person: SignedIn,
    Form(sent): Form<Press>,
) -> Result<Response, PageError> {
    if !may_open(&app, &person) {
        return Err(PageError::NotFound);
    }
    person.check(&sent.csrf_token)?;
    let t = person.reader.t;
    let names = app.store.names().await?;
    let head = ["field-login", "account-name", "account-unit", "accounts-first-password", "field-note"];
    // The mark at the beginning is for spreadsheets, which take the file for another encoding without.
    let first = format!("\u{feff}{}", line(&head.map(|key| t.get(key))));
    let opening = Opening { app, actor: person.actor, t, names, waiting: VecDeque::new(), last: String::new() };
    let lines = stream::unfold((Some(first), opening), |(first, mut opening)| async move {
        let line = match first {
            Some(head) => Ok(Some(head)),
            None => opening.next().await,
        };
        match line {
            Ok(line) => line.map(|line| (Ok(line), (None, opening))),
            // The download breaks off, which browsers say; who has an account by then keeps it.
            Err(error) => {
                tracing::error!(%error, "opening accounts for the roster broke off");
                Some((Err(error), (None, opening)))
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"first-passwords.csv\""),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// Work in progress: one person after the other.
struct Opening {
    app: App,
    actor: Actor,
    t: Locale,
    names: Arc<Names>,
    waiting: VecDeque<Person>,
    last: String,
}

impl Opening {
    /// Open the next account; its line of the list.
    async fn next(&mut self) -> Result<Option<String>, store::Error> {
        if self.waiting.is_empty() {
            let desk = self.app.store.reader(&self.actor);
            self.waiting = desk.people_without_account(&self.last, BATCH).await?.into();
        }
        let Some(of) = self.waiting.pop_front() else { return Ok(None) };
        self.last = of.number.clone();
        let unit = self.names.unit(UnitId(of.unit_id)).to_owned();
        let (password, note) = match self.one(&of).await {
            Ok(password) => (password, String::new()),
            Err(store::Error::Refused(refusal)) => (String::new(), self.t.say(&words::refusal(&refusal))),
            Err(error) => return Err(error),
        };
        Ok(Some(line(&[of.number, of.name, unit, password, note])))
    }

    async fn one(&self, of: &Person) -> Result<String, store::Error> {
        let store = &self.app.store;
        let open = Act::OpenAccount { login: of.number.clone(), person: Some(PersonId(of.person_id)), name: None };
        let receipt = store.act(&self.actor, store.new_key(), open).await?;
        let account = receipt.streams.first().copied().unwrap_or_default().into();
        let password = random::legible();
        let hash = password::hash(&password).await.map_err(|error| store::Error::Unfit(error.to_string()))?;
        let set = Act::SetPassword { account };
        store.act_with(&self.actor, store.new_key(), set, Secret::Password(hash)).await?;
        Ok(password)
    }
}

/// A line of CSV (RFC 4180). What a spreadsheet would take for a formula is kept from being one.
fn line(cells: &[String]) -> String {
    let cell = |text: &String| {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn no_cell_is_a_formula_and_quotes_are_doubled() {
        let cells = ["=1+1", "a\"b", "王,小明"].map(str::to_owned);
        assert_eq!(line(&cells), "\"'=1+1\",\"a\"\"b\",\"王,小明\"\r\n");
    }
}
