//! What is on record for a table: how far it is, and why it does not go on.

use eventsource_core::Position;
use eventsource_core::store::{Stop, TableRecord, ViewStoreError, ViewTable};

use super::tables;
use crate::PostgresStore;
use crate::read;
use crate::sql::signed;

const DOING: &str = "reading what is on record for a read model";

pub(super) async fn record(
    store: &PostgresStore,
    table: &ViewTable,
) -> Result<TableRecord, ViewStoreError> {
    store.writer().check_open()?;
    let statement = store.view_tables().own(
        "SELECT checkpoint, target, stop FROM @.\"@projections\"
         WHERE name = $1 AND version = $2 AND shadow = $3",
    );
    let rows = read::query(
        store.database(),
        DOING,
        &statement,
        &[&table.name, &i64::from(table.version), &table.shadow],
    )
    .await?;
    let row = rows
        .first()
        .ok_or_else(|| ViewStoreError::not_open(table))?;
    let unreadable = |error| ViewStoreError::Store(store.place().postgres(DOING, &error));
    let number = |column| row.try_get::<_, i64>(column).map_err(unreadable);
    let stop: Option<&str> = row.try_get(2).map_err(unreadable)?;
    Ok(TableRecord::new(
        Position::from_raw(number(0)?.unsigned_abs()),
        Position::from_raw(number(1)?.unsigned_abs()),
        stop.map(Stop::decode),
    ))
}

/// Puts a stop on record, under the term that is named.
pub(super) async fn put_stop(
    store: &PostgresStore,
    table: &ViewTable,
    term: Option<u64>,
    stop: &Stop,
) -> Result<(), ViewStoreError> {
    store.writer().check_open()?;
    let statement = store.view_tables().own(
        "UPDATE @.\"@projections\" SET stop = $5
         WHERE name = $1 AND version = $2 AND shadow = $3 AND ($4::bigint IS NULL OR term = $4) RETURNING true",
    );
    // Words for people, in which PostgreSQL keeps no NUL.
    let stop = stop.encode().replace('\0', "\u{fffd}");
    let put = read::query(
        store.database(),
        "putting a stop on record",
        &statement,
        &[
            &table.name,
            &i64::from(table.version),
            &table.shadow,
            &term.map(signed),
            &stop,
        ],
    )
    .await?;
    if put.is_empty() {
        tables::state(store, table).await?;
        return Err(ViewStoreError::Deposed {
            projection: table.name.clone(),
        });
    }
    Ok(())
}
