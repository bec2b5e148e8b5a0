//! Flaws of order and pages.

use eventsource_core::store::{Query, Row, Value, ViewStore, ViewTable};
use eventsource_core::testing::suite::views as cases;

use crate::flaw::{Answer, Flaw, Flawed};

/// Begins a page behind the last value, and loses the other rows that have it.
#[derive(Default)]
struct PagesByValueAlone;

impl Flaw for PagesByValueAlone {
    fn query<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        mut query: Query,
    ) -> Answer<'a, Vec<Row>> {
        if let (Some(order), Some(key)) = (&query.order, &mut query.after_key) {
            let last = if order.descending { "" } else { "\u{10ffff}" };
            *key = Value::Text(last.to_owned());
        }
        inner.query(table, query)
    }
}

#[test]
fn a_store_that_pages_by_value_alone_is_caught() {
    caught!(
        Flawed<PagesByValueAlone>,
        cases::any_column_orders_and_pages,
        "in pages of 1"
    );
}

/// Puts nulls last, forwards too.
#[derive(Default)]
struct NullsLast;

impl Flaw for NullsLast {
    fn query<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        query: Query,
    ) -> Answer<'a, Vec<Row>> {
        Box::pin(async move {
            let by = query.order.as_ref().and_then(|order| {
                let mut columns = table.columns.iter();
                columns.position(|column| column.name == order.column)
            });
            let mut rows = inner.query(table, query).await?;
            if let Some(place) = by {
                rows.sort_by_key(|row| row[place] == Value::Null);
            }
            Ok(rows)
        })
    }
}

#[test]
fn a_store_that_puts_nulls_last_is_caught() {
    caught!(
        Flawed<NullsLast>,
        cases::any_column_orders_and_pages,
        "by whole, descending: false"
    );
}

/// Looks for the last page's row, and begins anew where it is gone.
#[derive(Default)]
struct PagesByPlace;

impl Flaw for PagesByPlace {
    fn query<'a>(
        &'a self,
        inner: &'a dyn ViewStore,
        table: &'a ViewTable,
        mut query: Query,
    ) -> Answer<'a, Vec<Row>> {
        Box::pin(async move {
            let (Some(key), Some(_)) = (query.after_key.take(), &query.order) else {
                return inner.query(table, query).await;
            };
            query.after_value = None;
            let mut rows = inner.query(table, query).await?;
            let passed = rows.iter().position(|row| row[0] == key);
            Ok(rows.split_off(passed.map_or(0, |place| place + 1)))
        })
    }
}

#[test]
fn a_store_that_pages_by_place_is_caught() {
    caught!(
        Flawed<PagesByPlace>,
        cases::a_page_begins_behind_a_row_that_is_gone,
        "descending: false"
    );
}
