//! Tests of the domain through its public interface, one module for each noun.

mod calendar;
mod cycle;
mod formula;
mod regime;

use std::path::PathBuf;

/// A file of the shared data beside the repository (or under `MINGJING_SHARED`), or None and a loud word that a test
/// could not run.
pub fn shared(file: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let folder = std::env::var("MINGJING_SHARED").unwrap_or_else(|_| beside.to_owned());
    let path = PathBuf::from(folder).join(file);
    if !path.exists() {
        eprintln!(
            "SKIPPED: {} is not there; put the shared data beside the repository or set MINGJING_SHARED",
            path.display()
        );
        return None;
    }
    Some(path)
}

/// A file of the repository's `regimes` folder.
pub fn regimes(file: &str) -> String {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../regimes")).join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
