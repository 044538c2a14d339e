//! A cycle 考核周期: one run of a regime, from opening to closing.

mod opening;

pub(crate) use opening::open;
pub use opening::{Office, Preview, preview};

use crate::{
    actor::Stamp,
    calendar::{Calendar, UnpublishedYear},
    id::{CycleId, PersonId},
    indicator::Indicator,
    refusal::{Reason, Refusal},
    regime::Regime,
    survey::Survey,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The regime's numbers as they stood when the cycle was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Grades, best first: id and rank.
    pub grades: Vec<String>,
    /// The grade of those who get none.
    pub ungraded: Option<String>,
    /// Working days for each step of a goal sheet.
    pub goal_step: u32,
    /// Working days for the witness to confirm a score.
    pub confirm_score: u32,
    /// Working days for HR's review of scores.
    pub review_scores: u32,
    /// Working days to appeal after a score is seen.
    pub appeal_file: u32,
    /// Working days to decide an appeal.
    pub appeal_decide: u32,
    /// Working days for each step of a slate.
    pub slate_step: u32,
    /// Share of the top grade in percent.
    pub top_share: u32,
    /// Other shares that a document may set.
    pub other_shares: Vec<u32>,
    /// Working days of publicity.
    pub notice: u32,
    /// Working days to answer an objection.
    pub objection_reply: u32,
    /// Working days to sign the result.
    pub sign: u32,
    /// Working days for each signature under an outcome.
    pub outcome_step: u32,
    /// Working days to answer the survey after closing.
    pub survey: u32,
}

/// When the stages are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Schedule {
    /// Goals are proposed by.
    #[schema(value_type = String, format = Date)]
    pub goals: Date,
    /// Assessors have scored by.
    #[schema(value_type = String, format = Date)]
    pub scoring: Date,
    /// Units have proposed grades by.
    #[schema(value_type = String, format = Date)]
    pub grading: Date,
}

impl Schedule {
    /// Days to begin from, which HR may change: two steps' time for goals; scores within two steps after the period,
    /// grades within two more. Where the calendar of the days after the period is not published yet, all of it is done
    /// by its end instead: the annual appraisal is held at the end of a year or at the beginning of the next.
    ///
    /// # Errors
    ///
    /// [`UnpublishedYear`] when not even the period lies in published years.
    pub fn suggest(calendar: &Calendar, regime: &Regime, today: Date, to: Date) -> Result<Self, UnpublishedYear> {
        let steps = &regime.deadlines;
        let goals = calendar.add_workdays(today, 2 * steps.goal_step)?;
        let after = |day: Date| -> Result<Self, UnpublishedYear> {
            let scoring = calendar.add_workdays(day.max(goals), steps.confirm_score + steps.review_scores)?;
            Ok(Schedule { goals, scoring, grading: calendar.add_workdays(scoring, 2 * steps.slate_step)? })
        };
        after(to).or_else(|unpublished| {
            let last = calendar.last_known_workday(to).ok_or(unpublished)?;
            let grading = last.max(goals);
            let scoring = calendar.subtract_workdays(grading, 2 * steps.slate_step)?.max(goals);
            Ok(Schedule { goals, scoring, grading })
        })
    }
}

/// What HR fills in to open a cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CycleDraft {
    /// Which regime.
    pub regime: String,
    /// routine, annual, special or tenure.
    pub kind: String,
    /// What people call it.
    pub title: String,
    /// First day of the period appraised.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// Last day of the period appraised.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// When the stages are due.
    pub schedule: Schedule,
    /// People whom HR leaves ungraded, with the reason.
    #[serde(default)]
    pub exempt: Vec<Exemption>,
}

/// Why a person gets no grade in a cycle (公务员考核规定 25–29).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ungraded {
    /// Within the first year: a comment only.
    Probation,
    /// On sick or personal leave for more than half a year.
    LongLeave,
    /// Under investigation; may be graded later.
    Investigation,
    /// Appraised by the body above: heads of units.
    AppraisedElsewhere,
}

impl Ungraded {
    /// All reasons.
    pub const ALL: [Ungraded; 4] =
        [Ungraded::Probation, Ungraded::LongLeave, Ungraded::Investigation, Ungraded::AppraisedElsewhere];

    /// The name in records and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Ungraded::Probation => "probation",
            Ungraded::LongLeave => "long_leave",
            Ungraded::Investigation => "investigation",
            Ungraded::AppraisedElsewhere => "appraised_elsewhere",
        }
    }
}

/// A person whom HR leaves ungraded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exemption {
    /// Who.
    pub person: PersonId,
    /// Why.
    pub reason: Ungraded,
    /// The document or fact it rests on.
    pub note: String,
}

/// A cycle was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its id.
    pub id: CycleId,
    /// The regime.
    pub regime: String,
    /// routine, annual, special, tenure.
    pub kind: String,
    /// What people call it.
    pub title: String,
    /// First day appraised.
    pub from: Date,
    /// Last day appraised.
    pub to: Date,
    /// When the stages are due.
    pub schedule: Schedule,
    /// The regime's numbers.
    pub terms: Terms,
    /// Indicators per post type, each set totalling 100.
    pub sets: BTreeMap<String, Vec<Indicator>>,
    /// Hash of the rule files of the day.
    pub rules: String,
}

/// A cycle as its record tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cycle {
    /// How it was opened.
    pub opened: Opened,
    /// By whom.
    pub stamp: Stamp,
    /// Scoring was frozen.
    pub frozen: Option<Stamp>,
    /// It was closed.
    pub closed: Option<Stamp>,
    /// The survey at its end, once it was closed.
    pub survey: Option<Survey>,
}

impl Cycle {
    /// The indicators of a post type.
    pub fn indicators(&self, post_type: &str) -> &[Indicator] {
        self.opened.sets.get(post_type).map_or(&[], Vec::as_slice)
    }

    /// Refuse when scoring is frozen.
    pub fn scoring_open(&self) -> Result<(), Refusal> {
        self.running()?;
        if self.frozen.is_some() { Err(Reason::ScoringFrozen.into()) } else { Ok(()) }
    }

    /// Refuse while scoring is open.
    pub fn scoring_frozen(&self) -> Result<(), Refusal> {
        self.running()?;
        if self.frozen.is_none() { Err(Reason::ScoringOpen.into()) } else { Ok(()) }
    }

    /// Refuse when the cycle is closed.
    pub fn running(&self) -> Result<(), Refusal> {
        if self.closed.is_some() { Err(Reason::CycleClosed.into()) } else { Ok(()) }
    }

    /// The best grade of the regime.
    pub fn top_grade(&self) -> &str {
        self.opened.terms.grades.first().map_or("", String::as_str)
    }
}

impl Terms {
    /// The numbers that a kind of cycle is run by.
    fn of(regime: &Regime, kind: &str) -> Self {
        let days = &regime.deadlines;
        Terms {
            grades: regime.scale(kind).iter().map(|grade| grade.id.clone()).collect(),
            ungraded: regime.ungraded.as_ref().map(|grade| grade.id.clone()),
            goal_step: days.goal_step,
            confirm_score: days.confirm_score,
            review_scores: days.review_scores,
            appeal_file: regime.appeal.file_workdays,
            appeal_decide: regime.appeal.decide_workdays,
            slate_step: days.slate_step,
            top_share: regime.top_share(kind).0,
            other_shares: regime.other_shares(kind).iter().map(|share| share.pct).collect(),
            notice: regime.notice.workdays,
            objection_reply: regime.objection.reply_workdays,
            sign: days.sign,
            outcome_step: days.outcome_step,
            survey: days.survey,
        }
    }
}
