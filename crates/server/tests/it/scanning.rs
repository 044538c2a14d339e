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

/// The planted cases of the example city that are of the detectors' kinds: the detector, and everybody whom it has to name.
fn planted() -> Vec<(&'static str, Vec<String>)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/yunting/expected.json");
    let expected: Value = serde_json::from_str(&fs::read_to_string(root).unwrap()).unwrap();
    let findings = &expected["findings"];
    let all = |list: &Value, names: &[&str]| -> Vec<Vec<String>> {
        let of = |one: &Value| names.iter().map(|name| one[*name].as_str().unwrap().to_owned()).collect();
        list.as_array().unwrap().iter().map(of).collect()
    };
    let mut planted = vec![
        ("R001", vec!["YT07".to_owned()]),
        ("D001", vec!["YT07".to_owned()]),
        ("D002", vec![findings["completion_jump"]["工号"].as_str().unwrap().to_owned()]),
    ];
    planted.extend(all(&findings["excellent_with_many_lates"], &["工号"]).into_iter().map(|who| ("R003", who)));
    for pairs in ["kin_pairs", "business_pairs"] {
        planted.extend(all(&findings[pairs], &["assessor", "assessee"]).into_iter().map(|who| ("R012", who)));
    }
    let copied = all(&findings["boilerplate_basis"]["rows"], &["考核人工号", "被考核人工号"]);
    planted.extend(copied.into_iter().map(|who| ("D008", who)));
    planted.extend(all(&findings["empty_basis"], &["考核人工号", "被考核人工号"]).into_iter().map(|who| ("R011", who)));
    let ring = all(&findings["scoring_ring"]["members"], &["工号"]);
    planted.push(("D007", ring.concat()));
    planted
}

#[test]
fn every_planted_case_of_the_example_city_is_found_and_no_look_alike() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/yunting-facts");
    let answer = mingjing(&["scan", dir, "--format", "json"]);
    assert_eq!(answer.code, 3, "{}", answer.log);
    let findings: Vec<Value> = answer.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names = |finding: &Value| -> Vec<String> {
        let others = finding["others"].as_array().unwrap().iter();
        others.chain([&finding["subject_id"]]).map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    let planted = planted();
    assert!(planted.len() >= 20, "{planted:?}");
    for (detector, who) in planted {
        let found = findings.iter().any(|finding| {
            let named = names(finding);
            finding["detector"] == detector && finding["level"] != "watch" && who.iter().all(|id| named.contains(id))
        });
        assert!(found, "{detector} does not find {who:?}");
    }
    let found = |detector: &str, id: &str| {
        findings.iter().any(|finding| finding["detector"] == detector && names(finding).contains(&id.to_owned()))
    };
    for late in ["YT0340", "YT0210", "YT0391"] {
        assert!(!found("R003", late), "{late} was often late, and has no top grade");
    }
    for ordinary in ["YT0009", "YT0010", "YT0011"] {
        assert!(!found("D007", ordinary), "{ordinary} scores in a circle, as others do");
    }
    for apart in ["YT0213", "YT0444", "YT0264", "YT0115", "YT0266", "YT0271", "YT0273", "YT0274", "YT0368"] {
        assert!(!found("R012", apart), "{apart} only has the name or the household of another");
    }
}
