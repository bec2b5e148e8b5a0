//! A small store, whole: `docs/writing-a-store.md` shows its code, `tests/tests/pages.rs` compares the two, and the suite holds it to its promises.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use eventsource_core::prelude::*;
use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, Direction, EventStore, ReadLog, ReadStream,
    RecordedEvent, StoreError, StoreErrorKind, StreamCommitted, Visitor,
};
use eventsource_core::testing::store_suite;
use eventsource_core::testing::suite::{Capabilities, Snapshots, StoreFactory};
use eventsource_core::{Position, StreamName};
use tokio::sync::Notify;
use uuid::Uuid;

/// One opening of a log that is kept in memory.
#[derive(Default)]
struct SmallStore {
    shared: Arc<Shared>,
    closed: AtomicBool,
}

#[derive(Default)]
struct Shared {
    log: Mutex<Log>,
    grown: Notify,
}

#[derive(Default)]
struct Log {
    /// The event at position 1 stands at 0.
    events: Vec<RecordedEvent>,
    /// Where the events of each stream stand.
    streams: HashMap<StreamName, Vec<usize>>,
    commits: HashMap<Uuid, CommitRecord>,
    types: BTreeSet<(String, u16)>,
}

impl Log {
    fn stream(&self, name: &StreamName) -> &[usize] {
        self.streams.get(name).map_or(&[], Vec::as_slice)
    }

    fn head(&self) -> Position {
        Position::from_raw(self.events.len() as u64)
    }
}

fn error(kind: StoreErrorKind, what: impl Into<String>) -> StoreError {
    StoreError::new(kind, "small store", what.into())
}

impl SmallStore {
    /// The log, for one caller at a time; an error once this opening was closed.
    fn log(&self) -> Result<MutexGuard<'_, Log>, StoreError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(error(StoreErrorKind::Closed, "the store was closed"));
        }
        let log = self.shared.log.lock();
        Ok(log.unwrap_or_else(PoisonError::into_inner))
    }

    fn appended(&self, commit: Commit) -> Result<Committed, AppendError> {
        if let Err(broken) = commit.check() {
            return Err(error(StoreErrorKind::Invalid, broken.to_string()).into());
        }
        let mut log = self.log()?;
        if let Some(record) = log.commits.get(&commit.id) {
            return if record.fingerprint == commit.fingerprint {
                Ok(record.committed.clone())
            } else {
                let commit_id = commit.id;
                Err(AppendError::CommitIdReused { commit_id })
            };
        }
        for part in &commit.streams {
            let actual = log.stream(&part.stream).len() as u64;
            if actual != part.expected_version {
                return Err(AppendError::Conflict {
                    stream: part.stream.clone(),
                    expected: part.expected_version,
                    actual,
                });
            }
        }
        // Nothing stands in the way: from here on nothing fails.
        Ok(log.write(commit))
    }
}

impl Log {
    fn write(&mut self, commit: Commit) -> Committed {
        let mut streams = Vec::new();
        for part in commit.streams {
            let last = self.stream(&part.stream).last();
            let recorded_at = last.map_or(commit.recorded_at, |&last| {
                self.events[last].recorded_at.max(commit.recorded_at)
            });
            let mut version = part.expected_version;
            let events = part.events.len() as u64;
            let places = self.streams.entry(part.stream.clone()).or_default();
            for event in part.events {
                version += 1;
                places.push(self.events.len());
                self.types
                    .insert((event.name.to_owned(), event.schema_version));
                self.events.push(RecordedEvent {
                    position: Position::from_raw(self.events.len() as u64 + 1),
                    index: 0,
                    stream: part.stream.clone(),
                    version,
                    event_id: event.id,
                    name: event.name.into(),
                    schema_version: event.schema_version,
                    recorded_at,
                    payload: event.payload,
                    metadata: event.metadata,
                });
            }
            streams.push(StreamCommitted {
                stream: part.stream,
                version,
                position: self.head(),
                events,
            });
        }
        let committed = Committed { streams };
        let record = CommitRecord {
            fingerprint: commit.fingerprint,
            committed: committed.clone(),
        };
        self.commits.insert(commit.id, record);
        committed
    }
}

/// Shows events until there are no more, the limit is reached, or the visitor has had enough.
fn show<'e, V: Visitor>(
    events: impl DoubleEndedIterator<Item = &'e RecordedEvent>,
    (direction, limit): (Direction, usize),
    mut visitor: V,
) -> V {
    let mut shown = |event: &RecordedEvent| visitor.event(&event.borrow());
    let _: ControlFlow<()> = match direction {
        Direction::Forward => events.take(limit).try_for_each(&mut shown),
        Direction::Backward => events.rev().take(limit).try_for_each(&mut shown),
    };
    visitor
}

impl EventStore for SmallStore {
    async fn prepare(&self, _migrate: bool) -> Result<(), StoreError> {
        self.log().map(drop)
    }

    async fn append(&self, commit: Commit) -> Result<Committed, AppendError> {
        let committed = self.appended(commit)?;
        self.shared.grown.notify_waiters();
        Ok(committed)
    }

    async fn find_commit(&self, id: Uuid) -> Result<Option<CommitRecord>, StoreError> {
        Ok(self.log()?.commits.get(&id).cloned())
    }

    async fn read_stream<V: Visitor>(&self, read: ReadStream, visitor: V) -> Result<V, StoreError> {
        let log = self.log()?;
        let events = log.stream(&read.stream).iter().map(|&at| &log.events[at]);
        let asked = events.filter(|event| (read.from..=read.to).contains(&event.version));
        Ok(show(asked, (read.direction, read.limit), visitor))
    }

    async fn read_log<V: Visitor>(&self, read: ReadLog, visitor: V) -> Result<V, StoreError> {
        let log = self.log()?;
        let at = usize::try_from(read.cursor.as_raw()).unwrap_or(usize::MAX);
        let events = match read.direction {
            Direction::Forward => &log.events[at.min(log.events.len())..],
            Direction::Backward => &log.events[..at.saturating_sub(1).min(log.events.len())],
        };
        Ok(show(events.iter(), (read.direction, read.limit), visitor))
    }

    async fn head(&self) -> Result<Position, StoreError> {
        Ok(self.log()?.head())
    }

    async fn wait(&self, after: Position) {
        loop {
            let mut grown = std::pin::pin!(self.shared.grown.notified());
            // Listens before it looks, so that what is appended in between is not missed.
            grown.as_mut().enable();
            match self.head().await {
                Ok(head) if head <= after => grown.await,
                _ => return,
            }
        }
    }

    async fn types(&self) -> Result<Vec<(String, u16)>, StoreError> {
        Ok(self.log()?.types.iter().cloned().collect())
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.closed.store(true, Ordering::SeqCst);
        self.shared.grown.notify_waiters();
        Ok(())
    }
}

#[derive(Default)]
struct OneLog(Arc<Shared>);

impl StoreFactory for OneLog {
    type Store = SmallStore;

    async fn open(&self) -> SmallStore {
        SmallStore {
            shared: Arc::clone(&self.0),
            closed: AtomicBool::new(false),
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().snapshots(Snapshots::MayBeLost)
    }
}

store_suite!(OneLog::default);

/// It has no read models of its own: the builder is given another store for them.
#[tokio::test]
async fn an_app_runs_on_it() {
    let tables = MemoryStore::new().views().expect("it has some");
    let app = App::builder(SmallStore::default()).views(tables).start();
    let app = app.await.unwrap();
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();
}
