//! Where sources say what cannot all be true. Each is a question to a human, never a verdict: registers err, too.

use crate::{
    graph::Graph,
    individual::{Individual, Sex},
    tie::{Evidence, Kind, Nature, Tie},
};

/// Two statements that exclude each other, or one that excludes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contradiction {
    /// A declaration names another father or mother by birth than the register.
    DifferentParent {
        /// Whose parent.
        child: Individual,
        /// As declared.
        declared: Individual,
        /// By whom; not always the child.
        by: Individual,
        /// As registered.
        registered: Individual,
    },
    /// A declaration names another spouse than the register.
    DifferentSpouse {
        /// Whose spouse.
        of: Individual,
        /// As declared.
        declared: Individual,
        /// By whom.
        by: Individual,
        /// As registered.
        registered: Individual,
    },
    /// Two are declared siblings, but have all four parents on record and share none.
    NotSiblings {
        /// Who declared it.
        by: Individual,
        /// The alleged sibling.
        sibling: Individual,
    },
    /// Registers name two fathers or two mothers by birth.
    TwoParents {
        /// Of whom.
        child: Individual,
        /// Of which sex.
        sex: Sex,
    },
    /// Somebody has more than one spouse registered on one day (民法典 1042).
    TwoSpouses {
        /// Who.
        of: Individual,
    },
    /// Somebody is called the father, but is a woman, or the mother, but is a man.
    WrongSex {
        /// Who.
        parent: Individual,
        /// Whose parent they are called.
        child: Individual,
    },
    /// A parent by birth is not older than the child.
    TooYoung {
        /// The parent.
        parent: Individual,
        /// The child.
        child: Individual,
    },
    /// Somebody is parent as well as child, spouse or sibling of the same person, or spouse as well as sibling, be it that
    /// this only follows from parents or siblings they share.
    TwoKinds {
        /// One of them.
        one: Individual,
        /// The other.
        other: Individual,
    },
    /// Going up from somebody leads back to them.
    OwnAncestor {
        /// Who.
        who: Individual,
    },
}

/// Every contradiction on the day of the graph, in order, each once.
pub fn contradictions(graph: &Graph) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for who in graph.register().individuals() {
        let ties: Vec<_> = graph.register().ties_of(who).filter(|tie| tie.holds_on(graph.day())).copied().collect();
        parents(graph, who, &ties, &mut found);
        spouses(who, &ties, &mut found);
        siblings(graph, who, &ties, &mut found);
        each_parent_tie(graph, who, &ties, &mut found);
        kinds(graph, who, &mut found);
        if graph.parents(who).any(|parent| graph.is_above(who, parent.to)) {
            found.push(Contradiction::OwnAncestor { who });
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

impl Graph {
    fn is_above(&self, above: Individual, of: Individual) -> bool {
        self.ancestors(of, u32::MAX).iter().any(|(ancestor, _)| *ancestor == above)
    }
}

/// What the registers and what declarations say, of one thing.
#[derive(Default)]
struct Said {
    registered: Vec<Individual>,
    declared: Vec<(Individual, Individual)>,
}

impl Said {
    fn of(ties: impl Iterator<Item = (Individual, Evidence)>) -> Self {
        let mut said = Self::default();
        for (who, evidence) in ties {
            match evidence {
                Evidence::Registered if !said.registered.contains(&who) => said.registered.push(who),
                Evidence::Declared { by } => said.declared.push((who, by)),
                Evidence::Registered | Evidence::Inferred => {}
            }
        }
        said.registered.sort_unstable();
        said
    }

    /// What was declared otherwise than registered: who, by whom, and the first who is registered.
    fn otherwise(&self) -> impl Iterator<Item = (Individual, Individual, Individual)> {
        let others = self.declared.iter().filter(|(who, _)| !self.registered.contains(who));
        others.filter_map(|(who, by)| Some((*who, *by, *self.registered.first()?)))
    }
}

fn parents(graph: &Graph, child: Individual, ties: &[Tie], found: &mut Vec<Contradiction>) {
    for sex in [Sex::Male, Sex::Female] {
        let by_birth = ties.iter().filter(|tie| tie.to == child && is_birth(tie) && graph.sex(tie.from) == Some(sex));
        let said = Said::of(by_birth.map(|tie| (tie.from, tie.evidence)));
        let different = said.otherwise().map(|(declared, by, registered)| Contradiction::DifferentParent {
            child,
            declared,
            by,
            registered,
        });
        found.extend(different);
        if said.registered.len() > 1 {
            found.push(Contradiction::TwoParents { child, sex });
        }
    }
}

fn is_birth(tie: &Tie) -> bool {
    matches!(tie.kind, Kind::Parent { nature: Nature::Birth, .. })
}

fn spouses(of: Individual, ties: &[Tie], found: &mut Vec<Contradiction>) {
    let marriages = ties.iter().filter(|tie| tie.kind == Kind::Spouse);
    let said = Said::of(marriages.map(|tie| (if tie.from == of { tie.to } else { tie.from }, tie.evidence)));
    let different = said.otherwise().map(|(declared, by, registered)| Contradiction::DifferentSpouse {
        of,
        declared,
        by,
        registered,
    });
    found.extend(different);
    if said.registered.len() > 1 {
        found.push(Contradiction::TwoSpouses { of });
    }
}

fn siblings(graph: &Graph, by: Individual, ties: &[Tie], found: &mut Vec<Contradiction>) {
    let declared = ties.iter().filter(|tie| matches!(tie.kind, Kind::Sibling { .. }));
    for tie in declared.filter(|tie| tie.evidence == Evidence::Declared { by }) {
        let sibling = if tie.from == by { tie.to } else { tie.from };
        let (mut own, theirs) = (graph.parents(by), graph.parents(sibling));
        let known = own.clone().count() >= 2 && theirs.clone().count() >= 2;
        if known && !own.any(|parent| theirs.clone().any(|other| other.to == parent.to)) {
            found.push(Contradiction::NotSiblings { by, sibling });
        }
    }
}

fn each_parent_tie(graph: &Graph, child: Individual, ties: &[Tie], found: &mut Vec<Contradiction>) {
    let born = |who| graph.register().profile(who).born;
    for tie in ties.iter().filter(|tie| tie.to == child) {
        let Kind::Parent { sex: said, nature } = tie.kind else { continue };
        let parent = tie.from;
        if said.is_some_and(|said| graph.register().profile(parent).sex.is_some_and(|sex| sex != said)) {
            found.push(Contradiction::WrongSex { parent, child });
        }
        let younger = born(parent).zip(born(child)).is_some_and(|(parent, child)| parent >= child);
        if nature == Nature::Birth && younger {
            found.push(Contradiction::TooYoung { parent, child });
        }
    }
}

fn kinds(graph: &Graph, one: Individual, found: &mut Vec<Contradiction>) {
    let near = graph.parents(one).chain(graph.spouses(one)).chain(graph.siblings(one)).chain(graph.children(one));
    let mut others: Vec<_> = near.map(|link| link.to).collect();
    others.sort_unstable();
    let twice = others.windows(2).filter(|pair| pair[0] == pair[1] && one < pair[0]);
    found.extend(twice.map(|pair| Contradiction::TwoKinds { one, other: pair[0] }));
    let married_siblings = graph.spouses(one).filter(|spouse| one < spouse.to && graph.are_siblings(one, spouse.to));
    found.extend(married_siblings.map(|spouse| Contradiction::TwoKinds { one, other: spouse.to }));
}
