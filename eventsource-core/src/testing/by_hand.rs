//! Streams, events and commits made by hand, and what a store keeps of them: for a store's own tests, beside its conformance suite.
//!
//! # Panics
//!
//! These functions are for tests: they panic where a name is not valid or the store cannot be read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use uuid::Uuid;

use crate::store::{
    Commit, EventStore, NewEvent, ReadLog, ReadStream, RecordedEvent, StreamCommit,
};
use crate::{Position, StreamName, Timestamp};

/// The stream `account-id`.
///
/// # Panics
///
/// When the id is none, see [`check_id`](crate::check_id).
#[must_use]
pub fn stream(id: &str) -> StreamName {
    StreamName::new("account", id).expect("the id is valid")
}

/// An event `account.noted` with this text, which is put between quotes as it is, and without metadata.
#[must_use]
pub fn event(text: &str) -> NewEvent {
    NewEvent {
        id: Uuid::now_v7(),
        name: "account.noted",
        schema_version: 1,
        payload: format!("{{\"text\":\"{text}\"}}").into_bytes(),
        metadata: Arc::from([]),
    }
}

/// A commit to one stream, under a new id.
#[must_use]
pub fn commit(stream: &StreamName, expected_version: u64, events: Vec<NewEvent>) -> Commit {
    let part = StreamCommit {
        stream: stream.clone(),
        expected_version,
        events,
    };
    Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part])
}

/// All events of the log.
///
/// # Panics
///
/// When the log cannot be read.
pub async fn log<S: EventStore>(store: &S) -> Vec<RecordedEvent> {
    store
        .read_log(ReadLog::after(Position::START), Vec::new())
        .await
        .expect("the log is read")
}

/// All events of a stream.
///
/// # Panics
///
/// When the stream cannot be read.
pub async fn events<S: EventStore>(store: &S, stream: &StreamName) -> Vec<RecordedEvent> {
    store
        .read_stream(ReadStream::new(stream.clone()), Vec::new())
        .await
        .expect("the stream is read")
}

/// Follows the log behind a position until `done`, and then to its end: the place of each event that was shown, in the order in which it was shown.
/// While the log cannot be read, because its server is away or locked, it is tried again.
pub async fn tail<S: EventStore>(
    store: &S,
    after: Position,
    done: &AtomicBool,
) -> Vec<(Position, u32)> {
    const PAUSE: Duration = Duration::from_millis(20);
    let mut seen: Vec<(Position, u32)> = Vec::new();
    loop {
        let all_is_written = done.load(Ordering::SeqCst);
        let last = seen.last().map_or(after, |(position, _)| *position);
        let read = store.read_log(ReadLog::after(last), Vec::new()).await;
        let Ok(news) = read as Result<Vec<RecordedEvent>, _> else {
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        if news.is_empty() {
            if all_is_written {
                return seen;
            }
            let _ = tokio::time::timeout(PAUSE, store.wait(last)).await;
        }
        seen.extend(places(&news));
    }
}

/// The place of each event in the log.
#[must_use]
pub fn places(events: &[RecordedEvent]) -> Vec<(Position, u32)> {
    let places = events.iter().map(|event| (event.position, event.index));
    places.collect()
}
