//! What the record of appraisals says: grades, scores given on the screen with their basis, and who decided what, when.

use super::{Office, Tables, label, moment};
use domain::{
    actor::Stamp,
    appraisal, cycle,
    event::{Event, StreamKind},
    formula::Formula,
    id::{AppealId, AppraisalId, CycleId, PersonId, ScoreId},
    indicator::{Indicator, Measure},
    points::Points,
    score::Given,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{
    Recorded,
    snapshot::{FACTS, Snapshot},
};
use uuid::Uuid;

/// What source data is read beside.
#[derive(Default)]
pub(super) struct Told {
    pub cycles: HashMap<CycleId, cycle::Opened>,
    /// By employee number and what the cycle is called: whoever has a grade on record needs none on paper.
    pub graded: BTreeSet<(String, String)>,
    /// By employee number: whose appraisal is in which cycle, with their post type.
    pub appraised: BTreeMap<String, Vec<Appraised>>,
    /// By cycle and post type, once every formula was read.
    aims: HashMap<CycleId, BTreeMap<String, Vec<Aim>>>,
}

/// An appraisal as source data is held against it.
pub(super) struct Appraised {
    pub cycle: CycleId,
    pub post_type: String,
}

impl Told {
    /// The indicators of somebody whose formula holds a sum against a target.
    pub fn aims(&self, appraised: &Appraised) -> &[Aim] {
        let sets = self.aims.get(&appraised.cycle);
        sets.and_then(|sets| sets.get(&appraised.post_type)).map_or(&[], Vec::as_slice)
    }

    /// Read the formulas of a set: kind of record, field, and the target of one month, which is that of the cycle in equal parts.
    fn read_aims(opened: &cycle::Opened, set: &[Indicator]) -> Vec<Aim> {
        let months = i32::from(opened.to.year() - opened.from.year()) * 12 + i32::from(opened.to.month())
            - i32::from(opened.from.month())
            + 1;
        let aim = |(code, formula): (&String, &String)| {
            let formula: Formula = formula.parse().ok()?;
            let aim = formula.aim()?;
            let float = |number: &dyn ToString| number.to_string().parse::<f64>().ok();
            let target = float(aim.target.numer())? / float(aim.target.denom())?;
            let months = aim.months.map_or(months, |(first, last)| i32::from(last - first) + 1);
            Some(Aim {
                indicator: code.clone(),
                source: aim.source.to_owned(),
                field: aim.field.to_owned(),
                months: aim.months,
                monthly: target / f64::from(months.max(1)),
            })
        };
        let quantitative = set.iter().filter_map(|indicator| match &indicator.measure {
            Measure::Quantitative { formula } => Some((&indicator.code, formula)),
            Measure::Qualitative => None,
        });
        quantitative.filter_map(aim).collect()
    }
}

/// A sum that is held against a target.
pub(super) struct Aim {
    pub indicator: String,
    pub source: String,
    pub field: String,
    /// The months that count, if not all do.
    pub months: Option<(i8, i8)>,
    /// The target of one month.
    pub monthly: f64,
}

/// An appraisal as far as it was read.
struct Sheet {
    opened: appraisal::Opened,
    /// Versions of goals, and when the step before was taken.
    goals: HashMap<u32, Timestamp>,
    scores: HashMap<ScoreId, (Given, Timestamp)>,
    /// When each was filed.
    appeals: HashMap<AppealId, Timestamp>,
    score: Option<Points>,
    grade: Option<String>,
}

/// A list of grades or an outcome: when the step before was taken, and about whom it is.
type Waiting = HashMap<Uuid, (Timestamp, Option<PersonId>)>;

struct Reader<'a, 'b> {
    tables: &'a mut Tables<'b>,
    office: &'a Office<'a>,
    told: Told,
    sheets: BTreeMap<AppraisalId, Sheet>,
    waiting: Waiting,
    /// Who did what for whom, each once.
    duties: BTreeSet<(String, String, String, &'static str)>,
}

/// One step that somebody took.
struct Step<'a> {
    case: &'a str,
    kind: &'a str,
    step: &'a str,
    subject: Option<PersonId>,
    opened: Timestamp,
    decision: &'a str,
}

/// Read all of it, and write what it says.
pub(super) async fn write(
    tables: &mut Tables<'_>,
    office: &Office<'_>,
    snapshot: &Snapshot<'_>,
) -> anyhow::Result<Told> {
    let mut reader = Reader {
        tables,
        office,
        told: Told::default(),
        sheets: BTreeMap::new(),
        waiting: HashMap::new(),
        duties: BTreeSet::new(),
    };
    let mut after = None;
    loop {
        let page = snapshot.entries(&FACTS, after).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.seq);
        for recorded in &page {
            reader.read(recorded)?;
        }
    }
    reader.results()?;
    for (cycle, actor, subject, duty) in &reader.duties {
        let cells = [("cycle", cycle.as_str()), ("actor_id", actor), ("subject_id", subject), ("duty", duty)];
        reader.tables.row("duties", cells)?;
    }
    Ok(reader.told)
}

impl Reader<'_, '_> {
    fn read(&mut self, recorded: &Recorded) -> anyhow::Result<()> {
        match recorded.stream.kind {
            StreamKind::Cycle => {
                if let Event::CycleOpened(opened) = &recorded.event {
                    let aims = opened.sets.iter().map(|(post, set)| (post.clone(), Told::read_aims(opened, set)));
                    self.told.aims.insert(opened.id, aims.collect());
                    self.told.cycles.insert(opened.id, (**opened).clone());
                }
                Ok(())
            }
            StreamKind::Appraisal => self.appraisal(AppraisalId(recorded.stream.id), &recorded.event, recorded.stamp),
            _ => self.list_or_outcome(recorded.stream.id, &recorded.event, recorded.stamp),
        }
    }

    fn appraisal(&mut self, id: AppraisalId, event: &Event, stamp: Stamp) -> anyhow::Result<()> {
        if let Event::AppraisalOpened(opened) = event {
            let number = self.office.number(opened.person);
            let appraised = Appraised { cycle: opened.cycle, post_type: opened.post_type.clone() };
            self.told.appraised.entry(number).or_default().push(appraised);
            let sheet = Sheet {
                opened: (**opened).clone(),
                goals: HashMap::new(),
                scores: HashMap::new(),
                appeals: HashMap::new(),
                score: None,
                grade: None,
            };
            self.sheets.insert(id, sheet);
            return Ok(());
        }
        let Some(sheet) = self.sheets.get_mut(&id) else { return Ok(()) };
        let subject = Some(sheet.opened.person);
        let goals = |version: &u32| format!("{id}/goals/{version}");
        let step = |case: String, kind, step, opened, decision| Some((case, kind, step, opened, decision));
        let mut scored = None;
        let taken = match event {
            Event::GoalsProposed(proposed) => {
                sheet.goals.insert(proposed.version, stamp.at);
                step(goals(&proposed.version), "goals", "propose", stamp.at, "approved")
            }
            Event::GoalsEndorsed { version, .. } => {
                let opened = sheet.goals.insert(*version, stamp.at).unwrap_or(stamp.at);
                step(goals(version), "goals", "endorse", opened, "approved")
            }
            Event::GoalsConfirmed { version } => {
                let opened = sheet.goals.insert(*version, stamp.at).unwrap_or(stamp.at);
                step(goals(version), "goals", "confirm", opened, "approved")
            }
            Event::GoalsReturned { version, step: at, .. } => {
                let opened = sheet.goals.insert(*version, stamp.at).unwrap_or(stamp.at);
                let at = if *at == domain::goal::Step::Endorse { "endorse" } else { "confirm" };
                step(goals(version), "goals", at, opened, "returned")
            }
            Event::ScoreGiven(given) => {
                sheet.scores.insert(given.id, (given.clone(), stamp.at));
                // Those on paper are told by the sheets themselves.
                scored = Some(given).filter(|given| given.paper.is_none());
                None
            }
            Event::ScoreConfirmed { score, on_paper: None } => {
                let opened = sheet.scores.get(score).map_or(stamp.at, |(_, at)| *at);
                step(score.to_string(), "score", "witness", opened, "approved")
            }
            Event::ScoreDenied { score, .. } => {
                let opened = sheet.scores.get(score).map_or(stamp.at, |(_, at)| *at);
                step(score.to_string(), "score", "witness", opened, "denied")
            }
            Event::AppealFiled(filed) => {
                sheet.appeals.insert(filed.id, stamp.at);
                None
            }
            Event::AppealDecided { appeal, .. } => {
                let opened = sheet.appeals.get(appeal).copied().unwrap_or(stamp.at);
                step(appeal.to_string(), "appeal", "decide", opened, "decided")
            }
            Event::CompositeFixed(composite) => {
                sheet.score = composite.total;
                None
            }
            Event::GradeFixed { grade, .. } => {
                sheet.grade = Some(grade.clone());
                None
            }
            _ => None,
        };
        let (person, cycle) = (sheet.opened.person, sheet.opened.cycle);
        if let Some(given) = scored {
            self.score(given, person, cycle, stamp)?;
        }
        let Some((case, kind, at, opened, decision)) = taken else { return Ok(()) };
        if at != "propose" {
            self.duty(cycle, stamp, subject, at);
        }
        self.step(Step { case: &case, kind, step: at, subject, opened, decision }, stamp)
    }

    /// A score given on the screen, and its basis.
    fn score(&mut self, given: &Given, person: PersonId, cycle: CycleId, stamp: Stamp) -> anyhow::Result<()> {
        let Some(label) = self.told.cycles.get(&cycle).map(label) else { return Ok(()) };
        let (rater, ratee) = (self.office.number(given.rater), self.office.number(person));
        let group = |of: PersonId| self.office.roster.people.get(&of).map(|one| self.office.unit(one.assignment.unit));
        let (id, points) = (given.id.to_string(), given.points.to_string());
        let cells = [
            ("cycle", label.as_str()),
            ("indicator_id", &given.indicator),
            ("rater_id", &rater),
            ("ratee_id", &ratee),
            ("score", &points),
            ("max_score", "100"),
            ("rater_group", &group(given.rater).unwrap_or_default()),
            ("ratee_group", &group(person).unwrap_or_default()),
            ("given_at", &moment(stamp.at)),
        ];
        self.tables.row("scores", cells)?;
        let cells = [
            ("evidence_id", id.as_str()),
            ("cycle", &label),
            ("rater_id", &rater),
            ("ratee_id", &ratee),
            ("indicator_id", &given.indicator),
            ("text", &given.basis.what),
        ];
        self.tables.row("evidence", cells)?;
        self.duties.insert((label, rater, ratee, "assess"));
        Ok(())
    }

    fn duty(&mut self, cycle: CycleId, stamp: Stamp, subject: Option<PersonId>, duty: &'static str) {
        let (Some(actor), Some(subject)) = (stamp.by.person, subject) else { return };
        let Some(label) = self.told.cycles.get(&cycle).map(label) else { return };
        if actor != subject {
            self.duties.insert((label, self.office.number(actor), self.office.number(subject), duty));
        }
    }

    fn list_or_outcome(&mut self, id: Uuid, event: &Event, stamp: Stamp) -> anyhow::Result<()> {
        let decision = |approved: bool| if approved { "approved" } else { "denied" };
        let (kind, at, decision) = match event {
            Event::OutcomeRecommended(recommended) => {
                self.waiting.insert(id, (stamp.at, Some(recommended.person)));
                ("outcome", "propose", "approved")
            }
            Event::OutcomeReviewed { approved, .. } => ("outcome", "review", decision(*approved)),
            Event::OutcomeDecided { approved, .. } => ("outcome", "decide", decision(*approved)),
            Event::SlateSubmitted { .. } => ("grades", "propose", "approved"),
            Event::SlateReviewed { .. } => ("grades", "review", "approved"),
            Event::SlateReturned { .. } => ("grades", "review", "returned"),
            Event::GradesFixed => ("grades", "fix", "approved"),
            _ => return Ok(()),
        };
        let (opened, subject) = self.waiting.get(&id).copied().unwrap_or((stamp.at, None));
        self.waiting.insert(id, (stamp.at, subject));
        self.step(Step { case: &id.to_string(), kind, step: at, subject, opened, decision }, stamp)
    }

    /// A step that a person took; what the product does by itself is nobody's power.
    fn step(&mut self, step: Step<'_>, stamp: Stamp) -> anyhow::Result<()> {
        let by = stamp.by;
        let account = || by.account.map(|account| account.to_string());
        let Some(actor) = by.person.map(|person| self.office.number(person)).or_else(account) else { return Ok(()) };
        let subject = step.subject.map(|subject| self.office.number(subject)).unwrap_or_default();
        let cells = [
            ("case_id", step.case),
            ("kind", step.kind),
            ("step", step.step),
            ("actor_id", &actor),
            ("subject_id", &subject),
            ("opened_at", &moment(step.opened)),
            ("decided_at", &moment(stamp.at)),
            ("decision", step.decision),
        ];
        self.tables.row("approvals", cells)
    }

    /// The grades that are final.
    fn results(&mut self) -> anyhow::Result<()> {
        for sheet in self.sheets.values() {
            let Some(cycle) = self.told.cycles.get(&sheet.opened.cycle) else { continue };
            let Some((grade, rank)) = sheet.grade.as_ref().and_then(|grade| Some((grade, self.office.rank(grade)?)))
            else {
                continue;
            };
            let (label, number) = (label(cycle), self.office.number(sheet.opened.person));
            let score = sheet.score.map(|score| score.to_string()).unwrap_or_default();
            let cells = [
                ("cycle", label.as_str()),
                ("person_id", &number),
                ("unit_id", &self.office.unit(sheet.opened.unit)),
                ("peer_group", ""),
                ("grade", grade),
                ("grade_rank", &rank.to_string()),
                ("score", &score),
            ];
            self.tables.row("results", cells)?;
            self.told.graded.insert((number, label));
        }
        Ok(())
    }
}
