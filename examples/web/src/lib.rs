//! An HTTP service on axum: commands in, views out, and live changes as server-sent events.
//!
//! | request | answer |
//! |---|---|
//! | `POST /items` `{"sku", "name"}` | 201, and where the item is |
//! | `POST /items/{sku}/receive` `{"quantity"}` | 204 |
//! | `POST /items/{sku}/pick` `{"quantity"}` | 204, or 422 when there are too few |
//! | `GET /items?limit=50&after={sku}` | a page of items |
//! | `GET /items/{sku}` | one item |
//! | `GET /items/live` | server-sent events: the items, and how they change |
//!
//! - A command answers with the header `Eventsource-Position`. A read that carries it back waits until the view shows what was written.
//! - A command that carries an `Idempotency-Key`, a UUID, can be sent again after a broken connection: it is carried out once.
//! - Every error is `application/problem+json` (RFC 9457).

#![forbid(unsafe_code)]

mod commands;
mod headers;
mod problem;
mod stock;
mod views;

use axum::Router;
use axum::routing::{get, post};
use eventsource_core::prelude::*;
use eventsource_core::store::AnyStore;

/// What every handler is given: cheap to clone.
pub type Stock = App<AnyStore>;

/// The service of a running app.
pub fn router(stock: Stock) -> Router {
    Router::new()
        .route("/items", post(commands::register).get(views::list))
        .route("/items/live", get(views::live))
        .route("/items/{sku}", get(views::one))
        .route("/items/{sku}/receive", post(commands::receive))
        .route("/items/{sku}/pick", post(commands::pick))
        .fallback(problem::no_such_resource)
        .method_not_allowed_fallback(problem::no_such_method)
        .with_state(stock)
}
