//! What a decision may know besides the case in front of it: the time, the actor, the rules. All of it
//! is handed in, so that a decision can be repeated.

use crate::{
    actor::{Actor, Stamp},
    calendar::Calendar,
    recusal,
    refusal::{Reason, Refusal},
    regime::Regime,
};
use jiff::{Timestamp, civil::Date, tz};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The rules of the day, read from files.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// Working days.
    pub calendar: Calendar,
    /// Regimes by id.
    pub regimes: BTreeMap<String, Regime>,
    /// The numbers of recusal.
    pub recusal: recusal::Numbers,
    /// Words that formulas may use: word -> (kind of source, field).
    pub vocabulary: BTreeMap<String, (String, String)>,
    /// Content hash over the files above, hex; goes into the record.
    pub hash: String,
}

/// Everything a decision may look at besides the case.
pub struct Context<'a> {
    /// The time of the act.
    pub now: Timestamp,
    /// Who acts.
    pub actor: &'a Actor,
    /// The rules.
    pub rules: &'a Rulebook,
    /// Makes fresh ids.
    pub new_id: &'a (dyn Fn() -> Uuid + Sync),
}

/// China's one time zone; no summer time since 1991.
pub const CHINA: tz::Offset = tz::Offset::constant(8);

/// The day in China.
pub fn day(at: Timestamp) -> Date {
    CHINA.to_datetime(at).date()
}

impl Context<'_> {
    /// The day of the act in China.
    pub fn today(&self) -> Date {
        day(self.now)
    }

    /// When and by whom.
    pub fn stamp(&self) -> Stamp {
        Stamp { at: self.now, by: self.actor.by() }
    }

    /// The last day of a period of working days that starts today (which does not count).
    pub fn due(&self, workdays: u32) -> Result<Date, Refusal> {
        self.workdays_after(self.today(), workdays)
    }

    /// The last day of a period of working days after a day.
    pub fn workdays_after(&self, start: Date, workdays: u32) -> Result<Date, Refusal> {
        self.rules
            .calendar
            .add_workdays(start, workdays)
            .map_err(|unpublished| Refusal::from(Reason::YearUnpublished).with("year", unpublished.year))
    }
}

/// A required text: trimmed, not empty, not longer than `limit` characters.
pub fn text(field: &'static str, value: &str, limit: usize) -> Result<String, Refusal> {
    let value = value.trim();
    if value.is_empty() {
        return Err(Refusal::from(Reason::TextMissing).with("field", field));
    }
    if value.chars().count() > limit {
        return Err(Refusal::from(Reason::TextTooLong).with("field", field).with("limit", limit));
    }
    Ok(value.to_owned())
}

/// A text that may be left empty.
pub fn optional_text(field: &'static str, value: &str, limit: usize) -> Result<Option<String>, Refusal> {
    if value.trim().is_empty() { Ok(None) } else { text(field, value, limit).map(Some) }
}
