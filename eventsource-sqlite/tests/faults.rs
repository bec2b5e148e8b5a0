//! What can go wrong with a file: a typed error that says what, where and what to do; nothing written, nothing lost.

mod fixture;

use std::fs;

use eventsource_core::store::{
    AppendError, EventStore, ReadLog, StoreError, StoreErrorKind, ViewStore, ViewStoreError,
};
use eventsource_core::{Position, store};
use eventsource_sqlite::{SqliteOptions, SqliteStore};
use fixture::{Place, commit, event, events, log, prepared, stream};

#[track_caller]
fn assert_error(error: &StoreError, kind: StoreErrorKind, advice: &str) {
    let text = error.to_string();
    assert_eq!(error.kind(), kind, "{text}");
    assert!(text.starts_with("sqlite file "), "where: {text}");
    assert!(text.contains("bank.db"), "where: {text}");
    assert!(text.contains(advice), "what to do: {text}");
}

#[tokio::test]
async fn a_newer_schema_is_left_alone() {
    let place = Place::new();
    place.store().await.close().await.unwrap();
    place
        .connection()
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    let before = fs::read(&place.file).unwrap();

    let error = SqliteStore::open(&place.file).await.unwrap_err();

    assert_error(&error, StoreErrorKind::NewerSchema, "start a newer release");
    assert!(error.to_string().contains("99"), "{error}");
    assert_eq!(before, fs::read(&place.file).unwrap());
}

#[tokio::test]
async fn a_schema_that_became_newer_while_the_store_was_open_is_left_alone() {
    let place = Place::new();
    let store = SqliteStore::open(&place.file).await.unwrap();
    place.store().await.close().await.unwrap();
    place
        .connection()
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();

    for migrate in [true, false] {
        let error = EventStore::prepare(&store, migrate).await.unwrap_err();
        assert_error(&error, StoreErrorKind::NewerSchema, "start a newer release");
    }
    let refused = store
        .append(commit(&stream("1"), 0, vec![event("a")]))
        .await;
    match refused {
        Err(AppendError::Store(error)) => {
            assert_error(&error, StoreErrorKind::NewerSchema, "start a newer release");
        }
        other => panic!("{other:?}"),
    }
    let error = store.head().await.unwrap_err();
    assert_error(&error, StoreErrorKind::NewerSchema, "start a newer release");
}

#[tokio::test]
async fn another_programs_database_is_left_alone() {
    let place = Place::new();
    place
        .connection()
        .execute_batch("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')")
        .unwrap();
    let before = fs::read(&place.file).unwrap();

    let error = SqliteStore::open(&place.file).await.unwrap_err();

    assert_error(
        &error,
        StoreErrorKind::Corrupt,
        "another program's database",
    );
    assert_eq!(before, fs::read(&place.file).unwrap());
}

#[tokio::test]
async fn what_is_no_database_is_left_alone() {
    for content in [b"short".to_vec(), vec![7; 100_000]] {
        let place = Place::new();
        fs::write(&place.file, &content).unwrap();

        let error = SqliteStore::open(&place.file).await.unwrap_err();

        assert_error(&error, StoreErrorKind::Corrupt, "no SQLite database");
        assert_eq!(content, fs::read(&place.file).unwrap());
    }
}

#[tokio::test]
async fn a_damaged_page_is_told_by_the_reads_that_meet_it() {
    let place = Place::new();
    let store = place.store().await;
    let many = (0..2_000).map(|n| event(&n.to_string())).collect();
    store.append(commit(&stream("1"), 0, many)).await.unwrap();
    store.close().await.unwrap();
    let mut bytes = fs::read(&place.file).unwrap();
    // Its second half: the schema stands on the first pages.
    let half = bytes.len() / 2;
    bytes[half..].fill(0xAA);
    fs::write(&place.file, bytes).unwrap();

    let store = SqliteStore::open(&place.file).await.unwrap();
    let read = store
        .read_log(ReadLog::after(Position::START), Vec::new())
        .await;

    assert_error(&read.unwrap_err(), StoreErrorKind::Corrupt, "backup");
}

#[tokio::test]
async fn a_row_of_other_hands_is_told_and_not_shown() {
    let place = Place::new();
    let store = place.store().await;
    place
        .connection()
        .execute_batch(
            "INSERT INTO eventsource_events VALUES (1, 'account-1', 1, x'00', 'n', 1, 0, 'secret', NULL)",
        )
        .unwrap();
    let read = store
        .read_log(ReadLog::after(Position::START), Vec::new())
        .await;

    let error = read.unwrap_err();
    assert_error(&error, StoreErrorKind::Corrupt, "position 1");
    assert!(!format!("{error} {error:?}").contains("secret"));
}

#[tokio::test]
async fn a_file_in_a_directory_that_is_missing_is_told() {
    let place = Place::new();
    let error = SqliteStore::open(place.file.join("deeper/bank.db"))
        .await
        .unwrap_err();
    assert_error(&error, StoreErrorKind::Unavailable, "create it");
}

#[tokio::test]
async fn a_directory_is_no_file() {
    let place = Place::new();
    fs::create_dir(&place.file).unwrap();
    let error = SqliteStore::open(&place.file).await.unwrap_err();
    assert_error(&error, StoreErrorKind::Unavailable, "path of a file");
}

#[tokio::test]
async fn a_database_that_was_never_prepared_is_told_and_not_made() {
    let place = Place::new();
    let store = SqliteStore::open(&place.file).await.unwrap();

    let error = EventStore::prepare(&store, false).await.unwrap_err();
    assert_error(&error, StoreErrorKind::OlderSchema, "App::start");
    let error = store.head().await.unwrap_err();
    assert_error(&error, StoreErrorKind::OlderSchema, "App::start");
    match store
        .append(commit(&stream("1"), 0, vec![event("a")]))
        .await
    {
        Err(AppendError::Store(error)) => {
            assert_error(&error, StoreErrorKind::OlderSchema, "App::start");
        }
        other => panic!("{other:?}"),
    }
    assert!(!place.file.exists(), "nothing was written");

    EventStore::prepare(&store, true).await.unwrap();
    EventStore::prepare(&store, false).await.unwrap();
    store
        .append(commit(&stream("1"), 0, vec![event("a")]))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_what_is_too_much_and_keeps_the_rest() {
    let place = Place::new();
    let store = SqliteOptions::new()
        .max_bytes(256 * 1024)
        .open(&place.file)
        .await
        .unwrap();
    EventStore::prepare(&store, true).await.unwrap();
    let name = stream("1");
    let large = "x".repeat(8_000);
    let mut kept = 0;
    let error = loop {
        match store.append(commit(&name, kept, vec![event(&large)])).await {
            Ok(_) => kept += 1,
            Err(AppendError::Store(error)) => break error,
            Err(other) => panic!("{other:?}"),
        }
        assert!(kept < 100, "the limit holds");
    };

    assert_error(&error, StoreErrorKind::Full, "free some");
    assert!(kept > 5, "{kept} were kept before");
    assert_eq!(events(&store, &name).await.len() as u64, kept);
    // A type that came with what was refused is not in the log, and is when it comes again.
    let renamed = || store::NewEvent {
        name: "account.renamed",
        ..event("small")
    };
    let refused = commit(&name, kept, vec![renamed(), event(&large)]);
    assert!(store.append(refused).await.is_err());
    assert_eq!(store.types().await.unwrap().len(), 1);
    let small = commit(&name, kept, vec![renamed()]);
    store.append(small).await.unwrap();
    kept += 1;
    assert_eq!(store.types().await.unwrap().len(), 2);
    // Several at once: each is told.
    let refused = commit(&name, kept, vec![event(&large)]);
    let (one, other) = tokio::join!(store.append(refused.clone()), store.append(refused));
    for answer in [one, other] {
        match answer {
            Err(AppendError::Store(error)) => assert_eq!(error.kind(), StoreErrorKind::Full),
            other => panic!("{other:?}"),
        }
    }
    store.close().await.unwrap();

    let store = prepared(&place.file).await;
    assert_eq!(events(&store, &name).await.len() as u64, kept);
    store
        .append(commit(&name, kept, vec![event("with room again")]))
        .await
        .unwrap();
}

#[tokio::test]
async fn one_that_is_too_much_does_not_take_its_group_with_it() {
    let place = Place::new();
    let store = SqliteOptions::new()
        .max_bytes(512 * 1024)
        .open(&place.file)
        .await
        .unwrap();
    EventStore::prepare(&store, true).await.unwrap();
    // While another program holds the lock, all of them come to wait together.
    let other = place.connection();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut waiting = Vec::new();
    for number in 0..9 {
        let store = store.clone();
        let text = if number == 5 {
            "x".repeat(1024 * 1024)
        } else {
            "small".to_owned()
        };
        waiting.push(tokio::spawn(async move {
            let name = stream(&number.to_string());
            store.append(commit(&name, 0, vec![event(&text)])).await
        }));
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    other.execute_batch("COMMIT").unwrap();
    for (number, answer) in waiting.into_iter().enumerate() {
        match answer.await.unwrap() {
            Ok(_) if number != 5 => {}
            Err(AppendError::Store(error)) if number == 5 => {
                assert_error(&error, StoreErrorKind::Full, "free some");
            }
            other => panic!("commit {number}: {other:?}"),
        }
    }
    assert_eq!(log(&store).await.len(), 8);
}

#[tokio::test]
async fn a_database_that_others_hold_is_busy_after_the_wait() {
    let place = Place::new();
    let store = SqliteOptions::new()
        .busy_wait(std::time::Duration::from_millis(20))
        .open(&place.file)
        .await
        .unwrap();
    EventStore::prepare(&store, true).await.unwrap();
    let other = place.connection();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let name = stream("1");
    match store.append(commit(&name, 0, vec![event("a")])).await {
        Err(AppendError::Store(error)) => assert_error(&error, StoreErrorKind::Busy, "busy_wait"),
        other => panic!("{other:?}"),
    }
    assert_eq!(log(&store).await, [], "readers do not wait for writers");

    other.execute_batch("COMMIT").unwrap();
    store
        .append(commit(&name, 0, vec![event("a")]))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_closed_store_is_closed_for_everything() {
    let place = Place::new();
    let store = place.store().await;
    let name = stream("1");
    store
        .append(commit(&name, 0, vec![event("a")]))
        .await
        .unwrap();
    store.close().await.unwrap();
    store.close().await.unwrap();

    let closed = |error: StoreError| assert_error(&error, StoreErrorKind::Closed, "open it again");
    match store.append(commit(&name, 1, vec![event("b")])).await {
        Err(AppendError::Store(error)) => closed(error),
        other => panic!("{other:?}"),
    }
    closed(EventStore::prepare(&store, true).await.unwrap_err());
    closed(store.head().await.unwrap_err());
    closed(store.types().await.unwrap_err());
    closed(store.find_commit(uuid::Uuid::nil()).await.unwrap_err());
    let read = store::ReadStream::new(name);
    closed(store.read_stream(read, Vec::new()).await.unwrap_err());
    let read = ReadLog::after(Position::START);
    closed(store.read_log(read, Vec::new()).await.unwrap_err());
    match store.remove("balances").await {
        Err(ViewStoreError::Store(error)) => closed(error),
        other => panic!("{other:?}"),
    }
    // Nothing will come any more: nobody is kept waiting.
    store.wait(Position::END).await;
}
