//! Process managers: what they send is carried out once, whatever happens; what is refused comes back, or waits for an operator.

mod deadlines;
mod domain;
mod moved;
mod obstructed;
mod put_off;

use std::time::Duration;

use domain::{
    Confirming, Confirming2, Confirming3, KEPT, Moving, Reservation, Seat, SeatEvent, pay, reserve,
    seats,
};
use eventsource_core::app::ProjectionState;
use eventsource_core::prelude::*;
use eventsource_core::store::{Commit, Lease, NewEvent, OutboxStatus, StreamCommit};
use eventsource_core::{ManualClock, ProcessManager, StreamName};
use proptest::prelude::*;
use uuid::Uuid;

async fn app_of<P: ProcessManager>(store: &MemoryStore, clock: &ManualClock) -> App<MemoryStore> {
    App::builder(store.clone())
        .registry(seats().process_manager::<P>().build())
        .clock(clock.clone())
        .start()
        .await
        .unwrap()
}

fn clock() -> ManualClock {
    ManualClock::at("2026-03-01T10:00:00Z".parse().unwrap())
}

fn later(clock: &ManualClock, micros: i64) {
    use eventsource_core::Clock as _;
    clock.set(Timestamp::from_micros(clock.now().as_micros() + micros));
}

async fn seat(app: &App<MemoryStore>, seat: &str) -> Seat {
    app.load::<Seat>(&seat.to_owned())
        .await
        .unwrap()
        .into_state()
}

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
async fn it_is_not_rebuilt() {
    let (store, clock) = (MemoryStore::new(), clock());
    let app = app_of::<Confirming>(&store, &clock).await;

    let refused = app.rebuild::<Confirming>().await;

    assert!(
        matches!(refused, Err(ViewError::NotRebuilt { .. })),
        "{refused:?}"
    );
}

#[test]
fn of_two_programs_one_works_and_the_other_takes_over_when_it_dies() {
    let store = MemoryStore::new();
    let clock = clock();
    let new_runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    };
    let (first_runtime, second_runtime) = (new_runtime(), new_runtime());
    let first = first_runtime.block_on(app_of::<Reservation>(&store, &clock));
    first_runtime.block_on(async {
        first.execute(reserve("a1", "open")).await.unwrap();
        first.settled().await.unwrap();
    });
    let second = second_runtime.block_on(app_of::<Reservation>(&store, &clock));
    let state = |app: &App<MemoryStore>| {
        let app = app.clone();
        second_runtime.block_on(async move { app.status().await.unwrap()[0].state.clone() })
    };
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        matches!(state(&second), ProjectionState::Standby),
        "{:?}",
        state(&second)
    );
    // It works for those who only stand by, too.
    second_runtime.block_on(async {
        second.execute(pay("a1")).await.unwrap();
        second.settled().await.unwrap();
        assert_eq!(seat(&second, "a1").await.confirmed, 1);
    });

    // No farewell: the lease has to end by itself.
    first_runtime.shutdown_background();
    let died = std::time::Instant::now();
    second_runtime.block_on(async {
        second.execute(reserve("a2", "open")).await.unwrap();
        second.execute(pay("a2")).await.unwrap();
        second.settled().await.unwrap();
        assert_eq!(seat(&second, "a2").await.confirmed, 1);
    });
    assert!(died.elapsed() < Duration::from_secs(30));
    assert!(matches!(state(&second), ProjectionState::Live));
    drop(first);
}

/// How many cases, unless `PROPTEST_CASES` asks for another number.
fn cases() -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(24),
    }
}

proptest! {
    #![proptest_config(cases())]

    /// Programs die at any moment, with no farewell; whatever they were at, each paid seat is confirmed once.
    #[test]
    fn whatever_dies_when_each_paid_seat_is_confirmed_once(
        lives in prop::collection::vec((1_usize..6, 0_u64..4_000), 1..6),
    ) {
        let (store, clock) = (MemoryStore::new(), clock());
        let mut names = Vec::new();
        for (count, micros) in lives {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            // So short a lease that the next life need not wait for the one of the outbox for long.
            let app = runtime.block_on(async {
                App::builder(store.clone())
                    .registry(seats().process_manager::<Reservation>().build())
                    .clock(clock.clone())
                    .lease(Duration::from_millis(100))
                    .start()
                    .await
                    .unwrap()
            });
            runtime.block_on(async {
                for _ in 0..count {
                    let name = format!("s{}", names.len());
                    app.execute(reserve(&name, "open")).await.unwrap();
                    app.execute(pay(&name)).await.unwrap();
                    names.push(name);
                }
                tokio::time::sleep(Duration::from_micros(micros)).await;
            });
            // Its tasks end where they stand. The lease is given back, so that the next life need not wait for it.
            runtime.shutdown_background();
            release_all(&store);
            drop(app);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let app = app_of::<Reservation>(&store, &clock).await;
            app.settled().await.unwrap();
            for name in &names {
                let seat = seat(&app, name).await;
                prop_assert_eq!((seat.confirmed, seat.free), (1, false), "{}", name);
            }
            Ok(())
        })?;
    }
}

/// Takes the lease from whoever died with it.
fn release_all(store: &MemoryStore) {
    use eventsource_core::store::ViewTable;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let views = store.views().unwrap();
        let undertaker = Uuid::now_v7();
        let table = ViewTable::new(
            "reservation",
            1,
            Vec::new(),
            eventsource_core::store::Fingerprint::of([]),
            "",
        );
        views
            .take_over(&table, undertaker, Duration::ZERO)
            .await
            .unwrap();
        views.release(&table, undertaker).await.unwrap();
    });
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

#[tokio::test]
async fn instances_and_outbox_may_be_kept_in_another_store_than_the_events() {
    let (events, read_side, clock) = (MemoryStore::new(), MemoryStore::new(), clock());
    let start = || async {
        App::builder(events.clone())
            .registry(seats().projection::<Reservation>().build())
            .views(read_side.clone().views().unwrap())
            .clock(clock.clone())
            .start()
            .await
            .unwrap()
    };
    let app = start().await;
    app.execute(reserve("a1", "open")).await.unwrap();
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();

    // What was scheduled outlives the program.
    let app = start().await;
    later(&clock, KEPT);
    app.settled().await.unwrap();

    assert!(seat(&app, "a1").await.free);
    let beside = events
        .views()
        .unwrap()
        .outbox_status("reservation")
        .await
        .unwrap();
    assert_eq!(beside, OutboxStatus::default());
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

/// Waits until the process manager has seen the log's end.
async fn live(app: &App<MemoryStore>) {
    while !matches!(app.status().await.unwrap()[0].state, ProjectionState::Live) {
        tokio::time::sleep(Duration::from_millis(5)).await;
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
