//! Rows of office files as a register: who is related to whom by declaration and by the household register, and who has
//! to do with which company.
//!
//! People are matched by ID number, never by name. A row without one is handed back in [`Read::unread`], for a person to
//! look at. Of the number itself no more is kept than [`Key`] makes of it, and sex and day of birth, which it tells.

use super::{
    matching::{self, Candidate, Wanted},
    words::{Hop, Words},
};
use crate::batch::{self, Row};
use jiff::civil::Date;
use relations::{
    Company, Dealing, Dealings, Evidence, Individual, Kind, Profile, Project, Register, Role, Sex, Source, Strength,
    Tie, Volume,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
};

/// Fen in ten thousand yuan, the unit of contract sums.
const FEN_IN_WAN: f64 = 1_000_000.0;

/// What the rows say.
pub struct Read {
    /// The people, by the key of their ID number, and their ties.
    pub register: Register,
    /// Who has to do with which company.
    pub dealings: Dealings,
    /// The staff by employee number.
    pub staff: BTreeMap<String, Individual>,
    /// Credit codes by the number of their [`Company`].
    pub companies: Vec<String>,
    /// Project codes by the number of their [`Project`].
    pub projects: Vec<String>,
    /// Rows that say something nobody could be matched with.
    pub unread: Vec<Unread>,
    /// Whom some of them may mean, for a person to say.
    pub likely: Vec<Likely>,
    /// Where a person's ID number stands: in a row about them, or else in one about a relative.
    pub mentions: HashMap<Individual, Mention>,
    /// Which rows say that two are next of kin, the surest first; the two in the order of the register.
    pub said: HashMap<(Individual, Individual), Vec<Said>>,
    /// The row that tells of a dealing; of a project the latest one.
    pub dealt: HashMap<(Individual, Company, Role), Place>,
}

/// A row that says that two people are parent and child, spouses or siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// How sure that makes it; the surest is the first.
    pub strength: Reverse<Strength>,
    /// The row.
    pub place: Place,
}

/// Whom a row without an ID number may mean. It ties nobody before a person has said that it is so.
#[derive(Clone, Debug, PartialEq)]
pub struct Likely {
    /// The row.
    pub place: Place,
    /// What makes the row unique inside its kind.
    pub key: String,
    /// Who declared it; none where the row is of a register.
    pub by: Option<Individual>,
    /// Whom it may mean.
    pub who: Individual,
    /// How likely that is, from 0 to 1.
    pub chance: f64,
}

/// What stands for an ID number: a blind index where rows come out of the database.
pub type Key<'a> = &'a dyn Fn(&str) -> String;

/// The column of the ID number of whom a row is about.
const OWN: &str = "id_number";

/// A row and a column where somebody's ID number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The row.
    pub place: Place,
    /// The column.
    pub column: &'static str,
}

/// A row of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The batch.
    pub source: Source,
    /// The row as the spreadsheet numbers it.
    pub row: u32,
}

/// Somebody on the roster.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The employee number.
    pub number: &'a str,
    /// The name: nobody is matched by it, but somebody may be proposed.
    pub name: &'a str,
    /// What the unit is called, the same.
    pub unit: &'a str,
    /// The ID number; without one somebody can be staff, but nobody's relative.
    pub id_number: Option<&'a str>,
    /// `male` or `female`.
    pub sex: Option<&'a str>,
    /// The day of birth.
    pub born: Option<Date>,
}

/// A row that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// Which one.
    pub place: Place,
    /// Why.
    pub reason: Reason,
}

/// Why a row was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The person named has no ID number; names are no match.
    NoIdNumber,
    /// The declarant or participant is not on the roster.
    NotStaff(String),
    /// The word for the relation is not known.
    UnknownWord(String),
    /// Somebody is their own relative.
    OwnRelative,
}

/// The kinds of batch that tell of relations, besides the roster.
pub const KINDS: [batch::Kind; 5] = [
    batch::Kind::Household,
    batch::Kind::Family,
    batch::Kind::Shareholders,
    batch::Kind::Projects,
    batch::Kind::Clients,
];

/// Reads the roster, and rows of [`KINDS`], batch by batch, in any order. `matched` tells whom rows without an ID number mean, by
/// the key of that person, where somebody has said so.
pub fn read<'a>(
    staff: impl IntoIterator<Item = Member<'a>>,
    batches: impl IntoIterator<Item = (Source, batch::Kind, Vec<&'a Row>)>,
    matched: &HashMap<Place, String>,
    key: Key<'_>,
) -> Read {
    let mut reading = Reading::new(key, matched);
    staff.into_iter().for_each(|member| reading.member(member));
    let mut batches: Vec<_> = batches.into_iter().collect();
    // What is said of people comes first, then what is said over others.
    batches.sort_by_key(|(source, kind, _)| (*kind != batch::Kind::Household, *source));
    for (source, kind, rows) in batches {
        match kind {
            batch::Kind::Household => reading.households(source, &rows),
            batch::Kind::Family => rows.iter().for_each(|row| reading.declared(source, row)),
            batch::Kind::Shareholders => rows.iter().for_each(|row| reading.shareholder(source, row)),
            batch::Kind::Projects => rows.iter().for_each(|row| reading.project(source, row)),
            batch::Kind::Clients => rows.iter().for_each(|row| reading.client(source, row)),
            _ => {}
        }
    }
    reading.finish()
}

/// The key of a member of staff whose ID number is not known.
pub(super) fn without_number(employee: &str) -> String {
    format!("staff {employee}")
}

struct Reading<'k> {
    words: Words,
    key: Key<'k>,
    matched: &'k HashMap<Place, String>,
    register: Register,
    staff: BTreeMap<String, Individual>,
    /// What was declared over others, for when all else is known.
    over_others: Vec<Declared>,
    companies: Numbers,
    projects: Numbers,
    dealings: Vec<Dealing>,
    work: HashMap<(Individual, u32, u32), Dealing>,
    unread: Vec<Unread>,
    mentions: HashMap<Individual, Mention>,
    /// Everybody whose name and ID number stand together.
    candidates: Vec<Candidate>,
    known: HashSet<Individual>,
    wanted: Vec<Wanted>,
    said: HashMap<(Individual, Individual), Vec<Said>>,
    dealt: HashMap<(Individual, Company, Role), (Option<Date>, Place)>,
}

/// A declared step from somebody to somebody.
struct Resolved {
    place: Place,
    by: Individual,
    from: Individual,
    hop: Hop,
    to: Individual,
    days: Days,
}

/// From when to when something holds; of old or still, when empty.
type Days = [Option<Date>; 2];

struct Declared {
    place: Place,
    by: Individual,
    way: Vec<Hop>,
    relative: Individual,
    days: Days,
}

impl<'k> Reading<'k> {
    fn new(key: Key<'k>, matched: &'k HashMap<Place, String>) -> Self {
        Reading {
            matched,
            words: Words::built_in(),
            key,
            register: Register::default(),
            staff: BTreeMap::new(),
            over_others: Vec::new(),
            companies: Numbers::default(),
            projects: Numbers::default(),
            dealings: Vec::new(),
            work: HashMap::new(),
            unread: Vec::new(),
            mentions: HashMap::new(),
            candidates: Vec::new(),
            known: HashSet::new(),
            wanted: Vec::new(),
            said: HashMap::new(),
            dealt: HashMap::new(),
        }
    }

    fn member(&mut self, member: Member<'_>) {
        let who = match member.id_number {
            Some(number) => self.person(number),
            None => self.register.individual(&without_number(member.number)),
        };
        let sex = member.sex.and_then(|sex| match sex {
            "male" => Some(Sex::Male),
            "female" => Some(Sex::Female),
            _ => None,
        });
        self.register.describe(who, Profile { sex, born: member.born });
        self.staff.insert(member.number.to_owned(), who);
        self.known.insert(who);
        self.candidates.push(Candidate { who, name: member.name.to_owned(), unit: Some(member.unit.to_owned()) });
    }

    /// Somebody whose name stands beside their ID number: they may be meant where a name stands alone.
    fn named(&mut self, who: Individual, row: &Row) {
        if let Some(name) = field(row, "name").filter(|_| self.known.insert(who)) {
            self.candidates.push(Candidate { who, name: name.to_owned(), unit: None });
        }
    }

    /// A row that gives a name and no ID number waits for a person.
    fn unnumbered(&mut self, place: Place, row: &Row, by: Option<(Individual, Option<Hop>)>) {
        if let Some(name) = field(row, "name") {
            let (name, key) = (name.to_owned(), row.key.clone());
            self.wanted.push(Wanted { place, key, name, by, employer: field(row, "employer").map(str::to_owned) });
        }
        self.wait(place, Reason::NoIdNumber);
    }

    /// Whom a row without an ID number means, if somebody has said so.
    fn matched(&mut self, place: Place) -> Option<Individual> {
        let key = self.matched.get(&place)?;
        Some(self.register.individual(key))
    }

    fn person(&mut self, id_number: &str) -> Individual {
        let who = self.register.individual(&(self.key)(id_number));
        self.register.describe(who, profile(id_number));
        who
    }

    /// Somebody whose ID number stands in a row. A row about them tells more of them than one that only mentions them.
    fn mentioned(&mut self, id_number: &str, place: Place, column: &'static str) -> Individual {
        let who = self.person(id_number);
        let mention = Mention { place, column };
        match self.mentions.entry(who) {
            Entry::Occupied(mut known) if column == OWN && known.get().column != OWN => drop(known.insert(mention)),
            Entry::Occupied(_) => {}
            Entry::Vacant(first) => drop(first.insert(mention)),
        }
        who
    }

    /// Father, mother and spouse as numbers, and what follows from the relation to the head of the household.
    fn households(&mut self, source: Source, rows: &[&Row]) {
        let mut heads: HashMap<&str, Vec<Individual>> = HashMap::new();
        for row in rows {
            let place = Place { source, row: row.number };
            let Some(who) = field(row, OWN).map(|number| self.mentioned(number, place, OWN)) else { continue };
            self.named(who, row);
            for (column, kind) in [("father", Kind::FATHER), ("mother", Kind::MOTHER), ("spouse", Kind::Spouse)] {
                if let Some(other) = field(row, column).map(|number| self.mentioned(number, place, column)) {
                    self.record(place, other, who, kind, Evidence::Registered, [None; 2]);
                }
            }
            if field(row, "relation").is_some_and(|word| self.words.is_head(word)) {
                heads.entry(field(row, "household").unwrap_or_default()).or_default().push(who);
            }
        }
        for row in rows {
            let place = Place { source, row: row.number };
            let head = heads.get(field(row, "household").unwrap_or_default());
            let (Some([head]), Some(word)) = (head.map(Vec::as_slice), field(row, "relation")) else { continue };
            let Some(who) = field(row, "id_number").map(|number| self.person(number)) else { continue };
            if who == *head || self.words.is_no_relation(word) {
                continue;
            }
            match self.words.way(word) {
                Some([hop]) => self.hop(place, *head, *hop, who, Evidence::Inferred, [None; 2]),
                // Over whom else of the household the way leads is not on record.
                Some(_) => {}
                None => self.wait(place, Reason::UnknownWord(word.to_owned())),
            }
        }
    }

    fn declared(&mut self, source: Source, row: &Row) {
        let place = Place { source, row: row.number };
        let number = field(row, "declarant").unwrap_or_default();
        let Some(by) = self.staff.get(number).copied() else {
            return self.wait(place, Reason::NotStaff(number.to_owned()));
        };
        let word = field(row, "relation").unwrap_or_default();
        let Some(way) = self.words.way(word).map(<[Hop]>::to_vec) else {
            return self.wait(place, Reason::UnknownWord(word.to_owned()));
        };
        let relative = match field(row, OWN) {
            Some(number) => Some(self.mentioned(number, place, OWN)),
            None => self.matched(place),
        };
        let Some(relative) = relative else {
            let hop = <[Hop; 1]>::try_from(&way[..]).ok().map(|[hop]| hop);
            return self.unnumbered(place, row, Some((by, hop)));
        };
        self.named(relative, row);
        let days = days(row);
        match way[..] {
            [hop] => self.hop(place, by, hop, relative, Evidence::Declared { by }, days),
            _ => self.over_others.push(Declared { place, by, way, relative, days }),
        }
    }

    fn shareholder(&mut self, source: Source, row: &Row) {
        let place = Place { source, row: row.number };
        let who = match field(row, OWN) {
            Some(number) => Some(self.mentioned(number, place, OWN)),
            None => self.matched(place),
        };
        let Some(who) = who else {
            return self.unnumbered(place, row, None);
        };
        let company = Company(self.companies.of(field(row, "company_code").unwrap_or_default()));
        let roles: &[Role] = match field(row, "role") {
            Some("both") => &[Role::Owner, Role::Lead],
            Some("legal_representative") => &[Role::Lead],
            _ => &[Role::Owner],
        };
        let [since, until] = days(row);
        let dealing = |role: &Role| Dealing { who, company, role: *role, since, until, volume: Volume::default() };
        self.dealings.extend(roles.iter().map(dealing));
        for role in roles {
            self.dealt(who, company, *role, None, place);
        }
    }

    /// Where a dealing stands. Of several rows the latest one counts, whatever the order they come in.
    fn dealt(&mut self, who: Individual, company: Company, role: Role, day: Option<Date>, place: Place) {
        let latest = self.dealt.entry((who, company, role)).or_insert((day, place));
        *latest = (*latest).max((day, place));
    }

    /// A project is reported once a month; all reports of one make one dealing of everybody who works on it.
    fn project(&mut self, source: Source, row: &Row) {
        let (Some(code), Some(contractor)) = (field(row, "code"), field(row, "contractor_code")) else { return };
        let place = Place { source, row: row.number };
        let (company, project) = (self.companies.of(contractor), self.projects.of(code));
        let amount = field(row, "amount").and_then(|amount| amount.parse::<f64>().ok()).unwrap_or_default();
        let volume = Volume { count: 1, fen: (amount * FEN_IN_WAN).round().max(0.0) as u64 };
        let members = field(row, "members").unwrap_or_default().split(';');
        for number in field(row, "lead").into_iter().chain(members).filter(|number| !number.is_empty()) {
            let Some(who) = self.staff.get(number).copied() else {
                self.wait(place, Reason::NotStaff(number.to_owned()));
                continue;
            };
            let new = Dealing {
                who,
                company: Company(company),
                role: Role::Work { project: Some(Project(project)) },
                since: row.date,
                until: row.date,
                volume,
            };
            self.dealt(who, new.company, new.role, row.date, place);
            let dealing = self.work.entry((who, company, project)).or_insert(new);
            dealing.since = dealing.since.min(row.date);
            dealing.until = dealing.until.max(row.date);
            dealing.volume.fen = dealing.volume.fen.max(volume.fen);
        }
    }

    /// A company that somebody serves in office 服务对象.
    fn client(&mut self, source: Source, row: &Row) {
        let place = Place { source, row: row.number };
        let (Some(number), Some(company)) = (field(row, "number"), field(row, "company_code")) else { return };
        let Some(who) = self.staff.get(number).copied() else {
            return self.wait(place, Reason::NotStaff(number.to_owned()));
        };
        let [since, until] = days(row);
        let count = field(row, "cases").and_then(|cases| cases.parse().ok()).unwrap_or_default();
        let (company, role) = (Company(self.companies.of(company)), Role::Work { project: None });
        self.dealt(who, company, role, since, place);
        self.dealings.push(Dealing { who, company, role, since, until, volume: Volume { count, fen: 0 } });
    }

    fn hop(&mut self, place: Place, from: Individual, hop: Hop, to: Individual, evidence: Evidence, days: Days) {
        let (from, to) = if hop.is_up() { (to, from) } else { (from, to) };
        self.record(place, from, to, hop.kind(), evidence, days);
    }

    fn record(&mut self, place: Place, from: Individual, to: Individual, kind: Kind, evidence: Evidence, days: Days) {
        let [since, until] = days;
        let tie = Tie { from, to, kind, evidence, source: place.source, since, until };
        if self.register.record(tie).is_err() {
            return self.wait(place, Reason::OwnRelative);
        }
        let said = Said { strength: Reverse(evidence.strength()), place };
        self.said.entry((from.min(to), from.max(to))).or_default().push(said);
    }

    fn wait(&mut self, place: Place, reason: Reason) {
        self.unread.push(Unread { place, reason });
    }

    fn finish(mut self) -> Read {
        self.resolve();
        let likely = matching::likely(self.wanted, &self.candidates, &self.register);
        self.dealings.extend(self.work.into_values());
        for said in self.said.values_mut() {
            said.sort_unstable();
            said.dedup();
        }
        Read {
            register: self.register,
            dealings: Dealings::new(self.dealings),
            staff: self.staff,
            companies: self.companies.names,
            projects: self.projects.names,
            unread: self.unread,
            likely,
            mentions: self.mentions,
            said: self.said,
            dealt: self.dealt.into_iter().map(|(dealing, (_, place))| (dealing, place)).collect(),
        }
    }

    /// Declared ways over others: a father-in-law is the father of the one spouse who is known, or of an unknown one.
    /// Nothing is recorded before all are followed, so that none depends on the others.
    fn resolve(&mut self) {
        let mut resolved = Vec::new();
        for Declared { place, by, way, relative, days } in std::mem::take(&mut self.over_others) {
            let mut from = by;
            for (along, hop) in way.iter().enumerate() {
                let step = |to, days| Resolved { place, by, from, hop: *hop, to, days };
                if along + 1 == way.len() {
                    resolved.push(step(relative, days));
                } else if let [known] = self.known(from, *hop)[..] {
                    from = known;
                } else {
                    let unknown = self.unknown(by, &way[..=along]);
                    resolved.push(step(unknown, [None; 2]));
                    from = unknown;
                }
            }
        }
        for Resolved { place, by, from, hop, to, days } in resolved {
            self.hop(place, from, hop, to, Evidence::Declared { by }, days);
        }
    }

    /// Everybody who is this to somebody, by what was said so far.
    fn known(&self, of: Individual, hop: Hop) -> Vec<Individual> {
        let ties = self.register.ties_of(of).filter(|tie| hop.fits(tie, of));
        let others = ties.map(|tie| if tie.from == of { tie.to } else { tie.from });
        let sex_of = |one| self.register.profile(one).sex;
        let mut known: Vec<_> =
            others.filter(|one| hop.sex().is_none_or(|sex| sex_of(*one).is_none_or(|is| is == sex))).collect();
        known.sort_unstable();
        known.dedup();
        known
    }

    /// Stands for somebody who must be there, but of whom nothing else is known: one for each way, so that a father-in-law
    /// and a mother-in-law are parents of the same spouse.
    fn unknown(&mut self, by: Individual, way: &[Hop]) -> Individual {
        let key = format!("{} {way:?}", self.register.key(by));
        let who = self.register.individual(&key);
        self.register.describe(who, Profile { sex: way.last().and_then(|hop| hop.sex()), born: None });
        who
    }
}

/// Names as numbers, in the order in which they come.
#[derive(Default)]
struct Numbers {
    names: Vec<String>,
    by_name: HashMap<String, u32>,
}

impl Numbers {
    fn of(&mut self, name: &str) -> u32 {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let number = self.names.len() as u32;
        self.names.push(name.to_owned());
        self.by_name.insert(name.to_owned(), number);
        number
    }
}

/// From when to when a row holds.
fn days(row: &Row) -> Days {
    ["since", "until"].map(|name| field(row, name).and_then(|day| day.parse().ok()))
}

fn field<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    row.fields.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

/// What an ID number of 18 characters tells of its holder (GB 11643-1999): the day of birth, and by the last digit of the
/// sequence the sex. Nothing, if it is no such number.
fn profile(id_number: &str) -> Profile {
    let digits =
        id_number.len() == 18 && id_number.is_ascii() && id_number[..17].bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return Profile::default();
    }
    let born = Date::strptime("%Y%m%d", &id_number[6..14]).ok();
    let sex = if id_number.as_bytes()[16] % 2 == 1 { Sex::Male } else { Sex::Female };
    Profile { sex: Some(sex), born }
}
