//! Bundles `web/` into `OUT_DIR/assets`, from where `src/web/assets.rs` embeds it.
//!
//! Nothing from a third party is committed: `web/package-lock.json` pins every package by its digest, `npm ci` fetches
//! them, esbuild bundles them. When any of that fails the build fails, with a sentence that says what to do.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    for source in
        ["web/build.mjs", "web/css", "web/icons", "web/icons.json", "web/js", "web/package-lock.json", "locales"]
    {
        println!("cargo::rerun-if-changed=../../{source}");
    }
    if let Err(sentence) = bundle() {
        println!("cargo::error={sentence}");
    }
}

fn bundle() -> Result<(), String> {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("assets");

    // Two builds at once (say, an editor's and a terminal's) must not install into one directory together.
    let lock_path = web.join("package-lock.json");
    let lock = File::open(&lock_path).map_err(|e| format!("cannot open {}: {e}", lock_path.display()))?;
    lock.lock().map_err(|e| format!("cannot lock {}: {e}", lock_path.display()))?;

    install_packages(&web, &lock_path)?;
    if out.exists() {
        fs::remove_dir_all(&out).map_err(|e| format!("cannot clear {}: {e}", out.display()))?;
    }
    run(Command::new("node").arg("build.mjs").arg(&out).current_dir(&web), "bundle the styles and scripts in web/")
}

/// Runs `npm ci` unless the packages of exactly this lock file are already there.
fn install_packages(web: &Path, lock_path: &Path) -> Result<(), String> {
    let wanted = fs::read(lock_path).map_err(|e| format!("cannot read {}: {e}", lock_path.display()))?;
    let stamp = web.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    run(
        Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(web),
        "fetch the packages of web/package-lock.json",
    )?;
    fs::write(&stamp, wanted).map_err(|e| format!("cannot write {}: {e}", stamp.display()))
}

/// Runs one command; `purpose` completes the sentence "could not ...".
fn run(command: &mut Command, purpose: &str) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| {
        format!("could not {purpose}: {program} did not start ({e}). Install Node.js 18 or newer, with npm, and build again.")
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    for line in said.lines() {
        println!("cargo::warning={line}");
    }
    Err(format!(
        "could not {purpose}: {program} failed ({}). Its own words are above; mend that and build again.",
        output.status
    ))
}
