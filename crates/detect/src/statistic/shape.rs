//! Whether the scores of a unit are skewed, or crowd at one value, unlike those of its peers.
//!
//! Shape is told by L-skewness and L-kurtosis ([`crate::math::moments`]), which neither a unit's level nor its scale
//! changes. What chance gives to so many people is drawn: samples of that size from the scores of the whole pool, each
//! brought to its own unit's median and L-scale first. Units have shapes of their own, too: the pool's median distance from
//! the draws is taken off, and what units scatter beyond the draws is estimated and added as in the funnel. Both tails of
//! both ratios; p is four times the least of them.
//!
//! Input, a row for each person: text `cycle`, `peer_group`, `unit_id`; number `score`.
//! Parameters: `peers`, the least number of units that make a pool; `seed`.

use super::{Failure, Outcome, Settings, evidence, json, suspect};
use crate::{
    frame::{Frame, groups},
    math::{
        fdr::{Test, select},
        moments::Shape,
        random::Random,
        spread::{Spread, quantile},
        tail,
    },
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Samples drawn for each size: their variance is known to a fourteenth.
const DRAWS: usize = 400;

/// One unit in one cycle.
struct Unit {
    cycle: u32,
    group: u32,
    unit: u32,
    /// Sorted.
    scores: Vec<f64>,
    shape: Shape,
    skew: Standing,
    peak: Standing,
}

/// Where a unit stands in one ratio.
#[derive(Clone, Copy, Default)]
struct Standing {
    /// What its peers have, in a sample of its size.
    expected: f64,
    /// By which it is beyond that.
    distance: f64,
    /// In standard deviations; not a number where there is no pool.
    z: f64,
}

/// Mean and variance of a ratio in samples of one size.
#[derive(Clone, Copy)]
struct Chance {
    mean: f64,
    variance: f64,
}

pub fn run(rows: &Frame, settings: &Settings) -> Result<Outcome, Failure> {
    let (cycle, group, unit) = (rows.text("cycle")?, rows.text("peer_group")?, rows.text("unit_id")?);
    let (peers, seed) = (settings.count("peers")?, settings.count("seed")? as u64);
    let (number, keys) = groups([&cycle.codes, &group.codes, &unit.codes]);
    let mut scores: Vec<Vec<f64>> = vec![Vec::new(); keys.len()];
    for (number, score) in number.iter().zip(rows.numbers("score")?).filter(|(_, score)| score.is_finite()) {
        scores[*number as usize].push(*score);
    }
    let mut units: Vec<Unit> = keys.iter().zip(scores).map(|(key, scores)| Unit::new(*key, scores)).collect();
    units.retain(|unit| unit.scores.len() as u64 >= settings.thresholds.n.max(4));
    let mut pools: Vec<Value> = Vec::new();
    for (at, pool) in units.chunk_by_mut(|a, b| (a.cycle, a.group) == (b.cycle, b.group)).enumerate() {
        let mut told = Map::from_iter([("units".to_owned(), Value::from(pool.len()))]);
        told.insert("cycle".into(), Value::from(cycle.words[pool[0].cycle as usize].as_str()));
        told.insert("peer_group".into(), Value::from(group.words[pool[0].group as usize].as_str()));
        if pool.len() >= peers {
            told.extend(compare(pool, &mut Random::part(seed, at as u64)));
        }
        pools.push(Value::Object(told));
    }
    let tests: Vec<Test> = units.iter().map(Unit::test).collect();
    let suspects = select(&tests, settings.thresholds)
        .into_iter()
        .map(|chosen| {
            let (one, test) = (&units[chosen.index], &tests[chosen.index]);
            suspect(
                &chosen,
                test,
                &cycle.words[one.cycle as usize],
                &unit.words[one.unit as usize],
                evidence([
                    ("skew", one.shape.skew),
                    ("peer_skew", one.skew.expected),
                    ("skew_z", one.skew.z),
                    ("peak", one.shape.peak),
                    ("peer_peak", one.peak.expected),
                    ("peak_z", one.peak.z),
                    ("median", quantile(&one.scores, 0.5)),
                ]),
            )
        })
        .collect();
    Ok(Outcome { suspects, tested: tests, meta: Map::from_iter([("pools".to_owned(), Value::from(pools))]) })
}

impl Unit {
    fn new([cycle, group, unit]: [u32; 3], mut scores: Vec<f64>) -> Self {
        scores.sort_by(f64::total_cmp);
        let shape = if scores.len() < 4 { Shape { scale: 0.0, skew: 0.0, peak: 1.0 } } else { Shape::of(&scores) };
        let unknown = Standing { z: f64::NAN, ..Standing::default() };
        Self { cycle, group, unit, scores, shape, skew: unknown, peak: unknown }
    }

    /// Of the ratio that is further out.
    fn test(&self) -> Test {
        let furthest = if self.skew.z.abs() > self.peak.z.abs() { self.skew } else { self.peak };
        let p = (4.0 * tail::normal(furthest.z.abs())).min(1.0);
        Test { family: self.cycle, n: self.scores.len() as u64, effect: furthest.distance.abs(), p }
    }
}

/// Compare the units of a pool with each other, and say how far they scatter.
fn compare(pool: &mut [Unit], random: &mut Random) -> Map<String, Value> {
    let chances = draw(pool, random);
    let chance = |unit: &Unit| chances[&size_class(unit.scores.len())];
    let skews = place(pool.iter().map(|unit| (unit.shape.skew, chance(unit)[0])).collect());
    let peaks = place(pool.iter().map(|unit| (unit.shape.peak, chance(unit)[1])).collect());
    let told = [("skew", skews.1), ("peak", peaks.1)];
    for ((unit, skew), peak) in pool.iter_mut().zip(skews.0).zip(peaks.0) {
        (unit.skew, unit.peak) = (skew, peak);
    }
    let told = told.map(|(name, spread)| [(format!("{name}_phi"), spread.phi), (format!("{name}_tau2"), spread.tau2)]);
    told.into_iter().flatten().map(|(name, value)| (name, json(value))).collect()
}

/// The standings of values against what chance gives each.
fn place(values: Vec<(f64, Chance)>) -> (Vec<Standing>, Spread) {
    let mut off: Vec<f64> = values.iter().map(|(value, chance)| value - chance.mean).collect();
    off.sort_by(f64::total_cmp);
    let shift = quantile(&off, 0.5);
    let distance = |(value, chance): &(f64, Chance)| value - chance.mean - shift;
    let spread = Spread::of(values.iter().map(|pair| (distance(pair), pair.1.variance)));
    let standing = |pair: &(f64, Chance)| Standing {
        expected: pair.1.mean + shift,
        distance: distance(pair),
        z: distance(pair) / (pair.1.variance + spread.tau2).sqrt(),
    };
    (values.iter().map(standing).collect(), spread)
}

/// Skewness and peak in samples from the pool, for each class of sizes that occurs.
fn draw(pool: &[Unit], random: &mut Random) -> BTreeMap<usize, [Chance; 2]> {
    let scattered = pool.iter().filter(|unit| unit.shape.scale > 0.0);
    let brought = |unit: &Unit| {
        let (middle, scale) = (quantile(&unit.scores, 0.5), unit.shape.scale);
        unit.scores.iter().map(move |score| (score - middle) / scale).collect::<Vec<_>>()
    };
    let mut scores: Vec<f64> = scattered.flat_map(brought).collect();
    if scores.is_empty() {
        scores.push(0.0);
    }
    let mut chances = BTreeMap::new();
    for size in pool.iter().map(|unit| size_class(unit.scores.len())) {
        chances.entry(size).or_insert_with(|| {
            let shapes: Vec<Shape> = (0..DRAWS)
                .map(|_| {
                    let mut sample: Vec<f64> = (0..size).map(|_| scores[random.below(scores.len())]).collect();
                    sample.sort_by(f64::total_cmp);
                    Shape::of(&sample)
                })
                .collect();
            [Chance::of(shapes.iter().map(|shape| shape.skew)), Chance::of(shapes.iter().map(|shape| shape.peak))]
        });
    }
    chances
}

/// Sizes are rounded down to steps of a tenth, which overstates the variance by so much at most and keeps draws few.
fn size_class(size: usize) -> usize {
    let step = 1.1_f64;
    step.powf((size as f64).log(step).floor()).round() as usize
}

impl Chance {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (count, sum, squares) =
            values.fold((0.0, 0.0, 0.0), |(n, sum, squares), value| (n + 1.0, sum + value, squares + value * value));
        let mean = sum / count;
        Self { mean, variance: ((squares - sum * mean) / (count - 1.0)).max(1e-12) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{finding::Suspect, math::fdr::Thresholds};

    /// Units of 36 people; the score of a person of unit 5 is what `odd` makes of a standard normal number.
    fn frame(random: &mut Random, units: usize, odd: impl Fn(f64) -> f64) -> Frame {
        let (mut names, mut scores) = (Vec::new(), Vec::new());
        for unit in 0..units {
            let (level, scale) = (80.0 + 4.0 * random.normal(), 2.0 + 4.0 * random.unit());
            for _ in 0..36 {
                let drawn = random.normal();
                names.push(format!("u{unit:03}"));
                scores.push(level + scale * if unit == 5 { odd(drawn) } else { drawn });
            }
        }
        Frame::default()
            .with_text("cycle", names.iter().map(|_| "2025").collect())
            .with_text("peer_group", names.iter().map(|_| "").collect())
            .with_text("unit_id", names.iter().map(String::as_str).collect())
            .with_numbers("score", scores)
    }

    fn found(rows: &Frame) -> Vec<Suspect> {
        let thresholds = Thresholds { effect: 0.1, n: 30, alert: 0.05, watch: 0.05 };
        let parameters =
            BTreeMap::from([("peers", 8), ("seed", 1)].map(|(name, count)| (name.to_owned(), count.into())));
        run(rows, &Settings { thresholds: &thresholds, parameters: &parameters }).unwrap().suspects
    }

    #[test]
    fn scores_that_crowd_at_one_value_and_skewed_ones_are_found() {
        let mut random = Random::new(4);
        // One more may be found by chance: of those found, one in twenty is allowed to be.
        let mut odd = |odd: fn(f64) -> f64| {
            let found = found(&frame(&mut random, 60, odd));
            assert!(found.len() <= 2, "{found:?}");
            found.into_iter().find(|one| one.subject_id == "u005").unwrap()
        };
        let crowded = odd(|drawn| if drawn.abs() < 1.2 { 0.0 } else { drawn });
        assert!(crowded.evidence["peak"].as_f64() > Some(0.3), "{crowded:?}");
        let skewed = odd(|drawn| (1.5 * drawn).exp());
        assert!(skewed.evidence["skew"].as_f64() > Some(0.3), "{skewed:?}");
        assert_eq!(found(&frame(&mut random, 60, |_| 0.0)).len(), 1, "equal scores are the highest peak");
    }

    #[test]
    fn level_and_scale_are_no_shape_and_chance_finds_little() {
        let mut random = Random::new(5);
        let flags: usize = (0..20).map(|_| found(&frame(&mut random, 60, |drawn| 9.0 + 0.1 * drawn)).len()).sum();
        assert!(flags <= 3, "{flags} of 1200 units, in 20 runs at a false discovery rate of .05");
    }

    #[test]
    fn sizes_are_rounded_down_a_little() {
        for size in 30..500 {
            let class = size_class(size) as f64;
            assert!(class <= size as f64 + 0.5 && class * 1.13 >= size as f64, "{size}: {class}");
        }
    }
}
