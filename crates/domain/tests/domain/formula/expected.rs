//! The quantitative scores that were worked out by hand for the sample city, from the inputs stated beside them.

use num_rational::BigRational;
use serde_json::Value;

use super::{Made, evaluate, parse_with, row};
use crate::shared;

/// Indicator name, formula and target as the sample library has them.
const LIBRARY: [(&str, &str, &str); 7] = [
    ("培训学时完成率", "完成率=学时合计/应修学时合计;得分=min(完成率,1)*100", "1"),
    ("迟到次数", "按期内迟到次数分段:0-2次100分;3-5次80分;6-9次60分;>=10次0分", "≤2次"),
    ("办件量完成率", "完成率=实际/目标;得分=min(完成率,1)*100;实际=1-9月办件量合计;目标=月目标200件×9个月", "1800"),
    ("按时办结率", "实际=按时办结量合计/办件量合计;完成率=实际/目标;得分=min(完成率,1)*100", "0.98"),
    ("群众满意度", "实际=Σ(满意度×办件量)/Σ办件量;完成率=实际/目标;得分=min(完成率,1)*100", "95"),
    ("退件率", "越低越好:实际=退件数合计/办件量合计;得分=min(目标/实际,1)*100;实际为0得100分", "0.01"),
    (
        "项目进度完成率",
        "对本人负责或参与的每个项目取期内最新一条记录:完成率=实际完成率/计划完成率,单项得分=min(完成率,1)*100;得分=各项目单项得分的算术平均",
        "1",
    ),
];

/// Rows that add up to the inputs.
fn rows(name: &str, inputs: &Value) -> Vec<Made> {
    let input = |key: &str| inputs[key].to_string();
    let month = |fields: &[(&str, &str)]| row("cases", "k", "2026-03-01", fields);
    match name {
        "培训学时完成率" => {
            vec![row("training", "k", "", &[("hours", &input("学时合计")), ("required", &input("应修学时合计"))])]
        }
        "迟到次数" => vec![row("attendance", "k", "", &[("late", &input("迟到次数"))])],
        "办件量完成率" => vec![month(&[("handled", &input("办件量合计"))])],
        "按时办结率" => vec![month(&[("on_time", &input("按时办结量合计")), ("handled", &input("办件量合计"))])],
        "退件率" => vec![month(&[("returned", &input("退件数合计")), ("handled", &input("办件量合计"))])],
        // One case with all the satisfaction, the others with none: the same sums.
        "群众满意度" => {
            let others = (inputs["办件量合计"].as_u64().unwrap() - 1).to_string();
            vec![
                month(&[("satisfaction", &input("满意度乘办件量合计")), ("handled", "1")]),
                month(&[("satisfaction", "0"), ("handled", &others)]),
            ]
        }
        "项目进度完成率" => {
            let project = |project: &Value| {
                let key = format!("{}|2026-09-30", project["项目编号"].as_str().unwrap());
                let (actual, planned) = (project["实际"].to_string(), project["计划"].to_string());
                row("projects", &key, "2026-09-30", &[("actual", &actual), ("planned", &planned)])
            };
            inputs["项目"].as_array().unwrap().iter().map(project).collect()
        }
        _ => panic!("an indicator that this test does not know: {name}"),
    }
}

#[test]
fn every_score_of_the_sample_city_matches() {
    let Some(file) = shared("samples/expected.json") else { return };
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut count = 0;
    for person in expected["quantitative_expected"].as_array().unwrap() {
        for indicator in person["indicators"].as_array().unwrap() {
            let (name, what) =
                (indicator["name"].as_str().unwrap(), format!("{} {}", person["工号"], indicator["code"]));
            let (_, words, target) = LIBRARY.into_iter().find(|(known, ..)| *known == name).expect(name);
            let formula = parse_with(words, target).unwrap();
            let outcome =
                evaluate(&formula, &rows(name, &indicator["inputs"])).unwrap_or_else(|e| panic!("{what}: {e}"));
            let exact: BigRational = indicator["score_exact"].as_str().unwrap().parse().unwrap();
            assert_eq!(outcome.exact, exact, "{what}: {}", outcome.arithmetic);
            // A float carries four decimals of a score without loss.
            let points = (indicator["score"].as_f64().unwrap() * 10_000.0).round() as i64;
            assert_eq!(outcome.points, points, "{what}");
            let weight = BigRational::new(indicator["weight"].as_i64().unwrap().into(), 100.into());
            let weighted: BigRational = indicator["weighted_exact"].as_str().unwrap().parse().unwrap();
            assert_eq!(outcome.exact * weight, weighted, "{what}");
            count += 1;
        }
    }
    assert!(count >= 40, "only {count} indicators");
}
