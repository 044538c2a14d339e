//! Identifiers: UUIDv7 made by the application, one type per noun so that they cannot be mixed up.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// A unit or section of the authority.
    UnitId
    /// A person on the roster.
    PersonId
    /// A way to sign in.
    AccountId
    /// A file of source data.
    BatchId
    /// An indicator of the library.
    IndicatorId
    /// One run of a regime.
    CycleId
    /// One person in one cycle.
    AppraisalId
    /// One line of a goal sheet; keeps its id from version to version.
    GoalId
    /// One qualitative score.
    ScoreId
    /// An appeal against a score or a grade.
    AppealId
    /// One unit's list of grades in one cycle.
    SlateId
    /// A public notice.
    NoticeId
    /// A tip that waits for the inspector.
    TipId
    /// An objection to a notice.
    ObjectionId
    /// A recusal that was raised on an appraisal.
    RecusalId
    /// A proposal that follows from a result.
    OutcomeId
    /// Something that looks wrong.
    FindingId
    /// A look at somebody's ties.
    LookId
}
