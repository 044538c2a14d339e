//! Units, people and their posts: the office as HR's files describe it.

use crate::{
    context::text,
    decide::Case,
    event::Event,
    id::{PersonId, UnitId},
    refusal::{Reason, Refusal},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A unit 单位 or section 科室; units form a tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// The code of the organisation register.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Short name 简称, as rosters and results use it.
    pub short_name: Option<String>,
    /// The unit above.
    pub parent: Option<UnitId>,
    /// What kind of unit, as the register says.
    pub kind: Option<String>,
    /// The employee number of who leads it, as the register says.
    pub head_number: Option<String>,
    /// Who leads it, once that person is on the roster.
    pub head: Option<PersonId>,
    /// Its duty in appraisals, as the register says.
    pub duty: Option<String>,
}

impl Unit {
    /// The name people use.
    pub fn label(&self) -> &str {
        self.short_name.as_deref().unwrap_or(&self.name)
    }
}

/// A person 干部、职工 and their present post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// The employee number 工号.
    pub number: String,
    /// Name.
    pub name: String,
    /// Sex, as the roster says.
    pub sex: Option<String>,
    /// Birth date.
    pub born: Option<Date>,
    /// ID number.
    pub id_number: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// The post.
    pub assignment: Assignment,
}

/// A person's post in a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The unit (bureau).
    pub unit: UnitId,
    /// The section within it.
    pub section: Option<UnitId>,
    /// Post 职务.
    pub post: Option<String>,
    /// Rank 职级.
    pub rank: Option<String>,
    /// Which regime the person falls under: the canonical word of 编制类型.
    pub staff_kind: String,
    /// Which set of indicators: 岗位类别.
    pub post_type: String,
    /// Joined on.
    pub joined: Option<Date>,
    /// Direct leader 直接领导.
    pub leader: Option<PersonId>,
    /// Leads projects, and so may confirm the basis of scores.
    pub project_lead: bool,
}

/// The units and people that a decision needs, by id.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// Units.
    pub units: std::collections::BTreeMap<UnitId, Unit>,
    /// People.
    pub people: std::collections::BTreeMap<PersonId, Person>,
}

impl Roster {
    /// The person with this employee number.
    pub fn by_number(&self, number: &str) -> Option<&Person> {
        self.people.values().find(|person| person.number == number)
    }

    /// The unit called so: by code, short name or name.
    pub fn unit_called(&self, name: &str) -> Option<&Unit> {
        let units = || self.units.values();
        units()
            .find(|unit| unit.code == name)
            .or_else(|| units().find(|unit| unit.short_name.as_deref() == Some(name)))
            .or_else(|| units().find(|unit| unit.name == name))
    }
}

/// What stands against erasing a person, and what erasing destroys.
#[derive(Clone, Debug, Default)]
pub struct Erasure {
    /// Titles of cycles that are not closed and appraise the person, or have somebody from outside in them.
    pub open_cycles: Vec<String>,
    /// The keys that open what is told of the person, each a subject's id and a version.
    pub keys: Vec<(Uuid, i32)>,
}

/// While somebody is appraised, what is told of them is needed: they could not appeal against words that are gone.
pub(crate) fn erase(case: &Case, person: PersonId, document: &str) -> Result<Event, Refusal> {
    let erasure = &case.erasure;
    let from_outside = case.third_party.as_ref().is_some_and(|(_, third)| third.id == person);
    if !case.people.people.contains_key(&person) && !from_outside {
        return Err(Reason::NotFound.into());
    }
    if let Some(cycle) = erasure.open_cycles.first() {
        return Err(Refusal::from(Reason::StillAppraised).with("cycle", cycle));
    }
    if erasure.keys.is_empty() {
        return Err(Reason::NothingChanged.into());
    }
    Ok(Event::SubjectErased { document: text("document", document, 200)?, keys: erasure.keys.clone() })
}
