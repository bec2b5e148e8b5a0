//! Tables: made once, told apart by name and version, refused when they have changed.

use super::{all, at, checkpoint, people, person, table, text, views, write};
use crate::store::{
    ColumnSpec, ColumnType, EventStore, Fingerprint, Row, StoreErrorKind, Value, ViewStoreError,
    ViewTable,
};
use crate::testing::suite::StoreFactory;
use crate::testing::suite::fixture::open;
use crate::testing::suite::record::{reopens, unclaimed};
use crate::{MAX_NAME_BYTES, Position};

/// A new table has no rows and stands at the start of the log; opened again, it is where it was.
pub async fn a_table_is_made_once<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    let opened = views.open(&people).await.expect("the table is made");
    assert_eq!(opened, Position::START);
    assert_eq!(all(&*views, &people).await, Vec::<Row>::new());
    let keys = vec![text("ada")];
    assert_eq!(
        views.rows(&people, keys).await.expect("rows are read"),
        [None]
    );
    let ada = person("ada", Some("a@x"), 36);
    let written = views.write(&people, write(0, 7, vec![ada.clone()], vec![]));
    written.await.expect("a row is written");
    assert_eq!(views.open(&people).await.expect("it is opened"), at(7));
    assert_eq!(all(&*views, &people).await, [ada]);
}

/// A table whose fingerprint has changed under its version is refused, with the difference in words; the stored one goes on.
pub async fn a_changed_table_is_told_in_words<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let mut columns = people.columns.clone();
    columns.push(ColumnSpec::new("size", ColumnType::Real, false));
    columns.remove(1);
    match views.open(&table("people", 1, columns)).await {
        Err(ViewStoreError::Changed {
            projection,
            version,
            difference,
        }) => {
            assert_eq!((&*projection, version), ("people", 1));
            for told in ["column address: text", "column size: real"] {
                assert!(difference.contains(told), "{told} in: {difference}");
            }
            for untold in ["column name", "column age"] {
                assert!(!difference.contains(untold), "{untold} in: {difference}");
            }
        }
        other => panic!("another table under one version is refused, not {other:?}"),
    }
    let opened = views.open(&people).await.expect("the stored one goes on");
    assert_eq!(opened, Position::START);
}

/// A table of an event that has another name since, and is read under the older one, is the same; one of another event is not.
pub async fn a_table_whose_event_was_renamed_goes_on<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let of_events = |events: &str| {
        let people = people();
        let description = format!("{}\n{events}", people.description);
        let fingerprint = Fingerprint::of([description.as_bytes()]);
        ViewTable::new("people", 1, people.columns, fingerprint, description)
    };
    let made = of_events("event joined\nevent left");
    views.open(&made).await.expect("the table is made");
    let written = views.write(&made, write(0, 7, vec![person("ada", None, 36)], vec![]));
    written.await.expect("a row is written");

    let renamed = of_events("event left\nevent registered");
    match views.open(&renamed).await {
        Err(ViewStoreError::Changed { difference, .. }) => {
            assert!(difference.contains("it had `event joined`"), "{difference}");
        }
        other => panic!("another event is refused, not {other:?}"),
    }
    let registered = ("event joined".to_owned(), "event registered".to_owned());
    let renamed = renamed.former(vec![registered]);
    let opened = views.open(&renamed).await.expect("it is the same table");
    assert_eq!(opened, at(7));
    let opened = views.open(&made).await.expect("the old program goes on");
    assert_eq!(opened, at(7));
}

/// Each version has a table and a checkpoint of its own; removing a read model removes all of its versions, and no other read model.
pub async fn versions_stand_beside_each_other<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let old = people();
    let mut columns = old.columns.clone();
    columns.push(ColumnSpec::new("size", ColumnType::Real, true));
    let new = table("people", 2, columns);
    // Names that a wildcard or an SQL suffix would take for the same.
    let others = ["peopl_", "people_1", "people2", "People.x"].map(|name| {
        let columns = vec![ColumnSpec::new("key", ColumnType::Text, false).key(true)];
        table(name, 1, columns)
    });
    for table in [&old, &new].into_iter().chain(&others) {
        let opened = views.open(table).await.expect("the table is made");
        assert_eq!(opened, Position::START, "{} {}", table.name, table.version);
    }
    let ada = person("ada", None, 36);
    let written = views.write(&old, write(0, 5, vec![ada.clone()], vec![]));
    written.await.expect("the old version is fed");
    let mut sized = person("ada", None, 37);
    sized.push(Value::Real(1.7));
    let written = views.write(&new, write(0, 2, vec![sized.clone()], vec![]));
    written.await.expect("the new version is fed");
    for other in &others {
        let written = views.write(other, write(0, 3, vec![vec![text("kept")]], vec![]));
        written.await.expect("the other read models are fed");
    }
    assert_eq!(all(&*views, &old).await, [ada]);
    assert_eq!(all(&*views, &new).await, [sized]);
    assert_eq!(checkpoint(&*views, &old).await, at(5));
    assert_eq!(checkpoint(&*views, &new).await, at(2));

    views.remove("people").await.expect("it is removed");
    views
        .remove("people")
        .await
        .expect("there is none any more");
    for table in [&old, &new] {
        let opened = views.open(table).await.expect("it is made anew");
        assert_eq!(opened, Position::START);
        assert_eq!(all(&*views, table).await, Vec::<Row>::new());
    }
    for other in &others {
        assert_eq!(all(&*views, other).await, [vec![text("kept")]]);
        assert_eq!(checkpoint(&*views, other).await, at(3));
    }
}

/// A global read model has one row, found by null.
pub async fn a_global_read_model_has_one_row<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let columns = vec![ColumnSpec::new("total", ColumnType::Integer, false)];
    let totals = table("totals", 1, columns);
    views.open(&totals).await.expect("the table is made");
    let row = |total| vec![Value::Integer(total)];
    let the_row = || views.rows(&totals, vec![Value::Null]);
    assert_eq!(the_row().await.expect("it is read"), [None]);
    for total in 1..=3_i64 {
        let from = total.unsigned_abs() - 1;
        let written = views.write(&totals, write(from, from + 1, vec![row(total)], vec![]));
        written.await.expect("the row is written");
        assert_eq!(the_row().await.expect("it is read"), [Some(row(total))]);
        assert_eq!(all(&*views, &totals).await, [row(total)]);
    }
    let removed = views.write(&totals, write(3, 4, vec![], vec![Value::Null]));
    removed.await.expect("the row is removed");
    assert_eq!(the_row().await.expect("it is read"), [None]);
    assert_eq!(all(&*views, &totals).await, Vec::<Row>::new());
}

/// Names of tables and columns may be SQL's own words, of any alphabet, and long; keys may be anything.
pub async fn any_name_and_key_is_data<F: StoreFactory>(factory: F) {
    let Some(views) = views(&factory).await else {
        return;
    };
    let long = "x".repeat(MAX_NAME_BYTES - 1);
    let names = [
        "order".to_owned(),
        "select".to_owned(),
        "größe.名前".to_owned(),
        "events".to_owned(),
        "sqlite_master".to_owned(),
        "pg_class".to_owned(),
        format!("{long}a"),
        format!("{long}b"),
    ];
    let keys = [
        "'", "\"", "%", "_", "; --", " ", "", "💶", "a", "A", "a ", "\u{1}",
    ];
    for name in &names {
        let columns = vec![
            ColumnSpec::new("group", ColumnType::Text, false).key(true),
            ColumnSpec::new("table", ColumnType::Text, false).index(true),
            ColumnSpec::new("größe", ColumnType::Text, true).unique(true),
        ];
        let table = table(name, 1, columns);
        views.open(&table).await.unwrap_or_else(|error| {
            panic!("a table may be called {name}: {error}");
        });
        let row = |key: &&str| vec![text(key), text(&format!("{name} {key}")), text(key)];
        let rows: Vec<Row> = keys.iter().map(row).collect();
        let written = views.write(&table, write(0, 1, rows.clone(), vec![]));
        written.await.expect("rows of any key are written");
        let asked = keys.map(text).to_vec();
        let found = views.rows(&table, asked).await.expect("rows are read");
        assert_eq!(found, rows.into_iter().map(Some).collect::<Vec<_>>());
    }
}

/// Tables, rows and checkpoints are there for another store on the same log, and a closed store's are out of reach.
pub async fn read_models_outlive_the_store<F: StoreFactory>(factory: F) {
    let store = open(&factory).await;
    let Some(views) = store.views() else {
        return unclaimed();
    };
    let people = people();
    views.open(&people).await.expect("the table is made");
    let ada = person("ada", Some("a@x"), 36);
    let written = views.write(&people, write(0, 7, vec![ada.clone()], vec![]));
    written.await.expect("a row is written");
    store.close().await.expect("the store closes");
    match views.checkpoint(&people).await {
        Err(ViewStoreError::Store(error)) => assert_eq!(error.kind(), StoreErrorKind::Closed),
        other => panic!("a closed store's read models are out of reach, not {other:?}"),
    }
    drop((store, views));
    if !reopens(&factory) {
        return;
    }
    let store = open(&factory).await;
    let views = store
        .views()
        .expect("a store that has read models has them again");
    assert_eq!(views.open(&people).await.expect("it is opened"), at(7));
    assert_eq!(all(&*views, &people).await, [ada]);
    let taken = write(7, 8, vec![person("bo", Some("a@x"), 1)], vec![]);
    match views.write(&people, taken).await {
        Err(ViewStoreError::Constraint { .. }) => {}
        other => panic!("the address is taken still, not {other:?}"),
    }
}
