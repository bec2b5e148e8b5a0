//! Read models in a database of their own, beside a log that is kept elsewhere.

mod fixture;

use eventsource_core::store::{
    ColumnSpec, ColumnType, Fingerprint, StoreErrorKind, ViewStore, ViewTable,
};
use eventsource_core::{App, MemoryStore, Position, StartError};
use fixture::{Place, assert_error};

#[tokio::test]
async fn an_app_makes_the_tables_that_it_keeps_its_read_models_in_where_it_may() {
    let place = Place::new();
    let views = place.unprepared().await;
    let builder = || App::builder(MemoryStore::new()).views(views.clone());
    match builder().migrate(false).start().await {
        Err(StartError::Store(error)) => {
            assert_error(&error, StoreErrorKind::OlderSchema, "migrate");
        }
        other => panic!("its tables are missing: {other:?}"),
    }

    let app = builder().start().await.unwrap();
    let columns = vec![ColumnSpec::new("key", ColumnType::Text, false).key(true)];
    let table = ViewTable::new("sums", 1, columns, Fingerprint::of([]), "sums");
    assert_eq!(views.open(&table).await.unwrap(), Position::START);
    views.make_eventual("sums").await.unwrap();
    app.shutdown().await.unwrap();
    builder().migrate(false).start().await.unwrap();
}
