//! Rebuilding as SQL tools see it: the name shows the served table, whole, before the swap and after it.

mod fixture;

use eventsource_core::Position;
use eventsource_core::store::{
    ColumnSpec, ColumnType, Fingerprint, Row, Value, ViewStore, ViewStoreError, ViewTable,
    ViewWrite,
};
use eventsource_sqlite::SqliteStore;
use fixture::Place;

fn balances(version: u32) -> ViewTable {
    let columns = vec![
        ColumnSpec::new("account", ColumnType::Text, false).key(true),
        // Names that are easily taken for those of other tables and indexes.
        ColumnSpec::new("shadow", ColumnType::Integer, false).index(true),
        ColumnSpec::new("#shadow", ColumnType::Text, true).unique(true),
    ];
    let fingerprint = Fingerprint::of([version.to_string().as_bytes()]);
    ViewTable::new("balances", version, columns, fingerprint, "")
}

async fn feed(store: &SqliteStore, table: &ViewTable, from: u64, to: u64, amount: i64) {
    ViewStore::open(store, table).await.unwrap();
    let mut write = ViewWrite::new(Position::from_raw(from), Position::from_raw(to));
    write.upserts = vec![
        balance("ada", amount, Some("a")),
        balance("bo", amount, None),
    ];
    store.write(table, write).await.unwrap();
}

fn balance(account: &str, amount: i64, unique: Option<&str>) -> Row {
    let unique = unique.map_or(Value::Null, |unique| Value::Text(unique.into()));
    vec![Value::Text(account.into()), Value::Integer(amount), unique]
}

fn total(place: &Place, view: &str) -> i64 {
    place
        .connection()
        .query_row(&format!("SELECT sum(shadow) FROM {view}"), [], |row| {
            row.get(0)
        })
        .unwrap()
}

/// The names of tables, indexes and views that have this one in theirs.
fn names(place: &Place) -> Vec<String> {
    place
        .connection()
        .prepare(
            "SELECT name FROM sqlite_schema WHERE name LIKE 'balances%' AND type <> 'view' ORDER BY name",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[tokio::test]
async fn the_name_shows_the_served_table_through_any_number_of_swaps() {
    let place = Place::new();
    let store = place.store().await;
    let table = balances(1);
    let shadow = table.shadow();
    feed(&store, &table, 0, 1, 0).await;
    // The user's own.
    place
        .connection()
        .execute_batch("CREATE VIEW rich AS SELECT * FROM balances WHERE shadow > 0; CREATE VIEW broken AS SELECT * FROM gone;")
        .unwrap();
    let made = names(&place);
    for round in 1..=4_i64 {
        feed(&store, &shadow, 0, 1, round).await;
        assert_eq!(total(&place, "balances"), 2 * (round - 1), "not yet");
        assert!(store.promote(&shadow).await.unwrap());
        assert_eq!(total(&place, "balances"), 2 * round);
        assert_eq!(total(&place, "rich"), 2 * round, "the user's views go on");
        assert_eq!(names(&place).len(), made.len(), "{:?}", names(&place));
        let mut write = ViewWrite::new(Position::from_raw(1), Position::from_raw(2));
        write.upserts = vec![balance("cy", 1, Some("a"))];
        match store.write(&table, write).await {
            Err(ViewStoreError::Constraint { column, .. }) => assert_eq!(column, "#shadow"),
            other => panic!("the value is taken: {other:?}"),
        }
    }
    assert_eq!(names(&place), made, "after an even number of swaps");

    store.remove("balances").await.unwrap();
    assert_eq!(names(&place), Vec::<String>::new());
}

#[tokio::test]
async fn a_swap_of_an_older_version_leaves_the_name_to_the_highest() {
    let place = Place::new();
    let store = place.store().await;
    feed(&store, &balances(1), 0, 1, 1).await;
    feed(&store, &balances(2), 0, 1, 2).await;
    feed(&store, &balances(1).shadow(), 0, 1, 100).await;
    assert!(store.promote(&balances(1).shadow()).await.unwrap());
    assert_eq!(total(&place, "balances"), 4);
    assert_eq!(total(&place, "\"balances@1\""), 200);
    feed(&store, &balances(2).shadow(), 0, 1, 20).await;
    store.discard(&balances(2).shadow()).await.unwrap();
    assert_eq!(total(&place, "balances"), 4);
}
