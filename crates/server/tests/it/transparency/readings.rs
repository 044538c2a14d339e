//! Programs that share no code with ours, and what they say of our proofs.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Where their sources are.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verifier");

/// Whether a proof holds by arithmetic that follows the text of RFC 6962 alone; none where that cannot be run.
pub fn python(dir: &Path, proof: &str, tree: &str) -> Option<bool> {
    let (file, script) = (dir.join("read.tlog-proof"), Path::new(SOURCES).join("verify.py"));
    std::fs::write(&file, proof).expect("a file");
    let run = Command::new("python3").arg(script).arg(&file).arg(tree).output();
    let skipped = |why: &str| eprintln!("SKIPPED: no second reading of {tree} proofs, {why}");
    let Ok(run) = run.inspect_err(|error| skipped(&error.to_string())) else { return None };
    let said = String::from_utf8_lossy(&run.stderr);
    if said.contains("unsupported hash type") {
        skipped("Python's OpenSSL does not know it");
        return None;
    }
    match run.status.code() {
        Some(0) => Some(true),
        Some(3) => Some(false),
        other => panic!("it fell over ({other:?}): {said}"),
    }
}

/// A reader made of the packages with which Go checks its own checksum database, and the key it trusts.
pub struct Go {
    dir: PathBuf,
    key: String,
}

impl Go {
    /// Build it in `dir`; none where Go or its packages are not installed.
    pub fn new(dir: &Path, key: &str) -> Option<Go> {
        let source = Path::new(SOURCES).join("verify.go");
        // Debian's packages lie in a GOPATH of their own, and nothing is fetched.
        let build = Command::new("go")
            .args(["build", "-o"])
            .arg(dir.join("verify"))
            .arg(source)
            .env("GOPATH", "/usr/share/gocode")
            .env("GO111MODULE", "off")
            .env("GOFLAGS", "")
            .env("GOCACHE", Path::new(env!("CARGO_TARGET_TMPDIR")).join("go"))
            .output();
        let missing = match &build {
            Err(error) => Some(format!("go can't be run ({error})")),
            Ok(build) if build.status.success() => None,
            Ok(build) => Some(String::from_utf8_lossy(&build.stderr).into_owned()),
        };
        match missing {
            None => Some(Go { dir: dir.to_owned(), key: key.to_owned() }),
            Some(why) if build.is_err() || why.contains("cannot find package") => {
                eprintln!(
                    "SKIPPED: our proofs were not read by Go: {why}. Install golang-go and golang-golang-x-mod-dev \
                     (scripts/setup does), then run this again."
                );
                None
            }
            Some(why) => panic!("the reader in Go can't be built: {why}"),
        }
    }

    /// The checkpoint is signed, and holds the entry.
    pub fn includes(&self, proof: &str) -> Result<(), String> {
        self.run(&[("key", &self.key), ("proof", proof)])
    }

    /// Also, an old checkpoint is the beginning of the head in `advance`.
    pub fn grows(&self, proof: &str, old: &str, advance: &str) -> Result<(), String> {
        self.run(&[("key", &self.key), ("proof", proof), ("old", old), ("advance", advance)])
    }

    /// What it says against it.
    fn run(&self, texts: &[(&str, &str)]) -> Result<(), String> {
        let mut command = Command::new(self.dir.join("verify"));
        for (name, text) in texts {
            let file = self.dir.join(format!("go-{name}"));
            std::fs::write(&file, text).expect("a file");
            command.arg(file);
        }
        let run = command.output().expect("it was built");
        match run.status.code() {
            Some(0) => Ok(()),
            Some(3) => Err(String::from_utf8_lossy(&run.stdout).into_owned()),
            other => panic!("it fell over ({other:?}): {}", String::from_utf8_lossy(&run.stderr)),
        }
    }
}
