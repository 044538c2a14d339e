//! Findings 风险线索: something that looks wrong, put in front of a person. A finding is a question, never a verdict: it
//! changes no score and no grade, keeps nobody out, and is closed by an inspector, with reasons, after the person concerned
//! has had their say. It can rest for a while, and is never deleted.

use crate::{
    actor::{Assignee, Stamp},
    context::{Context, day, text},
    event::{Emit, Event},
    id::{BatchId, FindingId, PersonId, UnitId},
    refusal::{Reason, Refusal},
    roster::Roster,
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// How sure it is that somebody must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A rule is broken: this is so or it is not.
    Rule,
    /// Hardly by chance.
    Alert,
    /// Worth a look.
    Watch,
}

impl Level {
    /// All of them, the gravest first.
    pub const ALL: [Level; 3] = [Level::Rule, Level::Alert, Level::Watch];

    /// The name in tables and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Rule => "rule",
            Level::Alert => "alert",
            Level::Watch => "watch",
        }
    }
}

/// Where a statement stands that a finding rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A row of a batch, as the spreadsheet numbers it.
    Row(BatchId, u32),
    /// A line of somebody's newest declaration, from 1.
    Line(PersonId, u32),
}

/// What a detector says, apart from whom it is about. Sealed: it tells who is tied to whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Staff it is about, besides the subject.
    pub others: Vec<PersonId>,
    /// What its sentence is filled with.
    pub facts: BTreeMap<String, String>,
    /// What it rests on.
    pub places: Vec<Place>,
    /// What a scan of the facts says; none of what is said of ties.
    pub scanned: Option<Scanned>,
}

/// What a scan of the facts says of somebody or something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanned {
    /// What kind of thing was found.
    pub title: Bilingual,
    /// What was found, with names.
    pub sentence: Bilingual,
    /// The rows of the facts behind it, as they were then.
    pub tables: Vec<Behind>,
    /// Where it stands among its peers.
    pub picture: Option<Picture>,
}

/// Words in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Rows of one fact table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behind {
    /// The table.
    pub table: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Its cells, row by row.
    pub rows: Vec<Vec<String>>,
    /// How many rows more there are.
    pub more: u64,
}

/// How many of its peers lie where: a histogram of equal bins, and the bin of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The lower end of the first bin.
    pub from: String,
    /// The upper end of the last bin.
    pub to: String,
    /// How many lie in each bin, what was found among them.
    pub counts: Vec<u32>,
    /// The bin of what was found.
    pub own: u32,
}

/// The versions of what a finding of a scan rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// The hash of the detector's files.
    pub detector: String,
    /// The hash of the facts.
    pub facts: String,
}

/// Something a detector found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detected {
    /// The detector: a word of [`crate::ties::findings`], or the id of a folder of `detectors/`.
    pub detector: String,
    /// How sure.
    pub level: Level,
    /// The same for the same thing found again, and telling nobody what it is.
    pub key: String,
    /// Whom it is about, who has the right of reply.
    pub subject: PersonId,
    /// Of a scan: the versions of what it rests on.
    pub versions: Option<Versions>,
    /// The rest.
    pub told: Told,
}

/// What the key of something merely worth a look ends in. Once it is found as something graver, it is not raised again as less.
pub const LESS_GRAVE: &str = "-watch";

/// A finding was raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Its id.
    pub id: FindingId,
    /// By which detector.
    pub detector: String,
    /// How sure.
    pub level: Level,
    /// See [`Detected::key`].
    pub key: String,
    /// Whom it is about.
    pub subject: PersonId,
    /// Their unit.
    pub unit: UnitId,
    /// Of a scan: the versions of what it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versions>,
    /// The rest; nothing once the subject was erased.
    pub told: Option<Told>,
    /// Somebody looks by.
    pub due: Date,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// 属实: it is so.
    Confirmed,
    /// 已更正: it was so and was put right, as by declaring later.
    Corrected,
    /// 情况说明属实: there is a good reason.
    Explained,
    /// 不属实: it is not so.
    Unfounded,
}

impl Disposition {
    /// All of them.
    pub const ALL: [Disposition; 4] =
        [Disposition::Confirmed, Disposition::Corrected, Disposition::Explained, Disposition::Unfounded];

    /// The name in tables and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Disposition::Confirmed => "confirmed",
            Disposition::Corrected => "corrected",
            Disposition::Explained => "explained",
            Disposition::Unfounded => "unfounded",
        }
    }
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nobody has taken it yet.
    Raised,
    /// An inspector has it.
    Assigned,
    /// The person concerned was asked.
    Asked,
    /// They have answered.
    Answered,
    /// It rests until a day.
    Silenced,
    /// It is closed.
    Closed,
}

impl Stage {
    /// All of them.
    pub const ALL: [Stage; 6] =
        [Stage::Raised, Stage::Assigned, Stage::Asked, Stage::Answered, Stage::Silenced, Stage::Closed];

    /// The name in tables and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Raised => "raised",
            Stage::Assigned => "assigned",
            Stage::Asked => "asked",
            Stage::Answered => "answered",
            Stage::Silenced => "silenced",
            Stage::Closed => "closed",
        }
    }
}

/// A finding as its record tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What was raised.
    pub raised: Raised,
    /// When.
    pub stamp: Stamp,
    /// Which inspector has it.
    pub assigned: Option<(PersonId, Stamp)>,
    /// The person concerned was asked, and answers by this day.
    pub asked: Option<(Date, Stamp)>,
    /// What they said.
    pub replies: Vec<(String, Stamp)>,
    /// It rests until this day, for this reason.
    pub silenced: Option<(Date, String, Stamp)>,
    /// How it was closed, with reasons.
    pub closed: Option<(Disposition, String, Stamp)>,
    /// When it was opened again, with reasons.
    pub reopened: Vec<(String, Stamp)>,
    /// Steps that were escalated.
    pub escalated: Vec<(String, Stamp)>,
}

impl Finding {
    /// Fold a record.
    pub fn fold<'a>(record: impl IntoIterator<Item = (&'a Event, Stamp)>) -> Option<Self> {
        let mut record = record.into_iter();
        let mut finding = match record.next()? {
            (Event::FindingRaised(raised), stamp) => Finding {
                raised: (**raised).clone(),
                stamp,
                assigned: None,
                asked: None,
                replies: Vec::new(),
                silenced: None,
                closed: None,
                reopened: Vec::new(),
                escalated: Vec::new(),
            },
            _ => return None,
        };
        for (event, stamp) in record {
            finding.apply(event, stamp);
        }
        Some(finding)
    }

    /// Take one event in.
    pub fn apply(&mut self, event: &Event, stamp: Stamp) {
        match event {
            Event::FindingAssigned { to } => self.assigned = Some((*to, stamp)),
            Event::ReplyAsked { due } => (self.asked, self.silenced) = (Some((*due, stamp)), None),
            Event::FindingReplied { text } => self.replies.push((text.clone(), stamp)),
            Event::FindingSilenced { until, reason } => self.silenced = Some((*until, reason.clone(), stamp)),
            Event::FindingClosed { disposition, reasons } => {
                self.closed = Some((*disposition, reasons.clone(), stamp));
                self.silenced = None;
            }
            Event::FindingReopened { reason } => {
                self.closed = None;
                self.reopened.push((reason.clone(), stamp));
            }
            Event::Escalated { todo, .. } => self.escalated.push((todo.clone(), stamp)),
            _ => {}
        }
    }

    /// Whether the person concerned has answered what they were asked last.
    fn is_answered(&self) -> bool {
        let asked = self.asked.as_ref().map(|(_, stamp)| stamp.at);
        self.replies.last().is_some_and(|(_, stamp)| Some(stamp.at) >= asked)
    }

    /// Where it stands. What rests does so until its day has come, whichever day is asked on.
    pub fn stage(&self) -> Stage {
        match self {
            _ if self.closed.is_some() => Stage::Closed,
            _ if self.silenced.is_some() => Stage::Silenced,
            _ if self.asked.is_some() && self.is_answered() => Stage::Answered,
            _ if self.asked.is_some() => Stage::Asked,
            _ if self.assigned.is_some() => Stage::Assigned,
            _ => Stage::Raised,
        }
    }

    /// Whether the person concerned knows of it: from when they are asked.
    pub fn is_known_to_subject(&self) -> bool {
        self.asked.is_some()
    }

    /// Whose it is to go on with.
    pub fn holder(&self) -> Assignee {
        self.assigned.as_ref().map_or(Assignee::Inspector, |(to, _)| Assignee::Person(*to))
    }

    fn open(&self) -> Result<(), Refusal> {
        if self.closed.is_some() { Err(Reason::FindingClosed.into()) } else { Ok(()) }
    }
}

/// Raise what was found and is not on record yet, by the keys that are.
pub(crate) fn raise(
    ctx: &Context,
    roster: &Roster,
    known: &BTreeSet<String>,
    found: &[Detected],
) -> Result<Vec<Emit>, Refusal> {
    let due = ctx.due(ctx.rules.recusal.finding.workdays)?;
    let graver = |key: &str| key.strip_suffix(LESS_GRAVE).is_some_and(|key| known.contains(key));
    let new = found.iter().filter(|found| !known.contains(&found.key) && !graver(&found.key));
    let emits: Vec<Emit> = new
        .filter_map(|found| {
            let unit = roster.people.get(&found.subject)?.assignment.unit;
            let raised = Raised {
                id: FindingId((ctx.new_id)()),
                detector: found.detector.clone(),
                level: found.level,
                key: found.key.clone(),
                subject: found.subject,
                unit,
                versions: found.versions.clone(),
                told: Some(found.told.clone()),
                due,
            };
            Some(Emit::new(raised.id, Event::FindingRaised(Box::new(raised))))
        })
        .collect();
    if emits.is_empty() { Err(Reason::NothingFound.into()) } else { Ok(emits) }
}

pub(crate) fn assign(finding: &Finding, inspectors: &BTreeSet<PersonId>, to: PersonId) -> Result<Event, Refusal> {
    finding.open()?;
    if !inspectors.contains(&to) || to == finding.raised.subject {
        return Err(Reason::InspectorUnfit.into());
    }
    if finding.assigned.as_ref().is_some_and(|(holder, _)| *holder == to) {
        return Err(Reason::NothingChanged.into());
    }
    Ok(Event::FindingAssigned { to })
}

pub(crate) fn ask(ctx: &Context, finding: &Finding) -> Result<Event, Refusal> {
    finding.open()?;
    if finding.stage() == Stage::Asked {
        return Err(Reason::AlreadyDone.into());
    }
    Ok(Event::ReplyAsked { due: ctx.due(ctx.rules.recusal.reply.workdays)? })
}

pub(crate) fn reply(finding: &Finding, words: &str) -> Result<Event, Refusal> {
    finding.open()?;
    Ok(Event::FindingReplied { text: text("text", words, 2000)? })
}

/// Nothing is confirmed against somebody who was not heard: they have answered, or had their time.
pub(crate) fn close(
    ctx: &Context,
    finding: &Finding,
    disposition: Disposition,
    reasons: &str,
) -> Result<Event, Refusal> {
    finding.open()?;
    if disposition == Disposition::Confirmed && !finding.is_answered() {
        match &finding.asked {
            None => return Err(Reason::NotHeard.into()),
            Some((due, _)) if ctx.today() <= *due => {
                return Err(Refusal::from(Reason::ReplyPending).with("until", due));
            }
            Some(_) => {}
        }
    }
    Ok(Event::FindingClosed { disposition, reasons: text("reasons", reasons, 2000)? })
}

/// The longest that a finding may rest.
const LONGEST_SILENCE: i32 = 366;

pub(crate) fn silence(ctx: &Context, finding: &Finding, until: Date, reason: &str) -> Result<Event, Refusal> {
    finding.open()?;
    if finding.silenced.as_ref().is_some_and(|(until, ..)| ctx.today() < *until) {
        return Err(Reason::AlreadyDone.into());
    }
    let latest = ctx.today().saturating_add(LONGEST_SILENCE.days());
    if until <= ctx.today() || until > latest {
        return Err(Refusal::from(Reason::SilenceUnfit).with("latest", latest));
    }
    Ok(Event::FindingSilenced { until, reason: text("reason", reason, 1000)? })
}

pub(crate) fn reopen(finding: &Finding, reason: &str) -> Result<Event, Refusal> {
    if finding.closed.is_none() {
        return Err(Reason::NothingWaiting.into());
    }
    Ok(Event::FindingReopened { reason: text("reason", reason, 1000)? })
}

impl Finding {
    /// The day on which it was raised.
    pub fn raised_on(&self) -> Date {
        day(self.stamp.at)
    }
}
