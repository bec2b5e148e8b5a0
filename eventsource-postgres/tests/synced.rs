//! Each answer of the server follows the sync of what it is about: by the order of the server's calls of the system. A kill cannot show that, since
//! the system keeps what a killed server has written; the loss of power can.
//!
//! On Linux alone, where `strace` is.

#![cfg(target_os = "linux")]

mod fixture;

use std::path::{Path, PathBuf};

use eventsource_core::store::EventStore;
use eventsource_postgres::PostgresStore;
use eventsource_test_servers::calls::{self, Call};
use eventsource_test_servers::postgres::Server;
use fixture::{commit, connection, event, stream};

const WRITERS: usize = 16;
const COMMITS: u64 = 10;

/// The write-ahead log's files.
const LOG: &str = "/pg_wal/";

/// Where the calls of a server go. The file goes with this.
struct Trace(PathBuf);

impl Trace {
    fn new() -> Self {
        let name = format!("eventsource-trace-{}", uuid::Uuid::now_v7());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A text that nobody else has, and each half of it neither.
fn mark() -> String {
    let id = uuid::Uuid::now_v7().simple().to_string();
    id[16..].repeat(2)
}

async fn write(store: PostgresStore, name: String) -> Vec<String> {
    let name = stream(&name);
    let mut marks = Vec::new();
    for version in 0..COMMITS {
        let mark = mark();
        let appended = store
            .append(commit(&name, version, vec![event(&mark)]))
            .await;
        appended.expect("the stream is this writer's");
        marks.push(mark);
    }
    marks
}

/// The marks of what one writer has appended, then of what sixteen have, and what the server called meanwhile.
async fn traced(settings: &[&str], file: &Path) -> (Vec<String>, Vec<String>, Vec<Call>) {
    let server = Server::start_traced(settings, file).unwrap_or_else(|error| panic!("{error}"));
    if settings.is_empty() {
        let client = connection(&server.url()).await;
        for setting in ["fsync", "synchronous_commit"] {
            let asked = client.query_one(&format!("SHOW {setting}"), &[]).await;
            assert_eq!(asked.unwrap().get::<_, String>(0), "on", "{setting}");
        }
    }
    let store = PostgresStore::connect(&server.url()).await.unwrap();
    store.prepare(true).await.unwrap();
    let alone = write(store.clone(), "alone".to_owned()).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(store.clone(), writer.to_string())))
        .collect();
    let mut together = Vec::new();
    for writer in writers {
        together.extend(writer.await.unwrap());
    }
    store.close().await.unwrap();
    drop(server);
    let calls = calls::of(file).unwrap_or_else(|error| panic!("{error}"));
    (alone, together, calls)
}

/// The server's answer to the append of this mark: what its session sends next.
fn answer<'c>(calls: &'c [Call], mark: &str) -> &'c Call {
    let asked = calls
        .iter()
        .find(|call| call.reads() && call.on.starts_with("TCP") && call.has(mark))
        .unwrap_or_else(|| panic!("the server has received {mark}"));
    calls
        .iter()
        .find(|call| call.writes() && call.on == asked.on && call.begun > asked.ended)
        .unwrap_or_else(|| panic!("the server has answered {mark}"))
}

/// Why the answer came too early, if it did.
fn early(calls: &[Call], mark: &str) -> Option<String> {
    let answer = answer(calls, mark);
    match calls::synced(calls, mark, LOG) {
        Ok(synced) if synced < answer.begun => None,
        Ok(_) => Some(format!("{mark} was answered before the disk kept it")),
        Err(why) => Some(why),
    }
}

/// What the answering session itself has written to the log, and nobody had synced when it answered: the end of its commit.
fn unsynced<'c>(calls: &'c [Call], mark: &str) -> Option<&'c Call> {
    let answer = answer(calls, mark);
    let before = |call: &&Call| call.ended < answer.begun && call.on.contains(LOG);
    let mut written = calls.iter().filter(before);
    let written = written.rfind(|call| call.writes() && call.thread == answer.thread)?;
    let synced = calls
        .iter()
        .filter(before)
        .any(|call| call.syncs() && call.on == written.on && call.begun > written.ended);
    (!synced).then_some(written)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_follows_the_sync_of_its_commit() {
    let trace = Trace::new();
    let (alone, together, calls) = traced(&[], &trace.0).await;
    for mark in alone.iter().chain(&together) {
        assert_eq!(early(&calls, mark), None);
    }
    for mark in &alone {
        assert_eq!(unsynced(&calls, mark), None, "of {mark}");
    }
}

/// A server that is told not to wait answers too early, and the calls show it: so what they show above means something.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_wait_for_the_disk_is_seen() {
    let trace = Trace::new();
    let (alone, _, calls) = traced(&["synchronous_commit=off"], &trace.0).await;
    assert!(alone.iter().any(|mark| early(&calls, mark).is_some()));
}
