//! Order and pages: by any column, in both directions, as sorting by hand would have it.

use std::cmp::Ordering;

use uuid::Uuid;

use super::{all, table, text, views, write};
use crate::Timestamp;
use crate::store::{
    ColumnSpec, ColumnType, Filter, Order, Query, Row, Value, ViewStore, ViewStoreError, ViewTable,
};
use crate::testing::suite::StoreFactory;

/// Few values in each column, so that many rows share one; nulls wherever they may be.
fn samples() -> ViewTable {
    table(
        "samples",
        1,
        vec![
            ColumnSpec::new("id", ColumnType::Text, false).key(true),
            ColumnSpec::new("whole", ColumnType::Integer, true).index(true),
            ColumnSpec::new("count", ColumnType::Integer, false).index(true),
            ColumnSpec::new("rate", ColumnType::Real, true),
            ColumnSpec::new("open", ColumnType::Boolean, false),
            ColumnSpec::new("note", ColumnType::Text, true).index(true),
            ColumnSpec::new("since", ColumnType::Timestamp, true),
            ColumnSpec::new("tag", ColumnType::Uuid, true),
        ],
    )
}

fn sample_rows() -> Vec<Row> {
    // Any numbers do, as long as they are the same each time.
    let mut state = 7_u64;
    let mut roll = move |faces: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % faces
    };
    let mut one_of = move |values: &[Value]| values[roll(values.len())].clone();
    let time = |micros| Value::Timestamp(Timestamp::from_micros(micros));
    let tag = |bits| Value::Uuid(Uuid::from_u128(bits));
    let mut rows: Vec<Row> = (0..40)
        .map(|number| {
            vec![
                text(&format!("{}{number}", ["b", "B", "é", "💶"][number % 4])),
                one_of(&[i64::MIN, -1, 0, i64::MAX].map(Value::Integer)),
                one_of(&[-2, 0, 9].map(Value::Integer)),
                one_of(&[-1.5, 0.0, 2.0, 1e300].map(Value::Real)),
                one_of(&[false, true].map(Value::Boolean)),
                one_of(&["", "a", "B", "é", "💶"].map(text)),
                one_of(&[-1_000_000, 0, 1, 1_700_000_000_000_000].map(time)),
                one_of(&[0, 1 << 64, u128::MAX].map(tag)),
            ]
        })
        .collect();
    for (number, row) in rows.iter_mut().enumerate() {
        for place in [1, 3, 5, 6, 7] {
            if (number + place) % 4 == 0 {
                row[place] = Value::Null;
            }
        }
    }
    rows
}

/// The order of a column: nulls first, then that of its type.
fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (Value::Integer(one), Value::Integer(other)) => one.cmp(other),
        (Value::Real(one), Value::Real(other)) => one.total_cmp(other),
        (Value::Boolean(one), Value::Boolean(other)) => one.cmp(other),
        (Value::Text(one), Value::Text(other)) => one.as_bytes().cmp(other.as_bytes()),
        (Value::Timestamp(one), Value::Timestamp(other)) => one.cmp(other),
        (Value::Uuid(one), Value::Uuid(other)) => one.as_bytes().cmp(other.as_bytes()),
        _ => panic!("a column has one type"),
    }
}

fn sorted(rows: &[Row], place: usize, descending: bool) -> Vec<Row> {
    let mut rows = rows.to_vec();
    rows.sort_by(|one, other| {
        compare(&one[place], &other[place]).then_with(|| compare(&one[0], &other[0]))
    });
    if descending {
        rows.reverse();
    }
    rows
}

fn by(column: &str, descending: bool) -> Query {
    let order = Order::by(column);
    Query {
        order: Some(if descending {
            order.descending()
        } else {
            order
        }),
        ..Query::default()
    }
}

/// All pages of a query, put together.
async fn in_pages(
    views: &dyn ViewStore,
    table: &ViewTable,
    query: &Query,
    page: usize,
    place: usize,
) -> Vec<Row> {
    let mut gathered: Vec<Row> = Vec::new();
    loop {
        let last = gathered.last();
        let query = Query {
            limit: Some(page),
            after_key: last.map(|row| row[0].clone()),
            after_value: last.map(|row| row[place].clone()),
            ..query.clone()
        };
        let news = views.query(table, query).await.expect("a page is read");
        assert!(news.len() <= page, "a page is no longer than it may be");
        if news.is_empty() {
            return gathered;
        }
        gathered.extend(news);
        assert!(gathered.len() <= 100, "a page begins behind the one before");
    }
}

/// Rows come in the order of any column, forwards and backwards, those of one value in that of their keys; pages put together are the whole.
pub async fn any_column_orders_and_pages<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let samples = samples();
    views.open(&samples).await.expect("the table is made");
    let rows = sample_rows();
    let written = views.write(&samples, write(0, 1, rows.clone(), vec![]));
    written.await.expect("rows are written");
    assert_eq!(all(&*views, &samples).await.len(), rows.len());
    for (place, column) in samples.columns.iter().enumerate() {
        for descending in [false, true] {
            let query = by(&column.name, descending);
            let expected = sorted(&rows, place, descending);
            for page in [1, 7, 100] {
                let gathered = in_pages(&*views, &samples, &query, page, place).await;
                assert_eq!(
                    gathered, expected,
                    "by {}, descending: {descending}, in pages of {page}",
                    column.name
                );
            }
            let filtered = Query {
                filters: vec![Filter::equals("open", Value::Boolean(true))],
                ..query
            };
            let mut expected = expected;
            expected.retain(|row| row[4] == Value::Boolean(true));
            let gathered = in_pages(&*views, &samples, &filtered, 3, place).await;
            assert_eq!(gathered, expected, "filtered, and by {}", column.name);
        }
    }
}

/// A page begins where the last one ended, though the row there has gone meanwhile, or has another value now.
pub async fn a_page_begins_behind_a_row_that_is_gone<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let samples = samples();
    views.open(&samples).await.expect("the table is made");
    let rows = sample_rows();
    let written = views.write(&samples, write(0, 1, rows.clone(), vec![]));
    written.await.expect("rows are written");
    for (number, (place, descending)) in [(1, false), (1, true), (2, false), (2, true), (5, true)]
        .into_iter()
        .enumerate()
    {
        let before = sorted(&rows, place, descending);
        let (last, behind) = (&before[17], &before[18..]);
        let step = 2 * u64::try_from(number).unwrap_or_default() + 1;
        let gone = write(step, step + 1, vec![], vec![last[0].clone()]);
        views
            .write(&samples, gone)
            .await
            .expect("the row is removed");
        let query = Query {
            after_key: Some(last[0].clone()),
            after_value: Some(last[place].clone()),
            ..by(&samples.columns[place].name, descending)
        };
        let found = views.query(&samples, query).await.expect("a page is read");
        assert_eq!(found, behind, "column {place}, descending: {descending}");
        let again = write(step + 1, step + 2, vec![last.clone()], vec![]);
        views.write(&samples, again).await.expect("it is made anew");
    }
}

/// An order by a column that is not there is refused, and the columns that are there are named.
pub async fn an_unknown_order_is_named<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let samples = samples();
    views.open(&samples).await.expect("the table is made");
    for column in ["wholes", "Whole", "", "whole\" DESC, \"id", "1"] {
        match views.query(&samples, by(column, false)).await {
            Err(ViewStoreError::NoSuchColumn {
                projection,
                column: named,
                columns,
            }) => {
                assert_eq!((&*projection, &*named), ("samples", column));
                assert!(columns.contains("whole"), "{columns}");
            }
            other => panic!("there is no column {column:?}: a refusal is due, not {other:?}"),
        }
    }
}
