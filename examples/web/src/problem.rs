//! Errors out, as `application/problem+json` (RFC 9457).

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use eventsource_core::prelude::*;
use serde::{Serialize, Serializer};

use crate::stock::ItemError;

/// A status, a type for programs to go by, and a title for people.
type Kind = (StatusCode, &'static str, &'static str);

const BAD_REQUEST: Kind = (
    StatusCode::BAD_REQUEST,
    "/problems/bad-request",
    "The request cannot be read",
);
const NOT_FOUND: Kind = (
    StatusCode::NOT_FOUND,
    "/problems/not-found",
    "There is no such item",
);
const EXISTS: Kind = (
    StatusCode::CONFLICT,
    "/problems/exists",
    "There is such an item already",
);
const CONFLICT: Kind = (
    StatusCode::CONFLICT,
    "/problems/conflict",
    "Others change the item at the same time",
);
const REJECTED: Kind = (
    StatusCode::UNPROCESSABLE_ENTITY,
    "/problems/rejected",
    "The item cannot do that",
);
const KEY_REUSED: Kind = (
    StatusCode::UNPROCESSABLE_ENTITY,
    "/problems/key-reused",
    "The idempotency key was used for another command",
);
const UNAVAILABLE: Kind = (
    StatusCode::SERVICE_UNAVAILABLE,
    "/problems/unavailable",
    "The service cannot answer now",
);
const INTERNAL: Kind = (
    StatusCode::INTERNAL_SERVER_ERROR,
    "/problems/internal",
    "The service has failed",
);

/// What went wrong.
#[derive(Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    #[serde(serialize_with = "number")]
    status: StatusCode,
    detail: String,
}

impl Problem {
    fn new((status, kind, title): Kind, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            kind,
            title,
            status,
            detail,
        }
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(BAD_REQUEST, detail)
    }

    pub fn not_found() -> Self {
        Self::new(NOT_FOUND, "register it first")
    }

    /// What users can neither mend nor understand is for the operator to read.
    fn internal(error: &dyn std::error::Error) -> Self {
        eprintln!("{error}");
        Self::new(INTERNAL, "the operator was told")
    }
}

/// Each reason for which a command is not carried out is of a kind.
impl From<ExecuteError<ItemError>> for Problem {
    fn from(error: ExecuteError<ItemError>) -> Self {
        let kind = match &error {
            ExecuteError::Rejected(_) => REJECTED,
            ExecuteError::NotFound { .. } => NOT_FOUND,
            ExecuteError::AlreadyExists { .. } => EXISTS,
            ExecuteError::Conflict { .. } => CONFLICT,
            ExecuteError::CommandIdReused { .. } => KEY_REUSED,
            ExecuteError::Id { .. } => BAD_REQUEST,
            // Sent again under the same key, the command is carried out once.
            ExecuteError::Unknown { .. } | ExecuteError::Store(_) | ExecuteError::ShutDown => {
                UNAVAILABLE
            }
            _ => return Self::internal(&error),
        };
        Self::new(kind, error.to_string())
    }
}

impl From<&ViewError> for Problem {
    fn from(error: &ViewError) -> Self {
        match error {
            ViewError::Building { .. }
            | ViewError::Timeout { .. }
            | ViewError::Stopped(_)
            | ViewError::Store(_)
            | ViewError::ShutDown => Self::new(UNAVAILABLE, error.to_string()),
            _ => Self::internal(error),
        }
    }
}

impl From<ViewError> for Problem {
    fn from(error: ViewError) -> Self {
        Self::from(&error)
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self {
            status: rejection.status(),
            ..Self::bad_request(rejection.body_text())
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::bad_request(rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = [(CONTENT_TYPE, "application/problem+json")];
        let status = self.status;
        let response = (status, kind, Json(self)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            ([(RETRY_AFTER, "1")], response).into_response()
        } else {
            response
        }
    }
}

pub async fn no_such_resource() -> Problem {
    let title = "There is no such resource";
    let kind = (StatusCode::NOT_FOUND, "about:blank", title);
    Problem::new(kind, "the items are at /items")
}

pub async fn no_such_method() -> Problem {
    let title = "The resource has no such method";
    let kind = (StatusCode::METHOD_NOT_ALLOWED, "about:blank", title);
    Problem::new(kind, "the header `Allow` lists those that it has")
}

// serde hands fields out by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn number<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
