//! `mingjing import` and `audit` as programs call them: one JSON document on standard output, and exit codes.

use serde_json::Value;
use std::{fs, process::Command};
use tempfile::TempDir;

/// A folder with files and a database of its own.
struct Desk(TempDir);

/// What a call came to.
struct Answer {
    code: i32,
    out: String,
    log: String,
}

impl Desk {
    fn new(files: &[(&str, &str)]) -> Desk {
        let folder = tempfile::tempdir().expect("a folder");
        files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).expect("a file"));
        Desk(folder)
    }

    fn import(&self, arguments: &[&str], paths: &[&str]) -> Answer {
        let at = |path: &&str| self.0.path().join(path);
        let output = Command::new(env!("CARGO_BIN_EXE_mingjing"))
            .arg("import")
            .args(["--database", &format!("sqlite://{}", at(&"office.db").display())])
            .args(arguments)
            .args(paths.iter().map(at))
            .env("NO_COLOR", "1")
            .output()
            .expect("the program");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Answer { code: output.status.code().unwrap_or(-1), out: text(output.stdout), log: text(output.stderr) }
    }
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).expect("one JSON document")
    }
}

const UNITS: (&str, &str) = ("units.csv", "机构编码,机构名称\nA,市甲局\n");
const PEOPLE: (&str, &str) = (
    "people.csv",
    "工号,姓名,身份证号,单位,编制类型,岗位类别\nP1,钟某,99010419691007893X,市甲局,公务员,综合岗\n\
     P2,任某,990104197102201755,市甲局,公务员,综合岗\n",
);
const ATTENDANCE: (&str, &str) = ("attendance.csv", "工号,日期,状态\nP1,2026-01-05,正常\n");

#[test]
fn a_document_names_files_rows_and_errors() {
    let desk = Desk::new(&[UNITS, PEOPLE, ATTENDANCE]);
    let told = desk.import(&["--json"], &["."]);
    let json = told.json();
    assert_eq!(told.code, 1, "a file is refused");
    let files: Vec<(&str, u64, u64, u64, bool)> = json["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| {
            let count = |name: &str| file[name].as_u64().expect(name);
            let name = file["file"].as_str().expect("a name");
            (name, count("rows"), count("accepted"), count("imported"), file["refused"].as_bool().expect("refused"))
        })
        .collect();
    assert_eq!(
        files,
        [("units.csv", 1, 1, 1, false), ("people.csv", 2, 1, 0, true), ("attendance.csv", 1, 1, 0, true),]
    );
    assert_eq!(json["files"][2]["waits_for"], "people.csv");
    let errors = json["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 1);
    assert_eq!((&errors[0]["file"], &errors[0]["row"]), (&"people.csv".into(), &3.into()));
    assert_eq!((&errors[0]["column"], &errors[0]["value"]), (&"身份证号".into(), &"990104197102201755".into()));
    assert!(errors[0]["reason"].as_str().expect("a reason").contains("校验位"));
    assert!(!told.log.contains('\u{1b}'), "neither bar nor colours where there is no terminal: {}", told.log);
}

#[test]
fn bad_rows_are_left_out_when_asked_and_told() {
    let desk = Desk::new(&[UNITS, PEOPLE, ATTENDANCE]);
    let look = desk.import(&["--json", "--dry-run", "--skip-bad"], &["."]);
    assert_eq!((look.code, look.json()["files"][1]["imported"].as_u64()), (0, Some(0)));
    let told = desk.import(&["--skip-bad"], &["."]);
    assert_eq!(told.code, 0);
    assert!(told.out.contains("people.csv: 2 rows, 1 fit, 1 new, 1 imported; 1 bad rows left out"), "{}", told.out);
    assert!(told.out.contains("people.csv:3 身份证号"), "{}", told.out);
    let again = desk.import(&["--json", "--skip-bad"], &["."]);
    let imported = again.json()["files"]
        .as_array()
        .expect("files")
        .iter()
        .filter_map(|file| file["imported"].as_u64())
        .sum::<u64>();
    assert_eq!((again.code, imported), (0, 0), "twice is once");
}

#[test]
fn an_audit_of_nothing_is_no_clean_audit() {
    let desk = Desk::new(&[UNITS]);
    let audit = |name: &str, arguments: &[&str]| {
        let file = desk.0.path().join(name);
        let mut call = Command::new(env!("CARGO_BIN_EXE_mingjing"));
        let call = call.args(["audit", "--database", &format!("sqlite://{}", file.display())]).args(arguments);
        (call.output().expect("the program").status.code(), file.exists())
    };
    assert_eq!(audit("mistyped.db", &[]), (Some(2), false), "nothing is made");
    assert_eq!(desk.import(&[], &["units.csv"]).code, 0);
    assert_eq!(audit("office.db", &[]), (Some(0), true));
    assert_eq!(audit("office.db", &["--since", "99999"]).0, Some(2), "there is no such entry");
}

#[test]
fn bad_input_and_bad_rows_have_different_codes() {
    let desk = Desk::new(&[UNITS, ("letter.csv", "今天天气很好\n")]);
    assert_eq!(desk.import(&["--dry-run"], &["units.csv"]).code, 0);
    let refused = desk.import(&["--json"], &["letter.csv"]);
    assert_eq!((refused.code, refused.json()["files"][0]["rows"].as_u64()), (1, Some(0)));
    let missing = desk.import(&["--json"], &["nothing.csv"]);
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    assert!(missing.log.contains("nothing.csv can't be opened; check the path"), "{}", missing.log);
    let empty = Desk::new(&[]);
    assert_eq!(empty.import(&[], &["."]).code, 2);
    assert_eq!(desk.import(&["--no-such-option"], &["units.csv"]).code, 2);
}
