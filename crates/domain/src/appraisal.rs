//! An appraisal 考核表: one person in one cycle, the aggregate everything hangs on. Its state is folded
//! from its events and from nothing else.

use crate::{
    actor::{Assignee, Stamp},
    appeal::Appeal,
    composite::Composite,
    context::{Context, optional_text},
    cycle::{Cycle, Ungraded},
    event::Event,
    goal,
    id::{AppraisalId, CycleId, PersonId, UnitId},
    progress::Report,
    recusal::{Decision, Recusal},
    refusal::{Reason, Refusal},
    score::{Assessor, Computed, Confirmation, Provenance, Score, Standing},
    survey::Answers,
    third_party::ThirdParty,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An appraisal was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its id.
    pub id: AppraisalId,
    /// The cycle.
    pub cycle: CycleId,
    /// Whose it is.
    pub person: PersonId,
    /// Their unit at opening.
    pub unit: UnitId,
    /// Their section at opening.
    pub section: Option<UnitId>,
    /// Which indicator set.
    pub post_type: String,
    /// Their direct leader at opening.
    pub leader: Option<PersonId>,
    /// Who takes 部门审核.
    pub endorser: Assignee,
    /// Who takes 单位确认.
    pub confirmer: Assignee,
    /// Who scores the qualitative indicators.
    pub assessors: Vec<Assessor>,
    /// Why there will be no grade, and the fact behind it.
    pub ungraded: Option<(Ungraded, String)>,
    /// Goals are proposed by.
    pub goals_due: Date,
    /// Assessors have scored by.
    pub scoring_due: Date,
}

/// The person's signature under the result (公务员法 38).
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// Agrees with the result.
    pub agrees: bool,
    /// The opinion.
    pub opinion: Option<String>,
    /// When and by whom.
    pub stamp: Stamp,
}

/// An appraisal as its record tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Appraisal {
    /// How it was opened.
    pub opened: Opened,
    /// When and by whom.
    pub stamp: Stamp,
    /// Why there is no grade, as it stands.
    pub ungraded: Option<(Ungraded, String)>,
    /// The assessors as they stand.
    pub assessors: Vec<Assessor>,
    /// Every version of the goals.
    pub goals: Vec<goal::Version>,
    /// Progress, oldest first.
    pub progress: Vec<Report>,
    /// Computed values by indicator, and when each was computed.
    pub computed: BTreeMap<String, (Computed, Stamp)>,
    /// Qualitative scores, oldest first, replaced ones too.
    pub scores: Vec<Score>,
    /// Paper sheets that could not be taken over, and why.
    pub unfit_sheets: Vec<(Provenance, String)>,
    /// HR has reviewed the scores.
    pub reviewed: Option<Stamp>,
    /// Appeals, oldest first.
    pub appeals: Vec<Appeal>,
    /// Recusals, oldest first.
    pub recusals: Vec<Recusal>,
    /// People from outside who were entered for it.
    pub third_parties: Vec<ThirdParty>,
    /// The composite as fixed at freezing or by an appeal.
    pub composite: Option<(Composite, Stamp)>,
    /// The final grade, and the day by which the person signs.
    pub grade: Option<(String, Date, Stamp)>,
    /// The person's signature.
    pub signature: Option<Signature>,
    /// The person's answers to the survey, and when; the answers are nothing once they were erased.
    pub survey: Option<(Option<Answers>, Stamp)>,
    /// Steps that were escalated: to-do key and when.
    pub escalated: Vec<(String, Stamp)>,
}

impl Appraisal {
    /// Fold a record; none if its first event opens no appraisal.
    pub fn fold<'a>(record: impl IntoIterator<Item = (&'a Event, Stamp)>) -> Option<Self> {
        let mut record = record.into_iter();
        let mut appraisal = match record.next()? {
            (Event::AppraisalOpened(opened), stamp) => Self::new(opened, stamp),
            _ => return None,
        };
        for (event, stamp) in record {
            appraisal.apply(event, stamp);
        }
        Some(appraisal)
    }

    fn new(opened: &Opened, stamp: Stamp) -> Self {
        Appraisal {
            stamp,
            ungraded: opened.ungraded.clone(),
            assessors: opened.assessors.clone(),
            opened: opened.clone(),
            goals: Vec::new(),
            progress: Vec::new(),
            computed: BTreeMap::new(),
            scores: Vec::new(),
            unfit_sheets: Vec::new(),
            reviewed: None,
            appeals: Vec::new(),
            recusals: Vec::new(),
            third_parties: Vec::new(),
            composite: None,
            grade: None,
            signature: None,
            survey: None,
            escalated: Vec::new(),
        }
    }

    /// Take one event in. An event that names something unknown changes nothing: `decide` never emits one.
    pub fn apply(&mut self, event: &Event, stamp: Stamp) {
        match event {
            Event::ParticipationChanged { ungraded } => self.ungraded = ungraded.clone(),
            Event::AssessorsNamed { assessors } => self.assessors = assessors.clone(),
            Event::GoalsProposed(proposed) => self.goals.push(goal::Version {
                proposed: proposed.clone(),
                stamp,
                endorsed: None,
                confirmed: None,
                returned: None,
            }),
            Event::GoalsEndorsed { version, due } => {
                self.with_version(*version, |goals| goals.endorsed = Some((stamp, *due)));
            }
            Event::GoalsConfirmed { version } => self.with_version(*version, |goals| goals.confirmed = Some(stamp)),
            Event::GoalsReturned { version, step, reason, due } => self.with_version(*version, |goals| {
                goals.returned = Some(goal::Returned { step: *step, reason: reason.clone(), due: *due, stamp });
            }),
            Event::ProgressReported(reported) => self.progress.push(Report { reported: reported.clone(), stamp }),
            Event::ScoresComputed { values } => {
                for value in values {
                    // A value that did not change keeps the time it was first seen.
                    let known = self.computed.get(&value.indicator).is_some_and(|(old, _)| old == value);
                    if !known {
                        self.computed.insert(value.indicator.clone(), (value.clone(), stamp));
                    }
                }
            }
            Event::ScoreGiven(given) => {
                for score in &mut self.scores {
                    score.replaced |= score.given.rater == given.rater && score.given.indicator == given.indicator;
                }
                self.reviewed = None;
                self.scores.push(Score {
                    given: given.clone(),
                    stamp,
                    confirmation: None,
                    returned: None,
                    replaced: false,
                    adjusted: None,
                });
            }
            Event::ScoreConfirmed { score, .. } => self.with_score(score, |score| {
                score.confirmation = Some(Confirmation { confirmed: true, reason: None, stamp });
            }),
            Event::ScoreDenied { score, reason } => self.with_score(score, |score| {
                score.confirmation = Some(Confirmation { confirmed: false, reason: Some(reason.clone()), stamp });
            }),
            Event::ScoreReturned { score, reason } => {
                self.reviewed = None;
                self.with_score(score, |score| score.returned = Some((reason.clone(), stamp)));
            }
            Event::SheetUnfit { source, reason } => self.unfit_sheets.push((*source, reason.clone())),
            Event::ScoresReviewed => self.reviewed = Some(stamp),
            Event::AppealFiled(filed) => self.appeals.push(Appeal {
                filed: filed.clone(),
                stamp,
                decider: None,
                decision: None,
                withdrawn: None,
            }),
            Event::AppealAssigned { appeal, decider } => {
                self.with_appeal(appeal, |appeal| appeal.decider = Some((*decider, stamp)));
            }
            Event::AppealDecided { appeal, verdict, reasons } => {
                self.with_appeal(appeal, |appeal| appeal.decision = Some((*verdict, reasons.clone(), stamp)));
                self.adjust(*appeal, *verdict);
            }
            Event::AppealWithdrawn { appeal } => self.with_appeal(appeal, |appeal| appeal.withdrawn = Some(stamp)),
            Event::RecusalRaised(raised) => {
                self.recusals.push(Recusal { raised: raised.clone(), stamp, decision: None });
            }
            Event::RecusalDecided { recusal, recused, reasons, substitute } => {
                let (recused, reasons, substitute) = (*recused, reasons.clone(), *substitute);
                self.decide_recusal(*recusal, Decision { recused, reasons, substitute, stamp });
            }
            Event::ThirdPartyEntered(entered) => {
                match self.third_parties.iter_mut().find(|known| known.id == entered.id) {
                    Some(known) => *known = entered.clone(),
                    None => self.third_parties.push(entered.clone()),
                }
            }
            Event::CompositeFixed(composite) => self.composite = Some(((**composite).clone(), stamp)),
            Event::GradeFixed { grade, sign_by } => self.grade = Some((grade.clone(), *sign_by, stamp)),
            Event::ResultSigned { agrees, opinion } => {
                self.signature = Some(Signature { agrees: *agrees, opinion: opinion.clone(), stamp });
            }
            Event::SurveyAnswered { answers } => self.survey = Some((*answers, stamp)),
            Event::Escalated { todo, .. } => self.escalated.push((todo.clone(), stamp)),
            _ => {}
        }
    }

    fn with_version(&mut self, version: u32, change: impl FnOnce(&mut goal::Version)) {
        if let Some(goals) = self.goals.iter_mut().find(|goals| goals.proposed.version == version) {
            change(goals);
        }
    }

    fn with_score(&mut self, id: &crate::id::ScoreId, change: impl FnOnce(&mut Score)) {
        if let Some(score) = self.scores.iter_mut().find(|score| score.given.id == *id) {
            change(score);
        }
    }

    fn with_appeal(&mut self, id: &crate::id::AppealId, change: impl FnOnce(&mut Appeal)) {
        if let Some(appeal) = self.appeals.iter_mut().find(|appeal| appeal.filed.id == *id) {
            change(appeal);
        }
    }

    /// Whoever stays out leaves no score behind, neither given nor vouched for; what is fixed already stays fixed.
    fn decide_recusal(&mut self, id: crate::id::RecusalId, decision: Decision) {
        let Some(recusal) = self.recusals.iter_mut().find(|recusal| recusal.raised.id == id) else { return };
        let concerned = recusal.raised.concerned;
        if decision.recused && self.composite.is_none() {
            let theirs = |score: &&mut Score| score.given.rater == concerned || score.given.basis.witness == concerned;
            for score in self.scores.iter_mut().filter(theirs) {
                if matches!(score.standing(), Standing::Valid | Standing::Unconfirmed) {
                    score.returned = Some((decision.reasons.clone().unwrap_or_default(), decision.stamp));
                    self.reviewed = None;
                }
            }
        }
        recusal.decision = Some(decision);
    }

    /// Who acts where this person would: the substitute, where they stay out and one was named.
    pub(crate) fn in_place_of(&self, person: PersonId) -> PersonId {
        let decided = self.recusals.iter().filter(|recusal| recusal.raised.concerned == person);
        let substitute = decided.filter_map(|recusal| recusal.decision.as_ref()?.substitute).next_back();
        substitute.unwrap_or(person)
    }

    fn adjust(&mut self, appeal: crate::id::AppealId, verdict: crate::appeal::Verdict) {
        let target = self.appeals.iter().find(|known| known.filed.id == appeal).map(|known| known.filed.target.clone());
        if let (Some(crate::appeal::Target::Score(score)), crate::appeal::Verdict::Adjusted(points)) = (target, verdict)
        {
            self.with_score(&score, |score| score.adjusted = Some((appeal, points)));
        }
    }

    /// Refuse when there will be no grade.
    pub fn graded(&self) -> Result<(), Refusal> {
        if self.ungraded.is_some() { Err(Reason::NotGraded.into()) } else { Ok(()) }
    }

    /// Appeals that are not decided.
    pub fn open_appeals(&self) -> usize {
        self.appeals.iter().filter(|appeal| appeal.is_open()).count()
    }

    /// Where it stands, in one word.
    pub fn stage(&self) -> Stage {
        let waiting_goals = self.confirmed_goals().is_none();
        match () {
            () if self.signature.is_some() => Stage::Signed,
            () if self.grade.is_some() => Stage::Graded,
            () if self.composite.is_some() => Stage::Scored,
            () if self.ungraded.is_some() => Stage::Ungraded,
            () if self.reviewed.is_some() => Stage::Reviewed,
            () if self.scores.iter().any(|score| score.standing() == Standing::Valid) => Stage::Scoring,
            () if waiting_goals => Stage::Goals,
            () => Stage::Working,
        }
    }
}

/// Where an appraisal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Goals are being agreed.
    Goals,
    /// Work goes on; no score yet.
    Working,
    /// Scores come in.
    Scoring,
    /// HR has reviewed the scores.
    Reviewed,
    /// The composite is fixed.
    Scored,
    /// The grade is final.
    Graded,
    /// The person has signed.
    Signed,
    /// There will be no grade.
    Ungraded,
}

impl Stage {
    /// All stages.
    pub const ALL: [Stage; 8] = [
        Stage::Goals,
        Stage::Working,
        Stage::Scoring,
        Stage::Reviewed,
        Stage::Scored,
        Stage::Graded,
        Stage::Signed,
        Stage::Ungraded,
    ];

    /// The name in tables and locales.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Goals => "goals",
            Stage::Working => "working",
            Stage::Scoring => "scoring",
            Stage::Reviewed => "reviewed",
            Stage::Scored => "scored",
            Stage::Graded => "graded",
            Stage::Signed => "signed",
            Stage::Ungraded => "ungraded",
        }
    }
}

pub(crate) fn sign(appraisal: &Appraisal, agrees: bool, opinion: &str) -> Result<Event, Refusal> {
    if appraisal.grade.is_none() {
        return Err(Reason::GradeOpen.into());
    }
    if appraisal.signature.is_some() {
        return Err(Reason::AlreadyDone.into());
    }
    let opinion = if agrees {
        optional_text("opinion", opinion, 2000)?
    } else {
        Some(crate::context::text("opinion", opinion, 2000)?)
    };
    Ok(Event::ResultSigned { agrees, opinion })
}

/// HR marks a person as not graded, or takes that back, before scoring is frozen.
pub(crate) fn change_participation(
    _ctx: &Context,
    cycle: &Cycle,
    appraisal: &Appraisal,
    ungraded: Option<Ungraded>,
    note: &str,
) -> Result<Event, Refusal> {
    cycle.scoring_open()?;
    let note = crate::context::text("note", note, 500)?;
    let ungraded = ungraded.map(|reason| (reason, note));
    if appraisal.ungraded.as_ref().map(|(reason, _)| reason) == ungraded.as_ref().map(|(reason, _)| reason) {
        return Err(Reason::NothingChanged.into());
    }
    Ok(Event::ParticipationChanged { ungraded })
}
