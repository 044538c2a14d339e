//! Dates, points and amounts, as the reader's language writes them.
//!
//! Everything takes references, because that is what templates pass, whatever they pass.

use jiff::civil::{Date, Weekday};
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, civil};

use super::{Count, Locale};
use crate::web::kit::{Deadline, Tone};

/// A point as a scaled integer: 88.6111 is stored as 886111.
const POINT: i64 = 10_000;

/// China keeps one clock, eight hours ahead of UTC, without summer time since 1991: no zone database is needed.
fn shanghai() -> TimeZone {
    TimeZone::fixed(offset(8))
}

/// The wall clock of the offices at a moment.
pub fn office_clock(moment: Timestamp) -> civil::DateTime {
    shanghai().to_datetime(moment)
}

impl Locale {
    /// A day, such as 2026年9月30日 or 30 Sep 2026.
    pub fn day(self, day: &Date) -> String {
        day.strftime(&self.get("common-day-pattern")).to_string()
    }

    /// A moment by the clock of the offices, to the minute.
    pub fn moment(self, moment: &Timestamp) -> String {
        office_clock(*moment).strftime(&self.get("common-moment-pattern")).to_string()
    }

    /// A moment for `<time datetime>`, RFC 3339 with the offset of the offices.
    pub fn machine_moment(self, moment: &Timestamp) -> String {
        moment.display_with_offset(offset(8)).to_string()
    }

    /// A deadline and how far it is, in working days.
    pub fn deadline(self, deadline: &Deadline) -> String {
        let day = format!("{} {}", self.day(&deadline.day), self.weekday(deadline.day.weekday()));
        let key = match deadline.working_days_left {
            ..0 => "common-deadline-past",
            0 => "common-deadline-today",
            1.. => "common-deadline-ahead",
        };
        self.with(key, &[("day", self.arg(day)), ("n", self.arg(deadline.working_days_left.abs()))])
    }

    fn weekday(self, weekday: Weekday) -> String {
        self.get(match weekday {
            Weekday::Monday => "common-monday",
            Weekday::Tuesday => "common-tuesday",
            Weekday::Wednesday => "common-wednesday",
            Weekday::Thursday => "common-thursday",
            Weekday::Friday => "common-friday",
            Weekday::Saturday => "common-saturday",
            Weekday::Sunday => "common-sunday",
        })
    }

    /// Points, scaled by 10 000, without idle zeros: 886111 is 88.6111 and 880000 is 88.
    pub fn points(self, scaled: &i64) -> String {
        let sign = if *scaled < 0 { "-" } else { "" };
        let (whole, rest) = (scaled.unsigned_abs() / POINT as u64, scaled.unsigned_abs() % POINT as u64);
        if rest == 0 {
            return format!("{sign}{whole}");
        }
        format!("{sign}{whole}.{}", format!("{rest:04}").trim_end_matches('0'))
    }

    /// A count with its thousands apart: 12,345. Both languages write it so.
    pub fn number(self, count: impl Count) -> String {
        let count = count.count();
        let digits = count.unsigned_abs().to_string();
        let groups: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or("")).collect();
        format!("{}{}", if count < 0 { "-" } else { "" }, groups.join(","))
    }

    /// The size of a file: 812 B, 4.2 KB, 17.0 MB.
    pub fn bytes(self, bytes: &u64) -> String {
        const KB: f64 = 1024.0;
        match *bytes as f64 {
            size if size < KB => format!("{bytes} B"),
            size if size < KB * KB => format!("{:.1} KB", size / KB),
            size => format!("{:.1} MB", size / KB / KB),
        }
    }

    /// The word beside the icon of a state, so that it is never told by colour alone.
    pub fn tone(self, tone: &Tone) -> String {
        self.get(match tone {
            Tone::Neutral => "kit-tone-neutral",
            Tone::Info => "kit-tone-info",
            Tone::Success => "kit-tone-success",
            Tone::Warn => "kit-tone-warn",
            Tone::Danger => "kit-tone-danger",
        })
    }
}
