//! What a projection cannot take stops that projection alone, at that event, and nothing is skipped.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventsource_core::StreamName;
use eventsource_core::app::{ProjectionError, ProjectionState};
use eventsource_core::prelude::*;
use eventsource_core::projection::FoldCause;
use eventsource_core::registry::Registry;
use eventsource_core::store::{Commit, EventStore, NewEvent, StreamCommit};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{
    Filled, Opened, OpenedAndFilled, Purse, PurseRow, Till, app, fill, open, put, started,
};

async fn stopped(app: &App<MemoryStore>, name: &str) -> ProjectionError {
    for _ in 0..500 {
        let status = app.status().await.unwrap();
        let status = status.into_iter().find(|it| it.name == name).unwrap();
        if let ProjectionState::Stopped { error, .. } = status.state {
            return error;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("projection {name} did not stop: {:?}", app.status().await);
}

/// Opened purses a day: it has nothing to do with what is in them.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "openings",
    version = 1,
    key = global,
    events(Opened, ignore(Filled)),
    retired(OpenedAndFilled)
)]
struct Openings {
    count: u32,
}

impl Project<Opened> for Openings {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {
        self.count += 1;
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_those_who_read_it_and_no_other() {
    let store = MemoryStore::new();
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .projection::<PurseRow>()
        .projection::<Openings>()
        .build();
    let app = started(&store, registry).await;
    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 5)).await.unwrap();
    put(&store, "a", "purse.filled", 2, r#"{"amount":"SECRET"}"#).await;
    app.execute(open("b")).await.unwrap();

    let error = app.settled().await.unwrap_err();

    let AppError::Stopped(error) = error else {
        panic!("{error}");
    };
    assert_eq!((error.projection(), error.version()), ("purses", 1));
    assert_eq!(error.position(), Some(Position::from_raw(3)));
    let event = error.event().unwrap();
    assert_eq!(
        (
            event.stream.as_str(),
            event.stream_version,
            event.name.as_str()
        ),
        ("purse-a", 3, "purse.filled")
    );
    assert!(matches!(event.cause, FoldCause::Decode(_)));
    let told = format!("{error} {error:?}");
    assert!(
        told.contains("amount") && !told.contains("SECRET"),
        "{told}"
    );

    // Everything before it is there, nothing behind it is.
    let view = || app.view::<PurseRow>();
    assert_eq!(view().get(&"a".into()).await.unwrap().unwrap().coins, 5);
    assert_eq!(view().get(&"b".into()).await.unwrap(), None);
    let waited = view().after(Position::from_raw(4)).get(&"b".into()).await;
    assert!(matches!(waited, Err(ViewError::Stopped(_))));
    let passed = view().after(Position::from_raw(2)).get(&"a".into()).await;
    assert!(passed.is_ok());
    // The other one went on.
    let openings = app.view::<Openings>().after(Position::from_raw(4));
    assert_eq!(openings.global().await.unwrap().count, 2);
}

#[tokio::test]
async fn everything_before_an_event_far_down_the_log_is_written() {
    let store = MemoryStore::new();
    // More than a page of the log, and enough that several workers are at it.
    let stream = StreamName::new("purse", "a").unwrap();
    let filled = |_| NewEvent {
        id: Uuid::now_v7(),
        name: "purse.filled",
        schema_version: 2,
        payload: br#"{"amount":1}"#.to_vec(),
        metadata: [].into(),
    };
    let part = StreamCommit {
        stream,
        expected_version: 0,
        events: (0..25_000).map(filled).collect(),
    };
    let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]);
    store.append(commit).await.unwrap();
    put(&store, "a", "purse.filled", 2, "{}").await;
    let app = app(&store).await;

    let error = stopped(&app, "till").await;

    assert_eq!(error.position(), Some(Position::from_raw(25_001)));
    let status = app.status().await.unwrap();
    let checkpoints: Vec<_> = status.iter().map(|it| it.checkpoint.as_raw()).collect();
    assert_eq!(checkpoints, [25_000, 25_000]);
}

static BROKEN: AtomicBool = AtomicBool::new(true);

/// Panics at 13, while it is broken.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "superstitious",
    version = 1,
    key = global,
    events(Filled, ignore(Opened)),
    retired(OpenedAndFilled)
)]
struct Superstitious {
    coins: u64,
}

impl Project<Filled> for Superstitious {
    fn project(&mut self, event: &Filled, _: &EventContext<'_>) {
        self.coins += event.amount;
        assert!(
            event.amount != 13 || !BROKEN.load(Ordering::SeqCst),
            "not this one"
        );
    }
}

#[tokio::test]
async fn a_fold_that_panics_stops_and_goes_on_once_it_is_mended() {
    let store = MemoryStore::new();
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .projection::<Superstitious>()
        .projection::<Till>()
        .build();
    // The events are there before the projection: it meets them in one page.
    let writer = app(&store).await;
    writer.execute(open("a")).await.unwrap();
    for amount in [1, 2, 13, 4] {
        writer.execute(fill("a", amount)).await.unwrap();
    }
    writer.shutdown().await.unwrap();
    let app = started(&store, registry).await;

    let error = stopped(&app, "superstitious").await;

    assert!(matches!(error.event().unwrap().cause, FoldCause::Panic));
    assert_eq!(error.position(), Some(Position::from_raw(4)));
    // It is being built, so it is not shown; its row is what was before the event.
    let shown = app.view::<Superstitious>().global().await;
    assert!(matches!(shown, Err(ViewError::Stopped(_))), "{shown:?}");
    assert_eq!(
        app.status().await.unwrap()[0].checkpoint,
        Position::from_raw(3)
    );

    BROKEN.store(false, Ordering::SeqCst);
    let last = Position::from_raw(5);
    let mended = async {
        while app.status().await.unwrap()[0].checkpoint < last {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), mended)
        .await
        .unwrap();
    // Nothing was skipped, and nothing was taken twice.
    let view = app.view::<Superstitious>().global().await.unwrap();
    assert_eq!(view.coins, 20);
    let status = &app.status().await.unwrap()[0];
    assert!(matches!(status.state, ProjectionState::Live));
    assert!(status.last_error.is_some());
}

/// A row an owner, whose purse is unique.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "owned",
    version = 1,
    events(Opened, Filled),
    retired(OpenedAndFilled)
)]
struct Owned {
    #[projection(key)]
    purse: String,
    #[projection(unique)]
    owner: String,
    coins: u64,
}

impl Project<Opened> for Owned {
    fn project(&mut self, event: &Opened, _: &EventContext<'_>) {
        self.owner.clone_from(&event.owner);
    }
}

impl Project<Filled> for Owned {
    fn project(&mut self, event: &Filled, _: &EventContext<'_>) {
        self.coins = self.coins.saturating_add(event.amount);
    }
}

fn owned() -> Registry {
    Registry::builder()
        .aggregate::<Purse>()
        .projection::<Owned>()
        .build()
}

/// Opens purses of different owners, as old events.
async fn open_many(store: &MemoryStore, purses: std::ops::Range<u32>) {
    for purse in purses {
        let json = format!(r#"{{"owner":"owner {purse}"}}"#);
        put(store, &purse.to_string(), "purse.opened", 1, &json).await;
    }
}

#[tokio::test]
async fn the_one_event_of_many_that_breaks_a_unique_column_is_found() {
    let store = MemoryStore::new();
    open_many(&store, 0..77).await;
    put(&store, "x", "purse.opened", 1, r#"{"owner":"owner 5"}"#).await;
    open_many(&store, 77..100).await;
    let app = started(&store, owned()).await;

    let error = stopped(&app, "owned").await;

    assert_eq!(error.position(), Some(Position::from_raw(78)));
    let event = error.event().unwrap();
    assert_eq!(
        (event.stream.as_str(), event.stream_version),
        ("purse-x", 1)
    );
    assert!(matches!(event.cause, FoldCause::Refused(_)));
    assert!(error.to_string().contains("column owner"), "{error}");
    assert_eq!(
        app.status().await.unwrap()[0].checkpoint,
        Position::from_raw(77)
    );
}

#[tokio::test]
async fn the_one_event_of_many_that_leads_to_an_unwritable_row_is_found() {
    let store = MemoryStore::new();
    open_many(&store, 0..50).await;
    // Beyond what a column of whole numbers holds.
    put(
        &store,
        "7",
        "purse.filled",
        2,
        r#"{"amount":18000000000000000000}"#,
    )
    .await;
    open_many(&store, 50..60).await;
    let app = started(&store, owned()).await;

    let error = stopped(&app, "owned").await;

    assert_eq!(error.position(), Some(Position::from_raw(51)));
    assert!(matches!(error.event().unwrap().cause, FoldCause::Row(_)));
    assert!(error.to_string().contains("column coins"), "{error}");
    assert_eq!(
        app.status().await.unwrap()[0].checkpoint,
        Position::from_raw(50)
    );
}

#[tokio::test]
async fn an_event_that_nothing_here_declares_stops_a_running_projection() {
    for (name, version) in [("purse.stolen", 1), ("purse.spent", 2)] {
        let store = MemoryStore::new();
        let registry = Registry::builder()
            .aggregate::<Purse>()
            .projection::<Openings>()
            .build();
        let app = started(&store, registry).await;
        app.execute(open("a")).await.unwrap();

        // A newer program writes it.
        put(&store, "a", name, version, "{}").await;

        let error = stopped(&app, "openings").await;
        assert_eq!(error.position(), Some(Position::from_raw(2)));
        assert!(matches!(
            error.event().unwrap().cause,
            FoldCause::Undeclared
        ));
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[tokio::test]
async fn an_unknown_event_that_is_allowed_is_passed_over() {
    let store = MemoryStore::new();
    let app = App::builder(store.clone())
        .registry(crate::domain::registry())
        .allow_unknown(["purse.stolen"])
        .start()
        .await
        .unwrap();
    put(&store, "a", "purse.stolen", 7, "{}").await;
    put(&store, "b", "purse.opened", 1, r#"{"owner":"Ada"}"#).await;

    app.settled().await.unwrap();

    assert!(
        app.view::<PurseRow>()
            .get(&"b".into())
            .await
            .unwrap()
            .is_some()
    );
}

/// Puts what is filled in where it does not belong.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "misplaced",
    version = 1,
    events(Filled, ignore(Opened)),
    retired(OpenedAndFilled)
)]
struct Misplaced {
    coins: u64,
    #[projection(key, column = "of_purse")]
    purse: String,
}

impl Project<Filled> for Misplaced {
    fn project(&mut self, event: &Filled, _: &EventContext<'_>) {
        self.coins += event.amount;
        if event.amount == 13 {
            "SECRET".clone_into(&mut self.purse);
        }
    }
}

#[tokio::test]
async fn a_fold_that_gives_its_row_another_key_stops_there() {
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .projection::<Misplaced>()
        .build();
    let app = started(&MemoryStore::new(), registry).await;
    for purse in ["a", "SECRET"] {
        app.execute(open(purse)).await.unwrap();
        app.execute(fill(purse, 1)).await.unwrap();
    }
    let poison = app.execute(fill("a", 13)).await.unwrap();

    let error = stopped(&app, "misplaced").await;

    let FoldCause::Row(row) = &error.event().unwrap().cause else {
        panic!("{error}");
    };
    assert_eq!(row.column(), "of_purse");
    assert_eq!(error.position(), Some(poison.position()));
    let text = error.to_string();
    assert!(text.contains("the framework fills in"), "{text}");
    assert!(!text.contains("SECRET"), "{text}");
    for purse in ["a", "SECRET"] {
        let row = app.view::<Misplaced>().get(&purse.to_owned()).await;
        assert_eq!(row.unwrap().unwrap().coins, 1);
    }
}
