//! How a whole authority stands, in numbers: the page draws them, the API tells them.

use crate::{
    watching::DETECTORS,
    web::{error::PageError, words},
};
use detect::math::spread::{Spread, quantile};
use domain::{
    appraisal::Stage as Step,
    context::day,
    finding::{Level, Stage},
    id::{CycleId, UnitId},
    points::Points,
    survey::Counted,
    ties::findings,
};
use jiff::{ToSpan, civil::Date};
use policy::Reading;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::query::{Complaints, FindingFilter, Reader};
use utoipa::ToSchema;

/// How a whole authority stands.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Supervision {
    /// How far the appraisals of each unit are.
    pub progress: Vec<UnitProgress>,
    /// How many appraisals there are, and how many had come to which step by which day; only days on which something moved.
    pub trend: Vec<Day>,
    /// The share of top grades of each unit, as proposed or fixed, beside all units.
    pub shares: Shares,
    /// The composite scores of each unit.
    pub scores: Vec<UnitScores>,
    /// Open findings by level and age; null for whoever does not see findings.
    pub queue: Option<Vec<Age>>,
    /// Findings of detectors that hold two sources against each other; null for whoever does not see findings.
    pub contradictions: Option<Vec<Contradiction>>,
    /// The authority's own numbers, oldest year first.
    pub years: Vec<Year>,
}

/// How many appraisals of a unit are at which stage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitProgress {
    /// The unit.
    pub unit: UnitId,
    /// By the name of the stage.
    #[schema(value_type = std::collections::HashMap<String, i64>)]
    pub stages: BTreeMap<String, i64>,
}

/// How many appraisals had come to a step by the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Day {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// Their goals are confirmed.
    pub goals: usize,
    /// Their composite score is fixed.
    pub scored: usize,
    /// Their grade is final.
    pub graded: usize,
    /// Their result is signed.
    pub signed: usize,
}

/// Shares of top grades, as a funnel plot tells them (Spiegelhalter 2005).
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Shares {
    /// The share of all units together; null where there is no grade.
    pub all: Option<f64>,
    /// The variance between units, of arcsin of the root of the share, beyond chance; 0 with fewer than ten units.
    pub tau2: f64,
    /// The units.
    pub units: Vec<UnitShare>,
    /// How far the share of a unit may lie from that of all, by its size.
    pub limits: Vec<Limits>,
}

/// The share of one unit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitShare {
    /// The unit.
    pub unit: UnitId,
    /// How many of its people are graded.
    pub people: u64,
    /// How many of them have or shall have the top grade.
    pub top: u64,
    /// Where it lies.
    pub place: Place,
}

/// Where a value lies between limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Within what 95 of 100 units would.
    Within,
    /// Beyond that, within what 998 of 1,000 would.
    Beyond,
    /// Beyond that, too.
    FarBeyond,
}

/// Between these lie units of a size, were they all alike but for chance and the usual spread.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Limits {
    /// The size.
    pub people: u64,
    /// 95 of 100.
    pub usual: [f64; 2],
    /// 998 of 1,000.
    pub rare: [f64; 2],
}

/// The composite scores of a unit, in points: five numbers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitScores {
    /// The unit.
    pub unit: UnitId,
    /// How many.
    pub people: usize,
    /// Least, lower quartile, median, upper quartile, most.
    pub five: [f64; 5],
}

/// How many open findings are of an age.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Age {
    /// Raised on this day or later; null: however long ago.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Raised on this day or before.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// Rules that are broken.
    pub rule: u64,
    /// Hardly by chance.
    pub alert: u64,
    /// Worth a look.
    pub watch: u64,
}

/// The findings of one detector.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Contradiction {
    /// The detector.
    pub detector: String,
    /// How many are open.
    pub open: u64,
    /// How many are closed.
    pub closed: u64,
}

/// The authority's own numbers of a year.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Year {
    /// The year: of a cycle the one in which its period ends.
    pub year: i16,
    /// Objections to what was published.
    pub objections: u64,
    /// Appeals.
    pub appeals: u64,
    /// Tips that somebody should stay out of a case.
    pub tips: u64,
    /// Days from opening a cycle to closing it, on average over those closed; null: none is.
    pub days: Option<f64>,
    /// Satisfied answers in hundredths of all answers; null: none was counted, or too few answered.
    pub satisfaction: Option<f64>,
    /// How many were asked, in the surveys that something is told of.
    pub asked: u32,
    /// How many of them answered.
    pub answered: u32,
}

impl Year {
    /// All complaints.
    pub fn complaints(&self) -> u64 {
        self.objections + self.appeals + self.tips
    }
}

/// With fewer units nothing is said of how they spread.
const FEWEST_UNITS: usize = 10;
/// The ages of findings, in days since they were raised, from the first day of each to the last; the oldest have none.
const AGES: [(i32, Option<i32>); 5] = [(0, Some(2)), (3, Some(7)), (8, Some(14)), (15, Some(30)), (31, None)];
/// What closes a finding that is worked on.
const OPEN: [Stage; 4] = [Stage::Raised, Stage::Assigned, Stage::Asked, Stage::Answered];

impl Supervision {
    /// Of one cycle, and over the years.
    ///
    /// # Errors
    /// For whoever does not oversee the authority.
    pub async fn of(desk: &Reader<'_>, cycle: Option<CycleId>) -> Result<Self, PageError> {
        let mut all = Supervision { years: years(desk).await?, ..Supervision::default() };
        if desk.may_read(Reading::Finding) {
            all.queue = Some(queue(desk).await?);
            all.contradictions = Some(contradictions(desk).await?);
        }
        if let Some(cycle) = cycle {
            all.progress = progress(desk, cycle).await?;
            all.trend = trend(desk.reached(cycle, STEPS).await?);
            let slates = desk.slates(cycle).await?;
            let graded = slates.iter().filter(|slate| slate.proposed > 0 && slate.base > 0);
            all.shares =
                Shares::of(graded.map(|slate| (UnitId(slate.unit_id), slate.base as u64, slate.top_held as u64)));
            all.scores = scores(desk, cycle).await?;
        }
        Ok(all)
    }
}

async fn progress(desk: &Reader<'_>, cycle: CycleId) -> Result<Vec<UnitProgress>, PageError> {
    let mut units: BTreeMap<UnitId, BTreeMap<String, i64>> = BTreeMap::new();
    for group in desk.progress(cycle).await? {
        *units.entry(UnitId(group.unit_id)).or_default().entry(group.stage).or_default() += group.count;
    }
    Ok(units.into_iter().map(|(unit, stages)| UnitProgress { unit, stages }).collect())
}

impl UnitProgress {
    /// How many there are.
    pub fn people(&self) -> i64 {
        self.stages.values().sum()
    }

    /// How many are done: signed, or never to be graded.
    pub fn done(&self) -> i64 {
        [Step::Signed, Step::Ungraded].iter().filter_map(|stage| self.stages.get(stage.as_str())).sum()
    }
}

/// The events by which an appraisal comes from step to step.
const STEPS: [&str; 4] = ["goals_confirmed", "composite_fixed", "grade_fixed", "result_signed"];

/// Sorted moments of these steps as sums by day.
fn trend(reached: [Vec<i64>; 4]) -> Vec<Day> {
    let on = |micros: &i64| day(jiff::Timestamp::from_microsecond(*micros).unwrap_or_default());
    let days = reached.each_ref().map(|moments| moments.iter().map(on).collect::<Vec<Date>>());
    let moved: BTreeSet<Date> = days.iter().flatten().copied().collect();
    let by = |step: usize, day: Date| days[step].partition_point(|reached| *reached <= day);
    moved
        .into_iter()
        .map(|day| Day { day, goals: by(0, day), scored: by(1, day), graded: by(2, day), signed: by(3, day) })
        .collect()
}

impl Shares {
    /// Of units, each with its people and how many of them have the top grade. The arithmetic is that of detector D001: angles of
    /// Anscombe's, limits with the additive variance between units.
    fn of(units: impl Iterator<Item = (UnitId, u64, u64)>) -> Self {
        let units: Vec<(UnitId, u64, u64)> = units.collect();
        let (people, top) = units.iter().fold((0, 0), |(people, top), (_, n, hits)| (people + n, top + hits));
        if people == 0 {
            return Shares::default();
        }
        let share = top as f64 / people as f64;
        let centre = share.sqrt().asin();
        let angle = |n: u64, hits: u64| ((hits as f64 + 0.375) / (n as f64 + 0.75)).sqrt().min(1.0).asin();
        let variance = |n: u64| 1.0 / (4.0 * n as f64 + 2.0);
        let scattered = units.iter().map(|(_, n, hits)| (angle(*n, *hits) - centre, variance(*n)));
        let tau2 = if units.len() < FEWEST_UNITS { 0.0 } else { Spread::of(scattered).tau2 };
        let reach = |n: u64, z: f64| z * (variance(n) + tau2).sqrt();
        let place = |n: u64, hits: u64| match (angle(n, hits) - centre).abs() {
            far if far > reach(n, RARE) => Place::FarBeyond,
            far if far > reach(n, USUAL) => Place::Beyond,
            _ => Place::Within,
        };
        let quarter = std::f64::consts::FRAC_PI_2;
        let at = |n: u64, z: f64| [-z, z].map(|z| (centre + reach(n, z)).clamp(0.0, quarter).sin().powi(2));
        let largest = units.iter().map(|(_, n, _)| *n).max().unwrap_or(1);
        let sizes: BTreeSet<u64> = (1..=CURVE).map(|step| (step * largest).div_ceil(CURVE)).collect();
        Shares {
            all: Some(share),
            tau2,
            limits: sizes
                .into_iter()
                .map(|people| Limits { people, usual: at(people, USUAL), rare: at(people, RARE) })
                .collect(),
            units: units
                .into_iter()
                .map(|(unit, people, top)| UnitShare { unit, people, top, place: place(people, top) })
                .collect(),
        }
    }
}

/// Standard deviations that leave out 5 of 100, and 2 of 1,000.
const USUAL: f64 = 1.96;
const RARE: f64 = 3.09;
/// Points of a limit's curve.
const CURVE: u64 = 40;

async fn scores(desk: &Reader<'_>, cycle: CycleId) -> Result<Vec<UnitScores>, PageError> {
    let five = |(unit, composites): (UnitId, Vec<i64>)| {
        let sorted: Vec<f64> = composites.iter().map(|composite| *composite as f64 / Points::SCALE as f64).collect();
        UnitScores {
            unit,
            people: sorted.len(),
            five: [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| quantile(&sorted, share)),
        }
    };
    let mut all: Vec<UnitScores> = desk.composites(cycle).await?.into_iter().map(five).collect();
    all.sort_by_key(|scores| scores.unit);
    Ok(all)
}

async fn queue(desk: &Reader<'_>) -> Result<Vec<Age>, PageError> {
    let today = words::today();
    let mut ages = Vec::new();
    for (first, last) in AGES {
        let from = last.map(|last| today.saturating_sub(last.days()));
        let to = today.saturating_sub(first.days());
        let mut counts = [0; 3];
        for (level, count) in Level::ALL.into_iter().zip(&mut counts) {
            let filter = FindingFilter {
                level: Some(level),
                stages: OPEN.to_vec(),
                today,
                raised: Some(from.unwrap_or(Date::MIN)..=to),
                ..FindingFilter::default()
            };
            *count = desk.count_findings(&filter).await?;
        }
        let [rule, alert, watch] = counts;
        ages.push(Age { from, to, rule, alert, watch });
    }
    Ok(ages)
}

/// The tables of facts that machines keep: a detector that reads one holds it against something else.
const SOURCES: [&str; 3] = ["attendance", "observations", "training"];

/// The detectors that hold sources against each other, those of ties first.
fn contradicting() -> impl Iterator<Item = &'static str> {
    let of_facts = DETECTORS.iter().filter(|detector| {
        let tables = &detector.manifest.tables;
        tables.iter().any(|table| SOURCES.contains(&table.as_str()))
    });
    findings::CONTRADICTIONS.into_iter().chain(of_facts.map(|detector| detector.id.as_str()))
}

async fn contradictions(desk: &Reader<'_>) -> Result<Vec<Contradiction>, PageError> {
    let mut all = Vec::new();
    for detector in contradicting() {
        let filter = |stages: &[Stage]| FindingFilter {
            detector: Some(detector.to_owned()),
            stages: stages.to_vec(),
            today: words::today(),
            ..FindingFilter::default()
        };
        let open = desk.count_findings(&filter(&OPEN)).await?;
        let closed = desk.count_findings(&filter(&[Stage::Closed])).await?;
        if open + closed > 0 {
            all.push(Contradiction { detector: detector.to_owned(), open, closed });
        }
    }
    Ok(all)
}

async fn years(desk: &Reader<'_>) -> Result<Vec<Year>, PageError> {
    let mut years: BTreeMap<i16, (Year, Vec<f64>, Vec<Counted>)> = BTreeMap::new();
    let complaints = desk.complaints().await?;
    for cycle in desk.all_cycles().await? {
        let (year, days, counted) = years.entry(cycle.opened.to.year()).or_default();
        let Complaints { objections, appeals } = complaints.get(&cycle.opened.id).copied().unwrap_or_default();
        (year.objections, year.appeals) = (year.objections + objections, year.appeals + appeals);
        days.extend(cycle.closed.map(|closed| closed.at.duration_since(cycle.stamp.at).as_secs_f64() / 86_400.0));
        let told = cycle.survey.and_then(|survey| survey.counted).map(|(counted, _)| counted);
        counted.extend(told.filter(|counted| counted.counts.is_some()));
    }
    for given in desk.tips_given().await? {
        let given = day(jiff::Timestamp::from_microsecond(given).unwrap_or_default());
        years.entry(given.year()).or_default().0.tips += 1;
    }
    let told = |(of, (mut year, days, counted)): (i16, (Year, Vec<f64>, Vec<Counted>))| {
        year.year = of;
        year.days = (!days.is_empty()).then(|| days.iter().sum::<f64>() / days.len() as f64);
        (year.asked, year.answered) =
            counted.iter().fold((0, 0), |(asked, answered), one| (asked + one.asked, answered + one.answered));
        // Each answer counts alike, whichever cycle it is of.
        let counts: Vec<_> = counted.iter().filter_map(|one| one.counts).collect();
        let all: u32 = counts.iter().map(|counts| counts.answers()).sum();
        let satisfied: f64 = counts.iter().map(|counts| counts.satisfaction() * f64::from(counts.answers())).sum();
        year.satisfaction = (all > 0).then(|| satisfied / f64::from(all));
        year
    };
    Ok(years.into_iter().map(told).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use uuid::Uuid;

    fn unit(number: u128) -> UnitId {
        UnitId(Uuid::from_u128(number))
    }

    #[test]
    fn steps_add_up_day_by_day() {
        let at = |day: i8, hour: i8| {
            let at = domain::context::CHINA.to_timestamp(date(2026, 3, day).at(hour, 0, 0, 0));
            at.expect("a moment").as_microsecond()
        };
        let told = trend([vec![at(1, 1), at(1, 23), at(3, 9)], vec![at(3, 0)], vec![], vec![]]);
        let day = |day, goals, scored| Day { day: date(2026, 3, day), goals, scored, graded: 0, signed: 0 };
        assert_eq!(told, [day(1, 2, 0), day(3, 3, 1)]);
        assert_eq!(trend([const { Vec::new() }; 4]), []);
    }

    #[test]
    fn a_unit_far_from_the_others_lies_outside_the_funnel() {
        let others = (1..=19).map(|number| (unit(number), 40, 7 + (number % 3) as u64));
        let shares = Shares::of(others.chain([(unit(20), 40, 32)]));
        let far: Vec<UnitId> =
            shares.units.iter().filter(|one| one.place == Place::FarBeyond).map(|one| one.unit).collect();
        assert_eq!(far, [unit(20)]);
        assert!(shares.limits.windows(2).all(|pair| pair[0].people < pair[1].people));
        let all = shares.all.expect("a share");
        for limit in &shares.limits {
            assert!(limit.rare[0] <= limit.usual[0] && limit.usual[1] <= limit.rare[1], "{limit:?}");
            assert!(limit.usual[0] <= all && all <= limit.usual[1], "{limit:?}");
        }
        assert!(Shares::of(std::iter::empty()).all.is_none());
    }
}
