//! The fact tables: the contract between whoever has the data and the detectors (DESIGN, section 6).

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Whole,
    Number,
    /// A day.
    Date,
    /// A moment; without an offset it is UTC.
    Time,
}

/// A column of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    /// Whether a cell may be empty and the whole column absent.
    pub optional: bool,
}

/// A table of the contract. More columns are allowed and the order is free.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Also the name of its file.
    pub name: &'static str,
    pub columns: &'static [Column],
    /// Columns beyond the contract whose names begin so are numbers and are kept.
    pub covariates: Option<&'static str>,
}

const fn must(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, optional: false }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, optional: true }
}

const fn table(name: &'static str, columns: &'static [Column]) -> Table {
    Table { name, columns, covariates: None }
}

use Kind::{Date, Number, Text, Time, Whole};

/// All of them.
pub const TABLES: &[Table] = &[
    table("units", &[must("unit_id", Text), may("parent_id", Text), must("name", Text), may("kind", Text)]),
    table(
        "people",
        &[
            must("person_id", Text),
            must("unit_id", Text),
            may("post", Text),
            may("rank", Text),
            may("leader_id", Text),
            may("joined_on", Date),
        ],
    ),
    table(
        "results",
        &[
            must("cycle", Text),
            must("person_id", Text),
            must("unit_id", Text),
            may("peer_group", Text),
            must("grade", Text),
            must("grade_rank", Whole),
            may("score", Number),
        ],
    ),
    table(
        "grade_counts",
        &[
            must("cycle", Text),
            may("peer_group", Text),
            must("unit_id", Text),
            must("grade", Text),
            must("grade_rank", Whole),
            must("count", Whole),
        ],
    ),
    Table {
        covariates: Some("x_"),
        ..table(
            "scores",
            &[
                must("cycle", Text),
                must("indicator_id", Text),
                must("rater_id", Text),
                must("ratee_id", Text),
                must("score", Number),
                must("max_score", Number),
                may("rater_group", Text),
                may("ratee_group", Text),
                may("given_at", Time),
            ],
        )
    },
    table(
        "observations",
        &[
            must("cycle", Text),
            must("period", Text),
            must("person_id", Text),
            must("unit_id", Text),
            must("indicator_id", Text),
            may("target", Number),
            must("claimed", Number),
            may("recorded", Number),
        ],
    ),
    table(
        "attendance",
        &[
            must("period", Text),
            must("person_id", Text),
            must("late", Whole),
            must("early", Whole),
            must("absent_days", Number),
            must("leave_days", Number),
        ],
    ),
    table(
        "training",
        &[must("period", Text), must("person_id", Text), must("hours_required", Number), must("hours_done", Number)],
    ),
    table(
        "targets",
        &[
            must("cycle", Text),
            must("person_id", Text),
            must("unit_id", Text),
            must("indicator_id", Text),
            must("version", Whole),
            must("value", Number),
            may("changed_by", Text),
            may("changed_at", Time),
        ],
    ),
    table(
        "approvals",
        &[
            must("case_id", Text),
            must("kind", Text),
            must("step", Text),
            must("actor_id", Text),
            may("subject_id", Text),
            must("opened_at", Time),
            must("decided_at", Time),
            must("decision", Text),
        ],
    ),
    table(
        "evidence",
        &[
            must("evidence_id", Text),
            must("cycle", Text),
            must("rater_id", Text),
            must("ratee_id", Text),
            must("indicator_id", Text),
            // A basis that nobody wrote is one that is too thin.
            may("text", Text),
        ],
    ),
    table(
        "relations",
        &[
            must("a_id", Text),
            must("b_id", Text),
            must("kind", Text),
            may("source", Text),
            may("from_date", Date),
            may("to_date", Date),
        ],
    ),
    table("duties", &[must("cycle", Text), must("actor_id", Text), must("subject_id", Text), must("duty", Text)]),
];

impl Table {
    /// The table of this name.
    pub fn named(name: &str) -> Option<&'static Table> {
        TABLES.iter().find(|table| table.name == name)
    }
}

impl Kind {
    /// What a cell of it is called in a message.
    pub fn called(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Whole => "a whole number",
            Self::Number => "a number",
            Self::Date => "a date as in 2025-12-31",
            Self::Time => "a time as in 2025-12-31T09:00:00Z",
        }
    }
}
