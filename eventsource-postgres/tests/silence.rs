//! The driver logs its statements with their parameters at the level `debug`: no payload, state or row is in what it says.

mod fixture;

use std::sync::Mutex;

use eventsource_core::Position;
use eventsource_core::store::{
    ColumnSpec, ColumnType, EventStore, Filter, Fingerprint, NewSnapshot, OutboxEntry, Query,
    Value, ViewStore, ViewTable, ViewWrite,
};
use fixture::{Place, commit, event, stream};
use log::{LevelFilter, Log, Metadata, Record};

const CANARY: &str = "canary-7Xw2";

static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Listener;

impl Log for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        TOLD.lock().unwrap().push(record.args().to_string());
    }

    fn flush(&self) {}
}

#[tokio::test]
async fn the_driver_is_given_nothing_to_tell() {
    log::set_logger(&Listener).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let place = Place::new();
    let store = place.store().await;
    let (one, other) = (stream("1"), stream("2"));
    let kept = NewSnapshot {
        stream: one.clone(),
        version: 1,
        fingerprint: Fingerprint::of([&b"schema"[..]]),
        state: CANARY.as_bytes().to_vec(),
    };
    let lone = commit(&one, 0, vec![event(CANARY)]).snapshot(Some(kept.clone()));
    store.append(lone).await.unwrap();
    // Of several streams, so that the other function is called too.
    let mut several = commit(&one, 1, vec![event(CANARY)]);
    several
        .streams
        .extend(commit(&other, 0, vec![event(CANARY)]).streams);
    let several = several.snapshot(Some(NewSnapshot { version: 2, ..kept }));
    store.append(several).await.unwrap();
    #[cfg(feature = "sqlx")]
    {
        use sqlx::Connection as _;
        let mut own = sqlx::PgConnection::connect(&fixture::url()).await.unwrap();
        let lent = commit(&other, 1, vec![event(CANARY)]);
        store.append_in_sqlx(&mut own, &lent).await.unwrap();
    }

    let text = || Value::Text(CANARY.to_owned());
    let columns = vec![
        ColumnSpec::new("key", ColumnType::Text, false).key(true),
        ColumnSpec::new("json", ColumnType::Json, false),
    ];
    let table = ViewTable::new(
        "quiet",
        1,
        columns,
        Fingerprint::of([&b"quiet"[..]]),
        "quiet",
    );
    store.open(&table).await.unwrap();
    let mut write = ViewWrite::new(Position::START, Position::from_raw(1));
    write.upserts = vec![vec![text(), Value::Json(format!("\"{CANARY}\""))]];
    write.deletes = vec![Value::Text(format!("{CANARY} gone"))];
    write.sends = vec![OutboxEntry::new(
        uuid::Uuid::now_v7(),
        text(),
        "command",
        1,
        CANARY.as_bytes().to_vec(),
        eventsource_core::Timestamp::now(),
        CANARY.as_bytes().to_vec(),
    )];
    store.write(&table, write).await.unwrap();
    let found = store.rows(&table, vec![text()]).await.unwrap();
    assert!(found[0].is_some());
    let mut query = Query::default();
    query.filters = vec![Filter::equals("key", text())];
    query.after_key = Some(Value::Text(format!("{CANARY} before")));
    store.query(&table, query).await.unwrap();

    let told = TOLD.lock().unwrap();
    assert!(
        told.iter().any(|line| line.contains("executing statement")),
        "the driver tells its statements"
    );
    for line in &*told {
        assert!(!line.contains(CANARY), "{line}");
    }
}
