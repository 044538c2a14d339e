//! Going up and down the generations.

use std::collections::HashSet;

use smallvec::SmallVec;

use crate::{
    graph::{Graph, Link},
    individual::Individual,
    tie::Nature,
};

/// A parent, and the sibling over whom they are known to be one, where no source says so of the child itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Up {
    pub parent: Link,
    pub over: Option<Link>,
}

impl Graph {
    /// The parents on record, and those that follow from a sibling on record.
    ///
    /// Where somebody declares a sibling, their parents are often in the register under the sibling alone. A full
    /// sibling's father is taken for one's own unless one has a father on record, likewise the mother; a parent of
    /// unknown sex unless one has both parents. Siblings of siblings are not asked, so nothing follows from what itself
    /// only follows.
    pub(crate) fn ups(&self, of: Individual) -> impl Iterator<Item = Up> {
        let over_siblings = self.siblings(of).filter(|sibling| !sibling.half).flat_map(move |sibling| {
            let missing = self.parents(sibling.to).filter(move |parent| self.is_missing(of, parent));
            missing.map(move |parent| Up { parent, over: Some(sibling) })
        });
        self.parents(of).map(|parent| Up { parent, over: None }).chain(over_siblings)
    }

    /// Whether a sibling's parent has their place free among the parents of somebody.
    fn is_missing(&self, of: Individual, parent: &Link) -> bool {
        let by_birth = self.parents(of).filter(|own| own.nature == Nature::Birth);
        let is_free = match self.sex(parent.to) {
            Some(sex) => by_birth.clone().all(|own| self.sex(own.to) != Some(sex)),
            None => true,
        };
        parent.nature == Nature::Birth
            && parent.to != of
            && is_free
            && by_birth.count() < 2
            && self.parents(of).all(|own| own.to != parent.to)
    }

    /// The inverse of [`Graph::ups`]: whose parent this one is.
    pub(crate) fn downs(&self, of: Individual) -> impl Iterator<Item = Individual> {
        self.children(of).flat_map(move |child| {
            let siblings = self.siblings(child.to).map(|sibling| sibling.to);
            let inferred = siblings.filter(move |sibling| {
                self.ups(*sibling).any(|up| up.parent.to == of && up.over.is_some_and(|over| over.to == child.to))
            });
            std::iter::once(child.to).chain(inferred)
        })
    }

    /// Everybody above within so many generations, nearest first, each once; not the person themselves, even where the
    /// records make them their own ancestor.
    pub(crate) fn ancestors(&self, of: Individual, within: u32) -> Generations {
        generations(of, within, |at, visit| self.ups(at).for_each(|up| visit(up.parent.to)))
    }

    /// Everybody below, of any generation, as [`Graph::ancestors`].
    pub(crate) fn descendants(&self, of: Individual) -> Generations {
        generations(of, u32::MAX, |at, visit| self.downs(at).for_each(visit))
    }
}

/// People with the number of generations they are away. Four generations fit without asking for memory.
pub(crate) type Generations = SmallVec<[(Individual, u32); 30]>;

fn generations(of: Individual, within: u32, each_next: impl Fn(Individual, Visit<'_>)) -> Generations {
    let mut found = Generations::new();
    let mut seen = Seen::default();
    let (mut at, mut generation, mut done) = (of, 0, 0);
    loop {
        if generation < within {
            each_next(at, &mut |one| {
                if one != of && seen.is_new(one, &found) {
                    found.push((one, generation + 1));
                }
            });
        }
        let Some(&next) = found.get(done) else { return found };
        (at, generation) = next;
        done += 1;
    }
}

type Visit<'a> = &'a mut dyn FnMut(Individual);

/// Who was found. A few are looked through quicker than hashed; but records that are wrong can chain any number.
#[derive(Default)]
struct Seen(HashSet<Individual>);

impl Seen {
    const FEW: usize = 64;

    fn is_new(&mut self, one: Individual, found: &[(Individual, u32)]) -> bool {
        if found.len() < Self::FEW {
            return found.iter().all(|(other, _)| *other != one);
        }
        if self.0.is_empty() {
            self.0.extend(found.iter().map(|(other, _)| *other));
        }
        self.0.insert(one)
    }
}
