//! One unit of a simulated city: its people and a year of their work.

use super::{
    CYCLES,
    plant::Plant,
    tables::{Cell, Tables},
};
use crate::math::random::Random;
use Cell::{Empty, Number, Text, Time, Whole};
use datafusion::parquet::errors::ParquetError;

/// Raters of a unit; its first people.
const RATERS: usize = 10;

/// Scores just below and above this are close to a top grade.
const CUT: f64 = 90.0;

/// The share of the regime.
const CAP: f64 = 0.2;

const DAY: i64 = 86_400_000_000;
const SECOND: i64 = 1_000_000;

/// 2025-01-01T00:00:00Z.
const YEAR: i64 = 1_735_689_600 * SECOND;

/// One unit.
pub struct Office {
    id: String,
    group: &'static str,
    people: Vec<Person>,
    plant: Option<Plant>,
    random: Random,
    cases: usize,
    texts: usize,
}

struct Person {
    id: String,
    section: String,
    /// How good they are, in standard deviations.
    merit: f64,
    /// What stands against a top grade, and in ordinary life prevents it.
    late: bool,
    untrained: bool,
    away: bool,
    behind: bool,
}

impl Office {
    pub fn new(number: usize, size: usize, plant: Option<Plant>, mut random: Random) -> Self {
        let id = format!("u{number:05}");
        let people = (0..size)
            .map(|person| Person {
                id: format!("{id}p{person:03}"),
                section: format!("{id}s{}", person % 5),
                merit: random.normal(),
                late: random.chance(0.02),
                untrained: random.chance(0.05),
                away: random.chance(0.01),
                behind: random.chance(0.03),
            })
            .collect();
        let group = ["bureau", "district", "town", "institution"][number % 4];
        let mut office = Self { id, group, people, plant, random, cases: 0, texts: 0 };
        office.mark();
        office
    }

    /// Who has something against them although they will get the top grade.
    fn mark(&mut self) {
        let Some(best) = self.best() else { return };
        let one = &mut self.people[best];
        (one.late, one.untrained, one.away, one.behind) = (false, false, false, false);
        match self.plant {
            Some(Plant::TopLate) => one.late = true,
            Some(Plant::TopUntrained) => one.untrained = true,
            Some(Plant::TopOnLeave) => one.away = true,
            Some(Plant::TopBehind) => one.behind = true,
            _ => {}
        }
    }

    fn best(&self) -> Option<usize> {
        (0..self.people.len()).max_by(|a, b| self.people[*a].merit.total_cmp(&self.people[*b].merit))
    }

    pub fn write(mut self, tables: &mut Tables) -> Result<(), ParquetError> {
        if self.people.len() <= RATERS {
            // Too small to have an organisation; such units exist, and nothing is planted in them.
            self.plant = None;
        }
        if self.plant == Some(Plant::Crowding) && self.people.len() < 30 {
            // The shape of so few scores can't be told.
            self.plant = None;
        }
        tables.units.row([Text(&self.id), Empty, Text(&self.id), Text(self.group)])?;
        for person in &self.people {
            let (id, unit) = (Text(&person.id), Text(&self.id));
            tables.people.row([id, unit, Text("staff"), Empty, Text(&self.people[0].id), Empty])?;
        }
        self.grades(tables)?;
        self.attendance(tables)?;
        self.work(tables)?;
        self.scores(tables)?;
        self.texts(tables)?;
        self.approvals(tables)
    }

    fn grades(&mut self, tables: &mut Tables) -> Result<(), ParquetError> {
        let size = self.people.len();
        let places = (CAP * size as f64 + 1e-6).floor() as usize;
        // Units give their places more or less freely; some hardly use them.
        let mut level = (0.16 + 0.05 * self.random.normal()).clamp(0.02, 0.3);
        if self.plant == Some(Plant::ShareJump) {
            level = 0.05;
        }
        for (at, cycle) in CYCLES.iter().enumerate() {
            let last = at + 1 == CYCLES.len();
            let usual = (0..size).filter(|_| self.random.chance(level)).count().clamp(1, places.max(1));
            let top = match self.plant.filter(|_| last) {
                Some(Plant::ExcellentHalf) => size * (60 + self.random.below(20)) / 100,
                Some(Plant::OverCap) => places + 3,
                Some(Plant::ShareJump) => size * 45 / 100,
                _ => usual,
            };
            let year: Vec<f64> = self.people.iter().map(|_| 0.5 * self.random.normal()).collect();
            let barred = |one: &Person| one.late || one.untrained || one.away || one.behind;
            let best = self.best();
            let mut order: Vec<usize> = (0..size).collect();
            order.sort_by(|a, b| {
                let rank = |at: usize| {
                    let (first, barred) = (Some(at) == best, barred(&self.people[at]) && last);
                    (!first, barred, -(self.people[at].merit + year[at]))
                };
                rank(*a).partial_cmp(&rank(*b)).expect("merits are numbers")
            });
            for (place, person) in order.iter().enumerate() {
                let one = &self.people[*person];
                let mut score = (84.0 + 5.0 * (one.merit + year[*person])).clamp(50.0, 100.0);
                if last && self.plant == Some(Plant::Bunching) && (CUT - 4.0..CUT).contains(&score) {
                    score = CUT + 1.5 * self.random.unit();
                }
                if last && self.plant == Some(Plant::Crowding) && self.random.chance(0.67) {
                    score = 84.0;
                }
                let (grade, rank) = if place < top { ("优秀", 1) } else { ("称职", 2) };
                tables.results.row([
                    Text(cycle),
                    Text(&one.id),
                    Text(&self.id),
                    Text(self.group),
                    Text(grade),
                    Whole(rank),
                    Number((score * 10.0).round() / 10.0),
                ])?;
            }
        }
        for plant in [Plant::ExcellentHalf, Plant::OverCap, Plant::ShareJump, Plant::Bunching, Plant::Crowding] {
            if self.plant == Some(plant) {
                tables.truth(plant, &self.id, "")?;
            }
        }
        for plant in [Plant::TopLate, Plant::TopUntrained, Plant::TopOnLeave, Plant::TopBehind] {
            if let Some(best) = self.best().filter(|_| self.plant == Some(plant)) {
                tables.truth(plant, &self.people[best].id, "")?;
            }
        }
        Ok(())
    }

    fn attendance(&mut self, tables: &mut Tables) -> Result<(), ParquetError> {
        for person in 0..self.people.len() {
            let (late, away, untrained) =
                (self.people[person].late, self.people[person].away, self.people[person].untrained);
            let worst = self.random.below(12);
            for month in 0..12 {
                let usual = (self.random.unit().powi(3) * 6.0) as i64;
                let times = if late && month == worst { 10 + self.random.below(5) as i64 } else { usual };
                let leave = if away && month < 8 { 20.0 } else { (self.random.unit().powi(4) * 6.0).floor() };
                let id = Text(&self.people[person].id);
                let period = period(month);
                tables.attendance.row([
                    Text(&period),
                    id,
                    Whole(times),
                    Whole(usual / 2),
                    Number(0.0),
                    Number(leave),
                ])?;
            }
            let done = if untrained { 16 + 4 * self.random.below(5) } else { 40 + 4 * self.random.below(6) };
            let id = Text(&self.people[person].id);
            tables.training.row([Text(CYCLES[2]), id, Number(40.0), Number(done as f64)])?;
        }
        Ok(())
    }

    /// Targets, and what was claimed and recorded of them.
    fn work(&mut self, tables: &mut Tables) -> Result<(), ParquetError> {
        let size = self.people.len();
        let marked = if size > RATERS { RATERS + self.random.below(size - RATERS) } else { 0 };
        // A month in which everybody does much more, and the records show it.
        let campaign = self.random.chance(0.3).then(|| 3 + self.random.below(9));
        for person in 0..size {
            let planted = |plant| self.plant == Some(plant) && person == marked;
            let monthly = 100.0 * (1.0 + 0.1 * self.random.normal()).clamp(0.7, 1.4);
            let low = planted(Plant::LowTarget);
            let target = (if low { 0.33 } else { 1.0 } * monthly).round();
            let honest_jump = self.random.chance(0.01).then(|| 4 + self.random.below(8));
            let pace = (0.82 + 0.1 * self.random.normal()).clamp(0.62, 1.2);
            let pace = if self.people[person].behind || self.plant == Some(Plant::CompletionJump) && person == marked {
                0.45
            } else {
                pace
            };
            let pads = if planted(Plant::PaddedClaims) { 1.33 } else { 1.0 };
            let jumps = planted(Plant::CompletionJump).then(|| 5 + self.random.below(6));
            let mut total = 0.0;
            for month in 0..12 {
                let lift = if campaign == Some(month) || honest_jump == Some(month) { 1.9 } else { 1.0 };
                let recorded = (monthly * pace * lift * (1.0 + 0.08 * self.random.normal())).max(1.0).round();
                let noise = if self.random.chance(0.1) { self.random.below(5) as f64 - 2.0 } else { 0.0 };
                let claimed = match jumps {
                    Some(jump) if jump == month => (1.5 * target).round(),
                    _ => (recorded * pads).round() + noise,
                };
                total += recorded;
                tables.observations.row([
                    Text(CYCLES[2]),
                    Text(&period(month)),
                    Text(&self.people[person].id),
                    Text(&self.id),
                    Text(self.group),
                    Number(target),
                    Number(claimed.max(0.0)),
                    Number(recorded),
                ])?;
            }
            let mut versions = vec![(12.0 * target, YEAR + 15 * DAY)];
            if planted(Plant::LoweredLate) {
                versions.push((12.0 * target * 0.7, YEAR + 320 * DAY));
            } else if planted(Plant::MovedAfter) {
                // Somebody who would miss it by far.
                versions = vec![(total * 1.3, YEAR + 15 * DAY), (total * 0.98, YEAR + 375 * DAY)];
            } else if self.random.chance(0.05) {
                versions.push((12.0 * target * (0.8 + 0.3 * self.random.unit()), YEAR + 90 * DAY));
            }
            for (version, (value, at)) in versions.into_iter().enumerate() {
                tables.targets.row([
                    Text(CYCLES[2]),
                    Text(&self.people[person].id),
                    Text(&self.id),
                    Text(self.group),
                    Whole(version as i64 + 1),
                    Number(value.round()),
                    Text(&self.people[0].id),
                    Time(at),
                ])?;
            }
            for plant in
                [Plant::CompletionJump, Plant::PaddedClaims, Plant::LoweredLate, Plant::MovedAfter, Plant::LowTarget]
            {
                if planted(plant) {
                    tables.truth(plant, &self.people[person].id, "")?;
                }
            }
        }
        Ok(())
    }

    /// Half of the raters score each person on two indicators; relatives keep out.
    fn scores(&mut self, tables: &mut Tables) -> Result<(), ParquetError> {
        let size = self.people.len();
        let raters = RATERS.min(size);
        let marked = self.random.below(raters);
        let person = if size > RATERS { RATERS + self.random.below(size - RATERS) } else { 0 };
        let ring = self.plant == Some(Plant::Ring);
        let in_ring = |at: usize| ring && at < 3;
        // A tie binds both: whoever is not to score a relative is not scored by them either.
        let tied = |a: usize, b: usize| (a * 31 + b * 17).is_multiple_of(97);
        for rater in 0..raters {
            let severity = match self.plant.filter(|_| rater == marked) {
                Some(Plant::SevereRater) => -14.0,
                Some(Plant::LenientRater) => 12.0,
                _ => 2.0 * self.random.normal(),
            };
            for ratee in (0..size).filter(|ratee| *ratee != rater) {
                let pair = self.plant.is_some() && rater == marked && ratee == person;
                let related = !pair && (tied(rater, ratee) || ratee < raters && tied(ratee, rater));
                let together = in_ring(rater) && in_ring(ratee);
                let planted_tie = pair && self.plant == Some(Plant::RelatedDuty);
                let asked = self.random.chance(0.5);
                let (a, b) = (self.people[rater].id.clone(), self.people[ratee].id.clone());
                if related && tied(rater, ratee) || planted_tie {
                    tables.relations.row([Text(&a), Text(&b), Text("spouse"), Text("register"), Empty, Empty])?;
                }
                if !(asked && !related || together || pair) {
                    continue;
                }
                tables.duties.row([Text(CYCLES[2]), Text(&a), Text(&b), Text("assess")])?;
                let favour = match self.plant {
                    Some(Plant::FavouredSection) if rater == marked && ratee % 5 == person % 5 => 8.0,
                    Some(Plant::FavouredPerson) if pair => 18.0,
                    Some(Plant::Ring) if together => 12.0,
                    _ => 0.0,
                };
                if planted_tie {
                    tables.truth(Plant::RelatedDuty, &a, &b)?;
                }
                for indicator in ["ability", "virtue"] {
                    let own = 80.0 + 4.0 * self.people[ratee].merit + severity + favour + 2.5 * self.random.normal();
                    let at = YEAR + 340 * DAY + self.random.below(5 * 86_400) as i64 * SECOND;
                    tables.scores.row([
                        Text(CYCLES[2]),
                        Text(indicator),
                        Text(&a),
                        Text(&b),
                        Number((own.clamp(0.0, 100.0) * 2.0).round() / 2.0),
                        Number(100.0),
                        Text(&self.people[rater].section),
                        Text(&self.people[ratee].section),
                        Time(at),
                    ])?;
                }
            }
        }
        let id = |at: usize| self.people[at].id.clone();
        match self.plant {
            Some(plant @ (Plant::SevereRater | Plant::LenientRater)) => tables.truth(plant, &id(marked), ""),
            Some(plant @ Plant::FavouredSection) => tables.truth(plant, &id(marked), &self.people[person].section),
            Some(plant @ Plant::FavouredPerson) => tables.truth(plant, &id(marked), &id(person)),
            Some(plant @ Plant::Ring) => tables.truth(plant, &id(0), &format!("{}|{}", id(1), id(2))),
            _ => Ok(()),
        }
    }

    /// What raters wrote: one text about each person, by turns.
    fn texts(&mut self, tables: &mut Tables) -> Result<(), ParquetError> {
        const WORK: [&str; 12] = [
            "防汛抢险",
            "不动产登记",
            "窗口服务",
            "信访接待",
            "预算审核",
            "道路养护",
            "疫苗接种",
            "学籍管理",
            "档案整理",
            "执法检查",
            "项目招标",
            "系统上线",
        ];
        const DONE: [&str; 12] = [
            "连续值守三昼夜",
            "牵头改造流程",
            "全年零投诉",
            "化解积案",
            "压减支出",
            "抢修塌方路段",
            "完成两轮摸排",
            "核对数据",
            "补录案卷",
            "查处违规线索",
            "提前交付成果",
            "带教新人",
        ];
        let raters = RATERS.min(self.people.len());
        let copier = self.random.below(raters);
        let copied = self.plant == Some(Plant::CopiedBasis);
        let thin = self.plant == Some(Plant::ThinBasis);
        let mut told = false;
        for person in raters..self.people.len() {
            let rater = if (copied || thin) && person < raters + 5 { copier } else { person % raters };
            let marked = rater == copier && person < raters + 5;
            let (first, second) = (self.random.below(12), self.random.below(12));
            let (count, days) = (self.random.below(90) + 10, self.random.below(28) + 1);
            let text = match (copied && marked, thin && marked) {
                (true, _) => {
                    "该同志政治立场坚定，工作认真负责，团结同志，服从安排，较好地完成了各项工作任务。".to_owned()
                }
                (_, true) => "工作认真，表现良好。".to_owned(),
                _ => format!(
                    "事例：{}月{days}日在{}中{}，涉及{count}件；另在{}中{}。",
                    1 + first,
                    WORK[first],
                    DONE[second],
                    WORK[(first + second) % 12],
                    DONE[(first * 5 + days) % 12],
                ),
            };
            if marked && (copied || thin) && !told {
                told = true;
                let plant = if copied { Plant::CopiedBasis } else { Plant::ThinBasis };
                tables.truth(plant, &self.people[copier].id.clone(), "")?;
            }
            let number = format!("{}e{:04}", self.id, self.texts);
            self.texts += 1;
            let (a, b) = (Text(&self.people[rater].id), Text(&self.people[person].id));
            tables.evidence.row([Text(&number), Text(CYCLES[2]), a, b, Text("virtue"), Text(&text)])?;
        }
        Ok(())
    }

    /// Four cases a year of most people, a dozen of some; the section's head endorses, the unit's head confirms.
    fn approvals(&mut self, tables: &mut Tables) -> Result<(), ParquetError> {
        let size = self.people.len();
        if size <= RATERS {
            return Ok(());
        }
        let marked = RATERS + self.random.below(size - RATERS);
        for person in RATERS..size {
            let stalled = self.plant == Some(Plant::Stalling) && person == marked;
            let count = if stalled || self.random.chance(0.05) { 12 } else { 4 };
            for case in 0..count {
                let seized = self.plant == Some(Plant::Concentration) && self.random.chance(0.65);
                let head = if seized { 2 } else { 1 + person % 5 };
                let opened = YEAR + (20 + 28 * case as i64 % 330) * DAY + self.random.below(86_400) as i64 * SECOND;
                let wait =
                    if stalled { 12.0 + 6.0 * self.random.unit() } else { -4.0 * (1.0 - self.random.unit()).ln() };
                let decided = opened + (wait * DAY as f64) as i64 + 30 * SECOND;
                let id = self.case();
                let second = if self.plant == Some(Plant::TwoSteps) && person == marked && case == 0 {
                    tables.truth(Plant::TwoSteps, &id, &self.people[head].id.clone())?;
                    head
                } else {
                    0
                };
                self.step(tables, &id, "endorse", head, person, (opened, decided))?;
                // The unit's head signs the pile of the week in one go.
                let pile = decided - decided % (7 * DAY) + 7 * DAY + self.random.below(50) as i64 * SECOND;
                self.step(tables, &id, "confirm", second, person, (decided, pile))?;
            }
            if stalled {
                tables.truth(
                    Plant::Stalling,
                    &self.people[1 + person % 5].id.clone(),
                    &self.people[person].id.clone(),
                )?;
            }
        }
        if self.plant == Some(Plant::Concentration) {
            tables.truth(Plant::Concentration, &self.people[2].id.clone(), "")?;
        }
        if self.plant == Some(Plant::SelfApproval) {
            let id = self.case();
            self.step(tables, &id, "endorse", 1, 1, (YEAR + 100 * DAY, YEAR + 101 * DAY))?;
            tables.truth(Plant::SelfApproval, &id, &self.people[1].id.clone())?;
        }
        if self.plant == Some(Plant::Burst) {
            for at in 0..12 {
                let id = self.case();
                let opened = YEAR + 363 * DAY + 4 * at * SECOND;
                self.step(tables, &id, "review", 2, RATERS, (opened, opened + 3 * SECOND))?;
            }
            tables.truth(Plant::Burst, &self.people[2].id.clone(), "")?;
        }
        Ok(())
    }

    fn case(&mut self) -> String {
        self.cases += 1;
        format!("{}c{:04}", self.id, self.cases)
    }

    fn step(
        &self,
        tables: &mut Tables,
        case: &str,
        step: &str,
        actor: usize,
        subject: usize,
        (opened, decided): (i64, i64),
    ) -> Result<(), ParquetError> {
        let (actor, subject) = (Text(&self.people[actor].id), Text(&self.people[subject].id));
        let times = (Time(opened), Time(decided));
        let kind = if step == "review" { "scores" } else { "goals" };
        tables.approvals.row([Text(case), Text(kind), Text(step), actor, subject, times.0, times.1, Text("approved")])
    }
}

fn period(month: usize) -> String {
    format!("{}-{:02}", CYCLES[2], month + 1)
}
