//! Read models beside the log. A store without them passes.

mod leases;
mod outbox;
mod pages;
mod queries;
mod records;
mod shadows;
mod tables;
mod versions;
mod writes;

use std::sync::Arc;

pub use leases::*;
pub use outbox::*;
pub use pages::*;
pub use queries::*;
pub use records::*;
pub use shadows::*;
pub use tables::*;
pub use versions::*;
pub use writes::*;

use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{open, payload};
use super::record::unclaimed;
use crate::store::{
    ColumnSpec, ColumnType, EventStore as _, Fingerprint, OutboxEntry, Query, Row, Value,
    ViewStore, ViewTable, ViewWrite,
};
use crate::{Position, Timestamp};

async fn views<F: StoreFactory>(factory: &F) -> Option<Arc<dyn ViewStore>> {
    let views = open(factory).await.views();
    if views.is_none() {
        unclaimed();
    }
    views
}

fn at(position: u64) -> Position {
    Position::from_raw(position)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// People by name, with a unique address that may be missing, and an age.
fn people() -> ViewTable {
    table(
        "people",
        1,
        vec![
            ColumnSpec::new("name", ColumnType::Text, false).key(true),
            ColumnSpec::new("address", ColumnType::Text, true).unique(true),
            ColumnSpec::new("age", ColumnType::Integer, false).index(true),
        ],
    )
}

fn table(name: &str, version: u32, columns: Vec<ColumnSpec>) -> ViewTable {
    let described: Vec<_> = columns
        .iter()
        .map(|column| format!("column {}: {}", column.name, column.column_type))
        .collect();
    let description = described.join("\n");
    let fingerprint = Fingerprint::of([description.as_bytes()]);
    ViewTable::new(name, version, columns, fingerprint, description)
}

fn person(name: &str, address: Option<&str>, age: i64) -> Row {
    let address = address.map_or(Value::Null, text);
    vec![text(name), address, Value::Integer(age)]
}

fn write(from: u64, to: u64, upserts: Vec<Row>, deletes: Vec<Value>) -> ViewWrite {
    let mut write = ViewWrite::new(at(from), at(to));
    write.upserts = upserts;
    write.deletes = deletes;
    write
}

/// A command of this id, due so many microseconds after 1970.
fn entry(id: u128, due: i64) -> OutboxEntry {
    OutboxEntry::new(
        Uuid::from_u128(id),
        text("ada"),
        "suite.note",
        1,
        payload("outbox"),
        Timestamp::from_micros(due),
        b"origin".to_vec(),
    )
}

async fn all(views: &dyn ViewStore, table: &ViewTable) -> Vec<Row> {
    let rows = views.query(table, Query::default()).await;
    rows.expect("all rows are read")
}

async fn checkpoint(views: &dyn ViewStore, table: &ViewTable) -> Position {
    let checkpoint = views.checkpoint(table).await;
    checkpoint.expect("the checkpoint is read")
}
