//! Snapshots: they are used while they fit, and no state ever depends on one.

use std::ops::ControlFlow;

use eventsource_core::prelude::*;
use eventsource_core::store::{
    Commit, EventStore, Fingerprint, NewEvent, NewSnapshot, ReadStream, Recorded, SnapshotRef,
    StreamCommit, Visitor,
};
use eventsource_core::{StreamName, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

use crate::domain::{Purse, app, fill, open, put, spend, started, write_side};

fn fingerprint() -> Fingerprint {
    (Purse::SNAPSHOT.unwrap().fingerprint)()
}

/// The version of the newest snapshot in the store.
async fn newest_snapshot(store: &MemoryStore) -> Option<u64> {
    struct Newest(Option<u64>);
    impl Visitor for Newest {
        fn snapshot(&mut self, snapshot: SnapshotRef<'_>) -> bool {
            self.0 = Some(snapshot.version);
            true
        }

        fn event(&mut self, _: &Recorded<'_>) -> ControlFlow<()> {
            ControlFlow::Break(())
        }
    }
    let stream = StreamName::new("purse", "a").unwrap();
    let read = ReadStream::new(stream).snapshot(Some(fingerprint()));
    store.read_stream(read, Newest(None)).await.unwrap().0
}

/// Fills the purse behind three other events, with a snapshot that says something else than the events do.
async fn with_snapshot(store: &MemoryStore, fingerprint: Fingerprint, state: &str) {
    put(store, "a", "purse.opened", 1, r#"{"owner":"Ada"}"#).await;
    put(store, "a", "purse.filled", 2, r#"{"amount":1}"#).await;
    let stream = StreamName::new("purse", "a").unwrap();
    let part = StreamCommit {
        stream: stream.clone(),
        expected_version: 2,
        events: vec![NewEvent {
            id: Uuid::now_v7(),
            name: "purse.filled",
            schema_version: 2,
            payload: br#"{"amount":1}"#.to_vec(),
            metadata: [].into(),
        }],
    };
    let commit =
        Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]).snapshot(Some(NewSnapshot {
            stream,
            version: 3,
            fingerprint,
            state: state.into(),
        }));
    store.append(commit).await.unwrap();
    put(store, "a", "purse.filled", 2, r#"{"amount":1}"#).await;
}

async fn coins(store: &MemoryStore) -> u64 {
    let app = started(store, write_side()).await;
    app.load::<Purse>(&"a".into()).await.unwrap().state().coins
}

#[tokio::test]
async fn a_snapshot_is_kept_when_its_time_has_come() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    let mut kept = Vec::new();
    for _ in 2..=12 {
        app.execute(fill("a", 1)).await.unwrap();
        kept.push(newest_snapshot(&store).await.unwrap_or(0));
    }
    assert_eq!(kept, [0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10]);
}

#[tokio::test]
async fn a_snapshot_of_the_same_schema_is_used() {
    let store = MemoryStore::new();
    with_snapshot(&store, fingerprint(), r#"{"owner":"Ada","coins":1000}"#).await;
    assert_eq!(coins(&store).await, 1001);
}

#[tokio::test]
async fn a_snapshot_of_another_schema_is_not_used() {
    let store = MemoryStore::new();
    let other = Fingerprint::of([b"another".as_slice()]);
    with_snapshot(&store, other, r#"{"owner":"Ada","coins":1000}"#).await;
    assert_eq!(coins(&store).await, 3);
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_is_replayed_and_replaced() {
    let store = MemoryStore::new();
    with_snapshot(&store, fingerprint(), r#"{"owner":"Ada","coins":"#).await;
    assert_eq!(coins(&store).await, 3);

    // Five events since the last one that counts, which is none.
    let app = started(&store, write_side()).await;
    app.execute(fill("a", 1)).await.unwrap();

    assert_eq!(newest_snapshot(&store).await, Some(5));
}

proptest! {
    #![proptest_config(crate::cases(48))]

    /// Snapshot plus tail equals full replay, after every command.
    #[test]
    fn snapshot_plus_tail_equals_full_replay(steps in prop::collection::vec((0..4_u8, 1..9_u64), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let store = MemoryStore::new();
            let app = started(&store, write_side()).await;
            let (id, for_ever) = ("a".to_string(), Timestamp::from_micros(i64::MAX));
            app.execute(open(&id)).await.unwrap();
            for (kind, amount) in steps {
                match kind {
                    0 => put(&store, &id, "purse.opened_and_filled", 1, r#"{"owner":"Bo","amount":2}"#).await,
                    1 => put(&store, &id, "purse.looked_at", 1, "{}").await,
                    2 => drop(app.execute(fill(&id, amount)).await.unwrap()),
                    _ => drop(app.execute(spend(&id, amount)).await),
                }
                let loaded = app.load::<Purse>(&id).await.unwrap();
                // A load as of a time never begins from a snapshot.
                let replayed = app.load_as_of::<Purse>(&id, for_ever).await.unwrap();
                assert_eq!(loaded, replayed);
            }
        });
    }
}
