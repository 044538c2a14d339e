//! All relations among many people at once, and what changes in them with one record.

use std::collections::{BTreeMap, BTreeSet};

use smallvec::SmallVec;

use crate::{
    class::{COLLATERAL_GENERATIONS, Class},
    graph::Graph,
    individual::Individual,
    register::{Amendment, SelfTie},
};

/// Two people whom the law keeps apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Relation {
    /// One of them: who came into the register first.
    pub a: Individual,
    /// The other.
    pub b: Individual,
    /// Why.
    pub class: Class,
}

/// Every relation among the members of a set: the staff of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRelations {
    /// Who belongs to the set, by place in the register.
    staff: Vec<bool>,
    /// Every relation, in both directions.
    classes: BTreeMap<(Individual, Individual), Class>,
}

impl StaffRelations {
    /// Finds them all. The work grows with the number of staff, not with that of the register.
    pub fn derive(graph: &Graph, staff: impl IntoIterator<Item = Individual>) -> Self {
        let mut relations = Self { staff: vec![false; graph.register().len()], classes: BTreeMap::new() };
        let mut staff: Vec<_> = staff.into_iter().collect();
        // In the order of the register, where families often lie together, memory is read more in passing.
        staff.sort_unstable();
        staff.dedup();
        for one in &staff {
            relations.staff[one.place()] = true;
        }
        let mut found = Vec::new();
        for one in staff {
            // Each pair once: the later of the two finds the earlier one.
            for (other, class) in graph.relatives(one, |other| other < one && relations.has(other)) {
                found.extend([((one, other), class), ((other, one), class)]);
            }
        }
        relations.classes = found.into_iter().collect();
        relations
    }

    /// Changes the graph and finds anew what that may have changed: the result is that of deriving all from the changed
    /// graph. Only people near those whom the amendment concerns are looked at.
    ///
    /// # Errors
    ///
    /// [`SelfTie`], with nothing changed.
    pub fn amend(&mut self, graph: &mut Graph, amendment: &Amendment) -> Result<(), SelfTie> {
        let concerned = graph.register().concerned(amendment);
        let mut near = self.near(graph, &concerned);
        graph.amend(amendment)?;
        near.append(&mut self.near(graph, &concerned));
        for one in near {
            let former: Vec<_> = self.of(one).map(|(other, _)| other).collect();
            for other in former {
                self.classes.remove(&(one, other));
                self.classes.remove(&(other, one));
            }
            for (other, class) in graph.relatives(one, |other| self.has(other)) {
                self.classes.extend([((one, other), class), ((other, one), class)]);
            }
        }
        Ok(())
    }

    /// Staff to whom a path may lead over any of these people. A path can be followed from its middle to either end by
    /// the same moves that [`Graph::candidates`] makes.
    fn near(&self, graph: &Graph, concerned: &[Individual]) -> BTreeSet<Individual> {
        let mut near: BTreeSet<_> = concerned.iter().copied().collect();
        for one in concerned {
            graph.candidates(*one, |other| near.extend([other]));
        }
        near.retain(|one| self.has(*one));
        near
    }

    fn has(&self, one: Individual) -> bool {
        self.staff.get(one.place()) == Some(&true)
    }

    /// Every relation, once, in the order of the register.
    pub fn iter(&self) -> impl Iterator<Item = Relation> {
        let once = self.classes.iter().filter(|((a, b), _)| a < b);
        once.map(|((a, b), class)| Relation { a: *a, b: *b, class: *class })
    }

    /// The class of two members; none if nothing keeps them apart.
    pub fn class(&self, a: Individual, b: Individual) -> Option<Class> {
        self.classes.get(&(a, b)).copied()
    }

    /// The relatives of one member among the others.
    pub fn of(&self, one: Individual) -> impl Iterator<Item = (Individual, Class)> {
        let first = Individual(0);
        let theirs = self.classes.range((one, first)..).take_while(move |((of, _), _)| *of == one);
        theirs.map(|((_, other), class)| (*other, *class))
    }
}

impl Graph {
    /// Everybody in one of the four classes with this person among those asked for, once each.
    pub fn relatives(&self, of: Individual, asked: impl Fn(Individual) -> bool) -> Vec<(Individual, Class)> {
        let mut candidates = Vec::new();
        self.candidates(of, |one| {
            if asked(one) {
                candidates.push(one);
            }
        });
        candidates.sort_unstable();
        candidates.dedup();
        candidates.into_iter().filter_map(|one| self.class(of, one).map(|class| (one, class))).collect()
    }

    /// Everybody who can be in a class with this person, and some who can't; some more than once. Who is, [`Graph::class`]
    /// says alone.
    ///
    /// The ways of all classes are runs of: a marriage, up to two generations up, perhaps across to a sibling, up to two
    /// down, a marriage; or they are down, a marriage, up; or straight up or down. Read backwards they are such runs too.
    pub(crate) fn candidates(&self, of: Individual, mut meet: impl FnMut(Individual)) {
        for (one, _) in self.ancestors(of, u32::MAX).into_iter().chain(self.descendants(of)) {
            meet(one);
        }
        let spouses = self.spouses(of).map(|spouse| spouse.to);
        for root in std::iter::once(of).chain(spouses) {
            self.meet_family(root, &mut meet);
        }
        for child in self.downs(of) {
            for spouse in self.spouses(child) {
                self.ups(spouse.to).for_each(|up| meet(up.parent.to));
            }
        }
    }

    /// The blood relatives within two generations up and two down, and their spouses.
    fn meet_family(&self, root: Individual, meet: &mut impl FnMut(Individual)) {
        let mut elders = Family::from_elem(root, 1);
        elders.extend(self.ancestors(root, COLLATERAL_GENERATIONS).into_iter().map(|(one, _)| one));
        for place in 0..elders.len() {
            for first in self.siblings(elders[place]) {
                elders.push(first.to);
                elders.extend(self.siblings(first.to).map(|second| second.to));
            }
        }
        let children = self.next_generation(&elders);
        let grandchildren = self.next_generation(&children);
        for one in elders.into_iter().chain(children).chain(grandchildren) {
            meet(one);
            self.spouses(one).for_each(|spouse| meet(spouse.to));
        }
    }

    /// The children of all these, each once: most have two parents among them.
    fn next_generation(&self, of: &[Individual]) -> Family {
        let mut children: Family = of.iter().flat_map(|one| self.downs(*one)).collect();
        children.sort_unstable();
        children.dedup();
        children
    }
}

type Family = SmallVec<[Individual; 64]>;
