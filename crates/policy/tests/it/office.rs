//! A small office for the matrix: one person of each role, and one appraisal, slate, notice, outcome and account of the
//! employee, each in the middle of its way.

use domain::{
    account::{self, Account},
    actor::{Actor, Assignee, By, Grant, Role, Stamp},
    appeal,
    appraisal::{self, Appraisal},
    decide::Case,
    declaration::Declaration,
    event::Event,
    finding::{self, Finding},
    goal,
    id::*,
    notice::{self, Notice},
    outcome::{self, Outcome},
    points::Points,
    recusal,
    score::{Assessor, Basis, Given},
    slate::{self, ListStep, Slate},
    third_party::ThirdParty,
};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

/// Who there is, in the order of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whose appraisal, outcome and account it is.
    Employee,
    /// Of the same unit, with no duty.
    Colleague,
    /// The direct leader, who endorses goals.
    Leader,
    /// The unit's head, who confirms goals.
    Head,
    /// Of another unit.
    Assessor,
    /// Of another unit.
    Witness,
    /// Of another unit, named by HR to decide the appeal.
    Decider,
    /// HR officer of the employee's unit.
    UnitHr,
    /// HR officer of the authority.
    Hr,
    Inspector,
    Approver,
    SystemAdmin,
    SecurityAdmin,
    AuditAdmin,
    /// Timers, recomputation, and the machine's console.
    Product,
    /// Of another unit, with no duty.
    Stranger,
    /// From outside, entered for the employee's appraisal and named assessor in it.
    ThirdParty,
}

impl Who {
    pub const ALL: [Who; 17] = [
        Who::Employee,
        Who::Colleague,
        Who::Leader,
        Who::Head,
        Who::Assessor,
        Who::Witness,
        Who::Decider,
        Who::UnitHr,
        Who::Hr,
        Who::Inspector,
        Who::Approver,
        Who::SystemAdmin,
        Who::SecurityAdmin,
        Who::AuditAdmin,
        Who::Product,
        Who::Stranger,
        Who::ThirdParty,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Who::Employee => "employee",
            Who::Colleague => "colleague",
            Who::Leader => "leader",
            Who::Head => "head",
            Who::Assessor => "assessor",
            Who::Witness => "witness",
            Who::Decider => "decider",
            Who::UnitHr => "unit_hr",
            Who::Hr => "hr",
            Who::Inspector => "inspector",
            Who::Approver => "approver",
            Who::SystemAdmin => "system",
            Who::SecurityAdmin => "security",
            Who::AuditAdmin => "audit",
            Who::Product => "product",
            Who::Stranger => "stranger",
            Who::ThirdParty => "outside",
        }
    }

    fn unit(self) -> Option<UnitId> {
        match self {
            Who::Employee | Who::Colleague | Who::Leader | Who::Head | Who::UnitHr => Some(UNIT),
            Who::Assessor | Who::Witness | Who::Decider | Who::Stranger | Who::Hr => Some(OTHER_UNIT),
            _ => None,
        }
    }

    fn grant(self) -> Option<Grant> {
        let everywhere = |role| Some(Grant { role, unit: None });
        match self {
            Who::UnitHr => Some(Grant { role: Role::HrOfficer, unit: Some(UNIT) }),
            Who::Hr => everywhere(Role::HrOfficer),
            Who::Inspector => everywhere(Role::Inspector),
            Who::Approver => everywhere(Role::Approver),
            Who::SystemAdmin => everywhere(Role::SystemAdmin),
            Who::SecurityAdmin => everywhere(Role::SecurityAdmin),
            Who::AuditAdmin => everywhere(Role::AuditAdmin),
            _ => None,
        }
    }

    pub fn account(self) -> AccountId {
        AccountId(id(100 + self as u128))
    }

    fn is_a_person(self) -> bool {
        self.unit().is_some() || self == Who::ThirdParty
    }

    /// A person under this id; the granted roles beside HR are held by accounts that are nobody's there.
    pub fn person(self) -> PersonId {
        PersonId(id(200 + self as u128))
    }

    pub fn actor(self) -> Actor {
        if self == Who::Product {
            return Actor::System;
        }
        let unit = self.unit();
        Actor::Account {
            account: self.account(),
            person: self.is_a_person().then(|| self.person()),
            unit,
            grants: self.grant().into_iter().collect(),
        }
    }

    fn stamp(self) -> Stamp {
        let person = self.is_a_person().then(|| self.person());
        Stamp { at: Timestamp::UNIX_EPOCH, by: By { account: Some(self.account()), person } }
    }
}

const fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub const UNIT: UnitId = UnitId(id(1));
const OTHER_UNIT: UnitId = UnitId(id(2));
pub const CYCLE: CycleId = CycleId(id(3));
pub const SHEET: AppraisalId = AppraisalId(id(4));
pub const SLATE: SlateId = SlateId(id(5));
pub const NOTICE: NoticeId = NoticeId(id(6));
pub const OUTCOME: OutcomeId = OutcomeId(id(7));
pub const SCORE: ScoreId = ScoreId(id(8));
pub const APPEAL: AppealId = AppealId(id(9));
pub const RECUSAL: RecusalId = RecusalId(id(12));
pub const FINDING: FindingId = FindingId(id(13));
pub const OBJECTION: ObjectionId = ObjectionId(id(10));
pub const GOAL: GoalId = GoalId(id(11));
pub const DAY: Date = Date::constant(2026, 6, 30);

/// Goals endorsed by the leader, a score of the assessor on the witness's word, and an appeal against it.
pub fn appraisal(leader: bool) -> Appraisal {
    let by = |present: bool, who: Who, hr| if present { Assignee::Person(who.person()) } else { Assignee::Hr(hr) };
    let opened = appraisal::Opened {
        id: SHEET,
        cycle: CYCLE,
        person: Who::Employee.person(),
        unit: UNIT,
        section: None,
        post_type: "window".to_owned(),
        leader: leader.then(|| Who::Leader.person()),
        endorser: by(leader, Who::Leader, Some(UNIT)),
        confirmer: by(leader, Who::Head, None),
        assessors: vec![
            Assessor { person: Who::Assessor.person(), weight: Points::whole(60) },
            Assessor { person: Who::ThirdParty.person(), weight: Points::whole(40) },
        ],
        ungraded: None,
        goals_due: DAY,
        scoring_due: DAY,
    };
    let basis = Basis { what: "x".to_owned(), when: Some(DAY), place: None, witness: Who::Witness.person() };
    let given = Given {
        id: SCORE,
        indicator: "D1".to_owned(),
        rater: Who::Assessor.person(),
        points: Points::whole(80),
        basis,
        paper: None,
        due: DAY,
    };
    let filed = appeal::Filed { id: APPEAL, target: appeal::Target::Score(SCORE), grounds: "x".to_owned(), due: DAY };
    let proposed = goal::Proposed { version: 1, goals: Vec::new(), reason: None, due: DAY };
    let endorser = if leader { Who::Leader } else { Who::UnitHr };
    let record = [
        (Event::AppraisalOpened(Box::new(opened)), Who::Hr),
        (Event::ThirdPartyEntered(third_party()), Who::Hr),
        (Event::GoalsProposed(proposed), Who::Employee),
        (Event::GoalsEndorsed { version: 1, due: DAY }, endorser),
        (Event::ScoreGiven(given), Who::Assessor),
        (Event::AppealFiled(filed), Who::Employee),
        (Event::AppealAssigned { appeal: APPEAL, decider: Who::Decider.person() }, Who::Hr),
    ];
    Appraisal::fold(record.iter().map(|(event, who)| (event, who.stamp()))).expect("an appraisal")
}

fn third_party() -> ThirdParty {
    let text = || "x".to_owned();
    let (name, employer, document) = (text(), text(), text());
    ThirdParty { id: Who::ThirdParty.person(), name, employer, id_number: None, assurance: Some(text()), document }
}

/// Proposed and handed in by one, reviewed by another.
pub fn slate(head: bool, submitter: Who, reviewer: Who) -> Slate {
    let member = slate::Member { appraisal: SHEET, person: Who::Employee.person(), graded: true };
    let opened = slate::Opened {
        id: SLATE,
        cycle: CYCLE,
        unit: UNIT,
        head: head.then(|| Who::Head.person()),
        base: 1,
        quota: 1,
        members: vec![member],
        due: DAY,
    };
    let record = [
        (Event::SlateOpened(opened), Who::Hr),
        (Event::GradeProposed { appraisal: SHEET, grade: "excellent".to_owned(), reason: None }, submitter),
        (Event::SlateSubmitted { due: DAY }, submitter),
        (Event::SlateReviewed { due: DAY }, reviewer),
    ];
    Slate::fold(record.iter().map(|(event, who)| (event, who.stamp()))).expect("a slate")
}

/// With the employee's line, and an objection to it.
pub fn notice(objector: Who) -> Notice {
    let line = notice::Line { appraisal: SHEET, person: Who::Employee.person(), grade: "excellent".to_owned() };
    let posted = notice::Posted { id: NOTICE, cycle: CYCLE, slate: SLATE, unit: UNIT, lines: vec![line], until: DAY };
    let objected = notice::Objected { id: OBJECTION, appraisal: SHEET, text: "x".to_owned(), due: DAY };
    let record = [(Event::NoticePosted(posted), Who::Hr), (Event::Objected(objected), objector)];
    Notice::fold(record.iter().map(|(event, who)| (event, who.stamp()))).expect("a notice")
}

/// Recommended by the leader, reviewed by the authority's HR.
pub fn outcome(reviewer: Option<Who>) -> Outcome {
    let recommended = outcome::Recommended {
        id: OUTCOME,
        cycle: CYCLE,
        appraisal: SHEET,
        person: Who::Employee.person(),
        unit: UNIT,
        kind: outcome::Kind::Reward,
        detail: "x".to_owned(),
        reasons: "x".to_owned(),
        grade: "excellent".to_owned(),
        due: DAY,
    };
    let mut record = vec![(Event::OutcomeRecommended(recommended), Who::Leader)];
    record.extend(reviewer.map(|who| (Event::OutcomeReviewed { approved: true, opinion: None, due: DAY }, who)));
    Outcome::fold(record.iter().map(|(event, who)| (event, who.stamp()))).expect("an outcome")
}

/// The employee's account, with a role, and with whatever happened to it.
pub fn account(held: Option<Role>, happened: &[(Event, Who)]) -> Account {
    let opened = account::Opened {
        id: Who::Employee.account(),
        login: "0001".to_owned(),
        person: Some(Who::Employee.person()),
        appraisal: None,
        name: None,
    };
    let mut record = vec![(Event::AccountOpened(opened), Who::SystemAdmin)];
    record.extend(held.map(|role| (Event::RoleGranted { grant: Grant { role, unit: None } }, Who::SecurityAdmin)));
    record.extend(happened.iter().cloned());
    Account::fold(record.iter().map(|(event, who)| (event, who.stamp()))).expect("an account")
}

/// The case of an act on the appraisal.
pub fn on_appraisal(leader: bool) -> Case {
    Case { appraisal: Some(appraisal(leader)), ..Case::default() }
}

/// The case of an act on the slate.
pub fn on_slate(head: bool, submitter: Who, reviewer: Who) -> Case {
    Case { slate: Some(slate(head, submitter, reviewer)), ..Case::default() }
}

/// The case of an act on the employee's line of the slate, which was held back from a step by the head of the unit.
pub fn on_held_line(step: ListStep) -> Case {
    let mut slate = slate(true, Who::UnitHr, Who::Colleague);
    let held = Event::LineHeld { appraisal: SHEET, step, due: DAY };
    slate.apply(&held, Who::Head.stamp());
    Case { slate: Some(slate), ..on_appraisal(true) }
}

/// The case of an act on the appraisal, where a colleague has raised that somebody should stay out.
/// What the employee declares.
pub fn on_declaration() -> Case {
    let declaration = Declaration::fold(Who::Employee.person(), []);
    Case { declaration: Some(declaration), ..Case::default() }
}

/// A finding about the employee, who was asked about it, or not.
pub fn on_finding(asked: bool) -> Case {
    let raised = finding::Raised {
        id: FINDING,
        detector: "undeclared_tie".to_owned(),
        level: finding::Level::Rule,
        key: String::new(),
        subject: Who::Employee.person(),
        unit: UNIT,
        versions: None,
        told: None,
        due: DAY,
    };
    let raised = (Event::FindingRaised(Box::new(raised)), Who::Product);
    let asking = (Event::ReplyAsked { due: DAY }, Who::Inspector);
    let record: Vec<(Event, Who)> = [raised].into_iter().chain(asked.then_some(asking)).collect();
    let finding = Finding::fold(record.iter().map(|(event, who)| (event, who.stamp())));
    Case { finding, ..Case::default() }
}

pub fn on_recusal(concerned: Who) -> Case {
    let mut case = on_appraisal(true);
    let raised = recusal::Raised {
        id: RECUSAL,
        concerned: concerned.person(),
        origin: recusal::Origin::Tip,
        text: Some("x".to_owned()),
        tipster: Some(Who::Colleague.account()),
        due: DAY,
    };
    if let Some(sheet) = &mut case.appraisal {
        sheet.apply(&Event::RecusalRaised(raised), Who::Product.stamp());
    }
    case
}

/// The case of an act on the notice.
pub fn on_notice(objector: Who) -> Case {
    Case { notice: Some(notice(objector)), ..on_slate(true, Who::UnitHr, Who::Hr) }
}

/// The case of an act on the outcome.
pub fn on_outcome(reviewer: Option<Who>) -> Case {
    Case { outcome: Some(outcome(reviewer)), ..on_appraisal(true) }
}

/// The case of an act on the employee's account.
pub fn on_account(held: Option<Role>, happened: &[(Event, Who)]) -> Case {
    Case { account: Some(account(held, happened)), ..Case::default() }
}
