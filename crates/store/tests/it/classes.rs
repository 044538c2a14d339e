//! Every column has a sensitivity class: `data-classes.toml` against the live schema.

use crate::{
    fresh::{Fresh, on_both},
    office::Office,
    schema,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

on_both![every_column_has_a_class];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Classes {
    /// Class to what it means and what protects it.
    class: BTreeMap<String, Class>,
    /// Table to column to class.
    table: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    means: String,
    protected: String,
}

fn classes() -> Classes {
    toml::from_str(include_str!("../../data-classes.toml")).expect("the classes")
}

async fn every_column_has_a_class(fresh: Fresh) {
    let office = Office::empty(fresh).await;
    let live = schema::live(&office.db).await;
    let live: BTreeSet<_> =
        live.iter().flat_map(|(table, columns)| columns.iter().map(|column| (table.clone(), column.clone()))).collect();
    let told = classes().table;
    let told: BTreeSet<_> =
        told.iter().flat_map(|(table, columns)| columns.keys().map(|column| (table.clone(), column.clone()))).collect();
    assert!(live.len() > 100, "{}", live.len());
    assert_eq!(live.difference(&told).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "columns without a class");
    assert_eq!(told.difference(&live).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "classes of no column");
}

#[test]
fn every_class_is_described_and_used() {
    let Classes { class, table } = classes();
    for (name, of) in &class {
        assert!(!of.means.is_empty() && !of.protected.is_empty(), "{name}");
    }
    let used: BTreeSet<&String> = table.values().flat_map(BTreeMap::values).collect();
    assert_eq!(used, class.keys().collect());
}
