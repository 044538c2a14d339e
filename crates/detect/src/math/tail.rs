//! Upper tails of the distributions that findings are measured against.

use libm::{erfc, lgamma};
use std::f64::consts::SQRT_2;

/// P(Z >= z) of the standard normal distribution.
pub fn normal(z: f64) -> f64 {
    0.5 * erfc(z / SQRT_2)
}

/// P(T >= t) of Student's distribution with `df` degrees of freedom.
pub fn student(t: f64, df: f64) -> f64 {
    let half = 0.5 * beta(df / (df + t * t), 0.5 * df, 0.5);
    if t >= 0.0 { half } else { 1.0 - half }
}

/// P(X >= k) of the binomial distribution: `k` or more hits of `n` with chance `chance` each.
pub fn binomial(k: f64, n: f64, chance: f64) -> f64 {
    if k <= 0.0 {
        return 1.0;
    }
    if k > n {
        return 0.0;
    }
    beta(chance.clamp(0.0, 1.0), k, n - k + 1.0)
}

/// The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22), evaluated by the
/// modified method of Lentz (Thompson and Barnett 1986).
fn beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The fraction converges quickly on this side only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta(1.0 - x, b, a);
    }
    let front = (lgamma(a + b) - lgamma(a) - lgamma(b) + a * x.ln() + b * (1.0 - x).ln()).exp() / a;
    const TINY: f64 = 1e-300;
    let apart = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / apart(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..10_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / apart(1.0 + term * d);
            c = apart(1.0 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative to what R 4 prints for pnorm, pt and pbinom with lower.tail = FALSE.
    fn close(got: f64, want: f64) {
        assert!((got / want - 1.0).abs() < 1e-9, "{got} is not {want}");
    }

    #[test]
    fn normal_tails_are_those_of_the_tables() {
        close(normal(0.0), 0.5);
        close(normal(1.959_963_984_540_054), 0.025);
        close(normal(6.0), 9.865_876_450_376_98e-10);
    }

    #[test]
    fn student_tails_are_those_of_the_tables() {
        close(student(12.706_204_736_432_1, 1.0), 0.025);
        close(student(2.228_138_851_986_27, 10.0), 0.025);
        close(student(-2.228_138_851_986_27, 10.0), 0.975);
        // One degree of freedom is Cauchy's distribution.
        close(student(1.0, 1.0), 0.25);
    }

    #[test]
    fn binomial_tails_are_sums_of_terms() {
        // 10 choose k, halves.
        close(binomial(8.0, 10.0, 0.5), 56.0 / 1024.0);
        close(binomial(10.0, 10.0, 0.5), 1.0 / 1024.0);
        close(binomial(1.0, 20.0, 0.05), 1.0 - 0.95_f64.powi(20));
        assert_eq!(binomial(0.0, 5.0, 0.1), 1.0);
        assert_eq!(binomial(6.0, 5.0, 0.1), 0.0);
    }
}
