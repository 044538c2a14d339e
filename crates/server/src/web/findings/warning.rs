//! The page of early warning 风险预警: where to look first, why, and how good such words were in years that are over.

#[cfg(test)]
mod tests;

use crate::{
    warning::warnings,
    web::{App, error::PageError, export, kit, locale::Locale, session::SignedIn, words},
};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use detect::warning::{Comparison, Group, Learned, Material, Measures, Reason, Standing, Verdict, Warning};
use domain::id::{PersonId, UnitId};

/// How many of each list the page shows; the file has all.
const SHOWN: usize = 50;

#[derive(Template, WebTemplate)]
#[template(path = "pages/warning.html")]
pub(super) struct Show {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    parts: Vec<Part>,
}

/// Units, or assessors.
struct Part {
    id: &'static str,
    title: String,
    /// How much was decided, and how much is wanted.
    silent: Option<String>,
    told: Option<Told>,
}

/// What is said where there is enough.
struct Told {
    standings: kit::Table,
    better: kit::Tag,
    verdict: String,
    measures: kit::Table,
    groups: kit::Table,
}

/// How one of them is named: the name, what stands under it, and where its findings are.
struct Named {
    name: String,
    number: String,
    href: String,
}

pub(super) async fn show(State(app): State<App>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let found = warnings(&app.store, &person.actor, words::today()).await?;
    let names = app.store.names().await?;
    let unit = |id: UnitId| Named {
        name: names.unit(id).to_owned(),
        number: String::new(),
        href: format!("/findings?unit={id}"),
    };
    let assessor = |id: PersonId| Named {
        name: names.person(id).to_owned(),
        number: names.number(id).to_owned(),
        href: format!("/findings?person={id}"),
    };
    Ok(Show {
        crumbs: vec![kit::Crumb { label: t.get("findings-title"), href: "/findings".to_owned() }],
        parts: vec![
            Part::of(t, "units", t.get("warning-units"), &found.units, unit),
            Part::of(t, "assessors", t.get("warning-assessors"), &found.assessors, assessor),
        ],
        page: person.page("/findings", t.get("warning-title")),
    })
}

impl Part {
    fn of<S: Copy>(t: Locale, id: &'static str, title: String, found: &Warning<S>, named: impl Fn(S) -> Named) -> Part {
        let silent = found.learned.is_none().then(|| silence(t, found.material));
        let told = found.learned.as_ref().map(|learned| Told::of(t, &title, found.material, learned, named));
        Part { id, title, silent, told }
    }
}

fn silence(t: Locale, there: Material) -> String {
    let wanted = Material::WANTED;
    t.with(
        "warning-silent-text",
        &[
            ("confirmed", there.confirmed),
            ("others", there.others),
            ("periods", there.periods),
            ("wanted_confirmed", wanted.confirmed),
            ("wanted_others", wanted.others),
            ("wanted_periods", wanted.periods),
        ],
    )
}

impl Told {
    fn of<S: Copy>(
        t: Locale,
        title: &str,
        material: Material,
        learned: &Learned<S>,
        named: impl Fn(S) -> Named,
    ) -> Told {
        let Comparison { verdict, groups, .. } = &learned.comparison;
        let tone = match verdict {
            Verdict::Better => kit::Tone::Success,
            Verdict::Alike | Verdict::Worse => kit::Tone::Warn,
        };
        Told {
            standings: standings(t, title, learned, named),
            better: kit::Tag::new(tone, t.get(&format!("warning-verdict-{}", verdict.word()))),
            verdict: t.get(&format!("warning-verdict-{}-text", verdict.word())),
            measures: measures(t, material, &learned.comparison),
            groups: grouped(t, groups),
        }
    }
}

fn standings<S: Copy>(t: Locale, title: &str, learned: &Learned<S>, named: impl Fn(S) -> Named) -> kit::Table {
    let row = |standing: &Standing<S>| {
        let Named { name, number, href } = named(standing.subject);
        vec![
            kit::Cell::new(name).note(number),
            kit::Cell::new(percent(standing.probability)).note(in_words(t, standing.probability)),
            kit::Cell::new(reasons(t, &standing.reasons)),
            kit::Cell::new(t.with("warning-findings-n", &[("n", standing.findings)])).link(href),
        ]
    };
    let more = learned.standings.len().saturating_sub(SHOWN);
    kit::Table {
        caption: t.with("warning-standings", &[("what", title)]),
        note: if more > 0 { t.with("warning-more", &[("n", more)]) } else { String::new() },
        columns: ["finding-about", "warning-probability", "warning-reasons", "warning-findings"]
            .map(|key| kit::Column::words(t.get(key)))
            .to_vec(),
        rows: learned.standings.iter().take(SHOWN).map(row).collect(),
        ..kit::Table::default()
    }
}

/// A probability as a percentage, with one decimal.
fn percent(probability: f64) -> String {
    format!("{:.1}%", 100.0 * probability)
}

/// The same in words, and as a number of people think of: of a hundred alike.
fn in_words(t: Locale, probability: f64) -> String {
    let word = t.get(match probability {
        seldom if seldom < 0.05 => "warning-chance-seldom",
        sometimes if sometimes < 0.2 => "warning-chance-sometimes",
        often if often < 0.5 => "warning-chance-often",
        _ => "warning-chance-mostly",
    });
    let n = (100.0 * probability).round() as u32;
    t.with("warning-of-a-hundred", &[("word", t.arg(word)), ("n", t.arg(n))])
}

fn reasons(t: Locale, reasons: &[Reason]) -> String {
    if reasons.is_empty() {
        return t.get("warning-no-reason");
    }
    let said = |reason: &Reason| {
        let signal = t.with(&format!("warning-signal-{}", reason.signal.word()), &[("n", reason.count)]);
        let share = format!("{:.0}%", 100.0 * reason.share);
        t.with("warning-share", &[("signal", signal), ("share", share)])
    };
    reasons.iter().map(said).collect::<Vec<_>>().join(&t.get("list-comma"))
}

fn measures(t: Locale, material: Material, comparison: &Comparison) -> kit::Table {
    let row = |key: &str, measures: &Measures| {
        vec![
            kit::Cell::new(t.get(key)),
            kit::Cell::new(format!("{:.4}", measures.brier)),
            kit::Cell::new(format!("{:.4}", measures.log_loss)),
            kit::Cell::new(format!("{:.3}", measures.auc)),
            kit::Cell::new(percent(measures.precision)),
        ]
    };
    let n = material.confirmed + material.others;
    kit::Table {
        caption: t.get("warning-measures"),
        note: t.with("warning-measures-note", &[("n", n), ("confirmed", material.confirmed)]),
        columns: vec![
            kit::Column::words(t.get("warning-by")),
            kit::Column::numbers(t.get("warning-brier")),
            kit::Column::numbers(t.get("warning-log-loss")),
            kit::Column::numbers(t.get("warning-auc")),
            kit::Column::numbers(t.with("warning-precision", &[("n", comparison.top)])),
        ],
        rows: vec![
            row("warning-by-model", &comparison.model),
            row("warning-by-count", &comparison.count),
            row("warning-by-rate", &comparison.rate),
        ],
        ..kit::Table::default()
    }
}

fn grouped(t: Locale, groups: &[Group]) -> kit::Table {
    let row = |(place, group): (usize, &Group)| {
        vec![
            kit::Cell::new(t.with("warning-group-n", &[("n", place + 1)])),
            kit::Cell::new(t.number(group.n)),
            kit::Cell::new(percent(group.predicted)),
            kit::Cell::new(percent(group.happened)),
        ]
    };
    kit::Table {
        caption: t.get("warning-groups"),
        note: t.get("warning-groups-note"),
        columns: vec![
            kit::Column::words(t.get("warning-group")),
            kit::Column::numbers(t.get("warning-cases")),
            kit::Column::numbers(t.get("warning-predicted")),
            kit::Column::numbers(t.get("warning-happened")),
        ],
        rows: groups.iter().enumerate().map(row).collect(),
        ..kit::Table::default()
    }
}

/// The columns of the lists as a file.
const HEADS: [&str; 6] =
    ["warning-kind", "finding-about", "finding-number", "warning-probability", "warning-findings", "warning-reasons"];

/// Both lists as a file, as long as they are.
pub(super) async fn csv(State(app): State<App>, person: SignedIn) -> Result<Response, PageError> {
    let t = person.reader.t;
    let found = warnings(&app.store, &person.actor, words::today()).await?;
    let names = app.store.names().await?;
    let mut records = vec![HEADS.map(|key| t.get(key))];
    for standing in found.units.learned.iter().flat_map(|learned| &learned.standings) {
        let name = names.unit(standing.subject).to_owned();
        records.push(record(t, "warning-units", name, String::new(), standing));
    }
    for standing in found.assessors.learned.iter().flat_map(|learned| &learned.standings) {
        let (name, number) = (names.person(standing.subject).to_owned(), names.number(standing.subject).to_owned());
        records.push(record(t, "warning-assessors", name, number, standing));
    }
    let file = export::written(records)?;
    Ok((export::headers("early-warning.csv"), [export::MARK, &file].concat()).into_response())
}

fn record<S>(t: Locale, kind: &str, name: String, number: String, standing: &Standing<S>) -> [String; 6] {
    let probability = percent(standing.probability);
    [t.get(kind), name, number, probability, standing.findings.to_string(), reasons(t, &standing.reasons)]
}
