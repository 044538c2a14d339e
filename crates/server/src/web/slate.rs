//! A slate: everyone of a unit with what their grade is proposed from, the quota, and the step that comes next.

#[cfg(test)]
mod tests;

use super::{App, error::PageError, kit, locale::Locale, session::SignedIn, words};
use askama::Template;
use askama_web::WebTemplate;
use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use domain::{
    act::Act,
    cycle::{Cycle, Ungraded},
    decide::Case,
    id::{AppraisalId, SlateId},
    points::Points,
    recusal::Ground,
    regime::{Regime, Source},
    slate::{ListStep, Member, Slate},
    ties::TiesOn,
};
use policy::Denied;
use std::{collections::BTreeMap, sync::Arc};
use store::query::{MemberFacts, Names};
use uuid::Uuid;

/// `/slates/{id}`.
pub fn routes() -> Router<App> {
    Router::new().route("/slates/{id}", get(show))
}

/// A member as the page tells it, with the form that proposes their grade where the reader may.
struct Line {
    appraisal: AppraisalId,
    name: String,
    number: String,
    place: String,
    composite: String,
    past: String,
    on_paper: String,
    grade: String,
    reason: String,
    /// Who proposed it and when; empty where nobody did.
    by: String,
    ungraded: String,
    /// Why no grade can be proposed now; empty where it can.
    barred: String,
    form: Option<kit::Form>,
    /// The line was held back and who decides it, or who did; empty where it was not.
    held: String,
    /// Decides a line held back.
    decide: Option<kit::Form>,
}

/// How far the quota is used.
struct Meter {
    used: u32,
    quota: u32,
    words: String,
    rule: String,
    source: String,
    full: bool,
}

/// A step that the reader may take: its form, and what follows from it.
struct Step {
    form: kit::Form,
    label: String,
    consequence: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "pages/slate.html")]
struct Show {
    page: kit::Page,
    crumbs: Vec<kit::Crumb>,
    kicker: String,
    steps: Vec<kit::Step>,
    events: Vec<kit::Event>,
    meter: Meter,
    missing: String,
    lines: Vec<Line>,
    left: Vec<Line>,
    grades: Vec<kit::Choice>,
    next: Vec<Step>,
    waiting: String,
    send_back: Option<kit::Form>,
    quota: Option<(kit::Form, Vec<kit::Choice>)>,
    notice: String,
}

async fn show(State(app): State<App>, Path(id): Path<Uuid>, person: SignedIn) -> Result<Show, PageError> {
    let reader = app.store.reader(&person.actor);
    let (cycle, slate) = reader.slate(SlateId(id)).await?.ok_or(PageError::NotFound)?;
    let view = View {
        t: person.reader.t,
        facts: reader.members(&slate).await?,
        names: app.store.names().await?,
        ties: app.store.ties(words::today()).await?,
        here: format!("/slates/{id}"),
        app: &app,
        person: &person,
        cycle: &cycle,
        slate: &slate,
    };
    let (lines, left): (Vec<&Member>, Vec<&Member>) = slate.members.iter().partition(|member| member.graded);
    let mut lines: Vec<Line> = lines.into_iter().map(|member| view.line(member)).collect();
    let composite = |line: &Line| view.facts.get(&line.appraisal).and_then(|facts| facts.line.composite);
    lines.sort_by_key(|line| std::cmp::Reverse(composite(line)));
    let notice = slate.notice.map(|notice| format!("/notices/{notice}")).unwrap_or_default();
    Ok(Show {
        crumbs: vec![
            kit::Crumb { label: view.t.get("cycles-title"), href: "/cycles".to_owned() },
            kit::Crumb { label: cycle.opened.title.clone(), href: format!("/cycles/{}", cycle.opened.id) },
        ],
        kicker: view.t.get("slate-kicker"),
        steps: view.steps(),
        events: view.events(),
        meter: view.meter(),
        missing: view.missing(),
        lines,
        left: left.into_iter().map(|member| view.line(member)).collect(),
        grades: view.grades(),
        next: view.next(),
        waiting: view.waiting(),
        send_back: view.send_back(),
        quota: view.quota(),
        notice,
        page: person.page(&view.here, view.names.unit(slate.opened.unit)),
    })
}

/// The sentence for whoever is kept out on this ground: that of its policy.
fn stays_out(ground: Ground) -> String {
    format!("policy-{}-stays-out", ground.as_str().replace('_', "-"))
}

/// What the parts of the page are made from.
struct View<'a> {
    t: Locale,
    facts: BTreeMap<AppraisalId, MemberFacts>,
    names: Arc<Names>,
    ties: TiesOn,
    here: String,
    app: &'a App,
    person: &'a SignedIn,
    cycle: &'a Arc<Cycle>,
    slate: &'a Slate,
}

impl View<'_> {
    fn id(&self) -> SlateId {
        self.slate.opened.id
    }

    fn regime(&self) -> Option<&Regime> {
        self.app.store.rules().regimes.get(&self.cycle.opened.regime)
    }

    fn grade(&self, id: &str) -> String {
        words::grade(self.t, self.app.store.rules(), &self.cycle.opened.regime, id)
    }

    /// Whether policy lets the reader do this, the subject's appraisal aside.
    fn may(&self, act: &Act) -> bool {
        self.permit(act).is_ok()
    }

    fn permit(&self, act: &Act) -> Result<(), Denied> {
        let (cycle, slate) = (Some(self.cycle.clone()), Some(self.slate.clone()));
        let case = Case { cycle, slate, ties: Some(self.ties.clone()), ..Case::default() };
        self.app.store.policies().permit(&self.person.actor, act, &case).map(|_| ())
    }

    fn form(&self, act: &str) -> kit::Form {
        self.person.act_form(&self.app.store, act, self.id(), &self.here).fix("slate", self.id())
    }

    /// Whether grades can still be proposed.
    fn open(&self) -> bool {
        let slate = self.slate;
        self.cycle.frozen.is_some() && self.cycle.closed.is_none() && slate.submitted.is_none() && slate.fixed.is_none()
    }

    fn may_propose(&self) -> bool {
        self.open() && self.may(&Act::SubmitSlate { slate: self.id() })
    }

    fn line(&self, member: &Member) -> Line {
        let t = self.t;
        let facts = self.facts.get(&member.appraisal);
        let proposal = self.slate.proposals.get(&member.appraisal);
        let past = facts.map(|facts| facts.past.as_slice()).unwrap_or_default();
        let past = past
            .iter()
            .map(|(year, grade)| t.with("slate-past-year", &[("year", year), ("grade", &self.grade(grade))]));
        let appeals = facts.map_or(0, |facts| facts.line.open_appeals);
        let me = self.person.actor.person();
        let own = me == Some(member.person);
        let tied = me.and_then(|me| self.ties.between(me, member.person).into_iter().find(|ground| ground.recuses()));
        let barred = match () {
            () if !self.may_propose() || !member.graded => String::new(),
            () if own => t.get("policy-not-in-own-case"),
            () if tied.is_some() => tied.map(|ground| t.get(&stays_out(ground))).unwrap_or_default(),
            () if appeals > 0 => t.with("refusal-appeals-open", &[("count", appeals)]),
            () => String::new(),
        };
        let proposing = self.may_propose() && member.graded && barred.is_empty();
        let ungraded = facts.and_then(|facts| facts.line.ungraded.as_deref());
        let ungraded = ungraded.and_then(|reason| Ungraded::ALL.into_iter().find(|known| known.as_str() == reason));
        Line {
            appraisal: member.appraisal,
            name: self.names.person(member.person).to_owned(),
            number: self.names.number(member.person).to_owned(),
            place: facts.map_or_else(String::new, |facts| facts.line.post_type.clone()),
            composite: facts
                .and_then(|facts| facts.line.composite)
                .map(|points| Points(points).to_string())
                .unwrap_or_default(),
            past: past.collect::<Vec<_>>().join(&t.get("list-comma")),
            on_paper: facts
                .and_then(|facts| facts.on_paper.as_ref())
                .map(|grade| self.grade(grade))
                .unwrap_or_default(),
            grade: proposal.map(|proposal| self.grade(&proposal.grade)).unwrap_or_default(),
            reason: proposal.and_then(|proposal| proposal.reason.clone()).unwrap_or_default(),
            by: proposal
                .map(|proposal| {
                    let who = words::who(t, &self.names, proposal.stamp.by);
                    t.with("slate-proposed-by", &[("who", who), ("when", t.moment(&proposal.stamp.at))])
                })
                .unwrap_or_default(),
            ungraded: ungraded.map(|reason| words::ungraded(t, reason, "")).unwrap_or_default(),
            barred,
            form: proposing.then(|| self.propose(member, proposal)),
            held: self.held(member),
            decide: self.decide(member, tied.is_some() || own),
        }
    }

    /// That a line was held back, and whether somebody has taken the step on it.
    fn held(&self, member: &Member) -> String {
        let Some(held) = self.slate.held.iter().rfind(|held| held.appraisal == member.appraisal) else {
            return String::new();
        };
        match &held.decided {
            Some(stamp) => {
                let who = words::who(self.t, &self.names, stamp.by);
                self.t.with("slate-held-decided", &[("who", who), ("when", self.t.moment(&stamp.at))])
            }
            None => self.t.with("slate-held", &[("day", self.t.day(&held.due))]),
        }
    }

    /// The step on a line held back, where the reader may take it.
    fn decide(&self, member: &Member, stays_out: bool) -> Option<kit::Form> {
        let waits = self.slate.waiting().any(|held| held.appraisal == member.appraisal);
        let act = Act::DecideLine { slate: self.id(), appraisal: member.appraisal };
        if !waits || stays_out || !self.may(&act) {
            return None;
        }
        let form = self.person.act_form(&self.app.store, "decide_line", member.appraisal, &self.here);
        Some(form.fix("slate", self.id()).fix("appraisal", member.appraisal))
    }

    /// The form of one line: what was typed, if it was just refused, else what is proposed.
    fn propose(&self, member: &Member, proposal: Option<&domain::slate::Proposal>) -> kit::Form {
        let form = self.person.act_form(&self.app.store, "propose_grade", member.appraisal, &self.here);
        let form = form.fix("slate", self.id()).fix("appraisal", member.appraisal);
        let form = form.then(format!("{}#propose_grade-{}", self.here, member.appraisal));
        match proposal {
            Some(proposal) if !form.is_refused() => {
                form.fill("grade", &proposal.grade).fill("reason", proposal.reason.clone().unwrap_or_default())
            }
            _ => form,
        }
    }

    fn grades(&self) -> Vec<kit::Choice> {
        self.cycle.opened.terms.grades.iter().map(|grade| kit::Choice::new(grade, self.grade(grade))).collect()
    }

    /// How many of the top grade are used, of how many, and by which rule.
    fn meter(&self) -> Meter {
        let (t, slate) = (self.t, self.slate);
        let used = slate.count(self.cycle.top_grade());
        let top = self.grade(self.cycle.top_grade());
        let share = slate.share.as_ref().map_or(self.cycle.opened.terms.top_share, |(share, ..)| *share);
        let args = [("used", t.arg(used)), ("quota", t.arg(slate.quota)), ("grade", t.arg(top.as_str()))];
        let rule = [
            ("base", t.arg(slate.base)),
            ("share", t.arg(share)),
            ("quota", t.arg(slate.quota)),
            ("grade", t.arg(top)),
        ];
        let document = slate.share.as_ref().map(|(_, document, stamp)| {
            let args = [("document", t.arg(document)), ("when", t.arg(t.moment(&stamp.at)))];
            t.with("slate-share-document", &args)
        });
        let source = self.regime().map(|regime| self.source(regime, share));
        Meter {
            used,
            quota: slate.quota,
            words: t.with("slate-used", &args),
            rule: t.with("slate-rule", &rule),
            source: [document, source].into_iter().flatten().collect::<Vec<_>>().join(" "),
            full: used >= slate.quota,
        }
    }

    /// The article that a share rests on, and whether its text was checked.
    fn source(&self, regime: &Regime, share: u32) -> String {
        let kind = &self.cycle.opened.kind;
        let other = regime.other_shares(kind).into_iter().find(|other| other.pct == share);
        let source: &Source = other.map_or(regime.top_share(kind).1, |other| &other.source);
        let key = if source.verified { "slate-source" } else { "slate-source-unverified" };
        self.t.with(key, &[("basis", source.basis.clone())])
    }

    /// Who has no grade yet, by name.
    fn missing(&self) -> String {
        let without = |member: &&Member| member.graded && !self.slate.proposals.contains_key(&member.appraisal);
        let names: Vec<&str> =
            self.slate.members.iter().filter(without).map(|member| self.names.person(member.person)).collect();
        if names.is_empty() || !self.open() {
            return String::new();
        }
        let args = [("n", self.t.arg(names.len())), ("names", self.t.arg(names.join(&self.t.get("list-comma"))))];
        self.t.with("slate-missing-names", &args)
    }

    /// The way of a slate, with who took each step and when.
    fn steps(&self) -> Vec<kit::Step> {
        let (t, slate) = (self.t, self.slate);
        let by =
            |stamp: &domain::actor::Stamp| format!("{} {}", words::who(t, &self.names, stamp.by), t.moment(&stamp.at));
        let nobody_published = slate.reviewed.is_some() && slate.count(self.cycle.top_grade()) == 0;
        let published = match (&slate.published, nobody_published) {
            (Some((stamp, _)), _) => Some(by(stamp)),
            (None, true) => Some(t.get("slate-nobody-published")),
            (None, false) => None,
        };
        let all = [
            ("slate-step-submit", slate.submitted.as_ref().map(|(stamp, _)| by(stamp))),
            ("slate-step-review", slate.reviewed.as_ref().map(|(stamp, _)| by(stamp))),
            ("slate-step-publish", published),
            ("slate-step-fix", slate.fixed.as_ref().map(by)),
        ];
        let current = all.iter().position(|(_, done)| done.is_none());
        let step = |(place, (key, done)): (usize, (&str, Option<String>))| kit::Step {
            label: t.get(key),
            state: match &done {
                Some(_) => kit::StepState::Done,
                None if Some(place) == current => kit::StepState::Current,
                None => kit::StepState::Ahead,
            },
            note: done.unwrap_or_default(),
        };
        all.into_iter().enumerate().map(step).collect()
    }

    /// What happened to the list as a whole, beside its steps: that it was sent back, and the quota changed.
    fn events(&self) -> Vec<kit::Event> {
        let (t, slate) = (self.t, self.slate);
        let event = |tone, key, stamp: &domain::actor::Stamp, note: String| kit::Event {
            tone,
            what: t.get(key),
            who: words::who(t, &self.names, stamp.by),
            when: stamp.at,
            note,
            changes: Vec::new(),
            more: None,
        };
        let returned = slate
            .returned
            .iter()
            .map(|(reason, stamp, _)| event(kit::Tone::Warn, "event-slate_returned", stamp, reason.clone()));
        let share = slate.share.iter().map(|(share, document, stamp)| {
            event(kit::Tone::Info, "event-quota_set", stamp, format!("{share} % · {document}"))
        });
        let late = slate.escalated.iter().map(|(todo, stamp)| {
            let task = todo.split('/').next().unwrap_or_default();
            event(kit::Tone::Danger, "event-escalated", stamp, t.get(&format!("task-{task}")))
        });
        returned.chain(share).chain(late).collect()
    }

    /// The steps that the state allows, and the end of their keys.
    fn ripe(&self) -> Vec<(Act, &'static str)> {
        let (slate, id) = (self.slate, self.id());
        let top = slate.count(self.cycle.top_grade());
        let published = slate.published.is_some() || (slate.reviewed.is_some() && top == 0);
        let steps = [
            (self.open() && slate.missing() == 0, Act::SubmitSlate { slate: id }, "slate-submit"),
            (slate.submitted.is_some() && slate.reviewed.is_none(), Act::ReviewSlate { slate: id }, "slate-review"),
            (
                slate.reviewed.is_some() && slate.notice.is_none() && top > 0 && slate.waiting().next().is_none(),
                Act::PostNotice { slate: id },
                "slate-post",
            ),
            (published && slate.fixed.is_none(), Act::FixGrades { slate: id }, "slate-fix"),
        ];
        let ripe = steps.into_iter().filter(|(ripe, ..)| *ripe && self.cycle.closed.is_none());
        ripe.map(|(_, act, key)| (act, key)).collect()
    }

    /// Of these, the steps that the reader may take.
    fn next(&self) -> Vec<Step> {
        let (t, slate) = (self.t, self.slate);
        let top = slate.count(self.cycle.top_grade());
        self.ripe()
            .into_iter()
            .filter(|(act, _)| self.may(act))
            .map(|(act, key)| {
                let form = self.form(act.name());
                let args = [
                    ("graded", t.arg(slate.base)),
                    ("top", t.arg(top)),
                    ("days", t.arg(self.cycle.opened.terms.notice)),
                    ("sign", t.arg(self.cycle.opened.terms.sign)),
                ];
                Step {
                    form: match act {
                        Act::PostNotice { .. } => form.then(format!("/notices/{}", kit::Form::MADE)),
                        _ => form,
                    },
                    label: t.get(key),
                    consequence: t.with(&format!("{key}-consequence"), &args),
                }
            })
            .collect()
    }

    /// What the list waits for, where the next step is not the reader's.
    fn waiting(&self) -> String {
        let slate = self.slate;
        let key = match () {
            () if self.cycle.frozen.is_none() => "slate-waits-freeze",
            () if slate.waiting().next().is_some() => "slate-waits-line",
            () if slate.fixed.is_some() => "slate-waits-nothing",
            () if slate.submitted.is_none() => "slate-waits-unit",
            () if slate.reviewed.is_none() => "slate-waits-review",
            () if slate.notice.is_none() && slate.count(self.cycle.top_grade()) > 0 => "slate-waits-post",
            () if slate.published.is_none() && slate.notice.is_some() => "slate-waits-publicity",
            () => "slate-waits-head",
        };
        let head = slate.opened.head.map(|head| self.names.person(head).to_owned());
        let head = head.unwrap_or_else(|| self.t.get("assignee-hr"));
        let own = self.ripe().into_iter().find_map(|(act, _)| words::forbidden(self.t, &self.permit(&act).err()?));
        [Some(self.t.with(key, &[("head", head)])), own].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn send_back(&self) -> Option<kit::Form> {
        let held = self.slate.waiting().any(|held| held.step == ListStep::Review);
        let waiting = self.slate.submitted.is_some() && (self.slate.reviewed.is_none() || held);
        let act = Act::ReturnSlate { slate: self.id(), reason: String::new() };
        (waiting && self.may(&act)).then(|| self.form("return_slate"))
    }

    /// The form that sets another share on a document, where the regime has one.
    fn quota(&self) -> Option<(kit::Form, Vec<kit::Choice>)> {
        let t = self.t;
        let share = self.slate.share.as_ref().map_or(self.cycle.opened.terms.top_share, |(share, ..)| *share);
        let regime = self.regime()?;
        let kind = &self.cycle.opened.kind;
        let usual = (regime.top_share(kind).0, t.get("slate-share-usual"));
        let others = regime.other_shares(kind).into_iter().map(|other| (other.pct, words::text(t, &other.condition)));
        let choices: Vec<kit::Choice> = std::iter::once(usual)
            .chain(others)
            .filter(|(pct, _)| *pct != share)
            .map(|(pct, condition)| {
                kit::Choice::new(pct.to_string(), t.with("regime-percent", &[("n", pct)])).hint(condition)
            })
            .collect();
        let act = Act::SetQuota { slate: self.id(), share, document: String::new() };
        let possible = self.open() && !choices.is_empty() && self.may(&act);
        possible.then(|| (self.form("set_quota"), choices))
    }
}
