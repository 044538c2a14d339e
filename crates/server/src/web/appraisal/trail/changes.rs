//! What each entry of an appraisal's record changed. The record is folded entry by entry, and what the sheet says after
//! one is compared with what it said before: so a value that changes is told whichever act changed it. Pure: words and
//! names are the page's.

#[cfg(test)]
mod tests;

use domain::{
    appeal::{Target, Verdict},
    appraisal::{Appraisal, Stage},
    cycle::Ungraded,
    event::Event,
    goal::Step,
    id::{AppealId, GoalId, PersonId},
    points::Points,
    score,
};
use jiff::civil::Date;
use store::Recorded;

/// One thing that a sheet says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Where it stands.
    Stage,
    /// Whether the person is graded.
    Participation,
    /// How much an assessor's scores count.
    Weight(PersonId),
    /// A field of a goal. The words are the goal's title, for the reader; the id is what it is known by.
    Goal(GoalId, Field),
    /// Why the goals were changed, or sent back.
    GoalReason,
    /// The points an assessor gave for an indicator, as they count.
    Points(String, PersonId),
    /// Whether they count.
    Standing(String, PersonId),
    /// Why they do not.
    ScoreReason(String, PersonId),
    /// A computed value.
    Computed(String),
    /// The composite score.
    Composite,
    /// Against which indicator an appeal is, and why.
    Grounds(AppealId, String),
    /// Who decides an appeal.
    Decider(AppealId),
    /// How it ended.
    Verdict(AppealId),
    /// Why so.
    VerdictReason(AppealId),
    /// The grade that was proposed.
    Proposed,
    /// The final grade.
    Grade,
    /// What the person says to it.
    Signed,
    /// In which words.
    Opinion,
    /// The day by which somebody has to act.
    Due(Due),
}

/// A field of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// What is to be reached.
    Title,
    /// How it is told.
    Measure,
    /// By when.
    Due,
}

/// Whose turn a day is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// The next step of the goals, whoever's it is.
    Goals,
    /// Assessors have scored.
    Scoring,
    /// The witness answers.
    Witness(String, PersonId),
    /// An appeal is decided.
    Appeal(AppealId),
    /// The person signs.
    Signature,
}

/// What it says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Stage(Stage),
    /// Graded, or the reason why not and the fact behind it.
    Graded(Option<(Ungraded, String)>),
    Points(Points),
    /// A value that does not apply.
    NotApplicable,
    /// In percent.
    Weight(Points),
    Words(String),
    Day(Date),
    Standing(score::Standing),
    Person(PersonId),
    Verdict(Verdict),
    Grade(String),
    Agrees(bool),
}

/// One thing that an entry changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub what: What,
    /// None where it is new.
    pub before: Option<Value>,
    /// None where it was taken away.
    pub after: Option<Value>,
}

/// Each entry with what it changed, in the order of the record. The record is the appraisal's own, from its opening on;
/// proposals of its grade from the slate may stand among it, for a reader who may see them.
pub fn told(record: &[Recorded]) -> Vec<(&Recorded, Vec<Change>)> {
    let (mut sheet, mut proposed, mut known) = (None::<Appraisal>, None::<String>, Vec::new());
    let step = |recorded: &Recorded, sheet: &mut Option<Appraisal>, proposed: &mut Option<String>| match (
        &recorded.event,
        sheet,
    ) {
        (Event::GradeProposed { grade, .. }, _) => *proposed = Some(grade.clone()),
        (event, Some(sheet)) => sheet.apply(event, recorded.stamp),
        (event, sheet) => *sheet = Appraisal::fold([(event, recorded.stamp)]),
    };
    let mut entries = Vec::new();
    for recorded in record {
        step(recorded, &mut sheet, &mut proposed);
        let now = said(sheet.as_ref(), proposed.as_ref());
        entries.push((recorded, differences(&known, &now)));
        known = now;
    }
    entries
}

type Said = (What, Value);

/// What differs, in the order of the later list; what was taken away last. A day that is over is no change to tell, and
/// neither is a reason that something newer has taken the place of.
fn differences(before: &[Said], after: &[Said]) -> Vec<Change> {
    let of = |list: &[Said], what: &What| list.iter().find(|(known, _)| known == what).map(|(_, value)| value.clone());
    let changed = after.iter().filter_map(|(what, value)| {
        let mut was = of(before, what);
        if *what == What::Grade && was.is_none() {
            was = of(before, &What::Proposed).filter(|proposed| proposed != value);
        }
        let differs = was.as_ref() != Some(value);
        // A reason is of its own entry: the one before was about something else.
        let before = was.filter(|_| !is_reason(what));
        differs.then(|| Change { what: what.clone(), before, after: Some(value.clone()) })
    });
    let gone = before.iter().filter(|(what, _)| of(after, what).is_none() && !passes(what));
    let gone = gone.map(|(what, value)| Change { what: what.clone(), before: Some(value.clone()), after: None });
    changed.chain(gone).collect()
}

fn passes(what: &What) -> bool {
    matches!(what, What::Due(_)) || is_reason(what)
}

fn is_reason(what: &What) -> bool {
    matches!(what, What::GoalReason | What::ScoreReason(..))
}

/// All that a sheet says.
fn said(sheet: Option<&Appraisal>, proposed: Option<&String>) -> Vec<Said> {
    let Some(sheet) = sheet else { return Vec::new() };
    let mut said =
        vec![(What::Stage, Value::Stage(sheet.stage())), (What::Participation, Value::Graded(sheet.ungraded.clone()))];
    let weight = |assessor: &score::Assessor| (What::Weight(assessor.person), Value::Weight(assessor.weight));
    said.extend(sheet.assessors.iter().map(weight));
    goals(sheet, &mut said);
    scores(sheet, &mut said);
    appeals(sheet, &mut said);
    if let Some(total) = sheet.composite.as_ref().and_then(|(composite, _)| composite.total) {
        said.push((What::Composite, Value::Points(total)));
    }
    if let Some(grade) = proposed {
        said.push((What::Proposed, Value::Grade(grade.clone())));
    }
    if let Some((grade, sign_by, _)) = &sheet.grade {
        said.push((What::Grade, Value::Grade(grade.clone())));
        if sheet.signature.is_none() {
            said.push((What::Due(Due::Signature), Value::Day(*sign_by)));
        }
    }
    if let Some(signature) = &sheet.signature {
        said.push((What::Signed, Value::Agrees(signature.agrees)));
        said.extend(signature.opinion.iter().map(|words| (What::Opinion, Value::Words(words.clone()))));
    }
    said
}

fn goals(sheet: &Appraisal, said: &mut Vec<Said>) {
    let newest = sheet.goals.last();
    for goal in newest.iter().flat_map(|version| &version.proposed.goals) {
        said.push((What::Goal(goal.id, Field::Title), Value::Words(goal.title.clone())));
        said.push((What::Goal(goal.id, Field::Measure), Value::Words(goal.measure.clone())));
        said.extend(goal.due.map(|due| (What::Goal(goal.id, Field::Due), Value::Day(due))));
    }
    let returned = newest.and_then(|version| version.returned.as_ref());
    let why = match returned {
        Some(returned) => Some(returned.reason.clone()),
        None => newest.and_then(|version| version.proposed.reason.clone()),
    };
    said.extend(why.map(|why| (What::GoalReason, Value::Words(why))));
    let due = match newest {
        None => Some(sheet.opened.goals_due),
        Some(version) => {
            let waits = version.waiting().map(|(Step::Endorse | Step::Confirm, due)| due);
            waits.or(returned.map(|returned| returned.due))
        }
    };
    said.extend(due.map(|due| (What::Due(Due::Goals), Value::Day(due))));
}

fn scores(sheet: &Appraisal, said: &mut Vec<Said>) {
    if sheet.reviewed.is_none() {
        said.push((What::Due(Due::Scoring), Value::Day(sheet.opened.scoring_due)));
    }
    for (indicator, (computed, _)) in &sheet.computed {
        let value = match &computed.value {
            score::Value::Scored { points, .. } => Value::Points(*points),
            score::Value::NotApplicable(_) => Value::NotApplicable,
        };
        said.push((What::Computed(indicator.clone()), value));
    }
    for score in sheet.scores.iter().filter(|score| !score.replaced) {
        let (indicator, rater) = (score.given.indicator.clone(), score.given.rater);
        said.push((What::Points(indicator.clone(), rater), Value::Points(score.points())));
        said.push((What::Standing(indicator.clone(), rater), Value::Standing(score.standing())));
        let denied = score.confirmation.as_ref().and_then(|answer| answer.reason.clone());
        let why = score.returned.as_ref().map(|(reason, _)| reason.clone()).or(denied);
        said.extend(why.map(|why| (What::ScoreReason(indicator.clone(), rater), Value::Words(why))));
        if score.standing() == score::Standing::Unconfirmed {
            said.push((What::Due(Due::Witness(indicator, rater)), Value::Day(score.given.due)));
        }
    }
}

fn appeals(sheet: &Appraisal, said: &mut Vec<Said>) {
    for appeal in &sheet.appeals {
        let id = appeal.filed.id;
        let against = match &appeal.filed.target {
            Target::Score(score) => sheet.score(*score).map(|score| score.given.indicator.clone()).unwrap_or_default(),
            Target::Computed(indicator) => indicator.clone(),
        };
        said.push((What::Grounds(id, against), Value::Words(appeal.filed.grounds.clone())));
        said.extend(appeal.decider.map(|(decider, _)| (What::Decider(id), Value::Person(decider))));
        if let Some((verdict, reasons, _)) = &appeal.decision {
            said.push((What::Verdict(id), Value::Verdict(*verdict)));
            said.push((What::VerdictReason(id), Value::Words(reasons.clone())));
        }
        if appeal.is_open() {
            said.push((What::Due(Due::Appeal(id)), Value::Day(appeal.filed.due)));
        }
    }
}
