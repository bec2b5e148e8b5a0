//! Tables of older releases are brought up to date, with what they hold.

mod fixture;

use eventsource_core::Position;
use eventsource_core::store::{
    ColumnSpec, ColumnType, EventStore, Fingerprint, Lease, Query, StoreErrorKind, TableRecord,
    Value, ViewStore, ViewTable, ViewWrite,
};
use fixture::{Place, commit, connection, event, log, stream, url};
use uuid::Uuid;

const FIRST_LOG: &str = include_str!("../src/migrations/log/0001_log.sql");
const FIRST_READ_MODELS: &str = include_str!("../src/migrations/read_models/0001_read_models.sql");

/// The tables as the first release made them.
async fn first_release(place: &Place) -> tokio_postgres::Client {
    let owner = connection(&url()).await;
    for (schema, script) in [(&place.views, FIRST_READ_MODELS), (&place.log, FIRST_LOG)] {
        let enter = format!("CREATE SCHEMA \"{schema}\"; SET search_path TO \"{schema}\";");
        owner.batch_execute(&enter).await.unwrap();
        owner.batch_execute(script).await.unwrap();
    }
    owner
}

/// Programs of the first release run on until they are replaced, and append as they did.
#[tokio::test]
async fn a_log_of_the_first_release_goes_on_for_old_and_new_programs() {
    let place = Place::new();
    let owner = first_release(&place).await;
    let old = async |version: i64| {
        let statement = "SELECT refused, first_position FROM append_one(1000, false, gen_random_uuid(), gen_random_uuid(), 1, 'account-1', $1,
                 ARRAY[gen_random_uuid()], ARRAY['account.opened'], ARRAY[1], ARRAY['{}'::bytea], ARRAY[''::bytea], true, NULL, NULL)";
        let row = owner.query_one(statement, &[&version]).await.unwrap();
        (row.get::<_, i32>(0), row.get::<_, i64>(1))
    };
    assert_eq!(old(0).await, (0, 1));

    let store = place.store().await;
    let new = commit(&stream("1"), 1, vec![event("a"), event("b")]);
    let written = store.append(new.clone()).await.unwrap();
    assert_eq!(written.streams[0].position, Position::from_raw(3));
    assert_eq!(old(3).await, (0, 4));
    assert_eq!(store.append(new).await.unwrap(), written);
    assert_eq!(log(&store).await.len(), 4);
}

/// As the first release left it: a read model that was fed up to position 7.
#[tokio::test]
async fn read_models_of_the_first_release_go_on() {
    let place = Place::new();
    let columns = vec![ColumnSpec::new("account", ColumnType::Text, false).key(true)];
    let fingerprint = Fingerprint::of([b"balances".as_slice()]);
    let table = ViewTable::new("balances", 1, columns, fingerprint, "column account: text");
    let owner = first_release(&place).await;
    let enter = format!("SET search_path TO \"{}\"", place.views);
    owner.batch_execute(&enter).await.unwrap();
    owner
        .batch_execute(
            "CREATE TABLE \"balances@1\" (account text COLLATE \"C\" PRIMARY KEY);
             INSERT INTO \"balances@1\" VALUES ('ada');
             CREATE VIEW balances AS SELECT account FROM \"balances@1\"",
        )
        .await
        .unwrap();
    owner
        .execute(
            "INSERT INTO \"@projections\" (name, version, shadow, fingerprint, description, began, passed, checkpoint)
             VALUES ('balances', 1, false, $1, $2, 0, 0, 7)",
            &[
                &Uuid::from_bytes(fingerprint.to_bytes()),
                &table.description,
            ],
        )
        .await
        .unwrap();

    let store = place.unprepared().await;
    let refused = EventStore::prepare(&store, false).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::OlderSchema, "{refused}");
    EventStore::prepare(&store, true).await.unwrap();
    EventStore::prepare(&store, false).await.unwrap();

    let table = table.target(Position::from_raw(9));
    let at = Position::from_raw(7);
    assert_eq!(store.open(&table).await.unwrap(), at);
    // It counts as built: what it showed before is shown.
    let record = store.record(&table).await.unwrap();
    assert_eq!(record, TableRecord::new(at, Position::START, None));
    let rows = store.query(&table, Query::default()).await.unwrap();
    assert_eq!(rows, [[Value::Text("ada".into())]]);
    let holder = Uuid::now_v7();
    let time = std::time::Duration::from_secs(60);
    let lease = store.lease_outbox("balances", holder, time).await.unwrap();
    assert_eq!(lease, Lease::Held { term: 1 });
    let mut write = ViewWrite::new(at, Position::from_raw(8));
    write.outbox_term = Some(1);
    store.write(&table, write).await.unwrap();
}
