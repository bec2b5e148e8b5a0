//! The two headers of the service, from and to HTTP.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use eventsource_core::prelude::*;
use uuid::Uuid;

use crate::problem::Problem;

/// How far the log is after a command; how far a view has to be for a read.
pub const POSITION: &str = "eventsource-position";

/// The id of a command, so that it is carried out once however often it is sent.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The position that a view has to have passed before it is read.
pub struct After(pub Option<Position>);

/// What is known of a command.
pub struct Known(pub Metadata);

impl<S: Sync> FromRequestParts<S> for After {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let position = parsed::<u64>(&parts.headers, POSITION, "a position that a command told")?;
        Ok(Self(position.map(Position::from_raw)))
    }
}

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let id = parsed::<Uuid>(&parts.headers, IDEMPOTENCY_KEY, "a UUID")?;
        Ok(Self(id.map_or_else(Metadata::new, |id| {
            Metadata::new().command_id(id)
        })))
    }
}

fn parsed<T: std::str::FromStr>(
    headers: &HeaderMap,
    name: &str,
    expected: &str,
) -> Result<Option<T>, Problem> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let value = value.to_str().ok().and_then(|value| value.parse().ok());
    value
        .map(Some)
        .ok_or_else(|| Problem::bad_request(format!("the header {name} is not {expected}")))
}
