//! A city's own statement is checked before anything runs, and can touch nothing but the fact tables.

use crate::{folder, run};
use detect::{
    detector::{Detector, of_folder},
    facts::Facts,
    scan::scan,
    session::Limits,
};
use std::{fs, time::Duration};

const MANIFEST: &str = "subject_kind = \"unit\"\ntables = [\"grade_counts\"]\n[parameters]\nleast = 3\n\
                        [zh-CN]\ntitle = \"甲\"\nsentence = \"{subject}：{top}\"\n[en]\ntitle = \"a\"\nsentence = \"{subject}: {top}\"\n";

const COUNTS: &str = "cycle,unit_id,grade,grade_rank,count\n2025,u1,优秀,1,9\n2025,u2,优秀,1,2\n";

fn own(sql: &str) -> Vec<Detector> {
    let dir = folder(&[("C001/detector.toml", MANIFEST.as_bytes()), ("C001/detector.sql", sql.as_bytes())]);
    of_folder(dir.path()).unwrap()
}

fn refused(sql: &str) -> String {
    let dir = folder(&[("grade_counts.csv", COUNTS.as_bytes())]);
    run(&Facts::read(dir.path()).unwrap(), &own(sql)).unwrap_err().to_string()
}

#[test]
fn an_own_detector_runs_without_recompiling() {
    let dir = folder(&[("grade_counts.csv", COUNTS.as_bytes())]);
    let sql = "SELECT cycle, unit_id AS subject_id, \"count\" AS n, \"count\" AS effect, \"count\" AS top\n\
               FROM grade_counts WHERE \"count\" >= $least";
    let report = run(&Facts::read(dir.path()).unwrap(), &own(sql)).unwrap();
    assert_eq!(report.findings.len(), 1);
    assert_eq!(report.findings[0].explanation, "u1：9");
    assert_eq!(report.findings[0].detector, "C001");
}

#[test]
fn a_wrong_statement_is_refused_with_its_line() {
    let unknown = refused("SELECT cycle,\n  nobody\nFROM grade_counts");
    assert!(unknown.starts_with("detector C001, detector.sql, line 2: ") && unknown.contains("nobody"), "{unknown}");
    let broken = refused("SELECT cycle\nFROM grade_counts\nWHERE (");
    assert!(broken.starts_with("detector C001, detector.sql, line 3: "), "{broken}");
    assert!(refused("SELECT cycle FROM grade_counts").contains("subject_id"));
}

#[test]
fn nothing_but_the_fact_tables_can_be_touched() {
    let secret = folder(&[("secret.csv", b"a\n1\n"), ("secret.parquet", b"no")]);
    let secret = secret.path().join("secret.csv");
    let out = secret.with_file_name("out.csv");
    let statements = [
        format!("SELECT * FROM '{}'", secret.display()),
        format!("CREATE EXTERNAL TABLE stolen STORED AS CSV LOCATION '{}'", secret.display()),
        format!("COPY grade_counts TO '{}'", out.display()),
        "INSERT INTO grade_counts SELECT * FROM grade_counts".to_owned(),
        "DROP TABLE grade_counts".to_owned(),
        "SET datafusion.execution.target_partitions = 64".to_owned(),
        "SELECT now() AS cycle".to_owned(),
        "SELECT random() AS cycle".to_owned(),
        "SELECT * FROM information_schema.tables".to_owned(),
    ];
    for statement in statements {
        let told = refused(&statement);
        assert!(told.starts_with("detector C001, detector.sql, line 1: "), "{statement}: {told}");
    }
    assert!(!fs::exists(out).unwrap());
}

#[test]
fn a_statement_that_takes_too_long_is_stopped() {
    let rows: String = (0..3_000).map(|unit| format!("2025,u{unit},优秀,1,9\n")).collect();
    let table = format!("{}\n{rows}", COUNTS.split_once('\n').unwrap().0);
    let dir = folder(&[("grade_counts.csv", table.as_bytes())]);
    let facts = Facts::read(dir.path()).unwrap();
    let detectors =
        own("SELECT a.cycle, a.unit_id AS subject_id, sum(a.\"count\" * b.\"count\" * c.\"count\") AS n, 1 AS effect \
                         FROM grade_counts a, grade_counts b, grade_counts c GROUP BY a.cycle, a.unit_id");
    let limits = Limits { time: Duration::from_millis(300), ..Limits::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let stopped = runtime.block_on(scan(&facts, &detectors, Default::default(), limits, &|_| ()));
    assert!(stopped.unwrap_err().to_string().contains("it took longer than"));
    runtime.shutdown_background();
}

#[test]
fn a_manifest_that_says_what_cannot_be_is_refused() {
    let bad = |from: &str, to: &str| {
        let manifest = MANIFEST.replace(from, to);
        let dir = folder(&[("C001/detector.toml", manifest.as_bytes()), ("C001/detector.sql", b"SELECT 1")]);
        of_folder(dir.path()).unwrap_err().to_string()
    };
    assert!(bad("grade_counts", "salaries").contains("there is no fact table salaries"));
    assert!(bad("subject_kind", "statistic = \"funnel\"\nsubject_kind").contains("needs [thresholds]"));
    assert!(bad("least = 3", "least = 3\n[typo]").contains("typo"));
}
