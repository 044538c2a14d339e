//! Batches of source data: what came in from which file, and every row of it.

use super::{
    App,
    error::{PageError, percent_encoded},
    kit,
    locale::Locale,
    session::SignedIn,
    source, words,
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};
use domain::{
    actor::By,
    batch::Kind,
    id::{AccountId, BatchId, FindingId, LookId},
};
use jiff::Timestamp;
use policy::Reading;
use serde::Deserialize;
use std::collections::BTreeMap;
use store::query::{BatchEntry, Names, Through};
use uuid::Uuid;

/// How many rows one page shows.
const PAGE: u64 = 50;

/// `/batches` and what is below it.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/batches", get(list))
        .route("/batches/{id}", get(show))
        .route("/batches/{id}/left-out", get(left_out))
        .route("/batches/{id}/rows/{number}", get(row))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    page: u64,
    #[serde(default)]
    q: String,
}

impl Wanted {
    /// The page asked for, from 1, and how many rows come before it.
    fn start(&self) -> (u64, u64) {
        let page = self.page.clamp(1, 1 << 32);
        (page, (page - 1) * PAGE)
    }
}

fn pagination(page: u64, total: u64, base: String) -> Option<kit::Pagination> {
    let pages = total.div_ceil(PAGE).max(1);
    (pages > 1).then(|| kit::Pagination {
        page: page.min(pages) as usize,
        pages: pages as usize,
        total: total as usize,
        base,
    })
}

/// Who imported something: a person, an account of nobody's, or whoever runs the product from its console.
fn importer(t: Locale, names: &Names, accounts: &BTreeMap<AccountId, String>, by: By) -> String {
    match (by.person, by.account) {
        (Some(person), _) => names.person(person).to_owned(),
        (None, Some(account)) => accounts.get(&account).cloned().unwrap_or_default(),
        (None, None) => t.get("batches-by-console"),
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "batches/index.html")]
struct List {
    page: kit::Page,
    batches: kit::Table,
    pages: Option<kit::Pagination>,
}

async fn list(State(app): State<App>, person: SignedIn, Query(wanted): Query<Wanted>) -> Result<List, PageError> {
    let t = person.reader.t;
    let desk = app.store.reader(&person.actor);
    if !desk.may_read(Reading::Batches) {
        return Err(PageError::NotFound);
    }
    let (number, skip) = wanted.start();
    let (batches, total) = desk.batches(skip, PAGE).await?;
    let by = batches.iter().filter_map(|batch| batch.imported_by).map(AccountId);
    let accounts = app.store.account_names(by).await?;
    let rows = batches.into_iter().map(|batch| {
        let kind = batch.kind.parse::<Kind>().ok();
        let hidden = kind.is_some_and(Kind::is_register);
        let who = match batch.imported_by {
            Some(account) => accounts.get(&AccountId(account)).cloned().unwrap_or_default(),
            None => t.get("batches-by-console"),
        };
        let when = Timestamp::from_microsecond(batch.imported_at).map(|at| t.moment(&at)).unwrap_or_default();
        let note = if hidden { t.get("batches-register") } else { String::new() };
        vec![
            kit::Cell::new(t.get(&format!("table-{}", batch.kind)))
                .link(format!("/batches/{}", batch.batch_id))
                .note(note),
            kit::Cell::new(batch.file).note(batch.sheet.unwrap_or_default()),
            kit::Cell::new(when).note(who),
            kit::Cell::new(t.number(batch.row_count)),
            kit::Cell::new(t.number(batch.skipped)),
        ]
    });
    let batches = kit::Table {
        caption: t.get("batches-title"),
        columns: vec![
            kit::Column::words(t.get("imports-kind")),
            kit::Column::words(t.get("imports-file")),
            kit::Column::words(t.get("batches-imported")),
            kit::Column::numbers(t.get("batches-rows")),
            kit::Column::numbers(t.get("imports-left-out")),
        ],
        rows: rows.collect(),
        ..kit::Table::default()
    };
    let pages = pagination(number, total, "/batches".to_owned());
    Ok(List { page: person.page("/batches", t.get("batches-title")), batches, pages })
}

/// A batch that somebody asks for, and the frame that its pages share.
struct Found {
    entry: BatchEntry,
    crumbs: Vec<kit::Crumb>,
    title: String,
}

async fn found(app: &App, person: &SignedIn, id: Uuid) -> Result<Found, PageError> {
    let t = person.reader.t;
    let entry = app.store.reader(&person.actor).batch(BatchId(id)).await?.ok_or(PageError::NotFound)?;
    let crumbs = vec![kit::Crumb { label: t.get("batches-title"), href: "/batches".to_owned() }];
    let title = t.get(&format!("table-{}", entry.batch.kind));
    Ok(Found { entry, crumbs, title })
}

impl Found {
    fn tabs(&self, t: Locale, here: &str) -> Vec<kit::Tab> {
        let tab = |key: &str, path: &str, count: usize| kit::Tab {
            label: t.get(key),
            href: format!("/batches/{}{path}", self.entry.batch.id),
            current: here == path,
            count: Some(count),
        };
        let batch = &self.entry.batch;
        vec![tab("batches-rows", "", batch.rows as usize), tab("imports-left-out", "/left-out", batch.left_out())]
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "batches/show.html")]
struct Show {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    tabs: Vec<kit::Tab>,
    facts: Vec<kit::Term>,
    digests: Vec<kit::Term>,
    readable: bool,
    search: kit::Form,
    path: String,
    rows: kit::Table,
    pages: Option<kit::Pagination>,
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<Uuid>,
    Query(wanted): Query<Wanted>,
) -> Result<Show, PageError> {
    let t = person.reader.t;
    let found = found(&app, &person, id).await?;
    let (entry, batch) = (&found.entry, &found.entry.batch);
    let words = wanted.q.trim();
    let (number, skip) = wanted.start();
    let open_text = !connect::has_masked(batch.kind);
    let reader = app.store.reader(&person.actor);
    let (rows, total) = reader.batch_rows(entry, words, open_text, (skip, PAGE)).await?;
    let (names, accounts) = (app.store.names().await?, app.store.account_names(entry.stamp.by.account).await?);
    let period = match (batch.from, batch.to) {
        (Some(from), Some(to)) => format!("{} – {}", t.day(&from), t.day(&to)),
        _ => String::new(),
    };
    let facts = vec![
        kit::Term::new(t.get("imports-file"), batch.file.clone()),
        kit::Term::new(t.get("imports-sheet"), batch.sheet.clone().unwrap_or_default()),
        kit::Term::new(t.get("batches-imported"), t.moment(&entry.stamp.at)),
        kit::Term::new(t.get("batches-by"), importer(t, &names, &accounts, entry.stamp.by)),
        kit::Term::new(t.get("batches-rows"), t.number(batch.rows)),
        kit::Term::new(t.get("imports-left-out"), t.number(batch.left_out())),
        kit::Term::new(t.get("batches-period"), period),
    ];
    let digests = vec![
        kit::Term::new(t.get("batches-entry"), entry.seq.to_string()),
        kit::Term::new(t.get("batches-digest"), batch.digest.clone()),
        kit::Term::new(t.get("batches-rows-digest"), batch.rows_digest.clone()),
    ];
    let path = format!("/batches/{id}");
    let table = source::table(t, batch.kind, &batch.columns, &rows, |row| Some(format!("{path}/rows/{}", row.number)));
    let base = if words.is_empty() { path.clone() } else { format!("{path}?q={}", percent_encoded(words)) };
    Ok(Show {
        page: person.page("/batches", found.title.clone()),
        tabs: found.tabs(t, ""),
        facts: facts.into_iter().filter(|term| !term.value.is_empty()).collect(),
        digests,
        readable: entry.shows_rows(),
        search: kit::Form::default().fill("q", words),
        rows: kit::Table { caption: t.with("batches-found", &[("n", total)]), ..table },
        pages: pagination(number, total, base),
        crumbs: found.crumbs,
        path,
    })
}

#[derive(Template, WebTemplate)]
#[template(path = "batches/left_out.html")]
struct LeftOut {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    tabs: Vec<kit::Tab>,
    readable: bool,
    rows: kit::Table,
    pages: Option<kit::Pagination>,
}

/// The rows that did not come in, and why.
async fn left_out(
    State(app): State<App>,
    person: SignedIn,
    Path(id): Path<Uuid>,
    Query(wanted): Query<Wanted>,
) -> Result<LeftOut, PageError> {
    let t = person.reader.t;
    let found = found(&app, &person, id).await?;
    let readable = found.entry.shows_left_out;
    let skipped = if readable { found.entry.batch.skipped.as_slice() } else { &[] };
    let (number, skip) = wanted.start();
    let rows = skipped.iter().skip(skip as usize).take(PAGE as usize).map(|skipped| {
        let reason = if t.tag() == "en" { skipped.fault.english() } else { skipped.fault.to_string() };
        let column = kit::Cell::new(skipped.column.clone());
        vec![kit::Cell::new(skipped.row.to_string()), column, kit::Cell::new(reason)]
    });
    Ok(LeftOut {
        page: person.page("/batches", found.title.clone()),
        tabs: found.tabs(t, "/left-out"),
        readable,
        rows: kit::Table {
            caption: t.get("batches-left-out"),
            columns: ["imports-row", "imports-column", "imports-reason"]
                .map(|key| kit::Column::words(t.get(key)))
                .to_vec(),
            rows: rows.collect(),
            ..kit::Table::default()
        },
        pages: pagination(number, skipped.len() as u64, format!("/batches/{id}/left-out")),
        crumbs: found.crumbs,
    })
}

#[derive(Template, WebTemplate)]
#[template(path = "batches/row.html")]
struct RowPage {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    place: Vec<kit::Term>,
    values: Vec<kit::Term>,
}

/// What leads to a row of a register: see [`Through`].
#[derive(Deserialize)]
struct Way {
    look: Option<LookId>,
    finding: Option<FindingId>,
}

/// One row, with the place where it stands in its file.
async fn row(
    State(app): State<App>,
    person: SignedIn,
    Path((id, number)): Path<(Uuid, u32)>,
    Query(way): Query<Way>,
) -> Result<RowPage, PageError> {
    let t = person.reader.t;
    let mut found = found(&app, &person, id).await?;
    let through = way.look.map(Through::Look).or(way.finding.map(Through::Finding));
    let row = app.store.reader(&person.actor).batch_row(&found.entry, number, through, words::today()).await?;
    let row = row.ok_or(PageError::NotFound)?;
    let batch = &found.entry.batch;
    let value = |column: &domain::import::Column| {
        kit::Term::new(column.header.clone(), source::value(t, batch.kind, &column.field, &row))
    };
    let place = vec![
        kit::Term::new(t.get("imports-file"), batch.file.clone()),
        kit::Term::new(t.get("imports-sheet"), batch.sheet.clone().unwrap_or_default()),
        kit::Term::new(t.get("imports-row"), number.to_string()),
    ];
    found.crumbs.push(kit::Crumb { label: found.title.clone(), href: format!("/batches/{id}") });
    Ok(RowPage {
        page: person.page("/batches", t.with("batches-row-title", &[("n", number)])),
        place: place.into_iter().filter(|term| !term.value.is_empty()).collect(),
        values: batch.columns.iter().map(value).collect(),
        crumbs: found.crumbs,
    })
}
