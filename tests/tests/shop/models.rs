//! The read models, folded by hand as far as their stored checkpoints say, from the log's own rows: SQL and JSON, and nothing of the framework.

use std::collections::BTreeMap;

use rusqlite::Transaction;
use serde_json::Value;

/// The rows of a table: keys, and the other columns in one text.
pub type Rows = BTreeMap<String, String>;

pub fn rows(file: &Transaction<'_>, select: &str) -> Rows {
    let mut select = file.prepare_cached(select).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

/// An event as it stands in the log.
pub struct Logged {
    pub stream: String,
    pub name: String,
    pub payload: Value,
}

impl Logged {
    /// The order that it belongs to: its stream's, or the one that a shipment is for.
    pub fn order(&self) -> String {
        match self.stream.strip_prefix("order-") {
            Some(id) => id.to_owned(),
            None => self.text("order"),
        }
    }

    fn text(&self, field: &str) -> String {
        self.payload[field].as_str().unwrap().to_owned()
    }

    fn number(&self, field: &str) -> u64 {
        self.payload[field].as_u64().unwrap()
    }
}

pub fn logged(file: &Transaction<'_>, after: i64, until: i64) -> Vec<Logged> {
    let mut select = file
        .prepare_cached(
            "SELECT stream, name, payload FROM eventsource_events \
             WHERE position > ?1 AND position <= ?2 ORDER BY position",
        )
        .unwrap();
    let events = select.query_map([after, until], |row| {
        let payload: String = row.get(2)?;
        Ok(Logged {
            stream: row.get(0)?,
            name: row.get(1)?,
            payload: serde_json::from_str(&payload).unwrap(),
        })
    });
    events.unwrap().map(Result::unwrap).collect()
}

/// A fold by hand.
pub trait Fold: Default {
    /// The table's name without its version.
    const NAME: &'static str;
    /// The table's rows.
    const SELECT: &'static str;

    fn fold(&mut self, event: &Logged);

    fn rows(&self) -> Rows;
}

/// Whether a table shows what the whole log comes to, folded from its beginning.
pub fn check_from_scratch<F: Fold>(file: &Transaction<'_>, head: i64) {
    let mut fold = F::default();
    for event in logged(file, 0, head) {
        fold.fold(&event);
    }
    let name = F::NAME;
    assert_eq!(
        rows(file, F::SELECT),
        fold.rows(),
        "{name} is not what the log comes to"
    );
}

/// A read model, and how far it was folded.
#[derive(Default)]
pub struct Model<F> {
    pub at: i64,
    fold: F,
}

impl<F: Fold> Model<F> {
    /// Goes to the stored checkpoint, and compares.
    pub fn check(&mut self, file: &Transaction<'_>) {
        let name = F::NAME;
        let checkpoint: i64 = file
            .query_row(
                "SELECT checkpoint FROM eventsource_views WHERE name = ?1 AND version = 1 AND shadow = 0",
                [name],
                |row| row.get(0),
            )
            .unwrap();
        let at = self.at;
        assert!(
            checkpoint >= at,
            "the checkpoint of {name} went back from {at} to {checkpoint}"
        );
        for event in logged(file, at, checkpoint) {
            self.fold.fold(&event);
        }
        self.at = checkpoint;
        let expected = self.fold.rows();
        let stored = rows(file, F::SELECT);
        for key in expected.keys().chain(stored.keys()) {
            assert_eq!(
                stored.get(key),
                expected.get(key),
                "the row {key:?} of {name} is not what the log up to its checkpoint {checkpoint} comes to"
            );
        }
    }
}

/// Orders and their sum, by customer.
#[derive(Default)]
pub struct Customers(BTreeMap<String, (u64, u64)>);

impl Fold for Customers {
    const NAME: &'static str = "customers";
    const SELECT: &'static str =
        r#"SELECT customer, concat_ws(' ', orders, ordered) FROM "customers@1""#;

    fn fold(&mut self, event: &Logged) {
        if event.name == "order.placed" {
            let (orders, ordered) = self.0.entry(event.text("customer")).or_default();
            *orders += 1;
            *ordered += event.number("total");
        }
    }

    fn rows(&self) -> Rows {
        let rows = self.0.iter();
        rows.map(|(key, (orders, ordered))| (key.clone(), format!("{orders} {ordered}")))
            .collect()
    }
}

/// Placed, revenue, discounts, shipped and booked; no row while nothing has happened.
#[derive(Default)]
pub struct Dashboard(Option<[u64; 5]>);

impl Fold for Dashboard {
    const NAME: &'static str = "dashboard";
    const SELECT: &'static str = r#"SELECT '', concat_ws(' ', placed, revenue, discounts, shipped, booked) FROM "dashboard@1""#;

    fn fold(&mut self, event: &Logged) {
        let row = self.0.get_or_insert_default();
        match event.name.as_str() {
            "order.placed" => row[0] += 1,
            "order.payment_received" => row[1] += event.number("amount"),
            "order.discount_applied" => row[2] += event.number("amount"),
            "order.shipped" => row[3] += 1,
            _ => row[4] += 1,
        }
    }

    fn rows(&self) -> Rows {
        let rows = self.0.iter();
        rows.map(|row| (String::new(), row.map(|it| it.to_string()).join(" ")))
            .collect()
    }
}

/// What has come of an order.
#[derive(Default)]
struct Row {
    customer: String,
    total: u64,
    discount: u64,
    paid: Option<u64>,
    bookings: u32,
    shipments: u32,
}

/// A row an order.
#[derive(Default)]
pub struct Orders(BTreeMap<String, Row>);

impl Fold for Orders {
    const NAME: &'static str = "orders";
    const SELECT: &'static str = r#"SELECT "order", concat_ws(' ', customer, total, discount, ifnull(paid, '-'), bookings, shipments) FROM "orders@1""#;

    fn fold(&mut self, event: &Logged) {
        let row = self.0.entry(event.order()).or_default();
        match event.name.as_str() {
            "order.placed" => {
                row.customer = event.text("customer");
                row.total = event.number("total");
            }
            "order.discount_applied" => row.discount += event.number("amount"),
            "order.payment_received" => row.paid = Some(event.number("amount")),
            "order.shipped" => row.shipments += 1,
            _ => row.bookings += 1,
        }
    }

    fn rows(&self) -> Rows {
        let text = |row: &Row| {
            let Row {
                customer,
                total,
                discount,
                bookings,
                shipments,
                ..
            } = row;
            let paid = row.paid.map_or("-".to_owned(), |paid| paid.to_string());
            format!("{customer} {total} {discount} {paid} {bookings} {shipments}")
        };
        let rows = self.0.iter();
        rows.map(|(key, row)| (key.clone(), text(row))).collect()
    }
}

/// Which orders are booked, by the instances of the process manager.
#[derive(Default)]
pub struct Fulfilment(BTreeMap<String, bool>);

impl Fold for Fulfilment {
    const NAME: &'static str = "fulfilment";
    const SELECT: &'static str = r#"SELECT "order", CAST(booked AS TEXT) FROM "fulfilment@1""#;

    fn fold(&mut self, event: &Logged) {
        *self.0.entry(event.order()).or_default() |= event.name == "shipment.booked";
    }

    fn rows(&self) -> Rows {
        let rows = self.0.iter();
        rows.map(|(key, booked)| (key.clone(), u8::from(*booked).to_string()))
            .collect()
    }
}
