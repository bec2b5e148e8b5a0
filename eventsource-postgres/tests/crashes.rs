//! `kill -9` of the client and of the server: what was acknowledged is there once, what was not is there once or not at all.

mod fixture;

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eventsource_core::Position;
use eventsource_core::store::{AppendError, EventStore, ReadStream, RecordedEvent};
use eventsource_postgres::{PostgresOptions, PostgresStore};
use eventsource_test_servers::kept::{Kept, Told};
use eventsource_test_servers::postgres::{FOR_TESTS, Server};
use fixture::{Place, commit, event, log, places, stream, tail, url};
use tokio::task::JoinHandle;

const WRITERS: usize = 16;

/// How often is killed: more often where the environment asks for it.
fn crashes(asked_by: &str, by_default: u32) -> u32 {
    let asked = std::env::var(asked_by).ok();
    asked
        .and_then(|text| text.parse().ok())
        .unwrap_or(by_default)
}

/// What was acknowledged.
type Acknowledged = HashSet<Told>;

/// Holds the log against what was acknowledged: each event is there once, and neither versions nor positions have gaps.
#[track_caller]
fn look(kept: &mut Kept, log: &[RecordedEvent], acknowledged: &Acknowledged) {
    let positions = log.iter().map(|event| event.position.as_raw());
    assert!(positions.eq(1..=log.len() as u64), "positions have no gaps");
    let told: Vec<Told> = log
        .iter()
        .map(|event| {
            let text = String::from_utf8_lossy(&event.payload).into_owned();
            (event.stream.as_str().to_owned(), event.version, text)
        })
        .collect();
    kept.look(&told, acknowledged);
    kept.assert_whole();
}

/// A reader that follows the log while others are killed.
fn follow(store: &PostgresStore) -> (Arc<AtomicBool>, JoinHandle<Vec<(Position, u32)>>) {
    let done = Arc::new(AtomicBool::new(false));
    let (store, until) = (store.clone(), Arc::clone(&done));
    let reader = tokio::spawn(async move { tail(&store, Position::START, &until).await });
    (done, reader)
}

/// Appends to its own stream until `until`, and tells each event that was acknowledged.
async fn write(
    store: PostgresStore,
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
        let commit = commit(&name, version, vec![new]);
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

/// The names of the log and of the read models that a child writes to.
const CHILD: &str = "EVENTSOURCE_CHILD";

/// Is started by the test below as a process of its own, and writes until it is killed. Without a parent there is nothing to do.
#[test]
fn a_child_that_is_killed() {
    let Ok(place) = std::env::var(CHILD) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (log, views) = place.split_once('/').unwrap();
        let options = PostgresOptions::new().schema(log).views_schema(views);
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
    let mut acknowledged = Acknowledged::new();
    let mut kept = Kept::default();
    let (done, reader) = follow(&store);
    for crash in 0..crashes("EVENTSOURCE_CRASHES", 10) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_child_that_is_killed", "--nocapture"])
            .env(CHILD, format!("{}/{}", place.log, place.views))
            .env("DATABASE_URL", url())
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
        let before = store.head().await.unwrap().as_raw();
        // On a disk that stalls, all writers have come through once before.
        while store.head().await.unwrap().as_raw() <= before + 2 * WRITERS as u64 {
            assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis(u64::from(200 + 37 * crash % 300))).await;
        child.kill().unwrap();
        child.wait().unwrap();
        for (name, version, text) in lines.await.unwrap() {
            acknowledged.insert((name, version.unwrap(), text));
        }
        kept.kills += 1;
        look(&mut kept, &log(&store).await, &acknowledged);
    }
    done.store(true, Ordering::SeqCst);
    kept.tailed(&reader.await.unwrap(), &places(&log(&store).await));
    kept.report("PostgreSQL, client");
    kept.assert_whole();
    assert!(acknowledged.len() >= WRITERS, "the children have worked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_loses_nothing() {
    let mut server = Server::start(FOR_TESTS).unwrap();
    let store = PostgresStore::connect(&server.url()).await.unwrap();
    store.prepare(true).await.unwrap();
    let acknowledged = Arc::new(Mutex::new(Acknowledged::new()));
    let mut kept = Kept::default();
    let (done, reader) = follow(&store);
    for crash in 0..crashes("EVENTSOURCE_SERVER_CRASHES", 3) {
        let until = Instant::now() + Duration::from_secs(2);
        let mut writers = Vec::new();
        for writer in 0..WRITERS {
            let (store, acknowledged) = (store.clone(), Arc::clone(&acknowledged));
            let tell = move |name, version, text| {
                acknowledged.lock().unwrap().insert((name, version, text));
            };
            writers.push(tokio::spawn(write(
                store,
                writer.to_string(),
                Some(until),
                tell,
            )));
        }
        tokio::time::sleep(Duration::from_millis(u64::from(300 + 97 * crash % 700))).await;
        server = tokio::task::spawn_blocking(move || {
            server.crash().unwrap();
            server
        })
        .await
        .unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
        kept.kills += 1;
        look(&mut kept, &log(&store).await, &acknowledged.lock().unwrap());
    }
    done.store(true, Ordering::SeqCst);
    kept.tailed(&reader.await.unwrap(), &places(&log(&store).await));
    kept.report("PostgreSQL, server");
    kept.assert_whole();
    assert!(acknowledged.lock().unwrap().len() >= WRITERS);
}
