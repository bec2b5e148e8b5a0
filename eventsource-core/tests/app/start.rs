//! What stands in the way of a start.

use eventsource_core::prelude::*;
use eventsource_core::registry::{Registry, RegistryError};
use serde::{Deserialize, Serialize};

use crate::domain::{Filled, Opened, OpenedAndFilled, Purse, app, open, put, registry, started};

async fn refused(store: &MemoryStore, registry: Registry) -> StartError {
    App::builder(store.clone())
        .registry(registry)
        .start()
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_type_in_the_log_that_nothing_declares_is_named() {
    let store = MemoryStore::new();
    put(&store, "a", "purse.opened", 1, r#"{"owner":"Ada"}"#).await;
    put(&store, "a", "purse.stolen", 3, "{}").await;
    put(&store, "a", "purse.filled", 9, "{}").await;

    let error = refused(&store, registry()).await;

    let StartError::UnknownTypes { types } = &error else {
        panic!("{error}");
    };
    let expected = [("purse.filled".to_string(), 9), ("purse.stolen".into(), 3)];
    assert_eq!(types, &expected);
    assert!(error.to_string().contains("purse.stolen version 3"));

    let app = App::builder(store)
        .registry(registry())
        .allow_unknown(["purse.stolen", "purse.filled"])
        .start()
        .await;
    assert!(app.is_ok());
}

#[tokio::test]
async fn what_must_be_present_and_is_not_is_named() {
    let error = App::builder(MemoryStore::new())
        .registry(registry())
        .expect(["purse", "purse.opened", "purses", "orders"])
        .start()
        .await
        .unwrap_err();
    let StartError::Registry(errors) = error else {
        panic!("{error}");
    };
    let missing = RegistryError::Missing {
        name: "orders".into(),
    };
    assert_eq!(errors.iter().collect::<Vec<_>>(), [&missing]);
}

mod changed {
    use super::{
        Deserialize, EventContext, Filled, Opened, OpenedAndFilled, Project, Projection, Serialize,
    };

    /// As the purses' rows, with one event and one column less, and without a new version.
    #[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
    #[projection(
        name = "purses",
        version = 1,
        events(Opened, Filled),
        retired(OpenedAndFilled)
    )]
    pub struct PurseRow {
        #[projection(key)]
        purse: String,
        coins: u64,
    }

    impl Project<Opened> for PurseRow {
        fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
    }

    impl Project<Filled> for PurseRow {
        fn project(&mut self, event: &Filled, _: &EventContext<'_>) {
            self.coins += event.amount;
        }
    }
}

#[tokio::test]
async fn a_projection_that_changed_under_its_version_fails_with_the_difference() {
    let store = MemoryStore::new();
    drop(app(&store).await);
    let registry = Registry::builder()
        .aggregate::<Purse>()
        .projection::<changed::PurseRow>()
        .build();

    let error = refused(&store, registry).await.to_string();

    for part in ["purses", "version 1", "column owner", "event purse.spent"] {
        assert!(error.contains(part), "{error}");
    }
}

macro_rules! bells {
    ($name:ident, $($event:tt)*) => {
        mod $name {
            use eventsource_core::prelude::*;
            use serde::{Deserialize, Serialize};

            #[derive(Event, Serialize, Deserialize)]
            #[event($($event)*)]
            pub struct Rung {}

            #[derive(Projection, Default)]
            #[projection(name = "bells", version = 1, events(Rung))]
            pub struct Bell {
                #[projection(key)]
                pub bell: String,
                pub times: u64,
            }

            impl Project<Rung> for Bell {
                fn project(&mut self, _: &Rung, _: &EventContext<'_>) {
                    self.times += 1;
                }
            }
        }
    };
}

bells!(rung, name = "rung");
bells!(renamed, name = "bell.rung", aliases("rung"));
bells!(another, name = "bell.rung");

#[tokio::test]
async fn a_projection_goes_on_when_an_event_of_its_list_was_renamed() {
    let store = MemoryStore::new();
    let before = Registry::builder().projection::<rung::Bell>().build();
    put(&store, "a", "rung", 1, "{}").await;
    let app = started(&store, before).await;
    app.settled().await.unwrap();
    app.shutdown().await.unwrap();

    put(&store, "a", "bell.rung", 1, "{}").await;
    let after = Registry::builder().projection::<renamed::Bell>().build();
    let app = started(&store, after).await;
    app.settled().await.unwrap();

    let bell = app
        .view::<renamed::Bell>()
        .get(&"a".to_owned())
        .await
        .unwrap();
    assert_eq!(bell.unwrap().times, 2);
    app.shutdown().await.unwrap();

    let another = Registry::builder().projection::<another::Bell>().build();
    let error = App::builder(store)
        .registry(another)
        .allow_unknown(["rung"])
        .start()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("it had `event rung"), "{error}");
}

#[test]
fn projections_without_a_runtime_are_refused_and_do_not_panic() {
    let start = App::builder(MemoryStore::new())
        .registry(registry())
        .start();
    let error = futures_lite(start).unwrap_err();
    assert!(matches!(error, StartError::NoRuntime), "{error}");
}

/// Runs a future that never waits, without a runtime.
fn futures_lite<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("it waits"),
    }
}

#[tokio::test]
async fn an_app_shows_names_and_no_content() {
    let app = started(&MemoryStore::new(), registry()).await;
    let mut command = open("a");
    command.owner = "CANARY".into();
    app.execute(command).await.unwrap();
    let shown = format!("{app:?}");
    assert!(
        shown.contains("purse") && shown.contains("till version 1"),
        "{shown}"
    );
    assert!(!shown.contains("CANARY"));
}
