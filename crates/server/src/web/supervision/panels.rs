//! From numbers to drawings and tables.

use super::numbers::{Age, Contradiction, Day, Limits, Place, Supervision, UnitProgress, UnitScores, UnitShare, Year};
use crate::web::{findings, kit, locale::Locale};
use domain::{appraisal::Stage, id::UnitId};
use jiff::civil::Date;
use store::{query::Names, tables::cycle};

/// One question, and the answer as a drawing and a table.
pub struct Panel {
    /// Its place on the page, and the name of its file.
    pub id: &'static str,
    pub title: String,
    /// How to read it.
    pub lead: String,
    /// None where there is nothing to draw.
    pub drawings: Vec<kit::Chart>,
    pub table: kit::Table,
    /// Its table as a file.
    pub export: String,
}

/// A number of something.
type Of<T, N> = fn(&T) -> N;

/// What the panels are made from.
struct View<'a> {
    t: Locale,
    names: &'a Names,
    cycle: Option<&'a cycle::Model>,
    numbers: &'a Supervision,
}

/// All panels that the reader may see.
pub fn all(t: Locale, names: &Names, cycle: Option<&cycle::Model>, numbers: &Supervision) -> Vec<Panel> {
    let view = View { t, names, cycle, numbers };
    let of_cycle = cycle.map(|_| [view.progress(), view.trend(), view.shares(), view.scores()]);
    let mut panels: Vec<Panel> = of_cycle.into_iter().flatten().collect();
    panels.extend(view.contradictions());
    panels.extend(view.queue());
    panels.push(view.years());
    panels
}

/// The numbers of the head of the page.
pub fn stats(t: Locale, numbers: &Supervision) -> Vec<kit::Stat> {
    let stat = |key: &str, value: String, unit: &str, note: String| kit::Stat {
        label: t.get(key),
        value,
        unit: unit.to_owned(),
        note,
    };
    let people: i64 = numbers.progress.iter().map(UnitProgress::people).sum();
    let done: i64 = numbers.progress.iter().map(UnitProgress::done).sum();
    let mut stats = Vec::new();
    if people > 0 {
        let of = t.with("supervision-of", &[("n", t.number(people))]);
        stats.push(stat("supervision-done", t.number(done), "", of));
    }
    if let Some(share) = numbers.shares.all {
        let beyond = numbers.shares.units.iter().filter(|unit| unit.place != Place::Within).count();
        let note = t.with("supervision-beyond", &[("n", beyond)]);
        stats.push(stat("supervision-top", percent(100.0 * share), "%", note));
    }
    if let Some(queue) = &numbers.queue {
        let open: u64 = queue.iter().map(|age| age.rule + age.alert).sum();
        let watched: u64 = queue.iter().map(|age| age.watch).sum();
        stats.push(stat("supervision-open", t.number(open), "", t.with("supervision-watched", &[("n", watched)])));
    }
    if let Some(year) = numbers.years.last() {
        let note = t.with("supervision-in-year", &[("year", year.year.to_string())]);
        stats.push(stat("supervision-complaints", t.number(year.complaints()), "", note));
    }
    stats
}

fn percent(value: f64) -> String {
    format!("{value:.1}")
}

/// To one place behind the point, which is what a drawing can show.
fn rounded(value: f64) -> f64 {
    (10.0 * value).round() / 10.0
}

impl View<'_> {
    fn panel(&self, id: &'static str, drawings: Vec<kit::Chart>, table: kit::Table) -> Panel {
        let cycle = self.cycle.map(|cycle| cycle.cycle_id.to_string()).unwrap_or_default();
        let empty = table.rows.is_empty();
        Panel {
            id,
            title: self.t.get(&format!("supervision-{id}")),
            lead: self.t.get(&format!("supervision-{id}-lead")),
            drawings: drawings.into_iter().filter(|drawing| !empty && drawing.shows_something()).collect(),
            table: kit::Table { caption: self.t.get(&format!("supervision-{id}")), ..table },
            export: format!("/supervision.csv?panel={id}&cycle={cycle}"),
        }
    }

    fn unit(&self, unit: UnitId) -> String {
        self.names.unit(unit).to_owned()
    }

    /// The people of a unit, or of a stage in it.
    fn people(&self, unit: UnitId, stage: &str) -> String {
        let cycle = self.cycle.map(|cycle| cycle.cycle_id.to_string()).unwrap_or_default();
        let stage = if stage.is_empty() { String::new() } else { format!("&stage={stage}") };
        format!("/cycles/{cycle}/participants?unit={unit}{stage}")
    }

    fn words(&self, key: &str) -> kit::Column {
        kit::Column::words(self.t.get(key))
    }

    fn figures(&self, key: &str) -> kit::Column {
        kit::Column::numbers(self.t.get(key))
    }

    fn progress(&self) -> Panel {
        let t = self.t;
        let units = &self.numbers.progress;
        let there = |stage: &Stage| units.iter().any(|unit| unit.stages.contains_key(stage.as_str()));
        let stages: Vec<Stage> = Stage::ALL.into_iter().filter(there).collect();
        let stage_name = |stage: Stage| t.get(&format!("stage-{}", stage.as_str()));
        let series = |stage: &Stage| {
            let datum = |unit: &UnitProgress| {
                let count = unit.stages.get(stage.as_str()).copied().unwrap_or_default();
                kit::Datum::new((count > 0).then_some(count as f64), self.people(unit.unit, stage.as_str()))
            };
            kit::Series::new(stage_name(*stage), None, units.iter().map(datum).collect())
        };
        let row = |unit: &UnitProgress| {
            let (people, done) = (unit.people(), unit.done());
            let mut row = vec![
                kit::Cell::new(self.unit(unit.unit)).link(self.people(unit.unit, "")),
                kit::Cell::new(t.number(people)),
                kit::Cell::new(percent(100.0 * done as f64 / people.max(1) as f64)),
            ];
            row.extend(stages.iter().map(|stage| match unit.stages.get(stage.as_str()) {
                Some(count) => kit::Cell::new(t.number(*count)).link(self.people(unit.unit, stage.as_str())),
                None => kit::Cell::new(t.number(0)),
            }));
            row
        };
        let mut columns = vec![
            self.words("appraisal-unit"),
            self.figures("supervision-people"),
            self.figures("supervision-done-share"),
        ];
        columns.extend(stages.iter().map(|stage| kit::Column::numbers(stage_name(*stage))));
        let drawing = kit::Chart::Bars {
            lying: true,
            unit: String::new(),
            categories: units.iter().map(|unit| self.unit(unit.unit)).collect(),
            series: stages.iter().map(series).collect(),
        };
        let table = kit::Table { columns, rows: units.iter().map(row).collect(), ..kit::Table::default() };
        self.panel("progress", vec![drawing], table)
    }

    fn trend(&self) -> Panel {
        let (t, days) = (self.t, &self.numbers.trend);
        let steps: [(&str, Of<Day, usize>); 4] = [
            ("supervision-goals", |day| day.goals),
            ("supervision-scored", |day| day.scored),
            ("supervision-fixed", |day| day.graded),
            ("supervision-signed", |day| day.signed),
        ];
        let drawing = kit::Chart::Lines {
            unit: String::new(),
            days: days.iter().map(|day| day.day.to_string()).collect(),
            series: steps
                .iter()
                .map(|(key, of)| {
                    let data = days.iter().map(|day| kit::Datum::alone(Some(of(day) as f64))).collect();
                    kit::Series::new(t.get(key), None, data)
                })
                .collect(),
        };
        let row = |day: &Day| {
            let counts = steps.iter().map(|(_, of)| kit::Cell::new(t.number(of(day))));
            std::iter::once(kit::Cell::new(t.day(&day.day))).chain(counts).collect()
        };
        let mut columns = vec![self.words("supervision-day")];
        columns.extend(steps.iter().map(|(key, _)| self.figures(key)));
        let table = kit::Table { columns, rows: days.iter().map(row).collect(), ..kit::Table::default() };
        self.panel("trend", vec![drawing], table)
    }

    fn shares(&self) -> Panel {
        let (t, shares) = (self.t, &self.numbers.shares);
        let tone = |place: Place| match place {
            Place::Within => kit::Tone::Success,
            Place::Beyond => kit::Tone::Warn,
            Place::FarBeyond => kit::Tone::Danger,
        };
        let place_name = |place: Place| {
            t.get(match place {
                Place::Within => "supervision-within",
                Place::Beyond => "supervision-beyond-usual",
                Place::FarBeyond => "supervision-beyond-rare",
            })
        };
        let share = |top: u64, people: u64| 100.0 * top as f64 / people.max(1) as f64;
        let spots = shares.units.iter().map(|one| kit::Spot {
            name: self.unit(one.unit),
            value: [one.people as f64, rounded(share(one.top, one.people))],
            tone: tone(one.place).class(),
            href: self.people(one.unit, ""),
        });
        let curve = |key: &str, dashed: bool, of: Of<Limits, f64>| kit::Curve {
            name: t.get(key),
            dashed,
            points: shares.limits.iter().map(|limit| [limit.people as f64, rounded(100.0 * of(limit))]).collect(),
        };
        let mut curves = vec![
            curve("supervision-limit-usual", true, |limit| limit.usual[1]),
            curve("supervision-limit-usual", true, |limit| limit.usual[0]),
            curve("supervision-limit-rare", false, |limit| limit.rare[1]),
            curve("supervision-limit-rare", false, |limit| limit.rare[0]),
        ];
        curves.extend(shares.all.map(|all| kit::Curve {
            name: t.get("supervision-all-units"),
            dashed: false,
            points: shares.limits.iter().map(|limit| [limit.people as f64, rounded(100.0 * all)]).collect(),
        }));
        let drawing = kit::Chart::Funnel {
            across: t.get("supervision-graded"),
            up: t.get("supervision-share"),
            spots: spots.collect(),
            curves,
        };
        let row = |one: &UnitShare| {
            vec![
                kit::Cell::new(self.unit(one.unit)).link(self.people(one.unit, "")),
                kit::Cell::new(t.number(one.people)),
                kit::Cell::new(t.number(one.top)),
                kit::Cell::new(percent(share(one.top, one.people))),
                kit::Cell::tag(tone(one.place), place_name(one.place)),
            ]
        };
        let table = kit::Table {
            columns: vec![
                self.words("appraisal-unit"),
                self.figures("supervision-graded"),
                self.figures("supervision-top-held"),
                self.figures("supervision-share"),
                self.words("supervision-place"),
            ],
            rows: shares.units.iter().map(row).collect(),
            ..kit::Table::default()
        };
        self.panel("shares", vec![drawing], table)
    }

    fn scores(&self) -> Panel {
        let (t, units) = (self.t, &self.numbers.scores);
        let parts =
            ["supervision-least", "supervision-lower", "supervision-median", "supervision-upper", "supervision-most"];
        let drawing = kit::Chart::Boxes {
            unit: t.get("supervision-points"),
            categories: units.iter().map(|one| self.unit(one.unit)).collect(),
            names: parts.map(|key| t.get(key)),
            boxes: units.iter().map(|one| kit::Datum::new(one.five.map(rounded), self.people(one.unit, ""))).collect(),
        };
        let row = |one: &UnitScores| {
            let mut row = vec![
                kit::Cell::new(self.unit(one.unit)).link(self.people(one.unit, "")),
                kit::Cell::new(t.number(one.people)),
            ];
            row.extend(one.five.map(|value| kit::Cell::new(percent(value))));
            row
        };
        let mut columns = vec![self.words("appraisal-unit"), self.figures("supervision-people")];
        columns.extend(parts.map(|key| self.figures(key)));
        let table = kit::Table { columns, rows: units.iter().map(row).collect(), ..kit::Table::default() };
        self.panel("scores", vec![drawing], table)
    }

    fn contradictions(&self) -> Option<Panel> {
        let (t, found) = (self.t, self.numbers.contradictions.as_ref()?);
        let list = |detector: &str, list: &str| format!("/findings?list={list}&detector={detector}");
        let series = |key: &str, tone, name: &'static str, of: Of<Contradiction, u64>| {
            let data =
                found.iter().map(|one| kit::Datum::new(Some(of(one) as f64), list(&one.detector, name))).collect();
            kit::Series::new(t.get(key), Some(tone), data)
        };
        let drawing = kit::Chart::Bars {
            lying: true,
            unit: String::new(),
            categories: found.iter().map(|one| findings::detector_name(t, &one.detector)).collect(),
            series: vec![
                series("findings-open", kit::Tone::Warn, "open", |one| one.open),
                series("findings-closed", kit::Tone::Success, "closed", |one| one.closed),
            ],
        };
        let row = |one: &Contradiction| {
            vec![
                kit::Cell::new(findings::detector_name(t, &one.detector)),
                kit::Cell::new(t.number(one.open)).link(list(&one.detector, "open")),
                kit::Cell::new(t.number(one.closed)).link(list(&one.detector, "closed")),
            ]
        };
        let table = kit::Table {
            columns: vec![self.words("finding-what"), self.figures("findings-open"), self.figures("findings-closed")],
            rows: found.iter().map(row).collect(),
            ..kit::Table::default()
        };
        Some(self.panel("contradictions", vec![drawing], table))
    }

    fn queue(&self) -> Option<Panel> {
        let (t, ages) = (self.t, self.numbers.queue.as_ref()?);
        let today = ages.first().map(|age| age.to).unwrap_or_default();
        let days = |day: Date| (today - day).get_days();
        let name = |age: &Age| match age.from {
            Some(from) => t.with("supervision-age", &[("from", days(age.to)), ("to", days(from))]),
            None => t.with("supervision-age-over", &[("from", days(age.to))]),
        };
        let list = |age: &Age, level: &str| {
            let from = age.from.map(|from| format!("&from={from}")).unwrap_or_default();
            format!("/findings?list=open&level={level}&to={}{from}", age.to)
        };
        let levels: [(&str, kit::Tone, Of<Age, u64>); 3] = [
            ("rule", kit::Tone::Danger, |age| age.rule),
            ("alert", kit::Tone::Warn, |age| age.alert),
            ("watch", kit::Tone::Info, |age| age.watch),
        ];
        let level_name = |level: &str| t.get(&format!("finding-level-{level}"));
        let series = levels.iter().map(|(level, tone, of)| {
            let data = ages.iter().map(|age| kit::Datum::new(Some(of(age) as f64), list(age, level))).collect();
            kit::Series::new(level_name(level), Some(*tone), data)
        });
        let drawing = kit::Chart::Bars {
            lying: false,
            unit: String::new(),
            categories: ages.iter().map(name).collect(),
            series: series.collect(),
        };
        let row = |age: &Age| {
            let counts = levels.iter().map(|(level, _, of)| kit::Cell::new(t.number(of(age))).link(list(age, level)));
            std::iter::once(kit::Cell::new(name(age))).chain(counts).collect()
        };
        let mut columns = vec![self.words("supervision-days-open")];
        columns.extend(levels.iter().map(|(level, ..)| kit::Column::numbers(level_name(level))));
        let any = ages.iter().any(|age| age.rule + age.alert + age.watch > 0);
        let rows = if any { ages.iter().map(row).collect() } else { Vec::new() };
        Some(self.panel("queue", vec![drawing], kit::Table { columns, rows, ..kit::Table::default() }))
    }

    fn years(&self) -> Panel {
        let (t, years) = (self.t, &self.numbers.years);
        let drawing = |unit: &str, series: Vec<kit::Series>| kit::Chart::Bars {
            lying: false,
            unit: t.get(unit),
            categories: years.iter().map(|year| year.year.to_string()).collect(),
            series,
        };
        let series = |key: &str, tone, of: &dyn Fn(&Year) -> Option<f64>| {
            let data = years.iter().map(|year| kit::Datum::alone(of(year).map(rounded))).collect();
            kit::Series::new(t.get(key), tone, data)
        };
        let drawings = vec![
            drawing(
                "supervision-complaints",
                vec![
                    series("supervision-objections", None, &|year| Some(year.objections as f64)),
                    series("supervision-appeals", None, &|year| Some(year.appeals as f64)),
                    series("supervision-tips", None, &|year| Some(year.tips as f64)),
                ],
            ),
            drawing("supervision-cycle-days", vec![series("supervision-cycle-days", None, &|year| year.days)]),
            drawing(
                "supervision-satisfaction",
                vec![series("supervision-satisfaction", Some(kit::Tone::Success), &|year| year.satisfaction)],
            ),
        ];
        let none = || t.get("supervision-none");
        let row = |year: &Year| {
            let answers = [("answered", year.answered), ("asked", year.asked)];
            let note = if year.asked > 0 { t.with("supervision-answers", &answers) } else { String::new() };
            vec![
                kit::Cell::new(year.year.to_string()),
                kit::Cell::new(t.number(year.complaints())),
                kit::Cell::new(t.number(year.objections)),
                kit::Cell::new(t.number(year.appeals)),
                kit::Cell::new(t.number(year.tips)),
                kit::Cell::new(year.days.map_or_else(none, percent)),
                kit::Cell::new(year.satisfaction.map_or_else(none, percent)).note(note),
            ]
        };
        let table = kit::Table {
            columns: vec![
                self.words("supervision-year"),
                self.figures("supervision-complaints"),
                self.figures("supervision-objections"),
                self.figures("supervision-appeals"),
                self.figures("supervision-tips"),
                self.figures("supervision-cycle-days"),
                self.figures("supervision-satisfaction"),
            ],
            rows: years.iter().map(row).collect(),
            ..kit::Table::default()
        };
        self.panel("years", drawings, table)
    }
}
