//! One recusal 回避 on one appraisal: that somebody with a duty may have to stay out is raised, and until the competent leader
//! has decided, that person's part of the scoring rests (公务员法 77). If they stay out, another takes their place.

use crate::{
    actor::{Actor, Assignee, Stamp},
    appraisal::Appraisal,
    context::{Context, optional_text, text},
    cycle::Cycle,
    event::Event,
    goal::Step,
    id::{AccountId, PersonId, RecusalId},
    refusal::{Reason, Refusal},
    score::{Assessor, Standing},
    ties::TiesOn,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How it came up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// 自行申请: by the one who would have to stay out.
    SelfReport,
    /// 利害关系人申请: by the one whose case it is.
    Application,
    /// 其他人员提供情况: by anybody else, who remains unnamed.
    Tip,
    /// Found by the product, in the registers on record.
    Finding,
}

impl Origin {
    /// The name in locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::SelfReport => "self_report",
            Origin::Application => "application",
            Origin::Tip => "tip",
            Origin::Finding => "finding",
        }
    }

    /// How an act of this actor is to be understood.
    pub fn of(actor: &Actor, concerned: PersonId, subject: PersonId) -> Origin {
        match actor.person() {
            Some(person) if person == concerned => Origin::SelfReport,
            Some(person) if person == subject => Origin::Application,
            None if *actor == Actor::System => Origin::Finding,
            _ => Origin::Tip,
        }
    }
}

/// It was raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Its id.
    pub id: RecusalId,
    /// Who would have to stay out.
    pub concerned: PersonId,
    /// How it came up.
    pub origin: Origin,
    /// What was said.
    pub text: Option<String>,
    /// Who gave a tip: sealed, and told to nobody.
    pub tipster: Option<AccountId>,
    /// It is decided by.
    pub due: Date,
}

/// How it was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The person stays out.
    pub recused: bool,
    /// Why.
    pub reasons: Option<String>,
    /// Who takes their place.
    pub substitute: Option<PersonId>,
    /// When and by whom.
    pub stamp: Stamp,
}

/// A recusal and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recusal {
    /// What was raised.
    pub raised: Raised,
    /// When, and by whom unless it was a tip.
    pub stamp: Stamp,
    /// The decision.
    pub decision: Option<Decision>,
}

impl Recusal {
    /// Not decided yet.
    pub fn is_open(&self) -> bool {
        self.decision.is_none()
    }
}

impl Appraisal {
    /// Whether a decision waits that concerns this person.
    pub fn suspends(&self, person: PersonId) -> bool {
        self.recusals.iter().any(|recusal| recusal.is_open() && recusal.raised.concerned == person)
    }

    /// The newest decision on this person: whether they stay out.
    pub fn decided_on(&self, person: PersonId) -> Option<bool> {
        let on = self.recusals.iter().rev().filter(|recusal| recusal.raised.concerned == person);
        on.filter_map(|recusal| recusal.decision.as_ref()).map(|decision| decision.recused).next()
    }

    /// Who has a duty in this case now, each once.
    pub fn on_duty(&self) -> Vec<PersonId> {
        let steps = [Step::Endorse, Step::Confirm]
            .into_iter()
            .filter_map(|step| crate::act::handed_to(self.goal_step_of(step)));
        let witnesses = self.scores.iter().filter(|score| score.standing() == Standing::Unconfirmed);
        let deciders = self.appeals.iter().filter(|appeal| appeal.is_open()).filter_map(|appeal| appeal.decider);
        let assessors = self.assessors.iter().map(|assessor| assessor.person);
        let mut all: Vec<PersonId> = steps
            .chain(assessors)
            .chain(witnesses.map(|score| score.given.basis.witness))
            .chain(deciders.map(|(decider, _)| decider))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The competent leader 主管领导 who decides whether somebody stays out: the head of the unit, unless it is about the head;
    /// then the authority's HR.
    pub fn recusal_decider(&self, concerned: PersonId) -> Assignee {
        match self.goal_step_of(Step::Confirm) {
            Assignee::Person(head) if head != concerned => Assignee::Person(head),
            _ => Assignee::Hr(None),
        }
    }
}

pub(crate) fn raise(
    ctx: &Context,
    cycle: &Cycle,
    appraisal: &Appraisal,
    concerned: PersonId,
    words: &str,
) -> Result<Event, Refusal> {
    cycle.running()?;
    if !appraisal.on_duty().contains(&concerned) {
        return Err(Reason::NoDuty.into());
    }
    if appraisal.suspends(concerned) {
        return Err(Reason::RecusalPending.into());
    }
    let origin = Origin::of(ctx.actor, concerned, appraisal.opened.person);
    // The product does not ask again what somebody has decided.
    if origin == Origin::Finding && appraisal.decided_on(concerned).is_some() {
        return Err(Reason::AlreadyAnswered.into());
    }
    let text = match origin {
        Origin::Finding => optional_text("text", words, 2000)?,
        _ => Some(text("text", words, 2000)?),
    };
    Ok(Event::RecusalRaised(Raised {
        id: RecusalId((ctx.new_id)()),
        concerned,
        origin,
        text,
        tipster: ctx.actor.by().account.filter(|_| origin == Origin::Tip),
        due: ctx.due(ctx.rules.recusal.decide.workdays)?,
    }))
}

/// What the competent leader decides.
pub(crate) struct Verdict<'a> {
    pub recused: bool,
    pub reasons: &'a str,
    pub substitute: Option<PersonId>,
}

pub(crate) fn decide(
    cycle: &Cycle,
    appraisal: &Appraisal,
    id: RecusalId,
    verdict: &Verdict<'_>,
    ties: Option<&TiesOn>,
) -> Result<Vec<Event>, Refusal> {
    cycle.running()?;
    let recusal = appraisal.recusals.iter().find(|known| known.raised.id == id).ok_or(Reason::NotFound)?;
    if !recusal.is_open() {
        return Err(Reason::AlreadyAnswered.into());
    }
    let Verdict { recused, reasons, substitute } = *verdict;
    let concerned = recusal.raised.concerned;
    // That somebody stays although it was said that they should not is never done without a word.
    let reasons =
        if recused { optional_text("reasons", reasons, 2000)? } else { Some(text("reasons", reasons, 2000)?) };
    let substitute = substitute.filter(|_| recused);
    if let Some(person) = substitute {
        fit(appraisal, concerned, person, ties)?;
    }
    let mut events = vec![Event::RecusalDecided { recusal: id, recused, reasons, substitute }];
    if recused {
        events.extend(follows(cycle, appraisal, concerned, substitute)?);
    }
    Ok(events)
}

/// Whoever takes the place is somebody else, and has no part in it yet that the law keeps apart from this one.
fn fit(appraisal: &Appraisal, concerned: PersonId, person: PersonId, ties: Option<&TiesOn>) -> Result<(), Refusal> {
    let tied = ties.is_some_and(|ties| ties.of(appraisal.opened.person).is_apart_from(person));
    if person == concerned || person == appraisal.opened.person || tied || appraisal.decided_on(person) == Some(true) {
        return Err(unfit());
    }
    Ok(())
}

fn unfit() -> Refusal {
    Refusal::from(Reason::SubstituteUnfit).with("field", "substitute")
}

/// What follows when somebody stays out: the substitute has their weight and their appeals. That scores they gave or vouched for
/// do not count any more is told by the decision itself.
fn follows(
    cycle: &Cycle,
    appraisal: &Appraisal,
    concerned: PersonId,
    substitute: Option<PersonId>,
) -> Result<Vec<Event>, Refusal> {
    let steps = [Step::Endorse, Step::Confirm].map(|step| appraisal.goal_step_of(step));
    if steps.contains(&Assignee::Person(concerned)) {
        // Who endorses does not confirm.
        let other = Assignee::Person(substitute.ok_or_else(substitute_missing)?);
        if steps.contains(&other) {
            return Err(unfit());
        }
    }
    let mut events = Vec::new();
    if appraisal.assessors.iter().any(|assessor| assessor.person == concerned) && cycle.frozen.is_none() {
        events.push(Event::AssessorsNamed { assessors: replaced(&appraisal.assessors, concerned, substitute)? });
    }
    let waiting = appraisal.appeals.iter().filter(|appeal| appeal.is_open());
    for appeal in waiting.filter(|appeal| appeal.decider.is_some_and(|(decider, _)| decider == concerned)) {
        let decider = substitute.ok_or_else(substitute_missing)?;
        if appraisal.touched(&appeal.filed.target).contains(&decider) {
            return Err(unfit());
        }
        events.push(Event::AppealAssigned { appeal: appeal.filed.id, decider });
    }
    Ok(events)
}

fn substitute_missing() -> Refusal {
    Refusal::from(Reason::TextMissing).with("field", "substitute")
}

/// The same assessors with another in the place of one. Where the other is one of them already, they have both weights.
fn replaced(
    assessors: &[Assessor],
    concerned: PersonId,
    substitute: Option<PersonId>,
) -> Result<Vec<Assessor>, Refusal> {
    let substitute = substitute.ok_or_else(substitute_missing)?;
    let mut others: Vec<Assessor> = assessors.iter().filter(|assessor| assessor.person != concerned).copied().collect();
    let weight = assessors.iter().filter(|assessor| assessor.person == concerned).map(|one| one.weight.0).sum::<i64>();
    match others.iter_mut().find(|assessor| assessor.person == substitute) {
        Some(known) => known.weight.0 += weight,
        None => others.push(Assessor { person: substitute, weight: crate::points::Points(weight) }),
    }
    Ok(others)
}
