//! Why two people are tied: the shortest way from one to the other that makes their class.

use std::cmp::Reverse;

use crate::{
    ancestry::Up,
    class::{COLLATERAL_GENERATIONS, Class},
    graph::{Graph, Link},
    individual::Individual,
    tie::{Nature, Strength},
};

/// A way from one person to another over ties on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where it begins.
    pub from: Individual,
    /// At least one.
    pub steps: Vec<Step>,
}

/// One tie of a [`Path`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which way it goes.
    pub going: Move,
    /// Where it leads.
    pub to: Individual,
    /// Of a parent or a child.
    pub nature: Nature,
    /// How sure it is.
    pub strength: Strength,
}

/// Which way a step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// To a parent.
    Up,
    /// To a child.
    Down,
    /// To a sibling who is on record as one.
    Across,
    /// To a spouse.
    Spouse,
}

impl Move {
    fn reversed(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
            Self::Across | Self::Spouse => self,
        }
    }
}

impl Step {
    fn new(going: Move, link: Link) -> Self {
        Self { going, to: link.to, nature: link.nature, strength: link.strength }
    }
}

impl Path {
    fn start(from: Individual) -> Self {
        Self { from, steps: Vec::new() }
    }

    /// Where it ends.
    pub fn to(&self) -> Individual {
        self.steps.last().map_or(self.from, |step| step.to)
    }

    /// Everybody on it, from one end to the other.
    pub fn people(&self) -> impl Iterator<Item = Individual> {
        std::iter::once(self.from).chain(self.steps.iter().map(|step| step.to))
    }

    /// That of its least sure step; a step over a sibling to the parents of both is concluded, whatever it rests on.
    pub fn strength(&self) -> Strength {
        let pairs = self.steps.windows(2);
        let concluded = |pair: &[Step]| {
            matches!(
                (pair[0].going, pair[1].going),
                (Move::Across, Move::Up | Move::Across) | (Move::Down, Move::Across)
            )
        };
        if pairs.into_iter().any(concluded) {
            return Strength::Inferred;
        }
        self.steps.iter().map(|step| step.strength).min().unwrap_or(Strength::Registered)
    }

    /// The same way back.
    pub fn reversed(&self) -> Self {
        let people: Vec<_> = self.people().collect();
        let back = self.steps.iter().zip(people).rev();
        let steps = back.map(|(step, to)| Step { going: step.going.reversed(), to, ..*step });
        Self { from: self.to(), steps: steps.collect() }
    }

    fn then(&self, more: impl IntoIterator<Item = Step>) -> Self {
        Self { from: self.from, steps: self.steps.iter().copied().chain(more).collect() }
    }

    /// This one and another that begins where it ends.
    fn join(&self, on: &Self) -> Self {
        self.then(on.steps.iter().copied())
    }

    fn passes_somebody_twice(&self) -> bool {
        let people: Vec<_> = self.people().collect();
        people.iter().enumerate().any(|(place, one)| people[..place].contains(one))
    }
}

impl Graph {
    /// The shortest way from `a` to `b` that makes the class which [`Graph::class`] gives them; none if it gives none.
    ///
    /// Of several equally short ones, the surest, then the one over men, then over the eldest: whatever the order of the
    /// records, it is the same, and the way back is the same as well. (A father's line comes first because registers are
    /// written by it.)
    pub fn path(&self, a: Individual, b: Individual) -> Option<Path> {
        if self.register().key(a) > self.register().key(b) {
            return self.path(b, a).map(|path| path.reversed());
        }
        let paths = match self.class(a, b)? {
            Class::Spouse => self.spouse_steps(a).into_iter().filter(|path| path.to() == b).collect(),
            Class::Lineal => {
                let down = self.way_up(b, a).map(|up| up.reversed());
                self.way_up(a, b).into_iter().chain(down).collect()
            }
            Class::Collateral => self.collateral_paths(a, b),
            Class::NearAffinity => self.affinity_paths(a, b),
        };
        paths.into_iter().min_by(|one, other| self.rank(one).cmp(&self.rank(other)))
    }

    fn rank(&self, path: &Path) -> impl Ord + use<'_> {
        let people: Vec<_> = path.people().map(|one| self.rank_of_one(one)).collect();
        // Where siblings are married, which records do say, there may be no other way than past somebody twice.
        (path.passes_somebody_twice(), path.steps.len(), Reverse(path.strength()), people)
    }

    fn rank_of_one(&self, one: Individual) -> impl Ord + use<'_> {
        let (sex, born) = (self.sex(one), self.register().profile(one).born);
        (sex.is_none(), sex, born.is_none(), born, self.register().key(one))
    }

    fn spouse_steps(&self, of: Individual) -> Vec<Path> {
        self.spouses(of).map(|spouse| Path::start(of).then([Step::new(Move::Spouse, spouse)])).collect()
    }

    /// Every way up to an ancestor within so many generations, the person's own place included.
    fn ways_up(&self, from: Individual, within: u32) -> Vec<Path> {
        let mut ways = vec![Path::start(from)];
        let mut last = 0..1;
        for _ in 0..within {
            for place in last.clone() {
                let way = ways[place].clone();
                ways.extend(self.ups(way.to()).map(|up| way.then(steps_up(&up))).collect::<Vec<_>>());
            }
            last = last.end..ways.len();
        }
        ways
    }

    fn ways_to_parent(&self, from: Individual, parent: Individual) -> Vec<Path> {
        self.ways_up(from, 1).into_iter().filter(|way| !way.steps.is_empty() && way.to() == parent).collect()
    }

    /// The way up to an ancestor over the fewest generations. Followed from the ancestor down, since most of what is above
    /// somebody leads elsewhere; of several children on the way the first by [`Graph::rank_of_one`] is taken.
    fn way_up(&self, from: Individual, to: Individual) -> Option<Path> {
        let mut above = self.ancestors(from, u32::MAX);
        let place = above.iter().position(|(ancestor, _)| *ancestor == to)?;
        above.truncate(place + 1);
        above.insert(0, (from, 0));
        let mut steps = Vec::new();
        let (mut at, mut generation) = (to, above[place + 1].1);
        while generation > 0 {
            generation -= 1;
            let start = above.partition_point(|(_, one)| *one < generation);
            let end = above.partition_point(|(_, one)| *one <= generation);
            let children = above[start..end]
                .iter()
                .flat_map(|(child, _)| self.ups(*child).filter(|up| up.parent.to == at).map(move |up| (up, *child)));
            let (up, child) = children.min_by_key(|(up, child)| {
                let over = up.over.map(|sibling| self.rank_of_one(sibling.to));
                (over, Reverse(up.parent.strength), self.rank_of_one(*child))
            })?;
            steps.extend(steps_up(&up).into_iter().rev());
            at = child;
        }
        steps.reverse();
        Some(Path { from, steps })
    }

    /// Up to a common ancestor, or to somebody whose sibling is on record, and down again.
    fn collateral_paths(&self, a: Individual, b: Individual) -> Vec<Path> {
        let (up_a, up_b) = (self.ways_up(a, COLLATERAL_GENERATIONS), self.ways_up(b, COLLATERAL_GENERATIONS));
        let pairs = || up_a.iter().flat_map(|one| up_b.iter().map(move |other| (one, other)));
        let over_ancestor = pairs()
            .filter(|(one, other)| one.to() == other.to() && !one.steps.is_empty() && !other.steps.is_empty())
            .map(|(one, other)| one.join(&other.reversed()));
        let near = |path: &Path| path.steps.iter().filter(|step| step.going == Move::Up).count() <= 1;
        let over_siblings = pairs().filter(|(one, other)| near(one) && near(other)).flat_map(|(one, other)| {
            let between = self.recorded_sibling_paths(one.to(), other.to()).into_iter();
            between.map(|between| one.join(&between).join(&other.reversed())).collect::<Vec<_>>()
        });
        over_ancestor.chain(over_siblings).collect()
    }

    fn recorded_sibling_paths(&self, a: Individual, b: Individual) -> Vec<Path> {
        let across = |link| Step::new(Move::Across, link);
        let siblings = self.siblings(a).flat_map(|first| {
            let direct = (first.to == b).then(|| Path::start(a).then([across(first)]));
            let seconds = self.siblings(first.to).filter(move |second| second.to == b && !first.half && !second.half);
            direct.into_iter().chain(seconds.map(move |second| Path::start(a).then([across(first), across(second)])))
        });
        siblings.collect()
    }

    fn sibling_paths(&self, a: Individual, b: Individual) -> Vec<Path> {
        if !self.are_siblings(a, b) {
            return Vec::new();
        }
        let (up_a, up_b) = (self.ways_up(a, 1), self.ways_up(b, 1));
        let shared = up_a
            .iter()
            .flat_map(|one| up_b.iter().map(move |other| (one, other)))
            .filter(|(one, other)| one.to() == other.to() && !one.steps.is_empty() && !other.steps.is_empty());
        shared.map(|(one, other)| one.join(&other.reversed())).chain(self.recorded_sibling_paths(a, b)).collect()
    }

    /// Every way that 公务员回避规定 5(四) names, in the order of `Graph::are_near_affines`.
    fn affinity_paths(&self, a: Individual, b: Individual) -> Vec<Path> {
        let mut paths = self.paths_over_spouse(a, b);
        paths.extend(self.paths_over_spouse(b, a).iter().map(Path::reversed));
        for one in self.spouse_steps(a) {
            for other in self.spouse_steps(b) {
                let between = self.sibling_paths(one.to(), other.to());
                paths.extend(between.iter().map(|between| one.join(between).join(&other.reversed())));
            }
        }
        for child in self.downs(a) {
            for married in self.spouse_steps(child) {
                for up in self.ways_to_parent(married.to(), b) {
                    let down = self.ways_to_parent(child, a);
                    paths.extend(down.iter().map(|down| down.reversed().join(&married).join(&up)));
                }
            }
        }
        paths
    }

    fn paths_over_spouse(&self, a: Individual, b: Individual) -> Vec<Path> {
        let mut paths = Vec::new();
        for married in self.spouse_steps(a) {
            let spouse = married.to();
            let mut onward = self.ways_to_parent(spouse, b);
            onward.extend(self.sibling_paths(spouse, b));
            if self.are_collateral(spouse, b) {
                onward.extend(self.collateral_paths(spouse, b));
            }
            paths.extend(onward.iter().map(|onward| married.join(onward)));
        }
        paths
    }
}

fn steps_up(up: &Up) -> Vec<Step> {
    let over = up.over.map(|sibling| Step::new(Move::Across, sibling));
    over.into_iter().chain([Step::new(Move::Up, up.parent)]).collect()
}
