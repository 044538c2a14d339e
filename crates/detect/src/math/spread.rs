//! How far units scatter around a centre, and how much of that is more than chance.

/// Over-dispersion after Spiegelhalter, "Handling over-dispersion of performance indicators" (2005).
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// Mean square of the winsorised z; 1 if nothing but chance is at work.
    pub phi: f64,
    /// The variance between units that explains it, after DerSimonian and Laird (1986).
    pub tau2: f64,
}

impl Spread {
    /// Of distances from the centre with their sampling variances; z are winsorised at 10 %, so that the odd ones do not
    /// hide themselves.
    pub fn of(units: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let mut z: Vec<f64> = units.clone().map(|(distance, variance)| distance / variance.sqrt()).collect();
        z.sort_by(f64::total_cmp);
        let (low, high) = (quantile(&z, 0.1), quantile(&z, 0.9));
        let count = z.len() as f64;
        let phi = z.iter().map(|z| z.clamp(low, high).powi(2)).sum::<f64>() / count;
        let weight: f64 = units.clone().map(|(_, variance)| 1.0 / variance).sum();
        let squares: f64 = units.map(|(_, variance)| 1.0 / (variance * variance)).sum();
        let tau2 = (count * phi - (count - 1.0)) / (weight - squares / weight);
        Self { phi, tau2: if tau2.is_finite() { tau2.max(0.0) } else { 0.0 } }
    }
}

/// Of sorted values, between neighbours in proportion.
///
/// # Panics
/// If there are none.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::random::Random;

    #[test]
    fn quantiles_lie_between_neighbours() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.5), 2.0);
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), 3.0);
        assert_eq!(quantile(&[7.0], 0.9), 7.0);
    }

    #[test]
    fn variance_between_units_is_recovered_and_absent_where_there_is_none() {
        let mut random = Random::new(6);
        let mut spread = |between: f64| {
            let units: Vec<(f64, f64)> =
                (0..4_000).map(|_| (between * random.normal() + 0.1 * random.normal(), 0.01)).collect();
            Spread::of(units.into_iter())
        };
        let (none, much) = (spread(0.0), spread(0.2));
        // Winsorising leaves .679 of a normal variance.
        assert!((none.phi - 0.679).abs() < 0.03 && none.tau2 == 0.0, "{none:?}");
        assert!((much.phi - 0.679 * 5.0).abs() < 0.2 && (much.tau2 - 0.0239).abs() < 0.002, "{much:?}");
    }
}
