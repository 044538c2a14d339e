//! Who scores whom, and with which weight: for one person, and for a whole unit or section at once.

mod apart;
mod lines;
mod outside;
#[cfg(test)]
mod tests;

use super::{
    App, bulk,
    error::PageError,
    kit,
    locale::Sentence,
    session::{Answer, How, SignedIn},
    words,
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Extension, Form, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{
    act::Act,
    actor::Role,
    appraisal::Appraisal,
    cycle::Cycle,
    decide::Case,
    id::{AppraisalId, CycleId, PersonId, UnitId},
    score::{Assessor, fit_together},
};
use lines::{Lines, Step};
pub use lines::{weight_field, who_field};
use std::{collections::BTreeSet, sync::Arc};
use store::query::{Narrowing, Only};
use uuid::Uuid;

/// `/appraisals/{id}/assessors`, `/cycles/{id}/assessors`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/appraisals/{id}/assessors", get(one).post(change_one))
        .route("/cycles/{id}/assessors", get(many).post(change_many))
}

/// The most people whom a field suggests.
const MOST_SUGGESTED: usize = 300;

#[derive(Template, WebTemplate)]
#[template(path = "pages/assessors.html")]
struct One {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    here: String,
    table: kit::Table,
    /// Who is kept out, and on which ground; for whoever names assessors.
    apart: kit::Table,
    /// For HR while scoring is open.
    lines: Option<Lines>,
    outside: outside::Part,
}

/// The assessors of one person.
async fn one(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<One, PageError> {
    let (cycle, sheet) = found(&app, &person, id).await?;
    let names = app.store.names().await?;
    let lines = Lines::of(&sheet.assessors, &names, person.reader.t, person.form(&app.store));
    one_with(&app, &person, &cycle, &sheet, lines).await
}

async fn found(app: &App, person: &SignedIn, id: Uuid) -> Result<(Arc<Cycle>, Appraisal), PageError> {
    let found = app.store.reader(&person.actor).appraisal(AppraisalId(id)).await?;
    found.ok_or(PageError::NotFound)
}

fn act(sheet: &Appraisal, assessors: Vec<Assessor>) -> Act {
    Act::NameAssessors { appraisal: sheet.opened.id, assessors }
}

async fn one_with(
    app: &App,
    person: &SignedIn,
    cycle: &Arc<Cycle>,
    sheet: &Appraisal,
    mut lines: Lines,
) -> Result<One, PageError> {
    let (t, names) = (person.reader.t, app.store.names().await?);
    let ties = app.store.ties(words::today()).await?;
    let (of_cycle, appraisal) = (Some(cycle.clone()), Some(sheet.clone()));
    let case = Case { cycle: of_cycle, appraisal, ties: Some(ties.clone()), ..Case::default() };
    let may = app.store.policies().permit(&person.actor, &act(sheet, Vec::new()), &case).is_ok();
    let opened = &sheet.opened;
    let row = |assessor: &Assessor| {
        let mut row = vec![
            kit::Cell::new(names.person(assessor.person)).note(names.number(assessor.person)),
            kit::Cell::new(t.points(&assessor.weight.0)),
        ];
        row.extend(may.then(|| apart::hint(t, &ties, opened.person, assessor.person)));
        row
    };
    let at = format!("/appraisals/{}", opened.id);
    let tied = ties.of(opened.person);
    let roster = app.store.roster().await?;
    let of_unit = |row: &store::tables::person::Model| row.unit_id == opened.unit.0 && row.person_id != opened.person.0;
    lines.suggest(&roster, |row| of_unit(row) && !tied.is_apart_from(PersonId(row.person_id)));
    let free = sheet
        .third_parties
        .iter()
        .filter(|third| !tied.is_apart_from(third.id) && ties.ties().on_the_roster(third.id).is_none());
    lines.suggested.extend(free.map(|third| format!("{} {}", third.name, third.employer)));
    let outside = outside::Part::of(app, person, &case, sheet, &ties);
    let apart = match may {
        true => apart::table(t, &ties, opened.person, roster.iter().filter(|row| of_unit(row))),
        false => kit::Table::default(),
    };
    let mut columns =
        vec![kit::Column::words(t.get("score-assessor")), kit::Column::numbers(t.get("assessors-weight"))];
    columns.extend(may.then(|| kit::Column::words(t.get("assessors-tie"))));
    let mut page = person.page(&at, t.with("assessors-of", &[("name", names.person(opened.person))]));
    page.refused |= lines.form.is_refused();
    Ok(One {
        page,
        here: format!("{at}/assessors"),
        crumbs: vec![
            kit::Crumb { label: cycle.opened.title.clone(), href: format!("/cycles/{}", cycle.opened.id) },
            kit::Crumb { label: names.person(opened.person).to_owned(), href: at },
        ],
        table: kit::Table {
            caption: t.get("assessors-now"),
            note: if sheet.assessors.is_empty() { t.get("assessors-none") } else { String::new() },
            columns,
            rows: sheet.assessors.iter().map(row).collect(),
            total: Vec::new(),
        },
        apart,
        lines: (may && cycle.frozen.is_none()).then_some(lines),
        outside,
    })
}

async fn change_one(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    person: SignedIn,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let sent = kit::Form::posted(pairs);
    person.check(&sent.csrf)?;
    let (cycle, sheet) = found(&app, &person, id).await?;
    let key = sent.key.parse().map_err(|_| PageError::BadInput(Sentence::new("refusal-form-unfit")))?;
    let mut lines = Lines::sent(sent, person.reader.t);
    if lines.step() != Step::Save {
        return Ok(one_with(&app, &person, &cycle, &sheet, lines).await?.into_response());
    }
    if let Some(named) = lines.read(&app, &person, Some(&sheet)).await? {
        match app.store.act(&person.actor, key, act(&sheet, named.clone())).await {
            Ok(receipt) => {
                let page = format!("/appraisals/{id}");
                let how = How::Done { act: "name_assessors".to_owned(), seq: receipt.seq };
                person.keep(&app.store, Answer { page: page.clone(), form: String::new(), how }).await?;
                return Ok(Redirect::to(&page).into_response());
            }
            Err(store::Error::Refused(refusal)) => {
                lines.refuse(&refusal, &named, Some(sheet.opened.person), person.reader.t);
            }
            Err(store::Error::Denied(denied)) => {
                let ties = app.store.ties(words::today()).await?;
                let tied = ties.of(sheet.opened.person);
                let place = named.iter().position(|assessor| tied.is_apart_from(assessor.person));
                let (Some(place), Some(sentence)) = (place, words::forbidden(person.reader.t, &denied)) else {
                    return Err(store::Error::Denied(denied).into());
                };
                lines.form.refuse(who_field(place), sentence);
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = one_with(&app, &person, &cycle, &sheet, lines).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// Refuse whoever names nobody's assessors: for whom HR may, each act is asked about by itself.
pub fn may_name(app: &App, person: &SignedIn) -> Result<(), PageError> {
    if person.actor.has(Role::HrOfficer) {
        return Ok(());
    }
    let may = app.store.policies().may_ever(&person.actor, "name_assessors");
    may.map_err(|denied| words::of_store(store::Error::Denied(Box::new(denied))))
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/assessors_many.html")]
struct Many {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    here: String,
    lines: Lines,
    places: Vec<kit::Choice>,
    whose: Vec<kit::Choice>,
    running: Option<bulk::Progress>,
    running_at: String,
}

/// Which unit or section, and whose assessors in it.
const PLACE: &str = "place";
const WHOSE: &str = "whose";
/// Those who have no assessor; else everyone.
const NOBODYS: &str = "none";

async fn many(
    State(app): State<App>,
    Extension(desk): Extension<bulk::Desk>,
    Path(id): Path<Uuid>,
    person: SignedIn,
) -> Result<Many, PageError> {
    may_name(&app, &person)?;
    let names = app.store.names().await?;
    let lines = Lines::of(&[], &names, person.reader.t, person.form(&app.store).fill(WHOSE, NOBODYS));
    many_with(&app, &desk, &person, id, lines).await
}

async fn many_with(
    app: &App,
    desk: &bulk::Desk,
    person: &SignedIn,
    id: Uuid,
    mut lines: Lines,
) -> Result<Many, PageError> {
    let t = person.reader.t;
    let cycle = app.store.cycles().await?.into_iter().find(|cycle| cycle.cycle_id == id).ok_or(PageError::NotFound)?;
    if cycle.frozen_at.is_some() {
        return Err(PageError::Refused(Sentence::new("refusal-scoring-frozen")));
    }
    let seen = app.store.reader(&person.actor).progress(CycleId(id)).await?;
    let seen: BTreeSet<Uuid> = seen.into_iter().map(|group| group.unit_id).collect();
    let (names, units, here) = (app.store.names().await?, app.store.units().await?, format!("/cycles/{id}/assessors"));
    let place = |unit: &store::tables::unit::Model| {
        let (own, name) = (seen.contains(&unit.unit_id), names.unit(UnitId(unit.unit_id)));
        let parent = unit.parent_id.filter(|parent| seen.contains(parent));
        let label = match parent {
            Some(parent) => Some(format!("{} · {name}", names.unit(UnitId(parent)))),
            None => own.then(|| name.to_owned()),
        };
        label.map(|label| kit::Choice::new(unit.unit_id.to_string(), label))
    };
    let roster = app.store.roster().await?;
    lines.suggest(&roster, |row| seen.contains(&row.unit_id));
    let mut page = person.page(&here, t.get("assessors-many"));
    page.refused |= lines.form.is_refused();
    Ok(Many {
        page,
        crumbs: vec![
            kit::Crumb { label: t.get("cycles-title"), href: "/cycles".to_owned() },
            kit::Crumb { label: cycle.title, href: format!("/cycles/{id}") },
        ],
        here,
        lines,
        places: units.iter().filter_map(place).collect(),
        whose: vec![
            kit::Choice::new(NOBODYS, t.get("assessors-whose-none")),
            kit::Choice::new("all", t.get("assessors-whose-all")),
        ],
        running: desk.progress(id).filter(bulk::Progress::names_assessors),
        running_at: format!("/cycles/{id}/bulk"),
    })
}

async fn change_many(
    State(app): State<App>,
    Extension(desk): Extension<bulk::Desk>,
    Path(id): Path<Uuid>,
    person: SignedIn,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let t = person.reader.t;
    let sent = kit::Form::posted(pairs);
    person.check(&sent.csrf)?;
    may_name(&app, &person)?;
    let (place, whose) = (sent.value(PLACE).to_owned(), sent.value(WHOSE).to_owned());
    let mut lines = Lines::sent(sent, t);
    lines.form = lines.form.fill(PLACE, &place).fill(WHOSE, &whose);
    if lines.step() != Step::Save {
        return Ok(many_with(&app, &desk, &person, id, lines).await?.into_response());
    }
    let unit = place.parse().ok();
    if unit.is_none() {
        lines.form.refuse(PLACE, t.get("refusal-assessors-place"));
    }
    let named = lines.read(&app, &person, None).await?;
    if let (Some(unit), Some(named)) = (unit, named) {
        let only = (whose == NOBODYS).then_some(Only::Unassessed);
        let sheets = sheets(&app, &person, id, Narrowing { unit: Some(unit), only, ..Narrowing::default() }).await?;
        if let Err(refusal) = fit_together(&named) {
            lines.refuse(&refusal, &named, None, t);
        } else if sheets.is_empty() {
            lines.form.refuse(PLACE, t.get("refusal-assessors-nobody"));
        } else if bulk::name_assessors(&app, &desk, &person, id, sheets, named) {
            return Ok(Redirect::to(&format!("/cycles/{id}/assessors#running")).into_response());
        } else {
            lines.form.refuse("", t.get("refusal-assessors-busy"));
        }
    }
    let page = many_with(&app, &desk, &person, id, lines).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The sheets of a cycle that one sees, narrowed down.
async fn sheets(app: &App, person: &SignedIn, id: Uuid, only: Narrowing) -> Result<Vec<AppraisalId>, PageError> {
    const AT_A_TIME: u64 = 500;
    let (reader, mut sheets) = (app.store.reader(&person.actor), Vec::new());
    loop {
        let after = sheets.last().map(|last: &AppraisalId| last.0);
        let part = reader.participants_after(CycleId(id), &only, after, AT_A_TIME).await?;
        sheets.extend(part.iter().map(|line| AppraisalId(line.appraisal_id)));
        if (part.len() as u64) < AT_A_TIME {
            return Ok(sheets);
        }
    }
}
