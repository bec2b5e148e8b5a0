//! Tables of read models: made, put in each other's place, removed.

use eventsource_core::Position;
use eventsource_core::store::{Fingerprint, ViewStoreError, ViewTable};
use rusqlite::{Connection, OptionalExtension, params};

use super::change::Stop;
use super::invalid;
use super::plan::{ONE_ROW, Plan, physical, quoted, shown};
use crate::error::Place;

/// What is on record for a table.
struct Stored {
    fingerprint: Fingerprint,
    description: String,
    checkpoint: Position,
}

fn stored(connection: &Connection, table: &ViewTable) -> Result<Option<Stored>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT fingerprint, description, checkpoint FROM eventsource_views
             WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .query_row(params![table.name, table.version, table.shadow], |row| {
            Ok(Stored {
                fingerprint: Fingerprint::from_bytes(row.get(0)?),
                description: row.get(1)?,
                checkpoint: position(row.get(2)?),
            })
        })
        .optional()
}

/// The checkpoint of what is on record, where that is the same table.
fn same(table: &ViewTable, stored: &Stored) -> Result<Position, ViewStoreError> {
    table.goes_on_with(stored.fingerprint, &stored.description)?;
    Ok(stored.checkpoint)
}

/// The checkpoint of a table that is there and the same; `None` when it is not there.
pub(super) fn opened(
    place: &Place,
    connection: &Connection,
    table: &ViewTable,
) -> Result<Option<Position>, ViewStoreError> {
    stored(connection, table)
        .map_err(|error| place.sqlite("opening a read model", error))?
        .map(|stored| same(table, &stored))
        .transpose()
}

/// The stored checkpoint; `None` when the table is not there.
pub(crate) fn checkpoint(
    connection: &Connection,
    table: &ViewTable,
) -> Result<Option<Position>, rusqlite::Error> {
    position_of(
        connection,
        table,
        "SELECT checkpoint FROM eventsource_views WHERE name = ?1 AND version = ?2 AND shadow = ?3",
    )
}

/// How far any other version has come, at least how far they had come when it was made; `None` when the table is not there.
pub(super) fn passed(
    connection: &Connection,
    table: &ViewTable,
) -> Result<Option<Position>, rusqlite::Error> {
    position_of(
        connection,
        table,
        "SELECT max(passed, coalesce((
             SELECT max(other.checkpoint) FROM eventsource_views AS other
             WHERE other.name = ?1 AND other.version <> ?2 AND other.shadow = 0 AND ?3 = 0
         ), 0))
         FROM eventsource_views WHERE name = ?1 AND version = ?2 AND shadow = ?3",
    )
}

fn position_of(
    connection: &Connection,
    table: &ViewTable,
    sql: &str,
) -> Result<Option<Position>, rusqlite::Error> {
    connection
        .prepare_cached(sql)?
        .query_row(params![table.name, table.version, table.shadow], |row| {
            Ok(position(row.get(0)?))
        })
        .optional()
}

pub(super) fn position(raw: i64) -> Position {
    Position::from_raw(raw.unsigned_abs())
}

/// As SQLite counts. Positions that come from outside are checked by their plan.
pub(super) fn signed(position: Position) -> i64 {
    i64::try_from(position.as_raw()).unwrap_or(i64::MAX)
}

/// Makes the table, its indexes and its checkpoint where they are missing, and gives the checkpoint.
pub(super) fn open(place: &Place, connection: &Connection, plan: &Plan) -> Result<Position, Stop> {
    let table = &plan.table;
    // Another program may have made it while this one waited.
    if let Some(stored) = stored(connection, table)? {
        return Ok(same(table, &stored)?);
    }
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
    connection.execute_batch(&plan.create)?;
    for index in &plan.indexes {
        index.create(connection, &plan.physical)?;
    }
    let (oldest, furthest): (Option<i64>, Option<i64>) = connection.query_row(
        "SELECT min(began), max(checkpoint) FROM eventsource_views
         WHERE name = ?1 AND shadow = 0 AND (?3 = 0 OR version = ?2)",
        params![table.name, table.version, table.shadow],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let began = oldest.unwrap_or(signed(table.begins));
    connection.execute(
        "INSERT INTO eventsource_views (name, version, shadow, fingerprint, description, began, passed, checkpoint, target)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6, ?8)",
        params![
            table.name,
            table.version,
            table.shadow,
            table.fingerprint.to_bytes(),
            table.description,
            began,
            furthest.unwrap_or(began),
            signed(table.target)
        ],
    )?;
    if !table.shadow && is_highest(connection, table)? {
        drop_view(connection, &table.name)?;
        connection.execute_batch(&plan.create_view)?;
    }
    Ok(position(began))
}

fn is_highest(connection: &Connection, table: &ViewTable) -> Result<bool, rusqlite::Error> {
    connection.query_row(
        "SELECT max(version) = ?2 FROM eventsource_views WHERE name = ?1 AND shadow = 0",
        params![table.name, table.version],
        |row| row.get(0),
    )
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

fn drop_table(connection: &Connection, physical: &str) -> Result<(), rusqlite::Error> {
    connection.execute_batch(&format!("DROP TABLE IF EXISTS {}", quoted(physical)))
}

/// Removes all versions of a read model, and whatever is kept for it.
pub(super) fn remove(connection: &Connection, name: &str) -> Result<(), Stop> {
    let tables: Vec<(u32, bool)> = connection
        .prepare_cached("SELECT version, shadow FROM eventsource_views WHERE name = ?1")?
        .query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    if !tables.is_empty() {
        drop_view(connection, name)?;
    }
    for (version, shadow) in tables {
        drop_table(connection, &physical(name, version, shadow))?;
    }
    for sql in [
        "DELETE FROM eventsource_views WHERE name = ?1",
        "DELETE FROM eventsource_skips WHERE name = ?1",
        "DELETE FROM eventsource_outbox WHERE process = ?1",
        "DELETE FROM eventsource_outboxes WHERE process = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([name])?;
    }
    Ok(())
}

/// Removes one version of a read model, with its shadow. `false`: there is none.
pub(super) fn remove_version(
    connection: &Connection,
    name: &str,
    version: u32,
) -> Result<bool, Stop> {
    let versions: Vec<u32> = connection
        .prepare_cached("SELECT version FROM eventsource_views WHERE name = ?1 AND shadow = 0")?
        .query_map([name], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if !versions.contains(&version) {
        return Ok(false);
    }
    let Some(highest) = versions.into_iter().filter(|it| *it != version).max() else {
        remove(connection, name)?;
        return Ok(true);
    };
    if highest < version {
        drop_view(connection, name)?;
        show(connection, name, highest)?;
    }
    for shadow in [false, true] {
        drop_table(connection, &physical(name, version, shadow))?;
    }
    for sql in [
        "DELETE FROM eventsource_views WHERE name = ?1 AND version = ?2",
        "DELETE FROM eventsource_skips WHERE name = ?1 AND version = ?2",
    ] {
        connection
            .prepare_cached(sql)?
            .execute(params![name, version])?;
    }
    Ok(true)
}

/// Lets the SQL view show a version of which no plan is at hand.
fn show(connection: &Connection, name: &str, version: u32) -> Result<(), rusqlite::Error> {
    let table = physical(name, version, false);
    let mut columns: Vec<String> = connection
        .prepare_cached("SELECT name FROM pragma_table_info(?1) WHERE name <> ?2 ORDER BY cid")?
        .query_map([&*table, ONE_ROW], |row| {
            row.get::<_, String>(0).map(|name| quoted(&name))
        })?
        .collect::<Result<_, _>>()?;
    if columns.is_empty() {
        columns.push("NULL".to_owned());
    }
    connection.execute_batch(&format!(
        "CREATE VIEW {} AS SELECT {} FROM {}",
        quoted(&shown(name)),
        columns.join(", "),
        quoted(&table)
    ))
}

/// Puts the shadow in the place of the served table; `false` where it is behind. The SQL view reads the table by its name, and stays.
pub(super) fn promote(connection: &Connection, shadow: &Plan, served: &Plan) -> Result<bool, Stop> {
    let at = |plan: &Plan| match stored(connection, &plan.table)? {
        Some(stored) => Ok(same(&plan.table, &stored)?),
        None => Err(Stop::Refused(ViewStoreError::not_open(&plan.table))),
    };
    let (built, passed_by) = (at(shadow)?, at(served)?);
    if built < passed_by {
        return Ok(false);
    }
    drop_table(connection, &served.physical)?;
    connection.execute_batch(&format!(
        "ALTER TABLE {} RENAME TO {}",
        quoted(&shadow.physical),
        quoted(&served.physical)
    ))?;
    forget(connection, &shadow.table)?;
    connection
        .prepare_cached(
            "UPDATE eventsource_views SET stop = CASE WHEN checkpoint = ?3 THEN stop END, checkpoint = ?3,
                 term = term + 1, holder = NULL, ends = NULL
             WHERE name = ?1 AND version = ?2 AND shadow = 0",
        )?
        .execute(params![
            served.table.name,
            served.table.version,
            signed(built)
        ])?;
    Ok(true)
}

/// Removes a shadow, where there is one.
pub(super) fn discard(connection: &Connection, shadow: &Plan) -> Result<(), Stop> {
    drop_table(connection, &shadow.physical)?;
    Ok(forget(connection, &shadow.table)?)
}

fn forget(connection: &Connection, table: &ViewTable) -> Result<(), rusqlite::Error> {
    connection
        .prepare_cached(
            "DELETE FROM eventsource_views WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .execute(params![table.name, table.version, table.shadow])
        .map(|_| ())
}

/// Whether appends fold it in their own transaction; `None` when the table is not there.
pub(super) fn is_immediate(
    connection: &Connection,
    table: &ViewTable,
) -> Result<Option<bool>, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT immediate FROM eventsource_views WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .query_row(params![table.name, table.version, table.shadow], |row| {
            row.get(0)
        })
        .optional()
}

/// From now on, appends fold it in their own transaction.
pub(super) fn make_immediate(connection: &Connection, table: &ViewTable) -> Result<(), Stop> {
    let marked = connection
        .prepare_cached(
            "UPDATE eventsource_views SET immediate = 1 WHERE name = ?1 AND version = ?2 AND shadow = ?3",
        )?
        .execute(params![table.name, table.version, table.shadow])?;
    if marked == 0 {
        return Err(ViewStoreError::not_open(table).into());
    }
    Ok(())
}

/// Whether appends fold any version of the read model of this name, or a shadow of one.
pub(super) fn has_immediate(connection: &Connection, name: &str) -> Result<bool, rusqlite::Error> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM eventsource_views WHERE name = ?1 AND immediate = 1)",
        )?
        .query_row([name], |row| row.get(0))
}

/// From now on, no append folds any version of it.
pub(super) fn make_eventual(connection: &Connection, name: &str) -> Result<(), Stop> {
    connection
        .prepare_cached(
            "UPDATE eventsource_views SET immediate = 0 WHERE name = ?1 AND immediate = 1",
        )?
        .execute([name])?;
    Ok(())
}
