//! The home page: what there is to do, until when, and why it is one's own; what one waits for; ways on.

#[cfg(test)]
mod tests;

use super::{
    App,
    error::PageError,
    kit,
    locale::{Locale, Reader},
    paging,
    session::SignedIn,
    words,
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{
    id::{CycleId, PersonId, UnitId},
    todo::Task,
};
use serde::Deserialize;
use std::sync::Arc;
use store::query::{Names, Page, TodoLine};

/// `/`, `/todos`.
pub fn routes() -> Router<App> {
    Router::new().route("/", get(home)).route("/todos", get(list))
}

/// More to-dos of one task than this are one card.
const APART: u64 = 3;
/// How many to-dos a page of the whole list holds.
const ON_A_PAGE: u64 = 60;
/// How many steps of others are shown that one waits for.
const AWAITED: u64 = 6;

#[derive(Template, WebTemplate)]
#[template(path = "pages/home.html")]
struct Home {
    page: kit::Page,
    todos: Vec<kit::Todo>,
    awaited: Vec<kit::CellLink>,
    own: Vec<kit::CellLink>,
    areas: Vec<kit::CellLink>,
}

/// What the cards are made from.
struct Desk<'a> {
    app: &'a App,
    t: Locale,
    names: Arc<Names>,
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
    let desk = Desk { app: &app, t, names: app.store.names().await? };
    let todos = desk.cards(&person).await?;
    let awaited = app.store.reader(&person.actor).awaited(AWAITED).await?;
    let home = Home {
        todos,
        awaited: awaited.iter().map(|line| desk.awaited(line)).collect(),
        own: desk.own(&person).await?,
        areas: person.areas().into_iter().skip(1).map(|area| way_to(t, area)).collect(),
        page: person.page("/", t.get("home-title")),
    };
    Ok(home.into_response())
}

fn way_to(t: Locale, area: super::area::Area) -> kit::CellLink {
    kit::CellLink {
        href: area.href().to_owned(),
        icon: area.icon(),
        label: t.get(&format!("nav-{}", area.name())),
        note: t.get(&format!("area-{}", area.name())),
        value: String::new(),
    }
}

impl Desk<'_> {
    /// The cards: single to-dos, and one for the many of a kind, the most urgent first.
    async fn cards(&self, person: &SignedIn) -> Result<Vec<kit::Todo>, PageError> {
        let (reader, today) = (self.app.store.reader(&person.actor), words::today());
        let mut cards = Vec::new();
        for group in reader.todo_groups(today).await? {
            let Some(task) = Task::ALL.into_iter().find(|task| task.as_str() == group.task) else { continue };
            let first = reader.todos(today, Some(task), Page::first(APART)).await?;
            if first.total <= APART {
                cards.extend(first.rows.iter().map(|line| (line.due.clone(), self.card(line))));
            } else if let Some(next) = first.rows.first() {
                cards.push((next.due.clone(), self.group(next, first.total, group.overdue)));
            }
        }
        // Those without a deadline come last.
        cards.sort_by_key(|(due, _)| (due.is_none(), due.clone()));
        Ok(cards.into_iter().map(|(_, card)| card).collect())
    }

    /// One to-do as a card.
    fn card(&self, line: &TodoLine) -> kit::Todo {
        let t = self.t;
        let unit = self.names.unit(UnitId(line.unit_id)).to_owned();
        let whose = line.subject_id.map(|id| self.names.person(PersonId(id)).to_owned());
        let escalated = line.escalated && line.task != Task::Chase.as_str();
        kit::Todo {
            what: self.what(line),
            whose: Some(match whose.filter(|name| !name.is_empty()) {
                Some(name) => kit::Person::new(name, unit),
                None => kit::Person::new(unit, ""),
            }),
            deadline: self.deadline(line),
            why: t.get(&format!("why-{}", line.task)),
            href: href(line),
            action: t.get("home-open"),
            mark: escalated.then(|| kit::Tag::new(kit::Tone::Danger, t.get("home-escalated"))),
            rest: None,
        }
    }

    /// Many to-dos of one task as a card: the button leads to the next, a link to all.
    fn group(&self, next: &TodoLine, count: u64, overdue: i64) -> kit::Todo {
        let t = self.t;
        let task = t.get(&format!("task-{}", next.task));
        let late = t.with("home-overdue", &[("n", t.arg(overdue))]);
        kit::Todo {
            what: t.with("home-many", &[("task", t.arg(task)), ("n", t.arg(count))]),
            whose: None,
            deadline: self.deadline(next),
            why: t.get(&format!("why-{}", next.task)),
            href: href(next),
            action: t.get("home-next"),
            mark: (overdue > 0).then(|| kit::Tag::new(kit::Tone::Danger, late)),
            rest: Some(kit::Crumb {
                label: t.with("home-all", &[("n", t.arg(count))]),
                href: format!("/todos?task={}", next.task),
            }),
        }
    }

    /// The task in words; of a step that is late, which one.
    fn what(&self, line: &TodoLine) -> String {
        let task = |name: &str| self.t.get(&format!("task-{name}"));
        let late = line.todo_key.strip_prefix("chase/").and_then(|key| key.split('/').next());
        match late {
            Some(late) => self.t.with("home-chase", &[("task", task(late))]),
            None => task(&line.task),
        }
    }

    fn deadline(&self, line: &TodoLine) -> Option<kit::Deadline> {
        let day = line.due.as_deref()?.parse().ok()?;
        Some(words::deadline(self.app, day))
    }

    /// A step of somebody else that the reader waits for.
    fn awaited(&self, line: &TodoLine) -> kit::CellLink {
        let t = self.t;
        let by = match line.person_id {
            Some(person) => self.names.person(PersonId(person)).to_owned(),
            None => t.get(&format!("assignee-{}", line.assignee)),
        };
        kit::CellLink {
            href: href(line),
            icon: "hourglass",
            label: t.get(&format!("task-{}", line.task)),
            note: t.with("home-awaited-by", &[("who", by)]),
            value: self.deadline(line).map(|deadline| t.day(&deadline.day)).unwrap_or_default(),
        }
    }

    /// The reader's own appraisals.
    async fn own(&self, person: &SignedIn) -> Result<Vec<kit::CellLink>, PageError> {
        let cycles = self.app.store.cycles().await?;
        let own = self.app.store.reader(&person.actor).own_appraisals().await?.into_iter().map(|sheet| {
            let cycle = cycles.iter().find(|cycle| CycleId(cycle.cycle_id) == CycleId(sheet.cycle_id));
            let grade = sheet.grade.as_ref().zip(cycle);
            let grade = grade.map(|(grade, cycle)| words::grade(self.t, self.app.store.rules(), &cycle.regime, grade));
            kit::CellLink {
                href: format!("/appraisals/{}", sheet.appraisal_id),
                icon: "user-circle",
                label: cycle.map_or_else(String::new, |cycle| cycle.title.clone()),
                note: grade.unwrap_or_default(),
                value: self.t.get(&format!("stage-{}", sheet.stage)),
            }
        });
        Ok(own.collect())
    }
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    task: String,
    #[serde(default)]
    page: paging::Number,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/todos.html")]
struct Todos {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    todos: Vec<kit::Todo>,
    pages: kit::Pagination,
}

/// All to-dos, or those of one task, page by page.
async fn list(State(app): State<App>, person: SignedIn, Query(asked): Query<Asked>) -> Result<Todos, PageError> {
    let t = person.reader.t;
    let task = Task::ALL.into_iter().find(|task| task.as_str() == asked.task);
    let desk = Desk { app: &app, t, names: app.store.names().await? };
    let page = asked.page.of(ON_A_PAGE);
    let todos = app.store.reader(&person.actor).todos(words::today(), task, page).await?;
    let (title, base) = match task {
        Some(task) => (t.get(&format!("task-{}", task.as_str())), format!("/todos?task={}", task.as_str())),
        None => (t.get("home-title"), "/todos".to_owned()),
    };
    Ok(Todos {
        crumbs: vec![kit::Crumb { label: t.get("nav-home"), href: "/".to_owned() }],
        todos: todos.rows.iter().map(|line| desk.card(line)).collect(),
        pages: paging::pages(page, todos.total, base),
        page: person.page("/todos", title),
    })
}

/// The page where a to-do is done.
fn href(line: &TodoLine) -> String {
    match line.stream_kind.as_str() {
        "slate" => format!("/slates/{}", line.stream_id),
        "notice" => format!("/notices/{}", line.stream_id),
        "outcome" => format!("/outcomes/{}", line.stream_id),
        "declaration" => "/declarations".to_owned(),
        "tip" => "/tips/kept".to_owned(),
        "finding" => format!("/findings/{}", line.stream_id),
        _ => format!("/appraisals/{}", line.stream_id),
    }
}
