//! The office: units, people, and the library of indicators.

use super::{
    paging::{Asked, Part},
    told::{PersonName, Told, UnitName},
};
use crate::web::{App, error::PageError, session::SignedIn};
use axum::{Json, extract::State};
use domain::{
    id::{IndicatorId, PersonId, UnitId},
    points::Points,
};
use serde::Serialize;
use store::tables;
use utoipa::ToSchema;

/// A unit 单位 or a section 科室 within one.
#[derive(Serialize, ToSchema)]
pub struct Unit {
    /// Its id.
    id: UnitId,
    /// The code of the organisation register.
    code: String,
    /// Full name.
    name: String,
    /// Short name.
    short_name: Option<String>,
    /// The unit above.
    parent: Option<UnitId>,
    /// What kind of unit, as the register says.
    kind: Option<String>,
    /// Who leads it.
    head: Option<PersonName>,
}

/// Every unit and section. For whoever is signed in.
#[utoipa::path(get, path = "/api/units", operation_id = "list_units", tag = "office", params(Asked),
    responses((status = 200, body = Part<Unit>)))]
pub async fn units(State(app): State<App>, _: SignedIn, asked: Asked) -> Result<Json<Part<Unit>>, PageError> {
    let found = app.store.units_in(asked.slice()?).await?;
    let told = Told::of(&app.store).await?;
    let item = |row: tables::unit::Model| Unit {
        id: UnitId(row.unit_id),
        code: row.code,
        name: row.name,
        short_name: row.short_name,
        parent: row.parent_id.map(UnitId),
        kind: row.kind,
        head: row.head_id.map(|id| told.person(PersonId(id))),
    };
    Ok(Json(asked.answer(found, |row| row.unit_id.to_string(), item)))
}

/// A person 干部、职工 and their present post.
#[derive(Serialize, ToSchema)]
pub struct Person {
    /// Their id.
    id: PersonId,
    /// The employee number 工号.
    number: String,
    /// Name.
    name: String,
    /// The unit.
    unit: UnitName,
    /// The section within it.
    section: Option<UnitName>,
    /// The post 职务.
    post: Option<String>,
    /// Which set of indicators applies 岗位类别.
    post_type: String,
    /// The direct leader.
    leader: Option<PersonName>,
    /// Leads projects, and so may be the witness of a score.
    project_lead: bool,
}

/// People on the roster: all of them for HR and inspectors, and for everyone those of the own unit.
#[utoipa::path(get, path = "/api/people", operation_id = "list_people", tag = "office", params(Asked),
    responses((status = 200, body = Part<Person>)))]
pub async fn people(State(app): State<App>, person: SignedIn, asked: Asked) -> Result<Json<Part<Person>>, PageError> {
    let found = app.store.reader(&person.actor).people_in(asked.slice()?).await?;
    let told = Told::of(&app.store).await?;
    let item = |row: tables::person::Model| Person {
        id: PersonId(row.person_id),
        number: row.number,
        name: row.name,
        unit: told.unit(UnitId(row.unit_id)),
        section: row.section_id.map(|id| told.unit(UnitId(id))),
        post: row.post,
        post_type: row.post_type,
        leader: row.leader_id.map(|id| told.person(PersonId(id))),
        project_lead: row.project_lead,
    };
    Ok(Json(asked.answer(found, |row| row.person_id.to_string(), item)))
}

/// An indicator 指标 of the library. A cycle keeps the indicators as they were when it was opened.
#[derive(Serialize, ToSchema)]
pub struct LibraryIndicator {
    /// Its id.
    id: IndicatorId,
    /// The code; unique in the library.
    code: String,
    /// Name.
    name: String,
    /// `virtue`, `ability`, `diligence`, `achievement` or `integrity` (德能勤绩廉).
    dimension: String,
    /// How many of the 100 points of its post type.
    weight: Points,
    /// The post type whose set it belongs to.
    post_type: String,
    /// Where its values come from.
    source: String,
    /// How it is worked out, in the library's words.
    words: String,
    /// How it is worked out, as it was understood; null: it is qualitative.
    formula: Option<String>,
}

/// The indicator library. For HR and inspectors.
#[utoipa::path(get, path = "/api/indicators", operation_id = "list_indicators", tag = "office", params(Asked),
    responses((status = 200, body = Part<LibraryIndicator>)))]
pub async fn indicators(
    State(app): State<App>,
    person: SignedIn,
    asked: Asked,
) -> Result<Json<Part<LibraryIndicator>>, PageError> {
    let found = app.store.reader(&person.actor).indicators_in(asked.slice()?).await?;
    let item = |row: tables::indicator::Model| LibraryIndicator {
        id: IndicatorId(row.indicator_id),
        code: row.code,
        name: row.name,
        dimension: row.dimension,
        weight: Points(row.weight),
        post_type: row.post_type,
        source: row.source,
        words: row.words,
        formula: row.formula,
    };
    Ok(Json(asked.answer(found, |row| row.indicator_id.to_string(), item)))
}
