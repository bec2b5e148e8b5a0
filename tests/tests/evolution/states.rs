//! States in snapshots, and read models.

use std::ops::ControlFlow;

use eventsource_core::StreamName;
use eventsource_core::prelude::*;
use eventsource_core::registry::Registry;
use eventsource_core::store::{ReadStream, Recorded, SnapshotRef, Visitor};

use crate::{passes, refused};

/// A counter and its read model, with these fields.
macro_rules! counter {
    ($version:literal, $($field:ident: $ty:ty),*) => {
        use eventsource_core::prelude::*;
        use serde::{Deserialize, Serialize};

        #[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
        #[event(name = "raised")]
        pub struct Raised {
            pub by: u64,
        }

        #[derive(Aggregate, Serialize, Deserialize, Default, Debug, PartialEq)]
        #[aggregate(
            name = "counter",
            id = String,
            error = std::convert::Infallible,
            events(Raised),
            commands(Raise),
            snapshot(every = 10)
        )]
        pub struct Counter {
            pub total: u64,
            // An old state would be read, and be wrong.
            $(#[serde(default)] pub $field: $ty,)*
        }

        impl Apply<Raised> for Counter {
            fn apply(&mut self, event: &Raised) {
                self.total += event.by;
                $(self.$field += 1;)*
            }
        }

        #[derive(Command, Clone)]
        #[command(aggregate = Counter, upserts)]
        pub struct Raise {
            #[command(id)]
            pub counter: String,
        }

        impl Handle<Raise> for Counter {
            fn handle(&self, _: Raise, _: &Context<'_, Self>) -> Decision<Self> {
                Ok(events![Raised { by: 2 }])
            }
        }

        #[derive(Projection, Serialize, Deserialize, Default, Debug, Clone, PartialEq)]
        #[projection(name = "totals", version = $version, events(Raised))]
        pub struct Total {
            #[projection(key)]
            counter: String,
            total: u64,
            $($field: $ty,)*
        }

        impl Project<Raised> for Total {
            fn project(&mut self, event: &Raised, _: &EventContext<'_>) {
                self.total += event.by;
            }
        }
    };
}

mod released {
    counter! { 1, }
}
mod changed {
    counter! { 1, raises: u32 }
}
mod versioned {
    counter! { 2, raises: u32 }
}

fn states<A: eventsource_core::Aggregate>() -> Registry {
    Registry::builder().aggregate::<A>().build()
}

/// The version of the snapshot that a store has of a counter's state in this program, where it has one.
async fn snapshot(store: &MemoryStore, registry: &Registry) -> Option<u64> {
    #[derive(Default)]
    struct Shown(Option<u64>);

    impl Visitor for Shown {
        fn snapshot(&mut self, snapshot: SnapshotRef<'_>) -> bool {
            self.0 = Some(snapshot.version);
            true
        }

        fn event(&mut self, _: &Recorded<'_>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }

    let fingerprint = registry.aggregates()[0].snapshot.map(|of| of());
    let name = StreamName::new("counter", "a").unwrap();
    let read = ReadStream::new(name).snapshot(fingerprint);
    store.read_stream(read, Shown::default()).await.unwrap().0
}

async fn start(store: &MemoryStore, registry: &Registry) -> App<MemoryStore> {
    let builder = App::builder(store.clone()).registry(registry.clone());
    builder.start().await.unwrap()
}

/// A snapshot of another state is passed over, and the events are replayed: nothing has to be said.
#[tokio::test]
async fn change_the_state_of_a_snapshot() {
    let (released, changed) = (states::<released::Counter>(), states::<changed::Counter>());
    passes(&released, &changed);

    let store = MemoryStore::new();
    let id = "a".to_owned();
    let app = start(&store, &released).await;
    for _ in 0..10 {
        let counter = id.clone();
        app.execute(released::Raise { counter }).await.unwrap();
    }
    assert_eq!(snapshot(&store, &released).await, Some(10));
    assert_eq!(snapshot(&store, &changed).await, None);

    let app = start(&store, &changed).await;
    let loaded = app.load::<changed::Counter>(&id).await.unwrap();
    let state = loaded.state();
    assert_eq!((state.total, state.raises), (20, 10));
}

#[test]
fn change_a_read_model() {
    let of = |registry: eventsource_core::registry::RegistryBuilder| registry.build();
    let released = of(Registry::builder().projection::<released::Total>());
    refused(
        &released,
        &of(Registry::builder().projection::<changed::Total>()),
        &[
            "needs a version: totals version 1: the projection changed: it has `column raises: integer`",
            "`version = 2` on `Total`, so that its table is built anew beside the old one",
        ],
    );
    passes(
        &released,
        &of(Registry::builder().projection::<versioned::Total>()),
    );
}
