//! Lists the folders of `detectors/`, so that adding one touches no Rust.

use std::{env, error::Error, fmt::Write, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../detectors");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut folders: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
    folders.retain(|entry| entry.path().is_dir());
    folders.sort_by_key(|entry| entry.file_name());
    let mut list = "&[\n".to_owned();
    for entry in folders {
        let file = |name: &str| entry.path().join(name);
        let id = entry.file_name();
        writeln!(
            list,
            "({id:?}, include_str!({:?}), include_str!({:?})),",
            file("detector.toml"),
            file("detector.sql")
        )?;
    }
    list.push(']');
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("detectors.rs"), list)?)
}
