//! Promise 1: a commit is written whole, under the versions that it expects, or not at all.

use std::sync::Arc;

use super::StoreFactory;
use super::fixture::{
    append, assert_conflict, assert_log_in_order, commit, commit_of, event, event_of, events,
    fingerprint, in_log, in_stream, open, part, payload, payloads, stream, versions,
};
use crate::store::{
    AppendError, EventStore, NewSnapshot, ReadStream, RecordedEvent, SnapshotRef, StoreErrorKind,
    Visitor,
};
use crate::{Position, StreamName};

/// Versions are 1, 2, 3 …, whatever the sizes of the commits, and the answer tells them.
pub async fn versions_are_contiguous<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("contiguous");
    let mut version = 0;
    let mut position = Position::START;
    for size in [1_usize, 2, 3, 1, 10] {
        let committed = append(&*store, &name, version, size).await;
        let [part] = &committed.streams[..] else {
            panic!("a commit to one stream has an answer of one part: {committed:?}");
        };
        version += size as u64;
        assert_eq!(
            (&part.stream, part.version, part.events),
            (&name, version, size as u64)
        );
        assert!(
            part.position > position,
            "the positions of later commits are higher"
        );
        position = part.position;
    }
    let stored = in_stream(&*store, &name).await;
    assert_eq!(versions(&stored), (1..=version).collect::<Vec<_>>());
    assert_eq!(
        stored.last().map(|event| event.position),
        Some(position),
        "the answer tells the last event's position"
    );
    assert_log_in_order(&in_log(&*store).await);
}

/// Of all pairs of a stream's version and an expected one, the equal ones are written and all others are conflicts.
pub async fn expected_versions_are_compared<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    for actual in 0..4_u64 {
        for expected in [0, 1, 2, 3, 4, 1_000, u64::MAX] {
            let name = stream(&format!("at {actual} expected {expected}"));
            if let Ok(count @ 1..) = usize::try_from(actual) {
                append(&*store, &name, 0, count).await;
            }
            let answer = store
                .append(commit(&name, expected, vec![event("next")]))
                .await;
            if expected == actual {
                let committed = answer.expect("the expected version is the stream's");
                assert_eq!(committed.streams[0].version, actual + 1);
            } else {
                assert_conflict(answer, &name, expected, actual);
                assert_eq!(
                    in_stream(&*store, &name).await.len() as u64,
                    actual,
                    "a conflict writes nothing"
                );
            }
        }
    }
}

/// Of sixteen commits at once that expect the same version, one wins; the others are conflicts with its version.
pub async fn one_of_sixteen_wins<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("contested");
    for round in 0..20_u64 {
        let mut racing = Vec::new();
        for racer in 0..16 {
            let (store, name) = (Arc::clone(&store), name.clone());
            racing.push(tokio::spawn(async move {
                let text = format!("round {round} racer {racer}");
                store
                    .append(commit(&name, round, vec![event(&text)]))
                    .await
                    .map(|_| text)
            }));
        }
        let (mut winners, mut losers) = (Vec::new(), Vec::new());
        for racer in racing {
            match racer.await.expect("the store does not panic") {
                Ok(text) => winners.push(text),
                Err(lost) => losers.push(lost),
            }
        }
        assert_eq!(winners.len(), 1, "one of sixteen wins: {winners:?}");
        for lost in losers {
            assert_conflict(Err(lost), &name, round, round + 1);
        }
        let stored = in_stream(&*store, &name).await;
        assert_eq!(versions(&stored), (1..=round + 1).collect::<Vec<_>>());
        assert_eq!(
            payloads(&stored).last().map(String::as_bytes),
            Some(&payload(&winners[0])[..]),
            "what is stored is the winner's"
        );
    }
}

/// After a conflict nothing of the commit is to be found: no event, type, commit id or snapshot, and the head has not moved.
pub async fn a_conflict_leaves_no_trace<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("kept");
    append(&*store, &name, 0, 3).await;
    let before = Trace::of(&*store, &name).await;
    let types = store.types().await.expect("the types are read");
    for expected in [0, 2, 4] {
        let lost = commit(
            &name,
            expected,
            vec![event_of("suite.never", 7, payload("lost"))],
        );
        let lost = lost.snapshot(Some(NewSnapshot {
            stream: name.clone(),
            version: expected + 1,
            fingerprint: fingerprint(1),
            state: b"{}".to_vec(),
        }));
        let id = lost.id;
        assert_conflict(store.append(lost).await, &name, expected, 3);
        let found = store.find_commit(id).await.expect("commits are looked up");
        assert_eq!(found, None, "a commit that lost is not known by its id");
    }
    let after = Trace::of(&*store, &name).await;
    assert_eq!(before, after);
    assert_eq!(types, store.types().await.expect("the types are read"));
}

/// What a stream's reader and a log's reader can see.
#[derive(Debug, PartialEq)]
struct Trace {
    head: Position,
    log: Vec<RecordedEvent>,
    stream: Vec<RecordedEvent>,
    snapshots: u32,
}

impl Trace {
    async fn of<S: EventStore>(store: &S, name: &StreamName) -> Self {
        let read = ReadStream::new(name.clone()).snapshot(Some(fingerprint(1)));
        let counted = store
            .read_stream(read, CountSnapshots(0))
            .await
            .expect("the stream is read");
        Self {
            head: store.head().await.expect("the head is read"),
            log: in_log(store).await,
            stream: in_stream(store, name).await,
            snapshots: counted.0,
        }
    }
}

struct CountSnapshots(u32);

impl Visitor for CountSnapshots {
    fn snapshot(&mut self, _: SnapshotRef<'_>) -> bool {
        self.0 += 1;
        false
    }

    fn event(&mut self, _: &crate::store::Recorded<'_>) -> std::ops::ControlFlow<()> {
        std::ops::ControlFlow::Continue(())
    }
}

/// A commit to five streams that fails at any one of them writes to none.
pub async fn a_commit_that_fails_at_any_stream_leaves_no_trace<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let names: Vec<_> = (0..5).map(|k| stream(&format!("part {k}"))).collect();
    for name in &names {
        append(&*store, name, 0, 1).await;
    }
    let before = in_log(&*store).await;
    for (failing, lost) in names.iter().enumerate() {
        let parts = names
            .iter()
            .enumerate()
            .map(|(k, name)| part(name, if k == failing { 7 } else { 1 }, events(2)))
            .collect();
        assert_conflict(store.append(commit_of(parts)).await, lost, 7, 1);
        assert_eq!(
            before,
            in_log(&*store).await,
            "stream {failing} of five was at another version: no stream is written to"
        );
    }
}

/// One commit may reach several streams, old and new; the answer tells each, in the commit's order.
pub async fn one_commit_reaches_several_streams<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let names = [stream("c"), stream("a"), stream("b")];
    append(&*store, &names[1], 0, 2).await;
    let committed = store
        .append(commit_of(vec![
            part(&names[0], 0, events(1)),
            part(&names[1], 2, events(3)),
            part(&names[2], 0, events(2)),
        ]))
        .await
        .expect("each stream is at its expected version");
    let answered: Vec<_> = committed
        .streams
        .iter()
        .map(|part| (part.stream.clone(), part.version, part.events))
        .collect();
    let expected = [(1, 1), (5, 3), (2, 2)];
    assert_eq!(
        answered,
        names
            .iter()
            .cloned()
            .zip(expected)
            .map(|(name, (version, count))| (name, version, count))
            .collect::<Vec<_>>()
    );
    for part in &committed.streams {
        let stored = in_stream(&*store, &part.stream).await;
        assert_eq!(versions(&stored), (1..=part.version).collect::<Vec<_>>());
        assert_eq!(
            stored.last().map(|event| event.position),
            Some(part.position),
            "the answer tells the position of each stream's last event"
        );
    }
    let log = in_log(&*store).await;
    assert_eq!(log.len(), 8);
    assert_log_in_order(&log);
}

/// A commit without streams, a stream without events and a stream named twice are refused, and nothing is written.
pub async fn an_empty_commit_is_refused<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let (full, empty) = (stream("full"), stream("empty"));
    let refused = [
        ("no stream", vec![]),
        ("no event", vec![part(&empty, 0, vec![])]),
        (
            "one stream of two without an event",
            vec![part(&full, 0, events(1)), part(&empty, 0, vec![])],
        ),
        (
            "a stream named twice",
            vec![part(&full, 0, events(1)), part(&full, 1, events(1))],
        ),
    ];
    for (what, parts) in refused {
        match store.append(commit_of(parts)).await {
            Err(AppendError::Store(error)) => {
                assert_eq!(error.kind(), StoreErrorKind::Invalid, "{what}: {error}");
            }
            other => panic!("a commit with {what} is invalid, not {other:?}"),
        }
    }
    assert_eq!(in_log(&*store).await, []);
}

/// Eight tasks that count in one stream, by reading its version and expecting it, count to their sum.
pub async fn a_counter_loses_no_update<F: StoreFactory>(factory: F) {
    const TASKS: u64 = 8;
    const EACH: u64 = 25;
    let store = open(&factory).await;
    let name = stream("counter");
    let mut counting = Vec::new();
    for _ in 0..TASKS {
        let (store, name) = (Arc::clone(&store), name.clone());
        counting.push(tokio::spawn(async move {
            let mut counted = 0;
            while counted < EACH {
                let stored = in_stream(&*store, &name).await;
                let version = stored.len() as u64;
                let next = event(&(version + 1).to_string());
                match store.append(commit(&name, version, vec![next])).await {
                    Ok(_) => counted += 1,
                    Err(AppendError::Conflict { .. }) => {}
                    Err(other) => panic!("only conflicts are due: {other}"),
                }
            }
        }));
    }
    for task in counting {
        task.await.expect("a task counts to its end");
    }
    let stored = in_stream(&*store, &name).await;
    let all: Vec<u64> = (1..=TASKS * EACH).collect();
    assert_eq!(versions(&stored), all);
    let counted: Vec<_> = all
        .iter()
        .map(|number| String::from_utf8_lossy(&payload(&number.to_string())).into_owned())
        .collect();
    assert_eq!(
        payloads(&stored),
        counted,
        "each saw the one before: no update is lost"
    );
}

/// A thousand events of one commit are written whole, in order.
pub async fn a_thousand_events_are_one_commit<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("thousand");
    let committed = append(&*store, &name, 0, 1_000).await;
    assert_eq!(committed.streams[0].version, 1_000);
    let stored = in_stream(&*store, &name).await;
    assert_eq!(payloads(&stored), payloads_of(1_000));
    let log = in_log(&*store).await;
    assert_eq!(log, stored, "the log shows what the stream shows");
    assert_log_in_order(&log);
}

fn payloads_of(count: usize) -> Vec<String> {
    (0..count)
        .map(|text| String::from_utf8_lossy(&payload(&text.to_string())).into_owned())
        .collect()
}
