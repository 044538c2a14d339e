//! One appraisal: goals, progress, scores with their basis, the composite's arithmetic, appeals, the
//! result, and the trail of it all. Whoever's turn a step is finds its form here.

use super::{App, error::PageError, kit, locale::Locale, session::SignedIn};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use domain::{
    act::Act,
    actor::By,
    appraisal::Appraisal,
    composite::compose,
    cycle::Cycle,
    decide::Case,
    goal,
    id::AppraisalId,
    indicator::Indicator,
    points::Points,
    score::{Score, Standing, Value},
};
use store::query::Names;
use uuid::Uuid;

/// `/appraisals/{id}` and its trail.
pub fn routes() -> Router<App> {
    Router::new().route("/appraisals/{id}", get(show)).route("/appraisals/{id}/trail", get(trail))
}

/// A version of the goals as the page tells it.
struct Version {
    number: u32,
    events: Vec<kit::Event>,
}

/// A score waiting for the reader's word.
struct Question {
    id: String,
    text: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/appraisal.html")]
struct Page {
    page: kit::Page,
    form: kit::Form,
    id: String,
    trail: String,
    facts: Vec<kit::Term>,
    goals: Vec<goal::Goal>,
    versions: Vec<Version>,
    may_propose: bool,
    may_endorse: Option<u32>,
    may_confirm: Option<u32>,
    progress: Vec<kit::Event>,
    may_report: bool,
    values: kit::Table,
    scores: kit::Table,
    composite: kit::Arithmetic,
    may_score: Vec<kit::Choice>,
    witnesses: Vec<kit::Choice>,
    questions: Vec<Question>,
    may_review: bool,
    may_appeal: Vec<kit::Choice>,
    appeals: Vec<kit::Event>,
    may_assign: Vec<Question>,
    may_decide: Vec<Question>,
    deciders: Vec<kit::Choice>,
    may_sign: bool,
}

/// What the parts of the page are made from.
struct View<'a> {
    app: &'a App,
    person: &'a SignedIn,
    t: Locale,
    names: &'a Names,
    cycle: &'a Cycle,
    sheet: &'a Appraisal,
}

async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Page, PageError> {
    let found = app.store.reader(&person.actor).appraisal(AppraisalId(id)).await?;
    let (cycle, sheet) = found.ok_or(PageError::NotFound)?;
    let names = app.store.names().await?;
    let roster = app.store.roster().await?;
    let view = View { app: &app, person: &person, t: person.reader.t, names: &names, cycle: &cycle, sheet: &sheet };
    let choice = |row: &store::tables::person::Model| {
        kit::Choice::new(row.person_id.to_string(), format!("{} {}", row.name, row.number))
    };
    let here = |row: &&store::tables::person::Model| {
        row.unit_id == sheet.opened.unit.0 && row.person_id != sheet.opened.person.0
    };
    let lead = |row: &&store::tables::person::Model| {
        here(row) && row.project_lead && Some(row.person_id) != person.actor.person().map(|id| id.0)
    };
    let title = names.person(sheet.opened.person).to_owned();
    let open = || sheet.appeals.iter().filter(|appeal| appeal.is_open());
    let assign = |appeal: &domain::appeal::Appeal| Act::AssignAppeal {
        appraisal: sheet.opened.id,
        appeal: appeal.filed.id,
        decider: sheet.opened.person,
    };
    let decide = |appeal: &domain::appeal::Appeal| Act::DecideAppeal {
        appraisal: sheet.opened.id,
        appeal: appeal.filed.id,
        verdict: domain::appeal::Verdict::Dismissed,
        reasons: String::new(),
    };
    let question = |appeal: &domain::appeal::Appeal| Question {
        id: appeal.filed.id.to_string(),
        text: appeal.filed.grounds.clone(),
    };
    Ok(Page {
        form: person.form(&app.store),
        id: id.to_string(),
        trail: format!("/appraisals/{id}/trail"),
        facts: view.facts(),
        goals: sheet.goals.last().map(|version| version.proposed.goals.clone()).unwrap_or_default(),
        versions: view.versions(),
        may_propose: view.may_propose(),
        may_endorse: view.waiting(goal::Step::Endorse),
        may_confirm: view.waiting(goal::Step::Confirm),
        progress: view.progress(),
        may_report: view.is_subject() && sheet.confirmed_goals().is_some() && cycle.closed.is_none(),
        values: view.values(),
        scores: view.scores(),
        composite: view.composite(),
        may_score: view.may_score(),
        witnesses: roster.iter().filter(lead).map(choice).collect(),
        questions: view.questions(),
        may_review: view.may(&Act::ReviewScores { appraisal: sheet.opened.id })
            && cycle.frozen.is_none()
            && sheet.reviewed.is_none()
            && sheet.ungraded.is_none()
            && sheet.missing_scores(&cycle).is_empty(),
        may_appeal: view.may_appeal(),
        appeals: view.appeals(),
        may_assign: open()
            .filter(|appeal| appeal.decider.is_none() && view.may(&assign(appeal)))
            .map(question)
            .collect(),
        may_decide: open().filter(|appeal| view.may(&decide(appeal))).map(question).collect(),
        deciders: roster.iter().filter(here).map(choice).collect(),
        may_sign: view.is_subject() && sheet.grade.is_some() && sheet.signature.is_none(),
        page: person.page(&format!("/appraisals/{id}"), title),
    })
}

impl View<'_> {
    /// Whether policy would let the reader do this now.
    fn may(&self, act: &Act) -> bool {
        let case = Case { cycle: Some(self.cycle.clone()), appraisal: Some(self.sheet.clone()), ..Case::default() };
        self.app.store.policies().permit(&self.person.actor, act, &case).is_ok()
    }

    fn is_subject(&self) -> bool {
        self.person.actor.person() == Some(self.sheet.opened.person)
    }

    fn who(&self, by: By) -> String {
        by.person.map_or_else(|| self.t.get("appraisal-by-system"), |person| self.names.person(person).to_owned())
    }

    fn facts(&self) -> Vec<kit::Term> {
        let t = self.t;
        let opened = &self.sheet.opened;
        let assessors: Vec<String> = self
            .sheet
            .assessors
            .iter()
            .map(|assessor| format!("{} {}%", self.names.person(assessor.person), assessor.weight))
            .collect();
        let mut facts = vec![
            kit::Term::new(t.get("appraisal-cycle"), self.cycle.opened.title.clone()),
            kit::Term::new(t.get("appraisal-unit"), self.names.unit(opened.unit)),
            kit::Term::new(t.get("appraisal-post-type"), opened.post_type.clone()),
            kit::Term::new(t.get("appraisal-stage"), t.get(&format!("stage-{}", self.sheet.stage().as_str()))),
            kit::Term::new(t.get("appraisal-assessors"), assessors.join(&t.get("list-comma"))),
        ];
        if let Some((reason, note)) = &self.sheet.ungraded {
            let why = format!("{} {note}", t.get(&format!("ungraded-{}", reason.as_str())));
            facts.push(kit::Term::new(t.get("appraisal-ungraded"), why));
        }
        if let Some((grade, ..)) = &self.sheet.grade {
            facts.push(kit::Term::new(t.get("appraisal-grade"), self.grade(grade)));
        }
        facts
    }

    /// A grade as the regime calls it.
    fn grade(&self, id: &str) -> String {
        let regime = self.app.store.rules().regimes.get(&self.cycle.opened.regime);
        let known = regime.and_then(|regime| regime.grades.iter().find(|grade| grade.id == id));
        known.map_or_else(
            || id.to_owned(),
            |grade| if self.t.tag() == "en" { grade.title.en.clone() } else { grade.title.zh.clone() },
        )
    }

    fn event(&self, tone: kit::Tone, what: String, stamp: domain::actor::Stamp, note: String) -> kit::Event {
        kit::Event { tone, what, who: self.who(stamp.by), when: stamp.at, note, changes: Vec::new() }
    }

    /// Every version: who, when, and what changed from what to what.
    fn versions(&self) -> Vec<Version> {
        let mut before: &[goal::Goal] = &[];
        let mut versions = Vec::new();
        for version in &self.sheet.goals {
            let proposed = &version.proposed;
            let changes = goal::changes(before, &proposed.goals).into_iter().map(|change| {
                let text = |goal: Option<&goal::Goal>| {
                    goal.map_or_else(String::new, |goal| format!("{}: {}", goal.title, goal.measure))
                };
                let label = change.after.or(change.before).map_or_else(String::new, |goal| goal.title.clone());
                kit::Change { label, before: text(change.before), after: text(change.after) }
            });
            let (tone, note) = match (&version.returned, &version.confirmed, &version.endorsed) {
                (Some(returned), ..) => (
                    kit::Tone::Warn,
                    self.t.with(
                        "goals-returned",
                        &[("who", self.who(returned.stamp.by)), ("reason", returned.reason.clone())],
                    ),
                ),
                (_, Some(stamp), _) => {
                    (kit::Tone::Success, self.t.with("goals-confirmed", &[("who", self.who(stamp.by))]))
                }
                (_, _, Some((stamp, _))) => {
                    (kit::Tone::Info, self.t.with("goals-endorsed", &[("who", self.who(stamp.by))]))
                }
                _ => (kit::Tone::Neutral, self.t.get("goals-waiting")),
            };
            let what = self.t.with("goals-version", &[("n", proposed.version.to_string())]);
            let event = kit::Event { changes: changes.collect(), ..self.event(tone, what, version.stamp, note) };
            versions.push(Version { number: proposed.version, events: vec![event] });
            before = &proposed.goals;
        }
        versions.reverse();
        versions
    }

    fn may_propose(&self) -> bool {
        let waits = self.sheet.goals.last().is_some_and(|version| version.waiting().is_some());
        self.is_subject() && !waits && self.cycle.closed.is_none()
    }

    fn waiting(&self, step: goal::Step) -> Option<u32> {
        let newest = self.sheet.goals.last()?;
        let version = newest.proposed.version;
        let act = match step {
            goal::Step::Endorse => Act::EndorseGoals { appraisal: self.sheet.opened.id, version },
            goal::Step::Confirm => Act::ConfirmGoals { appraisal: self.sheet.opened.id, version },
        };
        (newest.waiting()?.0 == step && self.may(&act)).then_some(version)
    }

    fn progress(&self) -> Vec<kit::Event> {
        let told = |report: &domain::progress::Report| {
            let goal = self
                .sheet
                .confirmed_goals()
                .and_then(|version| version.proposed.goals.iter().find(|goal| goal.id == report.reported.goal));
            let title = goal.map_or("", |goal| goal.title.as_str());
            let what = format!("{title} {}%", report.reported.percent);
            self.event(kit::Tone::Info, what, report.stamp, report.reported.text.clone())
        };
        self.sheet.progress.iter().rev().map(told).collect()
    }

    fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.cycle.indicators(&self.sheet.opened.post_type).iter().find(|indicator| indicator.code == code)
    }

    /// Computed values: what went in and from how many rows of which batches.
    fn values(&self) -> kit::Table {
        let t = self.t;
        let rows = self.sheet.computed.values().map(|(computed, _)| {
            let name = self.indicator(&computed.indicator).map_or("", |indicator| indicator.name.as_str());
            let from: usize = computed.rows.values().map(Vec::len).sum();
            let (points, working) = match &computed.value {
                Value::Scored { points, arithmetic, .. } => (points.to_string(), arithmetic.clone()),
                Value::NotApplicable(reason) => (t.get("score-not-applicable"), reason.clone()),
            };
            let source = t.with("score-rows", &[("n", from.to_string())]);
            vec![kit::Cell::new(name), kit::Cell::new(working), kit::Cell::new(source), kit::Cell::new(points)]
        });
        kit::Table {
            caption: t.get("score-computed"),
            note: t.get("score-computed-note"),
            columns: vec![
                kit::Column::words(t.get("score-indicator")),
                kit::Column::words(t.get("score-working")),
                kit::Column::words(t.get("score-source")),
                kit::Column::numbers(t.get("score-points")),
            ],
            rows: rows.collect(),
            total: Vec::new(),
        }
    }

    /// Qualitative scores with basis, assessor and confirmation; void ones shown as void.
    fn scores(&self) -> kit::Table {
        let t = self.t;
        let rows = self.sheet.scores.iter().map(|score| {
            let name = self.indicator(&score.given.indicator).map_or("", |indicator| indicator.name.as_str());
            let tone = match score.standing() {
                Standing::Valid => kit::Tone::Success,
                Standing::Unconfirmed => kit::Tone::Warn,
                Standing::Denied | Standing::Returned => kit::Tone::Danger,
                Standing::Replaced => kit::Tone::Neutral,
            };
            let standing = t.get(&format!("standing-{}", score.standing().as_str()));
            let witness = self.names.person(score.given.basis.witness);
            vec![
                kit::Cell::new(name).note(self.names.person(score.given.rater)),
                kit::Cell::new(basis(score)).note(t.with("score-witness", &[("name", witness)])),
                kit::Cell::tag(tone, standing),
                points(score, t),
            ]
        });
        kit::Table {
            caption: t.get("score-given"),
            note: t.get("score-given-note"),
            columns: vec![
                kit::Column::words(t.get("score-indicator")),
                kit::Column::words(t.get("score-basis")),
                kit::Column::words(t.get("score-standing")),
                kit::Column::numbers(t.get("score-points")),
            ],
            rows: rows.collect(),
            total: Vec::new(),
        }
    }

    fn composite(&self) -> kit::Arithmetic {
        let t = self.t;
        let fixed = self.sheet.composite.as_ref().map(|(composite, _)| composite.clone());
        let composite = fixed.unwrap_or_else(|| compose(self.cycle, self.sheet));
        let lines = composite.lines.iter().map(|line| kit::Addend {
            label: self.indicator(&line.indicator).map_or_else(String::new, |indicator| indicator.name.clone()),
            working: match line.points {
                Some(points) => format!("{points} × {} ÷ {}", line.weight, composite.applied),
                None => t.get("score-not-applicable"),
            },
            points: line.contribution.map(|points| points.0),
            source: None,
        });
        let rule = if composite.applied == Points::FULL {
            t.get("composite-rule")
        } else {
            t.with("composite-renormalised", &[("applied", composite.applied.to_string())])
        };
        kit::Arithmetic {
            caption: t.get("composite-title"),
            lines: lines.collect(),
            rule,
            total: composite.total.map(|total| total.0),
        }
    }

    /// The indicators the reader still owes a score.
    fn may_score(&self) -> Vec<kit::Choice> {
        let Some(me) = self.person.actor.person() else { return Vec::new() };
        if self.cycle.frozen.is_some() || self.sheet.ungraded.is_some() {
            return Vec::new();
        }
        let owed = self.sheet.missing_scores(self.cycle).into_iter().filter(|(assessor, _)| *assessor == me);
        owed.filter_map(|(_, code)| self.indicator(&code))
            .map(|indicator| kit::Choice::new(indicator.code.clone(), indicator.name.clone()))
            .collect()
    }

    /// Scores that wait for the reader to confirm their example.
    fn questions(&self) -> Vec<Question> {
        let me = self.person.actor.person();
        let mine = |score: &&Score| {
            score.standing() == Standing::Unconfirmed
                && Some(score.given.basis.witness) == me
                && self.cycle.frozen.is_none()
        };
        let told = |score: &Score| Question {
            id: score.given.id.to_string(),
            text: format!("{} · {} · {}", self.names.person(score.given.rater), score.given.points, basis(score)),
        };
        self.sheet.scores.iter().filter(mine).map(told).collect()
    }

    /// The scores the reader may appeal against.
    fn may_appeal(&self) -> Vec<kit::Choice> {
        if !self.is_subject() || self.sheet.grade.is_some() {
            return Vec::new();
        }
        let open = |score: &&Score| score.standing() == Standing::Valid;
        let told = |score: &Score| {
            let name = self.indicator(&score.given.indicator).map_or("", |indicator| indicator.name.as_str());
            let label = format!("{name} · {} · {}", self.names.person(score.given.rater), score.points());
            kit::Choice::new(score.given.id.to_string(), label)
        };
        self.sheet.scores.iter().filter(open).map(told).collect()
    }

    fn appeals(&self) -> Vec<kit::Event> {
        let told = |appeal: &domain::appeal::Appeal| {
            let decided = appeal.decision.as_ref().map(|(verdict, reasons, _)| {
                let verdict = match verdict {
                    domain::appeal::Verdict::Dismissed => self.t.get("appeal-dismissed"),
                    domain::appeal::Verdict::Adjusted(points) => {
                        self.t.with("appeal-adjusted", &[("points", points.to_string())])
                    }
                    domain::appeal::Verdict::SourceWrong => self.t.get("appeal-source-wrong"),
                };
                format!("{verdict} {reasons}")
            });
            let note = decided.unwrap_or_else(|| self.t.get("appeal-open"));
            self.event(kit::Tone::Warn, appeal.filed.grounds.clone(), appeal.stamp, note)
        };
        self.sheet.appeals.iter().map(told).collect()
    }
}

fn basis(score: &Score) -> String {
    let basis = &score.given.basis;
    let when = basis.when.map(|day| day.to_string()).unwrap_or_default();
    let parts = [when.as_str(), basis.place.as_deref().unwrap_or_default(), basis.what.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The points; an adjustment by appeal stands beside the old value.
fn points(score: &Score, t: Locale) -> kit::Cell {
    match score.adjusted {
        Some((_, points)) => kit::Cell::new(points.to_string())
            .note(t.with("score-before", &[("points", score.given.points.to_string())])),
        None => kit::Cell::new(score.given.points.to_string()),
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/trail.html")]
struct Trail {
    page: kit::Page,
    back: String,
    events: Vec<kit::Event>,
}

/// Everything that happened to one appraisal.
async fn trail(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Trail, PageError> {
    let record = app.store.reader(&person.actor).trail(AppraisalId(id)).await?.ok_or(PageError::NotFound)?;
    let (t, names) = (person.reader.t, app.store.names().await?);
    let events = record.iter().rev().map(|recorded| kit::Event {
        tone: kit::Tone::Neutral,
        what: t.get(&format!("event-{}", recorded.event.name())),
        who: recorded.stamp.by.person.map_or_else(|| t.get("appraisal-by-system"), |by| names.person(by).to_owned()),
        when: recorded.stamp.at,
        note: t.with("trail-entry", &[("seq", recorded.seq.to_string())]),
        changes: Vec::new(),
    });
    let events = events.collect();
    let page = person.page(&format!("/appraisals/{id}/trail"), t.get("trail-title"));
    Ok(Trail { page, back: format!("/appraisals/{id}"), events })
}
