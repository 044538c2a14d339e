//! A cycle 考核周期: one run of a regime, from opening to closing.

use crate::{
    actor::{Assignee, Stamp},
    appraisal,
    batch::Row,
    context::{Context, text},
    event::{Emit, Event},
    id::{AppraisalId, CycleId, PersonId, SlateId, UnitId},
    indicator::Indicator,
    points::Points,
    refusal::{Reason, Refusal},
    regime::Regime,
    roster::{Person, Roster},
    score::Assessor,
    slate,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// The regime's numbers as they stood when the cycle was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Grades, best first: id and rank.
    pub grades: Vec<String>,
    /// The grade of those who get none.
    pub ungraded: Option<String>,
    /// Working days for each step of a goal sheet.
    pub goal_step: u32,
    /// Working days for the witness to confirm a score.
    pub confirm_score: u32,
    /// Working days for HR's review of scores.
    pub review_scores: u32,
    /// Working days to appeal after a score is seen.
    pub appeal_file: u32,
    /// Working days to decide an appeal.
    pub appeal_decide: u32,
    /// Working days for each step of a slate.
    pub slate_step: u32,
    /// Share of the top grade in percent.
    pub top_share: u32,
    /// Other shares that a document may set.
    pub other_shares: Vec<u32>,
    /// Working days of publicity.
    pub notice: u32,
    /// Working days to answer an objection.
    pub objection_reply: u32,
    /// Working days to sign the result.
    pub sign: u32,
    /// Working days for each signature under an outcome.
    pub outcome_step: u32,
}

/// When the stages are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Schedule {
    /// Goals are proposed by.
    #[schema(value_type = String, format = Date)]
    pub goals: Date,
    /// Assessors have scored by.
    #[schema(value_type = String, format = Date)]
    pub scoring: Date,
    /// Units have proposed grades by.
    #[schema(value_type = String, format = Date)]
    pub grading: Date,
}

/// What HR fills in to open a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CycleDraft {
    /// Which regime.
    pub regime: String,
    /// routine, annual, special or tenure.
    pub kind: String,
    /// What people call it.
    pub title: String,
    /// First day of the period appraised.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day of the period appraised.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// When the stages are due.
    pub schedule: Schedule,
    /// People whom HR leaves ungraded, with the reason.
    #[serde(default)]
    pub exempt: Vec<Exemption>,
}

/// Why a person gets no grade in a cycle (公务员考核规定 25–29).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ungraded {
    /// Within the first year: a comment only.
    Probation,
    /// On sick or personal leave for more than half a year.
    LongLeave,
    /// Under investigation; may be graded later.
    Investigation,
    /// Appraised by the body above: heads of units.
    AppraisedElsewhere,
}

impl Ungraded {
    /// All reasons.
    pub const ALL: [Ungraded; 4] =
        [Ungraded::Probation, Ungraded::LongLeave, Ungraded::Investigation, Ungraded::AppraisedElsewhere];

    /// The name in records and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Ungraded::Probation => "probation",
            Ungraded::LongLeave => "long_leave",
            Ungraded::Investigation => "investigation",
            Ungraded::AppraisedElsewhere => "appraised_elsewhere",
        }
    }
}

/// A person whom HR leaves ungraded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exemption {
    /// Who.
    pub person: PersonId,
    /// Why.
    pub reason: Ungraded,
    /// The document or fact it rests on.
    pub note: String,
}

/// A cycle was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its id.
    pub id: CycleId,
    /// The regime.
    pub regime: String,
    /// routine, annual, special, tenure.
    pub kind: String,
    /// What people call it.
    pub title: String,
    /// First day appraised.
    pub from: Date,
    /// Last day appraised.
    pub to: Date,
    /// When the stages are due.
    pub schedule: Schedule,
    /// The regime's numbers.
    pub terms: Terms,
    /// Indicators per post type, each set totalling 100.
    pub sets: BTreeMap<String, Vec<Indicator>>,
    /// Hash of the rule files of the day.
    pub rules: String,
}

/// A cycle as its record tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cycle {
    /// How it was opened.
    pub opened: Opened,
    /// By whom.
    pub stamp: Stamp,
    /// Scoring was frozen.
    pub frozen: Option<Stamp>,
    /// It was closed.
    pub closed: Option<Stamp>,
}

impl Cycle {
    /// The indicators of a post type.
    pub fn indicators(&self, post_type: &str) -> &[Indicator] {
        self.opened.sets.get(post_type).map_or(&[], Vec::as_slice)
    }

    /// Refuse when scoring is frozen.
    pub fn scoring_open(&self) -> Result<(), Refusal> {
        self.running()?;
        if self.frozen.is_some() { Err(Reason::ScoringFrozen.into()) } else { Ok(()) }
    }

    /// Refuse while scoring is open.
    pub fn scoring_frozen(&self) -> Result<(), Refusal> {
        self.running()?;
        if self.frozen.is_none() { Err(Reason::ScoringOpen.into()) } else { Ok(()) }
    }

    /// Refuse when the cycle is closed.
    pub fn running(&self) -> Result<(), Refusal> {
        if self.closed.is_some() { Err(Reason::CycleClosed.into()) } else { Ok(()) }
    }

    /// The best grade of the regime.
    pub fn top_grade(&self) -> &str {
        self.opened.terms.grades.first().map_or("", String::as_str)
    }
}

/// What opening a cycle looks at.
#[derive(Clone, Debug, Default)]
pub struct Office {
    /// Everyone and every unit.
    pub roster: Roster,
    /// The library.
    pub library: Vec<Indicator>,
    /// Working days each person was on sick or personal leave in the period.
    pub leave: BTreeMap<PersonId, u32>,
    /// Score sheets collected on paper for the period: who assessed whom.
    pub paper: Vec<Row>,
    /// Titles of the cycles there are.
    pub cycles: BTreeSet<String>,
}

pub(crate) fn open(ctx: &Context, draft: &CycleDraft, office: &Office) -> Result<Vec<Emit>, Refusal> {
    let regime = ctx
        .rules
        .regimes
        .get(&draft.regime)
        .ok_or_else(|| Refusal::from(Reason::RegimeUnknown).with("regime", &draft.regime))?;
    if !regime.kinds.iter().any(|kind| kind == &draft.kind) {
        return Err(Refusal::from(Reason::CycleKindUnknown).with("kind", &draft.kind));
    }
    if draft.from > draft.to
        || draft.schedule.goals > draft.schedule.scoring
        || draft.schedule.scoring > draft.schedule.grading
    {
        return Err(Reason::PeriodUnfit.into());
    }
    let title = text("title", &draft.title, 80)?;
    if office.cycles.contains(&title) {
        return Err(Refusal::from(Reason::CycleExists).with("title", title));
    }
    let people: Vec<&Person> =
        office.roster.people.values().filter(|person| regime.covers(&person.assignment.staff_kind)).collect();
    if people.is_empty() {
        return Err(Reason::NobodyToAppraise.into());
    }
    let sets = sets(office, &people)?;
    let cycle = CycleId((ctx.new_id)());
    let opened = Opened {
        id: cycle,
        regime: draft.regime.clone(),
        kind: draft.kind.clone(),
        title,
        from: draft.from,
        to: draft.to,
        schedule: draft.schedule,
        terms: Terms::of(regime, &draft.kind),
        sets,
        rules: ctx.rules.hash.clone(),
    };
    let mut slates: BTreeMap<UnitId, Vec<slate::Member>> = BTreeMap::new();
    let mut emits = Vec::new();
    for person in people {
        let sheet = participant(ctx, regime, draft, office, cycle, person);
        slates.entry(sheet.unit).or_default().push(slate::Member {
            appraisal: sheet.id,
            person: person.id,
            graded: sheet.ungraded.is_none(),
        });
        emits.push(Emit::new(sheet.id, Event::AppraisalOpened(Box::new(sheet))));
    }
    for (unit, members) in slates {
        let head = office.roster.units.get(&unit).and_then(|unit| unit.head);
        let id = SlateId((ctx.new_id)());
        let base = members.iter().filter(|member| member.graded).count() as u32;
        emits.push(Emit::new(
            id,
            Event::SlateOpened(slate::Opened {
                id,
                cycle,
                unit,
                head,
                base,
                quota: crate::regime::quota(base, opened.terms.top_share),
                members,
                due: draft.schedule.grading,
            }),
        ));
    }
    emits.insert(0, Emit::new(cycle, Event::CycleOpened(Box::new(opened))));
    Ok(emits)
}

/// The indicator sets of the post types that occur, each totalling 100.
fn sets(office: &Office, people: &[&Person]) -> Result<BTreeMap<String, Vec<Indicator>>, Refusal> {
    let wanted: BTreeSet<&str> = people.iter().map(|person| person.assignment.post_type.as_str()).collect();
    let mut sets = BTreeMap::new();
    for post_type in wanted {
        let set: Vec<Indicator> =
            office.library.iter().filter(|indicator| indicator.post_type == post_type).cloned().collect();
        let total: i64 = set.iter().map(|indicator| indicator.weight.0).sum();
        if total != Points::FULL.0 {
            return Err(Refusal::from(Reason::IndicatorsIncomplete)
                .with("post_type", post_type)
                .with("total", Points(total)));
        }
        sets.insert(post_type.to_owned(), set);
    }
    Ok(sets)
}

/// One person's sheet: who endorses, confirms and assesses, and whether there will be a grade.
fn participant(
    ctx: &Context,
    regime: &Regime,
    draft: &CycleDraft,
    office: &Office,
    cycle: CycleId,
    person: &Person,
) -> appraisal::Opened {
    let post = &person.assignment;
    let head = office.roster.units.get(&post.unit).and_then(|unit| unit.head);
    let endorser = post.leader.or(head).filter(|leader| *leader != person.id);
    let endorser = endorser.map_or(Assignee::Hr(Some(post.unit)), Assignee::Person);
    let confirmer = match head {
        Some(head) if head != person.id && endorser != Assignee::Person(head) => Assignee::Person(head),
        _ => Assignee::Hr(None),
    };
    appraisal::Opened {
        id: AppraisalId((ctx.new_id)()),
        cycle,
        person: person.id,
        unit: post.unit,
        section: post.section,
        post_type: post.post_type.clone(),
        leader: post.leader,
        endorser,
        confirmer,
        assessors: assessors(office, person),
        ungraded: ungraded(regime, draft, office, person, head),
        goals_due: draft.schedule.goals,
        scoring_due: draft.schedule.scoring,
    }
}

/// The assessors: those who assessed the person on paper, else the direct leader; equal weights.
fn assessors(office: &Office, person: &Person) -> Vec<Assessor> {
    let named: BTreeSet<PersonId> = office
        .paper
        .iter()
        .filter(|row| row.person.as_deref() == Some(person.number.as_str()))
        .filter_map(|row| office.roster.by_number(row.fields.get("rater")?))
        .map(|rater| rater.id)
        .chain(person.assignment.leader)
        .filter(|rater| *rater != person.id)
        .collect();
    let count = named.len() as i64;
    named
        .into_iter()
        .enumerate()
        .map(|(place, person)| {
            // Equal parts; what does not divide goes to the first.
            let part = Points::FULL.0 / count;
            let rest = if place == 0 { Points::FULL.0 - part * count } else { 0 };
            Assessor { person, weight: Points(part + rest) }
        })
        .collect()
}

/// Why a person gets no grade: HR's word first, then what the regime derives from the facts on file.
fn ungraded(
    regime: &Regime,
    draft: &CycleDraft,
    office: &Office,
    person: &Person,
    head: Option<PersonId>,
) -> Option<(Ungraded, String)> {
    if let Some(exemption) = draft.exempt.iter().find(|exemption| exemption.person == person.id) {
        return Some((exemption.reason, exemption.note.clone()));
    }
    if head == Some(person.id) {
        return Some((Ungraded::AppraisedElsewhere, String::new()));
    }
    if let (Some(rule), Some(joined)) = (&regime.not_graded.probation, person.assignment.joined) {
        let ends = joined.checked_add(jiff::Span::new().months(i64::from(rule.months))).ok()?;
        if ends > draft.to {
            return Some((Ungraded::Probation, ends.to_string()));
        }
    }
    let leave = office.leave.get(&person.id).copied().unwrap_or(0);
    let long = regime.not_graded.leave.as_ref().is_some_and(|rule| leave > rule.over_workdays);
    long.then(|| (Ungraded::LongLeave, leave.to_string()))
}

impl Terms {
    fn of(regime: &Regime, kind: &str) -> Self {
        let days = &regime.deadlines;
        let (top_share, other_shares) = regime.top_shares(kind);
        Terms {
            grades: regime.scale(kind).iter().map(|grade| grade.id.clone()).collect(),
            ungraded: regime.ungraded.as_ref().map(|grade| grade.id.clone()),
            goal_step: days.goal_step,
            confirm_score: days.confirm_score,
            review_scores: days.review_scores,
            appeal_file: regime.appeal.file_workdays,
            appeal_decide: regime.appeal.decide_workdays,
            slate_step: days.slate_step,
            top_share,
            other_shares,
            notice: regime.notice.workdays,
            objection_reply: regime.objection.reply_workdays,
            sign: days.sign,
            outcome_step: days.outcome_step,
        }
    }
}
