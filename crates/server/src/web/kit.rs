//! What the pages are made of: the typed arguments of the macros in `templates/kit/`, and the frame of `base.html`.
//!
//! A value here holds words that are already in the reader's language, or data; what the kit itself says comes from
//! `locales/*/kit.ftl`. `templates/kit/README.md` lists the macros.

mod chart;
mod form;
mod frame;
mod parts;
#[cfg(test)]
mod tests;

pub use chart::{Chart, Curve, Datum, Series, Spot};
pub use form::{Choice, FieldError, Form};
pub use frame::{Flash, NavItem, Page, SignedIn};
pub use parts::{
    Addend, Answer, Arithmetic, Attachment, Cell, CellLink, Change, Column, Crumb, Deadline, Event, Histogram,
    PageLink, Pagination, Person, Progress, Stat, Step, StepState, Tab, Table, Tag, Term, Todo, Tone,
};
