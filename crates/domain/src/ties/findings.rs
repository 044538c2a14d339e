//! What looks wrong about the ties of the staff: questions for an inspector, found by looking through everything that is
//! declared and registered. What each detector means is told in `docs/RECUSAL.md`.

use super::{
    Meant, TiesOn,
    posts::{Chart, PostTie},
    sources,
};
use crate::{
    declaration::Change,
    finding::{Detected, Level, Place, Told},
    id::PersonId,
    recusal::{Ground, Numbers},
};
use relations::{Contradiction, Individual, Move, contradictions, undeclared};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A register names a close relative whom a member of staff did not declare.
pub const UNDECLARED: &str = "undeclared_tie";
/// A declaration says otherwise than the register.
pub const OTHERWISE: &str = "declared_otherwise";
/// Registers say of a member of staff what cannot all be true.
pub const UNSOUND: &str = "register_unsound";
/// A change in the family was declared later than it may be.
pub const LATE: &str = "declared_late";
/// A row without an ID number probably means somebody who is known: closing the finding as confirmed says that it does.
pub const LIKELY: &str = "likely_match";

/// Relatives hold posts that the law keeps apart 任职回避.
pub const POSTS: &str = "posts_apart";

/// Every detector of this module.
pub const DETECTORS: [&str; 6] = [UNDECLARED, OTHERWISE, UNSOUND, LATE, LIKELY, POSTS];

/// Those of which one source says otherwise than another.
pub const CONTRADICTIONS: [&str; 2] = [OTHERWISE, UNSOUND];

/// What confirming such a finding says: the row, and whom it means. None where it is of another detector.
pub fn meant(told: &Told) -> Option<(Place, Meant)> {
    let (row, about) = told.places.split_first()?;
    let meant = match (told.others.first(), about.first()) {
        (Some(staff), _) => Meant::Staff(*staff),
        (None, Some(about)) => Meant::Row(*about),
        (None, None) => return None,
    };
    Some((*row, meant))
}

impl TiesOn {
    /// Everything that looks wrong, in an order that depends on nothing but what was said.
    pub fn findings(&self, chart: &Chart, numbers: &Numbers) -> Vec<Detected> {
        let mut found: Vec<Detected> = self.undeclared().collect();
        found.extend(contradictions(&self.ties.graph).into_iter().filter_map(|one| self.contradiction(one)));
        let late = self.ties.changes.iter().filter(|(_, change)| change.is_later_than(numbers.changes.days));
        found.extend(late.map(|(person, change)| self.late(*person, *change)));
        found.extend(self.ties.likely.iter().filter_map(|likely| self.likely(likely)));
        found.extend(chart.tied(&self.ties, &numbers.posts).into_iter().map(posts));
        found.sort_unstable_by(|one, other| (&one.detector, &one.key).cmp(&(&other.detector, &other.key)));
        found.dedup_by(|again, first| again.key == first.key);
        found
    }

    fn undeclared(&self) -> impl Iterator<Item = Detected> {
        let staff: Vec<Individual> = self.ties.individuals.values().copied().collect();
        undeclared(&self.ties.graph, &staff).into_iter().filter_map(|one| {
            let going = match one.going {
                Move::Spouse => "spouse",
                Move::Up => "parent",
                Move::Down => "child",
                Move::Across => "sibling",
            };
            let facts = [("relation", going.to_owned())];
            // Whoever keeps silent about a colleague hides what keeps them apart.
            let level = if self.ties.people.contains_key(&one.relative) { Level::Rule } else { Level::Watch };
            self.detected(UNDECLARED, level, one.staff, &[one.relative], facts)
        })
    }

    fn contradiction(&self, one: Contradiction) -> Option<Detected> {
        use Contradiction::*;
        let told = |kind: &str| [("kind", kind.to_owned())];
        match one {
            DifferentParent { child, declared, by, registered } => {
                self.detected(OTHERWISE, Level::Rule, by, &[child, declared, registered], told("parent"))
            }
            DifferentSpouse { of, declared, by, registered } => {
                self.detected(OTHERWISE, Level::Rule, by, &[of, declared, registered], told("spouse"))
            }
            NotSiblings { by, sibling } => self.detected(OTHERWISE, Level::Rule, by, &[sibling], told("sibling")),
            TwoParents { child, .. } => self.detected(UNSOUND, Level::Watch, child, &[], told("two_parents")),
            TwoSpouses { of } => self.detected(UNSOUND, Level::Watch, of, &[], told("two_spouses")),
            WrongSex { parent, child } => self.of_either(parent, child, told("wrong_sex")),
            TooYoung { parent, child } => self.of_either(parent, child, told("too_young")),
            TwoKinds { one, other } => self.of_either(one, other, told("two_kinds")),
            OwnAncestor { who } => self.detected(UNSOUND, Level::Watch, who, &[], told("own_ancestor")),
        }
    }

    /// Of two people whoever is on the staff.
    fn of_either(&self, one: Individual, other: Individual, facts: [(&str, String); 1]) -> Option<Detected> {
        let first = self.detected(UNSOUND, Level::Watch, one, &[other], facts.clone());
        first.or_else(|| self.detected(UNSOUND, Level::Watch, other, &[one], facts))
    }

    fn late(&self, person: PersonId, late: Change) -> Detected {
        let facts = [("changed", late.changed.to_string()), ("declared", late.declared.to_string())];
        let parts = [person.to_string(), late.changed.to_string(), late.declared.to_string()];
        Detected {
            detector: LATE.to_owned(),
            level: Level::Rule,
            key: key(LATE, parts.iter().map(String::as_str)),
            subject: person,
            versions: None,
            told: Told { facts: spelled(facts), ..Told::default() },
        }
    }

    /// About whoever declared the row; where it stands in a register, about the member of staff it may mean, or whose relative
    /// that may be.
    fn likely(&self, likely: &sources::Likely) -> Option<Detected> {
        let ties = &self.ties;
        let staff = |one: &Individual| ties.people.get(one).copied();
        let related = || {
            let relatives = ties.graph.relatives(likely.who, |one| ties.people.contains_key(&one));
            relatives.into_iter().min_by_key(|(one, class)| (*class, *one)).map(|(one, _)| one)
        };
        let subject = likely.by.or_else(|| staff(&likely.who).map(|_| likely.who)).or_else(related)?;
        let facts = [("percent", format!("{:.0}", likely.chance * 100.0))];
        let mut found = self.detected(LIKELY, Level::Watch, subject, &[], facts)?;
        let who = ties.graph.register().key(likely.who);
        found.key = key(LIKELY, [likely.key.as_str(), who]);
        found.told.others = staff(&likely.who).into_iter().collect();
        found.told.places = [ties.place(likely.place)].into_iter().chain(self.mention(likely.who)).collect();
        Some(found)
    }

    /// A finding about a member of staff and others, known by all of them.
    fn detected<const N: usize>(
        &self,
        detector: &'static str,
        level: Level,
        subject: Individual,
        others: &[Individual],
        facts: [(&str, String); N],
    ) -> Option<Detected> {
        let person = *self.ties.people.get(&subject)?;
        let register = self.ties.graph.register();
        let all = || [subject].into_iter().chain(others.iter().copied());
        let parts = facts.iter().map(|(_, value)| value.as_str()).chain(all().map(|one| register.key(one)));
        let told = Told {
            others: others
                .iter()
                .filter_map(|one| self.ties.people.get(one).copied())
                .filter(|one| *one != person)
                .collect(),
            places: all().filter_map(|one| self.mention(one)).collect(),
            facts: spelled(facts.clone()),
            scanned: None,
        };
        let key = key(detector, parts);
        Some(Detected { detector: detector.to_owned(), level, key, subject: person, versions: None, told })
    }

    /// The row about somebody.
    fn mention(&self, one: Individual) -> Option<Place> {
        self.ties.mentions.get(&one).map(|mention| self.ties.place(mention.place))
    }
}

/// About the one below.
fn posts(tie: PostTie) -> Detected {
    let word = tie.marked.as_ref().map(|marked| marked.word.clone()).unwrap_or_default();
    let facts = [
        ("kind", tie.kind.as_str().to_owned()),
        ("class", Ground::of_class(tie.class).as_str().to_owned()),
        ("word", word),
    ];
    Detected {
        detector: POSTS.to_owned(),
        level: Level::Rule,
        key: key(POSTS, [tie.key().as_str()]),
        subject: tie.below,
        versions: None,
        told: Told { others: vec![tie.other], facts: spelled(facts), ..Told::default() },
    }
}

fn spelled<const N: usize>(facts: [(&str, String); N]) -> BTreeMap<String, String> {
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The same for the same thing found again. The parts are keyed hashes of ID numbers: whoever has no key to them learns
/// nothing from their hash.
fn key<'a>(detector: &str, parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    hash.update(detector);
    for part in parts {
        hash.update([0]);
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
