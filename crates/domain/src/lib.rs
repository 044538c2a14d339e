//! The words and rules of appraisal: people, cycles, acts, events, and how an act becomes events.
//!
//! Pure: no clock, no randomness, no files, no SQL. An [`act::Act`] is decided by [`decide::decide`] on a
//! [`decide::Case`]; what comes out are [`event::Event`]s, and every state is folded from them again.

pub mod account;
pub mod act;
pub mod actor;
pub mod appeal;
pub mod appraisal;
pub mod batch;
pub mod calendar;
pub mod composite;
pub mod context;
pub mod cycle;
pub mod decide;
pub mod declaration;
pub mod event;
pub mod finding;
pub mod formula;
pub mod goal;
pub mod id;
pub mod identity;
pub mod import;
pub mod indicator;
pub mod look;
pub mod notice;
pub mod outcome;
pub mod points;
pub mod progress;
pub mod recusal;
pub mod refusal;
pub mod regime;
pub mod roster;
pub mod score;
pub mod slate;
pub mod survey;
pub mod third_party;
pub mod ties;
pub mod tip;
pub mod todo;
