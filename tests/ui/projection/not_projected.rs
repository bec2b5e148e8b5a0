//! An event that is listed and not projected.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "account.closed")]
pub struct Closed {
    pub reason: String,
}

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, events(Opened, Closed))]
pub struct Balance {
    #[projection(key)]
    account: String,
    owner: String,
}

impl Project<Opened> for Balance {
    fn project(&mut self, event: &Opened, _: &EventContext<'_>) {
        self.owner = event.owner.clone();
    }
}

fn main() {}
