//! What is planted, and which detectors ought to find it.

/// A kind of misconduct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    /// Most of the unit gets the top grade.
    ExcellentHalf,
    /// Three top grades more than the cap.
    OverCap,
    /// The share of top grades doubles, in a unit that gave few.
    ShareJump,
    /// Whoever is just below the cut is lifted above it.
    Bunching,
    /// Claims of one month jump; the records do not.
    CompletionJump,
    /// A third more is claimed than recorded, all year.
    PaddedClaims,
    /// Top grade in spite of a dozen late arrivals in a month.
    TopLate,
    /// Top grade with unmet training hours.
    TopUntrained,
    /// Top grade in a year mostly on leave.
    TopOnLeave,
    /// Top grade with work far behind plan.
    TopBehind,
    /// A rater far too strict.
    SevereRater,
    /// A rater far too lenient.
    LenientRater,
    /// A rater favours a section.
    FavouredSection,
    /// A rater favours a person.
    FavouredPerson,
    /// Three raters raise each other's scores.
    Ring,
    /// One text serves for five people.
    CopiedBasis,
    /// Bases that say nothing.
    ThinBasis,
    /// A target is lowered in November.
    LoweredLate,
    /// A target is moved below the actual in January.
    MovedAfter,
    /// A target at a third of the peers'.
    LowTarget,
    /// A head decides a case of their own.
    SelfApproval,
    /// One person takes both steps.
    TwoSteps,
    /// Dozens of cases are decided within seconds.
    Burst,
    /// One person's cases always wait.
    Stalling,
    /// A rater scores a relative.
    RelatedDuty,
    /// Two of three people have the same score.
    Crowding,
    /// One head decides most cases of all sections.
    Concentration,
}

impl Plant {
    /// All of them.
    pub const ALL: [Plant; 27] = [
        Self::ExcellentHalf,
        Self::OverCap,
        Self::ShareJump,
        Self::Bunching,
        Self::CompletionJump,
        Self::PaddedClaims,
        Self::TopLate,
        Self::TopUntrained,
        Self::TopOnLeave,
        Self::TopBehind,
        Self::SevereRater,
        Self::LenientRater,
        Self::FavouredSection,
        Self::FavouredPerson,
        Self::Ring,
        Self::CopiedBasis,
        Self::ThinBasis,
        Self::LoweredLate,
        Self::MovedAfter,
        Self::LowTarget,
        Self::SelfApproval,
        Self::TwoSteps,
        Self::Burst,
        Self::Stalling,
        Self::RelatedDuty,
        Self::Crowding,
        Self::Concentration,
    ];

    /// Its name in `truth.csv`, and the detector made for it.
    pub fn name_and_detector(self) -> (&'static str, &'static str) {
        match self {
            Self::ExcellentHalf => ("excellent_half", "R001"),
            Self::OverCap => ("over_cap", "R002"),
            Self::ShareJump => ("share_jump", "D001"),
            Self::Bunching => ("bunching", "D003"),
            Self::CompletionJump => ("completion_jump", "D002"),
            Self::PaddedClaims => ("padded_claims", "R006"),
            Self::TopLate => ("top_late", "R003"),
            Self::TopUntrained => ("top_untrained", "R004"),
            Self::TopOnLeave => ("top_on_leave", "R005"),
            Self::TopBehind => ("top_behind", "R013"),
            Self::SevereRater => ("severe_rater", "D004"),
            Self::LenientRater => ("lenient_rater", "D004"),
            Self::FavouredSection => ("favoured_section", "D005"),
            Self::FavouredPerson => ("favoured_person", "D006"),
            Self::Ring => ("ring", "D007"),
            Self::CopiedBasis => ("copied_basis", "D008"),
            Self::ThinBasis => ("thin_basis", "R011"),
            Self::LoweredLate => ("lowered_late", "R009"),
            Self::MovedAfter => ("moved_after", "R010"),
            Self::LowTarget => ("low_target", "R014"),
            Self::SelfApproval => ("self_approval", "R007"),
            Self::TwoSteps => ("two_steps", "R008"),
            Self::Burst => ("burst", "D009"),
            Self::Stalling => ("stalling", "D010"),
            Self::RelatedDuty => ("related_duty", "R012"),
            Self::Crowding => ("crowding", "D011"),
            Self::Concentration => ("concentration", "D012"),
        }
    }
}
