//! What a command that is refused leads to: it comes back to who lists it, else it waits for an operator.

use eventsource_core::StreamName;
use eventsource_core::prelude::*;
use eventsource_core::store::{Commit, NewEvent, StreamCommit};
use uuid::Uuid;

use crate::domain::{Confirming, Moving, Reservation, Seat, SeatEvent, pay, reserve};
use crate::{app_of, clock, seat};

#[tokio::test]
async fn a_refused_command_comes_back_to_the_instance_that_lists_it() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Reservation>(&store, &clock).await;
    app.execute(reserve("a1", "closed")).await.unwrap();
    app.execute(pay("a1")).await.unwrap();

    app.settled().await.unwrap();

    assert_eq!(seat(&app, "a1").await.refunded, 1);
    let instance = app
        .view::<Reservation>()
        .get(&"a1".to_owned())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(instance.refused, 1);
    let history = app.history::<Seat>(&"a1".to_owned()).await.unwrap();
    assert_eq!(
        history.last().unwrap().event(),
        Some(&SeatEvent::Refunded {
            reason: "the hall is closed".to_owned()
        })
    );
}

#[tokio::test]
async fn a_refused_command_that_nobody_takes_back_is_parked_until_an_operator_decides() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Confirming>(&store, &clock).await;
    app.execute(reserve("a1", "closed")).await.unwrap();
    app.execute(pay("a1")).await.unwrap();
    app.settled().await.unwrap();

    let status = &app.status().await.unwrap()[0];
    assert_eq!(status.outbox.unwrap().parked, 1);
    let parked = app.parked::<Confirming>(10).await.unwrap();
    assert_eq!(parked[0].command, "seat.confirm");
    assert!(
        parked[0].reason.contains("the hall is closed"),
        "{}",
        parked[0].reason
    );

    // Tried again, it is refused again.
    assert!(app.retry::<Confirming>(parked[0].id).await.unwrap());
    app.settled().await.unwrap();
    assert_eq!(app.parked::<Confirming>(10).await.unwrap(), parked);
    assert!(app.discard::<Confirming>(parked[0].id).await.unwrap());
    assert!(app.parked::<Confirming>(10).await.unwrap().is_empty());
    assert!(!app.discard::<Confirming>(parked[0].id).await.unwrap());
}

#[tokio::test]
async fn a_reaction_that_gives_its_instance_another_key_parks_the_command() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Moving>(&store, &clock).await;
    for (name, hall) in [("a2", "open"), ("a1", "closed")] {
        app.execute(reserve(name, hall)).await.unwrap();
        app.execute(pay(name)).await.unwrap();
    }

    app.settled().await.unwrap();

    let parked = app.parked::<Moving>(10).await.unwrap();
    assert_eq!(parked.len(), 1);
    let reason = &parked[0].reason;
    assert!(reason.contains("column seat"), "{reason}");
    for name in ["a1", "a2"] {
        let instance = app.view::<Moving>().get(&name.to_owned()).await.unwrap();
        assert_eq!(instance.unwrap().refused, 0, "{name}");
    }
}

#[tokio::test]
async fn a_handler_that_panics_parks_its_command_and_stops_nobody() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Confirming>(&store, &clock).await;
    for (name, hall) in [("a1", "burning"), ("a2", "open")] {
        app.execute(reserve(name, hall)).await.unwrap();
        app.execute(pay(name)).await.unwrap();
    }

    app.settled().await.unwrap();

    assert_eq!(seat(&app, "a2").await.confirmed, 1);
    let parked = app.parked::<Confirming>(10).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert!(parked[0].reason.contains("panicked"));
}

#[tokio::test]
async fn a_command_to_a_stream_that_cannot_be_read_is_parked_and_others_go_on() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Confirming>(&store, &clock).await;
    for name in ["a1", "a2"] {
        app.execute(reserve(name, "open")).await.unwrap();
    }
    // Whoever wrote this did not know what a refund looks like.
    let event = NewEvent {
        id: Uuid::now_v7(),
        name: "seat.refunded",
        schema_version: 1,
        payload: br#"{"reason":7}"#.to_vec(),
        metadata: [].into(),
    };
    let paid = NewEvent {
        id: Uuid::now_v7(),
        name: "seat.paid",
        schema_version: 1,
        payload: b"{}".to_vec(),
        metadata: [].into(),
    };
    app.settled().await.unwrap();
    let broken = |expected_version, event| {
        let part = StreamCommit {
            stream: StreamName::new("seat", "a1").unwrap(),
            expected_version,
            events: vec![event],
        };
        store.append(Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]))
    };
    broken(1, paid).await.unwrap();
    broken(2, event).await.unwrap();
    app.skip::<Confirming>(Position::from_raw(4), "broken by hand")
        .await
        .unwrap();
    app.execute(pay("a2")).await.unwrap();

    app.settled().await.unwrap();

    assert_eq!(seat(&app, "a2").await.confirmed, 1);
    let parked = app.parked::<Confirming>(10).await.unwrap();
    assert_eq!(parked.len(), 1, "{parked:?}");
    assert!(
        parked[0].reason.contains("seat.refunded"),
        "{}",
        parked[0].reason
    );
    assert!(!parked[0].reason.contains('7'), "{}", parked[0].reason);
}
