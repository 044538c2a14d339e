//! What holds for all formulas and all rows.

use domain::formula::{EvaluateError, Formula, NotApplicable};
use num_rational::BigRational;
use proptest::prelude::*;

use super::{Made, evaluate, parse, parse_with, row};

fn training(hours: u32, required: u32) -> [Made; 1] {
    [row("training", "k", "", &[("hours", &hours.to_string()), ("required", &required.to_string())])]
}

fn ratio() -> Formula {
    parse("完成率=学时合计/应修学时合计;得分=min(完成率,1)*100").unwrap()
}

/// Any formula of the compact language, small enough to read.
fn any_formula() -> impl Strategy<Value = String> {
    let total = prop::sample::select(vec![
        "sum(cases.handled)",
        "mean(cases.satisfaction * cases.handled)",
        "sum(months 1..6: training.hours / 2)",
        "mean(latest by key: min(projects.actual / projects.planned, 1) * 100)",
        "mean(months 2..9, latest by code: projects.actual)",
    ]);
    let leaf = prop_oneof![
        total.prop_map(str::to_owned),
        Just("target".to_owned()),
        (0..1000_u32, 0..1000_u32).prop_map(|(whole, part)| format!("{whole}.{part:03}")),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            (pair.clone(), prop::sample::select(vec!["+", "-", "*", "/"]))
                .prop_map(|((a, b), op)| format!("({a}) {op} ({b})")),
            pair.clone().prop_map(|(a, b)| format!("min({a}, {b})")),
            (pair, inner.clone()).prop_map(|((a, b), c)| format!("if_zero({a}, max({b}, 1), {c})")),
            inner.prop_map(|a| format!("steps({a}; ..<0.5: 1, 0.5..2: 60.5, 2<..: 100)")),
        ]
    })
}

proptest! {
    #[test]
    fn a_capped_ratio_is_exact_within_bounds_and_grows(hours in 0..500_u32, required in 1..500_u32) {
        let outcome = evaluate(&ratio(), &training(hours, required)).unwrap();
        let exact = BigRational::new((u64::from(hours) * 100).into(), u64::from(required).into());
        prop_assert_eq!(&outcome.exact, &exact.min(BigRational::from_integer(100.into())));
        prop_assert!((0..=1_000_000).contains(&outcome.points));
        let more = evaluate(&ratio(), &training(hours + 1, required)).unwrap();
        prop_assert!(more.exact >= outcome.exact);
        let harder = evaluate(&ratio(), &training(hours, required + 1)).unwrap();
        prop_assert!(harder.exact <= outcome.exact);
    }

    #[test]
    fn rounding_is_to_the_nearest_and_halves_go_up(hours in 0..500_u32, required in 1..500_u32) {
        let outcome = evaluate(&ratio(), &training(hours, required)).unwrap();
        let error = outcome.exact * BigRational::from_integer(10_000.into()) - BigRational::from_integer(outcome.points.into());
        let half = BigRational::new(1.into(), 2.into());
        prop_assert!(error < half && error >= -half);
    }

    #[test]
    fn less_is_better_falls(returned in 0..200_u32, handled in 200..2000_u32) {
        let formula = parse_with("越低越好:实际=退件数合计/办件量合计;得分=min(目标/实际,1)*100;实际为0得100分", "0.01").unwrap();
        let score = |returned: u32| {
            let rows = [row("cases", "k", "", &[("returned", &returned.to_string()), ("handled", &handled.to_string())])];
            evaluate(&formula, &rows).unwrap().exact
        };
        prop_assert!(score(returned + 1) <= score(returned));
        prop_assert_eq!(score(0), BigRational::from_integer(100.into()));
    }

    /// How rows are cut into months does not matter to a sum.
    #[test]
    fn only_the_sum_matters(parts in prop::collection::vec(0..100_u32, 1..12)) {
        let whole: u32 = parts.iter().sum();
        let rows: Vec<Made> = parts.iter().flat_map(|part| training(*part, 10)).collect();
        let required = 10 * parts.len() as u32;
        let cut = evaluate(&ratio(), &rows).unwrap();
        prop_assert_eq!(cut.exact, evaluate(&ratio(), &training(whole, required)).unwrap().exact);
        prop_assert_eq!(cut.used, (0..parts.len()).collect::<Vec<_>>());
    }

    #[test]
    fn every_formula_reads_back_from_its_record(words in any_formula()) {
        let formula = parse_with(&words, "0.98").unwrap();
        let recorded: Formula = formula.to_string().parse().unwrap();
        prop_assert_eq!(&recorded, &formula);
        prop_assert_eq!(recorded.to_string(), formula.to_string());
    }

    /// Any formula over any rows gives a score within bounds, or says why not.
    #[test]
    fn every_formula_gives_a_score_or_a_reason(words in any_formula(), handled in 0..3_u32, hours in 0..3_u32) {
        let formula = parse_with(&words, "0.98").unwrap();
        let rows = [
            row("cases", "c", "2026-01-01", &[("handled", &handled.to_string()), ("satisfaction", "95.5")]),
            row("training", "t", "2026-02-01", &[("hours", &hours.to_string())]),
            row("projects", "p|2026-03-31", "2026-03-31", &[("code", "p"), ("actual", "0.5"), ("planned", "0.4")]),
        ];
        match evaluate(&formula, &rows) {
            Ok(outcome) => {
                prop_assert!((0..=1_000_000).contains(&outcome.points), "{}", outcome.arithmetic);
                prop_assert!(!outcome.arithmetic.contains('\n'));
            }
            Err(EvaluateError::NotApplicable(reason)) => {
                prop_assert!(!matches!(reason, NotApplicable::NoStep { .. }), "these steps have no gap");
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
    }

    /// Whatever people type, there is an answer and no panic.
    #[test]
    fn any_text_is_answered(words in "[得分=min()*/+\\-0-9.,;:%Σ每个项目取最新迟到次数扣为以上分段目标实际 a-z]{0,40}") {
        let _ = parse_with(&words, "1");
        let _ = words.parse::<Formula>();
    }

    #[test]
    fn any_characters_are_answered(words in "\\PC{0,60}") {
        let _ = parse_with(&words, "1");
    }
}
