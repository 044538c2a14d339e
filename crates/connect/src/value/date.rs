//! Days, months, years and times of day, as offices and their machines write them.

use domain::batch::Fault;
use jiff::civil::Date;

/// Years that a date in a personnel file can have. Anything else is a slip or a serial number taken for a date.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;
/// Spreadsheet serial numbers that are read as days: from 18 May 1927, where they begin to have five digits and cannot
/// be taken for a year, to the end of [`YEARS`]. All lie after the 29 February 1900 that spreadsheets believe in.
const SERIALS: std::ops::RangeInclusive<i64> = 10_000..=73_415;
/// By how many days the 1904 date system of old Macintoshes counts less.
const EPOCH_1904: i64 = 1462;

/// A day: `2026-01-05`, `2026/1/5`, `2026.1.5`, `20260105`, `2026年1月5日`, `二〇二六年一月五日`, each with a time of day or
/// weekday after it if need be, or a spreadsheet's serial number.
pub(crate) fn date(text: &str, epoch_1904: bool) -> Result<Date, Fault> {
    let text = western(text);
    if let Some(date) = text.parse().ok().and_then(|days: f64| serial(days, epoch_1904)) {
        return Ok(date);
    }
    let (numbers, rest) = leading_numbers(&text);
    match numbers[..] {
        [year, month, day] if is_tail(rest) => checked(year, month, day),
        [compact] if (10_000_000..=99_999_999).contains(&compact) && is_tail(rest) => {
            checked(compact / 10_000, compact / 100 % 100, compact % 100)
        }
        _ => Err(Fault::NotADate),
    }
}

/// A month, as its first day: `2026-01`, `2026年1月`, `202601`, or any day in it.
pub(crate) fn month(text: &str, epoch_1904: bool) -> Result<Date, Fault> {
    let western = western(text);
    let (numbers, rest) = leading_numbers(&western);
    match numbers[..] {
        [year, month] if matches!(rest, "" | "份") => checked(year, month, 1),
        [compact] if (100_000..=999_999).contains(&compact) && rest.is_empty() => {
            checked(compact / 100, compact % 100, 1)
        }
        [month] if (1..=12).contains(&month) && matches!(rest, "" | "份") => Err(Fault::MonthWithoutYear),
        _ => match date(text, epoch_1904) {
            Ok(date) => Ok(date.first_of_month()),
            Err(Fault::NotADate) => Err(Fault::NotAMonth),
            Err(fault) => Err(fault),
        },
    }
}

/// A year: `2026`, `2026年`, `2026年度`, `二〇二六年`.
pub(crate) fn year(text: &str) -> Result<i16, Fault> {
    let text = western(text);
    let digits = text.strip_suffix("度").unwrap_or(&text);
    let digits = digits.strip_suffix("年").unwrap_or(digits);
    let year = digits.strip_suffix(".0").unwrap_or(digits).parse().map_err(|_| Fault::NotAYear)?;
    if YEARS.contains(&year) { Ok(year) } else { Err(Fault::NotAYear) }
}

/// A time of day as `08:30`: `8:30`, `08:30:15`, `8时30分`, with or without a date before it, or a fraction of a day.
/// Seconds are dropped, because a minute that has begun is not yet over.
pub(crate) fn time(text: &str) -> Result<String, Fault> {
    let text = western(text);
    if let Ok(days) = text.parse::<f64>() {
        return of_fraction(days).ok_or(Fault::NotATime);
    }
    let clock = text.rsplit_once(['T', ' ']).map_or(text.as_str(), |(_, clock)| clock);
    let clock = clock.trim_end_matches(['Z', '分', '秒']).replace(['时', '点', '分'], ":");
    let parts: Vec<_> = clock.split(':').collect();
    let (hour, minute) = match parts[..] {
        [hour, minute] => (hour, minute),
        [hour, minute, seconds] if seconds.parse::<f64>().is_ok_and(|seconds| (0.0..60.0).contains(&seconds)) => {
            (hour, minute)
        }
        _ => return Err(Fault::NotATime),
    };
    let number = |part: &str, below: u8| {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u8>().ok().filter(|number| digits && *number < below).ok_or(Fault::NotATime)
    };
    Ok(format!("{:02}:{:02}", number(hour, 24)?, number(minute, 60)?))
}

/// The day of a spreadsheet's serial number, without the time of day in its fraction.
fn serial(days: f64, epoch_1904: bool) -> Option<Date> {
    let whole = days.floor();
    if !(0.0..1e6).contains(&whole) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "checked to be below a million")]
    let days = whole as i64 + if epoch_1904 { EPOCH_1904 } else { 0 };
    if !SERIALS.contains(&days) {
        return None;
    }
    jiff::civil::date(1899, 12, 30).checked_add(jiff::Span::new().days(days)).ok()
}

/// The time of day of a spreadsheet's fraction of a day.
fn of_fraction(days: f64) -> Option<String> {
    if !(0.0..1.0).contains(&days) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 86400")]
    let seconds = (days * 86_400.0).round() as u32 % 86_400;
    Some(format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60))
}

fn checked(year: i64, month: i64, day: i64) -> Result<Date, Fault> {
    let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year)).ok_or(Fault::NotADate)?;
    let (Ok(month), Ok(day)) = (u32::try_from(month), u32::try_from(day)) else { return Err(Fault::NotADate) };
    let small = |number: u32| i8::try_from(number).ok();
    small(month)
        .zip(small(day))
        .and_then(|(month, day)| Date::new(year, month, day).ok())
        .ok_or(Fault::ImpossibleDate { year, month, day })
}

/// The numbers at the beginning, at most three, as far as they are joined the way dates are; and what follows them.
fn leading_numbers(text: &str) -> (Vec<i64>, &str) {
    let mut numbers = Vec::new();
    let mut rest = text;
    while numbers.len() < 3 {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Some(number) = rest[..digits].parse().ok().filter(|_| digits <= 8) else { break };
        numbers.push(number);
        rest = &rest[digits..];
        let joints: &[char] = if numbers.len() == 3 { &['日', '号'] } else { &['-', '/', '.', '年', '月'] };
        rest = rest.strip_prefix(joints).unwrap_or(rest);
        if !rest.starts_with(|c: char| c.is_ascii_digit()) {
            break;
        }
    }
    (numbers, rest)
}

/// Whether this may follow a day: nothing, a weekday or a time of day.
fn is_tail(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['T', ' ', '(']).trim_end_matches(')');
    rest.is_empty()
        || rest.starts_with("星期")
        || rest.starts_with('周')
        || rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z')) && rest.contains(':')
}

/// Chinese numerals made digits, other text folded; `二〇二六年十二月二十三日` becomes `2026年12月23日`.
fn western(text: &str) -> String {
    let folded = crate::text::folded(text);
    if folded.is_ascii() {
        return folded;
    }
    let folded = folded.replace("元月", "1月");
    let mut western = String::new();
    let mut numeral = String::new();
    for c in folded.chars().chain([' ']) {
        if chinese_digit(c).is_some() || c == '十' {
            numeral.push(c);
            continue;
        }
        western.push_str(&western_number(&numeral));
        numeral.clear();
        western.push(c);
    }
    western.trim_end().to_owned()
}

/// One numeral: digit by digit (二〇二六), or with its tens (二十三).
fn western_number(numeral: &str) -> String {
    let digit = |part: &str| part.chars().filter_map(chinese_digit).collect::<String>();
    match numeral.split_once('十') {
        None => digit(numeral),
        Some((tens, ones)) => {
            let or = |digits: String, default: &str| if digits.is_empty() { default.to_owned() } else { digits };
            or(digit(tens), "1") + &or(digit(ones), "0")
        }
    }
}

fn chinese_digit(c: char) -> Option<char> {
    Some(match c {
        '〇' | '○' | '◯' | '零' | 'O' => '0',
        '一' => '1',
        '二' => '2',
        '三' => '3',
        '四' => '4',
        '五' => '5',
        '六' => '6',
        '七' => '7',
        '八' => '8',
        '九' => '9',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_day_in_many_hands() {
        for text in [
            "2026-01-05",
            "2026/1/5",
            "2026.1.5",
            "20260105",
            "2026年1月5日",
            "2026年01月05日",
            "２０２６－０１－０５",
            "二〇二六年一月五日",
            "二○二六年一月五日",
            "二零二六年一月五号",
            "二Ｏ二六年元月五日",
            "2026-01-05T08:30:00",
            "2026-01-05 08:30:00.000Z",
            "2026/1/5 0:00",
            "2026-01-05 星期一",
            "2026-01-05(周一)",
            "46027",
            "46027.35",
        ] {
            assert_eq!(date(text, false), Ok(civil::date(2026, 1, 5)), "{text}");
        }
        assert_eq!(date("44565", true), Ok(civil::date(2026, 1, 5)));
        assert_eq!(date("二〇二五年十二月二十三日", false), Ok(civil::date(2025, 12, 23)));
        assert_eq!(date("二〇二五年十月三十日", false), Ok(civil::date(2025, 10, 30)));
    }

    #[test]
    fn days_that_never_are() {
        let impossible = |year, month, day| Err(Fault::ImpossibleDate { year, month, day });
        assert_eq!(date("2026-02-30", false), impossible(2026, 2, 30));
        assert_eq!(date("2026-13-05", false), impossible(2026, 13, 5));
        assert_eq!(date("20260230", false), impossible(2026, 2, 30));
        assert_eq!(date("二〇二六年二月三十日", false), impossible(2026, 2, 30));
        assert_eq!(month("2026年13月", false), impossible(2026, 13, 1));
    }

    #[test]
    fn what_may_mean_two_days_is_none() {
        for text in ["", "5/1/2026", "26-1-5", "2026", "2026-01", "一月五日", "昨天", "2026-01-05x", "1", "99999999"]
        {
            assert!(date(text, false).is_err(), "{text}");
        }
    }

    #[test]
    fn months_have_a_year() {
        for text in
            ["2026-01", "2026/1", "2026.01", "202601", "2026年1月", "2026年1月份", "二〇二六年一月", "2026-01-31"]
        {
            assert_eq!(month(text, false), Ok(civil::date(2026, 1, 1)), "{text}");
        }
        assert_eq!(month("1月", false), Err(Fault::MonthWithoutYear));
        assert_eq!(month("1", false), Err(Fault::MonthWithoutYear));
        assert_eq!(month("年初", false), Err(Fault::NotAMonth));
    }

    #[test]
    fn years_are_of_our_time() {
        for text in ["2026", "2026年", "2026年度", "２０２６", "二〇二六年度", "2026.0"] {
            assert_eq!(year(text), Ok(2026), "{text}");
        }
        for text in ["26", "20260", "去年", "1026"] {
            assert_eq!(year(text), Err(Fault::NotAYear), "{text}");
        }
    }

    #[test]
    fn times_of_day() {
        for text in [
            "8:30",
            "08:30",
            "08:30:59",
            "８：３０",
            "8时30分",
            "8点30分15秒",
            "2026-01-05 08:30:00",
            "2026-01-05T08:30:00Z",
            "0.354166666666667",
        ] {
            assert_eq!(time(text).as_deref(), Ok("08:30"), "{text}");
        }
        for text in ["24:00", "8:60", "早上", "8", "8:3a", "-0.5"] {
            assert_eq!(time(text), Err(Fault::NotATime), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_day_comes_back_from_every_style(days in 0i32..47_000) {
            let day = civil::date(1930, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let (year, month, d) = (day.year(), day.month(), day.day());
            let serial = (day - civil::date(1899, 12, 30)).get_days();
            for text in [
                day.to_string(),
                format!("{year}/{month}/{d}"),
                format!("{year}.{month:02}.{d:02}"),
                format!("{year}{month:02}{d:02}"),
                format!("{year}年{month}月{d}日"),
                format!("{}年{}月{}日", digits(year), tens(month), tens(d)),
                serial.to_string(),
            ] {
                prop_assert_eq!(date(&text, false), Ok(day), "{}", text);
            }
            prop_assert_eq!(date(&(serial - 1462).to_string(), true), Ok(day));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = (date(&text, false), month(&text, true), year(&text), time(&text));
        }
    }

    fn digits(year: i16) -> String {
        year.to_string().bytes().map(|byte| CHINESE[usize::from(byte - b'0')]).collect()
    }

    fn tens(number: i8) -> String {
        let digit =
            |digit: i8| if digit == 0 { String::new() } else { CHINESE[usize::try_from(digit).unwrap()].to_string() };
        match number {
            0..10 => digit(number),
            10..20 => format!("十{}", digit(number % 10)),
            _ => format!("{}十{}", digit(number / 10), digit(number % 10)),
        }
    }

    const CHINESE: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
}
