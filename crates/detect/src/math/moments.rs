//! The shape of a distribution by L-moments (Hosking, "L-moments: analysis and estimation of distributions using linear
//! combinations of order statistics", 1990): linear in the ordered values, so one outlier hardly moves them.

/// L-moment ratios of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// L-scale λ₂: half the mean distance of two values.
    pub scale: f64,
    /// L-skewness τ₃, within ±1; 0 if symmetric.
    pub skew: f64,
    /// L-kurtosis τ₄, up to 1; 0 if even, .123 if normal, 1 if nearly all values are one.
    pub peak: f64,
}

impl Shape {
    /// Of four sorted values or more, by the unbiased probability-weighted moments. Where all values are equal the ratios
    /// are 0/0: no skew, and the highest peak.
    pub fn of(sorted: &[f64]) -> Self {
        let count = sorted.len() as f64;
        let mut b = [0.0; 4];
        for (at, value) in sorted.iter().enumerate() {
            let at = at as f64;
            let mut weight = 1.0 / count;
            for (order, sum) in b.iter_mut().enumerate() {
                *sum += weight * value;
                let order = order as f64;
                weight *= (at - order) / (count - 1.0 - order);
            }
        }
        let scale = 2.0 * b[1] - b[0];
        let reach = sorted[sorted.len() - 1] - sorted[0];
        if reach == 0.0 || scale <= 1e-12 * reach {
            return Self { scale: 0.0, skew: 0.0, peak: 1.0 };
        }
        let skew = (6.0 * b[2] - 6.0 * b[1] + b[0]) / scale;
        let peak = (20.0 * b[3] - 30.0 * b[2] + 12.0 * b[1] - b[0]) / scale;
        Self { scale, skew, peak }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::Random;

    fn of(count: usize, mut value: impl FnMut(f64) -> f64) -> Shape {
        let mut values: Vec<f64> = (0..count).map(|at| value((at as f64 + 0.5) / count as f64)).collect();
        values.sort_by(f64::total_cmp);
        Shape::of(&values)
    }

    /// Hosking's table 1.
    #[test]
    fn known_distributions_have_their_ratios() {
        let even = of(1_000, |share| share);
        assert!((even.scale - 1.0 / 6.0).abs() < 1e-3 && even.skew.abs() < 1e-9 && even.peak.abs() < 1e-9, "{even:?}");
        let exponential = of(100_000, |share| -(1.0 - share).ln());
        assert!((exponential.skew - 1.0 / 3.0).abs() < 1e-3 && (exponential.peak - 1.0 / 6.0).abs() < 1e-3);
        let mut random = Random::new(2);
        let normal = of(200_000, |_| random.normal());
        assert!((normal.scale - 0.5642).abs() < 3e-3 && normal.skew.abs() < 3e-3, "{normal:?}");
        assert!((normal.peak - 0.1226).abs() < 3e-3, "{normal:?}");
    }

    /// Worked by hand: of 1, 2, 3, 10 the b are 4, 19/6, 33/12 and 5/2.
    #[test]
    fn a_small_sample_can_be_checked_by_hand() {
        let shape = Shape::of(&[1.0, 2.0, 3.0, 10.0]);
        assert!((shape.scale - 7.0 / 3.0).abs() < 1e-12, "{shape:?}");
        assert!((shape.skew - 1.5 / (7.0 / 3.0)).abs() < 1e-12, "{shape:?}");
        assert!((shape.peak - 1.5 / (7.0 / 3.0)).abs() < 1e-12, "{shape:?}");
    }

    #[test]
    fn equal_values_are_one_peak() {
        assert_eq!(Shape::of(&[85.0; 30]), Shape { scale: 0.0, skew: 0.0, peak: 1.0 });
    }
}
