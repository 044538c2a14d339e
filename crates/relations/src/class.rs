//! The four classes of relatives that may not sit over each other: 公务员法 74, as 公务员回避规定 5 spells them out.

use std::fmt;

use smallvec::SmallVec;

use crate::{ancestry::Generations, graph::Graph, individual::Individual};

/// A legal class. Where several apply, the first one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// 夫妻关系.
    Spouse,
    /// 直系血亲关系: grandparents on both sides, parents, children, grandchildren on both sides; here any number of
    /// generations, since nobody nearer is left out by that. 拟制直系血亲, by adoption or fostering, count.
    Lineal,
    /// 三代以内旁系血亲关系: siblings, half ones too, uncles and aunts, nephews and nieces, first cousins. Counted as the
    /// law counts, oneself being the first generation: both descend from one person within three.
    Collateral,
    /// 近姻亲关系: a spouse's parents; a spouse's siblings and their spouses; a child's spouse and that spouse's parents;
    /// the spouse of a relative of class [`Class::Collateral`]. Either may be the one whose relative the other is.
    NearAffinity,
}

impl Class {
    /// All of them, the nearest first.
    pub const ALL: [Self; 4] = [Self::Spouse, Self::Lineal, Self::Collateral, Self::NearAffinity];

    /// The word in files and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spouse => "spouse",
            Self::Lineal => "lineal",
            Self::Collateral => "collateral3",
            Self::NearAffinity => "near_affinity",
        }
    }

    /// What the law calls it.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Spouse => "夫妻关系",
            Self::Lineal => "直系血亲关系",
            Self::Collateral => "三代以内旁系血亲关系",
            Self::NearAffinity => "近姻亲关系",
        }
    }

    /// Where the law names it.
    pub const fn article(self) -> &'static str {
        match self {
            Self::Spouse => "公务员法 74; 公务员回避规定 5(一)",
            Self::Lineal => "公务员法 74; 公务员回避规定 5(二)",
            Self::Collateral => "公务员法 74; 公务员回避规定 5(三)",
            Self::NearAffinity => "公务员法 74; 公务员回避规定 5(四)",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Counted from either of two people, their common ancestor is a parent or a grandparent: three generations with oneself.
pub(crate) const COLLATERAL_GENERATIONS: u32 = 2;

impl Graph {
    /// The legal class of two people; none if the law does not keep them apart. The same in either order.
    pub fn class(&self, a: Individual, b: Individual) -> Option<Class> {
        if a == b {
            return None;
        }
        if self.are_married(a, b) {
            return Some(Class::Spouse);
        }
        let (line_a, line_b) = (Line::up(self, a, u32::MAX), Line::up(self, b, u32::MAX));
        if line_a.has(b) || line_b.has(a) {
            Some(Class::Lineal)
        } else if line_a.meets(&line_b, self) {
            Some(Class::Collateral)
        } else if self.are_near_affines(&line_a, &line_b) {
            Some(Class::NearAffinity)
        } else {
            None
        }
    }

    fn are_married(&self, a: Individual, b: Individual) -> bool {
        self.spouses(a).any(|spouse| spouse.to == b)
    }

    fn are_lineal(&self, a: Individual, b: Individual) -> bool {
        Line::up(self, a, u32::MAX).has(b) || Line::up(self, b, u32::MAX).has(a)
    }

    /// Whether two people are on record as siblings, or both as siblings of a third.
    fn are_recorded_siblings(&self, a: Individual, b: Individual) -> bool {
        a != b
            && self.siblings(a).any(|sibling| {
                let second = || self.siblings(sibling.to);
                sibling.to == b || (!sibling.half && second().any(|second| second.to == b && !second.half))
            })
    }

    /// Class four: the enumeration of 公务员回避规定 5(四), read in both directions.
    fn are_near_affines(&self, a: &Line, b: &Line) -> bool {
        let spouses = |line: &Line| -> SmallVec<[Line; 2]> {
            self.spouses(line.of).map(|spouse| Line::up(self, spouse.to, COLLATERAL_GENERATIONS)).collect()
        };
        let (of_a, of_b) = (spouses(a), spouses(b));
        of_a.iter().any(|spouse| self.is_spouses_family(spouse, b))
            || of_b.iter().any(|spouse| self.is_spouses_family(spouse, a))
            || of_a.iter().any(|one| of_b.iter().any(|other| one.is_siblings(other, self)))
            || self.have_married_children(a.of, b.of)
    }

    /// 配偶的父母, 配偶的兄弟姐妹, or, seen from the other, 子女的配偶, 三代以内旁系血亲的配偶.
    fn is_spouses_family(&self, spouse: &Line, one: &Line) -> bool {
        spouse.parents().any(|parent| parent == one.of)
            || spouse.is_siblings(one, self)
            || (spouse.meets(one, self) && !self.are_lineal(spouse.of, one.of))
    }

    /// 子女配偶的父母.
    fn have_married_children(&self, a: Individual, b: Individual) -> bool {
        // Most pairs end here, before anybody is fetched from memory who is not there yet.
        if self.children(b).next().is_none() {
            return false;
        }
        let parents = |child| self.ups(child).map(|up| up.parent.to);
        self.downs(a).any(|child| self.spouses(child).any(|spouse| parents(spouse.to).any(|parent| parent == b)))
    }

    /// Class three, of people of whom it is not known that they are no lineal relatives.
    pub(crate) fn are_collateral(&self, a: Individual, b: Individual) -> bool {
        let up = |of| Line::up(self, of, COLLATERAL_GENERATIONS);
        a != b && up(a).meets(&up(b), self) && !self.are_lineal(a, b)
    }

    /// One shared parent makes a sibling.
    pub(crate) fn are_siblings(&self, a: Individual, b: Individual) -> bool {
        Line::up(self, a, 1).is_siblings(&Line::up(self, b, 1), self)
    }
}

/// A person and those they descend from.
struct Line {
    of: Individual,
    above: Generations,
}

impl Line {
    fn up(graph: &Graph, of: Individual, within: u32) -> Self {
        Self { of, above: graph.ancestors(of, within) }
    }

    fn has(&self, ancestor: Individual) -> bool {
        self.above.iter().any(|(above, _)| *above == ancestor)
    }

    fn within(&self, generations: u32) -> impl Iterator<Item = Individual> {
        self.above.iter().take_while(move |(_, generation)| *generation <= generations).map(|(above, _)| *above)
    }

    fn parents(&self) -> impl Iterator<Item = Individual> {
        self.within(1)
    }

    fn is_siblings(&self, other: &Self, graph: &Graph) -> bool {
        let shared = || self.parents().any(|parent| other.parents().any(|theirs| theirs == parent));
        self.of != other.of && (shared() || graph.are_recorded_siblings(self.of, other.of))
    }

    /// Whether both descend from one person within three generations, or would, were the parents of siblings on record.
    fn meets(&self, other: &Self, graph: &Graph) -> bool {
        let roots = |line: &Self| line.within(COLLATERAL_GENERATIONS).collect::<SmallVec<[_; 8]>>();
        let theirs = roots(other);
        let own_or_parents = |line: &Self| std::iter::once(line.of).chain(line.parents()).collect::<SmallVec<[_; 4]>>();
        self.of != other.of
            && (self.within(COLLATERAL_GENERATIONS).any(|root| theirs.contains(&root))
                || own_or_parents(self)
                    .iter()
                    .any(|one| own_or_parents(other).iter().any(|other| graph.are_recorded_siblings(*one, *other))))
    }
}
