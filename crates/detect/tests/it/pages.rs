//! The page of every detector says all that it has to (DESIGN, section 7), and agrees with its parameters.

use crate::detectors_folder;
use detect::detector::built_in;
use std::fs;

const SECTIONS: [&str; 10] = [
    "Method",
    "Worked example",
    "Why it is a red flag",
    "Innocent explanations",
    "Null model",
    "Exclusions",
    "Parameters",
    "Least number",
    "Who must look",
    "Calibration record",
];

#[test]
fn every_page_has_all_its_sections() {
    for detector in built_in().unwrap() {
        let page = fs::read_to_string(detectors_folder().join(&detector.id).join("README.md")).unwrap();
        let titles: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(titles, SECTIONS, "{}", detector.id);
        for (title, section) in titles.iter().zip(page.split("\n## ").skip(1)) {
            assert!(section.trim().len() > title.len() + 3, "{}: {title} is empty", detector.id);
        }
        let heading = page.lines().next().unwrap();
        assert!(heading.contains(&detector.id) && heading.contains(&detector.manifest.chinese.title), "{heading}");
        for name in detector.manifest.parameters.keys() {
            assert!(page.contains(&format!("`{name}`")), "{} does not explain its parameter {name}", detector.id);
        }
    }
}

#[test]
fn every_folder_is_a_detector() {
    let mut folders: Vec<String> = fs::read_dir(detectors_folder())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    folders.sort();
    let ids: Vec<String> = built_in().unwrap().into_iter().map(|detector| detector.id).collect();
    assert_eq!(ids, folders);
}
