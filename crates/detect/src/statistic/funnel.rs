//! A unit's share of hits against its peers and against its own other cycles.
//!
//! Spiegelhalter, "Handling over-dispersion of performance indicators" (2005): shares are compared as angles
//! arcsin √share, whose variance hardly depends on the share; how far units really scatter is estimated from z-values
//! winsorised at 10 % (φ), and taken as an additive variance τ² between units. The angle is Anscombe's (1948), with
//! variance 1/(4n + 2), which holds for small n. With its own history a unit is compared by how far it stands from its
//! pool, now and on average of its other cycles, so that a pool whose level moves makes nobody odd; the median shift of the
//! pool is taken off, and its over-dispersion estimated in the same way. Both tests are of the upper tail; their joint
//! p is min(1, 2 min p).
//!
//! Input, a row for each unit and cycle: text `cycle`, `peer_group`, `unit_id`; numbers `hits`, `total`. If there is a column
//! `expected`, the share that each unit ought to have, it stands in the place of the pool's share. Parameters: `peers`, the least number of units that make a pool.

use super::{Failure, Outcome, Settings, evidence, json, suspect};
use crate::{
    frame::{Frame, groups},
    math::{
        fdr::{Test, select},
        spread::{Spread, quantile},
        tail,
    },
};
use serde_json::{Map, Value};

/// One unit in one cycle.
struct Standing {
    row: usize,
    pool: u32,
    angle: f64,
    variance: f64,
    /// Angle minus that of the pool.
    distance: f64,
    /// The share of the pool.
    expected: f64,
    peers: Option<f64>,
    history: Option<f64>,
    /// The mean share of its other cycles, if there are any.
    before: Option<f64>,
}

pub fn run(rows: &Frame, settings: &Settings) -> Result<Outcome, Failure> {
    let (cycle, unit) = (rows.text("cycle")?, rows.text("unit_id")?);
    let (hits, total) = (rows.numbers("hits")?, rows.numbers("total")?);
    let expected = rows.numbers("expected").ok();
    let least = settings.count("peers")?;
    let (pool, pools) = groups([&cycle.codes, &rows.text("peer_group")?.codes]);
    let mut standings: Vec<Standing> = (0..rows.rows())
        .filter(|row| total[*row] >= settings.thresholds.n as f64)
        .map(|row| Standing {
            row,
            pool: pool[row],
            angle: ((hits[row] + 0.375) / (total[row] + 0.75)).sqrt().min(1.0).asin(),
            variance: 1.0 / (4.0 * total[row] + 2.0),
            distance: 0.0,
            expected: 0.0,
            peers: None,
            history: None,
            before: None,
        })
        .collect();
    let mut told: Vec<Map<String, Value>> = vec![Map::new(); pools.len()];
    standings.sort_by_key(|one| one.pool);
    for units in standings.chunk_by_mut(|a, b| a.pool == b.pool) {
        let meta = &mut told[units[0].pool as usize];
        against_peers(units, (hits, total, expected), least, meta);
    }
    against_history(&mut standings, &unit.codes, hits, total, least, &mut told);

    let tests: Vec<Test> = standings
        .iter()
        .map(|one| Test {
            family: cycle.codes[one.row],
            n: total[one.row] as u64,
            effect: hits[one.row] / total[one.row] - one.expected,
            p: joint(one.peers, one.history),
        })
        .collect();
    let suspects = select(&tests, settings.thresholds)
        .into_iter()
        .map(|chosen| {
            let (one, test) = (&standings[chosen.index], &tests[chosen.index]);
            suspect(
                &chosen,
                test,
                cycle.word(one.row),
                unit.word(one.row),
                evidence([
                    ("hits", hits[one.row]),
                    ("share", hits[one.row] / total[one.row]),
                    ("peer_share", one.expected),
                    ("own_share", one.before.unwrap_or(f64::NAN)),
                    ("p_peers", one.peers.unwrap_or(f64::NAN)),
                    ("p_history", one.history.unwrap_or(f64::NAN)),
                ]),
            )
        })
        .collect();
    let words = &rows.text("peer_group")?.words;
    let told = pools.iter().zip(told).map(|([in_cycle, group], mut told)| {
        told.insert("cycle".into(), Value::from(cycle.words[*in_cycle as usize].as_str()));
        told.insert("peer_group".into(), Value::from(words[*group as usize].as_str()));
        Value::Object(told)
    });
    Ok(Outcome { suspects, tested: tests, meta: Map::from_iter([("pools".to_owned(), told.collect())]) })
}

/// The chance of the smaller of the p that there are, by Bonferroni.
fn joint(peers: Option<f64>, history: Option<f64>) -> f64 {
    match (peers, history) {
        (Some(peers), Some(history)) => (2.0 * peers.min(history)).min(1.0),
        (Some(p), None) | (None, Some(p)) => p,
        (None, None) => f64::NAN,
    }
}

fn against_peers(
    units: &mut [Standing],
    (hits, total, expected): (&[f64], &[f64], Option<&[f64]>),
    least: usize,
    meta: &mut Map<String, Value>,
) {
    let of_all: f64 = units.iter().map(|one| hits[one.row]).sum::<f64>();
    let share = of_all / units.iter().map(|one| total[one.row]).sum::<f64>();
    for one in units.iter_mut() {
        one.expected = expected.map_or(share, |expected| expected[one.row]);
        one.distance = one.angle - one.expected.sqrt().asin();
    }
    meta.insert("units".into(), Value::from(units.len()));
    meta.insert("share".into(), json(share));
    if units.len() < least {
        return;
    }
    let spread = Spread::of(units.iter().map(|one| (one.distance, one.variance)));
    meta.insert("phi".into(), json(spread.phi));
    meta.insert("tau2".into(), json(spread.tau2));
    for one in units {
        one.peers = Some(tail::normal(one.distance / (one.variance + spread.tau2).sqrt()));
    }
}

fn against_history(
    standings: &mut [Standing],
    unit: &[u32],
    hits: &[f64],
    total: &[f64],
    least: usize,
    told: &mut [Map<String, Value>],
) {
    let mut by_unit: Vec<(u32, usize)> = standings.iter().enumerate().map(|(at, one)| (unit[one.row], at)).collect();
    by_unit.sort_unstable();
    let mut shifts: Vec<Shift> = Vec::new();
    for same in by_unit.chunk_by(|a, b| a.0 == b.0) {
        let weighed =
            |weight: &dyn Fn(&Standing) -> f64| same.iter().map(|(_, at)| weight(&standings[*at])).sum::<f64>();
        let size = weighed(&|one| total[one.row]);
        let distance = weighed(&|one| total[one.row] * one.distance);
        let of_all = weighed(&|one| hits[one.row]);
        for (_, at) in same {
            let one = &mut standings[*at];
            let others = size - total[one.row];
            if others <= 0.0 {
                continue;
            }
            let mean = (distance - total[one.row] * one.distance) / others;
            let variance = one.variance + 1.0 / (4.0 * others);
            shifts.push(Shift { pool: one.pool, at: *at, by: one.distance - mean, variance });
            one.before = Some((of_all - hits[one.row]) / others);
        }
    }
    shifts.sort_by_key(|shift| (shift.pool, shift.at));
    for pool in shifts.chunk_by(|a, b| a.pool == b.pool).filter(|pool| pool.len() >= least) {
        let mut moved: Vec<f64> = pool.iter().map(|shift| shift.by).collect();
        moved.sort_by(f64::total_cmp);
        let centre = quantile(&moved, 0.5);
        let spread = Spread::of(pool.iter().map(|shift| (shift.by - centre, shift.variance)));
        let meta = &mut told[pool[0].pool as usize];
        meta.insert("history_phi".into(), json(spread.phi));
        meta.insert("history_tau2".into(), json(spread.tau2));
        for shift in pool {
            let z = (shift.by - centre) / (shift.variance + spread.tau2).sqrt();
            standings[shift.at].history = Some(tail::normal(z));
        }
    }
}

/// Distance now minus the mean distance of all other cycles.
struct Shift {
    pool: u32,
    /// Which standing.
    at: usize,
    by: f64,
    /// By sampling alone.
    variance: f64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{fdr::Thresholds, random::Random};
    use std::collections::BTreeMap;

    /// Units of one pool over cycles, each with a total and a chance of hits.
    fn frame(random: &mut Random, cycles: usize, units: usize, chance: impl Fn(usize, usize) -> f64) -> Frame {
        let mut columns: (Vec<String>, Vec<String>, Vec<f64>, Vec<f64>) = Default::default();
        for cycle in 0..cycles {
            for unit in 0..units {
                let total = 20 + 7 * (unit % 9);
                let hits = (0..total).filter(|_| random.chance(chance(cycle, unit))).count();
                columns.0.push(format!("{}", 2020 + cycle));
                columns.1.push(format!("u{unit:03}"));
                columns.2.push(hits as f64);
                columns.3.push(total as f64);
            }
        }
        Frame::default()
            .with_text("cycle", columns.0.iter().map(String::as_str).collect())
            .with_text("peer_group", columns.0.iter().map(|_| "").collect())
            .with_text("unit_id", columns.1.iter().map(String::as_str).collect())
            .with_numbers("hits", columns.2)
            .with_numbers("total", columns.3)
    }

    fn found(rows: &Frame) -> Outcome {
        let thresholds = Thresholds { effect: 0.1, n: 10, alert: 0.05, watch: 0.2 };
        let parameters = BTreeMap::from([("peers".to_owned(), toml::Value::Integer(8))]);
        run(rows, &Settings { thresholds: &thresholds, parameters: &parameters }).unwrap()
    }

    #[test]
    fn a_unit_far_above_its_peers_is_found_and_chance_alone_is_not() {
        let mut random = Random::new(7);
        let rows = frame(&mut random, 1, 40, |_, unit| if unit == 5 { 0.8 } else { 0.2 });
        let outcome = found(&rows);
        assert_eq!(outcome.suspects.len(), 1);
        assert_eq!(outcome.suspects[0].subject_id, "u005");
        let flags: usize = (0..50).map(|_| found(&frame(&mut random, 1, 40, |_, _| 0.2)).suspects.len()).sum();
        assert!(flags <= 20, "{flags} of 2000 units by chance alone");
    }

    /// What the fixed funnel gets wrong: where units differ anyway, hardly anybody is odd.
    #[test]
    fn real_differences_between_units_are_allowed_for() {
        let mut random = Random::new(8);
        let levels: Vec<f64> = (0..200).map(|_| (0.4 + 0.15 * random.normal()).clamp(0.02, 0.98)).collect();
        let rows = frame(&mut random, 1, 200, |_, unit| levels[unit]);
        let outcome = found(&rows);
        assert!(outcome.suspects.len() <= 2, "{}", outcome.suspects.len());
        assert!(outcome.meta["pools"][0]["phi"].as_f64().unwrap() > 2.0);
    }

    /// Among peers that scatter widely only a unit's own past shows that it jumped.
    #[test]
    fn a_jump_against_the_own_history_is_found() {
        let mut random = Random::new(9);
        let levels: Vec<f64> = (0..100).map(|_| (0.4 + 0.2 * random.normal()).clamp(0.05, 0.95)).collect();
        let rows = frame(&mut random, 4, 100, |cycle, unit| match unit {
            11 if cycle == 2 => 0.85,
            11 => 0.15,
            _ => levels[unit],
        });
        let outcome = found(&rows);
        let one = outcome.suspects.iter().find(|one| one.subject_id == "u011" && one.cycle == "2022").unwrap();
        assert!(one.evidence["p_history"].as_f64() < one.evidence["p_peers"].as_f64());
    }

    #[test]
    fn too_few_peers_make_no_pool() {
        let rows = frame(&mut Random::new(1), 1, 7, |_, unit| if unit == 0 { 0.9 } else { 0.1 });
        assert!(found(&rows).suspects.is_empty());
    }
}
