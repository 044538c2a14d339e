//! The detectors: each against its fixture, files and statements that can't be taken, and what SQL may not do.

mod city;
mod fixtures;
mod input;
mod pages;
mod safety;

use detect::{
    detector::{Detector, Language},
    facts::Facts,
    scan::{Report, ScanError, scan},
    session::Limits,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn detectors_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../detectors")
}

fn run(facts: &Facts, detectors: &[Detector]) -> Result<Report, ScanError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    runtime.block_on(scan(facts, detectors, Language::Chinese, Limits::default(), &|_| ()))
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    dir
}
