//! A program that writes is killed in the middle of it, again and again: nothing that was acknowledged is lost, and nothing is there twice.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventsource_core::prelude::*;
use eventsource_core::store::{EventStore, Fingerprint, ReadLog, RecordedEvent, ViewTable};
use eventsource_core::testing::by_hand::{places, tail};
use eventsource_sqlite::SqliteStore;
use eventsource_test_servers::kept::{Kept, Told};
use eventsource_tests::ledger::{Ledger, LedgerSum, LedgerSumNow};
use uuid::Uuid;

/// How often the program is killed: 10 in the test command, more in `cargo xtask soak`.
fn crashes() -> u64 {
    std::env::var("EVENTSOURCE_CRASHES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(10)
}

fn writer(database: &Path, entries: Option<u64>) -> Child {
    Command::new(env!("CARGO_BIN_EXE_ledger_writer"))
        .arg(database)
        .args(entries.map(|count| count.to_string()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// An entry that the program was told is kept.
struct Acknowledged {
    command_id: Uuid,
    ledger: u64,
    version: u64,
}

fn told(child: &mut Child) -> Vec<Acknowledged> {
    let mut text = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text.lines()
        .map(|line| {
            let mut parts = line.split(' ');
            let mut next = || parts.next().unwrap();
            Acknowledged {
                command_id: next().parse().unwrap(),
                ledger: next().parse().unwrap(),
                version: next().parse().unwrap(),
            }
        })
        .collect()
}

/// How far the log, and how far the read model that appends fold, as the program left them: nothing has been started since.
async fn left_behind(database: &Path) -> (Position, Option<Position>) {
    let store = SqliteStore::open(database).await.unwrap();
    store.prepare(true).await.unwrap();
    let descriptor = LedgerSumNow::DESCRIPTOR;
    let nothing = Fingerprint::of([]);
    let columns = (descriptor.columns)();
    let table = ViewTable::new(descriptor.name, descriptor.version, columns, nothing, "");
    let head = store.head().await.unwrap();
    let checkpoint = store.views().unwrap().checkpoint(&table).await.ok();
    store.close().await.unwrap();
    (head, checkpoint)
}

async fn log(database: &Path) -> Vec<RecordedEvent> {
    let store = SqliteStore::open(database).await.unwrap();
    store.prepare(true).await.unwrap();
    let events = store
        .read_log(ReadLog::after(Position::START), Vec::new())
        .await
        .unwrap();
    store.close().await.unwrap();
    events
}

/// Each acknowledged entry is there once, at the version that was told; what was not acknowledged is there once or not at all; versions have no
/// gap; and the read models are what a fold of the log is, the one that appends fold without anybody having caught up.
async fn check(database: &Path, acknowledged: &[Acknowledged]) {
    let events = log(database).await;
    let mut versions: HashMap<&str, u64> = HashMap::new();
    let mut commits: HashMap<Uuid, Vec<&RecordedEvent>> = HashMap::new();
    let mut sums: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for event in &events {
        let version = versions.entry(event.stream.as_str()).or_default();
        *version += 1;
        assert_eq!(
            event.version, *version,
            "the versions of {} have a gap",
            event.stream
        );
        let metadata = Metadata::decode(&event.metadata).unwrap();
        commits
            .entry(metadata.command_id.unwrap())
            .or_default()
            .push(event);
        let payload: serde_json::Value = serde_json::from_slice(&event.payload).unwrap();
        let (sum, marks) = sums.entry(event.stream.id().parse().unwrap()).or_default();
        match &*event.name {
            "ledger.entered" => *sum += payload["amount"].as_u64().unwrap(),
            _ => *marks += 1,
        }
    }
    for (id, events) in &commits {
        assert_eq!(events.len(), 2, "commit {id} is there in part, or twice");
    }
    for entry in acknowledged {
        let found = commits.get(&entry.command_id).unwrap_or_else(|| {
            panic!(
                "entry {} of ledger {} was acknowledged and is lost",
                entry.command_id, entry.ledger
            )
        });
        assert_eq!(found[1].version, entry.version);
        assert_eq!(found[1].stream.id(), entry.ledger.to_string());
    }

    let (head, checkpoint) = left_behind(database).await;
    if head > Position::START {
        assert_eq!(checkpoint, Some(head), "an append was not folded with it");
    }
    let app = App::start(SqliteStore::open(database).await.unwrap())
        .await
        .unwrap();
    for (&ledger, &(sum, marks)) in &sums {
        let row = app.view::<LedgerSumNow>().get(&ledger).await.unwrap();
        assert_eq!(row, Some(LedgerSumNow { ledger, sum, marks }));
    }
    app.settled().await.unwrap();
    for (ledger, (sum, marks)) in sums {
        let row = app.view::<LedgerSum>().get(&ledger).await.unwrap().unwrap();
        assert_eq!(row, LedgerSum { ledger, sum, marks });
        let state = app.load::<Ledger>(&ledger).await.unwrap();
        assert_eq!(*state.state(), Ledger { sum, marks });
    }
    app.shutdown().await.unwrap();
}

/// Holds the log against what was acknowledged, as counts.
fn look(kept: &mut Kept, events: &[RecordedEvent], acknowledged: &[Acknowledged]) {
    let told = |event: &RecordedEvent| -> Told {
        let id = Metadata::decode(&event.metadata).unwrap().command_id;
        let text = format!("{} {}", id.unwrap(), event.name);
        (event.stream.as_str().to_owned(), event.version, text)
    };
    let log: Vec<Told> = events.iter().map(told).collect();
    // The version that was told is that of a commit's second event.
    let of = |entry: &Acknowledged| -> Told {
        let text = format!("{} ledger.marked", entry.command_id);
        (format!("ledger-{}", entry.ledger), entry.version, text)
    };
    kept.look(&log, &acknowledged.iter().map(of).collect::<HashSet<_>>());
    kept.assert_whole();
}

/// Follows the log behind a position for so long, from a process that lives on.
async fn follow(database: &Path, after: Position, long: Duration) -> Vec<(Position, u32)> {
    let store = SqliteStore::open(database).await.unwrap();
    store.prepare(true).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn({
        let (store, done) = (store.clone(), Arc::clone(&done));
        async move { tail(&store, after, &done).await }
    });
    tokio::time::sleep(long).await;
    done.store(true, Ordering::SeqCst);
    let seen = reader.await.unwrap();
    store.close().await.unwrap();
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_program_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("ledgers.db");
    let mut acknowledged = Vec::new();
    let mut kept = Kept::default();
    let mut seen: Vec<(Position, u32)> = Vec::new();
    for crash in 0..crashes() {
        let mut child = writer(&database, None);
        // From before the database is opened to well into the writing; spread evenly rather than by chance, so that a failure comes again.
        tokio::time::sleep(Duration::from_millis(20 + crash * 37 % 400)).await;
        // Every other time a reader follows what is written. It holds the file open, so that what the killed program left is not recovered
        // by whoever opens it next: that happens the other times.
        if crash % 2 == 1 && !acknowledged.is_empty() {
            let last = seen
                .last()
                .map_or(Position::START, |(position, _)| *position);
            seen.extend(follow(&database, last, Duration::from_millis(100)).await);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(told(&mut child));
        check(&database, &acknowledged).await;
        kept.kills += 1;
        look(&mut kept, &log(&database).await, &acknowledged);
    }
    let last = seen
        .last()
        .map_or(Position::START, |(position, _)| *position);
    seen.extend(follow(&database, last, Duration::ZERO).await);
    kept.tailed(&seen, &places(&log(&database).await));
    kept.report("SQLite, program");
    kept.assert_whole();
    assert!(
        !acknowledged.is_empty(),
        "the program was killed before it wrote anything"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_file_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("ledgers.db");
    let mut children = [writer(&database, Some(25)), writer(&database, Some(25))];
    let mut acknowledged = Vec::new();
    for child in &mut children {
        acknowledged.extend(told(child));
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(acknowledged.len(), 2 * 16 * 25);
    check(&database, &acknowledged).await;
}
