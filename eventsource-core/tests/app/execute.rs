//! Commands: what they lead to, when they are refused, and that nobody's update is lost.

use eventsource_core::prelude::*;
use eventsource_core::{ManualClock, Timestamp};

use crate::domain::{Look, Purse, PurseError, app, fill, open, spend, write_side};

#[tokio::test]
async fn a_command_leads_to_events_and_a_receipt() {
    let app = app(&MemoryStore::new()).await;

    let receipt = app.execute(open("a")).await.unwrap();

    assert_eq!(
        (
            receipt.stream().as_str(),
            receipt.version(),
            receipt.events()
        ),
        ("purse-a", 1, 1)
    );
    let next = app.execute(fill("a", 3)).await.unwrap();
    assert_eq!(next.version(), 2);
    assert!(next.position() > receipt.position());
    assert_eq!(
        app.load::<Purse>(&"a".into()).await.unwrap().state().coins,
        3
    );
}

#[tokio::test]
async fn a_refusal_is_the_domains_own_and_changes_nothing() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();

    let refused = app.execute(spend("a", 1)).await.unwrap_err();

    assert!(matches!(
        refused,
        ExecuteError::Rejected(PurseError { coins: 0, asked: 1 })
    ));
    assert_eq!(app.load::<Purse>(&"a".into()).await.unwrap().version(), 1);
}

#[tokio::test]
async fn what_creates_must_not_exist_and_all_else_must() {
    let app = app(&MemoryStore::new()).await;

    let missing = app.execute(fill("a", 1)).await.unwrap_err();
    assert!(matches!(&missing, ExecuteError::NotFound { stream } if stream.as_str() == "purse-a"));

    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 1)).await.unwrap();
    let existing = app.execute(open("a")).await.unwrap_err();
    assert!(matches!(
        &existing,
        ExecuteError::AlreadyExists { stream, version: 2 } if stream.as_str() == "purse-a"
    ));
}

#[tokio::test]
async fn a_command_without_events_says_where_the_stream_stands() {
    let app = app(&MemoryStore::new()).await;
    let look = Look { purse: "a".into() };

    let absent = app.execute(look.clone()).await.unwrap();
    assert_eq!((absent.version(), absent.events()), (0, 0));
    assert_eq!(absent.position(), Position::START);

    let opened = app.execute(open("a")).await.unwrap();
    let present = app.execute(look).await.unwrap();
    assert_eq!((present.version(), present.events()), (1, 0));
    assert_eq!(present.position(), opened.position());
}

#[tokio::test]
async fn ids_are_data_whatever_they_hold() {
    let app = app(&MemoryStore::new()).await;
    for id in ["it's \"7\"", "💶 .*>", "a-b-c", &"x".repeat(512)] {
        app.execute(open(id)).await.unwrap();
        assert_eq!(
            app.load::<Purse>(&id.to_owned()).await.unwrap().version(),
            1
        );
    }
    for id in ["", "a\0b", &"x".repeat(513)] {
        let error = app.execute(open(id)).await.unwrap_err();
        assert!(
            matches!(
                error,
                ExecuteError::Id {
                    aggregate: "purse",
                    ..
                }
            ),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_writers_lose_no_update() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();

    let writers: Vec<_> = (0..16)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move {
                for _ in 0..20 {
                    app.execute(fill("a", 1)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }

    let purse = app.load::<Purse>(&"a".into()).await.unwrap();
    assert_eq!((purse.state().coins, purse.version()), (320, 321));
}

#[tokio::test]
async fn an_expected_version_is_refused_once_the_stream_has_moved_on() {
    let app = app(&MemoryStore::new()).await;
    app.execute_expecting(0, open("a")).await.unwrap();
    app.execute_expecting(1, fill("a", 1)).await.unwrap();

    let error = app.execute_expecting(1, fill("a", 1)).await.unwrap_err();

    assert!(matches!(
        error,
        ExecuteError::Conflict {
            expected: 1,
            actual: 2,
            ..
        }
    ));
    assert_eq!(app.load::<Purse>(&"a".into()).await.unwrap().version(), 2);
}

#[tokio::test]
async fn commands_see_the_apps_clock_and_their_metadata() {
    let store = MemoryStore::new();
    let time: Timestamp = "2012-04-01T10:00:00Z".parse().unwrap();
    let app = App::builder(store)
        .registry(write_side())
        .clock(ManualClock::at(time))
        .start()
        .await
        .unwrap();
    let who = Metadata::new().actor("ada").header("tenant", "7");

    app.execute_with(open("a"), who.clone()).await.unwrap();

    let history = app.history::<Purse>(&"a".into()).await.unwrap();
    assert_eq!(history[0].recorded_at(), time);
    assert_eq!(history[0].metadata(), &who);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_an_error_that_says_which() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    crate::domain::put(&store, "a", "purse.filled", 2, r#"{"amount":"SECRET"}"#).await;

    let error = app.execute(fill("a", 1)).await.unwrap_err();

    let ExecuteError::Decode {
        stream,
        stream_version,
        name,
        schema_version,
        field,
        ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!((stream.as_str(), *stream_version), ("purse-a", 2));
    assert_eq!((name.as_str(), *schema_version), ("purse.filled", 2));
    assert_eq!(field.as_deref(), Some("amount"));
    assert!(!format!("{error} {error:?}").contains("SECRET"));
}

#[tokio::test]
async fn the_head_is_where_the_last_event_stands() {
    let app = app(&MemoryStore::new()).await;
    assert_eq!(app.head().await.unwrap(), Position::START);

    app.execute(open("a")).await.unwrap();
    let before = app.head().await.unwrap();
    let receipt = app.execute(open("b")).await.unwrap();

    assert!(before < receipt.position());
    assert_eq!(app.head().await.unwrap(), receipt.position());
}
