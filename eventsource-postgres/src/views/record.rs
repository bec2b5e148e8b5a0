//! What is on record for a table: how far it is, and why it does not go on.

use eventsource_core::Position;
use eventsource_core::store::{Stop, TableRecord, TableVersion, ViewStoreError, ViewTable};

use super::names::check_name;
use super::tables;
use crate::PostgresStore;
use crate::read;
use crate::session;
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
    let number = |column| row.try_get::<i64>(column).map_err(unreadable);
    let stop: Option<&str> = row.try_get(2).map_err(unreadable)?;
    Ok(TableRecord::new(
        Position::from_raw(number(0)?.unsigned_abs()),
        Position::from_raw(number(1)?.unsigned_abs()),
        stop.map(Stop::decode),
    ))
}

/// The versions of a read model, from the lowest on.
pub(super) async fn versions(
    store: &PostgresStore,
    name: &str,
) -> Result<Vec<TableVersion>, ViewStoreError> {
    store.writer().check_open()?;
    check_name(store.place(), name)?;
    let statement = store.view_tables().own(
        "SELECT version, began, checkpoint FROM @.\"@projections\"
         WHERE name = $1 AND NOT shadow ORDER BY version",
    );
    let rows = read::query(store.database(), DOING, &statement, &[&name]).await?;
    let versions = rows.iter().map(|row| {
        let version: i64 = row.try_get(0)?;
        let position = |column| {
            let raw = row.try_get::<i64>(column);
            raw.map(|raw| Position::from_raw(raw.unsigned_abs()))
        };
        Ok(TableVersion::new(
            u32::try_from(version).unwrap_or(u32::MAX),
            position(1)?,
            position(2)?,
        ))
    });
    versions
        .collect::<Result<_, session::Error>>()
        .map_err(|error| store.place().postgres(DOING, &error).into())
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
