//! The life of a store: prepared, asked for its head and types, waited on, closed, opened again.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{
    NOTED, append, commit_of, event, event_of, events, in_log, in_stream, open, part, payload,
    stream,
};
use super::record::{reopens, unclaimed};
use crate::Position;
use crate::store::{AppendError, EventStore, ReadLog, ReadStream, StoreError, StoreErrorKind};

/// A new log has no event, type or commit, and its head is the start.
pub async fn an_empty_log_is_empty<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    assert_eq!(in_log(&*store).await, []);
    assert_eq!(in_stream(&*store, &stream("absent")).await, []);
    assert_eq!(
        store.head().await.expect("the head is read"),
        Position::START
    );
    assert_eq!(store.types().await.expect("the types are read"), []);
    let found = store.find_commit(Uuid::now_v7()).await;
    assert_eq!(found.expect("commits are looked up"), None);
}

/// Each pair of name and version is told once, in the order of names and then of versions.
pub async fn types_are_all_that_was_ever_appended<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("typed");
    let appended = [
        ("b.renamed", 2),
        ("a.opened", 10),
        ("b.renamed", 1),
        ("a.opened", 9),
        ("a.opened", 10),
        ("é.accented", u16::MAX),
    ];
    for (version, (event, schema_version)) in (0..).zip(appended) {
        let typed = event_of(event, schema_version, payload("x"));
        let commit = commit_of(vec![part(&name, version, vec![typed])]);
        store.append(commit).await.expect("it is appended");
    }
    let expected = [
        ("a.opened", 9),
        ("a.opened", 10),
        ("b.renamed", 1),
        ("b.renamed", 2),
        ("é.accented", u16::MAX),
    ];
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(name, version)| (name.to_owned(), version))
        .collect();
    assert_eq!(store.types().await.expect("the types are read"), expected);
}

/// After each commit the head is the position of its last event, and nothing lies above it.
pub async fn the_head_is_the_last_position<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    for round in 0..5 {
        let parts = vec![
            part(&stream(&format!("a{round}")), 0, events(2)),
            part(&stream(&format!("b{round}")), 0, events(1)),
        ];
        let committed = store.append(commit_of(parts)).await;
        let committed = committed.expect("it is appended");
        let last = committed.streams.iter().map(|part| part.position).max();
        let head = store.head().await.expect("the head is read");
        assert_eq!(Some(head), last);
        let above = store.read_log(ReadLog::after(head), Vec::new()).await;
        assert_eq!(above.expect("the log is read"), []);
    }
}

/// Waiting ends at once where the log has grown already, and soon after an append through this store or another one on the same log.
pub async fn waiting_ends_when_the_log_grows<F: StoreFactory>(factory: F) {
    const SOON: Duration = Duration::from_secs(10);
    let store = open(&factory).await;
    let name = stream("awaited");
    append(&*store, &name, 0, 1).await;
    tokio::time::timeout(SOON, store.wait(Position::START))
        .await
        .expect("the log has grown beyond its start already");

    let mut beside = vec![Arc::clone(&store)];
    if reopens(&factory) {
        beside.push(open(&factory).await);
    }
    for (version, writer) in (1..).zip(beside) {
        let head = store.head().await.expect("the head is read");
        let waiting = tokio::spawn({
            let store = Arc::clone(&store);
            async move {
                // A hint may come early: whoever waits looks, and waits again.
                while store.head().await.expect("the head is read") <= head {
                    store.wait(head).await;
                }
            }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        append(&*writer, &name, version, 1).await;
        tokio::time::timeout(SOON, waiting)
            .await
            .expect("an append wakes those who wait")
            .expect("waiting does not panic");
    }
}

/// Preparing again, with and without leave to migrate, and by several stores at once, keeps what is there.
pub async fn preparing_twice_changes_nothing<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    append(&*store, &stream("kept"), 0, 2).await;
    let before = in_log(&*store).await;
    store.prepare(true).await.expect("it is prepared again");
    store
        .prepare(false)
        .await
        .expect("nothing is to be migrated");
    if reopens(&factory) {
        let mut others = Vec::new();
        for _ in 0..4 {
            let store = factory.open().await;
            others.push(tokio::spawn(async move { store.prepare(true).await }));
        }
        for other in others {
            let prepared = other.await.expect("preparing does not panic");
            prepared.expect("several stores prepare one log at once");
        }
    }
    assert_eq!(in_log(&*store).await, before);
}

/// After `close`, every call is an error of the kind `Closed`, and closing again is not one.
pub async fn a_closed_store_refuses<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("closed");
    append(&*store, &name, 0, 1).await;
    let waiting = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.wait(Position::END).await }
    });
    tokio::time::sleep(Duration::from_millis(20)).await;
    store.close().await.expect("the store closes");

    let refused = commit_of(vec![part(&name, 1, vec![event("late")])]);
    match store.append(refused).await {
        Err(AppendError::Store(error)) => assert_closed::<()>(Err(error), "append"),
        other => panic!("a closed store appends nothing, and says so: {other:?}"),
    }
    store.close().await.expect("closing again is no error");
    assert_closed(store.head().await, "head");
    assert_closed(store.types().await, "types");
    assert_closed(store.find_commit(Uuid::now_v7()).await, "find_commit");
    let log = ReadLog::after(Position::START);
    assert_closed(store.read_log(log, Vec::new()).await, "read_log");
    let all = ReadStream::new(name);
    assert_closed(store.read_stream(all, Vec::new()).await, "read_stream");
    tokio::time::timeout(Duration::from_secs(10), waiting)
        .await
        .expect("closing ends the waiting of those who would wait for ever")
        .expect("waiting does not panic");
}

#[track_caller]
fn assert_closed<T>(answer: Result<T, StoreError>, call: &str) {
    match answer {
        Err(error) => assert_eq!(error.kind(), StoreErrorKind::Closed, "{call}: {error}"),
        Ok(_) => panic!("{call} of a closed store is an error"),
    }
}

/// Another store on the same log has what the first one wrote, to the byte, after that one was closed and beside it.
pub async fn a_reopened_store_has_what_was_written<F: StoreFactory>(factory: F) {
    if !reopens(&factory) {
        return unclaimed();
    }
    let store = open(&factory).await;
    let name = stream("reopened");
    append(&*store, &name, 0, 3).await;
    let beside = open(&factory).await;
    append(&*beside, &name, 3, 2).await;
    let written = in_log(&*store).await;
    assert_eq!(written.len(), 5);
    assert_eq!(in_log(&*beside).await, written);
    store.close().await.expect("the store closes");
    append(&*beside, &name, 5, 1).await;
    beside.close().await.expect("the store closes");
    drop((store, beside));

    let store = open(&factory).await;
    let found = in_log(&*store).await;
    assert_eq!(found[..5], written[..]);
    assert_eq!(found.len(), 6);
    let types = store.types().await.expect("the types are read");
    assert_eq!(types, [(NOTED.to_owned(), 1)]);
    append(&*store, &name, 6, 1).await;
}
