//! The catalogue of the examples: its schemas against the payloads, its AsyncAPI document against AsyncAPI's own schema.

#[allow(dead_code)]
#[path = "../../../examples/bank.rs"]
mod bank;
#[allow(dead_code)]
#[path = "../../../examples/checkout.rs"]
mod checkout;
#[allow(dead_code)]
#[path = "../lock/mutation/deep.rs"]
mod deep;
#[allow(dead_code)]
#[path = "../../../examples/evolution.rs"]
mod evolution;

mod asyncapi;
mod pages;
mod schemas;

use eventsource_core::catalogue::Catalogue;
use eventsource_core::registry::Registry;

fn catalogue() -> Catalogue {
    Registry::builder()
        .aggregate::<bank::Account>()
        .projection::<bank::Balance>()
        .aggregate::<checkout::Order>()
        .aggregate::<checkout::Shipment>()
        .projection::<checkout::Customer>()
        .projection::<checkout::Dashboard>()
        .process_manager::<checkout::Fulfilment>()
        .aggregate::<deep::Parcel>()
        .aggregate::<evolution::Member>()
        .event::<tree::Grown>()
        .aggregate::<gardener::Tree>()
        .process_manager::<gardener::Gardener>()
        .build()
        .catalogue()
}

/// A type within itself.
mod tree {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "tree.grown")]
    pub struct Grown {
        /// How far it has branched out.
        #[serde(rename = "bough", alias = "branch")]
        pub branch: Branch,
        #[serde(skip)]
        #[allow(dead_code)]
        pub looked_at: bool,
        /// Since when it stands, in years,
        /// where that is known.
        ///
        /// Counted by its rings.
        pub age: Option<u32>,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Branch {
        pub leaves: u32,
        pub branches: Vec<Self>,
    }
}

/// A process manager that sends a family of commands.
mod gardener {
    use eventsource_core::prelude::*;
    use serde::{Deserialize, Serialize};

    use crate::tree::Grown;

    #[derive(Aggregate, Default)]
    #[aggregate(
        name = "tree",
        id = String,
        error = std::convert::Infallible,
        events(ignore(Grown)),
        commands(Care)
    )]
    pub struct Tree {}

    #[derive(Command, Clone, Serialize, Deserialize)]
    #[command(aggregate = Tree, name = "tree.care")]
    pub enum Care {
        Water(#[command(id)] String),
        Prune(#[command(id)] String),
    }

    impl Handle<Care> for Tree {
        fn handle(&self, _: Care, _: &Context<'_, Self>) -> Decision<Self> {
            Ok(events![])
        }
    }

    #[derive(ProcessManager, Default)]
    #[process_manager(
        name = "gardener",
        version = 1,
        events(Grown),
        commands(Care),
        from = beginning
    )]
    pub struct Gardener {
        #[process_manager(key)]
        tree: String,
    }

    impl React<Grown> for Gardener {
        fn react(&mut self, _: &Grown, context: &mut ReactContext<'_, Self>) {
            context.send(Care::Water(self.tree.clone()));
        }
    }
}
