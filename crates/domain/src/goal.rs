//! Goals 目标: proposed by the employee, endorsed by the department, confirmed by the unit. Every
//! version stays; a change after confirmation is a new version that takes the same chain.

use crate::{
    actor::{Assignee, Stamp},
    appraisal::Appraisal,
    context::{Context, optional_text, text},
    cycle::Cycle,
    event::Event,
    id::GoalId,
    refusal::{Reason, Refusal},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One goal of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// Keeps its id from version to version, so that changes can be told.
    pub id: GoalId,
    /// What is to be reached.
    pub title: String,
    /// How it is told that it was reached.
    pub measure: String,
    /// By when.
    pub due: Option<Date>,
}

/// A goal as typed: an id names the goal of the version before that it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GoalDraft {
    /// The goal it changes; none for a new one.
    pub id: Option<GoalId>,
    /// What is to be reached.
    pub title: String,
    /// How it is told that it was reached.
    pub measure: String,
    /// By when.
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
}

/// The two steps after the employee's proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// 部门审核
    Endorse,
    /// 单位确认
    Confirm,
}

/// A version was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// 1, 2, 3 …
    pub version: u32,
    /// The goals.
    pub goals: Vec<Goal>,
    /// Why it differs from the confirmed version before.
    pub reason: Option<String>,
    /// The department answers by.
    pub due: Date,
}

/// Sent back by one of the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Which step.
    pub step: Step,
    /// Why.
    pub reason: String,
    /// The employee proposes again by.
    pub due: Date,
    /// By whom.
    pub stamp: Stamp,
}

/// One version of the sheet and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// What was proposed.
    pub proposed: Proposed,
    /// By whom.
    pub stamp: Stamp,
    /// 部门审核, and the day by which the unit confirms.
    pub endorsed: Option<(Stamp, Date)>,
    /// 单位确认
    pub confirmed: Option<Stamp>,
    /// Sent back.
    pub returned: Option<Returned>,
}

impl Version {
    /// The step it waits for, and until when.
    pub fn waiting(&self) -> Option<(Step, Date)> {
        match (&self.returned, &self.endorsed, &self.confirmed) {
            (Some(_), _, _) | (_, _, Some(_)) => None,
            (None, None, None) => Some((Step::Endorse, self.proposed.due)),
            (None, Some((_, due)), None) => Some((Step::Confirm, *due)),
        }
    }
}

/// What changed in one goal between two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// As it was; none if it is new.
    pub before: Option<&'a Goal>,
    /// As it is; none if it was dropped.
    pub after: Option<&'a Goal>,
}

/// Goals that differ between two versions, in the order of the new one, dropped ones last.
pub fn changes<'a>(before: &'a [Goal], after: &'a [Goal]) -> Vec<Change<'a>> {
    let old = |id: GoalId| before.iter().find(|goal| goal.id == id);
    let kept = after.iter().filter(|goal| old(goal.id) != Some(goal));
    let dropped = before.iter().filter(|goal| !after.iter().any(|other| other.id == goal.id));
    kept.map(|goal| Change { before: old(goal.id), after: Some(goal) })
        .chain(dropped.map(|goal| Change { before: Some(goal), after: None }))
        .collect()
}

/// The most goals a sheet may hold.
pub const MOST_GOALS: usize = 20;

pub(crate) fn propose(
    ctx: &Context,
    cycle: &Cycle,
    appraisal: &Appraisal,
    drafts: &[GoalDraft],
    reason: &str,
) -> Result<Event, Refusal> {
    cycle.running()?;
    if appraisal.goals.last().is_some_and(|version| version.waiting().is_some()) {
        return Err(Reason::GoalsWaiting.into());
    }
    if drafts.is_empty() {
        return Err(Reason::GoalsEmpty.into());
    }
    if drafts.len() > MOST_GOALS {
        return Err(Refusal::from(Reason::GoalsTooMany).with("limit", MOST_GOALS));
    }
    let before = appraisal.goals.last().map_or(&[][..], |version| &version.proposed.goals);
    let goals = drafts.iter().map(|draft| settle(ctx, before, draft)).collect::<Result<Vec<_>, _>>()?;
    let returned = appraisal.goals.last().is_some_and(|version| version.returned.is_some());
    if !returned && !before.is_empty() && changes(before, &goals).is_empty() {
        return Err(Reason::NothingChanged.into());
    }
    let reason = match appraisal.confirmed_goals() {
        Some(_) => Some(text("reason", reason, 1000)?),
        None => optional_text("reason", reason, 1000)?,
    };
    let version = appraisal.goals.len() as u32 + 1;
    let due = ctx.due(cycle.opened.terms.goal_step)?;
    Ok(Event::GoalsProposed(Proposed { version, goals, reason, due }))
}

fn settle(ctx: &Context, before: &[Goal], draft: &GoalDraft) -> Result<Goal, Refusal> {
    let id = match draft.id {
        Some(id) if before.iter().any(|goal| goal.id == id) => id,
        Some(_) => return Err(Reason::GoalUnknown.into()),
        None => GoalId((ctx.new_id)()),
    };
    Ok(Goal {
        id,
        title: text("title", &draft.title, 120)?,
        measure: text("measure", &draft.measure, 500)?,
        due: draft.due,
    })
}

/// The newest version, if it is the one meant and waits for this step.
fn waiting_for(appraisal: &Appraisal, version: u32, step: Step) -> Result<&Version, Refusal> {
    let newest = appraisal.goals.last().ok_or(Reason::NothingWaiting)?;
    if newest.proposed.version != version {
        return Err(Refusal::from(Reason::VersionPassed).with("version", newest.proposed.version));
    }
    match newest.waiting() {
        Some((waiting, _)) if waiting == step => Ok(newest),
        _ => Err(Reason::NothingWaiting.into()),
    }
}

pub(crate) fn endorse(ctx: &Context, cycle: &Cycle, appraisal: &Appraisal, version: u32) -> Result<Event, Refusal> {
    cycle.running()?;
    waiting_for(appraisal, version, Step::Endorse)?;
    Ok(Event::GoalsEndorsed { version, due: ctx.due(cycle.opened.terms.goal_step)? })
}

pub(crate) fn confirm(cycle: &Cycle, appraisal: &Appraisal, version: u32) -> Result<Event, Refusal> {
    cycle.running()?;
    waiting_for(appraisal, version, Step::Confirm)?;
    Ok(Event::GoalsConfirmed { version })
}

pub(crate) fn send_back(
    ctx: &Context,
    cycle: &Cycle,
    appraisal: &Appraisal,
    version: u32,
    step: Step,
    reason: &str,
) -> Result<Event, Refusal> {
    cycle.running()?;
    waiting_for(appraisal, version, step)?;
    let reason = text("reason", reason, 1000)?;
    Ok(Event::GoalsReturned { version, step, reason, due: ctx.due(cycle.opened.terms.goal_step)? })
}

impl Appraisal {
    /// The version in force: the newest confirmed one.
    pub fn confirmed_goals(&self) -> Option<&Version> {
        self.goals.iter().rev().find(|version| version.confirmed.is_some())
    }

    /// Whose turn a step of the goal sheet is.
    pub fn goal_step_of(&self, step: Step) -> Assignee {
        let first = match step {
            Step::Endorse => self.opened.endorser,
            Step::Confirm => self.opened.confirmer,
        };
        match first {
            Assignee::Person(person) => Assignee::Person(self.in_place_of(person)),
            other => other,
        }
    }
}
