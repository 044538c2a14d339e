//! A real pedigree of which other people computed kinship and class. It is no part of the repository.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use relations::{Class, Graph, Kind, Profile, Register, Sex};

use crate::family::tie;

/// The folder, if it is there; says so if it isn't.
fn pedigree() -> Option<PathBuf> {
    let shared = env::var_os("MINGJING_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").into());
    let folder = shared.join("data/pedigree-dev");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: {} is not there; set MINGJING_SHARED to the folder that has data/", folder.display());
    None
}

/// The rows of a plain CSV file, without its header.
fn rows(folder: &Path, file: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.join(file)).expect("the file is there");
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn read(folder: &Path) -> Graph {
    let mut register = Register::default();
    for row in rows(folder, "persons.csv") {
        let who = register.individual(&row[0]);
        let sex = match row[2].as_str() {
            "M" => Some(Sex::Male),
            "F" => Some(Sex::Female),
            _ => None,
        };
        register.describe(who, Profile { sex, born: None });
    }
    for row in rows(folder, "relations.csv") {
        let [a, b] = [&row[0], &row[1]].map(|key| register.find(key).expect("a known person"));
        let kind = if row[2] == "parent" { Kind::PARENT } else { Kind::Spouse };
        register.record(tie(a, b, kind)).expect("two people");
    }
    Graph::new(register, None)
}

#[test]
fn every_sampled_pair_has_the_true_coefficient_and_class() {
    let Some(folder) = pedigree() else { return };
    let graph = read(&folder);
    let mut classes: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows(&folder, "kin_truth.csv") {
        let [a, b] = [&row[0], &row[1]].map(|key| graph.register().find(key).expect("a known person"));
        for (one, other) in [(a, b), (b, a)] {
            let kinship = graph.kinship(one, other).expect("the records can be true");
            assert_eq!(kinship.to_string(), row[2], "{row:?}");
            assert_eq!(kinship.as_f64(), row[2].parse::<f64>().unwrap(), "{row:?}");
            assert_eq!(graph.class(one, other).map_or("none", Class::as_str), row[3], "{row:?}");
            let path = graph.path(one, other);
            assert_eq!(path.is_some(), row[3] != "none", "a class has a path and nothing else has: {row:?}");
            assert!(path.is_none_or(|path| path.from == one && path.to() == other));
        }
        *classes.entry(row[3].clone()).or_default() += 1;
    }
    let expected = [("collateral3", 726), ("lineal", 442), ("near_affinity", 602), ("none", 920), ("spouse", 310)];
    assert_eq!(classes, expected.map(|(class, count)| (class.to_owned(), count)).into());
}
