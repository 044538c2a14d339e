//! docs/GLOSSARY.md is the one list of words. Here it is held to the code, so that neither drifts.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

#[test]
fn every_code_name_is_in_the_code() {
    let known = identifiers();
    let unknown: Vec<String> = code_names().into_iter().filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "docs/GLOSSARY.md names what no crate has: {unknown:?}; rename it in one of the two");
}

#[test]
fn every_act_has_its_word() {
    let words = code_names();
    let missing: Vec<String> = acts().into_iter().filter(|act| !words.contains(act)).collect();
    assert!(missing.is_empty(), "add these acts to docs/GLOSSARY.md: {missing:?}");
}

#[test]
fn no_word_means_two_things() {
    let mut seen = BTreeSet::new();
    let twice: Vec<String> = rows()
        .into_iter()
        .flat_map(|row| row[0].split('、').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| !seen.insert(word.clone()))
        .collect();
    assert!(twice.is_empty(), "docs/GLOSSARY.md explains these words twice: {twice:?}");
}

/// The rows of all tables, headings aside, cell by cell.
fn rows() -> Vec<Vec<String>> {
    let page = fs::read_to_string(root().join("docs/GLOSSARY.md")).expect("the glossary is readable");
    let rows: Vec<Vec<String>> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| 中文"))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect();
    assert!(!rows.is_empty(), "the glossary has tables");
    rows
}

/// What stands in backticks as the whole of a cell.
fn code_names() -> BTreeSet<String> {
    let cells = rows().into_iter().flatten();
    cells.filter_map(|cell| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned())).collect()
}

/// The names of all acts, as the source of `domain::Act` writes them.
fn acts() -> BTreeSet<String> {
    let source = fs::read_to_string(root().join("crates/domain/src/act.rs")).expect("the acts are readable");
    let body = source.split("pub enum Act {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("Act is an enum");
    let variants = body.lines().filter_map(|line| line.strip_prefix("    "));
    let names = variants.filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
    names.map(|line| line.chars().take_while(|letter| letter.is_alphanumeric()).collect()).collect()
}

/// Every word of the crates' sources that is not in a comment.
fn identifiers() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for source in sources(&root().join("crates")) {
        let text = fs::read_to_string(&source).expect("sources are readable");
        let code = text.lines().filter_map(|line| line.split("//").next());
        words.extend(
            code.flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric() && letter != '_'))
                .map(str::to_owned),
        );
    }
    words
}

/// The Rust files of every crate's `src`.
fn sources(crates: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = entries(crates).into_iter().map(|folder| folder.join("src")).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let (below, here): (Vec<PathBuf>, Vec<PathBuf>) = entries(&folder).into_iter().partition(|path| path.is_dir());
        folders.extend(below);
        files.extend(here.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs")));
    }
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("folders of the repository are readable");
    entries.map(|entry| entry.expect("entries are readable").path()).collect()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
