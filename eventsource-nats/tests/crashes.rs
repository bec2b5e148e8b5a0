//! `kill -9` of the client, of the server, and of a cluster's leader: what was acknowledged is there once, what was not is there once or not at all.

mod fixture;

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream::stream::ClusterInfo;
use eventsource_core::Position;
use eventsource_core::store::{AppendError, EventStore, ReadLog, ReadStream, RecordedEvent};
use eventsource_nats::{NatsOptions, NatsStore};
use eventsource_test_servers::kept::Kept;
use eventsource_test_servers::nats::{Cluster, Server};
use fixture::{Place, commit, event, jetstream, log, stream, url};

const WRITERS: usize = 16;

/// How often is killed: more often where the environment asks for it.
fn crashes(asked_by: &str, by_default: u32) -> u32 {
    let asked = std::env::var(asked_by).ok();
    asked
        .and_then(|text| text.parse().ok())
        .unwrap_or(by_default)
}

/// What was acknowledged, as `stream version text`.
type Acknowledged = HashSet<(String, u64, String)>;

/// Every acknowledged event is in the log, no event is there twice, positions grow, and versions have no gaps.
#[track_caller]
fn assert_whole(log: &[RecordedEvent], acknowledged: &Acknowledged) {
    let positions: Vec<_> = log.iter().map(|event| event.position).collect();
    assert!(positions.is_sorted_by(|a, b| a < b), "positions grow");
    let mut versions: HashMap<&str, u64> = HashMap::new();
    let mut texts = HashSet::new();
    let mut found = Acknowledged::new();
    for event in log {
        let version = versions.entry(event.stream.as_str()).or_default();
        *version += 1;
        assert_eq!(event.version, *version, "versions have no gaps");
        let text = String::from_utf8_lossy(&event.payload).into_owned();
        assert!(texts.insert(text.clone()), "an event is there twice");
        found.insert((event.stream.as_str().to_owned(), event.version, text));
    }
    let lost = acknowledged.difference(&found).count();
    assert_eq!(lost, 0, "of {} acknowledged events", acknowledged.len());
}

/// Puts a test that has found nothing lost, doubled, missing or out of order into the report.
fn report(killed: &str, kills: u32, acknowledged: usize) {
    let kept = Kept {
        kills: kills.into(),
        acknowledged: acknowledged as u64,
        ..Kept::default()
    };
    kept.report(killed);
}

/// Appends to its own stream until `until`, and tells each event that was acknowledged. Every other commit has an id that nobody else knows.
async fn write(
    store: NatsStore,
    writer: String,
    until: Option<Instant>,
    mut tell: impl FnMut(String, u64, String),
) {
    let name = stream(&writer);
    let mut version = loop {
        // The server may just be away.
        let read = ReadStream::new(name.clone());
        match store.read_stream(read, Vec::new()).await {
            Ok(events) => break events.len() as u64,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    while until.is_none_or(|until| Instant::now() < until) {
        let new = event(&uuid::Uuid::now_v7().to_string());
        let text = String::from_utf8_lossy(&new.payload).into_owned();
        let mut commit = commit(&name, version, vec![new]);
        if version % 2 == 0 {
            commit = commit.new_id();
        }
        loop {
            match store.append(commit.clone()).await {
                Ok(committed) => {
                    version = committed.streams[0].version;
                    tell(name.as_str().to_owned(), version, text);
                    break;
                }
                // Asked again under the same id, it is there once or not at all.
                Err(AppendError::Unknown { .. } | AppendError::Store(_)) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(other) => panic!("the stream is this writer's: {other}"),
            }
        }
    }
}

/// Writers for this long, and what they were acknowledged.
fn write_for(
    store: &NatsStore,
    long: Duration,
    acknowledged: &Arc<Mutex<Acknowledged>>,
) -> Vec<tokio::task::JoinHandle<()>> {
    let until = Instant::now() + long;
    let writers = (0..WRITERS).map(|writer| {
        let (store, acknowledged) = (store.clone(), Arc::clone(acknowledged));
        let tell = move |name, version, text| {
            acknowledged.lock().unwrap().insert((name, version, text));
        };
        tokio::spawn(write(store, writer.to_string(), Some(until), tell))
    });
    writers.collect()
}

/// Reads the log while it grows, until it has all that was there when it was told to end.
struct Tailing {
    end: Arc<AtomicBool>,
    reader: tokio::task::JoinHandle<Vec<RecordedEvent>>,
}

impl Tailing {
    fn of(store: &NatsStore) -> Self {
        let end = Arc::<AtomicBool>::default();
        let reader = tokio::spawn(tail(store.clone(), Arc::clone(&end)));
        Self { end, reader }
    }

    /// It has seen every event of the log once, in order.
    async fn assert_saw(self, log: &[RecordedEvent]) {
        self.end.store(true, Ordering::SeqCst);
        let seen = self.reader.await.unwrap();
        assert_eq!(seen.len(), log.len());
        assert!(seen == log, "the reader has seen another log");
    }
}

async fn tail(store: NatsStore, end: Arc<AtomicBool>) -> Vec<RecordedEvent> {
    let mut seen: Vec<RecordedEvent> = Vec::new();
    loop {
        let over = end.load(Ordering::SeqCst);
        let last = seen.last().map_or(Position::START, |event| event.position);
        let read = ReadLog::after(last).limit(500);
        match store.read_log(read, Vec::new()).await {
            Ok(news) if news.is_empty() && over => return seen,
            Ok(news) => {
                if news.is_empty() {
                    let waiting = store.wait(last);
                    let _ = tokio::time::timeout(Duration::from_millis(50), waiting).await;
                }
                for event in news {
                    let before = seen.last().map(|event| (event.position, event.index));
                    assert!(
                        before < Some((event.position, event.index)),
                        "positions grow"
                    );
                    seen.push(event);
                }
            }
            // The server may just be away.
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    }
}

/// The name of the log that a child writes to.
const CHILD: &str = "EVENTSOURCE_CHILD";

/// Is started by the test below as a process of its own, and writes until it is killed. Without a parent there is nothing to do.
#[test]
fn a_child_that_is_killed() {
    let Ok(log) = std::env::var(CHILD) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let options = NatsOptions::new().log(log);
        let store = options.connect(&url()).await.unwrap();
        let mut writers = Vec::new();
        for writer in 0..WRITERS {
            let store = store.clone();
            let tell = |name, version, text| println!("told {name} {version} {text}");
            writers.push(tokio::spawn(write(store, writer.to_string(), None, tell)));
        }
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_killed_loses_nothing() {
    let place = Place::new();
    let store = place.store().await;
    let tailing = Tailing::of(&store);
    let mut acknowledged = Acknowledged::new();
    for crash in 0..crashes("EVENTSOURCE_CRASHES", 10) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_child_that_is_killed", "--nocapture"])
            .env(CHILD, &place.log)
            .env("NATS_URL", url())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(child.stdout.take().unwrap());
        let lines = tokio::task::spawn_blocking(move || {
            let whole = |line: String| {
                let mut words = line.strip_prefix("told ")?.splitn(3, ' ');
                let (name, version, text) = (words.next()?, words.next()?, words.next()?);
                // A line that was cut off by the kill has no end.
                text.ends_with('}')
                    .then(|| (name.to_owned(), version.parse().ok(), text.to_owned()))
            };
            told.lines()
                .map_while(Result::ok)
                .filter_map(whole)
                .collect::<Vec<_>>()
        });
        let before = store.head().await.unwrap();
        while store.head().await.unwrap() <= before {
            assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(u64::from(50 + 37 * crash % 150))).await;
        child.kill().unwrap();
        child.wait().unwrap();
        for (name, version, text) in lines.await.unwrap() {
            acknowledged.insert((name, version.unwrap(), text));
        }
        assert_whole(&log(&store).await, &acknowledged);
    }
    tailing.assert_saw(&log(&store).await).await;
    let kills = crashes("EVENTSOURCE_CRASHES", 10);
    report("JetStream, client", kills, acknowledged.len());
    assert!(acknowledged.len() >= WRITERS, "the children have worked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_loses_nothing() {
    let mut server = Server::start(&[]).unwrap();
    let store = NatsStore::connect(&server.url()).await.unwrap();
    store.prepare(true).await.unwrap();
    let tailing = Tailing::of(&store);
    let acknowledged = Arc::default();
    for crash in 0..crashes("EVENTSOURCE_SERVER_CRASHES", 3) {
        let writers = write_for(&store, Duration::from_secs(1), &acknowledged);
        tokio::time::sleep(Duration::from_millis(u64::from(200 + 97 * crash % 500))).await;
        server = tokio::task::spawn_blocking(move || {
            server.kill().unwrap();
            server.start_again().unwrap();
            server
        })
        .await
        .unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
        assert_whole(&log(&store).await, &acknowledged.lock().unwrap());
    }
    tailing.assert_saw(&log(&store).await).await;
    let acknowledged = acknowledged.lock().unwrap().len();
    let kills = crashes("EVENTSOURCE_SERVER_CRASHES", 3);
    report("JetStream, server", kills, acknowledged);
    assert!(acknowledged >= WRITERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_is_killed_loses_nothing() {
    let mut cluster = tokio::task::spawn_blocking(|| Cluster::start().unwrap())
        .await
        .unwrap();
    let options = NatsOptions::new()
        .log("bank")
        .resolve_wait(Duration::from_secs(30));
    let store = options.connect(&cluster.url()).await.unwrap();
    store.prepare(true).await.unwrap();
    let tailing = Tailing::of(&store);
    let acknowledged = Arc::default();
    for crash in 0..crashes("EVENTSOURCE_SERVER_CRASHES", 3) {
        let leader = leader(&cluster).await;
        let writers = write_for(&store, Duration::from_secs(2), &acknowledged);
        tokio::time::sleep(Duration::from_millis(u64::from(300 + 97 * crash % 500))).await;
        let before = acknowledged.lock().unwrap().len();
        cluster.servers[leader].kill().unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
        let after = acknowledged.lock().unwrap().len();
        assert!(after > before, "two of three go on without the leader");
        assert_whole(&log(&store).await, &acknowledged.lock().unwrap());
        cluster = tokio::task::spawn_blocking(move || {
            cluster.servers[leader].start_again().unwrap();
            cluster
        })
        .await
        .unwrap();
    }
    let whole = log(&store).await;
    assert_whole(&whole, &acknowledged.lock().unwrap());
    tailing.assert_saw(&whole).await;
    let acknowledged = acknowledged.lock().unwrap().len();
    let kills = crashes("EVENTSOURCE_SERVER_CRASHES", 3);
    report("JetStream, leader of three", kills, acknowledged);
}

/// The number of the server that leads the log, once all three have all of it.
async fn leader(cluster: &Cluster) -> usize {
    let jetstream = jetstream(&cluster.servers[0].url()).await;
    let begun = Instant::now();
    loop {
        if let Ok(stream) = jetstream.get_stream("bank").await
            && let Some(ClusterInfo {
                leader: Some(leader),
                replicas,
                ..
            }) = &stream.cached_info().cluster
            && replicas.len() == 2
            && replicas
                .iter()
                .all(|replica| replica.current && !replica.offline)
            && let Some(number) = leader.strip_prefix('n')
        {
            return number.parse().unwrap();
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "three copies");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
