//! Process managers that go on in another store: with what they know, what they wait for, and what they have sent.

use eventsource_core::moving::{Move, MoveError, read_models};
use eventsource_core::prelude::*;
use eventsource_core::store::{EventStore, OutboxStatus, ViewStore};
use eventsource_core::{ManualClock, ProcessManager};

use crate::domain::{Confirming, Confirming2, KEPT, Reservation, pay, reserve, seats};
use crate::{app_of, clock, later, live, seat};

/// Moves the log and a process manager.
async fn moved<P: ProcessManager>(
    old: &MemoryStore,
    new: &MemoryStore,
) -> Result<Vec<&'static str>, MoveError> {
    new.prepare(true).await?;
    Move::to(new).log_of(old).await?;
    let registry = seats().process_manager::<P>().build();
    let (from, to) = (old.views().unwrap(), new.views().unwrap());
    read_models(&registry, (old, &*from), (new, &*to)).await
}

async fn outbox(store: &MemoryStore, process: &str) -> OutboxStatus {
    let views = store.views().unwrap();
    views.outbox_status(process).await.unwrap()
}

#[tokio::test]
async fn what_it_knows_waits_for_and_could_not_do_is_moved() {
    let (old, new, clock) = (MemoryStore::new(), MemoryStore::new(), clock());
    let app = app_of::<Reservation>(&old, &clock).await;
    app.execute(reserve("kept", "open")).await.unwrap();
    app.execute(reserve("parked", "burning")).await.unwrap();
    app.execute(pay("parked")).await.unwrap();
    app.settled().await.unwrap();
    let key = "kept".to_owned();
    let instance = app.view::<Reservation>().get(&key).await.unwrap();
    let parked = app.parked::<Reservation>(10).await.unwrap();
    assert_eq!(parked.len(), 1);
    app.shutdown().await.unwrap();

    let names = moved::<Reservation>(&old, &new).await.unwrap();

    assert_eq!(names, ["reservation"]);
    assert_eq!(
        outbox(&new, "reservation").await,
        outbox(&old, "reservation").await
    );
    let app = app_of::<Reservation>(&new, &clock).await;
    assert_eq!(app.view::<Reservation>().get(&key).await.unwrap(), instance);
    assert_eq!(app.parked::<Reservation>(10).await.unwrap(), parked);
    // The deadline comes where it was set.
    later(&clock, KEPT - 1);
    app.settled().await.unwrap();
    assert!(!seat(&app, "kept").await.free);
    later(&clock, 1);
    app.settled().await.unwrap();
    assert!(seat(&app, "kept").await.free);
}

/// Two seats, paid and confirmed in the old store.
async fn two_confirmed(old: &MemoryStore, clock: &ManualClock) {
    // What was before the process manager is none of its business, in its next versions neither.
    let before = App::builder(old.clone())
        .registry(seats().build())
        .clock(clock.clone());
    let before = before.start().await.unwrap();
    before.execute(reserve("a0", "open")).await.unwrap();
    before.execute(pay("a0")).await.unwrap();
    let app = app_of::<Confirming>(old, clock).await;
    for name in ["a1", "a2"] {
        app.execute(reserve(name, "open")).await.unwrap();
        app.execute(pay(name)).await.unwrap();
    }
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();
}

/// How often each seat is confirmed once the next version has the new store.
async fn confirmed_in(new: &MemoryStore, clock: &ManualClock) -> Vec<u32> {
    let app = app_of::<Confirming2>(new, clock).await;
    app.execute(reserve("a3", "open")).await.unwrap();
    app.execute(pay("a3")).await.unwrap();
    app.settled().await.unwrap();
    let a0 = app.view::<Confirming2>().get(&"a0".to_owned()).await;
    assert_eq!(a0.unwrap(), None, "it began behind it");
    let mut confirmed = Vec::new();
    for name in ["a0", "a1", "a2", "a3"] {
        confirmed.push(seat(&app, name).await.confirmed);
    }
    confirmed
}

#[tokio::test]
async fn a_version_that_the_old_store_does_not_have_is_not_left_out_in_silence() {
    let (old, new, clock) = (MemoryStore::new(), MemoryStore::new(), clock());
    two_confirmed(&old, &clock).await;

    let refused = moved::<Confirming2>(&old, &new).await.unwrap_err();

    let head = old.head().await.unwrap();
    assert!(
        matches!(&refused, MoveError::ProcessManagerBehind { process, version: 2, passed }
            if process == "confirming" && *passed == head),
        "{refused}"
    );
    let views = new.views().unwrap();
    assert_eq!(views.versions("confirming").await.unwrap(), []);

    // As it says: with the program of the other version…
    moved::<Confirming>(&old, &new).await.unwrap();
    assert_eq!(confirmed_in(&new, &clock).await, [0, 1, 1, 1]);

    // … or once the new one has caught up in the old store.
    let app = app_of::<Confirming2>(&old, &clock).await;
    app.settled().await.unwrap();
    live(&app).await;
    app.shutdown().await.unwrap();
    let new = MemoryStore::new();
    moved::<Confirming2>(&old, &new).await.unwrap();
    assert_eq!(confirmed_in(&new, &clock).await, [0, 1, 1, 1]);
}

#[tokio::test]
async fn a_version_that_another_one_is_ahead_of_is_not_moved_either() {
    let (old, new, clock) = (MemoryStore::new(), MemoryStore::new(), clock());
    two_confirmed(&old, &clock).await;
    let app = app_of::<Confirming2>(&old, &clock).await;
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();
    let first = app_of::<Confirming>(&old, &clock).await;
    first.execute(pay("a2")).await.unwrap();
    first.settled().await.unwrap();
    first.shutdown().await.unwrap();

    let refused = moved::<Confirming2>(&old, &new).await.unwrap_err();

    assert!(
        matches!(&refused, MoveError::ProcessManagerBehind { version: 2, .. }),
        "{refused}"
    );
}
