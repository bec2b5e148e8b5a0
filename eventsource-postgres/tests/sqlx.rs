//! Appending in a transaction of sqlx, with what else it writes.

#![cfg(feature = "sqlx")]

mod fixture;

use eventsource_core::store::{AppendError, EventStore, StoreErrorKind};
use fixture::{Place, assert_error, commit, event, log, stream, url};
use sqlx::{Connection, Executor, PgConnection};

async fn connection(place: &Place) -> PgConnection {
    let mut connection = PgConnection::connect(&url()).await.unwrap();
    let path = format!("SET search_path TO \"{}\"", place.log);
    connection.execute(sqlx::AssertSqlSafe(path)).await.unwrap();
    connection
        .execute("CREATE TABLE letters (text text)")
        .await
        .unwrap();
    connection
}

#[tokio::test]
async fn events_are_appended_with_what_else_the_transaction_writes() {
    let place = Place::new();
    let store = place.store().await;
    let mut own = connection(&place).await;
    let name = stream("1");
    let first = commit(&name, 0, vec![event("a"), event("b")]);

    let mut given_up = own.begin().await.unwrap();
    store.append_in_sqlx(&mut given_up, &first).await.unwrap();
    given_up.rollback().await.unwrap();
    assert_eq!(log(&store).await, []);

    let mut transaction = own.begin().await.unwrap();
    transaction
        .execute("INSERT INTO letters VALUES ('sent')")
        .await
        .unwrap();
    let committed = store
        .append_in_sqlx(&mut transaction, &first)
        .await
        .unwrap();
    // Refusals leave it usable.
    let late = commit(&name, 0, vec![event("late")]);
    assert!(matches!(
        store.append_in_sqlx(&mut transaction, &late).await,
        Err(AppendError::Conflict {
            expected: 0,
            actual: 2,
            ..
        })
    ));
    let again = store
        .append_in_sqlx(&mut transaction, &first)
        .await
        .unwrap();
    assert_eq!(again, committed);
    transaction.commit().await.unwrap();

    let found = store.find_commit(first.id).await.unwrap().unwrap();
    assert_eq!(found.committed, committed);
    let events = log(&store).await;
    assert_eq!(events.len(), 2);
    assert_eq!(events[1].payload, event("b").payload);
    let letters = own.fetch_all("SELECT text FROM letters").await.unwrap();
    assert_eq!(letters.len(), 1);
}

#[tokio::test]
async fn a_transaction_of_another_isolation_level_is_refused() {
    let place = Place::new();
    let store = place.store().await;
    let mut own = connection(&place).await;
    own.execute("BEGIN ISOLATION LEVEL SERIALIZABLE")
        .await
        .unwrap();
    let new = commit(&stream("1"), 0, vec![event("a")]);
    match store.append_in_sqlx(&mut own, &new).await {
        Err(AppendError::Store(error)) => {
            assert_error(&error, StoreErrorKind::Invalid, "READ COMMITTED");
        }
        other => panic!("its snapshot may be of before: {other:?}"),
    }
}
