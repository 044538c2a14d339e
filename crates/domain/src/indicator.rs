//! Indicators 指标: what is measured, how, and how much it counts.

use crate::{
    context::Context,
    id::IndicatorId,
    points::Points,
    refusal::{Reason, Refusal},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which of the five dimensions 德能勤绩廉 (公务员法 35).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// 德
    Virtue,
    /// 能
    Ability,
    /// 勤
    Diligence,
    /// 绩
    Achievement,
    /// 廉
    Integrity,
}

impl Dimension {
    /// The name in records and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Dimension::Virtue => "virtue",
            Dimension::Ability => "ability",
            Dimension::Diligence => "diligence",
            Dimension::Achievement => "achievement",
            Dimension::Integrity => "integrity",
        }
    }
}

/// How an indicator gets its points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Measure {
    /// From observations, by formula; nobody can type a value in.
    Quantitative {
        /// The formula as it was understood, in the compact form of [`crate::formula`].
        formula: String,
    },
    /// By the named assessors, each score with a confirmed example.
    Qualitative,
}

/// An indicator of the library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Indicator {
    /// Its id.
    pub id: IndicatorId,
    /// The code HR knows it by; unique in the library.
    pub code: String,
    /// Name.
    pub name: String,
    /// The dimension.
    pub dimension: Dimension,
    /// How many of the 100 points of its post type.
    pub weight: Points,
    /// The post type whose set it belongs to.
    pub post_type: String,
    /// Where its values come from, in the library's words.
    pub source: String,
    /// How it is worked out, in the library's words.
    pub words: String,
    /// How it is worked out.
    pub measure: Measure,
}

impl Indicator {
    /// Scored by people.
    pub fn is_qualitative(&self) -> bool {
        self.measure == Measure::Qualitative
    }
}

/// What HR types or imports to define an indicator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IndicatorDraft {
    /// The code; a known one is redefined.
    pub code: String,
    /// Name.
    pub name: String,
    /// Dimension.
    pub dimension: Dimension,
    /// Weight in points of 100.
    pub weight: Points,
    /// Post type.
    pub post_type: String,
    /// Where its values come from.
    pub source: String,
    /// Scored from observations.
    pub quantitative: bool,
    /// The formula, in words or in the compact form.
    pub words: String,
    /// Target of the formula.
    pub target: Option<String>,
    /// Cap of the formula.
    pub cap: Option<String>,
}

impl IndicatorDraft {
    /// Understand the formula and settle the id: the one of the same code, or a new one.
    pub(crate) fn define(&self, ctx: &Context, library: &[Indicator]) -> Result<Indicator, Refusal> {
        let measure = if self.quantitative {
            let formula = crate::formula::Formula::parse(
                &self.words,
                self.target.as_deref(),
                self.cap.as_deref(),
                &ctx.rules.vocabulary,
            )
            .map_err(|error| {
                let english = error.english();
                Refusal::from(Reason::FormulaUnfit)
                    .with("field", "words")
                    .with("detail", error)
                    .with("detail_en", english)
            })?;
            Measure::Quantitative { formula: formula.to_string() }
        } else {
            Measure::Qualitative
        };
        if !self.weight.in_range() || self.weight.0 == 0 {
            return Err(Refusal::from(Reason::PointsOutOfRange).with("field", "weight").with("points", self.weight));
        }
        let known = library.iter().find(|indicator| indicator.code == self.code);
        Ok(Indicator {
            id: known.map_or_else(|| IndicatorId((ctx.new_id)()), |indicator| indicator.id),
            code: crate::context::text("code", &self.code, 40)?,
            name: crate::context::text("name", &self.name, 80)?,
            dimension: self.dimension,
            weight: self.weight,
            post_type: crate::context::text("post_type", &self.post_type, 40)?,
            source: self.source.clone(),
            words: self.words.clone(),
            measure,
        })
    }
}
