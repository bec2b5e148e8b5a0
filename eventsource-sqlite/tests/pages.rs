//! Any order, filter and page is what the store in memory answers.

use eventsource_core::store::{
    ColumnSpec, ColumnType, EventStore, Filter, Fingerprint, Order, Query, Row, Value, ViewStore,
    ViewTable, ViewWrite,
};
use eventsource_core::{MemoryStore, Position, Timestamp};
use eventsource_sqlite::SqliteStore;
use proptest::prelude::*;
use uuid::Uuid;

const COLUMNS: [(&str, ColumnType, bool); 6] = [
    ("key", ColumnType::Integer, false),
    ("whole", ColumnType::Integer, true),
    ("count", ColumnType::Integer, false),
    ("text", ColumnType::Text, true),
    ("time", ColumnType::Timestamp, true),
    ("uuid", ColumnType::Uuid, false),
];

fn table() -> ViewTable {
    let columns = COLUMNS.map(|(name, of, nullable)| {
        ColumnSpec::new(name, of, nullable)
            .key(name == "key")
            .index(name == "count" || name == "text")
    });
    ViewTable::new("pages", 1, columns.to_vec(), Fingerprint::of([]), "")
}

/// A value of this column, out of a few, so that many rows share one.
fn value(column: usize) -> BoxedStrategy<Value> {
    let (_, of, nullable) = COLUMNS[column];
    let some = match of {
        ColumnType::Text => prop::sample::select(vec!["", "a", "A", "é", "~"])
            .prop_map(|text| Value::Text(text.into()))
            .boxed(),
        ColumnType::Timestamp => prop::sample::select(vec![i64::MIN, -1, 0, i64::MAX])
            .prop_map(|micros| Value::Timestamp(Timestamp::from_micros(micros)))
            .boxed(),
        ColumnType::Uuid => (0..3_u128)
            .prop_map(|bits| Value::Uuid(Uuid::from_u128(bits << 60)))
            .boxed(),
        _ => (-2..3_i64).prop_map(Value::Integer).boxed(),
    };
    if nullable {
        prop_oneof![3 => some, 1 => Just(Value::Null)].boxed()
    } else {
        some
    }
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let rest = (value(1), value(2), value(3), value(4), value(5));
    let row = (0..60_i64, rest)
        .prop_map(|(key, (a, b, c, d, e))| vec![Value::Integer(key), a, b, c, d, e]);
    prop::collection::vec(row, 0..40)
}

/// Any query: a page behind a row that is there or not, or behind the beginning.
fn query() -> impl Strategy<Value = Query> {
    let column = 0..COLUMNS.len();
    let filter = prop::option::weighted(
        0.3,
        (0..COLUMNS.len()).prop_flat_map(|c| (Just(c), value(c))),
    );
    let after = |column: usize| {
        let key = (0..60_i64).prop_map(Value::Integer);
        let last = if column == 0 {
            key.clone().boxed()
        } else {
            value(column)
        };
        prop::option::weighted(0.7, (key, last))
    };
    let order = column.prop_flat_map(move |column| (Just(column), any::<bool>(), after(column)));
    (
        order,
        prop::option::of(0..10_usize),
        filter,
        prop::bool::weighted(0.8),
    )
        .prop_map(|((column, descending, after), limit, filter, ordered)| {
            let mut query = Query::default();
            if ordered {
                let order = Order::by(COLUMNS[column].0);
                query.order = Some(if descending {
                    order.descending()
                } else {
                    order
                });
            }
            if let Some((key, last)) = after {
                // A row's key is its own value in the key column.
                let last = if column == 0 { key.clone() } else { last };
                (query.after_key, query.after_value) = (Some(key), Some(last));
            }
            query.limit = limit;
            query
                .filters
                .extend(filter.map(|(column, value)| Filter::equals(COLUMNS[column].0, value)));
            query
        })
}

#[test]
fn any_page_is_what_the_store_in_memory_answers() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let sqlite = runtime.block_on(async {
        let store = SqliteStore::in_memory().await.unwrap();
        EventStore::prepare(&store, true).await.unwrap();
        store
    });
    proptest!(|(rows in rows(), queries in prop::collection::vec(query(), 1..12))| {
        runtime.block_on(async {
            let memory = MemoryStore::new().views().unwrap();
            let table = table();
            let mut write = ViewWrite::new(Position::START, Position::from_raw(1));
            write.upserts.clone_from(&rows);
            for views in [&*memory, &sqlite as &dyn ViewStore] {
                views.open(&table).await.unwrap();
                views.write(&table, write.clone()).await.unwrap();
            }
            for query in &queries {
                let expected = memory.query(&table, query.clone()).await.unwrap();
                let found = sqlite.query(&table, query.clone()).await.unwrap();
                let numbers = |rows: &[Row]| format!("{:?}", rows.iter().map(|row| match row[0] {
                    Value::Integer(key) => key,
                    _ => -1,
                }).collect::<Vec<_>>());
                assert!(found == expected, "{query:?}: {} for {}", numbers(&found), numbers(&expected));
            }
            sqlite.remove("pages").await.unwrap();
        });
    });
}
