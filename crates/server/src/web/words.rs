//! Keys of words for what the domain names, and sentences for its refusals.

use super::{
    App,
    error::PageError,
    kit,
    locale::{Locale, Sentence},
};
use crate::clock;
use domain::{
    actor::{By, Role},
    context::Rulebook,
    cycle::Ungraded,
    refusal::{Class, Refusal},
    regime::Text,
};
use jiff::civil::Date;
use policy::Denied;
use store::query::Names;

/// A text of the rules, in the reader's language.
pub fn text(t: Locale, text: &Text) -> String {
    match t {
        Locale::ZhCn => text.zh.clone(),
        Locale::En => text.en.clone(),
    }
}

/// A grade as its regime calls it; its id where the regime has no such grade any more. Past results say `ungraded` of
/// those who got none.
pub fn grade(t: Locale, rules: &Rulebook, regime: &str, id: &str) -> String {
    let Some(regime) = rules.regimes.get(regime) else { return id.to_owned() };
    let title = regime.grade(id).map(|grade| &grade.title);
    let none = regime.ungraded.as_ref().filter(|none| id == "ungraded" || id == none.id).map(|none| &none.title);
    title.or(none).map_or_else(|| id.to_owned(), |title| text(t, title))
}

/// What a regime is called.
pub fn regime(t: Locale, rules: &Rulebook, id: &str) -> String {
    rules.regimes.get(id).map_or_else(|| id.to_owned(), |regime| text(t, &regime.title))
}

/// Who did something: the person, an account that is nobody's, or the product itself.
pub fn who(t: Locale, names: &Names, by: By) -> String {
    match (by.person, by.account) {
        (Some(person), _) => names.person(person).to_owned(),
        (None, Some(account)) => names.account(account).to_owned(),
        (None, None) => t.get("word-system"),
    }
}

/// Why somebody is not graded. What the product found out itself is told in full; HR's own note as it was written.
pub fn ungraded(t: Locale, reason: Ungraded, note: &str) -> String {
    let why = t.get(&format!("ungraded-{}", reason.as_str()));
    let note = match (reason, note.parse::<Date>(), note.parse::<u32>()) {
        (_, _, _) if note.is_empty() => return why,
        (Ungraded::Probation, Ok(until), _) => t.with("ungraded-until", &[("day", t.day(&until))]),
        (Ungraded::LongLeave, _, Ok(days)) => t.with("ungraded-leave-days", &[("n", days)]),
        _ => note.to_owned(),
    };
    t.with("ungraded-why", &[("why", why), ("note", note)])
}

/// Today in China.
pub fn today() -> Date {
    domain::context::day(clock::now())
}

/// A deadline, with the working days from today to it; those that no published calendar covers are not counted.
pub fn deadline(app: &App, day: Date) -> kit::Deadline {
    let calendar = &app.store.rules().calendar;
    let between = |from: Date, to: Date| calendar.workdays_between(from, to).map_or(0, i64::from);
    let today = today();
    let working_days_left = if day >= today { between(today, day) } else { -between(day, today) };
    kit::Deadline { day, working_days_left }
}

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

/// Why a reader must not take a step that is there to be taken, such as that they took the one before; none where it
/// is simply somebody else's.
pub fn forbidden(t: Locale, denied: &Denied) -> Option<String> {
    let told = denied.messages.first().filter(|_| !denied.forbidden_by.is_empty())?;
    Some(t.get(told))
}

/// What the console is told: refusals as sentences, anything else with its causes.
pub fn of_console(error: &anyhow::Error) -> String {
    match error.downcast_ref::<store::Error>() {
        Some(store::Error::Refused(refused)) => Locale::En.say(&refusal(refused)),
        Some(store::Error::Denied(denied)) => denied.messages.iter().map(|key| Locale::En.get(key)).collect(),
        _ => format!("{error:#}"),
    }
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
