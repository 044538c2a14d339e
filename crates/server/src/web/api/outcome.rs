//! Outcomes: what follows from a result.

use super::{
    paging::{Asked, Part},
    told::{PersonName, Stamp, Told, UnitName, moment},
};
use crate::web::{App, error::PageError, session::SignedIn};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::{
    id::{AppraisalId, CycleId, OutcomeId, PersonId, UnitId},
    outcome,
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use store::tables;
use utoipa::ToSchema;
use uuid::Uuid;

/// An outcome in a list.
#[derive(Serialize, ToSchema)]
pub struct OutcomeLine {
    /// Its id.
    id: OutcomeId,
    /// The cycle.
    cycle: CycleId,
    /// The result it follows from.
    appraisal: AppraisalId,
    /// For whom.
    person: PersonName,
    /// Their unit.
    unit: UnitName,
    /// `promotion`, `reward` or `training`.
    kind: String,
    /// The grade it follows from.
    #[schema(example = "excellent")]
    grade: String,
    /// `recommended`, `reviewed`, `approved` or `declined`.
    stage: String,
    /// When it was recommended.
    recommended_at: Timestamp,
}

/// Outcomes, oldest first: all for HR, inspectors and approvers, a unit's for its HR, and for everyone their own, those
/// they recommended, and those of people they have a duty for.
#[utoipa::path(get, path = "/api/outcomes", operation_id = "list_outcomes", tag = "outcomes", params(Asked),
    responses((status = 200, body = Part<OutcomeLine>)))]
pub async fn list(
    State(app): State<App>,
    person: SignedIn,
    asked: Asked,
) -> Result<Json<Part<OutcomeLine>>, PageError> {
    let found = app.store.reader(&person.actor).outcomes_in(asked.slice()?).await?;
    let told = Told::of(&app.store).await?;
    let item = |row: tables::outcome::Model| OutcomeLine {
        id: OutcomeId(row.outcome_id),
        cycle: CycleId(row.cycle_id),
        appraisal: AppraisalId(row.appraisal_id),
        person: told.person(PersonId(row.person_id)),
        unit: told.unit(UnitId(row.unit_id)),
        kind: row.kind,
        grade: row.grade,
        stage: row.stage,
        recommended_at: moment(row.recommended_at),
    };
    Ok(Json(asked.answer(found, |row| row.outcome_id.to_string(), item)))
}

/// An outcome 结果应用 and the three signatures under it: 部门推荐, 人力资源部审核, 总经理/市政府审批.
#[derive(Serialize, ToSchema)]
pub struct Outcome {
    /// Its id.
    id: OutcomeId,
    /// The cycle.
    cycle: CycleId,
    /// The result it follows from.
    appraisal: AppraisalId,
    /// For whom.
    person: PersonName,
    /// Their unit.
    unit: UnitName,
    /// What.
    kind: outcome::Kind,
    /// Exactly what: the post, the reward, the course.
    detail: String,
    /// Why.
    reasons: String,
    /// The grade it follows from.
    #[schema(example = "excellent")]
    grade: String,
    /// 部门推荐
    recommended: Stamp,
    /// HR answers by this day.
    review_due: Date,
    /// 人力资源部审核
    reviewed: Option<Signoff>,
    /// The approver answers by this day.
    decision_due: Option<Date>,
    /// 总经理/市政府审批
    decided: Option<Signoff>,
}

/// One of the two signatures after the recommendation.
#[derive(Serialize, ToSchema)]
struct Signoff {
    /// Signed, or refused.
    approved: bool,
    /// The opinion.
    opinion: Option<String>,
    /// When and by whom.
    stamp: Stamp,
}

/// One outcome.
#[utoipa::path(get, path = "/api/outcomes/{id}", operation_id = "show_outcome", tag = "outcomes",
    params(("id" = OutcomeId, Path, description = "the outcome")), responses((status = 200, body = Outcome)))]
pub async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Json<Outcome>, PageError> {
    let found = app.store.reader(&person.actor).outcome(OutcomeId(id)).await?;
    let outcome = found.ok_or(PageError::NotFound)?;
    let told = Told::of(&app.store).await?;
    let signoff =
        |of: outcome::Signoff| Signoff { approved: of.approved, opinion: of.opinion, stamp: told.stamp(of.stamp) };
    let of = outcome.recommended;
    let (reviewed, decision_due) = outcome.reviewed.unzip();
    Ok(Json(Outcome {
        id: of.id,
        cycle: of.cycle,
        appraisal: of.appraisal,
        person: told.person(of.person),
        unit: told.unit(of.unit),
        kind: of.kind,
        detail: of.detail,
        reasons: of.reasons,
        grade: of.grade,
        recommended: told.stamp(outcome.stamp),
        review_due: of.due,
        reviewed: reviewed.map(signoff),
        decision_due,
        decided: outcome.decided.map(signoff),
    }))
}
