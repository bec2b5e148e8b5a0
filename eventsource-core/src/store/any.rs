//! A store whose type is not known.

use std::any::Any;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use uuid::Uuid;

use super::beside::Beside;
use super::{
    AppendError, BoxFuture, Commit, CommitRecord, Committed, EventStore, ReadLog, ReadStream,
    Recorded, SnapshotRef, StoreError, StoreErrorKind, ViewStore, Visitor,
};
use crate::Position;

/// Any store: for programs that choose theirs when they run, by a setting or a URL. A call costs a pointer and a box more.
///
/// A clone is the same store.
///
/// ```no_run
/// use eventsource_core::store::AnyStore;
/// use eventsource_core::{App, MemoryStore};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let store = AnyStore::new(MemoryStore::new());
/// let app: App<AnyStore> = App::start(store).await.unwrap();
/// # app.shutdown().await.unwrap();
/// # });
/// ```
#[derive(Clone)]
pub struct AnyStore(Arc<dyn Erased>);

impl AnyStore {
    /// This store, without its type.
    pub fn new(store: impl EventStore) -> Self {
        Self(Arc::new(store))
    }

    /// This store's events, beside the read models of another one, for stores that hold none, such as JetStream. The other one's own log stays
    /// unused, and no append can fold a read model: those of `consistency = "immediate"` are refused at the start.
    ///
    /// To prepare or close it is to prepare or close both.
    #[must_use]
    pub fn with_views(self, views: Self) -> Self {
        Self::new(Beside { log: self, views })
    }

    /// One that is shared with others.
    pub(crate) fn of(store: Arc<impl EventStore>) -> Arc<Self> {
        Arc::new(Self(store))
    }
}

impl fmt::Debug for AnyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyStore").finish_non_exhaustive()
    }
}

/// [`Visitor`], with the way back to its type.
trait AnyVisitor: Visitor {
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send>;
}

impl<V: Visitor> AnyVisitor for V {
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// A visitor that travels without its type.
struct Traveller(Box<dyn AnyVisitor>);

impl Traveller {
    fn new(visitor: impl Visitor) -> Self {
        Self(Box::new(visitor))
    }

    fn back<V: Visitor>(self) -> Result<V, StoreError> {
        self.0.into_any().downcast().map_or_else(
            |_| {
                Err(StoreError::new(
                    StoreErrorKind::Corrupt,
                    "a read",
                    "the store gave another visitor back than it was given",
                ))
            },
            |visitor| Ok(*visitor),
        )
    }
}

impl Visitor for Traveller {
    fn snapshot(&mut self, snapshot: SnapshotRef<'_>) -> bool {
        self.0.snapshot(snapshot)
    }

    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        self.0.event(event)
    }
}

/// [`EventStore`] with its futures behind pointers.
trait Erased: Send + Sync + 'static {
    fn prepare(&self, migrate: bool) -> BoxFuture<'_, Result<(), StoreError>>;
    fn append(&self, commit: Commit) -> BoxFuture<'_, Result<Committed, AppendError>>;
    fn find_commit(&self, id: Uuid) -> BoxFuture<'_, Result<Option<CommitRecord>, StoreError>>;
    fn read_stream(
        &self,
        read: ReadStream,
        visitor: Traveller,
    ) -> BoxFuture<'_, Result<Traveller, StoreError>>;
    fn read_log(
        &self,
        read: ReadLog,
        visitor: Traveller,
    ) -> BoxFuture<'_, Result<Traveller, StoreError>>;
    fn head(&self) -> BoxFuture<'_, Result<Position, StoreError>>;
    fn wait(&self, after: Position) -> BoxFuture<'_, ()>;
    fn types(&self) -> BoxFuture<'_, Result<Vec<(String, u16)>, StoreError>>;
    fn views(&self) -> Option<Arc<dyn ViewStore>>;
    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>>;
}

impl<S: EventStore> Erased for S {
    fn prepare(&self, migrate: bool) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(EventStore::prepare(self, migrate))
    }

    fn append(&self, commit: Commit) -> BoxFuture<'_, Result<Committed, AppendError>> {
        Box::pin(EventStore::append(self, commit))
    }

    fn find_commit(&self, id: Uuid) -> BoxFuture<'_, Result<Option<CommitRecord>, StoreError>> {
        Box::pin(EventStore::find_commit(self, id))
    }

    fn read_stream(
        &self,
        read: ReadStream,
        visitor: Traveller,
    ) -> BoxFuture<'_, Result<Traveller, StoreError>> {
        Box::pin(EventStore::read_stream(self, read, visitor))
    }

    fn read_log(
        &self,
        read: ReadLog,
        visitor: Traveller,
    ) -> BoxFuture<'_, Result<Traveller, StoreError>> {
        Box::pin(EventStore::read_log(self, read, visitor))
    }

    fn head(&self) -> BoxFuture<'_, Result<Position, StoreError>> {
        Box::pin(EventStore::head(self))
    }

    fn wait(&self, after: Position) -> BoxFuture<'_, ()> {
        Box::pin(EventStore::wait(self, after))
    }

    fn types(&self) -> BoxFuture<'_, Result<Vec<(String, u16)>, StoreError>> {
        Box::pin(EventStore::types(self))
    }

    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        EventStore::views(self)
    }

    fn close(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(EventStore::close(self))
    }
}

impl EventStore for AnyStore {
    async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        self.0.prepare(migrate).await
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        self.0.append(commit).await
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.0.find_commit(id).await
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        let reading = self.0.read_stream(read, Traveller::new(visitor));
        reading.await?.back()
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        let reading = self.0.read_log(read, Traveller::new(visitor));
        reading.await?.back()
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.0.head().await
    }

    async fn wait(&self, after: Position) {
        self.0.wait(after).await;
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        self.0.types().await
    }

    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        self.0.views()
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.0.close().await
    }
}
