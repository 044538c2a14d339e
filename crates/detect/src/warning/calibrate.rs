//! From scores to probabilities that hold: of all that are told 10 %, a tenth is confirmed.
//!
//! Isotonic regression is the better the more there is to learn from; with few examples it fits chance, and a sigmoid does
//! better (Zadrozny and Elkan, KDD 2002; Niculescu-Mizil and Caruana, ICML 2005, who see them cross near a thousand).

use super::logistic::{Logistic, Row};

/// From how many examples on a calibration is isotonic.
const ISOTONIC_FROM: f64 = 1000.0;
/// And from how many confirmed ones.
const CONFIRMED_FROM: f64 = 100.0;

/// A score and what came, of examples alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scored {
    pub score: f64,
    pub n: f64,
    pub hits: f64,
}

/// A non-decreasing function from scores to probabilities, which are never 0 nor 1.
#[derive(Clone, Debug)]
pub(super) enum Calibration {
    /// A sigmoid.
    Sigmoid(Logistic),
    /// Steps: from which score on, and the probability; never empty.
    Steps(Vec<(f64, f64)>),
}

impl Calibration {
    /// Learn from scores that were given without knowing what came.
    pub fn learn(scored: &[Scored]) -> Calibration {
        let n: f64 = scored.iter().map(|one| one.n).sum();
        let hits: f64 = scored.iter().map(|one| one.hits).sum();
        if n >= ISOTONIC_FROM && hits >= CONFIRMED_FROM { isotonic(scored, n) } else { sigmoid(scored, n, hits) }
    }

    /// The probability that a score stands for.
    pub fn chance(&self, score: f64) -> f64 {
        match self {
            Calibration::Sigmoid(sigmoid) => super::logistic::odds_to_chance(sigmoid.score(&[score])),
            Calibration::Steps(steps) => {
                let place = steps.partition_point(|(from, _)| *from <= score).saturating_sub(1);
                steps.get(place).map_or(0.5, |(_, chance)| *chance)
            }
        }
    }
}

/// Platt's sigmoid, whose outcomes are softened by one example each way so that it stays finite (Platt, in: Advances in Large
/// Margin Classifiers, 1999). Its slope is at least zero.
fn sigmoid(scored: &[Scored], n: f64, hits: f64) -> Calibration {
    let (so, not_so) = ((hits + 1.0) / (hits + 2.0), 1.0 / (n - hits + 2.0));
    let soften = |one: &Scored| Row {
        period: 0,
        x: vec![one.score],
        n: one.n,
        hits: so * one.hits + not_so * (one.n - one.hits),
    };
    let rows: Vec<Row> = scored.iter().map(soften).collect();
    Calibration::Sigmoid(Logistic::fit(rows.iter(), 0.0))
}

/// Pool adjacent violators (Ayer et al., Ann Math Stat 26, 1955).
fn isotonic(scored: &[Scored], n: f64) -> Calibration {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.score.total_cmp(&b.score));
    let mut blocks: Vec<Scored> = Vec::new();
    for one in sorted {
        blocks.push(one);
        while let [.., before, last] = blocks[..] {
            // Equal scores are one block, whatever came.
            let rises = before.score < last.score && before.hits * last.n < last.hits * before.n;
            if rises {
                break;
            }
            blocks.pop();
            blocks.pop();
            blocks.push(Scored { score: before.score, n: before.n + last.n, hits: before.hits + last.hits });
        }
    }
    // Nothing is impossible, and nothing certain, for being seen never or always.
    let least = 1.0 / (n + 2.0);
    let step = |block: &Scored| (block.score, (block.hits / block.n).clamp(least, 1.0 - least));
    Calibration::Steps(blocks.iter().map(step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(score: f64, n: f64, hits: f64) -> Scored {
        Scored { score, n, hits }
    }

    #[test]
    fn violators_are_pooled() {
        let all =
            [scored(0.0, 500.0, 50.0), scored(2.0, 200.0, 20.0), scored(1.0, 300.0, 90.0), scored(3.0, 100.0, 90.0)];
        let calibration = Calibration::learn(&all);
        assert!(matches!(&calibration, Calibration::Steps(steps) if steps.len() == 3));
        let chances = [-1.0, 0.5, 1.0, 2.5, 9.0].map(|score| calibration.chance(score));
        assert_eq!(chances, [0.1, 0.1, 0.22, 0.22, 0.9]);
    }

    #[test]
    fn equal_scores_have_one_probability_in_any_order() {
        let both = [scored(1.0, 500.0, 0.0), scored(1.0, 500.0, 500.0)];
        for all in [both, [both[1], both[0]]] {
            assert_eq!(Calibration::learn(&all).chance(1.0), 0.5);
        }
    }

    #[test]
    fn few_examples_give_a_sigmoid_that_never_falls() {
        let calibration = Calibration::learn(&[scored(-1.0, 50.0, 20.0), scored(1.0, 50.0, 5.0)]);
        assert!(matches!(calibration, Calibration::Sigmoid(_)));
        assert!((calibration.chance(-1.0) - calibration.chance(1.0)).abs() < 1e-9);
        assert!((calibration.chance(0.0) - 0.25).abs() < 0.01, "{}", calibration.chance(0.0));
    }
}
