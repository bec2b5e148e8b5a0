//! An event's key, with one row over everything.
use eventsource_core::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened")]
pub struct Opened {
    pub owner: String,
}

#[derive(Projection, Default)]
#[projection(name = "balances", version = 1, key = global, events(Opened(key = owner)))]
pub struct Balance {
    pub accounts: u64,
}

impl Project<Opened> for Balance {
    fn project(&mut self, _: &Opened, _: &EventContext<'_>) {}
}

fn main() {}
