//! Opening a cycle: who takes part, by which indicators, and who is not graded; looked at first, then done.

use super::{CycleDraft, Opened, Terms, Ungraded};
use crate::{
    actor::Assignee,
    appraisal,
    batch::Row,
    context::{Context, Rulebook, text},
    event::{Emit, Event},
    id::{AppraisalId, CycleId, PersonId, SlateId, UnitId},
    indicator::Indicator,
    points::Points,
    refusal::{Reason, Refusal},
    regime::Regime,
    roster::{Person, Roster},
    score::Assessor,
    slate,
    ties::TiesOn,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What opening a cycle looks at.
#[derive(Clone, Debug, Default)]
pub struct Office {
    /// Everyone and every unit.
    pub roster: Roster,
    /// The library.
    pub library: Vec<Indicator>,
    /// Working days each person was on sick or personal leave in the period.
    pub leave: BTreeMap<PersonId, u32>,
    /// Score sheets collected on paper for the period: who assessed whom.
    pub paper: Vec<Row>,
    /// Titles of the cycles there are.
    pub cycles: BTreeSet<String>,
}

/// What opening would lead to.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// One sheet a person, as opening would make it; ids are nil.
    pub sheets: Vec<appraisal::Opened>,
    /// The indicators of each post type that occurs, whatever they total.
    pub sets: BTreeMap<String, Vec<Indicator>>,
    /// Units whose register names no head on the roster: nobody confirms goals or fixes grades there but HR.
    pub headless: Vec<UnitId>,
    /// Everything that opening would be refused for.
    pub obstacles: Vec<Refusal>,
}

/// Look at what opening a cycle would lead to.
pub fn preview(rules: &Rulebook, draft: &CycleDraft, office: &Office, ties: Option<&TiesOn>) -> Preview {
    let Some(regime) = rules.regimes.get(&draft.regime) else {
        return Preview { obstacles: obstacles(rules, draft, office), ..Preview::default() };
    };
    let people = covered(regime, office);
    let sheet =
        |person: &&Person| Opening { regime, draft, office, ties }.participant(Uuid::nil, CycleId(Uuid::nil()), person);
    let sheets: Vec<appraisal::Opened> = people.iter().map(sheet).collect();
    let units: BTreeSet<UnitId> = sheets.iter().map(|sheet| sheet.unit).collect();
    Preview {
        sets: sets(office, &people),
        headless: units.into_iter().filter(|unit| head_of(office, *unit).is_none()).collect(),
        obstacles: obstacles(rules, draft, office),
        sheets,
    }
}

/// Everything that stands against opening, in the order of the form.
fn obstacles(rules: &Rulebook, draft: &CycleDraft, office: &Office) -> Vec<Refusal> {
    let Some(regime) = rules.regimes.get(&draft.regime) else {
        return vec![Refusal::from(Reason::RegimeUnknown).with("regime", &draft.regime)];
    };
    let mut found = Vec::new();
    if !regime.kinds.iter().any(|kind| kind == &draft.kind) {
        found.push(Refusal::from(Reason::CycleKindUnknown).with("field", "kind").with("kind", &draft.kind));
    }
    match text("title", &draft.title, 80) {
        Err(refusal) => found.push(refusal),
        Ok(title) if office.cycles.contains(&title) => {
            found.push(Refusal::from(Reason::CycleExists).with("field", "title").with("title", title));
        }
        Ok(_) => {}
    }
    let schedule = &draft.schedule;
    for (field, earlier, later) in [
        ("to", draft.from, draft.to),
        ("scoring", schedule.goals, schedule.scoring),
        ("grading", schedule.scoring, schedule.grading),
    ] {
        if earlier > later {
            found.push(Refusal::from(Reason::PeriodUnfit).with("field", field));
        }
    }
    let people = covered(regime, office);
    found.extend(exemption_obstacles(draft, &people));
    if people.is_empty() {
        found.push(Reason::NobodyToAppraise.into());
    }
    for (post_type, set) in sets(office, &people) {
        let total = Points(set.iter().map(|indicator| indicator.weight.0).sum());
        if total != Points::FULL {
            found.push(Refusal::from(Reason::IndicatorsIncomplete).with("post_type", post_type).with("total", total));
        }
    }
    found
}

/// Whom HR leaves ungraded must be someone who takes part, once, with the document or fact it rests on.
fn exemption_obstacles(draft: &CycleDraft, people: &[&Person]) -> Vec<Refusal> {
    let mut found = Vec::new();
    let mut named = BTreeSet::new();
    for exemption in &draft.exempt {
        if !people.iter().any(|person| person.id == exemption.person) {
            found.push(Reason::PersonUnknown.into());
        }
        if !named.insert(exemption.person) {
            found.push(Reason::NamedTwice.into());
        }
        found.extend(text("note", &exemption.note, 500).err());
    }
    found
}

pub(crate) fn open(
    ctx: &Context,
    draft: &CycleDraft,
    office: &Office,
    ties: Option<&TiesOn>,
) -> Result<Vec<Emit>, Refusal> {
    if let Some(first) = obstacles(ctx.rules, draft, office).into_iter().next() {
        return Err(first);
    }
    let regime = ctx.rules.regimes.get(&draft.regime).ok_or(Reason::RegimeUnknown)?;
    let people = covered(regime, office);
    let cycle = CycleId((ctx.new_id)());
    let opened = Opened {
        id: cycle,
        regime: draft.regime.clone(),
        kind: draft.kind.clone(),
        title: draft.title.trim().to_owned(),
        from: draft.from,
        to: draft.to,
        schedule: draft.schedule,
        terms: Terms::of(regime, &draft.kind),
        sets: sets(office, &people),
        rules: ctx.rules.hash.clone(),
    };
    let mut slates: BTreeMap<UnitId, Vec<slate::Member>> = BTreeMap::new();
    let mut emits = Vec::new();
    for person in people {
        let sheet = Opening { regime, draft, office, ties }.participant(ctx.new_id, cycle, person);
        slates.entry(sheet.unit).or_default().push(slate::Member {
            appraisal: sheet.id,
            person: person.id,
            graded: sheet.ungraded.is_none(),
        });
        emits.push(Emit::new(sheet.id, Event::AppraisalOpened(Box::new(sheet))));
    }
    for (unit, members) in slates {
        let id = SlateId((ctx.new_id)());
        let base = members.iter().filter(|member| member.graded).count() as u32;
        emits.push(Emit::new(
            id,
            Event::SlateOpened(slate::Opened {
                id,
                cycle,
                unit,
                head: head_of(office, unit),
                base,
                quota: crate::regime::quota(base, opened.terms.top_share),
                members,
                due: draft.schedule.grading,
            }),
        ));
    }
    emits.insert(0, Emit::new(cycle, Event::CycleOpened(Box::new(opened))));
    Ok(emits)
}

/// Everyone whose 编制类型 falls under the regime.
fn covered<'a>(regime: &Regime, office: &'a Office) -> Vec<&'a Person> {
    office.roster.people.values().filter(|person| regime.covers(&person.assignment.staff_kind)).collect()
}

fn head_of(office: &Office, unit: UnitId) -> Option<PersonId> {
    office.roster.units.get(&unit).and_then(|unit| unit.head)
}

/// The indicators of the post types that occur.
fn sets(office: &Office, people: &[&Person]) -> BTreeMap<String, Vec<Indicator>> {
    let set = |post_type: &str| {
        office.library.iter().filter(|indicator| indicator.post_type == post_type).cloned().collect::<Vec<_>>()
    };
    people.iter().map(|person| &person.assignment.post_type).map(|kind| (kind.clone(), set(kind))).collect()
}

/// What a sheet is made from.
struct Opening<'a> {
    regime: &'a Regime,
    draft: &'a CycleDraft,
    office: &'a Office,
    ties: Option<&'a TiesOn>,
}

impl Opening<'_> {
    /// One person's sheet: who endorses, confirms and assesses, and whether there will be a grade. Whoever is tied to the
    /// person is passed over: the duty falls to whom it would fall to if they were not there.
    fn participant(&self, new_id: impl Fn() -> Uuid, cycle: CycleId, person: &Person) -> appraisal::Opened {
        let Opening { regime, draft, office, ties } = *self;
        let post = &person.assignment;
        let tied = ties.map(|ties| ties.of(person.id));
        let may = |other: PersonId| other != person.id && !tied.as_ref().is_some_and(|tied| tied.is_apart_from(other));
        let head = head_of(office, post.unit);
        let endorser = post.leader.filter(|leader| may(*leader)).or(head.filter(|head| may(*head)));
        let confirmer = match head {
            Some(head) if may(head) && endorser != Some(head) => Assignee::Person(head),
            _ => Assignee::Hr(None),
        };
        appraisal::Opened {
            id: AppraisalId(new_id()),
            cycle,
            person: person.id,
            unit: post.unit,
            section: post.section,
            post_type: post.post_type.clone(),
            leader: post.leader,
            endorser: endorser.map_or(Assignee::Hr(Some(post.unit)), Assignee::Person),
            confirmer,
            assessors: assessors(office, person, may),
            ungraded: ungraded(regime, draft, office, person, head),
            goals_due: draft.schedule.goals,
            scoring_due: draft.schedule.scoring,
        }
    }
}

/// The assessors: those who assessed the person on paper, and the direct leader; if none of them may, the head of the unit.
/// Equal weights.
fn assessors(office: &Office, person: &Person, may: impl Fn(PersonId) -> bool) -> Vec<Assessor> {
    let mut named: BTreeSet<PersonId> = office
        .paper
        .iter()
        .filter(|row| row.person.as_deref() == Some(person.number.as_str()))
        .filter_map(|row| office.roster.by_number(row.fields.get("rater")?))
        .map(|rater| rater.id)
        .chain(person.assignment.leader)
        .filter(|rater| may(*rater))
        .collect();
    if named.is_empty() {
        named.extend(head_of(office, person.assignment.unit).filter(|head| may(*head)));
    }
    let count = named.len() as i64;
    named
        .into_iter()
        .enumerate()
        .map(|(place, person)| {
            // Equal parts; what does not divide goes to the first.
            let part = Points::FULL.0 / count;
            let rest = if place == 0 { Points::FULL.0 - part * count } else { 0 };
            Assessor { person, weight: Points(part + rest) }
        })
        .collect()
}

/// Why a person gets no grade: HR's word first, then what the regime derives from the facts on file.
fn ungraded(
    regime: &Regime,
    draft: &CycleDraft,
    office: &Office,
    person: &Person,
    head: Option<PersonId>,
) -> Option<(Ungraded, String)> {
    if let Some(exemption) = draft.exempt.iter().find(|exemption| exemption.person == person.id) {
        return Some((exemption.reason, exemption.note.clone()));
    }
    if head == Some(person.id) {
        return Some((Ungraded::AppraisedElsewhere, String::new()));
    }
    if let (Some(rule), Some(joined)) = (&regime.not_graded.probation, person.assignment.joined) {
        let ends = joined.checked_add(jiff::Span::new().months(i64::from(rule.months))).ok()?;
        if ends > draft.to {
            return Some((Ungraded::Probation, ends.to_string()));
        }
    }
    let leave = office.leave.get(&person.id).copied().unwrap_or(0);
    let long = regime.not_graded.leave.as_ref().is_some_and(|rule| leave > rule.over_workdays);
    long.then(|| (Ungraded::LongLeave, leave.to_string()))
}
