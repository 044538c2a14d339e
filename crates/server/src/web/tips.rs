//! Somebody should stay out (公务员法 77): for everyone on the staff, about anybody, whether they see the appraisal or not. Whoever
//! should stay out and whose case it is are typed; what comes of it is the same page every time, so that nobody learns here who
//! has a duty in whose case, or who is on the roster.

#[cfg(test)]
mod tests;

use super::{App, account::key, error::PageError, kit, paging, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Form, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    act::Act,
    actor::Stamp,
    event::ERASED,
    id::PersonId,
    refusal::{Reason, Refusal},
    tip::Tip,
};
use ledger::Algorithm;
use policy::Reading;
use serde::Deserialize;
use uuid::Uuid;

/// `/tips`, and `/tips/kept` for the inspector.
pub fn routes() -> Router<App> {
    Router::new().route("/tips", get(ask).post(give)).route("/tips/kept", get(kept))
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/tip.html")]
struct Asking {
    page: kit::Page,
    form: kit::Form,
    /// For the inspector.
    kept: bool,
}

fn asking(app: &App, person: &SignedIn, form: kit::Form) -> Asking {
    let mut page = person.page("/tips", person.reader.t.get("tip-title"));
    page.refused |= form.is_refused();
    Asking { page, form, kept: app.store.reader(&person.actor).may_read(Reading::Tips) }
}

async fn ask(State(app): State<App>, person: SignedIn) -> Asking {
    let form = person.form(&app.store).named("tip");
    asking(&app, &person, form)
}

#[derive(Deserialize)]
struct Sent {
    csrf_token: String,
    idempotency_key: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    concerned: String,
    #[serde(default)]
    text: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/tip_given.html")]
struct GivenPage {
    page: kit::Page,
}

async fn give(State(app): State<App>, person: SignedIn, Form(sent): Form<Sent>) -> Result<Response, PageError> {
    person.check(&sent.csrf_token)?;
    let key = key(&sent.idempotency_key)?;
    let t = person.reader.t;
    match taken_up(&app, &person, key, &sent).await {
        Ok(()) => Ok(GivenPage { page: person.page("/tips", t.get("tip-title")) }.into_response()),
        Err(store::Error::Refused(refusal)) if field(&refusal).is_some() => {
            let form = person.form(&app.store).named("tip");
            let mut form =
                form.fill("subject", &sent.subject).fill("concerned", &sent.concerned).fill("text", &sent.text);
            form.refuse(field(&refusal).unwrap_or_default(), t.say(&words::refusal(&refusal)));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, asking(&app, &person, form)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// The field that a refusal is about.
fn field(refusal: &Refusal) -> Option<String> {
    refusal.args.iter().find(|(name, _)| *name == "field").map(|(_, field)| field.clone())
}

/// Where the one has a duty in an open case of the other, it is raised there; else an inspector gets it.
async fn taken_up(app: &App, person: &SignedIn, key: Uuid, sent: &Sent) -> Result<(), store::Error> {
    let tip =
        Act::GiveTip { subject: sent.subject.clone(), concerned: sent.concerned.clone(), text: sent.text.clone() };
    let complete = [&sent.subject, &sent.concerned, &sent.text].iter().all(|words| !words.trim().is_empty());
    let (subject, concerned) = (called(app, &sent.subject).await?, called(app, &sent.concerned).await?);
    let mut raised = false;
    if let (true, Some(subject), Some(concerned)) = (complete, subject, concerned) {
        for appraisal in app.store.appraisals_under_way(subject).await? {
            let key = apart(key, appraisal.0);
            let act = Act::RaiseRecusal { appraisal, concerned, text: sent.text.clone() };
            match app.store.act(&person.actor, key, act).await {
                Ok(_) => raised = true,
                Err(store::Error::Refused(refusal)) if refusal.reason == Reason::TextTooLong => {
                    return Err(refusal.into());
                }
                Err(store::Error::Refused(_) | store::Error::Denied(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }
    if !raised {
        app.store.act(&person.actor, apart(key, Uuid::nil()), tip).await?;
    }
    Ok(())
}

/// The key of an act, made from that of the form, so that the form sent again does nothing twice. It stands on record, and does
/// not tell the form's, which says when the form was opened.
fn apart(form: Uuid, about: Uuid) -> Uuid {
    let hash = Algorithm::Sha256.leaf_hash(&[form.into_bytes(), about.into_bytes()].concat());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_ref()[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The only one on the roster who is called so, by employee number or by name.
async fn called(app: &App, typed: &str) -> Result<Option<PersonId>, store::Error> {
    let typed = typed.trim();
    let names = app.store.names().await?;
    let is = |name: &str, number: &str| {
        name != ERASED && (number == typed || name == typed || format!("{name} {number}") == typed)
    };
    let mut found = names.people().filter(|(_, name, number)| is(name, number)).map(|(id, ..)| id);
    let first = found.next();
    Ok(first.filter(|_| found.next().is_none()))
}

/// Rows on a page.
const ON_A_PAGE: u64 = 30;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    page: paging::Number,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/tips.html")]
struct Kept {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    tips: Vec<Shown>,
    pages: kit::Pagination,
}

/// A tip as the inspector sees it.
struct Shown {
    title: String,
    state: kit::Tag,
    due: Option<kit::Deadline>,
    facts: Vec<kit::Term>,
    text: String,
    /// While it waits.
    close: Option<kit::Form>,
}

/// What no case took up, what waits first.
async fn kept(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<Kept, PageError> {
    let (t, page) = (person.reader.t, asked.page.of(ON_A_PAGE));
    let found = app.store.reader(&person.actor).tips(page).await?;
    let names = app.store.names().await?;
    let may = app.store.policies().may_ever(&person.actor, "close_tip").is_ok();
    let shown = |tip: &Tip| {
        let Tip { given, stamp, closed, .. } = tip;
        let mut facts = vec![kit::Term::new(t.get("tip-when"), t.moment(&stamp.at))];
        if let Some((reasons, Stamp { at, by })) = closed {
            let who = words::who(t, &names, *by);
            let closed = t.with("tip-closed-by", &[("name", who), ("at", t.moment(at))]);
            facts.extend([kit::Term::new(t.get("tip-closed"), closed), kit::Term::new(t.get("tip-reasons"), reasons)]);
        }
        Shown {
            title: t.with("tip-of", &[("subject", &given.subject), ("concerned", &given.concerned)]),
            state: match closed {
                None => kit::Tag::new(kit::Tone::Warn, t.get("tip-waits")),
                Some(_) => kit::Tag::new(kit::Tone::Success, t.get("tip-closed")),
            },
            due: closed.is_none().then(|| words::deadline(&app, given.due)),
            facts,
            text: given.text.clone(),
            close: (may && closed.is_none())
                .then(|| person.act_form(&app.store, "close_tip", given.id, "/tips/kept").fix("tip", given.id)),
        }
    };
    Ok(Kept {
        crumbs: vec![kit::Crumb { label: t.get("tip-title"), href: "/tips".to_owned() }],
        tips: found.rows.iter().map(shown).collect(),
        pages: paging::pages(page, found.total, "/tips/kept"),
        page: person.page("/tips/kept", t.get("tips-kept")),
    })
}
