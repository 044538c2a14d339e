//! Exact decimal numbers, as offices write them.

use std::cmp::Ordering;
use std::fmt;

/// The most places after the point that are kept; a spreadsheet's floating-point numbers have at most 17 digits.
const MAX_SCALE: u32 = 18;
/// Digits beyond this are refused: no count, amount or score is as large, and the arithmetic must not overflow.
const MAX_DIGITS: usize = 30;

/// `mantissa` / 10^`scale`, without trailing zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    mantissa: i128,
    scale: u32,
}

impl Decimal {
    pub(crate) const ZERO: Self = Self { mantissa: 0, scale: 0 };

    /// Reads `-1,234.50`, `+3`, `.5` and `1.2E+3`. The text must be folded already (no full-width digits).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match number.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = ungrouped(whole)?;
        let all = format!("{whole}{fraction}");
        if all.is_empty() || all.len() > MAX_DIGITS || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let magnitude: i128 = all.parse().ok()?;
        let mantissa = if negative { -magnitude } else { magnitude };
        Self { mantissa, scale: u32::try_from(fraction.len()).ok()? }.shifted(exponent)
    }

    /// Moves the decimal point: `2` is times 100, `-2` is per cent. `None` when the number becomes too long to keep.
    pub(crate) fn shifted(self, places: i32) -> Option<Self> {
        let scale = i64::from(self.scale) - i64::from(places);
        let (mantissa, scale) = if scale < 0 {
            let factor = 10_i128.checked_pow(u32::try_from(-scale).ok()?)?;
            (self.mantissa.checked_mul(factor)?, 0)
        } else {
            (self.mantissa, u32::try_from(scale).ok()?)
        };
        let reduced = Self { mantissa, scale }.reduced();
        let fits = reduced.scale <= MAX_SCALE && reduced.mantissa.unsigned_abs() < 10_u128.pow(36);
        fits.then_some(reduced)
    }

    pub(crate) fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    pub(crate) fn is_integer(self) -> bool {
        self.scale == 0
    }

    /// The distance from zero.
    pub(crate) fn abs(self) -> Self {
        Self { mantissa: self.mantissa.abs(), scale: self.scale }
    }

    /// The sum, or `None` when it is too large to keep.
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let (a, b, scale) = aligned(self, other)?;
        Some(Self { mantissa: a.checked_add(b)?, scale }.reduced())
    }

    fn reduced(mut self) -> Self {
        while self.scale > 0 && self.mantissa % 10 == 0 {
            self.mantissa /= 10;
            self.scale -= 1;
        }
        self
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self { mantissa: number.into(), scale: 0 }
    }
}

impl PartialOrd for Decimal {
    /// `None` only when the two differ so much in size that they cannot be written with the same number of places.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        aligned(*self, *other).map(|(a, b, _)| a.cmp(&b))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.mantissa.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.is_negative() { "-" } else { "" };
        let point = if scale == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction}")
    }
}

/// Both mantissas at the larger of the two scales.
fn aligned(a: Decimal, b: Decimal) -> Option<(i128, i128, u32)> {
    let scale = a.scale.max(b.scale);
    let at_scale = |number: Decimal| number.mantissa.checked_mul(10_i128.pow(scale - number.scale));
    Some((at_scale(a)?, at_scale(b)?, scale))
}

/// The digits of a whole part without its thousands separators, which must stand where they belong.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<_> = groups.collect();
    let well_grouped = rest.is_empty() || (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    well_grouped.then(|| whole.replace(',', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        Decimal::parse(text).map(|number| number.to_string())
    }

    #[test]
    fn numbers_are_kept_exactly() {
        for (text, kept) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("007.50", "7.5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-1,234,567.89", "-1234567.89"),
            ("1.2E+3", "1200"),
            ("1e-7", "0.0000001"),
            ("0.30000000000000004", "0.30000000000000004"),
        ] {
            assert_eq!(read(text).as_deref(), Some(kept), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let too_long = "9".repeat(MAX_DIGITS + 1);
        for text in ["", ".", "-", "1,23", "1,,234", ",123", "12a", "1.2.3", "--1", "1e", "1e99", "0x1", &too_long] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_point_moves_without_loss() {
        let number = Decimal::parse("23.3").unwrap();
        assert_eq!(number.shifted(-2).unwrap().to_string(), "0.233");
        assert_eq!(number.shifted(4).unwrap().to_string(), "233000");
    }

    #[test]
    fn numbers_of_different_scales_compare_and_add() {
        let (a, b) = (Decimal::parse("0.1").unwrap(), Decimal::parse("0.09").unwrap());
        assert!(a > b && a < Decimal::from(1));
        assert_eq!(a.plus(b).unwrap().to_string(), "0.19");
    }
}
