//! From an act to what happens: pure, so that it can be tested without a database and repeated by an
//! auditor. Whether the actor may act at all was settled before, by policy.

use crate::{
    account::{self, Account, Taken},
    act::Act,
    appeal,
    appraisal::{self, Appraisal},
    batch::Row,
    composite::compose,
    context::Context,
    cycle::{self, Cycle, Office},
    declaration::{self, Declaration},
    event::{Emit, Event, Stream, StreamKind},
    finding::{self, Finding},
    goal,
    id::{AppraisalId, LookId, PersonId},
    import::{self, Batch},
    look,
    notice::{self, Notice},
    outcome::{self, Outcome},
    progress::{self, Attachment, Reported},
    recusal,
    refusal::{Reason, Refusal},
    roster::{self, Erasure, Roster},
    score::{self, Observed},
    slate::{self, Slate},
    survey::{self, Answers},
    third_party::{self, ThirdParty},
    ties::{TiesOn, posts::Chart},
    tip::{self, Tip},
    todo,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;

/// What lies in front of a decision. The store loads what [`Act::needs`] names, inside the transaction
/// that the outcome is written in.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The cycle of whatever it is about.
    pub cycle: Option<Arc<Cycle>>,
    /// The appraisal.
    pub appraisal: Option<Appraisal>,
    /// The slate: of the act, of the notice, or of the appraisal.
    pub slate: Option<Slate>,
    /// The notice.
    pub notice: Option<Notice>,
    /// The outcome.
    pub outcome: Option<Outcome>,
    /// The account.
    pub account: Option<Account>,
    /// Whether a login or person has an account.
    pub taken: Taken,
    /// People named in the act, and the subject of the appraisal.
    pub people: Roster,
    /// Whom an account is opened for, or who is erased, if they are from outside; and the one appraisal they are for.
    pub third_party: Option<(AppraisalId, ThirdParty)>,
    /// The office.
    pub office: Office,
    /// Every appraisal of the cycle, or of the slate.
    pub everyone: Vec<Appraisal>,
    /// Outcomes that were recommended from the appraisal before.
    pub outcomes: Vec<Outcome>,
    /// The batch as its rows were laid down, unless it is on record already.
    pub laid: Option<Batch>,
    /// Rows of the batch, where it unfolds into events.
    pub rows: Vec<Row>,
    /// What was observed about the person, or their paper sheets.
    pub observed: Vec<Observed>,
    /// Attachments as they lie in the store.
    pub stored: Vec<Attachment>,
    /// The hashes of the rules on record.
    pub rules: Option<(String, String)>,
    /// What stands against erasing a person, or is erased with them.
    pub erasure: Erasure,
    /// Who is tied to whom, where that may keep somebody out.
    pub ties: Option<TiesOn>,
    /// What the person declared before.
    pub declaration: Option<Declaration>,
    /// For which year somebody was asked to declare last.
    pub asked: BTreeMap<PersonId, i16>,
    /// The finding.
    pub finding: Option<Finding>,
    /// The tip.
    pub tip: Option<Tip>,
    /// The keys of everything that was found before.
    pub found: BTreeSet<String>,
    /// Who can be handed a finding.
    pub inspectors: BTreeSet<PersonId>,
}

impl Case {
    /// Whose case an act is: those whom nobody tied to them may do it about. The steps that take a whole list at once and
    /// hold back the lines of the tied are not among them, nor is what says nothing about anybody in particular.
    pub fn subjects(&self, act: &Act) -> Vec<PersonId> {
        let line = |appraisal: AppraisalId| {
            let lines = self.notice.iter().flat_map(|notice| &notice.posted.lines);
            lines.filter(|line| line.appraisal == appraisal).map(|line| line.person).collect::<Vec<_>>()
        };
        match act {
            Act::Object { appraisal, .. } | Act::CorrectNotice { appraisal, .. } => line(*appraisal),
            Act::AnswerObjection { objection, .. } => {
                let objections = self.notice.iter().flat_map(|notice| &notice.objections);
                let about = objections.filter(|known| known.objected.id == *objection);
                about.flat_map(|known| line(known.objected.appraisal)).collect()
            }
            Act::CloseNotice { .. } => {
                self.notice.iter().flat_map(|notice| &notice.lines).map(|line| line.person).collect()
            }
            Act::SubmitSlate { .. } | Act::ReturnSlate { .. } => {
                let members = self.slate.iter().flat_map(|slate| &slate.members);
                members.filter(|member| member.graded).map(|member| member.person).collect()
            }
            Act::PostNotice { .. } => {
                let (Some(cycle), Some(slate)) = (&self.cycle, &self.slate) else { return Vec::new() };
                slate.holders(cycle.top_grade()).map(|member| member.person).collect()
            }
            Act::ReviewSlate { .. } | Act::FixGrades { .. } | Act::SetQuota { .. } => Vec::new(),
            Act::LookAtTies { person, other, .. } => [*person].into_iter().chain(*other).collect(),
            _ if self.finding.is_some() => self.finding.iter().map(|finding| finding.raised.subject).collect(),
            _ => {
                let outcome = self.outcome.iter().map(|outcome| outcome.recommended.person);
                let sheet = self.appraisal.iter().map(|sheet| sheet.opened.person);
                outcome.chain(sheet).take(1).collect()
            }
        }
    }

    fn cycle(&self) -> Result<&Cycle, Refusal> {
        self.cycle.as_deref().ok_or_else(|| Reason::NotFound.into())
    }

    fn appraisal(&self) -> Result<&Appraisal, Refusal> {
        self.appraisal.as_ref().ok_or_else(|| Reason::NotFound.into())
    }

    fn slate(&self) -> Result<&Slate, Refusal> {
        self.slate.as_ref().ok_or_else(|| Reason::NotFound.into())
    }

    fn notice(&self) -> Result<&Notice, Refusal> {
        self.notice.as_ref().ok_or_else(|| Reason::NotFound.into())
    }

    fn outcome(&self) -> Result<&Outcome, Refusal> {
        self.outcome.as_ref().ok_or_else(|| Reason::NotFound.into())
    }

    fn finding(&self) -> Result<&Finding, Refusal> {
        self.finding.as_ref().ok_or_else(|| Reason::NotFound.into())
    }

    fn account(&self) -> Result<&Account, Refusal> {
        self.account.as_ref().ok_or_else(|| Reason::NotFound.into())
    }
}

/// Decide an act.
pub fn decide(ctx: &Context, act: &Act, case: &Case) -> Result<Vec<Emit>, Refusal> {
    let one = |stream: Stream, event: Event| Ok(vec![Emit { stream, event }]);
    match act {
        Act::RecordRules { regimes, policies } => {
            if case.rules.as_ref() == Some(&(regimes.clone(), policies.clone())) {
                return Err(Reason::NothingChanged.into());
            }
            let event = Event::RulesRecorded { regimes: regimes.clone(), policies: policies.clone() };
            one(Stream { kind: StreamKind::Rules, id: Uuid::nil() }, event)
        }
        Act::GiveTip { subject, concerned, text } => {
            let event = tip::give(ctx, subject, concerned, text)?;
            match &event {
                Event::TipGiven(given) => one(given.id.into(), event),
                _ => unreachable!("giving a tip emits a tip"),
            }
        }
        Act::CloseTip { tip, reasons } => {
            let known = case.tip.as_ref().ok_or(Reason::NotFound)?;
            one((*tip).into(), tip::close(known, reasons)?)
        }
        Act::ImportBatch { batch } => import::import(ctx, batch, case),
        Act::EraseSubject { person, document } => one((*person).into(), roster::erase(case, *person, document)?),
        Act::DefineIndicator { indicator } => {
            let indicator = indicator.define(ctx, &case.office.library)?;
            if case.office.library.contains(&indicator) {
                return Err(Reason::NothingChanged.into());
            }
            one(indicator.id.into(), Event::IndicatorDefined(Box::new(indicator)))
        }
        Act::RetireIndicator { indicator } => {
            if !case.office.library.iter().any(|known| known.id == *indicator) {
                return Err(Reason::NotFound.into());
            }
            one((*indicator).into(), Event::IndicatorRetired)
        }
        Act::OpenAccount { .. }
        | Act::GrantRole { .. }
        | Act::RevokeRole { .. }
        | Act::LockAccount { .. }
        | Act::UnlockAccount { .. }
        | Act::SetPassword { .. }
        | Act::SetSecondFactor { .. }
        | Act::ClearSecondFactor { .. }
        | Act::EnrolSigningKey { .. }
        | Act::RetireSigningKey { .. } => decide_account(ctx, act, case),
        Act::OpenCycle { cycle } => cycle::open(ctx, cycle, &case.office, case.ties.as_ref()),
        Act::FreezeScoring { cycle } => freeze(case, (*cycle).into()),
        Act::CloseCycle { cycle } => close(ctx, case, (*cycle).into()),
        Act::CountSurvey { cycle } => one((*cycle).into(), survey::count(ctx, case.cycle()?, &case.everyone)?),
        Act::SetQuota { slate, share, document } => {
            one((*slate).into(), slate::set_quota(case.cycle()?, case.slate()?, *share, document)?)
        }
        Act::ProposeGrade { slate, grade, reason, .. } => {
            one((*slate).into(), slate::propose(case.cycle()?, case.slate()?, case.appraisal()?, grade, reason)?)
        }
        Act::SubmitSlate { slate } => one((*slate).into(), slate::submit(ctx, case.cycle()?, case.slate()?)?),
        Act::ReturnSlate { slate, reason } => {
            one((*slate).into(), slate::send_back(ctx, case.cycle()?, case.slate()?, reason)?)
        }
        Act::ReviewSlate { slate } => {
            let events = slate::review(ctx, case.cycle()?, case.slate()?, case.ties.as_ref())?;
            Ok(events.into_iter().map(|event| Emit::new(*slate, event)).collect())
        }
        Act::FixGrades { .. } => slate::fix(ctx, case.cycle()?, case.slate()?, &case.everyone, case.ties.as_ref()),
        Act::DecideLine { .. } => slate::decide_line(ctx, case.cycle()?, case.slate()?, case.appraisal()?),
        Act::PostNotice { .. } => notice::post(ctx, case.cycle()?, case.slate()?),
        Act::Object { notice, appraisal, text } => {
            one((*notice).into(), notice::object(ctx, case.cycle()?, case.notice()?, *appraisal, text)?)
        }
        Act::AnswerObjection { notice, objection, upheld, reply } => {
            one((*notice).into(), notice::reply(case.notice()?, *objection, *upheld, reply)?)
        }
        Act::CorrectNotice { appraisal, grade, reason, .. } => {
            notice::correct(ctx, case.cycle()?, case.notice()?, case.slate()?, *appraisal, grade, reason)
        }
        Act::CloseNotice { .. } => notice::close(ctx, case.cycle()?, case.notice()?),
        Act::ReviewOutcome { outcome, approved, opinion } => {
            one((*outcome).into(), outcome::review(ctx, case.cycle()?, case.outcome()?, *approved, opinion)?)
        }
        Act::DecideOutcome { outcome, approved, opinion } => {
            one((*outcome).into(), outcome::decide(case.outcome()?, *approved, opinion)?)
        }
        Act::RecommendOutcome { kind, detail, reasons, .. } => {
            let event =
                outcome::recommend(ctx, case.cycle()?, case.appraisal()?, &case.outcomes, *kind, detail, reasons)?;
            match &event {
                Event::OutcomeRecommended(recommended) => one(recommended.id.into(), event),
                _ => unreachable!("recommending emits a recommendation"),
            }
        }
        Act::AskForDeclarations {} => declaration::ask(ctx, &case.office.roster, &case.asked),
        Act::DeclareFamily { person, relatives, after } => {
            let before = case.declaration.as_ref();
            one(
                declaration::stream(*person),
                declaration::declare(ctx, &case.people, *person, before, relatives, *after)?,
            )
        }
        Act::CheckTies {} => {
            let ties = case.ties.as_ref().ok_or(Reason::NotFound)?;
            let found = ties.findings(&Chart::from(&case.office.roster), &ctx.rules.recusal);
            finding::raise(ctx, &case.office.roster, &case.found, &found)
        }
        Act::RaiseFindings { found } => finding::raise(ctx, &case.office.roster, &case.found, found),
        Act::AssignFinding { finding, to } => {
            one((*finding).into(), finding::assign(case.finding()?, &case.inspectors, *to)?)
        }
        Act::AskForReply { finding } => one((*finding).into(), finding::ask(ctx, case.finding()?)?),
        Act::ReplyToFinding { finding, text } => one((*finding).into(), finding::reply(case.finding()?, text)?),
        Act::CloseFinding { finding, disposition, reasons } => {
            one((*finding).into(), finding::close(ctx, case.finding()?, *disposition, reasons)?)
        }
        Act::SilenceFinding { finding, until, reason } => {
            one((*finding).into(), finding::silence(ctx, case.finding()?, *until, reason)?)
        }
        Act::ReopenFinding { finding, reason } => one((*finding).into(), finding::reopen(case.finding()?, reason)?),
        Act::LookAtTies { person, other, reason } => {
            let event = look::look(ctx, &case.people, case.ties.as_ref(), (*person, *other), reason)?;
            one(LookId((ctx.new_id)()).into(), event)
        }
        Act::Escalate { of, id, todo } => todo::escalate(ctx, Stream { kind: *of, id: *id }, todo, case),
        _ => decide_appraisal(ctx, act, case),
    }
}

fn decide_account(ctx: &Context, act: &Act, case: &Case) -> Result<Vec<Emit>, Refusal> {
    if let Act::OpenAccount { login, person, name } = act {
        let event = account::open(ctx, case, login, *person, name.as_deref())?;
        return match &event {
            Event::AccountOpened(opened) => Ok(vec![Emit::new(opened.id, event)]),
            _ => unreachable!("opening emits an opening"),
        };
    }
    let account = case.account()?;
    let event = match act {
        Act::GrantRole { grant, .. } => account::grant(account, &case.people, *grant)?,
        Act::RevokeRole { grant, .. } => account::revoke(account, *grant)?,
        Act::LockAccount { reason, .. } => account::lock(account, reason)?,
        Act::UnlockAccount { .. } => account::unlock(account)?,
        Act::SetPassword { .. } => Event::PasswordSet,
        Act::SetSecondFactor { .. } => Event::SecondFactorSet,
        Act::EnrolSigningKey { key, .. } if account.signing_key() == Some(key) => {
            return Err(Reason::NothingChanged.into());
        }
        Act::EnrolSigningKey { key, .. } => Event::SigningKeyEnrolled { key: key.clone() },
        Act::RetireSigningKey { .. } if account.signing_key.is_some() => Event::SigningKeyRetired,
        Act::ClearSecondFactor { .. } if account.second_factor.is_some() => Event::SecondFactorCleared,
        _ => return Err(Reason::NotFound.into()),
    };
    Ok(vec![Emit::new(account.opened.id, event)])
}

/// Acts on one appraisal.
fn decide_appraisal(ctx: &Context, act: &Act, case: &Case) -> Result<Vec<Emit>, Refusal> {
    let (cycle, sheet, people) = (case.cycle()?, case.appraisal()?, &case.people);
    let events = match act {
        Act::ChangeParticipation { ungraded, note, .. } => {
            let event = appraisal::change_participation(ctx, cycle, sheet, *ungraded, note)?;
            let slate = case.slate()?;
            let member = slate::change_member(cycle, slate, sheet.opened.id, ungraded.is_none());
            return Ok(vec![Emit::new(sheet.opened.id, event), Emit::new(slate.opened.id, member)]);
        }
        Act::NameAssessors { assessors, .. } => {
            vec![score::name_assessors(cycle, sheet, people, assessors, case.ties.as_ref())?]
        }
        Act::ProposeGoals { goals, reason, .. } => vec![goal::propose(ctx, cycle, sheet, goals, reason)?],
        Act::EndorseGoals { version, .. } => vec![goal::endorse(ctx, cycle, sheet, *version)?],
        Act::ConfirmGoals { version, .. } => vec![goal::confirm(cycle, sheet, *version)?],
        Act::ReturnGoals { version, step, reason, .. } => {
            vec![goal::send_back(ctx, cycle, sheet, *version, *step, reason)?]
        }
        Act::ReportProgress { goal, percent, text, attachments, .. } => {
            let reported =
                Reported { goal: *goal, percent: *percent, text: text.clone(), attachments: attachments.clone() };
            vec![progress::report(ctx, cycle, sheet, &reported, &case.stored)?]
        }
        Act::ComputeScores { .. } => {
            let computed = score::compute(cycle, sheet, &case.observed)?;
            vec![computed.ok_or(Reason::NothingNew)?]
        }
        Act::AdoptScores { .. } => score::adopt(ctx, cycle, sheet, case)?,
        Act::GiveScore { score, .. } => vec![score::give(ctx, cycle, sheet, people, score)?],
        Act::ConfirmScore { score, .. } => vec![score::answer(cycle, sheet, *score, None)?],
        Act::DenyScore { score, reason, .. } => vec![score::answer(cycle, sheet, *score, Some(reason))?],
        Act::ReturnScore { score, reason, .. } => vec![score::send_back(cycle, sheet, *score, reason)?],
        Act::ReviewScores { .. } => vec![score::review(cycle, sheet)?],
        Act::FileAppeal { target, grounds, .. } => vec![appeal::file(ctx, cycle, sheet, target, grounds)?],
        Act::AssignAppeal { appeal, decider, .. } => {
            if !people.people.contains_key(decider) {
                return Err(Refusal::from(Reason::PersonUnknown).with("field", "decider"));
            }
            vec![appeal::assign(sheet, *appeal, *decider)?]
        }
        Act::DecideAppeal { appeal, verdict, reasons, .. } => {
            appeal::decide(ctx, cycle, sheet, *appeal, *verdict, reasons)?
        }
        Act::WithdrawAppeal { appeal, .. } => vec![appeal::withdraw(sheet, *appeal)?],
        Act::RaiseRecusal { concerned, text, .. } => vec![recusal::raise(ctx, cycle, sheet, *concerned, text)?],
        Act::DecideRecusal { recusal, recused, reasons, substitute, .. } => {
            let verdict = recusal::Verdict { recused: *recused, reasons, substitute: *substitute };
            if let Some(person) = substitute {
                third_party::is_here(sheet, people, case.ties.as_ref(), *person)?;
            }
            recusal::decide(cycle, sheet, *recusal, &verdict, case.ties.as_ref())?
        }
        Act::EnterThirdParty { third_party: draft, .. } => {
            vec![third_party::enter(cycle, sheet, draft, || PersonId((ctx.new_id)()))?]
        }
        Act::SignResult { agrees, opinion, .. } => vec![appraisal::sign(sheet, *agrees, opinion)?],
        Act::AnswerSurvey { process, result, .. } => {
            vec![survey::answer(ctx, cycle, sheet, Answers { process: *process, result: *result })?]
        }
        _ => return Err(Reason::NotFound.into()),
    };
    Ok(events.into_iter().map(|event| Emit::new(sheet.opened.id, event)).collect())
}

fn freeze(case: &Case, stream: Stream) -> Result<Vec<Emit>, Refusal> {
    let cycle = case.cycle()?;
    cycle.scoring_open()?;
    let mut emits = vec![Emit { stream, event: Event::ScoringFrozen }];
    for appraisal in case.everyone.iter().filter(|appraisal| appraisal.ungraded.is_none()) {
        let fixed = Event::CompositeFixed(Box::new(compose(cycle, appraisal)));
        emits.push(Emit::new(appraisal.opened.id, fixed));
    }
    Ok(emits)
}

fn close(ctx: &Context, case: &Case, stream: Stream) -> Result<Vec<Emit>, Refusal> {
    let cycle = case.cycle()?;
    cycle.scoring_frozen()?;
    let unfinished = case.everyone.iter().filter(|sheet| sheet.ungraded.is_none() && sheet.signature.is_none()).count();
    if unfinished > 0 {
        return Err(Refusal::from(Reason::CycleUnfinished).with("count", unfinished));
    }
    let survey = ctx.due(cycle.opened.terms.survey)?;
    Ok(vec![Emit { stream, event: Event::CycleClosed { survey } }])
}
