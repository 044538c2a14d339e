//! How people, companies and rows are called on the pages of a look. Who is not on the roster is called as in the row that
//! mentions them; nobody's ID number is told.

use crate::web::{App, error::PageError, locale::Locale, session::SignedIn};
use domain::{
    batch::{Kind, Row},
    finding::Place,
    id::LookId,
    ties::{OnTheWay, Told},
};
use jiff::civil::Date;
use relations::{Role, Strength};
use std::collections::BTreeMap;
use store::query::{Names, Taken};

/// A row that is named as a source, with a way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// `Household register, row 12`.
    pub label: String,
    /// Where it is shown; empty where it is shown nowhere.
    pub href: String,
    /// How sure it makes a tie; empty where that is not asked.
    pub strength: String,
}

/// Knows what they are called.
pub struct Telling {
    pub t: Locale,
    look: LookId,
    names: super::Known,
    rows: BTreeMap<Place, (Kind, Row)>,
}

impl Telling {
    /// With the rows that a look shows.
    pub async fn of(app: &App, person: &SignedIn, taken: &Taken) -> Result<Telling, PageError> {
        let rows = app.store.reader(&person.actor).source_rows(taken.shows.rows()).await?;
        Ok(Telling { t: person.reader.t, look: taken.look.id, names: app.store.names().await?, rows })
    }

    /// The names of the staff.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Somebody's name, where one is on record.
    pub fn name(&self, one: &OnTheWay) -> Option<String> {
        match one {
            OnTheWay { person: Some(person), .. } => Some(self.names.person(*person).to_owned()),
            // Where only a number stands, of a father in a child's row, there is no name beside it.
            OnTheWay { mention: Some((place, "id_number")), .. } => self.field(*place, &["name"]),
            _ => None,
        }
    }

    /// What somebody is called.
    pub fn person(&self, one: &OnTheWay) -> String {
        self.name(one).unwrap_or_else(|| self.t.get("looks-nameless"))
    }

    /// Their employee number, or that they have none.
    pub fn note(&self, one: &OnTheWay) -> String {
        match one.person {
            Some(person) => self.names.number(person).to_owned(),
            None => self.t.get("looks-outsider"),
        }
    }

    /// What a company is called in a row that tells of it, and its code where none does.
    pub fn company(&self, code: &str, told: Option<Place>) -> String {
        let name = told.and_then(|place| self.field(place, &["company", "contractor"]));
        name.unwrap_or_else(|| code.to_owned())
    }

    /// What a project is called.
    pub fn project(&self, code: &str, told: Option<Place>) -> String {
        told.and_then(|place| self.field(place, &["name"])).unwrap_or_else(|| code.to_owned())
    }

    fn field(&self, place: Place, fields: &[&str]) -> Option<String> {
        let (_, row) = self.rows.get(&place)?;
        let found = fields.iter().find_map(|field| row.fields.get(*field));
        found.filter(|name| !name.is_empty()).cloned()
    }

    /// A row as a source.
    pub fn source(&self, place: Place) -> Source {
        let table = self.rows.get(&place).map(|(kind, _)| self.t.get(&format!("table-{}", kind.as_str())));
        match place {
            Place::Row(batch, row) => {
                let args = [("table", self.t.arg(table.unwrap_or_default())), ("n", self.t.arg(row))];
                Source {
                    label: self.t.with("looks-source", &args),
                    href: format!("/batches/{batch}/rows/{row}?look={}", self.look),
                    strength: String::new(),
                }
            }
            // What people declare is on no page of its own: the look is all of it that is shown.
            Place::Line(declarant, line) => {
                let name = self.names.person(declarant).to_owned();
                let args = [("name", self.t.arg(name)), ("n", self.t.arg(line))];
                Source { label: self.t.with("looks-declared", &args), href: String::new(), strength: String::new() }
            }
        }
    }

    /// Rows that say that two are next of kin.
    pub fn sources(&self, told: &[Told]) -> Vec<Source> {
        let one = |told: &Told| Source { strength: self.strength(told.strength), ..self.source(told.place) };
        told.iter().map(one).collect()
    }

    /// How sure something is.
    pub fn strength(&self, strength: Strength) -> String {
        self.t.get(strength_key(strength))
    }

    /// What somebody has to do with a company.
    pub fn role(&self, role: Role) -> String {
        self.t.get(match role {
            Role::Owner => "looks-role-owner",
            Role::Lead => "looks-role-lead",
            Role::Work { .. } => "looks-role-work",
        })
    }

    /// A sum of 分, in yuan; empty where nothing was contracted.
    pub fn sum(&self, fen: u64) -> String {
        if fen == 0 { String::new() } else { self.t.with("looks-yuan", &[("n", self.t.number(fen / 100))]) }
    }

    /// From when to when, as far as it is known.
    pub fn period(&self, since: Option<Date>, until: Option<Date>) -> String {
        match (since, until) {
            (Some(since), Some(until)) if since == until => self.t.day(&since),
            (Some(since), Some(until)) => format!("{} – {}", self.t.day(&since), self.t.day(&until)),
            (Some(since), None) => self.t.with("looks-since", &[("day", self.t.day(&since))]),
            (None, _) => self.t.get("looks-undated"),
        }
    }
}

/// The key of a strength's name.
fn strength_key(strength: Strength) -> &'static str {
    match strength {
        Strength::Inferred => "looks-strength-inferred",
        Strength::Declared => "looks-strength-declared",
        Strength::Registered => "looks-strength-registered",
    }
}
