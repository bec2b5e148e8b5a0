//! What SQLite says, as the typed errors of a store: what was tried, where, and what to do.

use std::sync::Arc;
use std::time::Duration;

use eventsource_core::store::{StoreError, StoreErrorKind};
use rusqlite::ErrorCode;

/// Where a store is, in words: `sqlite file bank.db`. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    name: Arc<str>,
    busy_wait: Duration,
}

impl Place {
    pub(crate) fn new(name: &str, busy_wait: Duration) -> Self {
        Self {
            name: name.into(),
            busy_wait,
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A failure here.
    pub(crate) fn error(&self, kind: StoreErrorKind, what: impl Into<String>) -> StoreError {
        StoreError::new(kind, &*self.name, what)
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
            format!("{what}: the file was changed by other hands, restore it from a backup"),
        )
    }

    /// What SQLite said while `doing` ("appending to the log").
    pub(crate) fn sqlite(&self, doing: &str, error: rusqlite::Error) -> StoreError {
        let (kind, advice) = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
                StoreErrorKind::Busy,
                format!(
                    "another program held the database for longer than {:?}: try again, find the program that holds a transaction open, or raise SqliteOptions::busy_wait",
                    self.busy_wait
                ),
            ),
            Some(ErrorCode::DiskFull) => (
                StoreErrorKind::Full,
                "no space is left: free some or move the file, nothing was written".to_owned(),
            ),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => (
                StoreErrorKind::ReadOnly,
                "it cannot be written to: give this user write permission on the file and on its directory".to_owned(),
            ),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => (
                StoreErrorKind::Corrupt,
                "the file is damaged or no SQLite database: check the path, or restore it from a backup".to_owned(),
            ),
            Some(ErrorCode::CannotOpen) => (
                StoreErrorKind::Unavailable,
                "it cannot be opened: check that the directory exists and that this user may read and write in it".to_owned(),
            ),
            Some(ErrorCode::TooBig) => (
                StoreErrorKind::TooLarge,
                "a value is larger than SQLite keeps (1,000,000,000 bytes): store large things elsewhere and their address here".to_owned(),
            ),
            Some(ErrorCode::SystemIoFailure) => (
                StoreErrorKind::Other,
                "the disk failed: check it, and the system's log".to_owned(),
            ),
            _ => (StoreErrorKind::Other, "SQLite failed, see the cause".to_owned()),
        };
        self.error(kind, format!("{doing}: {advice}")).source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_result_code_has_its_kind_and_its_advice() {
        let place = Place::new("sqlite file bank.db", Duration::from_secs(5));
        for (code, kind, advice) in [
            (
                rusqlite::ffi::SQLITE_BUSY,
                StoreErrorKind::Busy,
                "busy_wait",
            ),
            (
                rusqlite::ffi::SQLITE_FULL,
                StoreErrorKind::Full,
                "free some",
            ),
            (
                rusqlite::ffi::SQLITE_READONLY,
                StoreErrorKind::ReadOnly,
                "permission",
            ),
            (
                rusqlite::ffi::SQLITE_NOTADB,
                StoreErrorKind::Corrupt,
                "backup",
            ),
            (
                rusqlite::ffi::SQLITE_CORRUPT,
                StoreErrorKind::Corrupt,
                "backup",
            ),
            (
                rusqlite::ffi::SQLITE_CANTOPEN,
                StoreErrorKind::Unavailable,
                "directory",
            ),
            (
                rusqlite::ffi::SQLITE_TOOBIG,
                StoreErrorKind::TooLarge,
                "elsewhere",
            ),
            (rusqlite::ffi::SQLITE_IOERR, StoreErrorKind::Other, "disk"),
        ] {
            let error = place.sqlite(
                "appending",
                rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None),
            );
            assert_eq!(error.kind(), kind);
            let text = error.to_string();
            assert!(
                text.starts_with("sqlite file bank.db: appending: "),
                "{text}"
            );
            assert!(text.contains(advice), "{text}");
        }
    }
}
