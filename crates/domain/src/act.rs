//! Acts: everything that anybody can ask to be done. Web forms, the API, the command line and the
//! timers all send one of these; there is no second way to change anything.

use crate::{
    actor::{Assignee, Grant},
    appeal,
    batch::Kind,
    cycle::{CycleDraft, Ungraded},
    declaration::{self, Relative},
    event::{Stream, StreamKind},
    finding::{Detected, Disposition},
    goal::{GoalDraft, Step},
    id::*,
    import::Batch,
    indicator::IndicatorDraft,
    outcome,
    progress::Attachment,
    score::{Assessor, ScoreDraft},
    third_party,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};
use utoipa::ToSchema;
use uuid::Uuid;

/// What is asked to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema, IntoStaticStr, VariantNames)]
#[serde(tag = "act", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Act {
    /// Put the hashes of the rule files on record, when they changed.
    RecordRules { regimes: String, policies: String },
    /// Import a batch whose rows were laid down.
    ImportBatch { batch: Batch },
    /// Define an indicator, or redefine the one of the same code.
    DefineIndicator { indicator: IndicatorDraft },
    /// Take an indicator out of the library. Cycles that were opened with it keep it.
    RetireIndicator { indicator: IndicatorId },

    /// Erase what was told of a person, on a document that says why: the keys that open it are destroyed.
    EraseSubject { person: PersonId, document: String },

    /// Open an account.
    OpenAccount { login: String, person: Option<PersonId>, name: Option<String> },
    /// Grant a role.
    GrantRole { account: AccountId, grant: Grant },
    /// Take a role back.
    RevokeRole { account: AccountId, grant: Grant },
    /// Lock an account.
    LockAccount { account: AccountId, reason: String },
    /// Unlock an account.
    UnlockAccount { account: AccountId },
    /// Set a password: one's own, or a first one by the system administrator. The hash travels beside the
    /// act and never enters the record.
    SetPassword { account: AccountId },
    /// Enrol a second factor for oneself.
    SetSecondFactor { account: AccountId },
    /// Take a second factor away, so that its owner enrols anew.
    ClearSecondFactor { account: AccountId },
    /// Enrol the public key (C2SP `signed-note`, a verifier key) under which one's scores, approvals and verdicts are signed
    /// from now on. It takes the place of the one before, and signs this act itself.
    EnrolSigningKey { account: AccountId, key: String },
    /// Sign no more.
    RetireSigningKey { account: AccountId },

    /// Open a cycle.
    OpenCycle { cycle: CycleDraft },
    /// End scoring: fix everyone's composite.
    FreezeScoring { cycle: CycleId },
    /// Close a cycle when everyone has signed.
    CloseCycle { cycle: CycleId },
    /// Count what everyone answered to the survey at the end of a cycle. Only the product's own timer does.
    CountSurvey { cycle: CycleId },

    /// Mark a person as not graded, or as graded after all.
    ChangeParticipation { appraisal: AppraisalId, ungraded: Option<Ungraded>, note: String },
    /// Name who scores the qualitative indicators.
    NameAssessors { appraisal: AppraisalId, assessors: Vec<Assessor> },
    /// 员工提报
    ProposeGoals {
        appraisal: AppraisalId,
        #[serde(default)]
        goals: Vec<GoalDraft>,
        reason: String,
    },
    /// 部门审核
    EndorseGoals { appraisal: AppraisalId, version: u32 },
    /// 单位确认
    ConfirmGoals { appraisal: AppraisalId, version: u32 },
    /// Send goals back, with the reason.
    ReturnGoals { appraisal: AppraisalId, version: u32, step: Step, reason: String },
    /// Report progress against a goal.
    ReportProgress {
        appraisal: AppraisalId,
        goal: GoalId,
        percent: u8,
        text: String,
        /// None named is none: a report need show no file.
        #[serde(default)]
        attachments: Vec<Attachment>,
    },
    /// Compute the quantitative scores of a person from what was observed.
    ComputeScores { appraisal: AppraisalId },
    /// Take over the sheets collected on paper for a person.
    AdoptScores { appraisal: AppraisalId },
    /// Give a qualitative score.
    GiveScore { appraisal: AppraisalId, score: ScoreDraft },
    /// Confirm the example a score rests on.
    ConfirmScore { appraisal: AppraisalId, score: ScoreId },
    /// Deny it.
    DenyScore { appraisal: AppraisalId, score: ScoreId, reason: String },
    /// Send a score back to its assessor.
    ReturnScore { appraisal: AppraisalId, score: ScoreId, reason: String },
    /// Say that a person's scores were reviewed.
    ReviewScores { appraisal: AppraisalId },
    /// Appeal against a score.
    FileAppeal { appraisal: AppraisalId, target: appeal::Target, grounds: String },
    /// Name who decides an appeal.
    AssignAppeal { appraisal: AppraisalId, appeal: AppealId, decider: PersonId },
    /// Decide an appeal.
    DecideAppeal { appraisal: AppraisalId, appeal: AppealId, verdict: appeal::Verdict, reasons: String },
    /// Take an appeal back.
    WithdrawAppeal { appraisal: AppraisalId, appeal: AppealId },
    /// Raise that somebody with a duty on this appraisal may have to stay out of it: oneself, the person appraised, or
    /// anybody, who then remains unnamed.
    RaiseRecusal { appraisal: AppraisalId, concerned: PersonId, text: String },
    /// Decide whether they stay out, and who takes their place.
    DecideRecusal {
        appraisal: AppraisalId,
        recusal: RecusalId,
        recused: bool,
        reasons: String,
        substitute: Option<PersonId>,
    },
    /// Enter somebody from outside for this appraisal alone, who may then be named assessor or substitute in it.
    EnterThirdParty { appraisal: AppraisalId, third_party: third_party::ThirdPartyDraft },
    /// Sign the result.
    SignResult { appraisal: AppraisalId, agrees: bool, opinion: String },
    /// Answer the survey at the end of the cycle: 1, very dissatisfied, to 5, very satisfied.
    AnswerSurvey { appraisal: AppraisalId, process: u8, result: u8 },

    /// Set another share of the top grade, on a document.
    SetQuota { slate: SlateId, share: u32, document: String },
    /// Propose a grade.
    ProposeGrade { slate: SlateId, appraisal: AppraisalId, grade: String, reason: String },
    /// Hand the slate to HR.
    SubmitSlate { slate: SlateId },
    /// Send it back to the unit.
    ReturnSlate { slate: SlateId, reason: String },
    /// Say that it was reviewed.
    ReviewSlate { slate: SlateId },
    /// Fix the grades.
    FixGrades { slate: SlateId },
    /// Review or fix one line that was held back when the rest of the list was.
    DecideLine { slate: SlateId, appraisal: AppraisalId },

    /// Publish the top grades of a slate.
    PostNotice { slate: SlateId },
    /// Object to a published line.
    Object { notice: NoticeId, appraisal: AppraisalId, text: String },
    /// Answer an objection.
    AnswerObjection { notice: NoticeId, objection: ObjectionId, upheld: bool, reply: String },
    /// Correct a published line.
    CorrectNotice { notice: NoticeId, appraisal: AppraisalId, grade: String, reason: String },
    /// Close a notice.
    CloseNotice { notice: NoticeId },

    /// 部门推荐
    RecommendOutcome { appraisal: AppraisalId, kind: outcome::Kind, detail: String, reasons: String },
    /// 人力资源部审核
    ReviewOutcome { outcome: OutcomeId, approved: bool, opinion: String },
    /// 总经理/市政府审批
    DecideOutcome { outcome: OutcomeId, approved: bool, opinion: String },

    /// Ask everybody on the roster to declare their family this year.
    AskForDeclarations {},
    /// Declare one's family, the whole list as it stands.
    DeclareFamily {
        person: PersonId,
        /// None named is none.
        #[serde(default)]
        relatives: Vec<Relative>,
        /// How many declarations of theirs the list goes out from: refused, if another has come in since. Left out, it is
        /// not asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u32>,
    },
    /// Look through what registers and declarations say of the staff, and raise what has not been raised yet.
    CheckTies {},
    /// Raise what a scan of the facts found and has not been raised yet. Only the product itself does.
    RaiseFindings {
        #[schema(value_type = Vec<Object>)]
        found: Vec<Detected>,
    },
    /// Hand a finding to an inspector.
    AssignFinding { finding: FindingId, to: PersonId },
    /// Ask the person concerned.
    AskForReply { finding: FindingId },
    /// Answer, as the person concerned.
    ReplyToFinding { finding: FindingId, text: String },
    /// Close a finding.
    CloseFinding { finding: FindingId, disposition: Disposition, reasons: String },
    /// Let a finding rest until a day.
    SilenceFinding {
        finding: FindingId,
        #[schema(value_type = String, format = Date)]
        until: Date,
        reason: String,
    },
    /// Open a closed finding again.
    ReopenFinding { finding: FindingId, reason: String },
    /// Say that somebody should stay out of the case of somebody whose appraisal one does not see, both by name or number: an
    /// inspector reads it, and whoever says it remains unnamed.
    GiveTip { subject: String, concerned: String, text: String },
    /// Say what was made of a tip.
    CloseTip { tip: TipId, reasons: String },

    /// Tell those who oversee a step that it is late. Only the product's own timer does.
    Escalate {
        /// appraisal, slate, notice or outcome.
        #[schema(value_type = String)]
        of: StreamKind,
        /// Which one.
        id: Uuid,
        /// The to-do that is late.
        todo: String,
    },

    /// Look at what ties two people, or at everything that ties one person to others.
    LookAtTies { person: PersonId, other: Option<PersonId>, reason: String },
}

/// The acts by which somebody answers for a result: scores and what is said of them, approvals, verdicts.
const SIGNED: [&str; 23] = [
    "endorse_goals",
    "confirm_goals",
    "return_goals",
    "give_score",
    "confirm_score",
    "deny_score",
    "return_score",
    "review_scores",
    "decide_appeal",
    "decide_recusal",
    "sign_result",
    "propose_grade",
    "submit_slate",
    "return_slate",
    "review_slate",
    "fix_grades",
    "decide_line",
    "answer_objection",
    "correct_notice",
    "recommend_outcome",
    "review_outcome",
    "decide_outcome",
    "close_finding",
];

/// What an act needs to see before it can be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The aggregate it is about.
    pub subject: Option<Stream>,
    /// An appraisal besides.
    pub appraisal: Option<AppraisalId>,
    /// People named in it.
    pub people: Vec<PersonId>,
    /// Every unit, person and indicator, and what else opening a cycle or importing looks at.
    pub office: bool,
    /// Every appraisal of the cycle, or of the slate.
    pub everyone: bool,
    /// What was observed about the person.
    pub observations: bool,
    /// The person's sheets collected on paper.
    pub sheets: bool,
    /// Who is tied to whom.
    pub ties: bool,
    /// What was found before, and who can be handed a finding.
    pub findings: bool,
    /// Who was asked to declare, and for which year last.
    pub asked: bool,
}

impl Act {
    /// The names of all acts.
    pub const NAMES: &[&str] = <Act as VariantNames>::VARIANTS;

    /// The name in policies, records and locales.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// What must be loaded to decide it.
    pub fn needs(&self) -> Needs {
        let needs = self.needs_of_record();
        let of_somebody = |stream: Stream| {
            use StreamKind::{Appraisal, Finding, Notice, Outcome, Slate};
            matches!(stream.kind, Appraisal | Slate | Notice | Outcome | Finding)
        };
        let ties = needs.subject.is_some_and(of_somebody) && !self.is_own()
            || matches!(self, Act::OpenCycle { .. } | Act::CheckTies {} | Act::LookAtTies { .. });
        Needs { ties, ..needs }
    }

    /// Whether nobody does it in another's case: what people do in their own, and what the product computes.
    fn is_own(&self) -> bool {
        matches!(
            self,
            Act::ProposeGoals { .. }
                | Act::ReportProgress { .. }
                | Act::ComputeScores { .. }
                | Act::FileAppeal { .. }
                | Act::WithdrawAppeal { .. }
                | Act::SignResult { .. }
                | Act::AnswerSurvey { .. }
                | Act::ReplyToFinding { .. }
                | Act::Escalate { .. }
        )
    }

    fn needs_of_record(&self) -> Needs {
        let about = |stream: Stream| Needs { subject: Some(stream), ..Needs::default() };
        match self {
            Act::GiveTip { .. } => Needs::default(),
            Act::RecordRules { .. } => about(Stream { kind: StreamKind::Rules, id: Uuid::nil() }),
            Act::ImportBatch { batch } => Needs {
                office: matches!(batch.kind, Kind::Units | Kind::People | Kind::Indicators),
                ..about(batch.id.into())
            },
            Act::DefineIndicator { .. } | Act::RetireIndicator { .. } | Act::OpenCycle { .. } => {
                Needs { office: true, ..Needs::default() }
            }
            Act::EraseSubject { person, .. } => Needs { people: vec![*person], ..about((*person).into()) },
            Act::OpenAccount { person, .. } => Needs { people: person.iter().copied().collect(), ..Needs::default() },
            Act::GrantRole { account, .. }
            | Act::RevokeRole { account, .. }
            | Act::LockAccount { account, .. }
            | Act::UnlockAccount { account }
            | Act::SetPassword { account }
            | Act::SetSecondFactor { account }
            | Act::ClearSecondFactor { account }
            | Act::EnrolSigningKey { account, .. }
            | Act::RetireSigningKey { account } => about((*account).into()),
            Act::FreezeScoring { cycle } | Act::CloseCycle { cycle } | Act::CountSurvey { cycle } => {
                Needs { everyone: true, ..about((*cycle).into()) }
            }
            Act::NameAssessors { appraisal, assessors } => Needs {
                people: assessors.iter().map(|assessor| assessor.person).collect(),
                ..about((*appraisal).into())
            },
            Act::GiveScore { appraisal, score } => {
                Needs { people: vec![score.basis.witness], ..about((*appraisal).into()) }
            }
            Act::AssignAppeal { appraisal, decider, .. } => {
                Needs { people: vec![*decider], ..about((*appraisal).into()) }
            }
            Act::DecideRecusal { appraisal, substitute, .. } => {
                Needs { people: substitute.iter().copied().collect(), ..about((*appraisal).into()) }
            }
            Act::ComputeScores { appraisal } => Needs { observations: true, ..about((*appraisal).into()) },
            Act::AdoptScores { appraisal } => Needs { sheets: true, ..about((*appraisal).into()) },
            Act::ChangeParticipation { appraisal, .. }
            | Act::ProposeGoals { appraisal, .. }
            | Act::EndorseGoals { appraisal, .. }
            | Act::ConfirmGoals { appraisal, .. }
            | Act::ReturnGoals { appraisal, .. }
            | Act::ReportProgress { appraisal, .. }
            | Act::ConfirmScore { appraisal, .. }
            | Act::DenyScore { appraisal, .. }
            | Act::ReturnScore { appraisal, .. }
            | Act::ReviewScores { appraisal }
            | Act::FileAppeal { appraisal, .. }
            | Act::DecideAppeal { appraisal, .. }
            | Act::WithdrawAppeal { appraisal, .. }
            | Act::RaiseRecusal { appraisal, .. }
            | Act::EnterThirdParty { appraisal, .. }
            | Act::SignResult { appraisal, .. }
            | Act::AnswerSurvey { appraisal, .. }
            | Act::RecommendOutcome { appraisal, .. } => about((*appraisal).into()),
            Act::ProposeGrade { slate, appraisal, .. } | Act::DecideLine { slate, appraisal } => {
                Needs { appraisal: Some(*appraisal), ..about((*slate).into()) }
            }
            Act::FixGrades { slate } => Needs { everyone: true, ..about((*slate).into()) },
            Act::SetQuota { slate, .. }
            | Act::SubmitSlate { slate }
            | Act::ReturnSlate { slate, .. }
            | Act::ReviewSlate { slate }
            | Act::PostNotice { slate } => about((*slate).into()),
            Act::Object { notice, .. }
            | Act::AnswerObjection { notice, .. }
            | Act::CorrectNotice { notice, .. }
            | Act::CloseNotice { notice } => about((*notice).into()),
            Act::ReviewOutcome { outcome, .. } | Act::DecideOutcome { outcome, .. } => about((*outcome).into()),
            Act::AskForDeclarations {} => Needs { office: true, asked: true, ..Needs::default() },
            Act::DeclareFamily { person, .. } => Needs { people: vec![*person], ..about(declaration::stream(*person)) },
            Act::CheckTies {} | Act::RaiseFindings { .. } => Needs { office: true, findings: true, ..Needs::default() },
            Act::AssignFinding { finding, to } => {
                Needs { people: vec![*to], findings: true, ..about((*finding).into()) }
            }
            Act::AskForReply { finding }
            | Act::ReplyToFinding { finding, .. }
            | Act::CloseFinding { finding, .. }
            | Act::SilenceFinding { finding, .. }
            | Act::ReopenFinding { finding, .. } => about((*finding).into()),
            Act::CloseTip { tip, .. } => about((*tip).into()),
            Act::Escalate { of, id, .. } => about(Stream { kind: *of, id: *id }),
            Act::LookAtTies { person, other, .. } => {
                Needs { people: [*person].into_iter().chain(*other).collect(), ..Needs::default() }
            }
        }
    }

    /// The people it names for a duty in somebody's case.
    pub fn names(&self) -> Vec<PersonId> {
        match self {
            Act::NameAssessors { assessors, .. } => assessors.iter().map(|assessor| assessor.person).collect(),
            Act::GiveScore { score, .. } => vec![score.basis.witness],
            Act::AssignAppeal { decider, .. } => vec![*decider],
            Act::DecideRecusal { substitute, .. } => substitute.iter().copied().collect(),
            Act::AssignFinding { to, .. } => vec![*to],
            _ => Vec::new(),
        }
    }

    /// The account whose way of signing in it changes: whoever is signed in with it has to sign in anew.
    pub fn signs_out(&self) -> Option<AccountId> {
        match self {
            Act::GrantRole { account, .. }
            | Act::RevokeRole { account, .. }
            | Act::LockAccount { account, .. }
            | Act::SetPassword { account }
            | Act::SetSecondFactor { account }
            | Act::ClearSecondFactor { account } => Some(*account),
            _ => None,
        }
    }

    /// Whether an act of this name is a score, an approval or a verdict: who has enrolled a signing key signs it.
    pub fn is_signed(name: &str) -> bool {
        SIGNED.contains(&name)
    }

    /// A secret travels beside it.
    pub fn sets_secret(&self) -> bool {
        matches!(self, Act::SetPassword { .. } | Act::SetSecondFactor { .. })
    }

    /// The files it names: they must have been stored before.
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Act::ReportProgress { attachments, .. } => attachments,
            _ => &[],
        }
    }
}

/// The person that an act hands a duty to: that duty must not fall to the person it is about.
pub fn handed_to(assignee: Assignee) -> Option<PersonId> {
    match assignee {
        Assignee::Person(person) => Some(person),
        _ => None,
    }
}
