//! The indicator library: what is measured for each post type and how much it counts; defining an indicator, with
//! its formula read back as it was understood and tried out on what is on file.

#[cfg(test)]
mod tests;

use super::{App, error::PageError, error::percent_encoded, kit, locale::Locale, session::SignedIn};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Form, Router,
    extract::{Path, Query, State},
    routing::{get, post},
};
use domain::{formula::Formula, id::IndicatorId, indicator::Dimension, points::Points};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::query::IndicatorLine;
use uuid::Uuid;

/// `/indicators`, `/indicators/new`, `/indicators/{id}`, `/indicators/check`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/indicators", get(list))
        .route("/indicators/new", get(fresh))
        .route("/indicators/check", post(check))
        .route("/indicators/{id}", get(show))
}

/// The address of one post type's set.
pub fn of_post_type(post_type: &str) -> String {
    format!("/indicators?post_type={}", percent_encoded(post_type))
}

/// What a set totals: exactly 100, or by how much it is off.
pub fn total_tag(t: Locale, total: Points) -> kit::Tag {
    let off = Points((total.0 - Points::FULL.0).abs());
    let args = [("total", total.to_string()), ("off", off.to_string())];
    match total.cmp(&Points::FULL) {
        std::cmp::Ordering::Equal => kit::Tag::new(kit::Tone::Success, t.with("indicator-total", &args)),
        std::cmp::Ordering::Less => kit::Tag::new(kit::Tone::Danger, t.with("indicator-total-short", &args)),
        std::cmp::Ordering::Greater => kit::Tag::new(kit::Tone::Danger, t.with("indicator-total-over", &args)),
    }
}

fn may_define(app: &App, person: &SignedIn) -> Result<(), PageError> {
    let may = app.store.policies().may_ever(&person.actor, "define_indicator");
    may.map_err(|denied| PageError::from(store::Error::Denied(Box::new(denied))))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    post_type: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/indicators.html")]
struct Indicators {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    sets: Vec<kit::CellLink>,
    table: kit::Table,
    total: Option<kit::Tag>,
    add: String,
}

/// The sets with their totals, or the one of a post type.
async fn list(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<Indicators, PageError> {
    let t = person.reader.t;
    let library = app.store.reader(&person.actor).library().await?.ok_or(PageError::NotFound)?;
    let may_define = may_define(&app, &person).is_ok();
    let chosen: Vec<&IndicatorLine> = library.iter().filter(|line| line.post_type == asked.post_type).collect();
    if chosen.is_empty() {
        return Ok(Indicators {
            crumbs: Vec::new(),
            sets: sets(t, &library),
            table: kit::Table::default(),
            total: None,
            add: if may_define { "/indicators/new".to_owned() } else { String::new() },
            page: person.page("/indicators", t.get("indicators-title")),
        });
    }
    let add = format!("/indicators/new?post_type={}", percent_encoded(&asked.post_type));
    Ok(Indicators {
        crumbs: vec![kit::Crumb { label: t.get("indicators-title"), href: "/indicators".to_owned() }],
        sets: Vec::new(),
        total: Some(total_tag(t, total(&chosen))),
        table: table(t, &asked.post_type, &chosen),
        add: if may_define { add } else { String::new() },
        page: person.page("/indicators", asked.post_type),
    })
}

fn total(lines: &[&IndicatorLine]) -> Points {
    Points(lines.iter().map(|line| line.weight).sum())
}

/// Every post type with how many indicators it has and what they total.
fn sets(t: Locale, library: &[IndicatorLine]) -> Vec<kit::CellLink> {
    let mut sets: BTreeMap<&str, Vec<&IndicatorLine>> = BTreeMap::new();
    for line in library {
        sets.entry(&line.post_type).or_default().push(line);
    }
    let cell = |(post_type, lines): (&str, Vec<&IndicatorLine>)| kit::CellLink {
        href: of_post_type(post_type),
        icon: if total(&lines) == Points::FULL { "circle-check" } else { "alert-circle" },
        label: post_type.to_owned(),
        note: t.with("indicators-count", &[("n", lines.len())]),
        value: total_tag(t, total(&lines)).text,
    };
    sets.into_iter().map(cell).collect()
}

fn table(t: Locale, post_type: &str, lines: &[&IndicatorLine]) -> kit::Table {
    let rows = lines.iter().map(|line| {
        let how = line.formula.as_deref().map_or_else(|| t.get("indicator-by-assessors"), str::to_owned);
        vec![
            kit::Cell::new(&line.name).link(format!("/indicators/{}", line.indicator_id)).note(&line.code),
            kit::Cell::new(t.get(&format!("dimension-{}", line.dimension))),
            kit::Cell::new(kind(t, line)).note(&line.source),
            kit::Cell::new(&line.words).note(how),
            kit::Cell::new(Points(line.weight).to_string()),
        ]
    });
    kit::Table {
        caption: post_type.to_owned(),
        note: t.get("indicators-lead"),
        columns: vec![
            kit::Column::words(t.get("score-indicator")),
            kit::Column::words(t.get("indicator-dimension")),
            kit::Column::words(t.get("indicator-kind")),
            kit::Column::words(t.get("indicator-words")),
            kit::Column::numbers(t.get("indicator-weight")),
        ],
        rows: rows.collect(),
        total: Vec::new(),
    }
}

fn kind(t: Locale, line: &IndicatorLine) -> String {
    t.get(if line.formula.is_some() { "indicator-quantitative" } else { "indicator-qualitative" })
}

/// A formula as it was understood, and what it gives for somebody.
struct Understood {
    formula: String,
    example: String,
    working: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/indicator.html")]
struct Page {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    facts: Vec<kit::Term>,
    understood: Option<Understood>,
    form: Option<kit::Form>,
    is_new: bool,
    dimensions: Vec<kit::Choice>,
    kinds: Vec<kit::Choice>,
    retire: Option<kit::Form>,
}

fn page(person: &SignedIn, path: &str, title: String) -> Page {
    let t = person.reader.t;
    let dimensions =
        [Dimension::Virtue, Dimension::Ability, Dimension::Diligence, Dimension::Achievement, Dimension::Integrity];
    Page {
        page: person.page(path, title),
        crumbs: vec![kit::Crumb { label: t.get("indicators-title"), href: "/indicators".to_owned() }],
        facts: Vec::new(),
        understood: None,
        form: None,
        is_new: false,
        dimensions: dimensions
            .map(|dimension| kit::Choice::new(dimension.as_str(), t.get(&format!("dimension-{}", dimension.as_str()))))
            .to_vec(),
        kinds: vec![
            kit::Choice::new("yes", t.get("indicator-quantitative")).hint(t.get("indicator-quantitative-hint")),
            kit::Choice::new("no", t.get("indicator-qualitative")).hint(t.get("indicator-qualitative-hint")),
        ],
        retire: None,
    }
}

async fn fresh(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<Page, PageError> {
    may_define(&app, &person)?;
    let form = person.act_form(&app.store, "define_indicator", "new", "/indicators/new").then("/indicators");
    let form = match form.is_refused() {
        true => form,
        false => form.fill("indicator.post_type", asked.post_type).fill("indicator.quantitative?", "yes"),
    };
    let page = page(&person, "/indicators/new", person.reader.t.get("indicator-new"));
    Ok(Page { form: Some(form), is_new: true, ..page })
}

async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Page, PageError> {
    let t = person.reader.t;
    let line = app.store.reader(&person.actor).indicator(IndicatorId(id)).await?.ok_or(PageError::NotFound)?;
    let here = format!("/indicators/{id}");
    let shown = page(&person, &here, line.name.clone());
    let formula: Option<Formula> = line.formula.as_deref().and_then(|formula| formula.parse().ok());
    let understood = match formula {
        Some(formula) => Some(understand(&app, &person, &formula, &line.post_type).await?),
        None => None,
    };
    let facts = facts(t, &line);
    if may_define(&app, &person).is_err() {
        return Ok(Page { facts, understood, ..shown });
    }
    let form = person.act_form(&app.store, "define_indicator", id, &here).fix("indicator.code", &line.code);
    let form = if form.is_refused() { form } else { filled(form, &line) };
    let retire = person.act_form(&app.store, "retire_indicator", id, &here).fix("indicator", id).then("/indicators");
    Ok(Page { facts, understood, form: Some(form), retire: Some(retire), ..shown })
}

fn facts(t: Locale, line: &IndicatorLine) -> Vec<kit::Term> {
    vec![
        kit::Term::new(t.get("indicator-code"), &line.code),
        kit::Term::new(t.get("appraisal-post-type"), &line.post_type),
        kit::Term::new(t.get("indicator-dimension"), t.get(&format!("dimension-{}", line.dimension))),
        kit::Term::new(t.get("indicator-weight"), Points(line.weight).to_string()),
        kit::Term::new(t.get("indicator-kind"), kind(t, line)),
        kit::Term::new(t.get("indicator-source"), &line.source),
        kit::Term::new(t.get("indicator-words"), &line.words),
    ]
}

/// The form as the indicator stands. Target and cap are kept within the formula.
fn filled(form: kit::Form, line: &IndicatorLine) -> kit::Form {
    let formula = line.formula.as_deref().unwrap_or_default();
    let beside = |name: &str| {
        let mut parts = formula.split("; ").skip(1).filter_map(|part| part.split_once(" = "));
        parts.find(|(found, _)| *found == name).map_or("", |(_, value)| value).to_owned()
    };
    form.fill("indicator.name", &line.name)
        .fill("indicator.dimension", &line.dimension)
        .fill("indicator.weight%", Points(line.weight).to_string())
        .fill("indicator.post_type", &line.post_type)
        .fill("indicator.source", &line.source)
        .fill("indicator.quantitative?", if line.formula.is_some() { "yes" } else { "no" })
        .fill("indicator.words", &line.words)
        .fill("indicator.target~", beside("target"))
        .fill("indicator.cap~", beside("cap"))
}

/// Read the formula of a form back, without keeping anything.
async fn check(
    State(app): State<App>,
    person: SignedIn,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Page, PageError> {
    let t = person.reader.t;
    let sent = kit::Form::posted(pairs);
    person.check(&sent.csrf)?;
    may_define(&app, &person)?;
    let id = sent.value(kit::Form::NAME_FIELD).strip_prefix("define_indicator-").and_then(|id| id.parse::<Uuid>().ok());
    let (here, about) = match id {
        Some(id) => (format!("/indicators/{id}"), id.to_string()),
        None => ("/indicators/new".to_owned(), "new".to_owned()),
    };
    let mut form = person.form(&app.store).of_act("define_indicator", &about, &here);
    for name in FIELDS {
        form = form.fill(name, sent.value(name));
    }
    if id.is_some() {
        form = form.fix("indicator.code", sent.value("indicator.code"));
    } else {
        form = form.then("/indicators");
    }
    let mut understood = None;
    if sent.value("indicator.quantitative?") == "yes" {
        let beside = |name| Some(sent.value(name)).filter(|text| !text.trim().is_empty());
        let vocabulary = &app.store.rules().vocabulary;
        let words = sent.value("indicator.words");
        match Formula::parse(words, beside("indicator.target~"), beside("indicator.cap~"), vocabulary) {
            Ok(formula) => {
                let post_type = sent.value("indicator.post_type").trim();
                understood = Some(understand(&app, &person, &formula, post_type).await?);
            }
            Err(error) => {
                let detail = if t == Locale::En { error.english() } else { error.to_string() };
                form.refuse("indicator.words", t.with("refusal-formula-unfit", &[("detail", detail)]));
            }
        }
    }
    let title = if id.is_some() { sent.value("indicator.name").to_owned() } else { t.get("indicator-new") };
    let mut shown = page(&person, &here, title);
    shown.page.refused = form.is_refused();
    Ok(Page { form: Some(form), is_new: id.is_none(), understood, ..shown })
}

/// What the form asks.
const FIELDS: [&str; 10] = [
    "indicator.code",
    "indicator.name",
    "indicator.dimension",
    "indicator.weight%",
    "indicator.post_type",
    "indicator.source",
    "indicator.quantitative?",
    "indicator.words",
    "indicator.target~",
    "indicator.cap~",
];

async fn understand(app: &App, person: &SignedIn, formula: &Formula, post_type: &str) -> Result<Understood, PageError> {
    let t = person.reader.t;
    let trial = app.store.reader(&person.actor).trial(formula, post_type).await?;
    let (example, working) = match trial {
        Some(trial) => {
            let names = app.store.names().await?;
            let args = [
                ("name", t.arg(names.person(trial.person))),
                ("number", t.arg(names.number(trial.person))),
                ("rows", t.arg(trial.rows)),
                ("points", t.arg(t.points(&trial.points))),
            ];
            (t.with("indicator-example", &args), trial.arithmetic)
        }
        None => (t.get("indicator-no-example"), String::new()),
    };
    Ok(Understood { formula: formula.to_string(), example, working })
}
