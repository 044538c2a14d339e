//! Cycles: the list, and where one stands: by stage, by unit, and what freezing and closing still wait for.

#[cfg(test)]
mod tests;

use super::{App, bulk, error::PageError, kit, locale::Locale, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Extension, Router,
    extract::{Path, State},
    routing::get,
};
use domain::{
    act::Act,
    actor::Role,
    appraisal::Stage,
    decide::Case,
    id::{CycleId, PersonId, UnitId},
    survey::Survey,
};
use jiff::Timestamp;
use policy::Reading;
use std::collections::BTreeMap;
use store::{
    query::{Names, Narrowing, Only, Page, Participant, UnitStage},
    tables::{cycle, slate},
};
use uuid::Uuid;

/// `/cycles`, `/cycles/{id}`.
pub fn routes() -> Router<App> {
    Router::new().route("/cycles", get(list)).route("/cycles/{id}", get(show))
}

/// How many sheets are listed for those who see only the ones they have to do with; the rest is on their home page.
const OWN: u64 = 100;

#[derive(Template, WebTemplate)]
#[template(path = "pages/cycles.html")]
struct Cycles {
    page: kit::Page,
    running: Vec<kit::CellLink>,
    closed: Vec<kit::CellLink>,
    may_open: bool,
}

async fn list(State(app): State<App>, person: SignedIn) -> Result<Cycles, PageError> {
    let t = person.reader.t;
    let cell = |cycle: cycle::Model| kit::CellLink {
        href: format!("/cycles/{}", cycle.cycle_id),
        icon: "clipboard-list",
        value: t.get(state(&cycle)),
        note: period(t, &cycle),
        label: cycle.title,
    };
    let (running, closed): (Vec<_>, Vec<_>) =
        app.store.cycles().await?.into_iter().partition(|cycle| cycle.closed_at.is_none());
    Ok(Cycles {
        running: running.into_iter().map(cell).collect(),
        closed: closed.into_iter().map(cell).collect(),
        may_open: app.store.policies().may_ever(&person.actor, "open_cycle").is_ok(),
        page: person.page("/cycles", t.get("cycles-title")),
    })
}

/// The key of a cycle's state.
fn state(cycle: &cycle::Model) -> &'static str {
    match (cycle.frozen_at, cycle.closed_at) {
        (_, Some(_)) => "cycle-closed",
        (Some(_), None) => "cycle-frozen",
        (None, None) => "cycle-running",
    }
}

/// First and last day of the period.
pub fn period(t: Locale, cycle: &cycle::Model) -> String {
    format!("{} – {}", day(t, &cycle.from_day), day(t, &cycle.to_day))
}

fn day(t: Locale, iso: &str) -> String {
    iso.parse().map_or_else(|_| iso.to_owned(), |day| t.day(&day))
}

/// The views of a cycle, for the tabs above each.
pub fn tabs(t: Locale, id: Uuid, sees_people: bool, participants: bool) -> Vec<kit::Tab> {
    if !sees_people {
        return Vec::new();
    }
    let tab = |key, href, current| kit::Tab { label: t.get(key), href, current, count: None };
    vec![
        tab("cycle-overview", format!("/cycles/{id}"), !participants),
        tab("cycle-participants", format!("/cycles/{id}/participants"), participants),
    ]
}

/// Something that is still open before a step, with the way to it.
struct Open {
    text: String,
    href: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/cycle.html")]
struct Show {
    page: kit::Page,
    id: Uuid,
    crumbs: Vec<kit::Crumb>,
    tabs: Vec<kit::Tab>,
    state: kit::Tag,
    steps: Vec<kit::Step>,
    facts: Vec<kit::Term>,
    regime: String,
    stats: Vec<kit::Stat>,
    stages: Vec<kit::CellLink>,
    units: kit::Table,
    lacking: Vec<Open>,
    freeze: Option<(kit::Form, String)>,
    blocking: Vec<Open>,
    close: Option<(kit::Form, String)>,
    may_close: bool,
    own: Vec<kit::CellLink>,
    /// The same as drawings, for those who oversee it.
    supervision: Option<String>,
    bulk: Option<(kit::Form, Vec<kit::Choice>)>,
    running: Option<bulk::Progress>,
    running_at: String,
}

async fn show(
    State(app): State<App>,
    Extension(desk): Extension<bulk::Desk>,
    Path(id): Path<Uuid>,
    person: SignedIn,
) -> Result<Show, PageError> {
    let t = person.reader.t;
    let cycle = app.store.cycles().await?.into_iter().find(|cycle| cycle.cycle_id == id).ok_or(PageError::NotFound)?;
    let reader = app.store.reader(&person.actor);
    // HR and those who read cycles see how all of it stands; everyone else the sheets they have to do with.
    let overview = reader.may_read(Reading::Cycle) || person.actor.has(Role::HrOfficer);
    let sees_people = reader.may_read(Reading::Appraisal) || person.actor.has(Role::HrOfficer);
    let view = View {
        t,
        id,
        cycle: &cycle,
        sees_people,
        progress: reader.progress(CycleId(id)).await?,
        slates: reader.slates(CycleId(id)).await?,
        survey: app.store.survey(CycleId(id)).await?,
    };
    let names = app.store.names().await?;
    let own = match overview {
        true => Vec::new(),
        false => reader.participants(CycleId(id), &Narrowing::default(), Page::first(OWN)).await?.rows,
    };
    let here = format!("/cycles/{id}");
    let may = |act: &Act| app.store.policies().permit(&person.actor, act, &Case::default()).is_ok();
    let (frozen, closed) = (cycle.frozen_at.is_some(), cycle.closed_at.is_some());
    let blocking = view.blocking();
    let may_freeze = !frozen && may(&Act::FreezeScoring { cycle: CycleId(id) });
    let may_close = frozen && !closed && may(&Act::CloseCycle { cycle: CycleId(id) });
    let graded = view.count(|group| group.count - group.ungraded);
    let freeze = may_freeze.then(|| {
        let form = person.act_form(&app.store, "freeze_scoring", id, &here).fix("cycle", id);
        (form, t.with("cycle-freeze-consequence", &[("n", graded)]))
    });
    let close = (may_close && blocking.is_empty()).then(|| {
        let form = person.act_form(&app.store, "close_cycle", id, &here).fix("cycle", id);
        (form, t.get("cycle-close-consequence"))
    });
    let bulk = (may_freeze && !closed).then(|| (person.form(&app.store), bulk::choices(t)));
    Ok(Show {
        id,
        crumbs: vec![kit::Crumb { label: t.get("cycles-title"), href: "/cycles".to_owned() }],
        tabs: tabs(t, id, sees_people, false),
        own: own.iter().map(|line| view.sheet(&names, line)).collect(),
        state: kit::Tag::new(if closed { kit::Tone::Neutral } else { kit::Tone::Info }, t.get(state(&cycle))),
        steps: view.steps(),
        facts: view.facts(words::regime(t, app.store.rules(), &cycle.regime)),
        regime: format!("/regimes/{}", cycle.regime),
        stats: if overview { view.stats() } else { Vec::new() },
        stages: view.stages(),
        units: if overview { view.units(&names) } else { kit::Table::default() },
        lacking: view.lacking(),
        freeze,
        blocking,
        close,
        may_close,
        supervision: reader.may_read(Reading::Supervision).then(|| format!("/supervision?cycle={id}")),
        running: desk.progress(id).filter(|_| bulk.is_some()),
        running_at: format!("{here}/bulk"),
        bulk,
        page: person.page(&here, cycle.title.clone()),
    })
}

/// How a survey stands, or what came of it.
fn told(t: Locale, survey: &Survey) -> String {
    let Some((counted, _)) = &survey.counted else {
        return t.with("survey-until", &[("day", t.day(&survey.until))]);
    };
    let answers = [("answered", t.number(counted.answered)), ("asked", t.number(counted.asked))];
    match &counted.counts {
        Some(counts) => {
            let share = [("share", format!("{:.1}", counts.satisfaction()))];
            format!("{} {}", t.with("survey-satisfied", &share), t.with("supervision-answers", &answers))
        }
        None => t.with("survey-too-few", &answers),
    }
}

/// What the parts of the page are made from.
struct View<'a> {
    t: Locale,
    id: Uuid,
    cycle: &'a cycle::Model,
    /// The reader may follow a number to the people behind it.
    sees_people: bool,
    progress: Vec<UnitStage>,
    slates: Vec<slate::Model>,
    survey: Option<Survey>,
}

impl View<'_> {
    fn count(&self, of: impl Fn(&UnitStage) -> i64) -> i64 {
        self.progress.iter().map(of).sum()
    }

    fn at(&self, stage: Stage) -> i64 {
        self.count(|group| if group.stage == stage.as_str() { group.count } else { 0 })
    }

    fn participants(&self, query: &str) -> String {
        format!("/cycles/{}/participants?{query}", self.id)
    }

    /// A sheet that the reader has to do with.
    fn sheet(&self, names: &Names, line: &Participant) -> kit::CellLink {
        kit::CellLink {
            href: format!("/appraisals/{}", line.appraisal_id),
            icon: "user-circle",
            label: names.person(PersonId(line.person_id)).to_owned(),
            note: names.unit(UnitId(line.unit_id)).to_owned(),
            value: self.t.get(&format!("stage-{}", line.stage)),
        }
    }

    fn facts(&self, regime: String) -> Vec<kit::Term> {
        let (t, cycle) = (self.t, self.cycle);
        let moment = |micros: i64| Timestamp::from_microsecond(micros).map(|at| t.moment(&at)).unwrap_or_default();
        let mut facts = vec![
            kit::Term::new(t.get("cycle-regime"), regime),
            kit::Term::new(t.get("cycle-kind"), t.get(&format!("kind-{}", cycle.kind))),
            kit::Term::new(t.get("cycle-period"), period(t, cycle)),
            kit::Term::new(t.get("cycle-opened-at"), moment(cycle.opened_at)),
        ];
        for (key, at) in [("cycle-frozen-at", cycle.frozen_at), ("cycle-closed-at", cycle.closed_at)] {
            facts.extend(at.map(|at| kit::Term::new(t.get(key), moment(at))));
        }
        facts.extend(self.survey.as_ref().map(|survey| kit::Term::new(t.get("survey-title"), told(t, survey))));
        facts
    }

    /// The way of a cycle and where it is: what is done is behind, what waits for its day is ahead.
    fn steps(&self) -> Vec<kit::Step> {
        let (t, cycle) = (self.t, self.cycle);
        let (frozen, closed) = (cycle.frozen_at.is_some(), cycle.closed_at.is_some());
        let goals_agreed = self.at(Stage::Goals) == 0 && self.count(|group| group.goalless) == 0;
        let graded =
            !self.slates.is_empty() && self.slates.iter().all(|slate| slate.stage == "fixed" || slate.base == 0);
        let until = |iso: &str| t.with("cycle-until", &[("day", day(t, iso))]);
        let all = [
            ("cycle-step-goals", until(&cycle.goals_due), goals_agreed || frozen),
            ("cycle-step-scoring", until(&cycle.scoring_due), frozen),
            ("cycle-step-grading", until(&cycle.grading_due), (frozen && graded) || closed),
            ("cycle-step-closing", String::new(), closed),
        ];
        let current = all.iter().position(|(.., done)| !done);
        let step = |(place, (key, note, done)): (usize, (&str, String, bool))| kit::Step {
            label: t.get(key),
            note,
            state: match done {
                true => kit::StepState::Done,
                false if Some(place) == current => kit::StepState::Current,
                false => kit::StepState::Ahead,
            },
        };
        all.into_iter().enumerate().map(step).collect()
    }

    fn stats(&self) -> Vec<kit::Stat> {
        let t = self.t;
        let stat = |key: &str, count: i64| kit::Stat {
            label: t.get(key),
            value: t.number(count),
            unit: String::new(),
            note: String::new(),
        };
        vec![
            stat("cycle-people", self.count(|group| group.count)),
            stat("cycle-ungraded", self.count(|group| group.ungraded)),
            stat("cycle-void", self.count(|group| group.void)),
            stat("cycle-appeals", self.count(|group| group.appeals)),
            stat("cycle-signed", self.at(Stage::Signed)),
        ]
    }

    /// How many are at each stage, each with the way to them.
    fn stages(&self) -> Vec<kit::CellLink> {
        if !self.sees_people {
            return Vec::new();
        }
        let reached = Stage::ALL.into_iter().map(|stage| (stage, self.at(stage))).filter(|(_, count)| *count > 0);
        reached
            .map(|(stage, count)| kit::CellLink {
                href: self.participants(&format!("stage={}", stage.as_str())),
                icon: "users",
                label: self.t.get(&format!("stage-{}", stage.as_str())),
                note: String::new(),
                value: self.t.number(count),
            })
            .collect()
    }

    /// One row a unit: how far its people are, and its slate.
    fn units(&self, names: &Names) -> kit::Table {
        let t = self.t;
        let mut units: BTreeMap<Uuid, Vec<&UnitStage>> = BTreeMap::new();
        for group in &self.progress {
            units.entry(group.unit_id).or_default().push(group);
        }
        let rows = units.into_iter().map(|(unit, groups)| {
            let sum = |of: fn(&UnitStage) -> i64| groups.iter().map(|group| of(group)).sum::<i64>();
            let before_review = [Stage::Goals, Stage::Working, Stage::Scoring, Stage::Ungraded].map(Stage::as_str);
            let reviewed: i64 = groups
                .iter()
                .filter(|group| !before_review.contains(&group.stage.as_str()))
                .map(|group| group.count)
                .sum();
            let signed: i64 =
                groups.iter().filter(|group| group.stage == Stage::Signed.as_str()).map(|group| group.count).sum();
            let graded = sum(|group| group.count - group.ungraded);
            let slate = self.slates.iter().find(|slate| slate.unit_id == unit);
            let (slate, quota) = match slate {
                Some(slate) => (
                    kit::Cell::new(t.get(&format!("slate-{}", slate.stage)))
                        .link(format!("/slates/{}", slate.slate_id)),
                    kit::Cell::new(format!("{}/{}", slate.top_held, slate.quota)),
                ),
                None => (kit::Cell::default(), kit::Cell::default()),
            };
            let name = kit::Cell::new(names.unit(UnitId(unit)));
            vec![
                kit::Cell { href: self.sees_people.then(|| self.participants(&format!("unit={unit}"))), ..name },
                kit::Cell::new(t.number(sum(|group| group.count))),
                kit::Cell::new(t.number(sum(|group| group.ungraded))),
                kit::Cell::new(t.number(sum(|group| group.missing))),
                kit::Cell::new(format!("{reviewed}/{graded}")),
                slate,
                quota,
                kit::Cell::new(format!("{signed}/{graded}")),
            ]
        });
        kit::Table {
            caption: t.get("cycle-by-unit"),
            note: t.get("cycle-by-unit-note"),
            columns: vec![
                kit::Column::words(t.get("appraisal-unit")),
                kit::Column::numbers(t.get("cycle-people")),
                kit::Column::numbers(t.get("cycle-ungraded")),
                kit::Column::numbers(t.get("cycle-missing")),
                kit::Column::numbers(t.get("cycle-reviewed")),
                kit::Column::words(t.get("cycle-slate")),
                kit::Column::numbers(t.get("cycle-top")),
                kit::Column::numbers(t.get("cycle-signed")),
            ],
            rows: rows.collect(),
            total: Vec::new(),
        }
    }

    /// What is not there yet when scoring is frozen.
    fn lacking(&self) -> Vec<Open> {
        let graded_at = |stages: &[Stage]| stages.iter().map(|stage| self.at(*stage)).sum::<i64>();
        let lacking = [
            ("cycle-lack-goals", Only::Goalless, self.count(|group| group.goalless)),
            ("cycle-lack-assessors", Only::Unassessed, self.count(|group| group.unassessed)),
            ("cycle-lack-missing", Only::Missing, self.count(|group| group.missing)),
            ("cycle-lack-void", Only::Void, self.count(|group| group.void)),
            ("cycle-lack-unreviewed", Only::Unreviewed, graded_at(&[Stage::Goals, Stage::Working, Stage::Scoring])),
            ("cycle-lack-appeals", Only::Appeals, self.count(|group| group.appeals)),
        ];
        self.open(&lacking)
    }

    /// What stands against closing.
    fn blocking(&self) -> Vec<Open> {
        let unsigned = self.count(|group| group.count - group.ungraded) - self.at(Stage::Signed);
        self.open(&[("cycle-block-unsigned", Only::Unsigned, unsigned)])
    }

    fn open(&self, found: &[(&str, Only, i64)]) -> Vec<Open> {
        let some = found.iter().filter(|(.., count)| *count > 0);
        some.map(|(key, only, count)| Open {
            text: self.t.with(key, &[("n", *count)]),
            href: self.participants(&format!("only={}", only.as_str())),
        })
        .collect()
    }
}
