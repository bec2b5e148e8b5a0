//! Commits that wait together are written together, and each gets an answer of its own.

mod fixture;

use std::time::Duration;

use eventsource_core::store::{
    AppendError, ColumnSpec, ColumnType, Commit, EventStore, Fingerprint, Value, ViewStore,
    ViewStoreError, ViewTable, ViewWrite,
};
use eventsource_core::{Position, Timestamp};
use fixture::{Place, commit, event, events, log, stream};

/// How many transactions are in the file's write-ahead log: the last frame of each carries the size of the database after it
/// (<https://sqlite.org/fileformat2.html#the_write_ahead_log>).
fn transactions(place: &Place) -> usize {
    const HEADER: usize = 32;
    const FRAME: usize = 24 + 4096;
    let wal = std::fs::read(place.file.with_extension("db-wal")).unwrap();
    let salt = wal[16..24].to_vec();
    wal[HEADER..]
        .chunks_exact(FRAME)
        .take_while(|frame| frame[8..16] == salt)
        .filter(|frame| frame[4..8] != [0; 4])
        .count()
}

#[tokio::test]
async fn a_conflict_beside_successes_takes_nobody_with_it() {
    let place = Place::new();
    let store = place.store().await;
    let (a, b, c) = (stream("a"), stream("b"), stream("c"));
    let known = commit(&a, 0, vec![event("known")]);
    let answered = store.append(known.clone()).await.unwrap();
    let other_content = Commit::with_fingerprint(
        known.id,
        Fingerprint::of([&b"other"[..]]),
        Timestamp::now(),
        known.streams.clone(),
    );
    let before = transactions(&place);

    // While another program holds the lock, all of them come to wait together.
    let other = place.connection();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = [
        commit(&b, 0, vec![event("first")]),
        commit(&b, 0, vec![event("too late")]),
        commit(&b, 1, vec![event("second")]),
        known,
        other_content,
        commit(&c, 7, vec![event("from nowhere")]),
        commit(&c, 0, vec![event("new"), event("newer")]),
    ]
    .map(|commit| {
        let store = store.clone();
        tokio::spawn(async move { store.append(commit).await })
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    other.execute_batch("COMMIT").unwrap();
    let mut answers = Vec::new();
    for answer in waiting {
        answers.push(answer.await.unwrap());
    }

    let version = |answer: &Result<eventsource_core::store::Committed, AppendError>| {
        answer.as_ref().map(|done| done.streams[0].version).ok()
    };
    assert_eq!(version(&answers[0]), Some(1));
    assert!(matches!(
        answers[1],
        Err(AppendError::Conflict {
            expected: 0,
            actual: 1,
            ..
        })
    ));
    assert_eq!(version(&answers[2]), Some(2));
    assert_eq!(answers[3].as_ref().unwrap(), &answered);
    assert!(matches!(
        answers[4],
        Err(AppendError::CommitIdReused { .. })
    ));
    assert!(matches!(
        answers[5],
        Err(AppendError::Conflict {
            expected: 7,
            actual: 0,
            ..
        })
    ));
    assert_eq!(version(&answers[6]), Some(2));
    assert_eq!(events(&store, &b).await.len(), 2);
    assert_eq!(log(&store).await.len(), 5);
    // The first may have been taken alone, before the others had come.
    let written = transactions(&place) - before;
    assert!((1..=2).contains(&written), "{written} transactions");
}

#[tokio::test]
async fn what_waits_shares_a_transaction() {
    let place = Place::new();
    let store = place.store().await;
    let before = transactions(&place);
    let other = place.connection();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting: Vec<_> = (0..100)
        .map(|number| {
            let (store, name) = (store.clone(), stream(&number.to_string()));
            tokio::spawn(async move { store.append(commit(&name, 0, vec![event("a")])).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    other.execute_batch("COMMIT").unwrap();
    for answer in waiting {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(log(&store).await.len(), 100);
    let written = transactions(&place) - before;
    assert!(written <= 3, "{written} transactions for 100 commits");
}

#[tokio::test]
async fn a_read_model_that_is_refused_leaves_the_commits_of_its_group() {
    let place = Place::new();
    let store = place.store().await;
    let people = ViewTable::new(
        "people",
        1,
        vec![
            ColumnSpec::new("name", ColumnType::Text, false).key(true),
            ColumnSpec::new("address", ColumnType::Text, false).unique(true),
        ],
        Fingerprint::of([&b"people"[..]]),
        "people",
    );
    ViewStore::open(&store, &people).await.unwrap();
    let row =
        |name: &str, address: &str| vec![Value::Text(name.into()), Value::Text(address.into())];
    let mut twice = ViewWrite::new(Position::START, Position::from_raw(1));
    twice.upserts = vec![row("ada", "a"), row("bo", "b"), row("cy", "a")];
    let mut once = ViewWrite::new(Position::START, Position::from_raw(2));
    once.upserts = vec![row("dan", "a")];

    let other = place.connection();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (a, b) = (stream("a"), stream("b"));
    let release = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        other.execute_batch("COMMIT").unwrap();
    };
    let (first, refused, second, written, ()) = tokio::join!(
        store.append(commit(&a, 0, vec![event("a")])),
        store.write(&people, twice),
        store.append(commit(&b, 0, vec![event("b")])),
        store.write(&people, once),
        release,
    );
    first.unwrap();
    second.unwrap();
    written.unwrap();
    match refused {
        Err(ViewStoreError::Constraint { column, .. }) => assert_eq!(column, "address"),
        other => panic!("{other:?}"),
    }
    let names = ["ada", "bo", "cy", "dan"].map(|name| Value::Text(name.into()));
    let rows = store.rows(&people, names.to_vec()).await.unwrap();
    assert_eq!(rows, [None, None, None, Some(row("dan", "a"))]);
}
