//! Accounts: how people sign in, and what they were granted. Secrets (password hashes, second factors)
//! are no part of the record; that they were set is.

use crate::{
    actor::{Grant, Role, Stamp},
    context::{Context, text},
    decide::Case,
    event::Event,
    id::{AccountId, AppraisalId, PersonId},
    refusal::{Reason, Refusal},
    roster::Roster,
};
use serde::{Deserialize, Serialize};

/// An account was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its id.
    pub id: AccountId,
    /// What is typed to sign in: the employee number for people on the roster.
    pub login: String,
    /// The person on the roster, if it is one's.
    pub person: Option<PersonId>,
    /// The one appraisal it is for, if that person is from outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appraisal: Option<AppraisalId>,
    /// The name shown, for accounts that are nobody's on the roster.
    pub name: Option<String>,
}

/// An account as its record tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// How it was opened.
    pub opened: Opened,
    /// When and by whom.
    pub stamp: Stamp,
    /// What it was granted, as it stands.
    pub grants: Vec<Grant>,
    /// Locked by an administrator.
    pub locked: Option<Stamp>,
    /// The password was set last.
    pub password_set: Option<Stamp>,
    /// The second factor was enrolled last.
    pub second_factor: Option<Stamp>,
    /// The second factor was taken away, and none has been enrolled since.
    pub second_factor_cleared: Option<Stamp>,
    /// The public key under which scores, approvals and verdicts are signed.
    pub signing_key: Option<(String, Stamp)>,
}

impl Account {
    /// Fold a record.
    pub fn fold<'a>(record: impl IntoIterator<Item = (&'a Event, Stamp)>) -> Option<Self> {
        let mut record = record.into_iter();
        let mut account = match record.next()? {
            (Event::AccountOpened(opened), stamp) => Account {
                opened: opened.clone(),
                stamp,
                grants: Vec::new(),
                locked: None,
                password_set: None,
                second_factor: None,
                second_factor_cleared: None,
                signing_key: None,
            },
            _ => return None,
        };
        for (event, stamp) in record {
            account.apply(event, stamp);
        }
        Some(account)
    }

    /// Take one event in.
    pub fn apply(&mut self, event: &Event, stamp: Stamp) {
        match event {
            Event::RoleGranted { grant } => self.grants.push(*grant),
            Event::RoleRevoked { grant } => self.grants.retain(|held| held != grant),
            Event::AccountLocked { .. } => self.locked = Some(stamp),
            Event::AccountUnlocked => self.locked = None,
            Event::PasswordSet => self.password_set = Some(stamp),
            Event::SecondFactorSet => (self.second_factor, self.second_factor_cleared) = (Some(stamp), None),
            Event::SigningKeyEnrolled { key } => self.signing_key = Some((key.clone(), stamp)),
            Event::SigningKeyRetired => self.signing_key = None,
            Event::SecondFactorCleared => (self.second_factor, self.second_factor_cleared) = (None, Some(stamp)),
            _ => {}
        }
    }

    /// Somebody else set the password: it is a first password, good for nothing but choosing one's own.
    pub fn has_first_password(&self) -> bool {
        self.password_set.is_some_and(|stamp| stamp.by.account != Some(self.opened.id))
    }

    /// The key in force.
    pub fn signing_key(&self) -> Option<&str> {
        self.signing_key.as_ref().map(|(key, _)| key.as_str())
    }

    /// A role asks for a second factor, and none is enrolled.
    pub fn lacks_second_factor(&self) -> bool {
        self.second_factor.is_none() && self.grants.iter().any(|grant| grant.role.needs_second_factor())
    }
}

/// Logins that are taken, for opening an account.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Whether the login is.
    pub login: bool,
    /// Whether the person has an account.
    pub person: bool,
}

pub(crate) fn open(
    ctx: &Context,
    case: &Case,
    login: &str,
    person: Option<PersonId>,
    name: Option<&str>,
) -> Result<Event, Refusal> {
    let login = text("login", login, 40)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if login.len() < 2 || !login.bytes().all(plain) {
        return Err(Reason::LoginUnfit.into());
    }
    if case.taken.login {
        return Err(Refusal::from(Reason::LoginTaken).with("login", login));
    }
    let third = case.third_party.as_ref().filter(|(_, third)| Some(third.id) == person);
    if third.is_none() && person.is_some_and(|person| !case.people.people.contains_key(&person)) {
        return Err(Reason::PersonUnknown.into());
    }
    if case.taken.person {
        return Err(Reason::AccountExists.into());
    }
    let name = match person {
        Some(_) => None,
        None => Some(text("name", name.unwrap_or(""), 40)?),
    };
    Ok(Event::AccountOpened(Opened {
        id: AccountId((ctx.new_id)()),
        login,
        person,
        appraisal: third.map(|(appraisal, _)| *appraisal),
        name,
    }))
}

/// Only HR officers are a unit's own; every other role is the whole authority's.
pub(crate) fn grant(account: &Account, roster: &Roster, grant: Grant) -> Result<Event, Refusal> {
    if account.opened.appraisal.is_some() {
        return Err(Reason::ThirdPartyHasNoRole.into());
    }
    if let Some(unit) = grant.unit {
        if grant.role != Role::HrOfficer {
            return Err(Reason::RoleOfAuthority.into());
        }
        if !roster.units.contains_key(&unit) {
            return Err(Reason::UnitUnknown.into());
        }
    }
    if account.grants.contains(&grant) { Err(Reason::AlreadyDone.into()) } else { Ok(Event::RoleGranted { grant }) }
}

pub(crate) fn revoke(account: &Account, grant: Grant) -> Result<Event, Refusal> {
    if account.grants.contains(&grant) { Ok(Event::RoleRevoked { grant }) } else { Err(Reason::NotFound.into()) }
}

pub(crate) fn lock(account: &Account, reason: &str) -> Result<Event, Refusal> {
    if account.locked.is_some() {
        return Err(Reason::AlreadyDone.into());
    }
    Ok(Event::AccountLocked { reason: text("reason", reason, 500)? })
}

pub(crate) fn unlock(account: &Account) -> Result<Event, Refusal> {
    if account.locked.is_some() { Ok(Event::AccountUnlocked) } else { Err(Reason::AlreadyDone.into()) }
}
