//! What offices write, and how it is understood.

use domain::formula::Formula;

use super::{parse, parse_with, vocabulary};

#[track_caller]
fn means(words: &str, compact: &str) {
    let formula = parse_with(words, "0.98").unwrap_or_else(|error| panic!("{words}: {error}"));
    assert_eq!(formula.to_string(), format!("{compact}; cap = 100"), "{words}");
    let recorded: Formula = formula.to_string().parse().unwrap_or_else(|error| panic!("{formula}: {error}"));
    assert_eq!(recorded, formula, "the record of {words}");
    let again = Formula::parse(&formula.to_string(), Some("0.98"), Some("100"), &vocabulary()).unwrap();
    assert_eq!(again, formula, "{words}, read with a vocabulary");
}

const RATIO: &str = "min(sum(training.hours) / sum(training.required), 1) * 100";
const LATE: &str = "steps(sum(attendance.late); 0..2: 100, 3..5: 80, 6..9: 60, 10..: 0)";
const RETURNED: &str = "sum(cases.returned) / sum(cases.handled)";

/// The seven formulas of the sample library, with the targets that stand beside them.
#[test]
fn the_sample_library_is_understood() {
    let library = [
        ("完成率=学时合计/应修学时合计;得分=min(完成率,1)*100", "1", format!("{RATIO}; cap = 100")),
        ("按期内迟到次数分段:0-2次100分;3-5次80分;6-9次60分;>=10次0分", "≤2次", format!("{LATE}; cap = 100")),
        (
            "完成率=实际/目标;得分=min(完成率,1)*100;实际=1-9月办件量合计;目标=月目标200件×9个月",
            "1800",
            "min(sum(months 1..9: cases.handled) / target, 1) * 100; target = 1800; cap = 100".to_owned(),
        ),
        (
            "实际=按时办结量合计/办件量合计;完成率=实际/目标;得分=min(完成率,1)*100",
            "0.98",
            "min(sum(cases.on_time) / sum(cases.handled) / target, 1) * 100; target = 0.98; cap = 100".to_owned(),
        ),
        (
            "实际=Σ(满意度×办件量)/Σ办件量;完成率=实际/目标;得分=min(完成率,1)*100",
            "95",
            "min(sum(cases.satisfaction * cases.handled) / sum(cases.handled) / target, 1) * 100; target = 95; cap = 100"
                .to_owned(),
        ),
        (
            "越低越好:实际=退件数合计/办件量合计;得分=min(目标/实际,1)*100;实际为0得100分",
            "0.01",
            format!("if_zero({RETURNED}, 100, min(target / ({RETURNED}), 1) * 100); target = 0.01; cap = 100"),
        ),
        (
            "对本人负责或参与的每个项目取期内最新一条记录:完成率=实际完成率/计划完成率,单项得分=min(完成率,1)*100;得分=各项目单项得分的算术平均",
            "1",
            "mean(latest by key: min(projects.actual / projects.planned, 1) * 100); cap = 100".to_owned(),
        ),
    ];
    for (words, target, compact) in library {
        let formula = parse_with(words, target).unwrap_or_else(|error| panic!("{words}: {error}"));
        assert_eq!(formula.to_string(), compact, "{words}");
        assert_eq!(formula.to_string().parse::<Formula>().as_ref(), Ok(&formula), "{words}");
    }
}

#[test]
fn the_compact_language_is_understood_with_short_and_with_full_names() {
    means("min(sum(hours)/sum(required), 1) * 100", RATIO);
    means("min(sum(training.hours)/sum(training.required), 1) * 100", RATIO);
    means("steps(sum(late); 0..2: 100, 3..5: 80, 6..9: 60, 10..: 0)", LATE);
    means(
        "mean(latest by code: min(actual/planned,1)*100)",
        "mean(latest by code: min(projects.actual / projects.planned, 1) * 100)",
    );
    means("sum(months 1..6: handled)", "sum(months 1..6: cases.handled)");
    means("mean(months 4..6, latest by key: actual)", "mean(months 4..6, latest by key: projects.actual)");
    means("max(100 - sum(late) * 5, 0)", "max(100 - sum(attendance.late) * 5, 0)");
    means("sum(cases.handled); 封顶 = 100", "sum(cases.handled)");
}

#[test]
fn less_is_better_in_the_compact_language() {
    let formula = parse_with("min(target / (sum(returned)/sum(handled)), 1)*100", "0.01").unwrap();
    assert_eq!(formula.to_string(), format!("min(target / ({RETURNED}), 1) * 100; target = 0.01; cap = 100"));
    assert_eq!(formula.sources(), ["cases"].into());
}

#[test]
fn brackets_stay_where_they_matter_and_only_there() {
    means("(sum(late))-(1-2)", "sum(attendance.late) - (1 - 2)");
    means("((sum(late)-1)-2)*3", "(sum(attendance.late) - 1 - 2) * 3");
    means("sum(late)/(2*3)", "sum(attendance.late) / (2 * 3)");
    means("100-(-sum(late))", "100 - (0 - sum(attendance.late))");
}

#[test]
fn full_width_signs_and_other_separators_are_the_same() {
    means("完成率＝学时合计÷应修学时合计；得分＝ＭＩＮ（完成率，１）×１００", RATIO);
    means("完成率=学时合计/应修学时合计，得分=min(完成率,1)*100分。", RATIO);
    means("得分 = min( 完成率 , 1 ) * 100\n其中：完成率 = 合计学时 / 合计应修学时", RATIO);
    means("完成率：学时合计÷应修学时合计；得分：取小（完成率，100%）×100", RATIO);
}

#[test]
fn totals_are_named_in_many_ways() {
    let handled = "sum(cases.handled)";
    for words in [
        "办件量合计",
        "合计办件量",
        "Σ办件量",
        "∑(办件量)",
        "办件量之和",
        "办件量的总和",
        "累计办件量",
        "期内办件量",
        "本人全年办件总量",
        "办件量",
        "合计(办件量)",
        "sum(handled)",
    ] {
        means(words, handled);
    }
    for words in ["满意度平均", "平均满意度", "满意度的算术平均值", "平均值(满意度)", "avg(满意度)"]
    {
        means(words, "mean(cases.satisfaction)");
    }
}

#[test]
fn parts_of_the_year_are_kept() {
    for words in ["1-6月办件量合计", "1月至6月办件量", "1月～6月办件量", "1至6月份办件量合计", "上半年办件量"]
    {
        means(words, "sum(months 1..6: cases.handled)");
    }
    means("第三季度办件量合计", "sum(months 7..9: cases.handled)");
    means("12月办件量", "sum(months 12..12: cases.handled)");
}

#[test]
fn steps_are_written_in_many_ways() {
    for words in [
        "迟到次数分段：0～2次得100分；3～5次得80分；6～9次得60分；10次以上不得分",
        "按迟到次数分段计分:0至2次计100分,3至5次计80分,6至9次计60分,10次及以上计0分",
        "迟到次数:0-2次100分;3-5次80分;6-9次60分;≥10次得0分",
        "迟到0-2次100分;3-5次80分;6-9次60分;10次(含)以上0分",
        "10次以上0分;6-9次60分;3-5次80分;0-2次满分;迟到次数分段",
    ] {
        if words.ends_with("分段") {
            assert!(parse(words).is_err(), "a label needs its colon");
        } else {
            means(words, LATE);
        }
    }
    means("迟到次数分段:不超过2次100分;超过2次0分", "steps(sum(attendance.late); ..2: 100, 2<..: 0)");
    means(
        "完成率=学时合计/应修学时合计;完成率分段:100%以上得100分;80%-100%得80分;低于80%得60分",
        "steps(sum(training.hours) / sum(training.required); ..<0.8: 60, 0.8..<1: 80, 1..: 100)",
    );
    means(
        "满意度平均分段:90(含)-95(不含)得90分;95以上得满分;不足90不得分",
        "steps(mean(cases.satisfaction); ..<90: 0, 90..<95: 90, 95..: 100)",
    );
}

#[test]
fn zero_may_have_its_own_score() {
    let compact = "if_zero(sum(cases.returned), 100, 50)";
    for words in [
        "得分=50;退件数为0得100分",
        "得分=50;退件数=0时得满分",
        "退件数为0件时，得100分；得分=50",
        "得分=50,退件数等于0则得100分",
    ] {
        means(words, compact);
    }
}

#[test]
fn deductions_begin_from_the_full_score() {
    let one = "100 - sum(attendance.late) * 5";
    for words in ["每迟到1次扣5分", "每迟到一次扣5分，扣完为止", "满分100分，迟到每次扣5分", "迟到1次扣5分；最低0分"]
    {
        means(words, one);
    }
    means(
        "每迟到1次扣2分;每早退次数1次扣2分;每旷工1天扣10.5分",
        "100 - sum(attendance.late) * 2 - sum(attendance.early) * 2 - sum(attendance.absent) * 10.5",
    );
    let base = Formula::parse("基础分80分;每迟到1次扣5分", None, None, &vocabulary()).unwrap();
    assert_eq!(base.to_string(), "80 - sum(attendance.late) * 5");
}

#[test]
fn the_latest_of_each_is_told_apart_by_its_identifier_where_the_vocabulary_has_one() {
    let mut vocabulary = vocabulary();
    vocabulary.insert("项目编号".to_owned(), ("projects".to_owned(), "code".to_owned()));
    let words = "每个项目取最新记录;得分=各项目实际完成率的平均值*100";
    let formula = Formula::parse(words, None, None, &vocabulary).unwrap();
    assert_eq!(formula.to_string(), "mean(latest by code: projects.actual) * 100");
    let elsewhere = Formula::parse("每个项目取最新记录;得分=学时合计", None, None, &vocabulary).unwrap();
    assert_eq!(elsewhere.to_string(), "sum(latest by key: training.hours)", "an identifier of another table is none");
}

#[test]
fn the_target_is_the_one_number_beside_the_formula() {
    for (target, understood) in
        [("1800", "1800"), ("≤2次", "2"), ("９８％", "0.98"), ("不低于95分", "95"), ("0.010", "0.01")]
    {
        let formula = parse_with("得分=实际/目标;实际=办件量合计", target).unwrap();
        assert_eq!(formula.to_string(), format!("sum(cases.handled) / target; target = {understood}; cap = 100"));
    }
    let within = Formula::parse("得分=办件量合计/目标;目标=200件×9个月", None, None, &vocabulary()).unwrap();
    assert_eq!(within.to_string(), "sum(cases.handled) / target; target = 1800");
    let computed = Formula::parse("得分=学时合计/目标*100;目标=应修学时合计", Some("1"), None, &vocabulary()).unwrap();
    assert_eq!(computed.to_string(), "sum(training.hours) / sum(training.required) * 100", "a target that is data");
}

#[test]
fn the_cap_may_stand_in_the_words() {
    for words in [
        "得分=办件量合计/10,最高不超过100分",
        "得分=办件量合计/10;封顶100分",
        "得分=办件量合计/10;超过100分的最高按100分计",
    ] {
        let formula = Formula::parse(words, None, None, &vocabulary()).unwrap();
        assert_eq!(formula.to_string(), "sum(cases.handled) / 10; cap = 100", "{words}");
    }
}
