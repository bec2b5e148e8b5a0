//! Two snapshots.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Aggregate, Serialize, Deserialize, Default)]
#[aggregate(name = "account", id = String, error = std::convert::Infallible, events(Opened), snapshot(every = 10), snapshot(every = 20))]
pub struct Account {
    owner: String,
}

impl Apply<Opened> for Account {
    fn apply(&mut self, event: &Opened) {
        self.owner = event.owner.clone();
    }
}

fn main() {}
