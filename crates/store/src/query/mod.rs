//! Reading: one module per page or list. Nothing here changes anything. What is about other people goes
//! through a [`Reader`], which is made for an actor and shows what policy lets that actor see.

mod batch;
mod desk;
mod list;
mod one;
mod people;
mod scope;

pub use batch::{BatchEntry, SourceRow, ValueSource};
pub use desk::TodoLine;
pub use list::{Slice, TodoPlace};
pub(crate) use people::KnownNames;
pub use people::{AccountLine, Names};

use crate::Store;
use domain::actor::Actor;

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
