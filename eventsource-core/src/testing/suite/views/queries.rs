//! Values and queries: what was written is found again, filtered, paged and in order.

use uuid::Uuid;

use super::{all, people, person, table, text, views, write};
use crate::Timestamp;
use crate::store::{ColumnSpec, ColumnType, Filter, Query, Row, Value, ViewStoreError};
use crate::testing::suite::StoreFactory;

/// Values of every type come back as they went in; those of a nullable column may be null.
pub async fn every_value_comes_back<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let columns = [
        ("integer", ColumnType::Integer),
        ("real", ColumnType::Real),
        ("boolean", ColumnType::Boolean),
        ("text", ColumnType::Text),
        ("bytes", ColumnType::Bytes),
        ("timestamp", ColumnType::Timestamp),
        ("uuid", ColumnType::Uuid),
        ("json", ColumnType::Json),
    ];
    let mut specs = vec![ColumnSpec::new("number", ColumnType::Integer, false).key(true)];
    specs.extend(columns.map(|(name, of)| ColumnSpec::new(name, of, true)));
    let values = table("every.value", 1, specs);
    views.open(&values).await.expect("the table is made");
    let json = |json: &str| Value::Json(json.to_owned());
    let mut rows = vec![
        vec![
            Value::Integer(i64::MIN),
            Value::Real(f64::MAX),
            Value::Boolean(true),
            text("'; DROP TABLE people; -- \" 💶 \n e\u{301}"),
            Value::Bytes((0..=255).collect()),
            Value::Timestamp(Timestamp::from_micros(-62_167_219_200_000_000)),
            Value::Uuid(Uuid::max()),
            json(r#"{"a":[1,"x",null]}"#),
        ],
        vec![
            Value::Integer(i64::MAX),
            Value::Real(-1.5e-300),
            Value::Boolean(false),
            text(""),
            Value::Bytes(Vec::new()),
            Value::Timestamp(Timestamp::from_micros(253_402_300_799_999_999)),
            Value::Uuid(Uuid::nil()),
            json("null"),
        ],
        vec![Value::Null; 8],
        vec![
            Value::Integer(0),
            // A whole number stays a floating-point one.
            Value::Real(2.0),
            Value::Boolean(true),
            text("0"),
            Value::Bytes(b"text".to_vec()),
            Value::Timestamp(Timestamp::from_micros(1)),
            Value::Uuid(Uuid::now_v7()),
            json("7"),
        ],
    ];
    for (number, row) in (0..).zip(&mut rows) {
        row.insert(0, Value::Integer(number));
    }
    let written = views.write(&values, write(0, 1, rows.clone(), vec![]));
    written.await.expect("rows of every type are written");
    let found = all(&*views, &values).await;
    for (row, found) in rows.iter().zip(&found) {
        for ((column, wrote), read) in values.columns.iter().zip(row).zip(found) {
            let same = match (wrote, read) {
                // JSON may be written differently and still be the same.
                (Value::Json(wrote), Value::Json(read)) => {
                    let parse = serde_json::from_str::<serde_json::Value>;
                    parse(wrote).ok() == parse(read).ok()
                }
                _ => wrote == read,
            };
            assert!(same, "the {} of row {:?} is kept", column.name, row[0]);
        }
    }
    assert_eq!(found.len(), rows.len());
    for (place, column) in values.columns.iter().enumerate().skip(1).take(7) {
        for row in &found {
            let query = Query {
                filters: vec![Filter::equals(&column.name, row[place].clone())],
                ..Query::default()
            };
            let filtered = views.query(&values, query).await.expect("it is read");
            assert!(
                filtered.contains(row),
                "a row is found by its {}",
                column.name
            );
        }
    }
    // Some databases bind it as null, which is in rows that have no number.
    let query = Query {
        filters: vec![Filter::equals("real", Value::Real(f64::NAN))],
        ..Query::default()
    };
    let filtered = views.query(&values, query).await.expect("it is read");
    assert_eq!(filtered, [] as [Row; 0], "no row has what is no number");
}

/// Filters must all hold, rows come in the order of their keys, and pages put together are the whole.
pub async fn queries_are_filtered_and_paged<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let names = ["B", "a", "a b", "ab", "b", "é", "💶"];
    let rows: Vec<_> = (0..)
        .zip(names)
        .map(|(number, name)| person(name, (number == 3).then_some("3"), number % 2))
        .collect();
    let mut shuffled = rows.clone();
    shuffled.reverse();
    shuffled.swap(1, 4);
    let written = views.write(&people, write(0, 1, shuffled, vec![]));
    written.await.expect("rows are written");
    assert_eq!(all(&*views, &people).await, rows, "in the order of bytes");
    for page in 1..=8 {
        let mut gathered: Vec<Row> = Vec::new();
        loop {
            let query = Query {
                limit: Some(page),
                after_key: gathered.last().map(|row| row[0].clone()),
                ..Query::default()
            };
            let news = views.query(&people, query).await.expect("a page is read");
            assert!(news.len() <= page);
            if news.is_empty() {
                break;
            }
            gathered.extend(news);
            assert!(
                gathered.len() <= rows.len(),
                "a page begins behind the one before"
            );
        }
        assert_eq!(gathered, rows, "in pages of {page}");
    }
    let odd = Filter::equals("age", Value::Integer(1));
    let homeless = Filter::equals("address", Value::Null);
    for (filters, found) in [
        (vec![odd.clone()], vec![1, 3, 5]),
        (vec![odd.clone(), homeless.clone()], vec![1, 5]),
        (vec![homeless], vec![0, 1, 2, 4, 5, 6]),
        (vec![Filter::equals("name", text("ab"))], vec![3]),
        (vec![Filter::equals("name", text("A"))], vec![]),
    ] {
        let query = Query {
            filters,
            ..Query::default()
        };
        let found: Vec<_> = found.into_iter().map(|place| rows[place].clone()).collect();
        let filtered = views.query(&people, query).await.expect("rows are read");
        assert_eq!(filtered, found);
    }
    let second = Query {
        filters: vec![odd],
        limit: Some(1),
        after_key: Some(text("a")),
        ..Query::default()
    };
    let second = views.query(&people, second).await.expect("rows are read");
    assert_eq!(second, [rows[3].clone()], "filter, key and limit at once");
}

/// A filter on a column that is not there is refused, and the columns that are there are named.
pub async fn an_unknown_column_is_named<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    for column in ["agee", "Age", "", "age\" = 1 OR \"1", "rowid", "1"] {
        let query = Query {
            filters: vec![Filter::equals(column, Value::Integer(1))],
            ..Query::default()
        };
        match views.query(&people, query).await {
            Err(ViewStoreError::NoSuchColumn {
                projection,
                column: named,
                columns,
            }) => {
                assert_eq!((&*projection, &*named), ("people", column));
                for column in ["name", "address", "age"] {
                    assert!(columns.contains(column), "{columns}");
                }
            }
            other => panic!("there is no column {column:?}: a refusal is due, not {other:?}"),
        }
    }
}
