//! What happened, for people.

use eventsource_core::prelude::*;

use crate::domain::{Filled, Opened, Purse, PurseEvent, app, fill, open, put};

#[tokio::test]
async fn the_history_shows_what_was_recorded_as_what_it_is_now() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    put(&store, "a", "purse.opened", 1, r#"{"owner":"Ada"}"#).await;
    put(&store, "a", "purse.filled", 1, r#"{"amt":5}"#).await;
    let why = Metadata::new().reason("pocket money");
    app.execute_with(fill("a", 2), why.clone()).await.unwrap();

    let history = app.history::<Purse>(&"a".into()).await.unwrap();

    let versions: Vec<_> = history
        .iter()
        .map(|event| (event.stream_version(), event.name(), event.schema_version()))
        .collect();
    assert_eq!(
        versions,
        [
            (1, "purse.opened", 1),
            (2, "purse.filled", 1),
            (3, "purse.filled", 2)
        ]
    );
    assert_eq!(
        history[1].event(),
        Some(&PurseEvent::Filled(Filled { amount: 5 }))
    );
    assert_eq!(history[2].metadata(), &why);
    assert!(history[0].position() < history[1].position());
    assert_ne!(history[0].event_id(), history[1].event_id());
}

#[tokio::test]
async fn a_split_event_has_an_entry_a_part_and_a_dropped_one_an_empty_entry() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    let split = r#"{"owner":"Ada","amount":3}"#;
    put(&store, "a", "purse.opened_and_filled", 1, split).await;
    put(&store, "a", "purse.looked_at", 1, "{}").await;

    let history = app.history::<Purse>(&"a".into()).await.unwrap();

    let entries: Vec<_> = history
        .iter()
        .map(|event| (event.stream_version(), event.name(), event.event().cloned()))
        .collect();
    let opened = Opened {
        owner: "Ada".into(),
    };
    assert_eq!(
        entries,
        [
            (
                1,
                "purse.opened_and_filled",
                Some(PurseEvent::Opened(opened))
            ),
            (
                1,
                "purse.opened_and_filled",
                Some(PurseEvent::Filled(Filled { amount: 3 }))
            ),
            (2, "purse.looked_at", None),
        ]
    );
    assert_eq!(app.load::<Purse>(&"a".into()).await.unwrap().version(), 2);
}

#[tokio::test]
async fn a_history_shows_no_payload_by_itself() {
    let app = app(&MemoryStore::new()).await;
    let mut command = open("a");
    command.owner = "CANARY".into();
    app.execute(command).await.unwrap();

    let history = app.history::<Purse>(&"a".into()).await.unwrap();

    assert!(!format!("{history:?}").contains("CANARY"));
}
