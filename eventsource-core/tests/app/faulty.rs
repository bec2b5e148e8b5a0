//! A store that fails where it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use eventsource_core::prelude::*;
use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, ReadLog, ReadStream, StoreError,
    StoreErrorKind, ViewStore, Visitor,
};
use tokio::sync::Notify;
use uuid::Uuid;

/// How often each of these is to happen from now on.
#[derive(Default)]
pub struct Faults {
    /// A commit is written, and its answer does not arrive.
    pub lost_answers: AtomicU32,
    /// Nothing happens: how many seconds an append takes.
    pub takes: AtomicU32,
    /// A commit is not written, and its answer does not arrive.
    pub lost_commits: AtomicU32,
    /// Another commit to the same stream goes first.
    pub conflicts: AtomicU32,
    /// A commit that is there is not found yet.
    pub unseen_commits: AtomicU32,
    /// The log cannot be read.
    pub unreadable_log: AtomicU32,
    /// Whoever reads the log panics.
    pub panics: AtomicU32,
    /// The end of the log is told late: [`arrived`](Self::arrived) is told that somebody asks, who is answered on [`go_on`](Self::go_on).
    pub late_heads: AtomicU32,
    pub arrived: Notify,
    pub go_on: Notify,
    /// Nothing happens: how often the log was read.
    pub log_reads: AtomicU32,
}

/// Whether it is to happen now.
fn happens(fault: &AtomicU32) -> bool {
    let less = |left: u32| left.checked_sub(1);
    fault
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
        .is_ok()
}

pub struct Faulty {
    pub store: MemoryStore,
    pub faults: Arc<Faults>,
    pub has_views: bool,
}

impl Faulty {
    pub fn new(store: &MemoryStore) -> (Self, Arc<Faults>) {
        let (store, faults) = (store.clone(), Arc::<Faults>::default());
        let told = Arc::clone(&faults);
        let has_views = true;
        (
            Self {
                store,
                faults,
                has_views,
            },
            told,
        )
    }
}

fn away() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, "faulty store", "it went away")
}

impl EventStore for Faulty {
    async fn prepare(&self, migrate: bool) -> Result<(), StoreError> {
        self.store.prepare(migrate).await
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        let takes = self.faults.takes.load(Ordering::SeqCst);
        if takes > 0 {
            tokio::time::sleep(Duration::from_secs(takes.into())).await;
        }
        let commit_id = commit.id;
        let unknown = || AppendError::Unknown {
            commit_id,
            source: away(),
        };
        if happens(&self.faults.conflicts) {
            let (stream, expected) = {
                let part = &commit.streams[0];
                (part.stream.clone(), part.expected_version)
            };
            return Err(AppendError::Conflict {
                stream,
                expected,
                actual: expected + 1,
            });
        }
        if happens(&self.faults.lost_commits) {
            return Err(unknown());
        }
        let committed = self.store.append(commit).await?;
        if happens(&self.faults.lost_answers) {
            return Err(unknown());
        }
        Ok(committed)
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        if happens(&self.faults.unseen_commits) {
            return Ok(None);
        }
        self.store.find_commit(id).await
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        self.store.read_stream(read, visitor).await
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        self.faults.log_reads.fetch_add(1, Ordering::SeqCst);
        if happens(&self.faults.unreadable_log) {
            return Err(away());
        }
        assert!(!happens(&self.faults.panics), "the store has a defect");
        self.store.read_log(read, visitor).await
    }

    async fn head(&self) -> Result<Position, StoreError> {
        let head = self.store.head().await;
        if happens(&self.faults.late_heads) {
            self.faults.arrived.notify_one();
            self.faults.go_on.notified().await;
        }
        head
    }

    async fn wait(&self, after: Position) {
        self.store.wait(after).await;
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        self.store.types().await
    }

    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        self.store.views().filter(|_| self.has_views)
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.store.close().await
    }
}
