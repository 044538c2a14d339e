//! Whether a rater scores one person, or the members of one group, higher than the same rater's others.
//!
//! A score's residual ([`super::residual`]) is free of how strict the rater is and of how good the rated one was in the
//! eyes of all. Scores of one rater for one person in one cycle hang together, so their mean is one observation (a
//! cluster). The clusters of the favoured are compared with all other clusters of the same rater by a t-test whose
//! variance comes from those others: raters who scatter widely anyway need more. Upper tail; all cycles together, as one
//! cycle seldom has enough clusters; one family.
//!
//! Input, a row for each score: text `cycle`, `indicator_id`, `rater_id`, `ratee_id`; numbers `score`, `max_score`.
//! Parameters: `favoured`, the column of whom to test, the person or the group, nobody if empty; `clusters`, the least number of the
//! favoured; `others`, the least number to compare with.

use super::{
    Failure, Outcome, Settings, evidence,
    residual::{Telling, residuals},
    shares, suspect,
};
use crate::{
    finding::Suspect,
    frame::{Frame, groups},
    math::{
        fdr::{Test, select},
        tail,
    },
    parallel,
};
use serde_json::{Map, Value};

/// Count, sum and sum of squares of cluster means.
#[derive(Clone, Copy, Default)]
struct Sums {
    count: f64,
    sum: f64,
    squares: f64,
}

/// A rater and whom they might favour.
struct Pair {
    rater: u32,
    favoured: u32,
    last_cycle: u32,
    scores: u64,
    own: Sums,
}

pub fn run(rows: &Frame, settings: &Settings) -> Result<Outcome, Failure> {
    let (rater, favoured) = (rows.text("rater_id")?, rows.text(settings.text("favoured")?)?);
    let (cycle, ratee) = (rows.text("cycle")?, rows.text("ratee_id")?);
    let (clusters, others) = (settings.count("clusters")? as f64, settings.count("others")? as f64);
    let (item, items) = groups([&cycle.codes, &rows.text("indicator_id")?.codes, &ratee.codes]);
    let left = residuals(&item, items.len(), &rater.codes, rater.words.len(), &shares(rows)?, Telling::default());

    let (cluster, keys) = groups([&rater.codes, &favoured.codes, &cycle.codes, &ratee.codes]);
    let mut means = vec![(0_u64, 0.0); keys.len()];
    for (cluster, left) in cluster.iter().zip(&left).filter(|(_, left)| left.is_finite()) {
        let mean = &mut means[*cluster as usize];
        *mean = (mean.0 + 1, mean.1 + left);
    }
    let mut all = vec![Sums::default(); rater.words.len()];
    let mut pairs: Vec<Pair> = Vec::new();
    for ([rater, favoured, cycle, _], (scores, sum)) in keys.iter().zip(means).filter(|(_, mean)| mean.0 > 0) {
        let mean = sum / scores as f64;
        all[*rater as usize].add(mean);
        if pairs.last().is_none_or(|pair| (pair.rater, pair.favoured) != (*rater, *favoured)) {
            pairs.push(Pair {
                rater: *rater,
                favoured: *favoured,
                last_cycle: *cycle,
                scores: 0,
                own: Sums::default(),
            });
        }
        let pair = pairs.last_mut().expect("one was pushed");
        pair.last_cycle = pair.last_cycle.max(*cycle);
        pair.scores += scores;
        pair.own.add(mean);
    }
    pairs.retain(|pair| !favoured.words[pair.favoured as usize].is_empty() && pair.own.count >= clusters);

    let tests: Vec<Test> = parallel::each(pairs.len(), |at| {
        let pair = &pairs[at];
        let rest = all[pair.rater as usize].without(pair.own);
        let p = if rest.count >= others { pair.own.above(rest) } else { f64::NAN };
        Test { family: 0, n: pair.scores, effect: pair.own.mean() - rest.mean(), p }
    });
    let suspects = select(&tests, settings.thresholds)
        .into_iter()
        .map(|chosen| {
            let (pair, test) = (&pairs[chosen.index], &tests[chosen.index]);
            let rest = all[pair.rater as usize].without(pair.own);
            Suspect {
                others: vec![favoured.words[pair.favoured as usize].clone()],
                ..suspect(
                    &chosen,
                    test,
                    &cycle.words[pair.last_cycle as usize],
                    &rater.words[pair.rater as usize],
                    evidence([
                        ("clusters", pair.own.count),
                        ("residual", pair.own.mean()),
                        ("other_clusters", rest.count),
                        ("other_residual", rest.mean()),
                        ("other_sd", rest.variance().sqrt()),
                    ]),
                )
            }
        })
        .collect();
    let family = tests.iter().filter(|test| test.p.is_finite() && test.n >= settings.thresholds.n).count();
    let meta = [("scores", rows.rows()), ("raters", rater.words.len()), ("clusters", keys.len()), ("family", family)];
    let meta = Map::from_iter(meta.map(|(name, count)| (name.to_owned(), Value::from(count))));
    Ok(Outcome { suspects, tested: tests, meta })
}

impl Sums {
    fn add(&mut self, value: f64) {
        *self = Self { count: self.count + 1.0, sum: self.sum + value, squares: self.squares + value * value };
    }

    fn without(self, part: Self) -> Self {
        Self { count: self.count - part.count, sum: self.sum - part.sum, squares: self.squares - part.squares }
    }

    fn mean(self) -> f64 {
        self.sum / self.count
    }

    fn variance(self) -> f64 {
        (self.squares - self.sum * self.sum / self.count) / (self.count - 1.0)
    }

    /// The chance that clusters as scattered as `rest` lie as far above it as these; not a number if it does not scatter.
    fn above(self, rest: Self) -> f64 {
        let variance = rest.variance();
        if variance.is_nan() || variance < 1e-12 {
            return f64::NAN;
        }
        let t = (self.mean() - rest.mean()) / (variance * (1.0 / self.count + 1.0 / rest.count)).sqrt();
        tail::student(t, rest.count - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{fdr::Thresholds, random::Random};
    use std::collections::BTreeMap;

    /// 30 raters score 40 people of 8 groups; rater 3 adds `extra` for group 5.
    fn scores(random: &mut Random, extra: f64) -> Frame {
        let mut columns: [Vec<String>; 3] = Default::default();
        let mut score = Vec::new();
        let merits: Vec<f64> = (0..40).map(|_| 0.1 * random.normal()).collect();
        for rater in 0..30 {
            let strict = 0.05 * random.normal();
            for (ratee, merit) in merits.iter().enumerate() {
                let favour = if rater == 3 && ratee % 8 == 5 { extra } else { 0.0 };
                columns[0].push(format!("r{rater:02}"));
                columns[1].push(format!("p{ratee:02}"));
                columns[2].push(format!("g{}", ratee % 8));
                score.push(0.7 + strict + merit + favour + 0.03 * random.normal());
            }
        }
        let text = |words: &[String]| words.iter().map(String::as_str).collect();
        Frame::default()
            .with_text("cycle", score.iter().map(|_| "2025").collect())
            .with_text("indicator_id", score.iter().map(|_| "i").collect())
            .with_text("rater_id", text(&columns[0]))
            .with_text("ratee_id", text(&columns[1]))
            .with_text("ratee_group", text(&columns[2]))
            .with_numbers("max_score", vec![1.0; score.len()])
            .with_numbers("score", score)
    }

    fn parameters() -> BTreeMap<String, toml::Value> {
        toml::from_str("favoured = \"ratee_group\"\nclusters = 3\nothers = 6").unwrap()
    }

    fn found(rows: &Frame) -> Vec<Suspect> {
        let thresholds = Thresholds { effect: 0.02, n: 3, alert: 0.05, watch: 0.2 };
        run(rows, &Settings { thresholds: &thresholds, parameters: &parameters() }).unwrap().suspects
    }

    #[test]
    fn a_favoured_group_is_found() {
        let suspects = found(&scores(&mut Random::new(2), 0.1));
        assert_eq!((suspects[0].subject_id.as_str(), suspects[0].others[0].as_str()), ("r03", "g5"));
        assert!((suspects[0].effect - 0.1).abs() < 0.03);
    }

    #[test]
    fn a_p_under_the_null_model_is_even() {
        let thresholds = Thresholds { effect: f64::NEG_INFINITY, n: 0, alert: 0.0, watch: 1.0 };
        let parameters = parameters();
        let settings = Settings { thresholds: &thresholds, parameters: &parameters };
        let mut random = Random::new(5);
        let mut p: Vec<f64> = Vec::new();
        for _ in 0..10 {
            let found = run(&scores(&mut random, 0.0), &settings).unwrap().suspects;
            p.extend(found.iter().filter_map(|one| one.p));
        }
        assert_eq!(p.len(), 2400);
        let below = |limit: f64| p.iter().filter(|p| **p < limit).count() as f64 / p.len() as f64;
        assert!((below(0.05) - 0.05).abs() < 0.02 && (below(0.5) - 0.5).abs() < 0.04, "{} {}", below(0.05), below(0.5));
    }
}
