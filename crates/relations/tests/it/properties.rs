//! What holds of every register, however families are tangled, against a second reading of the law.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::*;
use relations::{
    Amendment, Class, Contradiction, Evidence, Graph, Individual, Kind, Move, Nature, Profile, Register, Sex, Source,
    StaffRelations, Strength, Tie, contradictions,
};

/// A tie between two people by number, and its source.
type Said = (u8, u8, Kind, u8);

const PEOPLE: u8 = 14;

/// Parents have smaller numbers than their children, so nobody is their own ancestor but by way of a sibling.
fn ties() -> impl Strategy<Value = Vec<Said>> {
    let kind = prop_oneof![
        8 => Just(Kind::PARENT),
        1 => Just(Kind::Parent { nature: Nature::Adoptive, sex: None }),
        4 => Just(Kind::Spouse),
        1 => Just(Kind::Sibling { half: false }),
        1 => Just(Kind::Sibling { half: true }),
    ];
    let tie = (0..PEOPLE, 0..PEOPLE, kind, 0..4u8);
    let ordered = tie.prop_filter_map("one with themselves", |(a, b, kind, source)| {
        (a != b).then_some((a.min(b), a.max(b), kind, source))
    });
    proptest::collection::vec(ordered, 0..24)
}

/// A register of all people; the sexes alternate, except that every seventh is unknown.
fn people(order: &[u8]) -> Register {
    let mut register = Register::default();
    for number in order {
        let who = register.individual(&number.to_string());
        let sex =
            [None, Some(Sex::Male), Some(Sex::Female)][usize::from(number % 7 != 0) * usize::from(1 + number % 2)];
        register.describe(who, Profile { sex, born: None });
    }
    register
}

fn tie(register: &Register, (a, b, kind, source): Said) -> Tie {
    let find = |number: u8| register.find(&number.to_string()).unwrap();
    let evidence = match source {
        0 => Evidence::Declared { by: find(a) },
        1 => Evidence::Inferred,
        _ => Evidence::Registered,
    };
    Tie { from: find(a), to: find(b), kind, evidence, source: Source(source.into()), since: None, until: None }
}

fn in_order() -> Vec<u8> {
    (0..PEOPLE).collect()
}

fn graph(order: &[u8], ties: &[Said]) -> Graph {
    let mut register = people(order);
    for said in ties {
        let tie = tie(&register, *said);
        register.record(tie).unwrap();
    }
    Graph::new(register, None)
}

fn everybody(graph: &Graph) -> Vec<Individual> {
    in_order().iter().map(|number| graph.register().find(&number.to_string()).unwrap()).collect()
}

/// Everything that is said of every pair, by keys.
fn all(graph: &Graph) -> BTreeMap<(String, String), String> {
    let people = everybody(graph);
    let key = |one| graph.register().key(one).to_owned();
    let pairs = people.iter().flat_map(|a| people.iter().map(move |b| (*a, *b)));
    let said = pairs.map(|(a, b)| {
        let path = graph.path(a, b).map(|path| {
            let people: Vec<_> = path.people().map(key).collect();
            (people, path.strength(), path.term(graph))
        });
        ((key(a), key(b)), format!("{:?} {path:?} {:?}", graph.class(a, b), graph.kinship(a, b)))
    });
    said.collect()
}

/// The law read again, as sets of people, without a thought for speed.
struct Law {
    parents: HashMap<u8, BTreeSet<u8>>,
    spouses: HashMap<u8, BTreeSet<u8>>,
}

impl Law {
    /// Of ties without siblings on record.
    fn of(ties: &[Said]) -> Self {
        let mut law = Self { parents: HashMap::new(), spouses: HashMap::new() };
        for (a, b, kind, _) in ties {
            match kind {
                Kind::Parent { .. } => drop(law.parents.entry(*b).or_default().insert(*a)),
                Kind::Spouse => {
                    law.spouses.entry(*a).or_default().insert(*b);
                    law.spouses.entry(*b).or_default().insert(*a);
                }
                Kind::Sibling { .. } => unreachable!("left out"),
            }
        }
        law
    }

    fn parents(&self, of: u8) -> BTreeSet<u8> {
        self.parents.get(&of).cloned().unwrap_or_default()
    }

    fn spouses(&self, of: u8) -> BTreeSet<u8> {
        self.spouses.get(&of).cloned().unwrap_or_default()
    }

    fn each(of: &BTreeSet<u8>, step: impl Fn(u8) -> BTreeSet<u8>) -> BTreeSet<u8> {
        of.iter().flat_map(|one| step(*one)).collect()
    }

    fn ancestors(&self, of: u8) -> BTreeSet<u8> {
        let parents = self.parents(of);
        let above = Self::each(&parents, |parent| self.ancestors(parent));
        parents.union(&above).copied().collect()
    }

    fn lineal(&self, a: u8, b: u8) -> bool {
        self.ancestors(a).contains(&b) || self.ancestors(b).contains(&a)
    }

    fn children(&self, of: u8) -> BTreeSet<u8> {
        (0..PEOPLE).filter(|one| self.parents(*one).contains(&of)).collect()
    }

    fn siblings(&self, of: u8) -> BTreeSet<u8> {
        let mut siblings = Self::each(&self.parents(of), |parent| self.children(parent));
        siblings.remove(&of);
        siblings
    }

    fn collateral(&self, of: u8) -> BTreeSet<u8> {
        let roots = |one| {
            let parents = self.parents(one);
            let grandparents = Self::each(&parents, |parent| self.parents(parent));
            parents.union(&grandparents).copied().collect::<BTreeSet<_>>()
        };
        (0..PEOPLE).filter(|b| of != *b && !self.lineal(of, *b) && !roots(of).is_disjoint(&roots(*b))).collect()
    }

    fn near_affines(&self, of: u8) -> BTreeSet<u8> {
        let spouses = self.spouses(of);
        let siblings = Self::each(&spouses, |spouse| self.siblings(spouse));
        let in_law = Self::each(&self.children(of), |child| self.spouses(child));
        [
            Self::each(&spouses, |spouse| self.parents(spouse)),
            Self::each(&siblings, |sibling| self.spouses(sibling)),
            siblings,
            Self::each(&in_law, |spouse| self.parents(spouse)),
            in_law,
            Self::each(&self.collateral(of), |relative| self.spouses(relative)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn blood_or_marriage(&self, a: u8, b: u8) -> Option<Class> {
        if self.spouses(a).contains(&b) {
            Some(Class::Spouse)
        } else if self.lineal(a, b) {
            Some(Class::Lineal)
        } else if self.collateral(a).contains(&b) {
            Some(Class::Collateral)
        } else {
            None
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn the_class_is_that_of_the_law_as_sets(ties in ties()) {
        let ties: Vec<_> = ties.into_iter().filter(|said| !matches!(said.2, Kind::Sibling { .. })).collect();
        let (graph, law) = (graph(&in_order(), &ties), Law::of(&ties));
        let people = everybody(&graph);
        let affines: Vec<_> = (0..PEOPLE).map(|one| law.near_affines(one)).collect();
        let are_affines = |a: u8, b: u8| affines[usize::from(a)].contains(&b) || affines[usize::from(b)].contains(&a);
        for a in 0..PEOPLE {
            for b in 0..PEOPLE {
                let class = graph.class(people[usize::from(a)], people[usize::from(b)]);
                let expected = law.blood_or_marriage(a, b).or(are_affines(a, b).then_some(Class::NearAffinity));
                prop_assert_eq!(class, expected.filter(|_| a != b), "{} {}", a, b);
            }
        }
    }

    #[test]
    fn the_order_of_people_and_ties_does_not_matter(
        ties in ties(),
        people in Just(in_order()).prop_shuffle(),
        seed in any::<u64>(),
    ) {
        let mut shuffled = ties.clone();
        shuffled.sort_by_key(|(a, b, ..)| (u64::from(*a) * 31 + u64::from(*b)).wrapping_mul(seed | 1));
        prop_assert_eq!(all(&graph(&in_order(), &ties)), all(&graph(&people, &shuffled)));
    }

    #[test]
    fn both_stand_the_same_to_each_other(ties in ties()) {
        let graph = graph(&in_order(), &ties);
        for a in everybody(&graph) {
            for b in everybody(&graph) {
                prop_assert_eq!(graph.class(a, b), graph.class(b, a));
                prop_assert_eq!(graph.kinship(a, b).ok(), graph.kinship(b, a).ok());
                let (there, back) = (graph.path(a, b), graph.path(b, a));
                prop_assert_eq!(&there, &back.map(|path| path.reversed()));
                prop_assert_eq!(there.is_some(), graph.class(a, b).is_some());
            }
        }
    }

    #[test]
    fn a_path_goes_over_ties_on_record_and_nowhere_twice(ties in ties()) {
        let graph = graph(&in_order(), &ties);
        // Married siblings, and a sibling of one's own grandchild, make walks in which somebody must be passed twice.
        let tangled = contradictions(&graph)
            .iter()
            .any(|found| matches!(found, Contradiction::TwoKinds { .. } | Contradiction::OwnAncestor { .. }));
        for a in everybody(&graph) {
            for b in everybody(&graph) {
                let Some(path) = graph.path(a, b) else { continue };
                let people: Vec<_> = path.people().collect();
                prop_assert!(tangled || people.iter().collect::<BTreeSet<_>>().len() == people.len(), "{:?}", path);
                prop_assert_eq!((people[0], people[people.len() - 1]), (a, b));
                for (pair, step) in people.windows(2).zip(&path.steps) {
                    let on_record = graph.register().ties_of(pair[0]).any(|tie| {
                        (tie.from, tie.to) == (pair[0], pair[1]) && goes(tie.kind, step.going, true)
                            || (tie.from, tie.to) == (pair[1], pair[0]) && goes(tie.kind, step.going, false)
                    });
                    prop_assert!(on_record, "{:?}", path);
                }
                prop_assert!(path.strength() >= Strength::Inferred);
            }
        }
    }

    #[test]
    fn all_among_the_staff_are_found_and_stay_found_when_the_record_changes(
        before in ties(),
        after in ties(),
        retracted in 0..4u8,
        staff in proptest::collection::btree_set(0..PEOPLE, 0..usize::from(PEOPLE)),
    ) {
        let mut graph = graph(&in_order(), &before);
        let staff: Vec<_> = staff.iter().map(|number| everybody(&graph)[usize::from(*number)]).collect();
        let mut relations = StaffRelations::derive(&graph, staff.iter().copied());
        prop_assert_eq!(relations.iter().map(|found| (found.a, found.b, found.class)).collect::<Vec<_>>(), pairwise(&graph, &staff));
        let mut amendments: Vec<_> =
            after.iter().map(|said| Amendment::Record(tie(graph.register(), *said))).collect();
        amendments.insert(amendments.len() / 2, Amendment::Retract(Source(retracted.into())));
        amendments.push(Amendment::Describe(
            everybody(&graph)[0],
            Profile { sex: Some(Sex::Female), born: None },
        ));
        for amendment in amendments {
            relations.amend(&mut graph, &amendment).unwrap();
            let rebuilt = Graph::new(graph.register().clone(), None);
            prop_assert_eq!(&relations, &StaffRelations::derive(&rebuilt, staff.iter().copied()));
        }
        prop_assert_eq!(all(&graph), all(&Graph::new(graph.register().clone(), None)));
    }
}

fn goes(kind: Kind, going: Move, forward: bool) -> bool {
    match kind {
        Kind::Parent { .. } => going == if forward { Move::Down } else { Move::Up },
        Kind::Spouse => going == Move::Spouse,
        Kind::Sibling { .. } => going == Move::Across,
    }
}

fn pairwise(graph: &Graph, staff: &[Individual]) -> Vec<(Individual, Individual, Class)> {
    let mut found = Vec::new();
    for a in staff {
        for b in staff.iter().filter(|b| a < *b) {
            found.extend(graph.class(*a, *b).map(|class| (*a, *b, class)));
        }
    }
    found.sort_unstable();
    found
}
