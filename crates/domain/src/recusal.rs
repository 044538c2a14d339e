//! Recusal 回避: on which grounds somebody is kept out of another's case, and the authority's numbers for it.

mod proceeding;

pub use proceeding::{Decision, Origin, Raised, Recusal};
pub(crate) use proceeding::{Verdict, decide, raise};

use crate::regime::Source;
use relations::Class;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why somebody stays out of somebody else's case, the gravest first. Policies see the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// 夫妻关系
    Spouse,
    /// 直系血亲关系
    Lineal,
    /// 三代以内旁系血亲关系
    Collateral,
    /// 近姻亲关系
    NearAffinity,
    /// Both are tied to one contractor or client, and one of them or a relative owns or leads it.
    Business,
    /// Both merely work with one contractor or client: a hint, unless the authority's policy says more.
    SharedWork,
}

impl Ground {
    /// All of them.
    pub const ALL: [Ground; 6] = [
        Ground::Spouse,
        Ground::Lineal,
        Ground::Collateral,
        Ground::NearAffinity,
        Ground::Business,
        Ground::SharedWork,
    ];

    /// The word in policies, records and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Ground::Spouse => "spouse",
            Ground::Lineal => "lineal",
            Ground::Collateral => "collateral",
            Ground::NearAffinity => "near_affinity",
            Ground::Business => "business",
            Ground::SharedWork => "shared_work",
        }
    }

    /// The ground that a legal class is.
    pub fn of_class(class: Class) -> Ground {
        match class {
            Class::Spouse => Ground::Spouse,
            Class::Lineal => Ground::Lineal,
            Class::Collateral => Ground::Collateral,
            Class::NearAffinity => Ground::NearAffinity,
        }
    }

    /// Whether the product itself keeps people apart for it: whom it offers for a duty, and what it takes over from paper.
    pub fn recuses(self) -> bool {
        self != Ground::SharedWork
    }

    /// Whether a competent leader may decide that it keeps nobody out of a case: never of a spouse or a lineal relative.
    pub fn is_lifted(self) -> bool {
        !matches!(self, Ground::Spouse | Ground::Lineal)
    }

    /// What it rests on.
    pub fn basis(self) -> &'static str {
        match self {
            Ground::Spouse => Class::Spouse.article(),
            Ground::Lineal => Class::Lineal.article(),
            Ground::Collateral => Class::Collateral.article(),
            Ground::NearAffinity => Class::NearAffinity.article(),
            Ground::Business | Ground::SharedWork => "公务员法 76; 政府采购法实施条例 9",
        }
    }
}

/// The authority's numbers of recusal, read from `regimes/recusal.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Numbers {
    /// How many years a business tie counts.
    pub business: Years,
    /// How long the competent leader has to decide on a recusal.
    pub decide: Workdays,
    /// When people are asked to declare, and how long they have.
    pub declare: Yearly,
    /// Within how many days a change in the family is declared.
    pub changes: Days,
    /// How long inspectors have to look into a finding.
    pub finding: Workdays,
    /// How long the person concerned has to answer.
    pub reply: Workdays,
    /// Posts that nobody holds under a relative.
    pub posts: crate::ties::posts::Words,
    /// How long the result of an inspector's look stays open.
    pub look: Workdays,
}

/// Something done once a year.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Yearly {
    /// In which month, from 1.
    pub month: i8,
    /// Within how many working days.
    pub workdays: u32,
    /// What it rests on.
    pub source: Source,
}

/// A number of calendar days.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// How many.
    pub days: u16,
    /// What it rests on.
    pub source: Source,
}

/// A number of working days.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workdays {
    /// How many.
    pub workdays: u32,
    /// What it rests on.
    pub source: Source,
}

/// A number of years.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Years {
    /// How many.
    pub years: u16,
    /// What it rests on.
    pub source: Source,
}

impl Numbers {
    /// Read the file.
    ///
    /// # Errors
    ///
    /// What is not understood, with its place.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}
