//! Reading: one module per page or list. Nothing here changes anything. What is about other people goes
//! through a [`Reader`], which is made for an actor and shows what policy lets that actor see.

mod accounts;
mod batch;
mod declaration;
mod desk;
mod entries;
mod finding;
mod library;
mod list;
mod look;
mod notice;
mod one;
mod opening;
mod outcome;
mod participant;
mod people;
mod posts;
mod scope;
mod slate;
mod supervision;
mod tips;
mod todo;

pub use accounts::{AccountFilter, AccountLine, AccountNames, AccountState, Accounts};
pub use batch::{BatchEntry, SourceRow, Through, ValueSource};
pub use declaration::DeclarationLine;
pub use entries::{EntryFilter, EntryLine, Proven};
pub use finding::{FindingFilter, FindingLine};
pub use library::{IndicatorLine, Trial};
pub use list::{Slice, TodoPlace};
pub use look::{Concern, OpenDuty, Part, Shows, Taken};
pub use participant::{Narrowing, Only, Participant, UnitStage};
pub use people::{Holder, Names};
pub(crate) use people::{KnownHolders, KnownNames};
pub use posts::Posts;
pub use slate::MemberFacts;
pub use supervision::Complaints;
pub use todo::{TodoGroup, TodoLine};

use crate::Store;
use domain::actor::Actor;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub number: u64,
    /// Rows on a page.
    pub size: u64,
}

impl Page {
    /// The first rows, `size` of them.
    pub fn first(size: u64) -> Self {
        Page { number: 1, size }
    }

    fn offset(self) -> u64 {
        self.number.saturating_sub(1).saturating_mul(self.size)
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paged<T> {
    /// The rows of the page.
    pub rows: Vec<T>,
    /// How many rows the whole list has.
    pub total: u64,
}

/// Reads for one actor.
pub struct Reader<'a> {
    store: &'a Store,
    actor: &'a Actor,
}

impl Store {
    /// Read as this actor may.
    pub fn reader<'a>(&'a self, actor: &'a Actor) -> Reader<'a> {
        Reader { store: self, actor }
    }
}

impl Reader<'_> {
    pub(crate) fn store(&self) -> &Store {
        self.store
    }

    pub(crate) fn actor(&self) -> &Actor {
        self.actor
    }
}
