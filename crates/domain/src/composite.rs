//! The composite score: all indicators of a person weighed together, every number on one page.

use crate::{
    appraisal::Appraisal,
    cycle::Cycle,
    id::{PersonId, ScoreId},
    indicator::Indicator,
    points::Points,
    score::{Standing, Value},
};
use num_rational::BigRational;
use serde::{Deserialize, Serialize};

/// One assessor's part of an indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The score.
    pub score: ScoreId,
    /// Its assessor.
    pub rater: PersonId,
    /// The assessor's weight.
    pub weight: Points,
    /// The points that count.
    pub points: Points,
}

/// One indicator's part of the composite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The indicator's code.
    pub indicator: String,
    /// Its weight in the library.
    pub weight: Points,
    /// Its points; none: not applicable, its weight goes to the others.
    pub points: Option<Points>,
    /// weight × points ÷ total weight that applies, rounded; the exact sum is what counts.
    pub contribution: Option<Points>,
    /// Who gave what, for a qualitative one.
    pub parts: Vec<Part>,
}

/// The composite score and how it came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composite {
    /// Line by line.
    pub lines: Vec<Line>,
    /// The weight of the lines that apply.
    pub applied: Points,
    /// The composite, rounded half up to four decimals; none if no line applies.
    pub total: Option<Points>,
    /// The exact fraction.
    pub exact: Option<String>,
}

/// Weigh a person's scores as they stand.
pub fn compose(cycle: &Cycle, appraisal: &Appraisal) -> Composite {
    let measured: Vec<(&Indicator, Option<BigRational>, Vec<Part>)> = cycle
        .indicators(&appraisal.opened.post_type)
        .iter()
        .map(|indicator| {
            let (value, parts) = measure(appraisal, indicator);
            (indicator, value, parts)
        })
        .collect();
    let applied: i64 =
        measured.iter().filter(|(_, value, _)| value.is_some()).map(|(indicator, ..)| indicator.weight.0).sum();
    let share = |indicator: &Indicator, value: &BigRational| {
        value * BigRational::new(indicator.weight.0.into(), applied.into())
    };
    let total = (applied > 0).then(|| {
        measured
            .iter()
            .filter_map(|(indicator, value, _)| value.as_ref().map(|value| share(indicator, value)))
            .fold(BigRational::from_integer(0.into()), |sum, part| sum + part)
    });
    let lines = measured
        .into_iter()
        .map(|(indicator, value, parts)| Line {
            indicator: indicator.code.clone(),
            weight: indicator.weight,
            points: value.as_ref().map(Points::round),
            contribution: value.as_ref().map(|value| Points::round(&share(indicator, value))),
            parts,
        })
        .collect();
    Composite {
        lines,
        applied: Points(applied),
        total: total.as_ref().map(Points::round),
        exact: total.as_ref().map(ToString::to_string),
    }
}

/// The value of one indicator, exact.
fn measure(appraisal: &Appraisal, indicator: &Indicator) -> (Option<BigRational>, Vec<Part>) {
    if !indicator.is_qualitative() {
        let value = appraisal.computed.get(&indicator.code).and_then(|(computed, _)| match &computed.value {
            Value::Scored { exact, .. } => exact.parse().ok(),
            Value::NotApplicable(_) => None,
        });
        return (value, Vec::new());
    }
    let parts: Vec<Part> = appraisal
        .scores
        .iter()
        .filter(|score| score.given.indicator == indicator.code && score.standing() == Standing::Valid)
        .filter_map(|score| {
            let assessor = appraisal.assessors.iter().find(|assessor| assessor.person == score.given.rater)?;
            Some(Part {
                score: score.given.id,
                rater: score.given.rater,
                weight: assessor.weight,
                points: score.points(),
            })
        })
        .collect();
    let weights: i64 = parts.iter().map(|part| part.weight.0).sum();
    let value = (weights > 0).then(|| {
        parts
            .iter()
            .map(|part| part.points.exact() * BigRational::new(part.weight.0.into(), weights.into()))
            .fold(BigRational::from_integer(0.into()), |sum, part| sum + part)
    });
    (value, parts)
}
