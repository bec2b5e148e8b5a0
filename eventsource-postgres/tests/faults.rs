//! What can go wrong with a server: a typed error that says what, where and what to do; nothing written, nothing lost.

mod fixture;

use std::time::Duration;

use deadpool_postgres::{Manager, Pool};
use eventsource_core::Timestamp;
use eventsource_core::store::{
    AppendError, Commit, EventStore, Fingerprint, NewEvent, StoreErrorKind, StreamCommit,
};
use eventsource_postgres::{PostgresOptions, PostgresStore};
use eventsource_test_servers::postgres::{FOR_TESTS, Server};
use fixture::{Place, assert_error, commit, event, events, log, role, stream, url, url_of};
use tokio_postgres::NoTls;

#[tokio::test]
async fn a_server_that_is_away_at_the_start_is_told() {
    let error = PostgresStore::connect("postgres://bank:secret@127.0.0.1:1/bank")
        .await
        .unwrap_err();
    assert_error(&error, StoreErrorKind::Unavailable, "check that it runs");
    assert!(
        error.to_string().contains("database bank at 127.0.0.1:1"),
        "{error}"
    );
}

#[tokio::test]
async fn a_url_that_cannot_be_read_is_told_without_its_password() {
    let error = PostgresStore::connect("postgres://bank:secret@host:port/bank")
        .await
        .unwrap_err();
    assert_error(&error, StoreErrorKind::Invalid, "postgres://user");
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let role = role("").await;
    let error = PostgresStore::connect(&url_of(&role, "wrong"))
        .await
        .unwrap_err();
    assert_error(&error, StoreErrorKind::Denied, "the password in the URL");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told() {
    let there = url();
    let (server, _) = there.rsplit_once('/').unwrap();
    let error = PostgresStore::connect(&format!("{server}/no_such_database?sslmode=disable"))
        .await
        .unwrap_err();
    assert_error(&error, StoreErrorKind::Unavailable, "create it");
}

#[tokio::test]
async fn a_server_without_connections_left_is_busy() {
    let role = role("CONNECTION LIMIT 1").await;
    let _held = fixture::connection(&url_of(&role, "secret")).await;
    let error = PostgresStore::connect(&url_of(&role, "secret"))
        .await
        .unwrap_err();
    assert_error(&error, StoreErrorKind::Busy, "max_connections");
}

#[tokio::test]
async fn a_pool_without_connections_left_is_busy() {
    let place = Place::new();
    place.store().await;
    let manager = Manager::new(url().parse().unwrap(), NoTls);
    let pool = Pool::builder(manager)
        .max_size(1)
        .wait_timeout(Some(Duration::from_millis(50)))
        .runtime(deadpool_postgres::Runtime::Tokio1)
        .build()
        .unwrap();
    let store = place.options().from_pool(pool.clone()).await.unwrap();
    let held = pool.get().await.unwrap();
    let error = store.head().await.unwrap_err();
    assert_error(&error, StoreErrorKind::Busy, "PostgresOptions::connections");
    match store
        .append(commit(&stream("1"), 0, vec![event("a")]))
        .await
    {
        Err(AppendError::Store(error)) => assert_eq!(error.kind(), StoreErrorKind::Busy),
        other => panic!("{other:?}"),
    }
    drop(held);
    store
        .append(commit(&stream("1"), 0, vec![event("a")]))
        .await
        .unwrap();
}

#[tokio::test]
async fn statements_that_a_pooler_does_not_keep_are_told() {
    let place = Place::new();
    place.store().await;
    let manager = Manager::new(url().parse().unwrap(), NoTls);
    let pool = Pool::builder(manager).max_size(1).build().unwrap();
    let store = place.options().from_pool(pool.clone()).await.unwrap();
    let new = |version| commit(&stream("1"), version, vec![event("a")]);
    store.append(new(0)).await.unwrap();

    // As of a connection that was another one in the transaction before.
    let client = pool.get().await.unwrap();
    client.batch_execute("DEALLOCATE ALL").await.unwrap();
    drop(client);
    match store.append(new(1)).await {
        Err(AppendError::Store(error)) => {
            assert_error(&error, StoreErrorKind::Unsupported, "let it pool sessions");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_told() {
    let place = Place::new();
    place.store().await;
    let role = role("SUPERUSER").await;
    let client = place.connection().await;
    let read_only = format!("ALTER ROLE {role} SET default_transaction_read_only = on");
    client.batch_execute(&read_only).await.unwrap();

    let store = place
        .options()
        .connect(&url_of(&role, "secret"))
        .await
        .unwrap();
    assert_eq!(log(&store).await, []);
    match store
        .append(commit(&stream("1"), 0, vec![event("a")]))
        .await
    {
        Err(AppendError::Store(error)) => {
            assert_error(&error, StoreErrorKind::ReadOnly, "connect to the primary");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn tables_that_were_never_made_are_told_and_not_made() {
    let place = Place::new();
    let store = place.unprepared().await;
    let error = store.prepare(false).await.unwrap_err();
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
    store.prepare(true).await.unwrap();
    store.prepare(false).await.unwrap();
}

#[tokio::test]
async fn tables_of_a_newer_release_are_left_alone() {
    let place = Place::new();
    let store = place.store().await;
    let client = place.connection().await;
    let newer = "INSERT INTO migrations (version) VALUES (99)";
    client.batch_execute(newer).await.unwrap();
    for migrate in [true, false] {
        let error = store.prepare(migrate).await.unwrap_err();
        assert_error(&error, StoreErrorKind::NewerSchema, "start a newer release");
        assert!(error.to_string().contains("99"), "{error}");
    }
}

#[tokio::test]
async fn tables_of_another_program_are_left_alone() {
    for foreign in [
        "CREATE TABLE notes (text text)",
        "CREATE TABLE migrations (name text)",
        "CREATE TABLE migrations (version text)",
    ] {
        let place = Place::new();
        let client = place.connection().await;
        let schema = format!("CREATE SCHEMA \"{}\"; {foreign}", place.log);
        client.batch_execute(&schema).await.unwrap();
        let error = place.unprepared().await.prepare(true).await.unwrap_err();
        assert_error(&error, StoreErrorKind::Corrupt, "a schema of its own");
    }
}

#[tokio::test]
async fn others_that_hold_the_log_for_too_long_are_told_and_undo_nothing() {
    let place = Place::new();
    let store = place
        .options()
        .busy_wait(Duration::from_millis(50))
        .connect(&url())
        .await
        .unwrap();
    store.prepare(true).await.unwrap();
    let mut other = place.connection().await;
    let transaction = other.transaction().await.unwrap();
    let held = commit(&stream("held"), 0, vec![event("a")]);
    store.append_in(&transaction, &held).await.unwrap();

    let name = stream("1");
    match store.append(commit(&name, 0, vec![event("a")])).await {
        Err(AppendError::Store(error)) => assert_error(&error, StoreErrorKind::Busy, "busy_wait"),
        other => panic!("{other:?}"),
    }
    assert_eq!(log(&store).await, [], "readers do not wait for writers");
    transaction.rollback().await.unwrap();
    store
        .append(commit(&name, 0, vec![event("a")]))
        .await
        .unwrap();
    assert_eq!(log(&store).await.len(), 1);
}

#[tokio::test]
async fn a_connection_that_is_lost_in_mid_commit_is_resolved_by_the_commits_id() {
    let place = Place::new();
    let store = place.store().await;
    let name = stream("1");
    let mut other = place.connection().await;
    let transaction = other.transaction().await.unwrap();
    let held = commit(&stream("held"), 0, vec![event("a")]);
    store.append_in(&transaction, &held).await.unwrap();
    let appending = tokio::spawn({
        let store = store.clone();
        let commit = commit(&name, 0, vec![event("once")]);
        async move { store.append(commit).await }
    });
    // Whoever waits for the log's lock is the append.
    let other_side = place.connection().await;
    let mut killed = 0;
    while killed == 0 {
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE wait_event = 'advisory' AND query LIKE '%' || current_schema() || '%append%'";
        killed = other_side.query(kill, &[]).await.unwrap().len();
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    transaction.commit().await.unwrap();

    let committed = appending.await.unwrap().unwrap();
    assert_eq!(committed.streams[0].version, 1);
    assert_eq!(events(&store, &name).await.len(), 1);
    assert_eq!(log(&store).await.len(), 2);
}

#[tokio::test]
async fn a_server_that_stays_away_leaves_an_unknown_commit_that_its_id_resolves() {
    let mut server = Server::start(FOR_TESTS).unwrap();
    let open = async |wait| {
        let options = PostgresOptions::new().resolve_wait(wait);
        options.connect(&server.url()).await.unwrap()
    };
    let impatient = open(Duration::ZERO).await;
    let patient = open(Duration::from_secs(60)).await;
    impatient.prepare(true).await.unwrap();
    let first = commit(&stream("1"), 0, vec![event("a")]);
    impatient.append(first.clone()).await.unwrap();
    let mut other = fixture::connection(&server.url()).await;
    let transaction = other.transaction().await.unwrap();
    let held = commit(&stream("held"), 0, vec![event("a")]);
    impatient.append_in(&transaction, &held).await.unwrap();
    let second = commit(&stream("1"), 1, vec![event("b")]);
    let third = commit(&stream("2"), 0, vec![event("c")]);
    let appending = [(&impatient, &second), (&patient, &third)].map(|(store, commit)| {
        let (store, commit) = (store.clone(), commit.clone());
        tokio::spawn(async move { store.append(commit).await })
    });
    let watching = fixture::connection(&server.url()).await;
    let waiting = "SELECT FROM pg_stat_activity WHERE wait_event = 'advisory'";
    while watching.query(waiting, &[]).await.unwrap().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    server.kill().unwrap();

    let [impatiently, patiently] = appending;
    match impatiently.await.unwrap() {
        Err(AppendError::Unknown { commit_id, source }) => {
            assert_eq!(commit_id, second.id);
            assert_error(&source, StoreErrorKind::Unavailable, "");
        }
        other => panic!("nobody knows: {other:?}"),
    }
    // What was never sent is known not to be there.
    match impatient.append(second.clone()).await {
        Err(AppendError::Store(error)) => {
            assert_error(&error, StoreErrorKind::Unavailable, "check that it runs");
        }
        other => panic!("{other:?}"),
    }

    server.start_again().unwrap();

    assert_eq!(impatient.find_commit(second.id).await.unwrap(), None);
    for _ in 0..2 {
        let committed = impatient.append(second.clone()).await.unwrap();
        assert_eq!(committed.streams[0].version, 2);
    }
    assert_eq!(patiently.await.unwrap().unwrap().streams[0].version, 1);
    assert_eq!(patient.append(first).await.unwrap().streams[0].version, 1);
    assert_eq!(events(&patient, &stream("1")).await.len(), 2);
    assert_eq!(log(&patient).await.len(), 3);
}

#[tokio::test]
async fn a_commit_that_is_larger_than_the_server_takes_is_told_before_it_is_sent() {
    let place = Place::new();
    let store = place.store().await;
    let large = |payload| {
        let large = NewEvent {
            payload,
            ..event("large")
        };
        let part = StreamCommit {
            stream: stream("1"),
            expected_version: 0,
            events: vec![large],
        };
        let (id, of) = (uuid::Uuid::now_v7(), Fingerprint::of([&b"large"[..]]));
        Commit::with_fingerprint(id, of, Timestamp::now(), vec![part])
    };
    // Zeroes that nobody reads take no memory.
    let commit = large(vec![0; 1_000_000_000]);
    let mut other = place.connection().await;
    let transaction = other.transaction().await.unwrap();
    let lent = store.append_in(&transaction, &commit).await;
    for answer in [lent, store.append(commit).await] {
        match answer {
            Err(AppendError::Store(error)) => {
                assert_error(
                    &error,
                    StoreErrorKind::TooLarge,
                    "store large things elsewhere",
                );
            }
            other => panic!("{other:?}"),
        }
    }
    transaction.commit().await.unwrap();
    assert_eq!(log(&store).await, []);
    store.append(large(b"{}".to_vec())).await.unwrap();
}

#[tokio::test]
async fn one_that_cannot_be_kept_does_not_take_its_group_with_it() {
    let place = Place::new();
    let store = place.store().await;
    let client = place.connection().await;
    client
        .batch_execute("ALTER TABLE events ADD CHECK (length(payload) < 100)")
        .await
        .unwrap();
    let mut waiting = Vec::new();
    for number in 0..20 {
        let store = store.clone();
        let text = if number == 5 {
            "x".repeat(200)
        } else {
            "small".to_owned()
        };
        waiting.push(tokio::spawn(async move {
            let name = stream(&number.to_string());
            store.append(commit(&name, 0, vec![event(&text)])).await
        }));
    }
    for (number, answer) in waiting.into_iter().enumerate() {
        match answer.await.unwrap() {
            Ok(_) if number != 5 => {}
            Err(AppendError::Store(error)) if number == 5 => {
                let told = format!("{error} {error:?}");
                assert!(!told.contains("xxx"), "a payload is told: {told}");
            }
            other => panic!("commit {number}: {other:?}"),
        }
    }
    assert_eq!(log(&store).await.len(), 19);
}

#[test]
fn a_store_outside_of_a_runtime_is_told() {
    // A future of its own, polled by hand: no runtime is there.
    let opening = std::pin::pin!(PostgresStore::connect("postgres://localhost/bank"));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match opening.poll(&mut context) {
        std::task::Poll::Ready(Err(error)) => {
            assert_error(&error, StoreErrorKind::Unavailable, "tokio runtime");
        }
        other => panic!("{other:?}"),
    }
}
