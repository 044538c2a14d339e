//! Refusals: why an act did not happen. The sentence a person reads is in `locales/*/refusals.ftl`
//! under `refusal-<reason>`; a test holds the two lists together.

use serde::Serialize;

/// An act that did not happen, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}{}", reason.as_str(), args.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>())]
pub struct Refusal {
    /// Which sentence.
    pub reason: Reason,
    /// What the sentence is filled with.
    pub args: Vec<(&'static str, String)>,
}

impl Refusal {
    /// Fill a place of the sentence.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Refusal { reason, args: Vec::new() }
    }
}

/// What kind of refusal: decides the status code of the faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The thing is not there, or not there for this reader.
    Missing,
    /// The input is not well formed.
    Invalid,
    /// It came too early, too late, or twice.
    State,
}

macro_rules! reasons {
    ($($class:ident { $($(#[$doc:meta])* $name:ident = $text:literal),* $(,)? })*) => {
        /// Every reason that the domain refuses for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        pub enum Reason {
            $($($(#[$doc])* #[serde(rename = $text)] $name,)*)*
        }

        impl Reason {
            /// All of them, for the test that each has its sentence.
            pub const ALL: &[Reason] = &[$($(Reason::$name,)*)*];

            /// The name used in locales and in the API.
            pub fn as_str(self) -> &'static str {
                match self { $($(Reason::$name => $text,)*)* }
            }

            /// What kind of refusal it is.
            pub fn class(self) -> Class {
                match self { $($(Reason::$name => Class::$class,)*)* }
            }
        }
    };
}

reasons! {
    Missing {
        /// The id names nothing that this reader may know of.
        NotFound = "not-found",
    }
    Invalid {
        /// A required text is empty. `field`
        TextMissing = "text-missing",
        /// A text is longer than its limit. `field`, `limit`
        TextTooLong = "text-too-long",
        /// Points outside 0 to 100. `points`
        PointsOutOfRange = "points-out-of-range",
        /// Weights do not total 100. `what`, `total`
        WeightsNotHundred = "weights-not-hundred",
        /// The indicator is not in this person's set. `indicator`
        IndicatorUnknown = "indicator-unknown",
        /// A quantitative indicator is never scored by hand. `indicator`
        QuantitativeByHand = "quantitative-by-hand",
        /// The person is not on the roster.
        PersonUnknown = "person-unknown",
        /// Somebody is looked up beside themselves.
        SamePerson = "same-person",
        /// The witness is no project lead, or is the rater or the rated. `person`
        WitnessUnfit = "witness-unfit",
        /// A sheet on paper is by somebody whom the law keeps out of this person's case.
        RaterTied = "rater-tied",
        /// A sheet on paper rests on the word of such a person.
        WitnessTied = "witness-tied",
        /// The basis lies outside the cycle. `from`, `to`
        BasisOutsidePeriod = "basis-outside-period",
        /// The person has no duty on this appraisal.
        NoDuty = "no-duty",
        /// The same person named twice.
        NamedTwice = "named-twice",
        /// An assessor may not assess themself.
        AssessorIsSubject = "assessor-is-subject",
        /// The grade is not one of the regime. `grade`
        GradeUnknown = "grade-unknown",
        /// The regime is not known. `regime`
        RegimeUnknown = "regime-unknown",
        /// The regime does not know this kind of cycle. `kind`
        CycleKindUnknown = "cycle-kind-unknown",
        /// The period ends before it begins, or a deadline lies outside it.
        PeriodUnfit = "period-unfit",
        /// The file was not found among the uploads. `name`
        AttachmentUnknown = "attachment-unknown",
        /// Too many attachments. `limit`
        AttachmentsTooMany = "attachments-too-many",
        /// The formula was not understood. `detail`
        FormulaUnfit = "formula-unfit",
        /// Only HR officers are of one unit; this role is of the whole authority.
        RoleOfAuthority = "role-of-authority",
        /// There is no such unit.
        UnitUnknown = "unit-unknown",
        /// A password or second factor is set on its own page, where the secret travels beside the act.
        SecretMissing = "secret-missing",
        /// The signing key is no public key that a person signs with.
        SigningKeyUnfit = "signing-key-unfit",
        /// The act is to be signed, and no signature came with it.
        SignatureMissing = "signature-missing",
        /// The signature is not of this act under the key that is enrolled.
        SignatureWrong = "signature-wrong",
        /// A signature came with an act that is not signed, or from somebody without a key.
        SignatureUnasked = "signature-unasked",
        /// The login is not made of letters, digits, dots and dashes, or is too short.
        LoginUnfit = "login-unfit",
        /// Percentages lie between 0 and 100.
        PercentUnfit = "percent-unfit",
        /// The quota share is none that the regime allows. `allowed`
        QuotaShareUnfit = "quota-share-unfit",
        /// Nobody can be chosen for this step. `step`
        DeciderUnfit = "decider-unfit",
        /// The substitute has a part in the case already, or stays out of it, too. `field`
        SubstituteUnfit = "substitute-unfit",
        /// Whoever is named is neither on the roster nor entered as a third party for this appraisal.
        NotOfThisAppraisal = "not-of-this-appraisal",
        /// The third party's ID number is that of somebody on the roster. `name`
        ThirdPartyIsStaff = "third-party-is-staff",
        /// A third party's account is for one appraisal and holds no role.
        ThirdPartyHasNoRole = "third-party-has-no-role",
        /// The goal sheet is empty.
        GoalsEmpty = "goals-empty",
        /// Too many goals. `limit`
        GoalsTooMany = "goals-too-many",
        /// Nothing differs from the version before.
        NothingChanged = "nothing-changed",
        /// Too many relatives in one declaration. `limit`
        RelativesTooMany = "relatives-too-many",
        /// The declarant names themself. `line`
        RelativeIsSelf = "relative-is-self",
        /// One relative named twice. `line`
        RelativeTwice = "relative-twice",
        /// The word for the relation is not known. `relation`, `line`
        RelationUnknown = "relation-unknown",
        /// The identity number does not pass its checks. `line`
        IdNumberUnfit = "id-number-unfit",
        /// A relation that begins in the future, or ends before it begins. `line`
        RelativeDatesUnfit = "relative-dates-unfit",
        /// Whoever takes a finding is an inspector, and not the person it is about.
        InspectorUnfit = "inspector-unfit",
        /// A finding rests until a day after today, and no longer than a year. `latest`
        SilenceUnfit = "silence-unfit",
        /// The year's holidays are not yet published. `year`
        YearUnpublished = "year-unpublished",
    }
    State {
        /// A look would show a way that leads over whoever looks.
        LookerConcerned = "looker-concerned",
        /// The same key was used for another act.
        KeyReused = "key-reused",
        /// Somebody who is appraised is not erased. `cycle`
        StillAppraised = "still-appraised",
        /// Waiting for another step of the same sheet.
        GoalsWaiting = "goals-waiting",
        /// There is no version that waits for this step.
        NothingWaiting = "nothing-waiting",
        /// A newer version than the one decided on is there. `version`
        VersionPassed = "version-passed",
        /// The goals are not confirmed yet.
        GoalsUnconfirmed = "goals-unconfirmed",
        /// This goal is not in the confirmed sheet.
        GoalUnknown = "goal-unknown",
        /// This person gets no grade in this cycle.
        NotGraded = "not-graded",
        /// HR has frozen scoring.
        ScoringFrozen = "scoring-frozen",
        /// Scoring is not frozen yet.
        ScoringOpen = "scoring-open",
        /// The score was answered already.
        AlreadyAnswered = "already-answered",
        /// Scores are still missing or void. `count`
        ScoresIncomplete = "scores-incomplete",
        /// Already done.
        AlreadyDone = "already-done",
        /// The time for this is over. `until`
        TooLate = "too-late",
        /// The time for this has not come. `until`
        TooEarly = "too-early",
        /// Whether this person stays out is being decided already.
        RecusalPending = "recusal-pending",
        /// The third party has scored: the entry stays.
        ThirdPartyActed = "third-party-acted",
        /// Somebody from outside was entered for this appraisal before. `name`
        ThirdPartyTwice = "third-party-twice",
        /// Somebody has declared since the form was opened.
        DeclaredMeanwhile = "declared-meanwhile",
        /// Nobody is named to score.
        AssessorsMissing = "assessors-missing",
        /// Whether somebody stays out is not decided yet. `count`
        RecusalsOpen = "recusals-open",
        /// Appeals are still open. `count`
        AppealsOpen = "appeals-open",
        /// An appeal against the same thing is open.
        AppealPending = "appeal-pending",
        /// The quota of the top grade is used up. `quota`, `base`, `grade`
        QuotaExceeded = "quota-exceeded",
        /// The list is with the next step and can't be changed now.
        SlateSubmitted = "slate-submitted",
        /// Lines were held back from the review and wait for another. `count`
        LinesHeld = "lines-held",
        /// Not everyone on the list has a grade. `count`
        SlateIncomplete = "slate-incomplete",
        /// A person barred from the top grade. `why`
        TopGradeBarred = "top-grade-barred",
        /// Objections are open. `count`
        ObjectionsOpen = "objections-open",
        /// An objection was upheld and what it is against is still published. `count`
        CorrectionDue = "correction-due",
        /// The notice is closed.
        NoticeClosed = "notice-closed",
        /// The grades are not published yet, or the notice still runs.
        NoticeRunning = "notice-running",
        /// A post type has no set of indicators that totals 100. `post_type`, `total`
        IndicatorsIncomplete = "indicators-incomplete",
        /// Nobody is left to appraise.
        NobodyToAppraise = "nobody-to-appraise",
        /// This cycle has been opened already. `title`
        CycleExists = "cycle-exists",
        /// The login is taken.
        LoginTaken = "login-taken",
        /// The person has an account.
        AccountExists = "account-exists",
        /// The rows were imported already; nothing changes.
        NothingNew = "nothing-new",
        /// The rows that were laid down are not those the batch names, or they are on record already.
        RowsDiffer = "rows-differ",
        /// The grade is not fixed yet.
        GradeOpen = "grade-open",
        /// Not overdue.
        NotOverdue = "not-overdue",
        /// An outcome of this kind is proposed or approved already.
        OutcomeExists = "outcome-exists",
        /// The cycle still has open work. `count`
        CycleUnfinished = "cycle-unfinished",
        /// The cycle is closed.
        CycleClosed = "cycle-closed",
        /// The cycle is not closed yet, so there is no survey.
        SurveyNotOpen = "survey-not-open",
        /// The survey takes no answers any more. `until`
        SurveyOver = "survey-over",
        /// No answer of the scale. `field`
        AnswerUnfit = "answer-unfit",
        /// Everybody was asked to declare this year. `year`
        AllAsked = "all-asked",
        /// Nothing new looks wrong.
        NothingFound = "nothing-found",
        /// The finding is closed.
        FindingClosed = "finding-closed",
        /// Nothing is confirmed before the person concerned was asked.
        NotHeard = "not-heard",
        /// The person concerned still has time to answer. `until`
        ReplyPending = "reply-pending",
    }
}
