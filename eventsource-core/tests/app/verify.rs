//! The whole log, read with today's code.

use eventsource_core::app::Verification;
use eventsource_core::prelude::*;

use crate::domain::{app, fill, open, put, registry};

fn count(found: &Verification, name: &str, version: u16) -> u64 {
    found
        .counts
        .get(&(name.to_owned(), version))
        .copied()
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_counted_whatever_core_it_falls_to() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    for purse in 0..50 {
        let purse = format!("p{purse}");
        app.execute(open(&purse)).await.unwrap();
        app.execute(fill(&purse, 5)).await.unwrap();
    }
    put(&store, "p0", "purse.filled", 1, r#"{"amt":5}"#).await;
    put(&store, "p0", "purse.looked_at", 1, "{}").await;

    let found = app.verify().await.unwrap();

    assert!(found.is_sound(), "{found}");
    assert_eq!(found.events, 102);
    assert_eq!(count(&found, "purse.opened", 1), 50);
    assert_eq!(count(&found, "purse.filled", 2), 50);
    assert_eq!(count(&found, "purse.filled", 1), 1);
    assert_eq!(count(&found, "purse.looked_at", 1), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_told_with_its_place_and_without_its_payload() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    put(&store, "a", "purse.filled", 1, r#"{"amt":"SECRET"}"#).await;
    put(&store, "a", "purse.filled", 9, "{}").await;
    put(&store, "a", "purse.stolen", 1, "{}").await;
    put(&store, "a", "purse.stolen", 1, "{}").await;

    let found = app.verify().await.unwrap();

    assert!(!found.is_sound());
    assert_eq!((found.failed, found.failures.len()), (1, 1));
    let failure = &found.failures[0];
    assert_eq!(
        (failure.stream.as_str(), failure.stream_version),
        ("purse-a", 2)
    );
    let undeclared: Vec<_> = found
        .undeclared
        .iter()
        .map(|((name, version), it)| (name.as_str(), *version, it.events, it.stream_version))
        .collect();
    assert_eq!(
        undeclared,
        [("purse.filled", 9, 1, 3), ("purse.stolen", 1, 2, 4)]
    );
    let told = found.to_string();
    assert!(told.contains("amt") && !told.contains("SECRET"), "{told}");
}

#[tokio::test]
async fn versions_that_no_stored_event_needs_any_more_are_told() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    put(
        &store,
        "a",
        "purse.opened_and_filled",
        1,
        r#"{"owner":"Ada","amount":1}"#,
    )
    .await;

    let found = app.verify().await.unwrap();

    let is_unneeded = |name: &str| found.unneeded.contains(&(name.to_owned(), 1));
    assert!(is_unneeded("purse.filled"));
    assert!(is_unneeded("purse.looked_at"));
    assert!(!is_unneeded("purse.opened_and_filled"));
    assert!(!is_unneeded("purse.opened"));
}

#[tokio::test]
async fn an_app_that_is_shut_down_verifies_nothing() {
    let app = app(&MemoryStore::new()).await;
    app.shutdown().await.unwrap();
    assert!(matches!(app.verify().await, Err(AppError::ShutDown)));
}

#[tokio::test]
async fn what_is_passed_over_is_told_and_a_log_that_a_start_refuses_is_read() {
    let store = MemoryStore::new();
    app(&store).await.execute(open("a")).await.unwrap();
    put(&store, "a", "purse.stolen", 1, "{}").await;
    put(&store, "a", "purse.stolen", 1, "{}").await;
    let builder = || App::builder(store.clone()).registry(registry());
    builder().start().await.unwrap_err();

    let found = builder().verify().await.unwrap();
    assert!(!found.is_sound());
    assert!(found.to_string().contains("undeclared: purse.stolen"));

    let allowing = || builder().allow_unknown(["purse.stolen"]);
    let app = allowing().start().await.unwrap();
    for found in [
        app.verify().await.unwrap(),
        allowing().verify().await.unwrap(),
    ] {
        assert!(found.is_sound(), "{found}");
        let stolen = &found.undeclared[&("purse.stolen".to_owned(), 1)];
        assert_eq!((stolen.events, stolen.stream_version), (2, 2));
        assert_eq!(stolen.stream, "purse-a");
        let told = found.to_string();
        assert!(
            told.contains("undeclared and passed over: purse.stolen version 1, 2 events"),
            "{told}"
        );
    }
}
