//! A regime 考核制度: the numbers of the law that one kind of staff is appraised by, read from `regimes/<id>.toml`.
//!
//! Every value carries the article it rests on and whether its text was read; what is not verified is shown to the HR
//! officer as such. A file that contradicts itself is refused with a sentence that names the place.

mod check;

use serde::{Deserialize, Serialize};

pub use check::BadRegime;

/// The kinds of cycle there are: 平时, 专项, 年度, 任期.
pub const KINDS: [&str; 4] = ["routine", "special", "annual", "tenure"];

/// One kind of staff, and how it is appraised. Periods are in working days unless the field says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// Stable word: `civil_servant`, `public_institution`, `leading_cadre`, `enterprise`.
    pub id: String,
    /// What people call it.
    pub title: Text,
    /// The words of the roster's 编制类型 that put a person under this regime, besides the id itself.
    pub staff_kinds: Vec<String>,
    /// Which of [`KINDS`] there are. Nobody under the regime is appraised in any other recurring way.
    pub kinds: Vec<String>,
    /// What the regime itself rests on.
    pub source: Source,
    /// Grades 等次 of annual, special and tenure cycles, best first.
    pub grades: Vec<Grade>,
    /// What is recorded for a person who gets no grade.
    pub ungraded: Option<Ungraded>,
    /// The scale of routine cycles, where they are graded.
    pub routine: Option<Routine>,
    /// How many may get the top grade.
    pub quota: Quota,
    /// Who gets no grade, or not every grade.
    pub not_graded: NotGraded,
    /// Publicity 公示.
    pub notice: Notice,
    /// Objections to a notice 异议.
    pub objection: Objection,
    /// Appeals against a score, a local rule.
    pub appeal: Appeal,
    /// 复核 and 申诉 against a grade, where the law gives them.
    pub statutory_review: Option<StatutoryReview>,
    /// How long each step may wait before it escalates.
    pub deadlines: Deadlines,
    /// Who approves what, in order.
    pub chains: Chains,
    /// What a grade may lead to. Proposals only: a person decides.
    #[serde(default)]
    pub results: Vec<ResultUse>,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What a value rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Law and article, or that it is a local rule.
    pub basis: String,
    /// True if the text of the article was read; a local rule is false until the authority confirms it.
    pub verified: bool,
}

/// A grade 等次.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// Stable word in ASCII snake case.
    pub id: String,
    /// 1 is the top grade.
    pub rank: u32,
    /// What the law calls it.
    pub title: Text,
    /// What it rests on.
    pub source: Source,
}

/// The place of a person who gets no grade 不定等次, which is on no scale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ungraded {
    /// Stable word in ASCII snake case.
    pub id: String,
    /// What the law calls it.
    pub title: Text,
    /// What it rests on.
    pub source: Source,
}

/// The scale of routine cycles 平时考核.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routine {
    /// Grades, best first.
    pub grades: Vec<Grade>,
    /// The largest share of the top grade, in percent.
    pub top_share_pct: u32,
    /// What the share rests on.
    pub source: Source,
}

/// The largest share of the top grade. A hard stop, not a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// In percent of those who are to be graded; the count is rounded down, see [`quota`].
    pub top_share_pct: u32,
    /// What the share is of.
    pub denominator: Text,
    /// What the share rests on.
    pub source: Source,
    /// The higher share that a document may grant.
    pub raised: Option<Share>,
    /// The lower share that a unit may be held to.
    pub lowered: Option<Share>,
}

/// Another share of the top grade, under a condition that a document proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// In percent.
    pub pct: u32,
    /// When it applies.
    pub condition: Text,
    /// What it rests on.
    pub source: Source,
}

/// Who gets no grade, or not every grade. The reason is recorded and shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotGraded {
    /// Newcomers get a comment only.
    pub probation: Option<Probation>,
    /// Sick or personal leave beyond this: no grade.
    pub leave: Option<Leave>,
    /// Under investigation: no grade now, added when the case is closed.
    pub investigation: Option<Source>,
    /// A warning 警告 in the year bars these grades.
    pub warning: Option<Warning>,
}

/// How long a newcomer is on probation 试用期.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probation {
    /// In months from the day of joining.
    pub months: u32,
    /// What it rests on.
    pub source: Source,
}

/// How much leave leaves nothing to grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// More than this many months of the year, as the law says it.
    pub over_months: u32,
    /// More than this many working days, as attendance counts it.
    pub over_workdays: u32,
    /// What it rests on.
    pub source: Source,
}

/// Which grades a warning in the year bars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// Grade ids.
    pub bars: Vec<String>,
    /// What it rests on.
    pub source: Source,
}

/// Publicity 公示. A correction restarts the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// How long it stays up.
    pub workdays: u32,
    /// The least that the law allows; none where no law speaks.
    pub minimum: Option<u32>,
    /// The grades that are published, by id.
    pub grades: Vec<String>,
    /// What it rests on.
    pub source: Source,
}

/// Objections 异议 to a notice. An open one blocks closing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// HR replies within.
    pub reply_workdays: u32,
    /// What it rests on.
    pub source: Source,
}

/// Appeals against a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appeal {
    /// Filed within, after the score was seen.
    pub file_workdays: u32,
    /// Decided within, by someone who neither scored nor confirmed.
    pub decide_workdays: u32,
    /// What it rests on.
    pub source: Source,
}

/// 复核, 申诉 and 再申诉 against a grade, in calendar days. The result stays in force meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatutoryReview {
    /// The grades that may be taken there, by id.
    pub grades: Vec<String>,
    /// What the choice of grades rests on.
    pub source: Source,
    /// 复核, by the body that decided.
    pub review: Remedy,
    /// 申诉, by the body above.
    pub appeal: Remedy,
    /// How many days there are to go to 申诉 without 复核; none where 复核 must come first.
    pub direct_appeal_days: Option<u32>,
    /// 再申诉, by the body above that.
    pub second_appeal: Option<Remedy>,
}

/// One stage of review, in calendar days (the first is not counted, a last day that is off rolls forward).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Filed within, after the decision was received.
    pub file_days: u32,
    /// Decided within.
    pub decide_days: u32,
    /// By how much the decision may be put off once; 0 if not at all.
    #[serde(default)]
    pub extension_days: u32,
    /// What it rests on.
    pub source: Source,
}

/// Working days that each step may wait before it escalates. Nothing is ever approved by waiting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlines {
    /// A step of a goal sheet: endorsed by the department, confirmed by the unit, corrected after a return.
    pub goal_step: u32,
    /// The witness confirms or denies the example of a score.
    pub confirm_score: u32,
    /// HR reviews the scores.
    pub review_scores: u32,
    /// A step of a unit's grades: proposed, reviewed, fixed.
    pub slate_step: u32,
    /// A signature under an outcome.
    pub outcome_step: u32,
    /// The person signs the written result.
    pub sign: u32,
    /// Whoever was appraised answers the survey after closing, or does not: nobody is late with it.
    pub survey: u32,
    /// What they rest on.
    pub source: Source,
}

/// Who approves what, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chains {
    /// Goals 目标: 员工提报, then these.
    pub goal: Vec<GoalStep>,
    /// Outcomes 结果应用: one person for each.
    pub outcome: Vec<OutcomeStep>,
    /// What they rest on.
    pub source: Source,
}

/// Who approves a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalStep {
    /// 部门审核
    DepartmentHead,
    /// 单位确认
    UnitHead,
}

/// Who signs an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeStep {
    /// 部门推荐
    Recommend,
    /// 人力资源部审核
    Hr,
    /// 总经理、市政府审批
    Approve,
}

/// What a grade, or a run of it, may lead to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultUse {
    /// The grade, by id.
    pub grade: String,
    /// After how many years with this grade.
    pub years: u32,
    /// Whether the years must follow each other.
    pub in_a_row: bool,
    /// What may be proposed.
    pub effect: Text,
    /// What it rests on.
    pub source: Source,
}

impl Regime {
    /// Reads a regime file and checks that it does not contradict itself. Grades come out best first.
    ///
    /// # Errors
    ///
    /// [`BadRegime`], the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, BadRegime> {
        let mut regime: Regime = toml::from_str(text).map_err(BadRegime::Unreadable)?;
        regime.grades.sort_by_key(|grade| grade.rank);
        if let Some(routine) = &mut regime.routine {
            routine.grades.sort_by_key(|grade| grade.rank);
        }
        regime.check()?;
        Ok(regime)
    }

    /// Whether a person with this 编制类型 is appraised under it.
    pub fn covers(&self, staff_kind: &str) -> bool {
        self.id == staff_kind || self.staff_kinds.iter().any(|word| word == staff_kind)
    }

    /// The grades that a kind of cycle is graded by, best first: routine cycles have a scale of their own where the
    /// regime gives one.
    pub fn scale(&self, kind: &str) -> &[Grade] {
        self.routine_of(kind).map_or(&self.grades, |routine| &routine.grades)
    }

    /// The largest share of the top grade in a kind of cycle, in percent, and what it rests on.
    pub fn top_share(&self, kind: &str) -> (u32, &Source) {
        self.routine_of(kind)
            .map_or((self.quota.top_share_pct, &self.quota.source), |routine| (routine.top_share_pct, &routine.source))
    }

    /// The shares that a document may set instead, by their conditions. The scale of routine cycles has none.
    pub fn other_shares(&self, kind: &str) -> Vec<&Share> {
        match self.routine_of(kind) {
            Some(_) => Vec::new(),
            None => [&self.quota.raised, &self.quota.lowered].into_iter().flatten().collect(),
        }
    }

    fn routine_of(&self, kind: &str) -> Option<&Routine> {
        self.routine.as_ref().filter(|_| kind == "routine")
    }

    /// A grade of any of its scales.
    pub fn grade(&self, id: &str) -> Option<&Grade> {
        self.grades.iter().chain(self.routine.iter().flat_map(|routine| &routine.grades)).find(|grade| grade.id == id)
    }

    /// What each part rests on, for the page that shows HR which values are not verified.
    pub fn sources(&self) -> Vec<(&'static str, &Source)> {
        let graded = self.grades.iter().map(|grade| ("grades", &grade.source));
        let others = [
            Some(("regime", &self.source)),
            self.ungraded.as_ref().map(|grade| ("ungraded", &grade.source)),
            self.routine.as_ref().map(|routine| ("routine", &routine.source)),
            Some(("quota", &self.quota.source)),
            self.quota.raised.as_ref().map(|share| ("quota.raised", &share.source)),
            self.quota.lowered.as_ref().map(|share| ("quota.lowered", &share.source)),
            self.not_graded.probation.as_ref().map(|rule| ("not_graded.probation", &rule.source)),
            self.not_graded.leave.as_ref().map(|rule| ("not_graded.leave", &rule.source)),
            self.not_graded.investigation.as_ref().map(|source| ("not_graded.investigation", source)),
            self.not_graded.warning.as_ref().map(|rule| ("not_graded.warning", &rule.source)),
            Some(("notice", &self.notice.source)),
            Some(("objection", &self.objection.source)),
            Some(("appeal", &self.appeal.source)),
            self.statutory_review.as_ref().map(|law| ("statutory_review", &law.source)),
            self.statutory_review.as_ref().map(|law| ("statutory_review.review", &law.review.source)),
            self.statutory_review.as_ref().map(|law| ("statutory_review.appeal", &law.appeal.source)),
            self.statutory_review
                .as_ref()
                .and_then(|law| law.second_appeal.as_ref())
                .map(|stage| ("statutory_review.second_appeal", &stage.source)),
            Some(("deadlines", &self.deadlines.source)),
            Some(("chains", &self.chains.source)),
        ];
        let routine = self.routine.iter().flat_map(|routine| &routine.grades);
        let routine = routine.map(|grade| ("routine.grades", &grade.source));
        let results = self.results.iter().map(|result| ("results", &result.source));
        others.into_iter().flatten().chain(graded).chain(routine).chain(results).collect()
    }
}

/// How many of `headcount` may get a grade whose share is `share_pct` percent: rounded down (公务员考核规定; 四舍五入 would
/// exceed the share). Exact for every headcount.
pub fn quota(headcount: u32, share_pct: u32) -> u32 {
    let count = u64::from(headcount) * u64::from(share_pct.min(100)) / 100;
    u32::try_from(count).expect("a share of at most 100 % is at most the headcount")
}
