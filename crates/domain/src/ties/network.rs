//! What ties one person to others, as a picture of people, companies and projects around them.
//!
//! Of relatives who are not on the roster only those are in it over whom a way leads to somebody of the staff or to a company.

use super::{Hop, OnTheWay, Ties};
use crate::{finding::Place, id::PersonId, recusal::Ground};
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

impl Network {
    /// Every row that it names.
    pub fn rows(&self) -> impl Iterator<Item = Place> {
        let of_nodes = self.nodes.iter().filter_map(|node| match &node.what {
            What::Person(one) => one.row(),
            What::Company(_, told) | What::Project(_, told) => *told,
        });
        let of_links = self.links.iter().flat_map(|tied| match &tied.link {
            Link::Kin(hop) => hop.told.iter().map(|told| told.place).collect::<Vec<_>>(),
            Link::Dealing { told, .. } => told.iter().copied().collect(),
            Link::Contract => Vec::new(),
        });
        of_nodes.chain(of_links)
    }
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
    Company(String, Option<Place>),
    /// A project, by its code, and a row that tells of it.
    Project(String, Option<Place>),
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
        told: Option<Place>,
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
            None => {
                Strand { ground, spots: vec![Spot::Person(from)], links: Vec::new(), term: None, name: String::new() }
            }
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
    fn over_company(&self, from: Individual, tie: &CompanyTie, to: Individual, theirs: &CompanyTie) -> Option<Strand> {
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
        // A company or a project is called as in a row that tells of it; the row of a project tells of its contractor too.
        let told = match (link, &nodes[a].what) {
            (Link::Dealing { told, .. }, _) | (Link::Contract, What::Project(_, told)) => *told,
            _ => None,
        };
        for place in [a, b] {
            if let What::Company(_, row) | What::Project(_, row) = &mut nodes[place].what {
                *row = row.or(told);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        batch::{Kind, Row},
        id::UnitId,
        roster::{Assignment, Person},
        score::Observed,
        ties::TiesOn,
    };
    use crate::{id::BatchId, roster::Roster, ties::Sources};
    use jiff::civil::date;
    use std::sync::Arc;
    use uuid::Uuid;

    fn person(number: usize) -> Person {
        Person {
            id: PersonId(Uuid::from_u128(number as u128)),
            number: format!("N{number}"),
            name: String::new(),
            sex: None,
            born: None,
            id_number: Some(format!("ID{number}")),
            phone: None,
            assignment: Assignment {
                unit: UnitId(Uuid::nil()),
                section: None,
                post: None,
                rank: None,
                staff_kind: String::new(),
                post_type: String::new(),
                joined: None,
                leader: None,
                project_lead: false,
            },
        }
    }

    fn row(number: u32, kind: Kind, fields: &[(&str, &str)]) -> Observed {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let date = (kind == Kind::Projects).then(|| date(2026, 2, 1));
        let row = Row { number, key: number.to_string(), person: None, date, fields };
        Observed { batch: BatchId(Uuid::from_u128(kind as u128)), kind, row }
    }

    fn on(staff: usize, rows: Vec<Observed>) -> TiesOn {
        let people = (1..=staff).map(person).map(|person| (person.id, person)).collect();
        let roster = Roster { people, ..Roster::default() };
        let ties = Ties::derive(Sources::of(&roster, &rows), date(2026, 3, 2), &|number| number.to_owned());
        TiesOn::new(Arc::new(ties), date(2026, 3, 2), 3)
    }

    fn one(number: usize) -> PersonId {
        person(number).id
    }

    fn place(network: &Network, number: usize) -> Option<usize> {
        network.nodes.iter().position(|node| node.staff() == Some(one(number)))
    }

    /// 1 is married to W, who owns C, for which 2 leads a project; 3 is the child of W's sister, and 4 works on the project.
    fn rows() -> Vec<Observed> {
        use Kind::{Household, Projects, Shareholders};
        vec![
            row(2, Household, &[("id_number", "ID1"), ("spouse", "IDW")]),
            row(3, Household, &[("id_number", "IDW"), ("mother", "IDM")]),
            row(4, Household, &[("id_number", "IDS"), ("mother", "IDM")]),
            row(5, Household, &[("id_number", "ID3"), ("mother", "IDS")]),
            row(6, Household, &[("id_number", "ID5"), ("mother", "IDX")]),
            row(2, Shareholders, &[("company_code", "C"), ("id_number", "IDW"), ("role", "shareholder")]),
            row(
                2,
                Projects,
                &[("code", "P"), ("contractor_code", "C"), ("lead", "N2"), ("members", "N4"), ("amount", "3")],
            ),
        ]
    }

    #[test]
    fn everybody_hangs_on_the_shortest_way() {
        let ties = on(6, rows());
        let network = ties.network(one(1));
        assert_eq!(network.left_out, 0);
        let (wife, niece, lead) = (1, place(&network, 3).expect("her niece"), place(&network, 2).expect("who leads"));
        assert_eq!(network.nodes[wife].hangs_on, Some(0));
        assert_eq!((network.nodes[niece].distance, network.nodes[lead].distance), (4, 4));
        assert_eq!(network.nodes[niece].grounds, BTreeSet::from([Ground::NearAffinity]));
        assert_eq!(network.nodes[lead].grounds, BTreeSet::from([Ground::Business]));
        assert_eq!(place(&network, 5), None, "no way leads there");
        assert_eq!(network.staff().count(), 4);
        // Each hangs on somebody who is one step nearer.
        for node in &network.nodes[1..] {
            assert_eq!(network.nodes[node.hangs_on.expect("one")].distance + 1, node.distance);
        }
        let dealing = network.links.iter().find(|tied| matches!(tied.link, Link::Dealing { role: Role::Owner, .. }));
        let dealing = dealing.expect("what she owns");
        assert_eq!(dealing.a, wife, "told from the person");
        assert!(matches!(&network.nodes[dealing.b].what, What::Company(code, Some(Place::Row(_, 2))) if code == "C"));
        let Link::Kin(hop) = &network.links[0].link else { panic!("no kin") };
        assert_eq!(
            hop.told.iter().map(|told| told.place).collect::<Vec<_>>(),
            [Place::Row(BatchId(Uuid::from_u128(Kind::Household as u128)), 2)]
        );
        assert_eq!(hop.strength, relations::Strength::Registered);
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let mut turned = rows();
        turned.reverse();
        // Of several rows that mention somebody the first is named; all else is the same.
        let told = |rows| {
            let network = on(6, rows).network(one(1));
            let node = |node: &Node| (node.staff(), node.distance, node.hangs_on, node.ways.clone(), node.term.clone());
            (network.nodes.iter().map(node).collect::<Vec<_>>(), network.links)
        };
        assert_eq!(told(rows()), told(turned));
    }

    #[test]
    fn who_works_on_one_project_is_near_and_no_more_than_a_hint() {
        let network = on(6, rows()).network(one(2));
        let contractor =
            network.nodes.iter().find(|node| matches!(&node.what, What::Company(..))).expect("the contractor");
        assert!(
            matches!(contractor.what, What::Company(_, Some(Place::Row(_, 2)))),
            "called as in the row of the project"
        );
        let (colleague, owner) = (place(&network, 4).expect("a colleague"), place(&network, 1).expect("her husband"));
        assert_eq!((network.nodes[colleague].distance, network.nodes[owner].distance), (2, 4));
        assert_eq!(network.nodes[colleague].grounds, BTreeSet::from([Ground::SharedWork]));
        let own = on(6, rows()).shared(one(1), one(2));
        assert_eq!(own[0].of_a[0].way.as_ref().map(|way| way.people.len()), Some(2), "the way to the wife");
        assert_eq!((own[0].of_b[0].since, own[0].of_b[0].fen), (Some(date(2026, 2, 1)), 3_000_000));
    }

    /// 1 owns what 2 and 3 serve (1 over his wife): 1 is kept apart from both, and they are not from each other.
    #[test]
    fn who_serves_what_another_owns_is_kept_apart() {
        let serves = |line, who, from, to| {
            row(
                line,
                Kind::Clients,
                &[("number", who), ("company_code", "C"), ("since", from), ("until", to), ("cases", "7")],
            )
        };
        let mut rows = vec![
            row(2, Kind::Household, &[("id_number", "ID1"), ("spouse", "IDW")]),
            row(2, Kind::Shareholders, &[("company_code", "C"), ("id_number", "IDW"), ("role", "shareholder")]),
            serves(2, "N2", "2025-01-01", ""),
            serves(3, "N3", "2024-01-01", "2024-12-31"),
        ];
        let ties = on(4, rows.clone());
        let between = |ties: &TiesOn, a, b| ties.between(one(a), one(b)).into_iter().collect::<Vec<_>>();
        assert_eq!(between(&ties, 1, 2), [Ground::Business]);
        assert_eq!(between(&ties, 1, 3), [Ground::Business], "it lies back less than three years");
        assert_eq!(between(&ties, 2, 3), [Ground::SharedWork], "both merely serve it");
        assert_eq!(between(&ties, 1, 4), []);
        let shared = &ties.shared(one(1), one(2))[0];
        let place = |kind| Some(Place::Row(BatchId(Uuid::from_u128(kind as u128)), 2));
        assert_eq!((shared.of_a[0].told, shared.of_b[0].told), (place(Kind::Shareholders), place(Kind::Clients)));
        assert_eq!(shared.of_b[0].role, Role::Work { project: None });
        rows[3] = serves(3, "N3", "2020-01-01", "2023-03-01");
        assert_eq!(between(&on(4, rows), 1, 3), [], "it lies back more than three years");
    }

    #[test]
    fn too_many_are_left_out_and_counted_the_tied_last() {
        let members: Vec<String> = (3..=200).map(|number| format!("N{number}")).collect();
        let (lead, members) = ("N1", members.join(";"));
        let project = [("code", "P"), ("contractor_code", "C"), ("lead", lead), ("members", &members)];
        let rows = vec![
            row(2, Kind::Household, &[("id_number", "ID1"), ("father", "IDF")]),
            row(3, Kind::Household, &[("id_number", "ID200"), ("father", "IDF")]),
            row(2, Kind::Projects, &project),
        ];
        let network = on(200, rows).network(one(1));
        assert_eq!(network.nodes.len(), Network::MOST);
        assert!(place(&network, 200).is_some(), "whom the law keeps apart comes first");
        let shown = network.staff().count();
        assert_eq!(network.left_out + shown, 1 + 198);
        assert_eq!(on(1, Vec::new()).network(one(1)).nodes.len(), 1);
        assert_eq!(on(1, Vec::new()).network(one(9)), Network::default());
    }
}
