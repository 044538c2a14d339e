//! The desk of those who oversee the whole authority: how far a cycle is, how its grades and scores are distributed, where sources
//! contradict each other, which findings wait, and the authority's own numbers over the years. Every mark leads to its rows, and
//! every drawing stands above the table that says the same.

pub mod numbers;
mod panels;
#[cfg(test)]
mod tests;

use super::{App, error::PageError, export, kit, session::SignedIn};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::id::CycleId;
use numbers::Supervision;
use panels::Panel;
use policy::Reading;
use serde::Deserialize;
use store::tables::cycle;
use uuid::Uuid;

/// `/supervision`, `/supervision.csv`.
pub fn routes() -> Router<App> {
    Router::new().route("/supervision", get(show)).route("/supervision.csv", get(csv))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    cycle: String,
    /// Of a file: which table.
    #[serde(default)]
    panel: String,
}

impl Asked {
    /// The cycle that is asked for, or else the newest that runs, or else the newest.
    fn cycle<'a>(&self, cycles: &'a [cycle::Model]) -> Option<&'a cycle::Model> {
        let asked: Option<Uuid> = self.cycle.parse().ok();
        let runs = |cycle: &&cycle::Model| cycle.closed_at.is_none();
        let newest = || cycles.iter().max_by_key(|cycle| (runs(cycle), cycle.cycle_id));
        cycles.iter().find(|cycle| Some(cycle.cycle_id) == asked).or_else(newest)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/supervision.html")]
struct Show {
    page: kit::Page,
    stats: Vec<kit::Stat>,
    search: kit::Form,
    cycles: Vec<kit::Choice>,
    cycle: Option<kit::Crumb>,
    panels: Vec<Panel>,
}

async fn show(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let (cycles, cycle, numbers) = read(&app, &asked, &person).await?;
    let names = app.store.names().await?;
    let panels = panels::all(t, &names, cycle.as_ref(), &numbers);
    let id = cycle.as_ref().map(|cycle| cycle.cycle_id.to_string()).unwrap_or_default();
    Ok(Show {
        stats: panels::stats(t, &numbers),
        search: kit::Form::default().fill("cycle", id.clone()),
        cycles: cycles.iter().rev().map(|one| kit::Choice::new(one.cycle_id.to_string(), one.title.clone())).collect(),
        cycle: cycle.map(|cycle| kit::Crumb { label: cycle.title, href: format!("/cycles/{id}") }),
        panels,
        page: person.page("/supervision", t.get("supervision-title")),
    })
}

async fn read(
    app: &App,
    asked: &Asked,
    person: &SignedIn,
) -> Result<(Vec<cycle::Model>, Option<cycle::Model>, Supervision), PageError> {
    let desk = app.store.reader(&person.actor);
    desk.require(Reading::Supervision)?;
    let cycles = app.store.cycles().await?;
    let cycle = asked.cycle(&cycles).cloned();
    let numbers = Supervision::of(&desk, cycle.as_ref().map(|cycle| CycleId(cycle.cycle_id))).await?;
    Ok((cycles, cycle, numbers))
}

/// One table as a file.
async fn csv(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<Response, PageError> {
    let (_, cycle, numbers) = read(&app, &asked, &person).await?;
    let names = app.store.names().await?;
    let panels = panels::all(person.reader.t, &names, cycle.as_ref(), &numbers);
    let panel = panels.into_iter().find(|panel| asked.panel.is_empty() || panel.id == asked.panel);
    let panel = panel.ok_or(PageError::NotFound)?;
    let file = export::table(&panel.table)?;
    Ok((export::headers(&format!("{}.csv", panel.id)), [export::MARK, &file].concat()).into_response())
}
