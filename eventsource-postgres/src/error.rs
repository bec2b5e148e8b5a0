//! What PostgreSQL says, as the typed errors of a store: what was tried, where, and what to do.
//!
//! A server's own words can hold what a row holds (`Key (address)=(…) already exists`). So its detail is never passed on, and its message only
//! for the classes of errors that are about the connection, the rights or the server itself.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use deadpool_postgres::PoolError;
use eventsource_core::store::{StoreError, StoreErrorKind};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::WrongType;

use crate::session;

/// Where a store is, in words: `postgres database bank at db.example:5432, schema eventsource`. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Place(Arc<str>);

impl Place {
    pub(crate) fn new(name: &str) -> Self {
        Self(name.into())
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// A failure here.
    pub(crate) fn error(&self, kind: StoreErrorKind, what: impl Into<String>) -> StoreError {
        StoreError::new(kind, &*self.0, what)
    }

    /// A call after [`close`](eventsource_core::store::EventStore::close).
    pub(crate) fn closed(&self) -> StoreError {
        self.error(
            StoreErrorKind::Closed,
            "the store was closed: open it again to go on",
        )
    }

    /// Something stored is not what this store writes.
    pub(crate) fn corrupt(&self, what: &str) -> StoreError {
        self.error(
            StoreErrorKind::Corrupt,
            format!("{what}: it was changed by other hands, restore it from a backup"),
        )
    }

    /// No connection could be had.
    pub(crate) fn no_connection(&self, error: PoolError) -> StoreError {
        let doing = "connecting";
        match error {
            PoolError::Backend(error) => self.postgres(doing, &error),
            PoolError::Timeout(deadpool_postgres::TimeoutType::Create) => self.error(
                StoreErrorKind::Unavailable,
                format!("{doing}: the server did not answer in time: check the host, the port and the network"),
            ),
            PoolError::Timeout(_) => self.error(
                StoreErrorKind::Busy,
                format!("{doing}: all connections of the pool were in use for too long: raise PostgresOptions::connections, or find what holds them"),
            ),
            PoolError::Closed => self.closed(),
            other => self
                .error(
                    StoreErrorKind::Other,
                    format!("{doing}: the pool of connections failed, see the cause"),
                )
                .source(other),
        }
    }

    /// What PostgreSQL said, or what became of the connection, while `doing` ("appending to the log").
    pub(crate) fn postgres(&self, doing: &str, error: &impl Said) -> StoreError {
        error.told(self, doing)
    }
}

/// What a driver says when it fails.
pub(crate) trait Said {
    /// The same as a store's error.
    fn told(&self, at: &Place, doing: &str) -> StoreError;
}

impl Said for tokio_postgres::Error {
    fn told(&self, at: &Place, doing: &str) -> StoreError {
        let (kind, advice) = match self.as_db_error() {
            Some(error) => by_code(error.code()),
            None => without_code(self),
        };
        at.error(kind, format!("{doing}: {advice}"))
            .source(Cause::of(self))
    }
}

#[cfg(feature = "sqlx")]
impl Said for sqlx::Error {
    fn told(&self, at: &Place, doing: &str) -> StoreError {
        let Some(code) = self
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
        else {
            let (kind, advice) = if is_lost_to_sqlx(self) {
                (
                    StoreErrorKind::Unavailable,
                    "the connection was lost: whether the transaction was committed, its own commit tells",
                )
            } else {
                (StoreErrorKind::Other, "sqlx failed")
            };
            return at.error(kind, format!("{doing}: {advice}"));
        };
        let (kind, advice) = by_code(&SqlState::from_code(&code));
        at.error(kind, format!("{doing}: {advice}"))
            .source(Cause(format!("SQLSTATE {code}")))
    }
}

impl Said for session::Error {
    fn told(&self, at: &Place, doing: &str) -> StoreError {
        match self {
            session::Error::Tokio(error) => error.told(at, doing),
            #[cfg(feature = "sqlx")]
            session::Error::Sqlx(error) => error.told(at, doing),
        }
    }
}

/// Whether the connection is gone, and with it what was known of its transaction.
pub(crate) fn is_lost(error: &session::Error) -> bool {
    if let Some(code) = error.code() {
        // Connection exceptions, and a server that shuts down, was killed, or is not up yet.
        return code.code().starts_with("08") || code.code().starts_with("57P0");
    }
    match error {
        session::Error::Tokio(error) => {
            error.is_closed() || io_error(error).is_some() && !is_of_request(error)
        }
        #[cfg(feature = "sqlx")]
        session::Error::Sqlx(error) => is_lost_to_sqlx(error),
    }
}

#[cfg(feature = "sqlx")]
fn is_lost_to_sqlx(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed
    )
}

/// Whether the driver could not write the request down, so that it never left. Its cause is an error of input and output too.
fn is_of_request(error: &tokio_postgres::Error) -> bool {
    // The driver tells kinds of errors apart by their words alone.
    let text = error.to_string();
    text.starts_with("error encoding message") || text.starts_with("error serializing parameter")
}

fn io_error(error: &tokio_postgres::Error) -> Option<&std::io::Error> {
    error.source()?.downcast_ref()
}

fn by_code(code: &SqlState) -> (StoreErrorKind, &'static str) {
    match *code {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => (
            StoreErrorKind::Denied,
            "the server refused this user: check the user and the password in the URL, and the server's pg_hba.conf",
        ),
        SqlState::INSUFFICIENT_PRIVILEGE => (
            StoreErrorKind::Denied,
            "this role lacks a right: run the crate's grants.sql for it as the owner of the tables, and start with migrate(false)",
        ),
        SqlState::INVALID_CATALOG_NAME => (
            StoreErrorKind::Unavailable,
            "there is no such database: create it, or correct its name in the URL",
        ),
        SqlState::TOO_MANY_CONNECTIONS => (
            StoreErrorKind::Busy,
            "the server has no connection left: lower PostgresOptions::connections in the programs that use it, or raise its max_connections",
        ),
        SqlState::DISK_FULL => (
            StoreErrorKind::Full,
            "the server's disk is full: free some space, nothing was written",
        ),
        SqlState::READ_ONLY_SQL_TRANSACTION => (
            StoreErrorKind::ReadOnly,
            "the server takes no writes: it is a standby, or read-only by its settings; connect to the primary (target_session_attrs=read-write)",
        ),
        SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED => (
            StoreErrorKind::Busy,
            "another transaction held the log for too long: find it in pg_stat_activity, try again, or raise PostgresOptions::busy_wait",
        ),
        SqlState::T_R_DEADLOCK_DETECTED | SqlState::T_R_SERIALIZATION_FAILURE => (
            StoreErrorKind::Busy,
            "it met another transaction that was in its way, nothing was written: try again",
        ),
        SqlState::UNDEFINED_TABLE
        | SqlState::UNDEFINED_FUNCTION
        | SqlState::INVALID_SCHEMA_NAME => (
            StoreErrorKind::OlderSchema,
            "its tables are missing or of an older release: let a program that may migrate start on it first (App::start, or EventStore::prepare(true))",
        ),
        SqlState::PROGRAM_LIMIT_EXCEEDED | SqlState::OUT_OF_MEMORY => (
            StoreErrorKind::TooLarge,
            "it is larger than the server takes (a value has at most 1 GB): store large things elsewhere and their address here",
        ),
        SqlState::CHARACTER_NOT_IN_REPERTOIRE | SqlState::UNTRANSLATABLE_CHARACTER => (
            StoreErrorKind::Invalid,
            "a text has a NUL in it, which PostgreSQL does not keep in text or JSON columns: keep it as bytes",
        ),
        SqlState::INVALID_TRANSACTION_STATE => (
            StoreErrorKind::Invalid,
            "events are appended in transactions of the isolation level READ COMMITTED: begin the transaction with it",
        ),
        SqlState::INVALID_SQL_STATEMENT_NAME | SqlState::DUPLICATE_PSTATEMENT => (
            StoreErrorKind::Unsupported,
            "a statement that was prepared on this connection is not there, as when a pooler gives each transaction another one: let it pool sessions, or keep prepared statements (PgBouncer 1.21 and newer: max_prepared_statements)",
        ),
        ref code if code.code().starts_with("57P0") || code.code().starts_with("08") => (
            StoreErrorKind::Unavailable,
            "the server went away, or is starting: try again when it is up",
        ),
        _ => (StoreErrorKind::Other, "PostgreSQL failed, see the cause"),
    }
}

fn without_code(error: &tokio_postgres::Error) -> (StoreErrorKind, &'static str) {
    let text = error.to_string();
    if text.contains("TLS") {
        return (
            StoreErrorKind::Unavailable,
            "no encrypted connection could be made: check the server's certificate, give PostgresOptions::tls the authority that signed it, or write sslmode=disable into the URL on a network that you trust",
        );
    }
    if text.contains("authentication") || text.contains("configuration") {
        return (
            StoreErrorKind::Denied,
            "the server asks for something that the URL does not have, such as a password: add it",
        );
    }
    let mistyped = error.source().is_some_and(<dyn Error>::is::<WrongType>);
    if is_of_request(error) && !mistyped {
        return (
            StoreErrorKind::TooLarge,
            "it is larger than a message to the server can be (1 GB): store large things elsewhere and their address here",
        );
    }
    if error.is_closed() || io_error(error).is_some() || text.contains("connecting") {
        return (
            StoreErrorKind::Unavailable,
            "the server cannot be reached: check that it runs, and the host and the port in the URL",
        );
    }
    (
        StoreErrorKind::Other,
        "the driver for PostgreSQL failed, see the cause",
    )
}

/// A cause that can be told: its code, and its words where they can hold nothing of a row.
#[derive(Debug)]
struct Cause(String);

impl Cause {
    fn of(error: &tokio_postgres::Error) -> Self {
        let Some(server) = error.as_db_error() else {
            // The driver's own words name parameters by number, and what is below them is about sockets and certificates.
            let below = error.source().map(|below| format!(": {below}"));
            return Self(format!("{error}{}", below.unwrap_or_default()));
        };
        let code = server.code().code();
        let about_the_server = [
            "08", "25", "28", "3D", "3F", "42501", "42P01", "42883", "53", "55", "57",
        ];
        let mut told = format!("SQLSTATE {code}");
        if about_the_server.iter().any(|class| code.starts_with(class)) {
            told = format!("{told}: {}", server.message());
        }
        if let Some(constraint) = server.constraint() {
            told = format!("{told}, constraint {constraint}");
        }
        Self(told)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Cause {}
