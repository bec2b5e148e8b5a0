//! The store: what its users hold.

use std::fmt;
use std::sync::Arc;

use deadpool_postgres::Pool;
use eventsource_core::Position;
use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, ReadLog, ReadStream, StoreError,
    StoreErrorKind, ViewStore, Visitor,
};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::connect::Database;
use crate::error::Place;
use crate::head::Head;
use crate::options::PostgresOptions;
use crate::read::log::{self, LogScan};
use crate::read::stream::{self, StreamScan};
use crate::schema::Part;
use crate::views::Views;
use crate::writer::Writer;
use crate::{commits, read, schema};

/// Events, snapshots and read models in one PostgreSQL database. Cheap to clone; the clones are one store.
///
/// When the last clone is dropped, what was accepted is still written, as long as the tokio runtime lives; [`close`](EventStore::close) waits
/// for it.
#[derive(Clone)]
pub struct PostgresStore {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    parts: [Part; 2],
    writer: Writer,
    head: Arc<Head>,
    streams: stream::Statements,
    log: log::Statements,
    find_commit: String,
    views: Arc<Views>,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("place", &self.place().name())
            .finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the database at `url`: `postgres://user:password@host:5432/database`. One connection is made, to see that the server is there;
    /// nothing is written. Tables that are missing are made when the store is [prepared](EventStore::prepare), as `App::start` does.
    ///
    /// All parameters that [`tokio_postgres::Config`] reads may stand in the URL. Connections to other machines are encrypted where the server
    /// can, and always with `sslmode=require`; the server's certificate is verified. `sslmode=disable` goes without.
    ///
    /// # Errors
    ///
    /// When the URL cannot be read, the server cannot be reached, or it refuses the user.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        PostgresOptions::new().connect(url).await
    }

    /// Opens the database of a pool that is there already. Closing the store leaves the pool open.
    ///
    /// # Errors
    ///
    /// When the pool has no connection, or cannot make one.
    pub async fn from_pool(pool: Pool) -> Result<Self, StoreError> {
        PostgresOptions::new().from_pool(pool).await
    }

    /// How to open a store otherwise than by default.
    #[must_use]
    pub fn options() -> PostgresOptions {
        PostgresOptions::new()
    }

    /// Appends a commit in a transaction of your own, on this log's database: together with what else the transaction writes, or not at all.
    /// [`App::decide`](eventsource_core::App::decide) makes the commit of a command.
    ///
    /// The transaction has to be `READ COMMITTED`, as they are by default. From here to its end it holds the log's lock, and all other appends
    /// wait for it: append last, and commit at once. What was committed is noticed by those who wait for it within
    /// [`PostgresOptions::look_every`].
    ///
    /// # Errors
    ///
    /// As [`append`](EventStore::append); a refusal leaves the transaction usable, a failure of the database does not.
    pub async fn append_in(
        &self,
        transaction: &tokio_postgres::Transaction<'_>,
        commit: &Commit,
    ) -> Result<Committed, AppendError> {
        self.writer().append_in(transaction, commit).await
    }

    /// Appends a commit in a transaction of sqlx, on this log's database, as [`append_in`](Self::append_in) does in one of tokio-postgres:
    /// `store.append_in_sqlx(&mut *transaction, &commit)`.
    ///
    /// # Errors
    ///
    /// As [`append_in`](Self::append_in).
    #[cfg(feature = "sqlx")]
    pub async fn append_in_sqlx(
        &self,
        transaction: &mut sqlx::PgConnection,
        commit: &Commit,
    ) -> Result<Committed, AppendError> {
        self.writer().append_in_sqlx(transaction, commit).await
    }

    pub(crate) async fn connect_with(
        options: PostgresOptions,
        url: &str,
    ) -> Result<Self, StoreError> {
        let database = Database::open(&options, url)?;
        Self::assemble(&options, database).await
    }

    pub(crate) async fn from_pool_with(
        options: PostgresOptions,
        pool: Pool,
    ) -> Result<Self, StoreError> {
        let database = Database::of_pool(&options, pool);
        Self::assemble(&options, database).await
    }

    async fn assemble(options: &PostgresOptions, database: Database) -> Result<Self, StoreError> {
        let runtime = Handle::try_current().map_err(|error| {
            database
                .place()
                .error(
                    StoreErrorKind::Unavailable,
                    "it needs a tokio runtime: open it inside of one",
                )
                .source(error)
        })?;
        drop(database.client().await?);
        let head = Arc::new(Head::new(options.look_every));
        let views = Arc::new(Views::new(&options.views_schema, &options.schema));
        Ok(Self {
            inner: Arc::new(Inner {
                parts: [
                    schema::log(&options.schema),
                    schema::read_models(&options.views_schema),
                ],
                writer: Writer::new(
                    database.clone(),
                    options,
                    Arc::clone(&head),
                    Arc::clone(&views),
                    runtime,
                ),
                streams: stream::Statements::new(&options.schema),
                log: log::Statements::new(&options.schema),
                find_commit: commits::statement(&options.schema),
                views,
                head,
                database,
            }),
        })
    }

    pub(crate) fn place(&self) -> &Place {
        self.inner.database.place()
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.inner.writer
    }

    pub(crate) fn view_tables(&self) -> &Views {
        &self.inner.views
    }
}

impl EventStore for PostgresStore {
    async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        self.writer().check_open()?;
        schema::prepare(self.database(), &self.inner.parts, migrate).await
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        self.writer().append(commit).await
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.writer().check_open()?;
        let doing = "looking for a commit";
        let statement = &self.inner.find_commit;
        let rows = read::query(self.database(), doing, statement, &[&id]).await?;
        commits::record(self.place(), &rows)
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        self.writer().check_open()?;
        let scan = StreamScan::new(&self.inner.streams, read, visitor);
        Ok(read::scan(self.database(), scan).await?.visitor)
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        self.writer().check_open()?;
        let scan = LogScan::new(&self.inner.log, read, visitor);
        Ok(read::scan(self.database(), scan).await?.visitor)
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.writer().check_open()?;
        log::head(self.database(), &self.inner.log).await
    }

    async fn wait(&self, after: Position) {
        let head = &self.inner.head;
        // An error shows itself to the caller in its next read.
        let looked = self.head().await;
        if looked.map_or(true, |found| found > after) {
            return;
        }
        while !head.grown(after).await {
            if head.is_due() {
                match self.head().await {
                    Ok(found) => head.publish(found),
                    Err(_) => return,
                }
            }
        }
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        self.writer().check_open()?;
        log::types(self.database(), &self.inner.log).await
    }

    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        Some(Arc::new(self.clone()))
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.writer().close().await;
        self.inner.head.close();
        self.database().close();
        Ok(())
    }
}
