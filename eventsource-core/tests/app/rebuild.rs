//! A read model is built anew beside the served one, and takes its place at once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use eventsource_core::StreamName;
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::store::{Commit, NewEvent, StreamCommit, Value, ViewWrite};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{
    Filled, Opened, OpenedAndFilled, Purse, PurseRow, Spent, Till, app, fill, open, spend, started,
};

/// What the fold below takes each coin for: a mistake in the code that is mended later.
static WORTH: AtomicU64 = AtomicU64::new(2);

/// What a purse is worth.
#[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
#[projection(
    name = "worths",
    version = 1,
    events(Filled, ignore(Opened, Spent)),
    retired(OpenedAndFilled)
)]
struct Worth {
    #[projection(key)]
    purse: String,
    worth: u64,
}

impl Project<Filled> for Worth {
    fn project(&mut self, event: &Filled, _: &EventContext<'_>) {
        self.worth += event.amount * WORTH.load(Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_mended_fold_is_seen_after_a_rebuild() {
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .projection::<Worth>()
        .build();
    let app = started(&MemoryStore::new(), registry).await;
    let worth = || async {
        let rows = app.view::<Worth>().get(&"a".into()).await.unwrap();
        rows.unwrap().worth
    };
    app.execute(open("a")).await.unwrap();
    let filled = app.execute(fill("a", 5)).await.unwrap();
    app.settled().await.unwrap();
    assert_eq!(worth().await, 10);

    WORTH.store(1, Ordering::Relaxed);
    let position = app.rebuild::<Worth>().await.unwrap();

    assert!(position >= filled.position());
    assert_eq!(worth().await, 5);
    // The served table is fed on.
    app.execute(fill("a", 1)).await.unwrap();
    app.settled().await.unwrap();
    assert_eq!(worth().await, 6);
}

#[tokio::test]
async fn a_row_that_no_event_leads_to_is_gone_after_a_rebuild() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    let receipt = app.execute(open("a")).await.unwrap();
    app.settled().await.unwrap();
    let views = store.views().unwrap();
    // Somebody has written to the table by hand.
    let table = PurseRow::DESCRIPTOR;
    let table = eventsource_core::store::ViewTable::new(
        table.name,
        table.version,
        (table.columns)(),
        eventsource_core::store::Fingerprint::of([]),
        "",
    );
    let mut write = ViewWrite::new(receipt.position(), receipt.position());
    write.upserts = vec![vec![
        Value::Text("ghost".into()),
        Value::Text("Nobody".into()),
        Value::Integer(1),
    ]];
    views.write(&table, write).await.unwrap();
    assert_eq!(app.view::<PurseRow>().list().await.unwrap().len(), 2);

    app.rebuild::<PurseRow>().await.unwrap();

    let rows = app.view::<PurseRow>().list().await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].purse, "a");
}

#[tokio::test]
async fn while_one_rebuild_runs_another_one_is_refused() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    for purse in 0..2_000 {
        app.execute(open(&purse.to_string())).await.unwrap();
    }
    app.settled().await.unwrap();

    let (first, second) = tokio::join!(
        app.rebuild::<PurseRow>().into_future(),
        app.rebuild::<PurseRow>().into_future()
    );

    let results = [first.is_ok(), second.is_ok()];
    assert!(results.contains(&true), "{results:?}");
    for refused in [first, second].into_iter().filter_map(Result::err) {
        assert!(matches!(refused, ViewError::Rebuilding { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_rebuild_that_is_given_up_leaves_the_served_rows_alone_and_is_resumed() {
    let store = MemoryStore::new();
    let app = App::builder(store.clone())
        .registry(crate::domain::registry())
        .lease(Duration::from_secs(600))
        .start()
        .await
        .unwrap();
    for purse in 0..5_000 {
        app.execute(open(&purse.to_string())).await.unwrap();
    }
    app.settled().await.unwrap();

    let given_up = tokio::time::timeout(Duration::from_millis(2), app.rebuild::<PurseRow>()).await;

    assert!(given_up.is_err(), "5,000 events take longer than that");
    assert_eq!(app.view::<PurseRow>().list().await.unwrap().len(), 5_000);
    app.execute(open("late")).await.unwrap();
    app.settled().await.unwrap();
    // The one that was given up lets go of its leases, long before they end.
    let mut tries = 0;
    let resumed = loop {
        match app.rebuild::<PurseRow>().resume().await {
            Err(ViewError::Rebuilding { .. }) if tries < 200 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            resumed => break resumed,
        }
    };
    resumed.unwrap();
    assert_eq!(app.view::<PurseRow>().list().await.unwrap().len(), 5_001);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_is_folded_by_several_workers_to_the_same_rows() {
    let store = MemoryStore::new();
    let mut by_hand = BTreeMap::new();
    for purse in 0..60_u64 {
        let opened = event("purse.opened", 1, r#"{"owner":"Ada"}"#.to_owned());
        let filled =
            (0..500).map(|amount| event("purse.filled", 2, format!("{{\"amount\":{amount}}}")));
        let part = StreamCommit {
            stream: StreamName::new("purse", &purse.to_string()).unwrap(),
            expected_version: 0,
            events: std::iter::once(opened).chain(filled).collect(),
        };
        let commit = Commit::new(Uuid::now_v7(), Timestamp::now(), vec![part]);
        store.append(commit).await.unwrap();
        by_hand.insert(purse.to_string(), (0..500).sum::<u64>());
    }

    let app = app(&store).await;
    let filling = async {
        for purse in 0..60 {
            app.execute(fill(&purse.to_string(), 1)).await.unwrap();
        }
    };
    let (rebuilt, ()) = tokio::join!(app.rebuild::<PurseRow>().into_future(), filling);
    rebuilt.unwrap();
    app.settled().await.unwrap();

    let rows = rows(&app).await;
    let coins: BTreeMap<_, _> = rows
        .into_iter()
        .map(|it| (it.purse, it.coins - 1))
        .collect();
    assert_eq!(coins, by_hand);
}

fn event(name: &'static str, schema_version: u16, json: String) -> NewEvent {
    NewEvent {
        id: Uuid::now_v7(),
        name,
        schema_version,
        payload: json.into_bytes(),
        metadata: [].into(),
    }
}

proptest! {
    #![proptest_config(crate::cases(16))]

    /// The law of read models: what was fed live, what was rebuilt under writers, and a fold of all events from scratch are the same.
    #[test]
    fn rebuilt_under_writers_it_is_as_the_live_one_and_as_a_fold_from_scratch(
        before in prop::collection::vec((0_u8..5, 1_u64..9), 1..60),
        meanwhile in prop::collection::vec((0_u8..5, 1_u64..9), 1..120),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let store = MemoryStore::new();
            let app = app(&store).await;
            for purse in 0..5 {
                app.execute(open(&purse.to_string())).await.unwrap();
            }
            write(&app, &before).await;
            let writer = tokio::spawn({
                let app = app.clone();
                async move { write(&app, &meanwhile).await }
            });
            app.rebuild::<PurseRow>().await.unwrap();
            app.rebuild::<Till>().await.unwrap();
            writer.await.unwrap();
            app.settled().await.unwrap();
            let live = (rows(&app).await, app.view::<Till>().global().await.unwrap());

            app.rebuild::<PurseRow>().await.unwrap();
            app.rebuild::<Till>().await.unwrap();
            let rebuilt = (rows(&app).await, app.view::<Till>().global().await.unwrap());
            prop_assert_eq!(&rebuilt, &live);

            store.views().unwrap().remove("purses").await.unwrap();
            store.views().unwrap().remove("till").await.unwrap();
            let anew = crate::domain::app(&store).await;
            anew.settled().await.unwrap();
            let from_scratch = (rows(&anew).await, anew.view::<Till>().global().await.unwrap());
            prop_assert_eq!(&from_scratch, &live);
            Ok(())
        })?;
    }
}

async fn write(app: &App<MemoryStore>, changes: &[(u8, u64)]) {
    for (purse, amount) in changes {
        let purse = purse.to_string();
        app.execute(fill(&purse, *amount)).await.unwrap();
        if amount % 3 == 0 {
            app.execute(spend(&purse, *amount)).await.unwrap();
        }
    }
}

async fn rows(app: &App<MemoryStore>) -> Vec<PurseRow> {
    app.view::<PurseRow>().list().await.unwrap()
}
