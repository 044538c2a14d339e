//! Events: what happened. They are the truth; every table that can be rebuilt is a view of them.

mod private;

use crate::{
    account,
    actor::Grant,
    appeal, appraisal,
    batch::Kind,
    composite::Composite,
    cycle::{self, Ungraded},
    declaration::{Asked, Relative},
    finding, goal,
    id::*,
    import::Batch,
    indicator::Indicator,
    look, notice, outcome, progress, recusal,
    roster::{Person, Unit},
    score::{Assessor, Computed, Given, Provenance},
    slate, survey,
    third_party::ThirdParty,
    tip,
};
pub use private::{Blank, ERASED, private_places};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};
use uuid::Uuid;

/// What kind of aggregate a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamKind {
    /// The rules of the day.
    Rules,
    /// A unit.
    Unit,
    /// A person.
    Person,
    /// An indicator.
    Indicator,
    /// A batch of source data.
    Batch,
    /// An account.
    Account,
    /// A cycle.
    Cycle,
    /// An appraisal.
    Appraisal,
    /// A slate.
    Slate,
    /// A notice.
    Notice,
    /// An outcome.
    Outcome,
    /// What somebody declares of their family; bears the person's id.
    Declaration,
    /// A finding.
    Finding,
    /// A tip.
    Tip,
    /// A look at somebody's ties.
    Look,
}

impl StreamKind {
    /// All kinds.
    pub const ALL: [StreamKind; 15] = [
        StreamKind::Rules,
        StreamKind::Unit,
        StreamKind::Person,
        StreamKind::Indicator,
        StreamKind::Batch,
        StreamKind::Account,
        StreamKind::Cycle,
        StreamKind::Appraisal,
        StreamKind::Slate,
        StreamKind::Notice,
        StreamKind::Outcome,
        StreamKind::Declaration,
        StreamKind::Finding,
        StreamKind::Tip,
        StreamKind::Look,
    ];

    /// The name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            StreamKind::Rules => "rules",
            StreamKind::Unit => "unit",
            StreamKind::Person => "person",
            StreamKind::Indicator => "indicator",
            StreamKind::Batch => "batch",
            StreamKind::Account => "account",
            StreamKind::Cycle => "cycle",
            StreamKind::Appraisal => "appraisal",
            StreamKind::Slate => "slate",
            StreamKind::Notice => "notice",
            StreamKind::Outcome => "outcome",
            StreamKind::Declaration => "declaration",
            StreamKind::Finding => "finding",
            StreamKind::Tip => "tip",
            StreamKind::Look => "look",
        }
    }
}

/// The record of one aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stream {
    /// What it is.
    pub kind: StreamKind,
    /// Which one.
    pub id: Uuid,
}

macro_rules! streams {
    ($($id:ident => $kind:ident),* $(,)?) => {$(
        impl From<$id> for Stream {
            fn from(id: $id) -> Self {
                Stream { kind: StreamKind::$kind, id: id.0 }
            }
        }
    )*};
}

streams! {
    UnitId => Unit, PersonId => Person, IndicatorId => Indicator, BatchId => Batch, AccountId => Account,
    CycleId => Cycle, AppraisalId => Appraisal, SlateId => Slate, NoticeId => Notice, OutcomeId => Outcome,
    FindingId => Finding,
    TipId => Tip,
    LookId => Look,
}

/// An event and whose record it goes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Emit {
    /// The aggregate.
    pub stream: Stream,
    /// What happened.
    pub event: Event,
}

impl Emit {
    /// An event for an aggregate.
    pub fn new(stream: impl Into<Stream>, event: Event) -> Self {
        Emit { stream: stream.into(), event }
    }
}

/// Whom the words of an event are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// This person.
    Person(PersonId),
    /// Whoever this appraisal is of.
    Appraisal(AppraisalId),
    /// Whoever the record is of that it stands in, or nobody.
    Stream,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(tag = "event", content = "data", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// The rule files changed: content hashes of regimes, policies and detectors.
    RulesRecorded { regimes: String, policies: String },
    /// A unit was entered or changed.
    UnitEntered(Unit),
    /// A person was entered or changed.
    PersonEntered(Box<Person>),
    /// What was told of a person was erased: these keys, each a subject's id and a version, were destroyed.
    SubjectErased { document: String, keys: Vec<(Uuid, i32)> },
    /// An indicator was defined or redefined.
    IndicatorDefined(Box<Indicator>),
    /// An indicator was taken out of the library.
    IndicatorRetired,
    /// A batch of source data was imported.
    BatchImported(Batch),

    /// An account was opened.
    AccountOpened(account::Opened),
    /// A role was granted.
    RoleGranted { grant: Grant },
    /// A role was taken back.
    RoleRevoked { grant: Grant },
    /// The account was locked by an administrator.
    AccountLocked { reason: String },
    /// The account was unlocked.
    AccountUnlocked,
    /// The password was set.
    PasswordSet,
    /// A second factor was enrolled.
    SecondFactorSet,
    /// The second factor was taken away, to be enrolled again.
    SecondFactorCleared,
    /// A signing key was enrolled: its public part, as C2SP `signed-note` spells it.
    SigningKeyEnrolled { key: String },
    /// It was retired.
    SigningKeyRetired,

    /// A cycle was opened.
    CycleOpened(Box<cycle::Opened>),
    /// Scoring was frozen: nothing is recomputed or scored any more.
    ScoringFrozen,
    /// The cycle was closed. Whoever was in it answers the survey by `survey`.
    CycleClosed { survey: Date },
    /// The answers to the survey were counted.
    SurveyCounted(survey::Counted),

    /// An appraisal was opened.
    AppraisalOpened(Box<appraisal::Opened>),
    /// A person is graded after all, or not.
    ParticipationChanged { ungraded: Option<(Ungraded, String)> },
    /// The assessors were named.
    AssessorsNamed { assessors: Vec<Assessor> },
    /// Goals were proposed.
    GoalsProposed(goal::Proposed),
    /// 部门审核; the unit answers by `due`.
    GoalsEndorsed { version: u32, due: Date },
    /// 单位确认
    GoalsConfirmed { version: u32 },
    /// Goals were sent back; the employee answers by `due`.
    GoalsReturned { version: u32, step: goal::Step, reason: String, due: Date },
    /// Progress was reported.
    ProgressReported(progress::Reported),
    /// Quantitative values were computed.
    ScoresComputed { values: Vec<Computed> },
    /// A qualitative score was given.
    ScoreGiven(Given),
    /// The witness confirmed the example; on paper, if so.
    ScoreConfirmed { score: ScoreId, on_paper: Option<PersonId> },
    /// The witness denied it.
    ScoreDenied { score: ScoreId, reason: String },
    /// HR sent a score back.
    ScoreReturned { score: ScoreId, reason: String },
    /// A sheet collected on paper could not be taken over.
    SheetUnfit { source: Provenance, reason: String },
    /// HR has reviewed the scores.
    ScoresReviewed,
    /// An appeal was filed.
    AppealFiled(appeal::Filed),
    /// HR named who decides.
    AppealAssigned { appeal: AppealId, decider: PersonId },
    /// The appeal was decided.
    AppealDecided { appeal: AppealId, verdict: appeal::Verdict, reasons: String },
    /// The appeal was taken back.
    AppealWithdrawn { appeal: AppealId },
    /// It was raised that somebody may have to stay out.
    RecusalRaised(recusal::Raised),
    /// The competent leader decided that somebody stays out, or not.
    RecusalDecided { recusal: RecusalId, recused: bool, reasons: Option<String>, substitute: Option<PersonId> },
    /// Somebody from outside was entered for this appraisal alone, or the entry was corrected.
    ThirdPartyEntered(ThirdParty),
    /// The composite score was fixed.
    CompositeFixed(Box<Composite>),
    /// The grade is final.
    GradeFixed { grade: String, sign_by: Date },
    /// The person signed the result.
    ResultSigned { agrees: bool, opinion: Option<String> },
    /// The person answered the survey; nothing once that was erased.
    SurveyAnswered { answers: Option<survey::Answers> },

    /// A slate was opened.
    SlateOpened(slate::Opened),
    /// A member's participation changed, and with it the base and the quota.
    MemberChanged { appraisal: AppraisalId, graded: bool, base: u32, quota: u32 },
    /// A document set another share of the top grade.
    QuotaSet { share: u32, document: String, quota: u32 },
    /// A grade was proposed.
    GradeProposed { appraisal: AppraisalId, grade: String, reason: Option<String> },
    /// The unit handed its slate to HR.
    SlateSubmitted { due: Date },
    /// HR sent it back.
    SlateReturned { reason: String, due: Date },
    /// HR reviewed it.
    SlateReviewed { due: Date },
    /// Its top grades were published.
    SlatePublished { notice: NoticeId },
    /// Publicity ended without an open objection.
    PublicityEnded { due: Date },
    /// Its grades are final.
    GradesFixed,
    /// A line was held back from a step on the list: who took the step is tied to the person on it. Another takes it by
    /// `due`.
    LineHeld { appraisal: AppraisalId, step: slate::ListStep, due: Date },
    /// Another took the step on a line held back.
    LineDecided { appraisal: AppraisalId },

    /// A notice was posted.
    NoticePosted(notice::Posted),
    /// Somebody objected.
    Objected(notice::Objected),
    /// HR answered an objection.
    ObjectionAnswered { objection: ObjectionId, upheld: bool, reply: String },
    /// A published line was corrected; the window runs anew until `until`.
    NoticeCorrected { appraisal: AppraisalId, grade: String, reason: String, until: Date },
    /// The notice was closed.
    NoticeClosed,

    /// 部门推荐
    OutcomeRecommended(outcome::Recommended),
    /// 人力资源部审核
    OutcomeReviewed { approved: bool, opinion: Option<String>, due: Date },
    /// 总经理/市政府审批
    OutcomeDecided { approved: bool, opinion: Option<String> },

    /// Somebody was asked to declare their family.
    DeclarationAsked(Asked),
    /// Somebody declared their family.
    FamilyDeclared { relatives: Vec<Relative> },
    /// Something looks wrong.
    FindingRaised(Box<finding::Raised>),
    /// An inspector has it.
    FindingAssigned { to: PersonId },
    /// The person concerned was asked and answers by `due`.
    ReplyAsked { due: Date },
    /// The person concerned answered.
    FindingReplied { text: String },
    /// It was closed.
    FindingClosed { disposition: finding::Disposition, reasons: String },
    /// It rests.
    FindingSilenced { until: Date, reason: String },
    /// It was opened again.
    FindingReopened { reason: String },
    /// Somebody who remains unnamed said that somebody should stay out of a case.
    TipGiven(tip::Given),
    /// See [`crate::act::Act::CloseTip`].
    TipClosed { reasons: String },

    /// A step was not taken in time; those who oversee it were told.
    Escalated { todo: String, due: Date },

    /// An inspector looked at somebody's ties.
    TiesLookedAt(Box<look::LookedAt>),
}

impl Event {
    /// The names of all events.
    pub const NAMES: &[&str] = <Event as VariantNames>::VARIANTS;

    /// The name in the record.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// Whether the record does not say who did it: whoever gives a tip remains unnamed. Their account is among the words, which
    /// are sealed.
    pub fn conceals_actor(&self) -> bool {
        matches!(self, Event::RecusalRaised(raised) if raised.origin == recusal::Origin::Tip)
            || matches!(self, Event::TipGiven(_))
    }

    /// Whether the kind of batch turns into events of its own rather than staying rows.
    pub fn unfolds(kind: Kind) -> bool {
        matches!(kind, Kind::Units | Kind::People | Kind::Indicators)
    }
}
