//! What ties one person to others, as a picture of people, companies and projects around them.
//!
//! Of relatives who are not on the roster only those are in it over whom a way leads to somebody of the staff or to a company.

use super::{Hop, OnTheWay, Ties};
use crate::{
    id::{BatchId, PersonId},
    recusal::Ground,
};
use jiff::civil::Date;
use relations::{Class, CompanyTie, Individual, Role, Window};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// One person, everybody of the staff who is tied to them, and whoever and whatever lies on the ways there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// The person first.
    pub nodes: Vec<Node>,
    /// What ties them.
    pub links: Vec<Tied>,
    /// How many people of the staff and companies are left out because they would be too many.
    pub left_out: usize,
}

/// Somebody or something in a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Who or what.
    pub what: What,
    /// How many steps from the person in the middle.
    pub distance: usize,
    /// The one over which the shortest way leads there; none for the person in the middle.
    pub hangs_on: Option<usize>,
    /// The grounds that tie the person in the middle to them; empty for whoever and whatever lies between.
    pub grounds: BTreeSet<Ground>,
    /// The grounds of all ways that lead there or over there.
    pub ways: BTreeSet<Ground>,
    /// What they are to the person in the middle, if kin.
    pub term: Option<relations::Term>,
}

/// Who or what a [`Node`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody.
    Person(OnTheWay),
    /// A company, by its credit code, and a row that tells of it.
    Company(String, Option<(BatchId, u32)>),
    /// A project, by its code, and a row that tells of it.
    Project(String, Option<(BatchId, u32)>),
}

/// What ties two nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tied {
    /// The place among the nodes of the one it is told from: a person, or the project that is contracted.
    pub a: usize,
    /// That of the other: the relative, the company, or the project that is worked on.
    pub b: usize,
    /// What it is.
    pub link: Link,
    /// The grounds of the ways that lead over it.
    pub ways: BTreeSet<Ground>,
}

/// A kind of link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// They are parent and child, spouses or siblings.
    Kin(Hop),
    /// Somebody owns or leads a company, or works with it or on a project.
    Dealing {
        /// As what.
        role: Role,
        /// The first day of it; of old, when unknown.
        since: Option<Date>,
        /// The last day of it; still, when empty.
        until: Option<Date>,
        /// What was contracted, in 分.
        fen: u64,
        /// The batch and the row that tell of it.
        told: Option<(BatchId, u32)>,
    },
    /// The company is contracted for the project.
    Contract,
}

impl Network {
    /// The most nodes.
    pub const MOST: usize = 150;

    /// Let each node hang on the one over which the shortest way leads to it.
    fn hang(&mut self) {
        let mut beside: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for Tied { a, b, .. } in &self.links {
            beside[*a].push(*b);
            beside[*b].push(*a);
        }
        let (mut seen, mut next) = (BTreeSet::from([0]), VecDeque::from([0]));
        while let Some(here) = next.pop_front() {
            for there in &beside[here] {
                if seen.insert(*there) {
                    let distance = self.nodes[here].distance + 1;
                    let node = &mut self.nodes[*there];
                    (node.distance, node.hangs_on) = (distance, Some(here));
                    next.push_back(*there);
                }
            }
        }
    }

    /// Everybody of the staff in it.
    pub fn staff(&self) -> impl Iterator<Item = PersonId> {
        self.nodes.iter().filter_map(Node::staff)
    }
}

impl Node {
    /// Who it is, if they are on the roster.
    pub fn staff(&self) -> Option<PersonId> {
        match self.what {
            What::Person(OnTheWay { person, .. }) => person,
            _ => None,
        }
    }
}

/// A node before it has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Person(Individual),
    Company(u32),
    Project(u32),
}

/// A way from the person in the middle, and on which ground it ties them to its end.
struct Strand {
    ground: Ground,
    /// From the person in the middle on.
    spots: Vec<Spot>,
    /// One fewer, each with whether it is told from its far end.
    links: Vec<(Link, bool)>,
    /// What the end is to the person in the middle, if kin.
    term: Option<relations::Term>,
    /// The end's name in the source: the order of strands must not depend on that of the rows.
    name: String,
}

impl Strand {
    /// What keeps somebody out comes before what is a hint, and of each the nearest first.
    fn rank(&self) -> (bool, usize, Ground, &str) {
        (!self.ground.recuses(), self.spots.len(), self.ground, &self.name)
    }

    fn end(&self) -> Spot {
        self.spots[self.spots.len() - 1]
    }

    /// It begins again at its end, as somebody else's way back.
    fn then(mut self, back: Strand) -> Strand {
        self.spots.extend(back.spots.into_iter().rev().skip(1));
        self.links.extend(back.links.into_iter().rev().map(|(link, from_far)| (link, !from_far)));
        self
    }
}

impl Ties {
    pub(super) fn network(&self, one: PersonId, window: Window) -> Network {
        let Some(middle) = self.individuals.get(&one).copied() else { return Network::default() };
        let mut strands: Vec<Strand> =
            self.kin.of(middle).filter_map(|(other, class)| self.kin_strand(middle, other, class)).collect();
        strands.extend(self.company_strands(middle, window));
        strands.sort_by(|one, other| one.rank().cmp(&other.rank()));
        self.drawn(middle, &strands)
    }

    fn kin_strand(&self, from: Individual, to: Individual, class: Class) -> Option<Strand> {
        let path = self.graph.path(from, to)?;
        let people: Vec<Individual> = path.people().collect();
        let kin = |(step, from): (&relations::Step, &Individual)| (Link::Kin(self.hop(*from, step)), false);
        Some(Strand {
            ground: Ground::of_class(class),
            links: path.steps.iter().zip(&people).map(kin).collect(),
            spots: people.into_iter().map(Spot::Person).collect(),
            term: Some(path.term(&self.graph)),
            name: self.graph.register().key(to).to_owned(),
        })
    }

    /// The ways to every company that somebody is tied to, and over each on to whoever of the staff is tied to it as well.
    fn company_strands(&self, middle: Individual, window: Window) -> Vec<Strand> {
        let mut strands = Vec::new();
        let mut own: BTreeMap<u32, Vec<CompanyTie>> = BTreeMap::new();
        for tie in self.dealings.company_ties(&self.graph, middle, window) {
            own.entry(tie.dealing.company.0).or_default().push(tie);
        }
        for ties in own.values() {
            strands.extend(ties.iter().filter_map(|tie| self.to_company(middle, tie)));
            let company = ties[0].dealing.company;
            let is_staff = |one: Individual| one != middle && self.people.contains_key(&one);
            let others = self.dealings.tied_to(&self.graph, company, window, is_staff);
            for (other, theirs) in others {
                let ways = ties.iter().filter_map(|tie| self.over_company(middle, tie, other, &theirs));
                // Of several ways over one company the shortest tells enough, but a graver one is told too.
                let mut nearest: BTreeMap<Ground, Strand> = BTreeMap::new();
                for way in ways {
                    match nearest.get(&way.ground) {
                        Some(known) if known.spots.len() <= way.spots.len() => {}
                        _ => drop(nearest.insert(way.ground, way)),
                    }
                }
                strands.extend(nearest.into_values());
            }
        }
        strands
    }

    /// The way from somebody over a dealing of their own, or one of a relative, to a company.
    fn to_company(&self, from: Individual, tie: &CompanyTie) -> Option<Strand> {
        let dealing = &tie.dealing;
        let interest = dealing.role.is_interest();
        let ground = if interest { Ground::Business } else { Ground::SharedWork };
        let mut strand = match tie.relative {
            Some(class) => self.kin_strand(from, dealing.who, class)?,
            None => Strand {
                ground,
                spots: vec![Spot::Person(from)],
                links: Vec::new(),
                term: None,
                name: String::new(),
            },
        };
        (strand.ground, strand.term) = (ground, None);
        strand.name.clone_from(&self.companies[dealing.company.0 as usize]);
        let told = Link::Dealing {
            role: dealing.role,
            since: dealing.since,
            until: dealing.until,
            fen: dealing.volume.fen,
            told: self.dealt(dealing),
        };
        strand.links.push((told, false));
        if let Role::Work { project: Some(project) } = dealing.role {
            strand.spots.push(Spot::Project(project.0));
            strand.links.push((Link::Contract, false));
        }
        strand.spots.push(Spot::Company(dealing.company.0));
        Some(strand)
    }

    /// The way from somebody to a company and on to another of the staff; over the project alone, if both work on it.
    fn over_company(
        &self,
        from: Individual,
        tie: &CompanyTie,
        to: Individual,
        theirs: &CompanyTie,
    ) -> Option<Strand> {
        let interest = tie.dealing.role.is_interest() || theirs.dealing.role.is_interest();
        let (mut there, mut back) = (self.to_company(from, tie)?, self.to_company(to, theirs)?);
        let project = |strand: &Strand| strand.spots.iter().rev().nth(1).copied();
        if matches!(project(&there), Some(Spot::Project(_))) && project(&there) == project(&back) {
            for strand in [&mut there, &mut back] {
                strand.spots.pop();
                strand.links.pop();
            }
        }
        let strand = there.then(back);
        let twice = (1..strand.spots.len()).any(|place| strand.spots[..place].contains(&strand.spots[place]));
        (!twice).then(|| Strand {
            ground: if interest { Ground::Business } else { Ground::SharedWork },
            name: self.graph.register().key(to).to_owned(),
            ..strand
        })
    }

    /// As many strands as there is room for, each whole or not at all.
    fn drawn(&self, middle: Individual, strands: &[Strand]) -> Network {
        let mut drawing = Drawing::default();
        drawing.spot(self, Spot::Person(middle));
        let mut left_out: BTreeSet<Spot> = BTreeSet::new();
        for strand in strands {
            let new = strand.spots.iter().filter(|spot| !drawing.places.contains_key(spot)).count();
            if drawing.network.nodes.len() + new > Network::MOST {
                left_out.insert(strand.end());
            } else {
                drawing.strand(self, strand);
            }
        }
        let Drawing { mut network, places, .. } = drawing;
        network.hang();
        network.left_out = left_out.iter().filter(|spot| !places.contains_key(spot)).count();
        network
    }
}

/// A network on its way.
#[derive(Default)]
struct Drawing {
    network: Network,
    places: BTreeMap<Spot, usize>,
    links: BTreeMap<(usize, usize, u8), usize>,
}

impl Drawing {
    fn spot(&mut self, ties: &Ties, spot: Spot) -> usize {
        if let Some(place) = self.places.get(&spot) {
            return *place;
        }
        let what = match spot {
            Spot::Person(one) => What::Person(ties.on_the_way(one)),
            Spot::Company(company) => What::Company(ties.companies[company as usize].clone(), None),
            Spot::Project(project) => What::Project(ties.projects[project as usize].clone(), None),
        };
        let nodes = &mut self.network.nodes;
        let (grounds, ways) = (BTreeSet::new(), BTreeSet::new());
        nodes.push(Node { what, distance: 0, hangs_on: None, grounds, ways, term: None });
        self.places.insert(spot, nodes.len() - 1);
        nodes.len() - 1
    }

    fn strand(&mut self, ties: &Ties, strand: &Strand) {
        let mut before = None;
        for (place, spot) in strand.spots.iter().enumerate() {
            let here = self.spot(ties, *spot);
            self.network.nodes[here].ways.insert(strand.ground);
            if let Some(before) = before {
                let (link, from_far) = &strand.links[place - 1];
                let (a, b) = if *from_far { (here, before) } else { (before, here) };
                self.link(a, b, link, strand.ground);
            }
            before = Some(here);
        }
        let Some(end) = before else { return };
        let node = &mut self.network.nodes[end];
        if node.staff().is_some() {
            node.grounds.insert(strand.ground);
            node.term = node.term.take().or_else(|| strand.term.clone());
        }
    }

    fn link(&mut self, a: usize, b: usize, link: &Link, ground: Ground) {
        let nodes = &mut self.network.nodes;
        if let Link::Dealing { told, .. } = link {
            // A company or a project is called as in a row that tells of it.
            for place in [a, b] {
                if let What::Company(_, row) | What::Project(_, row) = &mut nodes[place].what {
                    *row = row.or(*told);
                }
            }
        }
        let links = &mut self.network.links;
        let kind = match link {
            Link::Kin(_) | Link::Contract => 0,
            Link::Dealing { role: Role::Owner, .. } => 1,
            Link::Dealing { role: Role::Lead, .. } => 2,
            Link::Dealing { role: Role::Work { .. }, .. } => 3,
        };
        let known = *self.links.entry((a.min(b), a.max(b), kind)).or_insert_with(|| {
            links.push(Tied { a, b, link: link.clone(), ways: BTreeSet::new() });
            links.len() - 1
        });
        links[known].ways.insert(ground);
    }
}
