//! Who is tied to whom, so that nobody sits over a relative or a partner in business.
//!
//! Pure: no I/O, no clock, nothing of appraisals. What the sources say goes into a [`Register`] as ties (somebody is the
//! parent, the spouse or the sibling of somebody), each with where it comes from and when it holds. A [`Graph`] is that
//! register as it stands on one day, laid out to be walked quickly. From it follow
//!
//! - the legal [`Class`] of a pair (公务员法 74, 公务员回避规定 5), in a few microseconds: [`Graph::class`];
//! - why: the shortest [`Path`] from one to the other, with what they call each other in Chinese and in English;
//! - the exact [`Kinship`] coefficient of a pair;
//! - all [`Relation`]s among a set of staff, and what changes in them with one new record: [`StaffRelations`];
//! - business ties over a shared contractor or client: [`Dealings`];
//! - what declarations and registers say against each other, and what was not declared: [`contradictions`],
//!   [`undeclared`].
//!
//! ```text
//!     sources ──> Register ──(day)──> Graph ──> Class, Path, Term, Kinship, StaffRelations
//!                                       └─────> Dealings ──> BusinessTie
//! ```
//!
//! Nothing here depends on the order in which ties were recorded, and adding or retracting records gives what a rebuild
//! would give.

mod ancestry;
mod business;
mod class;
mod contradiction;
mod declaration;
mod derive;
mod graph;
mod individual;
mod kinship;
mod path;
mod register;
mod term;
mod tie;

pub use business::{
    BusinessTie, Company, CompanyTie, Dealing, Dealings, Project, Role, Volume, Window, shared_companies,
};
pub use class::Class;
pub use contradiction::{Contradiction, contradictions};
pub use declaration::{Undeclared, declared_by, undeclared};
pub use derive::{Relation, StaffRelations};
pub use graph::{Graph, Link};
pub use individual::{Individual, Profile, Sex};
pub use kinship::{Kinship, NoKinship};
pub use path::{Move, Path, Step};
pub use register::{Amendment, Register, SelfTie};
pub use term::Term;
pub use tie::{Evidence, Kind, Nature, Source, Strength, Tie};
