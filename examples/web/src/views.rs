//! Views out: at once, or as soon as they show what was written, or live.

use std::convert::Infallible;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use eventsource_core::app::{Change, View};
use eventsource_core::prelude::*;
use eventsource_core::store::AnyStore;
use futures_util::{Stream, StreamExt};
use serde::Deserialize;

use crate::Stock;
use crate::headers::After;
use crate::problem::Problem;
use crate::stock::Shelf;

const PAGE: usize = 50;
const LARGEST_PAGE: usize = 1_000;

#[derive(Deserialize)]
pub struct Page {
    limit: Option<usize>,
    /// The last item of the page before.
    after: Option<String>,
}

pub async fn one(
    State(stock): State<Stock>,
    Path(sku): Path<String>,
    After(position): After,
) -> Result<Json<Shelf>, Problem> {
    let row = view(&stock, position).get(&sku).await?;
    row.map(Json).ok_or_else(Problem::not_found)
}

pub async fn list(
    State(stock): State<Stock>,
    page: Result<Query<Page>, QueryRejection>,
    After(position): After,
) -> Result<Json<Vec<Shelf>>, Problem> {
    let Query(page) = page?;
    let limit = page.limit.unwrap_or(PAGE).min(LARGEST_PAGE);
    let mut list = view(&stock, position).list().limit(limit);
    if let Some(sku) = page.after {
        list = list.after_key(&sku);
    }
    Ok(Json(list.await?))
}

/// The items that there are, and then each change: `inserted`, `updated` or `removed`, with the item. A browser that loses the connection
/// opens it again and begins anew with the items.
pub async fn live(
    State(stock): State<Stock>,
    After(position): After,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = view(&stock, position).stream();
    let events = changes.map(|change| {
        let event = match &change {
            Ok(Change::Inserted(row)) => Event::default().event("inserted").json_data(row),
            Ok(Change::Updated(row)) => Event::default().event("updated").json_data(row),
            Ok(Change::Removed(row)) => Event::default().event("removed").json_data(row),
            Ok(_) => Ok(Event::default().comment("a change of a newer kind")),
            Err(error) => Event::default()
                .event("problem")
                .json_data(Problem::from(error)),
        };
        Ok(event.unwrap_or_else(|_| Event::default().event("problem")))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

fn view(stock: &Stock, position: Option<Position>) -> View<'_, AnyStore, Shelf> {
    match position {
        Some(position) => stock.view().after(position),
        None => stock.view(),
    }
}
