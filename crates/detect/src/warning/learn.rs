//! From the findings of the past to a probability for each subject, and to how good those probabilities are.

use super::{
    Comparison, Material, Past, Signal,
    calibrate::{Calibration, Scored},
    compare::{Told, compare},
    history::{Example, History, Known},
    logistic::{Logistic, Row},
};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of the coming period.
#[derive(Clone, Debug)]
pub struct Warning<S> {
    /// How much there was to learn from.
    pub material: Material,
    /// What was learned; none: there is not enough yet.
    pub learned: Option<Learned<S>>,
}

/// What was learned.
#[derive(Clone, Debug)]
pub struct Learned<S> {
    /// Every subject that had a finding before, the most probable first.
    pub standings: Vec<Standing<S>>,
    /// How good such probabilities were in periods that are over.
    pub comparison: Comparison,
}

/// Where a subject stands.
#[derive(Clone, Debug)]
pub struct Standing<S> {
    /// Whom or what it is about.
    pub subject: S,
    /// The probability that a finding about it is raised in the coming period and confirmed: above 0, below 1.
    pub probability: f64,
    /// How many findings about it there were before, whatever came of them.
    pub findings: u32,
    /// What raises the probability, the weightiest first. Empty: nothing does by enough to be told.
    pub reasons: Vec<Reason>,
}

/// A signal that raises a probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reason {
    /// Which.
    pub signal: Signal,
    /// How many findings it counts.
    pub count: u32,
    /// Its part of all that raises the log-odds: above 0, up to 1.
    pub share: f64,
}

/// Learn from all findings there are, and say what is to be expected of the period `now`, which has just begun.
pub fn learn<S: Ord + Copy>(past: impl IntoIterator<Item = Past<S>>, now: i32) -> Warning<S> {
    let history = History::of(past);
    let examples = history.examples(now);
    let confirmed = examples.iter().filter(|example| example.confirmed).count();
    let material = Material {
        periods: examples.iter().map(|example| example.period).collect::<BTreeSet<_>>().len(),
        confirmed,
        others: examples.len() - confirmed,
    };
    let learned = material.is_enough().then(|| learned(&history, &examples, now));
    Warning { material, learned }
}

fn learned<S: Ord + Copy>(history: &History<S>, examples: &[Example<S>], now: i32) -> Learned<S> {
    let (rows, row_of) = condensed(examples, Known::features);
    let model = Predictor::learn(&rows.iter().collect::<Vec<_>>());
    let mut standings: Vec<Standing<S>> = history
        .known(now)
        .map(|(subject, known)| Standing {
            subject,
            probability: model.chance(&known.features()),
            findings: known.all,
            reasons: model.reasons(&known),
        })
        .collect();
    // The sort is stable and subjects come in their order, so that equals have one too.
    standings.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(b.findings.cmp(&a.findings)));

    let by_model = foretold(&rows);
    let (counted, counted_of) = condensed(examples, Known::count);
    let by_count = foretold(&counted);
    let rates = rates(&rows);
    let told = |place: usize| Told {
        subject: examples[place].subject,
        period: examples[place].period,
        confirmed: examples[place].confirmed,
        model: by_model[row_of[place]],
        count: by_count[counted_of[place]],
        rate: rates[&examples[place].period],
    };
    Learned { standings, comparison: compare(&(0..examples.len()).map(told).collect::<Vec<_>>()) }
}

/// Examples that read alike as one row, and the row of each: what is fitted a hundred times is short.
fn condensed<S>(examples: &[Example<S>], read: fn(&Known) -> Vec<f64>) -> (Vec<Row>, Vec<usize>) {
    let mut places: BTreeMap<(i32, Vec<u64>), usize> = BTreeMap::new();
    let mut rows: Vec<Row> = Vec::new();
    let place_of = |example: &Example<S>| {
        let x = read(&example.known);
        let bits = x.iter().map(|value| value.to_bits()).collect();
        let place = *places.entry((example.period, bits)).or_insert(rows.len());
        if place == rows.len() {
            rows.push(Row { period: example.period, x, n: 0.0, hits: 0.0 });
        }
        rows[place].n += 1.0;
        rows[place].hits += f64::from(u8::from(example.confirmed));
        place
    };
    let row_of = examples.iter().map(place_of).collect();
    (rows, row_of)
}

fn periods<'a>(rows: impl Iterator<Item = &'a Row>) -> BTreeSet<i32> {
    rows.map(|row| row.period).collect()
}

/// A slope of one, a factor of e on the odds for each doubling, is one standard deviation of what is thought likely beforehand.
const RIDGE: f64 = 1.0;

/// What raises the odds by less than a tenth, which is this on their logarithm, is no reason.
const RAISES: f64 = 0.095;

/// A model and its calibration.
struct Predictor {
    model: Logistic,
    calibration: Calibration,
}

impl Predictor {
    /// The model is fitted to all rows; the calibration learns from scores of periods that the model which gave them had not
    /// seen.
    fn learn(rows: &[&Row]) -> Predictor {
        let without = |period: i32| rows.iter().copied().filter(move |row| row.period != period);
        let scored: Vec<Scored> = periods(rows.iter().copied())
            .into_iter()
            .flat_map(|period| {
                let model = Logistic::fit(without(period), RIDGE);
                let score = move |row: &&Row| Scored { score: model.score(&row.x), n: row.n, hits: row.hits };
                rows.iter().copied().filter(move |row| row.period == period).map(move |row| score(&row))
            })
            .collect();
        Predictor { model: Logistic::fit(rows.iter().copied(), RIDGE), calibration: Calibration::learn(&scored) }
    }

    fn chance(&self, x: &[f64]) -> f64 {
        self.calibration.chance(self.model.score(x))
    }

    fn reasons(&self, known: &Known) -> Vec<Reason> {
        let parts: Vec<f64> = self.model.slopes().iter().zip(known.features()).map(|(slope, x)| slope * x).collect();
        let all: f64 = parts.iter().sum();
        let reason = |signal: Signal| Reason {
            signal,
            count: known.counts[signal as usize],
            share: parts[signal as usize] / all,
        };
        let raises = |reason: &Reason| parts[reason.signal as usize] >= RAISES;
        let mut reasons: Vec<Reason> = Signal::ALL.into_iter().map(reason).filter(raises).collect();
        reasons.sort_by(|a, b| b.share.total_cmp(&a.share));
        reasons
    }
}

/// For each row the probability that would have been told without its period: neither the model nor the calibration has seen
/// anything of it.
fn foretold(rows: &[Row]) -> Vec<f64> {
    let by_period: BTreeMap<i32, Predictor> = periods(rows.iter())
        .into_iter()
        .map(|period| (period, Predictor::learn(&rows.iter().filter(|row| row.period != period).collect::<Vec<_>>())))
        .collect();
    rows.iter().map(|row| by_period[&row.period].chance(&row.x)).collect()
}

/// For each period the share confirmed in the others, half an example drawn towards a half.
fn rates(rows: &[Row]) -> BTreeMap<i32, f64> {
    let rate = |period: i32| {
        let others = || rows.iter().filter(move |row| row.period != period);
        let (n, hits): (f64, f64) = (others().map(|row| row.n).sum(), others().map(|row| row.hits).sum());
        (period, (hits + 0.5) / (n + 1.0))
    };
    periods(rows.iter()).into_iter().map(rate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let row = |place: i32| {
            let (period, x) = (place / 3, f64::from(place % 3));
            Row { period, x: vec![x], n: 20.0, hits: 2.0 + 3.0 * x + f64::from(period % 2) }
        };
        (0..12).map(row).collect()
    }

    #[test]
    fn what_came_in_a_period_is_not_known_to_whoever_foretells_it() {
        let before = rows();
        let mut after = before.clone();
        after.iter_mut().filter(|row| row.period == 2).for_each(|row| row.hits = 20.0 - row.hits);
        let (told, told_after) = (foretold(&before), foretold(&after));
        for (place, row) in before.iter().enumerate() {
            assert_eq!(told[place] == told_after[place], row.period == 2, "{row:?}");
        }
        let (rate, rate_after) = (rates(&before), rates(&after));
        assert!(rate[&2] == rate_after[&2] && rate[&1] != rate_after[&1]);
    }
}
