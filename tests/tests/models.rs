//! Whatever is asked of a store, in whatever order: it answers as the store in memory does.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use eventsource_core::store::{
    AppendError, Commit, CommitRecord, Committed, EventStore, NewEvent, ReadLog, ReadStream,
    RecordedEvent, StreamCommit,
};
use eventsource_core::{MemoryStore, Position, StreamName, Timestamp};
use eventsource_nats::NatsStore;
use eventsource_postgres::{PostgresOptions, PostgresStore};
use eventsource_sqlite::SqliteStore;
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use tokio::runtime::Runtime;
use uuid::Uuid;

const STREAMS: usize = 4;

/// What is asked of both stores.
#[derive(Debug, Clone)]
enum Call {
    /// To these streams, with so many events each, at their versions or some versions beside them.
    Append {
        parts: Vec<(usize, usize, u64)>,
        micros: i64,
    },
    /// An earlier commit once more, by number.
    Again(usize),
    /// An earlier commit's id, for another content.
    OtherContent(usize),
    FindCommit(usize),
    ReadStream {
        stream: usize,
        from: u64,
        to: u64,
        limit: usize,
        backward: bool,
    },
    ReadLog {
        /// Behind which event, by number.
        behind: usize,
        limit: usize,
        backward: bool,
    },
    Types,
}

/// As much of the log as it takes to ask for something.
#[derive(Debug, Clone, Default)]
struct Known {
    versions: [u64; STREAMS],
    commits: usize,
}

impl ReferenceStateMachine for Known {
    type State = Self;
    type Transition = Call;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(known: &Self) -> BoxedStrategy<Call> {
        let beside = prop_oneof![8 => Just(0), 1 => 1..3_u64];
        let parts = prop::collection::btree_map(0..STREAMS, (1..4_usize, beside), 1..=3);
        let append = (parts, -3..3_i64).prop_map(|(parts, micros)| Call::Append {
            parts: parts
                .into_iter()
                .map(|(stream, (events, beside))| (stream, events, beside))
                .collect(),
            micros,
        });
        let earlier = 0..known.commits.max(1);
        let version = 0..12_u64;
        prop_oneof![
            6 => append,
            2 => earlier.clone().prop_map(Call::Again),
            1 => earlier.clone().prop_map(Call::OtherContent),
            1 => earlier.prop_map(Call::FindCommit),
            2 => (0..STREAMS, version.clone(), version, 0..9_usize, any::<bool>()).prop_map(
                |(stream, from, to, limit, backward)| Call::ReadStream { stream, from, to, limit, backward }
            ),
            2 => (0..40_usize, 1..9_usize, any::<bool>())
                .prop_map(|(behind, limit, backward)| Call::ReadLog { behind, limit, backward }),
            1 => Just(Call::Types),
        ]
        .boxed()
    }

    fn apply(mut known: Self, call: &Call) -> Self {
        if let Call::Append { parts, .. } = call {
            known.commits += 1;
            if parts.iter().all(|(_, _, beside)| *beside == 0) {
                for (stream, events, _) in parts {
                    known.versions[*stream] += *events as u64;
                }
            }
        }
        known
    }
}

/// An answer without what is the store's own.
#[derive(Debug, PartialEq)]
enum Answer {
    Written(Vec<(StreamName, u64, u64)>),
    Conflict(StreamName, u64, u64),
    Reused,
    Found(Option<Vec<(StreamName, u64, u64)>>),
    Events(Vec<RecordedEvent>),
    Types(Vec<(String, u16)>),
}

fn written(committed: &Committed) -> Vec<(StreamName, u64, u64)> {
    let parts = committed.streams.iter();
    parts
        .map(|part| (part.stream.clone(), part.version, part.events))
        .collect()
}

fn answer(appended: Result<Committed, AppendError>) -> Answer {
    match appended {
        Ok(committed) => Answer::Written(written(&committed)),
        Err(AppendError::Conflict {
            stream,
            expected,
            actual,
        }) => Answer::Conflict(stream, expected, actual),
        Err(AppendError::CommitIdReused { .. }) => Answer::Reused,
        Err(error) => panic!("a commit is written or refused: {error}"),
    }
}

fn events(events: Vec<RecordedEvent>) -> Answer {
    let events = events.into_iter().map(|event| RecordedEvent {
        position: Position::START,
        index: 0,
        ..event
    });
    Answer::Events(events.collect())
}

fn stream(number: usize) -> StreamName {
    StreamName::new("model", &format!("'{number}' -")).unwrap()
}

/// What a page of this log has, from behind this cursor on, or before it: those that share a position come together.
fn page_of(
    all: &[RecordedEvent],
    cursor: Position,
    limit: usize,
    backward: bool,
) -> Vec<RecordedEvent> {
    let mut rest: Vec<&RecordedEvent> = if backward {
        let before = all.iter().filter(|event| event.position < cursor);
        before.rev().collect()
    } else {
        all.iter().filter(|event| event.position > cursor).collect()
    };
    let mut end = limit.min(rest.len());
    while end > 0 && end < rest.len() && rest[end].position == rest[end - 1].position {
        end += 1;
    }
    rest.truncate(end);
    rest.into_iter().cloned().collect()
}

/// One of the two stores, and what it was asked.
async fn ask(store: &impl EventStore, commits: &[Commit], call: &Call) -> Option<Answer> {
    Some(match call {
        Call::Append { .. } => answer(store.append(commits.last()?.clone()).await),
        Call::Again(earlier) => answer(store.append(commits.get(*earlier)?.clone()).await),
        Call::OtherContent(earlier) => {
            let commit = commits.get(*earlier)?;
            let mut streams = commit.streams.clone();
            streams.first_mut()?.events.first_mut()?.payload = b"[]".to_vec();
            let other = Commit::new(commit.id, commit.recorded_at, streams);
            answer(store.append(other).await)
        }
        Call::FindCommit(earlier) => {
            let found = store.find_commit(commits.get(*earlier)?.id).await.unwrap();
            Answer::Found(found.map(|CommitRecord { committed, .. }| written(&committed)))
        }
        Call::ReadStream {
            stream: number,
            from,
            to,
            limit,
            backward,
        } => {
            let mut read = ReadStream::new(stream(*number))
                .from(*from)
                .to(*to)
                .limit(*limit);
            if *backward {
                read = read.backward();
            }
            events(store.read_stream(read, Vec::new()).await.unwrap())
        }
        Call::ReadLog {
            behind,
            limit,
            backward,
        } => {
            let all = ReadLog::after(Position::START);
            let all: Vec<RecordedEvent> = store.read_log(all, Vec::new()).await.unwrap();
            let cursor = all.get(*behind)?.position;
            let read = if *backward {
                ReadLog::before(cursor)
            } else {
                ReadLog::after(cursor)
            };
            let read = read.limit(*limit);
            let page: Vec<RecordedEvent> = store.read_log(read, Vec::new()).await.unwrap();
            // Events of one commit may share a position, so a page is of the store's own log.
            assert_eq!(page, page_of(&all, cursor, *limit, *backward));
            events(all)
        }
        Call::Types => Answer::Types(store.types().await.unwrap()),
    })
}

/// Opens the store under test.
trait Opened: EventStore + Sized {
    fn fresh() -> impl Future<Output = Self>;
}

impl Opened for SqliteStore {
    async fn fresh() -> Self {
        SqliteStore::in_memory().await.unwrap()
    }
}

impl Opened for PostgresStore {
    async fn fresh() -> Self {
        let url =
            eventsource_test_servers::postgres::url().unwrap_or_else(|error| panic!("{error}"));
        let options = PostgresOptions::new()
            .connections(2)
            .schema(format!("model {}", Uuid::now_v7()))
            .views_schema(format!("model views {}", Uuid::now_v7()));
        options.connect(&url).await.unwrap()
    }
}

impl Opened for NatsStore {
    async fn fresh() -> Self {
        let url = eventsource_test_servers::nats::url().unwrap_or_else(|error| panic!("{error}"));
        let options = NatsStore::options().log(format!("model-{}", Uuid::now_v7().simple()));
        options.connect(&url).await.unwrap()
    }
}

/// Both stores, and all commits that were handed to them.
struct Both<S> {
    runtime: Runtime,
    model: MemoryStore,
    store: S,
    commits: Vec<Commit>,
}

struct Model<S>(PhantomData<S>);

impl<S: Opened> StateMachineTest for Model<S> {
    type SystemUnderTest = Both<S>;
    type Reference = Known;

    fn init_test(_: &Known) -> Both<S> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (model, store) = runtime.block_on(async {
            let (model, store) = (MemoryStore::new(), S::fresh().await);
            model.prepare(true).await.unwrap();
            store.prepare(true).await.unwrap();
            (model, store)
        });
        Both {
            runtime,
            model,
            store,
            commits: Vec::new(),
        }
    }

    fn apply(mut both: Both<S>, known: &Known, call: Call) -> Both<S> {
        if let Call::Append { parts, micros } = &call {
            let refused = parts.iter().any(|(_, _, beside)| *beside != 0);
            let parts = parts.iter().map(|(number, events, beside)| {
                // What is known is of after the call.
                let after = known.versions[*number];
                let now = after - if refused { 0 } else { *events as u64 };
                StreamCommit {
                    stream: stream(*number),
                    expected_version: now + beside,
                    events: (0..*events).map(event).collect(),
                }
            });
            let at = Timestamp::from_micros(*micros);
            let commit = Commit::new(Uuid::now_v7(), at, parts.collect());
            both.commits.push(commit);
        }
        let (model, store) = both.runtime.block_on(async {
            (
                ask(&both.model, &both.commits, &call).await,
                ask(&both.store, &both.commits, &call).await,
            )
        });
        assert_eq!(store, model, "{call:?}");
        both
    }

    fn teardown(both: Both<S>, _: Known) {
        let Both {
            runtime,
            model,
            store,
            ..
        } = both;
        runtime.block_on(async {
            let all = ReadLog::after(Position::START);
            let expected: Vec<RecordedEvent> = model.read_log(all, Vec::new()).await.unwrap();
            let found: Vec<RecordedEvent> = store.read_log(all, Vec::new()).await.unwrap();
            assert_eq!(events(found), events(expected));
            store.close().await.unwrap();
        });
    }
}

fn event(number: usize) -> NewEvent {
    NewEvent {
        id: Uuid::now_v7(),
        name: ["model.one", "model.other"][number % 2],
        schema_version: 1,
        payload: format!("{{\"number\":{number}}}").into_bytes(),
        metadata: Arc::from([]),
    }
}

/// How many cases on a server, where each makes schemas or streams of its own.
fn on_a_server() -> Config {
    let set = std::env::var("PROPTEST_CASES").ok();
    let cases = set.and_then(|cases| cases.parse::<u32>().ok());
    Config::with_cases(cases.map_or(16, |cases| cases.min(500)))
}

prop_state_machine! {
    #![proptest_config(Config::with_cases(64))]

    #[test]
    fn sqlite_answers_as_memory_does(sequential 1..40 => Model<SqliteStore>);
}

prop_state_machine! {
    #![proptest_config(on_a_server())]

    #[test]
    fn postgres_answers_as_memory_does(sequential 1..40 => Model<PostgresStore>);
}

prop_state_machine! {
    #![proptest_config(on_a_server())]

    #[test]
    fn jetstream_answers_as_memory_does(sequential 1..40 => Model<NatsStore>);
}
