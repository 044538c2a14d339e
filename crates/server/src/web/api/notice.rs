//! Public notices. Who objected is told to nobody here.

use super::{
    paging::{Asked, Part},
    told::{PersonName, Told, UnitName, moment},
};
use crate::web::{App, error::PageError, session::SignedIn};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::id::{AppraisalId, CycleId, NoticeId, ObjectionId, UnitId};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use store::tables;
use utoipa::ToSchema;
use uuid::Uuid;

/// A notice in a list.
#[derive(Serialize, ToSchema)]
pub struct NoticeLine {
    /// Its id.
    id: NoticeId,
    /// The cycle.
    cycle: CycleId,
    /// The unit within which it is published.
    unit: UnitName,
    /// How many people are on it.
    lines: i64,
    /// When it was posted.
    posted_at: Timestamp,
    /// The last day of its window.
    #[schema(format = Date)]
    until: String,
    /// How many objections were made.
    objections: i64,
    /// How many of them are not answered yet.
    open_objections: i64,
    /// When it was closed; null: it runs.
    closed_at: Option<Timestamp>,
}

/// Notices, oldest first: all for HR and inspectors, and for everyone those of the own unit.
#[utoipa::path(get, path = "/api/notices", operation_id = "list_notices", tag = "grades", params(Asked),
    responses((status = 200, body = Part<NoticeLine>)))]
pub async fn list(State(app): State<App>, person: SignedIn, asked: Asked) -> Result<Json<Part<NoticeLine>>, PageError> {
    let found = app.store.reader(&person.actor).notices_in(asked.slice()?).await?;
    let told = Told::of(&app.store).await?;
    let item = |row: tables::notice::Model| NoticeLine {
        id: NoticeId(row.notice_id),
        cycle: CycleId(row.cycle_id),
        unit: told.unit(UnitId(row.unit_id)),
        lines: row.lines,
        posted_at: moment(row.posted_at),
        until: row.until_day,
        objections: row.objections,
        open_objections: row.open_objections,
        closed_at: row.closed_at.map(moment),
    };
    Ok(Json(asked.answer(found, |row| row.notice_id.to_string(), item)))
}

/// A notice 公示 of a unit's top grades.
#[derive(Serialize, ToSchema)]
pub struct Notice {
    /// Its id.
    id: NoticeId,
    /// The cycle.
    cycle: CycleId,
    /// The unit within which it is published.
    unit: UnitName,
    /// When it was posted.
    posted_at: Timestamp,
    /// The last day of its window; a correction starts the window anew.
    until: Date,
    /// When it was closed; null: it runs.
    closed_at: Option<Timestamp>,
    /// What is published, as it stands.
    lines: Vec<PublishedLine>,
    /// Corrections, oldest first.
    corrections: Vec<Correction>,
    /// Objections, oldest first.
    objections: Vec<Objection>,
}

/// A published line.
#[derive(Serialize, ToSchema)]
struct PublishedLine {
    /// Whose appraisal.
    appraisal: AppraisalId,
    /// Who.
    person: PersonName,
    /// The grade.
    #[schema(example = "excellent")]
    grade: String,
}

/// A correction of a published line.
#[derive(Serialize, ToSchema)]
struct Correction {
    /// Whose appraisal.
    appraisal: AppraisalId,
    /// The grade that takes the place of the published one.
    #[schema(example = "competent")]
    grade: String,
    /// Why.
    reason: String,
    /// When.
    at: Timestamp,
}

/// An objection to a published line, and its answer.
#[derive(Serialize, ToSchema)]
struct Objection {
    /// Its id.
    id: ObjectionId,
    /// Against whose line.
    appraisal: AppraisalId,
    /// What is objected.
    text: String,
    /// When.
    at: Timestamp,
    /// HR answers by this day.
    due: Date,
    /// The answer.
    reply: Option<Reply>,
}

/// The answer to an objection.
#[derive(Serialize, ToSchema)]
struct Reply {
    /// The objection was found right.
    upheld: bool,
    /// The answer.
    text: String,
    /// When.
    at: Timestamp,
}

/// One notice.
#[utoipa::path(get, path = "/api/notices/{id}", operation_id = "show_notice", tag = "grades",
    params(("id" = NoticeId, Path, description = "the notice")), responses((status = 200, body = Notice)))]
pub async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Json<Notice>, PageError> {
    let found = app.store.reader(&person.actor).notice(NoticeId(id)).await?;
    let (_, notice) = found.ok_or(PageError::NotFound)?;
    let told = Told::of(&app.store).await?;
    let line = |line: domain::notice::Line| PublishedLine {
        appraisal: line.appraisal,
        person: told.person(line.person),
        grade: line.grade,
    };
    let correction = |of: domain::notice::Correction| Correction {
        appraisal: of.appraisal,
        grade: of.grade,
        reason: of.reason,
        at: of.stamp.at,
    };
    let objection = |of: domain::notice::Objection| Objection {
        id: of.objected.id,
        appraisal: of.objected.appraisal,
        text: of.objected.text,
        at: of.stamp.at,
        due: of.objected.due,
        reply: of.reply.map(|(upheld, text, stamp)| Reply { upheld, text, at: stamp.at }),
    };
    Ok(Json(Notice {
        id: notice.posted.id,
        cycle: notice.posted.cycle,
        unit: told.unit(notice.posted.unit),
        posted_at: notice.stamp.at,
        until: notice.until,
        closed_at: notice.closed.map(|stamp| stamp.at),
        lines: notice.lines.into_iter().map(line).collect(),
        corrections: notice.corrections.into_iter().map(correction).collect(),
        objections: notice.objections.into_iter().map(objection).collect(),
    }))
}
