//! A store that takes nothing for some streams.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use eventsource_core::prelude::*;
use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, ReadLog, ReadStream, StoreError,
    StoreErrorKind, ViewStore, Visitor,
};
use uuid::Uuid;

/// While it is blocked, appends to `seat-far…` fail as if the way there were cut.
#[derive(Clone)]
pub struct Obstructed {
    pub store: MemoryStore,
    pub is_blocked: Arc<AtomicBool>,
    /// How many appends have failed.
    pub failed: Arc<AtomicU32>,
}

impl Obstructed {
    pub fn blocked(store: &MemoryStore) -> Self {
        Self {
            store: store.clone(),
            is_blocked: Arc::new(AtomicBool::new(true)),
            failed: Arc::default(),
        }
    }

    pub fn unblock(&self) {
        self.is_blocked.store(false, Ordering::SeqCst);
    }
}

impl EventStore for Obstructed {
    async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        self.store.prepare(migrate).await
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        let mut streams = commit.streams.iter();
        let is_far = streams.any(|part| part.stream.as_str().starts_with("seat-far"));
        if is_far && self.is_blocked.load(Ordering::SeqCst) {
            self.failed.fetch_add(1, Ordering::SeqCst);
            let kind = StoreErrorKind::Unavailable;
            return Err(StoreError::new(kind, "obstructed store", "no way there").into());
        }
        self.store.append(commit).await
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.store.find_commit(id).await
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        self.store.read_stream(read, visitor).await
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        self.store.read_log(read, visitor).await
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.store.head().await
    }

    async fn wait(&self, after: Position) {
        self.store.wait(after).await;
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        self.store.types().await
    }

    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        self.store.views()
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.store.close().await
    }
}
