//! In a simulated city the planted cases are found, and little else.

use crate::run;
use detect::{detector::built_in, facts::Facts, simulate::City};
use std::collections::BTreeMap;

#[test]
fn planted_misconduct_is_found() {
    let dir = tempfile::tempdir().unwrap();
    City { people: 4_000, seed: 11 }.write(dir.path(), |_, _| ()).unwrap();
    let report = run(&Facts::read(dir.path()).unwrap(), &built_in().unwrap()).unwrap();
    let mut truth = csv::Reader::from_path(dir.path().join("truth.csv")).unwrap();
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for row in truth.records() {
        let row = row.unwrap();
        let (pattern, detector, subject) = (&row[1], &row[2], &row[3]);
        let found = report.findings.iter().any(|finding| {
            finding.detector == detector
                && (finding.subject_id == subject || finding.others.iter().any(|id| id == subject))
        });
        let kind = kinds.entry(pattern.to_owned()).or_default();
        *kind = (kind.0 + usize::from(found), kind.1 + 1);
    }
    assert_eq!(kinds.len(), 27);
    let (found, planted) = kinds.values().fold((0, 0), |sum, kind| (sum.0 + kind.0, sum.1 + kind.1));
    assert!(found * 10 >= planted * 8, "{found} of {planted}: {kinds:?}");
}
