//! Scores 评分. A quantitative one is computed from observations and has no other path. A qualitative
//! one is given by a named assessor with its basis, and counts only once the project lead named as
//! witness has confirmed the example.

use crate::{
    actor::Stamp,
    appraisal::Appraisal,
    batch::{Kind, Row},
    context::{Context, text},
    cycle::Cycle,
    decide::Case,
    event::Event,
    formula::{Formula, Observation},
    id::{AppealId, BatchId, PersonId, ScoreId},
    indicator::{Indicator, Measure},
    points::Points,
    refusal::{Reason, Refusal},
    roster::Roster,
    third_party,
    ties::TiesOn,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A named assessor and how much their scores count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assessor {
    /// Who.
    pub person: PersonId,
    /// Of 100.
    pub weight: Points,
}

/// The example a score rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Basis {
    /// What happened.
    pub what: String,
    /// When. Sheets collected on paper may leave it to the text.
    #[schema(value_type = Option<String>, format = Date)]
    pub when: Option<Date>,
    /// Where. Sheets collected on paper may leave it to the text.
    #[serde(rename = "where")]
    pub place: Option<String>,
    /// Who saw it and confirms it: a project lead.
    pub witness: PersonId,
}

/// A row of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Provenance {
    /// The batch.
    pub batch: BatchId,
    /// The physical row in its file.
    pub row: u32,
}

/// A score was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Its id.
    pub id: ScoreId,
    /// The indicator's code.
    pub indicator: String,
    /// The assessor.
    pub rater: PersonId,
    /// The points.
    pub points: Points,
    /// What it rests on.
    pub basis: Basis,
    /// The sheet it was collected on, if on paper.
    pub paper: Option<Provenance>,
    /// The witness answers by.
    pub due: Date,
}

/// What the witness answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The example is true.
    pub confirmed: bool,
    /// Why not.
    pub reason: Option<String>,
    /// When and by whom.
    pub stamp: Stamp,
}

/// One qualitative score and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// What was given.
    pub given: Given,
    /// When and by whom it was entered.
    pub stamp: Stamp,
    /// The witness's answer.
    pub confirmation: Option<Confirmation>,
    /// HR sent it back.
    pub returned: Option<(String, Stamp)>,
    /// A newer score of the same assessor took its place.
    pub replaced: bool,
    /// The points that an appeal set beside it.
    pub adjusted: Option<(AppealId, Points)>,
}

/// Whether a score counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It counts.
    Valid,
    /// Void until the witness confirms.
    Unconfirmed,
    /// Void: the witness denied it.
    Denied,
    /// Void: HR sent it back.
    Returned,
    /// A newer one took its place.
    Replaced,
}

impl Standing {
    /// The name in tables and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Valid => "valid",
            Standing::Unconfirmed => "unconfirmed",
            Standing::Denied => "denied",
            Standing::Returned => "returned",
            Standing::Replaced => "replaced",
        }
    }
}

impl Score {
    /// Whether it counts.
    pub fn standing(&self) -> Standing {
        match (&self.returned, &self.confirmation) {
            _ if self.replaced => Standing::Replaced,
            (Some(_), _) => Standing::Returned,
            (None, None) => Standing::Unconfirmed,
            (None, Some(answer)) if answer.confirmed => Standing::Valid,
            (None, Some(_)) => Standing::Denied,
        }
    }

    /// The points that count: an adjustment stands beside the old score and counts in its place.
    pub fn points(&self) -> Points {
        self.adjusted.map_or(self.given.points, |(_, points)| points)
    }

    /// When the person scored could first see it as it stands.
    pub fn seen(&self) -> Stamp {
        self.confirmation.as_ref().map_or(self.stamp, |answer| answer.stamp)
    }
}

/// A value computed from observations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Computed {
    /// The indicator's code.
    pub indicator: String,
    /// The value.
    pub value: Value,
    /// What went in: name and exact value.
    pub inputs: Vec<(String, String)>,
    /// The rows that went in, by batch.
    pub rows: BTreeMap<BatchId, Vec<u32>>,
}

/// A computed value, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Points.
    Scored {
        /// Rounded half up to four decimals.
        points: Points,
        /// The exact fraction, `numerator/denominator`.
        exact: String,
        /// How it came about, on one line.
        arithmetic: String,
    },
    /// Not applicable, and why.
    NotApplicable(String),
}

/// A row of source data and where it came from.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The batch.
    pub batch: BatchId,
    /// What kind of data.
    pub kind: Kind,
    /// The row.
    pub row: Row,
}

/// Compute every quantitative indicator of a person. Nothing is recorded where nothing changed.
pub(crate) fn compute(cycle: &Cycle, appraisal: &Appraisal, observed: &[Observed]) -> Result<Option<Event>, Refusal> {
    cycle.scoring_open()?;
    let observations: Vec<Observation<'_>> = observed
        .iter()
        .enumerate()
        .map(|(id, observed)| Observation {
            source: observed.kind.as_str(),
            key: &observed.row.key,
            date: observed.row.date,
            fields: &observed.row.fields,
            id,
        })
        .collect();
    let mut values = Vec::new();
    for indicator in cycle.indicators(&appraisal.opened.post_type) {
        if let Measure::Quantitative { formula } = &indicator.measure {
            values.push(evaluate(indicator, formula, &observations, observed)?);
        }
    }
    let same = values.iter().all(|value| appraisal.computed.get(&value.indicator).is_some_and(|(old, _)| old == value));
    Ok((!same).then_some(Event::ScoresComputed { values }))
}

fn evaluate(
    indicator: &Indicator,
    formula: &str,
    observations: &[Observation<'_>],
    observed: &[Observed],
) -> Result<Computed, Refusal> {
    let unfit = |error: &dyn std::fmt::Display| Refusal::from(Reason::FormulaUnfit).with("detail", error);
    let formula: Formula = formula.parse().map_err(|error| unfit(&error))?;
    let code = indicator.code.clone();
    match formula.evaluate(observations) {
        Ok(outcome) => {
            let mut rows: BTreeMap<BatchId, Vec<u32>> = BTreeMap::new();
            for id in outcome.used {
                rows.entry(observed[id].batch).or_default().push(observed[id].row.number);
            }
            let inputs = outcome.inputs.into_iter().map(|(name, value)| (name, value.to_string())).collect();
            let value = Value::Scored {
                points: Points(outcome.points),
                exact: outcome.exact.to_string(),
                arithmetic: outcome.arithmetic,
            };
            Ok(Computed { indicator: code, value, inputs, rows })
        }
        Err(crate::formula::EvaluateError::NotApplicable(reason)) => Ok(Computed {
            indicator: code,
            value: Value::NotApplicable(reason.to_string()),
            inputs: Vec::new(),
            rows: BTreeMap::new(),
        }),
        Err(error) => Err(unfit(&error)),
    }
}

/// What an assessor fills in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScoreDraft {
    /// The indicator's code.
    pub indicator: String,
    /// The points.
    pub points: Points,
    /// What they rest on.
    pub basis: Basis,
}

pub(crate) fn give(
    ctx: &Context,
    cycle: &Cycle,
    appraisal: &Appraisal,
    people: &Roster,
    draft: &ScoreDraft,
) -> Result<Event, Refusal> {
    cycle.scoring_open()?;
    appraisal.graded()?;
    let rater = ctx.actor.person().ok_or(Reason::PersonUnknown)?;
    fit(cycle, appraisal, rater, draft, people)?;
    let basis = Basis {
        what: text("what", &draft.basis.what, 2000)?,
        when: Some(draft.basis.when.ok_or_else(|| Refusal::from(Reason::TextMissing).with("field", "when"))?),
        place: Some(text("where", draft.basis.place.as_deref().unwrap_or(""), 200)?),
        witness: draft.basis.witness,
    };
    within(cycle, basis.when)?;
    Ok(Event::ScoreGiven(Given {
        id: ScoreId((ctx.new_id)()),
        indicator: draft.indicator.clone(),
        rater,
        points: draft.points,
        basis,
        paper: None,
        due: ctx.due(cycle.opened.terms.confirm_score)?,
    }))
}

/// What must hold of any score, typed in or collected on paper.
fn fit(
    cycle: &Cycle,
    appraisal: &Appraisal,
    rater: PersonId,
    draft: &ScoreDraft,
    people: &Roster,
) -> Result<(), Refusal> {
    let indicator = cycle
        .indicators(&appraisal.opened.post_type)
        .iter()
        .find(|indicator| indicator.code == draft.indicator)
        .ok_or_else(|| Refusal::from(Reason::IndicatorUnknown).with("indicator", &draft.indicator))?;
    if !indicator.is_qualitative() {
        return Err(Refusal::from(Reason::QuantitativeByHand).with("indicator", &indicator.name));
    }
    if !draft.points.in_range() {
        return Err(Refusal::from(Reason::PointsOutOfRange).with("points", draft.points));
    }
    let witness = people.people.get(&draft.basis.witness).ok_or(Reason::PersonUnknown)?;
    if !witness.assignment.project_lead || witness.id == rater || witness.id == appraisal.opened.person {
        return Err(Refusal::from(Reason::WitnessUnfit).with("person", &witness.name));
    }
    Ok(())
}

fn within(cycle: &Cycle, when: Option<Date>) -> Result<(), Refusal> {
    let (from, to) = (cycle.opened.from, cycle.opened.to);
    match when {
        Some(when) if when < from || when > to => {
            Err(Refusal::from(Reason::BasisOutsidePeriod).with("from", from).with("to", to))
        }
        _ => Ok(()),
    }
}

/// Take over the score sheets that were collected on paper for one person. Each row becomes a score
/// with the row as its source, entered by HR in the assessor's name; rows that were taken over before
/// are passed over, rows that can't stand are recorded with the reason.
pub(crate) fn adopt(ctx: &Context, cycle: &Cycle, appraisal: &Appraisal, case: &Case) -> Result<Vec<Event>, Refusal> {
    cycle.scoring_open()?;
    let mut events = Vec::new();
    for sheet in &case.observed {
        let source = Provenance { batch: sheet.batch, row: sheet.row.number };
        let known = appraisal.scores.iter().any(|score| score.given.paper == Some(source))
            || appraisal.unfit_sheets.iter().any(|(unfit, _)| *unfit == source);
        if known {
            continue;
        }
        match read_sheet(ctx, cycle, appraisal, case, sheet) {
            Ok((given, confirmed)) => {
                let (score, witness) = (given.id, given.basis.witness);
                events.push(Event::ScoreGiven(Given { paper: Some(source), ..given }));
                if confirmed {
                    events.push(Event::ScoreConfirmed { score, on_paper: Some(witness) });
                }
            }
            Err(refusal) => events.push(Event::SheetUnfit { source, reason: refusal.reason.as_str().to_owned() }),
        }
    }
    if events.is_empty() { Err(Reason::NothingNew.into()) } else { Ok(events) }
}

fn read_sheet(
    ctx: &Context,
    cycle: &Cycle,
    appraisal: &Appraisal,
    case: &Case,
    sheet: &Observed,
) -> Result<(Given, bool), Refusal> {
    let people = &case.people;
    let field = |name: &str| sheet.row.fields.get(name).map_or("", String::as_str);
    let person = |name: &str| people.by_number(field(name)).map(|person| person.id);
    appraisal.graded()?;
    let rater = person("rater").ok_or(Reason::PersonUnknown)?;
    let witness = person("witness").ok_or(Reason::PersonUnknown)?;
    for (who, reason) in [(rater, Reason::RaterTied), (witness, Reason::WitnessTied)] {
        if case.ties.as_ref().is_some_and(|ties| ties.of(appraisal.opened.person).is_apart_from(who)) {
            return Err(reason.into());
        }
    }
    if !appraisal.assessors.iter().any(|assessor| assessor.person == rater) {
        return Err(Reason::PersonUnknown.into());
    }
    let draft = ScoreDraft {
        indicator: field("indicator").to_owned(),
        points: field("score").parse().map_err(|_| Refusal::from(Reason::PointsOutOfRange))?,
        basis: Basis { what: text("what", field("basis"), 2000)?, when: None, place: None, witness },
    };
    fit(cycle, appraisal, rater, &draft, people)?;
    let given = Given {
        id: ScoreId((ctx.new_id)()),
        indicator: draft.indicator,
        rater,
        points: draft.points,
        basis: draft.basis,
        paper: None,
        due: ctx.due(cycle.opened.terms.confirm_score)?,
    };
    Ok((given, field("confirmed") == "yes"))
}

pub(crate) fn answer(
    cycle: &Cycle,
    appraisal: &Appraisal,
    id: ScoreId,
    denial: Option<&str>,
) -> Result<Event, Refusal> {
    cycle.scoring_open()?;
    let score = appraisal.score(id)?;
    if score.standing() != Standing::Unconfirmed {
        return Err(Reason::AlreadyAnswered.into());
    }
    Ok(match denial {
        None => Event::ScoreConfirmed { score: id, on_paper: None },
        Some(reason) => Event::ScoreDenied { score: id, reason: text("reason", reason, 1000)? },
    })
}

/// HR sends one score back to its assessor.
pub(crate) fn send_back(cycle: &Cycle, appraisal: &Appraisal, id: ScoreId, reason: &str) -> Result<Event, Refusal> {
    cycle.scoring_open()?;
    match appraisal.score(id)?.standing() {
        Standing::Valid | Standing::Unconfirmed => {
            Ok(Event::ScoreReturned { score: id, reason: text("reason", reason, 1000)? })
        }
        _ => Err(Reason::AlreadyAnswered.into()),
    }
}

/// HR has looked at every qualitative score of the person.
pub(crate) fn review(cycle: &Cycle, appraisal: &Appraisal) -> Result<Event, Refusal> {
    cycle.scoring_open()?;
    appraisal.graded()?;
    if appraisal.reviewed.is_some() {
        return Err(Reason::AlreadyDone.into());
    }
    let open = appraisal.recusals.iter().filter(|recusal| recusal.is_open()).count();
    if open > 0 {
        return Err(Refusal::from(Reason::RecusalsOpen).with("count", open));
    }
    if appraisal.lacks_assessors(cycle) {
        return Err(Reason::AssessorsMissing.into());
    }
    let missing = appraisal.missing_scores(cycle).len();
    if missing > 0 {
        return Err(Refusal::from(Reason::ScoresIncomplete).with("count", missing));
    }
    Ok(Event::ScoresReviewed)
}

/// Check what a list of assessors must be, whomever it is for.
///
/// # Errors
///
/// The weights do not total 100, or somebody is named twice.
pub fn fit_together(assessors: &[Assessor]) -> Result<(), Refusal> {
    let total: i64 = assessors.iter().map(|assessor| assessor.weight.0).sum();
    if total != Points::FULL.0 || assessors.iter().any(|assessor| assessor.weight.0 <= 0) {
        return Err(Refusal::from(Reason::WeightsNotHundred).with("what", "assessors").with("total", Points(total)));
    }
    let twice =
        |(place, assessor): (usize, &Assessor)| assessors[..place].iter().any(|other| other.person == assessor.person);
    if assessors.iter().enumerate().any(twice) { Err(Reason::NamedTwice.into()) } else { Ok(()) }
}

/// Check a list of assessors of one person.
pub(crate) fn name_assessors(
    cycle: &Cycle,
    appraisal: &Appraisal,
    people: &Roster,
    assessors: &[Assessor],
    ties: Option<&TiesOn>,
) -> Result<Event, Refusal> {
    cycle.scoring_open()?;
    fit_together(assessors)?;
    for assessor in assessors {
        third_party::is_here(appraisal, people, ties, assessor.person)?;
        if assessor.person == appraisal.opened.person {
            return Err(Reason::AssessorIsSubject.into());
        }
    }
    if appraisal.assessors == assessors {
        return Err(Reason::NothingChanged.into());
    }
    Ok(Event::AssessorsNamed { assessors: assessors.to_vec() })
}

impl Appraisal {
    /// A score by id.
    pub fn score(&self, id: ScoreId) -> Result<&Score, Refusal> {
        self.scores.iter().find(|score| score.given.id == id).ok_or_else(|| Reason::NotFound.into())
    }

    /// The score of one assessor on one indicator that is not replaced.
    pub fn live_score(&self, rater: PersonId, indicator: &str) -> Option<&Score> {
        self.scores
            .iter()
            .rev()
            .find(|score| score.given.rater == rater && score.given.indicator == indicator && !score.replaced)
    }

    /// There is something to score and nobody to do it: whoever would have is tied to the person, or there is no leader.
    pub fn lacks_assessors(&self, cycle: &Cycle) -> bool {
        let set = cycle.indicators(&self.opened.post_type);
        self.assessors.is_empty() && self.scores.is_empty() && set.iter().any(|indicator| indicator.is_qualitative())
    }

    /// Which assessor still owes which indicator a score that counts or may come to count. A person
    /// assessed by several on paper has scores of some assessors on some indicators only: an indicator
    /// that has a valid score from any of them is complete.
    pub fn missing_scores(&self, cycle: &Cycle) -> Vec<(PersonId, String)> {
        let mut missing = Vec::new();
        for indicator in cycle.indicators(&self.opened.post_type).iter().filter(|indicator| indicator.is_qualitative())
        {
            let covered = self.scores.iter().any(|score| {
                score.given.indicator == indicator.code
                    && score.standing() == Standing::Valid
                    && score.given.paper.is_some()
            });
            for assessor in &self.assessors {
                let standing = self.live_score(assessor.person, &indicator.code).map(Score::standing);
                let done = matches!(standing, Some(Standing::Valid)) || (covered && standing.is_none());
                if !done {
                    missing.push((assessor.person, indicator.code.clone()));
                }
            }
        }
        missing
    }
}
