//! Commits, loads and the replay of the log on NATS JetStream, beside bare async-nats. `cargo bench --bench nats`, on the server that `NATS_URL` names, else
//! on one of our own; `-- sync=always` for one of our own that flushes before it acknowledges.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_nats::jetstream::consumer::push::OrderedConfig;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Config;
use async_nats::jetstream::{self, Context};
use bytes::Bytes;
use eventsource_benches::bank::Account;
use eventsource_benches::filled::new_event;
use eventsource_core::store::{Commit, EventStore as _, ReadLog, Recorded, StreamCommit, Visitor};
use eventsource_core::{App, Metadata, Position, StreamName, Timestamp};
use eventsource_nats::NatsStore;
use eventsource_test_servers::nats as server;
use futures_util::StreamExt as _;
use measure::history::fact;
use measure::race::{Outcome, Race, Target};
use measure::rate;
use tokio::runtime::Runtime;
use uuid::Uuid;

const ROUNDS: usize = 7;
/// Messages of the log that is replayed, of one event each.
const LOG: u64 = 200_000;
/// Events of an aggregate that is loaded, a commit each.
const EVENTS: u64 = 10;
const LOADS: u64 = 200;

const PUBLISH: &str = "bare: publish and acknowledgement";
const GUARDED: &str = "bare: the same behind an expected sequence";
const APPEND: &str = "eventsource: append, from_client";
const QUIET: &str = "eventsource: append, connect";
const CONSUMER: &str = "bare: an ordered consumer a load";
const DIRECT: &str = "bare: one direct get";
const LOAD: &str = "eventsource: App::load";
const PUSH: &str = "bare: ordered push consumer";
const REPLAY: &str = "eventsource: read_log";

/// Where all is: the store under test, and its server as a bare client sees it.
struct Bench {
    runtime: Runtime,
    client: async_nats::Client,
    jetstream: Context,
    /// Through the same client.
    store: Arc<NatsStore>,
    /// Through one that lives in a thread of its own.
    quiet: Arc<NatsStore>,
    log: String,
    /// So that no two streams have one name.
    made: AtomicU64,
}

fn main() {
    let runtime = Runtime::new().expect("a runtime starts");
    let folder = tempfile::tempdir().expect("there is a place for its configuration");
    let always = std::env::args().any(|word| word == "sync=always");
    let own = always.then(|| {
        let file = folder.path().join("nats.conf");
        std::fs::write(&file, "jetstream { sync_interval: always }").expect("it is written");
        let arguments = ["-c", file.to_str().expect("it is a name")];
        server::Server::start(&arguments).expect("a server starts")
    });
    let url = match &own {
        Some(server) => server.url(),
        None => server::url().unwrap_or_else(|error| panic!("{error}")),
    };
    let bench = runtime.block_on(async {
        let client = async_nats::connect(&url).await.expect("it is there");
        let jetstream = jetstream::new(client.clone());
        let log = format!("bench-{}", Uuid::now_v7().simple());
        let options = NatsStore::options().log(&log);
        let quiet = options.clone().connect(&url).await;
        let quiet = Arc::new(quiet.expect("the server is there"));
        let store = options.from_client(client.clone()).await;
        let store = Arc::new(store.expect("the server is there"));
        store.prepare(true).await.expect("its streams are made");
        let bare = Config {
            name: format!("{log}-bare"),
            subjects: vec![format!("{log}-bare.>")],
            allow_direct: true,
            ..Config::default()
        };
        jetstream.create_stream(bare).await.expect("it is made");
        (client, jetstream, store, quiet, log)
    });
    let (client, jetstream, store, quiet, log) = bench;
    let bench = Bench {
        runtime,
        client,
        jetstream,
        store,
        quiet,
        log,
        made: AtomicU64::new(0),
    };
    for (in_flight, commits) in [(1, 2_000), (64, 20_000)] {
        let outcome = bench.commits(in_flight, commits);
        outcome.target(APPEND, Target::AtLeast(0.85));
    }
    bench.loads().target(LOAD, Target::AtLeast(1.0));
    bench.replay().target(REPLAY, Target::AtLeast(0.8));
    bench.runtime.block_on(async {
        bench.store.close().await.expect("it closes");
        for stream in ["", "-bare", "-claims"] {
            let stream = format!("{}{stream}", bench.log);
            let _ = bench.jetstream.delete_stream(stream).await;
        }
    });
}

/// Counts what it is shown.
struct Counting(u64);

impl Visitor for Counting {
    fn event(&mut self, _: &Recorded<'_>) -> ControlFlow<()> {
        self.0 += 1;
        ControlFlow::Continue(())
    }
}

impl Bench {
    fn number(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// Each of `in_flight` tasks writes to a stream of its own, one message after another.
    fn append(&self, store: &Arc<NatsStore>, in_flight: u64, commits: u64) {
        let metadata: Arc<[u8]> = Metadata::new().encode().into();
        self.runtime.block_on(async {
            let mut tasks = Vec::new();
            for _ in 0..in_flight {
                let id = self.number().to_string();
                let stream = StreamName::new("account", &id).expect("it is a name");
                let (store, metadata) = (Arc::clone(store), Arc::clone(&metadata));
                tasks.push(tokio::spawn(async move {
                    for version in 0..commits / in_flight {
                        let part = StreamCommit {
                            stream: stream.clone(),
                            expected_version: version,
                            events: vec![new_event(version + 1, &metadata)],
                        };
                        let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]);
                        store.append(commit.new_id()).await.expect("it is appended");
                    }
                }));
            }
            for task in tasks {
                task.await.expect("it does not panic");
            }
        });
    }

    /// The same, by publishing. `guarded`: each message names the sequence of the one before it, as what guards a stream.
    fn publish(&self, guarded: bool, in_flight: u64, commits: u64) {
        self.runtime.block_on(async {
            let mut tasks = Vec::new();
            for _ in 0..in_flight {
                let subject = format!("{}-bare.account.{}", self.log, self.number());
                let jetstream = self.jetstream.clone();
                tasks.push(tokio::spawn(async move {
                    let mut last = 0;
                    for version in 0..commits / in_flight {
                        let payload = Bytes::from(fact(version + 1).stored().2);
                        let mut message = PublishMessage::build().payload(payload);
                        if guarded {
                            message = message.expected_last_subject_sequence(last);
                        }
                        let sent = jetstream.send_publish(subject.clone(), message).await;
                        let acknowledged = sent.expect("it is sent").await;
                        last = acknowledged.expect("it is acknowledged").sequence;
                    }
                }));
            }
            for task in tasks {
                task.await.expect("it does not panic");
            }
        });
    }

    fn commits(&self, in_flight: u64, commits: u64) -> Outcome {
        let title = format!("{in_flight} in flight, {commits} commits a round");
        let mut race = Race::new(title, "commits a second");
        race.runner(PUBLISH, || {
            Some(rate(commits, || self.publish(false, in_flight, commits)).into())
        });
        race.runner(GUARDED, || {
            Some(rate(commits, || self.publish(true, in_flight, commits)).into())
        });
        race.runner(APPEND, || {
            Some(rate(commits, || self.append(&self.store, in_flight, commits)).into())
        });
        race.runner(QUIET, || {
            Some(rate(commits, || self.append(&self.quiet, in_flight, commits)).into())
        });
        race.run(ROUNDS, true)
    }

    /// Reads all of a subject by a consumer of its own.
    async fn consume(&self, stream: &str, subject: String, messages: u64) -> String {
        let stream = self
            .jetstream
            .get_stream(stream)
            .await
            .expect("it is there");
        let config = OrderedConfig {
            deliver_subject: self.client.new_inbox(),
            filter_subject: subject,
            ..OrderedConfig::default()
        };
        let consumer = stream.create_consumer(config).await.expect("it is made");
        let name = consumer.cached_info().name.clone();
        let mut found = consumer.messages().await.expect("it delivers");
        for _ in 0..messages {
            let message = found.next().await.expect("there is one more");
            std::hint::black_box(message.expect("it is delivered").payload.len());
        }
        name
    }

    /// They would stay for minutes, and the server takes so many.
    async fn forget(&self, consumers: Vec<String>) {
        let stream = self.jetstream.get_stream(&self.log).await;
        let stream = stream.expect("it is there");
        for consumer in consumers {
            let _ = stream.delete_consumer(&consumer).await;
        }
    }

    fn loads(&self) -> Outcome {
        let app = self.runtime.block_on(async {
            let app = App::builder(NatsStore::clone(&self.store)).runner(false);
            app.start().await.expect("it starts")
        });
        let id = self.number().to_string();
        let stream = StreamName::new("account", &id).expect("it is a name");
        let metadata: Arc<[u8]> = Metadata::new().encode().into();
        self.runtime.block_on(async {
            for version in 0..EVENTS {
                let part = StreamCommit {
                    stream: stream.clone(),
                    expected_version: version,
                    events: vec![new_event(version + 1, &metadata)],
                };
                let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]);
                let appended = self.store.append(commit.new_id()).await;
                appended.expect("it is appended");
            }
        });
        let subject = format!("{}.events.account.{id}", self.log);
        let mut race = Race::new(
            format!("load a stream of {EVENTS} events"),
            "loads a second",
        );
        race.runner(CONSUMER, || {
            let mut made = Vec::new();
            let figure = rate(LOADS, || {
                self.runtime.block_on(async {
                    for _ in 0..LOADS {
                        made.push(self.consume(&self.log, subject.clone(), EVENTS).await);
                    }
                });
            });
            self.runtime.block_on(self.forget(made));
            Some(figure.into())
        });
        race.runner(DIRECT, || {
            let figure = rate(LOADS, || {
                self.runtime.block_on(async {
                    let stream = self.jetstream.get_stream_no_info(&self.log).await;
                    let stream = stream.expect("it is named");
                    for _ in 0..LOADS {
                        let last = stream.direct_get_last_for_subject(subject.clone()).await;
                        std::hint::black_box(last.expect("it is there").payload.len());
                    }
                });
            });
            Some(figure.into())
        });
        race.runner(LOAD, || {
            let figure = rate(LOADS, || {
                self.runtime.block_on(async {
                    for _ in 0..LOADS {
                        let account = app.load::<Account>(&id).await.expect("it loads");
                        assert_eq!(account.version(), EVENTS);
                    }
                });
            });
            Some(figure.into())
        });
        race.run(ROUNDS, true)
    }

    fn replay(&self) -> Outcome {
        let there = self.runtime.block_on(self.store.head());
        let there = there.expect("the log is there").as_raw();
        self.append(
            &self.store,
            64,
            LOG.saturating_sub(there).next_multiple_of(64),
        );
        let all = self.runtime.block_on(self.store.head());
        let all = all.expect("the log is there").as_raw();
        let mut race = Race::new(
            format!("replay a log of {all} messages"),
            "messages a second",
        );
        race.runner(PUSH, || {
            let mut made = Vec::new();
            let figure = rate(all, || {
                let subject = format!("{}.events.>", self.log);
                made.push(self.runtime.block_on(self.consume(&self.log, subject, all)));
            });
            self.runtime.block_on(self.forget(made));
            Some(figure.into())
        });
        race.runner(REPLAY, || {
            let figure = rate(all, || {
                let read = ReadLog::after(Position::START);
                let read = self.store.read_log(read, Counting(0));
                let seen = self.runtime.block_on(read).expect("it is read");
                assert_eq!(seen.0, all);
            });
            Some(figure.into())
        });
        race.run(ROUNDS, true)
    }
}
