//! Words for relatives, from `words.toml`: an office's wording is data.

use std::collections::HashMap;

use relations::{Individual, Kind, Nature, Sex, Tie};
use serde::Deserialize;

/// A step from one person to a relative of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hop {
    Spouse,
    Parent,
    Father,
    Mother,
    AdoptiveParent,
    FosteringParent,
    Child,
    Son,
    Daughter,
    AdoptedChild,
    FosteredChild,
    Sibling,
    Brother,
    Sister,
    HalfSibling,
}

impl Hop {
    /// What the two are to each other; of a parent, whoever of them it is.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::Spouse => Kind::Spouse,
            Self::Father => Kind::FATHER,
            Self::Mother => Kind::MOTHER,
            Self::Parent | Self::Child | Self::Son | Self::Daughter => Kind::PARENT,
            Self::AdoptiveParent | Self::AdoptedChild => Kind::Parent { nature: Nature::Adoptive, sex: None },
            Self::FosteringParent | Self::FosteredChild => Kind::Parent { nature: Nature::Fostering, sex: None },
            Self::Sibling | Self::Brother | Self::Sister => Kind::Sibling { half: false },
            Self::HalfSibling => Kind::Sibling { half: true },
        }
    }

    /// Whether it leads to a parent.
    pub(crate) fn is_up(self) -> bool {
        matches!(self, Self::Parent | Self::Father | Self::Mother | Self::AdoptiveParent | Self::FosteringParent)
    }

    /// The sex of the one it leads to, where the word tells.
    pub(crate) fn sex(self) -> Option<Sex> {
        match self {
            Self::Father | Self::Son | Self::Brother => Some(Sex::Male),
            Self::Mother | Self::Daughter | Self::Sister => Some(Sex::Female),
            _ => None,
        }
    }

    /// Whether a tie of somebody leads this way.
    pub(crate) fn fits(self, tie: &Tie, of: Individual) -> bool {
        match (self.kind(), tie.kind) {
            (Kind::Parent { .. }, Kind::Parent { .. }) => (tie.to == of) == self.is_up(),
            (Kind::Spouse, Kind::Spouse) | (Kind::Sibling { .. }, Kind::Sibling { .. }) => true,
            _ => false,
        }
    }
}

/// Every word that is known.
#[derive(Default)]
pub(crate) struct Words {
    ways: HashMap<String, Vec<Hop>>,
    heads: Vec<String>,
    no_relations: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    ways: HashMap<String, Vec<String>>,
    household: Household,
}

#[derive(Deserialize)]
struct Household {
    head: Vec<String>,
    none: Vec<String>,
}

impl Words {
    /// Those of `words.toml`, which a test reads.
    pub(crate) fn built_in() -> Self {
        let file: File = toml::from_str(include_str!("words.toml")).expect("words.toml is as its head describes it");
        let mut ways = HashMap::new();
        for (way, words) in file.ways {
            let hops =
                way.split(' ').map(|hop| Hop::deserialize(toml::Value::from(hop)).expect("a step that is listed"));
            let hops: Vec<Hop> = hops.collect();
            for word in words {
                let former = ways.insert(plain(&word), hops.clone());
                assert!(former.is_none(), "{word} leads two ways");
            }
        }
        let plain = |words: Vec<String>| words.iter().map(|word| plain(word)).collect();
        Self { ways, heads: plain(file.household.head), no_relations: plain(file.household.none) }
    }

    /// Every word for a relation, the shortest ways first.
    pub(crate) fn relations(&self) -> Vec<String> {
        let mut words: Vec<(usize, &String)> = self.ways.iter().map(|(word, way)| (way.len(), word)).collect();
        words.sort_unstable();
        words.into_iter().map(|(_, word)| word.clone()).collect()
    }

    /// The way that a word means.
    pub(crate) fn way(&self, word: &str) -> Option<&[Hop]> {
        self.ways.get(&plain(word)).map(Vec::as_slice)
    }

    pub(crate) fn is_head(&self, word: &str) -> bool {
        self.heads.contains(&plain(word))
    }

    pub(crate) fn is_no_relation(&self, word: &str) -> bool {
        self.no_relations.contains(&plain(word))
    }
}

fn plain(word: &str) -> String {
    word.chars().filter(|char| !char.is_whitespace()).flat_map(char::to_lowercase).collect()
}
