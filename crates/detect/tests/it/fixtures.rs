//! Every detector finds in its fixture what `expected.jsonl` says, and nothing of what `look-alikes.csv` names.
//! `MINGJING_WRITE_DOCS=1` writes `expected.jsonl` anew; read the difference.

use crate::{detectors_folder, run};
use detect::{
    detector::{Detector, built_in},
    facts::Facts,
    finding::Finding,
};
use std::fs;

#[test]
fn every_fixture_gives_what_is_expected() {
    let write = std::env::var_os("MINGJING_WRITE_DOCS").is_some();
    let mut wrong = Vec::new();
    for detector in built_in().unwrap() {
        let found = lines(&findings(&detector));
        let path = detectors_folder().join(&detector.id).join("expected.jsonl");
        if write {
            fs::write(&path, &found).unwrap();
        }
        if fs::read_to_string(&path).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", detector.id));
        }
        assert!(!found.is_empty(), "{} finds nothing in its fixture", detector.id);
    }
    assert!(wrong.is_empty(), "not as expected.jsonl says:\n{}", wrong.join("\n"));
}

#[test]
fn look_alikes_are_not_found() {
    for detector in built_in().unwrap() {
        let folder = detectors_folder().join(&detector.id);
        let mut rows = csv::Reader::from_path(folder.join("look-alikes.csv")).unwrap();
        let ids: Vec<String> = rows.records().map(|row| row.unwrap()[0].to_owned()).collect();
        assert!(!ids.is_empty(), "{} names no look-alike", detector.id);
        let tables = fs::read_dir(folder.join("fixture")).unwrap();
        let text: String = tables.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        let findings = findings(&detector);
        for id in ids {
            assert!(text.split([',', '\n']).any(|cell| cell == id), "{}: {id} is not in the fixture", detector.id);
            let found = findings.iter().find(|finding| finding.subject_id == id || finding.others.contains(&id));
            assert!(found.is_none(), "{} finds the look-alike {id}: {found:?}", detector.id);
        }
    }
}

/// Findings of the detector alone, in its own fixture.
fn findings(detector: &Detector) -> Vec<Finding> {
    let facts = Facts::read(&detectors_folder().join(&detector.id).join("fixture")).unwrap();
    let all = built_in().unwrap();
    let report = run(&facts, &all).unwrap_or_else(|error| panic!("{error}"));
    report.findings.into_iter().filter(|finding| finding.detector == detector.id).collect()
}

/// As they are told, but for the hashes: they change with every comment.
fn lines(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let bare = Finding { detector_hash: String::new(), data_hash: String::new(), ..finding.clone() };
        serde_json::to_string(&bare).unwrap() + "\n"
    };
    findings.iter().map(line).collect()
}
