//! Keys of words for what the domain names, and sentences for its refusals.

use super::{error::PageError, locale::Sentence};
use domain::{
    actor::Role,
    refusal::{Class, Refusal},
};

/// The key of a role's name.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::HrOfficer => "role-hr_officer",
        Role::Inspector => "role-inspector",
        Role::Approver => "role-approver",
        Role::SystemAdmin => "role-system_admin",
        Role::SecurityAdmin => "role-security_admin",
        Role::AuditAdmin => "role-audit_admin",
    }
}

/// The sentence of a refusal.
pub fn refusal(refusal: &Refusal) -> Sentence {
    refusal
        .args
        .iter()
        .fold(Sentence::new(format!("refusal-{}", refusal.reason.as_str())), |sentence, (name, value)| {
            sentence.arg(name, value.as_str())
        })
}

/// What a person is told when the store did not do it.
pub(super) fn of_store(error: store::Error) -> PageError {
    match error {
        store::Error::Refused(refused) => match refused.reason.class() {
            Class::Missing => PageError::NotFound,
            Class::Invalid => PageError::BadInput(refusal(&refused)),
            Class::State => PageError::Refused(refusal(&refused)),
        },
        store::Error::Denied(denied) => PageError::Forbidden {
            message: Sentence::new(denied.messages.first().cloned().unwrap_or_else(|| "policy-broken".to_owned())),
            basis: denied.basis.join("; "),
        },
        other => PageError::Internal(other.into()),
    }
}
