//! The tables of a store, and how older ones are brought up to date.

use std::thread;
use std::time::{Duration, Instant};

use eventsource_core::store::{StoreError, StoreErrorKind};
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::database::Database;

/// What the internal tables' names begin with. Read models may not.
pub(crate) const PREFIX: &str = "eventsource_";

/// Marks a database as ours (`PRAGMA application_id`): "esv1" in ASCII.
const APPLICATION_ID: i32 = 0x6573_7631;

/// Each takes the schema from the version of its index to the next (`PRAGMA user_version`). Only ever append to the list: what was
/// released has run in databases that we will never see.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_log_snapshots_views.sql"),
    include_str!("migrations/0002_shadows_leases_outbox.sql"),
    include_str!("migrations/0003_commits_no_replace.sql"),
    include_str!("migrations/0004_targets_stops_outbox_leases.sql"),
];

/// The schema that this release reads and writes.
pub(crate) fn current() -> usize {
    MIGRATIONS.len()
}

/// What a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Nothing at all.
    Empty,
    /// A schema of ours, not newer than this release's.
    Version(usize),
}

/// Makes sure that the schema is this release's; with `migrate` creates or upgrades it, once, whoever starts at the same time. The journal mode
/// is no part of the schema: it is set either way.
pub(crate) fn prepare(
    database: &Database,
    connection: &mut Connection,
    migrate: bool,
) -> Result<(), StoreError> {
    if inspect(database, connection)? == Found::Version(current()) {
        return use_wal(database, connection);
    }
    if !migrate {
        return Err(unprepared(database));
    }
    use_wal(database, connection)?;
    let failed = |error| database.place().sqlite("preparing its tables", error);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    // Whoever had the lock before us may have done it.
    let done = match inspect(database, &transaction)? {
        Found::Empty => 0,
        Found::Version(version) => version,
    };
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration).map_err(failed)?;
    }
    transaction
        .execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {};",
            current()
        ))
        .map_err(failed)?;
    transaction.commit().map_err(failed)?;
    tracing::debug!(
        store = database.place().name(),
        from = done,
        to = current(),
        "schema migrated"
    );
    Ok(())
}

/// As [`prepare`] without migrating, for a connection that will write.
pub(crate) fn check_to_write(
    database: &Database,
    connection: &Connection,
) -> Result<(), StoreError> {
    check(database, connection)?;
    use_wal(database, connection)
}

/// Refuses a database whose schema is not this release's.
pub(crate) fn check(database: &Database, connection: &Connection) -> Result<(), StoreError> {
    match inspect(database, connection)? {
        Found::Version(version) if version == current() => Ok(()),
        _ => Err(unprepared(database)),
    }
}

/// Refuses a database that this release must not touch: another program's, or a newer release's.
pub(crate) fn refuse_foreign(
    database: &Database,
    connection: &Connection,
) -> Result<(), StoreError> {
    inspect(database, connection).map(|_| ())
}

/// The error for a database that was never prepared, or by an older release.
pub(crate) fn unprepared(database: &Database) -> StoreError {
    database.place().error(
        StoreErrorKind::OlderSchema,
        "its tables are missing or of an older release: let a program that may migrate start on it first (App::start, or EventStore::prepare(true))",
    )
}

fn inspect(database: &Database, connection: &Connection) -> Result<Found, StoreError> {
    let failed = |error| database.place().sqlite("reading its schema", error);
    // All three in one transaction, open or of its own: somebody may be migrating.
    connection
        .execute_batch("SAVEPOINT inspect")
        .map_err(failed)?;
    let read = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let seen = read("PRAGMA application_id").and_then(|application| {
        let version = read("PRAGMA user_version")?;
        let objects = read("SELECT count(*) FROM sqlite_schema")?;
        Ok((application, version, objects))
    });
    connection
        .execute_batch("RELEASE inspect")
        .map_err(failed)?;
    let (application, version, objects) = seen.map_err(failed)?;
    if application == i64::from(APPLICATION_ID) {
        return match usize::try_from(version) {
            Ok(version) if version > current() => Err(database.place().error(
                StoreErrorKind::NewerSchema,
                format!(
                    "its schema is version {version}, this release knows versions up to {}: start a newer release of the program",
                    current()
                ),
            )),
            Ok(version) if version > 0 => Ok(Found::Version(version)),
            _ => Err(database.place().corrupt("its schema has no version")),
        };
    }
    if (application, version, objects) == (0, 0, 0) {
        return Ok(Found::Empty);
    }
    Err(database.place().error(
        StoreErrorKind::Corrupt,
        "it is another program's database: give the path of a new file, or of one that this store made",
    ))
}

/// Switches to the write-ahead log: a new file, and a copy by `VACUUM INTO`, which does not keep the mode. A file that may only be read stays as
/// it is. SQLite does not always wait for others here, so it is tried until the configured wait is over.
fn use_wal(database: &Database, connection: &Connection) -> Result<(), StoreError> {
    if database.in_memory() || connection.is_readonly("main").unwrap_or(false) {
        return Ok(());
    }
    let until = Instant::now() + database.busy_wait();
    loop {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| {
            row.get::<_, String>(0)
        });
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) => {
                return Err(database.place().error(
                    StoreErrorKind::Unsupported,
                    "its file system cannot hold a write-ahead log: move it to a local disk",
                ));
            }
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && Instant::now() < until =>
            {
                thread::sleep(Duration::from_millis(2));
            }
            Err(error) => {
                return Err(database
                    .place()
                    .sqlite("switching it to the write-ahead log", error));
            }
        }
    }
}
