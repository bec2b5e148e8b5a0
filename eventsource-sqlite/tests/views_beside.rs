//! Read models in a file of their own, beside a log that is kept elsewhere.

mod fixture;

use eventsource_core::store::{
    ColumnSpec, ColumnType, Fingerprint, StoreErrorKind, ViewStore, ViewTable,
};
use eventsource_core::{App, MemoryStore, Position, StartError};
use eventsource_sqlite::SqliteStore;
use fixture::Place;

fn table() -> ViewTable {
    let columns = vec![ColumnSpec::new("key", ColumnType::Text, false).key(true)];
    ViewTable::new("sums", 1, columns, Fingerprint::of([]), "sums")
}

#[tokio::test]
async fn an_app_makes_the_file_that_it_keeps_its_read_models_in() {
    let place = Place::new();
    let views = SqliteStore::open(&place.file).await.unwrap();
    let app = App::builder(MemoryStore::new()).views(views.clone());
    let app = app.start().await.unwrap();
    assert_eq!(views.open(&table()).await.unwrap(), Position::START);
    app.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_app_that_may_not_migrate_makes_none() {
    let place = Place::new();
    let views = SqliteStore::open(&place.file).await.unwrap();
    let app = App::builder(MemoryStore::new()).views(views).migrate(false);
    match app.start().await {
        Err(StartError::Store(error)) => assert_eq!(error.kind(), StoreErrorKind::OlderSchema),
        other => panic!("its tables are missing: {other:?}"),
    }
    assert!(!place.file.exists());
}
