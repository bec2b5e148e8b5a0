//! Stores by their URLs.

use eventsource_core::Position;
#[cfg(feature = "nats")]
use eventsource_core::store::{ColumnSpec, ColumnType, Fingerprint, ViewTable};
use eventsource_core::store::{EventStore, StoreErrorKind};
use eventsource_stores::open;

/// It is there, and can be prepared.
async fn works(url: &str) {
    let store = open(url).await.unwrap();
    store.prepare(true).await.unwrap();
    assert!(store.head().await.unwrap() >= Position::START);
    assert!(store.views().is_some());
    store.close().await.unwrap();
}

#[tokio::test]
async fn every_store_is_opened_by_its_url() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a b.db");
    let file = file.to_str().unwrap();
    works("memory:").await;
    works("sqlite::memory:").await;
    works(&format!("sqlite:{file}")).await;
    works(&format!("sqlite://{file}")).await;
    assert!(folder.path().join("a b.db").exists());
    let server =
        eventsource_test_servers::postgres::url().unwrap_or_else(|error| panic!("{error}"));
    works(&server).await;
    let rest = server.strip_prefix("postgres://").unwrap();
    works(&format!("postgresql://{rest}")).await;
}

#[cfg(feature = "nats")]
#[tokio::test]
async fn jetstream_is_opened_by_its_url_and_has_no_read_models() {
    let server = eventsource_test_servers::nats::url().unwrap_or_else(|error| panic!("{error}"));
    let store = open(&server).await.unwrap();
    store.prepare(true).await.unwrap();
    assert!(store.head().await.unwrap() >= Position::START);
    assert!(store.views().is_none());
    store.close().await.unwrap();
}

#[cfg(feature = "nats")]
#[tokio::test]
async fn a_url_of_jetstream_names_its_log_and_the_store_of_its_read_models() {
    let server = eventsource_test_servers::nats::url().unwrap_or_else(|error| panic!("{error}"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a&b views.db");
    let file = file.to_str().unwrap().replace('&', "%26");
    let url = format!("{server}?log=by-url&replicas=1&views=sqlite:{file}");
    works(&url).await;
    assert!(folder.path().join("a&b views.db").exists());
    let log = open(&format!("{server}?log=by-url")).await.unwrap();
    log.prepare(false).await.unwrap();
    assert!(log.views().is_none());
    log.close().await.unwrap();

    // Its read models are not where the events are, so no append can fold them.
    let store = open(&url).await.unwrap();
    store.prepare(true).await.unwrap();
    let views = store.views().unwrap();
    let columns = vec![ColumnSpec::new("total", ColumnType::Integer, false)];
    let fingerprint = Fingerprint::of([&b"total"[..]]);
    let table = ViewTable::new("totals", 1, columns, fingerprint, "total");
    views.open(&table).await.unwrap();
    views.make_immediate(&table).await.unwrap_err();

    for wrong in [
        "log=",
        "replicas=many",
        "views=memory:x",
        "size=3",
        "views=nats://127.0.0.1:1",
    ] {
        let error = open(&format!("{server}?{wrong}")).await.unwrap_err();
        let kind = error.kind();
        assert!(
            kind == StoreErrorKind::Invalid || wrong.contains("127.0.0.1"),
            "{wrong}: {error}"
        );
    }
    let error = open(&format!("{server}?views={server}")).await.unwrap_err();
    assert!(
        error.to_string().contains("holds no read models"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_url_is_told_without_what_is_in_it() {
    for url in [
        "",
        "bank.db",
        "memory:secret",
        "sqlite:",
        "mysql://root:secret@localhost/bank",
        "postgres://user:secret@host:port/bank",
        #[cfg(feature = "nats")]
        "nats://user:secret@host:port",
    ] {
        let error = open(url).await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert_eq!(error.kind(), StoreErrorKind::Invalid, "{told}");
        assert!(
            told.contains("write it as") || told.contains("write memory:"),
            "{told}"
        );
        assert!(!told.contains("secret"), "{told}");
    }
}
