//! Promise 3: a commit's id is kept for ever, and the same commit again gets the first answer.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{
    append, assert_conflict, commit, events, fingerprint, in_log, in_stream, open, part, stream,
};
use super::record::{reopens, unclaimed};
use crate::Timestamp;
use crate::store::{AppendError, Commit, EventStore};

/// The same commit again is answered as the first time, also when its stream has moved on and many commits lie between.
pub async fn the_same_commit_gets_the_first_answer<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("repeated");
    let original = commit(&name, 0, events(2));
    let first = store
        .append(original.clone())
        .await
        .expect("the first time");
    for moved_on in 0..100 {
        let again = store
            .append(original.clone())
            .await
            .expect("the look-up of the id comes before any check of versions");
        assert_eq!(again, first, "the answer is the first one");
        append(&*store, &name, 2 + moved_on, 1).await;
    }
    assert_eq!(in_stream(&*store, &name).await.len(), 102);
    let record = store.find_commit(original.id).await.expect("it is read");
    let record = record.expect("a commit is found by its id");
    assert_eq!(record.committed, first);
    assert_eq!(record.fingerprint, original.fingerprint);
}

/// The same holds for another store on the same log, after the first was closed.
pub async fn the_first_answer_outlives_reopening<F: StoreFactory>(factory: F) {
    if !reopens(&factory) {
        return unclaimed();
    }
    let name = stream("repeated");
    let original = commit(&name, 0, events(2));
    let store = open(&factory).await;
    let first = store
        .append(original.clone())
        .await
        .expect("the first time");
    append(&*store, &name, 2, 1).await;
    store.close().await.expect("the store closes");
    drop(store);

    let store = open(&factory).await;
    let record = store.find_commit(original.id).await.expect("it is read");
    assert_eq!(record.map(|record| record.committed), Some(first.clone()));
    let again = store.append(original.clone()).await;
    assert_eq!(again.expect("the same commit is answered"), first);
    let other = Commit::with_fingerprint(
        original.id,
        fingerprint(9),
        Timestamp::now(),
        original.streams,
    );
    assert_reused(store.append(other).await, original.id);
    assert_eq!(in_log(&*store).await.len(), 3);
}

/// A commit that lost to a conflict wrote nothing, its id neither: it may be tried again at the right version.
pub async fn a_commit_that_lost_is_not_remembered<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("late");
    append(&*store, &name, 0, 1).await;
    let late = commit(&name, 0, events(1));
    assert_conflict(store.append(late.clone()).await, &name, 0, 1);
    let decided_anew = Commit::with_fingerprint(
        late.id,
        late.fingerprint,
        late.recorded_at,
        vec![part(&name, 1, events(3))],
    );
    let committed = store.append(decided_anew).await;
    assert_eq!(
        committed.expect("the id is free still").streams[0].version,
        4
    );
    let again = store.append(late).await.expect("now it is remembered");
    assert_eq!(again.streams[0].version, 4);
    assert_eq!(in_log(&*store).await.len(), 4);
}

/// Another content under a used id is refused, whatever its stream and version, and nothing is written.
pub async fn other_content_under_the_same_id_is_refused<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let (name, elsewhere) = (stream("first"), stream("second"));
    let original = commit(&name, 0, events(1));
    let (id, time) = (original.id, original.recorded_at);
    store.append(original).await.expect("the first time");
    for other in [
        Commit::new(id, time, vec![part(&name, 0, events(2))]),
        Commit::new(id, time, vec![part(&name, 1, events(2))]),
        Commit::new(id, time, vec![part(&elsewhere, 0, events(1))]),
        Commit::with_fingerprint(id, fingerprint(9), time, vec![part(&name, 1, events(1))]),
    ] {
        assert_reused(store.append(other).await, id);
    }
    assert_eq!(in_log(&*store).await.len(), 1);
}

#[track_caller]
fn assert_reused(answer: Result<crate::store::Committed, AppendError>, id: Uuid) {
    match answer {
        Err(AppendError::CommitIdReused { commit_id }) => assert_eq!(commit_id, id),
        other => panic!("the id was used for another content: a refusal is due, not {other:?}"),
    }
}

/// Eight tasks that append the same commit at once write it once, and each gets its answer.
pub async fn repetitions_at_once_write_once<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    for round in 0..20 {
        let name = stream(&format!("round {round}"));
        let original = commit(&name, 0, events(2));
        let mut racing = Vec::new();
        for _ in 0..8 {
            let (store, commit) = (Arc::clone(&store), original.clone());
            racing.push(tokio::spawn(async move { store.append(commit).await }));
        }
        let mut answers = Vec::new();
        for racer in racing {
            let answer = racer.await.expect("the store does not panic");
            answers.push(answer.expect("the same commit is answered, not refused"));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "all get one answer: {answers:?}");
        assert_eq!(in_stream(&*store, &name).await.len(), 2);
    }
}

/// Whoever stops waiting for an answer can find it: by the commit's id, or by appending again, which writes it once in all.
pub async fn an_answer_that_was_lost_is_found<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    for round in 0..40_u64 {
        let name = stream(&format!("round {round}"));
        let lost = commit(&name, 0, events(2));
        let waited = Duration::from_micros(round * 50);
        // Dropped in the middle, wherever that is.
        let _ = tokio::time::timeout(waited, store.append(lost.clone())).await;
        let found = store.find_commit(lost.id).await.expect("it is read");
        let answer = store
            .append(lost.clone())
            .await
            .expect("the same commit again is answered or written");
        if let Some(found) = found {
            assert_eq!(found.committed, answer, "what was found is the answer");
        }
        let found = store.find_commit(lost.id).await.expect("it is read");
        assert_eq!(found.map(|record| record.committed), Some(answer));
        assert_eq!(
            in_stream(&*store, &name).await.len(),
            2,
            "it is there exactly once"
        );
    }
    assert_eq!(in_log(&*store).await.len(), 80);
}
