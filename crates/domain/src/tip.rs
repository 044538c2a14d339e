//! A tip 其他人员提供情况 (公务员法 77) that no open case of a known person takes up: it says by name who should stay out of whose
//! case, and is the to-do of the inspectors until one of them closes it. Who gave it stays sealed.

use crate::{
    actor::Stamp,
    context::{Context, text},
    event::Event,
    id::{AccountId, TipId},
    refusal::{Reason, Refusal},
    roster::Person,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A tip was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Its id.
    pub id: TipId,
    /// Whose case it is about, as typed.
    pub subject: String,
    /// Who should stay out, as typed.
    pub concerned: String,
    /// What was said.
    pub text: String,
    /// Who gave it: sealed, and told to nobody.
    pub tipster: Option<AccountId>,
    /// Somebody looks by.
    pub due: Date,
}

/// A tip as its record tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// What was given.
    pub given: Given,
    /// When.
    pub stamp: Stamp,
    /// What an inspector made of it.
    pub closed: Option<(String, Stamp)>,
    /// Steps that were escalated.
    pub escalated: Vec<(String, Stamp)>,
}

impl Tip {
    /// Whether it names somebody, by name or employee number, however it is typed.
    pub fn mentions(&self, person: &Person) -> bool {
        let calls =
            |typed: &str| [&person.name, &person.number].into_iter().any(|called| typed.contains(called.as_str()));
        calls(&self.given.subject) || calls(&self.given.concerned)
    }

    /// Fold a record.
    pub fn fold<'a>(record: impl IntoIterator<Item = (&'a Event, Stamp)>) -> Option<Self> {
        let mut record = record.into_iter();
        let (Event::TipGiven(given), stamp) = record.next()? else { return None };
        let mut tip = Tip { given: given.clone(), stamp, closed: None, escalated: Vec::new() };
        for (event, stamp) in record {
            match event {
                Event::TipClosed { reasons } => tip.closed = Some((reasons.clone(), stamp)),
                Event::Escalated { todo, .. } => tip.escalated.push((todo.clone(), stamp)),
                _ => {}
            }
        }
        Some(tip)
    }
}

pub(crate) fn give(ctx: &Context, subject: &str, concerned: &str, words: &str) -> Result<Event, Refusal> {
    Ok(Event::TipGiven(Given {
        id: TipId((ctx.new_id)()),
        subject: text("subject", subject, 80)?,
        concerned: text("concerned", concerned, 80)?,
        text: text("text", words, 2000)?,
        tipster: ctx.actor.by().account,
        due: ctx.due(ctx.rules.recusal.finding.workdays)?,
    }))
}

pub(crate) fn close(tip: &Tip, reasons: &str) -> Result<Event, Refusal> {
    if tip.closed.is_some() {
        return Err(Reason::AlreadyDone.into());
    }
    Ok(Event::TipClosed { reasons: text("reasons", reasons, 2000)? })
}
