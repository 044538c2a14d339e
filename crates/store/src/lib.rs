//! The only SQL of the product: the record, the views folded from it, source data, and queries.
//!
//! There is one way to change anything: [`Store::act`]. It hands the act to the one writer of the
//! authority, which asks policy, decides, and appends inside a single transaction, and which answers
//! only after COMMIT.

mod append;
pub mod attachment;
pub mod audit;
mod brake;
mod connect;
mod keyring;
mod load;
pub mod log;
pub mod query;
mod record;
mod seal;
pub mod secret;
pub mod session;
mod shelf;
pub mod signature;
pub mod snapshot;
pub mod source;
mod stale;
mod table;
mod ties;
mod tree;
pub mod upload;
mod view;
mod writer;

pub use append::Receipt;
pub use connect::Settings;
pub use ledger::Plain;
pub use record::{Permitted, Recorded};
pub use seal::{KeyStore, MasterKey};
pub use stale::Stale;
pub use table::view as tables;

use domain::{context::Rulebook, refusal::Refusal};
use policy::{Denied, Policies};
use sea_orm::DatabaseConnection;
use std::sync::Arc;
use uuid::Uuid;

/// One authority's data.
#[derive(Clone)]
pub struct Store {
    /// To read with.
    db: DatabaseConnection,
    /// To write with. SQLite lets one write at a time and tells the rest to try again; on this one connection they queue, so
    /// that nobody is passed over for as long as acts keep coming.
    pen: DatabaseConnection,
    authority: Uuid,
    name: Arc<str>,
    rules: Arc<Rulebook>,
    policies: Arc<Policies>,
    clock: fn() -> jiff::Timestamp,
    names: query::KnownNames,
    holders: query::KnownHolders,
    cycles: load::KnownCycles,
    ties: ties::KnownTies,
    keys: keyring::Keyring,
    writer: writer::Handle,
}

/// Why something did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The actor may not.
    #[error("not permitted: {}", .0.messages.join(", "))]
    Denied(Box<Denied>),
    /// It can't be done as the case stands.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sea_orm::DbErr),
    /// The record is not what the product wrote.
    #[error("the record is damaged: {0}")]
    Broken(String),
    /// The database does not fit.
    #[error("{0}")]
    Unfit(String),
    /// A value could not be written as JSON or read from it.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A value has no canonical form.
    #[error(transparent)]
    Canonical(#[from] ledger::NotCanonical),
    /// The writer is gone: the process is stopping.
    #[error("the server is stopping; try again in a moment")]
    Stopping,
}

impl Store {
    /// The rules of the day.
    pub fn rules(&self) -> &Rulebook {
        &self.rules
    }

    /// The policies in force.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }
}
