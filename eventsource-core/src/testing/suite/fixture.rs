//! The suite's own events, and short words for what every case does.

use std::sync::Arc;

use uuid::Uuid;

use super::StoreFactory;
use crate::store::{
    AppendError, Commit, Committed, EventStore, Fingerprint, NewEvent, RecordedEvent, StreamCommit,
};
pub(super) use crate::testing::by_hand::{commit, events as in_stream, log as in_log};
use crate::{Metadata, Position, StreamName, Timestamp};

/// Stands in every payload of the suite, and must stand nowhere else.
pub(super) const CANARY: &str = "canary-4Zq9vT";

/// The name of the suite's ordinary event.
pub(super) const NOTED: &str = "suite.noted";

/// Opens the factory's log and prepares it.
pub(super) async fn open<F: StoreFactory>(factory: &F) -> Arc<F::Store> {
    let store = factory.open().await;
    store.prepare(true).await.expect("the store is prepared");
    Arc::new(store)
}

/// The stream `suite-id`.
pub(super) fn stream(id: &str) -> StreamName {
    StreamName::new("suite", id).expect("the suite's ids are valid")
}

/// An event of this text.
pub(super) fn event(text: &str) -> NewEvent {
    event_of(NOTED, 1, payload(text))
}

/// An event of any type and payload.
pub(super) fn event_of(name: &'static str, schema_version: u16, payload: Vec<u8>) -> NewEvent {
    NewEvent {
        id: Uuid::now_v7(),
        name,
        schema_version,
        payload,
        metadata: Metadata::new().actor("suite").encode().into(),
    }
}

/// The payload of the event of this text.
pub(super) fn payload(text: &str) -> Vec<u8> {
    serde_json::json!({ "text": text, "secret": CANARY })
        .to_string()
        .into_bytes()
}

/// So many events, of the texts `0`, `1`, …
pub(super) fn events(count: usize) -> Vec<NewEvent> {
    (0..count).map(|text| event(&text.to_string())).collect()
}

/// The part of a commit that goes to one stream.
pub(super) fn part(
    stream: &StreamName,
    expected_version: u64,
    events: Vec<NewEvent>,
) -> StreamCommit {
    StreamCommit {
        stream: stream.clone(),
        expected_version,
        events,
    }
}

/// A commit to several streams, under a new id.
pub(super) fn commit_of(streams: Vec<StreamCommit>) -> Commit {
    Commit::new(Uuid::now_v7(), Timestamp::now(), streams)
}

/// A schema of snapshots, by number.
pub(super) fn fingerprint(schema: u8) -> Fingerprint {
    Fingerprint::of([&[schema][..]])
}

/// Appends so many events to a stream at this version.
pub(super) async fn append<S: EventStore>(
    store: &S,
    stream: &StreamName,
    expected_version: u64,
    count: usize,
) -> Committed {
    store
        .append(commit(stream, expected_version, events(count)))
        .await
        .expect("a commit at the stream's version is appended")
}

/// The payloads of events, as texts.
pub(super) fn payloads(events: &[RecordedEvent]) -> Vec<String> {
    events
        .iter()
        .map(|event| String::from_utf8_lossy(&event.payload).into_owned())
        .collect()
}

/// The versions of events.
pub(super) fn versions(events: &[RecordedEvent]) -> Vec<u64> {
    events.iter().map(|event| event.version).collect()
}

/// Checks that an append was refused for a conflict of these versions in this stream.
#[track_caller]
pub(super) fn assert_conflict(
    answer: Result<Committed, AppendError>,
    stream: &StreamName,
    expected: u64,
    actual: u64,
) {
    match answer {
        Err(AppendError::Conflict {
            stream: on,
            expected: wanted,
            actual: found,
        }) => assert_eq!(
            (&on, wanted, found),
            (stream, expected, actual),
            "a conflict names the stream, the expected version and the actual one"
        ),
        other => panic!(
            "version {expected} was expected of stream {stream}, which is at {actual}: a conflict is due, not {other:?}"
        ),
    }
}

/// Checks the order of a log: places strictly grow, and each stream's versions are 1, 2, 3 …
#[track_caller]
pub(super) fn assert_log_in_order(log: &[RecordedEvent]) {
    let mut versions = std::collections::HashMap::new();
    let mut before = None;
    for event in log {
        let place = (event.position, event.index);
        assert!(
            before < Some(place),
            "positions grow: {before:?} stands before {place:?}"
        );
        assert!(
            event.position > Position::START,
            "no event stands at the start, before the first event of every log"
        );
        before = Some(place);
        let version = versions.entry(event.stream.clone()).or_insert(0_u64);
        *version += 1;
        assert_eq!(
            event.version, *version,
            "stream {} has its versions in order and without a gap",
            event.stream
        );
    }
}
