//! A file that this user may read and not write.
#![cfg(unix)]

mod fixture;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use eventsource_core::store::{AppendError, EventStore, StoreErrorKind};
use eventsource_sqlite::SqliteStore;
use fixture::{Place, commit, event, events, stream};

/// The file's path, for the same test in another process.
const PATH: &str = "EVENTSOURCE_TEST_READ_ONLY";

#[test]
fn what_may_only_be_read_is_read_and_refuses_to_be_written() {
    check(
        "what_may_only_be_read_is_read_and_refuses_to_be_written",
        "WAL",
    );
}

/// A process that begins while a program is being copied has it open for writing as well, and no such program can be run.
static COPYING: Mutex<()> = Mutex::new(());

/// As `VACUUM INTO` leaves it.
#[test]
fn a_copy_without_a_write_ahead_log_is_read_as_it_is() {
    check(
        "a_copy_without_a_write_ahead_log_is_read_as_it_is",
        "DELETE",
    );
}

/// Permissions bind everybody but root: run by root, the test runs itself as a user without any.
fn check(name: &str, journal_mode: &str) {
    if let Ok(path) = std::env::var(PATH) {
        return runtime().block_on(reads_and_refuses(Path::new(&path)));
    }
    let place = Place::new();
    runtime().block_on(async {
        let store = place.store().await;
        let first = commit(&stream("1"), 0, vec![event("a")]);
        store.append(first).await.unwrap();
        store.close().await.unwrap();
    });
    place
        .connection()
        .pragma_update(None, "journal_mode", journal_mode)
        .unwrap();
    let directory = place.file.parent().unwrap();
    fs::set_permissions(&place.file, Permissions::from_mode(0o444)).unwrap();
    let before = fs::read(&place.file).unwrap();
    // The directory may be written to: readers of a write-ahead log make an index beside it.
    fs::set_permissions(directory, Permissions::from_mode(0o777)).unwrap();
    if fs::OpenOptions::new()
        .append(true)
        .open(&place.file)
        .is_err()
    {
        runtime().block_on(reads_and_refuses(&place.file));
    } else {
        let program = directory.join("test");
        let _alone = COPYING.lock().unwrap_or_else(PoisonError::into_inner);
        fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        let output = Command::new(&program)
            .args(["--exact", name, "--nocapture"])
            .env(PATH, &place.file)
            .current_dir(directory)
            .uid(65_534)
            .gid(65_534)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(told.contains("1 passed"), "{told}");
    }
    assert_eq!(before, fs::read(&place.file).unwrap());
}

async fn reads_and_refuses(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    store.prepare(true).await.unwrap();
    let name = stream("1");
    assert_eq!(events(&store, &name).await.len(), 1);
    match store.append(commit(&name, 1, vec![event("b")])).await {
        Err(AppendError::Store(error)) => {
            assert_eq!(error.kind(), StoreErrorKind::ReadOnly, "{error}");
            assert!(error.to_string().contains("permission"), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(events(&store, &name).await.len(), 1);
    store.close().await.unwrap();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
