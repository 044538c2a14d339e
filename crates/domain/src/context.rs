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

/// A required text: trimmed, not empty, not longer than `limit` characters. What nobody sees is left out of it: control characters
/// but line breaks and tabs, marks that turn the direction of writing (UAX 9), and spaces without width.
pub fn text(field: &'static str, value: &str, limit: usize) -> Result<String, Refusal> {
    let value: String = value.chars().filter(|char| !is_hidden(*char)).collect();
    let value = value.trim();
    if value.chars().all(is_blank) {
        return Err(Refusal::from(Reason::TextMissing).with("field", field));
    }
    if value.chars().count() > limit {
        return Err(Refusal::from(Reason::TextTooLong).with("field", field).with("limit", limit));
    }
    Ok(value.to_owned())
}

/// A text that may be left empty.
pub fn optional_text(field: &'static str, value: &str, limit: usize) -> Result<Option<String>, Refusal> {
    if value.chars().all(|char| is_hidden(char) || is_blank(char)) {
        Ok(None)
    } else {
        text(field, value, limit).map(Some)
    }
}

fn is_hidden(char: char) -> bool {
    let mark = matches!(char, '\u{ad}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    mark || char.is_control() && !matches!(char, '\n' | '\t')
}

/// Fillers, and joiners that some scripts need between letters, are nothing by themselves.
fn is_blank(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{200c}' | '\u{200d}' | '\u{200e}' | '\u{200f}' | '\u{2800}' | '\u{3164}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_no_text() {
        for nothing in ["", " \r\n", "\u{200b}", "\u{feff} \u{200d}", "\u{3164}\u{2060}", "\0"] {
            assert_eq!(text("text", nothing, 9).expect_err("nothing").reason, Reason::TextMissing, "{nothing:?}");
            assert_eq!(optional_text("text", nothing, 9), Ok(None), "{nothing:?}");
        }
        assert_eq!(text("text", " 张\u{202e}三\r\n李四\0 ", 9), Ok("张三\n李四".to_owned()));
        assert_eq!(text("text", "نە\u{200c}تە", 9), Ok("نە\u{200c}تە".to_owned()), "joiners belong to words");
    }
}
