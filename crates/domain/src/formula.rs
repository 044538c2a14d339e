//! The scoring language of quantitative indicators: what HR wrote, understood exactly or refused.
//!
//! The same parser reads a compact form and the words that HR offices write:
//!
//! ```text
//! 实际=退件数合计/办件量合计;得分=min(目标/实际,1)*100;实际为0得100分          target 0.01, cap 100
//!
//! if_zero(sum(cases.returned) / sum(cases.handled), 100,
//!         min(target / (sum(cases.returned) / sum(cases.handled)), 1) * 100); target = 0.01; cap = 100
//! ```
//!
//! `Display` gives the compact form, so a person can see how the words were understood, and the record keeps that. All
//! arithmetic is exact (rationals of any size); only the points that come out are rounded, half up, to four decimals.

mod cursor;
mod error;
mod evaluate;
mod expr;
mod lexicon;
mod number;
mod range;
mod read;
mod scan;
mod steps;
mod token;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use num_rational::BigRational;

pub use error::{EvaluateError, FormulaError, NotApplicable, Problem};

/// More characters than any formula in words has.
const LONGEST: usize = 2000;

/// A formula that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    score: expr::Expr,
    /// Present if, and only if, the score refers to it.
    target: Option<BigRational>,
    cap: Option<BigRational>,
}

/// A row of source data: one person's, and of the period that is appraised.
#[derive(Clone, Debug)]
pub struct Observation<'a> {
    /// The kind of record, as the vocabulary names it.
    pub source: &'a str,
    /// What makes the row unique in its kind, parts joined by `|`.
    pub key: &'a str,
    /// The day it tells of; for a month the first.
    pub date: Option<Date>,
    /// Field to value, plain decimals where the formula reads them.
    pub fields: &'a BTreeMap<String, String>,
    /// Whatever the caller knows the row by; comes back in [`Outcome::used`].
    pub id: usize,
}

/// A score and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The exact score.
    pub exact: BigRational,
    /// The score in ten-thousandths of a point, halves rounded up.
    pub points: i64,
    /// The totals that went in, by their compact form; for totals over latest rows those too, by what they are of; and
    /// `target`.
    pub inputs: Vec<(String, BigRational)>,
    /// The working in one line: the compact form with its values.
    pub arithmetic: String,
    /// The ids of the rows that went in, ascending.
    pub used: Vec<usize>,
}

/// A sum that a formula holds against a target, as in `min(sum(months 1..9: cases.handled) / target, 1) * 100; target = 1800`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aim<'a> {
    /// The kind of record.
    pub source: &'a str,
    /// Its field.
    pub field: &'a str,
    /// What is to be reached.
    pub target: &'a BigRational,
    /// The first and the last month that are summed, 1 to 12; all of the period if there are none.
    pub months: Option<(i8, i8)>,
}

impl Formula {
    /// Understands a formula, with the target value and the cap that stand beside it in the library (each the one number
    /// in its text: `≤2次`, `98%`). `vocabulary` gives the field, as kind and name, that a word stands for.
    ///
    /// # Errors
    ///
    /// [`FormulaError`] with the fragment that is not understood and what would be. Nothing is passed over.
    pub fn parse(
        words: &str,
        target: Option<&str>,
        cap: Option<&str>,
        vocabulary: &BTreeMap<String, (String, String)>,
    ) -> Result<Self, FormulaError> {
        let folded = token::fold(words);
        if folded.trim().is_empty() {
            return Err(FormulaError::new("", Problem::Empty));
        }
        if folded.chars().count() > LONGEST {
            return Err(FormulaError::new("", Problem::TooLong));
        }
        let beside = |text: Option<&str>| text.map(token::fold).filter(|text| !text.trim().is_empty());
        let cap = match beside(cap) {
            Some(text) => Some(words::stated(&text).ok_or_else(|| FormulaError::new(text, Problem::OtherCap))?),
            None => None,
        };
        let target = beside(target).as_deref().and_then(words::stated);
        let statements = words::Statements::read(&folded, target, cap)?;
        let (target, cap) = (statements.target.clone(), statements.cap.clone());
        let score = statements.score(&folded, &lexicon::Lexicon::new(vocabulary))?;
        let target = match (score.mentions_target(), target) {
            (true, None) => return Err(FormulaError::new("", Problem::NoTarget)),
            (mentioned, target) => target.filter(|_| mentioned),
        };
        Ok(Self { score, target, cap })
    }

    /// What it holds against a target; none of a formula of another shape.
    pub fn aim(&self) -> Option<Aim<'_>> {
        let (field, target, months) = self.score.aim()?;
        let target = match target {
            expr::Expr::Number(number) => number,
            _ => self.target.as_ref()?,
        };
        Some(Aim { source: &field.source, field: &field.name, target, months })
    }

    /// The kinds of record it reads.
    pub fn sources(&self) -> BTreeSet<&str> {
        self.score.fields().into_iter().map(|field| field.source.as_str()).collect()
    }
}

impl fmt::Display for Formula {
    /// The compact form, which [`Formula::from_str`] reads back to the same formula.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.score)?;
        for (name, value) in [("target", &self.target), ("cap", &self.cap)] {
            if let Some(value) = value {
                write!(f, "; {name} = {}", number::spell(value, 12))?;
            }
        }
        Ok(())
    }
}

impl FromStr for Formula {
    type Err = FormulaError;

    /// Reads the compact form with full names (`kind.field`), as it was recorded.
    fn from_str(compact: &str) -> Result<Self, FormulaError> {
        Self::parse(compact, None, None, &BTreeMap::new())
    }
}
