//! Live queries: the rows that are there, and how they change.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use eventsource_core::app::{Change, Changes};
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::store::{
    ColumnSpec, ColumnType, EventStore, Fingerprint, Query, Value, ViewTable, ViewWrite,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::domain::{
    Filled, Opened, OpenedAndFilled, Purse, PurseRow, Till, app, fill, open, put, registry, spend,
    started,
};

/// A change in short: what happened to which purse, with how many coins.
type Told = (char, String, u64);

fn told(change: &Change<PurseRow>) -> Told {
    let kind = match change {
        Change::Inserted(_) => '+',
        Change::Updated(_) => '~',
        Change::Removed(_) => '-',
        _ => '?',
    };
    let row = change.row();
    (kind, row.purse.clone(), row.coins)
}

fn tell(kind: char, purse: &str, coins: u64) -> Told {
    (kind, purse.into(), coins)
}

/// The next item, which has to come within seconds.
async fn item<P: Projection>(changes: &mut Changes<P>) -> Option<Result<Change<P>, ViewError>> {
    timeout(Duration::from_secs(15), changes.next())
        .await
        .expect("nothing came")
}

async fn next(changes: &mut Changes<PurseRow>) -> Told {
    told(&item(changes).await.unwrap().unwrap())
}

/// Whether nothing comes for a while.
async fn is_quiet<P: Projection>(changes: &mut Changes<P>) -> bool {
    timeout(Duration::from_millis(30), changes.next())
        .await
        .is_err()
}

#[tokio::test]
async fn a_stream_begins_with_the_rows_and_goes_on_with_their_changes() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("b")).await.unwrap();
    app.execute(open("a")).await.unwrap();
    app.settled().await.unwrap();

    let mut changes = app.view::<PurseRow>().stream();

    assert_eq!(next(&mut changes).await, tell('+', "a", 0));
    assert_eq!(next(&mut changes).await, tell('+', "b", 0));
    assert!(is_quiet(&mut changes).await);
    app.execute(fill("a", 3)).await.unwrap();
    assert_eq!(next(&mut changes).await, tell('~', "a", 3));
    app.execute(open("c")).await.unwrap();
    assert_eq!(next(&mut changes).await, tell('+', "c", 0));
    // Who has spent all has no row: it is shown as it was last seen.
    app.execute(spend("a", 3)).await.unwrap();
    assert_eq!(next(&mut changes).await, tell('-', "a", 3));
    app.execute(fill("a", 2)).await.unwrap();
    assert_eq!(next(&mut changes).await, tell('+', "a", 2));
    assert!(is_quiet(&mut changes).await);
}

#[tokio::test]
async fn a_stream_of_one_row_shows_no_other() {
    let app = app(&MemoryStore::new()).await;
    let mut changes = app.view::<PurseRow>().stream_of(&"b".into());
    assert!(is_quiet(&mut changes).await);

    app.execute(open("a")).await.unwrap();
    assert!(is_quiet(&mut changes).await);
    app.execute(open("b")).await.unwrap();
    assert_eq!(next(&mut changes).await, tell('+', "b", 0));
    app.execute(fill("b", 1)).await.unwrap();
    assert_eq!(next(&mut changes).await, tell('~', "b", 1));
    app.execute(spend("b", 1)).await.unwrap();
    assert_eq!(next(&mut changes).await, tell('-', "b", 1));
}

#[tokio::test]
async fn the_one_row_of_a_global_read_model_can_be_followed() {
    let app = app(&MemoryStore::new()).await;
    let mut changes = app.view::<Till>().stream();
    app.execute(open("a")).await.unwrap();
    for coins in 1..=3 {
        app.execute(fill("a", 1)).await.unwrap();
        let change = item(&mut changes).await.unwrap().unwrap();
        assert_eq!(change.row().coins, coins);
        assert_eq!(matches!(change, Change::Inserted(_)), coins == 1);
    }
}

#[tokio::test]
async fn rows_come_into_a_list_and_go_out_of_it() {
    let app = app(&MemoryStore::new()).await;
    for (purse, coins) in [("a", 1), ("b", 2), ("c", 3)] {
        app.execute(open(purse)).await.unwrap();
        app.execute(fill(purse, coins)).await.unwrap();
    }
    app.settled().await.unwrap();
    let list = || app.view::<PurseRow>().list();
    let mut richest = list().order_by("coins").descending().limit(2).stream();
    let mut of_three = list().filter("coins", 3).stream();
    assert_eq!(next(&mut richest).await, tell('+', "c", 3));
    assert_eq!(next(&mut richest).await, tell('+', "b", 2));
    assert_eq!(next(&mut of_three).await, tell('+', "c", 3));

    app.execute(fill("a", 2)).await.unwrap();
    assert_eq!(next(&mut richest).await, tell('-', "b", 2));
    assert_eq!(next(&mut richest).await, tell('+', "a", 3));
    assert_eq!(next(&mut of_three).await, tell('+', "a", 3));

    app.execute(fill("c", 1)).await.unwrap();
    assert_eq!(next(&mut of_three).await, tell('-', "c", 3));
    assert_eq!(next(&mut richest).await, tell('~', "c", 4));
    assert!(is_quiet(&mut of_three).await && is_quiet(&mut richest).await);
}

#[tokio::test]
async fn after_a_position_a_stream_begins_behind_it() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();
    for coins in 1..=20 {
        let receipt = app.execute(fill("a", 1)).await.unwrap();
        let mut changes = app.view::<PurseRow>().after(receipt.position()).stream();
        assert_eq!(next(&mut changes).await, tell('+', "a", coins));
    }
    let far = Position::from_raw(1_000);
    let quickly = App::builder(MemoryStore::new())
        .registry(registry())
        .after_timeout(Duration::from_millis(10));
    let app = quickly.start().await.unwrap();
    let mut changes = app.view::<PurseRow>().list().after(far).stream();
    let late = item(&mut changes).await.unwrap().unwrap_err();
    assert!(matches!(late, ViewError::Timeout { .. }), "{late}");
}

#[tokio::test]
async fn a_slow_reader_misses_the_states_in_between_and_never_the_last() {
    let app = app(&MemoryStore::new()).await;
    app.execute(open("a")).await.unwrap();
    let mut changes = app.view::<PurseRow>().stream();
    assert_eq!(next(&mut changes).await, tell('+', "a", 0));

    for _ in 0..500 {
        app.execute(fill("a", 1)).await.unwrap();
    }
    app.settled().await.unwrap();

    assert_eq!(next(&mut changes).await, tell('~', "a", 500));
    assert!(is_quiet(&mut changes).await);
}

#[tokio::test]
async fn a_shutdown_ends_every_stream() {
    let app = app(&MemoryStore::new()).await;
    let mut waiting = app.view::<PurseRow>().stream();
    let mut idle = app.view::<PurseRow>().stream();
    let waiting = tokio::spawn(async move { item(&mut waiting).await.is_none() });
    tokio::task::yield_now().await;

    app.shutdown().await.unwrap();

    assert!(waiting.await.unwrap());
    assert!(item(&mut idle).await.is_none());
    assert!(item(&mut idle).await.is_none());
    let mut late = app.view::<PurseRow>().stream();
    assert!(item(&mut late).await.is_none());
    let mut late = app.view::<PurseRow>().stream_of(&"a".into());
    assert!(item(&mut late).await.is_none());
}

#[tokio::test]
async fn what_another_program_feeds_is_seen() {
    let store = MemoryStore::new();
    let feeder = app(&store).await;
    let reader = App::builder(store.clone())
        .registry(registry())
        .runner(false);
    let reader = reader.start().await.unwrap();
    let mut changes = reader.view::<PurseRow>().stream();

    feeder.execute(open("a")).await.unwrap();
    assert_eq!(next(&mut changes).await, tell('+', "a", 0));
    feeder.execute(fill("a", 7)).await.unwrap();
    assert_eq!(next(&mut changes).await, tell('~', "a", 7));

    feeder.shutdown().await.unwrap();
    assert!(is_quiet(&mut changes).await);
    reader.shutdown().await.unwrap();
    assert!(item(&mut changes).await.is_none());
}

#[tokio::test]
async fn a_program_that_stands_by_sees_what_the_other_one_feeds() {
    let store = MemoryStore::new();
    let (one, two) = (app(&store).await, app(&store).await);
    let mut of_one = one.view::<PurseRow>().stream();
    let mut of_two = two.view::<PurseRow>().stream();

    one.execute(open("a")).await.unwrap();
    for changes in [&mut of_one, &mut of_two] {
        assert_eq!(next(changes).await, tell('+', "a", 0));
    }
    // Whoever fed it, the other one takes over.
    one.shutdown().await.unwrap();
    two.execute(fill("a", 2)).await.unwrap();
    assert!(item(&mut of_one).await.is_none());
    assert_eq!(next(&mut of_two).await, tell('~', "a", 2));
}

/// Folded by the appends themselves, so that no runner tells of it.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "followed_openings",
    version = 1,
    key = global,
    events(Opened, ignore(Filled)),
    retired(OpenedAndFilled),
    consistency = "immediate"
)]
struct Openings {
    count: u32,
}

impl Project<Opened> for Openings {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {
        self.count += 1;
    }
}

#[tokio::test]
async fn what_appends_fold_is_seen() {
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .projection::<Openings>();
    let app = started(&MemoryStore::new(), registry.build()).await;
    let mut changes = app.view::<Openings>().stream();
    for count in 1..=5 {
        app.execute(open(&count.to_string())).await.unwrap();
        let change = item(&mut changes).await.unwrap().unwrap();
        assert_eq!(change.row().count, count);
    }
}

/// What the fold below takes each coin for: a mistake that is mended later.
static WORTH: AtomicU64 = AtomicU64::new(2);

#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "followed_worths",
    version = 1,
    events(Filled, ignore(Opened)),
    retired(OpenedAndFilled)
)]
struct Worth {
    #[projection(key)]
    purse: String,
    worth: u64,
}

impl Project<Filled> for Worth {
    fn project(&mut self, event: &Filled, _: &EventContext<'_>) {
        self.worth += event.amount * WORTH.load(Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_rebuild_is_one_difference_and_the_stream_goes_on() {
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .projection::<Worth>();
    let app = started(&MemoryStore::new(), registry.build()).await;
    for purse in ["a", "b"] {
        app.execute(open(purse)).await.unwrap();
        app.execute(fill(purse, 5)).await.unwrap();
    }
    app.settled().await.unwrap();
    let mut changes = app.view::<Worth>().stream();
    let mut worth = async || {
        let change = item(&mut changes).await.unwrap().unwrap();
        (change.row().purse.clone(), change.row().worth)
    };
    let of = |purse: &str, worth: u64| (purse.to_owned(), worth);
    assert_eq!([worth().await, worth().await], [of("a", 10), of("b", 10)]);

    WORTH.store(1, Ordering::SeqCst);
    app.rebuild::<Worth>().await.unwrap();

    let rebuilt = async { [worth().await, worth().await] };
    let soon = timeout(Duration::from_secs(5), rebuilt).await;
    assert_eq!(soon.expect("it is told"), [of("a", 5), of("b", 5)]);
    app.execute(fill("b", 1)).await.unwrap();
    assert_eq!(worth().await, of("b", 6));
}

#[tokio::test]
async fn after_an_error_a_stream_goes_on() {
    let store = MemoryStore::new();
    put(&store, "a", "purse.opened", 1, r#"{"owner":"Ada"}"#).await;
    let reader = App::builder(store.clone())
        .registry(registry())
        .runner(false);
    let reader = reader.start().await.unwrap();
    let mut changes = reader.view::<PurseRow>().stream();
    for _ in 0..2 {
        let building = item(&mut changes).await.unwrap().unwrap_err();
        assert!(matches!(building, ViewError::Building { .. }), "{building}");
    }

    let feeder = app(&store).await;
    feeder.settled().await.unwrap();

    assert_eq!(next(&mut changes).await, tell('+', "a", 0));
}

#[tokio::test(start_paused = true)]
async fn a_table_that_was_built_anew_is_compared_with_the_one_before() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    for purse in ["a", "b"] {
        app.execute(open(purse)).await.unwrap();
    }
    app.settled().await.unwrap();
    let reader = App::builder(store.clone())
        .registry(registry())
        .runner(false);
    let reader = reader.start().await.unwrap();
    let mut changes = reader.view::<PurseRow>().stream();
    assert_eq!(next(&mut changes).await, tell('+', "a", 0));
    assert_eq!(next(&mut changes).await, tell('+', "b", 0));

    // Another program, whose fold is another one, swaps its table in at the same checkpoint.
    let views = store.views().unwrap();
    let columns = [("purse", ColumnType::Text), ("owner", ColumnType::Text)];
    let columns = columns.into_iter().chain([("coins", ColumnType::Integer)]);
    let columns =
        columns.map(|(name, kind)| ColumnSpec::new(name, kind, false).key(name == "purse"));
    let served = ViewTable::new("purses", 1, columns.collect(), Fingerprint::of([]), "");
    let head = store.head().await.unwrap();
    let mut rows = views.query(&served, Query::default()).await.unwrap();
    rows.truncate(1);
    rows[0][2] = Value::Integer(9);
    let shadow = served.shadow();
    views.open(&shadow).await.unwrap();
    let mut write = ViewWrite::new(Position::START, head);
    write.upserts = rows;
    views.write(&shadow, write).await.unwrap();
    assert!(views.promote(&shadow).await.unwrap());

    assert_eq!(next(&mut changes).await, tell('-', "b", 0));
    assert_eq!(next(&mut changes).await, tell('~', "a", 9));
}

#[tokio::test]
async fn what_cannot_be_followed_is_told_and_ends_the_stream() {
    let app = app(&MemoryStore::new()).await;
    let list = || app.view::<PurseRow>().list();
    for mut changes in [
        list().filter("coins", "three").stream(),
        list().filter("colour", "red").stream(),
        list().order_by("colour").stream(),
        list().order_by("coins").after_key(&"a".into()).stream(),
    ] {
        item(&mut changes).await.unwrap().unwrap_err();
        assert!(item(&mut changes).await.is_none());
    }
    let bare = App::builder(MemoryStore::new()).registry(Registry::builder().build());
    let bare = bare.start().await.unwrap();
    for mut changes in [
        bare.view::<PurseRow>().stream(),
        bare.view::<PurseRow>().stream_of(&"a".into()),
    ] {
        let absent = item(&mut changes).await.unwrap().unwrap_err();
        assert!(matches!(absent, ViewError::NotRegistered { .. }));
        assert!(item(&mut changes).await.is_none());
    }
}

#[tokio::test]
async fn a_projection_that_has_stopped_is_told_once() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    let mut changes = app.view::<PurseRow>().stream();
    assert_eq!(next(&mut changes).await, tell('+', "a", 0));

    put(&store, "a", "purse.filled", 2, r#"{"amount":"SECRET"}"#).await;

    let stopped = item(&mut changes).await.unwrap().unwrap_err();
    assert!(matches!(stopped, ViewError::Stopped(_)), "{stopped}");
    assert!(is_quiet(&mut changes).await);
    app.shutdown().await.unwrap();
    assert!(item(&mut changes).await.is_none());
}

fn applied(rows: &mut BTreeMap<String, PurseRow>, change: Change<PurseRow>) {
    let key = change.row().purse.clone();
    let had = match change {
        Change::Inserted(row) => {
            assert_eq!(rows.insert(key, row), None, "it was there");
            return;
        }
        Change::Updated(row) => rows.insert(key, row),
        Change::Removed(row) => {
            let had = rows.remove(&key);
            assert_eq!(had.as_ref(), Some(&row), "it was shown otherwise");
            had
        }
        other => panic!("{other:?}"),
    };
    assert!(had.is_some(), "it was not there");
}

proptest! {
    #![proptest_config(crate::cases(16))]

    /// Whatever is written by whom, and wherever a reader pauses.
    #[test]
    fn the_changes_applied_one_after_the_other_are_the_rows(
        writers in prop::collection::vec(
            prop::collection::vec((prop::sample::select(vec!["a", "b", "c"]), 1_u64..4, any::<bool>()), 1..20),
            1..4,
        ),
        pauses in prop::collection::vec(0_u64..3, 1..10),
    ) {
        Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(async {
            let app = app(&MemoryStore::new()).await;
            for purse in ["a", "b", "c"] {
                app.execute(open(purse)).await.unwrap();
            }
            let mut changes = app.view::<PurseRow>().stream();
            let writing: Vec<_> = writers.into_iter().map(|steps| {
                let app = app.clone();
                tokio::spawn(async move {
                    for (purse, coins, in_or_out) in steps {
                        if in_or_out {
                            app.execute(fill(purse, coins)).await.unwrap();
                        } else {
                            // More than there is, perhaps.
                            let _ = app.execute(spend(purse, coins)).await;
                        }
                    }
                })
            }).collect();

            let mut rows = BTreeMap::new();
            for pause in pauses {
                if let Ok(change) = timeout(Duration::from_millis(5), changes.next()).await {
                    applied(&mut rows, change.unwrap().unwrap());
                }
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            for writer in writing {
                writer.await.unwrap();
            }
            app.settled().await.unwrap();
            let expected = app.view::<PurseRow>().list().await.unwrap();
            while !rows.values().eq(&expected) {
                applied(&mut rows, item(&mut changes).await.unwrap().unwrap());
            }
            assert!(is_quiet(&mut changes).await);
            app.shutdown().await.unwrap();
        });
    }
}
