//! People from outside on the page of assessors: who was entered for this appraisal, whether anything ties them, and HR's form.

use crate::web::{App, kit, locale::Locale, session::SignedIn};
use domain::{act::Act, appraisal::Appraisal, decide::Case, id::PersonId, recusal::Ground, third_party, ties::TiesOn};

/// The part of the page.
pub struct Part {
    /// Those who were entered.
    pub entered: Vec<Entered>,
    /// Enters somebody new; for the authority's HR while scoring is open.
    pub enter: Option<kit::Form>,
}

/// Somebody from outside.
pub struct Entered {
    pub facts: Vec<kit::Term>,
    /// For HR: whether they may be named, and why not.
    pub standing: Option<kit::Tag>,
    /// For HR: what can't be known of their ties.
    pub unknown: bool,
    /// Enters them anew, to correct a mistake.
    pub correct: Option<kit::Form>,
}

impl Part {
    /// Nothing to show.
    pub fn is_empty(&self) -> bool {
        self.entered.is_empty() && self.enter.is_none()
    }

    /// As the reader may see it.
    pub fn of(app: &App, person: &SignedIn, case: &Case, sheet: &Appraisal, ties: &TiesOn) -> Part {
        let (id, t) = (sheet.opened.id, person.reader.t);
        let draft = third_party::ThirdPartyDraft {
            replaces: None,
            name: String::new(),
            employer: String::new(),
            id_number: None,
            assurance: String::new(),
            document: String::new(),
        };
        let act = Act::EnterThirdParty { appraisal: id, third_party: draft };
        let open = case.cycle.as_ref().is_some_and(|cycle| cycle.frozen.is_none()) && sheet.ungraded.is_none();
        let may = open && app.store.policies().permit(&person.actor, &act, case).is_ok();
        let at = format!("/appraisals/{id}/assessors");
        let form = |about: String| person.act_form(&app.store, act.name(), about, &at).fix("appraisal", id);
        let entered = sheet.third_parties.iter().map(|third| {
            let scored = sheet.scores.iter().any(|score| score.given.rater == third.id);
            let correct = form(third.id.to_string()).fix("third_party.replaces~", third.id);
            let fields = [("name", &third.name), ("employer", &third.employer), ("document", &third.document)];
            let correct = match correct.is_refused() {
                true => correct,
                false => fields
                    .into_iter()
                    .fold(correct, |form, (field, value)| form.fill(format!("third_party.{field}"), value)),
            };
            Entered {
                facts: facts(t, third, may),
                standing: may.then(|| standing(t, ties, sheet.opened.person, third)),
                unknown: may && third.id_number.is_none(),
                correct: (may && !scored).then_some(correct),
            }
        });
        Part { entered: entered.collect(), enter: may.then(|| form(id.to_string())) }
    }
}

fn facts(t: Locale, third: &third_party::ThirdParty, may: bool) -> Vec<kit::Term> {
    let assurance = third.assurance.as_ref().filter(|_| may);
    let assurance = assurance.map(|said| kit::Term::new(t.get("outside-assurance"), said.clone()));
    let facts = [
        kit::Term::new(t.get("outside-name"), third.name.clone()),
        kit::Term::new(t.get("outside-employer"), third.employer.clone()),
        kit::Term::new(t.get("field-document"), third.document.clone()),
    ];
    facts.into_iter().chain(assurance).collect()
}

/// HR reads the class, never the way to a relative.
fn standing(t: Locale, ties: &TiesOn, subject: PersonId, third: &third_party::ThirdParty) -> kit::Tag {
    if ties.ties().on_the_roster(third.id).is_some() {
        return kit::Tag::new(kit::Tone::Danger, t.get("outside-is-staff"));
    }
    match ties.between(subject, third.id).into_iter().find(|ground| ground.recuses()) {
        Some(ground) => kit::Tag::new(kit::Tone::Danger, t.with("outside-tied", &[("ground", word(t, ground))])),
        None if third.id_number.is_none() => kit::Tag::new(kit::Tone::Warn, t.get("outside-unchecked")),
        None => kit::Tag::new(kit::Tone::Neutral, t.get("outside-free")),
    }
}

fn word(t: Locale, ground: Ground) -> String {
    t.get(&format!("ground-{}", ground.as_str()))
}
