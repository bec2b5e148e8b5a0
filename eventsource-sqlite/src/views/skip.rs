//! Positions that a read model passes over.

use eventsource_core::store::{Skip, ViewStoreError, ViewTable};
use eventsource_core::{Position, Timestamp};
use rusqlite::{Connection, params};

use super::change::Stop;
use super::plan::Plan;
use super::table::{checkpoint, discard, position, signed};
use super::{lease, record};

/// Puts one on record, unless there is one at its position, and has whoever feeds the table and its shadow hear of it. A shadow that has folded
/// what is there is removed.
pub(super) fn add(
    connection: &Connection,
    served: &ViewTable,
    shadow: &Plan,
    skip: &Skip,
) -> Result<(), Stop> {
    let Some(record) = record::read(connection, served)? else {
        return Err(ViewStoreError::not_open(served).into());
    };
    if record.checkpoint >= skip.position {
        return Err(ViewStoreError::Folded {
            projection: served.name.clone(),
            position: skip.position,
            checkpoint: record.checkpoint,
        }
        .into());
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
    let stopped_at = record.stop.and_then(|stop| stop.position);
    if stopped_at == Some(skip.position) {
        record::goes_on(connection, served)?;
    }
    lease::depose(connection, served)?;
    match checkpoint(connection, &shadow.table)? {
        Some(built) if built >= skip.position => discard(connection, shadow),
        _ => Ok(lease::depose(connection, &shadow.table)?),
    }
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
