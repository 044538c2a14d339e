//! The fact tables of this office (docs/ARCHITECTURE.md, `detect::table`): what the record and the source data say, as the detectors
//! of any office read it. One folder of CSV files, at one moment, written row by row.
//!
//! People are called by their employee number, units and indicators by their codes, as in the office's own files; a cycle by its
//! year, or by its months where it is not a whole one. So the tables can be held against the files they came from.

mod record;
mod rows;

use crate::clock;
use anyhow::Context;
use domain::{
    cycle,
    id::{PersonId, UnitId},
    regime::Regime,
    roster::Roster,
};
use jiff::{Timestamp, civil::Date};
use std::{collections::BTreeMap, fs::File, path::Path};
use store::{Store, snapshot::Snapshot};

/// Write all tables of this moment into a folder; nothing else may lie there. `tell` hears how many of how many parts are done.
///
/// # Errors
/// If the folder can't be written, or the database not be read.
pub async fn export(store: &Store, dir: &Path, tell: &(dyn Fn(u64, u64) + Send + Sync)) -> anyhow::Result<()> {
    let snapshot = store.snapshot().await?;
    let mut tables = Tables::new(dir);
    let office = Office::new(snapshot.roster().await?, &store.rules().regimes);
    tell(0, PARTS);
    write_office(&mut tables, &office)?;
    write_ties(&mut tables, &office, &snapshot).await?;
    tell(1, PARTS);
    let told = record::write(&mut tables, &office, &snapshot).await?;
    tell(2, PARTS);
    rows::write(&mut tables, &office, &told, &snapshot).await?;
    tell(PARTS, PARTS);
    tables.close()
}

/// Parts that progress is told of.
const PARTS: u64 = 3;

/// The tables, each begun with its first row.
struct Tables<'a> {
    dir: &'a Path,
    open: BTreeMap<&'static str, csv::Writer<File>>,
}

impl<'a> Tables<'a> {
    fn new(dir: &'a Path) -> Self {
        Tables { dir, open: BTreeMap::new() }
    }

    /// Add a row; its columns are those of the first row of the table.
    fn row<const N: usize>(&mut self, table: &'static str, cells: [(&str, &str); N]) -> anyhow::Result<()> {
        let path = self.dir.join(format!("{table}.csv"));
        let unwritten = || format!("{} can't be written", path.display());
        let writer = match self.open.entry(table) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                let mut writer = csv::Writer::from_path(&path).with_context(unwritten)?;
                writer.write_record(cells.map(|(name, _)| name)).with_context(unwritten)?;
                new.insert(writer)
            }
        };
        writer.write_record(cells.map(|(_, cell)| cell)).with_context(unwritten)
    }

    fn close(self) -> anyhow::Result<()> {
        for (table, mut writer) in self.open {
            writer.flush().with_context(|| format!("{table}.csv can't be written"))?;
        }
        Ok(())
    }
}

/// What everything in the office is called.
struct Office<'a> {
    roster: Roster,
    regimes: &'a BTreeMap<String, Regime>,
}

impl<'a> Office<'a> {
    fn new(roster: Roster, regimes: &'a BTreeMap<String, Regime>) -> Self {
        Office { roster, regimes }
    }

    /// The employee number; of a third party and of whoever is on no roster the id.
    fn number(&self, person: PersonId) -> String {
        self.roster.people.get(&person).map_or_else(|| person.to_string(), |person| person.number.clone())
    }

    fn unit(&self, unit: UnitId) -> String {
        self.roster.units.get(&unit).map_or_else(|| unit.to_string(), |unit| unit.code.clone())
    }

    /// The rank of a grade from 1, the best, in whichever regime has it; none of what is no grade.
    fn rank(&self, grade: &str) -> Option<u32> {
        let of = |regime: &'a Regime| {
            let routine = regime.routine.iter().flat_map(|routine| &routine.grades);
            regime.grades.iter().chain(routine).find(|known| known.id == grade).map(|known| known.rank)
        };
        self.regimes.values().find_map(of)
    }
}

/// What a cycle is called: its year, or its months where it is no annual one.
fn label(cycle: &cycle::Opened) -> String {
    match cycle.kind.as_str() {
        "annual" => cycle.to.year().to_string(),
        _ => format!("{}/{}", month(cycle.from), month(cycle.to)),
    }
}

/// As in 2026-07.
fn month(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

fn moment(at: Timestamp) -> String {
    at.to_string()
}

fn write_office(tables: &mut Tables<'_>, office: &Office<'_>) -> anyhow::Result<()> {
    for unit in office.roster.units.values() {
        let parent = unit.parent.map(|parent| office.unit(parent)).unwrap_or_default();
        let kind = unit.kind.as_deref().unwrap_or_default();
        let cells = [("unit_id", unit.code.as_str()), ("parent_id", &parent), ("name", unit.label()), ("kind", kind)];
        tables.row("units", cells)?;
    }
    for person in office.roster.people.values() {
        let at = &person.assignment;
        let leader = at.leader.map(|leader| office.number(leader)).unwrap_or_default();
        let joined = at.joined.map(|day| day.to_string()).unwrap_or_default();
        let cells = [
            ("person_id", person.number.as_str()),
            ("unit_id", &office.unit(at.unit)),
            ("post", at.post.as_deref().unwrap_or_default()),
            ("rank", at.rank.as_deref().unwrap_or_default()),
            ("leader_id", &leader),
            ("joined_on", &joined),
        ];
        tables.row("people", cells)?;
    }
    Ok(())
}

/// Who has to stay out of whose case, and why; each pair once.
async fn write_ties(tables: &mut Tables<'_>, office: &Office<'_>, snapshot: &Snapshot<'_>) -> anyhow::Result<()> {
    let ties = snapshot.ties(domain::context::day(clock::now())).await?;
    let mut pairs: Vec<(PersonId, PersonId)> = Vec::new();
    for (one, apart) in ties.apart() {
        pairs.extend(
            apart.always.into_iter().chain(apart.else_decided).filter(|other| one < *other).map(|other| (one, other)),
        );
    }
    pairs.sort_unstable();
    for (one, other) in pairs {
        let (a, b) = (office.number(one), office.number(other));
        for ground in ties.between(one, other).into_iter().filter(|ground| ground.recuses()) {
            tables
                .row("relations", [("a_id", &*a), ("b_id", &*b), ("kind", ground.as_str()), ("source", "registers")])?;
        }
    }
    Ok(())
}
