//! The bank on rusqlite: one table, a select, an insert.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use measure::history::fact;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::bank::{Account, New};

/// What an event-sourced program keeps, with the one index that it needs.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS events (
        position INTEGER PRIMARY KEY,
        stream TEXT NOT NULL,
        version INTEGER NOT NULL,
        event_id BLOB NOT NULL,
        name TEXT NOT NULL,
        schema_version INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL,
        payload TEXT NOT NULL,
        UNIQUE (stream, version)
    ) STRICT;";

/// Whatever went wrong, for people.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A connection to the file, in WAL and `synchronous=FULL`.
///
/// # Errors
///
/// When SQLite cannot open it.
pub fn connect(file: &Path) -> Result<Connection, Failure> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

/// Fills an empty file with streams of `events` events each.
///
/// # Errors
///
/// When SQLite refuses.
pub fn fill(file: &Path, streams: usize, events: u64) -> Result<(), Failure> {
    let mut connection = connect(file)?;
    let transaction = connection.transaction()?;
    for stream in 0..streams {
        let stream = stream_name(stream);
        for version in 1..=events {
            let (name, schema_version, payload) = fact(version).stored();
            insert(
                &transaction,
                &stream,
                version,
                &New {
                    name,
                    version: schema_version,
                    payload,
                },
            )?;
        }
    }
    transaction.commit()?;
    Ok(())
}

/// The name of an account's stream.
#[must_use]
pub fn stream_name(account: usize) -> String {
    format!("account-{account}")
}

/// The account that the stream's events lead to, and its version.
///
/// # Errors
///
/// When SQLite refuses, or an event cannot be read.
pub fn load(connection: &Connection, stream: &str) -> Result<(Account, u64), Failure> {
    let mut statement = connection
        .prepare_cached("SELECT name, payload FROM events WHERE stream = ?1 ORDER BY version")?;
    let mut rows = statement.query([stream])?;
    let mut account = Account::default();
    let mut version = 0;
    while let Some(row) = rows.next()? {
        account.replay(row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_bytes()?)?;
        version += 1;
    }
    Ok((account, version))
}

/// Appends one event at this version. The unique index refuses it where there is one.
///
/// # Errors
///
/// When SQLite refuses.
pub fn insert(
    connection: &Connection,
    stream: &str,
    version: u64,
    event: &New,
) -> rusqlite::Result<usize> {
    connection
        .prepare_cached(
            "INSERT INTO events (stream, version, event_id, name, schema_version, recorded_at, payload)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            stream,
            version.cast_signed(),
            Uuid::now_v7().as_bytes(),
            event.name,
            event.version,
            now(),
            event.payload
        ])
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    })
}

/// Load, decide, append: in turn, on one connection.
///
/// # Errors
///
/// When SQLite refuses.
pub fn commands(
    connection: &Connection,
    accounts: impl Iterator<Item = usize>,
) -> Result<(), Failure> {
    for account in accounts {
        let stream = stream_name(account);
        let (state, version) = load(connection, &stream)?;
        let event = state.decide_deposit(5_000, "0000000000013".to_owned())?;
        insert(connection, &stream, version + 1, &event)?;
    }
    Ok(())
}
