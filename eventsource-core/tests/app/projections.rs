//! Read models: live, waited for, listed, and equal to a fold from scratch.

use std::time::Duration;

use eventsource_core::StreamName;
use eventsource_core::app::ProjectionState;
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::store::{Commit, EventStore, NewEvent, StreamCommit};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{
    Filled, Opened, OpenedAndFilled, Purse, PurseRow, Till, app, fill, open, put, registry, spend,
    started,
};

#[tokio::test]
async fn a_row_shows_what_was_just_written_to_who_waits_for_it() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();
    let receipt = app.execute(fill("a", 7)).await.unwrap();

    let row = app
        .view::<PurseRow>()
        .after(receipt.position())
        .get(&"a".into())
        .await
        .unwrap();

    let expected = PurseRow {
        purse: "a".into(),
        owner: "Ada".into(),
        coins: 7,
    };
    assert_eq!(row, Some(expected));
    let absent = app.view::<PurseRow>().get(&"b".into()).await.unwrap();
    assert_eq!(absent, None);
}

#[tokio::test]
async fn a_global_read_model_begins_as_its_default() {
    let app = app(&MemoryStore::new()).await;
    assert_eq!(app.view::<Till>().global().await.unwrap(), Till::default());

    app.execute(open("a")).await.unwrap();
    app.execute(open("b")).await.unwrap();
    app.execute(fill("a", 7)).await.unwrap();
    app.execute(fill("b", 5)).await.unwrap();
    app.settled().await.unwrap();

    let till = app.view::<Till>().global().await.unwrap();
    assert_eq!((till.coins, till.payments), (12, 2));
}

#[tokio::test]
async fn rows_are_listed_by_key_and_narrowed_by_column() {
    let app = app(&MemoryStore::new()).await;
    for (purse, owner) in [("c", "Bo"), ("a", "Ada"), ("b", "Bo"), ("d", "Bo")] {
        let mut command = open(purse);
        command.owner = owner.into();
        app.execute(command).await.unwrap();
    }
    app.settled().await.unwrap();
    let keys = |rows: Vec<PurseRow>| rows.into_iter().map(|row| row.purse).collect::<Vec<_>>();
    let view = || app.view::<PurseRow>();

    assert_eq!(keys(view().list().await.unwrap()), ["a", "b", "c", "d"]);
    let of_bo = view().list().filter("owner", "Bo");
    assert_eq!(keys(of_bo.limit(2).await.unwrap()), ["b", "c"]);
    let none = view().list().filter("owner", "Bo").filter("coins", 3);
    assert_eq!(keys(none.await.unwrap()), [""; 0]);

    let unknown = view().list().filter("colour", "red").await.unwrap_err();
    assert!(unknown.to_string().contains("colour"), "{unknown}");
    let mistyped = view().list().filter("coins", "three").await.unwrap_err();
    assert!(matches!(mistyped, ViewError::Filter { .. }), "{mistyped}");
}

#[tokio::test]
async fn a_deleted_row_is_gone_until_the_next_event_makes_it_anew() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 7)).await.unwrap();
    let receipt = app.execute(spend("a", 7)).await.unwrap();
    let view = |position| app.view::<PurseRow>().after(position);
    assert_eq!(
        view(receipt.position()).get(&"a".into()).await.unwrap(),
        None
    );

    let receipt = app.execute(fill("a", 2)).await.unwrap();

    let row = view(receipt.position()).get(&"a".into()).await.unwrap();
    let row = row.unwrap();
    assert_eq!((row.owner.as_str(), row.coins), ("", 2));
}

/// Purses an owner: the key comes out of the event.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "owners",
    version = 1,
    events(Opened(key_with = initials), ignore(Filled)),
    retired(OpenedAndFilled)
)]
struct Owner {
    #[projection(key)]
    initial: String,
    purses: u32,
}

/// One event, a row for each word of the name.
fn initials(event: &Opened, _: &EventContext<'_>) -> Vec<String> {
    let words = event.owner.split_whitespace();
    words.map(|word| word.chars().take(1).collect()).collect()
}

impl Project<Opened> for Owner {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {
        self.purses += 1;
    }
}

#[tokio::test]
async fn an_event_belongs_to_the_rows_that_its_key_function_answers() {
    let store = MemoryStore::new();
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .projection::<Owner>()
        .build();
    let app = started(&store, registry).await;
    for (purse, owner) in [("1", "Ada Lovelace"), ("2", "Al"), ("3", "")] {
        let mut command = open(purse);
        command.owner = owner.into();
        app.execute(command).await.unwrap();
    }
    // The parts of a split event are keyed as those parts are.
    let split = r#"{"owner":"Bo Li","amount":3}"#;
    put(&store, "4", "purse.opened_and_filled", 1, split).await;
    app.settled().await.unwrap();

    let rows = app.view::<Owner>().list().await.unwrap();

    let rows: Vec<_> = rows
        .iter()
        .map(|row| (row.initial.as_str(), row.purses))
        .collect();
    assert_eq!(rows, [("A", 2), ("B", 1), ("L", 2)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_on_one_log_feed_one_view_without_doubling() {
    let store = MemoryStore::new();
    let (one, two) = (app(&store).await, app(&store).await);
    one.execute(open("a")).await.unwrap();
    one.execute(open("b")).await.unwrap();
    let writers: Vec<_> = [(&one, "a"), (&two, "b"), (&two, "a"), (&one, "b")]
        .into_iter()
        .map(|(app, purse)| {
            let app = app.clone();
            tokio::spawn(async move {
                for _ in 0..100 {
                    app.execute(fill(purse, 1)).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    for app in [&one, &two] {
        app.settled().await.unwrap();
        let till = app.view::<Till>().global().await.unwrap();
        assert_eq!((till.coins, till.payments), (400, 400));
        for purse in ["a", "b"] {
            let row = app.view::<PurseRow>().get(&purse.into()).await.unwrap();
            assert_eq!(row.unwrap().coins, 200);
        }
    }

    // Each is able to go on alone.
    one.shutdown().await.unwrap();
    for _ in 0..3 {
        let filled = two.execute(fill("a", 1)).await.unwrap();
        let till = two.view::<Till>().after(filled.position());
        till.global().await.unwrap();
    }
    assert_eq!(two.view::<Till>().global().await.unwrap().payments, 403);
}

#[tokio::test]
async fn a_projection_goes_on_from_its_checkpoint_after_a_restart() {
    let store = MemoryStore::new();
    let before = app(&store).await;
    before.execute(open("a")).await.unwrap();
    before.execute(fill("a", 1)).await.unwrap();
    before.shutdown().await.unwrap();
    put(&store, "a", "purse.filled", 1, r#"{"amt":5}"#).await;

    let after = app(&store).await;
    after.settled().await.unwrap();

    let till = after.view::<Till>().global().await.unwrap();
    assert_eq!((till.coins, till.payments), (6, 2));
}

/// What each event of a purse was seen with.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "trail",
    version = 1,
    events(Opened, Filled),
    retired(OpenedAndFilled)
)]
struct Trail {
    #[projection(key)]
    purse: String,
    seen: Vec<String>,
}

impl Trail {
    fn see(&mut self, context: &EventContext<'_>) {
        self.seen.push(format!(
            "{} {} {} {} {} {} {} {:?}",
            context.category(),
            context.stream_id(),
            context.version(),
            context.position(),
            context.recorded_at(),
            context.event_id(),
            context.name(),
            context.metadata(),
        ));
    }
}

impl Project<Opened> for Trail {
    fn project(&mut self, _: &Opened, context: &EventContext<'_>) {
        self.see(context);
    }
}

impl Project<Filled> for Trail {
    fn project(&mut self, _: &Filled, context: &EventContext<'_>) {
        self.see(context);
    }
}

#[tokio::test]
async fn an_event_is_seen_the_same_whether_its_row_is_in_memory_or_not() {
    let trail = || {
        Registry::builder()
            .aggregate::<Purse>()
            .projection::<Trail>()
            .build()
    };
    let store = MemoryStore::new();
    let purses = ["a", "b"];
    for (round, actor) in ["Ada", "Bo", "Cy"].into_iter().enumerate() {
        // After a start, no row is in memory.
        let app = started(&store, trail()).await;
        for purse in purses {
            let who = Metadata::new().actor(actor);
            if round == 0 {
                app.execute_with(open(purse), who).await.unwrap();
            } else {
                app.execute_with(fill(purse, 1), who.clone()).await.unwrap();
                app.execute_with(fill(purse, 1), who).await.unwrap();
            }
            let split = r#"{"owner":"Bo Li","amount":3}"#;
            put(&store, purse, "purse.opened_and_filled", 1, split).await;
            // One after the other, so that the second row is fetched when the first one is there.
            app.settled().await.unwrap();
        }
        app.shutdown().await.unwrap();
    }

    let elsewhere = MemoryStore::new();
    let scratch = App::builder(store.clone())
        .registry(trail())
        .views(EventStore::views(&elsewhere).unwrap())
        .start()
        .await
        .unwrap();
    scratch.settled().await.unwrap();
    let app = started(&store, trail()).await;

    let rows = app.view::<Trail>().list().await.unwrap();

    assert_eq!(rows.len(), 2);
    // An event is seen once, a split one once for each part.
    assert!(rows.iter().all(|row| row.seen.len() == 1 + 2 * 2 + 3 * 2));
    assert_eq!(rows, scratch.view::<Trail>().list().await.unwrap());
}

/// Rows beyond what a runner keeps in memory, in more than a page.
#[tokio::test]
async fn a_view_of_more_rows_than_are_kept_in_memory_is_whole() {
    const PURSES: u64 = 101_000;
    const AGAIN: u64 = 5_000;
    let store = MemoryStore::new();
    let event = |payload: &str| NewEvent {
        id: Uuid::now_v7(),
        name: "purse.filled",
        schema_version: 2,
        payload: payload.into(),
        metadata: [].into(),
    };
    // Those that come again find their rows gone from memory.
    for (version, purses) in [(0, PURSES), (1, AGAIN)] {
        let parts = (0..purses).map(|purse| StreamCommit {
            stream: StreamName::new("purse", &purse.to_string()).unwrap(),
            expected_version: version,
            events: vec![event(r#"{"amount":7}"#)],
        });
        let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), parts.collect());
        store.append(commit).await.unwrap();
    }

    let app = app(&store).await;
    app.settled().await.unwrap();

    let rows = app.view::<PurseRow>().list().await.unwrap();
    assert_eq!(rows.len() as u64, PURSES);
    let coins: u64 = rows.iter().map(|row| row.coins).sum();
    assert_eq!(coins, (PURSES + AGAIN) * 7);
    assert_eq!(app.view::<Till>().global().await.unwrap().coins, coins);
}

#[tokio::test]
async fn a_table_that_was_removed_is_built_anew_by_a_running_program() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    app.execute(fill("a", 1)).await.unwrap();
    app.settled().await.unwrap();

    EventStore::views(&store)
        .unwrap()
        .remove("purses")
        .await
        .unwrap();

    let filled = app.execute(fill("a", 2)).await.unwrap();
    let built = async {
        loop {
            let view = app.view::<PurseRow>().after(filled.position());
            if let Ok(Some(row)) = view.get(&"a".into()).await {
                return row;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let row = tokio::time::timeout(Duration::from_secs(20), built).await;
    assert_eq!(row.unwrap().coins, 3);
}

#[tokio::test]
async fn the_status_says_how_far_each_projection_is() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();
    app.settled().await.unwrap();

    let status = app.status().await.unwrap();

    let names: Vec<_> = status.iter().map(|it| (it.name, it.version)).collect();
    assert_eq!(names, [("purses", 1), ("till", 1)]);
    for projection in &status {
        assert_eq!(projection.lag, 0);
        assert!(projection.last_error.is_none());
        assert!(matches!(projection.state, ProjectionState::Live));
    }
}

#[tokio::test]
async fn until_a_view_is_built_it_says_so_and_then_others_may_feed_it() {
    let store = MemoryStore::new();
    put(&store, "a", "purse.opened", 1, r#"{"owner":"Ada"}"#).await;
    let reader = App::builder(store.clone())
        .registry(registry())
        .runner(false)
        .after_timeout(Duration::from_millis(50))
        .start()
        .await
        .unwrap();
    let get = || async { reader.view::<PurseRow>().get(&"a".into()).await };

    let error = get().await.unwrap_err();
    let head = Position::from_raw(1);
    assert!(
        matches!(error, ViewError::Building { done: Position::START, of, .. } if of == head),
        "{error}"
    );
    let not_fed = &reader.status().await.unwrap()[0];
    assert!(matches!(not_fed.state, ProjectionState::NotRunning));
    assert_eq!(not_fed.lag, 1);

    let feeder = app(&store).await;
    feeder.settled().await.unwrap();
    // The feeder may put off writing a checkpoint under which no row has changed.
    feeder.shutdown().await.unwrap();
    assert_eq!(get().await.unwrap().unwrap().owner, "Ada");

    let receipt = reader.execute(fill("a", 1)).await.unwrap();
    let view = reader.view::<PurseRow>().after(receipt.position());
    let error = view.get(&"a".into()).await.unwrap_err();
    assert!(matches!(error, ViewError::Timeout { .. }), "{error}");
}

#[tokio::test]
async fn a_view_that_is_not_registered_says_so() {
    let app = app(&MemoryStore::new()).await;
    let error = app.view::<Owner>().list().await.unwrap_err();
    assert!(
        matches!(
            error,
            ViewError::NotRegistered {
                projection: "owners",
                version: 1
            }
        ),
        "{error}"
    );
}

proptest! {
    #![proptest_config(crate::cases(24))]

    /// Whatever is written while it is fed, the live view equals one that is built from the whole log.
    #[test]
    fn a_live_view_equals_a_fold_from_scratch(steps in prop::collection::vec((0..3_u8, 0..4_u8, 1..9_u64), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let store = MemoryStore::new();
            let live = app(&store).await;
            for (kind, purse, amount) in steps {
                let purse = purse.to_string();
                // Refusals are part of it.
                let _ = match kind {
                    0 => live.execute(open(&purse)).await.map_err(drop),
                    1 => live.execute(fill(&purse, amount)).await.map_err(drop),
                    _ => live.execute(spend(&purse, amount)).await.map_err(drop),
                };
                if amount == 1 {
                    live.settled().await.unwrap();
                }
            }
            live.settled().await.unwrap();

            let elsewhere = MemoryStore::new();
            let scratch = App::builder(store.clone())
                .registry(registry())
                .views(EventStore::views(&elsewhere).unwrap())
                .start()
                .await
                .unwrap();
            scratch.settled().await.unwrap();

            let rows = (live.view::<PurseRow>().list().await.unwrap(), live.view::<Till>().global().await.unwrap());
            let anew = (scratch.view::<PurseRow>().list().await.unwrap(), scratch.view::<Till>().global().await.unwrap());
            assert_eq!(rows, anew);
        });
    }
}
