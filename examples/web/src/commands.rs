//! Commands in: each request is one command, and each answer tells how far the log is.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use eventsource_core::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::Stock;
use crate::headers::{Known, POSITION};
use crate::problem::Problem;
use crate::stock::{Pick, Receive, Register};

/// A body that is not what it should be is a problem too.
type Body<T> = Result<Json<T>, JsonRejection>;

#[derive(Deserialize)]
pub struct Quantity {
    quantity: u32,
}

pub async fn register(
    State(stock): State<Stock>,
    Known(metadata): Known,
    body: Body<Register>,
) -> Result<Response, Problem> {
    let Json(command) = body?;
    let receipt = stock.execute_with(command, metadata).await?;
    // An id is any text; in a path, what is more than a letter or a digit is written in hexadecimal.
    let sku = utf8_percent_encode(receipt.stream().id(), NON_ALPHANUMERIC);
    let location = format!("/items/{sku}");
    Ok((StatusCode::CREATED, [(LOCATION, location)], told(&receipt)).into_response())
}

pub async fn receive(
    State(stock): State<Stock>,
    Path(sku): Path<String>,
    Known(metadata): Known,
    body: Body<Quantity>,
) -> Result<Response, Problem> {
    let Json(Quantity { quantity }) = body?;
    let command = Receive { sku, quantity };
    let receipt = stock.execute_with(command, metadata).await?;
    Ok((StatusCode::NO_CONTENT, told(&receipt)).into_response())
}

pub async fn pick(
    State(stock): State<Stock>,
    Path(sku): Path<String>,
    Known(metadata): Known,
    body: Body<Quantity>,
) -> Result<Response, Problem> {
    let Json(Quantity { quantity }) = body?;
    let command = Pick { sku, quantity };
    let receipt = stock.execute_with(command, metadata).await?;
    Ok((StatusCode::NO_CONTENT, told(&receipt)).into_response())
}

/// The header that a read carries back to see what was written.
fn told(receipt: &Receipt) -> [(&'static str, String); 1] {
    [(POSITION, receipt.position().to_string())]
}
