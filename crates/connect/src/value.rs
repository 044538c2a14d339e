//! From a cell to the value that is kept.

pub(crate) mod date;
pub(crate) mod decimal;
pub(crate) mod identity;

use domain::batch::Fault;

use crate::catalog::{CATALOG, FieldSpec, Type};
use crate::grid::Cell;
use crate::text;
use decimal::Decimal;

/// What a column as a whole says about each of its numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scale {
    /// By how many places the unit in the header moves the decimal point.
    pub(crate) shift: i32,
    /// Whether bare numbers of a ratio are points (23.3) rather than fractions (0.233).
    pub(crate) points: bool,
}

/// What a spreadsheet program puts where a formula failed.
const FORMULA_ERRORS: [&str; 8] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#DATA!"];
/// More digits than a spreadsheet's numbers can hold.
const CERTAIN_DIGITS: usize = 15;

/// Reads a cell as the field's type; `None` if it is blank.
pub(crate) fn read(field: &FieldSpec, cell: &Cell, scale: Scale, epoch_1904: bool) -> Result<Option<String>, Fault> {
    if FORMULA_ERRORS.contains(&cell.text.trim()) {
        return Err(Fault::FormulaError);
    }
    if is_blank(field, cell) {
        return if field.required { Err(Fault::MissingValue) } else { Ok(None) };
    }
    let text = cell.text.as_str();
    let value = match field.kind {
        Type::Text => text::folded(text),
        Type::Verbatim => text.trim().to_owned(),
        Type::Name => text::name(text),
        Type::Code => text::code(text),
        Type::Codes => joined(text, text::code),
        Type::List => joined(text, text::folded),
        Type::Word => {
            let word = field.word(text).ok_or_else(|| Fault::UnknownWord { allowed: field.offered.clone() })?;
            word.to_owned()
        }
        Type::Grade => {
            let word = field.word(text).ok_or_else(|| Fault::UnknownGrade { allowed: field.offered.clone() })?;
            word.to_owned()
        }
        Type::Count | Type::Decimal | Type::Score | Type::Money | Type::Percent | Type::Fraction => {
            ranged(field, number(field.kind, text, scale)?)?.to_string()
        }
        Type::Target => Decimal::parse(&text::folded(text)).map_or_else(|| text.trim().to_owned(), |n| n.to_string()),
        Type::Date => date::date(text, epoch_1904)?.to_string(),
        Type::Month if may_lack_a_zero(cell, epoch_1904) => return Err(Fault::NotAMonth),
        Type::DayOrMonth if may_lack_a_zero(cell, epoch_1904) => return Err(Fault::NotADate),
        Type::DayOrMonth => match date::date(text, epoch_1904) {
            Err(Fault::NotADate) => date::month(text, epoch_1904).map_err(as_date_fault)?.to_string(),
            date => date?.to_string(),
        },
        Type::Month => date::month(text, epoch_1904)?.strftime("%Y-%m").to_string(),
        Type::Year => date::year(text)?.to_string(),
        Type::Time => date::time(text)?,
        Type::IdNumber | Type::Holder if has_lost_digits(cell) => return Err(Fault::DigitsLost),
        Type::IdNumber => identity::id_number(text)?.into_string(),
        Type::CompanyCode => identity::company_code(text)?,
        Type::Holder => holder(text)?,
    };
    Ok(Some(value))
}

/// Reads a number of a numeric type, in the unit in which it is kept, without looking at its range.
pub(crate) fn number(kind: Type, text: &str, scale: Scale) -> Result<Decimal, Fault> {
    let text = text::folded(text);
    let (digits, shift) = match text.strip_suffix('%') {
        Some(digits) if kind.is_ratio() => (digits, -2),
        _ if kind.is_ratio() => (text.as_str(), if scale.points { -2 } else { 0 }),
        _ => without_measure(&text, scale.shift),
    };
    let kept_as_points = if kind == Type::Percent { 2 } else { 0 };
    let number = Decimal::parse(digits.trim().trim_start_matches('¥')).ok_or(Fault::NotANumber)?;
    number.shifted(shift + kept_as_points).ok_or(Fault::NotANumber)
}

/// The number of a cell in a ratio column, if it is written without a percent sign.
pub(crate) fn bare_ratio(text: &str) -> Option<Decimal> {
    Decimal::parse(&text::folded(text))
}

/// Whether a month is kept as a number: 2026.1 may have been 2026.10 when it was typed.
fn may_lack_a_zero(cell: &Cell, epoch_1904: bool) -> bool {
    cell.numeric && cell.text.contains('.') && date::date(&cell.text, epoch_1904).is_err()
}

/// What is wrong with a day that is no month either.
fn as_date_fault(fault: Fault) -> Fault {
    if matches!(fault, Fault::ImpossibleDate { .. }) { fault } else { Fault::NotADate }
}

/// Parts a number from the unit written after it, which goes before the unit of the header.
fn without_measure(text: &str, header_shift: i32) -> (&str, i32) {
    let digits = text.trim_end_matches(char::is_alphabetic);
    match CATALOG.measure(&text[digits.len()..]) {
        Some(shift) if digits.len() < text.len() => (digits, shift),
        _ => (text, header_shift),
    }
}

fn ranged(field: &FieldSpec, number: Decimal) -> Result<Decimal, Fault> {
    let (min, max) = match field.kind {
        Type::Percent => (Some(0), Some(100)),
        Type::Fraction => (Some(0), Some(1)),
        Type::Count => (Some(0), field.max),
        _ => (field.min, field.max),
    };
    if field.kind == Type::Count && !number.is_integer() {
        return Err(Fault::NotAnInteger);
    }
    let inside = min.is_none_or(|min| number >= min.into()) && max.is_none_or(|max| number <= max.into());
    if inside {
        return Ok(number);
    }
    let bound = |bound: Option<i64>| bound.map_or_else(|| "…".to_owned(), |bound| bound.to_string());
    let range = format!("{}-{}", bound(min), bound(max));
    Err(match field.kind {
        Type::Percent | Type::Fraction => Fault::PercentOutOfRange,
        Type::Score => Fault::ScoreOutOfRange { range },
        Type::Count if number.is_negative() => Fault::NegativeCount,
        _ => Fault::NumberOutOfRange { range },
    })
}

/// Whether a cell is empty or says so. A word that the field knows is a value, whatever else it may mean.
fn is_blank(field: &FieldSpec, cell: &Cell) -> bool {
    cell.is_empty() || CATALOG.is_blank(&cell.text) && field.kind != Type::Verbatim && field.word(&cell.text).is_none()
}

fn joined(text: &str, form: impl Fn(&str) -> String) -> String {
    text::parts(text).map(form).collect::<Vec<_>>().join(";")
}

/// Whether an identity number was kept as a floating-point number, whose last digits are then zeros of no meaning.
fn has_lost_digits(cell: &Cell) -> bool {
    let text = text::code(&cell.text);
    let scientific = text.contains("E+") && Decimal::parse(&text).is_some();
    scientific || cell.numeric && text.len() > CERTAIN_DIGITS
}

/// A person's or a company's number. One that has letters before its end can only be a company's.
fn holder(text: &str) -> Result<String, Fault> {
    let code = text::code(text);
    let is_company = code.chars().rev().skip(1).any(|c| c.is_ascii_alphabetic());
    if is_company { identity::company_code(&code) } else { Ok(identity::id_number(&code)?.into_string()) }
}

#[cfg(test)]
mod tests {
    use domain::batch::Kind;

    use super::*;

    fn read_as(kind: Kind, field: &str, text: &str) -> Result<Option<String>, Fault> {
        read(&CATALOG.table(kind).fields[field], &Cell::text(text), Scale::default(), false)
    }

    #[track_caller]
    fn assert_reads(kind: Kind, field: &str, text: &str, value: &str) {
        assert_eq!(read_as(kind, field, text), Ok(Some(value.to_owned())), "{text}");
    }

    #[test]
    fn ratios_come_to_one_scale() {
        assert_reads(Kind::Projects, "planned", "２３．３％", "0.233");
        assert_reads(Kind::Projects, "planned", "0.233", "0.233");
        assert_reads(Kind::Cases, "satisfaction", "97.2%", "97.2");
        assert_reads(Kind::Cases, "satisfaction", "0.972", "97.2");
        let points = Scale { shift: 0, points: true };
        assert_eq!(number(Type::Fraction, "23.3", points).unwrap().to_string(), "0.233");
        assert_eq!(number(Type::Percent, "97.2", points).unwrap().to_string(), "97.2");
    }

    #[test]
    fn money_comes_to_ten_thousand_yuan() {
        for text in ["3710.9", "3,710.9", "3710.9万元", "37,109,000元", "¥3710.9", "0.37109亿元"] {
            assert_reads(Kind::Projects, "amount", text, "3710.9");
        }
        let yuan = Scale { shift: -4, points: false };
        assert_eq!(number(Type::Money, "37109000", yuan).unwrap().to_string(), "3710.9");
        assert_eq!(number(Type::Money, "3710.9万元", yuan).unwrap().to_string(), "3710.9");
    }

    #[test]
    fn counts_are_whole_and_not_negative() {
        assert_reads(Kind::Cases, "handled", "1,204 件", "1204");
        assert_eq!(read_as(Kind::Cases, "handled", "-204"), Err(Fault::NegativeCount));
        assert_eq!(read_as(Kind::Cases, "handled", "20.5"), Err(Fault::NotAnInteger));
        assert_eq!(read_as(Kind::Cases, "handled", "3万件"), Err(Fault::NotANumber));
        assert_eq!(read_as(Kind::Cases, "handled", "二十"), Err(Fault::NotANumber));
    }

    #[test]
    fn ranges_are_kept() {
        assert_eq!(read_as(Kind::Shareholders, "share", "130%"), Err(Fault::PercentOutOfRange));
        assert_eq!(
            read_as(Kind::PaperScores, "score", "105"),
            Err(Fault::ScoreOutOfRange { range: "0-100".to_owned() })
        );
        assert_eq!(read_as(Kind::Training, "hours", "-1"), Err(Fault::NumberOutOfRange { range: "0-…".to_owned() }));
    }

    #[test]
    fn words_are_canonical() {
        assert_reads(Kind::People, "sex", " 女 ", "female");
        assert_reads(Kind::People, "project_lead", "√", "yes");
        assert_reads(Kind::Results, "grade", "基本称职", "basically_competent");
        assert!(matches!(read_as(Kind::Results, "grade", "优良"), Err(Fault::UnknownGrade { .. })));
        assert!(matches!(read_as(Kind::People, "sex", "?"), Err(Fault::UnknownWord { .. })));
    }

    #[test]
    fn rosters_may_give_the_month_alone() {
        assert_reads(Kind::People, "joined", "2019.07", "2019-07-01");
        assert_reads(Kind::People, "joined", "2019年7月15日", "2019-07-15");
        assert_eq!(read_as(Kind::People, "joined", "7月"), Err(Fault::NotADate));
        let impossible = Fault::ImpossibleDate { year: 2015, month: 2, day: 30 };
        assert_eq!(read_as(Kind::People, "joined", "2015-02-30"), Err(impossible));
        let number = Cell { text: "2019.1".to_owned(), numeric: true };
        let field = &CATALOG.table(Kind::People).fields["joined"];
        assert_eq!(read(field, &number, Scale::default(), false), Err(Fault::NotADate));
    }

    #[test]
    fn blanks_are_blank_unless_the_word_is_known() {
        assert_eq!(read_as(Kind::Attendance, "in", "未打卡"), Ok(None));
        assert_reads(Kind::Attendance, "status", "未打卡", "missing");
        assert_eq!(read_as(Kind::Attendance, "status", " — "), Err(Fault::MissingValue));
    }

    #[test]
    fn what_excel_broke_is_named() {
        assert_eq!(read_as(Kind::People, "name", "#REF!"), Err(Fault::FormulaError));
        assert_eq!(read_as(Kind::People, "id_number", "9.90104E+17"), Err(Fault::DigitsLost));
        let number = Cell { text: "990104196910078900".to_owned(), numeric: true };
        let field = &CATALOG.table(Kind::People).fields["id_number"];
        assert_eq!(read(field, &number, Scale::default(), false), Err(Fault::DigitsLost));
    }

    #[test]
    fn targets_are_numbers_if_they_can() {
        assert_reads(Kind::Indicators, "target", "1,800", "1800");
        assert_reads(Kind::Indicators, "target", "≤2次", "≤2次");
        assert_reads(Kind::Indicators, "post_type", "窗口岗、综合岗", "窗口岗;综合岗");
    }

    #[test]
    fn companies_hold_shares_too() {
        assert_reads(Kind::Shareholders, "id_number", "99990107A2PB3Y9B2U", "99990107A2PB3Y9B2U");
        assert_reads(Kind::Shareholders, "id_number", "99010419691007893x", "99010419691007893X");
    }
}
