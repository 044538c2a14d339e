//! How the whole authority stands.

use crate::web::{App, error::PageError, session::SignedIn, supervision::numbers::Supervision};
use axum::{
    Json,
    extract::{Query, State},
};
use domain::id::CycleId;
use policy::Reading;
use serde::Deserialize;
use utoipa::IntoParams;

/// Of which cycle.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The cycle whose progress and distributions are told; left out, only what is of no cycle is.
    cycle: Option<CycleId>,
}

/// How the whole authority stands: progress and distributions of a cycle, findings that wait, and the numbers of the years. For the
/// authority's HR and inspectors; findings for inspectors alone.
#[utoipa::path(get, path = "/api/supervision", operation_id = "show_supervision", tag = "supervision", params(Asked),
    responses((status = 200, body = Supervision)))]
pub async fn show(
    State(app): State<App>,
    Query(asked): Query<Asked>,
    person: SignedIn,
) -> Result<Json<Supervision>, PageError> {
    let desk = app.store.reader(&person.actor);
    desk.require(Reading::Supervision)?;
    if let Some(CycleId(asked)) = asked.cycle {
        app.store.cycles().await?.iter().find(|cycle| cycle.cycle_id == asked).ok_or(PageError::NotFound)?;
    }
    Ok(Json(Supervision::of(&desk, asked.cycle).await?))
}
