//! Recusals on the page: what was raised and decided, the form for whoever may say that somebody should stay out, and that of the
//! competent leader.

use super::{View, kit};
use domain::{
    act::Act,
    actor::Role,
    id::PersonId,
    recusal::{Origin, Recusal},
};

/// Recusals on the page.
pub struct Part {
    pub raised: Vec<Raised>,
    /// The form that raises one, and whom it may concern.
    pub raise: Option<(kit::Form, Vec<kit::Choice>)>,
}

/// One recusal.
pub struct Raised {
    pub events: Vec<kit::Event>,
    pub decide: Option<Deciding>,
}

/// The form of the competent leader.
pub struct Deciding {
    pub form: kit::Form,
    pub answers: Vec<kit::Choice>,
    pub substitutes: Vec<kit::Choice>,
}

impl View<'_> {
    pub(super) fn recusals(&self) -> Part {
        Part {
            raised: self.sheet.recusals.iter().map(|recusal| self.recusal(recusal)).collect(),
            raise: self.raising(),
        }
    }

    fn recusal(&self, recusal: &Recusal) -> Raised {
        let (t, raised) = (self.t, &recusal.raised);
        let decide = self.deciding(recusal);
        let name = self.names.person(raised.concerned);
        let what = t.with(&format!("recusal-raised-{}", raised.origin.as_str()), &[("name", name)]);
        // What was said is for those whose work it is, and whoever said it.
        let actor = &self.person.actor;
        let own = recusal.stamp.by.account.is_some() && recusal.stamp.by == actor.by();
        let reads = own || decide.is_some() || actor.has(Role::HrOfficer) || actor.has(Role::Inspector);
        let words = raised.text.clone().filter(|_| reads).unwrap_or_default();
        let mut first = self.event(kit::Tone::Warn, what, recusal.stamp, words);
        if raised.origin == Origin::Tip {
            first.who = t.get("recusal-unnamed");
        }
        let mut events = vec![first];
        match &recusal.decision {
            None => {
                let open = t.with("recusal-open", &[("day", t.day(&raised.due))]);
                let last = &mut events[0].note;
                *last = if last.is_empty() { open } else { format!("{last}\n{open}") };
            }
            Some(decision) => {
                let what = match (decision.recused, decision.substitute) {
                    (true, Some(other)) => {
                        let args = [("name", name.to_owned()), ("other", self.names.person(other).to_owned())];
                        t.with("recusal-replaced", &args)
                    }
                    (true, None) => t.with("recusal-recused", &[("name", name)]),
                    (false, _) => t.with("recusal-overruled", &[("name", name)]),
                };
                let reasons = decision.reasons.clone().unwrap_or_default();
                events.push(self.event(kit::Tone::Success, what, decision.stamp, reasons));
            }
        }
        Raised { events, decide }
    }

    fn deciding(&self, recusal: &Recusal) -> Option<Deciding> {
        let (t, id, concerned) = (self.t, recusal.raised.id, recusal.raised.concerned);
        let appraisal = self.sheet.opened.id;
        let decide =
            |recused| Act::DecideRecusal { appraisal, recusal: id, recused, reasons: String::new(), substitute: None };
        if !recusal.is_open() || !self.may(&decide(true)) {
            return None;
        }
        let mut answers = vec![kit::Choice::new("yes", t.get("recusal-yes"))];
        if self.may(&decide(false)) {
            answers.push(kit::Choice::new("no", t.get("recusal-no")));
        }
        let fit = |row: &store::tables::person::Model| {
            let person = PersonId(row.person_id);
            person != concerned && self.sheet.decided_on(person) != Some(true)
        };
        let tied = self.ties.of(self.sheet.opened.person);
        let outside = self.sheet.third_parties.iter().filter(|third| {
            third.id != concerned && self.sheet.decided_on(third.id) != Some(true) && !tied.is_apart_from(third.id)
        });
        let outside =
            outside.map(|third| kit::Choice::new(third.id.to_string(), format!("{} {}", third.name, third.employer)));
        Some(Deciding {
            form: self.form("decide_recusal", id).fix("recusal", id),
            answers,
            substitutes: self.colleagues(fit).into_iter().chain(outside).collect(),
        })
    }

    /// Whoever reads the page may say of anybody with a duty that they should stay out, unless that is being decided already.
    fn raising(&self) -> Option<(kit::Form, Vec<kit::Choice>)> {
        let open = self.cycle.closed.is_none();
        let on_duty = self.sheet.on_duty().into_iter().filter(|person| !self.sheet.suspends(*person));
        let choice = |person: PersonId| kit::Choice::new(person.to_string(), self.names.person(person));
        let choices: Vec<kit::Choice> = on_duty.map(choice).collect();
        (open && !choices.is_empty()).then(|| (self.form("raise_recusal", self.sheet.opened.id), choices))
    }
}
