//! Appeals 申诉 against a score: overseen by HR, decided with reasons by somebody who neither scored
//! nor confirmed. An adjustment is a new value beside the old one and never a lower one.

use crate::{
    actor::Stamp,
    appraisal::Appraisal,
    composite::compose,
    context::{Context, day, text},
    cycle::Cycle,
    event::Event,
    id::{AppealId, PersonId, ScoreId},
    points::Points,
    refusal::{Reason, Refusal},
    score::{Standing, Value},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an appeal is against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A qualitative score.
    Score(ScoreId),
    /// A computed value, by indicator code: the source is said to be wrong.
    Computed(String),
}

/// An appeal was filed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// Its id.
    pub id: AppealId,
    /// Against what.
    pub target: Target,
    /// Why.
    pub grounds: String,
    /// It is decided by.
    pub due: Date,
}

/// How an appeal ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It stays as it was.
    Dismissed,
    /// A qualitative score is set to these points.
    Adjusted(Points),
    /// The source of a computed value is to be corrected and imported again.
    SourceWrong,
}

/// An appeal and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Appeal {
    /// What was filed.
    pub filed: Filed,
    /// When and by whom.
    pub stamp: Stamp,
    /// Who decides, named by HR.
    pub decider: Option<(PersonId, Stamp)>,
    /// The decision and its reasons.
    pub decision: Option<(Verdict, String, Stamp)>,
    /// Taken back by the employee.
    pub withdrawn: Option<Stamp>,
}

impl Appeal {
    /// Neither decided nor taken back.
    pub fn is_open(&self) -> bool {
        self.decision.is_none() && self.withdrawn.is_none()
    }
}

pub(crate) fn file(
    ctx: &Context,
    cycle: &Cycle,
    appraisal: &Appraisal,
    target: &Target,
    grounds: &str,
) -> Result<Event, Refusal> {
    cycle.running()?;
    if appraisal.grade.is_some() {
        return Err(Reason::AlreadyDone.into());
    }
    if appraisal.appeals.iter().any(|appeal| appeal.is_open() && appeal.filed.target == *target) {
        return Err(Reason::AppealPending.into());
    }
    let seen = match target {
        Target::Score(id) => {
            let score = appraisal.score(*id)?;
            if score.standing() != Standing::Valid {
                return Err(Reason::NotFound.into());
            }
            score.seen()
        }
        Target::Computed(code) => appraisal.computed.get(code).ok_or(Reason::NotFound)?.1,
    };
    let last = ctx.workdays_after(day(seen.at), cycle.opened.terms.appeal_file)?;
    if ctx.today() > last {
        return Err(Refusal::from(Reason::TooLate).with("until", last));
    }
    Ok(Event::AppealFiled(Filed {
        id: AppealId((ctx.new_id)()),
        target: target.clone(),
        grounds: text("grounds", grounds, 4000)?,
        due: ctx.due(cycle.opened.terms.appeal_decide)?,
    }))
}

fn open(appraisal: &Appraisal, id: AppealId) -> Result<&Appeal, Refusal> {
    let appeal = appraisal.appeals.iter().find(|appeal| appeal.filed.id == id).ok_or(Reason::NotFound)?;
    if appeal.is_open() { Ok(appeal) } else { Err(Reason::AlreadyAnswered.into()) }
}

pub(crate) fn assign(appraisal: &Appraisal, id: AppealId, decider: PersonId) -> Result<Event, Refusal> {
    let appeal = open(appraisal, id)?;
    if decider == appraisal.opened.person || appraisal.touched(&appeal.filed.target).contains(&decider) {
        return Err(Refusal::from(Reason::DeciderUnfit).with("step", "appeal"));
    }
    Ok(Event::AppealAssigned { appeal: id, decider })
}

pub(crate) fn decide(
    ctx: &Context,
    cycle: &Cycle,
    appraisal: &Appraisal,
    id: AppealId,
    verdict: Verdict,
    reasons: &str,
) -> Result<Vec<Event>, Refusal> {
    let appeal = open(appraisal, id)?;
    let reasons = text("reasons", reasons, 4000)?;
    match (&appeal.filed.target, verdict) {
        (Target::Score(score), Verdict::Adjusted(points)) => {
            // The decision of an appeal never makes it heavier for the one who appealed.
            if !points.in_range() || points <= appraisal.score(*score)?.points() {
                return Err(Refusal::from(Reason::PointsOutOfRange).with("points", points));
            }
        }
        (Target::Computed(_), Verdict::SourceWrong) | (_, Verdict::Dismissed) => {}
        _ => return Err(Refusal::from(Reason::DeciderUnfit).with("step", "verdict")),
    }
    let decided = Event::AppealDecided { appeal: id, verdict, reasons };
    let mut events = vec![decided.clone()];
    if cycle.frozen.is_some() && matches!(verdict, Verdict::Adjusted(_)) {
        let mut after = appraisal.clone();
        after.apply(&decided, ctx.stamp());
        events.push(Event::CompositeFixed(Box::new(compose(cycle, &after))));
    }
    Ok(events)
}

pub(crate) fn withdraw(appraisal: &Appraisal, id: AppealId) -> Result<Event, Refusal> {
    open(appraisal, id)?;
    Ok(Event::AppealWithdrawn { appeal: id })
}

impl Appraisal {
    /// Who scored or confirmed what an appeal is against: they can't decide it.
    pub fn touched(&self, target: &Target) -> Vec<PersonId> {
        match target {
            Target::Score(id) => {
                self.score(*id).map(|score| vec![score.given.rater, score.given.basis.witness]).unwrap_or_default()
            }
            Target::Computed(_) => Vec::new(),
        }
    }

    /// Whether this computed value was scored at all.
    pub fn computed_points(&self, code: &str) -> Option<Points> {
        match &self.computed.get(code)?.0.value {
            Value::Scored { points, .. } => Some(*points),
            Value::NotApplicable(_) => None,
        }
    }
}
