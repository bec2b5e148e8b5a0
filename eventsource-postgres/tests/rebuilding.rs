//! Rebuilding and new versions as SQL tools see them: what others have made of a read model's SQL view, and who may read it, stays.

mod fixture;

use eventsource_core::Position;
use eventsource_core::store::{
    ColumnSpec, ColumnType, Fingerprint, Row, Value, ViewStore, ViewStoreError, ViewTable,
    ViewWrite,
};
use eventsource_postgres::PostgresStore;
use fixture::{Place, connection, role, url_of};
use tokio_postgres::Client;

/// Version 2 has a column more behind the others, version 3 another first one.
fn balances(version: u32) -> ViewTable {
    let mut columns = vec![
        ColumnSpec::new("account", ColumnType::Text, false).key(true),
        ColumnSpec::new("amount", ColumnType::Integer, false).index(true),
    ];
    match version {
        1 => {}
        2 => columns.push(ColumnSpec::new("owner", ColumnType::Text, true)),
        _ => columns.insert(0, ColumnSpec::new("owner", ColumnType::Text, true)),
    }
    let fingerprint = Fingerprint::of([version.to_string().as_bytes()]);
    ViewTable::new("balances", version, columns, fingerprint, "")
}

fn balance(table: &ViewTable, account: &str, amount: i64) -> Row {
    let values = table.columns.iter().map(|column| match &*column.name {
        "account" => Value::Text(account.to_owned()),
        "amount" => Value::Integer(amount),
        _ => Value::Null,
    });
    values.collect()
}

async fn feed(store: &PostgresStore, table: &ViewTable, amount: i64) {
    let at = store.open(table).await.unwrap();
    let mut write = ViewWrite::new(at, Position::from_raw(1));
    write.upserts = vec![balance(table, "ada", amount), balance(table, "bo", amount)];
    store.write(table, write).await.unwrap();
}

async fn rebuild(store: &PostgresStore, table: &ViewTable, amount: i64) {
    feed(store, &table.shadow(), amount).await;
    assert!(store.promote(&table.shadow()).await.unwrap());
}

async fn total(client: &Client, view: &str) -> i64 {
    let sum = format!("SELECT sum(amount)::bigint FROM {view}");
    client.query_one(&sum, &[]).await.unwrap().get(0)
}

/// A reader of the SQL view who may do nothing else, and a view of its own on it.
async fn reader(place: &Place) -> Client {
    let role = role("").await;
    let owner = place.connection().await;
    let make = format!(
        "GRANT USAGE ON SCHEMA \"{0}\" TO {role}; GRANT SELECT ON \"{0}\".balances TO {role} WITH GRANT OPTION",
        place.views
    );
    owner.batch_execute(&make).await.unwrap();
    let client = connection(&url_of(&role, "secret")).await;
    let path = format!("SET search_path TO \"{}\"", place.views);
    client.batch_execute(&path).await.unwrap();
    client
}

#[tokio::test]
async fn a_rebuild_leaves_views_and_rights_of_others_alone() {
    let place = Place::new();
    let store = place.store().await;
    let table = balances(1);
    feed(&store, &table, 0).await;
    let (owner, reader) = (place.connection().await, reader(&place).await);
    let make = format!(
        "CREATE VIEW \"{0}\".rich AS SELECT * FROM \"{0}\".balances WHERE amount > 0;
         CREATE MATERIALIZED VIEW \"{0}\".richest AS SELECT max(amount) FROM \"{0}\".rich",
        place.views
    );
    owner.batch_execute(&make).await.unwrap();

    for round in 1..=3 {
        rebuild(&store, &table, round).await;
        assert_eq!(total(&owner, "rich").await, 2 * round);
        assert_eq!(total(&reader, "balances").await, 2 * round);
    }

    let refused = store.remove("balances").await.unwrap_err().to_string();
    assert!(refused.contains("made by hand"), "{refused}");
    let drop = format!("DROP VIEW \"{}\".rich CASCADE", place.views);
    owner.batch_execute(&drop).await.unwrap();
    store.remove("balances").await.unwrap();
    assert!(owner.query("SELECT FROM balances", &[]).await.is_err());
}

#[tokio::test]
async fn what_stands_on_the_table_itself_is_named_and_the_served_rows_stay() {
    let place = Place::new();
    let store = place.store().await;
    let table = balances(1);
    feed(&store, &table, 1).await;
    let owner = place.connection().await;
    let make = format!(
        "CREATE VIEW \"{0}\".rich AS SELECT * FROM \"{0}\".\"balances@1\"",
        place.views
    );
    owner.batch_execute(&make).await.unwrap();
    feed(&store, &table.shadow(), 5).await;

    let refused = store.promote(&table.shadow()).await.unwrap_err();

    assert!(matches!(refused, ViewStoreError::Store(_)), "{refused:?}");
    assert!(refused.to_string().contains("made by hand"), "{refused}");
    assert_eq!(total(&owner, "balances").await, 2);
    // What was built is still there.
    let drop = format!("DROP VIEW \"{}\".rich", place.views);
    owner.batch_execute(&drop).await.unwrap();
    assert!(store.promote(&table.shadow()).await.unwrap());
    assert_eq!(total(&owner, "balances").await, 10);
}

#[tokio::test]
async fn a_version_with_more_columns_is_shown_to_views_and_readers_that_were_there() {
    let place = Place::new();
    let store = place.store().await;
    feed(&store, &balances(1), 1).await;
    let (owner, reader) = (place.connection().await, reader(&place).await);
    let make = format!(
        "CREATE VIEW \"{0}\".rich AS SELECT * FROM \"{0}\".balances WHERE amount > 0",
        place.views
    );
    owner.batch_execute(&make).await.unwrap();

    feed(&store, &balances(2), 10).await;

    assert_eq!(total(&owner, "rich").await, 20);
    assert_eq!(total(&reader, "balances").await, 20);
    rebuild(&store, &balances(2), 30).await;
    assert_eq!(total(&owner, "rich").await, 60);
    rebuild(&store, &balances(1), 2).await;
    assert_eq!(total(&owner, "rich").await, 60, "the highest is shown");
    assert_eq!(total(&reader, "balances").await, 60);
}

#[tokio::test]
async fn a_version_of_other_columns_keeps_its_readers() {
    let place = Place::new();
    let store = place.store().await;
    feed(&store, &balances(1), 1).await;
    let reader = reader(&place).await;

    feed(&store, &balances(3), 10).await;

    assert_eq!(total(&reader, "balances").await, 20);
    let granted = reader.batch_execute("GRANT SELECT ON balances TO PUBLIC");
    granted.await.expect("it may still hand its right on");
}

#[tokio::test]
async fn a_version_of_other_columns_is_not_shown_while_something_stands_on_the_view() {
    let place = Place::new();
    let store = place.store().await;
    feed(&store, &balances(1), 1).await;
    let owner = place.connection().await;
    let make = format!(
        "CREATE VIEW \"{0}\".rich AS SELECT * FROM \"{0}\".balances WHERE amount > 0",
        place.views
    );
    owner.batch_execute(&make).await.unwrap();

    feed(&store, &balances(3), 10).await;

    assert_eq!(total(&owner, "balances").await, 2, "as it was");
    assert_eq!(total(&owner, "\"balances@3\"").await, 20, "it is there");
    // Rebuilt, what is shown goes with it.
    rebuild(&store, &balances(1), 4).await;
    assert_eq!(total(&owner, "rich").await, 8);
    rebuild(&store, &balances(3), 20).await;
    assert_eq!(total(&owner, "rich").await, 8);

    let drop = format!("DROP VIEW \"{}\".rich", place.views);
    owner.batch_execute(&drop).await.unwrap();
    rebuild(&store, &balances(3), 30).await;
    assert_eq!(total(&owner, "balances").await, 60);
}
