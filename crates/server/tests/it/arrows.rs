//! Which crate may stand on which (DESIGN: workspace). An arrow that is not drawn in [`ARROWS`] is forbidden, and a
//! library that pulls a whole world behind it has one owner, so that the world stays behind that owner's door.
//!
//! Only what ships is looked at: normal and build dependencies. A crate may test itself against anything.

use serde_json::{Value, json};
use std::{env, fs, path::Path, process::Command};

/// Each crate of the workspace and the crates that it may stand on.
const ARROWS: &[(&str, &[&str])] = &[
    ("ledger", &[]),
    ("relations", &[]),
    ("domain", &["relations"]),
    ("policy", &["domain"]),
    ("store", &["domain", "policy", "ledger"]),
    ("detect", &["domain"]),
    ("connect", &["domain"]),
    ("server", &["connect", "detect", "domain", "ledger", "policy", "relations", "store"]),
];

/// Libraries with one owner. The name stands for its family too: `sea-orm` is also `sea-orm-migration`.
const OWNERS: &[(&str, &str)] = &[
    ("sea-orm", "store"),
    ("sqlx", "store"),
    ("rusqlite", "store"),
    ("libsqlite3-sys", "store"),
    ("datafusion", "detect"),
    ("cedar-policy", "policy"),
];

/// The first libsqlite3-sys whose SQLite (3.51.3) does not corrupt a WAL file under concurrent checkpoints.
const OLDEST_SQLITE: (u64, u64) = (0, 37);

#[test]
fn crates_stand_only_on_what_is_drawn() {
    let found = violations(&workspace());
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn a_forbidden_arrow_is_named() {
    let depends = |name: &str, kind: Value, path: Value| json!({ "name": name, "kind": kind, "path": path });
    let workspace = json!({ "packages": [
        { "name": "domain", "dependencies": [
            depends("store", Value::Null, json!("/crates/store")),
            depends("sea-orm-migration", json!("build"), Value::Null),
            depends("policy", json!("dev"), json!("/crates/policy")),
        ] },
        { "name": "store", "dependencies": [depends("sea-orm", Value::Null, Value::Null)] },
        { "name": "payroll", "dependencies": [] },
    ] });
    assert_eq!(
        violations(&workspace),
        [
            "domain stands on store: no such arrow is drawn, move the code or draw the arrow in DESIGN and here",
            "domain stands on sea-orm-migration: only store may, ask it for what you need",
            "payroll is in no arrow: draw it in DESIGN and here",
        ]
    );
}

#[test]
fn one_sqlite_is_linked_and_it_is_new_enough() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock is readable");
    let lock: toml::Table = lock.parse().expect("Cargo.lock is TOML");
    let versions: Vec<&str> = lock["package"]
        .as_array()
        .expect("Cargo.lock lists packages")
        .iter()
        .filter(|package| package["name"].as_str() == Some("libsqlite3-sys"))
        .filter_map(|package| package["version"].as_str())
        .collect();
    let [version] = versions[..] else {
        panic!("one libsqlite3-sys is wanted, found {versions:?}: see `cargo tree -i libsqlite3-sys` for who pulls it")
    };
    let mut numbers = version.split('.').map(|number| number.parse::<u64>().expect("a version is numbers"));
    let found = (numbers.next().unwrap(), numbers.next().unwrap());
    assert!(
        found >= OLDEST_SQLITE,
        "libsqlite3-sys {version} may corrupt a WAL file; {OLDEST_SQLITE:?} is the oldest fit"
    );
}

/// What `cargo metadata` says of the workspace: its packages with the dependencies they declare.
fn workspace() -> Value {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// One sentence for each dependency that is not allowed.
fn violations(workspace: &Value) -> Vec<String> {
    let packages = workspace["packages"].as_array().expect("metadata lists packages");
    assert!(!packages.is_empty(), "metadata lists the workspace's packages");
    packages.iter().flat_map(violations_of).collect()
}

fn violations_of(package: &Value) -> Vec<String> {
    let name = text(&package["name"]);
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
        return vec![format!("{name} is in no arrow: draw it in DESIGN and here")];
    };
    let shipped = package["dependencies"].as_array().expect("a package lists dependencies").iter();
    shipped
        .filter(|dependency| dependency["kind"] != "dev")
        .filter_map(|dependency| {
            let on = text(&dependency["name"]);
            if dependency["path"].is_string() {
                let drawn = allowed.contains(&on);
                return (!drawn).then(|| {
                    format!("{name} stands on {on}: no such arrow is drawn, move the code or draw the arrow in DESIGN and here")
                });
            }
            let (_, owner) = OWNERS.iter().find(|(library, _)| is_of_family(on, library))?;
            (*owner != name).then(|| format!("{name} stands on {on}: only {owner} may, ask it for what you need"))
        })
        .collect()
}

fn is_of_family(name: &str, library: &str) -> bool {
    name.strip_prefix(library).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("metadata names are text")
}
