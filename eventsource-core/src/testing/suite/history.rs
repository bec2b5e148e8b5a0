//! What many writers were answered and what a reader saw, held against the log.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::timeout;
use uuid::Uuid;

use super::StoreFactory;
use super::fixture::{assert_log_in_order, commit_of, event, in_log, open, part, stream};
use crate::Position;
use crate::store::{
    AppendError, Commit, Committed, EventStore, ReadLog, ReadStream, RecordedEvent,
};

const WRITERS: usize = 16;
const COMMITS: usize = 24;
/// Streams that writers share, so that they come into each other's way.
const SHARED: usize = 5;

/// What a writer knows of its commits.
#[derive(Default)]
struct Answers {
    acknowledged: Vec<(Commit, Committed)>,
    refused: Vec<Commit>,
    /// The answer was not waited for, or the store did not know it.
    unknown: Vec<Commit>,
}

/// Sixteen writers append to streams of their own and to shared ones, repeat commits, and walk away from some before they are answered; a reader
/// tails the log. Each acknowledged commit is in the log exactly once, each refused one is not, each unknown one resolves to once or not at
/// all, and nothing else is there; the reader never sees a position below one that it has seen.
pub async fn sixteen_writers_and_a_reader_tell_one_history<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let written = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(tail(Arc::clone(&store), Arc::clone(&written)));
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        writers.push(tokio::spawn(write(Arc::clone(&store), writer)));
    }
    let mut all = Answers::default();
    for writer in writers {
        let answers = writer.await.expect("a writer writes to its end");
        all.acknowledged.extend(answers.acknowledged);
        all.refused.extend(answers.refused);
        all.unknown.extend(answers.unknown);
    }
    resolve(&*store, &mut all).await;
    written.store(true, Ordering::SeqCst);
    let seen = reader.await.expect("the reader reads to its end");
    all.check(&seen, &in_log(&*store).await);
}

async fn tail<S: EventStore>(store: Arc<S>, written: Arc<AtomicBool>) -> Vec<RecordedEvent> {
    let mut seen: Vec<RecordedEvent> = Vec::new();
    loop {
        let all_written = written.load(Ordering::SeqCst);
        let last = seen.last().map_or(Position::START, |event| event.position);
        let news = store.read_log(ReadLog::after(last).limit(50), Vec::new());
        let news = news.await.expect("the log is read");
        if news.is_empty() {
            if all_written {
                return seen;
            }
            let _ = timeout(Duration::from_millis(50), store.wait(last)).await;
        }
        seen.extend(news);
    }
}

async fn version<S: EventStore>(store: &S, of: &crate::StreamName) -> u64 {
    let last = ReadStream::new(of.clone()).backward().limit(1);
    let last: Vec<RecordedEvent> = store
        .read_stream(last, Vec::new())
        .await
        .expect("the stream is read");
    last.first().map_or(0, |event| event.version)
}

async fn write<S: EventStore>(store: Arc<S>, writer: usize) -> Answers {
    let own = stream(&format!("of writer {writer}"));
    let mut answers = Answers::default();
    for number in 0..COMMITS {
        let shared = stream(&format!("shared {}", (writer + number) % SHARED));
        let mut parts = vec![part(
            &shared,
            version(&*store, &shared).await,
            vec![event(&format!("{writer}.{number}")); 1 + number % 2],
        )];
        for event in &mut parts[0].events {
            event.id = Uuid::now_v7();
        }
        if number % 3 == 0 {
            let events = vec![event("own")];
            parts.push(part(&own, version(&*store, &own).await, events));
        }
        let commit = commit_of(parts);
        let appending = store.append(commit.clone());
        // A task that is dropped, a connection that is lost: nobody hears the answer.
        let answer = if number % 5 == 4 {
            let Ok(answer) = timeout(Duration::from_micros(200), appending).await else {
                answers.unknown.push(commit);
                continue;
            };
            answer
        } else {
            appending.await
        };
        match answer {
            Ok(committed) => {
                if number % 7 == 0 {
                    let again = store.append(commit.clone()).await;
                    let again = again.expect("a repetition gets the first answer");
                    assert_eq!(again, committed, "a repetition gets the first answer");
                }
                answers.acknowledged.push((commit, committed));
            }
            Err(AppendError::Conflict { .. }) => answers.refused.push(commit),
            Err(AppendError::Unknown { .. }) => answers.unknown.push(commit),
            Err(error) => panic!("a commit is appended or conflicts: {error}"),
        }
    }
    answers
}

/// Appends what is unknown again, under the same ids: that tells what became of it.
async fn resolve<S: EventStore>(store: &S, answers: &mut Answers) {
    for commit in std::mem::take(&mut answers.unknown) {
        let found = store.find_commit(commit.id).await;
        let found = found.expect("a commit is looked for");
        match store.append(commit.clone()).await {
            Ok(committed) => {
                if let Some(found) = found {
                    assert_eq!(
                        found.committed, committed,
                        "what was found stays as it was found"
                    );
                }
                answers.acknowledged.push((commit, committed));
            }
            Err(AppendError::Conflict { .. }) => {
                assert_eq!(found, None, "a commit that was found was written");
                answers.refused.push(commit);
            }
            Err(error) => panic!("an unknown outcome is resolved: {error}"),
        }
    }
}

impl Answers {
    /// Holds the log, and what a reader saw of it while it grew, against the answers.
    fn check(&self, seen: &[RecordedEvent], log: &[RecordedEvent]) {
        let mut before = None;
        for event in seen {
            let place = (event.position, event.index);
            assert!(
                before < Some(place),
                "a reader never sees a position below one that it has seen: {place:?} behind {before:?}"
            );
            before = Some(place);
        }
        assert_log_in_order(log);
        let ids = |events: &[RecordedEvent]| -> Vec<Uuid> {
            events.iter().map(|event| event.event_id).collect()
        };
        assert_eq!(
            ids(seen),
            ids(log),
            "a tailing reader sees every event once"
        );
        let mut places: HashMap<Uuid, Vec<&RecordedEvent>> = HashMap::new();
        for event in log {
            places.entry(event.event_id).or_default().push(event);
        }
        for commit in &self.refused {
            for event in commit.streams.iter().flat_map(|part| &part.events) {
                assert!(
                    !places.contains_key(&event.id),
                    "a refused commit is not in the log"
                );
            }
        }
        let mut acknowledged = 0;
        for (commit, committed) in &self.acknowledged {
            for (part, told) in commit.streams.iter().zip(&committed.streams) {
                let versions = part.expected_version.saturating_add(1)..;
                for (event, version) in part.events.iter().zip(versions) {
                    acknowledged += 1;
                    let found = places.get(&event.id).map_or(&[][..], Vec::as_slice);
                    assert_eq!(
                        found.len(),
                        1,
                        "an event of an acknowledged commit is in the log exactly once"
                    );
                    assert!(
                        found.iter().all(|at| at.stream == part.stream
                            && at.version == version
                            && at.position <= told.position),
                        "an acknowledged commit is where its answer says"
                    );
                }
            }
        }
        assert_eq!(
            acknowledged,
            log.len(),
            "nothing is in the log but what was acknowledged"
        );
    }
}
