//! Publicity 公示 of the top grades: a window of working days, objections, answers in time. An open
//! objection blocks closing, so does one that was upheld while its line still stands, and a correction starts
//! the window anew.

use crate::{
    actor::Stamp,
    context::{Context, text},
    cycle::Cycle,
    event::{Emit, Event},
    id::{AppraisalId, CycleId, NoticeId, ObjectionId, PersonId, SlateId, UnitId},
    refusal::{Reason, Refusal},
    slate::Slate,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A published line: name, unit and proposed grade, nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Whose.
    pub appraisal: AppraisalId,
    /// Who.
    pub person: PersonId,
    /// The grade.
    pub grade: String,
}

/// A notice was posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Its id.
    pub id: NoticeId,
    /// The cycle.
    pub cycle: CycleId,
    /// The slate.
    pub slate: SlateId,
    /// The unit within which it is published.
    pub unit: UnitId,
    /// What is published.
    pub lines: Vec<Line>,
    /// The last day of the window.
    pub until: Date,
}

/// An objection was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objected {
    /// Its id.
    pub id: ObjectionId,
    /// About whom.
    pub appraisal: AppraisalId,
    /// What is objected.
    pub text: String,
    /// HR answers by.
    pub due: Date,
}

/// An objection and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Objection {
    /// What was objected.
    pub objected: Objected,
    /// When and by whom.
    pub stamp: Stamp,
    /// Whether it was found right, the answer, and by whom.
    pub reply: Option<(bool, String, Stamp)>,
}

/// A correction of a notice.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    /// About whom.
    pub appraisal: AppraisalId,
    /// The grade that takes the place of the published one.
    pub grade: String,
    /// Why.
    pub reason: String,
    /// When and by whom.
    pub stamp: Stamp,
}

/// A notice as its record tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How it was posted.
    pub posted: Posted,
    /// When and by whom.
    pub stamp: Stamp,
    /// What is published, as it stands.
    pub lines: Vec<Line>,
    /// The last day of the window, as it stands.
    pub until: Date,
    /// Corrections, oldest first.
    pub corrections: Vec<Correction>,
    /// Objections, oldest first.
    pub objections: Vec<Objection>,
    /// Closed.
    pub closed: Option<Stamp>,
    /// Steps that were escalated.
    pub escalated: Vec<(String, Stamp)>,
}

impl Notice {
    /// Fold a record.
    pub fn fold<'a>(record: impl IntoIterator<Item = (&'a Event, Stamp)>) -> Option<Self> {
        let mut record = record.into_iter();
        let mut notice = match record.next()? {
            (Event::NoticePosted(posted), stamp) => Notice {
                lines: posted.lines.clone(),
                until: posted.until,
                posted: posted.clone(),
                stamp,
                corrections: Vec::new(),
                objections: Vec::new(),
                closed: None,
                escalated: Vec::new(),
            },
            _ => return None,
        };
        for (event, stamp) in record {
            notice.apply(event, stamp);
        }
        Some(notice)
    }

    /// Take one event in.
    pub fn apply(&mut self, event: &Event, stamp: Stamp) {
        match event {
            Event::Objected(objected) => {
                self.objections.push(Objection { objected: objected.clone(), stamp, reply: None });
            }
            Event::ObjectionAnswered { objection, upheld, reply } => {
                if let Some(known) = self.objections.iter_mut().find(|known| known.objected.id == *objection) {
                    known.reply = Some((*upheld, reply.clone(), stamp));
                }
            }
            Event::NoticeCorrected { appraisal, grade, reason, until } => {
                self.lines.retain(|line| line.appraisal != *appraisal);
                self.until = *until;
                let (grade, reason) = (grade.clone(), reason.clone());
                self.corrections.push(Correction { appraisal: *appraisal, grade, reason, stamp });
            }
            Event::NoticeClosed => self.closed = Some(stamp),
            Event::Escalated { todo, .. } => self.escalated.push((todo.clone(), stamp)),
            _ => {}
        }
    }

    /// Objections without an answer.
    pub fn open_objections(&self) -> usize {
        self.objections.iter().filter(|objection| objection.reply.is_none()).count()
    }

    /// Published lines that an objection was upheld against: they are corrected before the notice can close.
    pub fn uncorrected(&self) -> impl Iterator<Item = &Objection> {
        let upheld = |objection: &&Objection| matches!(objection.reply, Some((true, ..)));
        let stands =
            |objection: &&Objection| self.lines.iter().any(|line| line.appraisal == objection.objected.appraisal);
        self.objections.iter().filter(upheld).filter(stands)
    }

    fn running(&self) -> Result<(), Refusal> {
        if self.closed.is_some() { Err(Reason::NoticeClosed.into()) } else { Ok(()) }
    }
}

pub(crate) fn post(ctx: &Context, cycle: &Cycle, slate: &Slate) -> Result<Vec<Emit>, Refusal> {
    cycle.running()?;
    if slate.reviewed.is_none() {
        return Err(Reason::NothingWaiting.into());
    }
    if slate.notice.is_some() {
        return Err(Reason::AlreadyDone.into());
    }
    slate.whole()?;
    let top = cycle.top_grade();
    let lines: Vec<Line> = slate
        .holders(top)
        .map(|member| Line { appraisal: member.appraisal, person: member.person, grade: top.to_owned() })
        .collect();
    if lines.is_empty() {
        return Err(Reason::NothingWaiting.into());
    }
    let id = NoticeId((ctx.new_id)());
    let until = ctx.due(cycle.opened.terms.notice)?;
    let posted = Posted { id, cycle: cycle.opened.id, slate: slate.opened.id, unit: slate.opened.unit, lines, until };
    Ok(vec![
        Emit::new(id, Event::NoticePosted(posted)),
        Emit::new(slate.opened.id, Event::SlatePublished { notice: id }),
    ])
}

pub(crate) fn object(
    ctx: &Context,
    cycle: &Cycle,
    notice: &Notice,
    appraisal: AppraisalId,
    words: &str,
) -> Result<Event, Refusal> {
    notice.running()?;
    if ctx.today() > notice.until {
        return Err(Refusal::from(Reason::TooLate).with("until", notice.until));
    }
    if !notice.lines.iter().any(|line| line.appraisal == appraisal) {
        return Err(Reason::NotFound.into());
    }
    Ok(Event::Objected(Objected {
        id: ObjectionId((ctx.new_id)()),
        appraisal,
        text: text("text", words, 4000)?,
        due: ctx.due(cycle.opened.terms.objection_reply)?,
    }))
}

pub(crate) fn reply(notice: &Notice, id: ObjectionId, upheld: bool, words: &str) -> Result<Event, Refusal> {
    notice.running()?;
    let objection = notice.objections.iter().find(|known| known.objected.id == id).ok_or(Reason::NotFound)?;
    if objection.reply.is_some() {
        return Err(Reason::AlreadyAnswered.into());
    }
    Ok(Event::ObjectionAnswered { objection: id, upheld, reply: text("reply", words, 4000)? })
}

/// A published person gets another grade after all: the line goes, the slate changes, the window of
/// working days starts again today.
pub(crate) fn correct(
    ctx: &Context,
    cycle: &Cycle,
    notice: &Notice,
    slate: &Slate,
    appraisal: AppraisalId,
    grade: &str,
    reason: &str,
) -> Result<Vec<Emit>, Refusal> {
    notice.running()?;
    if !notice.lines.iter().any(|line| line.appraisal == appraisal) {
        return Err(Reason::NotFound.into());
    }
    if grade == cycle.top_grade() {
        return Err(Reason::NothingChanged.into());
    }
    slate.admits(cycle, appraisal, grade)?;
    let reason = text("reason", reason, 1000)?;
    let until = ctx.due(cycle.opened.terms.notice)?;
    let grade = grade.to_owned();
    Ok(vec![
        Emit::new(
            notice.posted.id,
            Event::NoticeCorrected { appraisal, grade: grade.clone(), reason: reason.clone(), until },
        ),
        Emit::new(slate.opened.id, Event::GradeProposed { appraisal, grade, reason: Some(reason) }),
    ])
}

pub(crate) fn close(ctx: &Context, cycle: &Cycle, notice: &Notice) -> Result<Vec<Emit>, Refusal> {
    notice.running()?;
    if notice.open_objections() > 0 {
        return Err(Refusal::from(Reason::ObjectionsOpen).with("count", notice.open_objections()));
    }
    if notice.uncorrected().next().is_some() {
        return Err(Refusal::from(Reason::CorrectionDue).with("count", notice.uncorrected().count()));
    }
    if ctx.today() <= notice.until {
        return Err(Refusal::from(Reason::TooEarly).with("until", notice.until));
    }
    let due = ctx.due(cycle.opened.terms.slate_step)?;
    Ok(vec![
        Emit::new(notice.posted.id, Event::NoticeClosed),
        Emit::new(notice.posted.slate, Event::PublicityEnded { due }),
    ])
}
