//! How an app ends.

use std::time::Duration;

use eventsource_core::prelude::*;
use eventsource_core::store::EventStore;
use tokio::runtime::Handle;

use crate::domain::{Purse, PurseRow, Till, app, fill, open};

#[tokio::test]
async fn after_a_shutdown_every_call_says_so_on_every_clone() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    let clone = app.clone();

    app.shutdown().await.unwrap();

    let id = "a".to_string();
    let executed = clone.execute(fill("a", 1)).await;
    assert!(matches!(executed, Err(ExecuteError::ShutDown)));
    let loaded = clone.load::<Purse>(&id).await;
    assert!(matches!(loaded, Err(LoadError::ShutDown)));
    let history = clone.history::<Purse>(&id).await;
    assert!(matches!(history, Err(LoadError::ShutDown)));
    let got = clone.view::<PurseRow>().get(&id).await;
    assert!(matches!(got, Err(ViewError::ShutDown)));
    let global = clone.view::<Till>().after(Position::END).global().await;
    assert!(matches!(global, Err(ViewError::ShutDown)));
    assert!(matches!(clone.head().await, Err(AppError::ShutDown)));
    assert!(matches!(clone.settled().await, Err(AppError::ShutDown)));
    assert!(matches!(clone.status().await, Err(AppError::ShutDown)));
    // A second shutdown has nothing more to do.
    clone.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_view_in_a_store_of_its_own_is_shut_down_too() {
    let elsewhere = MemoryStore::new();
    let app = App::builder(MemoryStore::new())
        .registry(crate::domain::registry())
        .views(elsewhere.views().unwrap())
        .start()
        .await
        .unwrap();
    assert!(app.view::<Till>().global().await.is_ok());

    app.shutdown().await.unwrap();

    // That store is not the app's to close, and would answer.
    assert!(elsewhere.head().await.is_ok());
    let global = app.view::<Till>().global().await;
    assert!(matches!(global, Err(ViewError::ShutDown)));
}

#[tokio::test]
async fn a_shutdown_finishes_what_is_in_hand() {
    let store = MemoryStore::new();
    let before = app(&store).await;
    before.execute(open("a")).await.unwrap();
    for _ in 0..20 {
        before.execute(fill("a", 1)).await.unwrap();
    }
    before.settled().await.unwrap();
    // The till has nothing to do with it, so its checkpoint is not written at once.
    let last = before.execute(open("b")).await.unwrap();
    before.settled().await.unwrap();
    before.shutdown().await.unwrap();

    // Also the checkpoint of what changed no row is kept.
    let reader = App::builder(store)
        .registry(crate::domain::registry())
        .runner(false)
        .start()
        .await
        .unwrap();
    for projection in reader.status().await.unwrap() {
        assert_eq!(projection.checkpoint, last.position());
    }
}

#[tokio::test]
async fn who_waits_while_the_app_is_shut_down_is_told() {
    let app = app(&MemoryStore::new()).await;
    let waiting = app.clone();
    let waiting =
        tokio::spawn(async move { waiting.view::<Till>().after(Position::END).global().await });
    tokio::task::yield_now().await;

    app.shutdown().await.unwrap();

    assert!(matches!(waiting.await.unwrap(), Err(ViewError::ShutDown)));
}

#[tokio::test]
async fn the_last_drop_ends_the_runners_and_writes_what_they_had() {
    let alive = || Handle::current().metrics().num_alive_tasks();
    let store = MemoryStore::new();
    let others = alive();
    let first = app(&store).await;
    let second = first.clone();
    first.execute(open("a")).await.unwrap();
    first.settled().await.unwrap();
    // A task for each of the two projections, one that renews their leases, and one that measures.
    let tasks = 3 + usize::from(cfg!(feature = "metrics"));
    assert_eq!(alive(), others + tasks);

    drop(first);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(alive(), others + tasks);
    drop(second);

    let ended = async {
        while alive() > others {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), ended)
        .await
        .unwrap();
    // The store's handle was dropped, not closed: another one is as good as ever.
    assert!(store.head().await.is_ok());
}

fn shareable<T: Clone + Send + Sync + 'static>() {}

fn spawnable<T: Send>(_: impl Fn(App<MemoryStore>) -> T) {}

#[test]
fn an_app_can_be_shared_and_its_calls_spawned() {
    shareable::<App<MemoryStore>>();
    spawnable(|app| async move {
        let receipt = app.execute(open("a")).await.unwrap();
        let id = "a".to_string();
        app.view::<PurseRow>()
            .after(receipt.position())
            .get(&id)
            .await
            .unwrap();
        app.view::<PurseRow>().list().limit(1).await.unwrap();
        app.load::<Purse>(&id).await.unwrap();
        app.history::<Purse>(&id).await.unwrap();
        app.settled().await.unwrap();
        app.status().await.unwrap();
        app.shutdown().await.unwrap();
    });
}

#[test]
fn a_short_lease_is_taken_over_soon() {
    let store = MemoryStore::new();
    let start = || {
        App::builder(store.clone())
            .registry(crate::domain::registry())
            .lease(Duration::from_millis(200))
            .start()
    };
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    };
    let (dies, lives) = (runtime(), runtime());
    let first = dies.block_on(async {
        let app = start().await.unwrap();
        app.settled().await.unwrap();
        app
    });

    // No farewell: the lease has to end by itself.
    dies.shutdown_background();

    let since_death = std::time::Instant::now();
    lives.block_on(async {
        let second = start().await.unwrap();
        second.execute(open("a")).await.unwrap();
        second.settled().await.unwrap();
    });
    // By default it would last 5 seconds.
    assert!(since_death.elapsed() < Duration::from_secs(4));
    drop(first);
}
