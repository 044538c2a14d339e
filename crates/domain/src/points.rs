//! Points: scores from 0 to 100 with four decimals, kept as integers so that no backend rounds them.

use num_rational::BigRational;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A score in units of 0.0001 points: `Points(886_111)` is 88.6111.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(example = 885_000)]
pub struct Points(pub i64);

impl Points {
    /// How many units make one point.
    pub const SCALE: i64 = 10_000;
    /// The highest score there is.
    pub const FULL: Points = Points(100 * Self::SCALE);

    /// Whole points.
    pub const fn whole(points: i64) -> Self {
        Points(points * Self::SCALE)
    }

    /// The nearest ten-thousandth of a point; halves go up.
    pub fn round(exact: &BigRational) -> Self {
        let scaled = exact * BigRational::from_integer(Self::SCALE.into());
        let half = BigRational::new(1.into(), 2.into());
        let units = (scaled + half).floor().to_integer();
        Points(i64::try_from(units).unwrap_or(i64::MAX))
    }

    /// The same value as a fraction.
    pub fn exact(self) -> BigRational {
        BigRational::new(self.0.into(), Self::SCALE.into())
    }

    /// Between 0 and 100.
    pub fn in_range(self) -> bool {
        (0..=Self::FULL.0).contains(&self.0)
    }
}

impl std::fmt::Display for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, units) = if self.0 < 0 { ("-", -self.0) } else { ("", self.0) };
        let (whole, rest) = (units / Self::SCALE, units % Self::SCALE);
        if rest == 0 {
            write!(f, "{sign}{whole}")
        } else {
            let decimals = format!("{rest:04}");
            write!(f, "{sign}{whole}.{}", decimals.trim_end_matches('0'))
        }
    }
}

impl std::str::FromStr for Points {
    type Err = NotPoints;

    /// A plain decimal with at most four places, as people type it.
    fn from_str(text: &str) -> Result<Self, NotPoints> {
        let text = text.trim();
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || decimals.len() > 4 || !digits(whole) || !digits(decimals) {
            return Err(NotPoints);
        }
        let units: i64 = format!("{whole}{decimals:0<4}").parse().map_err(|_| NotPoints)?;
        Ok(Points(units))
    }
}

/// The text is no number with at most four decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a number with at most four decimals, such as 88.5")]
pub struct NotPoints;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_what_people_type() {
        for (text, units) in [("88", 880_000), ("88.5", 885_000), ("0.0001", 1), ("100", 1_000_000)] {
            let points: Points = text.parse().unwrap();
            assert_eq!(points, Points(units));
            assert_eq!(points.to_string(), text);
        }
        for text in ["", "-1", "1.23456", "1e2", "１", "88分"] {
            assert_eq!(text.parse::<Points>(), Err(NotPoints), "{text}");
        }
    }

    #[test]
    fn halves_go_up() {
        let exact = BigRational::new(1_000_005.into(), 100_000.into());
        assert_eq!(Points::round(&exact), Points(100_001));
    }
}
