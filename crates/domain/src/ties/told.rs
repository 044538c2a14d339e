//! What ties two people, told: over whom, how sure each step is, and the rows that say so.

use super::{Mention, Said, Ties};
use crate::{finding::Place, id::PersonId};
use jiff::civil::Date;
use relations::{BusinessTie, Class, CompanyTie, Individual, Move, Nature, Path, Role, Step, Strength, Window};

/// Somebody on a way from one member of staff to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnTheWay {
    /// Who, if they are on the roster.
    pub person: Option<PersonId>,
    /// The row and the column where their ID number stands; staff may stand on the roster alone.
    pub mention: Option<(Place, &'static str)>,
}

/// Why two people are kin, told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The class.
    pub class: Class,
    /// From the one to the other.
    pub people: Vec<OnTheWay>,
    /// From each of them to the next: one fewer.
    pub hops: Vec<Hop>,
    /// What the other is to the one.
    pub term: relations::Term,
    /// How sure the whole of it is.
    pub strength: Strength,
}

/// One step of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// To a parent, a child, a sibling or a spouse.
    pub going: Move,
    /// Of a parent or a child: by birth or otherwise.
    pub nature: Nature,
    /// What the next one is to the one before.
    pub term: relations::Term,
    /// How sure it is.
    pub strength: Strength,
    /// The rows that say so, the surest first.
    pub told: Vec<Told>,
}

/// A row that says something of a tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Told {
    /// Where it stands.
    pub place: Place,
    /// How sure that makes it.
    pub strength: Strength,
}

/// A company that two people have to do with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Its credit code.
    pub company: String,
    /// How the one has to do with it.
    pub of_a: Vec<Holding>,
    /// How the other has.
    pub of_b: Vec<Holding>,
    /// Whether somebody profits from it; if not, the two merely work with it.
    pub recuses: bool,
    /// Projects of both with it, and what was contracted, in 分.
    pub volume: relations::Volume,
}

/// What ties somebody to a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Owns, leads, or works with it.
    pub role: relations::Role,
    /// The project, if it is work on one.
    pub project: Option<String>,
    /// Whose it is.
    pub who: OnTheWay,
    /// The class of the relative whose it is; none if it is their own.
    pub relative: Option<Class>,
    /// The way to that relative.
    pub way: Option<Way>,
    /// The first day of it; of old, when unknown.
    pub since: Option<Date>,
    /// The last day of it; still, when empty.
    pub until: Option<Date>,
    /// What was contracted, in 分.
    pub fen: u64,
    /// The row that tells of it.
    pub told: Option<Place>,
}

impl OnTheWay {
    /// The row that mentions them, of somebody who is not on the roster.
    pub fn row(&self) -> Option<Place> {
        self.mention.filter(|_| self.person.is_none()).map(|(place, _)| place)
    }
}

impl Way {
    /// Every row that it names.
    pub fn rows(&self) -> impl Iterator<Item = Place> {
        let told = self.hops.iter().flat_map(|hop| &hop.told).map(|told| told.place);
        self.people.iter().filter_map(OnTheWay::row).chain(told)
    }
}

impl Shared {
    /// Every row that it names.
    pub fn rows(&self) -> impl Iterator<Item = Place> {
        let rows = |holding: &Holding| {
            let way: Vec<Place> = holding.way.iter().flat_map(Way::rows).collect();
            way.into_iter().chain(holding.who.row()).chain(holding.told)
        };
        self.of_a.iter().chain(&self.of_b).flat_map(rows)
    }
}

impl Ties {
    /// Why two members of staff are kin.
    pub fn way(&self, a: PersonId, b: PersonId) -> Option<Way> {
        let class = self.class(a, b)?;
        let path: Path = self.graph.path(*self.individuals.get(&a)?, *self.individuals.get(&b)?)?;
        Some(self.told_way(class, &path))
    }

    fn told_way(&self, class: Class, path: &Path) -> Way {
        let people: Vec<Individual> = path.people().collect();
        Way {
            class,
            hops: path.steps.iter().zip(&people).map(|(step, from)| self.hop(*from, step)).collect(),
            people: people.into_iter().map(|one| self.on_the_way(one)).collect(),
            term: path.term(&self.graph),
            strength: path.strength(),
        }
    }

    pub(super) fn hop(&self, from: Individual, step: &Step) -> Hop {
        let said = self.said.get(&(from.min(step.to), from.max(step.to)));
        let told = |said: &Said| Told { place: self.place(said.place), strength: said.strength.0 };
        Hop {
            going: step.going,
            nature: step.nature,
            term: Path { from, steps: vec![*step] }.term(&self.graph),
            strength: step.strength,
            told: said.into_iter().flatten().map(told).collect(),
        }
    }

    pub(super) fn dealt(&self, dealing: &relations::Dealing) -> Option<Place> {
        self.dealt.get(&(dealing.who, dealing.company, dealing.role)).map(|place| self.place(*place))
    }

    pub(super) fn on_the_way(&self, one: Individual) -> OnTheWay {
        let told = |Mention { place, column }: &Mention| (self.place(*place), *column);
        OnTheWay { person: self.people.get(&one).copied(), mention: self.mentions.get(&one).map(told) }
    }

    /// Every company that two members of staff have to do with.
    pub fn shared(&self, a: PersonId, b: PersonId, window: Window) -> Vec<Shared> {
        let (Some(a), Some(b)) = (self.individuals.get(&a), self.individuals.get(&b)) else { return Vec::new() };
        let ties = self.dealings.between(&self.graph, *a, *b, window);
        ties.iter().map(|tie| self.told(tie, *a, *b)).collect()
    }

    fn told(&self, tie: &BusinessTie, a: Individual, b: Individual) -> Shared {
        let holding_of = |one: Individual, tie: &CompanyTie| Holding {
            role: tie.dealing.role,
            project: match tie.dealing.role {
                Role::Work { project: Some(project) } => Some(self.projects[project.0 as usize].clone()),
                _ => None,
            },
            who: self.on_the_way(tie.dealing.who),
            relative: tie.relative,
            way: tie.relative.and_then(|class| Some(self.told_way(class, &self.graph.path(one, tie.dealing.who)?))),
            since: tie.dealing.since,
            until: tie.dealing.until,
            fen: tie.dealing.volume.fen,
            told: self.dealt(&tie.dealing),
        };
        Shared {
            company: self.companies[tie.company.0 as usize].clone(),
            of_a: tie.of_a.iter().map(|tie| holding_of(a, tie)).collect(),
            of_b: tie.of_b.iter().map(|tie| holding_of(b, tie)).collect(),
            recuses: tie.recuses(),
            volume: tie.volume(),
        }
    }
}
