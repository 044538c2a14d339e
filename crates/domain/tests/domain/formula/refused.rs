//! What is not understood is refused, by the fragment, in both languages.

use domain::formula::{Formula, Problem};

use super::{parse, parse_with, vocabulary};

#[track_caller]
fn refused(words: &str, fragment: &str, problem: Problem) {
    let error = parse(words).map(|formula| formula.to_string()).unwrap_err();
    assert_eq!((error.fragment.as_str(), &error.problem), (fragment, &problem), "{words}: {error}");
    for sentence in [error.to_string(), error.english()] {
        assert!(sentence.contains(fragment), "{sentence}");
        assert!(sentence.ends_with(['。', '.', '…']), "{sentence}");
    }
}

#[test]
fn words_that_nobody_defined_are_named_with_those_that_are_known() {
    let error = parse("得分=min(按期办结量合计/办件量合计,1)*100").unwrap_err();
    assert_eq!(error.fragment, "按期办结量合计");
    let Problem::Word(known) = &error.problem else { panic!("{error}") };
    assert_eq!(known[0], "按时办结量", "the likeliest first");
    assert!(error.to_string().contains("按时办结量"));
    assert!(error.english().contains("not known"));
    let function = parse("得分=开方(办件量)").unwrap_err();
    assert_eq!(function.fragment, "开方");
}

#[test]
fn statements_without_a_score_or_with_two() {
    refused("完成率=学时合计/应修学时合计", "完成率=学时合计/应修学时合计", Problem::NoScore);
    refused("得分=1;得分=2", "得分=2", Problem::TwoScores);
    refused("得分=1;迟到0-2次100分;3次以上0分", "得分=1;迟到0-2次100分;3次以上0分", Problem::TwoScores);
    refused("a=1;a=2;得分=a", "a", Problem::DefinedTwice);
    refused("a=b;b=a;得分=a", "a", Problem::Circular);
    refused("得分=1;数据由系统提供", "数据由系统提供", Problem::Remark);
    refused("数据由系统提供;得分=1", "数据由系统提供", Problem::Remark);
    refused("得分=1;越小越优:a=2", "越小越优", Problem::Remark);
    refused("完成率=办件量合计/100;得分=1-6月完成率*100", "完成率", Problem::Word(known_near("完成率")));
    refused("得分=1;a=办件量合计/月数", "月数", Problem::Word(known_near("月数")));
}

fn known_near(word: &str) -> Vec<String> {
    match parse(word).unwrap_err().problem {
        Problem::Word(known) => known,
        problem => panic!("{problem:?}"),
    }
}

#[test]
fn slips_of_the_pen() {
    refused("得分=min(办件量,1*100", "得分=min(办件量,1*100", Problem::Brackets);
    refused("得分=办件量)*100", "得分=办件量)*100", Problem::Brackets);
    refused("得分=办件量/", "办件量/", Problem::Operand);
    refused("得分=办件量 学时", "学时", Problem::Leftover);
    refused("得分=办件量?2", "?", Problem::Character);
    refused("min(sum(handled))", "min", Problem::Arguments);
    refused("if_zero(sum(handled), 1)", "if_zero", Problem::Arguments);
    refused("sum(months 0..13: handled)", "0..13: handled)", Problem::Arguments);
    assert_eq!(parse("  ").unwrap_err().problem, Problem::Empty);
}

#[test]
fn what_cannot_be_added_up() {
    refused("得分=满意度/95*100", "满意度", Problem::Rate);
    refused("sum(satisfaction)/late", "late", Problem::Rate);
    refused("Σ(办件量合计×满意度)", "办件量合计", Problem::Nested);
    refused("Σ(办件量×学时)", "Σ(办件量×学时)".replace('×', "*").as_str(), Problem::Tables);
    refused("sum(1)", "sum(1)", Problem::Tables);
}

#[test]
fn steps_that_leave_out_or_repeat_a_value() {
    let gap = |words: &str| assert_eq!(parse(words).unwrap_err().problem, Problem::Gap, "{words}");
    gap("迟到次数分段:0-2次100分;3-5次80分");
    gap("迟到次数分段:0-2次100分;5次以上0分");
    gap("迟到次数分段:1-2次100分;3次以上0分");
    gap("迟到次数分段:5-2次100分;6次以上0分");
    gap("迟到次数分段:低于5次100分;超过5次0分");
    refused("迟到次数分段:0-2次100分;2次以上0分;2-3次5分", "2..3: 5", Problem::Overlap);
    refused("迟到次数分段:0-2次100分;2-5次80分;6次以上0分", "2..5: 80", Problem::Overlap);
    refused("迟到次数分段:5次以上100分;6次以上0分", "6..: 0", Problem::Overlap);
    refused("0-2次100分;3次以上0分", "0-2次100分", Problem::Remark);
}

#[test]
fn targets_and_caps_that_are_missing_or_contradict() {
    assert_eq!(parse("得分=办件量合计/目标").unwrap_err().problem, Problem::NoTarget);
    assert_eq!(parse_with("得分=办件量合计/目标", "月200,年2400").unwrap_err().problem, Problem::NoTarget);
    let other = parse_with("得分=办件量合计/目标;目标=月目标200件×9个月", "2400").unwrap_err();
    assert_eq!((other.fragment.as_str(), other.problem), ("目标=月目标200件*9个月", Problem::OtherTarget));
    let cap = |cap| Formula::parse("得分=办件量合计;封顶100分", None, Some(cap), &vocabulary()).map(|_| ());
    assert_eq!(cap("100"), Ok(()));
    assert_eq!(cap("120").unwrap_err().problem, Problem::OtherCap);
    assert_eq!(cap("百分").unwrap_err().problem, Problem::OtherCap);
}

#[test]
fn what_is_said_of_each_must_be_understood_to_the_end() {
    refused("对下属的每个项目取最新一条记录;得分=1", "对下属的每个项目取最新一条记录", Problem::Remark);
    refused("每个项目取最新两条记录;得分=1", "每个项目取最新两条记录", Problem::Remark);
    refused("对本人负责的每个项目取最新记录;得分=1", "对本人负责的每个项目取最新记录", Problem::Remark);
}

#[test]
fn nothing_keeps_the_machine_busy() {
    let deep = format!("{}sum(late){}", "(".repeat(500), ")".repeat(500));
    assert_eq!(parse(&deep).unwrap_err().problem, Problem::TooLong);
    assert_eq!(parse(&"1+".repeat(900)).unwrap_err().problem, Problem::TooLong);
    assert_eq!(parse(&"1".repeat(1900)).unwrap_err().problem, Problem::TooLong);
    assert_eq!(parse(&"字".repeat(2001)).unwrap_err().problem, Problem::TooLong);
    assert!(matches!(parse(&"按期内合计".repeat(300)).unwrap_err().problem, Problem::Word(_)));
    assert!(matches!(parse(&"合计".repeat(12)).unwrap_err().problem, Problem::Word(_)));
    let doubling: String = (0..20).map(|n| format!("v{n}=v{m}+v{m};", m = n + 1)).collect();
    assert_eq!(parse(&format!("{doubling}v20=1;得分=v0")).unwrap_err().problem, Problem::TooLong);
}

#[test]
fn a_record_needs_full_names() {
    assert!("sum(training.hours)".parse::<Formula>().is_ok());
    assert!("sum(hours)".parse::<Formula>().is_err());
    assert!(parse("sum(training.dance)").is_err(), "a field that the vocabulary does not have");
}
