//! Progress 进展: work reported by the employee against a confirmed goal, with attachments.

use crate::{
    actor::Stamp,
    appraisal::Appraisal,
    context::{Context, text},
    cycle::Cycle,
    event::Event,
    id::GoalId,
    refusal::{Reason, Refusal},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A file kept by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// SHA-256 of the content, hex: its name in the store and its proof.
    pub digest: String,
    /// The name it was sent with.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Media type, as told from the content.
    pub media: String,
}

/// Progress was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// The goal.
    pub goal: GoalId,
    /// How much of it is done, in percent.
    pub percent: u8,
    /// What was done.
    pub text: String,
    /// Files that show it.
    pub attachments: Vec<Attachment>,
}

/// A report and when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was reported.
    pub reported: Reported,
    /// When and by whom.
    pub stamp: Stamp,
}

/// The most files one report may carry.
pub const MOST_ATTACHMENTS: usize = 5;
/// The largest file, in bytes.
pub const LARGEST_ATTACHMENT: u64 = 10 * 1024 * 1024;
/// The longest name of a file, in characters.
pub const LONGEST_NAME: usize = 200;
/// Media types that may be attached.
pub const MEDIA: &[&str] = &[
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/plain",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

pub(crate) fn report(
    _ctx: &Context,
    cycle: &Cycle,
    appraisal: &Appraisal,
    reported: &Reported,
    stored: &[Attachment],
) -> Result<Event, Refusal> {
    cycle.running()?;
    let goals = appraisal.confirmed_goals().ok_or(Reason::GoalsUnconfirmed)?;
    if !goals.proposed.goals.iter().any(|goal| goal.id == reported.goal) {
        return Err(Reason::GoalUnknown.into());
    }
    if reported.percent > 100 {
        return Err(Reason::PercentUnfit.into());
    }
    if reported.attachments.len() > MOST_ATTACHMENTS {
        return Err(Refusal::from(Reason::AttachmentsTooMany).with("limit", MOST_ATTACHMENTS));
    }
    for attachment in &reported.attachments {
        text("name", &attachment.name, LONGEST_NAME)?;
        // What is on record is what the store measured, not what the client says.
        if !stored.contains(attachment) {
            return Err(Refusal::from(Reason::AttachmentUnknown).with("name", &attachment.name));
        }
    }
    let text = text("text", &reported.text, 4000)?;
    Ok(Event::ProgressReported(Reported { text, ..reported.clone() }))
}
