//! What comes out, exactly, with its working and the rows it rests on.

use domain::formula::{EvaluateError, NotApplicable};

use super::{evaluate, parse, parse_with, row};

fn reason(error: EvaluateError) -> NotApplicable {
    match error {
        EvaluateError::NotApplicable(reason) => reason,
        other => panic!("{other}"),
    }
}

#[test]
fn a_ratio_with_its_cap() {
    let formula = parse_with("完成率=实际/目标;得分=min(完成率,1)*100;实际=办件量合计", "1800").unwrap();
    let rows = [
        row("cases", "YT1|2026-01", "2026-01-01", &[("handled", "1000"), ("on_time", "999")]),
        row("training", "YT1|course", "", &[("hours", "3")]),
        row("cases", "YT1|2026-02", "2026-02-01", &[("handled", "595")]),
    ];
    let outcome = evaluate(&formula, &rows).unwrap();
    assert_eq!(outcome.exact.to_string(), "1595/18");
    assert_eq!(outcome.points, 886_111);
    assert_eq!(outcome.arithmetic, "min(1595 / 1800, 1) * 100 = 88.6111");
    assert_eq!(outcome.used, [0, 2]);
    let inputs: Vec<_> = outcome.inputs.iter().map(|(label, value)| format!("{label} = {value}")).collect();
    assert_eq!(inputs, ["sum(cases.handled) = 1595", "target = 1800"]);
    let above = [row("cases", "k", "", &[("handled", "2000")])];
    assert_eq!(evaluate(&formula, &above).unwrap().points, 1_000_000);
}

#[test]
fn what_is_held_against_a_target() {
    let aim = |compact: &str| {
        let formula = parse(compact).unwrap();
        formula.aim().map(|aim| (aim.source.to_owned(), aim.field.to_owned(), aim.target.to_string(), aim.months))
    };
    let handled = |months| Some(("cases".to_owned(), "handled".to_owned(), "1800".to_owned(), months));
    assert_eq!(aim("min(sum(cases.handled) / target, 1) * 100; target = 1800"), handled(None));
    assert_eq!(aim("min(sum(months 1..9: cases.handled) / 1800, 1) * 100"), handled(Some((1, 9))));
    assert_eq!(aim("min(sum(cases.on_time) / sum(cases.handled), 1) * 100"), None);
    assert_eq!(aim("sum(cases.handled)"), None);
}

#[test]
fn halves_of_the_fifth_decimal_go_up() {
    let at = |value: &str| {
        let rows = [row("cases", "k", "", &[("handled", value)])];
        evaluate(&parse("sum(handled)").unwrap(), &rows).unwrap().points
    };
    assert_eq!(at("88.61114"), 886_111);
    assert_eq!(at("88.61115"), 886_112);
    assert_eq!(at("88.611149999999999999"), 886_111);
    assert_eq!(at("0.00005"), 1);
    assert_eq!(at("99.99995"), 1_000_000);
}

#[test]
fn nothing_to_divide_by_is_not_applicable() {
    let formula = parse("min(sum(hours)/sum(required), 1) * 100").unwrap();
    let rows = [row("training", "k", "", &[("hours", "5"), ("required", "0")])];
    let zero = reason(evaluate(&formula, &rows).unwrap_err());
    assert_eq!(zero, NotApplicable::ZeroDivisor { divisor: "sum(training.required)".into() });
    assert!(zero.to_string().contains("为0") && zero.english().contains("is 0"));
    let none = reason(evaluate(&formula, &[]).unwrap_err());
    assert_eq!(none, NotApplicable::NoRows { source: "training".into() });
    assert!(none.to_string().contains("training") && none.english().contains("training"));
}

#[test]
fn less_is_better_and_nothing_is_best() {
    let compact = parse_with("min(target / (sum(returned)/sum(handled)), 1)*100", "0.01").unwrap();
    let words = parse_with("实际=退件数合计/办件量合计;得分=min(目标/实际,1)*100;实际为0得100分", "0.01").unwrap();
    let cases = |returned, handled| [row("cases", "k", "", &[("returned", returned), ("handled", handled)])];
    for formula in [&compact, &words] {
        assert_eq!(evaluate(formula, &cases("0", "1958")).unwrap().points, 1_000_000);
        assert_eq!(evaluate(formula, &cases("28", "1595")).unwrap().exact.to_string(), "1595/28");
        assert_eq!(evaluate(formula, &cases("7", "1750")).unwrap().points, 1_000_000);
        let nothing = reason(evaluate(formula, &cases("0", "0")).unwrap_err());
        assert_eq!(nothing, NotApplicable::ZeroDivisor { divisor: "sum(cases.handled)".into() }, "no cases at all");
    }
    let arithmetic = |formula, returned| evaluate(formula, &cases(returned, "1595")).unwrap().arithmetic;
    assert_eq!(arithmetic(&compact, "0"), "min(0.01 / (0 / 1595), 1) * 100 = 100");
    assert_eq!(arithmetic(&words, "0"), "if_zero(0 / 1595, 100) = 100");
    assert_eq!(arithmetic(&words, "28"), "min(0.01 / (28 / 1595), 1) * 100 = 56.9643");
}

#[test]
fn steps_show_the_one_that_was_taken() {
    let formula = parse("steps(sum(late); 0..2: 100, 3..5: 80, 6..9: 60, 10..: 0)").unwrap();
    let late = |times: usize| {
        let rows: Vec<_> =
            (0..20).map(|day| row("attendance", "k", "", &[("late", if day < times { "1" } else { "0" })])).collect();
        evaluate(&formula, &rows).unwrap()
    };
    let points: Vec<_> = (0..12).map(|times| late(times).points / 10_000).collect();
    assert_eq!(points, [100, 100, 100, 80, 80, 80, 60, 60, 60, 60, 0, 0]);
    assert_eq!(late(5).arithmetic, "steps(5; 3..5: 80) = 80");
    let half = [row("attendance", "k", "", &[("late", "2.5")])];
    assert_eq!(reason(evaluate(&formula, &half).unwrap_err()), NotApplicable::NoStep { value: "2.5".into() });
}

#[test]
fn of_each_project_the_latest_row_counts() {
    let words = "对本人负责或参与的每个项目取期内最新一条记录:单项得分=min(实际完成率/计划完成率,1)*100;得分=各项目单项得分的算术平均";
    let compact = "mean(latest by code: min(actual/planned,1)*100)";
    let project = |code, date: &str, actual, planned| {
        row("projects", &format!("{code}|{date}"), date, &[("code", code), ("actual", actual), ("planned", planned)])
    };
    let rows = [
        project("XM02", "2026-09-30", "0.916", "1"),
        project("XM01", "2026-08-31", "0.1", "0.9"),
        project("XM01", "2026-09-30", "0.571", "0.59"),
        project("XM02", "2026-08-31", "0.9", "0.9"),
    ];
    for words in [words, compact] {
        let outcome = evaluate(&parse(words).unwrap(), &rows).unwrap();
        assert_eq!(outcome.exact.to_string(), "27786/295", "{words}");
        assert_eq!((outcome.points, outcome.used), (941_898, vec![0, 2]));
        assert_eq!(
            outcome.arithmetic,
            "mean(XM01: min(0.571 / 0.59, 1) * 100 = 96.7797; XM02: min(0.916 / 1, 1) * 100 = 91.6) = 94.1898"
        );
        let labels: Vec<_> = outcome.inputs.iter().map(|(label, _)| label.as_str()).collect();
        assert_eq!(labels[..2], ["XM01", "XM02"]);
    }
}

#[test]
fn months_leave_out_the_rest_of_the_year() {
    let formula = parse("1-9月办件量合计").unwrap();
    let rows = [
        row("cases", "a", "2026-09-01", &[("handled", "7")]),
        row("cases", "b", "2026-10-01", &[("handled", "100")]),
        row("cases", "c", "", &[("handled", "1000")]),
    ];
    let outcome = evaluate(&formula, &rows).unwrap();
    assert_eq!((outcome.points, outcome.used), (70_000, vec![0]));
    assert!(evaluate(&formula, &rows[1..]).is_err(), "no rows in those months");
}

#[test]
fn a_row_without_all_values_counts_nowhere() {
    let formula = parse("Σ(满意度×办件量)/Σ办件量").unwrap();
    let rows = [
        row("cases", "a", "", &[("handled", "10"), ("satisfaction", "90")]),
        row("cases", "b", "", &[("handled", "1000")]),
        row("cases", "c", "", &[("handled", "30"), ("satisfaction", "94")]),
    ];
    let outcome = evaluate(&formula, &rows).unwrap();
    assert_eq!((outcome.points, outcome.used), (930_000, vec![0, 2]));
}

#[test]
fn no_score_is_below_zero_or_above_the_cap() {
    let formula = parse_with("每迟到1次扣30分", "1").unwrap();
    let rows = |late| [row("attendance", "k", "", &[("late", late)])];
    let low = evaluate(&formula, &rows("4")).unwrap();
    assert_eq!((low.points, low.arithmetic.as_str()), (0, "100 - 4 * 30 = -20 -> 0"));
    let high = evaluate(&parse_with("迟到次数*30", "1").unwrap(), &rows("4")).unwrap();
    assert_eq!((high.points, high.arithmetic.as_str()), (1_000_000, "4 * 30 = 120 -> 100"));
    let free = evaluate(&parse("迟到次数*30").unwrap(), &rows("4")).unwrap();
    assert_eq!(free.points, 1_200_000, "without a cap nothing is cut");
}

#[test]
fn a_value_that_is_no_number_is_an_error_that_names_its_place() {
    let rows = [row("attendance", "YT1|2026-01-05", "2026-01-05", &[("late", "是")])];
    let error = evaluate(&parse("迟到次数").unwrap(), &rows).unwrap_err();
    for sentence in [error.to_string(), error.english()] {
        for part in ["YT1|2026-01-05", "attendance.late", "是"] {
            assert!(sentence.contains(part), "{sentence}");
        }
    }
}

#[test]
fn a_score_beyond_all_measure_is_an_error() {
    let rows = [row("attendance", "k", "", &[("late", "999999999999999999")])];
    let error = evaluate(&parse("迟到次数*迟到次数").unwrap(), &rows).unwrap_err();
    assert!(matches!(error, EvaluateError::TooLarge(_)), "{error}");
    assert!(error.english().contains("too large"));
}
