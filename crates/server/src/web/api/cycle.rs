//! Cycles and who takes part in them.

use super::{
    paging::{Asked, Part},
    told::{PersonName, Told, UnitName, moment},
};
use crate::web::{App, error::PageError, session::SignedIn};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::{
    id::{AppraisalId, CycleId, PersonId, UnitId},
    points::Points,
};
use jiff::Timestamp;
use serde::Serialize;
use store::tables;
use utoipa::ToSchema;
use uuid::Uuid;

/// A cycle 考核周期.
#[derive(Serialize, ToSchema)]
pub struct Cycle {
    /// Its id.
    id: CycleId,
    /// What people call it.
    title: String,
    /// The regime it is run by.
    #[schema(example = "civil_servant")]
    regime: String,
    /// `routine`, `annual`, `special` or `tenure`.
    kind: String,
    /// First day appraised.
    #[schema(format = Date)]
    from: String,
    /// Last day appraised.
    #[schema(format = Date)]
    to: String,
    /// Goals are proposed by this day.
    #[schema(format = Date)]
    goals_due: String,
    /// Assessors have scored by this day.
    #[schema(format = Date)]
    scoring_due: String,
    /// Units have proposed grades by this day.
    #[schema(format = Date)]
    grading_due: String,
    /// When it was opened.
    opened_at: Timestamp,
    /// When scoring was frozen; null: scores still come in.
    frozen_at: Option<Timestamp>,
    /// When it was closed; null: it runs.
    closed_at: Option<Timestamp>,
}

impl From<tables::cycle::Model> for Cycle {
    fn from(row: tables::cycle::Model) -> Self {
        Cycle {
            id: CycleId(row.cycle_id),
            title: row.title,
            regime: row.regime,
            kind: row.kind,
            from: row.from_day,
            to: row.to_day,
            goals_due: row.goals_due,
            scoring_due: row.scoring_due,
            grading_due: row.grading_due,
            opened_at: moment(row.opened_at),
            frozen_at: row.frozen_at.map(moment),
            closed_at: row.closed_at.map(moment),
        }
    }
}

/// Every cycle, oldest first. For whoever is signed in.
#[utoipa::path(get, path = "/api/cycles", operation_id = "list_cycles", tag = "cycles", params(Asked),
    responses((status = 200, body = Part<Cycle>)))]
pub async fn list(State(app): State<App>, _: SignedIn, asked: Asked) -> Result<Json<Part<Cycle>>, PageError> {
    let found = app.store.cycles_in(asked.slice()?).await?;
    Ok(Json(asked.answer(found, |row| row.cycle_id.to_string(), Cycle::from)))
}

/// One cycle. For whoever is signed in.
#[utoipa::path(get, path = "/api/cycles/{id}", operation_id = "show_cycle", tag = "cycles",
    params(("id" = CycleId, Path, description = "the cycle")), responses((status = 200, body = Cycle)))]
pub async fn show(State(app): State<App>, Path(id): Path<Uuid>, _: SignedIn) -> Result<Json<Cycle>, PageError> {
    let found = app.store.cycle_line(CycleId(id)).await?;
    found.map(|row| Json(Cycle::from(row))).ok_or(PageError::NotFound)
}

/// One person in a cycle: how far the appraisal is.
#[derive(Serialize, ToSchema)]
pub struct Participant {
    /// The appraisal.
    appraisal: AppraisalId,
    /// Whose it is.
    person: PersonName,
    /// Their unit when the cycle was opened.
    unit: UnitName,
    /// Which set of indicators applies.
    post_type: String,
    /// `goals`, `working`, `scoring`, `reviewed`, `scored`, `graded`, `signed` or `ungraded`.
    stage: String,
    /// Why there is no grade: `probation`, `long_leave`, `investigation` or `appraised_elsewhere`.
    ungraded: Option<String>,
    /// Scores that assessors still owe.
    missing_scores: i64,
    /// Scores that do not count: unconfirmed, denied or returned.
    void_scores: i64,
    /// Appeals that are not decided.
    open_appeals: i64,
    /// The composite, once it is fixed.
    composite: Option<Points>,
    /// The final grade.
    #[schema(example = "excellent")]
    grade: Option<String>,
}

/// The participants of a cycle: all of them for HR, inspectors and approvers, those of one's units for their HR, and for
/// everyone those one has a duty for and oneself.
#[utoipa::path(get, path = "/api/cycles/{id}/participants", operation_id = "list_participants", tag = "cycles",
    params(("id" = CycleId, Path, description = "the cycle"), Asked),
    responses((status = 200, body = Part<Participant>)))]
pub async fn participants(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    person: SignedIn,
    asked: Asked,
) -> Result<Json<Part<Participant>>, PageError> {
    app.store.cycle_line(CycleId(id)).await?.ok_or(PageError::NotFound)?;
    let found = app.store.reader(&person.actor).participants_in(CycleId(id), asked.slice()?).await?;
    let told = Told::of(&app.store).await?;
    let item = |row: tables::appraisal::Model| Participant {
        appraisal: AppraisalId(row.appraisal_id),
        person: told.person(PersonId(row.person_id)),
        unit: told.unit(UnitId(row.unit_id)),
        post_type: row.post_type,
        stage: row.stage,
        ungraded: row.ungraded,
        missing_scores: row.missing_scores,
        void_scores: row.void_scores,
        open_appeals: row.open_appeals,
        composite: row.composite.map(Points),
        grade: row.grade,
    };
    Ok(Json(asked.answer(found, |row| row.appraisal_id.to_string(), item)))
}
