//! Checks of rows against the other rows of the same import.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::batch::{Fault, Kind, Row};
use sha2::{Digest, Sha256};

use crate::value::decimal::Decimal;

/// What the weights of a post type add up to.
const FULL_WEIGHT: i64 = 100;

/// What an earlier row of the same key means for a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repetition {
    /// There is none.
    First,
    /// It says the same.
    Same,
    /// It says something else.
    Conflict(Fault),
}

/// Finds rows that tell of the same thing twice. It keeps about 40 bytes a row, whatever is in the rows; a tree, because
/// a hash table of a million rows would for a moment need three times as much to grow.
#[derive(Debug, Default)]
pub(crate) struct Repetitions {
    seen: BTreeMap<u64, Earlier>,
    files: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
struct Earlier {
    content: u64,
    file: u32,
    row: u32,
}

impl Repetitions {
    /// Looks a row up and remembers it. Keys are compared across all files of an import.
    pub(crate) fn look(&mut self, kind: Kind, file: &str, row: &Row) -> Repetition {
        let key = digest([kind.as_str(), &row.key]);
        let content = digest(row.fields.iter().flat_map(|(name, value)| [name.as_str(), value]));
        if let Some(earlier) = self.seen.get(&key) {
            return if earlier.content == content {
                Repetition::Same
            } else if kind == Kind::People {
                let number = row.person.clone().unwrap_or_default();
                Repetition::Conflict(Fault::DuplicateEmployeeNo { number, row: earlier.row })
            } else {
                let file = self.files[earlier.file as usize].clone();
                Repetition::Conflict(Fault::DuplicateKey { file, row: earlier.row })
            };
        }
        if self.files.last().is_none_or(|last| last != file) {
            self.files.push(file.to_owned());
        }
        let file = u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX);
        self.seen.insert(key, Earlier { content, file, row: row.number });
        Repetition::First
    }
}

/// The start of the SHA-256. Among a million rows two different keys meet with a chance of 1 in 30 million, and then a
/// row is refused that should not be, which whoever imports can see.
fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part);
    }
    let full = hasher.finalize();
    u64::from_le_bytes(std::array::from_fn(|index| full[index]))
}

/// For each post type whose weights do not add up to 100, its last row (an index into `rows`) and the fault.
///
/// Post types with a weight that could not be read (`unreadable`) are left out: their sum is not known.
pub(crate) fn weights(rows: &[&BTreeMap<String, String>], unreadable: &HashSet<String>) -> Vec<(usize, Fault)> {
    let mut sums: BTreeMap<&str, (usize, Option<Decimal>)> = BTreeMap::new();
    for (index, fields) in rows.iter().enumerate() {
        let Some(weight) = fields.get("weight").and_then(|weight| Decimal::parse(weight)) else { continue };
        for post_type in fields.get("post_type").iter().flat_map(|types| types.split(';')) {
            let sum = sums.entry(post_type).or_insert((index, Some(Decimal::ZERO)));
            *sum = (index, sum.1.and_then(|sum| sum.plus(weight)));
        }
    }
    let known = sums.into_iter().filter(|(post_type, _)| !unreadable.contains(*post_type));
    known
        .filter(|(_, (_, sum))| *sum != Some(Decimal::from(FULL_WEIGHT)))
        .map(|(post_type, (index, sum))| {
            let total = sum.map_or_else(|| "…".to_owned(), |sum| sum.to_string());
            (index, Fault::WeightSum { post_type: post_type.to_owned(), total })
        })
        .collect()
}

/// Whether a unit is its own ancestor. `parents` maps codes to the codes above them.
pub(crate) fn is_own_ancestor(unit: &str, parents: &HashMap<String, String>) -> bool {
    let mut above = parents.get(unit);
    for _ in 0..parents.len() {
        match above {
            Some(code) if code == unit => return true,
            Some(code) => above = parents.get(code),
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u32, key: &str, value: &str) -> Row {
        let fields = BTreeMap::from([("value".to_owned(), value.to_owned())]);
        Row { number, key: key.to_owned(), person: Some(key.to_owned()), date: None, fields }
    }

    #[test]
    fn the_same_again_is_told_from_the_contrary() {
        let mut seen = Repetitions::default();
        assert_eq!(seen.look(Kind::Cases, "a.csv", &row(2, "k", "1")), Repetition::First);
        assert_eq!(seen.look(Kind::Cases, "b.csv", &row(9, "k", "1")), Repetition::Same);
        let fault = Fault::DuplicateKey { file: "a.csv".to_owned(), row: 2 };
        assert_eq!(seen.look(Kind::Cases, "b.csv", &row(9, "k", "2")), Repetition::Conflict(fault));
        assert_eq!(seen.look(Kind::Training, "b.csv", &row(9, "k", "2")), Repetition::First);

        seen.look(Kind::People, "c.csv", &row(4, "YT1", "x"));
        let fault = Fault::DuplicateEmployeeNo { number: "YT1".to_owned(), row: 4 };
        assert_eq!(seen.look(Kind::People, "c.csv", &row(5, "YT1", "y")), Repetition::Conflict(fault));
    }

    #[test]
    fn weights_are_summed_exactly_by_post_type() {
        let indicator = |weight: &str, post_type: &str| {
            BTreeMap::from([("weight", weight), ("post_type", post_type)].map(|(k, v)| (k.to_owned(), v.to_owned())))
        };
        let rows = [indicator("33.3", "甲;乙"), indicator("66.7", "甲"), indicator("66", "乙"), indicator("1", "丙")];
        let rows: Vec<_> = rows.iter().collect();
        let fault = Fault::WeightSum { post_type: "乙".to_owned(), total: "99.3".to_owned() };
        assert_eq!(weights(&rows, &HashSet::from(["丙".to_owned()])), [(2, fault)]);
    }

    #[test]
    fn a_unit_above_itself_is_found() {
        let parents = [("A", "B"), ("B", "C"), ("C", "A"), ("D", "A"), ("E", "F")];
        let parents = parents.map(|(unit, parent)| (unit.to_owned(), parent.to_owned())).into();
        assert!(is_own_ancestor("A", &parents) && is_own_ancestor("C", &parents));
        assert!(!is_own_ancestor("D", &parents) && !is_own_ancestor("E", &parents));
    }
}
