//! The survey 满意度调查 at the end of a cycle: two questions to everybody who was appraised in it. What somebody answered is
//! sealed and shown to nobody; on record is the count.

use crate::{
    actor::Stamp,
    appraisal::Appraisal,
    context::Context,
    cycle::Cycle,
    event::Event,
    refusal::{Reason, Refusal},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use utoipa::ToSchema;

/// From very dissatisfied to very satisfied.
pub const SCALE: RangeInclusive<u8> = 1..=5;
/// From here on somebody is satisfied.
pub const SATISFIED: u8 = 4;
/// With fewer answers nothing is told of them: whoever knows some of the people could tell who said what.
pub const FEWEST: u32 = 5;

/// What one person answered, each on [`SCALE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// How open and fair the appraisal was.
    pub process: u8,
    /// How well the result was explained.
    pub result: u8,
}

/// The survey of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The last day to answer.
    pub until: Date,
    /// What came of it.
    pub counted: Option<(Counted, Stamp)>,
}

/// What all answered together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counted {
    /// How many were asked.
    pub asked: u32,
    /// How many answered.
    pub answered: u32,
    /// How often each answer was given, from the lowest; nothing where that would tell what somebody answered.
    pub counts: Option<Counts>,
}

/// How often each answer was given, from very dissatisfied to very satisfied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// To the question about the process.
    pub process: [u32; 5],
    /// To the question about the result.
    pub result: [u32; 5],
}

impl Counts {
    fn of(answers: &[Answers]) -> Self {
        let mut counts = Counts::default();
        for Answers { process, result } in answers {
            counts.process[usize::from(process - SCALE.start())] += 1;
            counts.result[usize::from(result - SCALE.start())] += 1;
        }
        counts
    }

    /// Whether nobody's answer follows from them, of whom it is known that they answered: they are enough, and not all the same.
    fn tell_on_nobody(&self) -> bool {
        let differ = |counts: &[u32; 5]| counts.iter().filter(|count| **count > 0).count() > 1;
        self.answers() >= 2 * FEWEST && differ(&self.process) && differ(&self.result)
    }

    /// How many answers there are to both questions.
    pub fn answers(&self) -> u32 {
        self.process.iter().chain(&self.result).sum()
    }

    /// Satisfied answers to both questions, in hundredths of all.
    pub fn satisfaction(&self) -> f64 {
        let satisfied = |counts: &[u32; 5]| counts[usize::from(SATISFIED - SCALE.start())..].iter().sum::<u32>();
        100.0 * f64::from(satisfied(&self.process) + satisfied(&self.result)) / f64::from(self.answers().max(1))
    }
}

impl Cycle {
    /// The survey, while it takes answers.
    fn survey_open(&self, today: Date) -> Result<&Survey, Refusal> {
        let survey = self.survey.as_ref().ok_or(Reason::SurveyNotOpen)?;
        if survey.counted.is_some() || today > survey.until {
            return Err(Refusal::from(Reason::SurveyOver).with("until", survey.until));
        }
        Ok(survey)
    }
}

pub(crate) fn answer(ctx: &Context, cycle: &Cycle, sheet: &Appraisal, answers: Answers) -> Result<Event, Refusal> {
    cycle.survey_open(ctx.today())?;
    if sheet.survey.is_some() {
        return Err(Reason::AlreadyDone.into());
    }
    for (field, answer) in [("process", answers.process), ("result", answers.result)] {
        if !SCALE.contains(&answer) {
            return Err(Refusal::from(Reason::AnswerUnfit).with("field", field));
        }
    }
    Ok(Event::SurveyAnswered { answers: Some(answers) })
}

/// Count once nobody answers any more.
pub(crate) fn count(ctx: &Context, cycle: &Cycle, everyone: &[Appraisal]) -> Result<Event, Refusal> {
    let survey = cycle.survey.as_ref().ok_or(Reason::SurveyNotOpen)?;
    if survey.counted.is_some() {
        return Err(Reason::AlreadyDone.into());
    }
    if ctx.today() <= survey.until {
        return Err(Reason::NotOverdue.into());
    }
    let all: Vec<_> = everyone.iter().filter_map(|sheet| sheet.survey).collect();
    let answers: Vec<Answers> = all.iter().filter_map(|(answers, _)| *answers).collect();
    Ok(Event::SurveyCounted(Counted {
        asked: everyone.len() as u32,
        answered: all.len() as u32,
        counts: Some(Counts::of(&answers)).filter(Counts::tell_on_nobody),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn satisfied_are_the_upper_two_answers() {
        let answers = [(5, 4), (4, 3), (3, 1), (2, 5)].map(|(process, result)| Answers { process, result });
        let counts = Counts::of(&answers);
        assert_eq!(counts.process, [0, 1, 1, 1, 1]);
        assert_eq!(counts.result, [1, 0, 1, 1, 1]);
        assert_eq!(counts.satisfaction(), 50.0);
        assert_eq!(Counts::default().satisfaction(), 0.0);
        assert!(!counts.tell_on_nobody(), "four are too few");
        let five = |process: [u32; 5]| Counts { process, result: [1, 1, 1, 1, 1] };
        assert!(five([0, 0, 0, 1, 4]).tell_on_nobody());
        assert!(!five([0, 0, 0, 0, 5]).tell_on_nobody(), "all said the same");
    }
}
