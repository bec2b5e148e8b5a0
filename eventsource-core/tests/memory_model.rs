//! Whatever is appended, in whatever order and however often: the store in memory answers and shows what a plain list would.

use std::collections::HashMap;
use std::sync::Arc;

use eventsource_core::store::{
    AppendError, Commit, Committed, EventStore, NewEvent, ReadLog, ReadStream, RecordedEvent,
    StreamCommit,
};
use eventsource_core::{MemoryStore, Position, StreamName, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

/// One call of `append`.
#[derive(Debug, Clone)]
enum Step {
    /// To these streams, each by number, with so many events, at its version or some versions beside it.
    New(Vec<(usize, usize, u64)>),
    /// The same commit as in an earlier step, by number.
    Again(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let part = (1..4_usize, prop_oneof![8 => Just(0), 1 => 1..3_u64]);
    let parts = prop::collection::btree_map(0..3_usize, part, 1..=3);
    prop_oneof![
        4 => parts.prop_map(|parts| {
            let parts = parts.into_iter();
            Step::New(parts.map(|(stream, (events, beside))| (stream, events, beside)).collect())
        }),
        1 => any::<prop::sample::Index>().prop_map(|earlier| Step::Again(earlier.index(30))),
    ]
}

fn stream(number: usize) -> StreamName {
    StreamName::new("model", &number.to_string()).unwrap()
}

fn event() -> NewEvent {
    NewEvent {
        id: Uuid::now_v7(),
        name: "model.event",
        schema_version: 1,
        payload: b"{}".to_vec(),
        metadata: Arc::from([]),
    }
}

/// What the store should hold: events by stream and id, in order, and the first answer to each commit.
#[derive(Default)]
struct Model {
    log: Vec<(StreamName, u64, Uuid)>,
    versions: HashMap<StreamName, u64>,
    answers: HashMap<Uuid, Committed>,
}

impl Model {
    /// Checks an answer, and takes in what was written.
    fn check(&mut self, commit: &Commit, answer: Result<Committed, AppendError>) {
        if let Some(first) = self.answers.get(&commit.id) {
            assert_eq!(&answer.unwrap(), first);
            return;
        }
        let lost = commit.streams.iter().find_map(|part| {
            let actual = self.versions.get(&part.stream).copied().unwrap_or(0);
            (actual != part.expected_version).then_some((&part.stream, actual))
        });
        match (lost, answer) {
            (Some((on, version)), Err(AppendError::Conflict { stream, actual, .. })) => {
                assert_eq!((&stream, actual), (on, version));
            }
            (None, Ok(committed)) => {
                for (part, told) in commit.streams.iter().zip(&committed.streams) {
                    let version = self.versions.entry(part.stream.clone()).or_default();
                    for event in &part.events {
                        *version += 1;
                        self.log.push((part.stream.clone(), *version, event.id));
                    }
                    assert_eq!((&told.stream, told.version), (&part.stream, *version));
                }
                self.answers.insert(commit.id, committed);
            }
            (lost, answer) => panic!("lost: {lost:?}, answered: {answer:?}"),
        }
    }
}

fn shown(events: &[RecordedEvent]) -> Vec<(StreamName, u64, Uuid)> {
    let parts = events.iter();
    parts
        .map(|event| (event.stream.clone(), event.version, event.event_id))
        .collect()
}

async fn play(steps: Vec<Step>, page: usize) {
    let store = MemoryStore::new();
    let mut model = Model::default();
    let mut commits: Vec<Commit> = Vec::new();
    for step in steps {
        let commit = match step {
            Step::Again(earlier) => match commits.get(earlier) {
                Some(commit) => commit.clone(),
                None => continue,
            },
            Step::New(parts) => {
                let parts = parts.into_iter().map(|(number, events, beside)| {
                    let stream = stream(number);
                    let version = model.versions.get(&stream).copied().unwrap_or(0);
                    StreamCommit {
                        expected_version: version + beside,
                        events: (0..events).map(|_| event()).collect(),
                        stream,
                    }
                });
                Commit::new(Uuid::now_v7(), Timestamp::default(), parts.collect())
            }
        };
        let answer = store.append(commit.clone()).await;
        model.check(&commit, answer);
        commits.push(commit);
    }

    let mut log: Vec<RecordedEvent> = Vec::new();
    loop {
        let last = log.last().map_or(Position::START, |event| event.position);
        let read = ReadLog::after(last).limit(page);
        let news: Vec<RecordedEvent> = store.read_log(read, Vec::new()).await.unwrap();
        if news.is_empty() {
            break;
        }
        log.extend(news);
    }
    assert_eq!(shown(&log), model.log);
    for number in 0..3 {
        let read = ReadStream::new(stream(number));
        let events: Vec<RecordedEvent> = store.read_stream(read, Vec::new()).await.unwrap();
        let mut expected = model.log.clone();
        expected.retain(|(name, ..)| *name == stream(number));
        assert_eq!(shown(&events), expected);
    }
}

proptest! {
    #[test]
    fn the_store_is_a_list(steps in prop::collection::vec(step(), 0..40), page in 1..10_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(play(steps, page));
    }
}
