//! A disk that fails while a commit is written: nobody knows whether it is there, until its id is asked for.
#![cfg(unix)]

mod fixture;

use std::path::Path;
use std::process::Command;

use eventsource_core::store::{AppendError, Commit, EventStore, StoreErrorKind};
use fixture::{Place, commit, event, events, prepared, stream};
use uuid::Uuid;

/// The file's path, for the same test in another process.
const PATH: &str = "EVENTSOURCE_TEST_UNKNOWN";

/// No file may become longer than this in that process, in the shell's blocks of 512 or 1,024 bytes.
const BLOCKS: u32 = 2_000;

/// The same each time it is made.
fn nth(number: u64) -> Commit {
    let mut note = event(&"x".repeat(16_000));
    note.id = Uuid::from_u128(u128::from(number));
    let mut commit = commit(&stream("1"), number, vec![note]);
    commit.id = Uuid::from_u128(u128::from(number) + 1);
    commit
}

#[test]
fn a_commit_that_the_disk_failed_is_unknown_and_resolved_by_its_id() {
    if let Ok(path) = std::env::var(PATH) {
        return runtime().block_on(appends_until_it_fails(Path::new(&path)));
    }
    let place = Place::new();
    runtime().block_on(async { place.store().await.close().await.unwrap() });

    let name = "a_commit_that_the_disk_failed_is_unknown_and_resolved_by_its_id";
    let output = Command::new("sh")
        // With the signal ignored, a write beyond the limit is an error like any other of the disk's.
        .args([
            "-c",
            r#"trap "" XFSZ && ulimit -f "$1" && exec "$2" --exact "$3" --nocapture"#,
            "sh",
        ])
        .arg(BLOCKS.to_string())
        .arg(std::env::current_exe().unwrap())
        .arg(name)
        .env(PATH, &place.file)
        .output()
        .unwrap();
    let (told, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{told}{errors}");
    assert!(told.contains("1 passed"), "{told}{errors}");

    runtime().block_on(async {
        let store = prepared(&place.file).await;
        let acknowledged = events(&store, &stream("1")).await.len() as u64;
        assert!(acknowledged > 5, "{acknowledged}");
        let unknown = nth(acknowledged);
        assert!(store.find_commit(unknown.id).await.unwrap().is_none());

        let first = store.append(unknown.clone()).await.unwrap();
        let again = store.append(unknown.clone()).await.unwrap();

        assert_eq!(again, first);
        let found = store.find_commit(unknown.id).await.unwrap().unwrap();
        assert_eq!(found.committed, first);
        let versions: Vec<_> = events(&store, &stream("1")).await;
        let versions: Vec<_> = versions.iter().map(|event| event.version).collect();
        assert_eq!(versions, (1..=acknowledged + 1).collect::<Vec<_>>());
    });
}

async fn appends_until_it_fails(path: &Path) {
    let store = prepared(path).await;
    let mut acknowledged = 0;
    let (id, source) = loop {
        match store.append(nth(acknowledged)).await {
            Ok(_) => acknowledged += 1,
            Err(AppendError::Unknown { commit_id, source }) => break (commit_id, source),
            Err(other) => panic!("commit {acknowledged}: {other:?}"),
        }
        assert!(acknowledged < 1_000, "the limit holds");
    };
    assert_eq!(id, nth(acknowledged).id);
    assert_eq!(source.kind(), StoreErrorKind::Other);
    let text = source.to_string();
    assert!(text.contains("bank.db"), "where: {text}");
    assert!(text.contains("committing: the disk failed"), "what: {text}");

    // What was acknowledged is there, and the store goes on to answer.
    assert_eq!(
        events(&store, &stream("1")).await.len() as u64,
        acknowledged
    );
    assert!(store.find_commit(id).await.unwrap().is_none());
    match store.append(nth(acknowledged)).await {
        Err(AppendError::Unknown { commit_id, .. }) => assert_eq!(commit_id, id),
        other => panic!("{other:?}"),
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
