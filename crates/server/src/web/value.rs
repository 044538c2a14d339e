//! Where the value of one indicator comes from: its formula, what went in, the arithmetic, and the very rows of the source
//! files. Whoever may read the appraisal may read this much of them.

use super::{
    App,
    error::{PageError, percent_encoded},
    kit,
    locale::Locale,
    session::SignedIn,
    source,
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};
use domain::{
    appraisal::Appraisal,
    batch::Row,
    id::AppraisalId,
    import::Batch,
    indicator::{Indicator, Measure},
    score::Value,
};
use policy::Reading;
use serde::Deserialize;
use store::query::SourceRow;
use uuid::Uuid;

/// How many rows one page shows.
const PAGE: usize = 20;

/// `/appraisals/{id}/values/{indicator}`.
pub fn routes() -> Router<App> {
    Router::new().route("/appraisals/{id}/values/{indicator}", get(show))
}

#[derive(Deserialize)]
struct Wanted {
    #[serde(default)]
    page: usize,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/value.html")]
struct Show {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    facts: Vec<kit::Term>,
    inputs: kit::Table,
    sources: Vec<kit::Table>,
    pages: Option<kit::Pagination>,
}

async fn show(
    State(app): State<App>,
    person: SignedIn,
    Path((id, code)): Path<(Uuid, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Show, PageError> {
    let t = person.reader.t;
    let desk = app.store.reader(&person.actor);
    let number = wanted.page.clamp(1, 1 << 20);
    let found = desk.value_source(AppraisalId(id), &code, ((number - 1) * PAGE, PAGE)).await?;
    let found = found.ok_or(PageError::NotFound)?;
    let indicators = found.cycle.indicators(&found.appraisal.opened.post_type);
    let indicator = indicators.iter().find(|indicator| indicator.code == code).ok_or(PageError::NotFound)?;
    let name = app.store.names().await?.person(found.appraisal.opened.person).to_owned();
    let total = found.total as usize;
    let pages = total.div_ceil(PAGE).max(1);
    let pages = (pages > 1).then(|| kit::Pagination {
        page: number.min(pages),
        pages,
        total,
        base: format!("/appraisals/{id}/values/{}", percent_encoded(&code)),
    });
    Ok(Show {
        page: person.page("/appraisals", indicator.name.clone()),
        crumbs: vec![kit::Crumb { label: name, href: format!("/appraisals/{id}") }],
        facts: facts(t, indicator, &found.appraisal),
        inputs: inputs(t, &code, &found.appraisal),
        sources: sources(t, found.rows, desk.may_read(Reading::Batches)),
        pages,
    })
}

/// Formula, arithmetic and result.
fn facts(t: Locale, indicator: &Indicator, appraisal: &Appraisal) -> Vec<kit::Term> {
    let term = |key: &str, value: String| kit::Term::new(t.get(key), value);
    let mut facts = vec![term("value-words", indicator.words.clone()), term("value-source", indicator.source.clone())];
    if let Measure::Quantitative { formula } = &indicator.measure {
        facts.push(term("value-formula", source::formula(t, formula)));
    }
    match appraisal.computed.get(&indicator.code) {
        Some((computed, stamp)) => {
            match &computed.value {
                Value::Scored { points, exact, arithmetic } => {
                    facts.push(term("value-arithmetic", arithmetic.clone()));
                    facts.push(term("value-exact", exact.clone()));
                    facts.push(term("score-points", t.points(&points.0)));
                }
                Value::NotApplicable(reason) => facts.push(term("score-not-applicable", reason.clone())),
            }
            facts.push(term("value-computed", t.moment(&stamp.at)));
        }
        None if indicator.is_qualitative() => facts.push(term("value-qualitative", t.get("value-qualitative-text"))),
        None => facts.push(term("score-points", t.get("value-not-computed"))),
    }
    facts.retain(|fact| !fact.value.is_empty());
    facts
}

fn inputs(t: Locale, code: &str, appraisal: &Appraisal) -> kit::Table {
    let inputs = appraisal.computed.get(code).into_iter().flat_map(|(computed, _)| &computed.inputs);
    kit::Table {
        caption: t.get("value-inputs"),
        columns: vec![kit::Column::words(t.get("value-input")), kit::Column::numbers(t.get("imports-value"))],
        rows: inputs
            .map(|(name, value)| vec![kit::Cell::new(source::formula(t, name)), kit::Cell::new(value.clone())])
            .collect(),
        ..kit::Table::default()
    }
}

/// One table a batch. Only who may read batches finds a way to all of their rows.
fn sources(t: Locale, rows: Vec<SourceRow>, may_read_batches: bool) -> Vec<kit::Table> {
    let mut batches: Vec<(Batch, Vec<Row>)> = Vec::new();
    for SourceRow { batch, row } in rows {
        match batches.last_mut() {
            Some((last, rows)) if last.id == batch.id => rows.push(row),
            _ => batches.push((batch, vec![row])),
        }
    }
    let table = |(batch, rows): (Batch, Vec<Row>)| {
        let place = match &batch.sheet {
            Some(sheet) => format!("{} [{sheet}]", batch.file),
            None => batch.file.clone(),
        };
        let href = |row: &Row| may_read_batches.then(|| format!("/batches/{}/rows/{}", batch.id, row.number));
        kit::Table {
            caption: format!("{} · {place}", t.get(&format!("table-{}", batch.kind))),
            note: t.with("value-batch", &[("id", batch.id.to_string())]),
            ..source::table(t, batch.kind, &batch.columns, &rows, href)
        }
    };
    batches.into_iter().map(table).collect()
}
