//! One statement of one source about two people.

use jiff::civil::Date;

use crate::individual::{Individual, Sex};

/// A source says what `from` is to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The parent, where the kind is [`Kind::Parent`]; otherwise either of the two.
    pub from: Individual,
    /// The child, or the other of the two.
    pub to: Individual,
    /// What it says.
    pub kind: Kind,
    /// What it rests on.
    pub evidence: Evidence,
    /// Where it comes from, to be retracted together with all else from there.
    pub source: Source,
    /// The first day on which it holds; of old, when unknown.
    pub since: Option<Date>,
    /// The last day on which it holds (divorce, end of an adoption); it still does, when empty.
    pub until: Option<Date>,
}

impl Tie {
    /// Whether it holds on a day; on no day in particular, whether it ever did.
    pub fn holds_on(&self, day: Option<Date>) -> bool {
        day.is_none_or(|day| self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| day <= until))
    }
}

/// The three kinds of tie that everything else is derived from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `from` is a parent of `to`.
    Parent {
        /// By birth or otherwise.
        nature: Nature,
        /// Male where the source says father, female where it says mother.
        sex: Option<Sex>,
    },
    /// They are married.
    Spouse,
    /// They are siblings; who their parents are need not be on record.
    Sibling {
        /// 同父异母 or 同母异父: they share one parent only.
        half: bool,
    },
}

impl Kind {
    /// A parent by birth, without saying which.
    pub const PARENT: Self = Self::Parent { nature: Nature::Birth, sex: None };
    /// The father.
    pub const FATHER: Self = Self::Parent { nature: Nature::Birth, sex: Some(Sex::Male) };
    /// The mother.
    pub const MOTHER: Self = Self::Parent { nature: Nature::Birth, sex: Some(Sex::Female) };
}

/// How somebody is a parent. All three make lineal relatives: 拟制血亲 count like blood (公务员回避规定 5; 民法典 1072,
/// 1111). Only birth counts for the [`Kinship`](crate::Kinship) coefficient.
///
/// An adoption ends the rights towards the parents by birth (民法典 1111), not the partiality that recusal is about:
/// those stay relatives here, as they do where marriage is forbidden between them (民法典 1048).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nature {
    /// 生父母, or a source that doesn't say.
    Birth,
    /// 养父母.
    Adoptive,
    /// 有扶养关系的继父母. A step-parent who did not foster is no relative but the spouse of one.
    Fostering,
}

/// What a tie rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Concluded by people or programs from something else, such as the relation to the head of a household.
    Inferred,
    /// Somebody declared it of themselves 申报.
    Declared {
        /// Who.
        by: Individual,
    },
    /// It is in an official register.
    Registered,
}

impl Evidence {
    /// How much it is worth.
    pub fn strength(self) -> Strength {
        match self {
            Self::Inferred => Strength::Inferred,
            Self::Declared { .. } => Strength::Declared,
            Self::Registered => Strength::Registered,
        }
    }
}

/// How sure a tie is. What is derived from several ties is as sure as the least sure of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Concluded.
    Inferred,
    /// Declared by one of those concerned.
    Declared,
    /// Registered.
    Registered,
}

/// A batch or a declaration, by a number that the caller keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(pub u32);
