//! Imports: a batch of source data comes in whole or not at all. Its rows are laid down beforehand and
//! stay unseen until the record says that the batch was imported. Units, people and indicators turn
//! into events of their own; everything else stays rows.

use crate::{
    batch::{BadRow, Fault, Kind, Row},
    context::Context,
    decide::Case,
    event::{Emit, Event},
    id::{BatchId, PersonId, UnitId},
    indicator::{Dimension, Indicator, IndicatorDraft},
    points::Points,
    refusal::{Reason, Refusal},
    roster::{Assignment, Person, Roster, Unit},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A value that kept its row out of a batch. The value itself is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Skipped {
    /// The row as the spreadsheet numbers it.
    pub row: u32,
    /// The column's header.
    pub column: String,
    /// What was wrong.
    #[schema(value_type = Object)]
    pub fault: Fault,
}

impl From<&BadRow> for Skipped {
    fn from(bad: &BadRow) -> Self {
        Skipped { row: bad.row, column: bad.column.clone(), fault: bad.fault.clone() }
    }
}

/// What a column of a file was taken for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// The field of [`Row::fields`].
    pub field: String,
    /// The header as it stood in the file.
    pub header: String,
}

/// A batch as it goes on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Batch {
    /// Its id: the rows were laid down under it.
    pub id: BatchId,
    /// What kind of data.
    #[schema(value_type = String)]
    pub kind: Kind,
    /// The file's name.
    pub file: String,
    /// The sheet in it.
    pub sheet: Option<String>,
    /// SHA-256 of the file, hex.
    pub digest: String,
    /// SHA-256 over the rows as laid down, hex.
    pub rows_digest: String,
    /// How many rows.
    pub rows: u32,
    /// First day the rows speak of.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Last day the rows speak of.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// The columns that were understood, in their order.
    pub columns: Vec<Column>,
    /// Rows left out, with the reasons; a row is named once for each of its values that was wrong.
    pub skipped: Vec<Skipped>,
}

impl Batch {
    /// How many rows were left out.
    pub fn left_out(&self) -> usize {
        self.skipped.iter().map(|skipped| skipped.row).collect::<BTreeSet<_>>().len()
    }
}

/// The events of an import: the batch itself and, for registers of the office, what it changes there.
///
/// A batch is what the importer laid down, to the letter: nobody puts rows on record under another file's name, and
/// none goes on record twice.
pub(crate) fn import(ctx: &Context, batch: &Batch, case: &Case) -> Result<Vec<Emit>, Refusal> {
    if case.laid.as_ref() != Some(batch) {
        return Err(Reason::RowsDiffer.into());
    }
    let (rows, office) = (&case.rows, &case.office);
    let mut emits = match batch.kind {
        Kind::Units => units(ctx, rows, &office.roster),
        Kind::People => people(ctx, rows, &office.roster)?,
        Kind::Indicators => indicators(ctx, rows, &office.library)?,
        _ => Vec::new(),
    };
    if Event::unfolds(batch.kind) && emits.is_empty() {
        return Err(Reason::NothingNew.into());
    }
    emits.insert(0, Emit::new(batch.id, Event::BatchImported(batch.clone())));
    Ok(emits)
}

fn field(row: &Row, name: &str) -> Option<String> {
    row.fields.get(name).filter(|value| !value.is_empty()).cloned()
}

fn required(row: &Row, name: &'static str) -> Result<String, Refusal> {
    field(row, name).ok_or_else(|| Refusal::from(Reason::TextMissing).with("field", name))
}

fn units(ctx: &Context, rows: &[Row], roster: &Roster) -> Vec<Emit> {
    // Ids first, so that a unit may stand above or below the one it belongs to.
    let mut ids: BTreeMap<String, UnitId> = roster.units.values().map(|unit| (unit.code.clone(), unit.id)).collect();
    for row in rows {
        ids.entry(row.key.clone()).or_insert_with(|| UnitId((ctx.new_id)()));
    }
    let mut emits = Vec::new();
    for row in rows {
        let head_number = field(row, "head");
        let head = head_number.as_deref().and_then(|number| roster.by_number(number)).map(|person| person.id);
        let unit = Unit {
            id: ids[&row.key],
            code: row.key.clone(),
            name: field(row, "name").unwrap_or_else(|| row.key.clone()),
            short_name: field(row, "short_name"),
            parent: field(row, "parent").and_then(|code| ids.get(&code).copied()),
            kind: field(row, "kind"),
            head_number,
            head,
            duty: field(row, "duty"),
        };
        if roster.units.get(&unit.id) != Some(&unit) {
            emits.push(Emit::new(unit.id, Event::UnitEntered(unit)));
        }
    }
    emits
}

fn people(ctx: &Context, rows: &[Row], roster: &Roster) -> Result<Vec<Emit>, Refusal> {
    let mut ids: BTreeMap<String, PersonId> =
        roster.people.values().map(|person| (person.number.clone(), person.id)).collect();
    for row in rows {
        ids.entry(row.key.clone()).or_insert_with(|| PersonId((ctx.new_id)()));
    }
    let mut emits = Vec::new();
    for row in rows {
        let unit = required(row, "unit")?;
        let unit = roster
            .unit_called(&unit)
            .ok_or_else(|| Refusal::from(Reason::NotFound).with("field", "unit").with("value", &unit))?;
        let section = field(row, "section").and_then(|name| {
            roster.units.values().find(|section| section.parent == Some(unit.id) && section.name == name)
        });
        let person = Person {
            id: ids[&row.key],
            number: row.key.clone(),
            name: required(row, "name")?,
            sex: field(row, "sex"),
            born: field(row, "born").and_then(|date| date.parse().ok()),
            id_number: field(row, "id_number"),
            phone: field(row, "phone"),
            assignment: Assignment {
                unit: unit.id,
                section: section.map(|section| section.id),
                post: field(row, "post"),
                rank: field(row, "rank"),
                staff_kind: required(row, "staff_kind")?,
                post_type: required(row, "post_type")?,
                joined: field(row, "joined").and_then(|date| date.parse().ok()),
                leader: field(row, "leader").and_then(|number| ids.get(&number).copied()),
                project_lead: field(row, "project_lead").as_deref() == Some("yes"),
            },
        };
        if roster.people.get(&person.id) != Some(&person) {
            emits.push(Emit::new(person.id, Event::PersonEntered(Box::new(person))));
        }
    }
    for unit in roster.units.values() {
        let head = unit.head_number.as_ref().and_then(|number| ids.get(number).copied());
        if head.is_some() && unit.head != head {
            emits.push(Emit::new(unit.id, Event::UnitEntered(Unit { head, ..unit.clone() })));
        }
    }
    Ok(emits)
}

fn indicators(ctx: &Context, rows: &[Row], library: &[Indicator]) -> Result<Vec<Emit>, Refusal> {
    let mut emits = Vec::new();
    for row in rows {
        let draft = IndicatorDraft {
            code: required(row, "code")?,
            name: required(row, "name")?,
            dimension: dimension(&required(row, "dimension")?)?,
            weight: required(row, "weight")?.parse::<Points>().map_err(|_| Refusal::from(Reason::PointsOutOfRange))?,
            post_type: required(row, "post_type")?,
            source: field(row, "source").unwrap_or_default(),
            quantitative: field(row, "kind").as_deref() == Some("quantitative"),
            words: field(row, "formula").unwrap_or_default(),
            target: field(row, "target"),
            cap: field(row, "cap"),
        };
        let indicator = draft.define(ctx, library)?;
        if !library.contains(&indicator) {
            emits.push(Emit::new(indicator.id, Event::IndicatorDefined(Box::new(indicator))));
        }
    }
    Ok(emits)
}

fn dimension(word: &str) -> Result<Dimension, Refusal> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| Refusal::from(Reason::TextMissing).with("field", "dimension"))
}
