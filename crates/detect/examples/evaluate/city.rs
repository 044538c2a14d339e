//! Precision and recall for each kind of planted misconduct in a simulated city. Where MINGJING_EVAL_CITIES names a folder, the
//! cities stay there with what was found, for `outliers.py`.

use crate::{Done, run};
use detect::{detector::built_in, finding::Finding, simulate::City};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

/// Kinds that other detectors see too, rightly: a unit far over the cap is also one with more than a half.
const ALSO: [(&str, &str); 7] = [
    ("excellent_half", "R002"),
    ("excellent_half", "D001"),
    ("share_jump", "R002"),
    ("moved_after", "R009"),
    ("completion_jump", "R006"),
    ("severe_rater", "D006"),
    ("copied_basis", "R011"),
];

pub async fn evaluate(people: usize) -> Done<()> {
    let passing = tempfile::tempdir()?;
    let kept = env::var_os("MINGJING_EVAL_CITIES").map(|cities| PathBuf::from(cities).join(people.to_string()));
    let dir: &Path = kept.as_deref().unwrap_or(passing.path());
    fs::create_dir_all(dir)?;
    City { people, seed: 2_025 }.write(dir, |_, _| ())?;
    let report = run(dir, &built_in()?).await?;
    let mut lines = BufWriter::new(File::create(dir.join("findings.jsonl"))?);
    for finding in &report.findings {
        writeln!(lines, "{}", serde_json::to_string(finding)?)?;
    }
    lines.flush()?;
    // detector -> (pattern, subject, others)
    let mut planted: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in csv::Reader::from_path(dir.join("truth.csv"))?.records() {
        let row = row?;
        let (pattern, subject) = (row[1].to_owned(), row[3].to_owned());
        let also = ALSO.iter().filter(|(kind, _)| *kind == pattern).map(|(_, detector)| (*detector).to_owned());
        for detector in also.chain([row[2].to_owned()]) {
            planted.entry(detector).or_default().push((pattern.clone(), subject.clone()));
        }
    }
    println!("\n## A simulated city of {people} people\n");
    println!("| detector | planted | found | recall | findings | precision |\n|---|---|---|---|---|---|");
    for detector in built_in()? {
        let findings: Vec<&Finding> =
            report.findings.iter().filter(|finding| finding.detector == detector.id).collect();
        let truth = planted.remove(&detector.id).unwrap_or_default();
        let names =
            |finding: &&Finding, subject: &String| finding.subject_id == *subject || finding.others.contains(subject);
        let subjects: BTreeSet<&String> = truth.iter().map(|(_, subject)| subject).collect();
        let main = truth.iter().filter(|(pattern, _)| !ALSO.contains(&(pattern.as_str(), detector.id.as_str())));
        let main: Vec<&String> = main.map(|(_, subject)| subject).collect();
        let found = main.iter().filter(|subject| findings.iter().any(|finding| names(finding, subject))).count();
        let right = findings.iter().filter(|finding| subjects.iter().any(|subject| names(finding, subject))).count();
        let share =
            |part: usize, of: usize| if of == 0 { "–".to_owned() } else { format!("{:.2}", part as f64 / of as f64) };
        println!(
            "| {} | {} | {found} | {} | {} | {} |",
            detector.id,
            main.len(),
            share(found, main.len()),
            findings.len(),
            share(right, findings.len())
        );
    }
    Ok(())
}
