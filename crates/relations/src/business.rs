//! Business ties: two people who both have to do with one contractor or client.
//!
//! 公务员法 76 recuses whoever has an interest in the matter; the three years are borrowed from 政府采购法实施条例 9. One
//! who owns or leads a company, or whose relative does, does not appraise one who works with that company, nor the other
//! way round. Two who merely work with the same company do so because their posts bring it with them: that is a hint,
//! which keeps nobody out unless the authority's policy says so.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};

use crate::{class::Class, graph::Graph, individual::Individual};

/// A contractor or client, by a number that the caller keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Company(pub u32);

/// A project, by a number that the caller keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Project(pub u32);

/// What somebody has to do with a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Holds shares in it 股东.
    Owner,
    /// Leads it: legal representative 法定代表人, director, manager. To lead a project that it works on is [`Role::Work`].
    Lead,
    /// Works with it in office: on a project that it is contracted for, or serving it as a client.
    Work {
        /// The project, if it is one.
        project: Option<Project>,
    },
}

impl Role {
    /// Whether somebody profits from the company, not only their office.
    pub fn is_interest(self) -> bool {
        matches!(self, Self::Owner | Self::Lead)
    }
}

/// Somebody has to do with a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dealing {
    /// Who; a member of staff or anybody else.
    pub who: Individual,
    /// With which company.
    pub company: Company,
    /// As what.
    pub role: Role,
    /// The first day of it; of old, when unknown.
    pub since: Option<Date>,
    /// The last day of it; still, when empty.
    pub until: Option<Date>,
    /// How much.
    pub volume: Volume,
}

/// How much work there was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Volume {
    /// Projects, or cases handled for a client.
    pub count: u64,
    /// What was contracted, in 分 (1/100 yuan).
    pub fen: u64,
}

impl Volume {
    fn plus(self, more: Self) -> Self {
        Self { count: self.count.saturating_add(more.count), fen: self.fen.saturating_add(more.fen) }
    }
}

/// The days that count, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first one.
    pub from: Date,
    /// The last one: the day of the act.
    pub to: Date,
}

impl Window {
    /// So many years back from a day; how many is the authority's to set, three by default.
    pub fn before(day: Date, years: u16) -> Self {
        Self { from: day.saturating_sub(i32::from(years).years()), to: day }
    }

    fn meets(&self, dealing: &Dealing) -> bool {
        dealing.since.is_none_or(|since| since <= self.to) && dealing.until.is_none_or(|until| until >= self.from)
    }
}

/// How a person is tied to a company: by a dealing of their own, or by what a relative owns or leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CompanyTie {
    /// What ties them.
    pub dealing: Dealing,
    /// The class of the relative whose dealing it is; none if it is their own.
    pub relative: Option<Class>,
}

/// Two people are tied to one company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessTie {
    /// Which one.
    pub company: Company,
    /// How the one is tied to it; never empty.
    pub of_a: Vec<CompanyTie>,
    /// How the other is; never empty.
    pub of_b: Vec<CompanyTie>,
}

impl BusinessTie {
    /// Whether it keeps the one out of the other's case: somebody owns or leads the company. If not, it is a hint.
    pub fn recuses(&self) -> bool {
        self.of_a.iter().chain(&self.of_b).any(|tie| tie.dealing.role.is_interest())
    }

    /// The work of both with this company, a project on which both work counted once.
    pub fn volume(&self) -> Volume {
        let mut projects = BTreeMap::new();
        let mut cases = Volume::default();
        for tie in self.of_a.iter().chain(&self.of_b) {
            match tie.dealing.role {
                Role::Work { project: Some(project) } => {
                    projects.insert(project, tie.dealing.volume);
                }
                Role::Work { project: None } => cases = cases.plus(tie.dealing.volume),
                Role::Owner | Role::Lead => {}
            }
        }
        projects.into_values().fold(cases, Volume::plus)
    }
}

/// Every company that two people's ties have in common, by its number: for one person against many, whose own ties are
/// then looked up only once.
pub fn shared_companies(of_a: &[CompanyTie], of_b: &[CompanyTie]) -> Vec<BusinessTie> {
    let mut companies: BTreeMap<Company, BusinessTie> = BTreeMap::new();
    for tie in of_a {
        let company = tie.dealing.company;
        let new = || BusinessTie { company, of_a: Vec::new(), of_b: Vec::new() };
        companies.entry(company).or_insert_with(new).of_a.push(*tie);
    }
    for tie in of_b {
        if let Some(shared) = companies.get_mut(&tie.dealing.company) {
            shared.of_b.push(*tie);
        }
    }
    companies.into_values().filter(|shared| !shared.of_b.is_empty()).collect()
}

/// Everybody's dealings with companies.
#[derive(Clone, Debug, Default)]
pub struct Dealings {
    /// In order of who.
    dealings: Vec<Dealing>,
    /// Who owns or leads any company, by place in the register.
    interested: Vec<bool>,
}

impl Dealings {
    /// In any order; what is said twice counts once.
    pub fn new(mut dealings: Vec<Dealing>) -> Self {
        dealings.sort_unstable();
        dealings.dedup();
        let mut interested = vec![false; dealings.last().map_or(0, |last| last.who.place() + 1)];
        for dealing in dealings.iter().filter(|dealing| dealing.role.is_interest()) {
            interested[dealing.who.place()] = true;
        }
        Self { dealings, interested }
    }

    fn of(&self, who: Individual) -> &[Dealing] {
        let start = self.dealings.partition_point(|dealing| dealing.who < who);
        let count = self.dealings[start..].partition_point(|dealing| dealing.who == who);
        &self.dealings[start..start + count]
    }

    /// Every company that a person is tied to within the window. Of a relative counts what they own or lead, not where
    /// they work.
    pub fn company_ties(&self, graph: &Graph, person: Individual, window: Window) -> Vec<CompanyTie> {
        let counts = |dealing: &&Dealing| window.meets(dealing);
        let own = self.of(person).iter().filter(counts).map(|dealing| CompanyTie { dealing: *dealing, relative: None });
        let interests = |who| self.of(who).iter().filter(|dealing| dealing.role.is_interest()).filter(counts);
        let relatives = graph.relatives(person, |one| self.interested.get(one.place()) == Some(&true));
        let theirs = relatives.into_iter().flat_map(|(relative, class)| {
            interests(relative).map(move |dealing| CompanyTie { dealing: *dealing, relative: Some(class) })
        });
        own.chain(theirs).collect()
    }

    /// Everybody among those asked for who is tied to a company within the window, and how; in order. Looks through all
    /// dealings: for one company at a time.
    pub fn tied_to(
        &self,
        graph: &Graph,
        company: Company,
        window: Window,
        asked: impl Fn(Individual) -> bool,
    ) -> Vec<(Individual, CompanyTie)> {
        let mut tied = Vec::new();
        for dealing in self.dealings.iter().filter(|dealing| dealing.company == company && window.meets(dealing)) {
            if asked(dealing.who) {
                tied.push((dealing.who, CompanyTie { dealing: *dealing, relative: None }));
            }
            if dealing.role.is_interest() {
                let theirs = |(one, class)| (one, CompanyTie { dealing: *dealing, relative: Some(class) });
                tied.extend(graph.relatives(dealing.who, &asked).into_iter().map(theirs));
            }
        }
        tied.sort_unstable();
        tied
    }

    /// Every company to which both are tied within the window, by its number.
    pub fn between(&self, graph: &Graph, a: Individual, b: Individual, window: Window) -> Vec<BusinessTie> {
        if a == b {
            return Vec::new();
        }
        shared_companies(&self.company_ties(graph, a, window), &self.company_ties(graph, b, window))
    }

    /// Every pair among the staff that a business tie keeps apart, and over which company: in order, each pair and
    /// company once. Hints are asked for pair by pair, with [`Dealings::between`]: a large client makes millions of them.
    pub fn recused_among(
        &self,
        graph: &Graph,
        staff: &[Individual],
        window: Window,
    ) -> Vec<(Individual, Individual, Company)> {
        let mut tied: BTreeMap<Company, BTreeMap<Individual, bool>> = BTreeMap::new();
        for one in staff {
            for tie in self.company_ties(graph, *one, window) {
                *tied.entry(tie.dealing.company).or_default().entry(*one).or_default() |=
                    tie.dealing.role.is_interest();
            }
        }
        let mut recused = Vec::new();
        for (company, people) in tied {
            for (one, _) in people.iter().filter(|(_, interest)| **interest) {
                // Two with an interest would find each other twice.
                let others = people.iter().filter(|(other, interest)| *other != one && (!**interest || one < *other));
                recused.extend(others.map(|(other, _)| (*one.min(other), *one.max(other), company)));
            }
        }
        recused.sort_unstable();
        recused
    }
}
