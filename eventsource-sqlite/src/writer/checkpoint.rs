//! When the write-ahead log is copied into the database.
//!
//! SQLite would do it within a commit, on whatever thread that is. It takes long, so it is left to the writing thread, between two groups.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use rusqlite::Connection;

/// Pages in the write-ahead log (4 KiB each) after which they are copied. Four times SQLite's default: a page that was changed by many commits
/// is copied once, and groups of commits wait less often for it. Much more would not pay: until the file is as long as it will be, each fsync
/// also has to note its new length.
const PAGES: i64 = 4_000;

/// Transactions between two looks at how long the write-ahead log is.
const LOOK_EVERY: u32 = 16;

/// Counts transactions.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    transactions: AtomicU32,
    due: AtomicBool,
}

impl Checkpoints {
    /// A transaction was written.
    pub(super) fn count(&self, connection: &Connection) {
        if (self.transactions.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(LOOK_EVERY) {
            // A failure shows itself in the next transaction.
            let pages = pages(connection, "PRAGMA wal_checkpoint = NOOP").unwrap_or(0);
            self.due.store(pages >= PAGES, Ordering::Relaxed);
        }
    }

    /// Whether the write-ahead log is to be copied.
    pub(super) fn are_due(&self) -> bool {
        self.due.load(Ordering::Relaxed)
    }

    /// The same, and whoever asks does it.
    pub(super) fn take_due(&self) -> bool {
        self.due.swap(false, Ordering::Relaxed)
    }
}

/// Copies what no reader stands in the way of. What cannot be copied now is copied later, and lost never: a failure is no matter here.
pub(super) fn run(connection: &Connection) {
    let _ = pages(connection, "PRAGMA wal_checkpoint = PASSIVE");
}

/// The pages in the write-ahead log; −1 where there is none.
fn pages(connection: &Connection, sql: &str) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(sql)?
        .query_row([], |row| row.get(1))
}
