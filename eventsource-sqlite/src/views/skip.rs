//! Positions that a read model passes over.

use eventsource_core::store::{Skip, ViewTable};
use eventsource_core::{Position, Timestamp};
use rusqlite::{Connection, params};

use super::change::Stop;
use super::table::{checkpoint, not_open, position, signed};
use crate::error::Place;

/// Puts one on record, unless there is one at its position.
pub(super) fn add(
    place: &Place,
    connection: &Connection,
    served: &ViewTable,
    skip: &Skip,
) -> Result<(), Stop> {
    if checkpoint(connection, served)?.is_none() {
        return Err(not_open(place, served).into());
    }
    connection
        .prepare_cached(
            "INSERT INTO eventsource_skips (name, version, position, reason, ordered_at)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            served.name,
            served.version,
            signed(skip.position),
            skip.reason,
            skip.ordered_at.as_micros()
        ])?;
    Ok(())
}

/// The positions on record behind this one, of a version of a read model.
pub(crate) fn behind(
    connection: &Connection,
    name: &str,
    version: u32,
    behind: Position,
) -> Result<Vec<Position>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT position FROM eventsource_skips
             WHERE name = ?1 AND version = ?2 AND position > ?3",
        )?
        .query_map(params![name, version, signed(behind)], |row| {
            Ok(position(row.get(0)?))
        })?
        .collect()
}

/// All on record, in the order of their positions; `None` when the table is not there.
pub(super) fn all(
    connection: &Connection,
    served: &ViewTable,
) -> Result<Option<Vec<Skip>>, rusqlite::Error> {
    if checkpoint(connection, served)?.is_none() {
        return Ok(None);
    }
    connection
        .prepare_cached(
            "SELECT position, reason, ordered_at FROM eventsource_skips
             WHERE name = ?1 AND version = ?2 ORDER BY position",
        )?
        .query_map(params![served.name, served.version], |row| {
            Ok(Skip::new(
                position(row.get(0)?),
                row.get::<_, String>(1)?,
                Timestamp::from_micros(row.get(2)?),
            ))
        })?
        .collect::<Result<_, _>>()
        .map(Some)
}
