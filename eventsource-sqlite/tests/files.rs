//! The file itself: who may read it, where it is, and when it is made.

mod fixture;

use eventsource_core::store::EventStore;
use eventsource_sqlite::SqliteStore;
use fixture::{Place, commit, event, log, stream};

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_what_the_store_made() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let store = place.store().await;
    store
        .append(commit(&stream("1"), 0, vec![event("a")]))
        .await
        .unwrap();
    for file in ["db", "db-wal", "db-shm"] {
        let metadata = std::fs::metadata(place.file.with_extension(file)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "bank.{file}");
    }
}

#[tokio::test]
async fn opening_makes_nothing() {
    let place = Place::new();
    let store = SqliteStore::open(&place.file).await.unwrap();
    store.close().await.unwrap();
    assert!(!place.file.exists());
}

/// A file as a program leaves it that was killed while it made it: with a journal of what it had begun.
#[tokio::test]
async fn what_was_begun_when_a_program_was_killed_is_undone() {
    let begun = Place::new();
    let other = rusqlite::Connection::open(&begun.file).unwrap();
    // Pages that the cache has no room for go to the file before the commit, behind a journal.
    let pages = "PRAGMA cache_size = 1; BEGIN; CREATE TABLE begun (page BLOB);
                 INSERT INTO begun WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 100)
                 SELECT zeroblob(4000) FROM n;";
    other.execute_batch(pages).unwrap();
    let killed = Place::new();
    for journal in ["", "-journal"] {
        let beside = |place: &Place| format!("{}{journal}", place.file.display());
        std::fs::copy(beside(&begun), beside(&killed)).unwrap();
    }

    let store = killed.store().await;

    assert_eq!(log(&store).await.len(), 0);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_closed_store_leaves_one_file() {
    let place = Place::new();
    let store = place.store().await;
    store
        .append(commit(&stream("1"), 0, vec![event("a")]))
        .await
        .unwrap();
    assert_eq!(log(&store).await.len(), 1);
    store.close().await.unwrap();
    let directory = place.file.parent().unwrap();
    let left: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["bank.db"]);
}

/// Neither `VACUUM INTO` nor a conversion by hand keeps the write-ahead log.
#[tokio::test]
async fn a_copy_is_written_through_a_write_ahead_log_again() {
    let mode = |file: &std::path::Path| {
        let connection = rusqlite::Connection::open(file).unwrap();
        connection
            .query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0))
            .unwrap()
    };
    let place = Place::new();
    let store = place.store().await;
    let first = commit(&stream("1"), 0, vec![event("a")]);
    store.append(first).await.unwrap();
    for prepare in [Some(true), Some(false), None] {
        let copy = place.file.with_file_name(format!("{prepare:?}.db"));
        place
            .connection()
            .execute("VACUUM INTO ?1", [copy.to_str().unwrap()])
            .unwrap();
        assert_eq!(mode(&copy), "delete");

        let store = SqliteStore::open(&copy).await.unwrap();
        if let Some(migrate) = prepare {
            store.prepare(migrate).await.unwrap();
            assert_eq!(mode(&copy), "wal", "prepare({migrate})");
        }
        let second = commit(&stream("1"), 1, vec![event("b")]);
        store.append(second).await.unwrap();

        assert_eq!(mode(&copy), "wal", "{prepare:?}");
        assert_eq!(log(&store).await.len(), 2);
    }
}
