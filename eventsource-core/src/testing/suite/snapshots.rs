//! Snapshots: shown by schema and version, and never a wrong one.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::fixture::{commit, events, fingerprint, in_stream, open, stream};
use super::record::claimed_in_part;
use super::{Snapshots, StoreFactory};
use crate::store::{EventStore, NewSnapshot, ReadStream, Recorded, SnapshotRef, Visitor};
use crate::{Position, StreamName};

/// How long a store that keeps snapshots may take to keep one, behind the answer to its commit.
const KEPT_WITHIN: Duration = Duration::from_secs(10);

/// Remembers what it was shown.
struct Shown {
    takes: bool,
    snapshots: Vec<(u64, Position, Vec<u8>)>,
    versions: Vec<u64>,
}

impl Visitor for Shown {
    fn snapshot(&mut self, snapshot: SnapshotRef<'_>) -> bool {
        assert!(
            self.versions.is_empty(),
            "a snapshot is shown before the events"
        );
        let state = snapshot.state.to_vec();
        self.snapshots
            .push((snapshot.version, snapshot.position, state));
        self.takes
    }

    fn event(&mut self, event: &Recorded<'_>) -> ControlFlow<()> {
        self.versions.push(event.version);
        ControlFlow::Continue(())
    }
}

async fn read<S: EventStore>(store: &S, read: ReadStream, takes: bool) -> Shown {
    let shown = Shown {
        takes,
        snapshots: Vec::new(),
        versions: Vec::new(),
    };
    store
        .read_stream(read, shown)
        .await
        .expect("the stream is read")
}

fn state(version: u64, schema: u8) -> Vec<u8> {
    format!("{{\"state at {version} in schema {schema} 💶'\":0}}").into_bytes()
}

/// Appends two events, with a snapshot of this schema after them.
async fn append_with_snapshot<S: EventStore>(
    store: &S,
    name: &StreamName,
    version: u64,
    schema: u8,
) {
    let snapshot = NewSnapshot {
        stream: name.clone(),
        version: version + 2,
        fingerprint: fingerprint(schema),
        state: state(version + 2, schema),
    };
    let commit = commit(name, version, events(2)).snapshot(Some(snapshot));
    store.append(commit).await.expect("it is appended");
}

/// Of a stream with snapshots of two schemas, each read sees at most one: of its own schema, at or below the version that it goes up
/// to, with the state and position that belong to it; and the events behind it.
pub async fn only_a_right_snapshot_is_shown<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let kept = factory.capabilities().snapshots == Snapshots::Kept;
    if !kept {
        claimed_in_part();
    }
    let (name, other) = (stream("folded"), stream("folded too"));
    let written = [(2, 1), (4, 2), (6, 1), (8, 1), (10, 2)];
    for (version, schema) in written {
        append_with_snapshot(&*store, &name, version - 2, schema).await;
        append_with_snapshot(&*store, &other, version - 2, 3).await;
    }
    let events = in_stream(&*store, &name).await;
    let position = |version: u64| {
        let found = events.iter().find(|event| event.version == version);
        found.map(|event| event.position)
    };
    if kept {
        for (schema, newest) in [(1, 8), (2, 10)] {
            let begun = Instant::now();
            loop {
                let all = ReadStream::new(name.clone()).snapshot(Some(fingerprint(schema)));
                let shown = read(&*store, all, true).await.snapshots;
                if let Some((version, ..)) = shown.first() {
                    assert_own(&written, *version, schema);
                    if *version == newest {
                        break;
                    }
                }
                assert!(
                    begun.elapsed() < KEPT_WITHIN,
                    "the newest snapshot of schema {schema}, at version {newest}, is kept and shown"
                );
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
    for schema in [1, 2, 3, 4] {
        for to in (0..=11).chain([u64::MAX]) {
            for takes in [true, false] {
                let read_to = ReadStream::new(name.clone())
                    .to(to)
                    .snapshot(Some(fingerprint(schema)));
                let shown = read(&*store, read_to, takes).await;
                let what = format!("schema {schema}, up to {to}");
                let mut from = 1;
                match &shown.snapshots[..] {
                    [] => {}
                    [(version, at, bytes)] => {
                        assert_own(&written, *version, schema);
                        assert!(*version <= to, "{what}: the snapshot is at {version}");
                        assert_eq!(*bytes, state(*version, schema), "{what}: the state");
                        assert_eq!(Some(*at), position(*version), "{what}: the position");
                        if takes {
                            from = version + 1;
                        }
                    }
                    several => panic!("{what}: {} snapshots are shown", several.len()),
                }
                assert_eq!(
                    shown.versions,
                    (from..=to.min(10)).collect::<Vec<_>>(),
                    "{what}: the events behind the snapshot, or all where it is not taken ({takes})"
                );
            }
        }
    }
}

#[track_caller]
fn assert_own(written: &[(u64, u8)], version: u64, schema: u8) {
    assert!(
        written.contains(&(version, schema)),
        "a read of schema {schema} is shown the snapshot at version {version}, which is of another schema"
    );
}

/// A read that asks for none, goes backward, or begins behind version 1 sees no snapshot.
pub async fn a_snapshot_is_shown_to_a_whole_forward_read_alone<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let name = stream("folded");
    append_with_snapshot(&*store, &name, 0, 1).await;
    append_with_snapshot(&*store, &name, 2, 1).await;
    let all = || ReadStream::new(name.clone());
    let asking = || all().snapshot(Some(fingerprint(1)));
    for (what, asked, versions) in [
        ("asks for none", all(), vec![1, 2, 3, 4]),
        ("goes backward", asking().backward(), vec![4, 3, 2, 1]),
        ("begins at version 2", asking().from(2), vec![2, 3, 4]),
    ] {
        let shown = read(&*store, asked, true).await;
        assert_eq!(shown.snapshots, [], "a read that {what} sees no snapshot");
        assert_eq!(shown.versions, versions, "a read that {what}");
    }
}
