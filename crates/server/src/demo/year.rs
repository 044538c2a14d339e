//! A year in the example city, step by step.

use super::{
    City,
    city::on,
    office::{accounts, unit_hr},
};
use crate::{clock, jobs};
use anyhow::Context;
use domain::{
    act::Act,
    actor::{Actor, Assignee},
    appeal::Target,
    appraisal::Appraisal,
    cycle::{CycleDraft, Schedule, Ungraded},
    goal::{Goal, GoalDraft, Step},
    id::{AppealId, AppraisalId, CycleId, NoticeId, OutcomeId, PersonId},
    indicator::{Dimension, IndicatorDraft},
    outcome,
    points::Points,
    score::{Assessor, Basis, Score, ScoreDraft, Standing},
    ties::TiesOn,
};
use jiff::civil::date;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};
use store::Store;

const CIVIL_SERVANTS: &str = "2026年度公务员考核";
const INSTITUTIONS: &str = "2026年1—9月事业单位考核（试点）";

/// The roster, the library and the registers come in, accounts are opened, and both cycles begin.
pub(super) async fn january(store: &Store, files: &Path) -> anyhow::Result<()> {
    on(date(2026, 1, 12));
    let first = [
        "人员花名册.xlsx",
        "考核指标库.xlsx",
        "历史考核结果_2023-2025.xlsx",
        "家庭成员申报.xlsx",
        "户籍信息_公安反馈.csv",
        "企业股东信息.csv",
    ];
    City::import(store, &Actor::System, files, &first).await?;
    accounts(store).await?;
    let city = City::open(store, files).await?;
    // The library on file gives the workers' set 99 points: HR's correction, as the refused row asks for.
    city.act(city.hr(), Act::DefineIndicator { indicator: corrected() }).await?;
    on(date(2026, 1, 15));
    let civil_servants = CycleDraft {
        regime: "civil_servant".to_owned(),
        kind: "annual".to_owned(),
        title: CIVIL_SERVANTS.to_owned(),
        from: date(2026, 1, 1),
        to: date(2026, 12, 31),
        schedule: Schedule { goals: date(2026, 2, 13), scoring: date(2026, 11, 6), grading: date(2026, 11, 20) },
        exempt: Vec::new(),
    };
    // Institutions try the new way over nine months first, so that their grades are in when the others' are due.
    let institutions = CycleDraft {
        regime: "public_institution".to_owned(),
        title: INSTITUTIONS.to_owned(),
        to: date(2026, 9, 30),
        schedule: Schedule { goals: date(2026, 2, 13), scoring: date(2026, 10, 12), grading: date(2026, 10, 16) },
        ..civil_servants.clone()
    };
    for cycle in [civil_servants, institutions] {
        city.act(city.hr(), Act::OpenCycle { cycle }).await?;
    }
    Ok(())
}

fn corrected() -> IndicatorDraft {
    IndicatorDraft {
        code: "GQ-L01".to_owned(),
        name: "廉洁自律".to_owned(),
        dimension: Dimension::Integrity,
        weight: Points::whole(10),
        post_type: "工勤岗".to_owned(),
        source: "评价人评分".to_owned(),
        quantitative: false,
        words: "评价人按0-100分评分，须填写评分依据并由见证人确认".to_owned(),
        target: None,
        cap: None,
    }
}

async fn cycle(city: &City, title: &str) -> anyhow::Result<CycleId> {
    let cycles = city.store.cycles().await?;
    let found = cycles.iter().find(|cycle| cycle.title == title);
    Ok(CycleId(found.with_context(|| format!("there is no cycle {title}"))?.cycle_id))
}

#[derive(Deserialize)]
struct Library {
    goal: Vec<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    post_type: String,
    title: String,
    measure: String,
}

/// Everyone agrees on goals by mid-February.
pub(super) async fn february(city: &City) -> anyhow::Result<()> {
    let library: Library = toml::from_str(include_str!("goals.toml"))?;
    let mut samples: BTreeMap<String, Vec<GoalDraft>> = BTreeMap::new();
    for Sample { post_type, title, measure } in library.goal {
        let draft = GoalDraft { id: None, title, measure, due: Some(date(2026, 12, 18)) };
        samples.entry(post_type).or_default().push(draft);
    }
    let elsewhere = |sheet: &Appraisal| matches!(sheet.ungraded, Some((Ungraded::AppraisedElsewhere, _)));
    let mut sheets = everyone(city).await?;
    sheets.retain(|sheet| !elsewhere(sheet));
    let ties = city.ties().await?;
    on(date(2026, 2, 4));
    let propose = |sheet: &Appraisal| {
        let goals = samples.get(&sheet.opened.post_type).cloned().unwrap_or_default();
        let act = Act::ProposeGoals { appraisal: sheet.opened.id, goals, reason: String::new() };
        (city.person(sheet.opened.person), act)
    };
    city.all(sheets.iter().map(propose).collect()).await?;
    on(date(2026, 2, 6));
    let endorse = |sheet: &Appraisal| {
        (whose(city, &ties, sheet, sheet.opened.endorser), Act::EndorseGoals { appraisal: sheet.opened.id, version: 1 })
    };
    city.all(sheets.iter().map(endorse).collect()).await?;
    on(date(2026, 2, 10));
    let confirm = |sheet: &Appraisal| {
        (
            whose(city, &ties, sheet, sheet.opened.confirmer),
            Act::ConfirmGoals { appraisal: sheet.opened.id, version: 1 },
        )
    };
    city.all(sheets.iter().map(confirm).collect()).await
}

/// The appraisals of both cycles.
async fn everyone(city: &City) -> anyhow::Result<Vec<Appraisal>> {
    let mut sheets = Vec::new();
    for title in [CIVIL_SERVANTS, INSTITUTIONS] {
        sheets.extend(city.sheets(cycle(city, title).await?).await?.1);
    }
    Ok(sheets)
}

/// Who acts where a step falls to somebody or to HR.
fn whose<'a>(city: &'a City, ties: &TiesOn, sheet: &Appraisal, assignee: Assignee) -> &'a Actor {
    match assignee {
        Assignee::Person(person) => city.person(person),
        _ => hr_for(city, ties, sheet),
    }
}

/// Attendance comes in by quarters, and many report progress at midsummer.
pub(super) async fn midyear(city: &City) -> anyhow::Result<()> {
    on(date(2026, 4, 8));
    city.receives(&["考勤打卡_2026Q1.csv"]).await?;
    on(date(2026, 6, 30));
    let shown = city.id("YT0035")?;
    let mut reports = Vec::new();
    for (place, sheet) in everyone(city).await?.iter().enumerate() {
        let is_shown = sheet.opened.person == shown;
        let Some(goal) = sheet.confirmed_goals().and_then(|goals| goals.proposed.goals.first()) else { continue };
        if place % 3 != 0 && !is_shown {
            continue;
        }
        let (actor, percent) = (city.person(sheet.opened.person), 40 + (place % 4) as u8 * 5);
        let note = format!("上半年工作小结\n\n目标：{}\n完成标准：{}\n进度：{percent}%\n", goal.title, goal.measure);
        let attachments = match place % 12 == 0 || is_shown {
            true => vec![city.hands_in(actor, "上半年工作小结.txt", note).await?],
            false => Vec::new(),
        };
        let text = format!("上半年：{}，按计划推进，数据以业务系统为准。", goal.title);
        let act = Act::ReportProgress { appraisal: sheet.opened.id, goal: goal.id, percent, text, attachments };
        reports.push((actor, act));
    }
    city.all(reports).await?;
    on(date(2026, 7, 7));
    city.receives(&["考勤打卡_2026Q2.csv"]).await
}

/// Scores come in, and the institutions' grades are made and published.
pub(super) async fn october(city: &City) -> anyhow::Result<()> {
    let (civil_servants, institutions) = (cycle(city, CIVIL_SERVANTS).await?, cycle(city, INSTITUTIONS).await?);
    on(date(2026, 10, 9));
    let rest =
        ["考勤打卡_2026Q3.csv", "政务服务系统_办件统计.xlsx", "项目管理系统_项目进度.csv", "培训记录.xlsx", PAPER];
    city.receives(&rest).await?;
    on(date(2026, 10, 10));
    scores(city, institutions).await?;
    slates(city, institutions).await?;
    on(date(2026, 10, 20));
    scores(city, civil_servants).await?;
    on(date(2026, 10, 22));
    let published = post(city, institutions, "YT01").await?;
    on(date(2026, 10, 23));
    object(city, institutions, published).await?;
    // A change of locked goals waits at each step of its way.
    for number in ["YT0035", "YT0044", "YT0030"] {
        change_goals(city, civil_servants, number).await?;
    }
    on(date(2026, 10, 26));
    notices_end(city, institutions).await?;
    goals_move_on(city, civil_servants).await?;
    // A score that waits for its witness.
    give(city, civil_servants, "YT0035", "YT0016").await?;
    on(date(2026, 10, 27));
    outcomes(city, institutions).await?;
    appeals(city, civil_servants).await?;
    // What is late by now has been seen by the timer.
    jobs::escalate(&city.store, clock::now()).await?;
    jobs::check_ties(&city.store).await?;
    Ok(())
}

/// The sheets that assessors filled in on paper.
const PAPER: &str = "2026年度评分_定性.csv";

/// People whose assessor scores them on the screen instead of on paper, still to be done.
const ON_SCREEN: [&str; 3] = ["YT0030", "YT0035", "YT0044"];

/// HR names the assessors who scored on paper, takes over their sheets, and has the values computed. Where all who scored
/// somebody on paper are tied to them, another scores in their place.
async fn scores(city: &City, cycle: CycleId) -> anyhow::Result<()> {
    let (raters, ties) = (raters(city).await?, city.ties().await?);
    let (_, mut sheets) = city.sheets(cycle).await?;
    sheets.retain(|sheet| sheet.ungraded.is_none());
    let name = |sheet: &Appraisal| {
        let assessors = equal_parts(&untied(&ties, raters.get(&sheet.opened.person)?, sheet), sheet)?;
        Some((hr_for(city, &ties, sheet), Act::NameAssessors { appraisal: sheet.opened.id, assessors }))
    };
    city.all(sheets.iter().filter_map(name).collect()).await?;
    let compute = |sheet: &Appraisal| (&Actor::System, Act::ComputeScores { appraisal: sheet.opened.id });
    city.all(sheets.iter().map(compute).collect()).await?;
    let mut on_screen = Vec::new();
    for number in ON_SCREEN {
        on_screen.push(city.id(number)?);
    }
    sheets.retain(|sheet| !on_screen.contains(&sheet.opened.person));
    let adopt = |sheet: &Appraisal| (hr_for(city, &ties, sheet), Act::AdoptScores { appraisal: sheet.opened.id });
    city.all(sheets.iter().map(adopt).collect()).await?;
    let replaced = |sheet: &&Appraisal| {
        let raters = raters.get(&sheet.opened.person);
        raters.is_some_and(|raters| raters.is_disjoint(&untied(&ties, raters, sheet)))
    };
    for sheet in sheets.iter().filter(replaced) {
        scores_instead(city, &ties, sheet.opened.id).await?;
    }
    Ok(())
}

/// HR, but nobody in their own case or that of a relative.
fn hr_for<'a>(city: &'a City, ties: &TiesOn, sheet: &Appraisal) -> &'a Actor {
    let subject = sheet.opened.person;
    let may = |hr: PersonId| hr != subject && !ties.of(subject).is_apart_from(hr);
    if city.hr().person().is_some_and(may) { city.hr() } else { city.second_hr() }
}

/// Those of the raters who are not tied to whom they scored; else who confirms or endorses the person's goals.
fn untied(ties: &TiesOn, raters: &BTreeSet<PersonId>, sheet: &Appraisal) -> BTreeSet<PersonId> {
    let tied = ties.of(sheet.opened.person);
    let left: BTreeSet<PersonId> = raters.iter().copied().filter(|rater| !tied.is_apart_from(*rater)).collect();
    if !left.is_empty() {
        return left;
    }
    let leaders = [sheet.opened.confirmer, sheet.opened.endorser].into_iter().filter_map(domain::act::handed_to);
    leaders.filter(|leader| !tied.is_apart_from(*leader)).take(1).collect()
}

/// An assessor who took a tied one's place scores on the screen, and the witness confirms.
async fn scores_instead(city: &City, ties: &TiesOn, appraisal: AppraisalId) -> anyhow::Result<()> {
    let found = city.store.reader(city.inspector()).appraisal(appraisal).await?;
    let (of, sheet) = found.context("an inspector reads every appraisal")?;
    let rater = sheet.assessors.first().context("another was named")?.person;
    let tied = ties.of(sheet.opened.person);
    let may = |person: PersonId| person != rater && person != sheet.opened.person && !tied.is_apart_from(person);
    let roster = city.store.roster().await?;
    let lead = |row: &&store::tables::person::Model| {
        row.project_lead && row.unit_id == sheet.opened.unit.0 && may(PersonId(row.person_id))
    };
    let witness = PersonId(roster.iter().find(lead).context("a unit has several project leads")?.person_id);
    for (place, (_, indicator)) in sheet.missing_scores(&of).into_iter().enumerate() {
        let name = of.indicators(&sheet.opened.post_type).iter().find(|known| known.code == indicator);
        let name = name.map_or(indicator.as_str(), |known| known.name.as_str());
        let basis = Basis {
            what: format!("{name}：9 月中旬专项工作中连续三日到场，当日问题当日办结，见证人全程在场。"),
            when: Some(date(2026, 9, 15)),
            place: Some("本单位".to_owned()),
            witness,
        };
        let score = ScoreDraft { indicator, points: Points::whole(84 + place as i64 % 4), basis };
        city.act(city.person(rater), Act::GiveScore { appraisal, score }).await?;
    }
    let (_, given) = city
        .store
        .reader(city.inspector())
        .appraisal(appraisal)
        .await?
        .context("an inspector reads every appraisal")?;
    let waiting = given.scores.iter().filter(|score| score.standing() == Standing::Unconfirmed);
    let confirm = |score: &Score| (city.person(witness), Act::ConfirmScore { appraisal, score: score.given.id });
    city.all(waiting.map(confirm).collect()).await
}

/// Who scored whom on paper.
async fn raters(city: &City) -> anyhow::Result<BTreeMap<PersonId, BTreeSet<PersonId>>> {
    let mut raters: BTreeMap<PersonId, BTreeSet<PersonId>> = BTreeMap::new();
    for row in city.rows(PAPER).await? {
        let number = |number: Option<&String>| number.and_then(|number| city.id(number).ok());
        if let (Some(subject), Some(rater)) = (number(row.person.as_ref()), number(row.fields.get("rater"))) {
            raters.entry(subject).or_default().insert(rater);
        }
    }
    Ok(raters)
}

/// Assessors with equal weights; what does not divide goes to the first. None where they are named already.
fn equal_parts(raters: &BTreeSet<PersonId>, sheet: &Appraisal) -> Option<Vec<Assessor>> {
    let count = raters.len() as i64;
    let part = Points::FULL.0.checked_div(count)?;
    let weight = |place: usize| Points(if place == 0 { Points::FULL.0 - part * (count - 1) } else { part });
    let parts = raters.iter().enumerate();
    let assessors: Vec<Assessor> =
        parts.map(|(place, person)| Assessor { person: *person, weight: weight(place) }).collect();
    (sheet.assessors != assessors).then_some(assessors)
}

/// The institutions' grades: each unit comes to stand at another step.
async fn slates(city: &City, cycle: CycleId) -> anyhow::Result<()> {
    on(date(2026, 10, 12));
    city.act(city.hr(), Act::FreezeScoring { cycle }).await?;
    on(date(2026, 10, 13));
    for unit in ["YT01", "YT02", "YT04", "YT05", "YT06", "YT09"] {
        propose_grades(city, cycle, unit).await?;
    }
    on(date(2026, 10, 14));
    for unit in ["YT01", "YT02", "YT05", "YT06", "YT09"] {
        submit(city, cycle, unit).await?;
    }
    on(date(2026, 10, 15));
    let returned = city.slate(cycle, "YT06").await?.1.opened.id;
    let reason = "优秀人选近一年培训学时不足，请核对后重报。".to_owned();
    city.act(city.hr(), Act::ReturnSlate { slate: returned, reason }).await?;
    for unit in ["YT01", "YT05", "YT09"] {
        let slate = city.slate(cycle, unit).await?.1.opened.id;
        city.act(city.hr(), Act::ReviewSlate { slate }).await?;
    }
    on(date(2026, 10, 16));
    for unit in ["YT05", "YT09"] {
        post(city, cycle, unit).await?;
    }
    Ok(())
}

async fn submit(city: &City, cycle: CycleId, unit: &str) -> anyhow::Result<()> {
    let slate = city.slate(cycle, unit).await?.1.opened.id;
    city.act(city.someone(unit_hr(unit)), Act::SubmitSlate { slate }).await
}

/// Two notices have run their time; one unit fixes its grades, another hands its slate in.
async fn notices_end(city: &City, cycle: CycleId) -> anyhow::Result<()> {
    for unit in ["YT05", "YT09"] {
        let notice = notice(city, cycle, unit).await?;
        city.act(city.hr(), Act::CloseNotice { notice }).await?;
    }
    let (_, slate) = city.slate(cycle, "YT09").await?;
    let head = city.person(slate.opened.head.context("the unit has a head")?);
    city.act(head, Act::FixGrades { slate: slate.opened.id }).await?;
    submit(city, cycle, "YT04").await
}

/// The unit's HR proposes the best composites for the top grade, as many as there may be, and the next grade for all
/// others.
async fn propose_grades(city: &City, cycle: CycleId, unit: &str) -> anyhow::Result<()> {
    let (of, slate) = city.slate(cycle, unit).await?;
    let (_, sheets) = city.sheets(cycle).await?;
    let total = |appraisal: AppraisalId| {
        let sheet = sheets.iter().find(|sheet| sheet.opened.id == appraisal)?;
        sheet.composite.as_ref().and_then(|(composite, _)| composite.total)
    };
    let mut members: Vec<_> = slate.members.iter().filter(|member| member.graded).collect();
    members.sort_by_key(|member| (std::cmp::Reverse(total(member.appraisal)), member.person));
    let second = of.opened.terms.grades.get(1).context("a regime has more than one grade")?;
    let acts = members.iter().enumerate().map(|(place, member)| {
        let top = (place as u32) < slate.quota;
        let grade = if top { of.top_grade().to_owned() } else { second.clone() };
        let reason = if top { "综合分居本单位前列。".to_owned() } else { String::new() };
        let slate = slate.opened.id;
        (city.someone(unit_hr(unit)), Act::ProposeGrade { slate, appraisal: member.appraisal, grade, reason })
    });
    city.all(acts.collect()).await
}

async fn post(city: &City, cycle: CycleId, unit: &str) -> anyhow::Result<NoticeId> {
    let slate = city.slate(cycle, unit).await?.1.opened.id;
    city.act(city.hr(), Act::PostNotice { slate }).await?;
    notice(city, cycle, unit).await
}

async fn notice(city: &City, cycle: CycleId, unit: &str) -> anyhow::Result<NoticeId> {
    city.slate(cycle, unit).await?.1.notice.context("the slate was published")
}

/// A colleague objects to the first line of a notice.
async fn object(city: &City, cycle: CycleId, published: NoticeId) -> anyhow::Result<()> {
    let found = city.store.reader(city.hr()).notice(published).await?;
    let (_, notice) = found.context("HR reads every notice")?;
    let line = notice.lines.first().context("somebody has the top grade")?;
    let (_, sheets) = city.sheets(cycle).await?;
    let colleague = |sheet: &&Appraisal| {
        sheet.opened.unit == notice.posted.unit && notice.lines.iter().all(|line| line.person != sheet.opened.person)
    };
    let colleague = sheets.iter().find(colleague).context("a unit has more than one person")?;
    let text = "公示人选三季度有两次未按时到岗，请核对考勤后再定。".to_owned();
    let act = Act::Object { notice: published, appraisal: line.appraisal, text };
    city.act(city.person(colleague.opened.person), act).await
}

/// One signs; one is recommended for a reward, another for promotion, which HR has already reviewed.
async fn outcomes(city: &City, cycle: CycleId) -> anyhow::Result<()> {
    let (of, slate) = city.slate(cycle, "YT09").await?;
    let head = city.person(slate.opened.head.context("the unit has a head")?);
    let best = |member: &&domain::slate::Member| {
        slate.proposals.get(&member.appraisal).is_some_and(|proposal| proposal.grade == of.top_grade())
    };
    let best = slate.members.iter().find(best).context("somebody has the top grade")?;
    let appraisal = best.appraisal;
    let agree = Act::SignResult { appraisal, agrees: true, opinion: String::new() };
    city.act(city.person(best.person), agree).await?;
    for (kind, detail) in [(outcome::Kind::Reward, "嘉奖"), (outcome::Kind::Promotion, "晋升岗位等级")] {
        let reasons = "年度考核优秀，所负责项目按期完成。".to_owned();
        let act = Act::RecommendOutcome { appraisal, kind, detail: detail.to_owned(), reasons };
        city.act(head, act).await?;
    }
    let outcomes = city.store.reader(city.hr()).outcomes(&["recommended"], store::query::Page::first(10)).await?;
    let promotion = outcomes.rows.iter().find(|outcome| outcome.kind == outcome::Kind::Promotion.as_str());
    let outcome = OutcomeId(promotion.context("it was just recommended")?.outcome_id);
    let opinion = "符合晋升条件，同意上报。".to_owned();
    city.act(city.hr(), Act::ReviewOutcome { outcome, approved: true, opinion }).await
}

/// One change of goals is sent back, one goes on to the head, one still waits for the leader.
async fn goals_move_on(city: &City, cycle: CycleId) -> anyhow::Result<()> {
    let leader = city.someone("YT0011");
    let returned = city.sheet(cycle, "YT0035").await?.opened.id;
    let reason = "满意度指标请写明统计口径。".to_owned();
    city.act(leader, Act::ReturnGoals { appraisal: returned, version: 2, step: Step::Endorse, reason }).await?;
    let endorsed = city.sheet(cycle, "YT0030").await?.opened.id;
    city.act(leader, Act::EndorseGoals { appraisal: endorsed, version: 2 }).await
}

/// An appeal that nobody has taken up, and one that is with somebody.
async fn appeals(city: &City, cycle: CycleId) -> anyhow::Result<()> {
    appeal(city, cycle, "YT0064").await?;
    let (appraisal, appeal) = appeal(city, cycle, "YT0066").await?;
    let decider = city.id("YT0009")?;
    city.act(city.hr(), Act::AssignAppeal { appraisal, appeal, decider }).await
}

/// Somebody asks for another measure of the first goal.
async fn change_goals(city: &City, cycle: CycleId, number: &str) -> anyhow::Result<()> {
    let sheet = city.sheet(cycle, number).await?;
    let locked = &sheet.confirmed_goals().context("goals were confirmed in February")?.proposed.goals;
    let draft = |(place, goal): (usize, &Goal)| GoalDraft {
        id: Some(goal.id),
        title: goal.title.clone(),
        measure: if place == 0 { format!("{}，并按月公开", goal.measure) } else { goal.measure.clone() },
        due: goal.due,
    };
    let goals = locked.iter().enumerate().map(draft).collect();
    let reason = "市里要求三季度起按月公开服务数据。".to_owned();
    let act = Act::ProposeGoals { appraisal: sheet.opened.id, goals, reason };
    city.act(city.someone(number), act).await
}

/// The leader gives a score on the screen; it is void until the witness has confirmed the example.
async fn give(city: &City, cycle: CycleId, number: &str, witness: &str) -> anyhow::Result<()> {
    let sheet = city.sheet(cycle, number).await?;
    let (of, _) = city
        .store
        .reader(city.inspector())
        .appraisal(sheet.opened.id)
        .await?
        .context("an inspector reads every appraisal")?;
    let indicators = of.indicators(&sheet.opened.post_type);
    let indicator = indicators.iter().find(|indicator| indicator.is_qualitative()).context("one is qualitative")?;
    let basis = Basis {
        what: "大厅系统故障时主动引导 40 余名群众分流，并逐一电话回访，无一投诉。".to_owned(),
        when: Some(date(2026, 9, 16)),
        place: Some("政务服务大厅".to_owned()),
        witness: city.id(witness)?,
    };
    let score = ScoreDraft { indicator: indicator.code.clone(), points: Points::whole(92), basis };
    let rater = sheet.assessors.first().context("assessors are named")?.person;
    city.act(city.person(rater), Act::GiveScore { appraisal: sheet.opened.id, score }).await
}

/// Somebody appeals against the lowest of their scores.
async fn appeal(city: &City, cycle: CycleId, number: &str) -> anyhow::Result<(AppraisalId, AppealId)> {
    let sheet = city.sheet(cycle, number).await?;
    let valid = sheet.scores.iter().filter(|score| score.standing() == Standing::Valid);
    let lowest = valid.min_by_key(|score| score.points()).context("somebody scored")?;
    let grounds = "评分依据所述事项我当日在外出办件，有派工单可查，请核实。".to_owned();
    let act = Act::FileAppeal { appraisal: sheet.opened.id, target: Target::Score(lowest.given.id), grounds };
    city.act(city.someone(number), act).await?;
    let filed = city.sheet(cycle, number).await?;
    let appeal = filed.appeals.last().context("it was just filed")?.filed.id;
    Ok((sheet.opened.id, appeal))
}
