//! What policies may know of an act and its case, as the schema names it.

use cedar_policy::{Entities, Entity, EntityUid, RestrictedExpression};
use domain::{
    act::Act,
    actor::{Actor, Assignee, By, Role, Stamp},
    appraisal::Appraisal,
    decide::Case,
    goal::Step,
    id::PersonId,
    recusal::{Ground, Recusal},
    roster::Person,
    slate::ListStep,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The attributes of the resource.
#[derive(Default)]
pub(crate) struct Facts {
    unit: String,
    subject: String,
    leader: String,
    head: String,
    turn: String,
    hr_turn: bool,
    four_eyes: BTreeSet<String>,
    assessors: BTreeSet<String>,
    involved: BTreeSet<String>,
    members: BTreeSet<String>,
    account: String,
    held: BTreeSet<String>,
    role: String,
    other_factor_by: String,
    register: bool,
    grounds: BTreeSet<Ground>,
    named: BTreeSet<Ground>,
    named_people: BTreeSet<String>,
    suspended: BTreeSet<String>,
    recused: BTreeSet<String>,
    concerned: String,
    concerned_grounds: BTreeSet<Ground>,
    overrules: bool,
    asked: bool,
}

impl Facts {
    /// The two entities of a question; none where an attribute can't be told.
    pub(crate) fn entities(&self, actor: &Actor, user: EntityUid, case: EntityUid) -> Option<Entities> {
        let hr_of = actor.grants().iter().filter(|grant| grant.role == Role::HrOfficer).filter_map(|grant| grant.unit);
        let everywhere = actor.grants().iter().filter(|grant| grant.unit.is_none());
        let user = entity(
            user,
            [
                ("account", text(&told(actor.by().account))),
                ("person", text(&told(actor.person()))),
                ("unit", text(&told(actor.unit()))),
                ("roles", set(everywhere.map(|grant| grant.role.as_str().to_owned()))),
                ("hr_of", set(hr_of.map(|unit| unit.to_string()))),
                ("outside", RestrictedExpression::new_bool(actor.is_from_outside())),
                ("console", RestrictedExpression::new_bool(*actor == Actor::System)),
            ],
        )?;
        let case = entity(
            case,
            [
                ("unit", text(&self.unit)),
                ("subject", text(&self.subject)),
                ("leader", text(&self.leader)),
                ("head", text(&self.head)),
                ("turn", text(&self.turn)),
                ("hr_turn", RestrictedExpression::new_bool(self.hr_turn)),
                ("four_eyes", set(self.four_eyes.iter().cloned())),
                ("assessors", set(self.assessors.iter().cloned())),
                ("involved", set(self.involved.iter().cloned())),
                ("members", set(self.members.iter().cloned())),
                ("account", text(&self.account)),
                ("held", set(self.held.iter().cloned())),
                ("role", text(&self.role)),
                ("other_factor_by", text(&self.other_factor_by)),
                ("register", RestrictedExpression::new_bool(self.register)),
                ("grounds", set(self.grounds.iter().map(|ground| ground.as_str().to_owned()))),
                ("named", set(self.named.iter().map(|ground| ground.as_str().to_owned()))),
                ("named_people", set(self.named_people.iter().cloned())),
                ("suspended", set(self.suspended.iter().cloned())),
                ("recused", set(self.recused.iter().cloned())),
                ("concerned", text(&self.concerned)),
                ("concerned_grounds", set(self.concerned_grounds.iter().map(|ground| ground.as_str().to_owned()))),
                ("overrules", RestrictedExpression::new_bool(self.overrules)),
                ("asked", RestrictedExpression::new_bool(self.asked)),
            ],
        )?;
        Entities::from_entities([user, case], None).ok()
    }

    fn appraisal(&mut self, sheet: &Appraisal) {
        let person = |id: PersonId| id.to_string();
        self.unit = sheet.opened.unit.to_string();
        self.subject = person(sheet.opened.person);
        self.leader = sheet.opened.leader.map(person).unwrap_or_default();
        self.head = match (sheet.opened.confirmer, sheet.opened.endorser) {
            (Assignee::Person(head), _) | (_, Assignee::Person(head)) => person(head),
            _ => String::new(),
        };
        self.assessors = sheet.assessors.iter().map(|assessor| person(assessor.person)).collect();
        self.involved = self.assessors.clone();
        self.involved.extend(sheet.scores.iter().map(|score| person(score.given.basis.witness)));
        let person_if = |pass: bool, id: PersonId| pass.then(|| id.to_string());
        let concerned = || sheet.recusals.iter().map(|recusal| recusal.raised.concerned);
        self.suspended = concerned().filter_map(|id| person_if(sheet.suspends(id), id)).collect();
        self.recused = concerned().filter_map(|id| person_if(sheet.decided_on(id) == Some(true), id)).collect();
        let steps = [Step::Endorse, Step::Confirm].map(|step| sheet.goal_step_of(step));
        self.involved.extend(steps.into_iter().filter_map(|step| domain::act::handed_to(step).map(person)));
        self.involved.extend(sheet.appeals.iter().filter_map(|appeal| appeal.decider).map(|(id, _)| person(id)));
        for third in sheet.third_parties.iter().filter(|third| sheet.is_over_for(third.id)) {
            self.involved.remove(&person(third.id));
        }
    }

    fn whose_turn(&mut self, assignee: Assignee) {
        match assignee {
            Assignee::Person(id) => self.turn = id.to_string(),
            Assignee::Hr(_) => self.hr_turn = true,
            Assignee::Approver | Assignee::Inspector => {}
        }
    }

    fn other_factor(&mut self, replaced: Option<Stamp>) {
        self.other_factor_by = told(replaced.and_then(|stamp| stamp.by.account));
    }

    /// Whoever did this is not to do the present step: as a person, and as an account that is nobody's on the roster.
    fn not_again(&mut self, by: impl IntoIterator<Item = By>) {
        for By { account, person } in by {
            self.four_eyes.extend(person.map(|id| id.to_string()));
            self.four_eyes.extend(account.map(|id| id.to_string()));
        }
    }
}

fn entity<const N: usize>(uid: EntityUid, attributes: [(&str, RestrictedExpression); N]) -> Option<Entity> {
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value));
    Entity::new(uid, HashMap::from(attributes), HashSet::new()).ok()
}

fn text(value: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(value.to_owned())
}

fn set(values: impl Iterator<Item = String>) -> RestrictedExpression {
    RestrictedExpression::new_set(values.map(RestrictedExpression::new_string))
}

/// An id as policies see it; empty where there is none.
fn told(id: Option<impl ToString>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// What reading looks at, and what ties who reads to whom it is about.
pub(crate) fn of_reading(actor: &Actor, case: &Case) -> Facts {
    let mut facts = of_what_is_there(case);
    let outcome = case.outcome.as_ref().map(|outcome| outcome.recommended.person);
    let found = case.finding.as_ref().map(|finding| finding.raised.subject);
    let subject = outcome.or(case.appraisal.as_ref().map(|sheet| sheet.opened.person)).or(found);
    if let (Some(ties), Some(person), Some(subject)) = (&case.ties, actor.person(), subject) {
        facts.grounds = ties.between(person, subject);
        standing(case, person, &mut facts.grounds);
    }
    facts
}

fn of_what_is_there(case: &Case) -> Facts {
    let mut facts = Facts::default();
    if let Some(slate) = &case.slate {
        facts.unit = slate.opened.unit.to_string();
        facts.head = slate.opened.head.map(|id| id.to_string()).unwrap_or_default();
        facts.members = slate.members.iter().map(|member| member.person.to_string()).collect();
    }
    if let Some(notice) = &case.notice {
        facts.unit = notice.posted.unit.to_string();
    }
    if let Some(sheet) = &case.appraisal {
        facts.appraisal(sheet);
    }
    if let Some(outcome) = &case.outcome {
        facts.unit = outcome.recommended.unit.to_string();
        facts.subject = outcome.recommended.person.to_string();
        facts.involved.extend(outcome.stamp.by.person.map(|id| id.to_string()));
    }
    if let Some(finding) = &case.finding {
        facts.unit = finding.raised.unit.to_string();
        facts.subject = finding.raised.subject.to_string();
        facts.asked = finding.is_known_to_subject();
        facts.turn = told(finding.assigned.map(|(holder, _)| holder));
    }
    if let Some(declaration) = &case.declaration {
        facts.subject = declaration.person.to_string();
    }
    if let Some(account) = &case.account {
        facts.account = account.opened.id.to_string();
        facts.held = account.grants.iter().map(|grant| grant.role.as_str().to_owned()).collect();
    }
    facts
}

/// What an act is about, whose turn it is, and what ties who acts to whom it is about.
pub(crate) fn of_act(actor: &Actor, act: &Act, case: &Case) -> Facts {
    let mut facts = of_case(act, case);
    let named = act.names();
    facts.named_people = named.iter().map(PersonId::to_string).collect();
    let Some(ties) = &case.ties else { return facts };
    let subjects = case.subjects(act);
    if let Some(person) = actor.person() {
        let own = ties.of(person);
        facts.grounds = subjects.iter().flat_map(|subject| own.with(*subject)).collect();
        standing(case, person, &mut facts.grounds);
    }
    for subject in subjects.iter().filter(|_| !named.is_empty()) {
        let subject = ties.of(*subject);
        for person in &named {
            let mut grounds = subject.with(*person);
            standing(case, *person, &mut grounds);
            facts.named.extend(grounds);
        }
    }
    let concerned = recusal(act, case).map(|recusal| recusal.raised.concerned);
    if let (Some(concerned), Some(subject)) = (concerned, subjects.first()) {
        facts.concerned_grounds = ties.between(concerned, *subject);
    }
    facts
}

/// The grounds that still count against somebody: a competent leader may have decided that they stay, which policy lets nobody
/// decide of a spouse or a lineal relative.
fn standing(case: &Case, person: PersonId, grounds: &mut BTreeSet<Ground>) {
    if case.appraisal.as_ref().and_then(|sheet| sheet.decided_on(person)) == Some(false) {
        grounds.retain(|ground| !ground.is_lifted());
    }
}

/// The recusal that is decided.
fn recusal<'a>(act: &Act, case: &'a Case) -> Option<&'a Recusal> {
    let Act::DecideRecusal { recusal, .. } = act else { return None };
    case.appraisal.as_ref()?.recusals.iter().find(|known| known.raised.id == *recusal)
}

fn of_case(act: &Act, case: &Case) -> Facts {
    let mut facts = of_what_is_there(case);
    let sheet = case.appraisal.as_ref();
    match act {
        Act::GrantRole { grant, .. } | Act::RevokeRole { grant, .. } => facts.role = grant.role.as_str().to_owned(),
        Act::SetPassword { .. } => {
            facts.other_factor(case.account.as_ref().and_then(|account| account.second_factor_cleared));
        }
        Act::ClearSecondFactor { .. } => {
            let first = case.account.as_ref().filter(|account| account.has_first_password());
            facts.other_factor(first.and_then(|account| account.password_set));
        }
        Act::CloseTip { .. } => {
            let mentioned = |person: &&Person| case.tip.as_ref().is_some_and(|tip| tip.mentions(person));
            facts.subject = told(case.people.people.values().find(mentioned).map(|person| person.id));
        }
        Act::EraseSubject { person, .. } => facts.subject = person.to_string(),
        Act::LookAtTies { .. } => facts.members = case.subjects(act).iter().map(PersonId::to_string).collect(),
        Act::ImportBatch { batch } => facts.register = batch.kind.is_register(),
        Act::EndorseGoals { .. } | Act::ReturnGoals { step: Step::Endorse, .. } => {
            if let Some(sheet) = sheet {
                facts.whose_turn(sheet.goal_step_of(Step::Endorse));
            }
        }
        Act::ConfirmGoals { .. } | Act::ReturnGoals { step: Step::Confirm, .. } => {
            if let Some(sheet) = sheet {
                facts.whose_turn(sheet.goal_step_of(Step::Confirm));
                facts.not_again(sheet.goals.last().and_then(|goals| goals.endorsed).map(|(stamp, _)| stamp.by));
            }
        }
        Act::ConfirmScore { score, .. } | Act::DenyScore { score, .. } => {
            if let Some(score) = sheet.and_then(|sheet| sheet.score(*score).ok()) {
                facts.turn = score.given.basis.witness.to_string();
            }
        }
        Act::DecideRecusal { recused, .. } => {
            facts.overrules = !recused;
            if let (Some(sheet), Some(recusal)) = (sheet, recusal(act, case)) {
                facts.concerned = recusal.raised.concerned.to_string();
                facts.whose_turn(sheet.recusal_decider(recusal.raised.concerned));
            }
        }
        Act::ReviewScores { .. } => facts.four_eyes = facts.assessors.clone(),
        Act::DecideAppeal { appeal, .. } => {
            let known = sheet.and_then(|sheet| sheet.appeals.iter().find(|known| known.filed.id == *appeal));
            if let (Some(sheet), Some(appeal)) = (sheet, known) {
                facts.turn = appeal.decider.map(|(id, _)| id.to_string()).unwrap_or_default();
                facts.four_eyes = sheet.touched(&appeal.filed.target).iter().map(PersonId::to_string).collect();
            }
        }
        Act::ReviewSlate { .. } | Act::FixGrades { .. } => {
            facts.subject = String::new();
            slate_eyes(matches!(act, Act::ReviewSlate { .. }), case, &mut facts);
        }
        Act::DecideLine { appraisal, .. } => {
            // Where nothing waits, nothing is asked about anybody: the act is refused for that.
            let lines = || case.slate.iter().flat_map(|slate| &slate.held).filter(|held| held.appraisal == *appraisal);
            if let Some(held) = lines().find(|held| held.decided.is_none()) {
                facts.not_again([held.stamp.by]);
                slate_eyes(held.step == ListStep::Review, case, &mut facts);
                facts.not_again(lines().filter_map(|held| held.decided).map(|stamp| stamp.by));
            }
        }
        Act::Object { .. } | Act::CorrectNotice { .. } => facts.subject = told(case.subjects(act).first()),
        Act::AnswerObjection { objection, .. } => {
            let known = case
                .notice
                .as_ref()
                .and_then(|notice| notice.objections.iter().find(|known| known.objected.id == *objection));
            facts.not_again(known.map(|objection| objection.stamp.by));
            facts.subject = told(case.subjects(act).first());
        }
        Act::ReviewOutcome { .. } | Act::DecideOutcome { .. } => {
            if let Some(outcome) = &case.outcome {
                facts.not_again([outcome.stamp.by]);
                facts.not_again(outcome.reviewed.iter().map(|(signoff, _)| signoff.stamp.by));
            }
        }
        _ => {}
    }
    facts
}

/// Who handed a slate in does not review it; who reviewed it does not fix it.
fn slate_eyes(reviews: bool, case: &Case, facts: &mut Facts) {
    let Some(slate) = &case.slate else { return };
    if reviews {
        facts.not_again(slate.submitted.map(|(stamp, _)| stamp.by));
        facts.not_again(slate.proposals.values().map(|proposal| proposal.stamp.by));
    } else {
        facts.not_again(slate.reviewed.map(|(stamp, _)| stamp.by));
    }
}
