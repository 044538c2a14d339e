//! What makes a regime file one that can be worked by: it names only what it has, and its numbers fit each other.

use std::collections::BTreeSet;

use super::{Grade, KINDS, Notice, Quota, Regime};

/// Why a regime file is not accepted: a sentence that names the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRegime {
    /// Not TOML, or not of this shape.
    #[error("The regime cannot be read: {0}. Correct the line named.")]
    Unreadable(toml::de::Error),
    /// An id is no stable word.
    #[error("The id '{0}' is not usable: write it in small letters a to z, digits and '_', beginning with a letter.")]
    Id(String),
    /// Two grades have the same id.
    #[error("The grade '{0}' is there twice: give each grade an id of its own.")]
    GradeTwice(String),
    /// The ranks of a scale are not 1, 2, 3 and so on.
    #[error("The ranks of the grades must be 1 for the best, then 2, 3 and so on, each once; rank {0} is missing.")]
    Ranks(u32),
    /// A rule names a grade that the regime does not have.
    #[error("{rule} names the grade '{grade}', which this regime does not have: write one of its grade ids.")]
    UnknownGrade {
        /// Where it is named.
        rule: &'static str,
        /// What is named.
        grade: String,
    },
    /// A kind of cycle that does not exist.
    #[error("There is no cycle of the kind '{0}': write routine, special, annual or tenure.")]
    UnknownKind(String),
    /// A share above 100 %.
    #[error("{0} is {1} %: a share of the top grade is between 0 and 100 %.")]
    Share(&'static str, u32),
    /// The raised share is not above the normal one, or the lowered one not below.
    #[error("The {0} share must be {1} the normal share: exchange the numbers or drop it.")]
    ShareOrder(&'static str, &'static str),
    /// The publicity window is shorter than the law allows.
    #[error("The notice stays up {workdays} working days, but {basis} asks for at least {minimum}: make it longer.")]
    NoticeTooShort {
        /// As written.
        workdays: u32,
        /// The least.
        minimum: u32,
        /// Who says so.
        basis: String,
    },
    /// A period without a day, in which nobody could act.
    #[error("The period {0} has no day: write at least 1.")]
    NoTime(&'static str),
    /// A chain that is empty, or has a step twice.
    #[error("The approval chain for {0} needs at least one step, and each step once.")]
    Chain(&'static str),
}

impl Regime {
    pub(super) fn check(&self) -> Result<(), BadRegime> {
        stable_word(&self.id)?;
        if let Some(kind) = self.kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
            return Err(BadRegime::UnknownKind(kind.clone()));
        }
        check_scale(&self.grades)?;
        if let Some(ungraded) = &self.ungraded {
            stable_word(&ungraded.id)?;
            if self.grades.iter().any(|grade| grade.id == ungraded.id) {
                return Err(BadRegime::GradeTwice(ungraded.id.clone()));
            }
        }
        if let Some(routine) = &self.routine {
            check_scale(&routine.grades)?;
            check_share("routine.top_share_pct", routine.top_share_pct)?;
        }
        self.quota.check()?;
        self.check_named_grades()?;
        self.check_periods()?;
        check_chain("goals", &self.chains.goal)?;
        check_chain("outcomes", &self.chains.outcome)
    }

    fn check_named_grades(&self) -> Result<(), BadRegime> {
        let warning = self.not_graded.warning.iter().flat_map(|rule| &rule.bars);
        let review = self.statutory_review.iter().flat_map(|law| &law.grades);
        let named = (warning.map(|grade| ("not_graded.warning", grade)))
            .chain(self.notice.grades.iter().map(|grade| ("notice", grade)))
            .chain(review.map(|grade| ("statutory_review", grade)))
            .chain(self.results.iter().map(|result| ("results", &result.grade)));
        for (rule, named) in named {
            if !self.grades.iter().any(|grade| grade.id == *named) {
                return Err(BadRegime::UnknownGrade { rule, grade: named.clone() });
            }
        }
        Ok(())
    }

    fn check_periods(&self) -> Result<(), BadRegime> {
        let Notice { workdays, minimum, source, .. } = &self.notice;
        if let Some(minimum) = minimum.filter(|minimum| workdays < minimum) {
            return Err(BadRegime::NoticeTooShort { workdays: *workdays, minimum, basis: source.basis.clone() });
        }
        let periods = [
            ("notice.workdays", *workdays),
            ("objection.reply_workdays", self.objection.reply_workdays),
            ("appeal.file_workdays", self.appeal.file_workdays),
            ("appeal.decide_workdays", self.appeal.decide_workdays),
            ("deadlines.goal_step", self.deadlines.goal_step),
            ("deadlines.confirm_score", self.deadlines.confirm_score),
            ("deadlines.review_scores", self.deadlines.review_scores),
            ("deadlines.slate_step", self.deadlines.slate_step),
            ("deadlines.outcome_step", self.deadlines.outcome_step),
            ("deadlines.sign", self.deadlines.sign),
            ("deadlines.survey", self.deadlines.survey),
        ];
        match periods.into_iter().find(|(_, days)| *days == 0) {
            Some((period, _)) => Err(BadRegime::NoTime(period)),
            None => Ok(()),
        }
    }
}

impl Quota {
    fn check(&self) -> Result<(), BadRegime> {
        check_share("quota.top_share_pct", self.top_share_pct)?;
        if let Some(raised) = &self.raised {
            check_share("quota.raised", raised.pct)?;
            if raised.pct <= self.top_share_pct {
                return Err(BadRegime::ShareOrder("raised", "above"));
            }
        }
        if let Some(lowered) = &self.lowered
            && lowered.pct >= self.top_share_pct
        {
            return Err(BadRegime::ShareOrder("lowered", "below"));
        }
        Ok(())
    }
}

fn stable_word(id: &str) -> Result<(), BadRegime> {
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(letters) {
        return Ok(());
    }
    Err(BadRegime::Id(id.to_owned()))
}

/// A scale is sorted by rank: 1, 2, 3 without a gap.
fn check_scale(grades: &[Grade]) -> Result<(), BadRegime> {
    if grades.is_empty() {
        return Err(BadRegime::Ranks(1));
    }
    let mut ids = BTreeSet::new();
    for (grade, expected) in grades.iter().zip(1..) {
        stable_word(&grade.id)?;
        if !ids.insert(&grade.id) {
            return Err(BadRegime::GradeTwice(grade.id.clone()));
        }
        if grade.rank != expected {
            return Err(BadRegime::Ranks(expected));
        }
    }
    Ok(())
}

fn check_share(name: &'static str, pct: u32) -> Result<(), BadRegime> {
    if pct > 100 { Err(BadRegime::Share(name, pct)) } else { Ok(()) }
}

fn check_chain<Step: Ord>(name: &'static str, steps: &[Step]) -> Result<(), BadRegime> {
    let distinct: BTreeSet<_> = steps.iter().collect();
    if steps.is_empty() || distinct.len() < steps.len() { Err(BadRegime::Chain(name)) } else { Ok(()) }
}
