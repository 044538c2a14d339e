//! Early warning 风险预警: the probability that a finding about a subject is raised in the coming period and confirmed, from
//! what was found about it before. It says where to look first and is nothing more: no finding comes of it, and it changes
//! none.
//!
//! ```text
//!     findings ──history──> examples ──logistic──> scores ──calibrate──> probabilities
//!                               └────────── the count of earlier findings, calibrated alike ──compare──┘
//! ```
//!
//! Pure: no clock, no randomness, no I/O. The same findings give the same numbers, whatever order they come in.
//!
//! **Learned from dispositions alone.** That something looked wrong is a signal and never an outcome; the outcome is what
//! people decided after the person concerned was heard. A subject and period with an undecided finding and no confirmed one
//! teaches nothing. Findings that were cleared (explained, or unfounded) count as no signal: to have been asked, and to have
//! had a good answer, is held against nobody.
//!
//! **Monotone.** More of a signal never lowers a probability: slopes are at least zero, and the calibration is
//! non-decreasing.
//!
//! **Silent until there is enough** ([`Material::is_enough`]).

mod calibrate;
mod compare;
mod history;
mod learn;
mod logistic;

pub use compare::{Comparison, Group, Measures, Verdict};
pub use history::{Outcome, Past};
pub use learn::{Learned, Reason, Standing, Warning, learn};

use crate::finding::Level;

/// What an earlier finding counts as, one of these at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Signal {
    /// It was confirmed, or was so and was put right.
    Confirmed,
    /// Undecided: a rule is broken.
    Rule,
    /// Undecided: hardly by chance.
    Alert,
    /// Undecided: worth a look.
    Watch,
}

/// How many signals there are.
pub(crate) const SIGNALS: usize = 4;

impl Signal {
    /// All of them.
    pub const ALL: [Signal; SIGNALS] = [Signal::Confirmed, Signal::Rule, Signal::Alert, Signal::Watch];

    /// The name in keys and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Signal::Confirmed => "confirmed",
            Signal::Rule => "rule",
            Signal::Alert => "alert",
            Signal::Watch => "watch",
        }
    }

    fn undecided(level: Level) -> Signal {
        match level {
            Level::Rule => Signal::Rule,
            Level::Alert => Signal::Alert,
            Level::Watch => Signal::Watch,
        }
    }
}

/// How much there is to learn from, about subjects that had a finding before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Material {
    /// Periods with at least one example.
    pub periods: usize,
    /// Subjects and periods with a confirmed finding.
    pub confirmed: usize,
    /// Subjects and periods without one, and with none undecided.
    pub others: usize,
}

impl Material {
    /// What is wanted at least.
    ///
    /// Three periods, so that for each that is predicted there is another to calibrate on and one to fit. 30 confirmed: four
    /// slopes, which makes seven events for each; from five on estimates are seldom misleading (Vittinghoff and McCulloch,
    /// Am J Epidemiol 165, 2007), and the slopes are shrunk besides. 100 others, so that the rate itself is known to some
    /// percent.
    pub const WANTED: Material = Material { periods: 3, confirmed: 30, others: 100 };

    /// Whether probabilities may be told.
    pub fn is_enough(self) -> bool {
        let wanted = Material::WANTED;
        self.periods >= wanted.periods && self.confirmed >= wanted.confirmed && self.others >= wanted.others
    }
}

#[cfg(test)]
mod tests;
