//! How strict or lenient each rater is, by crossed random effects ([`crate::math::mixed`]): score = mean + covariates +
//! rater + what was rated + group + error, one model for each cycle.
//!
//! Raters differ, and that is no finding. What is looked for are raters out of line with how raters differ in this data:
//! the predicted effect, divided by the standard deviation that predictions have under the model (σ√(1 - unknown)), is
//! standard normal. Both tails.
//!
//! Input, a row for each score: text `cycle`, `indicator_id`, `rater_id`, `ratee_id`, `ratee_group`; numbers `score`,
//! `max_score`, and covariates `x_…`. Scores of different scales are brought to the largest.

use super::{Failure, Outcome, Settings, evidence, json, suspect};
use crate::{
    frame::{Frame, groups},
    math::{
        fdr::{Test, select},
        mixed::{Design, Factor, Fit, fit},
        tail,
    },
};
use serde_json::{Map, Value};

/// A rater of one cycle.
struct Rater {
    cycle: u32,
    rater: u32,
    scores: u64,
    effect: f64,
    z: f64,
}

pub fn run(rows: &Frame, settings: &Settings) -> Result<Outcome, Failure> {
    let (cycle, rater) = (rows.text("cycle")?, rows.text("rater_id")?);
    let scale = rows.numbers("max_score")?.iter().copied().fold(0.0, f64::max);
    let mut of_cycle: Vec<Vec<usize>> = vec![Vec::new(); cycle.words.len()];
    for (row, cycle) in cycle.codes.iter().enumerate() {
        of_cycle[*cycle as usize].push(row);
    }
    let mut raters: Vec<Rater> = Vec::new();
    let mut models: Vec<Value> = Vec::new();
    for (at, members) in of_cycle.iter().enumerate() {
        let (design, levels) = design(rows, members, scale)?;
        // A model of raters needs raters.
        if levels.len() < 3 {
            continue;
        }
        let fit = fit(&design)?;
        let mut model = Map::from_iter([("cycle".to_owned(), Value::from(cycle.words[at].as_str()))]);
        model.extend(told(&fit, &design));
        models.push(Value::Object(model));
        let mut scores = vec![0; levels.len()];
        design.factors[0].codes.iter().for_each(|level| scores[*level as usize] += 1);
        raters.extend(levels.iter().enumerate().map(|(level, [rater])| Rater {
            cycle: at as u32,
            rater: *rater,
            scores: scores[level],
            effect: fit.effects[0][level],
            z: fit.effects[0][level] / (fit.sds[0] * (1.0 - fit.unknown[0][level]).sqrt()),
        }));
    }
    let tests: Vec<Test> = raters
        .iter()
        .map(|one| Test {
            family: one.cycle,
            n: one.scores,
            effect: (one.effect / scale).abs(),
            p: (2.0 * tail::normal(one.z.abs())).min(1.0),
        })
        .collect();
    let suspects = select(&tests, settings.thresholds)
        .into_iter()
        .map(|chosen| {
            let (one, test) = (&raters[chosen.index], &tests[chosen.index]);
            suspect(
                &chosen,
                test,
                &cycle.words[one.cycle as usize],
                &rater.words[one.rater as usize],
                evidence([("severity", one.effect), ("z", one.z)]),
            )
        })
        .collect();
    Ok(Outcome { suspects, tested: tests, meta: Map::from_iter([("models".to_owned(), Value::from(models))]) })
}

/// The design of the rows of one cycle, and which raters its levels are.
fn design(rows: &Frame, members: &[usize], scale: f64) -> Result<(Design, Vec<[u32; 1]>), Failure> {
    let codes = |name: &'static str| -> Result<Vec<u32>, Failure> {
        let text = rows.text(name)?;
        Ok(members.iter().map(|row| text.codes[*row]).collect())
    };
    let (score, max) = (rows.numbers("score")?, rows.numbers("max_score")?);
    let (rater, raters) = groups([&codes("rater_id")?]);
    let (item, items) = groups([&codes("indicator_id")?, &codes("ratee_id")?]);
    let (group, group_keys) = groups([&codes("ratee_group")?]);
    let mut factors = vec![Factor { codes: rater, levels: raters.len() }, Factor { codes: item, levels: items.len() }];
    if group_keys.len() > 1 {
        factors.push(Factor { codes: group, levels: group_keys.len() });
    }
    let covariates = rows
        .numbers_like("x_")
        .into_iter()
        .map(|(_, column)| members.iter().map(|row| column[*row]).collect::<Vec<f64>>())
        .filter(|column| column.iter().any(|value| *value != column[0]))
        .collect();
    let response = members.iter().map(|row| score[*row] * scale / max[*row]).collect();
    Ok((Design { response, covariates, factors }, raters))
}

fn told(fit: &Fit, design: &Design) -> Map<String, Value> {
    let names = ["rater", "ratee", "group"];
    let mut told = Map::new();
    told.insert("scores".into(), Value::from(design.response.len()));
    told.insert("deviance".into(), Value::from((fit.deviance * 1e6).round() / 1e6));
    told.insert("evaluations".into(), Value::from(fit.evaluations));
    told.insert("sd_error".into(), json(fit.sigma));
    for ((name, sd), factor) in names.iter().zip(&fit.sds).zip(&design.factors) {
        told.insert(format!("sd_{name}"), json(*sd));
        told.insert(format!("{name}s"), Value::from(factor.levels));
    }
    told.insert("fixed".into(), fit.fixed.iter().map(|value| json(*value)).collect());
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::{fdr::Thresholds, random::Random};
    use std::collections::BTreeMap;

    fn found(severe: f64) -> Outcome {
        let mut random = Random::new(12);
        let merits: Vec<f64> = (0..60).map(|_| 6.0 * random.normal()).collect();
        let mut columns: [Vec<String>; 2] = Default::default();
        let mut score = Vec::new();
        for rater in 0..50 {
            let own = if rater == 7 { severe } else { 2.0 * random.normal() };
            for (ratee, merit) in merits.iter().enumerate().filter(|(ratee, _)| (ratee + rater) % 4 == 0) {
                columns[0].push(format!("r{rater:02}"));
                columns[1].push(format!("p{ratee:02}"));
                score.push(75.0 + own + merit + 3.0 * random.normal());
            }
        }
        let rows = Frame::default()
            .with_text("cycle", score.iter().map(|_| "2025").collect())
            .with_text("indicator_id", score.iter().map(|_| "i").collect())
            .with_text("rater_id", columns[0].iter().map(String::as_str).collect())
            .with_text("ratee_id", columns[1].iter().map(String::as_str).collect())
            .with_text("ratee_group", score.iter().map(|_| "").collect())
            .with_numbers("max_score", vec![100.0; score.len()])
            .with_numbers("score", score);
        let thresholds = Thresholds { effect: 0.03, n: 5, alert: 0.05, watch: 0.2 };
        run(&rows, &Settings { thresholds: &thresholds, parameters: &BTreeMap::new() }).unwrap()
    }

    #[test]
    fn a_rater_out_of_line_is_found_and_ordinary_strictness_is_not() {
        let outcome = found(-14.0);
        assert_eq!(outcome.suspects.len(), 1);
        assert_eq!(outcome.suspects[0].subject_id, "r07");
        assert!(outcome.suspects[0].evidence["severity"].as_f64().unwrap() < -10.0);
        assert!(found(3.0).suspects.is_empty());
    }
}
