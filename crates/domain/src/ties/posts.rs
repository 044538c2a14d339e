//! Posts that relatives may not hold beside or under each other 任职回避 (公务员法 74): the one directly under the other, both
//! directly under the same leader, or one in a post of organisation, personnel, discipline, supervision, audit or finance where
//! the other leads.
//!
//! Pure. It is an alert for HR and the inspector and keeps nobody from anything: which post is to change, and whether the place
//! allows an exception, people decide.

use super::Ties;
use crate::{
    id::{PersonId, UnitId},
    regime::Source,
    roster::Roster,
};
use relations::Class;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Which of the three the law forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 直接上下级领导关系: the one is the other's direct leader.
    DirectLeader,
    /// 直接隶属于同一领导人员: both have the same direct leader.
    SameLeader,
    /// 组织、人事、纪检、监察、审计和财务工作 under the other's lead.
    SensitivePost,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 3] = [Kind::DirectLeader, Kind::SameLeader, Kind::SensitivePost];

    /// The name in addresses, keys and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::DirectLeader => "direct_leader",
            Kind::SameLeader => "same_leader",
            Kind::SensitivePost => "sensitive_post",
        }
    }
}

/// By which words a post of organisation, personnel, discipline, supervision, audit or finance is known.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Any of them in the name of the post, the section or the unit.
    pub words: Vec<String>,
    /// What it rests on.
    pub source: Source,
}

/// Where somebody sits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The unit.
    pub unit: UnitId,
    /// The section within it.
    pub section: Option<UnitId>,
    /// The post.
    pub post: Option<String>,
    /// The direct leader.
    pub leader: Option<PersonId>,
}

/// A unit or section, as far as it tells who leads whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it is called, in full and for short.
    pub names: Vec<String>,
    /// The one above.
    pub parent: Option<UnitId>,
    /// Who leads it.
    pub head: Option<PersonId>,
}

/// Who sits where, and who leads what.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// The staff.
    pub seats: BTreeMap<PersonId, Seat>,
    /// Units and sections.
    pub places: BTreeMap<UnitId, Place>,
}

/// What makes a post a sensitive one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The word.
    pub word: String,
    /// The name of the post, section or unit it was found in.
    pub name: String,
}

/// Two relatives whose posts the law keeps apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostTie {
    /// Of a direct leader and a sensitive post: the one below. Of a same leader: the one of the smaller id.
    pub below: PersonId,
    /// The other.
    pub other: PersonId,
    /// What they are to each other.
    pub class: Class,
    /// Which of the three.
    pub kind: Kind,
    /// The people over whom the posts hang together, from the one to the other; with a same leader the leader stands between.
    pub chain: Vec<PersonId>,
    /// Of a sensitive post: what it was known by.
    pub marked: Option<Marked>,
}

impl PostTie {
    /// A key that stays the same as long as the two and the kind do.
    pub fn key(&self) -> String {
        let (one, other) = (self.below.min(self.other), self.below.max(self.other));
        format!("{}/{one}/{other}", self.kind.as_str())
    }
}

impl From<&Roster> for Chart {
    fn from(roster: &Roster) -> Self {
        let seat = |person: &crate::roster::Person| Seat {
            unit: person.assignment.unit,
            section: person.assignment.section,
            post: person.assignment.post.clone(),
            leader: person.assignment.leader,
        };
        let place = |unit: &crate::roster::Unit| Place {
            names: [Some(unit.name.clone()), unit.short_name.clone()].into_iter().flatten().collect(),
            parent: unit.parent,
            head: unit.head,
        };
        Chart {
            seats: roster.people.iter().map(|(id, person)| (*id, seat(person))).collect(),
            places: roster.units.iter().map(|(id, unit)| (*id, place(unit))).collect(),
        }
    }
}

impl Chart {
    /// Whoever leads somebody: the direct leader, and the heads of the section, the unit and all above it. Nobody leads
    /// themself.
    fn leaders(&self, person: PersonId) -> Vec<PersonId> {
        let Some(seat) = self.seats.get(&person) else { return Vec::new() };
        let (mut leaders, mut seen) = (Vec::from_iter(seat.leader), BTreeSet::new());
        for start in [seat.section, Some(seat.unit)] {
            let mut at = start;
            while let Some(id) = at.filter(|id| seen.insert(*id)) {
                let Some(place) = self.places.get(&id) else { break };
                leaders.extend(place.head);
                at = place.parent;
            }
        }
        leaders.retain(|leader| *leader != person);
        leaders
    }

    /// The shortest way up from one to another, if that one stands above.
    fn way_up(&self, from: PersonId, to: PersonId) -> Option<Vec<PersonId>> {
        let (mut before, mut waiting) = (BTreeMap::from([(from, from)]), VecDeque::from([from]));
        while let Some(person) = waiting.pop_front() {
            if person == to {
                let mut way = vec![to];
                while let Some(below) = way.last().map(|last| before[last]).filter(|_| way.last() != Some(&from)) {
                    way.push(below);
                }
                way.reverse();
                return Some(way);
            }
            for leader in self.leaders(person) {
                if let std::collections::btree_map::Entry::Vacant(unseen) = before.entry(leader) {
                    unseen.insert(person);
                    waiting.push_back(leader);
                }
            }
        }
        None
    }

    /// Whether somebody's post is one of those, and what says so: the post first, then the section, then the unit.
    fn marked(&self, person: PersonId, words: &Words) -> Option<Marked> {
        let seat = self.seats.get(&person)?;
        let places = [seat.section, Some(seat.unit)].into_iter().flatten().filter_map(|id| self.places.get(&id));
        let names = seat.post.iter().chain(places.flat_map(|place| &place.names));
        let found = |name: &String| words.words.iter().find(|word| !word.is_empty() && name.contains(word.as_str()));
        names.into_iter().find_map(|name| Some(Marked { word: found(name)?.clone(), name: name.clone() }))
    }

    /// Every two relatives whose posts the law keeps apart, in the order of their ids.
    pub fn tied(&self, ties: &Ties, words: &Words) -> Vec<PostTie> {
        let staff = |person: &PersonId| self.seats.contains_key(person);
        let pairs = ties.kin().filter(|(one, other, _)| staff(one) && staff(other));
        let mut found: Vec<PostTie> =
            pairs.flat_map(|(one, other, class)| self.between(one, other, class, words)).collect();
        found.sort_by_key(|tie| (tie.below.min(tie.other), tie.below.max(tie.other), tie.kind));
        found
    }

    fn between(&self, one: PersonId, other: PersonId, class: Class, words: &Words) -> Vec<PostTie> {
        let (one, other) = (one.min(other), one.max(other));
        let mut found = Vec::new();
        let leader = |person: PersonId| self.seats.get(&person).and_then(|seat| seat.leader);
        for (below, above) in [(one, other), (other, one)] {
            if leader(below) == Some(above) && !found.iter().any(|tie: &PostTie| tie.kind == Kind::DirectLeader) {
                let chain = vec![below, above];
                found.push(PostTie { below, other: above, class, kind: Kind::DirectLeader, chain, marked: None });
            }
        }
        if let Some(same) = leader(one).filter(|same| leader(other) == Some(*same) && ![one, other].contains(same)) {
            let chain = vec![one, same, other];
            found.push(PostTie { below: one, other, class, kind: Kind::SameLeader, chain, marked: None });
        }
        for (below, above) in [(one, other), (other, one)] {
            if found.iter().any(|tie| tie.kind == Kind::SensitivePost) {
                break;
            }
            if let (Some(marked), Some(chain)) = (self.marked(below, words), self.way_up(below, above)) {
                let marked = Some(marked);
                found.push(PostTie { below, other: above, class, kind: Kind::SensitivePost, chain, marked });
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ties::Sources;
    use crate::{
        batch::{self, Row},
        id::BatchId,
        roster::{Assignment, Person, Unit},
        score::Observed,
    };
    use jiff::civil::date;
    use uuid::Uuid;

    const BUREAU: UnitId = UnitId(Uuid::from_u128(100));
    const FINANCE: UnitId = UnitId(Uuid::from_u128(101));
    const OTHER: UnitId = UnitId(Uuid::from_u128(102));

    fn id(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    fn unit(unit: UnitId, name: &str, parent: Option<UnitId>, head: Option<u128>) -> (UnitId, Unit) {
        let made = Unit {
            id: unit,
            code: name.to_owned(),
            name: name.to_owned(),
            short_name: None,
            parent,
            kind: None,
            head_number: None,
            head: head.map(id),
            duty: None,
        };
        (unit, made)
    }

    fn person(
        number: u128,
        of: UnitId,
        section: Option<UnitId>,
        post: &str,
        leader: Option<u128>,
    ) -> (PersonId, Person) {
        let made = Person {
            id: id(number),
            number: number.to_string(),
            name: number.to_string(),
            sex: None,
            born: None,
            id_number: Some(format!("ID{number}")),
            phone: None,
            assignment: Assignment {
                unit: of,
                section,
                post: Some(post.to_owned()),
                rank: None,
                staff_kind: "civil_servant".to_owned(),
                post_type: "x".to_owned(),
                joined: None,
                leader: leader.map(id),
                project_lead: false,
            },
        };
        (id(number), made)
    }

    /// A bureau under 1, its finance section under 2 with 3 and 4 in it; 5 and 6 sit in another unit under 6.
    fn roster() -> Roster {
        Roster {
            units: [
                unit(BUREAU, "甲局", None, Some(1)),
                unit(FINANCE, "计划财务科", Some(BUREAU), Some(2)),
                unit(OTHER, "乙局", None, Some(6)),
            ]
            .into(),
            people: [
                person(1, BUREAU, None, "局长", None),
                person(2, BUREAU, Some(FINANCE), "科长", Some(1)),
                person(3, BUREAU, Some(FINANCE), "科员", Some(2)),
                person(4, BUREAU, None, "科员", Some(2)),
                person(5, OTHER, None, "审计专员", Some(6)),
                person(6, OTHER, None, "局长", None),
            ]
            .into(),
        }
    }

    fn married(pairs: &[(u128, u128)]) -> Ties {
        let row = |(place, (one, other)): (usize, &(u128, u128))| Observed {
            batch: BatchId(Uuid::from_u128(9)),
            kind: batch::Kind::Household,
            row: Row {
                number: place as u32 + 2,
                key: format!("ID{one}"),
                person: None,
                date: None,
                fields: [("id_number", format!("ID{one}")), ("spouse", format!("ID{other}"))]
                    .map(|(name, value)| (name.to_owned(), value))
                    .into(),
            },
        };
        let rows: Vec<Observed> = pairs.iter().enumerate().map(row).collect();
        Ties::derive(Sources::of(&roster(), &rows), date(2026, 3, 2), &|number| number.to_owned())
    }

    fn words() -> Words {
        let words = ["组织", "人事", "纪检", "监察", "审计", "财务"].map(str::to_owned).into();
        Words { words, source: Source { basis: "公务员法 74".to_owned(), verified: true } }
    }

    fn found(pairs: &[(u128, u128)]) -> Vec<(Kind, Vec<PersonId>, Option<String>)> {
        let chart = Chart::from(&roster());
        let told =
            |tie: PostTie| (tie.kind, tie.chain, tie.marked.map(|marked| format!("{}@{}", marked.word, marked.name)));
        chart.tied(&married(pairs), &words()).into_iter().map(told).collect()
    }

    #[test]
    fn the_one_is_the_others_direct_leader_and_keeps_the_books_under_them() {
        let books = Some("财务@计划财务科".to_owned());
        let direct = (Kind::DirectLeader, vec![id(3), id(2)], None);
        assert_eq!(found(&[(2, 3)]), [direct, (Kind::SensitivePost, vec![id(3), id(2)], books)]);
    }

    #[test]
    fn two_have_the_same_direct_leader() {
        assert_eq!(found(&[(4, 3)]), [(Kind::SameLeader, vec![id(3), id(2), id(4)], None)]);
    }

    #[test]
    fn a_sensitive_post_lies_under_a_relative_however_far_above() {
        let books = Some("财务@计划财务科".to_owned());
        // By the head of the unit it is one step, whoever the direct leader is.
        assert_eq!(found(&[(1, 3)]), [(Kind::SensitivePost, vec![id(3), id(1)], books)]);
        let auditor = Some("审计@审计专员".to_owned());
        let direct = (Kind::DirectLeader, vec![id(5), id(6)], None);
        assert_eq!(found(&[(6, 5)]), [direct, (Kind::SensitivePost, vec![id(5), id(6)], auditor)]);
    }

    #[test]
    fn relatives_apart_and_strangers_together_are_nobodys_business() {
        assert_eq!(found(&[(3, 6)]), [], "of different units");
        assert_eq!(found(&[(1, 4)]), [], "two steps above, and no such post");
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn the_key_does_not_tell_from_which_side_it_was_looked_at() {
        let chart = Chart::from(&roster());
        let one = chart.tied(&married(&[(2, 3)]), &words());
        let other = chart.tied(&married(&[(3, 2)]), &words());
        let keys = |ties: &[PostTie]| ties.iter().map(PostTie::key).collect::<Vec<_>>();
        assert_eq!(keys(&one), keys(&other));
        assert_eq!(one[0].key(), format!("direct_leader/{}/{}", id(2), id(3)));
    }

    #[test]
    fn leaders_in_a_circle_come_to_an_end() {
        let mut roster = roster();
        roster.people.get_mut(&id(1)).expect("a head").assignment.leader = Some(id(3));
        roster.units.get_mut(&BUREAU).expect("a unit").parent = Some(FINANCE);
        let chart = Chart::from(&roster);
        assert_eq!(chart.way_up(id(3), id(6)), None);
        assert_eq!(chart.way_up(id(4), id(1)), Some(vec![id(4), id(1)]));
    }
}
