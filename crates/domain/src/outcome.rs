//! Outcomes 结果应用: a promotion, reward or training that follows from a result. 部门推荐 -> 人力资源部
//! 审核 -> 总经理/市政府审批, three different people. A proposal only: a person decides at every step.

use crate::{
    actor::Stamp,
    appraisal::Appraisal,
    context::{Context, optional_text, text},
    cycle::Cycle,
    event::Event,
    id::{AppraisalId, CycleId, OutcomeId, PersonId, UnitId},
    refusal::{Reason, Refusal},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 晋升
    Promotion,
    /// 奖励
    Reward,
    /// 培训
    Training,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 3] = [Kind::Promotion, Kind::Reward, Kind::Training];

    /// The name in tables and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Promotion => "promotion",
            Kind::Reward => "reward",
            Kind::Training => "training",
        }
    }
}

/// An outcome was recommended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recommended {
    /// Its id.
    pub id: OutcomeId,
    /// The cycle.
    pub cycle: CycleId,
    /// The result it follows from.
    pub appraisal: AppraisalId,
    /// For whom.
    pub person: PersonId,
    /// Their unit.
    pub unit: UnitId,
    /// What.
    pub kind: Kind,
    /// Exactly what: the post, the reward, the course.
    pub detail: String,
    /// Why.
    pub reasons: String,
    /// The grade it follows from.
    pub grade: String,
    /// HR answers by.
    pub due: Date,
}

/// One of the two signatures that follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Signoff {
    /// Signed or refused.
    pub approved: bool,
    /// The opinion; required for a refusal.
    pub opinion: Option<String>,
    /// When and by whom.
    pub stamp: Stamp,
}

/// An outcome as its record tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What was recommended.
    pub recommended: Recommended,
    /// When and by whom.
    pub stamp: Stamp,
    /// 人力资源部审核, and until when the approver answers.
    pub reviewed: Option<(Signoff, Date)>,
    /// 总经理/市政府审批
    pub decided: Option<Signoff>,
    /// Steps that were escalated.
    pub escalated: Vec<(String, Stamp)>,
}

impl Outcome {
    /// Fold a record.
    pub fn fold<'a>(record: impl IntoIterator<Item = (&'a Event, Stamp)>) -> Option<Self> {
        let mut record = record.into_iter();
        let mut outcome = match record.next()? {
            (Event::OutcomeRecommended(recommended), stamp) => Outcome {
                recommended: recommended.clone(),
                stamp,
                reviewed: None,
                decided: None,
                escalated: Vec::new(),
            },
            _ => return None,
        };
        for (event, stamp) in record {
            outcome.apply(event, stamp);
        }
        Some(outcome)
    }

    /// Take one event in.
    pub fn apply(&mut self, event: &Event, stamp: Stamp) {
        match event {
            Event::OutcomeReviewed { approved, opinion, due } => {
                self.reviewed = Some((Signoff { approved: *approved, opinion: opinion.clone(), stamp }, *due));
            }
            Event::OutcomeDecided { approved, opinion } => {
                self.decided = Some(Signoff { approved: *approved, opinion: opinion.clone(), stamp });
            }
            Event::Escalated { todo, .. } => self.escalated.push((todo.clone(), stamp)),
            _ => {}
        }
    }

    /// Where it stands, in one word.
    pub fn stage(&self) -> &'static str {
        match (&self.reviewed, &self.decided) {
            (_, Some(signoff)) if signoff.approved => "approved",
            (_, Some(_)) => "declined",
            (Some((signoff, _)), None) if signoff.approved => "reviewed",
            (Some(_), None) => "declined",
            (None, None) => "recommended",
        }
    }
}

pub(crate) fn recommend(
    ctx: &Context,
    cycle: &Cycle,
    appraisal: &Appraisal,
    before: &[Outcome],
    kind: Kind,
    detail: &str,
    reasons: &str,
) -> Result<Event, Refusal> {
    let (grade, ..) = appraisal.grade.as_ref().ok_or(Reason::GradeOpen)?;
    if before.iter().any(|outcome| outcome.recommended.kind == kind && outcome.stage() != "declined") {
        return Err(Reason::OutcomeExists.into());
    }
    Ok(Event::OutcomeRecommended(Recommended {
        id: OutcomeId((ctx.new_id)()),
        cycle: cycle.opened.id,
        appraisal: appraisal.opened.id,
        person: appraisal.opened.person,
        unit: appraisal.opened.unit,
        kind,
        detail: text("detail", detail, 200)?,
        reasons: text("reasons", reasons, 2000)?,
        grade: grade.clone(),
        due: ctx.due(cycle.opened.terms.outcome_step)?,
    }))
}

fn opinion(approved: bool, words: &str) -> Result<Option<String>, Refusal> {
    if approved { optional_text("opinion", words, 1000) } else { text("opinion", words, 1000).map(Some) }
}

pub(crate) fn review(
    ctx: &Context,
    cycle: &Cycle,
    outcome: &Outcome,
    approved: bool,
    words: &str,
) -> Result<Event, Refusal> {
    if outcome.reviewed.is_some() {
        return Err(Reason::AlreadyAnswered.into());
    }
    let due = ctx.due(cycle.opened.terms.outcome_step)?;
    Ok(Event::OutcomeReviewed { approved, opinion: opinion(approved, words)?, due })
}

pub(crate) fn decide(outcome: &Outcome, approved: bool, words: &str) -> Result<Event, Refusal> {
    match (&outcome.reviewed, &outcome.decided) {
        (Some((signoff, _)), None) if signoff.approved => {
            Ok(Event::OutcomeDecided { approved, opinion: opinion(approved, words)? })
        }
        (_, Some(_)) => Err(Reason::AlreadyAnswered.into()),
        _ => Err(Reason::NothingWaiting.into()),
    }
}
