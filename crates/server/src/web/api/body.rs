//! Bodies that programs send.

use crate::web::{error::PageError, locale::Sentence};
use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use std::error::Error;

/// A JSON body; what does not fit is refused with a sentence that says where.
pub struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let innermost = |error: &dyn Error| match error.source() {
            Some(source) => source.to_string(),
            None => error.to_string(),
        };
        match Json::from_request(request, state).await {
            Ok(Json(body)) => Ok(Sent(body)),
            Err(JsonRejection::JsonDataError(error)) => Err(unfit(innermost(&error)).into_response()),
            Err(JsonRejection::JsonSyntaxError(error)) => {
                let what = Sentence::new("api-no-json").arg("detail", innermost(&error));
                Err(PageError::BadInput(what).into_response())
            }
            // Too large, or of another media type: the status says it all.
            Err(other) => Err(other.into_response()),
        }
    }
}

/// The body is JSON, but not as it is described.
pub fn unfit(detail: impl ToString) -> PageError {
    PageError::BadInput(Sentence::new("api-body-unfit").arg("detail", detail.to_string()))
}
