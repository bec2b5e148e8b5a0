//! A store in memory with one part of it replaced.

use std::future::Future;
use std::sync::Arc;

use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, ReadLog, ReadStream, StoreError,
    ViewStore, Visitor,
};
use eventsource_core::testing::suite::StoreFactory;
use eventsource_core::{MemoryStore, Position};
use uuid::Uuid;

/// What is broken: an implementation replaces one of these methods, and `inner` is sound.
pub trait Defect: Default + Send + Sync + 'static {
    fn append(
        &self,
        inner: &MemoryStore,
        commit: Commit,
    ) -> impl Future<Output = Result<Committed, AppendError>> + Send {
        inner.append(commit)
    }

    fn find_commit(
        &self,
        inner: &MemoryStore,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<CommitRecord>, StoreError>> + Send {
        inner.find_commit(id)
    }

    fn read_stream<V: Visitor>(
        &self,
        inner: &MemoryStore,
        read: ReadStream,
        visitor: V,
    ) -> impl Future<Output = Result<V, StoreError>> + Send {
        inner.read_stream(read, visitor)
    }

    fn read_log<V: Visitor>(
        &self,
        inner: &MemoryStore,
        read: ReadLog,
        visitor: V,
    ) -> impl Future<Output = Result<V, StoreError>> + Send {
        inner.read_log(read, visitor)
    }

    fn views(inner: &MemoryStore) -> Option<Arc<dyn ViewStore>> {
        inner.views()
    }
}

/// No defect.
#[derive(Default)]
pub struct Sound;

impl Defect for Sound {}

pub struct Broken<D> {
    inner: MemoryStore,
    defect: Arc<D>,
}

impl<D: Defect> Broken<D> {
    /// A factory of stores on one new log, with this defect.
    pub fn factory() -> impl StoreFactory {
        let inner = MemoryStore::new();
        let defect = Arc::new(D::default());
        move || {
            let broken = Self {
                inner: inner.clone(),
                defect: Arc::clone(&defect),
            };
            async move { broken }
        }
    }
}

impl<D: Defect> EventStore for Broken<D> {
    async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        self.inner.prepare(migrate).await
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        self.defect.append(&self.inner, commit).await
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.defect.find_commit(&self.inner, id).await
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        self.defect.read_stream(&self.inner, read, visitor).await
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        self.defect.read_log(&self.inner, read, visitor).await
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.inner.head().await
    }

    async fn wait(&self, after: Position) {
        self.inner.wait(after).await;
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        self.inner.types().await
    }

    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        D::views(&self.inner)
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }
}
