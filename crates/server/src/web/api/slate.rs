//! Slates: a unit's list of grades.

use super::{
    paging::{Asked, Part},
    told::{PersonName, Stamp, Told, UnitName},
};
use crate::web::{App, error::PageError, session::SignedIn};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::id::{AppraisalId, CycleId, NoticeId, PersonId, SlateId, UnitId};
use jiff::civil::Date;
use serde::Serialize;
use store::tables;
use utoipa::ToSchema;
use uuid::Uuid;

/// A slate in a list.
#[derive(Serialize, ToSchema)]
pub struct SlateLine {
    /// Its id.
    id: SlateId,
    /// The unit.
    unit: UnitName,
    /// Who fixes its grades.
    head: Option<PersonName>,
    /// `proposing`, `submitted`, `reviewed`, `published`, `ended` or `fixed`.
    stage: String,
    /// How many people are on it.
    members: i64,
    /// How many of them are graded here: what the quota is a share of.
    base: i64,
    /// How many may get the top grade.
    quota: i64,
    /// How many hold the top grade as it stands.
    top_held: i64,
    /// How many have a proposed grade.
    proposed: i64,
}

/// The slates of a cycle: all for HR and inspectors, a unit's for its HR and its head.
#[utoipa::path(get, path = "/api/cycles/{id}/slates", operation_id = "list_slates", tag = "grades",
    params(("id" = CycleId, Path, description = "the cycle"), Asked),
    responses((status = 200, body = Part<SlateLine>)))]
pub async fn list(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    person: SignedIn,
    asked: Asked,
) -> Result<Json<Part<SlateLine>>, PageError> {
    app.store.cycle_line(CycleId(id)).await?.ok_or(PageError::NotFound)?;
    let found = app.store.reader(&person.actor).slates_in(CycleId(id), asked.slice()?).await?;
    let told = Told::of(&app.store).await?;
    let item = |row: tables::slate::Model| SlateLine {
        id: SlateId(row.slate_id),
        unit: told.unit(UnitId(row.unit_id)),
        head: row.head_id.map(|id| told.person(PersonId(id))),
        stage: row.stage,
        members: row.members,
        base: row.base,
        quota: row.quota,
        top_held: row.top_held,
        proposed: row.proposed,
    };
    Ok(Json(asked.answer(found, |row| row.slate_id.to_string(), item)))
}

/// A slate 等次名单 with everyone on it.
#[derive(Serialize, ToSchema)]
pub struct Slate {
    /// Its id.
    id: SlateId,
    /// The cycle.
    cycle: CycleId,
    /// The unit.
    unit: UnitName,
    /// Who fixes its grades.
    head: Option<PersonName>,
    /// How many are graded here: what the quota is a share of.
    base: u32,
    /// How many may get the top grade: a hard stop.
    quota: u32,
    /// The document that set another share of the top grade.
    share: Option<Share>,
    /// Everyone on it.
    members: Vec<Member>,
    /// Handed to HR.
    submitted: Option<Stamp>,
    /// Sent back by HR; null once it is handed in again.
    returned: Option<SlateReturn>,
    /// Reviewed by HR.
    reviewed: Option<Stamp>,
    /// The notice of its top grades.
    notice: Option<NoticeId>,
    /// The notice was closed.
    published: Option<Stamp>,
    /// The grades are final.
    fixed: Option<Stamp>,
}

/// Another share of the top grade.
#[derive(Serialize, ToSchema)]
struct Share {
    /// In percent.
    percent: u32,
    /// The document it rests on.
    document: String,
    /// When and by whom it was set.
    stamp: Stamp,
}

/// A slate was sent back.
#[derive(Serialize, ToSchema)]
struct SlateReturn {
    /// Why.
    reason: String,
    /// The unit answers by this day.
    due: Date,
    /// When and by whom.
    stamp: Stamp,
}

/// A person on a slate.
#[derive(Serialize, ToSchema)]
struct Member {
    /// The appraisal.
    appraisal: AppraisalId,
    /// Who.
    person: PersonName,
    /// Gets a grade.
    graded: bool,
    /// The proposed grade.
    #[schema(example = "competent")]
    grade: Option<String>,
    /// Why, where it needs saying.
    reason: Option<String>,
}

/// One slate.
#[utoipa::path(get, path = "/api/slates/{id}", operation_id = "show_slate", tag = "grades",
    params(("id" = SlateId, Path, description = "the slate")), responses((status = 200, body = Slate)))]
pub async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Json<Slate>, PageError> {
    let found = app.store.reader(&person.actor).slate(SlateId(id)).await?;
    let (_, slate) = found.ok_or(PageError::NotFound)?;
    let told = Told::of(&app.store).await?;
    let member = |member: &domain::slate::Member| {
        let proposal = slate.proposals.get(&member.appraisal);
        Member {
            appraisal: member.appraisal,
            person: told.person(member.person),
            graded: member.graded,
            grade: proposal.map(|proposal| proposal.grade.clone()),
            reason: proposal.and_then(|proposal| proposal.reason.clone()),
        }
    };
    Ok(Json(Slate {
        id: slate.opened.id,
        cycle: slate.opened.cycle,
        unit: told.unit(slate.opened.unit),
        head: slate.opened.head.map(|head| told.person(head)),
        base: slate.base,
        quota: slate.quota,
        members: slate.members.iter().map(member).collect(),
        share: slate.share.map(|(percent, document, stamp)| Share { percent, document, stamp: told.stamp(stamp) }),
        submitted: slate.submitted.map(|(stamp, _)| told.stamp(stamp)),
        returned: slate.returned.map(|(reason, stamp, due)| SlateReturn { reason, due, stamp: told.stamp(stamp) }),
        reviewed: slate.reviewed.map(|(stamp, _)| told.stamp(stamp)),
        notice: slate.notice,
        published: slate.published.map(|(stamp, _)| told.stamp(stamp)),
        fixed: slate.fixed.map(|stamp| told.stamp(stamp)),
    }))
}
