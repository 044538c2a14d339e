//! A tip 其他人员提供情况 (公务员法 77) that no open case of a known person takes up: it says by name who should stay out of whose
//! case, and waits for the inspector. Who gave it stays sealed.

use crate::{
    context::{Context, text},
    event::Event,
    id::{AccountId, TipId},
    refusal::Refusal,
};
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
}

pub(crate) fn give(ctx: &Context, subject: &str, concerned: &str, words: &str) -> Result<Event, Refusal> {
    Ok(Event::TipGiven(Given {
        id: TipId((ctx.new_id)()),
        subject: text("subject", subject, 80)?,
        concerned: text("concerned", concerned, 80)?,
        text: text("text", words, 2000)?,
        tipster: ctx.actor.by().account,
    }))
}
