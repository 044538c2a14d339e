//! Declarations 申报: what people say of their own family, once a year and whenever it changes.
//!
//! A declaration is the whole list as it stands; the newest one counts. Its words are sealed under the declarant's key.

use crate::{
    actor::Stamp,
    context::{Context, day, optional_text, text},
    event::{Emit, Event},
    id::{PersonId, UnitId},
    identity::IdNumber,
    refusal::{Reason, Refusal},
    roster::Roster,
    ties,
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A relative as declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Relative {
    /// What they are to the declarant, in a word of `ties/words.toml`.
    pub relation: String,
    /// Their name.
    pub name: String,
    /// Their ID number; without one they are nobody's match until a person has looked.
    pub id_number: Option<String>,
    /// Where they work.
    pub employer: Option<String>,
    /// Since when they are a relative, where that began (a marriage, a birth, an adoption).
    #[schema(value_type = Option<String>, format = Date)]
    pub since: Option<Date>,
    /// The last day on which they were one, where that has ended (a divorce).
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
}

/// Somebody was asked to declare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The calendar year.
    pub year: i16,
    /// Their unit at the time.
    pub unit: UnitId,
    /// They answer by.
    pub due: Date,
}

/// The list as it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Every relative named.
    pub relatives: Vec<Relative>,
    /// When and by whom.
    pub stamp: Stamp,
}

/// All that one person declared, and was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Whose.
    pub person: PersonId,
    /// Each year's request.
    pub asked: Vec<(Asked, Stamp)>,
    /// Each declaration, the newest last.
    pub declared: Vec<Declared>,
    /// Steps that were escalated.
    pub escalated: Vec<(String, Stamp)>,
}

/// A change in somebody's family, and when it was declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The day of the change.
    pub changed: Date,
    /// The day on which it was declared.
    pub declared: Date,
}

impl Change {
    /// Whether it was declared more than `days` days after it came about.
    pub fn is_later_than(&self, days: u16) -> bool {
        self.changed < self.declared.saturating_sub(i64::from(days).days())
    }
}

impl Declaration {
    /// Fold a person's record.
    pub fn fold<'a>(person: PersonId, record: impl IntoIterator<Item = (&'a Event, Stamp)>) -> Self {
        let mut all = Declaration { person, asked: Vec::new(), declared: Vec::new(), escalated: Vec::new() };
        for (event, stamp) in record {
            match event {
                Event::DeclarationAsked(asked) => all.asked.push((asked.clone(), stamp)),
                Event::FamilyDeclared { relatives } => {
                    all.declared.push(Declared { relatives: relatives.clone(), stamp });
                }
                Event::Escalated { todo, .. } => all.escalated.push((todo.clone(), stamp)),
                _ => {}
            }
        }
        all
    }

    /// What waits for an answer.
    pub fn waiting(&self) -> Option<&Asked> {
        let (asked, stamp) = self.asked.last()?;
        self.declared.last().is_none_or(|declared| declared.stamp.at < stamp.at).then_some(asked)
    }

    /// What changed from one declaration to the next, as far as they say when. A first declaration tells of no change: who
    /// is asked for the first time tells of a whole life.
    pub fn changes(&self) -> impl Iterator<Item = Change> {
        self.declared.windows(2).flat_map(|pair| {
            let [before, after] = pair else { return Vec::new() };
            let declared = day(after.stamp.at);
            let change = |relative: &Relative| {
                let known = before.relatives.iter().find(|known| known.is_same_as(relative));
                let begun = relative.since.filter(|_| known.is_none());
                let ended = relative.until.filter(|_| known.is_none_or(|known| known.until.is_none()));
                [begun, ended].into_iter().flatten().map(|changed| Change { changed, declared }).collect::<Vec<_>>()
            };
            after.relatives.iter().flat_map(change).collect()
        })
    }
}

impl Relative {
    /// Whether two lines mean one relative: by ID number, or where that was left out, by name and relation.
    fn is_same_as(&self, other: &Relative) -> bool {
        match (&self.id_number, &other.id_number) {
            (Some(one), Some(another)) => one == another,
            _ => self.name == other.name && self.relation == other.relation,
        }
    }
}

/// The most relatives a declaration may name.
pub const MOST_RELATIVES: usize = 60;

/// What somebody declares of themselves.
pub(crate) fn declare(
    ctx: &Context,
    roster: &Roster,
    person: PersonId,
    before: Option<&Declaration>,
    relatives: &[Relative],
    after: Option<u32>,
) -> Result<Event, Refusal> {
    let made = before.map_or(0, |before| before.declared.len());
    if after.is_some_and(|after| after as usize != made) {
        return Err(Reason::DeclaredMeanwhile.into());
    }
    let own = roster.people.get(&person).ok_or(Reason::NotFound)?;
    if relatives.len() > MOST_RELATIVES {
        return Err(Refusal::from(Reason::RelativesTooMany).with("limit", MOST_RELATIVES));
    }
    let mut checked: Vec<Relative> = Vec::with_capacity(relatives.len());
    for (relative, line) in relatives.iter().zip(1..) {
        let relative = check(ctx, relative).map_err(|refusal| refusal.with("line", line))?;
        let is_own = relative.id_number.is_some() && relative.id_number == own.id_number;
        if is_own || checked.iter().any(|known| known.is_same_as(&relative)) {
            let reason = if is_own { Reason::RelativeIsSelf } else { Reason::RelativeTwice };
            return Err(Refusal::from(reason).with("line", line));
        }
        checked.push(relative);
    }
    // To say that nothing has changed is what a year's request asks for; unasked it says nothing.
    let unasked = before.is_none_or(|before| before.waiting().is_none());
    let same = before.and_then(|before| before.declared.last()).is_some_and(|last| last.relatives == checked);
    if unasked && same {
        return Err(Reason::NothingChanged.into());
    }
    Ok(Event::FamilyDeclared { relatives: checked })
}

fn check(ctx: &Context, relative: &Relative) -> Result<Relative, Refusal> {
    let relation = text("relation", &relative.relation, 30)?;
    if !ties::is_relation(&relation) {
        return Err(Refusal::from(Reason::RelationUnknown).with("relation", relation));
    }
    let id_number = optional_text("id_number", relative.id_number.as_deref().unwrap_or_default(), 40)?;
    let id_number = id_number.map(|number| IdNumber::parse(&number)).transpose().map_err(|_| Reason::IdNumberUnfit)?;
    if id_number.as_ref().is_some_and(|number| number.born > ctx.today()) {
        return Err(Reason::IdNumberUnfit.into());
    }
    let id_number = id_number.map(IdNumber::into_string);
    let Relative { since, until, .. } = *relative;
    let known = date(1900, 1, 1)..=ctx.today();
    let outside = [since, until].into_iter().flatten().any(|day| !known.contains(&day));
    if outside || since.zip(until).is_some_and(|(since, until)| until < since) {
        return Err(Reason::RelativeDatesUnfit.into());
    }
    Ok(Relative {
        relation,
        name: text("name", &relative.name, 60)?,
        id_number,
        employer: optional_text("employer", relative.employer.as_deref().unwrap_or_default(), 100)?,
        since,
        until,
    })
}

/// Ask everybody on the roster who was not asked this year. `asked` tells for whom the newest request is of which year.
pub(crate) fn ask(ctx: &Context, roster: &Roster, asked: &BTreeMap<PersonId, i16>) -> Result<Vec<Emit>, Refusal> {
    let year = ctx.today().year();
    let due = ctx.due(ctx.rules.recusal.declare.workdays)?;
    let new = roster.people.values().filter(|person| asked.get(&person.id) != Some(&year));
    let emits: Vec<Emit> = new
        .map(|person| {
            let asked = Asked { year, unit: person.assignment.unit, due };
            Emit { stream: stream(person.id), event: Event::DeclarationAsked(asked) }
        })
        .collect();
    if emits.is_empty() { Err(Refusal::from(Reason::AllAsked).with("year", year)) } else { Ok(emits) }
}

/// The record of somebody's declarations: it bears the person's own id.
pub fn stream(person: PersonId) -> crate::event::Stream {
    crate::event::Stream { kind: crate::event::StreamKind::Declaration, id: person.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::By;

    fn wife(name: &str, since: Option<Date>, until: Option<Date>) -> Relative {
        Relative { relation: "妻子".to_owned(), name: name.to_owned(), id_number: None, employer: None, since, until }
    }

    fn on(day: Date) -> Stamp {
        let at = crate::context::CHINA.to_timestamp(day.at(12, 0, 0, 0)).expect("a moment");
        Stamp { at, by: By { account: None, person: None } }
    }

    fn all(declared: &[(Date, Vec<Relative>)]) -> Declaration {
        let record: Vec<(Event, Stamp)> = declared
            .iter()
            .map(|(day, relatives)| (Event::FamilyDeclared { relatives: relatives.clone() }, on(*day)))
            .collect();
        Declaration::fold(PersonId(uuid::Uuid::nil()), record.iter().map(|(event, stamp)| (event, *stamp)))
    }

    fn late(of: &Declaration) -> Vec<Date> {
        of.changes().filter(|change| change.is_later_than(30)).map(|change| change.changed).collect()
    }

    #[test]
    fn what_changed_is_declared_within_thirty_days() {
        let (married, parted) = (date(2026, 3, 1), date(2026, 9, 1));
        let first = (date(2026, 1, 10), Vec::new());
        let in_time = all(&[first.clone(), (date(2026, 3, 31), vec![wife("a", Some(married), None)])]);
        assert_eq!(late(&in_time), []);
        let too_late = all(&[first, (date(2026, 4, 1), vec![wife("a", Some(married), None)])]);
        assert_eq!(late(&too_late), [married]);
        // What was told in time stays so, and an end is a change of its own.
        let ended = all(&[
            (date(2026, 1, 10), Vec::new()),
            (date(2026, 3, 2), vec![wife("a", Some(married), None)]),
            (date(2026, 12, 1), vec![wife("a", Some(married), Some(parted))]),
        ]);
        assert_eq!(late(&ended), [parted]);
    }

    #[test]
    fn nothing_in_a_first_declaration_is_late() {
        let first = all(&[(date(2026, 1, 10), vec![wife("a", Some(date(1999, 1, 1)), None)])]);
        assert_eq!(late(&first), []);
    }
}
