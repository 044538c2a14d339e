//! Qualitative scores: each with its basis, assessor and the witness's answer, void ones shown as void; and the forms of
//! assessor, witness and HR.

use super::{View, kit};
use domain::{
    act::Act,
    score::{Score, Standing},
};

/// Scores on the page.
pub struct Part {
    pub given: Vec<Given>,
    pub give: Option<Giving>,
    pub review: Option<kit::Form>,
}

/// One score.
pub struct Given {
    /// The id of its card.
    pub anchor: String,
    pub indicator: String,
    pub points: String,
    pub state: kit::Tag,
    pub facts: Vec<kit::Term>,
    /// The witness confirms or denies.
    pub answer: Option<(kit::Form, kit::Form)>,
    /// HR sends it back.
    pub send_back: Option<kit::Form>,
}

/// The form of a score.
pub struct Giving {
    pub form: kit::Form,
    pub indicators: Vec<kit::Choice>,
    pub witnesses: Vec<kit::Choice>,
}

impl View<'_> {
    pub(super) fn scores(&self) -> Part {
        let (id, sheet) = (self.sheet.opened.id, self.sheet);
        let complete =
            sheet.reviewed.is_none() && sheet.ungraded.is_none() && sheet.missing_scores(self.cycle).is_empty();
        let review = complete && self.cycle.frozen.is_none() && self.may(&Act::ReviewScores { appraisal: id });
        Part {
            given: sheet.scores.iter().map(|score| self.score(score)).collect(),
            give: self.giving(),
            review: review.then(|| self.form("review_scores", id)),
        }
    }

    fn score(&self, score: &Score) -> Given {
        let t = self.t;
        let tone = match score.standing() {
            Standing::Valid => kit::Tone::Success,
            Standing::Unconfirmed => kit::Tone::Warn,
            Standing::Denied | Standing::Returned => kit::Tone::Danger,
            Standing::Replaced => kit::Tone::Neutral,
        };
        Given {
            anchor: format!("score-{}", score.given.id),
            indicator: self.indicator_name(&score.given.indicator).to_owned(),
            points: t.points(&score.points().0),
            state: kit::Tag::new(tone, t.get(&format!("standing-{}", score.standing().as_str()))),
            facts: self.score_facts(score),
            answer: self.answer(score),
            send_back: self.send_back(score),
        }
    }

    fn score_facts(&self, score: &Score) -> Vec<kit::Term> {
        let (t, basis) = (self.t, &score.given.basis);
        let weight = self.sheet.assessors.iter().find(|assessor| assessor.person == score.given.rater);
        let rater = self.names.person(score.given.rater).to_owned();
        let assessor = match weight {
            Some(assessor) => {
                t.with("score-assessor-weight", &[("name", rater), ("weight", t.points(&assessor.weight.0))])
            }
            None => rater,
        };
        let in_text = || t.get("score-in-text");
        let mut facts = vec![
            kit::Term::new(t.get("score-assessor"), format!("{assessor} · {}", t.moment(&score.stamp.at))),
            kit::Term::new(t.get("score-what"), basis.what.clone()),
            kit::Term::new(t.get("score-when"), basis.when.map_or_else(in_text, |day| t.day(&day))),
            kit::Term::new(t.get("score-where"), basis.place.clone().unwrap_or_else(in_text)),
            kit::Term::new(t.get("score-saw"), self.names.person(basis.witness)),
            kit::Term::new(t.get("score-confirmation"), self.confirmation(score)),
        ];
        if let Some((reason, stamp)) = &score.returned {
            let back = t.with("score-returned", &[("by", self.by(stamp)), ("reason", reason.clone())]);
            facts.push(kit::Term::new(t.get("score-review-said"), back));
        }
        if score.adjusted.is_some() {
            facts.push(kit::Term::new(t.get("score-before"), t.points(&score.given.points.0)));
        }
        facts
    }

    /// What the witness answered, and when; or until when the answer is due.
    fn confirmation(&self, score: &Score) -> String {
        let t = self.t;
        match &score.confirmation {
            Some(answer) if answer.confirmed => t.with("score-confirmed", &[("by", self.by(&answer.stamp))]),
            Some(answer) => {
                let reason = answer.reason.clone().unwrap_or_default();
                t.with("score-denied", &[("by", self.by(&answer.stamp)), ("reason", reason)])
            }
            None => t.with("score-waits", &[("day", t.day(&score.given.due))]),
        }
    }

    /// The answer is asked of the witness alone.
    fn answer(&self, score: &Score) -> Option<(kit::Form, kit::Form)> {
        let confirm = Act::ConfirmScore { appraisal: self.sheet.opened.id, score: score.given.id };
        let asked = score.standing() == Standing::Unconfirmed && self.may(&confirm) && self.cycle.frozen.is_none();
        let form = |act: &str| self.form(act, score.given.id).fix("score", score.given.id);
        asked.then(|| (form("confirm_score"), form("deny_score")))
    }

    fn send_back(&self, score: &Score) -> Option<kit::Form> {
        let act = Act::ReturnScore { appraisal: self.sheet.opened.id, score: score.given.id, reason: String::new() };
        let live = matches!(score.standing(), Standing::Valid | Standing::Unconfirmed);
        let may = live && self.cycle.frozen.is_none() && self.may(&act);
        may.then(|| self.form("return_score", score.given.id).fix("score", score.given.id))
    }

    /// The indicators the reader still owes a score.
    fn giving(&self) -> Option<Giving> {
        let me = self.me()?;
        let tied = self.ties.of(self.sheet.opened.person).is_apart_from(me);
        if self.cycle.frozen.is_some() || self.sheet.ungraded.is_some() || tied {
            return None;
        }
        let owed = self.sheet.missing_scores(self.cycle).into_iter().filter(|(assessor, _)| *assessor == me);
        let choice = |(_, code): (_, String)| kit::Choice::new(code.clone(), self.indicator_name(&code));
        let indicators: Vec<kit::Choice> = owed.map(choice).collect();
        (!indicators.is_empty()).then(|| Giving {
            form: self.form("give_score", self.sheet.opened.id),
            indicators,
            witnesses: self.colleagues(|row| row.project_lead && row.person_id != me.0),
        })
    }
}
