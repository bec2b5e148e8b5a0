//! Rows, checkpoint and outbox, written together.

use std::cmp::Ordering;

use eventsource_core::Position;
use eventsource_core::store::{Row, StoreErrorKind, Value, ViewStoreError, ViewTable, ViewWrite};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::change::Stop;
use super::plan::Plan;
use super::table::{open, position, signed};
use super::value::{Bound, BoundKey};
use super::{lease, outbox};
use crate::error::Place;

/// Makes the changes. A refusal may come behind half of them, so that it has to stand under a savepoint
/// ([`whole`](super::change::whole)).
pub(crate) fn write(
    place: &Place,
    connection: &Connection,
    plan: &Plan,
    write: &ViewWrite,
) -> Result<(), Stop> {
    let table = &plan.table;
    let (actual, term) = match state(connection, table)? {
        Some(state) => state,
        None if table.shadow || write.term.is_some() => {
            return Err(ViewStoreError::not_open(table).into());
        }
        // It was never opened, or removed since: begun anew.
        None => (open(place, connection, plan)?, 0),
    };
    let of_outbox = match write.outbox_term {
        Some(_) => lease::outbox_term(connection, &table.name)?,
        None => 0,
    };
    if write.term.is_some_and(|held| held != term)
        || write.outbox_term.is_some_and(|held| held != of_outbox)
    {
        return Err(ViewStoreError::Deposed {
            projection: table.name.clone(),
        }
        .into());
    }
    if actual != write.from {
        return Err(ViewStoreError::Fenced {
            projection: table.name.clone(),
            expected: write.from,
            actual,
        }
        .into());
    }
    rows(place, connection, plan, write)?;
    outbox::change(connection, &table.name, write)?;
    connection
        .prepare_cached(
            "UPDATE eventsource_views SET stop = CASE WHEN checkpoint = ?4 THEN stop END, checkpoint = ?4
             WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .execute(params![
            table.name,
            table.version,
            table.shadow,
            signed(write.to)
        ])?;
    Ok(())
}

/// Writes rows alone. Behind a refusal, half of them are written.
pub(crate) fn rows(
    place: &Place,
    connection: &Connection,
    plan: &Plan,
    write: &ViewWrite,
) -> Result<(), Stop> {
    delete(connection, plan, write)?;
    upsert(place, connection, plan, write)
}

/// Checkpoint and term; `None` when the table is not there.
fn state(
    connection: &Connection,
    table: &ViewTable,
) -> Result<Option<(Position, u64)>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT checkpoint, term FROM eventsource_views WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .query_row(params![table.name, table.version, table.shadow], |row| {
            Ok((position(row.get(0)?), row.get::<_, i64>(1)?.unsigned_abs()))
        })
        .optional()
}

fn delete(connection: &Connection, plan: &Plan, write: &ViewWrite) -> Result<(), rusqlite::Error> {
    let mut statement = connection.prepare_cached(&plan.delete)?;
    for key in &write.deletes {
        statement.execute([BoundKey(key)])?;
    }
    // Where values are unique, two rows may swap theirs: both make room first. SQLite has no deferred unique constraint.
    if let Some(key) = plan.table.key_column()
        && plan.table.columns.iter().any(|column| column.unique)
    {
        for key in write.upserts.iter().filter_map(|row| row.get(key)) {
            statement.execute([Bound(key)])?;
        }
    }
    Ok(())
}

fn upsert(
    place: &Place,
    connection: &Connection,
    plan: &Plan,
    write: &ViewWrite,
) -> Result<(), Stop> {
    let mut statement = connection.prepare_cached(&plan.upsert)?;
    let mut rows: Vec<&Row> = write.upserts.iter().collect();
    // Neighbours stand in one page, which is then found in the cache.
    if let Some(key) = plan.table.key_column() {
        rows.sort_by(|one, other| in_order(one.get(key), other.get(key)));
    }
    for row in rows {
        if let Err(error) = statement.execute(params_from_iter(row.iter().map(Bound))) {
            return Err(refused(place, plan, error));
        }
    }
    Ok(())
}

/// As SQLite orders keys of one column. It costs time alone where it is another.
fn in_order(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    match (one, other) {
        (Some(Value::Text(one)), Some(Value::Text(other))) => one.cmp(other),
        (Some(Value::Integer(one)), Some(Value::Integer(other))) => one.cmp(other),
        (Some(Value::Uuid(one)), Some(Value::Uuid(other))) => one.cmp(other),
        (Some(Value::Bytes(one)), Some(Value::Bytes(other))) => one.cmp(other),
        (Some(Value::Timestamp(one)), Some(Value::Timestamp(other))) => one.cmp(other),
        _ => Ordering::Equal,
    }
}

/// A broken constraint is a refusal, all else a failure.
fn refused(place: &Place, plan: &Plan, error: rusqlite::Error) -> Stop {
    let rusqlite::Error::SqliteFailure(code, Some(message)) = &error else {
        return Stop::Failed(error);
    };
    let table = &plan.table;
    if code.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE {
        let column = table.columns.iter().find(|column| {
            *message
                == format!(
                    "UNIQUE constraint failed: {}.{}",
                    plan.physical, column.name
                )
        });
        return Stop::Refused(ViewStoreError::Constraint {
            projection: table.name.clone(),
            column: column.map_or_else(|| message.clone(), |column| column.name.clone()),
        });
    }
    if code.code == rusqlite::ErrorCode::ConstraintViolation {
        let what = format!(
            "a row of projection {} breaks a constraint of its table",
            table.name
        );
        return Stop::Refused(ViewStoreError::Store(
            place.error(StoreErrorKind::Invalid, what).source(error),
        ));
    }
    Stop::Failed(error)
}
