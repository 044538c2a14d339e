//! What is wrong is said once, at the right row, and keeps nothing else out.

use connect::{Import, Known, KnownUnit, Language, MAX_ERRORS, Source};
use domain::batch::Kind;
use encoding_rs::GB18030;
use rust_xlsxwriter::{Format, Workbook};

use crate::read_text;

const ROSTER: &str = "工号,姓名,身份证号,单位,编制类型,岗位类别,直接领导工号\n";
const ID: [&str; 3] = ["99010419691007893X", "990104197102201754", "990106196912043274"];

/// Row, header, value and code of each error.
fn errors(import: &Import) -> Vec<(u32, &str, &str, &str)> {
    import.errors.iter().map(|e| (e.row, e.column.as_str(), e.value.as_str(), e.code())).collect()
}

fn known(people: &[&str]) -> Known {
    Known {
        units: vec![KnownUnit {
            code: "A".to_owned(), name: "市甲局".to_owned(), short_name: Some("甲局".to_owned())
        }],
        people: people.iter().map(|number| (*number).to_owned()).collect(),
        ..Known::default()
    }
}

fn read_with(known: Known, text: &str) -> Import {
    connect::read(vec![Source::bytes("文件.csv", text)], known)
}

#[test]
fn a_file_that_is_no_table_is_refused_as_a_whole() {
    for (bytes, code) in [
        (&b""[..], "empty_file"),
        (b"PK\x03\x04", "unreadable_file"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old", "unsupported_format"),
        ("今天天气,很好\n".as_bytes(), "no_table"),
    ] {
        let import = connect::read(vec![Source::bytes("x", bytes)], Known::default());
        assert_eq!(errors(&import), [(0, "", "", code)]);
        assert!(import.tables.is_empty() && import.files[0].spoiled);
    }
}

#[test]
fn a_bad_row_spoils_no_file_but_a_quote_that_swallows_the_rest_does() {
    let rows = "工号,日期,状态\n1,2026-01-05,正常\n1,2026-01-06,睡觉\n";
    let import = read_with(known(&["1"]), rows);
    assert_eq!((import.files[0].errors, import.files[0].spoiled), (1, false));
    let import = read_with(known(&["1"]), &format!("{rows}1,\"2026-01-07,正常\n1,2026-01-08,正常\n"));
    assert_eq!((import.files[0].errors, import.files[0].spoiled), (2, true));
}

#[test]
fn more_errors_than_anybody_corrects_are_counted_not_listed() {
    let lines: String = (0..MAX_ERRORS + 5).map(|_| "1,2026-01-06,睡觉\n").collect();
    let first = Source::bytes("甲.csv", format!("工号,日期,状态\n{lines}"));
    let second = Source::bytes("乙.csv", "工号,日期,状态\n1,2026-01-06,正常\n");
    let import = connect::read(vec![first, second], known(&["1"]));
    assert_eq!((import.errors.len(), import.files[0].errors), (MAX_ERRORS, MAX_ERRORS as u64 + 5));
    assert!(import.files[0].spoiled && !import.files[1].spoiled && import.tables[1].accepted == 1);
}

#[test]
fn a_protected_workbook_is_told_from_a_broken_one() {
    // What an encrypted workbook looks like from outside: a compound file with a stream of this name (MS-CFB, 2.6.1).
    let mut file = vec![0_u8; 512 * 4];
    file[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    file[24..34].copy_from_slice(&[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0]);
    let put = |file: &mut Vec<u8>, at: usize, value: u32| file[at..at + 4].copy_from_slice(&value.to_le_bytes());
    for (at, value) in [(44, 1), (48, 1), (56, 4096), (60, 0xFFFF_FFFE), (68, 0xFFFF_FFFE), (76, 0)] {
        put(&mut file, at, value);
    }
    (80..512).step_by(4).for_each(|at| put(&mut file, at, u32::MAX));
    (512..1024).step_by(4).for_each(|at| put(&mut file, at, u32::MAX));
    put(&mut file, 512, 0xFFFF_FFFD);
    put(&mut file, 516, 0xFFFF_FFFE);
    for (entry, (name, kind)) in [("Root Entry", 5), ("EncryptedPackage", 2)].into_iter().enumerate() {
        let at = 1024 + 128 * entry;
        for (index, unit) in name.encode_utf16().enumerate() {
            file[at + 2 * index..at + 2 * index + 2].copy_from_slice(&unit.to_le_bytes());
        }
        file[at + 64] = u8::try_from(2 * (name.len() + 1)).unwrap();
        file[at + 66] = kind;
        (68..80).step_by(4).for_each(|offset| put(&mut file, at + offset, u32::MAX));
        put(&mut file, at + 116, 0xFFFF_FFFE);
    }
    let import = connect::read(vec![Source::bytes("x.xlsx", file)], Known::default());
    assert_eq!(errors(&import), [(0, "", "", "protected_file")]);
}

#[test]
fn one_bad_sheet_spoils_its_file_but_not_the_reading_of_the_other_sheets() {
    let mut book = Workbook::new();
    let good = book.add_worksheet().set_name("机构").unwrap();
    good.write_row(0, 0, ["机构编码", "机构名称"]).unwrap().write_row(1, 0, ["A", "市甲局"]).unwrap();
    let bad = book.add_worksheet().set_name("考勤").unwrap();
    bad.write_row(2, 0, ["工号", "考勤日期", "上班打卡", "下班打卡"]).unwrap();
    let import = connect::read(vec![Source::bytes("x.xlsx", book.save_to_buffer().unwrap())], Known::default());
    assert_eq!(errors(&import), [(3, "", "", "missing_columns")]);
    assert!(import.errors[0].reason().contains("状态") && import.errors[0].reason().contains("考勤记录"));
    assert_eq!(import.errors[0].sheet.as_deref(), Some("考勤"));
    assert_eq!(import.tables[0].accepted, 1);
}

#[test]
fn two_columns_of_one_meaning_are_refused() {
    let import = read_text("工号,员工编号,日期,状态\nYT1,YT1,2026-01-05,正常\n");
    assert_eq!(errors(&import), [(1, "员工编号", "", "ambiguous_column")]);
}

#[test]
fn rows_are_numbered_as_spreadsheets_show_them() {
    let text = "考核表\n\n被考核人工号,考核人工号,指标编码,分数,评分依据\n1,2,K,90,\"第一行\n第二行\"\n\n1,2,L,105,\n";
    let known = Known { indicators: ["K", "L"].map(str::to_owned).into(), ..known(&["1", "2"]) };
    let import = read_with(known, text);
    assert_eq!(errors(&import), [(6, "分数", "105", "score_out_of_range")]);
    assert_eq!(import.tables[0].rows[0].number, 4);
    assert_eq!(import.tables[0].rows[0].fields["basis"], "第一行\n第二行");
}

#[test]
fn a_byte_that_is_no_letter_is_reported_with_its_row() {
    let mut bytes = GB18030.encode("工号,日期,状态\nYT1,2026-01-05,正常\nYT1,2026-01-06,正常\n").0.into_owned();
    let at = bytes.len() - 2;
    bytes[at] = 0xFF;
    let import = connect::read(vec![Source::bytes("x.csv", bytes)], known(&["YT1"]));
    let [(row, column, _, code)] = errors(&import)[..] else { panic!("one error") };
    assert_eq!((row, column, code), (3, "状态", "undecodable"));
    assert_eq!(import.tables[0].accepted, 1);
}

#[test]
fn an_open_quote_is_reported_where_it_opens() {
    let import =
        read_with(known(&["YT1"]), "工号,日期,状态\nYT1,2026-01-05,正常\nYT1,\"2026-01-06,正常\nYT1,2026-01-07,正常\n");
    assert_eq!(errors(&import)[0].0, 3);
    assert_eq!(errors(&import)[0].3, "unclosed_quote");
    assert_eq!((errors(&import).len(), import.tables[0].accepted), (1, 1));
}

#[test]
fn the_same_again_is_left_out_and_the_contrary_is_an_error() {
    let import =
        read_with(known(&["YT1"]), "工号,日期,状态\nYT1,2026-01-05,正常\nYT1,2026/1/5,出勤\nYT1,2026-01-05,迟到\n");
    assert_eq!(errors(&import), [(4, "工号", "YT1", "duplicate_key")]);
    assert_eq!((import.tables[0].accepted, &import.tables[0].duplicates[..]), (1, &[3][..]));
}

#[test]
fn a_roster_is_judged_as_a_whole() {
    let [a, b, c] = ID;
    let roster = format!(
        "{ROSTER}1,甲,{a},甲局,公务员,综合岗,2\n2,乙,{b},甲局,公务员,综合岗,\n3,丙,{c},乙局,公务员,综合岗,\n\
         4,丁,{a},甲局,公务员,综合岗,\n2,戊,{c},甲局,公务员,综合岗,\n5,己,{c},甲局,公务员,综合岗,9\n"
    );
    let import = read_with(known(&[]), &roster);
    assert_eq!(
        errors(&import),
        [
            (4, "单位", "乙局", "unknown_unit"),
            (5, "身份证号", a, "duplicate_id_number"),
            (6, "工号", "2", "duplicate_employee_no"),
            (7, "直接领导工号", "9", "unknown_employee_no"),
        ]
    );
    assert_eq!(import.tables[0].rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn who_mentions_a_refused_person_is_told_the_cause() {
    let roster = format!("{ROSTER}1,甲,{},乙局,公务员,综合岗,\n2,乙,{},甲局,公务员,综合岗,1\n", ID[0], ID[1]);
    let attendance = "工号,日期,状态\n1,2026-01-05,正常\n2,2026-01-05,正常\n3,2026-01-05,正常\n";
    let files = vec![Source::bytes("a.csv", attendance), Source::bytes("b.csv", roster)];
    let import = connect::read(files, known(&[]));
    assert_eq!(
        errors(&import),
        [
            (2, "工号", "1", "refers_to_refused"),
            (4, "工号", "3", "unknown_employee_no"),
            (2, "单位", "乙局", "unknown_unit")
        ]
    );
    assert_eq!(import.tables[0].kind, Kind::People);
    assert_eq!(import.tables[0].accepted, 1, "a subordinate does not fall with the leader");
}

#[test]
fn units_hang_on_their_parents() {
    let import =
        read_text("机构编码,机构名称,上级机构编码\nC,丙,B\nB,乙,A\nA,甲,\nX,己,Y\nY,庚,X\nZ,辛,X\nE,戊,Q\nF,癸,E\n");
    assert_eq!(
        errors(&import),
        [
            (5, "上级机构编码", "Y", "unit_cycle"),
            (6, "上级机构编码", "X", "unit_cycle"),
            (7, "上级机构编码", "X", "refers_to_refused"),
            (8, "上级机构编码", "Q", "unknown_unit"),
            (9, "上级机构编码", "E", "refers_to_refused"),
        ]
    );
    assert_eq!(import.tables[0].accepted, 3);
}

#[test]
fn a_post_type_with_an_unreadable_weight_is_not_summed() {
    let import = read_text(
        "指标编码,指标名称,指标类型,维度,权重,适用岗位\nA,甲,定量,绩,60,窗口岗\nB,乙,定量,绩,四十,窗口岗\nC,丙,定性,德,90,综合岗\n",
    );
    assert_eq!(errors(&import), [(3, "权重", "四十", "not_a_number"), (4, "权重", "90", "weight_sum")]);
    assert!(import.errors[1].reason().contains("综合岗") && import.errors[1].reason_english().contains("90"));
}

#[test]
fn vertically_merged_cells_mean_every_row_they_span() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["年度", "单位", "工号", "等次"]).unwrap();
    sheet.merge_range(1, 0, 3, 0, "2025", &Format::new()).unwrap();
    sheet.merge_range(1, 1, 3, 1, "甲局", &Format::new()).unwrap();
    for (row, number) in [(1, "1"), (2, "2"), (3, "3")] {
        sheet.write_row(row, 2, [number, "称职"]).unwrap();
    }
    let files = vec![Source::bytes("x.xlsx", book.save_to_buffer().unwrap())];
    let import = connect::read(files, known(&["1", "2", "3"]));
    assert_eq!(errors(&import), []);
    assert!(import.tables[0].rows.iter().all(|row| row.fields["unit_code"] == "A" && row.fields["year"] == "2025"));
}

#[test]
fn a_faulty_row_has_a_sentence_in_both_languages() {
    let import = read_with(known(&["YT1"]), "工号,日期,状态\nYT1,2026-02-30,打盹\n");
    let list = String::from_utf8(connect::error_list(&import.errors, Language::Chinese)).unwrap();
    assert!(list.contains("文件.csv,,2,日期,2026-02-30,日期不存在（2026年2月30日）"), "{list}");
    let list = String::from_utf8(connect::error_list(&import.errors, Language::English)).unwrap();
    assert!(list.contains("There is no such day (year 2026, month 2, day 30)."), "{list}");
}

#[test]
fn whom_an_office_serves_is_read_with_its_days() {
    let import = read_with(
        known(&["YT1"]),
        "经办人工号,服务对象,统一社会信用代码,开始日期,结束日期,办件数\nYT1,云汀建设,99990107A2PB3Y9B2U,2024年3月1日,,12\nYT2,x,99990107A2PB3Y9B2U,2024-03-01,,1\n",
    );
    assert_eq!(import.errors.len(), 1, "who is not on the roster serves nobody: {:?}", errors(&import));
    let [table] = &import.tables[..] else { panic!("{:?}", import.tables) };
    assert_eq!(table.kind, domain::batch::Kind::Clients);
    let fields: Vec<(&str, &str)> =
        table.rows[0].fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("cases", "12"),
            ("company", "云汀建设"),
            ("company_code", "99990107A2PB3Y9B2U"),
            ("number", "YT1"),
            ("since", "2024-03-01"),
        ]
    );
}
