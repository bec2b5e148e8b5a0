//! Programs die at any moment; the next goes on with what they were at.

use std::time::Duration;

use eventsource_core::app::ProjectionState;
use eventsource_core::prelude::*;
use proptest::prelude::*;
use uuid::Uuid;

use crate::domain::{Reservation, pay, reserve, seats};
use crate::{app_of, clock, seat};

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
