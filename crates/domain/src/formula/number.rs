//! Exact numbers: how they are read, spelled and rounded. No float anywhere.

use num_rational::BigRational;

/// More digits than any measure has; longer ones are a slip, or an attempt to keep the machine busy.
const MOST_DIGITS: usize = 24;

/// How many units of a score make one point.
const UNITS: i64 = 10_000;

pub(super) fn whole(number: i64) -> BigRational {
    BigRational::from_integer(number.into())
}

pub(super) fn is_zero(number: &BigRational) -> bool {
    *number == whole(0)
}

/// Reads a plain decimal such as `60`, `0.98` or `-3.5`.
pub(super) fn decimal(text: &str) -> Option<BigRational> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if digits.len() > MOST_DIGITS || !plain(integer) || !plain(fraction) {
        return None;
    }
    let unscaled: i128 = format!("{integer}{fraction}").parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    Some(BigRational::from_integer((sign * unscaled).into()) / whole(10).pow(places))
}

/// The number as a decimal: exact if it has at most `places` decimals, else rounded to that many.
pub(super) fn spell(number: &BigRational, places: u8) -> String {
    let scaled = half_up(number, &whole(10).pow(places.into()));
    let digits = scaled.trim_start_matches('-');
    let digits = format!("{digits:0>width$}", width = usize::from(places) + 1);
    let (integer, fraction) = digits.split_at(digits.len() - usize::from(places));
    let fraction = fraction.trim_end_matches('0');
    let sign = if scaled.starts_with('-') { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{integer}") } else { format!("{sign}{integer}.{fraction}") }
}

/// A score in ten-thousandths of a point, halves rounded up; none if it is beyond all measure.
pub(super) fn points(number: &BigRational) -> Option<i64> {
    half_up(number, &whole(UNITS)).parse().ok()
}

fn half_up(number: &BigRational, scale: &BigRational) -> String {
    (number * scale + BigRational::new(1.into(), 2.into())).floor().to_integer().to_string()
}
