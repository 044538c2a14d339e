//! To-dos: whose turn it is, until when, and why. Derived from the state of an aggregate and from
//! nothing else, so they can't be forgotten or faked. A deadline that passes is escalated: those who
//! oversee the step get a to-do of their own. Nothing is ever approved by silence.

use crate::{
    actor::Assignee,
    appraisal::Appraisal,
    context::Context,
    cycle::Cycle,
    decide::Case,
    declaration::Declaration,
    event::{Emit, Event, Stream, StreamKind},
    finding::{Finding, Level, Stage},
    id::{CycleId, PersonId, UnitId},
    notice::Notice,
    outcome::Outcome,
    refusal::{Reason, Refusal},
    score::Standing,
    slate::Slate,
    tip::Tip,
};
use jiff::civil::Date;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// Propose goals.
    ProposeGoals,
    /// Propose goals again: they were sent back.
    ReviseGoals,
    /// 部门审核
    EndorseGoals,
    /// 单位确认
    ConfirmGoals,
    /// Score a person's qualitative indicators.
    Score,
    /// Score again: the witness denied it or HR sent it back.
    Rescore,
    /// Confirm or deny the example of a score.
    ConfirmScore,
    /// Name who assesses a person: nobody was left who may.
    NameAssessors,
    /// Review a person's scores.
    ReviewScores,
    /// Name who decides an appeal.
    AssignAppeal,
    /// Decide an appeal.
    DecideAppeal,
    /// Decide whether somebody stays out of a case.
    DecideRecusal,
    /// Sign the result.
    SignResult,
    /// Answer the survey at the end of the cycle.
    AnswerSurvey,
    /// Propose the unit's grades.
    ProposeGrades,
    /// Review the unit's grades.
    ReviewSlate,
    /// Publish the top grades.
    PostNotice,
    /// Fix the grades.
    FixGrades,
    /// Review or fix a line of a slate that was held back.
    DecideLine,
    /// Answer an objection.
    AnswerObjection,
    /// Correct a line that an objection was upheld against.
    CorrectNotice,
    /// Close the notice.
    CloseNotice,
    /// Review an outcome.
    ReviewOutcome,
    /// Decide an outcome.
    DecideOutcome,
    /// Declare one's family.
    DeclareFamily,
    /// Look into a finding.
    HandleFinding,
    /// Answer a finding about oneself.
    ReplyToFinding,
    /// Look into a tip.
    HandleTip,
    /// A step of somebody else is late: see to it.
    Chase,
}

impl Task {
    /// All tasks.
    pub const ALL: [Task; 29] = [
        Task::ProposeGoals,
        Task::ReviseGoals,
        Task::EndorseGoals,
        Task::ConfirmGoals,
        Task::Score,
        Task::Rescore,
        Task::ConfirmScore,
        Task::NameAssessors,
        Task::ReviewScores,
        Task::AssignAppeal,
        Task::DecideAppeal,
        Task::DecideRecusal,
        Task::SignResult,
        Task::AnswerSurvey,
        Task::ProposeGrades,
        Task::ReviewSlate,
        Task::PostNotice,
        Task::FixGrades,
        Task::DecideLine,
        Task::AnswerObjection,
        Task::CorrectNotice,
        Task::CloseNotice,
        Task::ReviewOutcome,
        Task::DecideOutcome,
        Task::DeclareFamily,
        Task::HandleFinding,
        Task::ReplyToFinding,
        Task::HandleTip,
        Task::Chase,
    ];

    /// The name in tables and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Task::ProposeGoals => "propose_goals",
            Task::ReviseGoals => "revise_goals",
            Task::EndorseGoals => "endorse_goals",
            Task::ConfirmGoals => "confirm_goals",
            Task::Score => "score",
            Task::Rescore => "rescore",
            Task::ConfirmScore => "confirm_score",
            Task::NameAssessors => "name_assessors",
            Task::ReviewScores => "review_scores",
            Task::AssignAppeal => "assign_appeal",
            Task::DecideAppeal => "decide_appeal",
            Task::DecideRecusal => "decide_recusal",
            Task::SignResult => "sign_result",
            Task::AnswerSurvey => "answer_survey",
            Task::ProposeGrades => "propose_grades",
            Task::ReviewSlate => "review_slate",
            Task::PostNotice => "post_notice",
            Task::FixGrades => "fix_grades",
            Task::DecideLine => "decide_line",
            Task::AnswerObjection => "answer_objection",
            Task::CorrectNotice => "correct_notice",
            Task::CloseNotice => "close_notice",
            Task::ReviewOutcome => "review_outcome",
            Task::DecideOutcome => "decide_outcome",
            Task::DeclareFamily => "declare_family",
            Task::HandleFinding => "handle_finding",
            Task::ReplyToFinding => "reply_to_finding",
            Task::HandleTip => "handle_tip",
            Task::Chase => "chase",
        }
    }
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Todo {
    /// Unique within the aggregate; the same step has the same key.
    pub key: String,
    /// What.
    pub task: Task,
    /// Whose turn it is.
    pub assignee: Assignee,
    /// About whom.
    pub subject: Option<PersonId>,
    /// In which unit.
    pub unit: UnitId,
    /// In which cycle, where it is part of one.
    pub cycle: Option<CycleId>,
    /// Until when; none: when it can be done.
    pub due: Option<Date>,
    /// It can't be done before this day.
    pub not_before: Option<Date>,
    /// It was late and those who oversee it were told.
    pub escalated: bool,
}

/// Collects the to-dos of one aggregate.
struct List<'a> {
    todos: Vec<Todo>,
    subject: Option<PersonId>,
    unit: UnitId,
    cycle: Option<CycleId>,
    escalated: &'a [(String, crate::actor::Stamp)],
}

impl List<'_> {
    fn push(&mut self, task: Task, of: &str, assignee: Assignee, due: Option<Date>) {
        let name = task.as_str();
        let key = if of.is_empty() { name.to_owned() } else { format!("{name}/{of}") };
        let escalated = self.escalated.iter().any(|(known, _)| *known == key);
        let todo = Todo {
            key: key.clone(),
            task,
            assignee,
            subject: self.subject,
            unit: self.unit,
            cycle: self.cycle,
            due,
            not_before: None,
            escalated,
        };
        if escalated {
            let overseer = overseer(assignee, self.unit);
            let chase = Todo { key: format!("chase/{key}"), task: Task::Chase, assignee: overseer, ..todo.clone() };
            self.todos.push(chase);
        }
        self.todos.push(todo);
    }
}

/// Who is told when a step is late: HR of the unit for a person's step, the authority's HR for a unit's,
/// the inspectors for HR's own and the approver's.
fn overseer(assignee: Assignee, unit: UnitId) -> Assignee {
    match assignee {
        Assignee::Person(_) => Assignee::Hr(Some(unit)),
        Assignee::Hr(Some(_)) => Assignee::Hr(None),
        Assignee::Hr(None) | Assignee::Approver | Assignee::Inspector => Assignee::Inspector,
    }
}

impl Appraisal {
    /// What there is to do on this appraisal.
    pub fn todos(&self, cycle: &Cycle) -> Vec<Todo> {
        let mut list = List {
            todos: Vec::new(),
            subject: Some(self.opened.person),
            unit: self.opened.unit,
            cycle: Some(self.opened.cycle),
            escalated: &self.escalated,
        };
        if cycle.closed.is_none() {
            self.goal_todos(cycle, &mut list);
            self.score_todos(cycle, &mut list);
            self.appeal_todos(&mut list);
            for recusal in self.recusals.iter().filter(|recusal| recusal.is_open()) {
                let (id, due) = (recusal.raised.id.to_string(), Some(recusal.raised.due));
                list.push(Task::DecideRecusal, &id, self.recusal_decider(recusal.raised.concerned), due);
            }
            if let (Some((_, sign_by, _)), None) = (&self.grade, &self.signature) {
                list.push(Task::SignResult, "", Assignee::Person(self.opened.person), Some(*sign_by));
            }
        }
        if let (Some(survey), None) = (cycle.survey.as_ref().filter(|survey| survey.counted.is_none()), &self.survey) {
            list.push(Task::AnswerSurvey, "", Assignee::Person(self.opened.person), Some(survey.until));
        }
        list.todos
    }

    fn goal_todos(&self, cycle: &Cycle, list: &mut List) {
        if cycle.frozen.is_some() {
            return;
        }
        let subject = Assignee::Person(self.opened.person);
        let Some(newest) = self.goals.last() else {
            // People without a grade agree on goals too, but heads of units do so with the body above.
            let elsewhere = matches!(self.ungraded, Some((crate::cycle::Ungraded::AppraisedElsewhere, _)));
            if !elsewhere {
                list.push(Task::ProposeGoals, "", subject, Some(self.opened.goals_due));
            }
            return;
        };
        let version = newest.proposed.version.to_string();
        if let Some(returned) = &newest.returned {
            list.push(Task::ReviseGoals, &version, subject, Some(returned.due));
        }
        if let Some((step, due)) = newest.waiting() {
            let task = match step {
                crate::goal::Step::Endorse => Task::EndorseGoals,
                crate::goal::Step::Confirm => Task::ConfirmGoals,
            };
            list.push(task, &version, self.goal_step_of(step), Some(due));
        }
    }

    fn score_todos(&self, cycle: &Cycle, list: &mut List) {
        if cycle.frozen.is_some() || self.ungraded.is_some() {
            return;
        }
        let missing = self.missing_scores(cycle);
        let mut owed: BTreeMap<PersonId, bool> = BTreeMap::new();
        for (assessor, indicator) in &missing {
            match self.live_score(*assessor, indicator).map(|score| score.standing()) {
                // It waits for its witness: no work for the assessor now.
                Some(Standing::Unconfirmed) => {}
                Some(_) => *owed.entry(*assessor).or_default() |= true,
                None => {
                    owed.entry(*assessor).or_default();
                }
            }
        }
        // What rests is nobody's to do.
        for (assessor, again) in owed.into_iter().filter(|(assessor, _)| !self.suspends(*assessor)) {
            let task = if again { Task::Rescore } else { Task::Score };
            let due = Some(self.opened.scoring_due);
            list.push(task, &assessor.to_string(), Assignee::Person(assessor), due);
        }
        for score in self.scores.iter().filter(|score| score.standing() == Standing::Unconfirmed) {
            let witness = Assignee::Person(score.given.basis.witness);
            list.push(Task::ConfirmScore, &score.given.id.to_string(), witness, Some(score.given.due));
        }
        if self.lacks_assessors(cycle) {
            list.push(Task::NameAssessors, "", Assignee::Hr(Some(self.opened.unit)), Some(self.opened.scoring_due));
        } else if missing.is_empty() && self.reviewed.is_none() {
            list.push(Task::ReviewScores, "", Assignee::Hr(Some(self.opened.unit)), Some(self.opened.scoring_due));
        }
    }

    fn appeal_todos(&self, list: &mut List) {
        for appeal in self.appeals.iter().filter(|appeal| appeal.is_open()) {
            let (id, due) = (appeal.filed.id.to_string(), Some(appeal.filed.due));
            match appeal.decider {
                None => list.push(Task::AssignAppeal, &id, Assignee::Hr(Some(self.opened.unit)), due),
                Some((decider, _)) => list.push(Task::DecideAppeal, &id, Assignee::Person(decider), due),
            }
        }
    }
}

impl Slate {
    /// What there is to do on this slate.
    pub fn todos(&self, cycle: &Cycle) -> Vec<Todo> {
        let unit = self.opened.unit;
        let mut list =
            List { todos: Vec::new(), subject: None, unit, cycle: Some(self.opened.cycle), escalated: &self.escalated };
        if cycle.closed.is_none() {
            for held in self.waiting() {
                let whose = self.members.iter().find(|member| member.appraisal == held.appraisal);
                list.subject = whose.map(|member| member.person);
                list.push(Task::DecideLine, &held.appraisal.to_string(), Assignee::Hr(None), Some(held.due));
            }
            list.subject = None;
        }
        let nobody_graded = !self.members.iter().any(|member| member.graded);
        if cycle.frozen.is_none() || cycle.closed.is_some() || self.fixed.is_some() || nobody_graded {
            return list.todos;
        }
        let head = self.opened.head.map_or(Assignee::Hr(None), Assignee::Person);
        match (&self.submitted, &self.reviewed, &self.published) {
            (None, ..) => {
                let due = self.returned.as_ref().map_or(self.opened.due, |(.., due)| *due);
                list.push(Task::ProposeGrades, "", Assignee::Hr(Some(unit)), Some(due));
            }
            (Some((_, due)), None, _) => list.push(Task::ReviewSlate, "", Assignee::Hr(None), Some(*due)),
            (_, Some(_), None) if self.whole().is_err() => {}
            (_, Some((_, due)), None) if self.count(cycle.top_grade()) == 0 => {
                list.push(Task::FixGrades, "", head, Some(*due));
            }
            (_, Some((_, due)), None) if self.notice.is_none() => {
                list.push(Task::PostNotice, "", Assignee::Hr(None), Some(*due));
            }
            (_, Some(_), None) => {}
            (_, _, Some((_, due))) => list.push(Task::FixGrades, "", head, Some(*due)),
        }
        list.todos
    }
}

impl Notice {
    /// What there is to do on this notice.
    pub fn todos(&self) -> Vec<Todo> {
        let mut list = List {
            todos: Vec::new(),
            subject: None,
            unit: self.posted.unit,
            cycle: Some(self.posted.cycle),
            escalated: &self.escalated,
        };
        if self.closed.is_some() {
            return list.todos;
        }
        for objection in self.objections.iter().filter(|objection| objection.reply.is_none()) {
            let of = objection.objected.id.to_string();
            list.push(Task::AnswerObjection, &of, Assignee::Hr(None), Some(objection.objected.due));
        }
        for objection in self.uncorrected() {
            let of = objection.objected.id.to_string();
            list.push(Task::CorrectNotice, &of, Assignee::Hr(None), Some(objection.objected.due));
        }
        if self.open_objections() == 0 && self.uncorrected().next().is_none() {
            // The window may have been started anew: each end is a step of its own.
            list.push(Task::CloseNotice, &self.until.to_string(), Assignee::Hr(None), None);
            if let Some(close) = list.todos.last_mut() {
                close.not_before = self.until.tomorrow().ok();
            }
        }
        list.todos
    }
}

impl Outcome {
    /// What there is to do on this outcome.
    pub fn todos(&self) -> Vec<Todo> {
        let mut list = List {
            todos: Vec::new(),
            subject: Some(self.recommended.person),
            unit: self.recommended.unit,
            cycle: Some(self.recommended.cycle),
            escalated: &self.escalated,
        };
        match (&self.reviewed, &self.decided) {
            (None, _) => list.push(Task::ReviewOutcome, "", Assignee::Hr(None), Some(self.recommended.due)),
            (Some((signoff, due)), None) if signoff.approved => {
                list.push(Task::DecideOutcome, "", Assignee::Approver, Some(*due));
            }
            _ => {}
        }
        list.todos
    }
}

impl Declaration {
    /// What there is to do on these declarations.
    pub fn todos(&self) -> Vec<Todo> {
        let Some(asked) = self.waiting() else { return Vec::new() };
        let mut list = List {
            todos: Vec::new(),
            subject: Some(self.person),
            unit: asked.unit,
            cycle: None,
            escalated: &self.escalated,
        };
        list.push(Task::DeclareFamily, &asked.year.to_string(), Assignee::Person(self.person), Some(asked.due));
        list.todos
    }
}

impl Finding {
    /// What there is to do on this finding. The subject is not named: their own list of what others do in their matters would
    /// tell them.
    pub fn todos(&self) -> Vec<Todo> {
        let raised = &self.raised;
        let mut list =
            List { todos: Vec::new(), subject: None, unit: raised.unit, cycle: None, escalated: &self.escalated };
        match (self.stage(), &self.asked, &self.silenced) {
            (Stage::Asked, Some((due, _)), _) => {
                list.push(Task::ReplyToFinding, &due.to_string(), Assignee::Person(raised.subject), Some(*due));
            }
            (Stage::Silenced, _, Some((until, ..))) => {
                list.push(Task::HandleFinding, &until.to_string(), self.holder(), None);
                if let Some(todo) = list.todos.last_mut() {
                    todo.not_before = Some(*until);
                }
            }
            (Stage::Closed, ..) => {}
            // What a scan merely finds worth a look stands in the list, and waits for nobody.
            (Stage::Raised, ..) if raised.versions.is_some() && raised.level == Level::Watch => {}
            _ => list.push(Task::HandleFinding, "", self.holder(), Some(raised.due)),
        }
        list.todos
    }
}

impl Tip {
    /// What there is to do on this tip. It names its people as somebody typed them, so it is in no unit.
    pub fn todos(&self) -> Vec<Todo> {
        let unit = UnitId(Uuid::nil());
        let mut list = List { todos: Vec::new(), subject: None, unit, cycle: None, escalated: &self.escalated };
        if self.closed.is_none() {
            list.push(Task::HandleTip, "", Assignee::Inspector, Some(self.given.due));
        }
        list.todos
    }
}

/// Record that a step is late, once.
pub(crate) fn escalate(ctx: &Context, stream: Stream, key: &str, case: &Case) -> Result<Vec<Emit>, Refusal> {
    let missing = || Refusal::from(Reason::NotFound);
    let todos = match stream.kind {
        StreamKind::Appraisal => {
            case.appraisal.as_ref().ok_or_else(missing)?.todos(case.cycle.as_ref().ok_or_else(missing)?)
        }
        StreamKind::Slate => case.slate.as_ref().ok_or_else(missing)?.todos(case.cycle.as_ref().ok_or_else(missing)?),
        StreamKind::Notice => case.notice.as_ref().ok_or_else(missing)?.todos(),
        StreamKind::Outcome => case.outcome.as_ref().ok_or_else(missing)?.todos(),
        StreamKind::Declaration => case.declaration.as_ref().ok_or_else(missing)?.todos(),
        StreamKind::Finding => case.finding.as_ref().ok_or_else(missing)?.todos(),
        StreamKind::Tip => case.tip.as_ref().ok_or_else(missing)?.todos(),
        _ => return Err(missing()),
    };
    let todo = todos.iter().find(|todo| todo.key == key).ok_or_else(missing)?;
    // Nobody has to answer a survey.
    if todo.task == Task::AnswerSurvey {
        return Err(Reason::NotOverdue.into());
    }
    if todo.escalated {
        return Err(Reason::AlreadyDone.into());
    }
    match todo.due {
        Some(due) if ctx.today() > due => {
            Ok(vec![Emit { stream, event: Event::Escalated { todo: key.to_owned(), due } }])
        }
        _ => Err(Reason::NotOverdue.into()),
    }
}
