//! Opening a cycle: the regime, then the form, then a look at what it would lead to, then the act. Every step is a
//! page of its own and works without script; what was filled in travels with the forms.

#[cfg(test)]
mod tests;

use super::{App, error::PageError, kit, locale::Locale, regime, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Form, Router,
    extract::{Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use domain::{
    appraisal,
    cycle::{CycleDraft, Exemption, Preview, Schedule, Ungraded},
    id::{PersonId, UnitId},
    indicator::Indicator,
    points::Points,
    refusal::Refusal,
    regime::{Regime, quota},
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};
use store::query::Names;

/// `/cycles/new`.
pub fn routes() -> Router<App> {
    Router::new().route("/cycles/new", get(fill).post(step))
}

/// Names of the fields: their paths in the act.
const REGIME: &str = "cycle.regime";
const KIND: &str = "cycle.kind";
const TITLE: &str = "cycle.title";
const DAYS: [&str; 5] =
    ["cycle.from", "cycle.to", "cycle.schedule.goals", "cycle.schedule.scoring", "cycle.schedule.grading"];
/// How many people are named in a list of the preview; the rest are counted.
const NAMED: usize = 30;

fn may_open(app: &App, person: &SignedIn) -> Result<(), PageError> {
    let may = app.store.policies().may_ever(&person.actor, "open_cycle");
    may.map_err(|denied| PageError::from(store::Error::Denied(Box::new(denied))))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    regime: String,
    #[serde(default)]
    kind: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/opening_regimes.html")]
struct Choose {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    regimes: Vec<kit::CellLink>,
}

/// Choose a regime, or fill in the form of the one chosen.
async fn fill(State(app): State<App>, person: SignedIn, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    may_open(&app, &person)?;
    let t = person.reader.t;
    let rules = app.store.rules();
    let Some(regime) = rules.regimes.get(&asked.regime) else {
        let regimes = rules.regimes.values().map(|regime| kit::CellLink {
            href: format!("/cycles/new?regime={}", regime.id),
            icon: "scale",
            label: words::text(t, &regime.title),
            note: regime.staff_kinds.join(&t.get("list-comma")),
            value: String::new(),
        });
        let (regimes, page) = (regimes.collect(), person.page("/cycles/new", t.get("opening-title")));
        return Ok(Choose { page, crumbs: crumbs(t), regimes }.into_response());
    };
    let kind = regime.kinds.iter().find(|kind| **kind == asked.kind).or_else(|| {
        let annual = regime.kinds.iter().find(|kind| *kind == "annual");
        annual.or(regime.kinds.first())
    });
    let kind = kind.map(String::as_str).unwrap_or_default();
    let refused = person.act_form(&app.store, "open_cycle", "new", &at(regime));
    let form = if refused.is_refused() { refused } else { suggested(&app, t, regime, kind, refused) };
    Ok(filled_in(&person, regime, form).into_response())
}

fn at(regime: &Regime) -> String {
    format!("/cycles/new?regime={}", regime.id)
}

fn crumbs(t: Locale) -> Vec<kit::Crumb> {
    vec![kit::Crumb { label: t.get("nav-cycles"), href: "/cycles".to_owned() }]
}

/// What HR may begin from: the period by the kind of cycle, the days by the regime's steps and the calendar.
fn suggested(app: &App, t: Locale, regime: &Regime, kind: &str, form: kit::Form) -> kit::Form {
    let today = words::today();
    let (from, to) = period(kind, today);
    let key = format!("cycle-title-{kind}");
    let args = [("year", from.year().to_string()), ("quarter", quarter(from).to_string())];
    let title = t.with(&key, &[args.to_vec(), vec![("regime", words::text(t, &regime.title))]].concat());
    let mut days = vec![from, to];
    let calendar = &app.store.rules().calendar;
    if let Ok(Schedule { goals, scoring, grading }) = Schedule::suggest(calendar, regime, today, to) {
        days.extend([goals, scoring, grading]);
    }
    let form = form.fill(REGIME, &regime.id).fill(KIND, kind).fill(TITLE, title);
    DAYS.iter().zip(days).fold(form, |form, (name, day)| form.fill(*name, day.to_string()))
}

/// The period a kind of cycle is usually about: the year that ends or has just ended, else the running quarter.
fn period(kind: &str, today: Date) -> (Date, Date) {
    if kind == "annual" || kind == "tenure" {
        let year = if today.month() <= 3 { today.year() - 1 } else { today.year() };
        return (date(year, 1, 1), date(year, 12, 31));
    }
    let from = date(today.year(), 3 * quarter(today) - 2, 1);
    (from, from.saturating_add(3.months()).saturating_sub(1.day()))
}

fn quarter(day: Date) -> i8 {
    (day.month() + 2) / 3
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/opening_form.html")]
struct Fill {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    kinds: Vec<kit::Tab>,
    form: kit::Form,
    carried: Vec<(String, String)>,
    rules: Vec<kit::Term>,
    link: String,
}

fn filled_in(person: &SignedIn, regime: &Regime, form: kit::Form) -> Fill {
    let t = person.reader.t;
    let chosen = form.value(KIND).to_owned();
    let kinds = regime.kinds.iter().map(|kind| kit::Tab {
        label: t.get(&format!("kind-{kind}")),
        href: format!("{}&kind={kind}", at(regime)),
        current: *kind == chosen,
        count: None,
    });
    let mut page = person.page("/cycles/new", t.with("opening-of", &[("regime", words::text(t, &regime.title))]));
    page.refused |= form.is_refused();
    Fill {
        crumbs: vec![
            kit::Crumb { label: t.get("nav-cycles"), href: "/cycles".to_owned() },
            kit::Crumb { label: t.get("opening-title"), href: "/cycles/new".to_owned() },
        ],
        kinds: kinds.collect(),
        rules: regime::in_short(t, regime, &chosen),
        link: format!("/regimes/{}", regime.id),
        carried: exempt_fields(&form),
        page,
        form,
    }
}

/// The fields of those whom HR leaves ungraded, which the form carries along.
fn exempt_fields(form: &kit::Form) -> Vec<(String, String)> {
    let names = (0..).map(|place| ["person", "reason", "note"].map(|part| exempt_field(place, part)));
    let lines = names.take_while(|names| !form.value(&names[0]).is_empty());
    lines.flatten().map(|name| (name.clone(), form.value(&name).to_owned())).collect()
}

fn exempt_field(place: usize, part: &str) -> String {
    format!("cycle.exempt.{place}.{part}")
}

/// The field that says what to do with the form.
const STEP: &str = "step";

/// From the form to the preview, back, and changes of who is left ungraded.
async fn step(
    State(app): State<App>,
    person: SignedIn,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let sent = kit::Form::posted(pairs);
    person.check(&sent.csrf)?;
    may_open(&app, &person)?;
    let regime = app.store.rules().regimes.get(sent.value(REGIME)).ok_or(PageError::NotFound)?;
    let mut filled = Filled::read(&sent, person.reader.t);
    let mut adding = kit::Form::default();
    match sent.value(STEP) {
        "edit" => return Ok(filled_in(&person, regime, filled.form(&app, &person, regime)).into_response()),
        "exempt" => adding = filled.exempt(&app, &sent, person.reader.t).await?,
        step => {
            if let Some(place) = step.strip_prefix("unexempt-").and_then(|place| place.parse().ok()) {
                filled.unexempt(place);
            }
        }
    }
    let draft = match filled.draft() {
        Ok(draft) => draft,
        Err(()) => return Ok(filled_in(&person, regime, filled.form(&app, &person, regime)).into_response()),
    };
    let preview = app.store.reader(&person.actor).preview(&draft, words::today()).await?.ok_or(PageError::NotFound)?;
    let (of_form, rest): (Vec<_>, Vec<_>) = preview.obstacles.iter().partition(|refusal| field_of(refusal).is_some());
    if !of_form.is_empty() {
        for refusal in of_form {
            let text = person.reader.t.say(&words::refusal(refusal));
            filled.errors.push((field_of(refusal).unwrap_or_default().to_owned(), text));
        }
        return Ok(filled_in(&person, regime, filled.form(&app, &person, regime)).into_response());
    }
    let obstacles = rest.into_iter().map(|refusal| obstacle(person.reader.t, refusal)).collect();
    let look =
        Look { app: &app, person: &person, regime, draft: &draft, preview: &preview, names: app.store.names().await? };
    Ok(look.page(&filled, adding, obstacles).into_response())
}

/// The field of the form that stands for what a refusal names.
fn field_of(refusal: &Refusal) -> Option<&'static str> {
    let (_, named) = refusal.args.iter().find(|(name, _)| *name == "field")?;
    let mut fields = [KIND, TITLE].into_iter().chain(DAYS);
    fields.find(|field| field.rsplit('.').next() == Some(named))
}

/// What stands against opening, and where to mend it.
fn obstacle(t: Locale, refusal: &Refusal) -> (String, Option<kit::Crumb>) {
    let post_type = refusal.args.iter().find(|(name, _)| *name == "post_type");
    let way = post_type.map(|(_, post_type)| kit::Crumb {
        label: t.get("opening-mend-indicators"),
        href: super::indicator::of_post_type(post_type),
    });
    (t.say(&words::refusal(refusal)), way)
}

/// What HR has filled in so far.
struct Filled {
    regime: String,
    kind: String,
    title: String,
    days: [String; 5],
    exempt: Vec<[String; 3]>,
    errors: Vec<(String, String)>,
    unread: String,
}

impl Filled {
    fn read(sent: &kit::Form, t: Locale) -> Self {
        let exempt = exempt_fields(sent);
        let exempt = exempt.chunks(3).map(|line| std::array::from_fn(|part| line[part].1.clone()));
        Filled {
            regime: sent.value(REGIME).to_owned(),
            kind: sent.value(KIND).to_owned(),
            title: sent.value(TITLE).trim().to_owned(),
            days: DAYS.map(|name| sent.value(name).trim().to_owned()),
            exempt: exempt.collect(),
            errors: Vec::new(),
            unread: t.get("refusal-not-a-day"),
        }
    }

    /// Every field by its name.
    fn fields(&self) -> Vec<(String, String)> {
        let one = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut fields = vec![one(REGIME, &self.regime), one(KIND, &self.kind), one(TITLE, &self.title)];
        fields.extend(DAYS.iter().zip(&self.days).map(|(name, day)| one(name, day)));
        for (place, line) in self.exempt.iter().enumerate() {
            let parts = ["person", "reason", "note"].into_iter().zip(line);
            fields.extend(parts.map(|(part, value)| (exempt_field(place, part), value.clone())));
        }
        fields
    }

    /// The form again, with what was typed and what is wrong with it.
    fn form(&self, app: &App, person: &SignedIn, regime: &Regime) -> kit::Form {
        let form = person.form(&app.store).of_act("open_cycle", "new", &at(regime));
        let mut form = self.fields().into_iter().fold(form, |form, (name, value)| form.fill(name, value));
        for (field, text) in &self.errors {
            form.refuse(field, text);
        }
        form
    }

    /// What would be asked for; days that can't be read are noted.
    fn draft(&mut self) -> Result<CycleDraft, ()> {
        let days: [Option<Date>; 5] = std::array::from_fn(|place| self.days[place].parse().ok());
        let unread = DAYS.iter().zip(&days).filter(|(_, day)| day.is_none());
        self.errors.extend(unread.map(|(name, _)| ((*name).to_owned(), self.unread.clone())));
        let [Some(from), Some(to), Some(goals), Some(scoring), Some(grading)] = days else { return Err(()) };
        let exempt = self.exempt.iter().filter_map(|[person, reason, note]| {
            let reason = Ungraded::ALL.into_iter().find(|known| known.as_str() == reason)?;
            Some(Exemption { person: person.parse().ok()?, reason, note: note.clone() })
        });
        Ok(CycleDraft {
            regime: self.regime.clone(),
            kind: self.kind.clone(),
            title: self.title.clone(),
            from,
            to,
            schedule: Schedule { goals, scoring, grading },
            exempt: exempt.collect(),
        })
    }

    /// Take one more person off the grading. What is wrong comes back in the small form.
    async fn exempt(&mut self, app: &App, sent: &kit::Form, t: Locale) -> Result<kit::Form, PageError> {
        let (number, reason, note) = (sent.value("number").trim(), sent.value("reason"), sent.value("note").trim());
        let known = app.store.roster().await?.into_iter().find(|person| person.number == number);
        let mut form = kit::Form::default().fill("number", number).fill("reason", reason).fill("note", note);
        if known.is_none() {
            form.refuse("number", t.with("opening-number-unknown", &[("number", number)]));
        }
        if !Ungraded::ALL.iter().any(|known| known.as_str() == reason) {
            form.refuse("reason", t.get("opening-reason-missing"));
        }
        if note.is_empty() {
            form.refuse("note", t.get("opening-note-missing"));
        }
        match known {
            Some(person) if !form.is_refused() => {
                self.exempt.retain(|[id, ..]| *id != person.person_id.to_string());
                self.exempt.push([person.person_id.to_string(), reason.to_owned(), note.to_owned()]);
                Ok(kit::Form::default())
            }
            _ => Ok(form),
        }
    }

    fn unexempt(&mut self, place: usize) {
        if place < self.exempt.len() {
            self.exempt.remove(place);
        }
    }
}

/// A look at what opening would lead to.
struct Look<'a> {
    app: &'a App,
    person: &'a SignedIn,
    regime: &'a Regime,
    draft: &'a CycleDraft,
    preview: &'a Preview,
    names: Arc<Names>,
}

/// A set of indicators on the preview.
struct Set {
    title: String,
    total: kit::Tag,
    mend: String,
    lines: Vec<kit::Term>,
}

/// Somebody who is not graded.
struct Left {
    name: String,
    unit: String,
    reason: String,
    /// The place among those whom HR chose; none where the regime decides.
    place: Option<usize>,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/opening_preview.html")]
struct Shown {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    obstacles: Vec<(String, Option<kit::Crumb>)>,
    facts: Vec<kit::Term>,
    stats: Vec<kit::Stat>,
    units: kit::Table,
    sets: Vec<Set>,
    left: Vec<Left>,
    left_more: String,
    gaps: Vec<String>,
    fields: Vec<(String, String)>,
    step: kit::Form,
    adding: kit::Form,
    reasons: Vec<kit::Choice>,
    open: kit::Form,
    consequence: String,
}

impl Look<'_> {
    fn page(&self, filled: &Filled, adding: kit::Form, obstacles: Vec<(String, Option<kit::Crumb>)>) -> Shown {
        let t = self.person.reader.t;
        let sheets = &self.preview.sheets;
        let graded = sheets.iter().filter(|sheet| sheet.ungraded.is_none()).count();
        let fields = filled.fields();
        let open = self.person.form(&self.app.store).of_act("open_cycle", "new", &at(self.regime));
        let open = fields.iter().fold(open, |form, (name, value)| form.fix(name, value));
        let (left, left_more) = self.left();
        let mut page = self.person.page("/cycles/new", t.get("opening-preview"));
        page.refused |= adding.is_refused();
        Shown {
            page,
            crumbs: crumbs(t),
            obstacles,
            facts: self.facts(),
            stats: vec![
                stat(t, "cycle-people", sheets.len()),
                stat(t, "opening-graded", graded),
                stat(t, "cycle-ungraded", sheets.len() - graded),
                stat(t, "opening-units", self.by_unit().len()),
            ],
            units: self.units(),
            sets: self.sets(),
            left,
            left_more,
            gaps: self.gaps(),
            fields,
            step: self.person.form(&self.app.store),
            adding,
            reasons: Ungraded::ALL
                .map(|reason| kit::Choice::new(reason.as_str(), t.get(&format!("ungraded-{}", reason.as_str()))))
                .to_vec(),
            open: open.then(format!("/cycles/{}", kit::Form::MADE)),
            consequence: t.with("opening-consequence", &[("n", sheets.len()), ("graded", graded)]),
        }
    }

    fn facts(&self) -> Vec<kit::Term> {
        let (t, draft) = (self.person.reader.t, self.draft);
        vec![
            kit::Term::new(t.get("cycle-title"), draft.title.clone()),
            kit::Term::new(t.get("cycle-regime"), words::text(t, &self.regime.title)),
            kit::Term::new(t.get("cycle-kind"), t.get(&format!("kind-{}", draft.kind))),
            kit::Term::new(t.get("cycle-period"), format!("{} – {}", t.day(&draft.from), t.day(&draft.to))),
            kit::Term::new(t.get("cycle-goals-due"), t.day(&draft.schedule.goals)),
            kit::Term::new(t.get("cycle-scoring-due"), t.day(&draft.schedule.scoring)),
            kit::Term::new(t.get("cycle-grading-due"), t.day(&draft.schedule.grading)),
        ]
    }

    fn by_unit(&self) -> BTreeMap<UnitId, Vec<&appraisal::Opened>> {
        let mut units: BTreeMap<UnitId, Vec<&appraisal::Opened>> = BTreeMap::new();
        for sheet in &self.preview.sheets {
            units.entry(sheet.unit).or_default().push(sheet);
        }
        units
    }

    /// How many take part per unit, and what may be given there.
    fn units(&self) -> kit::Table {
        let t = self.person.reader.t;
        let (share, _) = self.regime.top_share(&self.draft.kind);
        let rows = self.by_unit().into_iter().map(|(unit, sheets)| {
            let graded = sheets.iter().filter(|sheet| sheet.ungraded.is_none()).count();
            let base = u32::try_from(graded).unwrap_or(u32::MAX);
            vec![
                kit::Cell::new(self.names.unit(unit)),
                kit::Cell::new(t.number(sheets.len())),
                kit::Cell::new(t.number(graded)),
                kit::Cell::new(quota(base, share).to_string()),
            ]
        });
        kit::Table {
            caption: t.get("opening-by-unit"),
            note: t.with("opening-quota-note", &[("share", share)]),
            columns: vec![
                kit::Column::words(t.get("appraisal-unit")),
                kit::Column::numbers(t.get("cycle-people")),
                kit::Column::numbers(t.get("opening-graded")),
                kit::Column::numbers(t.get("opening-quota")),
            ],
            rows: rows.collect(),
            total: Vec::new(),
        }
    }

    /// The indicators of every post type: exactly 100, or by how much the set is off.
    fn sets(&self) -> Vec<Set> {
        let t = self.person.reader.t;
        let set = |(post_type, indicators): (&String, &Vec<Indicator>)| {
            let people = self.preview.sheets.iter().filter(|sheet| sheet.post_type == *post_type).count();
            let total: i64 = indicators.iter().map(|indicator| indicator.weight.0).sum();
            let args = [("post_type", t.arg(post_type)), ("people", t.arg(people)), ("n", t.arg(indicators.len()))];
            let kind = |indicator: &Indicator| {
                t.get(if indicator.is_qualitative() { "indicator-qualitative" } else { "indicator-quantitative" })
            };
            let line = |indicator: &Indicator| {
                kit::Term::new(&indicator.name, format!("{} · {}", indicator.weight, kind(indicator)))
            };
            Set {
                title: t.with("opening-set", &args),
                total: super::indicator::total_tag(t, Points(total)),
                mend: super::indicator::of_post_type(post_type),
                lines: indicators.iter().map(line).collect(),
            }
        };
        self.preview.sets.iter().map(set).collect()
    }

    /// Who gets no grade and why, those whom HR chose first.
    fn left(&self) -> (Vec<Left>, String) {
        let t = self.person.reader.t;
        let place = |person: PersonId| self.draft.exempt.iter().position(|exemption| exemption.person == person);
        let mut left: Vec<Left> = Vec::new();
        for sheet in &self.preview.sheets {
            let Some((reason, note)) = &sheet.ungraded else { continue };
            left.push(Left {
                name: format!("{} {}", self.names.person(sheet.person), self.names.number(sheet.person)),
                unit: self.names.unit(sheet.unit).to_owned(),
                reason: words::ungraded(t, *reason, note),
                place: place(sheet.person),
            });
        }
        left.sort_by_key(|left| (left.place.is_none(), left.place));
        let shown = NAMED.max(self.draft.exempt.len());
        let more = left.len().saturating_sub(shown);
        left.truncate(shown);
        (left, if more == 0 { String::new() } else { t.with("opening-and-more", &[("n", more)]) })
    }

    /// What the roster lacks: heads, leaders, and anyone to assess.
    fn gaps(&self) -> Vec<String> {
        let t = self.person.reader.t;
        let listed = |names: Vec<String>| {
            let more = names.len().saturating_sub(NAMED);
            let named = names.into_iter().take(NAMED).collect::<Vec<_>>().join(&t.get("list-comma"));
            if more == 0 { named } else { format!("{named} {}", t.with("opening-and-more", &[("n", more)])) }
        };
        let people = |lacks: &dyn Fn(&appraisal::Opened) -> bool| -> Vec<String> {
            let lacking = self.preview.sheets.iter().filter(|sheet| lacks(sheet));
            lacking.map(|sheet| self.names.person(sheet.person).to_owned()).collect()
        };
        let headless: Vec<String> =
            self.preview.headless.iter().map(|unit| self.names.unit(*unit).to_owned()).collect();
        let gaps = [
            ("opening-headless", headless),
            ("opening-leaderless", people(&|sheet| sheet.leader.is_none() && sheet.ungraded.is_none())),
            ("opening-unassessed", people(&|sheet| sheet.assessors.is_empty() && sheet.ungraded.is_none())),
        ];
        let gaps = gaps.into_iter().filter(|(_, names)| !names.is_empty());
        gaps.map(|(key, names)| {
            let count = names.len();
            t.with(key, &[("n", t.arg(count)), ("names", t.arg(listed(names)))])
        })
        .collect()
    }
}

fn stat(t: Locale, key: &str, count: usize) -> kit::Stat {
    kit::Stat { label: t.get(key), value: t.number(count), unit: String::new(), note: String::new() }
}
