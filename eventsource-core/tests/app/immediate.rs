//! Read models that are folded in the append's own transaction: current at once, and able to refuse.

use std::sync::atomic::Ordering;
use std::time::Duration;

use eventsource_core::app::{ProjectionState, ProjectionStatus};
use eventsource_core::prelude::*;
use eventsource_core::projection::FoldCause;
use eventsource_core::registry::Registry;
use eventsource_core::store::{EventStore, Fingerprint, ViewStoreError, ViewTable};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Filled, LookedAt, Opened, OpenedAndFilled, Purse, PurseRow, Spent, fill, open, put, spend,
    started, write_side,
};
use crate::faulty::Faulty;

/// As [`PurseRow`], in the append's own transaction, and an owner has one purse at most.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "purses_now",
    version = 1,
    consistency = "immediate",
    events(Opened, Filled, Spent),
    retired(OpenedAndFilled, LookedAt)
)]
struct PurseNow {
    #[projection(key)]
    purse: String,
    #[projection(unique)]
    owner: Option<String>,
    coins: u64,
}

impl Project<Opened> for PurseNow {
    fn project(&mut self, event: &Opened, _: &EventContext<'_>) {
        self.owner = Some(event.owner.clone());
    }
}

impl Project<Filled> for PurseNow {
    fn project(&mut self, event: &Filled, _: &EventContext<'_>) {
        assert_ne!(event.amount, 13, "who fills in 13 meets a defect");
        self.coins += event.amount;
    }
}

impl Project<Spent> for PurseNow {
    fn project(&mut self, event: &Spent, context: &EventContext<'_>) {
        self.coins -= event.amount;
        if self.coins == 0 {
            context.delete();
        }
    }
}

/// The purse, and a read model of each kind.
fn both() -> Registry {
    Registry::builder()
        .aggregate::<Purse>()
        .projection::<PurseRow>()
        .projection::<PurseNow>()
        .build()
}

fn open_of(purse: &str, owner: &str) -> crate::domain::Open {
    crate::domain::Open {
        purse: purse.into(),
        owner: owner.into(),
    }
}

async fn now(app: &App<MemoryStore>, purse: &str) -> Option<PurseNow> {
    app.view::<PurseNow>().get(&purse.to_owned()).await.unwrap()
}

#[tokio::test]
async fn a_row_is_current_as_soon_as_the_command_was_carried_out() {
    let app = started(&MemoryStore::new(), both()).await;
    for coins in [5, 7] {
        let purse = format!("with {coins}");
        app.execute(open_of(&purse, &purse)).await.unwrap();
        app.execute(fill(&purse, coins)).await.unwrap();

        let row = now(&app, &purse).await.unwrap();

        assert_eq!((row.owner, row.coins), (Some(purse), coins));
    }
    app.execute(spend("with 5", 5)).await.unwrap();
    assert_eq!(now(&app, "with 5").await, None);
}

#[tokio::test]
async fn a_status_and_those_who_wait_see_it_at_the_logs_end() {
    let app = started(&MemoryStore::new(), both()).await;
    app.execute(open("a")).await.unwrap();
    let receipt = app.execute(fill("a", 5)).await.unwrap();

    let statuses = app.status().await.unwrap();
    let status = statuses.iter().find(|it| it.name == "purses_now").unwrap();
    assert_eq!((status.checkpoint, status.lag), (receipt.position(), 0));
    let is_stopped = matches!(status.state, ProjectionState::Stopped { .. });
    assert!(!is_stopped, "{:?}", status.state);

    let purse = "a".to_owned();
    let waiting = app.view::<PurseNow>().after(receipt.position());
    let row = tokio::time::timeout(Duration::from_secs(5), waiting.get(&purse));
    assert_eq!(row.await.unwrap().unwrap().unwrap().coins, 5);
    app.settled().await.unwrap();
}

#[tokio::test]
async fn a_unique_column_refuses_the_command() {
    let store = MemoryStore::new();
    let app = started(&store, both()).await;
    app.execute(open_of("a", "Ada")).await.unwrap();
    let head = store.head().await.unwrap();

    let error = app.execute(open_of("b", "Ada")).await.unwrap_err();

    let ExecuteError::Constraint { projection, column } = &error else {
        panic!("{error}");
    };
    assert_eq!((&**projection, &**column), ("purses_now", "owner"));
    assert_eq!(store.head().await.unwrap(), head);
    let absent = app.load::<Purse>(&"b".into()).await;
    assert!(matches!(absent, Err(LoadError::NotFound { .. })));
    app.execute(open_of("b", "Bo")).await.unwrap();
}

#[tokio::test]
async fn one_of_many_at_once_gets_a_unique_value() {
    let app = started(&MemoryStore::new(), both()).await;
    let racing: Vec<_> = (0..16)
        .map(|number| {
            let app = app.clone();
            tokio::spawn(async move { app.execute(open_of(&format!("{number}"), "Ada")).await })
        })
        .collect();
    let mut opened = 0;
    for command in racing {
        match command.await.unwrap() {
            Ok(_) => opened += 1,
            Err(ExecuteError::Constraint { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(opened, 1);
}

#[tokio::test]
async fn a_fold_that_fails_refuses_the_command_and_names_the_event() {
    let app = started(&MemoryStore::new(), both()).await;
    app.execute(open("a")).await.unwrap();

    let error = app.execute(fill("a", 13)).await.unwrap_err();

    let ExecuteError::Fold { projection, source } = &error else {
        panic!("{error}");
    };
    assert_eq!(projection, "purses_now");
    assert_eq!(
        (&*source.stream, source.stream_version, &*source.name),
        ("purse-a", 2, "purse.filled")
    );
    assert!(matches!(source.cause, FoldCause::Panic));
    assert_eq!(app.load::<Purse>(&"a".into()).await.unwrap().version(), 1);
    app.execute(fill("a", 12)).await.unwrap();
    assert_eq!(now(&app, "a").await.unwrap().coins, 12);
}

#[tokio::test]
async fn a_program_without_it_can_read_and_not_write() {
    let store = MemoryStore::new();
    let app = started(&store, both()).await;
    app.execute(open("a")).await.unwrap();
    let older = started(&store, write_side()).await;

    let error = older.execute(fill("a", 5)).await.unwrap_err();

    let ExecuteError::NotFolded { projection } = &error else {
        panic!("{error}");
    };
    assert_eq!(projection, "purses_now");
    assert!(error.to_string().contains("deploy"), "{error}");
    assert_eq!(older.load::<Purse>(&"a".into()).await.unwrap().version(), 1);

    app.shutdown().await.unwrap();
    store.views().unwrap().remove("purses_now").await.unwrap();
    older.execute(fill("a", 5)).await.unwrap();
}

#[tokio::test]
async fn one_that_is_new_to_a_log_is_built_before_the_start_is_over() {
    let store = MemoryStore::new();
    let app = started(&store, write_side()).await;
    for number in 0..50 {
        let purse = format!("{number}");
        app.execute(open_of(&purse, &purse)).await.unwrap();
        app.execute(fill(&purse, number + 100)).await.unwrap();
    }
    app.shutdown().await.unwrap();

    for runner in [true, false] {
        let app = App::builder(store.clone())
            .registry(both())
            .runner(runner)
            .start()
            .await
            .unwrap();
        assert_eq!(app.view::<PurseNow>().list().await.unwrap().len(), 50);
        assert_eq!(now(&app, "49").await.unwrap().coins, 149);
        app.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn one_that_was_removed_under_a_running_program_is_built_anew() {
    let store = MemoryStore::new();
    let app = started(&store, both()).await;
    app.execute(open("a")).await.unwrap();
    let views = store.views().unwrap();
    views.remove("purses_now").await.unwrap();
    app.execute(fill("a", 5)).await.unwrap();

    // Until its runner has made the table again, there is none.
    let built = async {
        loop {
            match app.view::<PurseNow>().get(&"a".into()).await {
                Ok(Some(row)) if row.coins == 5 => return,
                Ok(_) | Err(ViewError::Store(_) | ViewError::Table(_)) => {}
                Err(other) => panic!("{other}"),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), built)
        .await
        .unwrap();
    // It is told to appends again as soon as it is live.
    let older = started(&store, write_side()).await;
    let refused = async {
        while older.execute(fill("a", 1)).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), refused)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_event_in_the_log_that_it_cannot_take_fails_the_start() {
    let store = MemoryStore::new();
    put(&store, "a", "purse.opened", 1, r#"{"owner":"Ada"}"#).await;
    put(&store, "a", "purse.filled", 2, r#"{"amount":"SECRET"}"#).await;

    let started = App::builder(store).registry(both()).start().await;

    let Err(StartError::Stopped(error)) = started else {
        panic!("{started:?}");
    };
    assert_eq!(error.position(), Some(Position::from_raw(2)));
    assert_eq!(error.projection(), "purses_now");
    assert!(!error.to_string().contains("SECRET"), "{error}");
}

#[tokio::test]
async fn a_read_model_in_another_store_cannot_be_folded_with_the_append() {
    let elsewhere = MemoryStore::new().views().unwrap();
    let error = App::builder(MemoryStore::new())
        .registry(both())
        .views(elsewhere)
        .start()
        .await
        .unwrap_err();
    let StartError::Immediate { projection } = &error else {
        panic!("{error}");
    };
    assert_eq!(*projection, "purses_now");
    assert!(error.to_string().contains("without `views(…)`"), "{error}");
}

#[tokio::test]
async fn the_repetition_of_a_command_is_not_folded_again() {
    let app = started(&MemoryStore::new(), both()).await;
    app.execute(open("a")).await.unwrap();
    let id = uuid::Uuid::now_v7();
    for _ in 0..3 {
        let metadata = Metadata::new().command_id(id);
        app.execute_with(fill("a", 5), metadata).await.unwrap();
    }
    assert_eq!(now(&app, "a").await.unwrap().coins, 5);
}

#[derive(Debug, Clone)]
enum Step {
    Open(u8, u8),
    Fill(u8, u64),
    Spend(u8, u64),
    Restart,
    Remove,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6_u8, 0..6_u8).prop_map(|(purse, owner)| Step::Open(purse, owner)),
        6 => (0..6_u8, 1..20_u64).prop_map(|(purse, coins)| Step::Fill(purse, coins)),
        6 => (0..6_u8, 1..20_u64).prop_map(|(purse, coins)| Step::Spend(purse, coins)),
        1 => Just(Step::Restart),
        1 => Just(Step::Remove),
    ]
}

proptest! {
    #![proptest_config(crate::cases(24))]

    /// Whatever is carried out and refused, also over restarts and from an empty table anew: the rows that appends fold are those that a
    /// runner folds from the same log.
    #[test]
    fn rows_are_those_of_a_fold_from_scratch(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = MemoryStore::new();
            let mut app = started(&store, both()).await;
            for step in steps {
                let restart = matches!(step, Step::Restart | Step::Remove);
                match step {
                    Step::Open(purse, owner) => {
                        let command = open_of(&purse.to_string(), &owner.to_string());
                        let _ = app.execute(command).await;
                    }
                    Step::Fill(purse, coins) => {
                        let _ = app.execute(fill(&purse.to_string(), coins)).await;
                    }
                    Step::Spend(purse, coins) => {
                        let _ = app.execute(spend(&purse.to_string(), coins)).await;
                    }
                    Step::Restart => app.shutdown().await.unwrap(),
                    Step::Remove => {
                        app.shutdown().await.unwrap();
                        store.views().unwrap().remove("purses_now").await.unwrap();
                    }
                }
                if restart {
                    app = started(&store, both()).await;
                }
            }
            let rows = app.view::<PurseNow>().list().await.unwrap();
            app.settled().await.unwrap();
            let expected = app.view::<PurseRow>().list().await.unwrap();
            let expected: Vec<_> = expected
                .into_iter()
                .map(|PurseRow { purse, owner, coins }| {
                    // A row that was made anew has no owner.
                    PurseNow { purse, owner: Some(owner).filter(|owner| !owner.is_empty()), coins }
                })
                .collect();
            prop_assert_eq!(rows, expected);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_table_that_is_not_open_cannot_be_folded() {
    let views = MemoryStore::new().views().unwrap();
    let table = ViewTable::new("purses_now", 1, Vec::new(), Fingerprint::of([]), "");
    let error = views.make_immediate(&table).await.unwrap_err();
    assert!(matches!(error, ViewStoreError::NotOpen { .. }), "{error}");
    assert!(error.to_string().contains("open it first"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_rebuilt_under_writers_and_current_all_the_while() {
    let store = MemoryStore::new();
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .projection::<PurseNow>()
        .build();
    let app = started(&store, registry).await;
    app.execute(open("a")).await.unwrap();
    let (done, mut end) = tokio::sync::watch::channel(false);
    let writer = tokio::spawn({
        let app = app.clone();
        async move {
            let mut coins = 0;
            while !*end.borrow_and_update() {
                app.execute(fill("a", 1)).await.unwrap();
                coins += 1;
                let row = app.view::<PurseNow>().get(&"a".into()).await.unwrap();
                assert_eq!(row.unwrap().coins, coins);
                // A log that grows as fast as it can is longer with every rebuild.
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            coins
        }
    });

    for _ in 0..10 {
        app.rebuild::<PurseNow>().await.unwrap();
    }
    done.send_replace(true);
    let coins = writer.await.unwrap();

    let row = app.view::<PurseNow>().get(&"a".into()).await.unwrap();
    assert_eq!(row.unwrap().coins, coins);
}

/// The table of the purses, which are eventual, in this version.
fn purses(version: u32) -> ViewTable {
    let columns = (PurseRow::DESCRIPTOR.columns)();
    ViewTable::new("purses", version, columns, Fingerprint::of([]), "")
}

#[tokio::test]
async fn one_that_was_immediate_in_an_older_release_is_fed_by_its_runner() {
    let store = MemoryStore::new();
    let views = store.views().unwrap();
    let app = started(&store, both()).await;
    app.execute(open("a")).await.unwrap();
    app.shutdown().await.unwrap();
    // The older release had appends fold this version, or another one.
    views.open(&purses(2)).await.unwrap();
    for version in [1, 2] {
        views.make_immediate(&purses(version)).await.unwrap();

        let app = started(&store, both()).await;
        let receipt = app.execute(fill("a", 5)).await.unwrap();

        let rows = app.view::<PurseRow>().after(receipt.position());
        let row = rows.get(&"a".into()).await.unwrap().unwrap();
        assert_eq!(row.coins, 5 * u64::from(version));
        app.shutdown().await.unwrap();
    }
}

/// The next version of [`PurseNow`], which takes what that one cannot.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "purses_now",
    version = 2,
    consistency = "immediate",
    events(ignore(Opened), Filled, ignore(Spent)),
    retired(OpenedAndFilled, LookedAt)
)]
struct PurseNow2 {
    #[projection(key)]
    purse: String,
    fillings: u64,
}

impl Project<Filled> for PurseNow2 {
    fn project(&mut self, _: &Filled, _: &EventContext<'_>) {
        self.fillings += 1;
    }
}

#[tokio::test]
async fn an_append_passes_over_what_an_operator_says_where_it_fills_a_gap() {
    let store = MemoryStore::new();
    let program = |registry: Registry| async {
        let app = App::builder(store.clone()).registry(registry).runner(false);
        app.start().await.unwrap()
    };
    let old = program(both()).await;
    old.execute(open("a")).await.unwrap();
    let newer = Registry::builder().aggregate::<Purse>();
    let new = program(newer.projection::<PurseNow2>().build()).await;
    new.execute(fill("a", 13)).await.unwrap();
    new.execute(fill("a", 4)).await.unwrap();

    // What the newer one could take stands in the way of every command of the older one.
    let Err(ExecuteError::Fold { source, .. }) = old.execute(fill("a", 1)).await else {
        panic!("the gap cannot be filled");
    };
    assert_eq!(source.position, Position::from_raw(2));

    old.skip::<PurseNow>(source.position, "of no use to this version")
        .await
        .unwrap();

    old.execute(fill("a", 1)).await.unwrap();
    assert_eq!(now(&old, "a").await.unwrap().coins, 5);
    // It was said of one version.
    new.execute(fill("a", 2)).await.unwrap();
    let row = new.view::<PurseNow2>().get(&"a".to_owned()).await.unwrap();
    assert_eq!(row.unwrap().fillings, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_whose_feeding_panics_ends_and_says_so() {
    let store = MemoryStore::new();
    put(&store, "a", "purse.opened", 1, r#"{"owner":"Ada"}"#).await;
    let (store_of_app, faults) = Faulty::new(&store);
    faults.panics.store(1, Ordering::SeqCst);

    let starting = tokio::spawn(App::builder(store_of_app).registry(both()).start());
    let started = tokio::time::timeout(Duration::from_secs(10), starting).await;

    let Err(error) = started.unwrap().unwrap() else {
        panic!("nothing has fed it");
    };
    assert!(matches!(error, StartError::Stopped(_)), "{error}");
    let text = error.to_string();
    assert!(text.contains("purses_now"), "{text}");
    assert!(text.contains("panic"), "{text}");
}

#[tokio::test]
async fn a_rebuild_that_is_given_up_leaves_appends_nothing_to_fold() {
    let store = MemoryStore::new();
    let (store_of_app, faults) = Faulty::new(&store);
    let started = App::builder(store_of_app).registry(both()).start().await;
    let app = started.unwrap();
    let is_live = |status: &ProjectionStatus| matches!(status.state, ProjectionState::Live);
    while !app.status().await.unwrap().iter().all(is_live) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let views = store.views().unwrap();
    let shadow = ViewTable::new("purses_now", 1, Vec::new(), Fingerprint::of([]), "").shadow();
    // The rebuild takes the log for empty and marks its shadow, which then is behind; then it looks again.
    faults.late_heads.store(2, Ordering::SeqCst);
    let rebuilding = tokio::spawn({
        let app = app.clone();
        async move { app.rebuild::<PurseNow>().await }
    });
    faults.arrived.notified().await;
    app.execute(open("a")).await.unwrap();
    faults.go_on.notify_one();
    faults.arrived.notified().await;
    let filled = app.execute(fill("a", 5)).await.unwrap();
    assert_eq!(
        views.checkpoint(&shadow).await.unwrap(),
        filled.position(),
        "appends fold it"
    );

    rebuilding.abort();

    let gone = async {
        while views.checkpoint(&shadow).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone)
        .await
        .expect("the shadow is removed");
    app.execute(fill("a", 2)).await.unwrap();
    let row = app.view::<PurseNow>().get(&"a".into()).await.unwrap();
    assert_eq!(row.unwrap().coins, 7);
    app.rebuild::<PurseNow>().await.unwrap();
}
