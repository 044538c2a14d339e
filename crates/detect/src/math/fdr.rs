//! Which of many tests are worth a person's time: the procedure of Benjamini and Hochberg (1995), with a floor under the
//! effect and under the number of observations. A tiny p alone raises nothing.

use crate::finding::Level;
use serde::Deserialize;
use std::collections::BTreeMap;

/// From when on a test is a finding.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// The least effect, in the unit that the detector's page names.
    pub effect: f64,
    /// The least number of observations; below it there is no test at all.
    pub n: u64,
    /// Up to this false discovery rate it is an alert.
    #[serde(default = "alert")]
    pub alert: f64,
    /// Up to this one, something to watch.
    #[serde(default = "watch")]
    pub watch: f64,
}

fn alert() -> f64 {
    0.05
}

fn watch() -> f64 {
    0.20
}

/// One test of a family.
#[derive(Clone, Copy, Debug)]
pub struct Test {
    /// The cycle it belongs to, as a number.
    pub family: u32,
    pub n: u64,
    pub effect: f64,
    pub p: f64,
}

/// A test that became a finding.
#[derive(Clone, Copy, Debug)]
pub struct Chosen {
    /// Which of the tests.
    pub index: usize,
    /// The least false discovery rate at which it is still found.
    pub q: f64,
    pub level: Level,
}

/// The tests that are findings, in the order of the tests. Families are apart; a test with too few observations or
/// without a p is in none.
pub fn select(tests: &[Test], thresholds: &Thresholds) -> Vec<Chosen> {
    let mut families: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, test) in tests.iter().enumerate() {
        if test.n >= thresholds.n && test.p.is_finite() {
            families.entry(test.family).or_default().push(index);
        }
    }
    let mut chosen: Vec<Chosen> =
        families.into_values().flat_map(|family| select_in(family, tests, thresholds)).collect();
    chosen.sort_by_key(|one| one.index);
    chosen
}

fn select_in(mut family: Vec<usize>, tests: &[Test], thresholds: &Thresholds) -> Vec<Chosen> {
    family.sort_by(|a, b| tests[*a].p.total_cmp(&tests[*b].p));
    let size = family.len() as f64;
    let mut least = 1.0_f64;
    let mut chosen = Vec::new();
    for (below, index) in family.into_iter().enumerate().rev() {
        let test = &tests[index];
        least = least.min(test.p * size / (below + 1) as f64);
        if least <= thresholds.watch && test.effect >= thresholds.effect {
            let level = if least <= thresholds.alert { Level::Alert } else { Level::Watch };
            chosen.push(Chosen { index, q: least, level });
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Thresholds = Thresholds { effect: f64::NEG_INFINITY, n: 0, alert: 0.05, watch: 1.0 };

    fn tests_of(family: u32, p: &[f64]) -> Vec<Test> {
        p.iter().map(|p| Test { family, n: 10, effect: 1.0, p: *p }).collect()
    }

    /// The fifteen p of the example in Benjamini and Hochberg (1995), section 4: four are found at .05.
    #[test]
    fn the_example_of_the_paper_comes_out() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        let chosen = select(&tests_of(0, &p), &ALL);
        assert_eq!(chosen.iter().filter(|one| one.level == Level::Alert).count(), 4);
        assert!((chosen[3].q - 0.0095 * 15.0 / 4.0).abs() < 1e-12);
        assert!(chosen.windows(2).all(|two| two[0].q <= two[1].q));
    }

    #[test]
    fn families_do_not_weigh_on_each_other() {
        let mut tests = tests_of(0, &[0.04]);
        tests.extend(tests_of(1, &[0.9; 99]));
        assert_eq!(select(&tests, &ALL)[0].level, Level::Alert);
    }

    #[test]
    fn small_effects_and_few_observations_are_no_findings() {
        let thresholds = Thresholds { effect: 0.1, n: 5, ..ALL };
        let small = Test { family: 0, n: 9, effect: 0.05, p: 1e-9 };
        let few = Test { family: 0, n: 4, effect: 0.5, p: 1e-9 };
        assert!(select(&[small, few], &thresholds).is_empty());
    }
}
