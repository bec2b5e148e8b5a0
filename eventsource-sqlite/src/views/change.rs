//! Changes to read models, within the transaction of their group.

use std::sync::Arc;

use eventsource_core::Position;
use eventsource_core::store::{Fingerprint, StoreErrorKind, ViewStoreError, ViewTable, ViewWrite};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::difference::difference;
use super::invalid;
use super::plan::{Plan, physical, quoted, shown};
use super::value::{Bound, BoundKey};
use crate::error::Place;
use crate::writer::ViewChange;

/// Why a change does not go through: a refusal, which undoes the change alone, or a failure that spoils the transaction.
enum Stop {
    Refused(ViewStoreError),
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<ViewStoreError> for Stop {
    fn from(error: ViewStoreError) -> Self {
        Self::Refused(error)
    }
}

/// Makes the change under a savepoint. `Err` is a failure that spoils the transaction.
pub(crate) fn apply(
    place: &Place,
    connection: &Connection,
    change: &ViewChange,
) -> Result<Result<Position, ViewStoreError>, rusqlite::Error> {
    let execute = |sql| connection.prepare_cached(sql)?.execute([]).map(|_| ());
    execute("SAVEPOINT change")?;
    let outcome = match change {
        ViewChange::Open(plan) => open(place, connection, plan),
        ViewChange::Write(plan, write) => self::write(place, connection, plan, write),
        ViewChange::Remove(name) => remove(connection, name).map_err(Stop::from),
    };
    match outcome {
        Ok(checkpoint) => {
            execute("RELEASE change")?;
            Ok(Ok(checkpoint))
        }
        Err(Stop::Refused(error)) => {
            execute("ROLLBACK TO change")?;
            execute("RELEASE change")?;
            Ok(Err(error))
        }
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// The checkpoint of a table that is there and the same; `None` when it is not there.
pub(super) fn opened(
    place: &Place,
    connection: &Connection,
    plan: &Plan,
) -> Result<Option<Position>, ViewStoreError> {
    let table = &plan.table;
    let stored = connection
        .prepare_cached(
            "SELECT fingerprint, description, checkpoint FROM eventsource_views WHERE name = ?1 AND version = ?2",
        )
        .and_then(|mut statement| {
            statement
                .query_row(params![table.name, table.version], |row| {
                    Ok((
                        Fingerprint::from_bytes(row.get(0)?),
                        row.get::<_, String>(1)?,
                        position(row.get(2)?),
                    ))
                })
                .optional()
        })
        .map_err(|error| place.sqlite("opening a read model", error))?;
    match stored {
        None => Ok(None),
        Some((fingerprint, _, checkpoint)) if fingerprint == table.fingerprint => {
            Ok(Some(checkpoint))
        }
        Some((_, description, _)) => Err(ViewStoreError::Changed {
            projection: table.name.clone(),
            version: table.version,
            difference: difference(&description, &table.description),
        }),
    }
}

/// The stored checkpoint; `None` when the table is not there.
pub(super) fn checkpoint(
    connection: &Connection,
    table: &ViewTable,
) -> Result<Option<Position>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT checkpoint FROM eventsource_views WHERE name = ?1 AND version = ?2",
        )?
        .query_row(params![table.name, table.version], |row| {
            Ok(position(row.get(0)?))
        })
        .optional()
}

fn position(raw: i64) -> Position {
    Position::from_raw(raw.unsigned_abs())
}

fn open(place: &Place, connection: &Connection, plan: &Arc<Plan>) -> Result<Position, Stop> {
    // Another program may have made it while this one waited.
    if let Some(checkpoint) = opened(place, connection, plan)? {
        return Ok(checkpoint);
    }
    let table = &plan.table;
    if let Some(other) = of_same_name(connection, &table.name)? {
        return Err(invalid(
            place,
            format!(
                "projection {} cannot have a table: {other} has its name but for upper and lower case, which SQLite does not tell apart; give it another",
                table.name
            ),
        )
        .into());
    }
    for statement in &plan.create {
        connection.execute_batch(statement)?;
    }
    connection.execute(
        "INSERT INTO eventsource_views (name, version, fingerprint, description, checkpoint) VALUES (?1, ?2, ?3, ?4, 0)",
        params![
            table.name,
            table.version,
            table.fingerprint.to_bytes(),
            table.description
        ],
    )?;
    let highest: u32 = connection.query_row(
        "SELECT max(version) FROM eventsource_views WHERE name = ?1",
        [&table.name],
        |row| row.get(0),
    )?;
    if highest == table.version {
        drop_view(connection, &table.name)?;
        connection.execute_batch(&plan.create_view)?;
    }
    Ok(Position::START)
}

/// What has the SQL name of this projection without being it.
fn of_same_name(connection: &Connection, name: &str) -> Result<Option<String>, rusqlite::Error> {
    connection
        .query_row(
            "SELECT name FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE
             AND NOT (type = 'view' AND name = ?1)",
            [shown(name)],
            |row| row.get(0),
        )
        .optional()
}

fn drop_view(connection: &Connection, name: &str) -> Result<(), rusqlite::Error> {
    connection.execute_batch(&format!("DROP VIEW IF EXISTS {}", quoted(&shown(name))))
}

fn remove(connection: &Connection, name: &str) -> Result<Position, rusqlite::Error> {
    let versions: Vec<u32> = connection
        .prepare_cached("SELECT version FROM eventsource_views WHERE name = ?1")?
        .query_map([name], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if versions.is_empty() {
        return Ok(Position::START);
    }
    drop_view(connection, name)?;
    for version in versions {
        connection.execute_batch(&format!(
            "DROP TABLE IF EXISTS {}",
            quoted(&physical(name, version))
        ))?;
    }
    connection.execute("DELETE FROM eventsource_views WHERE name = ?1", [name])?;
    Ok(Position::START)
}

fn write(
    place: &Place,
    connection: &Connection,
    plan: &Arc<Plan>,
    write: &ViewWrite,
) -> Result<Position, Stop> {
    let table = &plan.table;
    let actual = match checkpoint(connection, table)? {
        Some(actual) => actual,
        // It was never opened, or removed since: begun anew, it is filled from the log's beginning.
        None if write.from == Position::START => open(place, connection, plan)?,
        None => Position::START,
    };
    if actual != write.from {
        return Err(ViewStoreError::Fenced {
            projection: table.name.clone(),
            expected: write.from,
            actual,
        }
        .into());
    }
    delete(connection, plan, write)?;
    upsert(place, connection, plan, write)?;
    connection
        .prepare_cached(
            "UPDATE eventsource_views SET checkpoint = ?3 WHERE name = ?1 AND version = ?2",
        )?
        .execute(params![
            table.name,
            table.version,
            i64::try_from(write.to.as_raw()).unwrap_or(i64::MAX)
        ])?;
    Ok(write.to)
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
    for row in &write.upserts {
        if let Err(error) = statement.execute(params_from_iter(row.iter().map(Bound))) {
            return Err(refused(place, plan, error));
        }
    }
    Ok(())
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
