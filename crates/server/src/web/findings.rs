//! Findings: what looks wrong, for inspectors to look into and for whoever one is about to answer.

mod scan;
#[cfg(test)]
mod tests;
mod warning;

use super::{App, error::PageError, export, kit, locale::Locale, paging, session::SignedIn, words};
use crate::watching::DETECTORS;
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use detect::detector::Language;
use domain::{
    act::Act,
    actor::Stamp,
    batch::Kind,
    decide::Case,
    event::Event,
    finding::{Behind, Bilingual, Disposition, Finding, Level, Place, Scanned, Stage, Told},
    id::{FindingId, PersonId, UnitId},
    ties::{TiesOn, findings, posts::Chart},
};
use jiff::{Timestamp, civil::Date};
use policy::Reading;
use serde::Deserialize;
use std::{collections::BTreeMap, ops::RangeInclusive};
use store::{
    Recorded,
    query::{FindingFilter, FindingLine, Names, Page},
};
use uuid::Uuid;

/// `/findings`, `/findings.csv`, `/findings/{id}`, `/findings/scan`, `/findings/warning`.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/findings", get(list))
        .route("/findings.csv", get(csv))
        .route("/findings/scan", post(scan::begin))
        .route("/findings/scan/progress", get(scan::progress))
        .route("/findings/warning", get(warning::show))
        .route("/findings/warning.csv", get(warning::csv))
        .route("/findings/{id}", get(show))
}

/// What a detector's findings are called: one of ties by this product's words, another by its own.
pub fn detector_name(t: Locale, detector: &str) -> String {
    if findings::DETECTORS.contains(&detector) {
        return t.get(&format!("finding-{detector}"));
    }
    let known = DETECTORS.iter().find(|known| known.id == detector);
    known.map_or_else(|| detector.to_owned(), |known| known.words(language(t)).title.clone())
}

fn language(t: Locale) -> Language {
    match t {
        Locale::ZhCn => Language::Chinese,
        Locale::En => Language::English,
    }
}

fn said(t: Locale, words: &Bilingual) -> String {
    match t {
        Locale::ZhCn => words.zh.clone(),
        Locale::En => words.en.clone(),
    }
}

/// Findings on a page.
const ON_A_PAGE: u64 = 30;
/// The most findings that are exported at once.
const MOST: u64 = 100_000;
/// The lists, each with the stages it holds.
const LISTS: [(&str, &[Stage]); 3] = [
    ("open", &[Stage::Raised, Stage::Assigned, Stage::Asked, Stage::Answered]),
    ("silenced", &[Stage::Silenced]),
    ("closed", &[Stage::Closed]),
];

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    list: String,
    #[serde(default)]
    detector: String,
    /// Only about this person; what is no id asks for everybody.
    #[serde(default)]
    person: String,
    /// Only about people of this unit; likewise.
    #[serde(default)]
    unit: String,
    #[serde(default)]
    level: String,
    /// Raised on this day or later.
    #[serde(default)]
    from: String,
    /// Raised on this day or before.
    #[serde(default)]
    to: String,
    #[serde(default)]
    page: paging::Number,
}

/// Every detector, those of ties first.
fn detectors() -> impl Iterator<Item = &'static str> {
    findings::DETECTORS.into_iter().chain(DETECTORS.iter().map(|detector| detector.id.as_str()))
}

impl Asked {
    fn list(&self) -> (&'static str, &'static [Stage]) {
        LISTS.into_iter().find(|(name, _)| *name == self.list).unwrap_or(LISTS[0])
    }

    fn detector(&self) -> Option<&'static str> {
        detectors().find(|name| *name == self.detector)
    }

    fn level(&self) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.as_str() == self.level)
    }

    fn raised(&self) -> Option<RangeInclusive<Date>> {
        let (from, to) = (self.from.parse().ok(), self.to.parse().ok());
        (from.is_some() || to.is_some()).then(|| from.unwrap_or(Date::MIN)..=to.unwrap_or(Date::MAX))
    }

    fn filter(&self) -> FindingFilter {
        let (_, stages) = self.list();
        FindingFilter {
            detector: self.detector().map(str::to_owned),
            level: self.level(),
            raised: self.raised(),
            stages: stages.to_vec(),
            today: words::today(),
            unit: self.unit().map(|unit| unit.0),
            subject: self.person(),
            ..FindingFilter::default()
        }
    }

    fn person(&self) -> Option<PersonId> {
        self.person.parse().ok()
    }

    fn unit(&self) -> Option<UnitId> {
        self.unit.parse().ok()
    }

    /// The list's address but for the page.
    fn address(&self, path: &str) -> String {
        self.address_of(path, self.list().0)
    }

    /// The address of one of the lists, with what is asked for besides.
    fn address_of(&self, path: &str, list: &str) -> String {
        let mut address = format!(
            "{path}?list={list}&detector={}&level={}",
            self.detector().unwrap_or_default(),
            self.level().map(Level::as_str).unwrap_or_default(),
        );
        let days = [("from", &self.from), ("to", &self.to)].map(|(name, day)| {
            let day: Option<Date> = day.parse().ok();
            (name, day.map(|day| day.to_string()))
        });
        let whom =
            [("person", self.person().map(|one| one.to_string())), ("unit", self.unit().map(|one| one.to_string()))];
        for (name, value) in days.into_iter().chain(whom) {
            address.extend(value.map(|value| format!("&{name}={value}")));
        }
        address
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/findings.html")]
struct List {
    page: kit::Page,
    tabs: Vec<kit::Tab>,
    search: kit::Form,
    detectors: Vec<kit::Choice>,
    levels: Vec<kit::Choice>,
    list: &'static str,
    /// The person and the unit that is asked for; empty: everybody.
    person: String,
    unit: String,
    /// Their names; empty: everybody.
    about: String,
    /// Looks through everything anew.
    check: Option<kit::Form>,
    /// Scans all facts anew, and how the last scan stands.
    scan: Option<kit::Form>,
    scanned: scan::Now,
    findings: kit::Table,
    export: String,
    pages: kit::Pagination,
}

async fn list(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<List, PageError> {
    let t = person.reader.t;
    let desk = app.store.reader(&person.actor);
    desk.require(Reading::Finding)?;
    let page = asked.page.of(ON_A_PAGE);
    let found = desk.findings(&asked.filter(), page).await?;
    let names = app.store.names().await?;
    let row = |line: &FindingLine| {
        let subject = PersonId(line.subject_id);
        let raised = Timestamp::from_microsecond(line.raised_at).unwrap_or_default();
        let holder = line.assigned_id.map(|id| names.person(PersonId(id)).to_owned());
        vec![
            kit::Cell::new(detector_name(t, &line.detector)).link(format!("/findings/{}", line.finding_id)),
            kit::Cell::new(names.person(subject)).note(names.unit(UnitId(line.unit_id))),
            level(t, &line.level),
            kit::Cell::new(stage_name(t, &line.stage)).note(holder.unwrap_or_default()),
            kit::Cell::new(t.moment(&raised)),
            kit::Cell::new(line.due.parse().map(|due| t.day(&due)).unwrap_or_default()),
        ]
    };
    let (chosen, _) = asked.list();
    let tab = |(name, _): (&str, &[Stage])| kit::Tab {
        label: t.get(&format!("findings-{name}")),
        href: asked.address_of("/findings", name),
        current: name == chosen,
        count: None,
    };
    let about: Vec<&str> =
        [asked.person().map(|person| names.person(person)), asked.unit().map(|unit| names.unit(unit))]
            .into_iter()
            .flatten()
            .filter(|name| !name.is_empty())
            .collect();
    let may_check = app.store.policies().may_ever(&person.actor, "check_ties").is_ok();
    Ok(List {
        tabs: LISTS.map(tab).to_vec(),
        search: kit::Form::default()
            .fill("detector", asked.detector().unwrap_or_default())
            .fill("level", asked.level().map(Level::as_str).unwrap_or_default())
            .fill("from", asked.from.clone())
            .fill("to", asked.to.clone()),
        levels: Level::ALL
            .map(|level| kit::Choice::new(level.as_str(), t.get(&format!("finding-level-{}", level.as_str()))))
            .to_vec(),
        detectors: detectors().map(|name| kit::Choice::new(name, detector_name(t, name))).collect(),
        list: chosen,
        person: asked.person().map(|one| one.to_string()).unwrap_or_default(),
        unit: asked.unit().map(|one| one.to_string()).unwrap_or_default(),
        about: about.join(t.get("list-comma").as_str()),
        check: may_check.then(|| person.act_form(&app.store, "check_ties", "all", "/findings")),
        scan: may_check.then(|| person.form(&app.store)),
        scanned: scan::Now::of(t, app.scans.last()),
        findings: kit::Table {
            caption: t.get("findings-title"),
            columns: [
                "finding-what",
                "finding-about",
                "finding-level",
                "finding-stage",
                "finding-raised",
                "finding-due",
            ]
            .map(|key| kit::Column::words(t.get(key)))
            .to_vec(),
            rows: found.rows.iter().map(row).collect(),
            ..kit::Table::default()
        },
        export: asked.address("/findings.csv"),
        pages: paging::pages(page, found.total, asked.address("/findings")),
        page: person.page("/findings", t.get("findings-title")),
    })
}

/// The columns of the list as a file.
const HEADS: [&str; 8] = [
    "finding-what",
    "finding-about",
    "finding-number",
    "appraisal-unit",
    "finding-level",
    "finding-stage",
    "finding-raised",
    "finding-disposition",
];

/// The same list as a file.
async fn csv(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<Response, PageError> {
    let t = person.reader.t;
    let desk = app.store.reader(&person.actor);
    desk.require(Reading::Finding)?;
    let found = desk.findings(&asked.filter(), Page::first(MOST)).await?;
    let names = app.store.names().await?;
    let heads = HEADS.map(|key| t.get(key));
    let record = |line: &FindingLine| {
        let subject = PersonId(line.subject_id);
        let raised = Timestamp::from_microsecond(line.raised_at).unwrap_or_default();
        let disposition = line.disposition.as_ref().map(|word| t.get(&format!("disposition-{word}")));
        [
            detector_name(t, &line.detector),
            names.person(subject).to_owned(),
            names.number(subject).to_owned(),
            names.unit(UnitId(line.unit_id)).to_owned(),
            t.get(&format!("finding-level-{}", line.level)),
            stage_name(t, &line.stage),
            t.moment(&raised),
            disposition.unwrap_or_default(),
        ]
    };
    let file = export::written([heads].into_iter().chain(found.rows.iter().map(record)))?;
    Ok((export::headers("findings.csv"), [export::MARK, &file].concat()).into_response())
}

fn level(t: Locale, level: &str) -> kit::Cell {
    let tone = match level {
        "rule" => kit::Tone::Danger,
        "alert" => kit::Tone::Warn,
        _ => kit::Tone::Info,
    };
    kit::Cell::tag(tone, t.get(&format!("finding-level-{level}")))
}

fn stage_name(t: Locale, stage: &str) -> String {
    t.get(&format!("finding-stage-{stage}"))
}

/// What an inspector may do now; each is there where it may be done.
#[derive(Default)]
struct Steps {
    assign: Option<kit::Form>,
    ask: Option<kit::Form>,
    close: Option<kit::Form>,
    silence: Option<kit::Form>,
    reopen: Option<kit::Form>,
    reply: Option<kit::Form>,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/finding.html")]
struct Show {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    kicker: String,
    state: kit::Tag,
    due: Option<kit::Deadline>,
    sentence: String,
    innocent: String,
    basis: String,
    facts: Vec<kit::Term>,
    picture: Option<kit::Histogram>,
    /// The rows of the facts behind it.
    behind: Vec<kit::Table>,
    places: Vec<kit::CellLink>,
    /// The rows are there for whoever takes it.
    untaken: bool,
    /// Not found any more, as everything stands today.
    gone: bool,
    /// Where to look at the ties, for inspectors.
    look: Option<String>,
    history: Vec<kit::Event>,
    /// What confirming it does besides.
    confirming: String,
    steps: Steps,
    inspectors: Vec<kit::Choice>,
    dispositions: Vec<kit::Choice>,
}

async fn show(State(app): State<App>, Path(id): Path<FindingId>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let desk = app.store.reader(&person.actor);
    let (finding, record) = desk.finding(id).await?.ok_or(PageError::NotFound)?;
    let (names, ties) = (app.store.names().await?, app.store.ties(words::today()).await?);
    let inspects = desk.may_read(Reading::Finding);
    let inspectors = desk.inspectors().await?;
    let chart = app.store.posts().await?.chart;
    let holder = finding.assigned.as_ref().map(|(holder, _)| *holder);
    let open = finding.stage() != Stage::Closed;
    let is_taken = inspects && open && holder.is_some() && holder == person.actor.person();
    let told = finding.raised.told.as_ref().filter(|_| is_taken);
    let places: Vec<Place> = told.map(|told| told.places.clone()).unwrap_or_default();
    let tables = desk.source_rows(places).await?.into_iter().map(|(place, (kind, _))| (place, kind)).collect();
    let view = View { t, app: &app, finding: &finding, names: &names, ties: &ties, inspects, is_taken, tables, chart };
    let here = format!("/findings/{id}");
    let detector = &finding.raised.detector;
    let crumbs = match inspects {
        true => vec![kit::Crumb { label: t.get("findings-title"), href: "/findings".to_owned() }],
        false => vec![kit::Crumb { label: t.get("nav-home"), href: "/".to_owned() }],
    };
    let choice = |person: &PersonId| kit::Choice::new(person.to_string(), names.person(*person));
    Ok(Show {
        crumbs,
        kicker: t.get(&format!("finding-level-{}", finding.raised.level.as_str())),
        state: view.state(),
        due: (!matches!(finding.stage(), Stage::Closed | Stage::Silenced) && inspects)
            .then(|| words::deadline(&app, finding.raised.due)),
        sentence: view.sentence(),
        innocent: view.innocent(),
        basis: view.basis(),
        facts: view.facts(),
        picture: view.picture(),
        behind: view.behind(),
        places: view.places(),
        untaken: inspects && open && !is_taken && view.rests_on_rows(),
        gone: view.is_gone(),
        look: view.look(&person),
        history: view.history(&record),
        confirming: if detector == findings::LIKELY { t.get("finding-confirming-match") } else { String::new() },
        steps: view.steps(&person, &here),
        inspectors: inspectors.iter().filter(|one| **one != finding.raised.subject).map(choice).collect(),
        dispositions: Disposition::ALL
            .map(|one| {
                let name = one.as_str();
                kit::Choice::new(name, t.get(&format!("disposition-{name}")))
                    .hint(t.get(&format!("disposition-{name}-hint")))
            })
            .to_vec(),
        page: person.page("/findings", detector_name(t, detector)),
    })
}

/// What the parts of the page are made from.
struct View<'a> {
    t: Locale,
    app: &'a App,
    finding: &'a Finding,
    names: &'a Names,
    ties: &'a TiesOn,
    inspects: bool,
    /// By the reader, and open.
    is_taken: bool,
    /// In which kind of table the rows stand.
    tables: BTreeMap<Place, Kind>,
    chart: Chart,
}

impl View<'_> {
    fn told(&self) -> Option<&Told> {
        self.finding.raised.told.as_ref()
    }

    /// What the table is called in which a row stands.
    fn table(&self, place: &Place) -> String {
        self.tables.get(place).map(|kind| self.t.get(&format!("table-{}", kind.as_str()))).unwrap_or_default()
    }

    fn rests_on_rows(&self) -> bool {
        self.told().is_some_and(|told| told.places.iter().any(|place| matches!(place, Place::Row(..))))
    }

    fn state(&self) -> kit::Tag {
        let stage = self.finding.stage();
        let tone = match stage {
            Stage::Raised | Stage::Answered => kit::Tone::Warn,
            Stage::Closed => kit::Tone::Success,
            _ => kit::Tone::Info,
        };
        kit::Tag::new(tone, stage_name(self.t, stage.as_str()))
    }

    /// What was found, in a sentence. Days are told as the reader's language tells them.
    fn sentence(&self) -> String {
        let (t, raised) = (self.t, &self.finding.raised);
        let Some(told) = self.told() else { return t.get("finding-erased") };
        if let Some(scanned) = &told.scanned {
            return said(t, &scanned.sentence);
        }
        let fact = |name: &str| {
            let value = told.facts.get(name).map_or("", String::as_str);
            value.parse::<jiff::civil::Date>().map_or_else(|_| value.to_owned(), |day| t.day(&day))
        };
        let name = |person: PersonId| self.names.person(person).to_owned();
        // Texts ask for it by this word where there is nobody.
        let other = told.others.first().copied().map_or_else(|| "none".to_owned(), name);
        let mut args = vec![("name", name(raised.subject)), ("other", other)];
        args.extend(
            ["relation", "kind", "class", "word", "percent", "changed", "declared"].map(|key| (key, fact(key))),
        );
        t.with(&format!("finding-{}-sentence", raised.detector), &args)
    }

    fn scanned(&self) -> Option<&Scanned> {
        self.told()?.scanned.as_ref()
    }

    fn innocent(&self) -> String {
        let detector = &self.finding.raised.detector;
        match DETECTORS.iter().find(|known| known.id == *detector) {
            Some(known) => known.words(language(self.t)).innocent.clone(),
            None if self.finding.raised.versions.is_some() => String::new(),
            None => self.t.get(&format!("finding-{detector}-innocent")),
        }
    }

    /// What it rests on: an article, or the versions of detector and facts.
    fn basis(&self) -> String {
        let raised = &self.finding.raised;
        let short = |hash: &str| hash.get(..16).unwrap_or(hash).to_owned();
        match &raised.versions {
            Some(versions) => self.t.with(
                "finding-versions",
                &[
                    ("detector", raised.detector.clone()),
                    ("hash", short(&versions.detector)),
                    ("facts", short(&versions.facts)),
                ],
            ),
            None => self.t.get(&format!("finding-{}-basis", raised.detector)),
        }
    }

    fn picture(&self) -> Option<kit::Histogram> {
        let picture = self.scanned()?.picture.as_ref()?;
        let own = picture.own as usize;
        Some(kit::Histogram::new(self.t, &picture.counts, own, &picture.from, &picture.to))
    }

    /// The rows behind it, as they were when it was raised. Whoever it is about reads the sentence and the numbers: rows may tell of
    /// others too.
    fn behind(&self) -> Vec<kit::Table> {
        let t = self.t;
        let table = |behind: &Behind| kit::Table {
            caption: t.get(&format!("fact-{}", behind.table)),
            note: if behind.more > 0 { t.with("finding-more-rows", &[("n", behind.more)]) } else { String::new() },
            columns: behind
                .columns
                .iter()
                .map(|name| kit::Column::words(t.get(&format!("fact-column-{name}"))))
                .collect(),
            rows: behind
                .rows
                .iter()
                .map(|cells| cells.iter().map(|cell| kit::Cell::new(cell.clone())).collect())
                .collect(),
            ..kit::Table::default()
        };
        self.scanned().iter().filter(|_| self.inspects).flat_map(|scanned| &scanned.tables).map(table).collect()
    }

    fn facts(&self) -> Vec<kit::Term> {
        let (t, raised) = (self.t, &self.finding.raised);
        let names = self.names;
        let mut facts = vec![
            kit::Term::new(t.get("finding-about"), names.person(raised.subject)),
            kit::Term::new(t.get("appraisal-unit"), names.unit(raised.unit)),
        ];
        let others: Vec<&str> =
            self.told().iter().flat_map(|told| &told.others).map(|one| names.person(*one)).collect();
        if !others.is_empty() {
            facts.push(kit::Term::new(t.get("finding-others"), others.join("、")));
        }
        facts.push(kit::Term::new(t.get("finding-raised"), t.moment(&self.finding.stamp.at)));
        if let Some((holder, _)) = &self.finding.assigned {
            facts.push(kit::Term::new(t.get("finding-holder"), names.person(*holder)));
        }
        if let Some((until, ..)) = &self.finding.silenced {
            facts.push(kit::Term::new(t.get("finding-silenced-until"), t.day(until)));
        }
        facts
    }

    /// The rows it rests on, for those who may open them.
    fn places(&self) -> Vec<kit::CellLink> {
        let t = self.t;
        let place = |place: &Place| match place {
            // Whoever has taken it opens them: see `Reader::batch_row`.
            Place::Row(batch, row) => self.is_taken.then(|| kit::CellLink {
                href: format!("/batches/{batch}/rows/{row}?finding={}", self.finding.raised.id),
                icon: "file-spreadsheet",
                label: t.with("finding-row", &[("table", self.table(place)), ("n", t.number(*row))]),
                note: String::new(),
                value: String::new(),
            }),
            Place::Line(person, line) if *person == self.finding.raised.subject && !self.inspects => {
                Some(kit::CellLink {
                    href: "/declarations".to_owned(),
                    icon: "users",
                    label: t.with("finding-line", &[("n", *line)]),
                    note: String::new(),
                    value: String::new(),
                })
            }
            Place::Line(..) => None,
        };
        self.told().iter().flat_map(|told| &told.places).filter_map(place).collect()
    }

    /// Where an inspector looks at the ties of whom it is about, or at the way between the two.
    fn look(&self, person: &SignedIn) -> Option<String> {
        let may = self.app.store.policies().may_ever(&person.actor, "look_at_ties").is_ok();
        let who = self.names.number(self.finding.raised.subject);
        let with = self.told().and_then(|told| told.others.first()).map(|other| self.names.number(*other));
        // A finding of a scan that is about one person or a unit has nothing to do with ties.
        let tells = self.finding.raised.versions.is_none() || with.is_some();
        (may && tells).then(|| format!("/looks?who={who}&with={}", with.unwrap_or_default()))
    }

    fn is_gone(&self) -> bool {
        let known = findings::DETECTORS.contains(&self.finding.raised.detector.as_str());
        let numbers = &self.app.store.rules().recusal;
        known
            && self.finding.closed.is_none()
            && !self.ties.findings(&self.chart, numbers).iter().any(|found| found.key == self.finding.raised.key)
    }

    fn history(&self, record: &[Recorded]) -> Vec<kit::Event> {
        let t = self.t;
        let event = |recorded: &Recorded| {
            let (tone, note) = match &recorded.event {
                Event::FindingReplied { text } => (kit::Tone::Info, text.clone()),
                Event::FindingAssigned { to } => (kit::Tone::Info, self.names.person(*to).to_owned()),
                Event::ReplyAsked { due } => (kit::Tone::Info, t.with("finding-reply-by", &[("day", t.day(due))])),
                Event::FindingSilenced { until, reason } => {
                    (kit::Tone::Neutral, format!("{}\n{reason}", t.with("finding-rests", &[("day", t.day(until))])))
                }
                Event::FindingClosed { disposition, reasons } => {
                    let word = t.get(&format!("disposition-{}", disposition.as_str()));
                    (kit::Tone::Success, format!("{word}\n{reasons}"))
                }
                Event::FindingReopened { reason } => (kit::Tone::Warn, reason.clone()),
                _ => (kit::Tone::Warn, String::new()),
            };
            let Stamp { at, by } = recorded.stamp;
            kit::Event {
                tone,
                what: t.get(&format!("event-{}", recorded.event.name())),
                who: words::who(t, self.names, by),
                when: at,
                note,
                changes: Vec::new(),
                more: None,
            }
        };
        // Who is asked reads what they were asked and have said themselves, and how it ended.
        let shown = |recorded: &&Recorded| {
            self.inspects || !matches!(recorded.event, Event::FindingAssigned { .. } | Event::FindingSilenced { .. })
        };
        record.iter().filter(shown).map(event).collect()
    }

    fn steps(&self, person: &SignedIn, here: &str) -> Steps {
        let (finding, id) = (self.finding.raised.id, self.finding.raised.id);
        let (text, reason, reasons) = (String::new(), String::new(), String::new());
        let stage = self.finding.stage();
        let open = stage != Stage::Closed;
        let form = |act: &Act| {
            let case = Case { finding: Some(self.finding.clone()), ties: Some(self.ties.clone()), ..Case::default() };
            let may = self.app.store.policies().permit(&person.actor, act, &case).is_ok();
            may.then(|| person.act_form(&self.app.store, act.name(), id, here).fix("finding", id))
        };
        let to = person.actor.person().unwrap_or(PersonId(Uuid::nil()));
        let until = words::today();
        Steps {
            assign: form(&Act::AssignFinding { finding, to }).filter(|_| open),
            ask: form(&Act::AskForReply { finding }).filter(|_| open && stage != Stage::Asked),
            close: form(&Act::CloseFinding { finding, disposition: Disposition::Explained, reasons }).filter(|_| open),
            silence: form(&Act::SilenceFinding { finding, until, reason: reason.clone() }).filter(|_| open),
            reopen: form(&Act::ReopenFinding { finding, reason }).filter(|_| !open),
            reply: form(&Act::ReplyToFinding { finding, text }).filter(|_| open),
        }
    }
}
