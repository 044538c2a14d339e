//! What there is to do.

use super::{
    paging::{Asked, Part},
    told::{PersonName, Told, UnitName},
};
use crate::web::{App, error::PageError, locale::Sentence, session::SignedIn, words};
use axum::{Json, extract::State};
use domain::id::{CycleId, PersonId, UnitId};
use serde::Serialize;
use store::query::{TodoLine, TodoPlace};
use utoipa::ToSchema;
use uuid::Uuid;

/// Something to do, and until when.
#[derive(Serialize, ToSchema)]
pub struct Todo {
    /// What: `propose_goals`, `revise_goals`, `endorse_goals`, `confirm_goals`, `score`, `rescore`, `confirm_score`,
    /// `name_assessors`, `review_scores`, `assign_appeal`, `decide_appeal`, `decide_recusal`, `sign_result`, `propose_grades`,
    /// `review_slate`, `decide_line`, `post_notice`, `fix_grades`, `answer_objection`, `close_notice`,
    /// `review_outcome`, `decide_outcome`, `declare_family`, `handle_finding`, `reply_to_finding`, or `chase`: a step of somebody else is late.
    task: String,
    /// Which step of the thing it is about: unique there, and stays the same until the step is taken.
    key: String,
    /// What it is about: `appraisal`, `slate`, `notice`, `outcome`, `declaration` or `finding`.
    about: String,
    /// Which one.
    id: Uuid,
    /// In which cycle; null: it is part of none.
    cycle: Option<CycleId>,
    /// In which unit.
    unit: UnitName,
    /// About whom; null: about the unit.
    subject: Option<PersonName>,
    /// The last day for it; null: there is none.
    #[schema(format = Date)]
    due: Option<String>,
    /// It can't be done before this day.
    #[schema(format = Date)]
    not_before: Option<String>,
    /// It was late and those who oversee it were told.
    escalated: bool,
}

/// What falls to whoever is signed in, the most urgent first.
#[utoipa::path(get, path = "/api/todos", operation_id = "list_todos", tag = "work", params(Asked),
    responses((status = 200, body = Part<Todo>)))]
pub async fn list(State(app): State<App>, person: SignedIn, asked: Asked) -> Result<Json<Part<Todo>>, PageError> {
    let after = asked.after().map(read).transpose()?;
    let found = app.store.reader(&person.actor).todos_after(words::today(), after.as_ref(), asked.most()).await?;
    let told = Told::of(&app.store).await?;
    let item = |line: TodoLine| Todo {
        task: line.task,
        key: line.todo_key,
        about: line.stream_kind,
        id: line.stream_id,
        cycle: line.cycle_id.map(CycleId),
        unit: told.unit(UnitId(line.unit_id)),
        subject: line.subject_id.map(|id| told.person(PersonId(id))),
        due: line.due,
        not_before: line.not_before,
        escalated: line.escalated,
    };
    Ok(Json(asked.answer(found, |line| written(&TodoPlace::from(line)), item)))
}

fn written(place: &TodoPlace) -> String {
    format!("{}.{}.{}", place.due, place.stream, place.key)
}

fn read(text: &str) -> Result<TodoPlace, PageError> {
    let place = || {
        let mut parts = text.splitn(3, '.');
        let (due, stream, key) = (parts.next()?, parts.next()?, parts.next()?);
        Some(TodoPlace { due: due.to_owned(), stream: stream.parse().ok()?, key: key.to_owned() })
    };
    place().ok_or_else(|| PageError::BadInput(Sentence::new("api-slice-unfit").arg("most", super::paging::MOST)))
}
