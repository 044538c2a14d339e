//! Public notices: what is published until when, objections and their answers, corrections.

#[cfg(test)]
mod tests;

use super::{App, error::PageError, kit, locale::Locale, paging, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, Query, State},
    routing::get,
};
use domain::{
    act::Act,
    actor::{Role, Stamp},
    cycle::Cycle,
    decide::Case,
    id::{AppraisalId, NoticeId, ObjectionId, UnitId},
    notice::{Line, Notice, Objection},
    ties::TiesOn,
};
use jiff::civil::Date;
use serde::Deserialize;
use std::sync::Arc;
use store::query::Names;
use uuid::Uuid;

/// `/notices`, `/notices/{id}`.
pub fn routes() -> Router<App> {
    Router::new().route("/notices", get(list)).route("/notices/{id}", get(show))
}

/// Notices on a page.
const ON_A_PAGE: u64 = 30;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    closed: String,
    #[serde(default)]
    page: paging::Number,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/notices.html")]
struct Notices {
    page: kit::Page,
    tabs: Vec<kit::Tab>,
    notices: Vec<kit::CellLink>,
    pages: kit::Pagination,
}

async fn list(State(app): State<App>, Query(asked): Query<Asked>, person: SignedIn) -> Result<Notices, PageError> {
    let t = person.reader.t;
    let closed = !asked.closed.is_empty();
    let names = app.store.names().await?;
    let cycles = app.store.cycles().await?;
    let page = asked.page.of(ON_A_PAGE);
    let found = app.store.reader(&person.actor).notices(!closed, page).await?;
    let notices = found.rows.iter().map(|notice| {
        let cycle = cycles.iter().find(|cycle| cycle.cycle_id == notice.cycle_id);
        let until = notice.until_day.parse::<Date>().map(|day| t.day(&day)).unwrap_or_default();
        let lines = t.with("notice-lines", &[("n", notice.lines)]);
        kit::CellLink {
            href: format!("/notices/{}", notice.notice_id),
            icon: "speakerphone",
            label: format!(
                "{} · {}",
                names.unit(UnitId(notice.unit_id)),
                cycle.map_or("", |cycle| cycle.title.as_str())
            ),
            note: format!("{lines} · {}", t.with("notice-until", &[("day", until)])),
            value: t.get(if closed { "notice-closed" } else { "notice-running" }),
        }
    });
    let tab = |key, href: &str, current| kit::Tab { label: t.get(key), href: href.to_owned(), current, count: None };
    Ok(Notices {
        tabs: vec![tab("notice-running", "/notices", !closed), tab("notice-closed", "/notices?closed=yes", closed)],
        notices: notices.collect(),
        pages: paging::pages(page, found.total, if closed { "/notices?closed=yes" } else { "/notices" }),
        page: person.page("/notices", t.get("notices-title")),
    })
}

/// An objection as the page tells it.
struct Told {
    title: String,
    state: kit::Tag,
    /// What was objected, by whom and what was answered: for those who handle it, and for who objected.
    events: Vec<kit::Event>,
    /// What others are told.
    outline: String,
    answer: Option<kit::Form>,
}

/// A published line and the form that corrects it.
struct Published {
    name: String,
    grade: String,
    correct: Option<kit::Form>,
    due: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/notice.html")]
struct Show {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    kicker: String,
    state: kit::Tag,
    window: Option<kit::Deadline>,
    facts: Vec<kit::Term>,
    lines: Vec<Published>,
    grades: Vec<kit::Choice>,
    objections: Vec<Told>,
    verdicts: Vec<kit::Choice>,
    corrections: Vec<kit::Event>,
    object: Option<(kit::Form, Vec<kit::Choice>)>,
    who_may_object: String,
    close: Option<kit::Form>,
    not_yet: Vec<String>,
    slate: String,
}

async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Show, PageError> {
    let t = person.reader.t;
    let reader = app.store.reader(&person.actor);
    let (cycle, notice) = reader.notice(NoticeId(id)).await?.ok_or(PageError::NotFound)?;
    let sees_slate = reader.slate(notice.posted.slate).await?.is_some();
    let here = format!("/notices/{id}");
    let (names, ties) = (app.store.names().await?, app.store.ties(words::today()).await?);
    let view = View { t, app: &app, person: &person, cycle: &cycle, notice: &notice, names, ties, here };
    let open = notice.closed.is_none();
    let top = cycle.top_grade().to_owned();
    let lower = cycle.opened.terms.grades.iter().filter(|grade| **grade != top);
    let (close, not_yet) = view.closing();
    Ok(Show {
        crumbs: vec![kit::Crumb { label: t.get("notices-title"), href: "/notices".to_owned() }],
        kicker: cycle.opened.title.clone(),
        state: match open {
            true => kit::Tag::new(kit::Tone::Info, t.get("notice-running")),
            false => kit::Tag::new(kit::Tone::Success, t.get("notice-closed")),
        },
        window: open.then(|| words::deadline(&app, notice.until)),
        facts: view.facts(),
        lines: notice.lines.iter().map(|line| view.line(line)).collect(),
        grades: lower.map(|grade| kit::Choice::new(grade, view.grade(grade))).collect(),
        objections: notice
            .objections
            .iter()
            .enumerate()
            .map(|(place, objection)| view.told(place, objection))
            .collect(),
        verdicts: vec![
            kit::Choice::new("yes", t.get("notice-upheld")).hint(t.get("notice-upheld-hint")),
            kit::Choice::new("no", t.get("notice-dismissed")).hint(t.get("notice-dismissed-hint")),
        ],
        corrections: view.corrections(),
        object: view.object(),
        who_may_object: view.who_may_object(),
        close,
        not_yet,
        slate: if sees_slate { format!("/slates/{}", notice.posted.slate) } else { String::new() },
        page: person.page(&view.here, view.names.unit(notice.posted.unit)),
    })
}

/// What the parts of the page are made from.
struct View<'a> {
    t: Locale,
    app: &'a App,
    person: &'a SignedIn,
    cycle: &'a Arc<Cycle>,
    notice: &'a Notice,
    names: Arc<Names>,
    ties: TiesOn,
    here: String,
}

impl View<'_> {
    fn id(&self) -> NoticeId {
        self.notice.posted.id
    }

    fn grade(&self, id: &str) -> String {
        words::grade(self.t, self.app.store.rules(), &self.cycle.opened.regime, id)
    }

    fn may(&self, act: &Act) -> bool {
        let (cycle, notice) = (Some(self.cycle.clone()), Some(self.notice.clone()));
        let case = Case { cycle, notice, ties: Some(self.ties.clone()), ..Case::default() };
        self.app.store.policies().permit(&self.person.actor, act, &case).is_ok()
    }

    fn is_open(&self) -> bool {
        self.notice.closed.is_none()
    }

    fn form(&self, act: &str, about: impl std::fmt::Display) -> kit::Form {
        self.person.act_form(&self.app.store, act, about, &self.here).fix("notice", self.id())
    }

    /// Colleagues do not learn who objected. The authority's HR, who answers, and the inspectors do.
    fn sees_objectors(&self) -> bool {
        self.person.actor.has_everywhere(Role::HrOfficer) || self.person.actor.has_everywhere(Role::Inspector)
    }

    fn facts(&self) -> Vec<kit::Term> {
        let (t, notice) = (self.t, self.notice);
        let by = |stamp: &Stamp| format!("{} {}", words::who(t, &self.names, stamp.by), t.moment(&stamp.at));
        let mut facts = vec![
            kit::Term::new(t.get("notice-posted"), by(&notice.stamp)),
            kit::Term::new(t.get("notice-window"), t.with("notice-until", &[("day", t.day(&notice.until))])),
            kit::Term::new(
                t.get("notice-objections"),
                t.with(
                    "notice-objections-count",
                    &[("n", notice.objections.len()), ("open", notice.open_objections())],
                ),
            ),
        ];
        facts.extend(notice.closed.as_ref().map(|stamp| kit::Term::new(t.get("notice-closed"), by(stamp))));
        facts
    }

    fn line(&self, line: &Line) -> Published {
        let correct = Act::CorrectNotice {
            notice: self.id(),
            appraisal: line.appraisal,
            grade: String::new(),
            reason: String::new(),
        };
        let form = (self.is_open() && self.may(&correct))
            .then(|| self.form("correct_notice", line.appraisal).fix("appraisal", line.appraisal));
        Published {
            name: self.names.person(line.person).to_owned(),
            grade: self.grade(&line.grade),
            due: form.is_some()
                && self.notice.uncorrected().any(|objection| objection.objected.appraisal == line.appraisal),
            correct: form,
        }
    }

    /// Whom a published or corrected line is about.
    fn about(&self, appraisal: AppraisalId) -> &str {
        let line = self.notice.posted.lines.iter().find(|line| line.appraisal == appraisal);
        line.map_or("", |line| self.names.person(line.person))
    }

    fn told(&self, place: usize, objection: &Objection) -> Told {
        let t = self.t;
        let id = objection.objected.id;
        let own = self.person.actor.person().is_some() && self.person.actor.person() == objection.stamp.by.person;
        let handles = self.sees_objectors();
        let (tone, state) = match objection.reply {
            None => (kit::Tone::Warn, "notice-unanswered"),
            Some((true, ..)) => (kit::Tone::Danger, "notice-upheld"),
            Some((false, ..)) => (kit::Tone::Success, "notice-dismissed"),
        };
        let number = place + 1;
        let title = match handles || own {
            true => {
                let args = [("n", t.arg(number)), ("name", t.arg(self.about(objection.objected.appraisal)))];
                t.with("notice-objection-about", &args)
            }
            false => t.with("notice-objection-number", &[("n", number)]),
        };
        Told {
            title,
            state: kit::Tag::new(tone, t.get(state)),
            events: if handles || own { self.events(objection) } else { Vec::new() },
            outline: match &objection.reply {
                None => t.with("notice-answer-due", &[("day", t.day(&objection.objected.due))]),
                Some((_, _, stamp)) => t.with("notice-answered-at", &[("when", t.moment(&stamp.at))]),
            },
            answer: self.answer(id).filter(|_| objection.reply.is_none()),
        }
    }

    fn events(&self, objection: &Objection) -> Vec<kit::Event> {
        let t = self.t;
        let asked = kit::Event {
            tone: kit::Tone::Warn,
            what: t.get("notice-objection"),
            who: words::who(t, &self.names, objection.stamp.by),
            when: objection.stamp.at,
            note: objection.objected.text.clone(),
            changes: Vec::new(),
            more: None,
        };
        let answered = objection.reply.as_ref().map(|(_, reply, stamp)| kit::Event {
            tone: kit::Tone::Info,
            what: t.get("notice-reply"),
            who: words::who(t, &self.names, stamp.by),
            when: stamp.at,
            note: reply.clone(),
            changes: Vec::new(),
            more: None,
        });
        std::iter::once(asked).chain(answered).collect()
    }

    fn answer(&self, objection: ObjectionId) -> Option<kit::Form> {
        let act = Act::AnswerObjection { notice: self.id(), objection, upheld: false, reply: String::new() };
        (self.is_open() && self.may(&act)).then(|| self.form("answer_objection", objection).fix("objection", objection))
    }

    fn corrections(&self) -> Vec<kit::Event> {
        let t = self.t;
        let told = |correction: &domain::notice::Correction| kit::Event {
            tone: kit::Tone::Warn,
            what: t.with("notice-corrected", &[("name", self.about(correction.appraisal))]),
            who: words::who(t, &self.names, correction.stamp.by),
            when: correction.stamp.at,
            // What somebody is graded instead is theirs to know, and of those who handle the list.
            note: if self.sees_objectors() { correction.reason.clone() } else { String::new() },
            changes: match self.sees_objectors() {
                true => vec![kit::Change {
                    label: t.get("appraisal-grade"),
                    before: self.grade(self.cycle.top_grade()),
                    after: self.grade(&correction.grade),
                }],
                false => Vec::new(),
            },
            more: None,
        };
        self.notice.corrections.iter().rev().map(told).collect()
    }

    /// The form to object with, and whom one may object to.
    fn object(&self) -> Option<(kit::Form, Vec<kit::Choice>)> {
        let open = self.is_open() && words::today() <= self.notice.until;
        let may = |line: &&Line| {
            let (notice, appraisal) = (self.id(), line.appraisal);
            self.may(&Act::Object { notice, appraisal, text: String::new() })
        };
        let choice = |line: &Line| kit::Choice::new(line.appraisal.to_string(), self.names.person(line.person));
        let choices: Vec<kit::Choice> = self.notice.lines.iter().filter(may).map(choice).collect();
        (open && !choices.is_empty()).then(|| (self.form("object", self.id()), choices))
    }

    fn who_may_object(&self) -> String {
        let days = self.cycle.opened.terms.objection_reply;
        let basis = self.app.store.rules().regimes.get(&self.cycle.opened.regime);
        let basis = basis.map_or_else(String::new, |regime| regime.notice.source.basis.clone());
        let args = [
            ("unit", self.t.arg(self.names.unit(self.notice.posted.unit))),
            ("day", self.t.arg(self.t.day(&self.notice.until))),
            ("days", self.t.arg(days)),
            ("basis", self.t.arg(basis)),
        ];
        self.t.with("notice-who-may-object", &args)
    }

    /// The form that closes the notice, or what stands against it.
    fn closing(&self) -> (Option<kit::Form>, Vec<String>) {
        let (t, notice) = (self.t, self.notice);
        if !self.is_open() || !self.may(&Act::CloseNotice { notice: self.id() }) {
            return (None, Vec::new());
        }
        let mut not_yet = Vec::new();
        if words::today() <= notice.until {
            not_yet.push(t.with("refusal-too-early", &[("until", t.day(&notice.until))]));
        }
        let open = notice.open_objections();
        if open > 0 {
            not_yet.push(t.with("refusal-objections-open", &[("count", open)]));
        }
        let uncorrected = notice.uncorrected().count();
        if uncorrected > 0 {
            not_yet.push(t.with("refusal-correction-due", &[("count", uncorrected)]));
        }
        let form = not_yet.is_empty().then(|| self.form("close_notice", self.id()));
        (form, not_yet)
    }
}
