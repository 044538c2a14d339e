//! What source data says: grades of past years and those proposed on paper, scores on paper, attendance by month, training, and what
//! business systems counted.

use super::{Office, Tables, month, record::Told};
use crate::clock;
use domain::{
    batch::{Kind, Row},
    roster::Person,
    score::Observed,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::snapshot::{After, Snapshot};

/// Read and write all of it. Attendance alone is held in memory, by person and month.
pub(super) async fn write(
    tables: &mut Tables<'_>,
    office: &Office<'_>,
    told: &Told,
    snapshot: &Snapshot<'_>,
) -> anyhow::Result<()> {
    let by_number = office.roster.people.values().map(|person| (person.number.as_str(), person)).collect();
    let mut writer = Writer { tables, office, told, by_number, days: BTreeMap::new(), assessed: HashSet::new() };
    for kind in [
        Kind::Results,
        Kind::ProposedGrades,
        Kind::PaperScores,
        Kind::Cases,
        Kind::Projects,
        Kind::Training,
        Kind::Attendance,
    ] {
        let batches = snapshot.batches(kind).await?;
        let mut after = After::default();
        loop {
            let page = snapshot.rows(kind, &batches, &mut after).await?;
            if page.is_empty() {
                break;
            }
            for observed in &page {
                writer.write(observed)?;
            }
        }
    }
    writer.attendance()
}

/// Days of one person in one month.
#[derive(Clone, Copy, Default)]
struct Days {
    late: u32,
    early: u32,
    absent: u32,
    leave: u32,
}

struct Writer<'a, 'b> {
    tables: &'a mut Tables<'b>,
    office: &'a Office<'a>,
    told: &'a Told,
    by_number: HashMap<&'a str, &'a Person>,
    days: BTreeMap<(String, String), Days>,
    /// Cycle, assessor and whom they scored on paper.
    assessed: HashSet<(String, String, String)>,
}

fn field<'a>(row: &'a Row, name: &str) -> &'a str {
    row.fields.get(name).map_or("", String::as_str)
}

impl Writer<'_, '_> {
    fn write(&mut self, observed: &Observed) -> anyhow::Result<()> {
        let row = &observed.row;
        match observed.kind {
            Kind::Results | Kind::ProposedGrades => self.grade(row, observed.kind),
            Kind::PaperScores => self.paper(observed),
            Kind::Cases => self.cases(row),
            Kind::Projects => self.project(row),
            Kind::Training => self.training(row),
            _ => {
                self.day(row);
                Ok(())
            }
        }
    }

    /// The code of the unit that a row names, else of that of the person.
    fn unit(&self, named: &str, number: &str) -> String {
        let named = self.office.roster.unit_called(named).map(|unit| unit.code.clone());
        let own = || self.by_number.get(number).map(|person| self.office.unit(person.assignment.unit));
        named.or_else(own).unwrap_or_default()
    }

    /// A grade on paper, unless the record has one.
    fn grade(&mut self, row: &Row, kind: Kind) -> anyhow::Result<()> {
        let (number, year, grade) = (field(row, "number"), field(row, "year"), field(row, "grade"));
        let Some(rank) = self.office.rank(grade) else { return Ok(()) };
        if kind == Kind::ProposedGrades && self.told.graded.contains(&(number.to_owned(), year.to_owned())) {
            return Ok(());
        }
        let cells = [
            ("cycle", year),
            ("person_id", number),
            ("unit_id", &self.unit(field(row, "unit"), number)),
            ("peer_group", ""),
            ("grade", grade),
            ("grade_rank", &rank.to_string()),
            ("score", field(row, "score")),
        ];
        self.tables.row("results", cells)
    }

    /// A score on paper, and its basis: what was given there was given, also where it can't count.
    fn paper(&mut self, observed: &Observed) -> anyhow::Result<()> {
        let row = &observed.row;
        let (rater, ratee, indicator) = (field(row, "rater"), field(row, "ratee"), field(row, "indicator"));
        let opened = self.told.appraised.get(ratee).and_then(|all| all.last());
        let opened = opened.and_then(|appraised| self.told.cycles.get(&appraised.cycle));
        let label = opened.map_or_else(|| domain::context::day(clock::now()).year().to_string(), super::label);
        let (of_rater, of_ratee) = (self.unit("", rater), self.unit("", ratee));
        let cells = [
            ("cycle", label.as_str()),
            ("indicator_id", indicator),
            ("rater_id", rater),
            ("ratee_id", ratee),
            ("score", field(row, "score")),
            ("max_score", "100"),
            ("rater_group", &of_rater),
            ("ratee_group", &of_ratee),
            ("given_at", ""),
        ];
        self.tables.row("scores", cells)?;
        let cells = [
            ("evidence_id", format!("{}/{}", observed.batch, row.number)),
            ("cycle", label.clone()),
            ("rater_id", rater.to_owned()),
            ("ratee_id", ratee.to_owned()),
            ("indicator_id", indicator.to_owned()),
            ("text", field(row, "basis").to_owned()),
        ];
        self.tables.row("evidence", cells.each_ref().map(|(name, cell)| (*name, cell.as_str())))?;
        // One duty, under however many indicators.
        if !self.assessed.insert((label.clone(), rater.to_owned(), ratee.to_owned())) {
            return Ok(());
        }
        self.tables.row("duties", [("cycle", &*label), ("actor_id", rater), ("subject_id", ratee), ("duty", "assess")])
    }

    /// What a business system counted for somebody in a month, under each indicator that holds it against a target. The
    /// figure comes from the system, so what is claimed is what is recorded.
    fn cases(&mut self, row: &Row) -> anyhow::Result<()> {
        let (number, Some(date)) = (field(row, "number"), row.date) else { return Ok(()) };
        let unit = self.unit("", number);
        let mut known: Vec<&str> = Vec::new();
        for appraised in self.told.appraised.get(number).into_iter().flatten() {
            let Some(opened) = self.told.cycles.get(&appraised.cycle) else { continue };
            if date < opened.from || date > opened.to {
                continue;
            }
            let counts = |months: (i8, i8)| (months.0..=months.1).contains(&date.month());
            for aim in self.told.aims(appraised) {
                if aim.source != Kind::Cases.as_str() || !aim.months.is_none_or(counts) {
                    continue;
                }
                let (label, target) = (super::label(opened), format!("{:.4}", aim.monthly));
                let (Some(counted), false) = (row.fields.get(&aim.field), known.contains(&aim.indicator.as_str()))
                else {
                    continue;
                };
                self.observation((&label, &month(date), number, &unit), (&aim.indicator, &target), counted)?;
                known.push(&aim.indicator);
            }
        }
        Ok(())
    }

    fn observation(
        &mut self,
        (cycle, period, person, unit): (&str, &str, &str, &str),
        (indicator, target): (&str, &str),
        value: &str,
    ) -> anyhow::Result<()> {
        let cells = [
            ("cycle", cycle),
            ("period", period),
            ("person_id", person),
            ("unit_id", unit),
            ("indicator_id", indicator),
            ("target", target),
            ("claimed", value),
            ("recorded", value),
        ];
        self.tables.row("observations", cells)
    }

    /// How far a project is, as of whoever leads it, under the project's own code.
    fn project(&mut self, row: &Row) -> anyhow::Result<()> {
        let (lead, Some(date)) = (field(row, "lead"), row.date) else { return Ok(()) };
        let unit = self.unit("", lead);
        let year = date.year().to_string();
        let at = (year.as_str(), &*month(date), lead, unit.as_str());
        self.observation(at, (field(row, "code"), field(row, "planned")), field(row, "actual"))
    }

    /// Hours of one course, as of the year it was finished in; of one that was not, as of this year.
    fn training(&mut self, row: &Row) -> anyhow::Result<()> {
        let date = row.date.unwrap_or_else(|| domain::context::day(clock::now()));
        let period = date.year().to_string();
        let cells = [
            ("period", period.as_str()),
            ("person_id", field(row, "number")),
            ("hours_required", field(row, "required")),
            ("hours_done", field(row, "hours")),
        ];
        self.tables.row("training", cells)
    }

    fn day(&mut self, row: &Row) {
        let (number, Some(date)) = (field(row, "number"), row.date) else { return };
        let days = self.days.entry((month(date), number.to_owned())).or_default();
        match field(row, "status") {
            "late" => days.late += 1,
            "early" => days.early += 1,
            "late_early" => (days.late, days.early) = (days.late + 1, days.early + 1),
            "absent" => days.absent += 1,
            "sick_leave" | "personal_leave" => days.leave += 1,
            _ => {}
        }
    }

    fn attendance(self) -> anyhow::Result<()> {
        for ((period, number), Days { late, early, absent, leave }) in self.days {
            let cells = [late, early, absent, leave].map(|count| count.to_string());
            let [late, early, absent, leave] = cells.each_ref().map(String::as_str);
            let cells = [
                ("period", period.as_str()),
                ("person_id", &number),
                ("late", late),
                ("early", early),
                ("absent_days", absent),
                ("leave_days", leave),
            ];
            self.tables.row("attendance", cells)?;
        }
        Ok(())
    }
}
