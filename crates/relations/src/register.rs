//! All that the sources say: the people, and every tie with its evidence.

use std::{collections::HashMap, sync::Arc};

use crate::{
    individual::{Individual, Profile},
    tie::{Source, Tie},
};

/// People by their keys, and the ties between them.
///
/// The key is whatever the caller knows people by: a blind-indexed ID number, never a name. Memory: about 180 bytes a
/// person and 45 a tie.
#[derive(Clone, Debug, Default)]
pub struct Register {
    keys: Vec<Arc<str>>,
    by_key: HashMap<Arc<str>, Individual>,
    profiles: Vec<Profile>,
    entries: Vec<Entry>,
    /// For each person the place of the latest entry they are in; from there, `earlier` leads to the others.
    latest: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Entry {
    tie: Tie,
    retracted: bool,
    /// The places of the entries before this one of the tie's `from`, and of its `to`.
    earlier: [u32; 2],
}

const NO_ENTRY: u32 = u32::MAX;

/// A change to a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amendment {
    /// One more tie.
    Record(Tie),
    /// Something became known of a person; see [`Register::describe`].
    Describe(Individual, Profile),
    /// A source was wrong or is out of date: all its ties go.
    Retract(Source),
}

/// Somebody is said to be their own relative.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is recorded as a relative of themselves. Correct one of the two people in that row.")]
pub struct SelfTie(pub String);

impl Register {
    /// The person with this key, who is added if they are new.
    ///
    /// # Panics
    ///
    /// When there are 2^26 (67 million) others already.
    pub fn individual(&mut self, key: &str) -> Individual {
        if let Some(known) = self.by_key.get(key) {
            return *known;
        }
        assert!(self.keys.len() < Individual::MOST as usize, "a register holds at most {} people", Individual::MOST);
        let new = Individual(self.keys.len() as u32);
        let key: Arc<str> = key.into();
        self.keys.push(key.clone());
        self.by_key.insert(key, new);
        self.profiles.push(Profile::default());
        self.latest.push(NO_ENTRY);
        new
    }

    /// The person with this key, if there is one.
    pub fn find(&self, key: &str) -> Option<Individual> {
        self.by_key.get(key).copied()
    }

    /// The key of a person.
    pub fn key(&self, of: Individual) -> &str {
        &self.keys[of.place()]
    }

    /// How many people there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Everybody.
    pub fn individuals(&self) -> impl Iterator<Item = Individual> + use<> {
        (0..self.keys.len() as u32).map(Individual)
    }

    /// What is known of a person.
    pub fn profile(&self, of: Individual) -> Profile {
        self.profiles[of.place()]
    }

    /// Says what is known of a person. What was said before and is not said now stays.
    pub fn describe(&mut self, who: Individual, known: Profile) {
        let profile = &mut self.profiles[who.place()];
        profile.sex = known.sex.or(profile.sex);
        profile.born = known.born.or(profile.born);
    }

    /// Takes down a tie.
    ///
    /// # Errors
    ///
    /// [`SelfTie`] when both are the same person.
    pub fn record(&mut self, tie: Tie) -> Result<(), SelfTie> {
        if tie.from == tie.to {
            return Err(SelfTie(self.key(tie.from).to_owned()));
        }
        let place = u32::try_from(self.entries.len()).expect("a register holds fewer than 2^32 ties");
        let earlier = [tie.from, tie.to].map(|end| std::mem::replace(&mut self.latest[end.place()], place));
        self.entries.push(Entry { tie, retracted: false, earlier });
        Ok(())
    }

    /// Takes back everything from a source.
    pub(crate) fn retract(&mut self, source: Source) {
        self.entries.iter_mut().filter(|entry| entry.tie.source == source).for_each(|entry| entry.retracted = true);
    }

    /// Everybody that an amendment speaks of, once.
    pub(crate) fn concerned(&self, amendment: &Amendment) -> Vec<Individual> {
        let mut concerned: Vec<Individual> = match amendment {
            Amendment::Record(tie) => vec![tie.from, tie.to],
            Amendment::Describe(who, _) => vec![*who],
            Amendment::Retract(source) => {
                self.ties().filter(|tie| tie.source == *source).flat_map(|tie| [tie.from, tie.to]).collect()
            }
        };
        concerned.sort_unstable();
        concerned.dedup();
        concerned
    }

    /// Every tie.
    pub fn ties(&self) -> impl Iterator<Item = &Tie> {
        self.entries.iter().filter(|entry| !entry.retracted).map(|entry| &entry.tie)
    }

    /// Every tie that a person is in, at whatever end.
    pub fn ties_of(&self, who: Individual) -> impl Iterator<Item = &Tie> {
        let entry_at = |place: u32| (place != NO_ENTRY).then(|| &self.entries[place as usize]);
        let chain = std::iter::successors(entry_at(self.latest[who.place()]), move |entry| {
            entry_at(entry.earlier[usize::from(entry.tie.from != who)])
        });
        chain.filter(|entry| !entry.retracted).map(|entry| &entry.tie)
    }
}
