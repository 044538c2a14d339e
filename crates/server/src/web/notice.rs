//! Public notices and their objections.

use super::{App, error::PageError, kit, session::SignedIn};
use crate::clock;
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use domain::{
    actor::Role,
    id::{NoticeId, UnitId},
};
use uuid::Uuid;

/// `/notices`, `/notices/{id}`.
pub fn routes() -> Router<App> {
    Router::new().route("/notices", get(list)).route("/notices/{id}", get(show))
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/notices.html")]
struct Notices {
    page: kit::Page,
    notices: Vec<kit::CellLink>,
}

async fn list(State(app): State<App>, person: SignedIn) -> Result<Notices, PageError> {
    let t = person.reader.t;
    let names = app.store.names().await?;
    let notices = app.store.reader(&person.actor).notices().await?.into_iter().map(|notice| kit::CellLink {
        href: format!("/notices/{}", notice.notice_id),
        icon: "speakerphone",
        label: names.unit(UnitId(notice.unit_id)).to_owned(),
        note: t.with("notice-until", &[("day", notice.until_day.clone())]),
        value: t.get(if notice.closed_at.is_some() { "notice-closed" } else { "notice-running" }),
    });
    Ok(Notices { notices: notices.collect(), page: person.page("/notices", t.get("nav-notices")) })
}

/// An objection as the page tells it.
struct Objection {
    id: String,
    open: bool,
    event: kit::Event,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/notice.html")]
struct Show {
    page: kit::Page,
    form: kit::Form,
    id: String,
    lead: String,
    lines: Vec<kit::Choice>,
    objections: Vec<Objection>,
    may_object: bool,
    may_answer: bool,
    may_close: bool,
}

async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let found = app.store.reader(&person.actor).notice(NoticeId(id)).await?;
    let (_, notice) = found.ok_or(PageError::NotFound)?;
    let names = app.store.names().await?;
    let lines = notice.lines.iter().map(|line| kit::Choice::new(line.appraisal.to_string(), names.person(line.person)));
    let hr = person.actor.has_everywhere(Role::HrOfficer);
    // Who objected is not told on this page; what was objected and answered is.
    let objections = notice.objections.iter().map(|objection| Objection {
        id: objection.objected.id.to_string(),
        open: objection.reply.is_none(),
        event: kit::Event {
            tone: kit::Tone::Warn,
            what: objection.objected.text.clone(),
            who: t.get("notice-colleague"),
            when: objection.stamp.at,
            note: objection.reply.as_ref().map_or_else(|| t.get("notice-unanswered"), |(_, reply, _)| reply.clone()),
            changes: Vec::new(),
        },
    });
    let open = notice.closed.is_none();
    let over = domain::context::day(clock::now()) > notice.until;
    Ok(Show {
        form: person.form(&app.store),
        id: id.to_string(),
        lead: t.with("notice-until", &[("day", notice.until.to_string())]),
        lines: lines.collect(),
        objections: objections.collect(),
        may_object: open && !over && person.actor.unit() == Some(notice.posted.unit),
        may_answer: open && hr,
        may_close: open && hr && over && notice.open_objections() == 0,
        page: person.page(&format!("/notices/{id}"), names.unit(notice.posted.unit)),
    })
}
