//! What is on record for a table: how far it is, and why it does not go on.

use eventsource_core::store::{self, TableRecord, TableVersion, ViewStoreError, ViewTable};
use rusqlite::{Connection, OptionalExtension, params};

use super::change::Stop;
use super::table::position;

/// `None` when the table is not there.
pub(super) fn read(
    connection: &Connection,
    table: &ViewTable,
) -> Result<Option<TableRecord>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT checkpoint, target, stop FROM eventsource_views
             WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .query_row(params![table.name, table.version, table.shadow], |row| {
            let stop: Option<String> = row.get(2)?;
            Ok(TableRecord::new(
                position(row.get(0)?),
                position(row.get(1)?),
                stop.as_deref().map(store::Stop::decode),
            ))
        })
        .optional()
}

/// The versions of a read model, from the lowest on.
pub(super) fn versions(
    connection: &Connection,
    name: &str,
) -> Result<Vec<TableVersion>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT version, began, checkpoint FROM eventsource_views
             WHERE name = ?1 AND shadow = 0 ORDER BY version",
        )?
        .query_map(params![name], |row| {
            Ok(TableVersion::new(
                row.get(0)?,
                position(row.get(1)?),
                position(row.get(2)?),
            ))
        })?
        .collect()
}

/// Puts a stop on record, under the term that is named.
pub(super) fn stop(
    connection: &Connection,
    table: &ViewTable,
    term: Option<u64>,
    stop: &store::Stop,
) -> Result<(), Stop> {
    let held: Option<i64> = connection
        .prepare_cached(
            "SELECT term FROM eventsource_views WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .query_row(params![table.name, table.version, table.shadow], |row| {
            row.get(0)
        })
        .optional()?;
    let Some(held) = held else {
        return Err(ViewStoreError::not_open(table).into());
    };
    if term.is_some_and(|term| term != held.unsigned_abs()) {
        return Err(ViewStoreError::Deposed {
            projection: table.name.clone(),
        }
        .into());
    }
    put(connection, table, Some(&stop.encode()))?;
    Ok(())
}

/// Takes a stop off the record.
pub(super) fn goes_on(connection: &Connection, table: &ViewTable) -> Result<(), rusqlite::Error> {
    put(connection, table, None)
}

fn put(
    connection: &Connection,
    table: &ViewTable,
    stop: Option<&str>,
) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "UPDATE eventsource_views SET stop = ?4 WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .execute(params![table.name, table.version, table.shadow, stop])
        .map(|_| ())
}
