//! What rows may refer to: units, people and indicators, from the database and from the same import.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::batch::{Fault, Kind, Row};

use crate::catalog::{CATALOG, Refers};
use crate::text;

/// What is known before the import, from the database.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The units, by all their names.
    pub units: Vec<KnownUnit>,
    /// The employee numbers on the roster.
    pub people: BTreeSet<String>,
    /// The codes of the indicators in the library.
    pub indicators: BTreeSet<String>,
}

/// The names of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownUnit {
    /// The code, unique among units.
    pub code: String,
    /// The full name, which several units may share (every bureau has its 办公室).
    pub name: String,
    /// The short name, as other tables use it.
    pub short_name: Option<String>,
}

/// Whether something that was declared was accepted too. Until it is judged it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Accepted,
    Refused,
}

/// Everything that is known while an import is read.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    units: BTreeMap<String, Standing>,
    /// Any name of a unit, in the form in which names are compared, to the codes that have it.
    unit_names: HashMap<String, BTreeSet<String>>,
    people: BTreeMap<String, Standing>,
    indicators: BTreeMap<String, Standing>,
}

impl Directory {
    pub(crate) fn new(known: Known) -> Self {
        let mut directory = Self::default();
        for unit in known.units {
            directory.declare_unit(&unit.code, [Some(unit.name.as_str()), unit.short_name.as_deref()]);
            directory.units.insert(unit.code, Standing::Accepted);
        }
        let accepted = |code| (code, Standing::Accepted);
        directory.people = known.people.into_iter().map(accepted).collect();
        directory.indicators = known.indicators.into_iter().map(accepted).collect();
        directory
    }

    /// Takes in what a row declares, whether or not the row will be accepted: one wrong value in a roster is to be
    /// reported once, not again as an unknown number in every row that mentions the person.
    pub(crate) fn declare(&mut self, kind: Kind, fields: &BTreeMap<String, String>) {
        let field = |name: &str| fields.get(name).map(String::as_str);
        match kind {
            Kind::Units => {
                if let Some(code) = field("code") {
                    self.declare_unit(code, [field("name"), field("short_name")]);
                }
            }
            Kind::People => declare(&mut self.people, field("number")),
            Kind::Indicators => declare(&mut self.indicators, field("code")),
            _ => {}
        }
    }

    /// Notes that a row which declares something is accepted.
    pub(crate) fn accept(&mut self, kind: Kind, fields: &BTreeMap<String, String>) {
        let (declared, name) = match kind {
            Kind::Units => (&mut self.units, "code"),
            Kind::People => (&mut self.people, "number"),
            Kind::Indicators => (&mut self.indicators, "code"),
            _ => return,
        };
        if let Some(code) = fields.get(name) {
            declared.insert(code.clone(), Standing::Accepted);
        }
    }

    /// Whether a unit is there to be a parent: from before, or accepted in this import.
    pub(crate) fn has_accepted_unit(&self, code: &str) -> bool {
        self.units.get(code) == Some(&Standing::Accepted)
    }

    /// Adds the code of the unit that a field names, as `<field>_code`, where one can be told.
    pub(crate) fn resolve_units(&self, row: &mut Row) {
        for field in ["unit", "parent"] {
            if let Some(code) = row.fields.get(field).and_then(|name| self.unit(name).ok()) {
                row.fields.insert(format!("{field}_code"), code);
            }
        }
    }

    /// The code of a unit by its code, its short name or its name.
    pub(crate) fn unit(&self, name: &str) -> Result<String, Fault> {
        let as_code = text::code(name);
        if self.units.contains_key(&as_code) {
            return Ok(as_code);
        }
        let codes = self.unit_names.get(&text::plain(name)).ok_or(Fault::UnknownUnit)?;
        let mut codes = codes.iter();
        match (codes.next(), codes.next()) {
            (Some(code), None) => Ok(code.clone()),
            _ => Err(Fault::AmbiguousUnit),
        }
    }

    /// What is wrong with what a row refers to, by field.
    pub(crate) fn check(&self, kind: Kind, row: &Row) -> Vec<(&'static str, Fault)> {
        let fields = CATALOG.table(kind).fields.iter();
        let given = fields.filter_map(|(name, field)| Some((name, field.refers?, row.fields.get(name)?)));
        let mut faults = Vec::new();
        for (name, refers, value) in given {
            let found: Vec<_> = match refers {
                // A list of units with their heads comes before there is a roster.
                Refers::Person if kind == Kind::Units && self.people.is_empty() => continue,
                Refers::Person => value.split(';').filter_map(|number| self.check_person(kind, number).err()).collect(),
                // Whether the parent is accepted is not known before all units are judged.
                Refers::Unit if kind == Kind::Units => self.unit(value).err().into_iter().collect(),
                Refers::Unit => self.check_unit(value).err().into_iter().collect(),
                Refers::Indicator => self.check_indicator(value).err().into_iter().collect(),
            };
            faults.extend(found.into_iter().map(|fault| (name.as_str(), fault)));
        }
        faults
    }

    /// Units and people may name a leader whose own row is refused: a whole bureau must not fall with its head.
    fn check_person(&self, kind: Kind, number: &str) -> Result<(), Fault> {
        match self.people.get(number) {
            None => Err(Fault::UnknownEmployeeNo { number: number.to_owned() }),
            Some(Standing::Refused) if !matches!(kind, Kind::Units | Kind::People) => {
                Err(Fault::RefersToRefused { key: number.to_owned() })
            }
            Some(_) => Ok(()),
        }
    }

    fn check_unit(&self, name: &str) -> Result<(), Fault> {
        let code = self.unit(name)?;
        match self.units.get(&code) {
            Some(Standing::Refused) => Err(Fault::RefersToRefused { key: code }),
            _ => Ok(()),
        }
    }

    fn check_indicator(&self, code: &str) -> Result<(), Fault> {
        match self.indicators.get(code) {
            None => Err(Fault::UnknownIndicator { indicator: code.to_owned() }),
            Some(Standing::Refused) => Err(Fault::RefersToRefused { key: code.to_owned() }),
            Some(Standing::Accepted) => Ok(()),
        }
    }

    fn declare_unit(&mut self, code: &str, names: [Option<&str>; 2]) {
        self.units.entry(code.to_owned()).or_insert(Standing::Refused);
        for name in names.into_iter().flatten() {
            self.unit_names.entry(text::plain(name)).or_default().insert(code.to_owned());
        }
    }
}

fn declare(declared: &mut BTreeMap<String, Standing>, code: Option<&str>) {
    if let Some(code) = code {
        declared.entry(code.to_owned()).or_insert(Standing::Refused);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn row<const N: usize>(pairs: [(&str, &str); N]) -> Row {
        Row { number: 2, key: String::new(), person: None, date: None, fields: fields(pairs) }
    }

    fn unit(code: &str, name: &str, short_name: Option<&str>) -> KnownUnit {
        KnownUnit { code: code.to_owned(), name: name.to_owned(), short_name: short_name.map(str::to_owned) }
    }

    fn directory() -> Directory {
        Directory::new(Known {
            units: vec![unit("A", "市甲局", Some("甲局")), unit("A1", "办公室", None), unit("B1", "办公室", None)],
            people: BTreeSet::from(["1".to_owned(), "2".to_owned()]),
            indicators: BTreeSet::from(["K".to_owned()]),
        })
    }

    #[test]
    fn a_unit_is_known_by_any_of_its_names() {
        let directory = directory();
        for name in ["a", "市甲局", " 甲 局 "] {
            assert_eq!(directory.unit(name), Ok("A".to_owned()), "{name}");
        }
        assert_eq!(directory.unit("办公室"), Err(Fault::AmbiguousUnit));
        assert_eq!(directory.unit("乙局"), Err(Fault::UnknownUnit));
        let mut row = row([("unit", "甲局")]);
        directory.resolve_units(&mut row);
        assert_eq!(row.fields["unit_code"], "A");
    }

    #[test]
    fn each_unknown_member_is_named() {
        let faults = directory().check(Kind::Projects, &row([("lead", "1"), ("members", "2;3;4")]));
        let unknown = |number: &str| ("members", Fault::UnknownEmployeeNo { number: number.to_owned() });
        assert_eq!(faults, [unknown("3"), unknown("4")]);
    }

    #[test]
    fn who_refers_to_the_refused_is_told_so() {
        let mut directory = directory();
        let person = fields([("number", "9")]);
        directory.declare(Kind::People, &person);
        let refused = Fault::RefersToRefused { key: "9".to_owned() };
        assert_eq!(directory.check(Kind::Cases, &row([("number", "9")])), [("number", refused)]);
        assert_eq!(directory.check(Kind::People, &row([("leader", "9")])), []);
        directory.accept(Kind::People, &person);
        assert_eq!(directory.check(Kind::Cases, &row([("number", "9")])), []);
    }

    #[test]
    fn units_may_come_before_there_is_a_roster() {
        let mut directory = directory();
        let unit = row([("head", "7")]);
        assert_eq!(directory.check(Kind::Units, &unit).len(), 1);
        directory.people.clear();
        assert_eq!(directory.check(Kind::Units, &unit), []);
    }
}
