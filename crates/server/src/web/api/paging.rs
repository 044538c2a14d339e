//! Slices of lists.

use crate::web::{error::PageError, locale::Sentence};
use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use serde::{Deserialize, Serialize};
use store::query::Slice;
use utoipa::{IntoParams, ToSchema};

/// The most items of one answer.
pub const MOST: u64 = 200;
/// How many items there are if nobody asks for another number.
const USUAL: u64 = 50;

/// Which part of a list is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// What `next` was in the answer before; left out: from the beginning.
    after: Option<String>,
    /// How many items at most.
    #[serde(default = "usual")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u64,
}

fn usual() -> u64 {
    USUAL
}

fn unfit() -> PageError {
    PageError::BadInput(Sentence::new("api-slice-unfit").arg("most", MOST))
}

impl Asked {
    /// Where a list goes on that is not ordered by id.
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// How many items, and one more to see whether there are any after them.
    pub fn most(&self) -> u64 {
        self.limit + 1
    }

    /// A slice of a list that is ordered by id.
    pub fn slice(&self) -> Result<Slice, PageError> {
        let after = self.after.as_deref().map(str::parse).transpose().map_err(|_| unfit())?;
        Ok(Slice { after, most: self.most() })
    }

    /// The answer: of what was found, as many as were asked for.
    pub fn answer<Row, Item>(
        &self,
        mut found: Vec<Row>,
        place: impl Fn(&Row) -> String,
        item: impl Fn(Row) -> Item,
    ) -> Part<Item> {
        let more = found.len() as u64 > self.limit;
        found.truncate(self.limit as usize);
        let next = found.last().filter(|_| more).map(place);
        Part { items: found.into_iter().map(item).collect(), next }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let Query(asked) = Query::<Asked>::from_request_parts(parts, state).await.map_err(|_| unfit())?;
        if (1..=MOST).contains(&asked.limit) { Ok(asked) } else { Err(unfit()) }
    }
}

/// Part of a list.
#[derive(Serialize, ToSchema)]
pub struct Part<T> {
    /// The items.
    pub items: Vec<T>,
    /// To be sent as `after` for the part that follows; null: this is the last one.
    pub next: Option<String>,
}
