//! `examples/bank.rs`, run as a user runs it: again and again, and several times at once, on one file.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use eventsource_core::store::{EventStore, ReadLog, RecordedEvent};
use eventsource_core::{Position, StreamName};
use eventsource_sqlite::SqliteStore;

fn bank(database: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bank"));
    command.arg(database).stdout(Stdio::null());
    command
}

/// The names of each stream's events, in order.
async fn accounts(database: &Path) -> BTreeMap<StreamName, Vec<String>> {
    let store = SqliteStore::open(database).await.unwrap();
    let events: Vec<RecordedEvent> = store
        .read_log(ReadLog::after(Position::START), Vec::new())
        .await
        .unwrap();
    let mut accounts = BTreeMap::new();
    for event in events {
        let names: &mut Vec<String> = accounts.entry(event.stream).or_default();
        names.push(event.name.to_string());
        assert_eq!(u64::try_from(names.len()).unwrap(), event.version);
    }
    accounts
}

async fn assert_accounts(database: &Path, count: usize) {
    let accounts = accounts(database).await;
    assert_eq!(accounts.len(), count);
    for names in accounts.values() {
        assert_eq!(
            *names,
            ["account.opened", "account.deposited", "account.withdrawn"]
        );
    }
}

#[tokio::test]
async fn a_second_run_keeps_what_the_first_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("bank.db");
    for run in 1..=2 {
        assert!(bank(&database).status().unwrap().success());
        assert_accounts(&database, run).await;
    }
}

#[tokio::test]
async fn runs_at_the_same_time_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("bank.db");
    let runs: Vec<_> = (0..4).map(|_| bank(&database).spawn().unwrap()).collect();
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    assert_accounts(&database, 4).await;
}
