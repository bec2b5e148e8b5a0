//! Programs beside the one that feeds a read model, and what an operator does to tables while programs run.

use std::time::Duration;

use eventsource_core::app::{ProjectionFailure, ProjectionState, ProjectionStatus};
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Filled, Opened, OpenedAndFilled, Purse, PurseRow, Spent, app, fill, open, put, registry,
    started, write_side,
};

/// A program that executes and reads, and feeds nothing.
async fn reader(store: &MemoryStore) -> App<MemoryStore> {
    App::builder(store.clone())
        .registry(registry())
        .runner(false)
        .after_timeout(Duration::from_secs(60))
        .start()
        .await
        .unwrap()
}

async fn purses(app: &App<MemoryStore>) -> ProjectionStatus {
    let status = app.status().await.unwrap();
    status.into_iter().find(|it| it.name == "purses").unwrap()
}

async fn coins(app: &App<MemoryStore>, purse: &str) -> Result<Option<u64>, ViewError> {
    let row = app.view::<PurseRow>().get(&purse.to_owned()).await?;
    Ok(row.map(|row| row.coins))
}

#[tokio::test]
async fn a_stop_is_told_by_programs_that_do_not_feed_the_projection() {
    let store = MemoryStore::new();
    let feeder = app(&store).await;
    feeder.execute(open("a")).await.unwrap();
    feeder.settled().await.unwrap();
    let (standby, reader) = (app(&store).await, reader(&store).await);
    put(&store, "a", "purse.filled", 2, r#"{"amount":"SECRET"}"#).await;
    let poison = Position::from_raw(2);
    assert!(matches!(feeder.settled().await, Err(AppError::Stopped(_))));

    for other in [&standby, &reader] {
        let waited = other.view::<PurseRow>().after(poison);
        let Err(ViewError::Stopped(error)) = waited.get(&"a".to_owned()).await else {
            panic!("nobody passes the event: there is nothing to wait for");
        };
        assert_eq!(error.position(), Some(poison));
        let ProjectionFailure::OnRecord(stop) = error.failure() else {
            panic!("it was told by the store: {error:?}");
        };
        assert_eq!(stop.event.as_deref(), Some("purse.filled"));
        let told = format!("{error} {error:?}");
        assert!(
            told.contains("amount") && !told.contains("SECRET"),
            "{told}"
        );
        assert!(matches!(other.settled().await, Err(AppError::Stopped(_))));
        let status = purses(other).await;
        let error = status.last_error.expect("it is in the status");
        assert_eq!(error.position(), Some(poison));
        // What is there is shown.
        assert_eq!(coins(other, "a").await.unwrap(), Some(0));
    }
    assert!(matches!(
        purses(&standby).await.state,
        ProjectionState::Standby
    ));
    assert!(matches!(
        purses(&reader).await.state,
        ProjectionState::NotRunning
    ));

    // An operator's own program lets both read models go on.
    reader.skip::<PurseRow>(poison, "broken").await.unwrap();
    assert!(purses(&reader).await.last_error.is_none());
    feeder.shutdown().await.unwrap();
    let filled = reader.execute(fill("b", 7)).await;
    assert!(filled.is_err(), "there is no such purse");
    let opened = reader.execute(open("b")).await.unwrap();
    let row = reader.view::<PurseRow>().after(opened.position());
    assert!(row.get(&"b".to_owned()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_table_that_was_whole_once_is_read_as_it_is_after_a_restart() {
    let store = MemoryStore::new();
    let first = app(&store).await;
    first.execute(open("a")).await.unwrap();
    first.execute(fill("a", 5)).await.unwrap();
    first.settled().await.unwrap();
    first.shutdown().await.unwrap();
    let writer = started(&store, write_side()).await;
    writer.execute(fill("a", 2)).await.unwrap();
    put(&store, "a", "purse.filled", 2, "{}").await;

    // Nobody feeds it, and it is a little behind.
    let reader = reader(&store).await;
    assert_eq!(coins(&reader, "a").await.unwrap(), Some(5));

    // Whoever feeds it stops behind the next event.
    let second = app(&store).await;
    assert!(matches!(second.settled().await, Err(AppError::Stopped(_))));
    assert_eq!(coins(&second, "a").await.unwrap(), Some(7));
    second.shutdown().await.unwrap();
    let third = app(&store).await;
    assert_eq!(coins(&third, "a").await.unwrap(), Some(7));
}

#[tokio::test]
async fn a_table_that_never_was_whole_says_so_after_a_restart_too() {
    let store = MemoryStore::new();
    put(&store, "a", "purse.opened", 1, r#"{"owner":"Ada"}"#).await;
    put(&store, "a", "purse.filled", 2, "{}").await;
    let target = Position::from_raw(2);
    let first = app(&store).await;
    assert!(matches!(first.settled().await, Err(AppError::Stopped(_))));
    first.shutdown().await.unwrap();

    let reader = reader(&store).await;

    let refused = coins(&reader, "a").await;
    assert!(matches!(refused, Err(ViewError::Stopped(_))), "{refused:?}");
    reader.skip::<PurseRow>(target, "broken").await.unwrap();
    let building = coins(&reader, "a").await;
    assert!(
        matches!(building, Err(ViewError::Building { done, of, .. }) if done < of && of == target),
        "{building:?}"
    );
    let second = app(&store).await;
    let row = reader.view::<PurseRow>().after(target);
    row.get(&"a".to_owned()).await.unwrap().unwrap();
    second.settled().await.unwrap_err();
    assert_eq!(coins(&reader, "a").await.unwrap(), Some(0));
}

#[tokio::test]
async fn a_table_that_is_removed_under_a_running_program_is_begun_anew() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    for purse in ["a", "b"] {
        app.execute(open(purse)).await.unwrap();
        app.execute(fill(purse, 5)).await.unwrap();
    }
    app.settled().await.unwrap();

    store.views().unwrap().remove("purses").await.unwrap();
    // The next event is innocent.
    let filled = app.execute(fill("a", 2)).await.unwrap();

    let row = loop {
        let view = app.view::<PurseRow>().after(filled.position());
        match view.get(&"a".to_owned()).await {
            Ok(Some(row)) => break row,
            Ok(None) | Err(ViewError::Table(_)) => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(row.coins, 7);
    app.settled().await.unwrap();
    assert_eq!(coins(&app, "b").await.unwrap(), Some(5));
    assert!(purses(&app).await.last_error.is_none());
}

macro_rules! openings {
    ($name:ident, $version:literal) => {
        /// How many purses there are.
        #[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
        #[projection(
                                                            name = "counted",
                                                            version = $version,
                                                            key = global,
                                                            events(Opened, ignore(Filled, Spent)),
                                                            retired(OpenedAndFilled)
                                                        )]
        struct $name {
            count: u32,
        }

        impl Project<Opened> for $name {
            fn project(&mut self, _: &Opened, _: &EventContext<'_>) {
                self.count += 1;
            }
        }
    };
}
openings!(Counted1, 1);
openings!(Counted2, 2);

#[tokio::test]
async fn an_old_version_is_removed_once_nobody_feeds_it() {
    let store = MemoryStore::new();
    let of =
        |builder: eventsource_core::registry::RegistryBuilder| started(&store, builder.build());
    let old = of(Registry::builder()
        .aggregate::<Purse>()
        .projection::<Counted1>())
    .await;
    old.execute(open("a")).await.unwrap();
    old.settled().await.unwrap();
    let new = of(Registry::builder()
        .aggregate::<Purse>()
        .projection::<Counted2>())
    .await;
    new.settled().await.unwrap();

    for version in [1, 2] {
        let refused = new.remove_version::<Counted2>(version).await;
        assert!(
            matches!(refused, Err(ViewError::InUse { version: of, .. }) if of == version),
            "{refused:?}"
        );
    }
    assert_eq!(old.view::<Counted1>().global().await.unwrap().count, 1);
    old.shutdown().await.unwrap();

    assert!(new.remove_version::<Counted2>(1).await.unwrap());
    assert!(!new.remove_version::<Counted2>(1).await.unwrap());
    assert_eq!(new.view::<Counted2>().global().await.unwrap().count, 1);
}

/// Whatever an operator has passed over, and whatever was folded a moment before: built anew, the rows are the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_passed_over_ahead_of_a_live_projection_is_folded_by_nobody() {
    let store = MemoryStore::new();
    let app = app(&store).await;
    app.execute(open("a")).await.unwrap();
    let mut skipped = 0;
    for amount in 1..200 {
        let filled = app.execute(fill("a", amount)).await.unwrap();
        match app.skip::<PurseRow>(filled.position(), "a trial").await {
            Ok(()) => skipped += 1,
            Err(ViewError::Folded { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    app.settled().await.unwrap();
    let live = coins(&app, "a").await.unwrap();

    app.rebuild::<PurseRow>().await.unwrap();

    assert_eq!(
        coins(&app, "a").await.unwrap(),
        live,
        "{skipped} were skipped"
    );
    assert_eq!(app.skips::<PurseRow>().await.unwrap().len(), skipped);
}
