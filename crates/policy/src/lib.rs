//! Cedar decides whether an actor may do an act. The rules are `policies/*.cedar`; this crate turns an
//! act and its case into a question, and mints the [`Permit`] that the store demands.

mod facts;

use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision, EntityId, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet,
    Request, Schema, ValidationMode, Validator,
};
use domain::{
    act::Act,
    actor::{Actor, By},
    decide::Case,
};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, str::FromStr};

/// The policies that come with the product: name and text.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("accounts.cedar", include_str!("../../../policies/accounts.cedar")),
    ("appraisals.cedar", include_str!("../../../policies/appraisals.cedar")),
    ("cycles.cedar", include_str!("../../../policies/cycles.cedar")),
    ("findings.cedar", include_str!("../../../policies/findings.cedar")),
    ("reading.cedar", include_str!("../../../policies/reading.cedar")),
    ("recusal.cedar", include_str!("../../../policies/recusal.cedar")),
    ("timer.cedar", include_str!("../../../policies/timer.cedar")),
];

/// The schema of the questions.
pub const SCHEMA: &str = include_str!("../../../policies/schema.cedarschema");

/// The policies in force, checked against the schema.
pub struct Policies {
    /// What there is to ask about each action: most policies are about a few, and asking all of them takes many times as
    /// long.
    sets: BTreeMap<String, PolicySet>,
    uids: Uids,
    authorizer: Authorizer,
    notes: BTreeMap<String, Note>,
    hash: String,
}

struct Note {
    message: String,
    basis: String,
    permits: bool,
    text: String,
}

/// An actor may do this act on this case. Nothing but [`Policies::permit`] makes one, and the store
/// appends nothing without.
#[derive(Clone, Debug)]
pub struct Permit {
    by: By,
    act: String,
    policies: Vec<String>,
    hash: String,
}

impl Permit {
    /// Who.
    pub fn by(&self) -> By {
        self.by
    }

    /// Which act.
    pub fn act(&self) -> &str {
        &self.act
    }

    /// The ids of the policies that permitted it.
    pub fn policies(&self) -> &[String] {
        &self.policies
    }

    /// The content hash of all policies in force.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// An actor may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// Keys of the sentences: why not, or who may.
    pub messages: Vec<String>,
    /// What they rest on.
    pub basis: Vec<String>,
    /// The policies that forbid; empty: none permits.
    pub forbidden_by: Vec<String>,
}

impl Denied {
    /// Denied before any policy was asked; the key of the sentence that says why.
    pub fn because(message: &str) -> Self {
        Denied { messages: vec![message.to_owned()], basis: Vec::new(), forbidden_by: Vec::new() }
    }
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// One appraisal and its trail.
    Appraisal,
    /// One slate.
    Slate,
    /// One notice.
    Notice,
    /// One outcome.
    Outcome,
    /// A cycle's progress.
    Cycle,
    /// Batches and their rows.
    Batches,
    /// Registers of private ties.
    Registers,
    /// Accounts and roles.
    Accounts,
    /// The record of everyone.
    Ledger,
    /// The roster and the library.
    Roster,
    /// A finding.
    Finding,
    /// Who has declared their family.
    Declarations,
    /// Relatives whose posts the law keeps apart.
    Posts,
    /// Tips that wait for the inspector.
    Tips,
    /// How the whole authority stands: distributions, and the numbers of its years.
    Supervision,
}

impl Reading {
    /// All of them.
    pub const ALL: [Reading; 15] = [
        Reading::Appraisal,
        Reading::Slate,
        Reading::Notice,
        Reading::Outcome,
        Reading::Cycle,
        Reading::Batches,
        Reading::Registers,
        Reading::Accounts,
        Reading::Ledger,
        Reading::Roster,
        Reading::Finding,
        Reading::Declarations,
        Reading::Posts,
        Reading::Tips,
        Reading::Supervision,
    ];

    /// The action in policies.
    pub fn action(self) -> &'static str {
        match self {
            Reading::Appraisal => "read_appraisal",
            Reading::Slate => "read_slate",
            Reading::Notice => "read_notice",
            Reading::Outcome => "read_outcome",
            Reading::Cycle => "read_cycle",
            Reading::Batches => "read_batches",
            Reading::Registers => "read_registers",
            Reading::Accounts => "read_accounts",
            Reading::Ledger => "read_ledger",
            Reading::Roster => "read_roster",
            Reading::Finding => "read_finding",
            Reading::Declarations => "read_declarations",
            Reading::Posts => "read_posts",
            Reading::Tips => "read_tips",
            Reading::Supervision => "read_supervision",
        }
    }
}

/// Policies that can't be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policies can't be used: {0}")]
pub struct Unusable(String);

impl Policies {
    /// The policies that come with the product.
    pub fn built_in() -> Result<Self, Unusable> {
        Self::load(SCHEMA, BUILT_IN)
    }

    /// Read policies and check each against the schema.
    ///
    /// # Errors
    ///
    /// [`Unusable`] with the place: what does not parse, has no `@id`, `@message` or `@basis`, uses an id
    /// twice, or asks for what the schema does not know.
    pub fn load(schema: &str, files: &[(&str, &str)]) -> Result<Self, Unusable> {
        let unusable = |error: &dyn std::fmt::Display| Unusable(error.to_string());
        let (schema, _) = Schema::from_cedarschema_str(schema).map_err(|error| unusable(&error))?;
        let (mut set, mut notes, mut hasher) = (PolicySet::new(), BTreeMap::new(), Sha256::new());
        for (name, text) in files {
            hasher.update(name.as_bytes());
            hasher.update([0]);
            hasher.update(text.as_bytes());
            hasher.update([0]);
            let parsed = PolicySet::from_str(text).map_err(|error| Unusable(format!("{name}: {error}")))?;
            for policy in parsed.policies() {
                let note = |key: &str| {
                    policy
                        .annotation(key)
                        .map(str::to_owned)
                        .ok_or_else(|| Unusable(format!("{name}: a policy has no @{key}")))
                };
                let id = note("id")?;
                let permits = policy.effect() == cedar_policy::Effect::Permit;
                let text = policy.to_string();
                notes.insert(id.clone(), Note { message: note("message")?, basis: note("basis")?, permits, text });
                set.add(policy.new_id(PolicyId::new(id))).map_err(|error| Unusable(format!("{name}: {error}")))?;
            }
        }
        let mut sets = BTreeMap::new();
        for action in schema.actions() {
            sets.insert(action.id().unescaped().to_owned(), about(&set, action)?);
        }
        let uids = Uids::new()?;
        let checked = Validator::new(schema).validate(&set, ValidationMode::Strict);
        if let Some(error) = checked.validation_errors().next() {
            return Err(unusable(error));
        }
        let hash = hex::encode(hasher.finalize());
        Ok(Policies { sets, uids, authorizer: Authorizer::new(), notes, hash })
    }

    /// The content hash of all policies.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Every message key, for the test that each has its sentence.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.notes.values().map(|note| note.message.as_str())
    }

    /// The article that a policy rests on, or `local`; none for one that is not in force.
    pub fn basis(&self, id: &str) -> Option<&str> {
        self.notes.get(id).map(|note| note.basis.as_str())
    }

    /// The ids of the policies that permit, for the test that each has its name.
    pub fn permitting(&self) -> impl Iterator<Item = &str> {
        self.notes.iter().filter(|(_, note)| note.permits).map(|(id, _)| id.as_str())
    }

    /// May the actor do the act on this case?
    ///
    /// # Errors
    ///
    /// [`Denied`]: why not, or who may.
    pub fn permit(&self, actor: &Actor, act: &Act, case: &Case) -> Result<Permit, Denied> {
        let name = act.name();
        let policies = self.ask(actor, name, &facts::of_act(actor, act, case))?;
        Ok(Permit { by: actor.by(), act: name.to_owned(), policies, hash: self.hash.clone() })
    }

    /// May the actor do acts of this name at all, whatever they are about? For ways on to a form; the act itself is
    /// asked about with its case.
    ///
    /// # Errors
    ///
    /// [`Denied`]: who may.
    pub fn may_ever(&self, actor: &Actor, act: &str) -> Result<(), Denied> {
        self.ask(actor, act, &facts::Facts::default()).map(|_| ())
    }

    /// May the actor read this?
    ///
    /// # Errors
    ///
    /// [`Denied`]: nothing permits it.
    pub fn may_read(&self, actor: &Actor, reading: Reading, case: &Case) -> Result<(), Denied> {
        self.ask(actor, reading.action(), &facts::of_reading(actor, case)).map(|_| ())
    }

    fn ask(&self, actor: &Actor, action: &str, facts: &facts::Facts) -> Result<Vec<String>, Denied> {
        let broken = || Denied::because("policy-broken");
        let Uids { user, case, action: kind } = &self.uids;
        let entities = facts.entities(actor, user.clone(), case.clone()).ok_or_else(broken)?;
        let asked = EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(action));
        let request = Request::new(user.clone(), asked, case.clone(), Context::empty(), None).map_err(|_| broken())?;
        let set = self.sets.get(action).ok_or_else(broken)?;
        let response = self.authorizer.is_authorized(&request, set, &entities);
        let mut reasons: Vec<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        // Cedar gives them in no order, and they go into the record.
        reasons.sort();
        // A policy that could not be evaluated is no permission.
        if response.diagnostics().errors().next().is_some() {
            return Err(broken());
        }
        if response.decision() == Decision::Allow {
            return Ok(reasons);
        }
        Err(self.denied(action, reasons))
    }

    fn denied(&self, action: &str, forbidden_by: Vec<String>) -> Denied {
        let named = format!("Action::\"{action}\"");
        let who_may = || self.notes.values().filter(|note| note.permits && note.text.contains(&named));
        // A person is told which people may; the product itself only where nobody else may.
        let people = || who_may().filter(|note| !note.text.contains("principal.console"));
        let told: Vec<&Note> = if forbidden_by.is_empty() {
            if people().next().is_some() { people().collect() } else { who_may().collect() }
        } else {
            forbidden_by.iter().filter_map(|id| self.notes.get(id)).collect()
        };
        let mut messages: Vec<String> = told.iter().map(|note| note.message.clone()).collect();
        let mut basis: Vec<String> =
            told.iter().map(|note| note.basis.clone()).filter(|basis| basis != "local").collect();
        messages.dedup();
        basis.dedup();
        Denied { messages, basis, forbidden_by }
    }
}

/// The policies that say something about an action. None of the actions is a group of others, so those are the ones that
/// name it, or that name none.
fn about(set: &PolicySet, action: &EntityUid) -> Result<PolicySet, Unusable> {
    let says = |policy: &&Policy| match policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::In(actions) => actions.contains(action),
        ActionConstraint::Eq(only) => only == *action,
    };
    let mut about = PolicySet::new();
    for policy in set.policies().filter(says) {
        about.add(policy.clone()).map_err(|error| Unusable(error.to_string()))?;
    }
    Ok(about)
}

/// The parts of a question that are always the same.
struct Uids {
    user: EntityUid,
    case: EntityUid,
    action: EntityTypeName,
}

impl Uids {
    fn new() -> Result<Self, Unusable> {
        let name = |name: &str| EntityTypeName::from_str(name).map_err(|error| Unusable(error.to_string()));
        Ok(Uids {
            user: EntityUid::from_type_name_and_id(name("User")?, EntityId::new("actor")),
            case: EntityUid::from_type_name_and_id(name("Case")?, EntityId::new("case")),
            action: name("Action")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> domain::id::AccountId {
        "0199f3a2-6c1e-7d64-9a53-3f2f6f1f4d10".parse().expect("an id")
    }

    #[test]
    fn a_person_is_told_which_people_may_and_the_product_only_where_nobody_else_may() {
        let policies = Policies::built_in().expect("the policies are right");
        let nobody = Actor::Account { account: account(), person: None, unit: None, grants: Vec::new() };
        for (act, told) in [("import_batch", "policy-cycle-by-authority-hr"), ("escalate", "policy-timer")] {
            let denied = policies.may_ever(&nobody, act).expect_err("no role");
            assert_eq!(denied.messages, [told], "{act}");
        }
    }
}
