//! A register as it stands on one day, laid out to be walked.

use std::ops::Range;

use jiff::civil::Date;

use crate::{
    individual::{Individual, Sex},
    register::{Amendment, Register, SelfTie},
    tie::{Kind, Nature, Strength, Tie},
};

/// The ties of a [`Register`] that hold on one day, person by person, with what several sources say of one tie taken
/// together.
///
/// Memory, beside the register: 33 bytes a person, and 8 a tie of those who have more than [`Node::FEW`]. Walking is waiting for
/// memory, so what somebody has lies in one place, and what is small is quick.
#[derive(Clone, Debug)]
pub struct Graph {
    register: Register,
    day: Option<Date>,
    /// For each person their links, or where they are in `links`.
    nodes: Vec<Node>,
    /// Of those who have many.
    links: Vec<Packed>,
    /// How many places of `links` no node leads to any more.
    unused: usize,
    sexes: Vec<Option<Sex>>,
}

/// What ties one person to another, as seen from the one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The other.
    pub to: Individual,
    /// Of parent and child; birth otherwise.
    pub nature: Nature,
    /// Of siblings on record: they share one parent only.
    pub half: bool,
    /// That of the strongest evidence.
    pub strength: Strength,
}

/// The links of one person: as many as most people have lie here, within a line of a processor's cache.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(32))]
struct Node {
    count: u32,
    /// Where the first is, if there are more than a few.
    start: u32,
    few: [Packed; Node::FEW],
}

impl Node {
    const FEW: usize = 6;

    /// Where in the links of those who have many these are.
    fn range(&self) -> Range<usize> {
        let count = if self.count as usize > Node::FEW { self.count } else { 0 };
        self.start as usize..(self.start + count) as usize
    }

    fn links<'a>(&'a self, many: &'a [Packed]) -> &'a [Packed] {
        match self.few.get(..self.count as usize) {
            Some(few) => few,
            None => &many[self.range()],
        }
    }
}

/// The kinds of link, in the order in which a person's links lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Parent,
    Spouse,
    Sibling,
    Child,
}

impl Graph {
    /// Lays out the ties that hold on a day; without a day, those that ever held.
    pub fn new(register: Register, day: Option<Date>) -> Self {
        let mut graph = Self { register, day, nodes: Vec::new(), links: Vec::new(), unused: 0, sexes: Vec::new() };
        graph.lay_out();
        graph
    }

    /// What it was made from.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// The day on which its ties hold; without one, they held at some time.
    pub fn day(&self) -> Option<Date> {
        self.day
    }

    /// The person with this key, who is added, without a tie, if they are new.
    pub fn individual(&mut self, key: &str) -> Individual {
        let who = self.register.individual(key);
        self.nodes.resize(self.register.len(), Node::default());
        self.sexes.resize(self.register.len(), None);
        who
    }

    /// Takes a change into the register and into the layout.
    ///
    /// # Errors
    ///
    /// [`SelfTie`] when the tie is of one person with themselves.
    pub fn amend(&mut self, amendment: &Amendment) -> Result<(), SelfTie> {
        let concerned = self.register.concerned(amendment);
        match amendment {
            Amendment::Record(tie) => self.register.record(*tie)?,
            Amendment::Describe(who, known) => self.register.describe(*who, *known),
            Amendment::Retract(source) => self.register.retract(*source),
        }
        let mut links = Vec::new();
        for who in concerned {
            self.lay_out_one(who, &mut links);
        }
        if self.unused > self.links.len() / 2 {
            self.lay_out();
        }
        Ok(())
    }

    fn lay_out(&mut self) {
        let people = self.register.len();
        self.nodes = vec![Node::default(); people];
        self.sexes = vec![None; people];
        self.links = Vec::with_capacity(self.links.len() - self.unused);
        self.unused = 0;
        let mut links = Vec::new();
        for who in self.register.individuals() {
            self.lay_out_one(who, &mut links);
        }
    }

    /// Writes the links of a person anew, behind all others. `links` is room to work in.
    fn lay_out_one(&mut self, who: Individual, links: &mut Vec<(Side, Link)>) {
        links.clear();
        links.extend(self.register.ties_of(who).filter(|tie| tie.holds_on(self.day)).map(|tie| link(who, tie)));
        links.sort_unstable_by_key(|(side, link)| (*side, link.to));
        links.dedup_by(|again, first| {
            let same = again.0 == first.0 && again.1.to == first.1.to;
            if same {
                first.1 = agree(first.1, again.1);
            }
            same
        });
        self.unused += self.nodes[who.place()].range().len();
        let place = |place: usize| u32::try_from(place).expect("a graph holds fewer than 2^32 links");
        let mut node = Node { count: place(links.len()), start: place(self.links.len()), ..Node::default() };
        let packed = links.iter().map(|(side, link)| Packed::new(*side, link));
        if links.len() > Node::FEW {
            self.links.extend(packed);
        } else {
            node.few.iter_mut().zip(packed).for_each(|(few, link)| *few = link);
        }
        self.nodes[who.place()] = node;
        self.sexes[who.place()] = self.register.profile(who).sex.or_else(|| self.sex_as_parent(who));
    }

    /// Father or mother is what sources call somebody whose sex is not registered; unknown, if they call them both.
    fn sex_as_parent(&self, who: Individual) -> Option<Sex> {
        let mut sexes = self.register.ties_of(who).filter_map(|tie| match tie.kind {
            Kind::Parent { sex, .. } if tie.from == who => sex,
            _ => None,
        });
        let first = sexes.next()?;
        sexes.all(|sex| sex == first).then_some(first)
    }

    /// Few people have so many links that looking through them costs more than fetching them.
    fn side(&self, of: Individual, side: Side) -> impl Iterator<Item = Link> + Clone {
        let links = self.nodes[of.place()].links(&self.links).iter();
        links
            .skip_while(move |link| link.side() < side)
            .take_while(move |link| link.side() == side)
            .map(|link| link.link())
    }

    /// The parents on record, of whatever nature.
    pub fn parents(&self, of: Individual) -> impl Iterator<Item = Link> + Clone {
        self.side(of, Side::Parent)
    }

    /// Whoever is married to somebody on the day of the graph.
    pub fn spouses(&self, of: Individual) -> impl Iterator<Item = Link> + Clone {
        self.side(of, Side::Spouse)
    }

    /// The siblings on record as siblings; not those who only share a parent.
    pub fn siblings(&self, of: Individual) -> impl Iterator<Item = Link> + Clone {
        self.side(of, Side::Sibling)
    }

    /// The children on record, of whatever nature.
    pub fn children(&self, of: Individual) -> impl Iterator<Item = Link> + Clone {
        self.side(of, Side::Child)
    }

    /// The sex that is registered, or that follows from being called a father or a mother.
    pub fn sex(&self, of: Individual) -> Option<Sex> {
        self.sexes[of.place()]
    }
}

/// A tie as seen from one of its ends.
fn link(who: Individual, tie: &Tie) -> (Side, Link) {
    let (to, is_from) = if tie.from == who { (tie.to, true) } else { (tie.from, false) };
    let strength = tie.evidence.strength();
    let link = Link { to, nature: Nature::Birth, half: false, strength };
    match tie.kind {
        Kind::Parent { nature, .. } => (if is_from { Side::Child } else { Side::Parent }, Link { nature, ..link }),
        Kind::Spouse => (Side::Spouse, link),
        Kind::Sibling { half } => (Side::Sibling, Link { half, ..link }),
    }
}

/// What two sources say of one tie, together: the stronger evidence, and the more particular word, since a register that
/// says father may mean an adoptive one.
fn agree(one: Link, other: Link) -> Link {
    Link {
        to: one.to,
        nature: one.nature.max(other.nature),
        half: one.half || other.half,
        strength: one.strength.max(other.strength),
    }
}

/// A [`Link`] with its side in 32 bits: two for the side, two for the nature or for half siblings, two for the strength,
/// and the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Packed(u32);

impl Packed {
    fn new(side: Side, link: &Link) -> Self {
        let kind = if side == Side::Sibling { u32::from(link.half) } else { link.nature as u32 };
        Self((side as u32) << 30 | kind << 28 | (link.strength as u32) << 26 | link.to.0)
    }

    fn side(self) -> Side {
        [Side::Parent, Side::Spouse, Side::Sibling, Side::Child][(self.0 >> 30) as usize]
    }

    fn link(self) -> Link {
        let kind = self.0 >> 28 & 0b11;
        let is_sibling = self.side() == Side::Sibling;
        Link {
            to: Individual(self.0 & (Individual::MOST - 1)),
            nature: match kind {
                1 if !is_sibling => Nature::Adoptive,
                2 => Nature::Fostering,
                _ => Nature::Birth,
            },
            half: is_sibling && kind == 1,
            strength: match self.0 >> 26 & 0b11 {
                0 => Strength::Inferred,
                1 => Strength::Declared,
                _ => Strength::Registered,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_comes_out_as_it_was_put_in() {
        for side in [Side::Parent, Side::Spouse, Side::Sibling, Side::Child] {
            for (nature, half) in [
                (Nature::Birth, side == Side::Sibling),
                (Nature::Birth, false),
                (Nature::Adoptive, false),
                (Nature::Fostering, false),
            ] {
                if side == Side::Sibling && nature != Nature::Birth {
                    continue;
                }
                for strength in [Strength::Inferred, Strength::Declared, Strength::Registered] {
                    let link = Link { to: Individual(Individual::MOST - 1), nature, half, strength };
                    let packed = Packed::new(side, &link);
                    assert_eq!((packed.side(), packed.link()), (side, link));
                }
            }
        }
    }
}
