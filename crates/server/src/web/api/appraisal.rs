//! One appraisal, and the trail of all that happened to it.

mod shape;

use super::{
    paging::{Asked, Part},
    told::{Stamp, Told},
};
use crate::web::{App, error::PageError, locale::Sentence, session::SignedIn};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::id::AppraisalId;
use serde::Serialize;
use shape::{Appraisal, Shaping};
use store::Recorded;
use utoipa::ToSchema;
use uuid::Uuid;

/// One appraisal: goals, progress, scores with their basis and standing, values with the rows they come from, the
/// composite's arithmetic, appeals, grade. For the person, those with a duty on it, HR and inspectors.
#[utoipa::path(get, path = "/api/appraisals/{id}", operation_id = "show_appraisal", tag = "appraisals",
    params(("id" = AppraisalId, Path, description = "the appraisal")), responses((status = 200, body = Appraisal)))]
pub async fn show(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    person: SignedIn,
) -> Result<Json<Appraisal>, PageError> {
    let found = app.store.reader(&person.actor).appraisal(AppraisalId(id)).await?;
    let (cycle, sheet) = found.ok_or(PageError::NotFound)?;
    let told = Told::of(&app.store).await?;
    Ok(Json(Shaping { told: &told, cycle: &cycle, sheet: &sheet }.appraisal()))
}

/// One entry of a trail.
#[derive(Serialize, ToSchema)]
pub struct TrailEntry {
    /// Its place in the record of the authority, from 0.
    seq: u64,
    /// What happened.
    #[schema(example = "goals_endorsed")]
    event: String,
    /// The act it came from.
    #[schema(example = "endorse_goals")]
    act: String,
    /// When and by whom.
    stamp: Stamp,
}

/// Everything that happened to one appraisal, oldest first. For whoever may read the appraisal.
#[utoipa::path(get, path = "/api/appraisals/{id}/trail", operation_id = "show_trail", tag = "appraisals",
    params(("id" = AppraisalId, Path, description = "the appraisal"), Asked),
    responses((status = 200, body = Part<TrailEntry>)))]
pub async fn trail(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    person: SignedIn,
    asked: Asked,
) -> Result<Json<Part<TrailEntry>>, PageError> {
    let after: Option<u64> = asked
        .after()
        .map(str::parse)
        .transpose()
        .map_err(|_| PageError::BadInput(Sentence::new("api-slice-unfit").arg("most", super::paging::MOST)))?;
    let record = app.store.reader(&person.actor).trail(AppraisalId(id)).await?.ok_or(PageError::NotFound)?;
    let told = Told::of(&app.store).await?;
    let found: Vec<Recorded> = record
        .into_iter()
        .filter(|recorded| after.is_none_or(|after| recorded.seq > after))
        .take(asked.most() as usize)
        .collect();
    let item = |recorded: Recorded| TrailEntry {
        seq: recorded.seq,
        event: recorded.event.name().to_owned(),
        act: recorded.act,
        stamp: told.stamp(recorded.stamp),
    };
    Ok(Json(asked.answer(found, |recorded| recorded.seq.to_string(), item)))
}
