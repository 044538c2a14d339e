//! Every act and every reading by every role, as tables that are read before they are accepted: who may newly do what
//! stands in their difference.

use crate::office::*;
use domain::{
    act::Act,
    actor::{Grant, Role},
    appeal,
    batch::Kind,
    cycle::{CycleDraft, Schedule, Ungraded},
    decide::Case,
    event::{Event, StreamKind},
    finding,
    goal::Step,
    id::*,
    import::Batch,
    indicator::{Dimension, IndicatorDraft},
    outcome,
    points::Points,
    score::{Basis, ScoreDraft},
    slate::ListStep,
    third_party,
};
use policy::{Denied, Policies, Reading};
use std::collections::{BTreeMap, BTreeSet};

const LEGEND: &str = "\
role    permitted, whatever the case: for the role
duty    permitted in this case: for who it is
barred  forbidden in this case, by a policy that the list of reasons names
other   not in this case, but there are others in which it is permitted for the role
-       nothing permits it";

/// An act, the case it is tried on, and a word on the case where an act has several.
struct Row {
    about: &'static str,
    act: Act,
    case: Case,
}

/// What the tables show of one answer.
struct Answer {
    mark: &'static str,
    reasons: Vec<String>,
}

fn text() -> String {
    "x".to_owned()
}

fn indicator() -> IndicatorDraft {
    IndicatorDraft {
        code: "D1".to_owned(),
        name: text(),
        dimension: Dimension::Virtue,
        weight: Points::FULL,
        post_type: "window".to_owned(),
        source: text(),
        quantitative: false,
        words: text(),
        target: None,
        cap: None,
    }
}

fn cycle() -> CycleDraft {
    let (regime, kind, title) = (text(), text(), text());
    let schedule = Schedule { goals: DAY, scoring: DAY, grading: DAY };
    CycleDraft { regime, kind, title, from: DAY, to: DAY, schedule, exempt: Vec::new() }
}

fn batch(kind: Kind) -> Batch {
    Batch {
        id: BatchId(CYCLE.0),
        kind,
        file: text(),
        sheet: None,
        digest: text(),
        rows_digest: text(),
        rows: 1,
        from: None,
        to: None,
        columns: Vec::new(),
        skipped: Vec::new(),
    }
}

fn of_the_authority() -> Vec<Row> {
    let row = |about, act| Row { about, act, case: Case::default() };
    vec![
        row("", Act::RecordRules { regimes: text(), policies: text() }),
        row("", Act::ImportBatch { batch: batch(Kind::Attendance) }),
        row("private ties", Act::ImportBatch { batch: batch(Kind::Family) }),
        row("", Act::DefineIndicator { indicator: indicator() }),
        row("", Act::RetireIndicator { indicator: IndicatorId(CYCLE.0) }),
        row("", Act::EraseSubject { person: Who::Employee.person(), document: text() }),
        row("", Act::OpenAccount { login: text(), person: None, name: None }),
        row("", Act::OpenCycle { cycle: cycle() }),
        row("", Act::GiveTip { subject: text(), concerned: text(), text: text() }),
        row("", Act::CloseTip { tip: TipId(CYCLE.0), reasons: text() }),
        row("", Act::FreezeScoring { cycle: CYCLE }),
        row("", Act::CloseCycle { cycle: CYCLE }),
        row("", Act::CountSurvey { cycle: CYCLE }),
    ]
}

fn of_accounts() -> Vec<Row> {
    let account = Who::Employee.account();
    let grant = |role| Grant { role, unit: None };
    let row = |about, act, held, happened: &[(Event, Who)]| Row { about, act, case: on_account(held, happened) };
    let cleared = [(Event::SecondFactorSet, Who::Employee), (Event::SecondFactorCleared, Who::SystemAdmin)];
    let first = [(Event::SecondFactorSet, Who::Employee), (Event::PasswordSet, Who::SystemAdmin)];
    let grants = |role| Act::GrantRole { account, grant: grant(role) };
    vec![
        row("", grants(Role::HrOfficer), None, &[]),
        row("to an inspector", grants(Role::HrOfficer), Some(Role::Inspector), &[]),
        row("to an administrator", grants(Role::HrOfficer), Some(Role::AuditAdmin), &[]),
        row("second administrator", grants(Role::AuditAdmin), Some(Role::SystemAdmin), &[]),
        row("", Act::RevokeRole { account, grant: grant(Role::HrOfficer) }, Some(Role::HrOfficer), &[]),
        row("", Act::LockAccount { account, reason: text() }, None, &[]),
        row("", Act::UnlockAccount { account }, None, &[]),
        row("", Act::SetPassword { account }, None, &[]),
        row("they took the code away", Act::SetPassword { account }, None, &cleared),
        row("", Act::SetSecondFactor { account }, None, &[]),
        row("", Act::ClearSecondFactor { account }, None, &[]),
        row("", Act::EnrolSigningKey { account, key: String::new() }, None, &[]),
        row("", Act::RetireSigningKey { account }, None, &[]),
        row("they set the password", Act::ClearSecondFactor { account }, None, &first),
    ]
}

fn of_goals() -> Vec<Row> {
    let (appraisal, version) = (SHEET, 1);
    let row = |about, act, leader| Row { about, act, case: on_appraisal(leader) };
    let returns = |step| Act::ReturnGoals { appraisal, version, step, reason: text() };
    let progress = Act::ReportProgress { appraisal, goal: GOAL, percent: 10, text: text(), attachments: Vec::new() };
    let ungraded = Some(Ungraded::Investigation);
    vec![
        row("", Act::ChangeParticipation { appraisal, ungraded, note: text() }, true),
        row("", Act::NameAssessors { appraisal, assessors: Vec::new() }, true),
        row("", Act::ProposeGoals { appraisal, goals: Vec::new(), reason: text() }, true),
        row("", Act::EndorseGoals { appraisal, version }, true),
        row("no leader", Act::EndorseGoals { appraisal, version }, false),
        row("", Act::ConfirmGoals { appraisal, version }, true),
        row("no head, unit HR endorsed", Act::ConfirmGoals { appraisal, version }, false),
        row("by endorser", returns(Step::Endorse), true),
        row("by confirmer", returns(Step::Confirm), true),
        row("", progress, true),
    ]
}

fn of_recusals() -> Vec<Row> {
    let appraisal = SHEET;
    let raise = |concerned: Who| Act::RaiseRecusal { appraisal, concerned: concerned.person(), text: text() };
    let decide =
        |recused| Act::DecideRecusal { appraisal, recusal: RECUSAL, recused, reasons: text(), substitute: None };
    let row = |about, act, concerned: Who| Row { about, act, case: on_recusal(concerned) };
    let (name, employer, document) = (text(), text(), text());
    let draft =
        third_party::ThirdPartyDraft { replaces: None, name, employer, id_number: None, assurance: text(), document };
    let enter = Act::EnterThirdParty { appraisal, third_party: draft };
    vec![
        row("", enter, Who::Assessor),
        row("of the assessor", raise(Who::Assessor), Who::Assessor),
        row("of the assessor", decide(true), Who::Assessor),
        row("of the head", decide(false), Who::Head),
    ]
}

fn of_findings() -> Vec<Row> {
    let finding = FINDING;
    let row = |about, act, asked| Row { about, act, case: on_finding(asked) };
    let disposition = finding::Disposition::Explained;
    let declares = Act::DeclareFamily { person: Who::Employee.person(), relatives: Vec::new(), after: None };
    vec![
        Row { about: "", act: Act::AskForDeclarations {}, case: Case::default() },
        Row { about: "", act: declares, case: on_declaration() },
        Row { about: "", act: Act::CheckTies {}, case: Case::default() },
        Row { about: "", act: Act::RaiseFindings { found: Vec::new() }, case: Case::default() },
        row("", Act::AssignFinding { finding, to: Who::Inspector.person() }, false),
        row("", Act::AskForReply { finding }, false),
        row("not asked", Act::ReplyToFinding { finding, text: text() }, false),
        row("asked", Act::ReplyToFinding { finding, text: text() }, true),
        row("", Act::CloseFinding { finding, disposition, reasons: text() }, true),
        row("", Act::SilenceFinding { finding, until: DAY, reason: text() }, false),
        row("", Act::ReopenFinding { finding, reason: text() }, true),
    ]
}

fn of_scores() -> Vec<Row> {
    let (appraisal, score, appeal) = (SHEET, SCORE, APPEAL);
    let row = |act| Row { about: "", act, case: on_appraisal(true) };
    let basis = Basis { what: text(), when: Some(DAY), place: None, witness: Who::Witness.person() };
    let draft = ScoreDraft { indicator: "D1".to_owned(), points: Points::whole(80), basis };
    let verdict = appeal::Verdict::Dismissed;
    vec![
        row(Act::ComputeScores { appraisal }),
        row(Act::AdoptScores { appraisal }),
        row(Act::GiveScore { appraisal, score: draft }),
        row(Act::ConfirmScore { appraisal, score }),
        row(Act::DenyScore { appraisal, score, reason: text() }),
        row(Act::ReturnScore { appraisal, score, reason: text() }),
        row(Act::ReviewScores { appraisal }),
        row(Act::FileAppeal { appraisal, target: appeal::Target::Score(score), grounds: text() }),
        row(Act::AssignAppeal { appraisal, appeal, decider: Who::Decider.person() }),
        row(Act::DecideAppeal { appraisal, appeal, verdict, reasons: text() }),
        row(Act::WithdrawAppeal { appraisal, appeal }),
        row(Act::SignResult { appraisal, agrees: true, opinion: text() }),
        row(Act::AnswerSurvey { appraisal, process: 4, result: 5 }),
    ]
}

fn of_grades() -> Vec<Row> {
    let (slate, appraisal, notice, objection) = (SLATE, SHEET, NOTICE, OBJECTION);
    let row = |about, act, case| Row { about, act, case };
    let usual = || on_slate(true, Who::UnitHr, Who::Hr);
    let graded = || Case { appraisal: Some(crate::office::appraisal(true)), ..usual() };
    let propose = Act::ProposeGrade { slate, appraisal, grade: text(), reason: text() };
    let answer = || Act::AnswerObjection { notice, objection, upheld: true, reply: text() };
    let correct = Act::CorrectNotice { notice, appraisal, grade: text(), reason: text() };
    vec![
        row("", Act::SetQuota { slate, share: 15, document: text() }, usual()),
        row("", propose, graded()),
        row("", Act::SubmitSlate { slate }, usual()),
        row("", Act::ReturnSlate { slate, reason: text() }, usual()),
        row("", Act::ReviewSlate { slate }, usual()),
        row("HR proposed on it", Act::ReviewSlate { slate }, on_slate(true, Who::Hr, Who::Hr)),
        row("", Act::FixGrades { slate }, usual()),
        row("no head, HR reviewed", Act::FixGrades { slate }, on_slate(false, Who::UnitHr, Who::Hr)),
        row("the head reviewed", Act::FixGrades { slate }, on_slate(true, Who::UnitHr, Who::Head)),
        row("held from review", Act::DecideLine { slate, appraisal: SHEET }, on_held_line(ListStep::Review)),
        row("held from fixing", Act::DecideLine { slate, appraisal: SHEET }, on_held_line(ListStep::Fix)),
        row("", Act::PostNotice { slate }, usual()),
        row("", Act::Object { notice, appraisal, text: text() }, on_notice(Who::Colleague)),
        row("", answer(), on_notice(Who::Colleague)),
        row("HR objected", answer(), on_notice(Who::Hr)),
        row("", correct, on_notice(Who::Colleague)),
        row("", Act::CloseNotice { notice }, on_notice(Who::Colleague)),
    ]
}

fn of_outcomes() -> Vec<Row> {
    let (outcome, appraisal, approved) = (OUTCOME, SHEET, true);
    let row = |about, act, case| Row { about, act, case };
    let kind = outcome::Kind::Reward;
    let recommend = Act::RecommendOutcome { appraisal, kind, detail: text(), reasons: text() };
    let decide = || Act::DecideOutcome { outcome, approved, opinion: text() };
    let late = Act::Escalate { of: StreamKind::Appraisal, id: SHEET.0, todo: text() };
    vec![
        row("", recommend, on_appraisal(true)),
        row("", Act::ReviewOutcome { outcome, approved, opinion: text() }, on_outcome(None)),
        row("", decide(), on_outcome(Some(Who::Hr))),
        row("the approver reviewed", decide(), on_outcome(Some(Who::Approver))),
        row("", late, on_appraisal(true)),
    ]
}

fn of_ties() -> Vec<Row> {
    let look = |person: Who, other| Act::LookAtTies { person: person.person(), other, reason: text() };
    let row = |about, act| Row { about, act, case: Case::default() };
    vec![
        row("around the employee", look(Who::Employee, None)),
        row("of two", look(Who::Employee, Some(Who::Inspector.person()))),
    ]
}

fn acts() -> Vec<Row> {
    [
        of_the_authority(),
        of_accounts(),
        of_goals(),
        of_recusals(),
        of_findings(),
        of_scores(),
        of_grades(),
        of_outcomes(),
        of_ties(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn readings() -> Vec<(Reading, Case)> {
    let case = |reading| match reading {
        Reading::Appraisal => on_appraisal(true),
        Reading::Slate => on_slate(true, Who::UnitHr, Who::Hr),
        Reading::Notice => on_notice(Who::Colleague),
        Reading::Outcome => on_outcome(Some(Who::Hr)),
        Reading::Accounts => on_account(None, &[]),
        Reading::Finding => on_finding(true),
        Reading::Cycle
        | Reading::Batches
        | Reading::Registers
        | Reading::Ledger
        | Reading::Roster
        | Reading::Declarations
        | Reading::Posts
        | Reading::Tips
        | Reading::Supervision => Case::default(),
    };
    Reading::ALL.map(|reading| (reading, case(reading))).into()
}

fn answer(here: Result<Vec<String>, Denied>, ever: Result<(), Denied>) -> Answer {
    for denied in [here.as_ref().err(), ever.as_ref().err()].into_iter().flatten() {
        assert!(!denied.messages.contains(&"policy-broken".to_owned()), "a question that can't be asked");
    }
    match (here, ever) {
        (Ok(reasons), Ok(())) => Answer { mark: "role", reasons },
        (Ok(reasons), Err(_)) => Answer { mark: "duty", reasons },
        (Err(denied), _) if !denied.forbidden_by.is_empty() => Answer {
            mark: "barred",
            reasons: denied.forbidden_by.into_iter().map(|id| format!("{id} forbids")).collect(),
        },
        (Err(_), Ok(())) => Answer { mark: "other", reasons: Vec::new() },
        (Err(_), Err(_)) => Answer { mark: "-", reasons: Vec::new() },
    }
}

/// A table of marks, and under it who owes each permission or refusal to which policy.
fn shown(rows: &[(String, Vec<Answer>)]) -> String {
    let first = rows.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let columns = Who::ALL.map(|who| (who.name(), who.name().len().max("barred".len())));
    let line = |label: &str, cells: Vec<&str>| {
        let cells = cells.iter().zip(columns).map(|(cell, (_, width))| format!("  {cell:<width$}"));
        format!("{label:<first$}{}", cells.collect::<String>()).trim_end().to_owned()
    };
    let mut lines = vec![LEGEND.to_owned(), String::new(), line("", columns.map(|(name, _)| name).into())];
    lines.extend(rows.iter().map(|(label, answers)| line(label, answers.iter().map(|answer| answer.mark).collect())));
    lines.push(String::new());
    for (label, answers) in rows {
        lines.push(label.clone());
        let mut by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (answer, who) in answers.iter().zip(Who::ALL) {
            for reason in &answer.reasons {
                by.entry(reason).or_default().push(who.name());
            }
        }
        lines.extend(by.into_iter().map(|(reason, whom)| match whom.len() {
            all if all == Who::ALL.len() => format!("    {reason}: everyone"),
            _ => format!("    {reason}: {}", whom.join(", ")),
        }));
    }
    lines.join("\n")
}

#[test]
fn every_act_by_every_role() {
    let policies = Policies::built_in().expect("the policies");
    let rows = acts();
    let tried: BTreeSet<&str> = rows.iter().map(|row| row.act.name()).collect();
    assert_eq!(tried, Act::NAMES.iter().copied().collect(), "every act has a row");
    let answers = rows.iter().map(|Row { about, act, case }| {
        let one = |who: Who| {
            let here = policies.permit(&who.actor(), act, case).map(|permit| permit.policies().to_vec());
            answer(here, policies.may_ever(&who.actor(), act.name()))
        };
        let label = if about.is_empty() { act.name().to_owned() } else { format!("{}: {about}", act.name()) };
        (label, Who::ALL.map(one).into())
    });
    insta::assert_snapshot!("acts", shown(&answers.collect::<Vec<_>>()));
}

#[test]
fn every_reading_by_every_role() {
    let policies = Policies::built_in().expect("the policies");
    let answers = readings().into_iter().map(|(reading, case)| {
        let one = |who: Who| {
            let ever = policies.may_read(&who.actor(), reading, &Case::default());
            answer(policies.may_read(&who.actor(), reading, &case).map(|()| Vec::new()), ever)
        };
        (reading.action().to_owned(), Who::ALL.map(one).into())
    });
    insta::assert_snapshot!("readings", shown(&answers.collect::<Vec<_>>()));
}

/// A new role has a column.
#[test]
fn the_office_has_somebody_of_every_role() {
    let grants = Who::ALL.iter().flat_map(|who| who.actor().grants().to_vec());
    assert_eq!(grants.map(|grant| grant.role).collect::<BTreeSet<_>>(), Role::ALL.into());
}
