//! Commands that process managers have sent and nobody has carried out yet.

use eventsource_core::Timestamp;
use eventsource_core::store::{
    ColumnType, OutboxEntry, OutboxQuery, OutboxStatus, Resolution, StoreError, StoreErrorKind,
    Value, ViewWrite,
};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::change::Stop;
use super::value::{self, Bound};
use crate::error::Place;
use crate::writer::append::TextOrBytes;

const DOING: &str = "reading an outbox";

const WAITING: &str =
    "SELECT id, instance_type, instance, command, schema_version, payload, due, origin, parked
     FROM eventsource_outbox WHERE process = ?1 AND parked IS NULL AND due <= ?2 ORDER BY due, number LIMIT ?3";

const PARKED: &str =
    "SELECT id, instance_type, instance, command, schema_version, payload, due, origin, parked
     FROM eventsource_outbox WHERE process = ?1 AND parked IS NOT NULL AND due <= ?2 ORDER BY due, number LIMIT ?3";

/// The types that a key may have.
const TYPES: [ColumnType; 8] = [
    ColumnType::Integer,
    ColumnType::Real,
    ColumnType::Boolean,
    ColumnType::Text,
    ColumnType::Bytes,
    ColumnType::Timestamp,
    ColumnType::Uuid,
    ColumnType::Json,
];

/// Makes a write's changes to the outbox of this process manager.
pub(super) fn change(
    connection: &Connection,
    process: &str,
    write: &ViewWrite,
) -> Result<(), rusqlite::Error> {
    for entry in &write.sends {
        connection
            .prepare_cached(
                "INSERT INTO eventsource_outbox
                 (process, id, instance_type, instance, command, schema_version, payload, due, origin, parked)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (process, id) DO NOTHING",
            )?
            .execute(params![
                process,
                entry.id.as_bytes(),
                entry.instance.column_type().map(|of| of.to_string()),
                Bound(&entry.instance),
                entry.command,
                entry.schema_version,
                TextOrBytes(&entry.payload),
                entry.due.as_micros(),
                TextOrBytes(&entry.origin),
                entry.parked,
            ])?;
    }
    for id in &write.removes {
        remove(connection, process, *id)?;
    }
    for (id, reason) in &write.parks {
        connection
            .prepare_cached(
                "UPDATE eventsource_outbox SET parked = ?3 WHERE process = ?1 AND id = ?2",
            )?
            .execute(params![process, id.as_bytes(), reason])?;
    }
    Ok(())
}

fn remove(connection: &Connection, process: &str, id: Uuid) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached("DELETE FROM eventsource_outbox WHERE process = ?1 AND id = ?2")?
        .execute(params![process, id.as_bytes()])
        .map(|_| ())
}

/// The entries that are asked for, in the order in which they are due.
pub(super) fn entries(
    place: &Place,
    connection: &Connection,
    process: &str,
    query: OutboxQuery,
) -> Result<Vec<OutboxEntry>, StoreError> {
    let failed = |error| place.sqlite(DOING, error);
    let (sql, until, limit) = match query {
        OutboxQuery::Due { at, limit } => (WAITING, at.as_micros(), limit),
        OutboxQuery::Parked { limit } => (PARKED, i64::MAX, limit),
        other => {
            return Err(place.error(
                StoreErrorKind::Unsupported,
                format!("{other:?} is asked of an outbox, which this release does not know"),
            ));
        }
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = statement
        .query(params![process, until, limit])
        .map_err(failed)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        entries.push(entry(row).ok_or_else(|| {
            place.corrupt(&format!(
                "an entry in the outbox of {process} cannot be read"
            ))
        })?);
    }
    Ok(entries)
}

fn entry(row: &Row<'_>) -> Option<OutboxEntry> {
    let bytes = |index| match row.get_ref(index).ok()? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes.to_vec()),
        _ => None,
    };
    let instance = match row.get::<_, Option<String>>(1).ok()? {
        None => Value::Null,
        Some(name) => {
            let of = TYPES.into_iter().find(|of| of.to_string() == name)?;
            value::read(of, row.get_ref(2).ok()?)?
        }
    };
    let mut entry = OutboxEntry::new(
        Uuid::from_bytes(row.get(0).ok()?),
        instance,
        row.get::<_, String>(3).ok()?,
        row.get(4).ok()?,
        bytes(5)?,
        Timestamp::from_micros(row.get(6).ok()?),
        bytes(7)?,
    );
    entry.parked = row.get(8).ok()?;
    Some(entry)
}

/// How full the outbox is.
pub(super) fn status(
    connection: &Connection,
    process: &str,
) -> Result<OutboxStatus, rusqlite::Error> {
    let (waiting, next_due) = connection
        .prepare_cached(
            "SELECT count(*), min(due) FROM eventsource_outbox WHERE process = ?1 AND parked IS NULL",
        )?
        .query_row([process], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
        })?;
    let parked: i64 = connection
        .prepare_cached(
            "SELECT count(*) FROM eventsource_outbox WHERE process = ?1 AND parked IS NOT NULL",
        )?
        .query_row([process], |row| row.get(0))?;
    Ok(OutboxStatus::new(
        waiting.unsigned_abs(),
        next_due.map(Timestamp::from_micros),
        parked.unsigned_abs(),
    ))
}

/// Decides on a parked entry; `false` where there is none of this id.
pub(super) fn resolve(
    place: &Place,
    connection: &Connection,
    process: &str,
    id: Uuid,
    resolution: Resolution,
) -> Result<bool, Stop> {
    let sql = match resolution {
        Resolution::Retry => {
            "UPDATE eventsource_outbox SET parked = NULL WHERE process = ?1 AND id = ?2 AND parked IS NOT NULL"
        }
        Resolution::Discard => {
            "DELETE FROM eventsource_outbox WHERE process = ?1 AND id = ?2 AND parked IS NOT NULL"
        }
        other => {
            let what = format!("{other:?} is asked of an outbox, which this release does not know");
            let kind = StoreErrorKind::Unsupported;
            return Err(Stop::Refused(place.error(kind, what).into()));
        }
    };
    let changed = connection
        .prepare_cached(sql)?
        .execute(params![process, id.as_bytes()])?;
    Ok(changed > 0)
}
