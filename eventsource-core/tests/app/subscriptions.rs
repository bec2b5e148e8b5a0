//! Raw events: every one that was asked for, once, in the order of the log.

use std::sync::atomic::Ordering;
use std::time::Duration;

use eventsource_core::StreamName;
use eventsource_core::app::Subscription;
use eventsource_core::prelude::*;
use eventsource_core::store::{
    Commit, EventStore, NewEvent, ReadLog, RecordedEvent, StoreError, StreamCommit,
};
use proptest::prelude::*;
use tokio::runtime::Builder;
use tokio::time::timeout;
use uuid::Uuid;

use crate::domain::{Filled, app, fill, open, put, spend, write_side};
use crate::faulty::Faulty;
use crate::sharing::Sharing;

async fn item(events: &mut Subscription) -> Option<Result<RecordedEvent, StoreError>> {
    timeout(Duration::from_secs(5), events.next())
        .await
        .expect("nothing came")
}

async fn next(events: &mut Subscription) -> RecordedEvent {
    item(events).await.unwrap().unwrap()
}

async fn is_quiet(events: &mut Subscription) -> bool {
    timeout(Duration::from_millis(30), events.next())
        .await
        .is_err()
}

/// So many events as there are names, as `stream name`.
async fn taken(events: &mut Subscription, count: usize) -> Vec<String> {
    let mut taken = Vec::new();
    for _ in 0..count {
        let event = next(events).await;
        taken.push(format!("{} {}", event.stream.id(), event.name));
    }
    taken
}

#[tokio::test]
async fn what_was_recorded_comes_first_and_what_comes_then() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();
    let filled = app.execute(fill("a", 5)).await.unwrap();
    let mut all = app.subscribe().stream();
    let mut behind = app.subscribe().after(filled.position()).stream();

    let first = next(&mut all).await;
    assert_eq!(
        (first.stream.as_str(), first.version, &*first.name),
        ("purse-a", 1, "purse.opened")
    );
    assert_eq!(first.payload, br#"{"owner":"Ada"}"#);
    assert_eq!(next(&mut all).await.position, filled.position());
    assert!(is_quiet(&mut all).await && is_quiet(&mut behind).await);

    let spent = app.execute(spend("a", 5)).await.unwrap();
    assert_eq!(next(&mut all).await.position, spent.position());
    assert_eq!(next(&mut behind).await.position, spent.position());
    let now = app.head().await.unwrap();
    assert!(is_quiet(&mut app.subscribe().after(now).stream()).await);
}

#[tokio::test]
async fn events_are_chosen_by_type_category_and_stream() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    for purse in ["a", "b"] {
        app.execute(open(purse)).await.unwrap();
        app.execute(fill(purse, 5)).await.unwrap();
        app.execute(spend(purse, 1)).await.unwrap();
    }
    put(&store, "a", "purse.looked_at", 1, "{}").await;
    let subscribe = || app.subscribe().page(2);

    let mut named = subscribe()
        .named("purse.looked_at")
        .event::<Filled>()
        .stream();
    assert_eq!(
        taken(&mut named, 3).await,
        ["a purse.filled", "b purse.filled", "a purse.looked_at"]
    );
    let b = StreamName::new("purse", "b").unwrap();
    let mut of_b = subscribe().in_stream(&b).named("purse.spent").stream();
    assert_eq!(taken(&mut of_b, 1).await, ["b purse.spent"]);
    let mut of_purses = subscribe().in_category("purse").stream();
    assert_eq!(taken(&mut of_purses, 7).await.len(), 7);
    let mut of_none = subscribe().in_category("purs").stream();
    for quiet in [&mut named, &mut of_b, &mut of_purses, &mut of_none] {
        assert!(is_quiet(quiet).await);
    }
    app.execute(fill("b", 1)).await.unwrap();
    assert_eq!(taken(&mut named, 1).await, ["b purse.filled"]);
}

#[tokio::test]
async fn a_subscription_reads_no_further_than_its_reader() {
    let store = MemoryStore::new();
    let (failing, faults) = Faulty::new(&store);
    let app = App::builder(failing).registry(write_side());
    let app = app.start().await.unwrap();
    app.execute(open("a")).await.unwrap();
    for _ in 0..9 {
        app.execute(fill("a", 1)).await.unwrap();
    }
    let mut events = app.subscribe().page(5).stream();
    let reads = || faults.log_reads.load(Ordering::SeqCst);
    let before = reads();

    for _ in 0..5 {
        next(&mut events).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(reads(), before + 1);
    next(&mut events).await;
    assert_eq!(reads(), before + 2);
}

#[tokio::test]
async fn after_an_error_a_subscription_goes_on_where_it_was() {
    let store = MemoryStore::new();
    let (failing, faults) = Faulty::new(&store);
    let app = App::builder(failing).registry(write_side());
    let app = app.start().await.unwrap();
    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 1)).await.unwrap();
    let mut events = app.subscribe().page(1).stream();
    assert_eq!(taken(&mut events, 1).await, ["a purse.opened"]);

    faults.unreadable_log.store(2, Ordering::SeqCst);

    for _ in 0..2 {
        item(&mut events).await.unwrap().unwrap_err();
    }
    assert_eq!(taken(&mut events, 1).await, ["a purse.filled"]);
}

#[tokio::test]
async fn a_shutdown_ends_every_subscription() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();
    let mut waiting = app.subscribe().stream();
    next(&mut waiting).await;
    let mut idle = app.subscribe().stream();
    let waiting = tokio::spawn(async move { item(&mut waiting).await.is_none() });
    tokio::task::yield_now().await;

    app.shutdown().await.unwrap();

    assert!(waiting.await.unwrap());
    assert!(item(&mut idle).await.is_none());
    assert!(item(&mut idle).await.is_none());
}

const NAMES: [&str; 2] = ["purse.filled", "purse.spent"];

/// Appends commits of so many events each to a stream of its own.
async fn write<S: EventStore>(store: &S, writer: usize, commits: &[usize]) {
    let stream = StreamName::new(["purse", "till"][writer % 2], &writer.to_string()).unwrap();
    let mut expected_version = 0;
    for &count in commits {
        let event = |index: usize| NewEvent {
            id: Uuid::now_v7(),
            name: NAMES[index % 2],
            schema_version: 1,
            payload: b"{}".to_vec(),
            metadata: [].into(),
        };
        let part = StreamCommit {
            stream: stream.clone(),
            expected_version,
            events: (0..count).map(event).collect(),
        };
        expected_version += count as u64;
        let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]);
        store.append(commit).await.unwrap();
        tokio::task::yield_now().await;
    }
}

/// Subscribes while others write, and compares with the log as it is in the end.
async fn compare<S: EventStore + Clone>(store: S, writers: Vec<Vec<usize>>, page: usize) {
    let app = App::builder(store.clone()).registry(write_side());
    let app = app.start().await.unwrap();
    let mut all = app.subscribe().page(page).stream();
    let mut some = app
        .subscribe()
        .page(page)
        .named(NAMES[1])
        .in_category("till")
        .stream();
    let writing: Vec<_> = (0..)
        .zip(writers)
        .map(|(writer, commits)| {
            let store = store.clone();
            tokio::spawn(async move { write(&store, writer, &commits).await })
        })
        .collect();
    // It reads while they write.
    let mut seen = vec![next(&mut all).await];
    for writer in writing {
        writer.await.unwrap();
    }
    let whole = ReadLog::after(Position::START);
    let whole: Vec<RecordedEvent> = store.read_log(whole, Vec::new()).await.unwrap();
    while seen.len() < whole.len() {
        seen.push(next(&mut all).await);
    }
    assert_eq!(seen, whole);
    let is_wanted =
        |event: &&RecordedEvent| &*event.name == NAMES[1] && event.stream.category() == "till";
    for wanted in whole.iter().filter(is_wanted) {
        assert_eq!(next(&mut some).await, *wanted);
    }
    assert!(is_quiet(&mut all).await && is_quiet(&mut some).await);
    app.shutdown().await.unwrap();
}

proptest! {
    #![proptest_config(crate::cases(16))]

    /// Whoever writes meanwhile, however large the pages are, and whether or not events share positions.
    #[test]
    fn a_subscription_is_the_log(
        writers in prop::collection::vec(prop::collection::vec(1_usize..5, 1..30), 1..4),
        page in 1_usize..7,
    ) {
        Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
            compare(MemoryStore::new(), writers.clone(), page).await;
            compare(Sharing::default(), writers, page).await;
        });
    }
}
