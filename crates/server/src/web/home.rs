//! The home page: what there is to do, until when, and why it is one's own.

use super::{
    App,
    error::PageError,
    kit,
    locale::{Locale, Reader},
    session::SignedIn,
};
use crate::clock;
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::id::PersonId;
use jiff::civil::Date;
use store::query::{Names, TodoLine};

/// `/`.
pub fn routes() -> Router<App> {
    Router::new().route("/", get(home))
}

/// The most to-dos on the page.
const MOST: u64 = 60;

#[derive(Template, WebTemplate)]
#[template(path = "pages/home.html")]
struct Home {
    page: kit::Page,
    todos: Vec<kit::Todo>,
    own: Vec<kit::CellLink>,
}

async fn home(
    State(app): State<App>,
    person: Result<SignedIn, PageError>,
    reader: Reader,
) -> Result<Response, PageError> {
    let person = match person {
        Ok(person) => person,
        Err(PageError::SignIn) => return Ok(Redirect::to("/sign-in").into_response()),
        Err(error) => return Err(error),
    };
    let t = reader.t;
    let desk = app.store.reader(&person.actor);
    let names = app.store.names().await?;
    let today = domain::context::day(clock::now());
    let todos = desk.todos(MOST).await?;
    let todos = todos.iter().map(|line| card(&app, t, &names, today, line)).collect();
    let cycles = app.store.cycles().await?;
    let own = desk.own_appraisals().await?.into_iter().map(|sheet| kit::CellLink {
        href: format!("/appraisals/{}", sheet.appraisal_id),
        icon: "clipboard-list",
        label: cycles
            .iter()
            .find(|cycle| cycle.cycle_id == sheet.cycle_id)
            .map_or_else(String::new, |cycle| cycle.title.clone()),
        note: String::new(),
        value: t.get(&format!("stage-{}", sheet.stage)),
    });
    let page = person.page("/", t.get("home-title"));
    Ok(Home { page, todos, own: own.collect() }.into_response())
}

/// One to-do as a card.
fn card(app: &App, t: Locale, names: &Names, today: Date, line: &TodoLine) -> kit::Todo {
    let whose = line.subject_id.map(|id| names.person(PersonId(id)).to_owned()).filter(|name| !name.is_empty());
    let unit = names.unit(domain::id::UnitId(line.unit_id)).to_owned();
    let deadline = line
        .due
        .as_deref()
        .and_then(|due| due.parse::<Date>().ok())
        .map(|day| kit::Deadline { day, working_days_left: left(app, today, day) });
    kit::Todo {
        what: t.get(&format!("task-{}", line.task)),
        whose: Some(kit::Person::new(whose.unwrap_or_else(|| unit.clone()), unit)),
        deadline,
        why: t.get(&format!("why-{}", line.task)),
        href: href(line),
        action: t.get("home-open"),
    }
}

/// Working days from today to the deadline; below zero once it is past.
fn left(app: &App, today: Date, due: Date) -> i64 {
    let calendar = &app.store.rules().calendar;
    let between = |from: Date, to: Date| calendar.workdays_between(from, to).map_or(0, i64::from);
    if due >= today { between(today, due) } else { -between(due, today) }
}

fn href(line: &TodoLine) -> String {
    match line.stream_kind.as_str() {
        "slate" => format!("/slates/{}", line.stream_id),
        "notice" => format!("/notices/{}", line.stream_id),
        "outcome" => format!("/outcomes/{}", line.stream_id),
        _ => format!("/appraisals/{}", line.stream_id),
    }
}
