//! Third-party assessors 第三方评价人 (事业单位工作人员考核规定 17): people from outside, entered for one appraisal and known to
//! nothing else. They are no staff: no roster has them, no cycle appraises them, and no role is granted to them.

use crate::{
    appraisal::Appraisal,
    context::{optional_text, text},
    cycle::Cycle,
    event::Event,
    id::PersonId,
    identity::IdNumber,
    refusal::{Reason, Refusal},
    roster::Roster,
    ties::TiesOn,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody from outside, as HR enters them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ThirdPartyDraft {
    /// Whose entry it takes the place of, to correct it; none for somebody new.
    #[serde(default)]
    pub replaces: Option<PersonId>,
    /// Name.
    pub name: String,
    /// Where they work.
    pub employer: String,
    /// ID number: by it registers tell whom they are tied to.
    #[serde(default)]
    pub id_number: Option<String>,
    /// Without an ID number: how HR made sure that nothing ties them to the person appraised.
    #[serde(default)]
    pub assurance: String,
    /// The document on which they are asked in.
    pub document: String,
}

/// Somebody from outside, as the record tells them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThirdParty {
    /// Their id.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Where they work.
    pub employer: String,
    /// ID number.
    pub id_number: Option<String>,
    /// How HR made sure that nothing ties them to the person appraised, where no register can tell.
    pub assurance: Option<String>,
    /// The document on which they are asked in.
    pub document: String,
}

impl Appraisal {
    /// Somebody from outside who was entered for this appraisal.
    pub fn third_party(&self, person: PersonId) -> Option<&ThirdParty> {
        self.third_parties.iter().find(|known| known.id == person)
    }

    /// Whether somebody has no more business here: a third party, once the composite is fixed or there will be no grade,
    /// unless an appeal waits for them.
    pub fn is_over_for(&self, person: PersonId) -> bool {
        let mut waiting = self.appeals.iter().filter(|appeal| appeal.is_open()).filter_map(|appeal| appeal.decider);
        self.third_party(person).is_some()
            && (self.composite.is_some() || self.ungraded.is_some())
            && !waiting.any(|(decider, _)| decider == person)
    }
}

/// HR enters somebody from outside, or corrects an entry as long as nothing rests on it.
pub(crate) fn enter(
    cycle: &Cycle,
    appraisal: &Appraisal,
    draft: &ThirdPartyDraft,
    new_id: impl FnOnce() -> PersonId,
) -> Result<Event, Refusal> {
    cycle.scoring_open()?;
    appraisal.graded()?;
    let known = match draft.replaces {
        Some(person) => Some(appraisal.third_party(person).ok_or(Reason::NotFound)?),
        None => None,
    };
    // What somebody has scored stays the work of the one who was entered.
    if known.is_some_and(|known| appraisal.scores.iter().any(|score| score.given.rater == known.id)) {
        return Err(Reason::ThirdPartyActed.into());
    }
    let id_number = optional_text("id_number", draft.id_number.as_deref().unwrap_or(""), 40)?;
    let id_number = id_number.map(|number| IdNumber::parse(&number).map(IdNumber::into_string)).transpose();
    let id_number = id_number.map_err(|_| Refusal::from(Reason::IdNumberUnfit).with("field", "id_number"))?;
    let assurance = match id_number {
        Some(_) => optional_text("assurance", &draft.assurance, 500)?,
        None => Some(text("assurance", &draft.assurance, 500)?),
    };
    let entered = ThirdParty {
        id: known.map_or_else(new_id, |known| known.id),
        name: text("name", &draft.name, 40)?,
        employer: text("employer", &draft.employer, 100)?,
        id_number,
        assurance,
        document: text("document", &draft.document, 200)?,
    };
    if known == Some(&entered) {
        return Err(Reason::NothingChanged.into());
    }
    let is_same = |other: &&ThirdParty| {
        let number = other.id_number.is_some() && other.id_number == entered.id_number;
        other.id != entered.id && (number || (&other.name, &other.employer) == (&entered.name, &entered.employer))
    };
    if let Some(other) = appraisal.third_parties.iter().find(is_same) {
        return Err(Refusal::from(Reason::ThirdPartyTwice).with("name", &other.name));
    }
    Ok(Event::ThirdPartyEntered(entered))
}

/// Only those on the roster, and those who were entered for this very appraisal, are named for a duty in it. Nobody on the
/// roster gets in by the other door.
pub(crate) fn is_here(
    appraisal: &Appraisal,
    people: &Roster,
    ties: Option<&TiesOn>,
    person: PersonId,
) -> Result<(), Refusal> {
    if people.people.contains_key(&person) {
        return Ok(());
    }
    let third = appraisal.third_party(person).ok_or(Reason::NotOfThisAppraisal)?;
    match ties.and_then(|ties| ties.ties().on_the_roster(person)) {
        Some(_) => Err(Refusal::from(Reason::ThirdPartyIsStaff).with("name", &third.name)),
        None => Ok(()),
    }
}
