//! How a store is opened.

use std::path::Path;
use std::time::Duration;

use eventsource_core::store::StoreError;

use crate::SqliteStore;

/// How a [`SqliteStore`] is opened. The defaults suit a program of any size; none of them trades safety for speed.
///
/// ```
/// # async fn example() -> Result<(), eventsource_core::store::StoreError> {
/// use std::time::Duration;
///
/// let store = eventsource_sqlite::SqliteOptions::new()
///     .busy_wait(Duration::from_secs(30))
///     .open("bank.db")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    pub(crate) busy_wait: Duration,
    pub(crate) readers: usize,
    pub(crate) group: usize,
    pub(crate) max_bytes: Option<u64>,
}

impl SqliteOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            busy_wait: Duration::from_secs(5),
            readers: readers(),
            group: 256,
            max_bytes: None,
        }
    }

    /// How long to wait for another program that holds the database, before [`Busy`](eventsource_core::store::StoreErrorKind::Busy).
    /// 5 seconds by default.
    #[must_use]
    pub fn busy_wait(mut self, wait: Duration) -> Self {
        self.busy_wait = wait;
        self
    }

    /// How many connections may read at the same time. They are opened when they are needed, and each has a cache of at most 8 MiB; further
    /// readers wait. By default twice as many as there are processors, and from 4 to 32. A store in memory has one connection for everything.
    #[must_use]
    pub fn readers(mut self, connections: usize) -> Self {
        self.readers = connections.max(1);
        self
    }

    /// How many commits at most share one transaction and one fsync. 256 by default, at least 1. Four times as many may wait; a further
    /// append waits to be queued.
    #[must_use]
    pub fn group_size(mut self, commits: usize) -> Self {
        self.group = commits.max(1);
        self
    }

    /// How large the database may become, in bytes, its write-ahead log aside. What would make it larger is refused as
    /// [`Full`](eventsource_core::store::StoreErrorKind::Full), with nothing written. No limit by default.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// Opens the file; see [`SqliteStore::open`].
    ///
    /// # Errors
    ///
    /// As [`SqliteStore::open`].
    pub async fn open(self, path: impl AsRef<Path>) -> Result<SqliteStore, StoreError> {
        SqliteStore::open_file(self, path.as_ref()).await
    }

    /// Opens a new store in memory; see [`SqliteStore::in_memory`].
    ///
    /// # Errors
    ///
    /// As [`SqliteStore::in_memory`].
    // Asynchronous as `open` is, so that a program can go from one to the other.
    #[allow(clippy::unused_async)]
    pub async fn in_memory(self) -> Result<SqliteStore, StoreError> {
        SqliteStore::open_memory(&self)
    }
}

/// A worker that reads at the call site needs one, and so does a long read on a blocking thread.
fn readers() -> usize {
    let processors = std::thread::available_parallelism().map_or(4, usize::from);
    (2 * processors).clamp(4, 32)
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self::new()
    }
}
