//! How good probabilities were, beside those of counting earlier findings, and of the rate alone. All three were told of
//! periods they had not seen.

use crate::math::tail;
use std::collections::BTreeMap;

/// What was told of an example, and what came.
pub(super) struct Told<S> {
    pub subject: S,
    pub period: i32,
    pub confirmed: bool,
    /// By the model.
    pub model: f64,
    /// By the count of earlier findings, calibrated in the same manner.
    pub count: f64,
    /// By how many were confirmed in other periods.
    pub rate: f64,
}

/// Which of two is the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The model, hardly by chance.
    Better,
    /// Neither: what differs may be chance.
    Alike,
    /// Counting, hardly by chance.
    Worse,
}

impl Verdict {
    /// The name in keys and in the API.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Better => "better",
            Verdict::Alike => "alike",
            Verdict::Worse => "worse",
        }
    }
}

/// How good some probabilities were.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// The mean square of what they were off (Brier, Monthly Weather Review 78, 1950): 0 is best.
    pub brier: f64,
    /// The mean of -ln of what was told of what came: 0 is best.
    pub log_loss: f64,
    /// The chance that a confirmed example was told the higher probability than another one: 1 is best, 0.5 is none.
    pub auc: f64,
    /// Of the first on each period's list, the share that was confirmed. See [`Comparison::top`].
    pub precision: f64,
}

/// Examples of similar probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// How many.
    pub n: usize,
    /// The mean probability that the model told.
    pub predicted: f64,
    /// The share that was confirmed.
    pub happened: f64,
}

/// The model beside counting.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The model.
    pub model: Measures,
    /// The count of earlier findings, whatever came of them.
    pub count: Measures,
    /// The rate alone, the same for everybody.
    pub rate: Measures,
    /// What may be said of model and count: by their Brier scores.
    pub verdict: Verdict,
    /// How many were the first on a period's list: at most, and never more than a fifth of it.
    pub top: usize,
    /// Five groups of the same size, by the probability that the model told, lowest first.
    pub groups: Vec<Group>,
}

/// How many subjects somebody looks into first.
const TOP: usize = 20;
const GROUPS: usize = 5;
/// From when on a difference is hardly chance, on either side.
const BEYOND_CHANCE: f64 = 0.05;
/// And from when on it is worth telling: this part of the Brier score of the rate alone.
const WORTH_TELLING: f64 = 0.01;

pub(super) fn compare<S: Ord + Copy>(told: &[Told<S>]) -> Comparison {
    let [model, count, rate] =
        [measures(told, |one| one.model), measures(told, |one| one.count), measures(told, |one| one.rate)];
    Comparison {
        model,
        count,
        rate,
        verdict: verdict(told, [model, count, rate].map(|of| of.brier)),
        top: TOP,
        groups: groups(told),
    }
}

fn measures<S>(told: &[Told<S>], chance: fn(&Told<S>) -> f64) -> Measures {
    let n = told.len() as f64;
    let mean = |of: &dyn Fn(&Told<S>) -> f64| told.iter().map(of).sum::<f64>() / n;
    Measures {
        brier: mean(&|one| off(one, chance).powi(2)),
        log_loss: mean(&|one| -(1.0 - off(one, chance).abs()).ln()),
        auc: auc(told, chance),
        precision: precision(told, chance),
    }
}

fn off<S>(one: &Told<S>, chance: fn(&Told<S>) -> f64) -> f64 {
    chance(one) - f64::from(u8::from(one.confirmed))
}

/// Runs of equal probability, highest first: how many, and how many of them were confirmed.
fn runs<'a, S: 'a>(told: impl Iterator<Item = &'a Told<S>>, chance: fn(&Told<S>) -> f64) -> Vec<(f64, f64)> {
    let mut sorted: Vec<(f64, bool)> = told.map(|one| (chance(one), one.confirmed)).collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let run = |run: &[(f64, bool)]| (run.len() as f64, run.iter().filter(|(_, confirmed)| *confirmed).count() as f64);
    sorted.chunk_by(|a, b| a.0 == b.0).map(run).collect()
}

/// The area under the ROC curve, ties by halves (Hanley and McNeil, Radiology 143, 1982).
fn auc<S>(told: &[Told<S>], chance: fn(&Told<S>) -> f64) -> f64 {
    let (mut above, mut area, mut others) = (0.0, 0.0, 0.0);
    for (n, confirmed) in runs(told.iter(), chance) {
        area += (n - confirmed) * (above + 0.5 * confirmed);
        above += confirmed;
        others += n - confirmed;
    }
    area / (above * others)
}

/// Where a run of equals lies across the end of a list, it counts with the part that fits.
fn precision<S>(told: &[Told<S>], chance: fn(&Told<S>) -> f64) -> f64 {
    let mut by_period: BTreeMap<i32, Vec<&Told<S>>> = BTreeMap::new();
    for one in told {
        by_period.entry(one.period).or_default().push(one);
    }
    let (mut taken, mut hits) = (0.0, 0.0);
    for list in by_period.into_values() {
        let mut places = TOP.min(list.len().div_ceil(GROUPS)) as f64;
        for (n, confirmed) in runs(list.into_iter(), chance) {
            let fits = places.min(n);
            (taken, hits, places) = (taken + fits, hits + confirmed * fits / n, places - fits);
        }
    }
    hits / taken
}

/// By which of two the squares of what they were off are smaller, beyond chance and by enough to be told. A model that is no
/// better than the rate alone is not called better than anything.
fn verdict<S: Ord + Copy>(told: &[Told<S>], [model, count, rate]: [f64; 3]) -> Verdict {
    let (gain, worth) = (count - model, WORTH_TELLING * rate);
    let z = gain_in_errors(told);
    if gain >= worth && rate - model >= worth && tail::normal(z) <= BEYOND_CHANCE {
        Verdict::Better
    } else if -gain >= worth && tail::normal(-z) <= BEYOND_CHANCE {
        Verdict::Worse
    } else {
        Verdict::Alike
    }
}

/// What the model gains on counting for each subject, by its standard error: periods of one subject are not independent.
fn gain_in_errors<S: Ord + Copy>(told: &[Told<S>]) -> f64 {
    let mut by_subject: BTreeMap<S, f64> = BTreeMap::new();
    for one in told {
        let gain = off(one, |one| one.count).powi(2) - off(one, |one| one.model).powi(2);
        *by_subject.entry(one.subject).or_default() += gain;
    }
    let n = by_subject.len() as f64;
    let mean = by_subject.values().sum::<f64>() / n;
    let variance = by_subject.values().map(|gain| (gain - mean).powi(2)).sum::<f64>() / (n - 1.0);
    mean / (variance / n).sqrt()
}

fn groups<S>(told: &[Told<S>]) -> Vec<Group> {
    let mut sorted: Vec<(f64, bool)> = told.iter().map(|one| (one.model, one.confirmed)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let group = |place: usize| {
        let end = |place: usize| place * sorted.len() / GROUPS;
        let group = &sorted[end(place)..end(place + 1)];
        let n = group.len();
        Group {
            n,
            predicted: group.iter().map(|(chance, _)| chance).sum::<f64>() / n as f64,
            happened: group.iter().filter(|(_, confirmed)| *confirmed).count() as f64 / n as f64,
        }
    };
    (0..GROUPS).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(subject: u32, confirmed: bool, model: f64, count: f64) -> Told<u32> {
        Told { subject, period: 1, confirmed, model, count, rate: 0.5 }
    }

    #[test]
    fn the_measures_are_those_of_the_books() {
        let all =
            [told(1, true, 0.9, 0.5), told(2, false, 0.4, 0.5), told(3, true, 0.4, 0.5), told(4, false, 0.1, 0.5)];
        let Measures { brier, log_loss, auc, precision } = measures(&all, |one| one.model);
        assert!((brier - (0.01 + 0.16 + 0.36 + 0.01) / 4.0).abs() < 1e-12);
        let logs = -(0.9_f64.ln() + 0.6_f64.ln() + 0.4_f64.ln() + 0.9_f64.ln()) / 4.0;
        assert!((log_loss - logs).abs() < 1e-12);
        // Of four pairs three are in order and one is tied.
        assert_eq!((auc, precision), (0.875, 1.0));
        let even = measures(&all, |one| one.count);
        assert_eq!((even.auc, even.precision, even.brier), (0.5, 0.5, 0.25));
    }

    #[test]
    fn better_is_said_only_of_what_is_hardly_chance() {
        let all = |model: f64, count: f64| -> Vec<Told<u32>> {
            (0..40).map(|i| told(i, i % 4 != 0, if i % 7 == 0 { count } else { model }, count)).collect()
        };
        assert_eq!(compare(&all(0.75, 0.5)).verdict, Verdict::Better);
        assert_eq!(compare(&all(0.5, 0.75)).verdict, Verdict::Worse);
        assert_eq!(compare(&all(0.75, 0.75)).verdict, Verdict::Alike);
        // What is consistent and tiny is not told; nor that one is better which is no better than the rate.
        let rated = |model: f64, rate: f64| {
            let told: Vec<Told<u32>> = all(model, 0.5).into_iter().map(|one| Told { rate, ..one }).collect();
            compare(&told).verdict
        };
        assert_eq!([rated(0.52, 0.1), rated(0.502, 0.1)], [Verdict::Better, Verdict::Alike]);
        assert_eq!([rated(0.7, 0.1), rated(0.7, 0.75)], [Verdict::Better, Verdict::Alike]);
    }
}
