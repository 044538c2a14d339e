//! The lines of a form that names assessors: who, by employee number or name, and of what weight.

use super::MOST_SUGGESTED;
use crate::web::{
    App,
    error::PageError,
    kit,
    locale::{Locale, Sentence},
    session::SignedIn,
    words,
};
use domain::{
    appraisal::Appraisal,
    id::PersonId,
    points::Points,
    refusal::{Reason, Refusal},
    score::Assessor,
};
use std::{fmt::Display, ops::Range};
use store::{query::Names, tables::person};

/// The most assessors of one person.
const MOST: usize = 10;
/// The fewest lines the form begins with.
const FIRST: usize = 2;
/// How many lines the form shows.
const COUNT: &str = "lines";
/// What its button asks for.
const STEP: &str = "step";

/// What the form is sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To be put on record.
    Save,
    /// To get another line, or equal weights: it is shown again.
    Reshape,
}

/// The form and its lines.
pub struct Lines {
    pub form: kit::Form,
    count: usize,
    step: Step,
    /// People whom the fields suggest.
    pub suggested: Vec<String>,
}

impl Lines {
    /// A form that shows who they are now.
    pub fn of(assessors: &[Assessor], names: &Names, t: Locale, form: kit::Form) -> Lines {
        let told = |assessor: &Assessor| {
            let who = format!("{} {}", names.person(assessor.person), names.number(assessor.person));
            (who, t.points(&assessor.weight.0))
        };
        let typed: Vec<_> = assessors.iter().map(told).collect();
        Lines::filled(form, &typed, (typed.len() + 1).max(FIRST), Step::Save)
    }

    fn filled(form: kit::Form, typed: &[(String, String)], count: usize, step: Step) -> Lines {
        let count = count.clamp(1, MOST);
        let filled = typed.iter().take(MOST).enumerate().fold(form, |form, (place, (who, weight))| {
            form.fill(who_field(place), who).fill(weight_field(place), weight)
        });
        Lines { form: filled.named("assessors").fix(COUNT, count), count, step, suggested: Vec::new() }
    }

    /// A form as it was sent.
    pub fn sent(sent: kit::Form, t: Locale) -> Lines {
        let count = sent.value(COUNT).parse::<usize>().unwrap_or(1).clamp(1, MOST);
        let line = |place| {
            (sent.value(&who_field(place)).trim().to_owned(), sent.value(&weight_field(place)).trim().to_owned())
        };
        let mut typed: Vec<(String, String)> =
            (0..count).map(line).filter(|(who, weight)| !who.is_empty() || !weight.is_empty()).collect();
        let form = kit::Form::new(sent.csrf.clone(), sent.key.clone());
        let (count, step) = match sent.value(STEP) {
            "add" => (count + 1, Step::Reshape),
            "even" => {
                let parts = even(typed.len());
                typed.iter_mut().zip(parts).for_each(|((_, weight), part)| *weight = t.points(&part.0));
                (count, Step::Reshape)
            }
            _ => (count, Step::Save),
        };
        Lines::filled(form, &typed, count, step)
    }

    /// What it was sent for.
    pub fn step(&self) -> Step {
        self.step
    }

    /// The places of its lines.
    pub fn places(&self) -> Range<usize> {
        0..self.count
    }

    /// Suggest people of the roster, where they are not too many.
    pub fn suggest(&mut self, roster: &[person::Model], which: impl Fn(&person::Model) -> bool) {
        let found = roster.iter().filter(|row| which(row)).take(MOST_SUGGESTED + 1);
        self.suggested = found.map(|row| format!("{} {}", row.name, row.number)).collect();
        if self.suggested.len() > MOST_SUGGESTED {
            self.suggested.clear();
        }
    }

    /// Whom the lines name; none where a line says nothing that is understood, which is then told beside it. Besides the
    /// people one may see, those who are assessors of the sheet now are known, and who was entered for it from outside.
    pub async fn read(
        &mut self,
        app: &App,
        person: &SignedIn,
        sheet: Option<&Appraisal>,
    ) -> Result<Option<Vec<Assessor>>, PageError> {
        let t = person.reader.t;
        let mut named = Vec::new();
        for place in self.places() {
            let (who, weight) =
                (self.form.value(&who_field(place)).to_owned(), self.form.value(&weight_field(place)).to_owned());
            if who.is_empty() && weight.is_empty() {
                continue;
            }
            let found = find(app, person, sheet, &who).await?;
            let points = weight.parse::<Points>();
            match (found, points) {
                (Ok(person), Ok(weight)) => named.push(Assessor { person, weight }),
                (found, points) => {
                    if let Err(sentence) = found {
                        self.form.refuse(who_field(place), t.say(&sentence));
                    }
                    if points.is_err() {
                        let what = Sentence::new("refusal-not-points").arg("field", "weight");
                        self.form.refuse(weight_field(place), t.say(&what));
                    }
                }
            }
        }
        Ok((!self.form.is_refused()).then_some(named))
    }

    /// Tell a refusal beside the line it is about.
    pub fn refuse(&mut self, refusal: &Refusal, named: &[Assessor], subject: Option<PersonId>, t: Locale) {
        let twice = |place: &usize| named[..*place].iter().any(|other| other.person == named[*place].person);
        let field = match refusal.reason {
            Reason::WeightsNotHundred => weight_field(0),
            Reason::NamedTwice => (0..named.len()).find(twice).map(who_field).unwrap_or_default(),
            Reason::NotOfThisAppraisal | Reason::ThirdPartyIsStaff => who_field(0),
            Reason::AssessorIsSubject => {
                let place = named.iter().position(|assessor| Some(assessor.person) == subject);
                place.map(who_field).unwrap_or_default()
            }
            _ => String::new(),
        };
        self.form.refuse(field, t.say(&words::refusal(refusal)));
    }
}

/// The field of the one who is named in a line.
pub fn who_field(place: impl Display) -> String {
    format!("who.{place}")
}

/// The field of the weight in a line.
pub fn weight_field(place: impl Display) -> String {
    format!("weight.{place}")
}

/// A hundred in equal parts; what does not divide goes to the first.
fn even(parts: usize) -> Vec<Points> {
    let Ok(count @ 1..) = i64::try_from(parts) else { return Vec::new() };
    let each = Points::FULL.0 / count;
    let first = Points::FULL.0 - each * (count - 1);
    (0..parts).map(|place| Points(if place == 0 { first } else { each })).collect()
}

/// Somebody by employee number, by name where only one is called so, or by both as the field suggests them.
async fn find(
    app: &App,
    person: &SignedIn,
    sheet: Option<&Appraisal>,
    typed: &str,
) -> Result<Result<PersonId, Sentence>, PageError> {
    let names = app.store.names().await?;
    let number = typed.split_whitespace().next_back().unwrap_or_default();
    let mut now = sheet.iter().flat_map(|sheet| &sheet.assessors);
    if let Some(known) = now.find(|known| names.number(known.person) == number) {
        return Ok(Ok(known.person));
    }
    let mut outside = sheet.iter().flat_map(|sheet| &sheet.third_parties);
    if let Some(third) = outside.find(|third| typed == format!("{} {}", third.name, third.employer)) {
        return Ok(Ok(third.id));
    }
    let reader = app.store.reader(&person.actor);
    let mut found = reader.people_called(typed).await?;
    if found.is_empty() {
        found = reader.people_called(number).await?;
        found.retain(|row| row.number == number);
    }
    Ok(match found.as_slice() {
        [] => Err(Sentence::new("refusal-assessor-not-found").arg("name", typed)),
        [one] => Ok(PersonId(one.person_id)),
        several => {
            let numbers: Vec<&str> = several.iter().map(|row| row.number.as_str()).collect();
            let numbers = numbers.join(&person.reader.t.get("list-comma"));
            Err(Sentence::new("refusal-assessor-ambiguous").arg("name", typed).arg("numbers", numbers))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_parts_total_a_hundred() {
        for parts in 1..=MOST {
            assert_eq!(even(parts).iter().map(|part| part.0).sum::<i64>(), Points::FULL.0, "{parts}");
        }
        assert_eq!(even(3).iter().map(ToString::to_string).collect::<Vec<_>>(), ["33.3334", "33.3333", "33.3333"]);
        assert!(even(0).is_empty());
    }
}
