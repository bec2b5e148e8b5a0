//! Each acknowledgement follows the sync of what it is about: by the order of the program's calls of the system. A kill cannot show that, since
//! the system keeps what a killed program has written; the loss of power can.
//!
//! On Linux alone, where `strace` is.

#![cfg(target_os = "linux")]

mod fixture;

use std::path::Path;
use std::process::{Command, Stdio};

use eventsource_core::store::EventStore;
use eventsource_sqlite::SqliteStore;
use eventsource_test_servers::calls::{self, Call};
use fixture::{Place, commit, event, prepared, stream};

/// Many at once share groups, one alone writes by itself.
const WRITERS: usize = 16;
const COMMITS: u64 = 10;

/// Names the file that a child writes to.
const CHILD: &str = "EVENTSOURCE_CHILD";

/// A text that nobody else has, and each half of it neither.
fn mark() -> String {
    let id = uuid::Uuid::now_v7().simple().to_string();
    id[16..].repeat(2)
}

async fn write(store: SqliteStore, name: String) {
    let name = stream(&name);
    for version in 0..COMMITS {
        let mark = mark();
        let appended = store
            .append(commit(&name, version, vec![event(&mark)]))
            .await;
        appended.expect("the stream is this writer's");
        println!("told {mark}");
    }
}

/// Is started by the test below as a process of its own. Without a parent there is nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_child_that_is_traced() {
    let Ok(file) = std::env::var(CHILD) else {
        return;
    };
    let store = prepared(Path::new(&file)).await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(store.clone(), writer.to_string())))
        .collect();
    for writer in writers {
        writer.await.expect("a writer writes to its end");
    }
    write(store, "alone".to_owned()).await;
}

/// The acknowledgements among the calls, each with its mark.
fn told(calls: &[Call]) -> Vec<(&Call, String)> {
    calls
        .iter()
        .filter(|call| call.writes())
        .filter_map(|call| {
            let (_, mark) = call.text.split_once("\"told ")?;
            Some((call, mark.split('\\').next()?.to_owned()))
        })
        .collect()
}

#[test]
fn each_acknowledgement_follows_the_sync_of_its_commit() {
    let place = Place::new();
    let trace = place.file.with_extension("trace");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "a_child_that_is_traced", "--nocapture"])
        .env(CHILD, &place.file);
    let mut child = calls::traced(&child, &trace).unwrap_or_else(|error| panic!("{error}"));
    assert!(child.stdout(Stdio::null()).status().unwrap().success());

    let calls = calls::of(&trace).unwrap_or_else(|error| panic!("{error}"));
    let told = told(&calls);
    assert_eq!(told.len() as u64, (WRITERS as u64 + 1) * COMMITS);
    for (acknowledgement, mark) in told {
        let synced = calls::synced(&calls, &mark, ".db-wal").unwrap_or_else(|why| panic!("{why}"));
        assert!(
            synced < acknowledgement.begun,
            "{mark} was acknowledged before the disk kept it"
        );
    }
}
