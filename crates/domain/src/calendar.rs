//! Working days 工作日 and the ends of periods, as the State Council's notices and the Civil Code have them.
//!
//! Nothing here guesses. A year whose notice is not in `regimes/calendar.toml` is an error, and so are the last days of
//! the year before it: its notice may still turn them into holidays or make-up days.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use serde::Deserialize;

/// From this day of December on, the notice of the following year may name a day: New Year's holiday and the weekend
/// that is made up for it. (The earliest since 2007 was 29 December.)
const NEXT_NOTICE_REACHES_BACK_TO: i8 = 24;

/// The working days of the published years.
#[derive(Clone, Debug)]
pub struct Calendar {
    published: BTreeSet<i16>,
    /// Days that a notice names: true if worked.
    named: BTreeMap<Date, bool>,
}

/// No notice tells whether a day is worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The holidays of {year} are not in the calendar, so no working day can be counted that depends on them. Add the \
     State Council's notice for {year} to regimes/calendar.toml once it is published, then try again."
)]
pub struct UnpublishedYear {
    /// The year whose notice is missing. It may be the year after that of the day in question.
    pub year: i16,
}

/// Why a calendar file is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCalendar {
    /// Not TOML, or not of the shape described in the file's head.
    #[error("The calendar cannot be read: {0}. Correct the line named.")]
    Unreadable(toml::de::Error),
    /// A year is there twice.
    #[error("The calendar has the year {0} twice. Put all its notices under one entry.")]
    YearTwice(i16),
    /// A holiday ends before it begins.
    #[error("{0} begins on {1} and ends earlier. Exchange the two days.")]
    Backwards(String, Date),
    /// A day is named twice with different meanings, or twice at all.
    #[error("The calendar names {0} twice. Keep the entry of the later notice.")]
    DayTwice(Date),
    /// A day that the notice of that year cannot mean.
    #[error("{0} stands under {1}, but is neither a day of {1} nor one of the last days before it. Correct its year.")]
    OutOfYear(Date, i16),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "year")]
    years: Vec<Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i16,
    #[serde(rename = "notices")]
    _notices: Vec<Notice>,
    holidays: Vec<Holiday>,
}

/// Where the days of a year come from; read so that a year without its source is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    #[serde(rename = "number")]
    _number: String,
    #[serde(rename = "url")]
    _url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    name: String,
    first: Date,
    last: Date,
    worked: Vec<Date>,
}

impl Calendar {
    /// Reads `regimes/calendar.toml`; its format is described in the file's head.
    ///
    /// # Errors
    ///
    /// [`BadCalendar`], naming the year or day to correct.
    pub fn parse(text: &str) -> Result<Self, BadCalendar> {
        let file: File = toml::from_str(text).map_err(BadCalendar::Unreadable)?;
        let mut calendar = Self { published: BTreeSet::new(), named: BTreeMap::new() };
        for year in file.years {
            calendar.publish(year)?;
        }
        Ok(calendar)
    }

    fn publish(&mut self, Year { year, holidays, .. }: Year) -> Result<(), BadCalendar> {
        if !self.published.insert(year) {
            return Err(BadCalendar::YearTwice(year));
        }
        for Holiday { name, first, last, worked } in holidays {
            if last < first {
                return Err(BadCalendar::Backwards(name, first));
            }
            let off = first.series(1.day()).take_while(|day| *day <= last).map(|day| (day, false));
            for (day, works) in off.chain(worked.into_iter().map(|day| (day, true))) {
                if day.year() != year && asks_next_notice(day) != Some(year) {
                    return Err(BadCalendar::OutOfYear(day, year));
                }
                if self.named.insert(day, works).is_some() {
                    return Err(BadCalendar::DayTwice(day));
                }
            }
        }
        Ok(())
    }

    /// Whether offices work on this day.
    ///
    /// # Errors
    ///
    /// [`UnpublishedYear`] when the notice that would tell is not there.
    pub fn is_workday(&self, day: Date) -> Result<bool, UnpublishedYear> {
        if let Some(works) = self.named.get(&day) {
            return Ok(*works);
        }
        for year in [Some(day.year()), asks_next_notice(day)].into_iter().flatten() {
            if !self.published.contains(&year) {
                return Err(UnpublishedYear { year });
            }
        }
        Ok(!matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
    }

    /// The `count`-th working day after `start`. The start itself never counts, whatever kind of day it is (民法典 201);
    /// zero working days after it is the start.
    ///
    /// # Errors
    ///
    /// [`UnpublishedYear`] when the count runs into a day that no notice covers.
    pub fn add_workdays(&self, start: Date, count: u32) -> Result<Date, UnpublishedYear> {
        let mut day = start;
        for _ in 0..count {
            day = self.first_workday_from(later(day, 1)?)?;
        }
        Ok(day)
    }

    /// The `count`-th working day before `end`; the end itself never counts.
    ///
    /// # Errors
    ///
    /// [`UnpublishedYear`] when the count runs into a day that no notice covers.
    pub fn subtract_workdays(&self, end: Date, count: u32) -> Result<Date, UnpublishedYear> {
        let mut day = end;
        let mut left = count;
        while left > 0 {
            day = day.yesterday().map_err(|_| UnpublishedYear { year: Date::MIN.year() })?;
            left -= u32::from(self.is_workday(day)?);
        }
        Ok(day)
    }

    /// The last day up to `end`, within a year of it, that is known to be worked; none if no notice covers that year.
    pub fn last_known_workday(&self, end: Date) -> Option<Date> {
        end.series(-1.day()).take(366).find(|day| self.is_workday(*day) == Ok(true))
    }

    /// How many working days there are after `start` up to and including `end`: 0 if `end` is not later. The inverse of
    /// [`Calendar::add_workdays`].
    ///
    /// # Errors
    ///
    /// [`UnpublishedYear`] when a day between the two is covered by no notice.
    pub fn workdays_between(&self, start: Date, end: Date) -> Result<u32, UnpublishedYear> {
        let mut count = 0;
        for day in start.series(1.day()).skip(1).take_while(|day| *day <= end) {
            count += u32::from(self.is_workday(day)?);
        }
        Ok(count)
    }

    /// The last day of a period of `days` calendar days that an event on `start` sets off: the first day is not counted
    /// (民法典 201), and a last day that is off rolls forward to the next working day (民法典 203).
    ///
    /// # Errors
    ///
    /// [`UnpublishedYear`] when the last day is covered by no notice.
    pub fn deadline(&self, start: Date, days: u32) -> Result<Date, UnpublishedYear> {
        self.first_workday_from(later(start, days)?)
    }

    fn first_workday_from(&self, mut day: Date) -> Result<Date, UnpublishedYear> {
        while !self.is_workday(day)? {
            day = later(day, 1)?;
        }
        Ok(day)
    }
}

/// The year whose notice may name this day although it is a day of the year before.
fn asks_next_notice(day: Date) -> Option<i16> {
    (day.month() == 12 && day.day() >= NEXT_NOTICE_REACHES_BACK_TO).then(|| day.year() + 1)
}

fn later(day: Date, days: u32) -> Result<Date, UnpublishedYear> {
    let span = Span::new().try_days(days);
    // Beyond the last day there is (31 December 9999) there is certainly no notice.
    span.and_then(|span| day.checked_add(span)).map_err(|_| UnpublishedYear { year: Date::MAX.year() })
}
