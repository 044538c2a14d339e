//! Steps 分段: a score for each range of a value.

use std::fmt;

use num_rational::BigRational;

use super::error::{FormulaError, Problem};
use super::number::{spell, whole};

/// A range and its points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// None: no matter how small.
    pub(super) from: Option<Bound>,
    /// None: no matter how large.
    pub(super) to: Option<Bound>,
    pub(super) points: BigRational,
}

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) at: BigRational,
    /// Whether the value itself is in the range.
    pub(super) included: bool,
}

impl Step {
    pub(super) fn covers(&self, value: &BigRational) -> bool {
        let above = self.from.as_ref().is_none_or(|from| *value > from.at || (from.included && *value == from.at));
        let below = self.to.as_ref().is_none_or(|to| *value < to.at || (to.included && *value == to.at));
        above && below
    }
}

/// Sorts the steps and makes sure that every whole number from 0 on has exactly one of them.
///
/// Ranges of whole numbers join when one begins 1 above the end of the other (0..2, 3..5); any ranges join when they
/// share a bound that is in one of them.
pub(super) fn joined(mut steps: Vec<Step>) -> Result<Vec<Step>, FormulaError> {
    steps.sort_by(|a, b| a.from.as_ref().map(|from| &from.at).cmp(&b.from.as_ref().map(|from| &from.at)));
    let all = steps.iter().map(Step::to_string).collect::<Vec<_>>().join(", ");
    let gap = || FormulaError::new(&*all, Problem::Gap);
    for step in &steps {
        if let (Some(from), Some(to)) = (&step.from, &step.to)
            && (from.at > to.at || (from.at == to.at && !(from.included && to.included)))
        {
            return Err(FormulaError::new(step.to_string(), Problem::Gap));
        }
    }
    for pair in steps.windows(2) {
        let (Some(end), Some(start)) = (&pair[0].to, &pair[1].from) else {
            return Err(FormulaError::new(pair[1].to_string(), Problem::Overlap));
        };
        if end.at > start.at || (end.at == start.at && end.included && start.included) {
            return Err(FormulaError::new(pair[1].to_string(), Problem::Overlap));
        }
        let shares_bound = end.at == start.at && (end.included || start.included);
        let next_whole = end.included && start.included && start.at == &end.at + whole(1) && end.at.is_integer();
        if !shares_bound && !next_whole {
            return Err(gap());
        }
    }
    let begins = steps.first().is_some_and(|first| first.from.is_none() || first.covers(&whole(0)));
    let ends = steps.last().is_some_and(|last| last.to.is_none());
    if begins && ends { Ok(steps) } else { Err(gap()) }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(from) = &self.from {
            write!(f, "{}{}", spell(&from.at, 12), if from.included { "" } else { "<" })?;
        }
        write!(f, "..")?;
        if let Some(to) = &self.to {
            write!(f, "{}{}", if to.included { "" } else { "<" }, spell(&to.at, 12))?;
        }
        write!(f, ": {}", spell(&self.points, 12))
    }
}
