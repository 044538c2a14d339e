//! Looks at ties: an inspector begins one and opens what it shows, and everybody finds out which ones concerned them.

mod drawing;
pub(super) mod network;
pub(super) mod pair;
pub(super) mod telling;

use super::{
    App,
    error::{PageError, percent_encoded},
    kit,
    locale::Sentence,
    session::SignedIn,
    words,
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    id::{LookId, PersonId},
    look::Look,
};
use serde::Deserialize;
use std::sync::Arc;
use store::query::{Concern, Names, Part, Shows, Taken};
use uuid::Uuid;

/// `/looks` and below, and `/account/looks`.
pub fn routes() -> Router<App> {
    Router::new().route("/looks", get(begin)).route("/looks/{id}", get(show)).route("/account/looks", get(at_me))
}

/// How many of one's own looks are listed.
const LATEST: u64 = 20;
/// How many looks that concerned somebody one page lists.
const PAGE: usize = 50;

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    who: String,
    #[serde(default)]
    with: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "looks/index.html")]
struct Begin {
    page: kit::Page,
    search: kit::Form,
    /// Whom it is about, as it is read before it is done, and the form.
    ready: Option<(kit::Form, String)>,
    own: kit::Table,
}

/// Find whom it is about, and ask for the look.
async fn begin(State(app): State<App>, person: SignedIn, Query(wanted): Query<Wanted>) -> Result<Begin, PageError> {
    let t = person.reader.t;
    let may = app.store.policies().may_ever(&person.actor, "look_at_ties");
    may.map_err(|denied| words::of_store(store::Error::Denied(Box::new(denied))))?;
    let names = app.store.names().await?;
    let (who, with) = (wanted.who.trim(), wanted.with.trim());
    let mut search = kit::Form::default().fill("who", who).fill("with", with);
    let mut found = [None, None];
    for (place, (field, typed)) in [("who", who), ("with", with)].into_iter().enumerate() {
        if typed.is_empty() {
            continue;
        }
        match find(&app, &person, typed).await? {
            Ok(one) => found[place] = Some(one),
            Err(sentence) => search.refuse(field, t.say(&sentence)),
        }
    }
    if who.is_empty() && !with.is_empty() {
        search.refuse("who", t.get("looks-who-first"));
    }
    let ready = found[0].filter(|_| !search.is_refused()).map(|one| {
        let at = match with {
            "" => format!("/looks?who={}", percent_encoded(who)),
            _ => format!("/looks?who={}&with={}", percent_encoded(who), percent_encoded(with)),
        };
        let form = person.act_form(&app.store, "look_at_ties", one, &at).fix("person", one);
        let form = match found[1] {
            Some(other) => form.fix("other", other),
            None => form,
        };
        (form.then(format!("/looks/{}", kit::Form::MADE)), whose(t, &names, Some(one), found[1]))
    });
    let own = app.store.reader(&person.actor).looks(LATEST).await?;
    let today = words::today();
    let row = |look: Look| {
        let until = t.with("looks-until", &[("day", t.day(&look.looked.until))]);
        let state = match look.looked.until < today {
            true => kit::Cell::tag(kit::Tone::Neutral, t.get("looks-closed-tag")),
            false => kit::Cell::new(until),
        };
        vec![
            kit::Cell::new(t.moment(&look.stamp.at)).link(format!("/looks/{}", look.id)),
            kit::Cell::new(whose(t, &names, look.looked.person, look.looked.other())),
            kit::Cell::new(look.looked.reason),
            state,
        ]
    };
    let mut page = person.page("/looks", t.get("looks-title"));
    page.refused |= search.is_refused();
    Ok(Begin {
        page,
        search,
        ready,
        own: kit::Table {
            caption: t.get("looks-own"),
            columns: ["looks-when", "looks-whose", "field-reason", "looks-open"]
                .map(|key| kit::Column::words(t.get(key)))
                .to_vec(),
            rows: own.into_iter().map(row).collect(),
            ..kit::Table::default()
        },
    })
}

/// Whose ties a look is about, in words.
fn whose(t: super::locale::Locale, names: &Names, one: Option<PersonId>, other: Option<PersonId>) -> String {
    let called = |person: PersonId| format!("{} {}", names.person(person), names.number(person));
    match (one, other) {
        (Some(one), Some(other)) => t.with("looks-whose-two", &[("name", called(one)), ("other", called(other))]),
        (Some(one), None) => t.with("looks-whose-one", &[("name", called(one))]),
        (None, _) => t.get("looks-whose-erased"),
    }
}

/// Somebody by employee number, or by name where only one is called so.
async fn find(app: &App, person: &SignedIn, typed: &str) -> Result<Result<PersonId, Sentence>, PageError> {
    let found = app.store.reader(&person.actor).people_called(typed).await?;
    Ok(match found.as_slice() {
        [] => Err(Sentence::new("refusal-assessor-not-found").arg("name", typed)),
        [one] => Ok(PersonId(one.person_id)),
        several => {
            let numbers: Vec<&str> = several.iter().map(|row| row.number.as_str()).collect();
            let numbers = numbers.join(&person.reader.t.get("list-comma"));
            Err(Sentence::new("refusal-assessor-ambiguous").arg("name", typed).arg("numbers", numbers))
        }
    })
}

/// What all pages of a result say above it.
struct Frame {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    facts: Vec<kit::Term>,
    receipt: String,
}

impl Frame {
    fn new(person: &SignedIn, names: &Names, taken: &Taken) -> Frame {
        let (t, look) = (person.reader.t, &taken.look);
        Frame {
            page: person.page(&format!("/looks/{}", look.id), whose(t, names, look.looked.person, look.looked.other())),
            crumbs: vec![kit::Crumb { label: t.get("looks-title"), href: "/looks".to_owned() }],
            facts: vec![
                kit::Term::new(t.get("looks-when"), t.moment(&look.stamp.at)),
                kit::Term::new(t.get("field-reason"), look.looked.reason.clone()),
                kit::Term::new(t.get("looks-open"), t.with("looks-until", &[("day", t.day(&look.looked.until))])),
            ],
            receipt: format!("/receipts/{}", taken.seq),
        }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "looks/over.html")]
struct Over {
    frame: Frame,
    page: kit::Page,
    why: String,
    anew: String,
}

/// One's own look, for whoever took it.
pub(super) async fn taken(app: &App, person: &SignedIn, id: Uuid) -> Result<Taken, PageError> {
    let found = app.store.reader(&person.actor).look(LookId(id), words::today()).await?;
    found.ok_or(PageError::NotFound)
}

/// What a look shows, as long as it does.
async fn show(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(chosen): Query<Vec<(String, String)>>,
    person: SignedIn,
) -> Result<Response, PageError> {
    let taken = taken(&app, &person, id).await?;
    let names = app.store.names().await?;
    let frame = Frame::new(&person, &names, &taken);
    let over = |key: &str, frame: Frame| {
        let number = |of: Option<PersonId>| percent_encoded(of.map_or("", |of| names.number(of)));
        let (one, other) = (number(taken.look.looked.person), number(taken.look.looked.other()));
        Over {
            why: person.reader.t.get(key),
            anew: format!("/looks?who={one}&with={other}"),
            page: frame.page.clone(),
            frame,
        }
    };
    let telling = telling::Telling::of(&app, &person, &taken).await?;
    Ok(match &taken.shows {
        Shows::Closed => over("looks-closed", frame).into_response(),
        Shows::Changed => over("looks-changed", frame).into_response(),
        Shows::Erased => over("looks-erased", frame).into_response(),
        Shows::Ties { ties, person: one, other: Some(other) } => {
            pair::page(&telling, frame, ties, (*one, *other)).into_response()
        }
        Shows::Ties { ties, person: one, other: None } => {
            network::page(&app, &person, &telling, frame, (ties, *one), &chosen).await?.into_response()
        }
    })
}

#[derive(Deserialize)]
struct Before {
    before: Option<u64>,
}

#[derive(Template, WebTemplate)]
#[template(path = "looks/at_me.html")]
struct AtMe {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    looks: kit::Table,
    /// Older ones.
    more: String,
}

/// Which looks concerned oneself: when, and whether it was what ties oneself to another, or one stands between others. Nothing
/// of the others is told.
async fn at_me(State(app): State<App>, person: SignedIn, Query(wanted): Query<Before>) -> Result<AtMe, PageError> {
    let t = person.reader.t;
    let concerns = app.store.reader(&person.actor).looks_at_me(wanted.before, PAGE).await?;
    let more =
        concerns.last().filter(|_| concerns.len() == PAGE).map(|last| format!("/account/looks?before={}", last.seq));
    let row = |concern: &Concern| {
        let part = match concern.part {
            Part::Pair => "looks-part-pair",
            Part::Middle => "looks-part-middle",
            Part::Between => "looks-part-between",
        };
        vec![
            kit::Cell::new(t.moment(&concern.at)),
            kit::Cell::new(t.get("role-inspector")),
            kit::Cell::new(t.get(part)),
            kit::Cell::new(t.get("receipt-open")).link(format!("/receipts/{}", concern.seq)),
        ]
    };
    Ok(AtMe {
        page: person.page("/account/looks", t.get("looks-me-title")),
        crumbs: vec![kit::Crumb { label: t.get("account-title"), href: "/account".to_owned() }],
        looks: kit::Table {
            caption: t.get("looks-me-title"),
            columns: ["looks-when", "looks-by", "looks-what", "looks-receipt"]
                .map(|key| kit::Column::words(t.get(key)))
                .to_vec(),
            rows: concerns.iter().map(row).collect(),
            ..kit::Table::default()
        },
        more: more.unwrap_or_default(),
    })
}

/// Names of the day, to be shared.
type Known = Arc<Names>;
