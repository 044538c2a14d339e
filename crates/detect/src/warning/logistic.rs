//! Logistic regression whose slopes are at least zero, and shrunk (ridge: le Cessie and van Houwelingen, Applied Statistics 41,
//! 1992).
//!
//! Newton steps; within each, the quadratic is minimised over what is allowed by coordinate descent (Friedman, Hastie and
//! Tibshirani, J Stat Softw 33, 2010), and the step is halved until the penalised likelihood grows. The problem is convex, so
//! this ends at its one solution, without chance.

/// Examples that are alike in everything that is read of them.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub period: i32,
    pub x: Vec<f64>,
    /// How many there are.
    pub n: f64,
    /// How many of them were confirmed; a fraction where outcomes are softened.
    pub hits: f64,
}

/// Log-odds as a sum.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Logistic {
    /// The intercept first, then the slopes.
    weights: Vec<f64>,
}

/// The penalty on the intercept: next to nothing, so that it is finite where nothing was confirmed.
const RIDGE_OF_BASE: f64 = 1e-3;
const STEPS: usize = 100;
const SWEEPS: usize = 200;
/// What is less than this is no step.
const STILL: f64 = 1e-10;

impl Logistic {
    /// Fit to rows, which all have the same number of columns. `ridge` is the precision of the prior of a slope: 1 takes a
    /// slope of one, which is a factor of e on the odds for each unit, for one standard deviation.
    pub fn fit<'a>(rows: impl Iterator<Item = &'a Row> + Clone, ridge: f64) -> Logistic {
        let size = 1 + rows.clone().next().map_or(0, |row| row.x.len());
        let penalty = |place: usize| if place == 0 { RIDGE_OF_BASE } else { ridge };
        let loss = |model: &Logistic| {
            let shrunk: f64 = (0..size).map(|place| 0.5 * penalty(place) * model.weights[place].powi(2)).sum();
            rows.clone().map(|row| row.n * softplus(model.score(&row.x)) - row.hits * model.score(&row.x)).sum::<f64>()
                + shrunk
        };
        let mut model = Logistic { weights: vec![0.0; size] };
        let mut best = loss(&model);
        for _ in 0..STEPS {
            let mut gradient: Vec<f64> = (0..size).map(|place| penalty(place) * model.weights[place]).collect();
            let mut curvature = vec![vec![0.0; size]; size];
            (0..size).for_each(|place| curvature[place][place] = penalty(place));
            for row in rows.clone() {
                let chance = odds_to_chance(model.score(&row.x));
                let (off, bend) = (row.n * chance - row.hits, row.n * chance * (1.0 - chance));
                for a in 0..size {
                    gradient[a] += off * column(&row.x, a);
                    (0..size).for_each(|b| curvature[a][b] += bend * column(&row.x, a) * column(&row.x, b));
                }
            }
            let step = model.step(&gradient, &curvature);
            if step.iter().all(|part| part.abs() < STILL) {
                break;
            }
            let halves = std::iter::successors(Some(1.0), |share| Some(share * 0.5)).take(40);
            let tried = halves.map(|share| model.moved(&step, share)).find(|next| loss(next) < best);
            let Some(next) = tried else { break };
            (best, model) = (loss(&next), next);
        }
        model
    }

    /// The step to the least value of the quadratic at which no slope is below zero.
    fn step(&self, gradient: &[f64], curvature: &[Vec<f64>]) -> Vec<f64> {
        let size = gradient.len();
        let mut step = vec![0.0; size];
        for _ in 0..SWEEPS {
            let mut moved = 0.0_f64;
            for at in 0..size {
                let slope: f64 = gradient[at] + (0..size).map(|other| curvature[at][other] * step[other]).sum::<f64>();
                let floor = if at == 0 { f64::NEG_INFINITY } else { -self.weights[at] };
                let next = (step[at] - slope / curvature[at][at].max(f64::MIN_POSITIVE)).max(floor);
                moved = moved.max((next - step[at]).abs());
                step[at] = next;
            }
            if moved < STILL {
                break;
            }
        }
        step
    }

    fn moved(&self, step: &[f64], share: f64) -> Logistic {
        let moved = |(place, weight): (usize, &f64)| {
            let next = weight + share * step[place];
            if place == 0 { next } else { next.max(0.0) }
        };
        Logistic { weights: self.weights.iter().enumerate().map(moved).collect() }
    }

    /// The slopes.
    pub fn slopes(&self) -> &[f64] {
        &self.weights[1..]
    }

    /// The log-odds.
    pub fn score(&self, x: &[f64]) -> f64 {
        self.weights[0] + self.slopes().iter().zip(x).map(|(slope, x)| slope * x).sum::<f64>()
    }
}

fn column(x: &[f64], place: usize) -> f64 {
    if place == 0 { 1.0 } else { x[place - 1] }
}

/// The chance that log-odds stand for.
pub(super) fn odds_to_chance(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

/// ln(1 + e^x), of any x.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::Random;

    fn drawn(slopes: [f64; 2], n: usize) -> Vec<Row> {
        let mut random = Random::new(5);
        let mut row = || {
            let x = vec![2.0 * random.unit(), 2.0 * random.unit()];
            let chance = odds_to_chance(-2.0 + slopes[0] * x[0] + slopes[1] * x[1]);
            Row { period: 0, hits: f64::from(u8::from(random.chance(chance))), n: 1.0, x }
        };
        (0..n).map(|_| row()).collect()
    }

    #[test]
    fn a_planted_relation_comes_back() {
        let model = Logistic::fit(drawn([1.0, 0.5], 20_000).iter(), 1.0);
        assert!((model.weights[0] + 2.0).abs() < 0.1, "{model:?}");
        assert!((model.slopes()[0] - 1.0).abs() < 0.1 && (model.slopes()[1] - 0.5).abs() < 0.1, "{model:?}");
    }

    #[test]
    fn a_slope_that_would_be_below_zero_is_zero() {
        let model = Logistic::fit(drawn([1.0, -1.0], 20_000).iter(), 1.0);
        assert_eq!(model.slopes()[1], 0.0);
        assert!(model.slopes()[0] > 0.8, "{model:?}");
    }

    #[test]
    fn nothing_confirmed_gives_a_small_chance_and_no_slope() {
        let rows: Vec<Row> = (0..50).map(|i| Row { period: 0, x: vec![f64::from(i % 3)], n: 2.0, hits: 0.0 }).collect();
        let model = Logistic::fit(rows.iter(), 1.0);
        assert_eq!(model.slopes(), [0.0]);
        assert!(odds_to_chance(model.score(&[2.0])) < 0.01 && model.weights[0].is_finite(), "{model:?}");
    }
}
