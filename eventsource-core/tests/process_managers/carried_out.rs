//! What an event leads to is carried out once, by who lists it, from where it says.

use eventsource_core::prelude::*;
use uuid::Uuid;

use crate::domain::{Confirming, KEPT, Reservation, Seat, SeatEvent, pay, reserve, seats};
use crate::{app_of, clock, later, seat};

#[tokio::test]
async fn what_an_event_leads_to_is_carried_out_once() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Reservation>(&store, &clock).await;
    app.execute(reserve("a1", "open")).await.unwrap();
    app.execute(pay("a1")).await.unwrap();

    app.settled().await.unwrap();

    assert_eq!(seat(&app, "a1").await.confirmed, 1);
    // The confirmation has ended the instance.
    assert_eq!(
        app.view::<Reservation>()
            .get(&"a1".to_owned())
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn cause_and_correlation_pass_from_the_event_to_the_command() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Reservation>(&store, &clock).await;
    let work = Uuid::now_v7();
    app.execute(reserve("a1", "open")).await.unwrap();
    app.execute_with(pay("a1"), Metadata::new().correlation_id(work))
        .await
        .unwrap();
    app.settled().await.unwrap();

    let history = app.history::<Seat>(&"a1".to_owned()).await.unwrap();

    let paid = &history[1];
    let confirmed = &history[2];
    assert_eq!(confirmed.event(), Some(&SeatEvent::Confirmed));
    assert_eq!(confirmed.metadata().correlation_id, Some(work));
    assert_eq!(confirmed.metadata().causation_id, Some(paid.event_id()));
    assert!(confirmed.metadata().command_id.is_some());
}

#[tokio::test]
async fn a_scheduled_command_waits_for_its_time() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Reservation>(&store, &clock).await;
    app.execute(reserve("a1", "open")).await.unwrap();
    app.settled().await.unwrap();
    let instance = app
        .view::<Reservation>()
        .get(&"a1".to_owned())
        .await
        .unwrap()
        .unwrap();
    assert!(instance.let_go.is_some());
    assert!(!seat(&app, "a1").await.free);

    later(&clock, KEPT - 1);
    app.settled().await.unwrap();
    assert!(!seat(&app, "a1").await.free);

    later(&clock, 1);
    app.settled().await.unwrap();
    assert!(seat(&app, "a1").await.free);
}

#[tokio::test]
async fn a_scheduled_command_that_was_called_off_never_happens() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Reservation>(&store, &clock).await;
    app.execute(reserve("a1", "open")).await.unwrap();
    app.settled().await.unwrap();
    app.execute(pay("a1")).await.unwrap();
    app.settled().await.unwrap();

    later(&clock, 2 * KEPT);
    app.settled().await.unwrap();

    assert!(!seat(&app, "a1").await.free);
    let status = &app.status().await.unwrap()[0];
    assert_eq!(status.outbox.unwrap().waiting, 0);
}

#[tokio::test]
async fn a_new_one_begins_now_where_it_says_so() {
    let (store, clock) = (MemoryStore::new(), clock());
    let before = App::builder(store.clone())
        .registry(seats().build())
        .start()
        .await
        .unwrap();
    before.execute(reserve("a1", "open")).await.unwrap();
    before.execute(pay("a1")).await.unwrap();

    let app = app_of::<Confirming>(&store, &clock).await;
    app.execute(reserve("a2", "open")).await.unwrap();
    app.execute(pay("a2")).await.unwrap();
    app.settled().await.unwrap();

    assert_eq!(seat(&app, "a1").await.confirmed, 0);
    assert_eq!(seat(&app, "a2").await.confirmed, 1);
}

#[tokio::test]
async fn it_is_not_rebuilt() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Confirming>(&store, &clock).await;

    let refused = app.rebuild::<Confirming>().await;

    assert!(
        matches!(refused, Err(ViewError::NotRebuilt { .. })),
        "{refused:?}"
    );
}
