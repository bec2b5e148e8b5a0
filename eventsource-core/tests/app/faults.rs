//! Stores that go away, answers that are lost, and code that panics.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use eventsource_core::app::{ProjectionFailure, ProjectionState, ProjectionStatus};
use eventsource_core::prelude::*;
use eventsource_core::store::StoreErrorKind;
use uuid::Uuid;

use crate::domain::{Purse, Till, TopUp, app, fill, open, put, registry, spend, write_side};
use crate::faulty::{Faults, Faulty};

async fn faulty(store: &MemoryStore) -> (App<Faulty>, Arc<Faults>) {
    let (store, faults) = Faulty::new(store);
    let builder = App::builder(store).registry(write_side());
    (builder.start().await.unwrap(), faults)
}

async fn coins(app: &App<Faulty>) -> (u64, u64) {
    let purse = app.load::<Purse>(&"a".into()).await.unwrap();
    (purse.version(), purse.state().coins)
}

#[tokio::test]
async fn an_answer_that_was_lost_is_found_and_nothing_is_written_twice() {
    let (app, faults) = faulty(&MemoryStore::new()).await;
    faults.lost_answers.store(1, Ordering::SeqCst);
    // By then it exists: it was this command that created it.
    let opened = app.execute(open("a")).await.unwrap();
    assert_eq!((opened.version(), opened.events()), (1, 1));
    assert!(!opened.is_repeat(), "no other call carried it out");

    faults.lost_answers.store(1, Ordering::SeqCst);
    let filled = app.execute(fill("a", 5)).await.unwrap();
    assert_eq!((filled.version(), filled.events()), (2, 1));

    // By then there is nothing left to spend: it was this command that spent it.
    faults.lost_answers.store(1, Ordering::SeqCst);
    app.execute(spend("a", 5)).await.unwrap();
    assert_eq!(coins(&app).await, (3, 0));
}

#[tokio::test]
async fn a_commit_that_was_lost_is_made_once() {
    let (app, faults) = faulty(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();

    faults.lost_commits.store(3, Ordering::SeqCst);
    let filled = app.execute(fill("a", 5)).await.unwrap();

    assert_eq!((filled.version(), filled.events()), (2, 1));
    assert_eq!(coins(&app).await, (2, 5));
}

#[tokio::test]
async fn when_others_go_first_meanwhile_it_is_decided_again() {
    let store = MemoryStore::new();
    let (app, faults) = faulty(&store).await;
    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 5)).await.unwrap();
    // Some pauses long, during which somebody else takes the money.
    faults.lost_commits.store(6, Ordering::SeqCst);
    let spending = tokio::spawn({
        let app = app.clone();
        async move { app.execute(spend("a", 5)).await }
    });
    while faults.lost_commits.load(Ordering::SeqCst) > 4 {
        tokio::task::yield_now().await;
    }
    put(&store, "a", "purse.spent", 1, r#"{"amount":3}"#).await;

    let refused = spending.await.unwrap().unwrap_err();

    assert!(matches!(refused, ExecuteError::Rejected(_)), "{refused}");
    assert_eq!(coins(&app).await, (3, 2));
}

#[tokio::test]
async fn what_stays_unknown_says_under_which_id_to_ask_again() {
    let (store, faults) = Faulty::new(&MemoryStore::new());
    let builder = App::builder(store).registry(write_side()).retries(2);
    let app = builder.start().await.unwrap();
    faults.lost_commits.store(u32::MAX, Ordering::SeqCst);
    let id = Uuid::now_v7();
    let with_id = || Metadata::new().command_id(id);

    let error = app.execute_with(open("a"), with_id()).await.unwrap_err();

    let ExecuteError::Unknown {
        commit_id, source, ..
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!(
        (*commit_id, source.kind()),
        (id, StoreErrorKind::Unavailable)
    );
    faults.lost_commits.store(0, Ordering::SeqCst);
    let receipt = app.execute_with(open("a"), with_id()).await.unwrap();
    assert_eq!(receipt.version(), 1);
}

#[tokio::test]
async fn a_command_without_an_id_is_known_by_the_id_that_the_error_tells() {
    let (store, faults) = Faulty::new(&MemoryStore::new());
    let builder = App::builder(store).registry(write_side()).retries(0);
    let app = builder.start().await.unwrap();
    app.execute(open("a")).await.unwrap();
    faults.lost_answers.store(1, Ordering::SeqCst);
    let error = app.execute(fill("a", 5)).await.unwrap_err();
    let ExecuteError::Unknown { commit_id, .. } = error else {
        panic!("{error}");
    };

    // The command is serde: its content counts.
    let with_id = || Metadata::new().command_id(commit_id);
    let receipt = app.execute_with(fill("a", 5), with_id()).await.unwrap();
    let other = app.execute_with(fill("a", 6), with_id()).await.unwrap_err();

    assert!(receipt.is_repeat());
    assert_eq!(receipt.version(), 2);
    assert!(
        matches!(other, ExecuteError::CommandIdReused { .. }),
        "{other}"
    );
    assert_eq!(coins(&app).await, (2, 5));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_tries_for_long_is_not_asked_as_often_as_others_may_go_first() {
    let (store, faults) = Faulty::new(&MemoryStore::new());
    let builder = App::builder(store).registry(write_side());
    let app = builder.retries(u32::MAX).start().await.unwrap();
    faults.takes.store(4, Ordering::SeqCst);
    faults.lost_commits.store(u32::MAX, Ordering::SeqCst);
    let begun = tokio::time::Instant::now();

    let error = app.execute(open("a")).await.unwrap_err();

    assert!(matches!(error, ExecuteError::Unknown { .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(15));
}

#[tokio::test]
async fn a_command_is_decided_again_as_often_as_the_builder_says() {
    let (store, faults) = Faulty::new(&MemoryStore::new());
    let builder = App::builder(store).registry(write_side()).retries(2);
    let app = builder.start().await.unwrap();
    app.execute(open("a")).await.unwrap();

    faults.conflicts.store(2, Ordering::SeqCst);
    assert!(app.execute(fill("a", 5)).await.is_ok());

    faults.conflicts.store(3, Ordering::SeqCst);
    let error = app.execute(fill("a", 5)).await.unwrap_err();
    assert!(
        matches!(
            error,
            ExecuteError::Conflict {
                expected: 2,
                actual: 3,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(coins(&app).await, (2, 5));
}

#[tokio::test]
async fn a_command_that_is_refused_because_it_was_carried_out_meanwhile_has_its_receipt() {
    let (app, faults) = faulty(&MemoryStore::new()).await;
    let with_id = Metadata::new().command_id(Uuid::now_v7());
    let first = app.execute_with(open("a"), with_id.clone()).await.unwrap();

    // It is looked up, and not there yet; then it is there.
    faults.unseen_commits.store(1, Ordering::SeqCst);
    let second = app.execute_with(open("a"), with_id).await.unwrap();

    assert_eq!(second, first);
}

#[tokio::test]
async fn after_a_lost_answer_the_same_is_appended_and_nothing_decided_anew() {
    let (app, faults) = faulty(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();
    faults.lost_answers.store(1, Ordering::SeqCst);

    // On the state that it led to, it would lead to no event.
    let top_up = TopUp {
        purse: "a".into(),
        to: 5,
    };
    let receipt = app.execute(top_up).await.unwrap();

    assert_eq!((receipt.version(), receipt.events()), (2, 1));
}

#[tokio::test]
async fn a_projection_outlasts_a_log_that_cannot_be_read() {
    let (store, faults) = Faulty::new(&MemoryStore::new());
    let builder = App::builder(store).registry(registry());
    let app = builder.start().await.unwrap();
    app.execute(open("a")).await.unwrap();
    app.settled().await.unwrap();

    faults.unreadable_log.store(u32::MAX, Ordering::SeqCst);
    let receipt = app.execute(fill("a", 5)).await.unwrap();
    let error = app.settled().await.unwrap_err();
    let AppError::Stopped(error) = error else {
        panic!("{error}");
    };
    assert!(
        matches!(error.failure(), ProjectionFailure::Log(_)),
        "{error}"
    );
    assert!(error.position().is_none());

    faults.unreadable_log.store(0, Ordering::SeqCst);
    while !matches!(app.status().await.unwrap()[1].state, ProjectionState::Live) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let till = app.view::<Till>().after(receipt.position()).global().await;
    assert_eq!(till.unwrap().coins, 5);
}

#[tokio::test]
async fn projections_without_a_place_are_refused() {
    let (mut store, _) = Faulty::new(&MemoryStore::new());
    store.has_views = false;
    let error = App::builder(store)
        .registry(registry())
        .start()
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            StartError::NoViews {
                projection: "purses"
            }
        ),
        "{error}"
    );

    // A second store for the read side will do.
    let (mut store, _) = Faulty::new(&MemoryStore::new());
    store.has_views = false;
    let views = EventStore::views(&MemoryStore::new()).unwrap();
    let builder = App::builder(store).registry(registry()).views(views);
    let app = builder.start().await.unwrap();
    app.execute(open("a")).await.unwrap();
    app.settled().await.unwrap();
}

#[tokio::test]
async fn a_panic_while_a_stream_is_folded_ends_in_the_callers_task() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    // More than there is: the purse's `apply` panics.
    put(&store, "a", "purse.spent", 1, r#"{"amount":3}"#).await;

    let loading = tokio::spawn({
        let app = app.clone();
        async move { app.load::<Purse>(&"a".into()).await }
    });

    assert!(loading.await.unwrap_err().is_panic());
    app.execute(open("b")).await.unwrap();
}

#[tokio::test]
async fn a_checkpoint_that_is_ahead_of_a_restored_log_passes_over_nothing() {
    let views = EventStore::views(&MemoryStore::new()).unwrap();
    let started = |log: &MemoryStore| {
        let builder = App::builder(log.clone()).registry(registry());
        builder.views(Arc::clone(&views)).start()
    };
    let log = MemoryStore::new();
    let app = started(&log).await.unwrap();
    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 5)).await.unwrap();
    let ahead = app.execute(fill("a", 6)).await.unwrap().position();
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();
    // The log comes back from an older backup, the read models do not.
    let restored = MemoryStore::new();
    put(&restored, "a", "purse.opened", 1, r#"{"owner":"Ada"}"#).await;

    let app = started(&restored).await.unwrap();

    let stopped = async {
        loop {
            let statuses = app.status().await.unwrap();
            if let ProjectionState::Stopped { error, .. } = &statuses[0].state {
                return error.clone();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let error = tokio::time::timeout(Duration::from_secs(10), stopped);
    let error = error.await.expect("it stops");
    let ProjectionFailure::AheadOfLog { checkpoint, head } = error.failure() else {
        panic!("{error}");
    };
    assert_eq!((*checkpoint, *head), (ahead, Position::from_raw(1)));
    assert!(error.to_string().contains("remove"), "{error}");
    let rebuilt = app.rebuild::<Till>().into_future();
    let rebuilt = tokio::time::timeout(Duration::from_secs(10), rebuilt).await;
    let Err(ViewError::Stopped(error)) = rebuilt.expect("it does not wait for the log to grow")
    else {
        panic!("the rows would be behind the served ones");
    };
    assert!(matches!(
        error.failure(),
        ProjectionFailure::AheadOfLog { .. }
    ));
    // The log grows beyond it. What stands at its position is another event than the rows hold.
    for coins in [1, 2, 3] {
        app.execute(fill("a", coins)).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    for status in app.status().await.unwrap() {
        let stopped = matches!(status.state, ProjectionState::Stopped { .. });
        assert!(stopped, "{status:?}");
        assert_eq!(status.checkpoint, ahead);
    }

    for name in ["purses", "till"] {
        views.remove(name).await.unwrap();
    }
    while !matches!(app.status().await, Ok(all) if all.iter().all(|it| it.lag == 0)) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let till = app.view::<Till>().global().await.unwrap();
    assert_eq!((till.coins, till.payments), (6, 3));
}

#[tokio::test]
async fn what_is_appended_at_once_is_not_taken_for_what_the_rows_hold() {
    let views = EventStore::views(&MemoryStore::new()).unwrap();
    let started = |log: &MemoryStore, runner| {
        let builder = App::builder(log.clone()).registry(registry());
        let builder = builder.views(Arc::clone(&views)).runner(runner);
        builder.start()
    };
    let log = MemoryStore::new();
    let app = started(&log, true).await.unwrap();
    app.execute(open("a")).await.unwrap();
    let ahead = app.execute(fill("a", 5)).await.unwrap().position();
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();
    let restored = MemoryStore::new();

    // A program that feeds nothing is the first one, and the log is beyond the rows before anybody looks.
    let first = started(&restored, false).await.unwrap();
    first.execute(open("b")).await.unwrap();
    first.execute(fill("b", 1)).await.unwrap();
    let last = first.execute(fill("b", 2)).await.unwrap().position();
    assert!(last > ahead);
    let is_told = async |app: &App<MemoryStore>| {
        let read = app.view::<Till>().after(ahead).global().await;
        matches!(read, Err(ViewError::Stopped(_)))
    };
    assert!(is_told(&first).await);
    first.shutdown().await.unwrap();

    // So it stays, from start to start.
    for _ in 0..2 {
        let app = started(&restored, true).await.unwrap();
        assert!(is_told(&app).await);
        let stopped = async {
            loop {
                let statuses = app.status().await.unwrap();
                let is_stopped =
                    |it: &ProjectionStatus| matches!(it.state, ProjectionState::Stopped { .. });
                if statuses.iter().all(is_stopped) {
                    return statuses;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let statuses = tokio::time::timeout(Duration::from_secs(10), stopped);
        for status in statuses.await.expect("they stop") {
            let ProjectionState::Stopped { error, .. } = status.state else {
                panic!("{:?}", status.state);
            };
            let ProjectionFailure::AheadOfLog { checkpoint, head } = error.failure() else {
                panic!("{error}");
            };
            assert_eq!((*checkpoint, *head), (ahead, Position::START));
        }
        app.shutdown().await.unwrap();
    }

    // Rows of this log are in the place of the others' once they are built from it.
    let app = started(&restored, true).await.unwrap();
    app.rebuild::<Till>().await.unwrap();
    app.execute(fill("b", 4)).await.unwrap();
    while app.view::<Till>().global().await.unwrap().payments < 3 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(app.view::<Till>().global().await.unwrap().coins, 7);
    app.shutdown().await.unwrap();
}
