//! Who waits for another program.

#![cfg(test)]

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use eventsource_core::store::{Commit, NewEvent, StreamCommit};
use eventsource_core::{StreamName, Timestamp};
use uuid::Uuid;

use super::Writer;
use crate::SqliteOptions;
use crate::database::Database;

fn commit(expected_version: u64) -> Commit {
    let event = NewEvent {
        id: Uuid::now_v7(),
        name: "account.noted",
        schema_version: 1,
        payload: b"{}".to_vec(),
        metadata: Arc::from([]),
    };
    let part = StreamCommit {
        stream: StreamName::new("account", "1").unwrap(),
        expected_version,
        events: vec![event],
    };
    Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part])
}

/// Whether the append was done by its first poll: then it was written where it was called.
async fn written_here(append: &mut (impl Future + Unpin)) -> bool {
    let mut append = pin!(append);
    poll_fn(|context| Poll::Ready(append.as_mut().poll(context).is_ready())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lone_commit_waits_for_another_program_on_the_writing_thread() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("bank.db");
    let options = SqliteOptions::new().busy_wait(Duration::from_secs(5));
    let database = Database::file(&file, &options).unwrap();
    let writer = Writer::start(database, None, 16).unwrap();
    writer.prepare(true).await.unwrap();
    // However slow this disk is.
    let quick = || writer.shared.slow.store(false, Ordering::Relaxed);

    quick();
    let mut free = Box::pin(writer.append(commit(0)));
    assert!(
        written_here(&mut free).await,
        "nothing is in the way, so nobody else is woken"
    );

    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    quick();
    let mut locked = Box::pin(writer.append(commit(1)));
    assert!(
        !written_here(&mut locked).await,
        "the worker goes on with other tasks"
    );
    other.execute_batch("COMMIT").unwrap();
    locked.await.unwrap();

    // The thread waits as long as it was told.
    quick();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        other.execute_batch("COMMIT").unwrap();
    };
    let (appended, ()) = tokio::join!(writer.append(commit(2)), waiting);
    assert_eq!(appended.unwrap().streams[0].version, 3);
}
