//! Who acts: a person signed in, or the product's own timer.

use crate::id::{AccountId, PersonId, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Roles that are granted. What follows from a post (leader, unit head, assessor) is not granted but
/// read from the roster and the appraisal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 人事: runs the cycle for the units in its scope.
    HrOfficer,
    /// 纪检: reads everything, changes no appraisal.
    Inspector,
    /// 总经理/市政府: the last of the three signatures under an outcome.
    Approver,
    /// 系统管理员: accounts and running.
    SystemAdmin,
    /// 安全管理员: who may do what.
    SecurityAdmin,
    /// 审计管理员: reads the record of everyone.
    AuditAdmin,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 6] =
        [Role::HrOfficer, Role::Inspector, Role::Approver, Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

    /// The name in records, policies and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::HrOfficer => "hr_officer",
            Role::Inspector => "inspector",
            Role::Approver => "approver",
            Role::SystemAdmin => "system_admin",
            Role::SecurityAdmin => "security_admin",
            Role::AuditAdmin => "audit_admin",
        }
    }

    /// Needs a second factor (等保 2.0 level three; issue of the inspectors' reading rights).
    pub fn needs_second_factor(self) -> bool {
        !matches!(self, Role::HrOfficer | Role::Approver)
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Role::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("there is no role {text}; use one of {}", Role::ALL.map(Role::as_str).join(", ")))
    }
}

/// A role, and where it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The unit it holds for; none means the whole authority.
    pub unit: Option<UnitId>,
}

/// Who acts, as far as rules need to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody signed in.
    Account {
        /// The account.
        account: AccountId,
        /// The person on the roster, if the account is one's.
        person: Option<PersonId>,
        /// That person's unit.
        unit: Option<UnitId>,
        /// Granted roles.
        grants: Vec<Grant>,
    },
    /// The product itself: timers, recomputation, the first set-up from the machine's own console.
    System,
}

impl Actor {
    /// The person, if there is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Actor::Account { person, .. } => *person,
            Actor::System => None,
        }
    }

    /// The unit that the person belongs to.
    pub fn unit(&self) -> Option<UnitId> {
        match self {
            Actor::Account { unit, .. } => *unit,
            Actor::System => None,
        }
    }

    /// Somebody from outside, who is let in for one appraisal alone: a person of no unit.
    pub fn is_from_outside(&self) -> bool {
        self.person().is_some() && self.unit().is_none()
    }

    /// The grants.
    pub fn grants(&self) -> &[Grant] {
        match self {
            Actor::Account { grants, .. } => grants,
            Actor::System => &[],
        }
    }

    /// Holds the role anywhere.
    pub fn has(&self, role: Role) -> bool {
        self.grants().iter().any(|grant| grant.role == role)
    }

    /// Holds the role for this unit.
    pub fn has_for(&self, role: Role, unit: UnitId) -> bool {
        self.grants().iter().any(|grant| grant.role == role && grant.unit.is_none_or(|of| of == unit))
    }

    /// Holds the role for the whole authority.
    pub fn has_everywhere(&self, role: Role) -> bool {
        self.grants().iter().any(|grant| grant.role == role && grant.unit.is_none())
    }

    /// What the record keeps of the actor.
    pub fn by(&self) -> By {
        match self {
            Actor::Account { account, person, .. } => By { account: Some(*account), person: *person },
            Actor::System => By { account: None, person: None },
        }
    }
}

/// Who did something, in a record. Both empty: the product itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The account used.
    pub account: Option<AccountId>,
    /// The person on the roster.
    pub person: Option<PersonId>,
}

/// When and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// When.
    pub at: jiff::Timestamp,
    /// By whom.
    pub by: By,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// This person.
    Person(PersonId),
    /// The HR officers of the unit, or of the authority when none is named.
    Hr(Option<UnitId>),
    /// Whoever approves outcomes.
    Approver,
    /// The inspectors.
    Inspector,
}
