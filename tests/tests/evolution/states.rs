//! States in snapshots, and read models.

use eventsource_core::registry::Registry;

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
        #[aggregate(name = "counter", id = String, error = std::convert::Infallible, events(Raised), snapshot(every = 10))]
        pub struct Counter {
            total: u64,
            $($field: $ty,)*
        }

        impl Apply<Raised> for Counter {
            fn apply(&mut self, event: &Raised) {
                self.total += event.by;
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

#[test]
fn change_the_state_of_a_snapshot() {
    // Snapshots of another state are passed over, and the events are replayed: nothing has to be said.
    passes(
        &states::<released::Counter>(),
        &states::<changed::Counter>(),
    );
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
