//! A new version of a process manager, after the old one and beside it.

use std::time::Duration;

use eventsource_core::ManualClock;
use eventsource_core::prelude::*;
use eventsource_core::store::Lease;
use uuid::Uuid;

use crate::domain::{Confirming, Confirming2, Confirming3, pay, reserve, seats};
use crate::{app_of, clock, live, seat};

#[tokio::test]
async fn a_new_version_builds_its_state_anew_and_sends_nothing_again() {
    let (store, clock) = (MemoryStore::new(), clock());
    let first = app_of::<Confirming>(&store, &clock).await;
    for name in ["a1", "a2"] {
        first.execute(reserve(name, "open")).await.unwrap();
        first.execute(pay(name)).await.unwrap();
    }
    first.settled().await.unwrap();
    first.shutdown().await.unwrap();

    let second = app_of::<Confirming2>(&store, &clock).await;
    second.execute(reserve("a3", "open")).await.unwrap();
    second.execute(pay("a3")).await.unwrap();
    second.settled().await.unwrap();

    for name in ["a1", "a2", "a3"] {
        assert_eq!(seat(&second, name).await.confirmed, 1, "{name}");
        let instance = second
            .view::<Confirming2>()
            .get(&name.to_owned())
            .await
            .unwrap();
        assert_eq!(
            instance.map(|it| (it.payments, it.events)),
            Some((1, 3)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn while_two_versions_run_side_by_side_each_command_is_carried_out_once() {
    let (store, clock) = (MemoryStore::new(), clock());
    let old = app_of::<Confirming>(&store, &clock).await;
    let new = app_of::<Confirming2>(&store, &clock).await;
    let names: Vec<String> = (0..50).map(|number| format!("s{number}")).collect();
    for name in &names {
        old.execute(reserve(name, "open")).await.unwrap();
        new.execute(pay(name)).await.unwrap();
    }

    old.settled().await.unwrap();
    new.settled().await.unwrap();

    for name in &names {
        assert_eq!(seat(&new, name).await.confirmed, 1, "{name}");
    }
}

#[tokio::test]
async fn a_version_that_sends_one_command_more_shifts_none_of_the_others() {
    let (store, clock) = (MemoryStore::new(), clock());
    let names: Vec<String> = (0..50).map(|number| format!("s{number}")).collect();
    let old = app_of::<Confirming>(&store, &clock).await;
    let new = app_of::<Confirming3>(&store, &clock).await;
    // From here on it reacts to whatever follows.
    live(&new).await;
    for name in &names {
        old.execute(reserve(name, "open")).await.unwrap();
        new.execute(pay(name)).await.unwrap();
    }
    old.settled().await.unwrap();
    new.settled().await.unwrap();

    for name in &names {
        let seat = seat(&new, name).await;
        assert_eq!((seat.confirmed, seat.refunded), (1, 1), "{name}");
    }
}

#[tokio::test]
async fn what_comes_of_a_command_is_decided_by_one_of_all_versions() {
    let (store, clock) = (MemoryStore::new(), clock());
    let views = store.views().unwrap();
    let (stranger, long) = (Uuid::now_v7(), Duration::from_secs(60));
    // Neither version is to carry anything out while another program has the outbox, though each has its own table.
    let outbox = views.lease_outbox("confirming", stranger, long);
    assert!(matches!(outbox.await, Ok(Lease::Held { term: 1 })));
    let old = app_of::<Confirming>(&store, &clock).await;
    let new = app_of::<Confirming2>(&store, &clock).await;
    live(&old).await;
    live(&new).await;
    for name in ["a1", "a2"] {
        old.execute(reserve(name, "open")).await.unwrap();
        let paid = old.execute(pay(name)).await.unwrap();
        let (name, position) = (name.to_owned(), paid.position());
        let old = old.view::<Confirming>().after(position).get(&name).await;
        assert_eq!(old.unwrap().unwrap().paid, 1);
        let new = new.view::<Confirming2>().after(position).get(&name).await;
        assert_eq!(new.unwrap().unwrap().payments, 1);
    }
    // Behind what was sent, both have looked at the outbox.
    live(&old).await;
    live(&new).await;
    assert_eq!(seat(&old, "a1").await.confirmed, 0);
    assert_eq!(views.outbox_status("confirming").await.unwrap().waiting, 2);

    views.release_outbox("confirming", stranger).await.unwrap();
    old.settled().await.unwrap();
    new.settled().await.unwrap();

    for name in ["a1", "a2"] {
        assert_eq!(seat(&old, name).await.confirmed, 1, "{name}");
    }
    old.shutdown().await.unwrap();
    new.shutdown().await.unwrap();
    let free = views.lease_outbox("confirming", stranger, long).await;
    assert!(matches!(free, Ok(Lease::Held { .. })), "{free:?}");
}

#[tokio::test]
async fn what_only_a_newer_version_knows_is_left_to_it() {
    let (store, clock) = (MemoryStore::new(), clock());
    let write_side = App::builder(store.clone())
        .registry(seats().build())
        .start()
        .await
        .unwrap();
    let new = app_of::<Confirming3>(&store, &clock).await;
    new.shutdown().await.unwrap();
    write_side.execute(reserve("a1", "open")).await.unwrap();
    write_side.execute(pay("a1")).await.unwrap();
    // The newer program has sent its commands, and ends before it carries them out.
    let (instance, process) = ("a1".to_owned(), "confirming");
    let new = App::builder(store.clone())
        .registry(seats().process_manager::<Confirming3>().build())
        .clock(ManualClock::at(Timestamp::from_micros(-1)))
        .start()
        .await
        .unwrap();
    let positioned = write_side.head().await.unwrap();
    new.view::<Confirming3>()
        .after(positioned)
        .get(&instance)
        .await
        .unwrap();
    new.shutdown().await.unwrap();
    let views = store.views().unwrap();
    assert_eq!(views.outbox_status(process).await.unwrap().waiting, 2);

    let old = app_of::<Confirming>(&store, &clock).await;
    write_side.execute(reserve("a2", "open")).await.unwrap();
    write_side.execute(pay("a2")).await.unwrap();
    let positioned = write_side.head().await.unwrap();
    old.view::<Confirming>()
        .after(positioned)
        .get(&"a2".to_owned())
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;

    // What is only late is done, what is unknown waits.
    assert_eq!(seat(&write_side, "a2").await.confirmed, 1);
    assert!(old.parked::<Confirming>(10).await.unwrap().is_empty());
    old.shutdown().await.unwrap();
    let new = app_of::<Confirming3>(&store, &clock).await;
    new.settled().await.unwrap();
    let seat = seat(&write_side, "a1").await;
    assert_eq!((seat.confirmed, seat.refunded), (1, 1));
}
