//! The same facts from an office with other habits: other sheets, headers, orders, encodings and ways of writing.
//! They must come to the same rows.

use std::collections::BTreeMap;

use connect::{Import, Known, Source};
use domain::batch::{Kind, Row};
use encoding_rs::GB18030;
use jiff::civil::Date;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use crate::{rows_by_kind, sources, yunting};

/// How the other office heads a column and writes its values. Columns without a field are its own affair.
type Column = (Option<&'static str>, &'static str, fn(&str) -> Written);

/// A cell as the other office writes it.
enum Written {
    Text(String),
    Number(f64),
}

const fn own(header: &'static str) -> Column {
    (None, header, |_| Written::Text("x".to_owned()))
}

const fn column(field: &'static str, header: &'static str, write: fn(&str) -> Written) -> Column {
    (Some(field), header, write)
}

fn units() -> Vec<Column> {
    vec![
        column("name", "部门名称", same),
        column("short_name", "部门简称", same),
        column("kind", "部门类型", same),
        own("序号"),
        column("code", "部门编号", full_width),
        column("parent", "上级部门\n编码", full_width),
        column("head", "部门负责人工号", same),
        column("establishment", "核定编制(人)", |v| text(format!("{v}人"))),
        column("duty", "考核职能", same),
    ]
}

fn people() -> Vec<Column> {
    vec![
        column("name", "姓　名", aligned),
        column("number", "员 工 编 号", full_width),
        column("unit", "部门", same),
        column("section", "处室", same),
        column("sex", "性别*", |v| text(if v == "male" { "男性" } else { "F" })),
        column("born", "出生年月日", serial),
        column("id_number", "公民身份号码（18位）", full_width),
        column("phone", "移动电话", same),
        column("post", "现任职务", same),
        column("rank", "现职级", same),
        column("staff_kind", "人员身份", |v| {
            text(if v == "civil_servant" { "行政编制" } else { "事业单位人员" })
        }),
        column("post_type", "岗位序列", same),
        column("joined", "入职时间", chinese_date),
        column("leader", "直接上级编号 (Manager No)", |v| text(v.to_lowercase())),
        column("project_lead", "是否项目负责人", |v| text(if v == "yes" { "√" } else { "×" })),
        own("政治面貌"),
    ]
}

fn indicators() -> Vec<Column> {
    vec![
        column("post_type", "适用对象", same),
        column("code", "KPI Code", |v| text(v.to_lowercase())),
        column("name", "考核内容", same),
        column("dimension", "一级指标", |v| {
            text(match v {
                "virtue" => "品德",
                "ability" => "工作能力",
                "diligence" => "勤政",
                "achievement" => "工作实绩",
                _ => "廉洁自律",
            })
        }),
        column("kind", "定性/定量", |v| text(if v == "qualitative" { "定性指标" } else { "量化" })),
        column("weight", "占比（％）", same),
        column("source", "取数来源", same),
        column("formula", "计分办法", same),
        column("target", "基准值", same),
        column("cap", "上限分", |v| text(format!("{v}分"))),
    ]
}

fn attendance() -> Vec<Column> {
    vec![
        column("date", "刷卡日期", |v| text(v.replace("-0", "-").replace('-', "/"))),
        column("status", "出勤情况", |v| {
            text(match v {
                "normal" => "出勤",
                "late" => "上班迟到",
                "early" => "下班早退",
                "missing" => "未打卡",
                "rest" => "年休假",
                "trip" => "因公外出",
                "sick_leave" => "因病请假",
                _ => "因事请假",
            })
        }),
        column("in", "最早打卡", |v| text(format!("{v}:27"))),
        column("out", "最晚打卡", |v| text(v.trim_start_matches('0').replace(':', "时") + "分")),
        own("设备号"),
        column("number", "考勤编号", same),
        column("name", "员工姓名", aligned),
        column("unit", "部门名称", same),
    ]
}

fn cases() -> Vec<Column> {
    vec![
        column("month", "所属期", |v| text(v.replace("-0", "年").replace('-', "年") + "月")),
        column("returned", "退回件数", same),
        column("satisfaction", "好评率", |v| Written::Number(shifted(v, -2).parse().unwrap())),
        column("on_time", "按期办结件数", full_width),
        column("handled", "受理件数（件）", |v| Written::Number(v.parse().unwrap())),
        column("number", "窗口人员工号", same),
    ]
}

fn projects() -> Vec<Column> {
    vec![
        column("name", "工程名称", same),
        column("code", "工程编号", same),
        column("date", "数据日期", |v| text(v.replace('-', "."))),
        column("amount", "合同金额（元）", |v| text(shifted(v, 4))),
        column("planned", "计划进度(%)", |v| text(shifted(v, 2))),
        column("actual", "实际进度", |v| text(shifted(v, 2) + "％")),
        column("lead", "项目经理工号", same),
        column("members", "项目组成员", |v| text(v.replace(';', "、"))),
        column("contractor", "施工单位", same),
        column("contractor_code", "施工单位(统一社会信用代码)", |v| text(v.to_lowercase())),
    ]
}

fn training() -> Vec<Column> {
    vec![
        column("completed", "结业日期", |v| text(v.replace('-', ""))),
        column("required", "规定学时", |v| text(format!("{v}学时"))),
        column("hours", "完成学时", full_width),
        column("course", "培训班名称", same),
        column("number", "参训人员工号", same),
    ]
}

fn results() -> Vec<Column> {
    vec![
        column("year", "考核年份", |v| text(format!("{v}年度"))),
        column("score", "综合得分", |v| Written::Number(v.parse().unwrap())),
        column("grade", "评定等次", |v| text(grade(v))),
        column("unit", "所在部门", same),
        column("number", "人员编号", same),
    ]
}

fn proposed_grades() -> Vec<Column> {
    vec![
        column("grade", "建议等次", |v| text(grade(v))),
        column("number", "人员编号", same),
        column("year", "考核年度", same),
        column("unit", "单位名称", same),
    ]
}

fn family() -> Vec<Column> {
    vec![
        column("id_number", "家庭成员身份证号码", |v| text(v.to_lowercase())),
        column("name", "家庭成员姓名", aligned),
        column("relation", "与本人关系", same),
        column("employer", "工作单位及职务", same),
        column("declarant", "干部工号", full_width),
    ]
}

fn household() -> Vec<Column> {
    vec![
        column("spouse", "配偶公民身份号码", same),
        column("mother", "母亲公民身份号码", same),
        column("father", "父亲公民身份号码", same),
        column("relation", "户内关系", same),
        column("name", "姓名", aligned),
        column("id_number", "公民身份号码", |v| text(format!("'{v}"))),
        column("household", "户口簿号", |v| text(format!("=\"{v}\""))),
    ]
}

fn shareholders() -> Vec<Column> {
    vec![
        column("company", "公司名称", same),
        column("company_code", "公司统一社会信用代码", same),
        column("share", "出资比例", same),
        column("name", "投资人姓名", same),
        column("id_number", "投资人身份证号", same),
        column("role", "人员角色", |v| {
            text(match v {
                "both" => "股东、法定代表人",
                _ => "自然人股东",
            })
        }),
    ]
}

fn paper_scores() -> Vec<Column> {
    vec![
        column("basis", "具体事例", same),
        column("score", "打分", |v| text(format!("{v}.0分"))),
        column("confirmed", "证明人是否确认", |v| text(if v == "yes" { "是" } else { "否" })),
        column("witness", "见证人", same),
        column("indicator", "考核指标编号", same),
        column("rater", "评价人工号", same),
        column("ratee", "被评价人工号", same),
    ]
}

#[test]
fn other_habits_come_to_the_same_rows() {
    let facts = facts();
    let files = vec![
        Source::bytes("one.xlsx", staff_workbook(&facts)),
        Source::bytes("导出(3).txt", utf8(&text_table(&facts[&Kind::Attendance], &attendance(), '\t'))),
        Source::bytes("b.xlsx", workbook(&[("Sheet1", &facts[&Kind::Cases], cases())])),
        Source::bytes("c.csv", gb18030(&text_table(&facts[&Kind::Projects], &projects(), ';'))),
        Source::bytes("d.csv", utf16(&text_table(&facts[&Kind::Training], &training(), '\t'))),
        Source::bytes(
            "e.xlsx",
            workbook(&[
                ("拟", &facts[&Kind::ProposedGrades], proposed_grades()),
                ("往年", &facts[&Kind::Results], results()),
            ]),
        ),
        Source::bytes("f.csv", gb18030(&text_table(&facts[&Kind::Family], &family(), ','))),
        Source::bytes("g.csv", utf8(&text_table(&facts[&Kind::Household], &household(), ','))),
        Source::bytes("h.csv", gb18030(&text_table(&facts[&Kind::Shareholders], &shareholders(), ','))),
        Source::bytes("i.csv", gb18030(&text_table(&facts[&Kind::PaperScores], &paper_scores(), ','))),
    ];
    let import = connect::read(files, Known::default());

    let wrong: Vec<_> = import
        .errors
        .iter()
        .map(|e| format!("{} {} {}: {} {}", e.file, e.row, e.column, e.value, e.reason()))
        .collect();
    assert!(wrong.is_empty(), "{:#?}", &wrong[..wrong.len().min(20)]);
    assert_eq!(import.skipped.iter().map(|skipped| skipped.sheet.as_str()).collect::<Vec<_>>(), ["封面"]);
    for table in &import.tables {
        assert_eq!(table.header_row, 6, "{}", table.file);
        assert_eq!(table.remarks.len(), 1, "{}", table.file);
    }
    let rows = rows_by_kind(&import);
    // The example city has no list of whom it serves.
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Clients) {
        let (found, expected) = (&rows[&kind], &facts[&kind]);
        assert_eq!(found.len(), expected.len(), "{kind}");
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found, expected, "{kind}");
        }
    }
}

/// What the samples say, with a whole set of indicators and the attendance of the first days.
fn facts() -> BTreeMap<Kind, Vec<Row>> {
    let files = sources(&yunting()).into_iter().filter(|file| !file.name.contains("Q2") && !file.name.contains("Q3"));
    let import: Import = connect::read(files.collect(), Known::default());
    let mut facts = rows_by_kind(&import);
    facts.get_mut(&Kind::Attendance).unwrap().retain(|row| row.date.unwrap().day() < 7);
    for row in facts.get_mut(&Kind::Indicators).unwrap() {
        // The weights of this post type add up to 99 with the row that was refused for it.
        if row.fields["code"] == "GQ-J07" {
            row.fields.insert("weight".to_owned(), "40".to_owned());
        }
    }
    facts.get_mut(&Kind::PaperScores).unwrap().retain(|row| row.fields["indicator"] != "GQ-L01");
    facts
}

/// A workbook of units, people and indicators behind a cover.
fn staff_workbook(facts: &BTreeMap<Kind, Vec<Row>>) -> Vec<u8> {
    let mut book = Workbook::new();
    let cover = book.add_worksheet().set_name("封面").unwrap();
    cover.write(3, 2, "2026年度考核基础数据").unwrap().write(5, 2, "报送单位").unwrap().write(5, 3, "考核办").unwrap();
    for (name, kind, columns) in
        [("职工", Kind::People, people()), ("指标", Kind::Indicators, indicators()), ("架构", Kind::Units, units())]
    {
        fill(book.add_worksheet().set_name(name).unwrap(), &facts[&kind], &columns);
    }
    book.save_to_buffer().unwrap()
}

fn workbook(sheets: &[(&str, &Vec<Row>, Vec<Column>)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows, columns) in sheets {
        fill(book.add_worksheet().set_name(*name).unwrap(), rows, columns);
    }
    book.save_to_buffer().unwrap()
}

/// Title, blank rows and particulars above the header in row 6; a blank row and a note below the data.
fn fill(sheet: &mut Worksheet, rows: &[Row], columns: &[Column]) {
    sheet.merge_range(0, 0, 1, 5, "某某市报送表", &Format::new()).unwrap();
    sheet.write(3, 0, "填报单位：考核办").unwrap().write(3, 3, "日期：2026年10月8日").unwrap();
    for (at, (_, header, _)) in (0..).zip(columns) {
        sheet.write(5, at, *header).unwrap();
    }
    for (row, values) in (6..).zip(rows) {
        for (at, written) in (0..).zip(written(values, columns)) {
            match written {
                Some(Written::Text(text)) => sheet.write(row, at, text).unwrap(),
                Some(Written::Number(number)) => sheet.write(row, at, number).unwrap(),
                None => sheet,
            };
        }
    }
    let below = 7 + u32::try_from(rows.len()).unwrap();
    sheet.merge_range(below, 0, below, 5, "填表说明：以上数据截至9月底。", &Format::new()).unwrap();
}

fn text_table(rows: &[Row], columns: &[Column], delimiter: char) -> String {
    let mut writer =
        csv::WriterBuilder::new().delimiter(u8::try_from(delimiter).unwrap()).flexible(true).from_writer(vec![]);
    for line in [&["某某市报送表"][..], &[" "], &["填报单位：考核办", "日期：2026年10月8日"], &[" "], &[" "]]
    {
        writer.write_record(line).unwrap();
    }
    writer.write_record(columns.iter().map(|(_, header, _)| header)).unwrap();
    for values in rows {
        let cells = written(values, columns).map(|written| match written {
            Some(Written::Text(text)) => text,
            Some(Written::Number(number)) => number.to_string(),
            None => String::new(),
        });
        writer.write_record(cells).unwrap();
    }
    writer.write_record(["合计", "以上数据截至9月底"]).unwrap();
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn written<'a>(row: &'a Row, columns: &'a [Column]) -> impl Iterator<Item = Option<Written>> + 'a {
    columns.iter().map(|(field, _, write)| match field {
        None => Some(write("")),
        Some(field) => row.fields.get(*field).map(|value| write(value)),
    })
}

fn utf8(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

fn gb18030(text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = GB18030.encode(text);
    assert!(!lossy);
    bytes.into_owned()
}

fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn text(text: impl Into<String>) -> Written {
    Written::Text(text.into())
}

fn same(value: &str) -> Written {
    text(value)
}

/// ＹＴ０００１ for YT0001.
fn full_width(value: &str) -> Written {
    let wide = |c: char| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c };
    text(value.chars().map(wide).collect::<String>())
}

/// Names of two characters are spread to the width of three.
fn aligned(name: &str) -> Written {
    let letters: Vec<_> = name.chars().collect();
    text(match letters[..] {
        [family, given] => format!("{family}　{given}"),
        _ => name.to_owned(),
    })
}

/// A day as the bare number that an unformatted cell shows.
fn serial(date: &str) -> Written {
    let date: Date = date.parse().unwrap();
    Written::Number(f64::from((date - jiff::civil::date(1899, 12, 30)).get_days()))
}

/// 二〇一九年七月一日
fn chinese_date(date: &str) -> Written {
    const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let date: Date = date.parse().unwrap();
    let number = |n: i8| {
        let (tens, ones) = (usize::try_from(n / 10).unwrap(), usize::try_from(n % 10).unwrap());
        let tens = if tens > 1 { DIGITS[tens].to_owned() + "十" } else { "十".repeat(tens) };
        tens + if ones > 0 { DIGITS[ones] } else { "" }
    };
    let year: String = date.year().to_string().bytes().map(|byte| DIGITS[usize::from(byte - b'0')]).collect();
    text(format!("{year}年{}月{}日", number(date.month()), number(date.day())))
}

fn grade(word: &str) -> &'static str {
    match word {
        "excellent" => "优",
        "competent" => "称职",
        "qualified" => "合格",
        "basically_competent" => "基本称职",
        "basically_qualified" => "基本合格",
        "incompetent" => "Not Competent",
        "unqualified" => "不合格",
        "ungraded" => "不确定等次",
        other => panic!("{other} is no grade"),
    }
}

/// Moves the decimal point, in digits.
fn shifted(number: &str, places: i32) -> String {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let zeros = "0".repeat(8);
    let digits = format!("{zeros}{whole}{fraction}{zeros}");
    let point = usize::try_from(i32::try_from(zeros.len() + whole.len()).unwrap() + places).unwrap();
    let (whole, fraction) = digits.split_at(point);
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    format!("{}.{fraction}", if whole.is_empty() { "0" } else { whole }).trim_end_matches('.').to_owned()
}
