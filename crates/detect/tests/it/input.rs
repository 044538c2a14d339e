//! Files that can't be taken are refused with file, line and column; those that can come in three shapes.

use crate::{folder, run};
use detect::{detector::built_in, facts::Facts};
use flate2::{Compression, write::GzEncoder};
use std::{fs, io::Write};

const RESULTS: &str = "person_id,cycle,unit_id,grade,grade_rank,extra\nanna,2025,u1,优秀,1,x\n";

fn refused(files: &[(&str, &str)]) -> String {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    match Facts::read(folder(&files).path()) {
        Ok(_) => panic!("it was taken"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let results =
        |row: &str| [("results.csv", format!("{}{row}", RESULTS.split_once('\n').unwrap().0.to_owned() + "\n"))];
    let told = |row: &str| {
        let files = results(row);
        refused(&[(files[0].0, &files[0].1)])
    };
    assert_eq!(
        told("anna,2025,u1,优秀,first,x\n"),
        "results.csv, line 2, column grade_rank: “first” is not a whole number"
    );
    assert_eq!(
        told("anna,2025,u1,优秀,1,x\n,2025,u1,优秀,1,x\n"),
        "results.csv, line 3, column person_id: it is empty, which this column does not allow"
    );
    assert_eq!(told("anna,2025,u1\n"), "results.csv, line 2: it has 3 cells, the header names 6");
    assert_eq!(refused(&[("results.csv", "person_id,cycle\n")]), "results.csv, line 1, column unit_id: it is missing");
    let targets = "cycle,person_id,unit_id,indicator_id,version,value,changed_at\n2025,p,u,i,1,5,2025-13-01\n";
    assert_eq!(
        refused(&[("targets.csv", targets)]),
        "targets.csv, line 2, column changed_at: “2025-13-01” is not a time as in 2025-12-31T09:00:00Z"
    );
    assert!(refused(&[("notes.txt", "")]).contains("it has no fact table"));
    assert!(refused(&[("results.csv", RESULTS), ("results.parquet", "")]).contains("leave one"));
    assert!(refused(&[("results.parquet", "no")]).starts_with("results.parquet: it is no Parquet file"));
}

#[test]
fn a_file_that_is_not_utf8_is_refused_at_its_line() {
    let mut bytes = RESULTS.as_bytes().to_vec();
    bytes.extend(b"bo,2025,u1,\xd3\xc5\xd0\xe3,1,x\n");
    let error = Facts::read(folder(&[("results.csv", &bytes)]).path()).err().unwrap();
    assert_eq!(error.to_string(), "results.csv, line 3, column grade: it is not UTF-8");
}

#[test]
fn compressed_and_plain_files_give_the_same_findings() {
    let table = "cycle,unit_id,grade,grade_rank,count\n2025,u1,优秀,1,9\n2025,u1,称职,2,3\n";
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(table.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    // A mark of byte order, as spreadsheets write it.
    let marked = format!("\u{feff}{table}");
    let mut found = Vec::new();
    for (name, bytes) in [
        ("grade_counts.csv", table.as_bytes()),
        ("grade_counts.csv", marked.as_bytes()),
        ("grade_counts.csv.gz", packed.as_slice()),
    ] {
        let dir = folder(&[(name, bytes)]);
        let report = run(&Facts::read(dir.path()).unwrap(), &built_in().unwrap()).unwrap();
        let told = report.findings.into_iter().map(|finding| (finding.detector, finding.explanation));
        found.push(told.collect::<Vec<_>>());
    }
    assert_eq!(found[0].iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["R001", "R002"]);
    assert!(found.iter().all(|findings| *findings == found[0]));
}

#[test]
fn the_same_data_scanned_twice_gives_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    detect::simulate::City { people: 1_500, seed: 3 }.write(dir.path(), |_, _| ()).unwrap();
    let scanned = || {
        let report = run(&Facts::read(dir.path()).unwrap(), &built_in().unwrap()).unwrap();
        assert!(report.skipped.is_empty(), "{:?}", report.skipped);
        report.findings.iter().map(|finding| serde_json::to_string(finding).unwrap() + "\n").collect::<String>()
    };
    let first = scanned();
    assert!(first.lines().count() > 20);
    assert_eq!(first, scanned());
    assert!(fs::exists(dir.path().join("truth.csv")).unwrap());
}
