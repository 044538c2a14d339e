//! An appraisal as programs read it.

use crate::web::api::told::{PersonName, Stamp, Told, UnitName};
use domain::{
    appeal::{self, Target, Verdict},
    appraisal::{self as sheet, Stage},
    composite,
    cycle::{Cycle, Ungraded},
    goal::{self, Step},
    id::{AppealId, AppraisalId, CycleId, GoalId, ScoreId},
    points::Points,
    progress::{self, Attachment},
    score::{self, Provenance, Standing},
};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// An appraisal 考核表: one person in one cycle.
#[derive(Serialize, ToSchema)]
pub struct Appraisal {
    /// Its id.
    id: AppraisalId,
    /// The cycle.
    cycle: CycleId,
    /// Whose it is.
    person: PersonName,
    /// Their unit when the cycle was opened.
    unit: UnitName,
    /// Which set of indicators applies.
    post_type: String,
    /// Where it stands.
    stage: Stage,
    /// Why there will be no grade; null: there will be one.
    ungraded: Option<NoGrade>,
    /// Who scores the qualitative indicators.
    assessors: Vec<NamedAssessor>,
    /// People from outside who were entered for it, each with where they work in the place of an employee number.
    third_parties: Vec<PersonName>,
    /// Every version of the goals, oldest first.
    goals: Vec<GoalVersion>,
    /// Progress, oldest first.
    progress: Vec<Progress>,
    /// Values of quantitative indicators. Nobody can type one in.
    values: Vec<ComputedValue>,
    /// Qualitative scores, oldest first; those that do not count are here too.
    scores: Vec<GivenScore>,
    /// All indicators weighed together: as it was fixed, or as it stands.
    composite: Composite,
    /// When the composite was fixed; null: it is as of now.
    composite_fixed: Option<Stamp>,
    /// HR reviewed the scores.
    reviewed: Option<Stamp>,
    /// Appeals, oldest first.
    appeals: Vec<Appeal>,
    /// The final grade.
    grade: Option<FinalGrade>,
    /// The person's signature under the result.
    signature: Option<Signature>,
}

/// Why there will be no grade.
#[derive(Serialize, ToSchema)]
struct NoGrade {
    /// Which reason.
    reason: Ungraded,
    /// The document or fact it rests on.
    note: String,
}

/// Who scores, and how much their scores count.
#[derive(Serialize, ToSchema)]
struct NamedAssessor {
    /// Who.
    person: PersonName,
    /// Of 100.
    weight: Points,
}

/// A version of the goals and what became of it.
#[derive(Serialize, ToSchema)]
struct GoalVersion {
    /// 1, 2, 3 …
    version: u32,
    /// The goals.
    goals: Vec<Goal>,
    /// Why it differs from the confirmed version before.
    reason: Option<String>,
    /// 员工提报
    proposed: Stamp,
    /// 部门审核
    endorsed: Option<Stamp>,
    /// 单位确认
    confirmed: Option<Stamp>,
    /// Sent back.
    returned: Option<GoalReturn>,
}

/// One goal. It keeps its id from version to version.
#[derive(Serialize, ToSchema)]
struct Goal {
    /// Its id.
    id: GoalId,
    /// What is to be reached.
    title: String,
    /// How it is told that it was reached.
    measure: String,
    /// By when.
    due: Option<Date>,
}

/// A version was sent back.
#[derive(Serialize, ToSchema)]
struct GoalReturn {
    /// By which step.
    step: Step,
    /// Why.
    reason: String,
    /// The employee proposes again by this day.
    due: Date,
    /// When and by whom.
    stamp: Stamp,
}

/// Progress 进展 against a goal.
#[derive(Serialize, ToSchema)]
struct Progress {
    /// The goal.
    goal: GoalId,
    /// How much of it is done, 0 to 100.
    percent: u8,
    /// What was done.
    text: String,
    /// Files that show it.
    attachments: Vec<Attachment>,
    /// When and by whom.
    stamp: Stamp,
}

/// The value of a quantitative indicator.
#[derive(Serialize, ToSchema)]
struct ComputedValue {
    /// The indicator's code.
    indicator: String,
    /// The indicator's name.
    name: String,
    /// The points, rounded half up; null: not applicable.
    points: Option<Points>,
    /// The points as an exact fraction, in points.
    #[schema(example = "1775/18")]
    exact: Option<String>,
    /// How it came about on one line, or why it is not applicable.
    arithmetic: String,
    /// What went in.
    inputs: Vec<Input>,
    /// The rows that went in.
    rows: Vec<Provenance>,
    /// When it was computed.
    stamp: Stamp,
}

/// A value that went into a formula.
#[derive(Serialize, ToSchema)]
struct Input {
    /// What it is called.
    name: String,
    /// Its exact value, a fraction.
    value: String,
}

/// A qualitative score 定性评分 and what became of it.
#[derive(Serialize, ToSchema)]
struct GivenScore {
    /// Its id.
    id: ScoreId,
    /// The indicator's code.
    indicator: String,
    /// The indicator's name.
    name: String,
    /// The assessor.
    rater: PersonName,
    /// The points as they were given.
    points: Points,
    /// The points that an appeal set beside them; they count in their place.
    adjusted: Option<Points>,
    /// Whether it counts: only `valid` does.
    standing: Standing,
    /// What it rests on.
    basis: Example,
    /// What the witness answered.
    confirmation: Option<Answer>,
    /// HR sent it back.
    returned: Option<Reason>,
    /// The row of the sheet it was collected on, if on paper.
    paper: Option<Provenance>,
    /// When and by whom it was entered.
    stamp: Stamp,
}

/// The example a score rests on 评分依据.
#[derive(Serialize, ToSchema)]
struct Example {
    /// What happened.
    what: String,
    /// When.
    when: Option<Date>,
    /// Where.
    #[serde(rename = "where")]
    place: Option<String>,
    /// Who saw it.
    witness: PersonName,
}

/// The witness's answer.
#[derive(Serialize, ToSchema)]
struct Answer {
    /// The example is true.
    confirmed: bool,
    /// Why not.
    reason: Option<String>,
    /// When and by whom.
    stamp: Stamp,
}

/// Why something was sent back.
#[derive(Serialize, ToSchema)]
struct Reason {
    /// Why.
    reason: String,
    /// When and by whom.
    stamp: Stamp,
}

/// The composite 综合得分 and how it came about.
#[derive(Serialize, ToSchema)]
struct Composite {
    /// Indicator by indicator.
    lines: Vec<CompositeLine>,
    /// The weight of the indicators that apply; below 100 the others are weighed up.
    applied: Points,
    /// The sum of the contributions, rounded half up once; null: no indicator applies.
    total: Option<Points>,
    /// The sum as an exact fraction, in points.
    exact: Option<String>,
}

/// One indicator's part of the composite.
#[derive(Serialize, ToSchema)]
struct CompositeLine {
    /// The indicator's code.
    indicator: String,
    /// The indicator's name.
    name: String,
    /// Its weight in the library.
    weight: Points,
    /// Its points; null: not applicable, its weight goes to the others.
    points: Option<Points>,
    /// weight × points ÷ the weight that applies, rounded half up.
    contribution: Option<Points>,
}

/// An appeal 申诉 and what became of it.
#[derive(Serialize, ToSchema)]
struct Appeal {
    /// Its id.
    id: AppealId,
    /// Against what.
    target: Target,
    /// Why.
    grounds: String,
    /// It is decided by this day.
    due: Date,
    /// When and by whom it was filed.
    filed: Stamp,
    /// Who decides.
    decider: Option<PersonName>,
    /// The decision.
    decision: Option<Decision>,
    /// Taken back.
    withdrawn: Option<Stamp>,
}

/// How an appeal was decided.
#[derive(Serialize, ToSchema)]
struct Decision {
    /// What was decided.
    verdict: Verdict,
    /// Why.
    reasons: String,
    /// When and by whom.
    stamp: Stamp,
}

/// The final grade.
#[derive(Serialize, ToSchema)]
struct FinalGrade {
    /// The grade, a word of the regime.
    #[schema(example = "competent")]
    grade: String,
    /// The person signs by this day.
    sign_by: Date,
    /// When and by whom it was fixed.
    stamp: Stamp,
}

/// The person's signature 本人签署.
#[derive(Serialize, ToSchema)]
struct Signature {
    /// Agrees with the result.
    agrees: bool,
    /// The opinion.
    opinion: Option<String>,
    /// When.
    stamp: Stamp,
}

/// What an appraisal is told from.
pub struct Shaping<'a> {
    pub told: &'a Told,
    pub cycle: &'a Cycle,
    pub sheet: &'a sheet::Appraisal,
}

impl Shaping<'_> {
    /// The appraisal.
    pub fn appraisal(&self) -> Appraisal {
        let Shaping { told, sheet, .. } = *self;
        let stamp = |stamp: &domain::actor::Stamp| told.stamp(*stamp);
        Appraisal {
            id: sheet.opened.id,
            cycle: sheet.opened.cycle,
            person: told.person(sheet.opened.person),
            unit: told.unit(sheet.opened.unit),
            post_type: sheet.opened.post_type.clone(),
            stage: sheet.stage(),
            ungraded: sheet.ungraded.clone().map(|(reason, note)| NoGrade { reason, note }),
            assessors: sheet.assessors.iter().map(|of| self.assessor(of)).collect(),
            third_parties: sheet.third_parties.iter().map(|third| self.told.person(third.id)).collect(),
            goals: sheet.goals.iter().map(|version| self.version(version)).collect(),
            progress: sheet.progress.iter().map(|report| self.progress(report)).collect(),
            values: sheet.computed.values().map(|(value, at)| self.value(value, *at)).collect(),
            scores: sheet.scores.iter().map(|score| self.score(score)).collect(),
            composite: self.composite(),
            composite_fixed: sheet.composite.as_ref().map(|(_, at)| stamp(at)),
            reviewed: sheet.reviewed.as_ref().map(stamp),
            appeals: sheet.appeals.iter().map(|appeal| self.appeal(appeal)).collect(),
            grade: sheet.grade.as_ref().map(|(grade, sign_by, at)| FinalGrade {
                grade: grade.clone(),
                sign_by: *sign_by,
                stamp: stamp(at),
            }),
            signature: sheet.signature.as_ref().map(|signature| Signature {
                agrees: signature.agrees,
                opinion: signature.opinion.clone(),
                stamp: stamp(&signature.stamp),
            }),
        }
    }

    fn assessor(&self, of: &score::Assessor) -> NamedAssessor {
        NamedAssessor { person: self.told.person(of.person), weight: of.weight }
    }

    fn version(&self, version: &goal::Version) -> GoalVersion {
        let told = self.told;
        let goal = |goal: &goal::Goal| Goal {
            id: goal.id,
            title: goal.title.clone(),
            measure: goal.measure.clone(),
            due: goal.due,
        };
        GoalVersion {
            version: version.proposed.version,
            goals: version.proposed.goals.iter().map(goal).collect(),
            reason: version.proposed.reason.clone(),
            proposed: told.stamp(version.stamp),
            endorsed: version.endorsed.map(|(stamp, _)| told.stamp(stamp)),
            confirmed: version.confirmed.map(|stamp| told.stamp(stamp)),
            returned: version.returned.as_ref().map(|returned| GoalReturn {
                step: returned.step,
                reason: returned.reason.clone(),
                due: returned.due,
                stamp: told.stamp(returned.stamp),
            }),
        }
    }

    fn progress(&self, report: &progress::Report) -> Progress {
        let progress::Reported { goal, percent, text, attachments } = report.reported.clone();
        Progress { goal, percent, text, attachments, stamp: self.told.stamp(report.stamp) }
    }

    /// An indicator's name.
    fn name(&self, code: &str) -> String {
        let indicators = self.cycle.indicators(&self.sheet.opened.post_type);
        let known = indicators.iter().find(|indicator| indicator.code == code);
        known.map_or_else(String::new, |indicator| indicator.name.clone())
    }

    fn value(&self, of: &score::Computed, stamp: domain::actor::Stamp) -> ComputedValue {
        let (points, exact, arithmetic) = match of.value.clone() {
            score::Value::Scored { points, exact, arithmetic } => (Some(points), Some(exact), arithmetic),
            score::Value::NotApplicable(reason) => (None, None, reason),
        };
        let rows = of.rows.iter().flat_map(|(batch, rows)| rows.iter().map(|row| (*batch, *row)));
        let inputs = of.inputs.iter().cloned();
        ComputedValue {
            indicator: of.indicator.clone(),
            name: self.name(&of.indicator),
            points,
            exact,
            arithmetic,
            inputs: inputs.map(|(name, value)| Input { name, value }).collect(),
            rows: rows.map(|(batch, row)| Provenance { batch, row }).collect(),
            stamp: self.told.stamp(stamp),
        }
    }

    fn score(&self, score: &score::Score) -> GivenScore {
        let (told, given) = (self.told, &score.given);
        GivenScore {
            id: given.id,
            indicator: given.indicator.clone(),
            name: self.name(&given.indicator),
            rater: told.person(given.rater),
            points: given.points,
            adjusted: score.adjusted.map(|(_, points)| points),
            standing: score.standing(),
            basis: Example {
                what: given.basis.what.clone(),
                when: given.basis.when,
                place: given.basis.place.clone(),
                witness: told.person(given.basis.witness),
            },
            confirmation: score.confirmation.as_ref().map(|answer| Answer {
                confirmed: answer.confirmed,
                reason: answer.reason.clone(),
                stamp: told.stamp(answer.stamp),
            }),
            returned: score
                .returned
                .as_ref()
                .map(|(reason, stamp)| Reason { reason: reason.clone(), stamp: told.stamp(*stamp) }),
            paper: given.paper,
            stamp: told.stamp(score.stamp),
        }
    }

    fn composite(&self) -> Composite {
        let fixed = self.sheet.composite.as_ref().map(|(composite, _)| composite.clone());
        let composite = fixed.unwrap_or_else(|| composite::compose(self.cycle, self.sheet));
        let line = |line: composite::Line| CompositeLine {
            name: self.name(&line.indicator),
            indicator: line.indicator,
            weight: line.weight,
            points: line.points,
            contribution: line.contribution,
        };
        Composite {
            lines: composite.lines.into_iter().map(line).collect(),
            applied: composite.applied,
            total: composite.total,
            exact: composite.exact,
        }
    }

    fn appeal(&self, appeal: &appeal::Appeal) -> Appeal {
        let told = self.told;
        Appeal {
            id: appeal.filed.id,
            target: appeal.filed.target.clone(),
            grounds: appeal.filed.grounds.clone(),
            due: appeal.filed.due,
            filed: told.stamp(appeal.stamp),
            decider: appeal.decider.map(|(person, _)| told.person(person)),
            decision: appeal.decision.as_ref().map(|(verdict, reasons, stamp)| Decision {
                verdict: *verdict,
                reasons: reasons.clone(),
                stamp: told.stamp(*stamp),
            }),
            withdrawn: appeal.withdrawn.map(|stamp| told.stamp(stamp)),
        }
    }
}
