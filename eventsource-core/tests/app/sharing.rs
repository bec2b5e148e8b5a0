//! A store whose events of one commit share a position, as those of some servers do.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, ReadLog, ReadStream, Recorded,
    StoreError, Visitor,
};
use eventsource_core::{MemoryStore, Position};
use tokio::sync::Mutex;
use uuid::Uuid;

/// The store in memory, with commits to one stream each. A commit's position is that of its last event there.
#[derive(Clone, Default)]
pub struct Sharing {
    store: MemoryStore,
    /// The first and the last of each commit, by the last.
    commits: Arc<Mutex<BTreeMap<u64, u64>>>,
}

impl EventStore for Sharing {
    async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        self.store.prepare(migrate).await
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        let mut commits = self.commits.lock().await;
        let committed = self.store.append(commit).await?;
        for part in &committed.streams {
            let last = part.position.as_raw();
            commits.insert(last, last + 1 - part.events);
        }
        Ok(committed)
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.store.find_commit(id).await
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        self.store.read_stream(read, visitor).await
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        let sharing = SharingVisitor {
            visitor,
            commits: self.commits.lock().await.clone(),
            left: read.limit,
        };
        let whole = ReadLog::after(read.cursor);
        Ok(self.store.read_log(whole, sharing).await?.visitor)
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

    async fn close(&self) -> Result<(), StoreError> {
        self.store.close().await
    }
}

struct SharingVisitor<V> {
    visitor: V,
    commits: BTreeMap<u64, u64>,
    left: usize,
}

impl<V: Visitor> Visitor for SharingVisitor<V> {
    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        let position = event.position.as_raw();
        let Some((last, first)) = self.commits.range(position..).next() else {
            return ControlFlow::Break(());
        };
        if self.left == 0 && position == *first {
            return ControlFlow::Break(());
        }
        self.left = self.left.saturating_sub(1);
        self.visitor.event(&Recorded {
            position: Position::from_raw(*last),
            index: u32::try_from(position - first).unwrap(),
            ..*event
        })
    }
}
