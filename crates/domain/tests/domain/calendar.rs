//! The calendar against the notices, against cases counted by others, and against itself.

use domain::calendar::{BadCalendar, Calendar, UnpublishedYear};
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::{regimes, shared};

fn calendar() -> Calendar {
    Calendar::parse(&regimes("calendar.toml")).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn days_that_a_notice_names_are_as_it_says() {
    let calendar = calendar();
    let works = |text| calendar.is_workday(day(text));
    // 2026: Spring Festival from Sunday 15 to Monday 23 February, made up on the Saturdays 14 and 28.
    assert_eq!(works("2026-02-14"), Ok(true));
    assert_eq!(works("2026-02-16"), Ok(false));
    assert_eq!(works("2026-02-23"), Ok(false));
    assert_eq!(works("2026-02-28"), Ok(true));
    assert_eq!(works("2026-02-24"), Ok(true));
    assert_eq!(works("2026-03-01"), Ok(false), "a Sunday that no notice names");
    // The second notices: Labour Day 2019 and the Spring Festival of 2020 were made longer.
    assert_eq!(works("2019-05-02"), Ok(false));
    assert_eq!(works("2020-01-31"), Ok(false));
}

#[test]
fn a_notice_may_name_days_of_the_year_before() {
    let calendar = calendar();
    assert_eq!(calendar.is_workday(day("2018-12-29")), Ok(true), "a Saturday, made up for New Year 2019");
    assert_eq!(calendar.is_workday(day("2018-12-31")), Ok(false), "a Monday");
    assert_eq!(calendar.is_workday(day("2022-12-31")), Ok(false));
    assert_eq!(
        calendar.is_workday(day("2018-12-28")),
        Err(UnpublishedYear { year: 2018 }),
        "not named by 2019's notice"
    );
}

#[test]
fn an_unpublished_year_is_an_error_and_so_is_the_december_it_reaches_into() {
    let calendar = calendar();
    let unknown = Err(UnpublishedYear { year: 2027 });
    assert_eq!(calendar.is_workday(day("2027-03-01")), unknown.map(|()| true));
    assert_eq!(calendar.is_workday(day("2026-12-23")), Ok(true));
    assert_eq!(calendar.is_workday(day("2026-12-24")), unknown.map(|()| true));
    assert_eq!(calendar.add_workdays(day("2026-12-22"), 1), Ok(day("2026-12-23")));
    assert_eq!(calendar.add_workdays(day("2026-12-22"), 2), unknown.map(|()| Date::MIN));
    assert_eq!(calendar.workdays_between(day("2026-12-01"), day("2027-01-10")), unknown.map(|()| 0));
    assert_eq!(calendar.deadline(day("2026-12-20"), 30), unknown.map(|()| Date::MIN));
    assert!(calendar.add_workdays(Date::MAX, 1).is_err());
    assert!(calendar.deadline(Date::MIN, u32::MAX).is_err());
    let sentence = UnpublishedYear { year: 2027 }.to_string();
    assert!(sentence.contains("Add the State Council's notice for 2027"), "{sentence}");
}

#[test]
fn a_publicity_window_skips_the_holiday_and_counts_the_make_up_day() {
    let calendar = calendar();
    // Posted on Thursday 12 February 2026: Fri 13, Sat 14 (made up), then Tue 24, Wed 25, Thu 26.
    assert_eq!(calendar.add_workdays(day("2026-02-12"), 5), Ok(day("2026-02-26")));
    // A start on a day off does not count either.
    assert_eq!(calendar.add_workdays(day("2026-02-15"), 1), Ok(day("2026-02-24")));
    assert_eq!(calendar.add_workdays(day("2026-02-15"), 0), Ok(day("2026-02-15")));
    assert_eq!(calendar.workdays_between(day("2026-02-12"), day("2026-02-26")), Ok(5));
    assert_eq!(calendar.workdays_between(day("2026-02-26"), day("2026-02-12")), Ok(0));
}

#[test]
fn a_calendar_day_period_leaves_out_the_first_day_and_ends_on_a_working_day() {
    let calendar = calendar();
    assert_eq!(calendar.deadline(day("2026-03-02"), 30), Ok(day("2026-04-01")), "1 April is a Wednesday");
    assert_eq!(calendar.deadline(day("2026-03-05"), 30), Ok(day("2026-04-07")), "4 to 6 April are Qingming");
    assert_eq!(calendar.deadline(day("2026-01-30"), 15), Ok(day("2026-02-14")), "a Saturday that is worked");
    assert_eq!(
        calendar.deadline(day("2026-09-03"), 30),
        Ok(day("2026-10-08")),
        "3 October is in the National Day week"
    );
}

#[test]
fn a_calendar_file_with_a_slip_is_refused_by_name() {
    let with = |holiday: &str| {
        let text = format!("[[year]]\nyear = 2030\nnotices = []\nholidays = [{holiday}]");
        Calendar::parse(&text).unwrap_err()
    };
    let backwards = with(r#"{ name = "元旦", first = "2030-01-03", last = "2030-01-01", worked = [] }"#);
    assert_eq!(backwards, BadCalendar::Backwards("元旦".into(), date(2030, 1, 3)));
    let twice = with(r#"{ name = "元旦", first = "2030-01-01", last = "2030-01-03", worked = ["2030-01-02"] }"#);
    assert_eq!(twice, BadCalendar::DayTwice(date(2030, 1, 2)));
    let elsewhere = with(r#"{ name = "元旦", first = "2029-11-30", last = "2029-11-30", worked = [] }"#);
    assert_eq!(elsewhere, BadCalendar::OutOfYear(date(2029, 11, 30), 2030));
    let unreadable = with(r#"{ name = "元旦", first = "2030-01-01" }"#);
    assert!(unreadable.to_string().contains("last"), "{unreadable}");
    let year = "[[year]]\nyear = 2030\nnotices = []\nholidays = []\n";
    assert_eq!(Calendar::parse(&year.repeat(2)).unwrap_err(), BadCalendar::YearTwice(2030));
}

#[test]
fn all_cases_counted_by_others_agree() {
    let Some(file) = shared("data/calendar/workday_cases.csv") else {
        return;
    };
    let calendar = calendar();
    let text = std::fs::read_to_string(file).unwrap();
    let mut count = 0;
    for line in text.lines().skip(1) {
        let [start, workdays, end] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let found = calendar.add_workdays(day(start), workdays.parse().unwrap());
        assert_eq!(found, Ok(day(end)), "{line}");
        count += 1;
    }
    assert_eq!(count, 300);
}

proptest! {
    #[test]
    fn between_undoes_adding(offset in 0..2800_i64, workdays in 1..60_u32) {
        let calendar = calendar();
        let start = date(2019, 1, 1).checked_add(jiff::Span::new().days(offset)).unwrap();
        let end = calendar.add_workdays(start, workdays).unwrap();
        prop_assert!(end > start);
        prop_assert_eq!(calendar.is_workday(end), Ok(true));
        prop_assert_eq!(calendar.workdays_between(start, end), Ok(workdays));
    }

    /// Rolling forward never shortens a period, and never skips a working day.
    #[test]
    fn a_deadline_is_the_first_working_day_from_its_last_day(offset in 0..2800_i64, days in 0..30_u32) {
        let calendar = calendar();
        let start = date(2019, 1, 1).checked_add(jiff::Span::new().days(offset)).unwrap();
        let nominal = start.checked_add(jiff::Span::new().days(i64::from(days))).unwrap();
        let end = calendar.deadline(start, days).unwrap();
        prop_assert_eq!(calendar.is_workday(end), Ok(true));
        let idle = calendar.workdays_between(nominal.yesterday().unwrap(), end).unwrap();
        prop_assert_eq!(idle, 1);
    }
}
