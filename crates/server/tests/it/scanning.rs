//! `mingjing scan` and `simulate` as programs call them: formats, exit codes, refusals.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

struct Answer {
    code: i32,
    out: String,
    log: String,
}

fn mingjing(arguments: &[&str]) -> Answer {
    let output = Command::new(env!("CARGO_BIN_EXE_mingjing")).args(arguments).output().expect("the program");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Answer { code: output.status.code().unwrap_or(-1), out: text(output.stdout), log: text(output.stderr) }
}

fn fixture(id: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../detectors").join(id).join("fixture")
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).expect("a file"));
    folder
}

const QUIET: (&str, &str) =
    ("grade_counts.csv", "cycle,unit_id,grade,grade_rank,count\n2025,u1,优秀,1,2\n2025,u1,称职,2,18\n");

#[test]
fn findings_are_lines_of_json_in_one_order_of_fields() {
    let meta = tempfile::tempdir().unwrap();
    let meta = meta.path().join("meta.json");
    let dir = fixture("D001");
    let answer = mingjing(&[
        "scan",
        dir.to_str().unwrap(),
        "--format",
        "json",
        "--detector",
        "D001",
        "--meta",
        meta.to_str().unwrap(),
    ]);
    assert_eq!(answer.code, 3, "{}", answer.log);
    let line = answer.out.lines().next().unwrap();
    let finding: Value = serde_json::from_str(line).unwrap();
    assert_eq!((finding["detector"].as_str(), finding["subject_kind"].as_str()), (Some("D001"), Some("unit")));
    let fields = [
        "detector",
        "level",
        "cycle",
        "subject_kind",
        "subject_id",
        "others",
        "n",
        "effect",
        "p",
        "q",
        "explanation",
        "evidence",
        "detector_hash",
        "data_hash",
    ];
    let places: Vec<usize> = fields.iter().map(|field| line.find(&format!("\"{field}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{line}");
    let meta: Value = serde_json::from_str(&fs::read_to_string(meta).unwrap()).unwrap();
    assert!(meta["D001"]["pools"][0]["units"].as_u64() > Some(20), "{meta}");
}

#[test]
fn nothing_found_is_fine_and_what_can_not_be_read_is_named() {
    let quiet = folder(&[QUIET]);
    let answer = mingjing(&["scan", quiet.path().to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.log);
    assert!(answer.out.contains("未运行 R003：缺少数据表 results, attendance。"), "{}", answer.out);

    let bad = folder(&[("results.csv", "cycle,person_id,unit_id,grade,grade_rank\n2025,p,u,优秀,best\n")]);
    let answer = mingjing(&["scan", bad.path().to_str().unwrap()]);
    assert_eq!(answer.code, 2);
    assert!(answer.log.contains("results.csv, line 2, column grade_rank"), "{}", answer.log);

    let answer = mingjing(&["scan", quiet.path().to_str().unwrap(), "--detector", "X999"]);
    assert_eq!(answer.code, 2);
    assert!(answer.log.contains("there is no detector X999"), "{}", answer.log);
}

#[test]
fn the_report_is_a_page_in_either_language() {
    let dir = fixture("R001");
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("report.html");
    for (lang, title) in [("zh-CN", "优秀等次过半"), ("en", "More than a half with the top grade")] {
        let arguments =
            ["scan", dir.to_str().unwrap(), "--format", "html", "--lang", lang, "--out", out.to_str().unwrap()];
        let answer = mingjing(&arguments);
        assert_eq!((answer.code, answer.out.as_str()), (3, ""), "{}", answer.log);
        let page = fs::read_to_string(&out).unwrap();
        assert!(page.contains(&format!("<html lang=\"{lang}\">")) && page.contains(title), "{page}");
        assert!(page.contains("transport") && !page.contains("<script"), "{page}");
    }
}

#[test]
fn what_a_table_says_is_text_in_the_report() {
    let unit = "<script>alert(1)</script>";
    let table = format!("cycle,unit_id,grade,grade_rank,count\n2025,{unit},优秀,1,9\n");
    let dir = folder(&[("grade_counts.csv", &table)]);
    let answer = mingjing(&["scan", dir.path().to_str().unwrap(), "--format", "html"]);
    assert_eq!(answer.code, 3, "{}", answer.log);
    assert!(!answer.out.contains(unit) && answer.out.contains("alert(1)"));
}

#[test]
fn a_simulated_city_can_be_scanned() {
    let dir = tempfile::tempdir().unwrap();
    let city = dir.path().join("city");
    let answer = mingjing(&["simulate", "--people", "300", "--seed", "1", "--out", city.to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{}", answer.log);
    assert_eq!(mingjing(&["scan", city.to_str().unwrap()]).code, 3);
    let again = mingjing(&["simulate", "--people", "300", "--seed", "1", "--out", city.to_str().unwrap()]);
    assert_eq!(again.code, 2);
    assert!(again.log.contains("is not empty"), "{}", again.log);
}
