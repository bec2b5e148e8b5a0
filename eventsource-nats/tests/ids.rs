//! Commits whose ids nobody else has, and claims of ids whose commits were never written.

mod fixture;

use eventsource_core::store::{AppendError, Commit, EventStore, NewSnapshot, ReadStream};
use eventsource_core::store::{Fingerprint, SnapshotRef, StreamCommit, Visitor};
use fixture::{Place, commit, event, events, log, stream};

#[tokio::test(flavor = "multi_thread")]
async fn of_sixteen_new_ids_at_one_version_one_wins() {
    let place = Place::new();
    let store = place.store().await;
    let name = stream("contested");
    for round in 0..20 {
        let mut racing = Vec::new();
        for racer in 0..16 {
            let (store, name) = (store.clone(), name.clone());
            let new = event(&format!("{round} {racer}"));
            racing.push(tokio::spawn(async move {
                store.append(commit(&name, round, vec![new]).new_id()).await
            }));
        }
        let mut winners = 0;
        for racer in racing {
            match racer.await.unwrap() {
                Ok(_) => winners += 1,
                Err(AppendError::Conflict {
                    expected, actual, ..
                }) => assert_eq!((expected, actual), (round, round + 1)),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(winners, 1);
    }
    assert_eq!(events(&store, &name).await.len(), 20);
}

#[tokio::test]
async fn what_another_store_has_appended_is_a_conflict() {
    let place = Place::new();
    let (one, other) = (place.store().await, place.store().await);
    let name = stream("1");
    one.append(commit(&name, 0, vec![event("a")]).new_id())
        .await
        .unwrap();
    other
        .append(commit(&name, 1, vec![event("b"), event("c")]).new_id())
        .await
        .unwrap();
    // The first store believes that the stream is at version 1 still.
    match one
        .append(commit(&name, 1, vec![event("d")]).new_id())
        .await
    {
        Err(AppendError::Conflict {
            expected, actual, ..
        }) => assert_eq!((expected, actual), (1, 3)),
        other => panic!("{other:?}"),
    }
    assert_eq!(events(&one, &name).await.len(), 3);
}

/// A commit lost, and its claim lies there; the id is free for the same command, decided anew, of a program that knows nothing of the first.
#[tokio::test]
async fn a_claim_of_a_commit_that_lost_stands_in_nobodys_way() {
    let place = Place::new();
    let (one, other) = (place.store().await, place.store().await);
    let name = stream("1");
    events(&one, &name).await;
    other
        .append(commit(&name, 0, vec![event("first")]))
        .await
        .unwrap();
    // Its claim is written, since this store does not know that the stream has begun.
    let lost = commit(&name, 0, vec![event("second")]);
    match one.append(lost.clone()).await {
        Err(AppendError::Conflict { .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(other.find_commit(lost.id).await.unwrap(), None);
    let part = StreamCommit {
        stream: name.clone(),
        expected_version: 1,
        events: vec![event("second")],
    };
    let anew = Commit::with_fingerprint(lost.id, lost.fingerprint, lost.recorded_at, vec![part]);
    let answer = other.append(anew).await.unwrap();
    assert_eq!(answer.streams[0].version, 2);
    let found = one.find_commit(lost.id).await.unwrap().unwrap();
    assert_eq!(found.committed, answer);
    assert_eq!(one.append(lost).await.unwrap(), answer);
    assert_eq!(log(&one).await.len(), 2);
}

/// Takes the snapshot that it is shown.
struct Taking(Vec<u64>);

impl Visitor for Taking {
    fn snapshot(&mut self, _: SnapshotRef<'_>) -> bool {
        true
    }

    fn event(
        &mut self,
        event: &eventsource_core::store::Recorded<'_>,
    ) -> std::ops::ControlFlow<()> {
        self.0.push(event.version);
        std::ops::ControlFlow::Continue(())
    }
}

#[tokio::test]
async fn a_snapshot_too_large_for_a_message_fails_no_commit() {
    let place = Place::new();
    let store = place.store().await;
    let name = stream("1");
    let fingerprint = Fingerprint::of([&b"schema"[..]]);
    let snapshot = NewSnapshot {
        stream: name.clone(),
        version: 1,
        fingerprint,
        state: vec![b'x'; 2 * 1024 * 1024],
    };
    let large = commit(&name, 0, vec![event("a")]).snapshot(Some(snapshot));
    store.append(large).await.unwrap();
    let read = ReadStream::new(name).snapshot(Some(fingerprint));
    let taken = store.read_stream(read, Taking(Vec::new())).await.unwrap();
    assert_eq!(taken.0, [1], "all events are read");
}

/// A long stream, so that places are looked for by halving.
#[tokio::test]
async fn the_middle_of_a_long_stream_is_found() {
    let place = Place::new();
    let store = place.store().await;
    let (name, other) = (stream("long"), stream("other"));
    for version in 0..1_500 {
        let new = commit(&name, version, vec![event("a")]).new_id();
        store.append(new).await.unwrap();
        if version % 3 == 0 {
            let between = commit(&other, version / 3, vec![event("b")]).new_id();
            store.append(between).await.unwrap();
        }
    }
    for from in [1, 255, 256, 257, 258, 700, 1_001, 1_499, 1_500, 1_501] {
        let read = || ReadStream::new(name.clone()).from(from).limit(3);
        let shown = store.read_stream(read(), Taking(Vec::new())).await.unwrap();
        let expected: Vec<u64> = (from..=1_500).take(3).collect();
        assert_eq!(shown.0, expected);
        let read = ReadStream::new(name.clone()).to(from).backward().limit(3);
        let shown = store.read_stream(read, Taking(Vec::new())).await.unwrap();
        let expected: Vec<u64> = (1..=from.min(1_500)).rev().take(3).collect();
        assert_eq!(shown.0, expected);
    }
}
