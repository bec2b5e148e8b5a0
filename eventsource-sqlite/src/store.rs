//! The store: what its users hold.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use eventsource_core::Position;
use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, ReadLog, ReadStream, StoreError,
    StoreErrorKind, ViewStore, Visitor,
};
use rusqlite::Connection;
use uuid::Uuid;

use crate::database::Database;
use crate::error::Place;
use crate::options::SqliteOptions;
use crate::read::log::{self, LogScan};
use crate::read::stream::StreamScan;
use crate::read::{INLINE_ROWS, Reading};
use crate::readers::{Readers, blocking};
use crate::schema;
use crate::views::Plans;
use crate::writer::{Writer, append};

/// Events, snapshots and read models in one SQLite file, or in memory. Cheap to clone; the clones are one store.
///
/// When the last clone is dropped, what was accepted is still written and the file is let go, soon after; [`close`](EventStore::close) waits
/// for it.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    writer: Writer,
    readers: Arc<Readers>,
    reading: Reading,
    plans: Plans,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("place", &self.place().name())
            .finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the database at `path`. Nothing is written: a file that is missing is created when the store is
    /// [prepared](EventStore::prepare), as `App::start` does.
    ///
    /// # Errors
    ///
    /// When the file cannot be reached, is no database of this store, was written by a newer release, or SQLite is older than 3.51.3.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        SqliteOptions::new().open(path).await
    }

    /// Opens a new database in memory, which ends with the store.
    ///
    /// # Errors
    ///
    /// When SQLite is older than 3.51.3, or no thread can be started.
    pub async fn in_memory() -> Result<Self, StoreError> {
        SqliteOptions::new().in_memory().await
    }

    /// How to open a store otherwise than by default.
    #[must_use]
    pub fn options() -> SqliteOptions {
        SqliteOptions::new()
    }

    pub(crate) async fn open_file(options: SqliteOptions, path: &Path) -> Result<Self, StoreError> {
        let database = Database::file(path, &options)?;
        database.check_library()?;
        let looked_at = database.clone();
        blocking(database.place(), move || {
            if looked_at.exists()? {
                let looked = schema::refuse_foreign(&looked_at, &looked_at.inspector()?);
                if looked
                    .as_ref()
                    .is_err_and(|error| error.kind() == StoreErrorKind::ReadOnly)
                {
                    // Whoever was killed while making the file has left a journal, which only a connection that may write can undo.
                    return schema::refuse_foreign(&looked_at, &looked_at.reader()?);
                }
                return looked;
            }
            Ok(())
        })
        .await?;
        Self::assemble(database, None, &options)
    }

    pub(crate) fn open_memory(options: &SqliteOptions) -> Result<Self, StoreError> {
        let database = Database::memory(options);
        database.check_library()?;
        let connection = database.writer()?;
        Self::assemble(database, Some(connection), options)
    }

    fn assemble(
        database: Database,
        connection: Option<Connection>,
        options: &SqliteOptions,
    ) -> Result<Self, StoreError> {
        let writer = Writer::start(database.clone(), connection, options.group)?;
        let readers = Arc::new(Readers::new(database.clone(), options.readers));
        let reading = Reading::new(database.clone(), writer.lent(), Arc::clone(&readers));
        Ok(Self {
            inner: Arc::new(Inner {
                database,
                writer,
                readers,
                reading,
                plans: Plans::default(),
            }),
        })
    }

    pub(crate) fn place(&self) -> &Place {
        self.inner.database.place()
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.inner.writer
    }

    pub(crate) fn reading(&self) -> &Reading {
        &self.inner.reading
    }

    pub(crate) fn plans(&self) -> &Plans {
        &self.inner.plans
    }
}

impl EventStore for SqliteStore {
    async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        self.writer().prepare(migrate).await
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        self.writer().append(commit).await
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.writer().check_open()?;
        self.reading()
            .once(move |place, connection| append::find(place, connection, id))
            .await
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        self.writer().check_open()?;
        let scan = StreamScan::new(read, visitor);
        Ok(self.reading().scan(scan, INLINE_ROWS).await?.visitor)
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        self.writer().check_open()?;
        let inline = if read.limit <= INLINE_ROWS {
            read.limit
        } else {
            0
        };
        let scan = LogScan::new(read, visitor);
        Ok(self.reading().scan(scan, inline).await?.visitor)
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.writer().check_open()?;
        self.reading().once(log::head).await
    }

    async fn wait(&self, after: Position) {
        let mut log = self.writer().log();
        let _looking = self.writer().look();
        // What other processes appended before this call is found here, what they append after it by the thread that looks. An error shows
        // itself to the caller in its next read.
        if self.head().await.map_or(true, |head| head > after) {
            return;
        }
        // An error: the thread is gone, and nothing will ever be appended through it.
        let _ = log.wait_for(|log| log.head > after || log.closed).await;
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        self.writer().check_open()?;
        self.reading().once_blocking(log::types).await
    }

    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        Some(Arc::new(self.clone()))
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.readers.close();
        self.writer().close().await
    }
}
