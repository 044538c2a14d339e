//! The pages and the API: a handler extracts, acts or reads, and answers.

use crate::{checkpoints::Trust, watching::Scans};
use axum::{Extension, Router, routing::get};
use store::Store;

pub mod account;
pub mod accounts;
pub mod act;
pub mod api;
pub mod appraisal;
pub mod area;
pub mod assessors;
pub mod assets;
pub mod attachment;
pub mod batches;
pub mod bulk;
pub mod cycle;
pub mod declarations;
pub mod error;
pub mod export;
pub mod files;
pub mod findings;
pub mod gallery;
pub mod headers;
pub mod home;
pub mod imports;
pub mod indicator;
pub mod kit;
pub mod ledger;
pub mod locale;
pub mod log;
pub mod looks;
pub mod notice;
pub mod opening;
pub mod origin;
pub mod outcome;
pub mod paging;
pub mod participant;
pub mod password;
pub mod posts;
pub mod random;
pub mod receipt;
pub mod regime;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod signing;
pub mod slate;
pub mod source;
pub mod supervision;
#[cfg(test)]
pub(crate) mod testing;
pub mod tips;
pub mod value;
pub mod verify;
pub mod words;

/// What every handler works with.
#[derive(Clone)]
pub struct App {
    /// The data.
    pub store: Store,
    /// The example city: sign in with one click.
    pub demo: bool,
    /// People reach us over TLS, here or at a proxy in front.
    pub tls: bool,
    /// The check of the whole record that runs, or ran last.
    pub check: ledger::Check,
    /// The look through all facts that goes on, or went last.
    pub scans: Scans,
    /// The keys of its logs and its witnesses; none: nobody signs the record.
    pub trust: Option<Trust>,
}

impl App {
    /// What a server for real people on its own machine works with.
    pub fn new(store: Store) -> Self {
        App { store, demo: false, tls: false, check: ledger::Check::default(), scans: Scans::default(), trust: None }
    }
}

/// The router with everything every page relies on.
pub fn app(app: App) -> Router {
    let tls = app.tls;
    let pages = Router::new()
        .merge(home::routes())
        .merge(sign_in::routes())
        .merge(signing::routes())
        .merge(account::routes())
        .merge(accounts::routes())
        .merge(ledger::routes())
        .merge(log::routes())
        .merge(receipt::routes())
        .merge(verify::routes())
        .merge(act::routes())
        .merge(appraisal::routes())
        .merge(attachment::routes())
        .merge(assessors::routes())
        .merge(cycle::routes())
        .merge(opening::routes())
        .merge(participant::routes())
        .merge(bulk::routes())
        .merge(indicator::routes())
        .merge(slate::routes())
        .merge(notice::routes())
        .merge(outcome::routes())
        .merge(declarations::routes())
        .merge(findings::routes())
        .merge(supervision::routes())
        .merge(regime::routes())
        .merge(imports::routes())
        .merge(batches::routes())
        .merge(value::routes())
        .merge(posts::routes())
        .merge(tips::routes())
        .merge(looks::routes())
        .merge(api::routes())
        .route("/health", get(health))
        .merge(assets::routes())
        .merge(locale::preference_routes())
        .merge(gallery::routes())
        .fallback(|| async { error::PageError::NotFound })
        .layer(Extension(bulk::Desk::default()))
        .layer(axum::middleware::from_fn(origin::own))
        .layer(axum::middleware::from_fn(error::complete))
        .with_state(app);
    headers::secure(pages, tls)
}

async fn health(app: axum::extract::State<App>) -> Result<&'static str, error::PageError> {
    app.store.ping().await?;
    Ok("ok")
}
