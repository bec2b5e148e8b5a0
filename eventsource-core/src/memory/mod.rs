//! A store that lives in memory: for tests and for small programs that need no yesterday.
//!
//! It keeps every promise of [`store`](crate::store) but survival: what it holds ends with its last handle.

mod immediate;
mod lease;
mod log;
mod outbox;
mod pages;
mod rows;
mod views;

use std::fmt;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use tokio::sync::watch;
use uuid::Uuid;

use self::log::{Entry, Log};
use self::pages::{PAGE, Taken};
use self::views::{MemoryViews, Tables};
use crate::Position;
use crate::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, ReadLog, ReadStream, SnapshotRef,
    StoreError, StoreErrorKind, ViewStore, Visitor,
};

/// A store of events, snapshots and read models in memory.
///
/// A clone is a further handle on the same content, as if another program had opened the same file: closing one handle leaves the
/// others open, and the content lasts as long as any of them. A program's restart is tested with a clone:
///
/// ```
/// use eventsource_core::MemoryStore;
/// use eventsource_core::store::EventStore;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let store = MemoryStore::new();
/// let restarted = store.clone();
/// store.close().await.unwrap();
/// assert!(store.head().await.is_err());
/// assert!(restarted.head().await.is_ok());
/// # });
/// ```
///
/// Positions are the events' numbers from 1, without gaps. All snapshots are kept.
pub struct MemoryStore {
    content: Arc<Content>,
    closed: Arc<AtomicBool>,
}

struct Content {
    log: RwLock<Log>,
    tables: Mutex<Tables>,
    head: watch::Sender<Position>,
}

impl Content {
    // A lock is poisoned by a panic under it, and the only foreign code that is called under these locks, the folds of immediate read models,
    // is caught before it reaches them: what they hold is whole. Where both are taken, the log's is the first.
    fn log(&self) -> RwLockReadGuard<'_, Log> {
        self.log.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self {
            content: Arc::new(Content {
                log: RwLock::default(),
                tables: Mutex::default(),
                head: watch::Sender::new(Position::START),
            }),
            closed: Arc::default(),
        }
    }

    fn check_open(&self) -> Result<(), StoreError> {
        check_open(&self.closed)
    }
}

fn check_open(closed: &AtomicBool) -> Result<(), StoreError> {
    if closed.load(Ordering::SeqCst) {
        return Err(failure(
            StoreErrorKind::Closed,
            "this handle was closed: use another clone of the store",
        ));
    }
    Ok(())
}

fn failure(kind: StoreErrorKind, what: impl Into<String>) -> StoreError {
    StoreError::new(kind, "memory store", what)
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self {
            content: Arc::clone(&self.content),
            closed: Arc::default(),
        }
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("head", &*self.content.head.borrow())
            .field("closed", &self.closed)
            .finish()
    }
}

impl EventStore for MemoryStore {
    async fn prepare(&self, _migrate: bool) -> Result<(), StoreError> {
        self.check_open()
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        self.check_open()?;
        let mut log = self
            .content
            .log
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let immediate = Arc::clone(&commit.immediate);
        let prepared = match log.prepare(commit)? {
            Ok(prepared) => prepared,
            Err(committed) => return Ok(committed),
        };
        let mut tables = self.content.tables();
        let folded = tables.fold(&immediate, &log, &prepared.entries)?;
        tables.keep(folded);
        let committed = log.write(prepared);
        drop(tables);
        let head = log.head();
        // Told under the lock, so that the head that is told never goes back.
        self.content.head.send_if_modified(|told| {
            let grown = *told < head;
            *told = head;
            grown
        });
        Ok(committed)
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        self.check_open()?;
        Ok(self.content.log().commit(id).cloned())
    }

    async fn read_stream<V: Visitor>(
        &self,
        read: ReadStream,
        mut visitor: V,
    ) -> Result<V, StoreError> {
        self.check_open()?;
        let snapshot = self.content.log().snapshot(&read);
        let mut from = read.from;
        if let Some((snapshot, position)) = snapshot {
            let taken = visitor.snapshot(SnapshotRef {
                version: snapshot.version,
                position,
                state: &snapshot.state,
            });
            if taken {
                from = snapshot.version.saturating_add(1);
            }
        }
        let wanted = self.content.log().in_stream(&read, from);
        show(wanted, read.direction, read.limit, &mut visitor, |range| {
            self.content.log().take_stream(&read.stream, range)
        });
        Ok(visitor)
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, mut visitor: V) -> Result<V, StoreError> {
        self.check_open()?;
        let wanted = self.content.log().in_log(&read);
        show(wanted, read.direction, read.limit, &mut visitor, |range| {
            self.content.log().take(range)
        });
        Ok(visitor)
    }

    async fn head(&self) -> Result<Position, StoreError> {
        self.check_open()?;
        Ok(self.content.log().head())
    }

    async fn wait(&self, after: Position) {
        let mut head = self.content.head.subscribe();
        let closed = &self.closed;
        // An error would mean that the sender is gone, which this handle holds.
        let _ = head
            .wait_for(|head| *head > after || closed.load(Ordering::SeqCst))
            .await;
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        self.check_open()?;
        Ok(self.content.log().types())
    }

    fn views(&self) -> Option<Arc<dyn ViewStore>> {
        Some(Arc::new(MemoryViews::of(self)))
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.closed.store(true, Ordering::SeqCst);
        // Those who wait look again, and find the handle closed.
        self.content.head.send_modify(|_| ());
        Ok(())
    }
}

/// Shows the entries at these places, a page at a time and without the log's lock, in the order of the direction.
fn show<V: Visitor>(
    mut wanted: std::ops::Range<usize>,
    direction: crate::store::Direction,
    limit: usize,
    visitor: &mut V,
    take: impl Fn(std::ops::Range<usize>) -> Taken,
) {
    use crate::store::Direction::{Backward, Forward};
    let surplus = wanted.len().saturating_sub(limit);
    match direction {
        Forward => wanted.end -= surplus,
        Backward => wanted.start += surplus,
    }
    while !wanted.is_empty() {
        let over = match direction {
            Forward => {
                let page_end = (wanted.start / PAGE + 1) * PAGE;
                let end = page_end.min(wanted.end);
                let taken = take(wanted.start..end);
                wanted.start = end;
                shown(taken.entries().iter(), visitor)
            }
            Backward => {
                let page_start = (wanted.end - 1) / PAGE * PAGE;
                let start = page_start.max(wanted.start);
                let taken = take(start..wanted.end);
                wanted.end = start;
                shown(taken.entries().iter().rev(), visitor)
            }
        };
        if over.is_break() {
            return;
        }
    }
}

fn shown<'a, V: Visitor>(
    mut entries: impl Iterator<Item = &'a Arc<Entry>>,
    visitor: &mut V,
) -> ControlFlow<()> {
    entries.try_for_each(|entry| visitor.event(&entry.recorded()))
}
