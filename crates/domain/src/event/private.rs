//! Which parts of an event are words about or by a person.

use super::{About, Event};
use crate::account;

/// What stands where words were, once they are erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// [`ERASED`].
    Words,
    /// Nothing: the place may be empty.
    Nothing,
    /// An empty list.
    Empty,
}

/// A bar as in a document with words blacked out: read in every language.
pub const ERASED: &str = "█████";

/// Which places of the data of the event called so hold words about or by a person: they are sealed apart from the body,
/// which only carries a salted commitment to them, so that they can be erased without breaking a proof. `*` stands for
/// every element of a list. What a state is folded from is never among them: an appraisal stays what it was without its
/// words.
pub fn private_places(event: &str) -> &'static [(&'static str, Blank)] {
    use Blank::{Empty, Nothing, Words};
    match event {
        // A reason may name somebody's day of birth.
        "batch_imported" => &[("skipped", Empty)],
        "person_entered" => {
            &[("name", Words), ("sex", Nothing), ("born", Nothing), ("id_number", Nothing), ("phone", Nothing)]
        }
        "account_opened" => &[("name", Nothing)],
        "account_locked" | "goals_returned" | "score_denied" | "score_returned" | "notice_corrected"
        | "slate_returned" => &[("reason", Words)],
        "participation_changed" => &[("ungraded/1", Words)],
        "goals_proposed" => &[("goals/*/title", Words), ("goals/*/measure", Words), ("reason", Nothing)],
        "progress_reported" => &[("text", Words), ("attachments/*/name", Words)],
        "score_given" => &[("basis/what", Words), ("basis/when", Nothing), ("basis/where", Nothing)],
        "appeal_filed" => &[("grounds", Words)],
        "appeal_decided" => &[("reasons", Words)],
        "recusal_raised" => &[("text", Nothing), ("tipster", Nothing)],
        "recusal_decided" => &[("reasons", Nothing)],
        "tip_given" => &[("subject", Words), ("concerned", Words), ("text", Words), ("tipster", Nothing)],
        "third_party_entered" => {
            &[("name", Words), ("employer", Words), ("id_number", Nothing), ("assurance", Nothing), ("document", Words)]
        }
        "result_signed" | "outcome_reviewed" | "outcome_decided" => &[("opinion", Nothing)],
        "survey_answered" => &[("answers", Nothing)],
        "grade_proposed" => &[("reason", Nothing)],
        "objected" => &[("text", Words)],
        "objection_answered" => &[("reply", Words)],
        "outcome_recommended" => &[("detail", Words), ("reasons", Words)],
        "family_declared" => &[("relatives", Empty)],
        "finding_raised" => &[("told", Nothing)],
        "finding_replied" => &[("text", Words)],
        "finding_closed" | "tip_closed" => &[("reasons", Words)],
        "finding_silenced" | "finding_reopened" => &[("reason", Words)],
        // Whom the record names together would be known to be tied.
        "ties_looked_at" => &[("person", Nothing), ("with", Empty), ("concerned", Empty), ("reason", Words)],
        _ => &[],
    }
}

impl Event {
    /// Where its words are: see [`private_places`].
    pub fn private_places(&self) -> &'static [(&'static str, Blank)] {
        private_places(self.name())
    }

    /// Whom its words are about.
    pub fn about(&self) -> About {
        match self {
            Event::PersonEntered(person) => About::Person(person.id),
            Event::AccountOpened(account::Opened { person: Some(person), .. }) => About::Person(*person),
            Event::ThirdPartyEntered(third) => About::Person(third.id),
            Event::AppraisalOpened(opened) => About::Person(opened.person),
            Event::OutcomeRecommended(outcome) => About::Person(outcome.person),
            Event::FindingRaised(raised) => About::Person(raised.subject),
            Event::GradeProposed { appraisal, .. } | Event::NoticeCorrected { appraisal, .. } => {
                About::Appraisal(*appraisal)
            }
            Event::Objected(objected) => About::Appraisal(objected.appraisal),
            Event::TiesLookedAt(looked) => looked.person.map_or(About::Stream, About::Person),
            _ => About::Stream,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_looked_for_in_events_that_there_are() {
        let with_words = Event::NAMES.iter().filter(|name| !private_places(name).is_empty()).count();
        assert_eq!(with_words, 35, "an event was renamed, or its words are not sealed");
    }
}
