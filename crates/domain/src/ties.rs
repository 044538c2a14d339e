//! Who among the staff is tied to whom 利益关联, derived from the registers on record, and on which grounds that keeps
//! somebody out of another's case 回避.
//!
//! Pure: the same rows give the same answers, so whoever has the record can repeat them. What is derived is kept in memory
//! alone; no table says who is whose relative.

mod network;
pub mod sources;
mod words;

pub use network::{Link, Network, Node, Tied, What};

use crate::{
    id::{BatchId, PersonId},
    recusal::Ground,
    roster::Person,
    score::Observed,
};
use jiff::civil::Date;
use relations::{
    BusinessTie, Class, Company, CompanyTie, Dealings, Graph, Individual, Move, Nature, Path, Role, StaffRelations,
    Step, Strength, Window, shared_companies,
};
use sources::{Key, Member, Mention, Place, Said};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    sync::Arc,
};

/// The ties of the staff, as the registers on record stand.
pub struct Ties {
    graph: Graph,
    kin: StaffRelations,
    dealings: Dealings,
    individuals: BTreeMap<PersonId, Individual>,
    people: HashMap<Individual, PersonId>,
    companies: Vec<String>,
    projects: Vec<String>,
    batches: Vec<BatchId>,
    mentions: HashMap<Individual, Mention>,
    said: HashMap<(Individual, Individual), Vec<Said>>,
    dealt: HashMap<(Individual, Company, Role), Place>,
    unread: usize,
}

/// Somebody on a way from one member of staff to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnTheWay {
    /// Who, if they are on the roster.
    pub person: Option<PersonId>,
    /// The batch, the row and the column where their ID number stands; staff may stand on the roster alone.
    pub mention: Option<(BatchId, u32, &'static str)>,
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
    /// The batch.
    pub batch: BatchId,
    /// The row as the spreadsheet numbers it.
    pub row: u32,
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
    /// The batch and the row that tell of it.
    pub told: Option<(BatchId, u32)>,
}

impl fmt::Debug for Ties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nobody's relatives belong into a log.
        f.debug_struct("Ties").field("staff", &self.individuals.len()).finish_non_exhaustive()
    }
}

impl Ties {
    /// Derive them from the roster and the latest rows of [`sources::KINDS`], in any order.
    pub fn derive<'a>(staff: impl IntoIterator<Item = &'a Person>, rows: Vec<Observed>, key: Key<'_>) -> Ties {
        let staff: Vec<&Person> = staff.into_iter().collect();
        let members = staff.iter().map(|person| Member {
            number: &person.number,
            id_number: person.id_number.as_deref(),
            sex: person.sex.as_deref(),
            born: person.born,
        });
        let mut by_batch: BTreeMap<BatchId, (crate::batch::Kind, Vec<crate::batch::Row>)> = BTreeMap::new();
        for Observed { batch, kind, row } in rows {
            by_batch.entry(batch).or_insert_with(|| (kind, Vec::new())).1.push(row);
        }
        let batches: Vec<BatchId> = by_batch.keys().copied().collect();
        let sources = by_batch.values().zip(0..);
        let sources = sources.map(|((kind, rows), place)| (relations::Source(place), *kind, rows.as_slice()));
        let read = sources::read(members, sources, key);
        let individuals: BTreeMap<PersonId, Individual> =
            staff.iter().map(|person| (person.id, read.staff[&person.number])).collect();
        let graph = Graph::new(read.register, None);
        Ties {
            kin: StaffRelations::derive(&graph, individuals.values().copied()),
            people: individuals.iter().map(|(person, individual)| (*individual, *person)).collect(),
            graph,
            dealings: read.dealings,
            individuals,
            companies: read.companies,
            projects: read.projects,
            batches,
            mentions: read.mentions,
            said: read.said,
            dealt: read.dealt,
            unread: read.unread.len(),
        }
    }

    /// How many rows wait for a person, because nobody could be matched with what they say.
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// Every two members of staff who are kin, each pair once.
    pub fn kin(&self) -> impl Iterator<Item = (PersonId, PersonId, Class)> {
        let person = |of: Individual| self.people.get(&of).copied();
        self.kin.iter().filter_map(move |tie| Some((person(tie.a)?, person(tie.b)?, tie.class)))
    }

    /// The legal class of two members of staff, if they are kin.
    pub fn class(&self, a: PersonId, b: PersonId) -> Option<Class> {
        let (a, b) = (self.individuals.get(&a)?, self.individuals.get(&b)?);
        self.kin.of(*a).find(|(other, _)| other == b).map(|(_, class)| class)
    }

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

    fn hop(&self, from: Individual, step: &Step) -> Hop {
        let said = self.said.get(&(from.min(step.to), from.max(step.to)));
        let told = |said: &Said| {
            let (batch, row) = self.place(said.place);
            Told { batch, row, strength: said.strength.0 }
        };
        Hop {
            going: step.going,
            nature: step.nature,
            term: Path { from, steps: vec![*step] }.term(&self.graph),
            strength: step.strength,
            told: said.into_iter().flatten().map(told).collect(),
        }
    }

    fn place(&self, place: Place) -> (BatchId, u32) {
        (self.batches[place.source.0 as usize], place.row)
    }

    fn dealt(&self, dealing: &relations::Dealing) -> Option<(BatchId, u32)> {
        self.dealt.get(&(dealing.who, dealing.company, dealing.role)).map(|place| self.place(*place))
    }

    fn on_the_way(&self, one: Individual) -> OnTheWay {
        let told = |Mention { place, column }: &Mention| (self.batches[place.source.0 as usize], place.row, *column);
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

/// The ties as they count on the day of an act.
#[derive(Clone, Debug)]
pub struct TiesOn {
    ties: Arc<Ties>,
    window: Window,
}

impl TiesOn {
    /// Business ties count for so many years back.
    pub fn new(ties: Arc<Ties>, day: Date, years: u16) -> Self {
        TiesOn { ties, window: Window::before(day, years) }
    }

    /// The grounds between two people, the gravest first.
    pub fn between(&self, a: PersonId, b: PersonId) -> BTreeSet<Ground> {
        self.of(a).with(b)
    }

    /// Everything that ties one person: for asking about many others.
    pub fn of(&self, one: PersonId) -> Of<'_> {
        let individual = self.ties.individuals.get(&one).copied();
        let companies = individual.map(|one| self.ties.dealings.company_ties(&self.ties.graph, one, self.window));
        Of { on: self, individual, companies: companies.unwrap_or_default() }
    }

    /// Why two people are kin.
    pub fn way(&self, a: PersonId, b: PersonId) -> Option<Way> {
        self.ties.way(a, b)
    }

    /// Every company that two people have to do with.
    pub fn shared(&self, a: PersonId, b: PersonId) -> Vec<Shared> {
        self.ties.shared(a, b, self.window)
    }

    /// Everything that ties one person to others, as far as it lies near: see [`Network`].
    pub fn network(&self, one: PersonId) -> Network {
        self.ties.network(one, self.window)
    }

    /// Whether both were derived from the same registers, whatever the day.
    pub fn are_those_of(&self, other: &TiesOn) -> bool {
        Arc::ptr_eq(&self.ties, &other.ties)
    }

    /// Those derived, whatever the day.
    pub fn ties(&self) -> &Ties {
        &self.ties
    }
}

/// What ties one person.
pub struct Of<'a> {
    on: &'a TiesOn,
    individual: Option<Individual>,
    companies: Vec<CompanyTie>,
}

impl Of<'_> {
    /// The grounds between this person and another, the gravest first.
    pub fn with(&self, other: PersonId) -> BTreeSet<Ground> {
        let ties = &self.on.ties;
        let (Some(one), Some(other)) = (self.individual, ties.individuals.get(&other).copied()) else {
            return BTreeSet::new();
        };
        if one == other {
            return BTreeSet::new();
        }
        let kin = ties.kin.of(one).find(|(relative, _)| *relative == other).map(|(_, class)| Ground::of_class(class));
        let mut grounds: BTreeSet<Ground> = kin.into_iter().collect();
        if !self.companies.is_empty() {
            let theirs = ties.dealings.company_ties(&ties.graph, other, self.on.window);
            let shared = shared_companies(&self.companies, &theirs);
            let ground = |tie: &BusinessTie| if tie.recuses() { Ground::Business } else { Ground::SharedWork };
            grounds.extend(shared.iter().map(ground));
        }
        grounds
    }

    /// Whether something that recuses ties the two.
    pub fn is_apart_from(&self, other: PersonId) -> bool {
        self.with(other).into_iter().any(Ground::recuses)
    }
}
