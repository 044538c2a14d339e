//! Declarations of family: one's own, to be made each year and whenever it changes, and for HR and inspectors who has made
//! theirs. What others declared is on no page.

#[cfg(test)]
mod tests;

use super::{App, error::PageError, kit, locale::Locale, paging, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Query, State},
    routing::get,
};
use domain::{
    declaration::{Declaration, Declared, MOST_RELATIVES, Relative},
    id::{PersonId, UnitId},
};
use jiff::Timestamp;
use policy::Reading;
use serde::Deserialize;
use store::query::DeclarationLine;

/// `/declarations`, `/declarations/all`.
pub fn routes() -> Router<App> {
    Router::new().route("/declarations", get(own)).route("/declarations/all", get(all))
}

/// Lines offered beyond those that are filled in.
const BLANK: usize = 3;
/// People on a page.
const ON_A_PAGE: u64 = 60;

#[derive(Template, WebTemplate)]
#[template(path = "pages/declaration.html")]
struct Own {
    page: kit::Page,
    tabs: Vec<kit::Tab>,
    /// What was asked for and until when, where that waits.
    asked: Option<(i16, kit::Deadline)>,
    /// Within how many days changes are to be declared.
    within: usize,
    newest: Option<Timestamp>,
    /// None for accounts of nobody on the roster.
    form: Option<kit::Form>,
    lines: usize,
    relations: Vec<String>,
    history: Vec<kit::Event>,
}

async fn own(State(app): State<App>, person: SignedIn) -> Result<Own, PageError> {
    let t = person.reader.t;
    let desk = app.store.reader(&person.actor);
    let declaration = desk.own_declaration().await?;
    let (form, lines) = declaration.as_ref().map(|declaration| form(&app, &person, declaration)).unzip();
    let waiting = declaration.as_ref().and_then(Declaration::waiting);
    let newest = declaration.as_ref().and_then(|declaration| declaration.declared.last());
    Ok(Own {
        tabs: tabs(t, desk.may_read(Reading::Declarations), "/declarations"),
        asked: waiting.map(|asked| (asked.year, words::deadline(&app, asked.due))),
        within: app.store.rules().recusal.changes.days.into(),
        newest: newest.map(|newest| newest.stamp.at),
        form,
        lines: lines.unwrap_or_default(),
        relations: domain::ties::relations(),
        history: declaration.map(|declaration| history(t, &declaration)).unwrap_or_default(),
        page: person.page("/declarations", t.get("declaration-title")),
    })
}

fn tabs(t: Locale, sees_all: bool, current: &str) -> Vec<kit::Tab> {
    let tab = |(href, label): (&str, &str)| kit::Tab {
        label: t.get(label),
        href: href.to_owned(),
        current: href == current,
        count: None,
    };
    let both = [("/declarations", "declaration-own"), ("/declarations/all", "declaration-all")];
    if sees_all { both.map(tab).to_vec() } else { Vec::new() }
}

/// The whole list as it was declared last, to be changed, and how many lines it shows.
fn form(app: &App, person: &SignedIn, declaration: &Declaration) -> (kit::Form, usize) {
    let id = declaration.person;
    let mut form = person.act_form(&app.store, "declare_family", id, "/declarations").fix("person", id);
    form = form.fix("after#", declaration.declared.len());
    let known = declaration.declared.last().map_or(&[][..], |newest| &newest.relatives);
    let typed = |line: &usize| !form.value(&format!("relatives.{line}.name")).is_empty();
    let mut lines = (0..MOST_RELATIVES).rev().find(typed).map_or(0, |last| last + 1);
    if !form.is_refused() {
        for (line, relative) in known.iter().enumerate() {
            for (field, value) in fields(relative) {
                form = form.fill(format!("relatives.{line}.{field}"), value);
            }
        }
        lines = known.len();
    }
    (form, (lines + BLANK).min(MOST_RELATIVES))
}

/// What a line holds, by the name of its field.
fn fields(relative: &Relative) -> [(&'static str, String); 6] {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    [
        ("relation", relative.relation.clone()),
        ("name", relative.name.clone()),
        ("id_number~", relative.id_number.clone().unwrap_or_default()),
        ("employer~", relative.employer.clone().unwrap_or_default()),
        ("since~", day(relative.since)),
        ("until~", day(relative.until)),
    ]
}

/// Every declaration and what it changed, the newest first.
fn history(t: Locale, declaration: &Declaration) -> Vec<kit::Event> {
    let none = [];
    let before = std::iter::once(&none[..]).chain(declaration.declared.iter().map(|one| one.relatives.as_slice()));
    let pairs: Vec<(&[Relative], &Declared)> = before.zip(&declaration.declared).collect();
    let event = |(before, declared): &(&[Relative], &Declared)| kit::Event {
        tone: kit::Tone::Success,
        what: t.with("declaration-made", &[("n", declared.relatives.len())]),
        who: t.get("declaration-by-you"),
        when: declared.stamp.at,
        note: String::new(),
        changes: changes(t, before, &declared.relatives),
        more: None,
    };
    pairs.iter().rev().map(event).collect()
}

fn changes(t: Locale, before: &[Relative], after: &[Relative]) -> Vec<kit::Change> {
    let told = |one: &Relative| {
        let days = [one.since, one.until].map(|day| day.map(|day| t.day(&day)).unwrap_or_default());
        let number = one.id_number.as_deref().map(masked).unwrap_or_default();
        let parts = [one.name.clone(), number, one.employer.clone().unwrap_or_default(), days.join(" – ")];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.trim_matches([' ', '–']).is_empty()).collect();
        parts.join(" · ")
    };
    let new = after.iter().filter(|one| !before.contains(one)).map(|one| (one, String::new(), told(one)));
    let gone = before.iter().filter(|one| !after.contains(one)).map(|one| (one, told(one), String::new()));
    let change =
        |(one, before, after): (&Relative, String, String)| kit::Change { label: one.relation.clone(), before, after };
    new.chain(gone).map(change).collect()
}

/// An ID number as it is shown where it need not be read whole.
fn masked(number: &str) -> String {
    let shown = number.chars().count().saturating_sub(4);
    number.chars().enumerate().map(|(place, char)| if (6..shown).contains(&place) { '*' } else { char }).collect()
}

#[derive(Deserialize)]
struct Asked {
    /// `waiting`: only those who were asked and have not answered.
    #[serde(default)]
    list: String,
    #[serde(default)]
    page: paging::Number,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/declarations.html")]
struct All {
    page: kit::Page,
    tabs: Vec<kit::Tab>,
    lists: Vec<kit::Tab>,
    /// Asks everybody who was not asked this year.
    ask: Option<kit::Form>,
    people: kit::Table,
    pages: kit::Pagination,
}

async fn all(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<All, PageError> {
    let t = person.reader.t;
    let desk = app.store.reader(&person.actor);
    let only_waiting = asked.list == "waiting";
    let page = asked.page.of(ON_A_PAGE);
    let found = desk.declarations(only_waiting, page).await?;
    let names = app.store.names().await?;
    let row = |line: &DeclarationLine| {
        let who = PersonId(line.person_id);
        let declared = line.declared_at.and_then(|at| Timestamp::from_microsecond(at).ok());
        let state = match (line.waiting, declared) {
            (Some(true), _) => kit::Cell::tag(kit::Tone::Warn, t.get("declaration-waits")),
            (_, Some(_)) => kit::Cell::tag(kit::Tone::Success, t.get("declaration-declared")),
            (_, None) => kit::Cell::tag(kit::Tone::Neutral, t.get("declaration-not-asked")),
        };
        let due = line.due.as_deref().filter(|_| line.waiting == Some(true)).and_then(|due| due.parse().ok());
        vec![
            kit::Cell::new(names.person(who)).note(names.number(who)),
            kit::Cell::new(names.unit(UnitId(line.unit_id))),
            state,
            kit::Cell::new(line.asked_year.map(|year| year.to_string()).unwrap_or_default()),
            kit::Cell::new(due.map(|due| t.day(&due)).unwrap_or_default()),
            kit::Cell::new(declared.map(|at| t.moment(&at)).unwrap_or_default()),
        ]
    };
    let list = |(name, label): (&str, &str)| kit::Tab {
        label: t.get(label),
        href: format!("/declarations/all?list={name}"),
        current: (name == "waiting") == only_waiting,
        count: None,
    };
    let may_ask = app.store.policies().may_ever(&person.actor, "ask_for_declarations").is_ok();
    let here = "/declarations/all";
    Ok(All {
        tabs: tabs(t, person.actor.person().is_some(), here),
        lists: [("all", "declaration-list-all"), ("waiting", "declaration-list-waiting")].map(list).to_vec(),
        ask: may_ask.then(|| person.act_form(&app.store, "ask_for_declarations", "all", here)),
        people: kit::Table {
            caption: t.get("declaration-all"),
            columns: [
                "cycle-person",
                "appraisal-unit",
                "declaration-state",
                "declaration-year",
                "declaration-due",
                "declaration-when",
            ]
            .map(|key| kit::Column::words(t.get(key)))
            .to_vec(),
            rows: found.rows.iter().map(row).collect(),
            ..kit::Table::default()
        },
        pages: paging::pages(
            page,
            found.total,
            format!("/declarations/all?list={}", if only_waiting { "waiting" } else { "all" }),
        ),
        page: person.page("/declarations", t.get("declaration-all")),
    })
}
