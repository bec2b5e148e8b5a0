//! Answers that are lost: what may be written yet is not told as "nothing was written", and its id resolves it.

mod fixture;

use std::time::Duration;

use eventsource_core::store::{AppendError, Commit, EventStore, StoreErrorKind};
use eventsource_postgres::PostgresStore;
use fixture::proxy::Proxy;
use fixture::{Place, assert_error, commit, event, events, log, role, stream, url, url_of};
use tokio_postgres::Client;

/// Appends to the stream `held` stay at work, and hold the log, for as long as somebody has this lock.
const HOLD: &str = "SELECT pg_advisory_lock(hashtext(current_schema()), 1)";
const LET_GO: &str = "SELECT pg_advisory_unlock(hashtext(current_schema()), 1)";
const HELD_UP: &str = "
CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WHILE NOT pg_try_advisory_xact_lock_shared(hashtext(current_schema()), 1) LOOP
        PERFORM pg_sleep(0.01);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER hold_up AFTER INSERT ON events FOR EACH ROW WHEN (NEW.stream = 'account-held') EXECUTE FUNCTION hold_up()";

/// Since when others append to the log of this connection and wait for this.
async fn waiting(client: &Client, on: &str) -> Vec<String> {
    let statement = "SELECT query_start::text FROM pg_stat_activity
         WHERE wait_event = $1 AND query LIKE '%' || current_schema() || '%append%' AND pid <> pg_backend_pid()";
    let rows = client.query(statement, &[&on]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn until(mut done: impl AsyncFnMut() -> bool) {
    while !done().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn appending(
    store: &PostgresStore,
    commit: &Commit,
) -> tokio::task::JoinHandle<Result<eventsource_core::store::Committed, AppendError>> {
    let (store, commit) = (store.clone(), commit.clone());
    tokio::spawn(async move { store.append(commit).await })
}

/// A place whose log can be held up, and the connection that holds it up.
async fn held_up() -> (Place, Client) {
    let place = Place::new();
    place.store().await;
    let client = place.connection().await;
    client.batch_execute(HELD_UP).await.unwrap();
    client.batch_execute(HOLD).await.unwrap();
    (place, client)
}

#[tokio::test]
async fn a_commit_that_its_lost_connection_still_works_at_is_waited_for() {
    let (place, client) = held_up().await;
    let proxy = Proxy::start().await;
    let store = place
        .options()
        .busy_wait(Duration::from_millis(50))
        .resolve_wait(Duration::from_secs(60))
        .connect(&proxy.url(&url()))
        .await
        .unwrap();
    let name = stream("held");
    let new = commit(&name, 0, vec![event("once")]);
    let appending = appending(&store, &new);
    until(async || !waiting(&client, "PgSleep").await.is_empty()).await;

    proxy.cut();
    // It is asked for again, and the log is held: once and once more.
    let mut asked = Vec::new();
    until(async || {
        asked.extend(waiting(&client, "advisory").await);
        asked.dedup();
        asked.len() >= 2 || appending.is_finished()
    })
    .await;
    client.batch_execute(LET_GO).await.unwrap();

    let committed = appending.await.unwrap().unwrap();
    assert_eq!(committed.streams[0].version, 1);
    assert_eq!(events(&store, &name).await.len(), 1);
}

#[tokio::test]
async fn a_commit_that_its_lost_connection_still_works_at_is_unknown_when_time_is_over() {
    let (place, client) = held_up().await;
    let proxy = Proxy::start().await;
    let store = place
        .options()
        .busy_wait(Duration::from_millis(50))
        .resolve_wait(Duration::ZERO)
        .connect(&proxy.url(&url()))
        .await
        .unwrap();
    let name = stream("held");
    let new = commit(&name, 0, vec![event("once")]);
    let appending = appending(&store, &new);
    until(async || !waiting(&client, "PgSleep").await.is_empty()).await;

    proxy.cut();
    match appending.await.unwrap() {
        Err(AppendError::Unknown { commit_id, .. }) => assert_eq!(commit_id, new.id),
        other => panic!("it is written yet: {other:?}"),
    }
    client.batch_execute(LET_GO).await.unwrap();

    let committed = place.store().await.append(new).await.unwrap();
    assert_eq!(committed.streams[0].version, 1);
    assert_eq!(events(&store, &name).await.len(), 1);
}

#[tokio::test]
async fn what_is_unknown_of_a_group_is_unknown_of_each_of_its_commits() {
    let (place, client) = held_up().await;
    let role = role("SUPERUSER").await;
    let proxy = Proxy::start().await;
    let store = place
        .options()
        .resolve_wait(Duration::ZERO)
        .connect(&proxy.url(&url_of(&role, "secret")))
        .await
        .unwrap();
    // While the first one waits for the log, the others gather.
    let mut other = place.connection().await;
    let transaction = other.transaction().await.unwrap();
    let lock = commit(&stream("lock"), 0, vec![event("a")]);
    store.append_in(&transaction, &lock).await.unwrap();
    let first = appending(&store, &commit(&stream("first"), 0, vec![event("a")]));
    let pair = ["held", "beside"].map(|id| commit(&stream(id), 0, vec![event("once")]));
    until(async || !waiting(&client, "advisory").await.is_empty()).await;
    let together = pair.each_ref().map(|commit| appending(&store, commit));
    tokio::task::yield_now().await;
    transaction.commit().await.unwrap();
    first.await.unwrap().unwrap();
    until(async || !waiting(&client, "PgSleep").await.is_empty()).await;

    // New connections are refused before they come to the lock, as if it were for what is in the commits.
    let serializable =
        format!("ALTER ROLE {role} SET default_transaction_isolation = 'serializable'");
    client.batch_execute(&serializable).await.unwrap();
    proxy.cut();
    for (appending, commit) in together.into_iter().zip(&pair) {
        match appending.await.unwrap() {
            Err(AppendError::Unknown { commit_id, .. }) => assert_eq!(commit_id, commit.id),
            other => panic!("it is written yet: {other:?}"),
        }
    }
    client.batch_execute(LET_GO).await.unwrap();

    let store = place.store().await;
    for commit in pair {
        let committed = store.append(commit).await.unwrap();
        assert_eq!(committed.streams[0].version, 1);
    }
    assert_eq!(log(&store).await.len(), 4);
}

#[tokio::test]
async fn a_first_answer_that_cannot_be_had_is_unknown_and_spoils_no_other() {
    let place = Place::new();
    let owner = place.store().await;
    let known = commit(&stream("known"), 0, vec![event("a")]);
    owner.append(known.clone()).await.unwrap();
    // A role that may append, by the functions alone, and not look.
    let role = role("").await;
    let client = place.connection().await;
    let rights = format!(
        "ALTER FUNCTION append SECURITY DEFINER; ALTER FUNCTION append_to_stream SECURITY DEFINER; GRANT USAGE ON SCHEMA \"{}\" TO {role}",
        place.log
    );
    client.batch_execute(&rights).await.unwrap();
    let store = place.options().connect(&url_of(&role, "secret")).await;
    let store = store.unwrap();

    // While the first one waits for the log, the others gather.
    let mut other = place.connection().await;
    let transaction = other.transaction().await.unwrap();
    let lock = commit(&stream("lock"), 0, vec![event("a")]);
    owner.append_in(&transaction, &lock).await.unwrap();
    let first = appending(&store, &commit(&stream("first"), 0, vec![event("a")]));
    until(async || !waiting(&client, "advisory").await.is_empty()).await;
    let again = appending(&store, &known);
    let beside = appending(&store, &commit(&stream("beside"), 0, vec![event("b")]));
    tokio::task::yield_now().await;
    transaction.commit().await.unwrap();

    first.await.unwrap().unwrap();
    match again.await.unwrap() {
        Err(AppendError::Unknown { commit_id, source }) => {
            assert_eq!(commit_id, known.id);
            assert_error(&source, StoreErrorKind::Denied, "lacks a right");
        }
        other => panic!("it is there: {other:?}"),
    }
    beside.await.unwrap().unwrap();
    assert_eq!(log(&owner).await.len(), 4);
}

#[tokio::test]
async fn a_repetition_teaches_no_types() {
    let place = Place::new();
    let store = place.store().await;
    let first = commit(&stream("1"), 0, vec![event("a")]);
    store.append(first.clone()).await.unwrap();
    // The same command, decided by a program of another version.
    let mut other = event("b");
    other.name = "account.renamed";
    let mut again = first.clone();
    again.streams[0].events = vec![other.clone()];
    assert_eq!(again.fingerprint, first.fingerprint);
    store.append(again).await.unwrap();
    assert_eq!(store.types().await.unwrap().len(), 1);

    let new = commit(&stream("2"), 0, vec![other]);
    store.append(new).await.unwrap();
    let types = store.types().await.unwrap();
    let names: Vec<&str> = types.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["account.noted", "account.renamed"]);
}
