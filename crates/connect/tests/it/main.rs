//! What the crate makes of whole sets of office files.

mod another_office;
mod faults;
mod hostile;
mod samples;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use connect::{Import, Known, Source};
use domain::batch::{Kind, Row};

/// The sample files of the fictional city 云汀市.
fn yunting() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/yunting")
}

/// Every spreadsheet in a folder, in no useful order.
fn sources(folder: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the samples are there") {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "csv" || extension == "xlsx") {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            sources.push(Source::new(name, std::fs::File::open(path).unwrap()));
        }
    }
    sources
}

/// One text file by itself.
fn read_text(text: &str) -> Import {
    connect::read(vec![Source::bytes("文件.csv", text)], Known::default())
}

/// The accepted rows of all tables of each kind, without their row numbers, in the order of their keys.
fn rows_by_kind(import: &Import) -> BTreeMap<Kind, Vec<Row>> {
    let mut by_kind: BTreeMap<Kind, Vec<Row>> = BTreeMap::new();
    for table in &import.tables {
        let rows = table.rows.iter().map(|row| Row { number: 0, ..row.clone() });
        by_kind.entry(table.kind).or_default().extend(rows);
    }
    for rows in by_kind.values_mut() {
        rows.sort_by(|a, b| a.key.cmp(&b.key));
    }
    by_kind
}
