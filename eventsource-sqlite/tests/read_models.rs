//! Read models as SQL tools see them, and columns of every type.

mod fixture;

use std::sync::Arc;

use eventsource_core::store::{
    ColumnSpec, ColumnType, EventStore, Fingerprint, Query, Row, StoreErrorKind, Value, ViewStore,
    ViewStoreError, ViewTable, ViewWrite,
};
use eventsource_core::{Position, Timestamp};
use eventsource_sqlite::SqliteStore;
use fixture::Place;
use proptest::prelude::*;
use uuid::Uuid;

fn table(name: &str, version: u32, columns: Vec<ColumnSpec>) -> ViewTable {
    let description = format!("{columns:?}");
    let fingerprint = Fingerprint::of([description.as_bytes()]);
    ViewTable::new(name, version, columns, fingerprint, description)
}

fn balances(version: u32) -> ViewTable {
    let columns = vec![
        ColumnSpec::new("account", ColumnType::Text, false).key(true),
        ColumnSpec::new("amount", ColumnType::Integer, false).index(true),
    ];
    table("balances", version, columns)
}

fn write(from: u64, to: u64, upserts: Vec<Row>) -> ViewWrite {
    let mut write = ViewWrite::new(Position::from_raw(from), Position::from_raw(to));
    write.upserts = upserts;
    write
}

fn balance(account: &str, amount: i64) -> Row {
    vec![Value::Text(account.into()), Value::Integer(amount)]
}

#[tokio::test]
async fn under_the_projections_name_stands_its_highest_version() {
    let place = Place::new();
    let store = place.store().await;
    let shown = || -> Vec<(String, i64)> {
        place
            .connection()
            .prepare("SELECT * FROM balances ORDER BY account")
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    };
    for (version, amount) in [(2, 20), (1, 10), (3, 30)] {
        let table = balances(version);
        ViewStore::open(&store, &table).await.unwrap();
        let rows = vec![balance("ada", amount)];
        store.write(&table, write(0, 1, rows)).await.unwrap();
        let highest = if version == 1 { 20 } else { amount };
        assert_eq!(shown(), [("ada".to_owned(), highest)]);
    }

    store.remove("balances").await.unwrap();

    let left: i64 = place
        .connection()
        .query_row(
            "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'balances%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(left, 0, "tables, indexes and view are gone");
    let table = balances(3);
    let checkpoint = store.checkpoint(&table).await.unwrap();
    assert_eq!(checkpoint, Position::START);
    assert_eq!(
        store.query(&table, Query::default()).await.unwrap(),
        Vec::<Row>::new()
    );
    store
        .write(&table, write(0, 5, vec![balance("bo", 1)]))
        .await
        .unwrap();
    assert_eq!(shown(), [("bo".to_owned(), 1)], "it is built anew");
}

/// As SQL tools see them: readable, and in an order that makes sense.
#[tokio::test]
async fn values_are_what_sql_tools_expect() {
    let place = Place::new();
    let store = place.store().await;
    let columns = vec![
        ColumnSpec::new("id", ColumnType::Uuid, false).key(true),
        ColumnSpec::new("since", ColumnType::Timestamp, false),
        ColumnSpec::new("active", ColumnType::Boolean, false),
        ColumnSpec::new("rate", ColumnType::Real, true),
        ColumnSpec::new("tags", ColumnType::Json, false),
        ColumnSpec::new("photo", ColumnType::Bytes, false),
    ];
    let table = table("members", 1, columns);
    ViewStore::open(&store, &table).await.unwrap();
    let row = vec![
        Value::Uuid(Uuid::from_u128(0xA1)),
        Value::Timestamp("2026-11-22T14:23:00.000001Z".parse().unwrap()),
        Value::Boolean(true),
        Value::Null,
        Value::Json("[\"a\",\"b\"]".into()),
        Value::Bytes(vec![0xCA, 0xFE]),
    ];
    store.write(&table, write(0, 1, vec![row])).await.unwrap();

    let seen: String = place
        .connection()
        .query_row(
            "SELECT concat_ws(' ', id, since, date(since), active, rate IS NULL, tags ->> 1, hex(photo)) FROM members",
            [],
            |row| row.get(0),
        )
        .unwrap();

    assert_eq!(
        seen,
        "00000000-0000-0000-0000-0000000000a1 2026-11-22T14:23:00.000001Z 2026-11-22 1 1 b CAFE"
    );
}

#[tokio::test]
async fn names_that_are_sqlites_or_the_stores_own_stand_behind_a_sign() {
    let place = Place::new();
    let store = place.store().await;
    for name in ["eventsource_events", "sqlite_schema", "Sqlite_usage"] {
        let columns = vec![ColumnSpec::new("total", ColumnType::Integer, false)];
        let table = table(name, 1, columns);
        ViewStore::open(&store, &table).await.unwrap();
        let rows = vec![vec![Value::Integer(7)]];
        store.write(&table, write(0, 1, rows)).await.unwrap();
        let seen: i64 = place
            .connection()
            .query_row(&format!("SELECT total FROM \"@{name}\""), [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(seen, 7);
        store.remove(name).await.unwrap();
    }
    EventStore::prepare(&store, false).await.unwrap();
    assert_eq!(fixture::log(&store).await, []);
}

#[tokio::test]
async fn names_that_sqlite_cannot_tell_apart_are_refused() {
    let place = Place::new();
    let store = place.store().await;
    ViewStore::open(&store, &balances(1)).await.unwrap();
    let mut other = balances(1);
    other.name = "Balances".into();
    let columns = vec![
        ColumnSpec::new("a", ColumnType::Text, false).key(true),
        ColumnSpec::new("A", ColumnType::Text, false),
    ];
    for (table, advice) in [
        (other, "balances has its name"),
        (table("t", 1, columns), "column \"A\""),
        (
            table("t", 1, vec![ColumnSpec::new("", ColumnType::Text, false)]),
            "has no name",
        ),
        (
            table("t", 1, vec![ColumnSpec::new("@", ColumnType::Text, false)]),
            "`@` is the store's own",
        ),
        (table("a b", 1, vec![]), "only letters"),
    ] {
        match ViewStore::open(&store, &table).await {
            Err(ViewStoreError::Store(error)) => {
                assert_eq!(error.kind(), StoreErrorKind::Invalid, "{error}");
                assert!(error.to_string().contains(advice), "{error}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        store.checkpoint(&balances(1)).await.unwrap(),
        Position::START
    );
}

#[tokio::test]
async fn names_of_columns_are_data() {
    let place = Place::new();
    let store = place.store().await;
    let columns = vec![
        ColumnSpec::new(
            "a\"b; DROP TABLE eventsource_events; --",
            ColumnType::Text,
            false,
        )
        .key(true),
        ColumnSpec::new("select", ColumnType::Integer, false).index(true),
        ColumnSpec::new("?1", ColumnType::Integer, true).unique(true),
        ColumnSpec::new("rowid", ColumnType::Integer, true),
    ];
    let table = table("odd.name", 1, columns);
    ViewStore::open(&store, &table).await.unwrap();
    let row = |key: &str, unique: Option<i64>| {
        vec![
            Value::Text(key.into()),
            Value::Integer(2),
            unique.map_or(Value::Null, Value::Integer),
            Value::Integer(5),
        ]
    };
    let rows = vec![row("x", Some(1)), row("y", None)];
    store
        .write(&table, write(0, 1, rows.clone()))
        .await
        .unwrap();
    assert_eq!(store.query(&table, Query::default()).await.unwrap(), rows);
    match store
        .write(&table, write(1, 2, vec![row("z", Some(1))]))
        .await
    {
        Err(ViewStoreError::Constraint { column, .. }) => assert_eq!(column, "?1"),
        other => panic!("{other:?}"),
    }
}

/// A value of a column of each type, keys and the rest alike.
fn values() -> impl Strategy<Value = Vec<Value>> {
    let real = any::<f64>().prop_map(|real| {
        // SQL has neither NaN nor a negative zero.
        Value::Real(if real.is_nan() || real == 0.0 {
            0.0
        } else {
            real
        })
    });
    let text = prop_oneof![".{0,40}", "[\u{0}-\u{1f}'\"]{0,10}"];
    (
        any::<i64>().prop_map(Value::Integer),
        prop_oneof![
            real,
            Just(Value::Real(f64::INFINITY)),
            Just(Value::Real(f64::MIN_POSITIVE))
        ],
        any::<bool>().prop_map(Value::Boolean),
        text.clone().prop_map(Value::Text),
        any::<Vec<u8>>().prop_map(Value::Bytes),
        any::<i64>().prop_map(|micros| Value::Timestamp(Timestamp::from_micros(micros))),
        any::<u128>().prop_map(|bits| Value::Uuid(Uuid::from_u128(bits))),
        text.prop_map(Value::Json),
    )
        .prop_map(|(a, b, c, d, e, f, g, h)| vec![a, b, c, d, e, f, g, h])
}

const TYPES: [ColumnType; 8] = [
    ColumnType::Integer,
    ColumnType::Real,
    ColumnType::Boolean,
    ColumnType::Text,
    ColumnType::Bytes,
    ColumnType::Timestamp,
    ColumnType::Uuid,
    ColumnType::Json,
];

/// Each case makes eight tables: fewer than proptest would try, unless `PROPTEST_CASES` asks for another number, as `cargo xtask soak` does.
fn cases() -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(48),
    }
}

#[test]
fn every_value_is_read_as_it_was_written_and_found_by() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let store = runtime.block_on(async {
        let store = SqliteStore::in_memory().await.unwrap();
        EventStore::prepare(&store, true).await.unwrap();
        Arc::new(store)
    });
    proptest!(cases(), |(row in values(), nulls in any::<[bool; 8]>())| {
        runtime.block_on(async {
            // Once with each column as the key, the others nullable.
            for key in 0..TYPES.len() {
                let columns = TYPES.iter().enumerate().map(|(index, column_type)| {
                    ColumnSpec::new(format!("c{index}"), *column_type, index != key).key(index == key)
                });
                let table = table("all", 1, columns.collect());
                ViewStore::open(&*store, &table).await.unwrap();
                let mut row = row.clone();
                for (index, null) in nulls.iter().enumerate() {
                    if *null && index != key {
                        row[index] = Value::Null;
                    }
                }
                store.write(&table, write(0, 1, vec![row.clone()])).await.unwrap();
                let found = store.rows(&table, vec![row[key].clone()]).await.unwrap();
                assert_eq!(found, [Some(row.clone())]);
                let mut query = Query::default();
                for (index, value) in row.iter().enumerate() {
                    query.filters.push(eventsource_core::store::Filter::equals(format!("c{index}"), value.clone()));
                }
                assert_eq!(store.query(&table, query).await.unwrap(), [row]);
                store.remove("all").await.unwrap();
            }
        });
    });
}
