//! The database itself: where it is, and how connections to it are made.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use eventsource_core::store::{StoreError, StoreErrorKind};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::Place;
use crate::options::SqliteOptions;

/// The oldest SQLite that may write a log: older ones can lose committed transactions when a WAL file is reset while another connection
/// writes (<https://sqlite.org/wal.html>, "the WAL-reset bug").
const OLDEST_SQLITE: i32 = 3_051_003;

/// Prepared statements that a connection keeps. A store uses about 20, and a read model 4.
const STATEMENTS: usize = 256;

/// The page cache of the writer's connection, in KiB. It stays warm between commits, since nobody else writes. A larger one costs more than it
/// saves: SQLite goes through all of its slots at the end of each commit that split a page.
const WRITER_CACHE_KIB: i64 = 8 * 1024;

/// The page cache of a reader's connection, in KiB: it is empty again after each commit.
const READER_CACHE_KIB: i64 = 8 * 1024;

/// Held while a file is made and while one is opened. Closing a file drops this process's locks on it (POSIX), so the file that we make,
/// to set its mode, must be closed before SQLite has it open.
static OPENING: Mutex<()> = Mutex::new(());

/// Where the database is.
#[derive(Debug, Clone)]
enum Location {
    /// An absolute path: a relative one would move with the working directory, and SQLite reads meaning into `:memory:` and `file:…`.
    File(PathBuf),
    Memory,
}

/// A database that connections can be made to.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    location: Location,
    place: Place,
    busy_wait: Duration,
    max_bytes: Option<u64>,
}

impl Database {
    pub(crate) fn file(path: &Path, options: &SqliteOptions) -> Result<Self, StoreError> {
        let place = Place::new(
            &format!("sqlite file {}", path.display()),
            options.busy_wait,
        );
        let absolute = std::path::absolute(path).map_err(|error| {
            place
                .error(
                    StoreErrorKind::Unavailable,
                    "this is no path: give the path of a file",
                )
                .source(error)
        })?;
        Ok(Self {
            location: Location::File(absolute),
            place,
            busy_wait: options.busy_wait,
            max_bytes: options.max_bytes,
        })
    }

    pub(crate) fn memory(options: &SqliteOptions) -> Self {
        Self {
            location: Location::Memory,
            place: Place::new("sqlite database in memory", options.busy_wait),
            busy_wait: options.busy_wait,
            max_bytes: options.max_bytes,
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn busy_wait(&self) -> Duration {
        self.busy_wait
    }

    pub(crate) fn in_memory(&self) -> bool {
        matches!(self.location, Location::Memory)
    }

    /// Whether there is something to open.
    pub(crate) fn exists(&self) -> Result<bool, StoreError> {
        match &self.location {
            Location::Memory => Ok(true),
            Location::File(path) => match std::fs::metadata(path) {
                Ok(metadata) if metadata.is_dir() => Err(self.place.error(
                    StoreErrorKind::Unavailable,
                    "this is a directory: give the path of a file in it",
                )),
                Ok(_) => Ok(true),
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.in_directory(path),
                Err(error) => Err(self.unreachable(error)),
            },
        }
    }

    /// `Ok(false)`: the file is missing, and its directory is there.
    fn in_directory(&self, path: &Path) -> Result<bool, StoreError> {
        match path.parent().map(std::fs::metadata) {
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Err(self
                .place
                .error(
                    StoreErrorKind::Unavailable,
                    "its directory does not exist: create it, or correct the path",
                )
                .source(error)),
            Some(Err(error)) => Err(self.unreachable(error)),
            _ => Ok(false),
        }
    }

    fn unreachable(&self, error: io::Error) -> StoreError {
        self.place
            .error(
                StoreErrorKind::Unavailable,
                "it cannot be reached: check the path and its permissions",
            )
            .source(error)
    }

    /// Makes an empty file that only its owner may read, where there is none. SQLite gives its `-wal` and `-shm` files the same mode.
    pub(crate) fn create(&self) -> Result<(), StoreError> {
        let Location::File(path) = &self.location else {
            return Ok(());
        };
        let _alone = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => {
                let (kind, what) = match error.kind() {
                    io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => (
                        StoreErrorKind::ReadOnly,
                        "the file cannot be created: give this user write permission on its directory",
                    ),
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
                        StoreErrorKind::Full,
                        "the file cannot be created: no space is left, free some",
                    ),
                    _ => (
                        StoreErrorKind::Unavailable,
                        "the file cannot be created: check the path and its permissions",
                    ),
                };
                Err(self.place.error(kind, what).source(error))
            }
        }
    }

    /// A connection to what is there, for the writer.
    pub(crate) fn writer(&self) -> Result<Connection, StoreError> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // `temp_store` keeps the undo pages of savepoints out of temporary files. When the write-ahead log is copied: `writer::checkpoint`.
        self.set(
            &connection,
            &format!(
                "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{WRITER_CACHE_KIB};
                 PRAGMA wal_autocheckpoint = 0;"
            ),
        )?;
        // A table that was built anew takes the place, and the name, of the served one. The SQL views that name it, the users' own among
        // them, must be left as they are.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, true)
            .map_err(|error| self.place.sqlite("opening it", error))?;
        if let Some(bytes) = self.max_bytes {
            self.limit_size(&connection, bytes)?;
        }
        self.wait_when_busy(&connection, true)?;
        Ok(connection)
    }

    /// Makes writes that would take the file beyond this size fail as on a full disk.
    fn limit_size(&self, connection: &Connection, bytes: u64) -> Result<(), StoreError> {
        let page: i64 = connection
            .query_row("PRAGMA page_size", [], |row| row.get(0))
            .map_err(|error| self.place.sqlite("opening it", error))?;
        let pages = bytes / page.max(1).unsigned_abs();
        self.set(
            connection,
            &format!("PRAGMA max_page_count = {};", pages.max(1)),
        )
    }

    /// A connection that can only look, whatever it finds.
    pub(crate) fn inspector(&self) -> Result<Connection, StoreError> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        self.wait_when_busy(&connection, true)?;
        Ok(connection)
    }

    /// A connection to what is there, for readers. It returns at once when the database is busy, until it is
    /// [told to wait](Self::wait_when_busy). It may write nothing; the read-write flag is for the WAL index, which readers share.
    pub(crate) fn reader(&self) -> Result<Connection, StoreError> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        self.wait_when_busy(&connection, true)?;
        self.set(
            &connection,
            &format!("PRAGMA query_only = ON; PRAGMA cache_size = -{READER_CACHE_KIB};"),
        )?;
        self.wait_when_busy(&connection, false)?;
        Ok(connection)
    }

    fn connect(&self, flags: OpenFlags) -> Result<Connection, StoreError> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match &self.location {
            Location::Memory => Connection::open_in_memory_with_flags(flags),
            Location::File(path) => {
                let _alone = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
                Connection::open_with_flags(path, flags)
            }
        }
        .map_err(|error| self.place.sqlite("opening it", error))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Otherwise a statement is compiled anew whenever other values are bound to it, in case they would suit another plan (STAT4).
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .map_err(|error| self.place.sqlite("opening it", error))?;
        // A file from elsewhere may carry views and triggers that call functions with side effects.
        self.set(&connection, "PRAGMA trusted_schema = OFF;")?;
        Ok(connection)
    }

    fn set(&self, connection: &Connection, pragmas: &str) -> Result<(), StoreError> {
        connection
            .execute_batch(pragmas)
            .map_err(|error| self.place.sqlite("opening it", error))
    }

    /// Sets whether calls on the connection wait for others, or return at once.
    pub(crate) fn wait_when_busy(
        &self,
        connection: &Connection,
        wait: bool,
    ) -> Result<(), StoreError> {
        connection
            .busy_timeout(if wait { self.busy_wait } else { Duration::ZERO })
            .map_err(|error| self.place.sqlite("opening it", error))
    }

    /// Refuses a library that can lose what it acknowledged.
    pub(crate) fn check_library(&self) -> Result<(), StoreError> {
        if rusqlite::version_number() >= OLDEST_SQLITE {
            return Ok(());
        }
        Err(self.place.error(
            StoreErrorKind::Unsupported,
            format!(
                "the SQLite library is {}, and versions before 3.51.3 can lose committed events: build with rusqlite's feature `bundled`, or raise libsqlite3-sys",
                rusqlite::version()
            ),
        ))
    }
}
