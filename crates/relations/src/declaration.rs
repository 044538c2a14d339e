//! What people declared of themselves 申报, beside what the registers say.

use crate::{
    graph::Graph,
    individual::Individual,
    path::Move,
    tie::{Evidence, Kind, Tie},
};

/// A registered relative whom a member of staff did not declare. A question to that member, not a fault: the relative may
/// have died, or the register may be late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undeclared {
    /// Who did not declare.
    pub staff: Individual,
    /// Whom.
    pub relative: Individual,
    /// What the register says: the way from the one to the other.
    pub going: Move,
}

/// Whether somebody declared another person as their relative, as what ever, on the day of the graph.
pub fn declared_by(graph: &Graph, declarant: Individual, relative: Individual) -> bool {
    let mut ties = graph.register().ties_of(declarant).filter(|tie| tie.holds_on(graph.day()));
    ties.any(|tie| other_end(tie, declarant) == relative && tie.evidence == Evidence::Declared { by: declarant })
}

/// The registered spouses, parents, children and siblings that these people did not declare, on the day of the graph; in
/// the order of the staff, each relative once.
pub fn undeclared(graph: &Graph, staff: &[Individual]) -> Vec<Undeclared> {
    let mut found = Vec::new();
    for member in staff {
        let registered = graph.register().ties_of(*member).filter(|tie| tie.evidence == Evidence::Registered);
        let mut theirs: Vec<_> = registered
            .filter(|tie| tie.holds_on(graph.day()))
            .map(|tie| Undeclared { staff: *member, relative: other_end(tie, *member), going: way(tie, *member) })
            .filter(|tie| !declared_by(graph, *member, tie.relative))
            .collect();
        theirs.sort_unstable();
        theirs.dedup();
        found.append(&mut theirs);
    }
    found
}

fn other_end(tie: &Tie, of: Individual) -> Individual {
    if tie.from == of { tie.to } else { tie.from }
}

fn way(tie: &Tie, from: Individual) -> Move {
    match tie.kind {
        Kind::Spouse => Move::Spouse,
        Kind::Sibling { .. } => Move::Across,
        Kind::Parent { .. } if tie.from == from => Move::Down,
        Kind::Parent { .. } => Move::Up,
    }
}
