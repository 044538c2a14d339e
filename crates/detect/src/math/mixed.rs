//! Crossed random effects by maximum likelihood: y = X b + Z₁u₁ + Z₂u₂ + … + e, uₖ ~ N(0, σₖ²), e ~ N(0, σ²).
//!
//! The profiled deviance of Bates, Mächler, Bolker and Walker, "Fitting Linear Mixed-Effects Models Using lme4" (2015),
//! section 3: with θₖ = σₖ/σ, A = Λ'Z'ZΛ + 1 and r² the penalised residual sum of squares,
//!
//! ```text
//!     -2 log L(θ) = log |A| + n (1 + log(2π r²/n))
//! ```
//!
//! The factor with the most levels is eliminated by hand, as its part of A is diagonal; the rest is dense, apart for each
//! connected component of the data. Raters who score within their own office give many small components, so the work grows
//! with the number of scores.
//!
//! θ is found by a quasi-Newton method on log θ. Its gradient follows from ∂ log|A| = tr of a block of A⁻¹ and
//! ∂ r² = -|ûₖ|²: of -2 log L by log θₖ it is 2 (νₖ - n |ûₖ|²/r²), where νₖ = qₖ - tr(A⁻¹)ₖₖ counts the effective levels.

use super::cholesky::Square;
use crate::{frame, parallel};
use std::f64::consts::TAU;

/// Levels of one grouping, one for each observation.
#[derive(Clone, Debug)]
pub struct Factor {
    /// The level of each observation, below `levels`.
    pub codes: Vec<u32>,
    pub levels: usize,
}

/// What is fitted.
#[derive(Clone, Debug)]
pub struct Design {
    pub response: Vec<f64>,
    /// Columns of X beside the intercept.
    pub covariates: Vec<Vec<f64>>,
    pub factors: Vec<Factor>,
}

/// The estimates.
#[derive(Clone, Debug)]
pub struct Fit {
    /// -2 log L at the optimum (maximum likelihood, not restricted).
    pub deviance: f64,
    /// Standard deviation of a single response.
    pub sigma: f64,
    /// Standard deviation of each factor.
    pub sds: Vec<f64>,
    /// Intercept, then covariates.
    pub fixed: Vec<f64>,
    /// The predicted effect of each level of each factor (BLUP).
    pub effects: Vec<Vec<f64>>,
    /// How far each prediction is from being known, 0 to 1: its posterior variance over σₖ².
    pub unknown: Vec<Vec<f64>>,
    /// How often the deviance was evaluated.
    pub evaluations: usize,
}

/// Why there is no fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("the covariates say the same as each other or as the intercept")]
    Collinear,
    #[error("{0} levels hang together, more than the {LARGEST} that the rater model takes")]
    Entangled(usize),
}

/// The largest connected component beside the eliminated factor: a dense matrix of 128 MB.
const LARGEST: usize = 4_000;

/// θ stays above this; below it a factor is as good as absent.
const LEAST_LOG: f64 = -7.0;

/// How exactly a deviance is known: it is a sum of as many terms as there are levels. Close to the optimum the gradient, which is
/// not a small difference of such sums, knows better where to go.
const NOISE: f64 = 1e-12;

/// Fit the design.
///
/// # Errors
/// If X has not full rank, or a component is larger than fits into memory.
pub fn fit(design: &Design) -> Result<Fit, Unfit> {
    let system = System::new(design)?;
    let count = design.factors.len();
    let mut evaluations = 1;
    let mut at = vec![-0.7; count];
    let mut state = system.evaluate(&at).ok_or(Unfit::Collinear)?;
    let mut slope = system.slope(&mut state);
    // Close to the optimum the deviance bends by 4 ν along each log θ.
    let mut inverse: Vec<f64> = vec![0.0; count * count];
    for (k, effective) in slope.effective.iter().enumerate() {
        inverse[k * count + k] = 1.0 / (4.0 * effective.max(1.0));
    }
    for _ in 0..60 {
        let mut step: Vec<f64> = (0..count).map(|k| -dot(&inverse[k * count..][..count], &slope.gradient)).collect();
        for (step, at) in step.iter_mut().zip(&at) {
            *step = step.clamp(-2.0, 2.0).max(LEAST_LOG - at);
        }
        let descent = dot(&step, &slope.gradient);
        if descent > -1e-7 {
            break;
        }
        let Some((next, reached)) = (0..12).find_map(|halvings| {
            let share = 0.5_f64.powi(halvings);
            let next: Vec<f64> = at.iter().zip(&step).map(|(at, step)| at + share * step).collect();
            evaluations += 1;
            let reached = system.evaluate(&next)?;
            let bound = state.deviance + 1e-4 * share * descent + NOISE * state.deviance.abs();
            (reached.deviance <= bound).then_some((next, reached))
        }) else {
            break;
        };
        let moved: Vec<f64> = next.iter().zip(&at).map(|(next, at)| next - at).collect();
        at = next;
        state = reached;
        let turned = system.slope(&mut state);
        let bent: Vec<f64> = turned.gradient.iter().zip(&slope.gradient).map(|(new, old)| new - old).collect();
        update(&mut inverse, &moved, &bent);
        slope = turned;
    }
    Ok(system.report(&state, slope.unknown, evaluations))
}

/// The formula of Broyden, Fletcher, Goldfarb and Shanno for the inverse of the second derivatives.
fn update(inverse: &mut [f64], moved: &[f64], bent: &[f64]) {
    let count = moved.len();
    let along = dot(moved, bent);
    if along <= 1e-12 {
        return;
    }
    let pushed: Vec<f64> = (0..count).map(|k| dot(&inverse[k * count..][..count], bent)).collect();
    let weight = (1.0 + dot(bent, &pushed) / along) / along;
    for row in 0..count {
        for column in 0..count {
            inverse[row * count + column] += weight * moved[row] * moved[column]
                - (pushed[row] * moved[column] + moved[row] * pushed[column]) / along;
        }
    }
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// The cross products of the design, ready for any θ.
struct System {
    observations: f64,
    /// The original place of each factor, the eliminated one first.
    order: Vec<usize>,
    /// Number of levels in that order.
    levels: Vec<usize>,
    /// Columns of X, with the intercept.
    fixed: usize,
    parts: Vec<Part>,
}

/// A connected component.
struct Part {
    /// The dense unknowns: factor (in the order of the system, never the first) and level.
    unknowns: Vec<(usize, u32)>,
    /// Cross products of unknowns, X and y; the upper triangle counts.
    products: Square,
    /// The eliminated levels.
    singles: Vec<Single>,
}

/// A level of the eliminated factor.
struct Single {
    level: u32,
    count: f64,
    /// Its cross products with the columns of `products`, those that are not zero, in their order.
    products: Vec<(u32, f64)>,
}

/// Everything at one θ.
struct State {
    theta: Vec<f64>,
    deviance: f64,
    /// r².
    penalised: f64,
    fixed: Vec<f64>,
    factored: Vec<Square>,
    /// The spherical û of the dense unknowns, for each part.
    dense: Vec<Vec<f64>>,
    /// û of the eliminated levels, for each part.
    single: Vec<Vec<f64>>,
}

struct Slope {
    gradient: Vec<f64>,
    effective: Vec<f64>,
    /// The diagonal of A⁻¹, by factor and level.
    unknown: Vec<Vec<f64>>,
}

impl System {
    fn new(design: &Design) -> Result<Self, Unfit> {
        let mut order: Vec<usize> = (0..design.factors.len()).collect();
        order.sort_by_key(|factor| std::cmp::Reverse(design.factors[*factor].levels));
        let factors: Vec<&Factor> = order.iter().map(|at| &design.factors[*at]).collect();
        let fixed = design.covariates.len() + 1;
        let codes: Vec<&[u32]> = factors.iter().map(|factor| factor.codes.as_slice()).collect();
        let components = frame::parts(&codes, design.response.len());
        let part = |at: usize| Part::new(design, &factors, &components[at]);
        let parts = parallel::each(components.len(), part).into_iter().collect::<Result<_, _>>()?;
        let levels = factors.iter().map(|factor| factor.levels).collect();
        Ok(Self { observations: design.response.len() as f64, order, levels, fixed, parts })
    }

    fn evaluate(&self, logs: &[f64]) -> Option<State> {
        // `logs` are in the order of the caller.
        let theta: Vec<f64> = self.order.iter().map(|at| logs[*at].exp()).collect();
        let mut log_determinant = 0.0;
        let mut common = Square::zero(self.fixed + 1);
        let factored = parallel::each(self.parts.len(), |at| {
            let part = &self.parts[at];
            let mut matrix = part.matrix(&theta);
            matrix.factor(part.unknowns.len()).then_some(matrix)
        });
        let factored: Vec<Square> = factored.into_iter().collect::<Option<_>>()?;
        for (part, matrix) in self.parts.iter().zip(&factored) {
            let lead = part.unknowns.len();
            log_determinant += (0..lead).map(|at| 2.0 * matrix.row(at)[at].ln()).sum::<f64>();
            log_determinant += part.singles.iter().map(|one| (theta[0] * theta[0] * one.count).ln_1p()).sum::<f64>();
            for row in 0..=self.fixed {
                for column in row..=self.fixed {
                    common.row_mut(row)[column] += matrix.row(lead + row)[lead + column];
                }
            }
        }
        if !common.factor(self.fixed) {
            return None;
        }
        let penalised = common.row(self.fixed)[self.fixed];
        if penalised.is_nan() || penalised <= 0.0 {
            return None;
        }
        let fixed = back(&common, self.fixed, |row| common.row(row)[self.fixed]);
        let deviance = log_determinant + self.observations * (1.0 + (TAU * penalised / self.observations).ln());
        let solved = parallel::each(self.parts.len(), |at| {
            let (part, matrix) = (&self.parts[at], &factored[at]);
            let lead = part.unknowns.len();
            let right = |row: usize| {
                let tail = &matrix.row(row)[lead..];
                tail[self.fixed] - dot(&tail[..self.fixed], &fixed)
            };
            let solved = back(matrix, lead, right);
            let singles = part.singles_at(&theta, &solved, &fixed);
            (solved, singles)
        });
        let (dense, single) = solved.into_iter().unzip();
        Some(State { theta, deviance, penalised, fixed, factored, dense, single })
    }

    /// The gradient by the logs of θ, in the order of the caller. The factors are used up.
    fn slope(&self, state: &mut State) -> Slope {
        let mut unknown: Vec<Vec<f64>> = self.levels.iter().map(|levels| vec![1.0; *levels]).collect();
        let mut squares = vec![0.0; self.levels.len()];
        let factored = std::mem::take(&mut state.factored);
        let variances = parallel::each(self.parts.len(), |at| {
            let part = &self.parts[at];
            let inverse = factored[at].inverse_of_factored(part.unknowns.len());
            let scales = part.scales(&state.theta);
            let dense: Vec<f64> = (0..inverse.size).map(|row| inverse.row(row)[row]).collect();
            let singles: Vec<f64> =
                part.singles.iter().map(|one| one.variance(&state.theta, &scales, &inverse)).collect();
            (dense, singles)
        });
        for (at, (part, (dense, singles))) in self.parts.iter().zip(variances).enumerate() {
            for ((row, (factor, level)), variance) in part.unknowns.iter().enumerate().zip(dense) {
                unknown[*factor][*level as usize] = variance;
                squares[*factor] += state.dense[at][row].powi(2);
            }
            for ((one, value), variance) in part.singles.iter().zip(&state.single[at]).zip(singles) {
                unknown[0][one.level as usize] = variance;
                squares[0] += value * value;
            }
        }
        let mut gradient = vec![0.0; self.order.len()];
        let mut effective = gradient.clone();
        let mut ordered = vec![Vec::new(); self.order.len()];
        for (factor, diagonal) in unknown.into_iter().enumerate() {
            let at = self.order[factor];
            effective[at] = diagonal.iter().map(|part| 1.0 - part).sum();
            gradient[at] = 2.0 * (effective[at] - self.observations * squares[factor] / state.penalised);
            ordered[at] = diagonal;
        }
        Slope { gradient, effective, unknown: ordered }
    }

    fn report(&self, state: &State, unknown: Vec<Vec<f64>>, evaluations: usize) -> Fit {
        let sigma = (state.penalised / self.observations).sqrt();
        let mut sds = vec![0.0; self.order.len()];
        let mut effects: Vec<Vec<f64>> = vec![Vec::new(); self.order.len()];
        for (factor, at) in self.order.iter().enumerate() {
            sds[*at] = sigma * state.theta[factor];
            effects[*at] = vec![0.0; self.levels[factor]];
        }
        for (at, part) in self.parts.iter().enumerate() {
            for ((factor, level), value) in part.unknowns.iter().zip(&state.dense[at]) {
                effects[self.order[*factor]][*level as usize] = state.theta[*factor] * value;
            }
            for (one, value) in part.singles.iter().zip(&state.single[at]) {
                effects[self.order[0]][one.level as usize] = state.theta[0] * value;
            }
        }
        Fit { deviance: state.deviance, sigma, sds, fixed: state.fixed.clone(), effects, unknown, evaluations }
    }
}

impl Part {
    fn new(design: &Design, factors: &[&Factor], rows: &[u32]) -> Result<Self, Unfit> {
        let mut unknowns: Vec<(usize, u32)> = (1..factors.len())
            .flat_map(|factor| rows.iter().map(move |row| (factor, factors[factor].codes[*row as usize])))
            .collect();
        unknowns.sort_unstable();
        unknowns.dedup();
        if unknowns.len() > LARGEST {
            return Err(Unfit::Entangled(unknowns.len()));
        }
        let lead = unknowns.len();
        let place = |factor: usize, level: u32| {
            unknowns.binary_search(&(factor, level)).expect("every level of the part was gathered") as u32
        };
        let mut products = Square::zero(lead + design.covariates.len() + 2);
        let mut sorted = rows.to_vec();
        sorted.sort_by_key(|row| factors[0].codes[*row as usize]);
        let mut singles: Vec<Single> = Vec::new();
        for same in sorted.chunk_by(|a, b| factors[0].codes[*a as usize] == factors[0].codes[*b as usize]) {
            let mut sums: Vec<(u32, f64)> = Vec::new();
            for row in same.iter().map(|row| *row as usize) {
                let mut cells: Vec<(u32, f64)> =
                    (1..factors.len()).map(|factor| (place(factor, factors[factor].codes[row]), 1.0)).collect();
                let x = design.covariates.iter().map(|column| column[row]);
                let tail = [1.0].into_iter().chain(x).chain([design.response[row]]);
                cells.extend(tail.enumerate().map(|(at, value)| ((lead + at) as u32, value)));
                for (at, (a, left)) in cells.iter().enumerate() {
                    for (b, right) in &cells[at..] {
                        products.row_mut(*a as usize)[*b as usize] += left * right;
                    }
                }
                sums.extend(cells);
            }
            sums.sort_by_key(|cell| cell.0);
            let products = sums
                .chunk_by(|a, b| a.0 == b.0)
                .map(|cells| (cells[0].0, cells.iter().map(|cell| cell.1).sum::<f64>()))
                .filter(|cell| cell.1 != 0.0)
                .collect();
            let level = factors[0].codes[same[0] as usize];
            singles.push(Single { level, count: same.len() as f64, products });
        }
        Ok(Self { unknowns, products, singles })
    }

    /// θ of each column, 1 for those of X and y.
    fn scales(&self, theta: &[f64]) -> Vec<f64> {
        let mut scales: Vec<f64> = self.unknowns.iter().map(|(factor, _)| theta[*factor]).collect();
        scales.resize(self.products.size, 1.0);
        scales
    }

    /// A without the eliminated factor.
    fn matrix(&self, theta: &[f64]) -> Square {
        let mut matrix = self.products.clone();
        let square = theta[0] * theta[0];
        for one in &self.singles {
            let weight = square / (square * one.count + 1.0);
            for (at, (row, left)) in one.products.iter().enumerate() {
                let row = matrix.row_mut(*row as usize);
                let left = weight * left;
                for (column, right) in &one.products[at..] {
                    row[*column as usize] -= left * right;
                }
            }
        }
        let scales = self.scales(theta);
        for row in 0..matrix.size {
            let scale = scales[row];
            for (cell, other) in matrix.row_mut(row)[row..].iter_mut().zip(&scales[row..]) {
                *cell *= scale * other;
            }
            if row < self.unknowns.len() {
                matrix.row_mut(row)[row] += 1.0;
            }
        }
        matrix
    }

    /// û of the eliminated levels, given the rest.
    fn singles_at(&self, theta: &[f64], dense: &[f64], fixed: &[f64]) -> Vec<f64> {
        let lead = self.unknowns.len();
        let scales = self.scales(theta);
        let known = |column: usize| match column.checked_sub(lead) {
            None => -scales[column] * dense[column],
            Some(x) => fixed.get(x).map_or(1.0, |value| -value),
        };
        let residual = |one: &Single| one.products.iter().map(|(at, sum)| sum * known(*at as usize)).sum::<f64>();
        let shrink = |one: &Single| theta[0] / (theta[0] * theta[0] * one.count + 1.0);
        self.singles.iter().map(|one| shrink(one) * residual(one)).collect()
    }
}

impl Single {
    /// Its cell of the diagonal of A⁻¹, from the inverse of the dense part.
    fn variance(&self, theta: &[f64], scales: &[f64], inverse: &Square) -> f64 {
        let own = theta[0] * theta[0] * self.count + 1.0;
        let dense = self.products.partition_point(|cell| (cell.0 as usize) < inverse.size);
        let cells = &self.products[..dense];
        let mut sum = 0.0;
        for (row, left) in cells {
            let line = inverse.row(*row as usize);
            let across: f64 = cells.iter().map(|(at, right)| right * scales[*at as usize] * line[*at as usize]).sum();
            sum += left * scales[*row as usize] * across;
        }
        1.0 / own + theta[0] * theta[0] * sum / (own * own)
    }
}

/// Solve R x = right for the leading unknowns.
fn back(matrix: &Square, lead: usize, right: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut solved = vec![0.0; lead];
    for row in (0..lead).rev() {
        let cells = &matrix.row(row)[..lead];
        solved[row] = (right(row) - dot(&cells[row + 1..], &solved[row + 1..])) / cells[row];
    }
    solved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::Random;

    /// The data set `Dyestuff` of lme4 (Davies and Goldsmith 1972): yields of five preparations of six batches. lme4 gives
    /// -2 log L = 327.3271 (maximum likelihood), σ_batch = 37.26, σ = 49.51.
    #[test]
    fn dyestuff_is_fitted_as_lme4_does() {
        let yields = [
            1545., 1440., 1440., 1520., 1580., 1540., 1555., 1490., 1560., 1495., 1595., 1550., 1605., 1510., 1560.,
            1445., 1440., 1595., 1465., 1545., 1595., 1630., 1515., 1635., 1625., 1520., 1455., 1450., 1480., 1445.,
        ];
        let batches = Factor { codes: (0..30).map(|row| row / 5).collect(), levels: 6 };
        let fit = fit(&Design { response: yields.to_vec(), covariates: vec![], factors: vec![batches] }).unwrap();
        assert!((fit.deviance - 327.327_06).abs() < 1e-4, "{}", fit.deviance);
        assert!((fit.sds[0] - 37.26).abs() < 0.01 && (fit.sigma - 49.51).abs() < 0.01, "{:?} {}", fit.sds, fit.sigma);
        assert!((fit.fixed[0] - 1527.5).abs() < 1e-6);
    }

    /// In a balanced crossed design the estimates have a closed form: the mean squares of the analysis of variance, with
    /// the mean's own degree of freedom for maximum likelihood, here found by looking at the deviance around the optimum.
    #[test]
    fn the_optimum_is_one_in_every_direction() {
        let mut random = Random::new(9);
        let raters: Vec<f64> = (0..40).map(|_| 0.7 * random.normal()).collect();
        let ratees: Vec<f64> = (0..30).map(|_| 1.2 * random.normal()).collect();
        let mut design = Design {
            response: vec![],
            covariates: vec![vec![]],
            factors: vec![Factor { codes: vec![], levels: 40 }, Factor { codes: vec![], levels: 30 }],
        };
        for rater in 0..40_u32 {
            for ratee in (0..30_u32).filter(|ratee| (ratee + rater) % 3 > 0) {
                let x = random.normal();
                design.factors[0].codes.push(rater);
                design.factors[1].codes.push(ratee);
                design.covariates[0].push(x);
                design
                    .response
                    .push(5.0 + 0.3 * x + raters[rater as usize] + ratees[ratee as usize] + 0.5 * random.normal());
            }
        }
        let fit = fit(&design).unwrap();
        let system = System::new(&design).unwrap();
        let best: Vec<f64> = fit.sds.iter().map(|sd| (sd / fit.sigma).ln()).collect();
        for direction in [[0.01, 0.0], [-0.01, 0.0], [0.0, 0.01], [0.0, -0.01]] {
            let near: Vec<f64> = best.iter().zip(direction).map(|(at, step)| at + step).collect();
            assert!(system.evaluate(&near).unwrap().deviance > fit.deviance);
        }
        assert!((fit.sigma - 0.5).abs() < 0.05 && (fit.fixed[1] - 0.3).abs() < 0.05);
        let close = fit.effects[0].iter().zip(&raters).all(|(got, true_one)| (got - true_one).abs() < 1.0);
        assert!(close, "severities are recovered up to the common mean");
    }

    /// The gradient that the search follows is that of the deviance.
    #[test]
    fn the_gradient_is_that_of_the_deviance() {
        let mut random = Random::new(3);
        let codes = |levels: u32, random: &mut Random| Factor {
            codes: (0..200).map(|_| random.below(levels as usize) as u32).collect(),
            levels: levels as usize,
        };
        let design = Design {
            factors: vec![codes(12, &mut random), codes(30, &mut random), codes(3, &mut random)],
            response: (0..200).map(|_| random.normal()).collect(),
            covariates: vec![],
        };
        let system = System::new(&design).unwrap();
        let at = [-0.3, -0.9, -1.4];
        let slope = system.slope(&mut system.evaluate(&at).unwrap());
        for k in 0..3 {
            let (mut up, mut down) = (at, at);
            up[k] += 1e-5;
            down[k] -= 1e-5;
            let rise = system.evaluate(&up).unwrap().deviance - system.evaluate(&down).unwrap().deviance;
            assert!((rise / 2e-5 - slope.gradient[k]).abs() < 1e-3, "{k}: {} {}", rise / 2e-5, slope.gradient[k]);
        }
    }

    #[test]
    fn a_covariate_that_says_nothing_new_is_refused() {
        let factor = Factor { codes: vec![0, 0, 1, 1], levels: 2 };
        let design = Design { response: vec![1., 2., 4., 3.], covariates: vec![vec![1.0; 4]], factors: vec![factor] };
        assert_eq!(fit(&design).unwrap_err(), Unfit::Collinear);
    }
}
