//! Findings, and what somebody declares of their own family.

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
    declaration::Relative,
    finding::Disposition,
    id::{FindingId, PersonId, UnitId},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use store::query::FindingLine;
use utoipa::ToSchema;

/// A finding in a list.
#[derive(Serialize, ToSchema)]
pub struct FindingItem {
    /// Its id.
    id: FindingId,
    /// What found it: `undeclared_tie`, `declared_otherwise`, `register_unsound`, `declared_late`,
    /// `likely_match` or `posts_apart`; of a scan the id of the detector, such as `D001`.
    detector: String,
    /// `rule`: a rule is broken; `alert`: hardly by chance; `watch`: worth a look.
    level: String,
    /// Whom it is about.
    subject: PersonName,
    /// Their unit.
    unit: UnitName,
    /// `raised`, `assigned`, `asked`, `answered`, `silenced` or `closed`.
    stage: String,
    /// The inspector who has it.
    assigned: Option<PersonName>,
    /// When it was raised.
    raised_at: Timestamp,
    /// Somebody looks by.
    #[schema(format = Date)]
    due: String,
}

/// Findings, oldest first: all for inspectors, and for everyone those about themselves from when they are asked.
#[utoipa::path(get, path = "/api/findings", operation_id = "list_findings", tag = "findings", params(Asked),
    responses((status = 200, body = Part<FindingItem>)))]
pub async fn list(
    State(app): State<App>,
    person: SignedIn,
    asked: Asked,
) -> Result<Json<Part<FindingItem>>, PageError> {
    let found = app.store.reader(&person.actor).findings_in(asked.slice()?).await?;
    let told = Told::of(&app.store).await?;
    let item = |row: FindingLine| FindingItem {
        id: FindingId(row.finding_id),
        detector: row.detector,
        level: row.level,
        subject: told.person(PersonId(row.subject_id)),
        unit: told.unit(UnitId(row.unit_id)),
        stage: row.stage,
        assigned: row.assigned_id.map(|id| told.person(PersonId(id))),
        raised_at: moment(row.raised_at),
        due: row.due,
    };
    Ok(Json(asked.answer(found, |row| row.finding_id.to_string(), item)))
}

/// A finding 风险线索: a question to a person, never a verdict.
#[derive(Serialize, ToSchema)]
pub struct Finding {
    /// Its id.
    id: FindingId,
    /// What found it, as in the list.
    detector: String,
    /// How sure, as in the list.
    level: &'static str,
    /// Whom it is about.
    subject: PersonName,
    /// Their unit.
    unit: UnitName,
    /// Others of the staff it is about.
    others: Vec<PersonName>,
    /// What its sentence is filled with; empty once the subject was erased.
    facts: Vec<Fact>,
    /// Where it stands, as in the list.
    stage: &'static str,
    /// When it was raised.
    raised: Stamp,
    /// Somebody looks by.
    due: Date,
    /// The person concerned answers by this day; null: they were not asked.
    reply_due: Option<Date>,
    /// What they said.
    replies: Vec<Said>,
    /// It rests until this day.
    silenced_until: Option<Date>,
    /// How it was closed.
    closed: Option<Closed>,
}

/// A particular of a finding.
#[derive(Serialize, ToSchema)]
struct Fact {
    /// Which: `relation`, `kind`, `class`, `word`, `percent`, `changed` or `declared`; of a scan what the detector gives as evidence.
    name: String,
    /// A word, a number or an ISO date.
    value: String,
}

/// What somebody said.
#[derive(Serialize, ToSchema)]
struct Said {
    /// The words.
    text: String,
    /// When and by whom.
    stamp: Stamp,
}

/// How a finding was closed.
#[derive(Serialize, ToSchema)]
struct Closed {
    /// What came of it.
    disposition: Disposition,
    /// Why.
    reasons: String,
    /// When and by whom.
    stamp: Stamp,
}

/// One finding.
#[utoipa::path(get, path = "/api/findings/{id}", operation_id = "show_finding", tag = "findings",
    params(("id" = FindingId, Path, description = "the finding")), responses((status = 200, body = Finding)))]
pub async fn show(
    State(app): State<App>,
    Path(id): Path<FindingId>,
    person: SignedIn,
) -> Result<Json<Finding>, PageError> {
    let found = app.store.reader(&person.actor).finding(id).await?;
    let (finding, _) = found.ok_or(PageError::NotFound)?;
    let told = Told::of(&app.store).await?;
    let stage = finding.stage().as_str();
    let said = finding.raised.told.unwrap_or_default();
    Ok(Json(Finding {
        id: finding.raised.id,
        level: finding.raised.level.as_str(),
        detector: finding.raised.detector,
        subject: told.person(finding.raised.subject),
        unit: told.unit(finding.raised.unit),
        others: said.others.into_iter().map(|one| told.person(one)).collect(),
        facts: said.facts.into_iter().map(|(name, value)| Fact { name, value }).collect(),
        stage,
        raised: told.stamp(finding.stamp),
        due: finding.raised.due,
        reply_due: finding.asked.map(|(due, _)| due),
        replies: finding.replies.into_iter().map(|(text, stamp)| Said { text, stamp: told.stamp(stamp) }).collect(),
        silenced_until: finding.silenced.map(|(until, ..)| until),
        closed: finding.closed.map(|(disposition, reasons, stamp)| Closed {
            disposition,
            reasons,
            stamp: told.stamp(stamp),
        }),
    }))
}

/// What somebody declared of their family.
#[derive(Serialize, ToSchema)]
pub struct Declaration {
    /// They were asked for this year and have not answered; null: nothing waits.
    asked: Option<i16>,
    /// They answer by.
    due: Option<Date>,
    /// When they declared last; null: never.
    declared_at: Option<Timestamp>,
    /// The list as it stands.
    relatives: Vec<Relative>,
}

/// One's own declaration of family 申报; empty for accounts of nobody on the roster. What others declared is read by nobody over this interface.
#[utoipa::path(get, path = "/api/declaration", operation_id = "show_declaration", tag = "findings",
    responses((status = 200, body = Declaration)))]
pub async fn declaration(State(app): State<App>, person: SignedIn) -> Result<Json<Declaration>, PageError> {
    let found = app.store.reader(&person.actor).own_declaration().await?;
    let waiting = found.as_ref().and_then(|found| found.waiting());
    let (asked, due) = waiting.map(|asked| (asked.year, asked.due)).unzip();
    let newest = found.as_ref().and_then(|found| found.declared.last());
    Ok(Json(Declaration {
        asked,
        due,
        declared_at: newest.map(|newest| newest.stamp.at),
        relatives: newest.map(|newest| newest.relatives.clone()).unwrap_or_default(),
    }))
}
