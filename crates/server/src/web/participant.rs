//! Who takes part in a cycle: a table to search, narrow down, turn the pages of and take away as CSV.

#[cfg(test)]
mod tests;

use super::{App, cycle, error::PageError, export, kit, locale::Locale, paging, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    actor::{Actor, Role},
    appraisal::Stage,
    id::{AppraisalId, CycleId, PersonId, UnitId},
    points::Points,
};
use futures_util::stream;
use serde::Deserialize;
use store::query::{Names, Narrowing, Only, Participant};
use uuid::Uuid;

/// `/cycles/{id}/participants`, and the same as CSV.
pub fn routes() -> Router<App> {
    Router::new().route("/cycles/{id}/participants", get(list)).route("/cycles/{id}/participants.csv", get(csv))
}

/// Rows on a page.
const ON_A_PAGE: u64 = 50;

/// The address's part that narrows the list down. What is not understood narrows nothing.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    stage: String,
    #[serde(default)]
    only: String,
    #[serde(default)]
    page: paging::Number,
}

impl Asked {
    fn narrowing(&self) -> Narrowing {
        Narrowing {
            words: self.q.clone(),
            unit: self.unit.parse().ok(),
            stage: Stage::ALL.into_iter().find(|stage| stage.as_str() == self.stage),
            only: Only::ALL.into_iter().find(|only| only.as_str() == self.only),
        }
    }

    /// The same, as the query of another address.
    fn query(&self) -> String {
        let pairs = [("q", &self.q), ("unit", &self.unit), ("stage", &self.stage), ("only", &self.only)];
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        given
            .map(|(name, value)| format!("{name}={}", super::error::percent_encoded(value)))
            .collect::<Vec<_>>()
            .join("&")
    }

    fn form(&self) -> kit::Form {
        let pairs = [("q", &self.q), ("unit", &self.unit), ("stage", &self.stage), ("only", &self.only)];
        pairs.into_iter().fold(kit::Form::default(), |form, (name, value)| form.fill(name, value))
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/participants.html")]
struct List {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    tabs: Vec<kit::Tab>,
    here: String,
    form: kit::Form,
    units: Vec<kit::Choice>,
    stages: Vec<kit::Choice>,
    onlys: Vec<kit::Choice>,
    table: kit::Table,
    pages: kit::Pagination,
    export: String,
    /// Where HR names assessors for many at once; empty for others.
    assessors: String,
    all: String,
}

async fn list(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
    person: SignedIn,
) -> Result<List, PageError> {
    let t = person.reader.t;
    let cycle = app.store.cycles().await?.into_iter().find(|cycle| cycle.cycle_id == id).ok_or(PageError::NotFound)?;
    let reader = app.store.reader(&person.actor);
    let page = asked.page.of(ON_A_PAGE);
    let found = reader.participants(CycleId(id), &asked.narrowing(), page).await?;
    let names = app.store.names().await?;
    let lines = Lines { app: &app, t, names: &names, regime: &cycle.regime };
    let mut rows = Vec::with_capacity(found.rows.len());
    for line in &found.rows {
        rows.push(lines.row(line, lines.why_ungraded(&person.actor, line).await?));
    }
    let mut units: Vec<Uuid> = reader.progress(CycleId(id)).await?.into_iter().map(|group| group.unit_id).collect();
    units.sort();
    units.dedup();
    let here = format!("/cycles/{id}/participants");
    let query = asked.query();
    let base = if query.is_empty() { here.clone() } else { format!("{here}?{query}") };
    Ok(List {
        crumbs: vec![kit::Crumb { label: t.get("cycles-title"), href: "/cycles".to_owned() }],
        tabs: cycle::tabs(t, id, true, true),
        form: asked.form(),
        units: units.into_iter().map(|unit| kit::Choice::new(unit.to_string(), names.unit(UnitId(unit)))).collect(),
        stages: Stage::ALL
            .map(|stage| kit::Choice::new(stage.as_str(), t.get(&format!("stage-{}", stage.as_str()))))
            .to_vec(),
        onlys: Only::ALL
            .map(|only| kit::Choice::new(only.as_str(), t.get(&format!("only-{}", only.as_str()))))
            .to_vec(),
        table: kit::Table {
            caption: t.get("cycle-participants"),
            note: t.with("participants-found", &[("n", found.total)]),
            columns: vec![
                kit::Column::words(t.get("cycle-person")),
                kit::Column::words(t.get("appraisal-stage")),
                kit::Column::words(t.get("participants-open")),
                kit::Column::numbers(t.get("composite-title")),
                kit::Column::words(t.get("appraisal-grade")),
            ],
            rows,
            total: Vec::new(),
        },
        pages: paging::pages(page, found.total, base),
        export: format!("{here}.csv?{query}"),
        assessors: match cycle.frozen_at.is_none() && person.actor.has(Role::HrOfficer) {
            true => format!("/cycles/{id}/assessors"),
            false => String::new(),
        },
        all: if query.is_empty() { String::new() } else { t.get("participants-all") },
        here,
        page: person.page(&format!("/cycles/{id}/participants"), cycle.title),
    })
}

/// What the lines of the list are made from.
struct Lines<'a> {
    app: &'a App,
    t: Locale,
    names: &'a Names,
    regime: &'a str,
}

impl Lines<'_> {
    /// Why somebody is not graded, with the fact behind it; empty for everyone else.
    async fn why_ungraded(&self, actor: &Actor, line: &Participant) -> Result<String, PageError> {
        if line.ungraded.is_none() {
            return Ok(String::new());
        }
        let found = self.app.store.reader(actor).appraisal(AppraisalId(line.appraisal_id)).await?;
        let why = found.and_then(|(_, sheet)| sheet.ungraded);
        Ok(why.map(|(reason, note)| words::ungraded(self.t, reason, &note)).unwrap_or_default())
    }

    fn row(&self, line: &Participant, why_ungraded: String) -> Vec<kit::Cell> {
        let t = self.t;
        let person = PersonId(line.person_id);
        let open = [
            ("participants-missing", line.missing_scores),
            ("participants-void", line.void_scores),
            ("participants-appeals", line.open_appeals),
        ];
        let open = open.iter().filter(|(_, count)| *count > 0).map(|(key, count)| t.with(key, &[("n", *count)]));
        let open: Vec<String> = open.collect();
        vec![
            kit::Cell::new(self.names.person(person)).link(format!("/appraisals/{}", line.appraisal_id)).note(format!(
                "{} · {}",
                self.names.number(person),
                self.names.unit(UnitId(line.unit_id))
            )),
            kit::Cell::new(t.get(&format!("stage-{}", line.stage))).note(why_ungraded),
            kit::Cell::new(open.join(&t.get("list-comma"))),
            kit::Cell::new(points(line)),
            kit::Cell::new(self.grade(line)),
        ]
    }

    fn grade(&self, line: &Participant) -> String {
        let grade = line.grade.as_ref();
        grade.map(|grade| words::grade(self.t, self.app.store.rules(), self.regime, grade)).unwrap_or_default()
    }

    fn record(&self, line: &Participant) -> [String; 11] {
        let t = self.t;
        let person = PersonId(line.person_id);
        let ungraded = line.ungraded.as_ref().map(|reason| t.get(&format!("ungraded-{reason}")));
        [
            self.names.number(person).to_owned(),
            self.names.person(person).to_owned(),
            self.names.unit(UnitId(line.unit_id)).to_owned(),
            line.post_type.clone(),
            t.get(&format!("stage-{}", line.stage)),
            ungraded.unwrap_or_default(),
            line.missing_scores.to_string(),
            line.void_scores.to_string(),
            line.open_appeals.to_string(),
            points(line),
            self.grade(line),
        ]
    }
}

fn points(line: &Participant) -> String {
    line.composite.map(|points| Points(points).to_string()).unwrap_or_default()
}

/// The heads of the columns of the CSV.
const HEADS: [&str; 11] = [
    "opening-number",
    "cycle-person",
    "appraisal-unit",
    "appraisal-post-type",
    "appraisal-stage",
    "cycle-ungraded",
    "participants-missing-head",
    "participants-void-head",
    "cycle-appeals",
    "composite-title",
    "appraisal-grade",
];

/// Rows that are read and sent at a time: however long the list, no more of it is held.
const AT_A_TIME: u64 = 500;

/// The list as it is narrowed down, as CSV in UTF-8 with the mark that spreadsheet programs look for.
async fn csv(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
    person: SignedIn,
) -> Result<Response, PageError> {
    let t = person.reader.t;
    let cycle = app.store.cycles().await?.into_iter().find(|cycle| cycle.cycle_id == id).ok_or(PageError::NotFound)?;
    let (names, narrowing) = (app.store.names().await?, asked.narrowing());
    let heads = export::written([HEADS.map(|key| t.get(key))])?;
    let first = [export::MARK, &heads].concat();
    let rows = stream::try_unfold(Some(None), move |after: Option<Option<Uuid>>| {
        let (app, actor, names, regime) = (app.clone(), person.actor.clone(), names.clone(), cycle.regime.clone());
        let narrowing = narrowing.clone();
        async move {
            let Some(after) = after else { return Ok(None) };
            let reader = app.store.reader(&actor);
            let found = reader.participants_after(CycleId(id), &narrowing, after, AT_A_TIME).await?;
            let Some(last) = found.last().map(|line| line.appraisal_id) else { return Ok(None) };
            let lines = Lines { app: &app, t, names: &names, regime: &regime };
            let part = export::written(found.iter().map(|line| lines.record(line)))?;
            let next = (found.len() as u64 == AT_A_TIME).then_some(Some(last));
            Ok::<_, anyhow::Error>(Some((Bytes::from(part), next)))
        }
    });
    let head = stream::once(async { Ok::<_, anyhow::Error>(Bytes::from(first)) });
    let body = Body::from_stream(stream::StreamExt::chain(head, rows));
    Ok((export::headers("participants.csv"), body).into_response())
}
