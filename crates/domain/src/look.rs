//! A look 查看 at somebody's ties by an inspector: at what ties two people, or at everything around one. Each is on record,
//! and whoever is concerned can see that it was.
//!
//! Whom a look concerned is among the words, which are sealed, all of it: the record is not to tell who is tied to whom, and
//! whoever stands on the way between two people would tell it. So nothing but when, by whom and until when is in clear, and
//! beside it whose key seals the words: that of the person it was about.

use crate::{
    actor::Stamp,
    context::{Context, text},
    event::{Event, Stream, StreamKind},
    finding::Place,
    id::{LookId, PersonId},
    refusal::{Reason, Refusal},
    roster::Roster,
    ties::{OnTheWay, Shared, TiesOn, Way},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Characters of the reason.
const LONGEST_REASON: usize = 1000;

/// What was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedAt {
    /// Whose ties; none once that is erased.
    pub person: Option<PersonId>,
    /// With whom; nobody: with everybody. A list, so that it is sealed when it is empty, too: which of the two a look was is not
    /// told in clear.
    pub with: Vec<PersonId>,
    /// Everybody of the staff whom it showed, these two among them.
    pub concerned: Vec<PersonId>,
    /// What for.
    pub reason: String,
    /// The last day on which the result can be opened.
    pub until: Date,
}

impl LookedAt {
    /// With whom, if with one person.
    pub fn other(&self) -> Option<PersonId> {
        self.with.first().copied()
    }
}

/// A look as it stands on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Which one.
    pub id: LookId,
    /// What was looked at.
    pub looked: LookedAt,
    /// When and by whom.
    pub stamp: Stamp,
}

impl Look {
    /// From its record.
    pub fn fold<'a>(stream: Stream, record: impl IntoIterator<Item = (&'a Event, Stamp)>) -> Option<Look> {
        let (event, stamp) = record.into_iter().next()?;
        match (stream.kind, event) {
            (StreamKind::Look, Event::TiesLookedAt(looked)) => {
                Some(Look { id: LookId(stream.id), looked: (**looked).clone(), stamp })
            }
            _ => None,
        }
    }
}

/// Whom of the staff the result shows: of two people whoever stands on a way between them, of one the whole network.
pub fn concerned(ties: &TiesOn, person: PersonId, other: Option<PersonId>) -> BTreeSet<PersonId> {
    let Some(other) = other else {
        return ties.network(person).staff().chain([person]).collect();
    };
    let way = ties.way(person, other).into_iter().flat_map(|way| way.people);
    let shared = ties.shared(person, other);
    let holders = shared.iter().flat_map(|shared| shared.of_a.iter().chain(&shared.of_b)).flat_map(|holding| {
        let on_the_way = holding.way.iter().flat_map(|way| way.people.iter().copied());
        on_the_way.chain([holding.who])
    });
    let staff = way.chain(holders).filter_map(|OnTheWay { person, .. }| person);
    staff.chain([person, other]).collect()
}

/// The rows that the result rests on.
pub fn rows(ties: &TiesOn, person: PersonId, other: Option<PersonId>) -> BTreeSet<Place> {
    let Some(other) = other else { return ties.network(person).rows().collect() };
    let (way, shared) = (ties.way(person, other), ties.shared(person, other));
    way.iter().flat_map(Way::rows).chain(shared.iter().flat_map(Shared::rows)).collect()
}

/// Whether somebody would look at a way that leads over themselves. That both work with one company is no such way.
fn stands_between(
    ties: &TiesOn,
    (person, other): (PersonId, Option<PersonId>),
    concerned: &[PersonId],
    looker: PersonId,
) -> bool {
    if other.is_some() || !concerned.contains(&looker) {
        return concerned.contains(&looker);
    }
    let network = ties.network(person);
    let theirs = network.nodes.iter().filter(|node| node.staff() == Some(looker));
    theirs.flat_map(|node| &node.ways).any(|ground| ground.recuses())
}

/// Look.
pub(crate) fn look(
    ctx: &Context,
    people: &Roster,
    ties: Option<&TiesOn>,
    (person, other): (PersonId, Option<PersonId>),
    reason: &str,
) -> Result<Event, Refusal> {
    let known = |one: &PersonId| people.people.contains_key(one);
    if !known(&person) || other.as_ref().is_some_and(|other| !known(other)) {
        return Err(Reason::PersonUnknown.into());
    }
    if other == Some(person) {
        return Err(Reason::SamePerson.into());
    }
    let reason = text("reason", reason, LONGEST_REASON)?;
    let ties = ties.ok_or(Reason::NotFound)?;
    let concerned: Vec<PersonId> = concerned(ties, person, other).into_iter().collect();
    if ctx.actor.person().is_some_and(|looker| stands_between(ties, (person, other), &concerned, looker)) {
        return Err(Reason::LookerConcerned.into());
    }
    let until = ctx.due(ctx.rules.recusal.look.workdays)?;
    Ok(Event::TiesLookedAt(Box::new(LookedAt {
        person: Some(person),
        with: other.into_iter().collect(),
        concerned,
        reason,
        until,
    })))
}
