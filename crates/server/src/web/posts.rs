//! 任职回避: relatives whose posts the law keeps apart, for HR and the inspector. That two are relatives, of which class, and over
//! which posts their posts hang together: never over which relatives.

#[cfg(test)]
mod tests;

use super::{App, error::PageError, export, kit, locale::Locale, paging, session::SignedIn};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    id::{PersonId, UnitId},
    recusal::Ground,
    ties::posts::{Kind, PostTie},
};
use serde::Deserialize;
use std::{collections::BTreeSet, sync::Arc};
use store::query::{Names, Posts};

/// `/posts`, and the same as CSV.
pub fn routes() -> Router<App> {
    Router::new().route("/posts", get(list)).route("/posts.csv", get(csv))
}

/// Rows on a page.
const ON_A_PAGE: u64 = 50;

/// The address's part that narrows the list down. What is not understood narrows nothing.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    page: paging::Number,
}

impl Asked {
    fn kind(&self) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == self.kind)
    }

    fn unit(&self) -> Option<UnitId> {
        self.unit.parse().ok()
    }

    /// The same, as the query of another address.
    fn query(&self) -> String {
        let kind = self.kind().map(|kind| format!("kind={}", kind.as_str()));
        let unit = self.unit().map(|unit| format!("unit={unit}"));
        kind.into_iter().chain(unit).collect::<Vec<_>>().join("&")
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/posts.html")]
struct List {
    page: kit::Page,
    form: kit::Form,
    kinds: Vec<kit::Choice>,
    units: Vec<kit::Choice>,
    table: kit::Table,
    pages: kit::Pagination,
    export: String,
    words: String,
    /// A way back to the whole list; empty: it is the whole list.
    all: String,
}

/// What the lines of the list are made from.
struct Lines {
    t: Locale,
    names: Arc<Names>,
    posts: Posts,
}

impl Lines {
    async fn of(app: &App, person: &SignedIn) -> Result<Lines, PageError> {
        let posts = app.store.reader(&person.actor).posts().await?;
        Ok(Lines { t: person.reader.t, names: app.store.names().await?, posts })
    }

    /// The pairs that are asked for.
    fn narrowed(&self, asked: &Asked) -> Vec<&PostTie> {
        let (kind, unit) = (asked.kind(), asked.unit());
        let here = |tie: &PostTie| {
            unit.is_none_or(|unit| [tie.below, tie.other].map(|one| self.unit(one)).contains(&Some(unit)))
        };
        let kept = |tie: &&PostTie| kind.is_none_or(|kind| tie.kind == kind) && here(tie);
        self.posts.ties.iter().filter(kept).collect()
    }

    fn unit(&self, person: PersonId) -> Option<UnitId> {
        self.posts.chart.seats.get(&person).map(|seat| seat.unit)
    }

    fn unit_name(&self, person: PersonId) -> &str {
        self.unit(person).map_or("", |unit| self.names.unit(unit))
    }

    fn post(&self, person: PersonId) -> &str {
        self.posts.chart.seats.get(&person).and_then(|seat| seat.post.as_deref()).unwrap_or_default()
    }

    fn called(&self, person: PersonId) -> String {
        format!("{} {}", self.post(person), self.names.person(person)).trim().to_owned()
    }

    /// The posts from the one to the other; where both are under one leader, the arrows meet there.
    fn chain(&self, tie: &PostTie) -> String {
        let called: Vec<String> = tie.chain.iter().map(|person| self.called(*person)).collect();
        match (tie.kind, called.as_slice()) {
            (Kind::SameLeader, [one, leader, other]) => format!("{one} → {leader} ← {other}"),
            _ => called.join(" → "),
        }
    }

    fn kind(&self, kind: Kind) -> String {
        self.t.get(&format!("posts-kind-{}", kind.as_str()))
    }

    fn class(&self, tie: &PostTie) -> String {
        self.t.get(&format!("ground-{}", Ground::of_class(tie.class).as_str()))
    }

    fn marked(&self, tie: &PostTie) -> String {
        let told = tie.marked.as_ref().map(|marked| {
            self.t.with("posts-marked", &[("word", marked.word.as_str()), ("name", marked.name.as_str())])
        });
        told.unwrap_or_default()
    }

    fn row(&self, tie: &PostTie) -> Vec<kit::Cell> {
        let person = |one: PersonId| {
            let note = format!("{} · {}", self.names.number(one), self.unit_name(one));
            kit::Cell::new(self.names.person(one)).note(note)
        };
        vec![
            person(tie.below),
            person(tie.other),
            kit::Cell::new(self.class(tie)),
            kit::Cell::new(self.kind(tie.kind)).note(self.marked(tie)),
            kit::Cell::new(self.chain(tie)),
        ]
    }

    fn record(&self, tie: &PostTie) -> [String; 10] {
        let person =
            |one: PersonId| [self.names.number(one), self.names.person(one), self.unit_name(one)].map(str::to_owned);
        let ([number, name, unit], [other_number, other_name, other_unit]) = (person(tie.below), person(tie.other));
        [
            number,
            name,
            unit,
            other_number,
            other_name,
            other_unit,
            self.class(tie),
            self.kind(tie.kind),
            self.marked(tie),
            self.chain(tie),
        ]
    }
}

async fn list(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<List, PageError> {
    let (t, lines) = (person.reader.t, Lines::of(&app, &person).await?);
    let found = lines.narrowed(&asked);
    let page = asked.page.of(ON_A_PAGE);
    let before = usize::try_from((page.number - 1) * page.size).unwrap_or(usize::MAX);
    let rows = found.iter().skip(before).take(ON_A_PAGE as usize).map(|tie| lines.row(tie)).collect();
    let both = lines.posts.ties.iter().flat_map(|tie| [tie.below, tie.other]);
    let units: BTreeSet<UnitId> = both.filter_map(|one| lines.unit(one)).collect();
    let query = asked.query();
    Ok(List {
        form: kit::Form::default().fill("kind", &asked.kind).fill("unit", &asked.unit),
        kinds: Kind::ALL.map(|kind| kit::Choice::new(kind.as_str(), lines.kind(kind))).to_vec(),
        units: units.into_iter().map(|unit| kit::Choice::new(unit.to_string(), lines.names.unit(unit))).collect(),
        table: kit::Table {
            caption: t.get("posts-found"),
            note: t.with("posts-count", &[("n", found.len() as u64)]),
            columns: ["posts-one", "posts-other", "posts-class", "posts-kind", "posts-chain"]
                .map(|key| kit::Column::words(t.get(key)))
                .to_vec(),
            rows,
            total: Vec::new(),
        },
        pages: paging::pages(
            page,
            found.len() as u64,
            if query.is_empty() { "/posts".to_owned() } else { format!("/posts?{query}") },
        ),
        export: format!("/posts.csv?{query}"),
        words: app.store.rules().recusal.posts.words.join(&t.get("list-comma")),
        all: if query.is_empty() { String::new() } else { t.get("posts-all") },
        page: person.page("/posts", t.get("posts-title")),
    })
}

/// The heads of the columns of the CSV.
const HEADS: [&str; 10] = [
    "posts-head-number",
    "posts-one",
    "posts-head-unit",
    "posts-head-other-number",
    "posts-other",
    "posts-head-other-unit",
    "posts-class",
    "posts-kind",
    "posts-head-word",
    "posts-chain",
];

/// The list as it is narrowed down, as CSV in UTF-8 with the mark that spreadsheet programs look for.
async fn csv(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<Response, PageError> {
    let (t, lines) = (person.reader.t, Lines::of(&app, &person).await?);
    let heads = HEADS.map(|key| t.get(key));
    let records = [heads].into_iter().chain(lines.narrowed(&asked).into_iter().map(|tie| lines.record(tie)));
    let file = export::written(records)?;
    Ok((export::headers("posts.csv"), [export::MARK, &file].concat()).into_response())
}
