//! Malécot's coefficient of kinship, exactly.

use std::{collections::HashMap, fmt};

use crate::{graph::Graph, individual::Individual, tie::Nature};

/// The chance that an allele drawn from one person and one drawn from another are identical by descent, founders being
/// unrelated and not inbred: 1/4 for parent and child and for full siblings, 1/8 for half-siblings, 1/16 for first
/// cousins.
///
/// Only parents by birth on record count. An adoption, a marriage and a sibling whose parents are unknown add nothing,
/// whatever class they make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kinship {
    /// In units of `1 / ONE`. Every coefficient is a sum of halves of halves, so none is rounded.
    parts: u64,
}

/// Halvings that a [`Kinship`] can hold. No lineage on record is near 60 generations.
const HALVINGS: u32 = 62;

const ONE: u64 = 1 << HALVINGS;

/// Why two people have no coefficient.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKinship {
    /// Going up from somebody leads back to them.
    #[error(
        "The records make {0} an ancestor of themselves, so no kinship can be computed. Correct the parents of {0}."
    )]
    OwnAncestor(String),
    /// More than two parents by birth, of equal evidence.
    #[error(
        "{0} has more than two parents by birth on record, so no kinship can be computed. Correct the parents of {0}, or \
         record the others as adoptive."
    )]
    ManyParents(String),
    /// A chain of parents longer than any family's.
    #[error(
        "The records of {0} and {1} go back more than 60 generations together, which no register does. Check the column of \
         the parents."
    )]
    TooDeep(String, String),
}

impl Kinship {
    /// As a floating-point number: exact, unless the lineage of the two is longer than 52 generations together.
    pub fn as_f64(self) -> f64 {
        self.parts as f64 / ONE as f64
    }
}

impl fmt::Display for Kinship {
    /// The exact decimal fraction: `0`, `0.0625`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.parts / ONE)?;
        let mut rest = self.parts % ONE;
        if rest > 0 {
            f.write_str(".")?;
        }
        while rest > 0 {
            let tens = u128::from(rest) * 10;
            write!(f, "{}", tens / u128::from(ONE))?;
            rest = (tens % u128::from(ONE)) as u64;
        }
        Ok(())
    }
}

impl Graph {
    /// The coefficient of two people; of one person with themselves, one half and more if inbred.
    ///
    /// # Errors
    ///
    /// [`NoKinship`] when the records of their ancestors can't be true.
    pub fn kinship(&self, a: Individual, b: Individual) -> Result<Kinship, NoKinship> {
        let mut lineage = Lineage::default();
        let heights = [lineage.climb(self, a)?, lineage.climb(self, b)?];
        if heights[0] + heights[1] + 1 >= HALVINGS {
            let key = |of| self.register().key(of).to_owned();
            return Err(NoKinship::TooDeep(key(a), key(b)));
        }
        Ok(Kinship { parts: lineage.shared(a, b) })
    }

    /// At most two parents by birth: of more, those with the stronger evidence.
    fn parents_by_birth(&self, of: Individual) -> Result<Vec<Individual>, NoKinship> {
        let mut parents: Vec<_> = self.parents(of).filter(|parent| parent.nature == Nature::Birth).collect();
        parents.sort_by_key(|parent| std::cmp::Reverse(parent.strength));
        if let [_, second, third, ..] = parents[..]
            && second.strength == third.strength
        {
            return Err(NoKinship::ManyParents(self.register().key(of).to_owned()));
        }
        Ok(parents.iter().take(2).map(|parent| parent.to).collect())
    }
}

/// The ancestors of two people.
#[derive(Default)]
struct Lineage {
    of: HashMap<Individual, Descent>,
    computed: HashMap<(Individual, Individual), u64>,
}

struct Descent {
    parents: Vec<Individual>,
    /// Generations up to the oldest ancestor; none while that is being found out.
    height: Option<u32>,
}

impl Lineage {
    /// Learns everybody above a person and says how many generations that are.
    fn climb(&mut self, graph: &Graph, of: Individual) -> Result<u32, NoKinship> {
        let mut open = vec![of];
        while let Some(&at) = open.last() {
            let Some(descent) = self.of.get(&at) else {
                let parents = graph.parents_by_birth(at)?;
                for parent in &parents {
                    match self.of.get(parent) {
                        None => open.push(*parent),
                        Some(Descent { height: Some(_), .. }) => {}
                        Some(_) => return Err(NoKinship::OwnAncestor(graph.register().key(*parent).to_owned())),
                    }
                }
                self.of.insert(at, Descent { parents, height: None });
                continue;
            };
            if descent.height.is_none() {
                let above = descent.parents.iter().filter_map(|parent| self.of[parent].height).max();
                let height = above.map_or(0, |above| above + 1);
                self.of.entry(at).and_modify(|descent| descent.height = Some(height));
            }
            open.pop();
        }
        Ok(self.of[&of].height.unwrap_or_default())
    }

    /// The recursion: who stands lower is replaced by their parents, each with one half. The lower one is no ancestor of
    /// the other, which makes the two draws independent.
    fn shared(&mut self, a: Individual, b: Individual) -> u64 {
        let height = |of: Individual| self.of[&of].height;
        let (lower, upper) = if (height(a), a) < (height(b), b) { (b, a) } else { (a, b) };
        if let Some(known) = self.computed.get(&(lower, upper)) {
            return *known;
        }
        let parents = self.of[&lower].parents.clone();
        let shared = if lower == upper {
            let inbreeding = if let [father, mother] = parents[..] { self.shared(father, mother) } else { 0 };
            (ONE + inbreeding) / 2
        } else {
            parents.iter().map(|parent| self.shared(*parent, upper) / 2).sum()
        };
        self.computed.insert((lower, upper), shared);
        shared
    }
}
