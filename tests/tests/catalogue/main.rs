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
        .aggregate::<deep::Parcel>()
        .aggregate::<evolution::Member>()
        .event::<tree::Grown>()
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
        pub branch: Branch,
    }

    #[derive(Serialize, Deserialize)]
    pub struct Branch {
        pub leaves: u32,
        pub branches: Vec<Self>,
    }
}
