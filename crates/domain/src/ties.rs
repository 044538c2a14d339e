//! Who among the staff is tied to whom 利益关联, derived from the registers on record, and on which grounds that keeps
//! somebody out of another's case 回避.
//!
//! Pure: the same rows give the same answers, so whoever has the record can repeat them. What is derived is kept in memory
//! alone; no table says who is whose relative.

pub mod findings;
mod matching;
mod network;
pub mod posts;
pub mod sources;
mod told;
mod words;

pub use network::{Link, Network, Node, Tied, What};
pub use told::{Holding, Hop, OnTheWay, Shared, Told, Way};

use crate::{
    batch::{Kind, Row},
    declaration::{self, Declaration, Relative},
    finding::Place,
    id::{BatchId, PersonId},
    recusal::Ground,
    roster::Roster,
    score::Observed,
    third_party::ThirdParty,
};
use jiff::civil::Date;
use relations::{
    BusinessTie, Class, Company, CompanyTie, Dealings, Graph, Individual, Register, Role, StaffRelations, Window,
    shared_companies,
};
use sources::{Key, Likely, Member, Mention, Said};
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
    third_parties: BTreeSet<PersonId>,
    companies: Vec<String>,
    projects: Vec<String>,
    origins: Vec<Origin>,
    mentions: HashMap<Individual, Mention>,
    said: HashMap<(Individual, Individual), Vec<Said>>,
    dealt: HashMap<(Individual, Company, Role), sources::Place>,
    unread: usize,
    likely: Vec<Likely>,
    changes: Vec<(PersonId, declaration::Change)>,
    /// The first and the last day for which they were derived: on no day between does any begin or end.
    days: (Option<Date>, Option<Date>),
}

/// Whose words a tie rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Origin {
    Batch(BatchId),
    Declaration(PersonId),
}

impl Origin {
    fn row(self, number: u32) -> Place {
        match self {
            Origin::Batch(batch) => Place::Row(batch, number),
            Origin::Declaration(person) => Place::Line(person, number),
        }
    }
}

/// Rows by whose words they are.
type ByOrigin<'a> = BTreeMap<Origin, (Kind, Vec<&'a Row>)>;

/// What ties are derived from.
pub struct Sources<'a> {
    /// The staff.
    pub roster: &'a Roster,
    /// Who was entered from outside.
    pub third_parties: &'a [ThirdParty],
    /// The latest rows of [`sources::KINDS`], in any order.
    pub rows: Vec<&'a Observed>,
    /// Declarations made in the product, where nothing later was imported from the same person.
    pub declarations: &'a [Declaration],
    /// Whom rows without an ID number mean, where somebody has said so: the row, and the member of staff, or a row about
    /// whomever it means.
    pub matches: Vec<(Place, Meant)>,
}

impl<'a> Sources<'a> {
    /// The staff and what registers say, and nothing else.
    pub fn of(roster: &'a Roster, rows: &'a [Observed]) -> Self {
        Sources { roster, third_parties: &[], rows: rows.iter().collect(), declarations: &[], matches: Vec::new() }
    }
}

/// Whom a row means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meant {
    /// A member of staff.
    Staff(PersonId),
    /// Whom this row is about.
    Row(Place),
}

/// The words that are known for relations, those for the nearest first.
pub fn relations() -> Vec<String> {
    words::Words::built_in().relations()
}

/// Whether a word is known for a relation.
pub fn is_relation(word: &str) -> bool {
    words::Words::built_in().way(word).is_some()
}

impl fmt::Debug for Ties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nobody's relatives belong into a log.
        f.debug_struct("Ties").field("staff", &self.individuals.len()).finish_non_exhaustive()
    }
}

impl Ties {
    /// Derive them, as they hold on a day.
    pub fn derive(sources: Sources<'_>, day: Date, key: Key<'_>) -> Ties {
        let Sources { roster, third_parties, rows, declarations, matches } = sources;
        let staff = || roster.people.values();
        // No office file calls a third party by their id.
        let others: Vec<(String, &ThirdParty)> =
            third_parties.iter().map(|third| (third.id.to_string(), third)).collect();
        let members = staff().map(|person| Member {
            number: &person.number,
            name: &person.name,
            unit: roster.units.get(&person.assignment.unit).map_or("", |unit| unit.label()),
            id_number: person.id_number.as_deref(),
            sex: person.sex.as_deref(),
            born: person.born,
        });
        let members = members.chain(others.iter().map(|(number, third)| Member {
            number,
            name: "",
            unit: "",
            id_number: third.id_number.as_deref(),
            sex: None,
            born: None,
        }));
        let lines = |declaration: &Declaration| {
            let (person, newest) = (roster.people.get(&declaration.person)?, declaration.declared.last()?);
            let rows = newest.relatives.iter().zip(1..).map(|(relative, line)| relative.row(&person.number, line));
            Some((Origin::Declaration(person.id), rows.collect::<Vec<Row>>()))
        };
        let declared: Vec<(Origin, Vec<Row>)> = declarations.iter().filter_map(lines).collect();
        let mut by_origin: ByOrigin<'_> = BTreeMap::new();
        for Observed { batch, kind, row } in rows {
            by_origin.entry(Origin::Batch(*batch)).or_insert_with(|| (*kind, Vec::new())).1.push(row);
        }
        by_origin.extend(declared.iter().map(|(origin, rows)| (*origin, (Kind::Family, rows.iter().collect()))));
        let matched = matched(&matches, roster, &by_origin, key);
        let origins: Vec<Origin> = by_origin.keys().copied().collect();
        let numbered = by_origin.values().zip(0..);
        let numbered = numbered.map(|((kind, rows), place)| (relations::Source(place), *kind, rows.clone()));
        let read = sources::read(members, numbered, &matched, key);
        let numbers = staff().map(|person| (person.id, &person.number));
        let numbers = numbers.chain(others.iter().map(|(number, third)| (third.id, number)));
        let individuals: BTreeMap<PersonId, Individual> =
            numbers.map(|(person, number)| (person, read.staff[number])).collect();
        let changes = declarations.iter().flat_map(|of| of.changes().map(|change| (of.person, change))).collect();
        let days = between_changes(&read.register, day);
        let graph = Graph::new(read.register, Some(day));
        Ties {
            kin: StaffRelations::derive(&graph, individuals.values().copied()),
            // Where somebody on the roster was entered as a third party, the roster counts.
            people: others
                .iter()
                .map(|(_, third)| third.id)
                .chain(staff().map(|person| person.id))
                .map(|person| (individuals[&person], person))
                .collect(),
            third_parties: others.iter().map(|(_, third)| third.id).collect(),
            graph,
            dealings: read.dealings,
            individuals,
            companies: read.companies,
            projects: read.projects,
            origins,
            mentions: read.mentions,
            said: read.said,
            dealt: read.dealt,
            unread: read.unread.len(),
            likely: read.likely,
            changes,
            days,
        }
    }

    /// Whether they hold on this day as on the one they were derived for.
    pub fn hold_on(&self, day: Date) -> bool {
        let (first, last) = self.days;
        first.is_none_or(|first| first <= day) && last.is_none_or(|last| day <= last)
    }

    /// Where a row stands.
    fn place(&self, place: sources::Place) -> Place {
        self.origins[place.source.0 as usize].row(place.row)
    }

    /// How many rows wait for a person, because nobody could be matched with what they say.
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// Who on the roster has the ID number of this third party.
    pub fn on_the_roster(&self, third_party: PersonId) -> Option<PersonId> {
        let person = self.people.get(self.individuals.get(&third_party)?).copied()?;
        (self.third_parties.contains(&third_party) && !self.third_parties.contains(&person)).then_some(person)
    }

    /// Every two members of staff or third parties who are kin, each pair once.
    pub fn kin(&self) -> impl Iterator<Item = (PersonId, PersonId, Class)> {
        let person = |of: Individual| self.people.get(&of).copied();
        self.kin.iter().filter_map(move |tie| Some((person(tie.a)?, person(tie.b)?, tie.class)))
    }

    /// The legal class of two members of staff, if they are kin.
    pub fn class(&self, a: PersonId, b: PersonId) -> Option<Class> {
        let (a, b) = (self.individuals.get(&a)?, self.individuals.get(&b)?);
        self.kin.class(*a, *b)
    }
}

/// The first and the last day around this one between which no tie begins or ends.
fn between_changes(register: &Register, day: Date) -> (Option<Date>, Option<Date>) {
    let begun = register.ties().filter_map(|tie| tie.since);
    let over = register.ties().filter_map(|tie| tie.until?.tomorrow().ok());
    let (mut first, mut last) = (None, None);
    for change in begun.chain(over) {
        if change <= day {
            first = first.max(Some(change));
        } else {
            let before = change.yesterday().ok();
            last = if last.is_none() { before } else { last.min(before) };
        }
    }
    (first, last)
}

/// The keys of whom rows without an ID number mean.
fn matched(
    matches: &[(Place, Meant)],
    roster: &Roster,
    by_origin: &ByOrigin<'_>,
    key: Key<'_>,
) -> HashMap<sources::Place, String> {
    let row = |place: &Place| {
        let (origin, number) = match place {
            Place::Row(batch, number) => (Origin::Batch(*batch), number),
            Place::Line(person, line) => (Origin::Declaration(*person), line),
        };
        let (_, rows) = by_origin.get(&origin)?;
        let source = relations::Source(by_origin.range(..origin).count() as u32);
        rows.iter().find(|row| row.number == *number).map(|row| (sources::Place { source, row: *number }, row))
    };
    let whom = |meant: &Meant| match meant {
        Meant::Staff(person) => roster.people.get(person).map(|person| match &person.id_number {
            Some(number) => key(number),
            None => sources::without_number(&person.number),
        }),
        Meant::Row(place) => row(place)?.1.fields.get("id_number").map(|number| key(number)),
    };
    matches.iter().filter_map(|(place, meant)| Some((row(place)?.0, whom(meant)?))).collect()
}

impl Relative {
    /// As a row of a family declaration on paper would have it.
    pub fn row(&self, declarant: &str, line: u32) -> Row {
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        let fields = [
            ("declarant", Some(declarant.to_owned())),
            ("relation", Some(self.relation.clone())),
            ("name", Some(self.name.clone())),
            ("id_number", self.id_number.clone()),
            ("employer", self.employer.clone()),
            ("since", day(self.since)),
            ("until", day(self.until)),
        ];
        let fields: BTreeMap<String, String> =
            fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        let parts = ["declarant", "id_number", "relation", "name"].map(|name| fields.get(name).map_or("", |part| part));
        let key = parts.join("|");
        Row { number: line, key, person: Some(declarant.to_owned()), date: None, fields }
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

    /// Everybody who is kept apart from anybody, and from whom.
    pub fn apart(&self) -> HashMap<PersonId, Apart> {
        let ties = &self.ties;
        let staff: Vec<Individual> = ties.people.keys().copied().collect();
        let kin = ties.kin.iter().map(|tie| (tie.a, tie.b, Ground::of_class(tie.class)));
        let business = ties.dealings.recused_among(&ties.graph, &staff, self.window);
        let business = business.into_iter().map(|(one, other, _)| (one, other, Ground::Business));
        let mut apart: HashMap<PersonId, Apart> = HashMap::new();
        for (one, other, ground) in kin.chain(business) {
            let (Some(one), Some(other)) = (ties.people.get(&one), ties.people.get(&other)) else { continue };
            for (one, other) in [(*one, *other), (*other, *one)] {
                let from = apart.entry(one).or_default();
                match ground.is_lifted() {
                    false => drop(from.always.insert(other)),
                    true => drop(from.else_decided.insert(other)),
                }
            }
        }
        apart.values_mut().for_each(|from| from.else_decided.retain(|other| !from.always.contains(other)));
        apart
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

/// Whom somebody is kept apart from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apart {
    /// Spouses and lineal relatives: whatever anybody decides.
    pub always: BTreeSet<PersonId>,
    /// All others, as long as no competent leader decides that they need not stay out.
    pub else_decided: BTreeSet<PersonId>,
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
        let kin = ties.kin.class(one, other).map(Ground::of_class);
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
