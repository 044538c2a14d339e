//! A slate 等次名单: one unit's list of grades in one cycle. The unit proposes, HR reviews, the top grade
//! is published, the unit's head fixes. The quota is kept by this aggregate alone, so no interleaving of
//! acts can exceed it.
//!
//! Whoever reviews or fixes the list may be tied to somebody on it. That line is held back and falls to another, while the
//! rest goes through (公务员法 76).

use crate::{
    actor::{Actor, Stamp},
    appraisal::Appraisal,
    context::{Context, optional_text, text},
    cycle::Cycle,
    event::{Emit, Event},
    id::{AppraisalId, CycleId, NoticeId, PersonId, SlateId, UnitId},
    refusal::{Reason, Refusal},
    regime,
    ties::TiesOn,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person on a slate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Their appraisal.
    pub appraisal: AppraisalId,
    /// Who.
    pub person: PersonId,
    /// Gets a grade.
    pub graded: bool,
}

/// A slate was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its id.
    pub id: SlateId,
    /// The cycle.
    pub cycle: CycleId,
    /// The unit.
    pub unit: UnitId,
    /// Who fixes the grades.
    pub head: Option<PersonId>,
    /// Those who are graded here: what the quota is a share of.
    pub base: u32,
    /// How many may get the top grade.
    pub quota: u32,
    /// Everyone on it.
    pub members: Vec<Member>,
    /// The unit proposes by.
    pub due: Date,
}

/// A proposed grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The grade.
    pub grade: String,
    /// Why, where it needs saying.
    pub reason: Option<String>,
    /// When and by whom.
    pub stamp: Stamp,
}

/// A step that is taken on the whole list at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListStep {
    /// HR's review.
    Review,
    /// The head fixes the grades.
    Fix,
}

/// A line that was held back from a step on the list, since whoever took the step is tied to the person on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Whose line.
    pub appraisal: AppraisalId,
    /// From which step.
    pub step: ListStep,
    /// Another takes the step on it by then.
    pub due: Date,
    /// When the rest went through, and by whom.
    pub stamp: Stamp,
    /// When another took the step on it, and who.
    pub decided: Option<Stamp>,
}

/// A slate as its record tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Slate {
    /// How it was opened.
    pub opened: Opened,
    /// Who is graded, as it stands.
    pub members: Vec<Member>,
    /// The share of the top grade in percent, if a document changed it.
    pub share: Option<(u32, String, Stamp)>,
    /// The quota as it stands.
    pub quota: u32,
    /// The base as it stands.
    pub base: u32,
    /// The grades as they stand.
    pub proposals: BTreeMap<AppraisalId, Proposal>,
    /// With HR, and until when HR answers.
    pub submitted: Option<(Stamp, Date)>,
    /// HR sent it back: why, and until when the unit answers.
    pub returned: Option<(String, Stamp, Date)>,
    /// HR has reviewed it, and until when the notice is posted.
    pub reviewed: Option<(Stamp, Date)>,
    /// The notice of its top grades.
    pub notice: Option<NoticeId>,
    /// The notice is closed, and until when the head fixes the grades.
    pub published: Option<(Stamp, Date)>,
    /// The grades are final, but for lines held back.
    pub fixed: Option<Stamp>,
    /// Lines held back from a step, oldest first.
    pub held: Vec<Held>,
    /// Steps that were escalated.
    pub escalated: Vec<(String, Stamp)>,
}

impl Slate {
    /// Fold a record.
    pub fn fold<'a>(record: impl IntoIterator<Item = (&'a Event, Stamp)>) -> Option<Self> {
        let mut record = record.into_iter();
        let mut slate = match record.next()? {
            (Event::SlateOpened(opened), _) => Slate {
                members: opened.members.clone(),
                share: None,
                quota: opened.quota,
                base: opened.base,
                opened: opened.clone(),
                proposals: BTreeMap::new(),
                submitted: None,
                returned: None,
                reviewed: None,
                notice: None,
                published: None,
                fixed: None,
                held: Vec::new(),
                escalated: Vec::new(),
            },
            _ => return None,
        };
        for (event, stamp) in record {
            slate.apply(event, stamp);
        }
        Some(slate)
    }

    /// Take one event in.
    pub fn apply(&mut self, event: &Event, stamp: Stamp) {
        match event {
            Event::MemberChanged { appraisal, graded, base, quota } => {
                if let Some(member) = self.members.iter_mut().find(|member| member.appraisal == *appraisal) {
                    member.graded = *graded;
                }
                if !graded {
                    self.proposals.remove(appraisal);
                }
                (self.base, self.quota) = (*base, *quota);
            }
            Event::QuotaSet { share, document, quota } => {
                self.share = Some((*share, document.clone(), stamp));
                self.quota = *quota;
            }
            Event::GradeProposed { appraisal, grade, reason } => {
                let proposal = Proposal { grade: grade.clone(), reason: reason.clone(), stamp };
                self.proposals.insert(*appraisal, proposal);
            }
            Event::SlateSubmitted { due } => (self.submitted, self.returned) = (Some((stamp, *due)), None),
            Event::SlateReturned { reason, due } => {
                (self.submitted, self.returned) = (None, Some((reason.clone(), stamp, *due)));
                // Somebody else found fault with a line held back: the whole list is looked at again.
                self.reviewed = None;
                self.held.clear();
            }
            Event::SlateReviewed { due } => self.reviewed = Some((stamp, *due)),
            Event::SlatePublished { notice } => self.notice = Some(*notice),
            Event::PublicityEnded { due } => self.published = Some((stamp, *due)),
            Event::GradesFixed => self.fixed = Some(stamp),
            Event::LineHeld { appraisal, step, due } => {
                let (appraisal, step, due) = (*appraisal, *step, *due);
                self.held.push(Held { appraisal, step, due, stamp, decided: None });
            }
            Event::LineDecided { appraisal } => {
                let waiting = |held: &&mut Held| held.appraisal == *appraisal && held.decided.is_none();
                if let Some(held) = self.held.iter_mut().find(waiting) {
                    held.decided = Some(stamp);
                }
            }
            Event::Escalated { todo, .. } => self.escalated.push((todo.clone(), stamp)),
            _ => {}
        }
    }

    /// How many hold this grade.
    pub fn count(&self, grade: &str) -> u32 {
        self.proposals.values().filter(|proposal| proposal.grade == grade).count() as u32
    }

    /// Who is graded and has no grade yet.
    pub fn missing(&self) -> usize {
        self.members.iter().filter(|member| member.graded && !self.proposals.contains_key(&member.appraisal)).count()
    }

    /// Lines held back on which nobody has taken the step yet.
    pub fn waiting(&self) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(|held| held.decided.is_none())
    }

    /// Refuse while lines held back from the review wait for another.
    pub(crate) fn whole(&self) -> Result<(), Refusal> {
        match self.waiting().filter(|held| held.step == ListStep::Review).count() {
            0 => Ok(()),
            count => Err(Refusal::from(Reason::LinesHeld).with("count", count)),
        }
    }

    /// The lines of those to whom somebody is tied.
    fn tied<'a>(&'a self, actor: &Actor, ties: Option<&'a TiesOn>) -> Vec<AppraisalId> {
        let Some(own) = actor.person().and_then(|person| Some(ties?.of(person))) else { return Vec::new() };
        let graded = self.members.iter().filter(|member| member.graded);
        graded.filter(|member| own.is_apart_from(member.person)).map(|member| member.appraisal).collect()
    }

    /// Those with this grade.
    pub fn holders<'a>(&'a self, grade: &'a str) -> impl Iterator<Item = &'a Member> {
        self.members
            .iter()
            .filter(move |member| self.proposals.get(&member.appraisal).is_some_and(|proposal| proposal.grade == grade))
    }

    /// Refuse unless this person is graded on this slate and the grade is one of the regime; a hard
    /// stop when the top grade's quota is used up.
    pub(crate) fn admits(&self, cycle: &Cycle, appraisal: AppraisalId, grade: &str) -> Result<(), Refusal> {
        let member = self.members.iter().find(|member| member.appraisal == appraisal).ok_or(Reason::NotFound)?;
        if !member.graded {
            return Err(Reason::NotGraded.into());
        }
        if !cycle.opened.terms.grades.iter().any(|known| known == grade) {
            return Err(Refusal::from(Reason::GradeUnknown).with("field", "grade").with("grade", grade));
        }
        let held = self.proposals.get(&appraisal).is_some_and(|proposal| proposal.grade == grade);
        if grade == cycle.top_grade() && !held && self.count(grade) >= self.quota {
            return Err(Refusal::from(Reason::QuotaExceeded)
                .with("field", "grade")
                .with("quota", self.quota)
                .with("base", self.base)
                .with("grade", grade));
        }
        Ok(())
    }

    fn editable(&self) -> Result<(), Refusal> {
        if self.submitted.is_some() || self.fixed.is_some() { Err(Reason::SlateSubmitted.into()) } else { Ok(()) }
    }
}

pub(crate) fn propose(
    cycle: &Cycle,
    slate: &Slate,
    appraisal: &Appraisal,
    grade: &str,
    reason: &str,
) -> Result<Event, Refusal> {
    cycle.scoring_frozen()?;
    slate.editable()?;
    if appraisal.open_appeals() > 0 {
        return Err(Refusal::from(Reason::AppealsOpen).with("count", appraisal.open_appeals()));
    }
    slate.admits(cycle, appraisal.opened.id, grade)?;
    // The two lowest grades carry consequences for the person: they are never given without a word.
    let low = cycle.opened.terms.grades.iter().rev().take(2).any(|known| known == grade);
    let reason = if low { Some(text("reason", reason, 1000)?) } else { optional_text("reason", reason, 1000)? };
    Ok(Event::GradeProposed { appraisal: appraisal.opened.id, grade: grade.to_owned(), reason })
}

pub(crate) fn submit(ctx: &Context, cycle: &Cycle, slate: &Slate) -> Result<Event, Refusal> {
    cycle.scoring_frozen()?;
    slate.editable()?;
    if slate.missing() > 0 {
        return Err(Refusal::from(Reason::SlateIncomplete).with("count", slate.missing()));
    }
    Ok(Event::SlateSubmitted { due: ctx.due(cycle.opened.terms.slate_step)? })
}

fn with_hr(slate: &Slate) -> Result<(), Refusal> {
    if slate.submitted.is_none() || slate.reviewed.is_some() { Err(Reason::NothingWaiting.into()) } else { Ok(()) }
}

pub(crate) fn review(
    ctx: &Context,
    cycle: &Cycle,
    slate: &Slate,
    ties: Option<&TiesOn>,
) -> Result<Vec<Event>, Refusal> {
    with_hr(slate)?;
    let due = ctx.due(cycle.opened.terms.slate_step)?;
    let held = slate.tied(ctx.actor, ties).into_iter();
    let held = held.map(|appraisal| Event::LineHeld { appraisal, step: ListStep::Review, due });
    Ok(std::iter::once(Event::SlateReviewed { due }).chain(held).collect())
}

/// Somebody else takes the step on a line that was held back: it is reviewed, or its grade is final.
pub(crate) fn decide_line(
    ctx: &Context,
    cycle: &Cycle,
    slate: &Slate,
    appraisal: &Appraisal,
) -> Result<Vec<Emit>, Refusal> {
    cycle.running()?;
    let id = appraisal.opened.id;
    let held = slate.waiting().find(|held| held.appraisal == id).ok_or(Reason::NothingWaiting)?;
    let decided = Emit::new(slate.opened.id, Event::LineDecided { appraisal: id });
    if held.step == ListStep::Review {
        return Ok(vec![decided]);
    }
    if appraisal.open_appeals() > 0 {
        return Err(Refusal::from(Reason::AppealsOpen).with("count", appraisal.open_appeals()));
    }
    let grade = slate.proposals.get(&id).ok_or(Reason::NotGraded)?.grade.clone();
    let fixed = Event::GradeFixed { grade, sign_by: ctx.due(cycle.opened.terms.sign)? };
    Ok(vec![decided, Emit::new(id, fixed)])
}

pub(crate) fn send_back(ctx: &Context, cycle: &Cycle, slate: &Slate, reason: &str) -> Result<Event, Refusal> {
    // A line held back has not been reviewed: whoever looks at it instead may find fault with it.
    if slate.waiting().all(|held| held.step != ListStep::Review) {
        with_hr(slate)?;
    }
    let reason = text("reason", reason, 1000)?;
    Ok(Event::SlateReturned { reason, due: ctx.due(cycle.opened.terms.slate_step)? })
}

pub(crate) fn set_quota(cycle: &Cycle, slate: &Slate, share: u32, document: &str) -> Result<Event, Refusal> {
    slate.editable()?;
    let terms = &cycle.opened.terms;
    if share != terms.top_share && !terms.other_shares.contains(&share) {
        let allowed: Vec<String> =
            terms.other_shares.iter().chain([&terms.top_share]).map(ToString::to_string).collect();
        return Err(Refusal::from(Reason::QuotaShareUnfit).with("field", "share").with("allowed", allowed.join(", ")));
    }
    let document = text("document", document, 200)?;
    let quota = regime::quota(slate.base, share);
    let held = slate.count(cycle.top_grade());
    if held > quota {
        return Err(Refusal::from(Reason::QuotaExceeded)
            .with("field", "share")
            .with("quota", quota)
            .with("base", slate.base)
            .with("grade", cycle.top_grade()));
    }
    Ok(Event::QuotaSet { share, document, quota })
}

/// What a change of one member's participation means for the slate.
pub(crate) fn change_member(cycle: &Cycle, slate: &Slate, appraisal: AppraisalId, graded: bool) -> Event {
    let others = slate.members.iter().filter(|member| member.graded && member.appraisal != appraisal).count() as u32;
    let base = others + u32::from(graded);
    let share = slate.share.as_ref().map_or(cycle.opened.terms.top_share, |(share, ..)| *share);
    Event::MemberChanged { appraisal, graded, base, quota: regime::quota(base, share) }
}

/// The head fixes every grade of the unit, but for those of people tied to the head; each person is told and signs.
pub(crate) fn fix(
    ctx: &Context,
    cycle: &Cycle,
    slate: &Slate,
    everyone: &[Appraisal],
    ties: Option<&TiesOn>,
) -> Result<Vec<Emit>, Refusal> {
    cycle.running()?;
    slate.whole()?;
    if slate.fixed.is_some() {
        return Err(Reason::AlreadyDone.into());
    }
    let nobody_published = slate.reviewed.is_some() && slate.count(cycle.top_grade()) == 0;
    if slate.published.is_none() && !nobody_published {
        return Err(Reason::NoticeRunning.into());
    }
    let open_appeals: usize = everyone.iter().map(Appraisal::open_appeals).sum();
    if open_appeals > 0 {
        return Err(Refusal::from(Reason::AppealsOpen).with("count", open_appeals));
    }
    let (sign_by, due) = (ctx.due(cycle.opened.terms.sign)?, ctx.due(cycle.opened.terms.slate_step)?);
    let tied = slate.tied(ctx.actor, ties);
    let mut emits = vec![Emit::new(slate.opened.id, Event::GradesFixed)];
    for member in slate.members.iter().filter(|member| member.graded) {
        if tied.contains(&member.appraisal) {
            let held = Event::LineHeld { appraisal: member.appraisal, step: ListStep::Fix, due };
            emits.push(Emit::new(slate.opened.id, held));
            continue;
        }
        if let Some(proposal) = slate.proposals.get(&member.appraisal) {
            let fixed = Event::GradeFixed { grade: proposal.grade.clone(), sign_by };
            emits.push(Emit::new(member.appraisal, fixed));
        }
    }
    Ok(emits)
}
