//! Defects of what readers are shown.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use eventsource_core::store::{
    AppendError, Commit, Committed, EventStore, Fingerprint, ReadLog, ReadStream, Recorded,
    RecordedEvent, SnapshotRef, StoreError, Visitor,
};
use eventsource_core::{MemoryStore, Position, StreamName, Timestamp};
use uuid::Uuid;

use crate::defect::Defect;

fn show<V: Visitor>(events: &[RecordedEvent], mut visitor: V) -> V {
    for event in events {
        if visitor.event(&event.borrow()).is_break() {
            break;
        }
    }
    visitor
}

/// Gives positions out before commits are seen, so that a later one may be seen first: a table with an ordinary sequence.
#[derive(Default)]
pub struct NaiveSequence {
    in_flight: tokio::sync::Mutex<HashSet<Position>>,
    commits: AtomicUsize,
}

impl Defect for NaiveSequence {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        let slow = self
            .commits
            .fetch_add(1, Ordering::SeqCst)
            .is_multiple_of(5);
        let mut in_flight = self.in_flight.lock().await;
        let committed = inner.append(commit).await?;
        let positions = committed.streams.iter().map(|part| part.position);
        if slow {
            in_flight.extend(positions.clone());
            drop(in_flight);
            tokio::time::sleep(Duration::from_millis(2)).await;
            let mut in_flight = self.in_flight.lock().await;
            positions.for_each(|position| {
                in_flight.remove(&position);
            });
        }
        Ok(committed)
    }

    async fn read_log<V: Visitor>(
        &self,
        inner: &MemoryStore,
        read: ReadLog,
        visitor: V,
    ) -> Result<V, StoreError> {
        let in_flight = self.in_flight.lock().await;
        let mut events: Vec<RecordedEvent> = inner.read_log(read, Vec::new()).await?;
        events.retain(|event| !in_flight.contains(&event.position));
        Ok(show(&events, visitor))
    }
}

/// Passes over the first of several new events where a reader goes on.
#[derive(Default)]
pub struct SkipsBehind;

impl Defect for SkipsBehind {
    async fn read_log<V: Visitor>(
        &self,
        inner: &MemoryStore,
        read: ReadLog,
        visitor: V,
    ) -> Result<V, StoreError> {
        let mut events: Vec<RecordedEvent> = inner.read_log(read, Vec::new()).await?;
        if read.cursor > Position::START && events.len() > 1 {
            events.remove(0);
        }
        Ok(show(&events, visitor))
    }
}

/// Reads the whole log into memory before it shows an event.
#[derive(Default)]
pub struct GathersFirst;

impl Defect for GathersFirst {
    async fn read_log<V: Visitor>(
        &self,
        inner: &MemoryStore,
        read: ReadLog,
        visitor: V,
    ) -> Result<V, StoreError> {
        let events: Vec<RecordedEvent> = inner.read_log(read, Vec::new()).await?;
        Ok(show(&events, visitor))
    }

    async fn read_stream<V: Visitor>(
        &self,
        inner: &MemoryStore,
        read: ReadStream,
        visitor: V,
    ) -> Result<V, StoreError> {
        let events: Vec<RecordedEvent> = inner.read_stream(read, Vec::new()).await?;
        Ok(show(&events, visitor))
    }
}

/// Records the time that the writer's clock showed.
#[derive(Default)]
pub struct BelievesTheClock {
    times: Mutex<HashMap<Uuid, Timestamp>>,
}

impl Defect for BelievesTheClock {
    async fn append(&self, inner: &MemoryStore, commit: Commit) -> Result<Committed, AppendError> {
        for event in commit.streams.iter().flat_map(|part| &part.events) {
            let mut times = self.times.lock().unwrap();
            times.insert(event.id, commit.recorded_at);
        }
        inner.append(commit).await
    }

    async fn read_stream<V: Visitor>(
        &self,
        inner: &MemoryStore,
        read: ReadStream,
        visitor: V,
    ) -> Result<V, StoreError> {
        let mut events: Vec<RecordedEvent> = inner.read_stream(read, Vec::new()).await?;
        let times = self.times.lock().unwrap();
        for event in &mut events {
            event.recorded_at = times[&event.event_id];
        }
        Ok(show(&events, visitor))
    }
}

/// Compares ids as a database with a case-insensitive collation does.
#[derive(Default)]
pub struct FoldsCase;

fn folded(stream: &StreamName) -> StreamName {
    StreamName::new(stream.category(), &stream.id().to_ascii_lowercase()).unwrap()
}

impl Defect for FoldsCase {
    async fn append(
        &self,
        inner: &MemoryStore,
        mut commit: Commit,
    ) -> Result<Committed, AppendError> {
        let asked: Vec<_> = commit
            .streams
            .iter()
            .map(|part| part.stream.clone())
            .collect();
        for part in &mut commit.streams {
            part.stream = folded(&part.stream);
        }
        let as_asked = |stream: &mut StreamName| {
            if let Some(asked) = asked.iter().find(|asked| folded(asked) == *stream) {
                *stream = asked.clone();
            }
        };
        let mut answer = inner.append(commit).await;
        match &mut answer {
            Ok(committed) => committed
                .streams
                .iter_mut()
                .for_each(|part| as_asked(&mut part.stream)),
            Err(AppendError::Conflict { stream, .. }) => as_asked(stream),
            Err(_) => {}
        }
        answer
    }

    async fn read_stream<V: Visitor>(
        &self,
        inner: &MemoryStore,
        mut read: ReadStream,
        visitor: V,
    ) -> Result<V, StoreError> {
        read.stream = folded(&read.stream);
        inner.read_stream(read, visitor).await
    }
}

/// Shows the newest snapshot, whatever schema it was written with.
#[derive(Default)]
pub struct SnapshotOfAnySchema;

impl Defect for SnapshotOfAnySchema {
    async fn append(
        &self,
        inner: &MemoryStore,
        mut commit: Commit,
    ) -> Result<Committed, AppendError> {
        if let Some(snapshot) = &mut commit.snapshot {
            snapshot.fingerprint = Fingerprint::of([]);
        }
        inner.append(commit).await
    }

    async fn read_stream<V: Visitor>(
        &self,
        inner: &MemoryStore,
        mut read: ReadStream,
        visitor: V,
    ) -> Result<V, StoreError> {
        read.snapshot = read.snapshot.map(|_| Fingerprint::of([]));
        inner.read_stream(read, visitor).await
    }
}

/// Cannot read the states that it kept, and shows a default one instead of none.
#[derive(Default)]
pub struct DefaultStateForASnapshot;

impl Defect for DefaultStateForASnapshot {
    async fn read_stream<V: Visitor>(
        &self,
        inner: &MemoryStore,
        read: ReadStream,
        visitor: V,
    ) -> Result<V, StoreError> {
        Ok(inner.read_stream(read, Defaulting(visitor)).await?.0)
    }
}

struct Defaulting<V>(V);

impl<V: Visitor> Visitor for Defaulting<V> {
    fn snapshot(&mut self, snapshot: SnapshotRef<'_>) -> bool {
        let state = b"{}";
        self.0.snapshot(SnapshotRef { state, ..snapshot })
    }

    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        self.0.event(event)
    }
}
